"""A session while it lasts: who is in the room, who may vote on a file, what they say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from engine.store import UnitOfWork
from handlers.committees.agenda import DECLARED
from handlers.committees.bodies.store import Body, Member, MemberRole, members_of, read_body
from handlers.committees.errors import CommitteeRefused
from handlers.committees.files.store import (
    File,
    FileStatus,
    conflicts_of,
    read_file,
    save_conflict,
    save_score,
    save_vote,
)
from handlers.committees.rules import Vote
from handlers.committees.sessions.store import (
    Session,
    SessionStatus,
    attendances_of,
    end_attendance,
    insert_attendance,
    read_session,
    update_session,
)


@dataclass(frozen=True, slots=True)
class Bench:
    """Who is in the room of a session now.

    :ivar members: everybody who sits in the body, by account.
    :ivar present: accounts in the room.
    """

    body: Body
    session: Session
    members: Mapping[str, Member]
    present: frozenset[str]

    def voters(self, recused: Mapping[str, str]) -> frozenset[str]:
        """Return who may vote on a file: voting members in the room who do not recuse."""
        return frozenset(
            who
            for who in self.present - recused.keys()
            if who in self.members and self.members[who].votes
        )

    def recused_voters(self, recused: Mapping[str, str]) -> Mapping[str, str]:
        """Return the ground by account of those who would have a vote on a file."""
        return {
            who: ground
            for who, ground in sorted(recused.items())
            if who in self.members and self.members[who].votes
        }

    def has_quorum(self, recused: Mapping[str, str]) -> bool:
        """Tell whether enough voters are in the room to decide a file."""
        return len(self.voters(recused)) >= self.body.quorum

    @property
    def chair(self) -> str | None:
        """Who presides: the chair in the room, else the deputy; ``None`` if neither is."""
        for role in (MemberRole.CHAIR, MemberRole.DEPUTY):
            for member in self.members.values():
                if member.role is role and member.account_id in self.present:
                    return member.account_id
        return None


def read_bench(uow: UnitOfWork, session: Session, at: datetime) -> Bench:
    """Return who is in the room."""
    members = {member.account_id: member for member in members_of(uow, session.body_id, at)}
    stays = attendances_of(uow, session.id)
    present = frozenset(stay.account_id for stay in stays if stay.left_at is None)
    return Bench(read_body(uow, session.body_id), session, members, present)


def open_session(uow: UnitOfWork, session: Session, at: datetime) -> None:
    """Open a session: from now on members come and go, vote and decide.

    :raises CommitteeRefused: ``session-state``: it is open, closed or cancelled.
    """
    current = read_session(uow, session.id, lock=True)
    if current.status is not SessionStatus.CALLED:
        raise _not(current, SessionStatus.CALLED)
    update_session(uow, current, status=SessionStatus.OPEN.value, opened_at=at)


def arrive(uow: UnitOfWork, session: Session, account_id: str, at: datetime) -> bool:
    """Note that a member is in the room; ``False`` if they were.

    :raises CommitteeRefused: ``session-state``; ``not-a-member``.
    """
    bench = read_bench(uow, _open(uow, session), at)
    if account_id not in bench.members:
        raise CommitteeRefused(
            "not-a-member", f"{account_id} has no seat in {bench.body.name}. Give them one first."
        )
    if account_id in bench.present:
        return False
    insert_attendance(uow, session.id, account_id, at)
    return True


def leave(uow: UnitOfWork, session: Session, account_id: str, at: datetime) -> bool:
    """Note that a member left the room; ``False`` if they were not in it.

    :raises CommitteeRefused: ``session-state``.
    """
    _open(uow, session)
    return end_attendance(uow, session.id, at, account_id) > 0


def declare_conflict(uow: UnitOfWork, file: File, account_id: str, at: datetime) -> None:
    """Note that a member has an interest in a file and takes no part in it.

    :raises CommitteeRefused: ``not-a-member``; ``not-listed``: it is decided already.
    """
    if account_id not in {m.account_id for m in members_of(uow, file.body_id, at)}:
        raise CommitteeRefused("not-a-member", f"{account_id} has no seat in this body.", file.id)
    _undecided(uow, file)
    save_conflict(uow, file.id, account_id, DECLARED, at)


def vote(uow: UnitOfWork, file: File, account_id: str, cast: Vote, at: datetime) -> None:
    """Write a member's vote on a file, over an earlier one, until it is decided.

    :raises CommitteeRefused: ``session-state``, ``not-a-member``, ``not-present``, ``recused``,
        ``not-listed``.
    """
    _voter(uow, file, account_id, at)
    save_vote(uow, file.id, account_id, cast, at)


def score(
    uow: UnitOfWork, file: File, account_id: str, points: Mapping[str, int], at: datetime
) -> None:
    """Write a member's points for a file by the body's grid, over earlier ones.

    :raises CommitteeRefused: as :func:`vote`; ``points``: a criterion is unknown, or the points
        are not between 0 and its highest.
    """
    bench = _voter(uow, file, account_id, at)
    highest = {criterion.code: criterion.highest for criterion in bench.body.grid}
    for code, value in points.items():
        if not 0 <= value <= highest.get(code, -1):
            raise CommitteeRefused(
                "points",
                f"Criterion '{code}' takes 0 to {highest.get(code, 0)} points, not {value}.",
                file.id,
            )
    save_score(uow, file.id, account_id, points, at)


def recused_from(uow: UnitOfWork, file: File) -> Mapping[str, str]:
    """Return the ground by account of those who take no part in a file."""
    return conflicts_of(uow, [file.id]).get(file.id, {})


def _voter(uow: UnitOfWork, file: File, account_id: str, at: datetime) -> Bench:
    current = _undecided(uow, file)
    if current.session_id is None:
        raise CommitteeRefused("not-listed", f"{file.reference} is on no agenda.", file.id)
    bench = read_bench(uow, _open(uow, read_session(uow, current.session_id)), at)
    member = bench.members.get(account_id)
    if member is None or not member.votes:
        raise CommitteeRefused(
            "not-a-member", f"{account_id} has no vote in {bench.body.name}.", file.id
        )
    if account_id not in bench.present:
        raise CommitteeRefused("not-present", f"{account_id} is not in the room.", file.id)
    ground = recused_from(uow, file).get(account_id)
    if ground is not None:
        raise CommitteeRefused(
            "recused", f"{account_id} recuses from {file.reference} ({ground}).", file.id
        )
    return bench


def _undecided(uow: UnitOfWork, file: File) -> File:
    current = read_file(uow, file.id)
    if current.status not in (FileStatus.WAITING, FileStatus.LISTED):
        raise CommitteeRefused("not-listed", f"{file.reference} is {current.status}.", file.id)
    return current


def _open(uow: UnitOfWork, session: Session) -> Session:
    current = read_session(uow, session.id, lock=True)
    if current.status is not SessionStatus.OPEN:
        raise _not(current, SessionStatus.OPEN)
    return current


def _not(session: Session, wanted: SessionStatus) -> CommitteeRefused:
    return CommitteeRefused(
        "session-state",
        f"Session {session.number} is {session.status}; this needs it {wanted}.",
    )
