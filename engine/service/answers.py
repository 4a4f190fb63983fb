"""A form's answer on its way in: checked, split by tier, personal parts to the sink."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from engine.errors import InvalidAnswer
from engine.forms import Form, validate
from engine.labels import Labels
from engine.model import Actor, Tier, Variables
from engine.ports import FieldSink, TieredValue
from engine.store import UnitOfWork
from engine.store.cases import CaseRow

REASON = "reason"


@dataclass(frozen=True, slots=True)
class Accepted:
    """An answer that was taken in.

    :ivar case: the case, with its subject if the answer made one.
    :ivar variables: what the process gets: values, and the sink's ids for personal fields.
    :ivar commitments: by field key, salted SHA-256, hex; what history may keep of the rest.
    """

    case: CaseRow
    variables: Variables
    commitments: Mapping[str, str]


def accept(
    uow: UnitOfWork,
    sink: FieldSink,
    case: CaseRow,
    form: Form | None,
    answer: Mapping[str, object],
    actor: Actor,
    *,
    known: Variables,
    labels: Labels,
    now: datetime,
    reason: str | None = None,
) -> Accepted:
    """Check an answer against its form and store its personal fields.

    :param known: variables visible to the form's expressions.
    :param reason: free text that the step demands; kept with the case.
    :raises InvalidAnswer: what is wrong, by field key; nothing was stored.
    """
    values: dict[str, Any] = {}
    tiered: dict[str, TieredValue] = {}
    if form is not None:
        checked = validate(form, answer, variables=known, now=now, labels=labels)
        if checked.errors:
            raise InvalidAnswer(checked.errors)
        values, tiered = dict(checked.values), dict(checked.tiered)
    if reason:
        tiered[REASON] = TieredValue(reason, Tier.CASE)
    if not tiered:
        return Accepted(case, values, {})
    written = sink.write(uow, case.ref, tiered, actor)
    return Accepted(
        replace(case, subject=written.subject or case.subject),
        {**values, **written.references},
        written.commitments,
    )


def tiered_keys(form: Form | None) -> tuple[str, ...]:
    """Return the keys of a form whose answers go to the sink."""
    if form is None:
        return ()
    return tuple(field.key for field in form.answerable() if field.tier is not None)
