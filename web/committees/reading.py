"""What the pages of a session and of a file show, read at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from engine.store import UnitOfWork
from handlers.committees import (
    Bench,
    Body,
    Decision,
    File,
    FileStatus,
    Member,
    Tally,
    Vote,
    conflicts_of,
    decisions_of,
    find_files,
    missing,
    scores_of,
    tally,
    votes_of,
    weighted_score,
)


@dataclass(frozen=True, slots=True)
class Line:
    """A file on an agenda.

    :ivar lacks: purposes of documents that it needs. :ivar recused: ground by member.
    :ivar voters: who may vote on it and is in the room. :ivar score: 0 to 100.
    """

    file: File
    lacks: tuple[str, ...]
    recused: Mapping[str, str]
    voters: frozenset[str]
    votes: Mapping[str, Vote]
    counted: Tally
    score: Decimal | None
    decision: Decision | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A session as its page shows it."""

    bench: Bench
    lines: tuple[Line, ...]
    waiting: tuple[File, ...]

    @property
    def accounts(self) -> set[str | None]:
        """Everybody whose name the page needs."""
        return {*self.bench.members, self.bench.session.called_by}

    @property
    def undecided(self) -> tuple[Line, ...]:
        """What is still to be decided."""
        return tuple(line for line in self.lines if line.file.status is FileStatus.LISTED)


def read_sheet(uow: UnitOfWork, bench: Bench) -> Sheet:
    """Read a session's page."""
    files = find_files(uow, session_id=bench.session.id)
    waiting = find_files(uow, body_id=bench.body.id, status=FileStatus.WAITING)
    return Sheet(bench, read_lines(uow, bench.body, bench.members, files, bench), waiting)


def read_lines(
    uow: UnitOfWork,
    body: Body,
    members: Mapping[str, Member],
    files: tuple[File, ...],
    bench: Bench | None,
) -> tuple[Line, ...]:
    """Read what is known of files.

    :param bench: who is in the room; ``None`` while the files are on no agenda.
    """
    ids = [file.id for file in files]
    grounds, cast, decided = conflicts_of(uow, ids), votes_of(uow, ids), decisions_of(uow, ids)
    found = []
    for file in files:
        grounds_here = grounds.get(file.id, {})
        recused = {
            who: ground
            for who, ground in grounds_here.items()
            if who in members and members[who].votes
        }
        voters = bench.voters(recused) if bench else frozenset()
        votes = cast.get(file.id, {})
        found.append(
            Line(
                file=file,
                lacks=missing(uow, body, file),
                recused=recused,
                voters=voters,
                votes=votes,
                counted=tally(votes, voters, bench.chair if bench else None),
                score=weighted_score(body.grid, scores_of(uow, file.id)),
                decision=decided.get(file.id),
            )
        )
    return tuple(found)
