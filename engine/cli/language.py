"""``passerelle feel`` and ``dmn``: a designer tries out an expression or a decision."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import fields
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import click
import orjson

from engine.cli.main import format_option
from engine.dmn import DecisionModel, DecisionResult, FiredDecision, evaluate, read_decisions
from engine.errors import DecisionError
from engine.feel import Context, Value, parse, to_feel, to_text
from engine.feel.numbers import number_text
from engine.feel.text import quoted


class ContextType(click.ParamType[Context]):
    """Variables as a JSON object; its numbers stay the decimals that are written."""

    name = "JSON"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Context:
        """Return the variables as FEEL's values; fail the command where they are none."""
        try:
            read = json.loads(
                value, parse_float=Decimal, parse_int=Decimal, parse_constant=_no_number
            )
            json.dumps(read, ensure_ascii=False, default=str).encode()  # Half a character is none.
            found = to_feel(read)
        except (ValueError, TypeError, InvalidOperation, RecursionError) as error:
            self.fail(f"{str(value)[:80]} does not read as JSON: {error}", param, ctx)
        if not isinstance(found, Context):
            example = '{"amount": 1200}'
            self.fail(f"{str(value)[:80]} is no JSON object; write {example}", param, ctx)
        return found


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no number of FEEL")


def _utf8(_ctx: click.Context, _param: click.Parameter, value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise click.BadParameter(f"it is not written in UTF-8: {error.reason}") from None
    return value


context_option = click.option(
    "--context",
    type=ContextType(),
    default="{}",
    show_default=True,
    help="Variables by name.",
)


@click.command()
@click.argument("expression", callback=_utf8)
@context_option
@format_option
def feel(expression: str, context: Context, output: str) -> None:
    """Evaluate a FEEL expression and print its value.

    Why a part of it is null is told on the error output.

    \b
    Example:
      passerelle feel 'if x > 1 then "a" else "b"' --context '{"x": 2}'
    """
    compiled = parse(expression, context)
    value, warnings = compiled.evaluate_with_warnings(context, now=datetime.now(UTC))
    if output == "json":
        _echo({"value": value, "warnings": warnings})
        return
    click.echo("null" if value is None else to_text(value))
    _warn(warnings)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--decision", required=True, help="Id or name of what to decide.")
@context_option
@format_option
def dmn(file: Path, decision: str, context: Context, output: str) -> None:
    """Evaluate a decision of a DMN file; print its value and its reason.

    Files that it imports are looked for in its folder.

    \b
    Example:
      passerelle dmn processes/cm/ofii/tranche_split.dmn --decision tranche_split \\
        --context '{"assistance_type": "business", "scheme": {"first_tranche_share": 0.7}}'
    """
    others = {
        other.name: other.read_bytes()
        for other in sorted(file.parent.glob("*.dmn"))
        if other.is_file() and other.name != file.name
    }
    model = read_decisions(file.read_bytes(), file.name, others)
    key = _found(model, decision)
    result = evaluate(model, key, context, now=datetime.now(UTC))
    if output == "json":
        reasons = [
            {field.name: getattr(reason, field.name) for field in fields(reason)}
            for reason in result.reasons
        ]
        found = {"value": result.value, "reasons": reasons, "warnings": result.warnings}
        _echo({"decision": key, **found})
        return
    for line in _told(result):
        click.echo(line)
    _warn(result.warnings)


def _found(model: DecisionModel, wanted: str) -> str:
    """Return the id of a decision or of something that can be called.

    :raises DecisionError: nothing has this id or name, or several have the name.
    """
    own = {**model.elements, **model.services, **model.decisions}
    if wanted in own:
        return wanted
    keys = [key for key, element in own.items() if element.name == wanted]
    if len(keys) > 1:
        raise DecisionError(
            f"{model.file}: '{wanted}' is the name of {', '.join(keys)}. Give an id."
        )
    return keys[0] if keys else model.decision(wanted).id


def _told(result: DecisionResult) -> Iterable[str]:
    yield "null" if result.value is None else to_text(result.value)
    yield "because"
    for reason in result.reasons:
        yield from _reason(reason)


def _reason(reason: FiredDecision) -> Iterable[str]:
    yield f"  {reason.decision_id} = {_written(reason.outputs)}"
    for name, value in reason.inputs.items():
        yield f"    {name} = {_written(value)}"
    for rule in reason.rules:
        place = f"rule {rule['index']}" + (f" ({rule['id']})" if rule["id"] else "")
        yield f"    {place}" + (f": {rule['annotation']}" if rule["annotation"] else "")


def _written(value: Value) -> str:
    if isinstance(value, str):
        return quoted(value)
    return "null" if value is None else to_text(value)


def _warn(warnings: Iterable[str]) -> None:
    for warning in warnings:
        click.echo(f"warning: {warning}", err=True)


def _echo(data: Any) -> None:
    """Print JSON with every digit of its decimals; other values that JSON lacks as their text."""
    options = (
        orjson.OPT_INDENT_2 | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
    )
    click.echo(orjson.dumps(data, default=_json_value, option=options).decode())


def _json_value(value: Any) -> Any:
    if isinstance(value, Decimal):
        return orjson.Fragment(number_text(value).encode())
    return to_text(value)
