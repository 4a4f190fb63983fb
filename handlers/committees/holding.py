"""A whole session held in one go, by the acts that its members' pages call.

For scenarios and the demo, where nobody sits at a page; a committee of people holds its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from engine.model import Actor, Grant
from engine.store import UnitOfWork
from handlers.committees.bodies.store import Body, Member, MemberRole, members_of, read_body
from handlers.committees.deciding import Verdict
from handlers.committees.decisions.store import Decision, Outcome
from handlers.committees.errors import CommitteeRefused
from handlers.committees.files.store import File, FileStatus, find_files
from handlers.committees.rules import Vote
from handlers.committees.service import Committees

_VOTES = {
    Outcome.APPROVED: Vote.FOR,
    Outcome.ADJOURNED: Vote.ABSTAIN,
    Outcome.REFUSED: Vote.AGAINST,
}


@dataclass(frozen=True, slots=True)
class Course:
    """How a session goes.

    :ivar outcome: what everybody who may vote votes for.
    :ivar amount: of an approval; what was asked for, if left out.
    :ivar words: conditions, what is missing or the reason; needed where deciding needs them.
    """

    outcome: Outcome
    amount: Decimal | None = None
    words: str = ""
    place: str = "Salle de démonstration"


def hold_session(
    room: Committees, uow: UnitOfWork, case_id: str, course: Course
) -> tuple[Decision, ...]:
    """Call, hold and close a session on what a case has before a committee; minutes are signed.

    Every member is in the room; those who prepared the file recuse, as anywhere.

    :raises CommitteeRefused: ``empty``: nothing of the case waits for a session; otherwise as the
        acts of a session do.
    """
    files = find_files(uow, case_id=case_id, status=FileStatus.WAITING)
    if not files:
        raise CommitteeRefused("empty", "Nothing of this case waits for a committee's session.")
    body = read_body(uow, files[0].body_id)
    now = room.clock.now()
    seats = members_of(uow, body.id, now)
    secretary, chair = _seated(body, seats, MemberRole.SECRETARY), _seated(body, seats)
    session = room.call(uow, body.id, now + timedelta(minutes=1), course.place, secretary)
    room.open(uow, session.id, secretary)
    for seat in seats:
        room.attend(uow, session.id, seat.account_id, True, secretary)
    mine = [file for file in files if file.body_id == body.id]
    for file in mine:
        room.put_on(uow, session.id, file.id, secretary)
        _vote(room, uow, file, seats, course.outcome)
    decided = room.decide(uow, session.id, [_verdict(file, course) for file in mine], secretary)
    room.sign(uow, session.id, chair)
    return decided


def _vote(
    room: Committees, uow: UnitOfWork, file: File, seats: Sequence[Member], outcome: Outcome
) -> None:
    body = read_body(uow, file.body_id)
    for seat in seats:
        if seat.votes and seat.account_id not in file.preparers:
            room.vote(uow, file.id, _VOTES[outcome], _actor(body, seat))


def _verdict(file: File, course: Course) -> Verdict:
    amount = None
    if course.outcome is Outcome.APPROVED:
        amount = file.amount if course.amount is None else course.amount
    return Verdict(file.id, course.outcome, amount, course.words)


def _seated(body: Body, seats: Sequence[Member], role: MemberRole = MemberRole.CHAIR) -> Actor:
    for seat in seats:
        if seat.role is role:
            return _actor(body, seat)
    raise CommitteeRefused("not-a-member", f"{body.name} has no {role}. Give the seat to somebody.")


def _actor(body: Body, seat: Member) -> Actor:
    clerk = seat.role is MemberRole.SECRETARY
    role = "committee_secretary" if clerk else "committee_member"
    return Actor(seat.account_id, (Grant(role, body.organisation_id, body.country),))
