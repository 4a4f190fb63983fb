"""Bank statements: read in from a file, with a report of what they prove and what they do not."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from handlers.csv_files import CsvTable
from handlers.payments.ledger import programmes, read_programme
from handlers.payments.statements import (
    StatementRead,
    read_statement,
    take_in,
    unmatched_lines,
)
from web.accounts import current_actor
from web.context import engine, store
from web.payments.blueprint import access, blueprint, moved_in, seen_in
from web.payments.words import refusal


@blueprint.get("/statements")
def statement() -> ResponseReturnValue:
    """Show the lines that prove no payment, and the form that reads a statement in."""
    return _page({})


@blueprint.post("/statements")
def read_in() -> ResponseReturnValue:
    """Read a statement in: all of it, or nothing if a line cannot be read."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return _page({"file": refusal("file")}, status=422)
    table = read_statement(file.read())
    if table.problems:
        return _page({}, table, status=422)
    with store().unit_of_work() as uow:
        programme = read_programme(uow, request.form.get("programme", ""), moved_in(uow))
        done = take_in(
            uow,
            programme,
            [row.values for row in table.rows],
            engine().publish_within,
            actor=current_actor(),
            at=engine().now(),
        )
    return _page({}, table, done)


def _page(
    errors: dict[str, str],
    table: CsvTable | None = None,
    done: StatementRead | None = None,
    *,
    status: int = 200,
) -> ResponseReturnValue:
    with store().snapshot() as uow:
        offered = programmes(uow, access().moved_in(uow, current_actor()))
        unmatched = unmatched_lines(uow, seen_in(uow))
        named = {each.id: each.name for each in programmes(uow, seen_in(uow))}
    html = render_template(
        "payments/statement.html",
        options=[(each.id, each.name) for each in offered],
        named=named,
        unmatched=unmatched,
        table=table,
        done=done,
        chosen=request.form.get("programme", ""),
        errors=errors,
    )
    return html, status
