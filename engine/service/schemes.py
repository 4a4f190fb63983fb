"""Publishing schemes and starting their cases."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from pathlib import Path

from engine import bpmn
from engine.errors import (
    DeploymentRefused,
    Finding,
    InvalidAnswer,
    NotFound,
)
from engine.model import (
    Actor,
    EventKind,
    StartProcess,
)
from engine.service.answers import accept
from engine.service.base import UseCases
from engine.service.linting import lint_files
from engine.service.publications import (
    Deployed,
    compile_files,
    digest,
    read_folder,
)
from engine.service.signatures import FILE, with_signatures
from engine.service.starting import add_parties, new_case, publish_starts
from engine.service.views import (
    CaseView,
    DeploymentView,
    FormView,
    SchemeView,
)
from engine.store import UnitOfWork, retried
from engine.store.cases import (
    DeploymentRow,
    case_by_request,
    deployment_files,
    find_deployment,
    insert_case,
    insert_deployment,
    latest_deployment,
    latest_deployments,
)
from engine.store.starts import take_timers

LONGEST_REQUEST_ID = 64
HINT = (
    "Nothing was published. What cannot be run can be published to be read, with nothing that "
    "starts or calls it: deploy --as-documentation."
)


class Schemes(UseCases):
    """Publications, and the cases that begin from them."""

    def lint(self, folder: Path, *, as_documentation: bool = False) -> tuple[Finding, ...]:
        """Return everything there is to say of a scheme's folder, errors first."""
        specs = self._ports.registry.specs
        return lint_files(read_folder(folder), specs, as_documentation=as_documentation)

    @retried
    def deploy(
        self, folder: Path, actor: Actor, *, as_documentation: bool = False
    ) -> DeploymentView:
        """Publish a scheme's folder as one immutable deployment.

        The same files published again in the same way make no new deployment.

        :param as_documentation: keep what cannot be run instead of refusing all: stored, shown,
            drawn and given back whole; nothing starts it, and nothing calls it.
        :raises DeploymentRefused: something in it has errors; nothing was stored.
        """
        files = read_folder(folder)
        deployed = self._compile(files, as_documentation=as_documentation)
        kept = tuple(sorted(deployed.process.documentation)) if deployed.process.why else None
        now, sha = self._ports.clock.now(), digest(files)
        with self.store.unit_of_work() as uow:
            uow.serialize(f"deploy {deployed.config.id}")
            latest = latest_deployment(uow, deployed.config.id)
            if latest is not None and (latest.digest, latest.documentation) == (sha, kept):
                row, created = latest, False
            else:
                version = 1 if latest is None else latest.version + 1
                row = DeploymentRow(
                    uuid.uuid4().hex, deployed.config.id, version, sha, now, actor.account_id, kept
                )
                insert_deployment(uow, row, with_signatures(files, self._ports.registry.specs))
                publish_starts(uow, row.id, deployed, now)
                created = True
        self._publications.keep(row.id, deployed)
        return DeploymentView(
            id=row.id,
            scheme=row.scheme,
            version=row.version,
            digest=sha,
            created_at=row.created_at,
            created=created,
            documentation=kept or (),
            runs=deployed.process.top is not None,
        )

    def _compile(self, files: Mapping[str, bytes], *, as_documentation: bool) -> Deployed:
        specs = self._ports.registry.specs
        try:
            return compile_files(files, specs, () if as_documentation else None)
        except DeploymentRefused as refused:
            wrong = {found.file for found in refused.findings if found.severity == "error"}
            if as_documentation or wrong == {"scheme.toml"}:
                raise
            raise DeploymentRefused(refused.findings, HINT) from None

    def published(self, scheme: str, version: int | None = None) -> dict[str, bytes]:
        """Return the files of a publication by name, byte for byte as they were published.

        :param version: the last one if left out.
        :raises NotFound: there is no such publication.
        """
        with self.store.snapshot() as uow:
            if version is not None:
                row: DeploymentRow | None = find_deployment(uow, scheme, version)
            else:
                row = latest_deployment(uow, scheme)
            if row is None:
                raise NotFound("scheme", scheme)
            files = deployment_files(uow, row.id)
        return {name: source for name, source in sorted(files.items()) if name != FILE}

    @retried
    def count_starts_anew(self, deployment_id: str) -> None:
        """Count a publication's timers from now, as if it were published at this moment.

        For a scenario, whose clock begins long after the scheme was published for it.
        """
        deployed = self._publications.get(deployment_id)
        with self.store.unit_of_work() as uow:
            take_timers(uow, deployed.config.id)
            publish_starts(uow, deployment_id, deployed, self._ports.clock.now())

    def schemes(self, locale: str = "fr") -> tuple[SchemeView, ...]:
        """Return every published scheme, as published last."""
        with self.store.snapshot() as uow:
            rows = latest_deployments(uow)
        return tuple(self._scheme(row, locale) for row in rows)

    def startable(self, actor: Actor, locale: str = "fr") -> tuple[SchemeView, ...]:
        """Return the schemes of which the actor may start a case."""
        return tuple(s for s in self.schemes(locale) if _may_start(actor, s))

    def _scheme(self, row: DeploymentRow, locale: str) -> SchemeView:
        deployed = self._publications.get(row.id)
        form_id, groups = bpmn.start_form(deployed.process)
        return SchemeView(
            id=row.scheme,
            name=deployed.config.name_in(locale),
            country=deployed.config.country,
            version=row.version,
            languages=deployed.config.languages,
            start_form_id=form_id,
            start_groups=groups,
            runs=deployed.process.top is not None,
        )

    def _startable(self, scheme: str, actor: Actor) -> tuple[DeploymentRow, Deployed]:
        with self.store.snapshot() as uow:
            row = latest_deployment(uow, scheme)
        if row is None:
            raise NotFound("scheme", scheme)
        deployed = self._publications.runnable(row)
        if not _may_start(actor, self._scheme(row, "fr")):
            raise NotFound("scheme", scheme)
        return row, deployed

    def start_form(self, scheme: str, actor: Actor, locale: str = "fr") -> FormView | None:
        """Return the form that starts a case; ``None`` if it starts without one.

        :raises NotFound: the actor may not start this scheme, or there is none.
        :raises DocumentationOnly: it is published to be read only.
        """
        _, deployed = self._startable(scheme, actor)
        form_id, _ = bpmn.start_form(deployed.process)
        if form_id is None:
            return None
        title = deployed.config.name_in(locale)
        return FormView(deployed.form(form_id), deployed.labels_in(locale), {}, title)

    @retried
    def start(
        self,
        scheme: str,
        answer: Mapping[str, object],
        actor: Actor,
        *,
        request_id: str | None = None,
        locale: str = "fr",
    ) -> CaseView:
        """Start a case of a scheme from the answer to its start form.

        :param request_id: the caller's id of this request; sent twice, it starts one case.
        :raises NotFound: the actor may not start this scheme, or there is none.
        :raises DocumentationOnly: it is published to be read only.
        :raises InvalidAnswer: the answer does not fit the start form; nothing was stored.
        """
        if request_id is not None and len(request_id) > LONGEST_REQUEST_ID:
            raise InvalidAnswer({"": f"A request's id has at most {LONGEST_REQUEST_ID} signs."})
        row, deployed = self._startable(scheme, actor)
        form_id, groups = bpmn.start_form(deployed.process)
        now = self._ports.clock.now()
        with self.store.unit_of_work() as uow:
            known = self._started(uow, request_id)
            if known is not None:
                return self._view(uow, self._visible(uow, known, actor), locale)
            case = new_case(uow, row.id, deployed, actor, now)
            insert_case(uow, case, request_id)
            accepted = accept(
                uow,
                self._ports.fields,
                case,
                deployed.form(form_id) if form_id else None,
                answer,
                actor,
                known={},
                labels=deployed.labels_in(locale),
                now=now,
            )
            self._record_answer(uow, EventKind.CASE_STARTED, accepted, actor, now, None, None)
            add_parties(uow, case, deployed, actor, groups, now)
            case = self._stepper.step(
                uow, accepted.case, StartProcess(accepted.variables), actor, now
            )
            return self._view(uow, case, locale)

    def _started(self, uow: UnitOfWork, request_id: str | None) -> str | None:
        if not request_id:
            return None
        uow.serialize(f"start {request_id}")  # The same request may arrive twice at once.
        return case_by_request(uow, request_id)


def _may_start(actor: Actor, scheme: SchemeView) -> bool:
    return any(
        grant.role in scheme.start_groups
        and grant.sees_cases
        and grant.country in (None, scheme.country)
        and (not grant.schemes or scheme.id in grant.schemes)
        for grant in actor.grants
    )
