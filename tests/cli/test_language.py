"""``passerelle feel`` and ``passerelle dmn``: values, reasons, warnings, and what is refused."""

from __future__ import annotations

import json
import shlex
from decimal import Decimal
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from engine.cli import main
from tests.unit.dmn.support import decision, dmn, literal, table

ROOT = Path(__file__).parents[2]


def call(*words: str, exit_code: int = 0) -> Result:
    result = CliRunner().invoke(main, list(words))
    assert result.exit_code == exit_code, result.output
    return result


@pytest.fixture
def file(tmp_path: Path) -> Path:
    rules = [['"social"', "<= 1000", "260000.50", "petit projet"], ['"business"', "-", "1", ""]]
    ceiling = decision(
        table(["level", "amount"], ["y"], rules), id="Ceiling", name="Plafond d'aide"
    )
    imported = (
        '<import namespace="urn:other" name="far" importType="DMN"/>'
        '<decision id="Far" name="imported"><informationRequirement>'
        f'<requiredDecision href="urn:other#Say"/></informationRequirement>{literal("far.say")}'
        "</decision>"
    )
    twins = [decision(literal("1"), id=key, name="twin") for key in ("One", "Two")]
    path = tmp_path / "t.dmn"
    path.write_bytes(dmn(imported, ceiling, *twins))
    other = decision(literal('"hello"'), id="Say", name="say")
    (tmp_path / "other.dmn").write_bytes(dmn(other, own="urn:other"))
    return path


def test_an_expression_is_evaluated_with_its_context() -> None:
    said = call("feel", 'if x > 1 then "a" else "b"', "--context", '{"x": 2}')
    assert said.stdout == "a\n"
    assert said.stderr == ""


def test_numbers_of_the_context_stay_the_decimals_that_are_written() -> None:
    context = '{"x": 0.1, "y": 12345678901234567890.01, "on-site visits": 2}'
    assert call("feel", "x + 0.2 = 0.3", "--context", context).stdout == "true\n"
    assert call("feel", "on-site visits * 2", "--context", context).stdout == "4\n"
    told = call("feel", "y", "--context", context, "--format", "json").stdout
    assert json.loads(told, parse_float=Decimal)["value"] == Decimal("12345678901234567890.01")


def test_why_a_value_is_null_is_told_beside_it() -> None:
    said = call("feel", "amuont + 1", "--context", '{"amount": 2}')
    assert said.stdout == "null\n"
    assert "amuont" in said.stderr
    told = json.loads(call("feel", "1 / 0", "--format", "json").stdout)
    assert told["value"] is None
    assert len(told["warnings"]) == 1


def test_values_that_json_lacks_are_their_text() -> None:
    source = '[@"2026-01-31", @"10:00:00", @"2026-01-31T10:00:00Z", @"P1D", @"P1Y", [1..2], abs]'
    told = json.loads(call("feel", source, "--format", "json").stdout)
    assert told["value"][:5] == ["2026-01-31", "10:00:00", "2026-01-31T10:00:00Z", "P1D", "P1Y"]
    assert told["value"][5:] == ["[1..2]", "function(n)"]


@pytest.mark.parametrize(
    ("expression", "context", "said"),
    [
        ("1 +", "{}", "Character 4"),
        ("1", "[1]", "no JSON object"),
        ("1", '{"a":', "does not read as JSON"),
        ("1", '{"a": NaN}', "NaN is no number"),
        ("1", '{"a": 1e99999999}', "beyond"),
        ("1", '{"a": "\\ud800"}', "does not read as JSON"),
        ('"\udc80"', "{}", "UTF-8"),
        ("1", '{"a":' + "[" * 100_000, "does not read as JSON"),
        ("for i in 1..99999999 return i", "{}", "200000 steps"),
    ],
)
def test_what_cannot_be_read_is_refused_with_exit_code_2(
    expression: str, context: str, said: str
) -> None:
    result = call("feel", expression, "--context", context, exit_code=2)
    assert said in result.stderr


@pytest.mark.parametrize("named", ["Ceiling", "Plafond d'aide"])
def test_a_decision_gives_its_value_and_its_reason(file: Path, named: str) -> None:
    context = '{"level": "social", "amount": 1000.00}'
    said = call("dmn", str(file), "--decision", named, "--context", context).stdout.splitlines()
    assert said[0] == "260000.50"
    assert [line.strip() for line in said[2:]] == [
        "Ceiling = 260000.50",
        'level = "social"',
        "amount = 1000.00",
        "rule 1 (Rule_1): petit projet",
    ]


def test_a_decision_as_json_keeps_every_digit_and_the_rules(file: Path) -> None:
    words = ("dmn", str(file), "--decision", "Ceiling", "--format", "json")
    told = call(*words, "--context", '{"level": "social", "amount": 5}').stdout
    read = json.loads(told, parse_float=Decimal)
    assert read["decision"] == "Ceiling"
    assert read["value"] == Decimal("260000.50")
    (reason,) = read["reasons"]
    assert reason["inputs"] == {"level": "social", "amount": 5}
    assert reason["rules"] == [{"id": "Rule_1", "index": 1, "annotation": "petit projet"}]


def test_a_missing_variable_is_a_warning_and_no_rule_a_null(file: Path) -> None:
    said = call("dmn", str(file), "--decision", "Ceiling")
    assert said.stdout.startswith("null\n")
    assert "level" in said.stderr


def test_a_decision_of_an_imported_file_beside_it_is_found(file: Path) -> None:
    assert call("dmn", str(file), "--decision", "Far").stdout.startswith("hello\n")


def test_a_decision_that_is_not_there_or_not_one_is_named(file: Path) -> None:
    assert "Ceiling" in call("dmn", str(file), "--decision", "nix", exit_code=2).stderr
    assert "One, Two" in call("dmn", str(file), "--decision", "twin", exit_code=2).stderr
    file.write_text("<nothing/>")
    assert "nothing" in call("dmn", str(file), "--decision", "nix", exit_code=2).stderr


@pytest.mark.parametrize("name", ["feel", "dmn"])
def test_the_example_of_the_help_works(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    command: click.Command = main.commands[name]
    example = (command.help or "").partition("passerelle ")[2]
    said = call(*shlex.split(example.replace("\\\n", " "))).stdout
    assert said
    assert not said.startswith("null")
