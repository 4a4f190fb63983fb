"""Cases: lists, summaries, what may be asked of them at any time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine import bpmn
from engine.errors import (
    InvalidAnswer,
    NotFound,
)
from engine.feel import to_feel, to_text
from engine.model import (
    Actor,
    CancelProcess,
    Tier,
    TriggerEvent,
)
from engine.ports import TieredValue
from engine.service.answers import accept
from engine.service.base import UseCases, page_bounds
from engine.service.views import (
    ActionView,
    CasesQuery,
    CaseView,
    FormView,
    LinkedCases,
    Page,
    SummaryItem,
    WorkItemView,
)
from engine.store import queries as q
from engine.store import retried
from engine.store.cases import read_case
from engine.store.links import begun_by_case, origin_of
from engine.store.messages import subscriptions_of

if TYPE_CHECKING:
    from engine.forms import Field
    from engine.labels import Labels


class Cases(UseCases):
    """What staff and auditors see of a case and ask of it."""

    def cases(
        self, actor: Actor, query: CasesQuery | None = None, locale: str = "fr"
    ) -> Page[CaseView]:
        """Return a page of the cases that the actor may see."""
        asked = query or CasesQuery()
        page, size = page_bounds(asked.page, asked.size)
        with self.store.snapshot() as uow:
            found = q.find_cases(
                uow,
                actor,
                self._ports.clock.now(),
                status=asked.status,
                scheme=asked.scheme,
                search=asked.search,
                offset=(page - 1) * size,
                limit=size,
            )
            views = tuple(self._view(uow, row, locale) for row in found.rows)
        return Page(views, found.total, page, size)

    def case(self, case_id: str, actor: Actor, locale: str = "fr") -> CaseView:
        """Return a case.

        :raises NotFound: there is none, or it is not the actor's to see.
        """
        with self.store.snapshot() as uow:
            return self._view(uow, self._visible(uow, case_id, actor), locale)

    def linked(self, case_id: str, actor: Actor, locale: str = "fr") -> LinkedCases:
        """Return the cases that began this one or began with it; those the actor may see.

        :raises NotFound: there is no such case, or it is not the actor's to see.
        """
        now = self._ports.clock.now()
        with self.store.snapshot() as uow:
            self._visible(uow, case_id, actor)

            def seen(other: str) -> CaseView | None:
                if not q.can_see(uow, other, actor, now):
                    return None
                return self._view(uow, read_case(uow, other), locale)

            origin = origin_of(uow, case_id)
            begun = map(seen, begun_by_case(uow, case_id))
            return LinkedCases(
                origin=None if origin is None else seen(origin),
                begun=tuple(view for view in begun if view is not None),
            )

    def tasks_of(self, case_id: str, actor: Actor, locale: str = "fr") -> tuple[WorkItemView, ...]:
        """Return the open tasks of a case."""
        with self.store.snapshot() as uow:
            case = self._visible(uow, case_id, actor)
            return tuple(
                self._item_view(item, case, locale) for item in q.open_items_of(uow, case_id)
            )

    @retried
    def person(self, case_id: str, actor: Actor, locale: str = "fr") -> tuple[SummaryItem, ...]:
        """Return who the case is about, as far as the actor's tiers open it: identity only.

        Empty where the actor may not read identities, or nothing is known yet.
        """
        with self.store.unit_of_work() as uow:
            case = self._visible(uow, case_id, actor)
            deployed = self._publications.get(case.deployment_id)
            asked = {
                field.key: (form.id, field)
                for form in deployed.forms.values()
                for field in form.answerable()
                if field.tier is Tier.IDENTITY and field.kind != "table"
            }
            known = self._ports.fields.read(uow, case.ref, list(asked), actor)
        return _told(deployed.labels_in(locale), asked, known)

    def told(
        self, case_id: str, values: Mapping[str, Any], locale: str = "fr"
    ) -> tuple[SummaryItem, ...]:
        """Return values as the case's forms call them; what no form asks for is left out.

        Reads nothing of the case: whoever has the values may see what they are called.

        :raises NotFound: there is no such case.
        """
        with self.store.snapshot() as uow:
            deployed = self._publications.get(read_case(uow, case_id).deployment_id)
        asked = {
            field.key: (form.id, field)
            for form in deployed.forms.values()
            for field in form.answerable()
            if field.key in values
        }
        return _told(deployed.labels_in(locale), asked, values)

    def actions(self, case_id: str, actor: Actor, locale: str = "fr") -> tuple[ActionView, ...]:
        """Return what the actor may ask of the case beside its tasks."""
        with self.store.snapshot() as uow:
            case = self._visible(uow, case_id, actor)
            rows = subscriptions_of(uow, case_id)
            roles = q.roles_in(uow, case_id, actor, self.now())
        labels = self._publications.get(case.deployment_id).labels_in(locale)
        return tuple(
            ActionView(
                r.activation,
                r.element_id,
                labels.message(r.message, labels.element(r.element_id, r.name)),
                r.form_id,
            )
            for r in rows
            if roles & set(r.candidate_groups)
        )

    def action_form(
        self, case_id: str, activation: int, actor: Actor, locale: str = "fr"
    ) -> FormView | None:
        """Return the form with which an action is asked; ``None`` if it has none.

        :raises NotFound: the case does not await it from this actor.
        """
        action = next(
            (a for a in self.actions(case_id, actor, locale) if a.activation == activation), None
        )
        if action is None:
            raise NotFound("action", f"{case_id}/{activation}")
        if action.form_id is None:
            return None
        with self.store.snapshot() as uow:
            case = self._visible(uow, case_id, actor)
        deployed = self._publications.get(case.deployment_id)
        form = deployed.form(action.form_id)
        values = bpmn.variables_at(deployed.process, case.state, None)
        return FormView(form, deployed.labels_in(locale), values, action.name)

    @retried
    def send(
        self,
        case_id: str,
        activation: int,
        answer: Mapping[str, object],
        actor: Actor,
        *,
        locale: str = "fr",
    ) -> CaseView:
        """Send a message that the case awaits from people, such as a withdrawal.

        :raises NotFound: the case does not await it, or not from this actor.
        """
        now = self._ports.clock.now()
        with self.store.unit_of_work() as uow:
            case = self._active(uow, case_id, actor)
            deployed = self._publications.get(case.deployment_id)
            roles = q.roles_in(uow, case_id, actor, now)
            waiting = next(
                (
                    row
                    for row in subscriptions_of(uow, case_id)
                    if row.activation == activation and roles & set(row.candidate_groups)
                ),
                None,
            )
            if waiting is None:
                raise NotFound("action", f"{case_id}/{activation}")
            accepted = accept(
                uow,
                self._ports.fields,
                case,
                deployed.form(waiting.form_id) if waiting.form_id else None,
                answer,
                actor,
                known=bpmn.variables_at(deployed.process, case.state, None),
                labels=deployed.labels_in(locale),
                now=now,
            )
            self._record_answer(
                uow, "action.sent", accepted, actor, now, waiting.element_id, activation
            )
            case = self._stepper.step(
                uow, accepted.case, TriggerEvent(activation, accepted.variables), actor, now
            )
            return self._view(uow, case, locale)

    @retried
    def cancel(self, case_id: str, reason: str, actor: Actor, *, locale: str = "fr") -> CaseView:
        """End a case; everything that waits in it is withdrawn. The reason is kept encrypted.

        :raises InvalidAnswer: no reason is given.
        :raises NotAllowed: the actor reads the case and has no part in its scheme's work.
        """
        if not reason.strip():
            raise InvalidAnswer({"reason": "A reason is needed to cancel a case."})
        now = self._ports.clock.now()
        with self.store.unit_of_work() as uow:
            case = self._operable(uow, case_id, actor, working=True)
            written = self._ports.fields.write(
                uow, case.ref, {"cancel_reason": TieredValue(reason, Tier.CASE)}, actor
            )
            uow.record(
                case_id,
                "case.cancel_requested",
                {"commitments": dict(written.commitments)},
                actor=actor.account_id,
                at=now,
            )
            return self._view(
                uow, self._stepper.step(uow, case, CancelProcess(), actor, now), locale
            )


def _told(
    labels: Labels, asked: Mapping[str, tuple[str, Field]], known: Mapping[str, Any]
) -> tuple[SummaryItem, ...]:
    found = []
    for key, (form_id, field) in asked.items():
        if known.get(key) is None:
            continue
        value = to_text(to_feel(known[key]))
        chosen = labels.option(form_id, key, value, dict(field.options).get(value, value))
        label = labels.field(form_id, key, field.label)
        found.append(SummaryItem(key, label, chosen, known[key]))
    return tuple(found)
