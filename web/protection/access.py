"""The right of access: a person's own data as JSON for machines, as PDF for the person."""

from __future__ import annotations

import json

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue

from engine.errors import NotFound
from web.accounts import current_actor
from web.context import store
from web.i18n import _
from web.pdf import as_download, pdf
from web.people.blueprint import people
from web.protection.blueprint import blueprint


@blueprint.get("/access")
def access() -> ResponseReturnValue:
    """Ask for whom the copy is made."""
    return _form({})


@blueprint.post("/access")
def export() -> ResponseReturnValue:
    """Give everything that is kept of one person; that it was given is logged."""
    clue = request.form.get("clue", "")
    try:
        with store().unit_of_work() as uow:
            room = people()
            person_id = room.emergencies.find(uow, clue)
            data = room.subject_access.gather(uow, person_id, current_actor())
    except NotFound:
        return _form({"clue": _("Nobody is known by this reference or number.")})
    if request.form.get("format") == "json":
        content = json.dumps(data, ensure_ascii=False, indent=2).encode()
        response = make_response(content)
        response.content_type = "application/json; charset=utf-8"
        name = "copie.json"
    else:
        return as_download(pdf(render_template("protection/copy.html", data=data)), "copie.pdf")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "no-store"
    return response


def _form(errors: dict[str, str]) -> ResponseReturnValue:
    html = render_template("protection/access.html", errors=errors, typed=request.form)
    return html, 422 if errors else 200
