"""Decision tables: hit policies, outputs, defaults, and the reason of a result."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from engine.dmn import check, evaluate, read_decisions
from engine.errors import DecisionError
from engine.feel import from_json, to_json
from tests.unit.dmn.support import decide, decision, dmn, table

LEVELS = [['"business"', ">= 18", "3700000", "W3"], ['"social"', "-", "260000"]]


def levels(**options: object) -> bytes:
    return dmn(decision(table(["level", "age"], ["ceiling"], LEVELS, **options)))  # type: ignore[arg-type]


def overlapping(policy: str, aggregation: str = "", **options: object) -> bytes:
    attributes = f'hitPolicy="{policy}"' + (f' aggregation="{aggregation}"' if aggregation else "")
    rules = [["< 10", "2"], ["> 3", "1"], ["5", "1"], ["> 90", "7"]]
    return dmn(decision(table(["x"], ["y"], rules, attributes=attributes, **options)))  # type: ignore[arg-type]


def test_result_says_which_rule_fired_on_which_inputs_and_why() -> None:
    result = decide(levels(), {"level": "business", "age": 30})
    assert result.value == Decimal(3700000)
    (reason,) = result.reasons
    assert reason.decision_id == "D"
    assert reason.inputs == {"level": "business", "age": Decimal(30)}
    assert reason.rules == ({"id": "Rule_1", "index": 1, "annotation": "W3"},)
    assert reason.outputs == Decimal(3700000)


def test_a_reason_can_be_stored_as_it_stands() -> None:
    (reason,) = decide(levels(), {"level": "business", "age": 30}).reasons
    kept = from_json(to_json({"rules": reason.rules, "inputs": reason.inputs}))
    assert kept == {
        "rules": ({"id": "Rule_1", "index": Decimal(1), "annotation": "W3"},),
        "inputs": {"level": "business", "age": Decimal(30)},
    }


def test_no_matching_rule_gives_null_and_an_empty_reason() -> None:
    result = decide(levels(), {"level": "business", "age": 12})
    assert result.value is None
    assert result.reasons[0].rules == ()


def test_no_matching_rule_gives_the_default_output() -> None:
    assert decide(levels(defaults=["0"]), {"level": "other", "age": 3}).value == Decimal(0)


def test_unique_with_two_matches_is_an_error_naming_the_rules_and_inputs() -> None:
    with pytest.raises(DecisionError) as raised:
        decide(overlapping("UNIQUE"), {"x": 4})
    message = str(raised.value)
    assert "rules 1 (Rule_1) and 2 (Rule_2) all match" in message
    assert "t.dmn:" in message
    assert "x = 4" in message


@pytest.mark.parametrize(
    ("policy", "aggregation", "value"),
    [
        ("FIRST", "", Decimal(2)),
        ("RULE ORDER", "", (Decimal(2), Decimal(1), Decimal(1))),
        ("COLLECT", "", (Decimal(2), Decimal(1), Decimal(1))),
        ("COLLECT", "SUM", Decimal(4)),
        ("COLLECT", "COUNT", Decimal(3)),
        ("COLLECT", "MIN", Decimal(1)),
        ("COLLECT", "MAX", Decimal(2)),
    ],
)
def test_hit_policies_make_of_several_matches_what_the_specification_says(
    policy: str, aggregation: str, value: object
) -> None:
    assert decide(overlapping(policy, aggregation), {"x": 5}).value == value


@pytest.mark.parametrize(
    ("policy", "value"),
    [("PRIORITY", Decimal(1)), ("OUTPUT ORDER", (Decimal(1), Decimal(1), Decimal(2)))],
)
def test_output_values_rank_the_outputs(policy: str, value: object) -> None:
    assert decide(overlapping(policy, values=["7, 1, 2"]), {"x": 5}).value == value


def test_any_accepts_equal_outputs_and_refuses_different_ones() -> None:
    assert decide(overlapping("ANY"), {"x": 50}).value == Decimal(1)
    with pytest.raises(DecisionError, match=r"rules 1 \(Rule_1\) and 2 \(Rule_2\) both match"):
        decide(overlapping("ANY"), {"x": 5})


@pytest.mark.parametrize(
    ("aggregation", "value"), [("", ()), ("COUNT", Decimal(0)), ("SUM", None), ("MIN", None)]
)
def test_collect_without_a_match_is_empty(aggregation: str, value: object) -> None:
    assert decide(overlapping("COLLECT", aggregation), {"x": None}).value == value


def test_collect_refuses_to_add_up_what_is_no_number() -> None:
    rules = [["-", '"a"'], ["-", "1"]]
    attributes = 'hitPolicy="COLLECT" aggregation="SUM"'
    source = dmn(decision(table(["x"], ["y"], rules, attributes=attributes)))
    with pytest.raises(DecisionError, match="do not add up"):
        decide(source, {"x": 1})


def test_several_outputs_make_a_context() -> None:
    rules = [['"a"', "1", '"yes"'], ["-", "2", ""]]
    source = dmn(decision(table(["x"], ["n", "said"], rules, attributes='hitPolicy="FIRST"')))
    assert decide(source, {"x": "a"}).value == {"n": Decimal(1), "said": "yes"}
    assert decide(source, {"x": "b"}).value == {"n": Decimal(2), "said": None}


def test_cells_read_other_variables_and_the_input_as_question_mark() -> None:
    rules = [["> floor", '"above"'], ["abs(?) < 3", '"near zero"'], ["not(1, 2)", '"other"']]
    source = dmn(decision(table(["x"], ["y"], rules, attributes='hitPolicy="FIRST"')))
    assert decide(source, {"x": 9, "floor": 5}).value == "above"
    assert decide(source, {"x": -2, "floor": 5}).value == "near zero"
    assert decide(source, {"x": -8, "floor": 5}).value == "other"


def test_a_cell_that_reads_a_variable_nobody_gave_does_not_match_and_says_so() -> None:
    result = decide(dmn(decision(table(["x"], ["y"], [["? > floor_amount", "1"]]))), {"x": 5})
    assert result.value is None
    assert any(
        "rule 1, input 'x'" in warning and "no variable 'floor_amount'" in warning
        for warning in result.warnings
    )


@pytest.mark.parametrize("output", ["[share, 1]", "{a: {b: share}}", "1 - share"])
def test_a_null_inside_an_output_says_why_too(output: str) -> None:
    result = decide(dmn(decision(table(["x"], ["y"], [["-", output]]))), {"x": 5})
    assert any("no variable 'share'" in warning for warning in result.warnings)
    whole = decide(dmn(decision(table(["x"], ["y"], [["-", output]]))), {"x": 5, "share": 1})
    assert whole.warnings == ()


def test_what_history_keeps_of_a_warning_has_no_value_in_it() -> None:
    rules = [["date(?) > date(limit)", "number(note)"], ["-", "number(note)"]]
    body = table(["day"], ["y"], rules, attributes='hitPolicy="FIRST"')
    result = decide(dmn(decision(body)), {"day": "Zebu", "limit": "Yak", "note": "Gnu"})
    assert {"Zebu", "Yak", "Gnu"} <= set(re.findall(r"\w+", " ".join(result.warnings)))
    kept = " ".join(result.kept_warnings)
    assert "rule 1, input 'day'" in kept
    assert "rule 2, output 1" in kept
    assert not {"Zebu", "Yak", "Gnu"} & set(re.findall(r"\w+", kept))


def test_an_output_outside_its_output_values_is_refused() -> None:
    source = overlapping("FIRST", values=["1, 7"])
    with pytest.raises(DecisionError, match="rule 1 gives 2, which the output values do not allow"):
        decide(source, {"x": 1})


@pytest.mark.parametrize(
    "namespace",
    [
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    ],
)
def test_every_version_from_1_2_to_1_5_is_read(namespace: str) -> None:
    source = dmn(decision(table(["x"], ["y"], [["-", "1"]])), namespace=namespace)
    assert decide(source, {"x": 0}).value == Decimal(1)
    assert check(source, "t.dmn") == ()


def test_an_unknown_decision_is_refused_with_those_there_are() -> None:
    model = read_decisions(levels(), "t.dmn")
    with pytest.raises(DecisionError, match=r"t\.dmn has no decision 'E'\. Its decisions are: D"):
        evaluate(model, "E", {})


def test_a_decision_tells_which_variables_it_reads() -> None:
    model = read_decisions(levels(), "t.dmn")
    assert model.inputs("D") == {"level", "age"}
    assert model.decisions["D"].name == "d"
    assert model.decisions["D"].kind == "decisionTable"
