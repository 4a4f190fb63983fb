"""The page on which decisions are recorded, of one file or of several together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import CaseEnded, Conflict, NotAllowed
from handlers.committees import (
    CommitteeRefused,
    FileStatus,
    Outcome,
    Session,
    SessionStatus,
    Verdict,
    sessions_of,
)
from web.accounts import current_actor
from web.committees.blueprint import blueprint, committees
from web.committees.reading import Line, Sheet, read_sheet
from web.committees.words import conflict, refusal
from web.context import names, store
from web.i18n import _


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed. :ivar amounts: as typed, by file id."""

    outcome: str = ""
    words: str = ""
    next_session_id: str = ""
    amounts: Mapping[str, str] = field(default_factory=dict)


@blueprint.get("/sessions/<session_id>/decide")
def deciding(session_id: str) -> ResponseReturnValue:
    """Ask what was decided of the chosen files."""
    sheet, later = _read(session_id)
    lines = _chosen(sheet, request.args.getlist("file"))
    if not lines:
        flash(_("Choose the files that you want to decide."), "error")
        return redirect(url_for(".session", session_id=session_id, _anchor="agenda"), 303)
    amounts = {line.file.id: str(line.file.amount or "") for line in lines}
    return _page(sheet, later, lines, Asked(amounts=amounts), {})


@blueprint.post("/sessions/<session_id>/decide")
def decide(session_id: str) -> ResponseReturnValue:
    """Record what was decided: of all the chosen files, or of none."""
    back = redirect(url_for(".session", session_id=session_id, _anchor="agenda"), 303)
    chosen = request.form.getlist("file")
    asked = Asked(
        request.form.get("outcome", ""),
        request.form.get("words", "").strip(),
        request.form.get("next_session", ""),
        {file_id: request.form.get(f"amount-{file_id}", "") for file_id in chosen},
    )
    sheet, later = _read(session_id)
    errors, verdicts = _verdicts(asked, _chosen(sheet, chosen, decided=True))
    if not errors:
        try:
            with store().unit_of_work() as uow:
                done = committees().decide(uow, session_id, verdicts, current_actor())
        except CommitteeRefused as error:
            errors = {_field(error): _told(error, sheet)}
        except (Conflict, CaseEnded) as error:
            flash(conflict(error), "error")
            return back
        else:
            flash(_("Recorded: %(count)s. Each case moves on.", count=len(done)))
            return back
    return _page(sheet, later, _chosen(sheet, chosen), asked, errors)


def _read(session_id: str) -> tuple[Sheet, tuple[Session, ...]]:
    actor, room = current_actor(), committees()
    with store().snapshot() as uow:
        bench = room.bench(uow, session_id, actor)
        if not room.is_clerk(uow, bench.body.id, actor):
            raise NotAllowed(f"{actor.account_id} does not record decisions of {bench.body.id}.")
        called = sessions_of(uow, [bench.body.id], SessionStatus.CALLED)
        later = [each for each in called if each.planned_for > bench.session.planned_for]
        return read_sheet(uow, bench), tuple(reversed(later))


def _chosen(sheet: Sheet, wanted: Sequence[str], *, decided: bool = False) -> tuple[Line, ...]:
    return tuple(
        line
        for line in sheet.lines
        if line.file.id in wanted and (decided or line.file.status is FileStatus.LISTED)
    )


def _verdicts(asked: Asked, lines: Sequence[Line]) -> tuple[dict[str, str], list[Verdict]]:
    if asked.outcome not in set(Outcome):
        return {"outcome": _("Say what was decided.")}, []
    outcome = Outcome(asked.outcome)
    errors: dict[str, str] = {}
    verdicts = []
    for line in lines:
        amount = None
        if outcome is Outcome.APPROVED and line.file.amount is not None:
            amount = _amount(asked.amounts.get(line.file.id, ""))
            if amount is None:
                errors[f"amount-{line.file.id}"] = _("Write an amount, such as 250000.")
        later = asked.next_session_id if outcome is Outcome.ADJOURNED else ""
        verdicts.append(Verdict(line.file.id, outcome, amount, asked.words, later or None))
    return errors, verdicts


def _amount(text: str) -> Decimal | None:
    """Read an amount as people write it: spaces between groups, a comma or a point."""
    try:
        value = Decimal("".join(text.split()).replace("\u202f", "").replace(",", "."))
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _field(error: CommitteeRefused) -> str:
    if error.code == "amount":
        return f"amount-{error.file_id}"
    words = {"missing-text": "words", "incomplete": "words", "next-session": "next_session"}
    return words.get(error.code, "outcome")


def _told(error: CommitteeRefused, sheet: Sheet) -> str:
    reference = next((x.file.reference for x in sheet.lines if x.file.id == error.file_id), "")
    return refusal(error, reference)


def _page(
    sheet: Sheet,
    later: tuple[Session, ...],
    lines: tuple[Line, ...],
    asked: Asked,
    errors: Mapping[str, str],
) -> ResponseReturnValue:
    html = render_template(
        "committees/decide.html",
        sheet=sheet,
        lines=lines,
        later=later,
        asked=asked,
        errors=errors,
        outcomes=list(Outcome),
        names=names(sheet.accounts),
    )
    return html, 422 if errors else 200
