"""``passerelle operate``: suspend, resume, cancel and change cases by hand, each with a reason."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import click

from engine import bpmn
from engine.cli.cases import OPERATOR, find
from engine.cli.main import echo_json, format_option, settings_of
from engine.composition import open_engine
from engine.errors import InvalidAnswer
from engine.feel import to_feel, to_text
from engine.service import ChangeView, Engine

reason_option = click.option(
    "--reason", required=True, help="Why; kept encrypted with the case, and asked of everybody."
)
preview_option = click.option("--preview", is_flag=True, help="Only say what would happen.")
token_option = click.option(
    "--token", "activation", type=int, help="Activation of a token, as 'operate show' tells it."
)


@click.group()
def operate() -> None:
    """Look at where a case stands, and change it by hand. Whoever runs this is its operator.

    \b
    Example:
      passerelle operate show CM-OFII-2026-00001
      passerelle operate suspend CM-OFII-2026-00001 --reason "File with the auditors"
    """


@operate.command()
@click.option("--run", "name", help="Run this work now, due or not.")
@format_option
@click.pass_context
def periodic(ctx: click.Context, name: str | None, output: str) -> None:
    """Tell what the site does of itself every so often: the last run and the next of each work.

    \b
    Example:
      passerelle operate periodic
      passerelle operate periodic --run people.retention
    """
    engine = open_engine(settings_of(ctx))
    if name is not None:
        ran = engine.timetable.run(name)
        click.echo(f"{name} {'ran' if ran else 'runs elsewhere just now; it was left alone'}.")
    views = engine.timetable.overview()
    if output == "json":
        echo_json([dataclasses.asdict(view) for view in views])
        return
    for view in views:
        last = f"{view.started_at:%Y-%m-%d %H:%M}" if view.started_at else "never"
        due = f"{view.due_at:%Y-%m-%d %H:%M}" if view.due_at else "when a worker runs"
        state = "runs" if view.running else view.error or ""
        click.echo(f"  {view.name:24} last {last:16}  next {due:16}  {state}".rstrip())


@operate.command()
@click.argument("reference")
@format_option
@click.pass_context
def show(ctx: click.Context, reference: str, output: str) -> None:
    """Show the tokens, variables and incidents of a case.

    \b
    Example:
      passerelle operate show CM-OFII-2026-00001
    """
    engine, case_id = _found(ctx, reference)
    view = engine.operated(case_id, OPERATOR, "en")
    if output == "json":
        echo_json(
            dataclasses.asdict(view)
            | {"variables": {name: to_text(value) for name, value in view.variables.items()}}
        )
        return
    click.echo(f"{view.reference}  {view.status}  revision {view.revision}")
    for each in view.tokens:
        token = each.token
        where = token.flow if token.activation is None else token.activation
        state = f"incident {token.incident}" if token.incident else token.waits
        click.echo(f"  {where!s:>6}  {token.element_id:36} {state:12} {each.name}")
    for name, value in sorted(view.variables.items()):
        click.echo(f"  {name} = {to_text(value)}")


@operate.command()
@click.argument("reference")
@reason_option
@click.pass_context
def suspend(ctx: click.Context, reference: str, reason: str) -> None:
    """Let a case take nothing until it is resumed. Nothing is lost: what comes meanwhile waits.

    \b
    Example:
      passerelle operate suspend CM-OFII-2026-00001 --reason "File with the auditors"
    """
    engine, case_id = _found(ctx, reference)
    engine.suspend(case_id, reason, OPERATOR)
    click.echo(f"{reference} is suspended.")


@operate.command()
@click.argument("reference")
@reason_option
@click.pass_context
def resume(ctx: click.Context, reference: str, reason: str) -> None:
    """Let a suspended case go on: timers that came due fire, what waited arrives.

    \b
    Example:
      passerelle operate resume CM-OFII-2026-00001 --reason "The auditors gave it back"
    """
    engine, case_id = _found(ctx, reference)
    engine.resume(case_id, reason, OPERATOR)
    click.echo(f"{reference} goes on.")


@operate.command()
@click.argument("reference")
@reason_option
@click.pass_context
def cancel(ctx: click.Context, reference: str, reason: str) -> None:
    """End a case for good; everything that waits in it is withdrawn.

    \b
    Example:
      passerelle operate cancel CM-OFII-2026-00001 --reason "Opened twice by mistake"
    """
    engine, case_id = _found(ctx, reference)
    engine.cancel(case_id, reason, OPERATOR)
    click.echo(f"{reference} is cancelled.")


@operate.command()
@click.argument("reference")
@token_option
@click.option("--flow", help="Flow by which a token came that waits at a join.")
@click.option("--to", "target", help="Element to put a token before; none takes one away only.")
@click.option("--within", type=int, help="Activation of the sub-process to put it in.")
@click.option("--set", "texts", multiple=True, metavar="NAME=FEEL", help="Variables it brings.")
@click.option("--reason", default="", help="Why; kept encrypted with the case.")
@preview_option
@click.pass_context
def move(
    ctx: click.Context,
    reference: str,
    activation: int | None,
    flow: str | None,
    target: str | None,
    within: int | None,
    texts: tuple[str, ...],
    reason: str,
    preview: bool,
) -> None:
    """Move a token before another element; without --token or --flow, add one.

    What waits where the token stood is withdrawn: its task, its timers, what is in a sub-process.

    \b
    Example:
      passerelle operate move CM-OFII-2026-00001 --token 12 --to Task_Verify --preview
      passerelle operate move CM-OFII-2026-00001 --token 12 --to Task_Verify \\
        --reason "The visit has to be made again"
    """
    engine, case_id = _found(ctx, reference)
    values = engine.read_values(case_id, _pairs(texts), OPERATOR, activation, "en")
    change = bpmn.MoveTokens((bpmn.TokenMove(activation, flow, target, within, values),))
    _change(engine, case_id, change, reason, preview=preview)


@operate.command("set")
@click.argument("reference")
@click.argument("texts", nargs=-1, metavar="[NAME=FEEL]...")
@token_option
@click.option("--json", "document", help="Values as a JSON object, in place of FEEL.")
@click.option("--reason", default="", help="Why; kept encrypted with the case.")
@preview_option
@click.pass_context
def set_variables(
    ctx: click.Context,
    reference: str,
    texts: tuple[str, ...],
    activation: int | None,
    document: str | None,
    reason: str,
    preview: bool,
) -> None:
    """Give variables their values, in FEEL or JSON. Personal fields are refused.

    \b
    Example:
      passerelle operate set CM-OFII-2026-00001 'amount=1200' 'code="B2"' --preview
      passerelle operate set CM-OFII-2026-00001 --json '{"amount": 1200}' --reason "Misread"
    """
    engine, case_id = _found(ctx, reference)
    values = engine.read_values(case_id, _pairs(texts), OPERATOR, activation, "en")
    values |= _json(document)
    if not values:
        raise click.UsageError("Name at least one variable: NAME=FEEL, or --json.")
    change = bpmn.SetVariables(activation, values)
    _change(engine, case_id, change, reason, preview=preview)


@operate.command()
@click.argument("reference")
@reason_option
@click.pass_context
def retry(ctx: click.Context, reference: str, reason: str) -> None:
    """Try again wherever a case has stopped.

    \b
    Example:
      passerelle operate retry CM-OFII-2026-00001 --reason "The bank answers again"
    """
    engine, case_id = _found(ctx, reference)
    stopped = [each for each in engine.incidents() if each.case_id == case_id]
    for each in stopped:
        engine.retry(each.id, reason, OPERATOR)
    click.echo(f"{reference}: {len(stopped)} tried again.")


def _found(ctx: click.Context, reference: str) -> tuple[Engine, str]:
    engine = open_engine(settings_of(ctx))
    return engine, find(engine, reference).id


def _pairs(texts: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not (name.strip() and equals and value.strip()):
            raise click.BadParameter(f"'{text}' is not NAME=FEEL, such as amount=1200.")
        found[name.strip()] = value.strip()
    return found


def _json(document: str | None) -> dict[str, Any]:
    if document is None:
        return {}
    try:
        found = json.loads(document)
        if not isinstance(found, dict):
            raise ValueError("it is no object")
        return {name: to_feel(value) for name, value in found.items()}
    except (ValueError, TypeError) as error:
        raise click.BadParameter(f"--json does not read as a JSON object: {error}") from error


def _change(
    engine: Engine, case_id: str, change: bpmn.Modification, reason: str, *, preview: bool
) -> None:
    seen = engine.preview(case_id, change, OPERATOR, "en")
    _tell(seen)
    if preview:
        return
    if not reason.strip():
        raise InvalidAnswer({"reason": "A reason is needed; history keeps it."})
    engine.change(case_id, change, reason, OPERATOR, revision=seen.revision)
    click.echo("Done.")


def _tell(seen: ChangeView) -> None:
    lines = {
        "interrupted": seen.left,
        "reached": seen.entered,
        "tasks": seen.tasks,
        "calls": seen.calls,
        "timers": seen.timers,
        "messages": seen.messages,
    }
    for what, names in lines.items():
        if names:
            click.echo(f"  {what}: {', '.join(names)}")
    for value in seen.values:
        old = to_text(value.old) if value.known else "(none)"
        click.echo(f"  {value.name}: {old} → {to_text(value.new)}")
        if value.other_kind:
            click.echo(f"    it was a {value.old_kind} and becomes a {value.new_kind}", err=True)
    for _name, _code, message in seen.incidents:
        click.echo(f"  would stop: {message}", err=True)
    if seen.ends:
        click.echo("  the case would be completed")
