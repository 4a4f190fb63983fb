"""The surveys of a case as a page shows them: one panel an instrument's version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from engine.service import CaseView
from engine.store import UnitOfWork
from handlers.surveys import Count, Instrument, Result, Survey, Surveys, instrument_of, surveys_of
from web.accounts import current_actor
from web.context import engine
from web.documents import case_ref
from web.i18n import _
from web.locales import locale
from web.people.blueprint import people
from web.surveys.chart import draw


@dataclass(frozen=True, slots=True)
class Taken:
    """One survey. :ivar result: ``None`` where the reader's tiers do not open it, or it is gone."""

    survey: Survey
    result: Result | None

    @property
    def months(self) -> int:
        """Months since the support began."""
        return 0 if self.survey.moment == "intake" else int(self.survey.moment[1:])

    @property
    def moment(self) -> str:
        """When in the support it was taken, in words."""
        return _("On arrival") if not self.months else _("Month %(number)s", number=self.months)

    @property
    def completeness(self) -> Decimal:
        """Share answered, from 0 to 1."""
        return Count(self.survey.answered, self.survey.applicable).completeness


@dataclass(frozen=True, slots=True)
class Panel:
    """Every survey of one instrument's version, the oldest first.

    :ivar chart: lines over time; empty where the reader may open no score.
    """

    instrument: Instrument
    taken: tuple[Taken, ...]
    chart: Markup

    @property
    def title(self) -> str:
        """Its name in the page's language."""
        return said(self.instrument.title)

    @property
    def notice(self) -> str:
        """What its scores are not; empty for an official one."""
        return "" if self.instrument.official else said(self.instrument.notice)

    @property
    def readable(self) -> bool:
        """Whether any of its scores opens."""
        return any(each.result is not None for each in self.taken)

    def change(self, dimension: str) -> Decimal | None:
        """Return by how much a score rose from the first to the last one; ``None`` if unknown."""
        scores = [
            value
            for each in self.taken
            if each.result is not None and (value := each.result.scores.get(dimension)) is not None
        ]
        return scores[-1] - scores[0] if len(scores) > 1 else None


def said(texts: object) -> str:
    """Return an instrument's text in the page's language."""
    known = dict(texts) if isinstance(texts, dict) else {}
    return str(known.get(locale()) or known.get("en") or "")


def read_board(uow: UnitOfWork, case: CaseView, *, scores: bool = True) -> tuple[Panel, ...]:
    """Return the surveys of a case that the signed-in person may see.

    :param scores: open those that the reader's tiers open, which is logged; left closed, what was
        taken when is told, and nothing is read.
    """
    actor = current_actor()
    found = surveys_of(uow, case.id, actor, engine().now())
    results = Surveys(people().fields).results(uow, case_ref(case), found, actor) if scores else {}
    taken = [Taken(each, results.get(each.id)) for each in found]
    versions = dict.fromkeys((each.instrument, each.version) for each in found)
    return tuple(
        _panel(
            instrument_of(uow, code, version),
            [t for t in taken if (t.survey.instrument, t.survey.version) == (code, version)],
        )
        for code, version in versions
    )


def _panel(instrument: Instrument, taken: Sequence[Taken]) -> Panel:
    # Of two at one moment, the later one counts on the drawing; the table tells both.
    by_month = {each.months: each for each in sorted(taken, key=lambda t: t.survey.taken_at)}
    series = {
        name: [
            (months, value)
            for months, each in sorted(by_month.items())
            if each.result is not None and (value := each.result.scores.get(name)) is not None
        ]
        for name in instrument.dimensions
    }
    label = _("Scores from 0 to 1 by month; the table says the same")
    return Panel(instrument, tuple(taken), draw(series, label))
