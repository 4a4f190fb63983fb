"""Deciding files: one by one or together, each once, each told to its case in the same commit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from engine.errors import CaseEnded, CaseSuspended
from engine.model import Actor, CaseRef, CaseStatus, Tier
from engine.ports import FieldSink, Publisher, TieredValue
from engine.store import UnitOfWork
from engine.store.cases import CaseRow, lock_case
from handlers.committees.agenda import missing
from handlers.committees.decisions.store import Decision, Outcome, decisions_of, insert_decision
from handlers.committees.deliberation import Bench, read_bench, recused_from
from handlers.committees.errors import AlreadyDecided, CommitteeRefused
from handlers.committees.files.store import File, FileStatus, move_file, read_file, votes_of
from handlers.committees.rules import Majority, Tally, carried, tally
from handlers.committees.sessions.store import Session, SessionStatus, read_session
from handlers.payments import AmountError, to_minor

DECIDED = "committee-decision"
"""The message by which a case hears what was decided; its key is the file's id."""
_LIVES_S = 366 * 24 * 3600

CONDITIONS, MISSING, REASON = "decision_conditions", "missing_items", "refusal_reason"
"""Keys under which the case keeps a decision's words, encrypted."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be decided of one file.

    :ivar amount: approved; ``None`` where no money is asked for.
    :ivar words: conditions of an approval (optional), what is missing of an adjourned file, the
        reason of a refusal (both needed).
    :ivar next_session_id: to which session it is adjourned.
    """

    file_id: str
    outcome: Outcome
    amount: Decimal | None = None
    words: str = ""
    next_session_id: str | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """What deciding needs beside the verdicts.

    :ivar publish: tells each case, in the open transaction.
    """

    uow: UnitOfWork
    fields: FieldSink
    publish: Publisher
    actor: Actor
    at: datetime


def decide(desk: Desk, session: Session, verdicts: Sequence[Verdict]) -> tuple[Decision, ...]:
    """Decide these files of an open session: all of them, or none.

    :raises CommitteeRefused: a verdict cannot stand; says which and why.
    :raises AlreadyDecided: one of them was decided before, as when a page is sent twice.
    :raises CaseEnded: a case was closed meanwhile. :raises CaseSuspended: one is suspended.
    """
    files = {v.file_id: read_file(desk.uow, v.file_id) for v in verdicts}
    if len(files) != len(verdicts) or not verdicts:
        raise CommitteeRefused("empty", "Choose one file or more, each once.")
    cases = lock_cases(desk.uow, files.values())
    for file in files.values():
        case = cases.get(file.case_id)
        if case is not None and case.status is CaseStatus.SUSPENDED:
            raise CaseSuspended(file.reference)
        if case is None or case.status is not CaseStatus.ACTIVE:
            raise CaseEnded(file.reference, "gone" if case is None else case.status)
    current = read_session(desk.uow, session.id, lock=True)
    if current.status is not SessionStatus.OPEN:
        raise CommitteeRefused(
            "session-state", f"Session {current.number} is {current.status}; nothing is decided."
        )
    bench = read_bench(desk.uow, current, desk.at)
    return tuple(_decide(desk, bench, read_file(desk.uow, v.file_id), cases, v) for v in verdicts)


def lock_cases(uow: UnitOfWork, files: Iterable[File]) -> Mapping[str, CaseRow]:
    """Lock the cases of files, in the order of their ids; the session comes after them."""
    rows = {case_id: lock_case(uow, case_id) for case_id in sorted({f.case_id for f in files})}
    return {case_id: row for case_id, row in rows.items() if row is not None}


def _decide(
    desk: Desk, bench: Bench, file: File, cases: Mapping[str, CaseRow], verdict: Verdict
) -> Decision:
    _check_listed(desk.uow, bench, file)
    recused = recused_from(desk.uow, file)
    voters = bench.voters(recused)
    if not bench.has_quorum(recused):
        raise CommitteeRefused(
            "no-quorum",
            f"{file.reference}: {len(voters)} may vote and are in the room, the quorum is "
            f"{bench.body.quorum}. Wait for others, or close the session.",
            file.id,
        )
    counted = tally(votes_of(desk.uow, [file.id]).get(file.id, {}), voters, bench.chair)
    _check_verdict(desk, bench, file, verdict, counted, len(voters))
    minor = _minor(file, verdict)
    decision = Decision(
        file_id=file.id,
        session_id=bench.session.id,
        outcome=verdict.outcome,
        amount_minor=minor,
        currency=None if minor is None else file.currency,
        next_session_id=verdict.next_session_id,
        conditional=verdict.outcome is Outcome.APPROVED and bool(verdict.words.strip()),
        votes_for=counted.in_favour,
        votes_against=counted.against,
        abstentions=counted.abstentions,
        present=len(voters),
        recused=len(bench.recused_voters(recused)),
        decided_at=desk.at,
        decided_by=desk.actor.account_id,
    )
    if not insert_decision(desk.uow, decision) or not move_file(desk.uow, file, FileStatus.DECIDED):
        raise AlreadyDecided(file.id, file.reference, verdict.outcome)
    _tell(desk, bench, cases[file.case_id].ref, decision, verdict)
    return decision


