"""Handing in a document on the case's page, and taking one home."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from handlers.documents import DocumentHeld, ScanState
from web.accounts import current_actor
from web.cases.blueprint import blueprint
from web.context import engine
from web.documents import DocumentRefused, content_of, opened, refusal, take
from web.i18n import _


@blueprint.post("/<case_id>/documents")
def upload(case_id: str) -> ResponseReturnValue:
    """Store a file with the case; its type and size are checked, its content encrypted."""
    engine().case(case_id, current_actor())
    back = redirect(url_for(".case", case_id=case_id, _anchor="documents"), 303)
    file = request.files.get("file")
    if file is None or not file.filename:
        flash(_("Choose a file first."), "error")
        return back
    try:
        take(case_id, file, purpose="case", tier=None)
    except DocumentRefused as error:
        flash(refusal(error), "error")
        return back
    flash(_("The document is stored, encrypted."))
    return back


@blueprint.get("/documents/<document_id>")
def download(document_id: str) -> ResponseReturnValue:
    """Send a document to who may open it; the opening is logged."""
    try:
        found = opened(document_id)
    except DocumentHeld as held:
        harmful = held.state is ScanState.INFECTED
        flash(
            _("Harm was found in this document: nobody may open it any more.")
            if harmful
            else _("This document waits to be checked for harm. Try again later."),
            "error",
        )
        return redirect(url_for(".index"), 303)
    return content_of(found)
