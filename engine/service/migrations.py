"""Moving cases to another version of their scheme: previewed, undone, one by one or in bulk.

For those who design a scheme or operate the site. Nothing here shows personal data: a preview
tells of elements, never of answers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from engine import bpmn
from engine.errors import Conflict, InvalidAnswer, NotAllowed, NotFound, RevisionConflict
from engine.labels import Labels
from engine.model import Actor
from engine.service.base import SITE_OPERATORS, UseCases, standing
from engine.service.migrating import Mapped, can_undo
from engine.service.migration_views import (
    MigrationPreview,
    MovableCase,
    MoveView,
    StandingView,
    VersionView,
)
from engine.service.publications import Deployed
from engine.store import UnitOfWork, retried
from engine.store.cases import (
    CaseRow,
    DeploymentRow,
    case_by_reference,
    deployments_of,
    find_deployment,
    lock_case,
    read_case,
    read_deployment,
    running_cases,
)

EXAMPLES = 10


MOVERS = SITE_OPERATORS | {"process_designer"}
"""Roles that move cases to another version of their scheme."""


class Migrations(UseCases):
    """What designers and administrators do with cases of older versions."""

    # --- one case -----------------------------------------------------------------------------

    def preview_migration(
        self, case_id: str, to_version: int, mapping: Mapped, locale: str = "fr"
    ) -> MigrationPreview:
        """Return what a migration would do to a case.

        :param mapping: element or flow id of its version → that of the other; the rest goes to the
            same id.
        :raises NotFound: there is no such case or version. :raises CaseEnded: it has ended.
        :raises Conflict: it is in that version already.
        :raises DocumentationOnly: that version is there to be read only.
        """
        with self.store.snapshot() as uow:
            case = read_case(uow, case_id)
            target = find_deployment(uow, case.scheme, to_version)
            source = read_deployment(uow, case.deployment_id)
            plan = self._migrator.plan(uow, case, target, mapping)
        old = self._publications.get(source.id).labels_in(locale)
        new = self._publications.get(target.id).labels_in(locale)
        return MigrationPreview(
            case_id=case.id,
            reference=case.reference,
            from_version=source.version,
            to_version=target.version,
            revision=case.revision,
            possible=plan.possible,
            problems=tuple(note.told(locale) for note in plan.problems),
            moves=tuple(_move(move, old, new, locale) for move in plan.moves),
        )

    def movable_case(self, case_id: str, actor: Actor, locale: str = "fr") -> MovableCase:
        """Return in which version a case is, and whether it can be brought back to the one before.

        :raises NotFound: there is no such case. :raises NotAllowed: the actor moves none of these.
        """
        with self.store.snapshot() as uow:
            case = read_case(uow, case_id)
            demand_mover(actor, case.scheme, case.country)
            row = read_deployment(uow, case.deployment_id)
            undoable = can_undo(uow, case)
        config = self._publications.get(row.id).config
        return MovableCase(
            case_id=case.id,
            reference=case.reference,
            scheme=case.scheme,
            scheme_name=config.name_in(locale),
            country=case.country,
            version=row.version,
            ended=case.ended_at is not None,
            can_undo=undoable,
        )

    @retried
    def movable_by_reference(self, reference: str, actor: Actor) -> str:
        """Return the id of the case of a reference.

        :raises NotFound: there is no such case, or the actor moves none of its scheme.
        """
        with self.store.snapshot() as uow:
            case = case_by_reference(uow, reference.strip())
        try:
            if case is not None:
                demand_mover(actor, case.scheme, case.country)
                return case.id
        except NotAllowed:
            pass  # Which cases there are is not theirs to know.
        raise NotFound("case", reference)

    @retried
    def migrate_case(
        self,
        case_id: str,
        to_version: int,
        mapping: Mapped,
        reason: str,
        actor: Actor,
        *,
        revision: int | None = None,
    ) -> None:
        """Move a case to another version; the reason is kept encrypted with the case.

        :param revision: the preview's: the case must not have gone on since.
        :raises InvalidAnswer: no reason is given. :raises NotAllowed: the actor may not.
        :raises MigrationRefused: something in it has no place there; nothing was changed.
        :raises RevisionConflict: it has gone on since the preview.
        """
        demand(reason)
        now = self.now()
        with self.store.unit_of_work() as uow:
            case = self._locked(uow, case_id, actor)
            if revision is not None and revision != case.revision:
                raise RevisionConflict(case_id)
            target = find_deployment(uow, case.scheme, to_version)
            self._migrator.move(uow, case, target, mapping, reason, actor, now)

    @retried
    def undo_migration(self, case_id: str, reason: str, actor: Actor) -> None:
        """Bring a case back to the version it came from, exactly as it was.

        :raises InvalidAnswer: no reason is given. :raises NotAllowed: the actor may not.
        :raises NotFound: it was never moved, or moved back already.
        :raises Conflict: it has gone on since; nothing was changed.
        """
        demand(reason)
        with self.store.unit_of_work() as uow:
            case = self._locked(uow, case_id, actor)
            self._migrator.undo(uow, case, reason, actor, self.now())

    def can_undo_migration(self, case_id: str) -> bool:
        """Tell whether a case was moved and nobody has gone on since."""
        with self.store.snapshot() as uow:
            return can_undo(uow, read_case(uow, case_id))

    def _locked(self, uow: UnitOfWork, case_id: str, actor: Actor) -> CaseRow:
        case = lock_case(uow, case_id)
        assert case is not None  # noqa: S101 - it raises where there is none
        demand_mover(actor, case.scheme, case.country)
        return case

    # --- versions and where cases stand ---------------------------------------------------------

    def versions(self, scheme: str) -> tuple[VersionView, ...]:
        """Return the versions of a scheme, the newest first."""
        with self.store.snapshot() as uow:
            rows = deployments_of(uow, scheme)
        return tuple(
            VersionView(
                row.version,
                row.created_at,
                row.created_by,
                running,
                documentation=row.documentation or (),
                runs=self._publications.get(row.id).process.top is not None,
            )
            for row, running in rows
        )

    def standings(
        self, scheme: str, from_version: int, to_version: int, mapping: Mapped, locale: str = "fr"
    ) -> tuple[StandingView, ...]:
        """Return where the cases of a version stand, and where they would go in another.

        What has no counterpart comes first, then where most cases stand.

        :raises NotFound: the scheme has no such version.
        :raises DocumentationOnly: the other version is there to be read only.
        """
        with self.store.snapshot() as uow:
            source, target = pair_of(uow, scheme, from_version, to_version)
            old, new = self._publications.get(source.id), self._publications.runnable(target)
            found: Counter[str] = Counter()
            for case in running_in(uow, source):
                found.update({element.id for element in standing(old, case)})
        pairing = bpmn.counterparts(old.process, new.process, mapping)
        views = [
            self._standing(element_id, count, old, new, pairing, locale)
            for element_id, count in found.items()
        ]
        return tuple(sorted(views, key=lambda each: (_goes_by_itself(each, mapping), -each.cases)))

    def _standing(
        self,
        element_id: str,
        count: int,
        old: Deployed,
        new: Deployed,
        pairing: Mapping[str, bpmn.Counterpart],
        locale: str,
    ) -> StandingView:
        element, pair = old.elements[element_id], pairing[element_id]
        labels = new.labels_in(locale)
        alike = [e for e in new.elements.values() if e.kind == element.kind]
        first = [e for near in pair.near for e in alike if e.id == near]
        return StandingView(
            element_id=element_id,
            name=old.labels_in(locale).element(element_id, element.name or element_id),
            kind=element.kind,
            cases=count,
            target=pair.target,
            choices=tuple(
                dict.fromkeys((e.id, labels.element(e.id, e.name or e.id)) for e in first + alike)
            ),
        )


def pair_of(
    uow: UnitOfWork, scheme: str, from_version: int, to_version: int
) -> tuple[DeploymentRow, DeploymentRow]:
    """Return two versions of a scheme.

    :raises NotFound: it has no such version. :raises Conflict: they are one.
    """
    source = find_deployment(uow, scheme, from_version)
    target = find_deployment(uow, scheme, to_version)
    if source.id == target.id:
        raise Conflict(f"Version {from_version} is both where the cases are and where they go.")
    return source, target


def running_in(
    uow: UnitOfWork, source: DeploymentRow, only: Collection[str] = ()
) -> Iterator[CaseRow]:
    """Yield the cases of a version that have not ended, or those of them with these references."""
    after = ""
    while rows := running_cases(uow, source.id, after):
        yield from (row for row in rows if not only or row.reference in only)
        after = rows[-1].id


def demand_mover(actor: Actor, scheme: str, country: str) -> None:
    """Refuse whoever neither designs this scheme nor operates its site.

    :raises NotAllowed: the actor does not.
    """
    for grant in actor.grants:
        within = grant.country in (None, country) and (not grant.schemes or scheme in grant.schemes)
        if within and grant.role in MOVERS:
            return
    raise NotAllowed(
        f"Cases of {scheme} are moved to another version by {', '.join(sorted(MOVERS))} only. "
        "Ask one of them."
    )


def demand(reason: str) -> None:
    """Refuse to go on without a reason.

    :raises InvalidAnswer: there is none.
    """
    if not reason.strip():
        raise InvalidAnswer({"reason": "A reason is needed to move cases to another version."})


def _goes_by_itself(view: StandingView, mapping: Mapped) -> bool:
    return view.target is not None and view.element_id not in mapping


def _move(move: bpmn.Move, old: Labels, new: Labels, locale: str) -> MoveView:
    labels = old if move.new is None else new
    element_id = move.new or move.old or ""
    return MoveView(
        element_id=move.old or element_id,
        target=move.new,
        name=labels.element(element_id, move.name),
        kind=move.kind,
        waits=move.waits,
        fate=str(move.fate),
        notes=tuple(note.told(locale) for note in move.notes),
        due=move.due,
    )
