"""Errors as pages: what happened, that nothing was half-done, and what to do next."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

import structlog
from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from engine.errors import (
    AlreadyClaimed,
    CaseEnded,
    CaseSuspended,
    Conflict,
    DocumentationOnly,
    NotAllowed,
    NotFound,
    PasserelleError,
    StoreUnavailable,
    WorkItemClosed,
)
from web.accounts import current_account
from web.context import names
from web.i18n import _
from web.locales import moment
from web.pdf import PdfUnavailable

log = structlog.get_logger(__name__)


def install(app: Flask) -> None:
    """Answer every error with a page in the reader's language."""
    app.register_error_handler(NotFound, _not_found)
    app.register_error_handler(NotAllowed, _not_allowed)
    app.register_error_handler(Conflict, _conflict)
    app.register_error_handler(CaseEnded, _conflict)
    app.register_error_handler(DocumentationOnly, _conflict)
    app.register_error_handler(StoreUnavailable, _unavailable)
    app.register_error_handler(PdfUnavailable, _no_pdf)
    app.register_error_handler(PasserelleError, _refused)
    app.register_error_handler(CSRFError, _stale)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(500, _crashed)


def explain(error: PasserelleError) -> str:
    """Return a conflict or refusal as one or two kind sentences, naming people by their names."""
    if isinstance(error, WorkItemClosed):
        return _explain_closed(error)
    if isinstance(error, AlreadyClaimed):
        who = names([error.assignee])[error.assignee]
        return _("%(who)s has taken this task. Ask them to give it back first.", who=who)
    if isinstance(error, CaseEnded):
        return _("This case has ended; it takes no more steps. Nothing was changed.")
    if isinstance(error, CaseSuspended):
        return _("This case is suspended: it takes nothing until it is resumed. Nothing is lost.")
    if isinstance(error, DocumentationOnly):
        return _("This version is there to be read: no case can begin in it or be moved to it.")
    if isinstance(error, NotAllowed):
        return _("This is for somebody else to do: another role, or a colleague. Nothing was kept.")
    if isinstance(error, Conflict):
        return _("Somebody else changed this case just now. Nothing was lost: try again.")
    return str(error)


def _explain_closed(error: WorkItemClosed) -> str:
    when = moment(error.at)
    if error.by is None or error.status == "cancelled":
        return _("The case took this task back on %(when)s: it is no longer needed.", when=when)
    who = names([error.by])[error.by]
    return _(
        "%(who)s completed this task on %(when)s (UTC). Your answer was not recorded.",
        who=who,
        when=when,
    )


def _page(
    status: int, title: str, paragraphs: Sequence[str], code: str = ""
) -> ResponseReturnValue:
    html = render_template("errors/error.html", title=title, paragraphs=paragraphs, code=code)
    return html, status


def _not_found(error: NotFound) -> ResponseReturnValue:
    account = current_account()
    log.warning(
        "not found or not theirs",
        account=account.row.id if account else None,
        kind=error.kind,
        identifier=error.identifier,
        path=request.path,
    )
    return _page(404, _("Page not found"), _missing())


def _missing() -> Sequence[str]:
    return (
        _("There is nothing here, or it is not open to your account."),
        _("Check the address. If somebody sent you this link, ask them who may open it."),
    )


def _not_allowed(error: NotAllowed) -> ResponseReturnValue:
    return _page(403, _("You may not do this"), (explain(error),))


def _conflict(error: PasserelleError) -> ResponseReturnValue:
    return _page(409, _("This has moved on"), (explain(error),))


def _unavailable(error: StoreUnavailable) -> ResponseReturnValue:
    code = _code()
    log.error("store unavailable", code=code, error=str(error))
    paragraphs = (
        _("The database did not answer. Nothing was half-written: what you sent was not kept."),
        _("Go back in your browser and try again in a minute."),
    )
    return _page(503, _("Try again in a minute"), paragraphs, code)


def _no_pdf(error: PdfUnavailable) -> ResponseReturnValue:
    code = _code()
    log.error("no PDF", code=code, error=str(error))
    paragraphs = (
        _("This server lacks the libraries that make PDFs. Read the page itself meanwhile."),
        _("Tell your administrator the reference below."),
    )
    return _page(503, _("No PDF can be made here"), paragraphs, code)


def _refused(error: PasserelleError) -> ResponseReturnValue:
    code = _code()
    log.error("refused", code=code, error=str(error), kind=type(error).__name__)
    return _page(500, _("This could not be done"), (_crash_text(), _("Nothing was changed.")), code)


def _stale(error: CSRFError) -> ResponseReturnValue:
    paragraphs = (
        _("The page was open for too long, or you signed in again meanwhile."),
        _("Go back, reload the page and send the form again. Nothing was changed."),
    )
    return _page(400, _("This form is out of date"), paragraphs)


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.response is not None or error.code < 400:
        return error
    titles = {
        403: (_("You may not open this page"), (_("Your roles do not include it."),)),
        404: (_("Page not found"), _missing()),
        413: (_("This file is too large"), (_("Choose a smaller file."),)),
        429: (
            _("Too many attempts"),
            (_("Wait a minute, then try again. This protects accounts from guessing."),),
        ),
    }
    default = (_("This request was not understood"), (_("Go back and try again."),))
    title, paragraphs = titles.get(error.code, default)
    return _page(error.code, title, paragraphs)


def _crashed(error: BaseException) -> ResponseReturnValue:
    code = _code()
    original = getattr(error, "original_exception", None) or error
    # The traceback names places in our code; a foreign error's text may quote what was typed.
    log.error("crashed", code=code, path=request.path, kind=type(original).__qualname__)
    return _page(500, _("Something broke here"), (_crash_text(),), code)


def _crash_text() -> str:
    return _("This is our fault, not yours. Tell your administrator the reference below.")


def _code() -> str:
    return secrets.token_hex(4)
