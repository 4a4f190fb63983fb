"""Files before a body, and the agenda of its sessions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from engine.errors import BusinessError, Conflict
from engine.model import Actor, CaseRef
from engine.store import UnitOfWork
from engine.store.cases import next_number
from engine.store.work import performers
from handlers.committees.bodies.store import Body
from handlers.committees.decisions.store import Outcome, decisions_of
from handlers.committees.errors import CommitteeRefused
from handlers.committees.files.store import (
    File,
    FileStatus,
    file_by_key,
    find_files,
    insert_file,
    move_file,
    place_file,
    save_conflict,
)
from handlers.committees.rules import missing_documents
from handlers.committees.sessions.store import (
    Session,
    SessionStatus,
    insert_session,
    read_session,
    sessions_of,
    update_session,
)
from handlers.documents import purposes_of
from handlers.payments import AmountError, to_minor
from handlers.people import new_id

PREPARED = "prepared"
"""Ground of recusal by rule: the member had a hand in the file."""
DECLARED = "declared"
"""Ground of recusal that the member declared."""


def submit(
    uow: UnitOfWork,
    body: Body,
    case: CaseRef,
    *,
    key: str,
    amount: Decimal | None,
    currency: str | None,
    at: datetime,
) -> File:
    """Put a case before a body; it waits for a session. Under the same key it is the same file.

    Whoever completed a task of the case prepared it, and so did whom they acted for.

    :raises BusinessError: ``amount-invalid``: it is no amount in the currency.
    """
    known = file_by_key(uow, key)
    if known is not None:
        return known
    try:
        minor = None if amount is None else to_minor(amount, currency or "")
    except AmountError as error:
        raise BusinessError("amount-invalid", f"{case.reference}: {error}") from error
    file = File(
        id=new_id(),
        key=key,
        body_id=body.id,
        case_id=case.id,
        reference=case.reference,
        status=FileStatus.WAITING,
        amount_minor=minor,
        currency=None if minor is None else currency,
        preparers=tuple(sorted(performers(uow, case.id))),
        submitted_at=at,
        wanted_session_id=_adjourned_to(uow, body, case),
    )
    insert_file(uow, file)
    for account_id in file.preparers:
        save_conflict(uow, file.id, account_id, PREPARED, at)
    return file


def _adjourned_to(uow: UnitOfWork, body: Body, case: CaseRef) -> str | None:
    earlier = [f.id for f in find_files(uow, body_id=body.id, case_id=case.id)]
    decided = sorted(decisions_of(uow, earlier).values(), key=lambda each: each.decided_at)
    if not decided or decided[-1].outcome is not Outcome.ADJOURNED:
        return None
    return decided[-1].next_session_id


def withdraw(uow: UnitOfWork, case_id: str) -> int:
    """Take back every file of a case that is not decided; return how many there were."""
    open_files = [
        file
        for file in find_files(uow, case_id=case_id)
        if file.status in (FileStatus.WAITING, FileStatus.LISTED)
    ]
    return sum(
        move_file(uow, file, FileStatus.WITHDRAWN, session_id=None, position=None)
        for file in open_files
    )


def missing(uow: UnitOfWork, body: Body, file: File) -> tuple[str, ...]:
    """Return the purposes of documents that the file still needs to be complete."""
    return missing_documents(body.documents, purposes_of(uow, file.case_id))


def call_session(
    uow: UnitOfWork,
    body: Body,
    planned_for: datetime,
    place: str,
    *,
    actor: Actor,
    at: datetime,
) -> Session:
    """Call a session of a body.

    :raises CommitteeRefused: ``session-state``: the date is past. ``empty``: no place is given.
    """
    if planned_for <= at:
        raise CommitteeRefused("session-state", "The session's date is past. Choose a later one.")
    if not place.strip():
        raise CommitteeRefused("empty", "Say where the session is held.")
    prefix = f"{body.prefix}-{planned_for.year}"
    session = Session(
        id=new_id(),
        body_id=body.id,
        number=f"{prefix}-{next_number(uow, prefix):03d}",
        status=SessionStatus.CALLED,
        planned_for=planned_for,
        place=place.strip()[:200],
        called_at=at,
        called_by=actor.account_id,
    )
    insert_session(uow, session)
    return session


def cancel_session(uow: UnitOfWork, session: Session, at: datetime) -> None:
    """Call a session off before it opens; its files wait again.

    :raises CommitteeRefused: ``session-state``: it opened, or was called off before.
    """
    current = _in_state(uow, session, SessionStatus.CALLED)
    for file in find_files(uow, session_id=session.id, status=FileStatus.LISTED):
        move_file(uow, file, FileStatus.WAITING, session_id=None, position=None)
    update_session(uow, current, status=SessionStatus.CANCELLED.value, closed_at=at)


def fill_agenda(uow: UnitOfWork, session: Session, most: int) -> tuple[File, ...]:
    """Put what waits longest on the agenda, first what was adjourned to this very session.

    What was adjourned to another session that is still to come waits for that one.

    :param most: how many files the agenda has room for.
    :returns: the files that were put on it.
    """
    called = sessions_of(uow, [session.body_id], SessionStatus.CALLED)
    elsewhere = {each.id for each in called} - {session.id}
    waiting = [
        file
        for file in find_files(uow, body_id=session.body_id, status=FileStatus.WAITING)
        if file.wanted_session_id not in elsewhere
    ]
    ranked = sorted(
        waiting, key=lambda file: (file.wanted_session_id != session.id, file.submitted_at)
    )
    room = max(0, most - len(find_files(uow, session_id=session.id)))
    return list_files(uow, session, ranked[:room])


def list_files(uow: UnitOfWork, session: Session, files: Sequence[File]) -> tuple[File, ...]:
    """Put waiting files at the end of a session's agenda, in this order.

    :raises CommitteeRefused: ``session-state``: the session is closed or cancelled.
    :raises Conflict: one of them does not wait any more, or is another body's.
    """
    _in_state(uow, session, SessionStatus.CALLED, SessionStatus.OPEN)
    place = max((f.position or 0 for f in find_files(uow, session_id=session.id)), default=0)
    for number, file in enumerate(files, start=place + 1):
        mine = file.body_id == session.body_id and file.status is FileStatus.WAITING
        values = {"session_id": session.id, "position": number}
        if not mine or not move_file(uow, file, FileStatus.LISTED, **values):
            raise Conflict(f"{file.reference} does not wait for this body any more.")
    return tuple(files)


def unlist(uow: UnitOfWork, session: Session, file: File) -> None:
    """Take a file off the agenda; it waits again.

    :raises Conflict: it is decided already, or not on this agenda.
    """
    _in_state(uow, session, SessionStatus.CALLED, SessionStatus.OPEN)
    on_it = file.session_id == session.id and file.status is FileStatus.LISTED
    values = {"session_id": None, "position": None}
    if not on_it or not move_file(uow, file, FileStatus.WAITING, **values):
        raise Conflict(f"{file.reference} cannot be taken off the agenda: it is {file.status}.")
    left = find_files(uow, session_id=session.id)
    for number, other in enumerate(left, start=1):
        place_file(uow, other.id, number)


def _in_state(uow: UnitOfWork, session: Session, *allowed: SessionStatus) -> Session:
    """Lock a session and return it as it is now."""
    current = read_session(uow, session.id, lock=True)
    if current.status not in allowed:
        raise CommitteeRefused(
            "session-state",
            f"Session {current.number} is {current.status}; this needs it "
            f"{' or '.join(allowed)}. Look at it again.",
        )
    return current
