"""Opening a file in an emergency, and telling those who review it."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from typing import cast

import structlog
from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import HandlerFailed, InvalidAnswer, NotFound
from handlers.notices import Mailer
from web.accounts import accounts_with, current_actor
from web.context import settings, store
from web.i18n import _
from web.locales import moment
from web.people.blueprint import blueprint, people
from web.people.words import problem
from web.policy import ADMINISTRATOR, PROTECTION_OFFICER

log = structlog.get_logger(__name__)


@blueprint.get("/emergency")
def emergency() -> ResponseReturnValue:
    """Ask whose file must be opened, and why."""
    return _form({})


@blueprint.post("/emergency")
def open_emergency() -> ResponseReturnValue:
    """Open the file for a few hours; those who review it are told."""
    clue, reason = request.form.get("clue", ""), request.form.get("reason", "")
    try:
        with store().unit_of_work() as uow:
            opened = people().emergencies.open(uow, clue, reason, current_actor())
    except InvalidAnswer as wrong:
        return _form({key: problem(code) for key, code in wrong.errors.items()})
    except NotFound:
        return _form({"clue": _("Nobody is known by this reference or number.")})
    alert(opened.id, opened.at)
    until = moment(opened.until)
    flash(_("The file is open to you until %(until)s (UTC). It will be reviewed.", until=until))
    return redirect(url_for(".person", person_id=opened.person_id), 303)


def alert(access_id: str, at: datetime) -> None:
    """Tell administrators and data protection officers, by a neutral e-mail, that they must review.

    The page shows it whether or not the mail goes out; implements
    :class:`handlers.people.emergency.service.Alert`.
    """
    mailer = cast(Mailer, current_app.extensions["mailer"])
    for receiver in accounts_with(store(), {ADMINISTRATOR, PROTECTION_OFFICER}):
        message = EmailMessage()
        message["From"] = settings().mail_from
        message["To"] = receiver.email
        message["Subject"] = "Passerelle : un accès d'urgence attend votre examen"
        message.set_content(
            "Un dossier a été ouvert en urgence. Examinez-le dans Passerelle, à la page "
            "« Protection des données ».\n\n"
            "A file was opened in an emergency. Review it in Passerelle, on the page "
            "“Data protection”.\n"
        )
        try:
            mailer.send(f"emergency/{access_id}/{receiver.id}", message)
        except HandlerFailed as error:
            log.error("alert not sent", access=access_id, error=str(error))


def _form(errors: dict[str, str]) -> ResponseReturnValue:
    html = render_template("people/emergency.html", errors=errors, typed=request.form)
    return html, 422 if errors else 200
