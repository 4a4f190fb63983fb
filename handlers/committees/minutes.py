"""Minutes of a session: closed and signed by the chair, unchangeable, without anybody's name.

What they say is canonical JSON (RFC 8785) whose SHA-256 each case's history keeps. Members stand
in it by their accounts, cases by their references; the names of the people that the cases are
about are in an annex, sealed under each person's own key, and go with it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import rfc8785

from engine.errors import NotFound
from engine.store import UnitOfWork
from engine.store.cases import read_case
from handlers.committees.agenda import missing
from handlers.committees.bodies.store import MemberRole
from handlers.committees.deciding import Desk, lock_cases
from handlers.committees.decisions.store import (
    Decision,
    Minutes,
    annex_of,
    decisions_of,
    insert_minutes,
    read_minutes,
)
from handlers.committees.deliberation import Bench, read_bench
from handlers.committees.errors import CommitteeRefused
from handlers.committees.files.store import File, FileStatus, conflicts_of, find_files, scores_of
from handlers.committees.rules import weighted_score
from handlers.committees.sessions.store import (
    Session,
    SessionStatus,
    attendances_of,
    end_attendance,
    read_session,
    update_session,
)

NAME_KEYS = ("family_name", "given_names")
"""Keys of the identity fields that make a name."""


def sign(desk: Desk, session: Session) -> Minutes:
    """Close an open session and sign its minutes; nothing of it changes any more.

    :raises CommitteeRefused: ``session-state``; ``not-the-chair``: nor the deputy who presides;
        ``undecided``: a file of the
        agenda is neither decided nor taken off.
    """
    files = find_files(desk.uow, session_id=session.id)
    lock_cases(desk.uow, files)
    current = read_session(desk.uow, session.id, lock=True)
    if current.status is not SessionStatus.OPEN:
        raise CommitteeRefused("session-state", f"Session {current.number} is {current.status}.")
    bench = read_bench(desk.uow, current, desk.at)
    signer = bench.members.get(desk.actor.account_id)
    presides = bench.chair == desk.actor.account_id
    if signer is None or not (signer.role is MemberRole.CHAIR or presides):
        raise CommitteeRefused(
            "not-the-chair", f"The minutes of {current.number} are signed by its chair."
        )
    files = find_files(desk.uow, session_id=session.id)
    left = [file.reference for file in files if file.status is FileStatus.LISTED]
    if left:
        raise CommitteeRefused(
            "undecided", f"Decide {', '.join(left)}, or take them off the agenda, then sign."
        )
    end_attendance(desk.uow, session.id, desk.at, None)
    content = _content(desk.uow, bench, files, desk.at)
    signed = Minutes(
        session_id=session.id,
        number=f"PV-{current.number}",
        content=content,
        digest=hashlib.sha256(content).hexdigest(),
        signed_at=desk.at,
        signed_by=desk.actor.account_id,
    )
    insert_minutes(desk.uow, signed, {file.id: _sealed_name(desk, file) for file in files})
    update_session(desk.uow, current, status=SessionStatus.CLOSED.value, closed_at=desk.at)
    for file in files:
        desk.uow.record(
            file.case_id,
            "committee.minuted",
            {"committee": bench.body.id, "session": current.number, "digest": signed.digest},
            actor=desk.actor.account_id,
            at=desk.at,
        )
    return signed


def intact(signed: Minutes) -> bool:
    """Tell whether signed minutes still say what their digest says."""
    return hashlib.sha256(signed.content).hexdigest() == signed.digest


def said(signed: Minutes) -> Mapping[str, Any]:
    """Return what signed minutes say."""
    found: Mapping[str, Any] = json.loads(signed.content)
    return found


def annex(desk: Desk, session: Session) -> Mapping[str, str]:
    """Return the name by file id; those of people who were erased are left out.

    The caller has seen to it that the reader may read identities in this session.
    """
    if read_minutes(desk.uow, session.id) is None:
        return {}
    files = {file.id: file for file in find_files(desk.uow, session_id=session.id)}
    found = {}
    for file_id, sealed in annex_of(desk.uow, session.id).items():
        case = read_case(desk.uow, files[file_id].case_id).ref
        try:
            found[file_id] = desk.fields.unseal(desk.uow, case, sealed).decode()
        except NotFound:
            continue  # Their key is gone with them.
    return found


def _sealed_name(desk: Desk, file: File) -> bytes:
    case = read_case(desk.uow, file.case_id).ref
    known = desk.fields.read(desk.uow, case, NAME_KEYS, desk.actor)
    name = " ".join(str(known[key]) for key in NAME_KEYS if known.get(key))
    return desk.fields.seal(desk.uow, case, name.encode())


def _content(uow: UnitOfWork, bench: Bench, files: tuple[File, ...], closed_at: datetime) -> bytes:
    session, body = bench.session, bench.body
    decisions = decisions_of(uow, [file.id for file in files])
    return rfc8785.dumps(
        {
            "committee": body.id,
            "name": body.name,
            "session": session.number,
            "planned_for": _moment(session.planned_for),
            "opened_at": _moment(session.opened_at),
            "closed_at": _moment(closed_at),
            "place": session.place,
            "quorum": body.quorum,
            "majority": body.majority.value,
            "attendance": [
                {
                    "account": stay.account_id,
                    "role": bench.members[stay.account_id].role.value
                    if stay.account_id in bench.members
                    else "",
                    "from": _moment(stay.arrived_at),
                    "to": _moment(stay.left_at),
                }
                for stay in attendances_of(uow, session.id)
            ],
            "files": [_file(uow, bench, file, decisions.get(file.id)) for file in files],
        }
    )


def _file(uow: UnitOfWork, bench: Bench, file: File, decision: Decision | None) -> dict[str, Any]:
    points = weighted_score(bench.body.grid, scores_of(uow, file.id))
    said: dict[str, Any] = {
        "id": file.id,
        "position": file.position,
        "reference": file.reference,
        "asked": None if file.amount is None else str(file.amount),
        "currency": file.currency,
        "missing": list(missing(uow, bench.body, file)),
        "recused": dict(bench.recused_voters(conflicts_of(uow, [file.id]).get(file.id, {}))),
        "score": None if points is None else str(round(points, 1)),
    }
    if decision is not None:
        later = decision.next_session_id
        said |= {
            "outcome": decision.outcome.value,
            "amount": None if decision.amount is None else str(decision.amount),
            "conditional": decision.conditional,
            "next_session": None if later is None else read_session(uow, later).number,
            "votes": [decision.votes_for, decision.votes_against, decision.abstentions],
            "present": decision.present,
            "decided_at": _moment(decision.decided_at),
        }
    return said


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="seconds")
