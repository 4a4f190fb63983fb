"""What the schemes say of their roles and of retention, read from their publications."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.errors import DeploymentRefused
from engine.service.scheme import RoleKind, SchemeConfig, read_scheme
from engine.store import UnitOfWork
from engine.store.cases import deployment_file, home_of, latest_deployment, latest_deployments


@dataclass(frozen=True, slots=True)
class Schemes:
    """Reads ``scheme.toml`` of publications; each is immutable, so it is read once a process."""

    _read: dict[str, SchemeConfig | None] = field(default_factory=dict)

    def kinds_in(self, uow: UnitOfWork, case_id: str) -> Mapping[str, RoleKind]:
        """Return what the roles in a case are.

        The scheme's newest publication says so: a kind that was corrected holds at once, for
        running cases too. The case's own publication says it of roles that the newest dropped.
        """
        home = home_of(uow, case_id)
        if home is None:
            return {}
        scheme, pinned = home
        own = self._config(uow, pinned)
        newest = self.newest(uow, scheme)
        if newest is None or newest is own:
            return own.role_kinds if own else {}
        dropped = {} if own is None else own.role_kinds
        return {
            **{role: kind for role, kind in dropped.items() if role not in newest.roles},
            **newest.role_kinds,
        }

    def of_case(self, uow: UnitOfWork, case_id: str) -> SchemeConfig | None:
        """Return what a case's scheme says of itself now; its own publication if none reads."""
        home = home_of(uow, case_id)
        if home is None:
            return None
        scheme, pinned = home
        return self.newest(uow, scheme) or self._config(uow, pinned)

    def newest(self, uow: UnitOfWork, scheme: str) -> SchemeConfig | None:
        """Return the newest publication of a scheme; ``None`` if there is none that reads."""
        deployment = latest_deployment(uow, scheme)
        return None if deployment is None else self._config(uow, deployment.id)

    def every(self, uow: UnitOfWork) -> Mapping[str, SchemeConfig]:
        """Return the newest publication of every scheme, by scheme id."""
        found = {row.scheme: self._config(uow, row.id) for row in latest_deployments(uow)}
        return {scheme: config for scheme, config in found.items() if config is not None}

    def _config(self, uow: UnitOfWork, deployment_id: str) -> SchemeConfig | None:
        if deployment_id not in self._read:
            source = deployment_file(uow, deployment_id, "scheme.toml")
            self._read[deployment_id] = None if source is None else _readable(source)
        return self._read[deployment_id]


def _readable(source: bytes) -> SchemeConfig | None:
    try:
        return read_scheme(source)
    except DeploymentRefused:
        # What an older version took and this one refuses opens nothing: the safe side.
        return None
