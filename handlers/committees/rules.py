"""Quorum, recusal, majority and scores of a committee: pure arithmetic.

Source: the founding document names committees and says nothing of how they vote; parity, quorum
and majority are each body's own configuration with its mark (domain file, A and C).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any


class Majority(StrEnum):
    """Which share of votes carries an approval.

    ``CONSENT``: no votes are counted, the chair states what was agreed. ``SIMPLE``: more for than
    against. ``ABSOLUTE``: more than half of those who may vote and are present. ``TWO_THIRDS``: of
    the votes cast for and against. ``UNANIMOUS``: nobody against, somebody for.
    """

    CONSENT = "consent"
    SIMPLE = "simple"
    ABSOLUTE = "absolute"
    TWO_THIRDS = "two-thirds"
    UNANIMOUS = "unanimous"


class Vote(StrEnum):
    """What a member says of a file."""

    FOR = "for"
    AGAINST = "against"
    ABSTAIN = "abstain"


@dataclass(frozen=True, slots=True)
class Tally:
    """The votes on one file.

    :ivar chair: how the chair voted; ``None`` if not at all.
    """

    in_favour: int
    against: int
    abstentions: int
    chair: Vote | None = None


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of a scoring grid.

    :ivar name: by locale. :ivar highest: most points; the least are 0. :ivar weight: above zero.
    """

    code: str
    name: Mapping[str, str]
    highest: int
    weight: Decimal = Decimal(1)


def tally(votes: Mapping[str, Vote], voters: Collection[str], chair: str | None) -> Tally:
    """Count the votes of those who may vote; others' are left out.

    >>> tally({"a": Vote.FOR, "b": Vote.AGAINST, "x": Vote.FOR}, {"a", "b", "c"}, "a")
    Tally(in_favour=1, against=1, abstentions=0, chair=<Vote.FOR: 'for'>)
    """
    counted = [vote for who, vote in votes.items() if who in voters]
    return Tally(
        counted.count(Vote.FOR),
        counted.count(Vote.AGAINST),
        counted.count(Vote.ABSTAIN),
        votes.get(chair) if chair in voters and chair is not None else None,
    )


def carried(majority: Majority, counted: Tally, voters: int, *, casting_vote: bool) -> bool:
    """Tell whether a file is approved.

    :param voters: how many are present and may vote on it.
    :param casting_vote: whether the chair's vote decides a tie.

    >>> carried(Majority.SIMPLE, Tally(2, 2, 0, Vote.FOR), 4, casting_vote=True)
    True
    >>> carried(Majority.ABSOLUTE, Tally(2, 0, 2), 4, casting_vote=True)
    False
    """
    yes, no = counted.in_favour, counted.against
    if majority is Majority.CONSENT:
        return True
    if majority is Majority.UNANIMOUS:
        return no == 0 and yes > 0
    if majority is Majority.TWO_THIRDS:
        return yes > 0 and 3 * yes >= 2 * (yes + no)
    if majority is Majority.ABSOLUTE:
        return 2 * yes > voters or _tie(counted, casting_vote, 2 * yes == voters)
    return yes > no or _tie(counted, casting_vote, yes == no and yes > 0)


def _tie(counted: Tally, casting_vote: bool, tied: bool) -> bool:
    return tied and casting_vote and counted.chair is Vote.FOR


def weighted_score(
    grid: Sequence[Criterion], given: Mapping[str, Mapping[str, int]]
) -> Decimal | None:
    """Return a file's score, 0 to 100, as the mean over members of their weighted points.

    :param given: points by criterion, by member; a member who left a criterion out is not counted.
    :returns: ``None`` where the body has no grid or no member scored the whole of it.

    >>> grid = [Criterion("need", {}, 10, Decimal(3)), Criterion("plan", {}, 10)]
    >>> weighted_score(grid, {"a": {"need": 10, "plan": 5}, "b": {"need": 5}})
    Decimal('87.5')
    """
    codes = {criterion.code for criterion in grid}
    whole = [points for points in given.values() if codes <= points.keys()]
    if not grid or not whole:
        return None
    weights = sum((criterion.weight for criterion in grid), Decimal(0))
    shares = [
        sum((c.weight * points[c.code] / c.highest for c in grid), Decimal(0)) / weights
        for points in whole
    ]
    return 100 * sum(shares, Decimal(0)) / len(shares)


def missing_documents(wanted: Sequence[str], handed_in: Collection[str]) -> tuple[str, ...]:
    """Return the purposes of documents that a file needs and has not."""
    return tuple(purpose for purpose in wanted if purpose not in handed_in)


def grid_to_json(grid: Sequence[Criterion]) -> list[dict[str, Any]]:
    """Return a grid as plain JSON."""
    return [
        {"code": c.code, "name": dict(c.name), "highest": c.highest, "weight": str(c.weight)}
        for c in grid
    ]


def grid_from_json(found: Sequence[Mapping[str, Any]]) -> tuple[Criterion, ...]:
    """Return a grid from what :func:`grid_to_json` made."""
    return tuple(
        Criterion(c["code"], c["name"], int(c["highest"]), Decimal(c["weight"])) for c in found
    )
