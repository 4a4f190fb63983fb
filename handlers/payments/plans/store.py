"""Rows of business plans' lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from engine.store import UnitOfWork
from handlers.payments.money import from_minor
from handlers.payments.tables import plan_lines


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A line of a business plan.

    :ivar category: a code such as ``equipment``. :ivar item: a code or a short name of the thing,
        never of a person.
    :ivar own_contribution: whether the person brings it; then nothing is bought of it.
    """

    id: str
    case_id: str
    plan_key: str
    number: int
    category: str
    item: str
    quantity: int
    unit_price_minor: int
    currency: str
    own_contribution: bool

    @property
    def planned_minor(self) -> int:
        """What the line costs, in whole minor units."""
        return self.quantity * self.unit_price_minor

    @property
    def unit_price(self) -> Decimal:
        """The price of one, with the currency's digits."""
        return from_minor(self.unit_price_minor, self.currency)


def insert_lines(uow: UnitOfWork, lines: Sequence[PlanLine]) -> None:
    """Write the lines of a plan."""
    names = [column.name for column in plan_lines.c]
    uow.connection.execute(
        sa.insert(plan_lines), [{name: getattr(line, name) for name in names} for line in lines]
    )


def lines_of(uow: UnitOfWork, case_id: str, plan_key: str | None = None) -> tuple[PlanLine, ...]:
    """Return the lines of a case's plans, of one plan if given, in their order."""
    p = plan_lines.c
    query = sa.select(plan_lines).where(p.case_id == case_id).order_by(p.plan_key, p.number)
    if plan_key is not None:
        query = query.where(p.plan_key == plan_key)
    return tuple(PlanLine(**row._mapping) for row in uow.connection.execute(query))
