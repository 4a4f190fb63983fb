"""A publication as it was drawn, with no case in it; what of it is there to be read only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine import diagram
from engine.errors import DeploymentRefused, Finding, NotFound
from engine.service.base import UseCases
from engine.service.publications import Deployed
from engine.service.views import PlaneView
from engine.store.cases import DeploymentRow, find_deployment


@dataclass(frozen=True, slots=True)
class PublicationView:
    """A version of a scheme, as it was published.

    :ivar runs: whether cases can be in it. :ivar documentation: ids of processes that cannot be run
        and are there to be read only. :ivar findings: why these cannot be run.
    :ivar files: names of all its files. :ivar planes: the pages of its diagrams.
    """

    scheme: str
    name: str
    country: str
    version: int
    created_at: datetime
    created_by: str
    runs: bool
    documentation: tuple[str, ...]
    findings: tuple[Finding, ...]
    files: tuple[str, ...]
    planes: tuple[PlaneView, ...]


class Drawings(UseCases):
    """What a designer looks at: a scheme's publications."""

    def publication(self, scheme: str, version: int, locale: str = "fr") -> PublicationView:
        """Return what a version of a scheme holds.

        :raises NotFound: the scheme has no such version.
        """
        deployed, row = self._version(scheme, version)
        return PublicationView(
            scheme=scheme,
            name=deployed.config.name_in(locale),
            country=deployed.config.country,
            version=version,
            created_at=row.created_at,
            created_by=row.created_by,
            runs=deployed.process.top is not None,
            documentation=row.documentation or (),
            findings=deployed.process.why,
            files=tuple(sorted(deployed.files)),
            planes=tuple(planes_of(deployed, locale)),
        )

    def drawing(self, scheme: str, version: int, plane: str, locale: str = "fr") -> str:
        """Return one page of a version's diagrams as SVG, as nobody has gone through it.

        :raises NotFound: the scheme has no such version, or the version no such page.
        """
        deployed, _ = self._version(scheme, version)
        page = next((p for p in planes_of(deployed, locale) if p.id == plane), None)
        if page is None:
            raise NotFound("diagram page", plane)
        labels = deployed.labels_in(locale)
        return diagram.render_svg(
            deployed.files[page.file],
            page.id,
            done=frozenset(),
            active=frozenset(),
            failed=frozenset(found.element for found in deployed.process.why if found.element),
            labels=labels.element,
            title=f"{deployed.config.name_in(locale)} {version}: {page.name}",
        )

    def _version(self, scheme: str, version: int) -> tuple[Deployed, DeploymentRow]:
        with self.store.snapshot() as uow:
            row = find_deployment(uow, scheme, version)
        return self._publications.get(row.id), row


def planes_of(deployed: Deployed, locale: str) -> list[PlaneView]:
    """Return the pages of a publication's diagrams, those of ``common/`` last."""
    labels = deployed.labels_in(locale)
    names = [name for name in deployed.files if name.endswith(".bpmn")]
    found = []
    for file in sorted(names, key=lambda name: (name.startswith("common/"), name)):
        try:
            planes = diagram.planes(deployed.files[file])
        except DeploymentRefused:
            continue  # It is documentation that nobody can draw; a finding says why.
        found += [PlaneView(p, labels.element(p, name) or p, file) for p, name in planes]
    return found