def _check_listed(uow: UnitOfWork, bench: Bench, file: File) -> None:
    known = decisions_of(uow, [file.id]).get(file.id)
    if known is not None:
        raise AlreadyDecided(file.id, file.reference, known.outcome)
    if file.session_id != bench.session.id or file.status is not FileStatus.LISTED:
        raise CommitteeRefused(
            "not-listed", f"{file.reference} is not on this session's agenda.", file.id
        )


def _check_verdict(
    desk: Desk, bench: Bench, file: File, verdict: Verdict, counted: Tally, voters: int
) -> None:
    body = bench.body
    approved = carried(body.majority, counted, voters, casting_vote=body.casting_vote)
    figures = f"{counted.in_favour} for, {counted.against} against, {voters} may vote"
    if verdict.outcome is Outcome.APPROVED:
        if not approved:
            raise CommitteeRefused(
                "votes", f"{file.reference} is not carried ({figures}).", file.id
            )
        lacking = missing(desk.uow, body, file)
        if lacking and not verdict.words.strip():
            raise CommitteeRefused(
                "incomplete",
                f"{file.reference} lacks {', '.join(lacking)}: adjourn it, or approve it under "
                "conditions.",
                file.id,
            )
        return
    if not verdict.words.strip():
        what = "what is missing" if verdict.outcome is Outcome.ADJOURNED else "the reason"
        raise CommitteeRefused("missing-text", f"{file.reference}: say {what}.", file.id)
    counts = body.majority is not Majority.CONSENT
    if verdict.outcome is Outcome.REFUSED and approved and counts:
        raise CommitteeRefused(
            "votes", f"{file.reference} is carried ({figures}); it cannot be refused.", file.id
        )
    if verdict.next_session_id is not None:
        _check_next(desk.uow, bench, file, verdict.next_session_id)


def _check_next(uow: UnitOfWork, bench: Bench, file: File, session_id: str) -> None:
    later = read_session(uow, session_id)
    mine = later.body_id == bench.body.id and later.planned_for > bench.session.planned_for
    if later.status is not SessionStatus.CALLED or not mine:
        raise CommitteeRefused(
            "next-session",
            f"{file.reference}: session {later.number} is no later session of this body.",
            file.id,
        )


def _minor(file: File, verdict: Verdict) -> int | None:
    if verdict.outcome is not Outcome.APPROVED or file.amount_minor is None:
        return None
    try:
        minor = to_minor(verdict.amount or Decimal(0), str(file.currency))
    except AmountError as error:
        raise CommitteeRefused("amount", f"{file.reference}: {error}", file.id) from error
    if minor > file.amount_minor:
        raise CommitteeRefused(
            "amount",
            f"{file.reference} asks for {file.amount} {file.currency}; {verdict.amount} is more.",
            file.id,
        )
    return minor


def _tell(desk: Desk, bench: Bench, case: CaseRef, decision: Decision, verdict: Verdict) -> None:
    key = {Outcome.APPROVED: CONDITIONS, Outcome.ADJOURNED: MISSING}.get(verdict.outcome, REASON)
    words = {key: TieredValue(verdict.words.strip(), Tier.CASE)} if verdict.words.strip() else {}
    written = desk.fields.write(desk.uow, case, words, desk.actor)
    later = None
    if verdict.next_session_id is not None:
        later = read_session(desk.uow, verdict.next_session_id).planned_for.date()
    told = {
        "committee_outcome": decision.outcome.value,
        "committee_amount": decision.amount,
        "committee_session": bench.session.number,
        "decided_on": desk.at.date(),
        "next_session_on": later,
        # Forms of the case show these words to whoever may read them.
        **written.references,
    }
    desk.uow.record(
        case.id,
        f"committee.{decision.outcome}",
        {
            "committee": bench.body.id,
            "session": bench.session.number,
            "amount": decision.amount,
            "currency": decision.currency,
            "votes": [
                Decimal(decision.votes_for),
                Decimal(decision.votes_against),
                Decimal(decision.abstentions),
            ],
            "commitments": dict(written.commitments),
        },
        actor=desk.actor.account_id,
        at=desk.at,
    )
    desk.publish(
        desk.uow,
        DECIDED,
        {"key": decision.file_id},
        told,
        time_to_live_s=_LIVES_S,
        message_id=decision.file_id,
    )
