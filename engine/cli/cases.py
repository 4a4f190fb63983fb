"""``passerelle case`` and ``history``: what an operator or auditor asks on the command line."""

from __future__ import annotations

import dataclasses

import click

from engine.cli.main import EXIT_FAILED, echo_json, format_option, settings_of
from engine.composition import open_engine
from engine.feel import to_text
from engine.model import Actor, Grant
from engine.service import CasesQuery, CaseView, Engine

OPERATOR = Actor("cli", (Grant("operator", None),))
"""Whoever may run commands on the site's machine may read every case's course."""


@click.command()
@click.argument("reference", required=False)
@click.option("--search", help="Part of a reference.")
@click.option("--page", default=1, show_default=True)
@format_option
@click.pass_context
def case(
    ctx: click.Context, reference: str | None, search: str | None, page: int, output: str
) -> None:
    """List cases, or show one with its steps.

    \b
    Example:
      passerelle case CM-OFII-2026-00001
      passerelle case --search 2026 --format json
    """
    engine = open_engine(settings_of(ctx))
    if reference is None:
        found = engine.cases(OPERATOR, CasesQuery(search=search, page=page, size=50))
        if output == "json":
            echo_json({"total": found.total, "cases": [dataclasses.asdict(c) for c in found.items]})
            return
        for view in found.items:
            click.echo(_line(view))
        click.echo(f"page {found.page} of {found.pages}, {found.total} cases")
        return
    view = find(engine, reference)
    steps = [s for s in engine.steps(view.id, OPERATOR) if s.state != "todo"]
    if output == "json":
        echo_json(dataclasses.asdict(view) | {"steps": [dataclasses.asdict(s) for s in steps]})
        return
    click.echo(_line(view))
    for item in view.summary:
        click.echo(f"  {item.label}: {item.value}")
    for step in steps:
        left = "" if step.version is None else f" (version {step.version})"
        click.echo(f"  {step.state:6} {step.name}{left}")


@click.command()
@click.argument("reference")
@click.option("--verify", is_flag=True, help="Prove that nothing was changed; exit 1 if it was.")
@format_option
@click.pass_context
def history(ctx: click.Context, reference: str, verify: bool, output: str) -> None:
    """Show everything that happened in a case, in order, with the hashes that link it.

    \b
    Example:
      passerelle history CM-OFII-2026-00001 --verify
    """
    engine = open_engine(settings_of(ctx))
    view = find(engine, reference)
    checked = engine.verify(view.id, OPERATOR) if verify else None
    events = engine.history(view.id, OPERATOR)
    if output == "json":
        problems = [dataclasses.asdict(p) for p in checked.problems] if checked else None
        rows = [dataclasses.asdict(e) | {"data": to_text(e.data)} for e in events]
        echo_json({"case": reference, "problems": problems, "events": rows})
    else:
        for event in events:
            click.echo(
                f"{event.seq:5} {event.at:%Y-%m-%d %H:%M:%S} {event.kind:20} "
                f"{event.element_id or '':36} {event.actor:16} {event.hash[:12]}"
            )
        for problem in checked.problems if checked else ():
            click.echo(f"event {problem.seq}: {problem.message}", err=True)
    if checked is not None:
        if output == "text" and not checked.problems:
            click.echo(f"{checked.events} events, every link holds.")
        if checked.problems:
            raise SystemExit(EXIT_FAILED)


def find(engine: Engine, reference: str) -> CaseView:
    """Return the case of a reference, or of an id.

    :raises NotFound: there is none.
    """
    for view in engine.cases(OPERATOR, CasesQuery(search=reference, size=100)).items:
        if reference == view.reference:
            return view
    return engine.case(reference, OPERATOR)


def _line(view: CaseView) -> str:
    active = ", ".join(view.active)
    return f"{view.reference}  {view.status:9}  {view.started_at:%Y-%m-%d}  {active}"
