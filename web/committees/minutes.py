"""Signed minutes and their annex of names, as pages and as PDF in three languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale

from engine.errors import NotFound
from handlers.committees import Body, Minutes, intact, read_minutes, said
from web.accounts import current_actor
from web.committees.blueprint import blueprint, committees
from web.context import names, store
from web.i18n import _
from web.locales import LANGUAGES, locale
from web.pdf import as_download, pdf


@dataclass(frozen=True, slots=True)
class Record:
    """Signed minutes as people read them.

    :ivar said: their content, moments and amounts as values. :ivar names: by account.
    """

    body: Body
    minutes: Minutes
    said: Mapping[str, Any]
    names: Mapping[str, str]
    intact: bool


@blueprint.get("/sessions/<session_id>/minutes")
def minutes(session_id: str) -> ResponseReturnValue:
    """Show the signed minutes of a session."""
    record = _record(session_id)
    if record is None:
        return render_template("committees/unsigned.html", session_id=session_id), 404
    return render_template("committees/minutes.html", record=record, all_languages=LANGUAGES)


@blueprint.get("/sessions/<session_id>/minutes.pdf")
def minutes_pdf(session_id: str) -> ResponseReturnValue:
    """Give the signed minutes as a PDF, in the language asked for."""
    language = _language()
    with force_locale(language):
        record = _record(session_id)
        if record is None:
            raise NotFound("minutes of committee session", session_id)
        html = render_template("committees/minutes_pdf.html", record=record)
    made = pdf(html, f"{record.minutes.digest}-{language}")
    return as_download(made, f"{record.minutes.number}-{language}.pdf")


@blueprint.get("/sessions/<session_id>/annex")
def annex(session_id: str) -> ResponseReturnValue:
    """Show whose files the minutes are about, to who may read it; the read is logged."""
    record, people = _annexed(session_id)
    return render_template("committees/annex.html", record=record, people=people)


@blueprint.get("/sessions/<session_id>/annex.pdf")
def annex_pdf(session_id: str) -> ResponseReturnValue:
    """Give the annex as a PDF, in the language asked for; the read is logged."""
    language = _language()
    with force_locale(language):
        record, people = _annexed(session_id)
        html = render_template("committees/annex_pdf.html", record=record, people=people)
    made = pdf(html, f"{record.minutes.digest}-annex-{language}")
    return as_download(made, f"{record.minutes.number}-annexe-{language}.pdf")


def _language() -> str:
    language = request.args.get("language", locale())
    if language not in LANGUAGES:
        abort(404)
    return language


def _record(session_id: str) -> Record | None:
    with store().snapshot() as uow:
        bench = committees().bench(uow, session_id, current_actor())
        signed = read_minutes(uow, session_id)
    if signed is None:
        return None
    told = readable(said(signed))
    accounts = {signed.signed_by}
    accounts.update(stay["account"] for stay in told["attendance"])
    accounts.update(who for each in told["files"] for who in each["recused"])
    return Record(bench.body, signed, told, names(accounts), intact(signed))


def _annexed(session_id: str) -> tuple[Record, Mapping[str, str]]:
    record = _record(session_id)
    if record is None:
        raise NotFound("minutes of committee session", session_id)
    with store().unit_of_work() as uow:  # Reading names is written down.
        people = committees().annex(uow, session_id, current_actor())
    if not people:
        raise NotFound("annex of committee session", session_id)
    return record, people


def readable(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return what minutes say, with their texts of moments and amounts read as such."""
    files = [
        {
            **each,
            "asked": _decimal(each["asked"]),
            "amount": _decimal(each.get("amount")),
            "score": _decimal(each["score"]),
        }
        for each in content["files"]
    ]
    attendance = [
        {**stay, "from": _moment(stay["from"]), "to": _moment(stay["to"])}
        for stay in content["attendance"]
    ]
    moments = {key: _moment(content[key]) for key in ("planned_for", "opened_at", "closed_at")}
    return {**content, **moments, "files": files, "attendance": attendance}


def tallied(files: list[Mapping[str, Any]]) -> str:
    """Return how many files were approved, adjourned and refused, in a sentence."""
    counts = {
        outcome: sum(each.get("outcome") == outcome for each in files)
        for outcome in ("approved", "adjourned", "refused")
    }
    return _("%(approved)s approved, %(adjourned)s adjourned, %(refused)s refused", **counts)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
