"""Reports: cases counted by what schemes say tells them apart; no person in any of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from itertools import product
from typing import Any

from engine import bpmn
from engine.errors import NotFound
from engine.feel import Value, to_text
from engine.model import Actor
from engine.service.base import UseCases
from engine.service.publications import Deployed
from engine.service.report_specs import ReportSpec
from engine.service.scheme import in_language
from engine.service.views import ReportLine, ReportName, ReportView
from engine.store import UnitOfWork
from engine.store import queries as q
from engine.store.cases import CaseRow, latest_deployment, latest_deployments

FUNDER = "funder"
"""A role that sees no case and is told how many there are, small numbers left out."""

SMALLEST = 5
"""Counts below it are not told to who sees no case: they would tell of single persons."""


class Reports(UseCases):
    """What a scheme's cases come to, over those that the actor may see or count."""

    def report_names(self, actor: Actor, locale: str = "fr") -> tuple[ReportName, ...]:
        """Return the reports of every scheme of which the actor may count cases."""
        with self.store.snapshot() as uow:
            schemes = q.countable_schemes(uow, actor, FUNDER, self.now())
            found = [self._publications.get(row.id) for row in latest_deployments(uow)]
        return tuple(
            ReportName(
                deployed.config.id,
                deployed.config.name_in(locale),
                spec.code,
                _named(spec, locale, deployed),
            )
            for deployed in sorted(found, key=lambda each: each.config.id)
            if deployed.config.id in schemes
            for spec in deployed.config.reports.values()
        )

    def report(
        self,
        scheme: str,
        code: str,
        actor: Actor,
        locale: str = "fr",
        *,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> ReportView:
        """Count a scheme's cases that began in a period.

        Cases of every version count, as far as they have the report's variables; one whose
        variable is a list counts on the line of each entry. Lines with fewer than five cases are
        not told to who may see no case at all.

        :param since: the first moment of the period; ``until``: the first one after it.
        :raises NotFound: there is no such report, or no case of it is the actor's to count.
        """
        now = self.now()
        with self.store.snapshot() as uow:
            if scheme not in q.countable_schemes(uow, actor, FUNDER, now):
                raise NotFound("report", f"{scheme}/{code}")
            newest = latest_deployment(uow, scheme)
            deployed = self._publications.get(newest.id) if newest else None
            spec = deployed.config.reports.get(code) if deployed else None
            if deployed is None or spec is None:
                raise NotFound("report", f"{scheme}/{code}")
            rows = q.countable_cases(uow, actor, FUNDER, now, scheme, since, until)
            lines, cases = self._counted(uow, spec, rows)
        hidden = not any(grant.sees_cases for grant in actor.grants)
        return _view(deployed, spec, lines, cases, locale, hidden=hidden)

    def _counted(
        self, uow: UnitOfWork, spec: ReportSpec, rows: Iterator[CaseRow]
    ) -> tuple[dict[tuple[Value, ...], tuple[int, Decimal]], int]:
        counts: Counter[tuple[Value, ...]] = Counter()
        totals: dict[tuple[Value, ...], Decimal] = {}
        cases = 0
        for row in rows:
            values = self._variables_of(row)
            if values is None or not _counts(spec, values):
                continue
            cases += 1
            for key in product(*(_entries(values.get(name)) for name in spec.by)):
                counts[key] += 1
                totals[key] = totals.get(key, Decimal(0)) + _amount(values, spec)
        return {key: (count, totals[key]) for key, count in counts.items()}, cases

    def _variables_of(self, row: CaseRow) -> Mapping[str, Any] | None:
        if not row.state:
            return None
        deployed = self._publications.get(row.deployment_id)
        known = bpmn.variables_at(deployed.process, row.state, None)
        case = {"reference": row.reference, "country": row.country, "status": str(row.status)}
        return {**known, "case": case}


def _counts(spec: ReportSpec, values: Mapping[str, Any]) -> bool:
    if spec.where is None:
        return True
    known = {name: values.get(name) for name in spec.where.free_names} | dict(values)
    return spec.where.evaluate(known) is True


def _entries(value: Any) -> tuple[Value, ...]:
    if isinstance(value, (list, tuple)):
        return tuple(value) or (None,)
    return (value,)


def _amount(values: Mapping[str, Any], spec: ReportSpec) -> Decimal:
    found = values.get(spec.total) if spec.total else None
    return found if isinstance(found, Decimal) else Decimal(0)


def _view(
    deployed: Deployed,
    spec: ReportSpec,
    lines: Mapping[tuple[Value, ...], tuple[int, Decimal]],
    cases: int,
    locale: str,
    *,
    hidden: bool,
) -> ReportView:
    labels = deployed.labels_in(locale)
    told = []
    for key, (count, total) in lines.items():
        cells = tuple(
            "" if value is None else labels.value(name, to_text(value))
            for name, value in zip(spec.by, key, strict=True)
        )
        small = hidden and count < SMALLEST
        told.append(
            ReportLine(
                cells,
                None if small else count,
                None if small or spec.total is None else total,
            )
        )
    return ReportView(
        scheme=deployed.config.id,
        scheme_name=deployed.config.name_in(locale),
        code=spec.code,
        name=_named(spec, locale, deployed),
        columns=tuple(labels.variable(name) for name in spec.by),
        total_name=labels.variable(spec.total) if spec.total else None,
        currency=deployed.config.currency,
        lines=tuple(sorted(told, key=lambda line: (-(line.count or 0), line.cells))),
        cases=None if hidden and cases < SMALLEST else cases,
    )


def _named(spec: ReportSpec, locale: str, deployed: Deployed) -> str:
    return in_language(spec.name, locale, deployed.config.languages, spec.code)
