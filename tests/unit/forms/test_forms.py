"""What a form takes, what it refuses, and where each answer goes."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import DeploymentRefused
from engine.forms import Form, check, choices, computed, read_form, validate, visible
from engine.forms.texts import _TEXTS
from engine.labels import Labels
from engine.model import Tier

FR = Labels("fr")


def form(*components: dict[str, Any]) -> Form:
    schema = {"id": "f", "type": "default", "components": list(components)}
    return read_form(json.dumps(schema).encode(), "f.form")


def rules(*components: dict[str, Any]) -> list[str]:
    schema = {"id": "f", "type": "default", "components": list(components)}
    return [finding.rule for finding in check(json.dumps(schema).encode(), "f.form")]


def field(kind: str, key: str = "x", **more: Any) -> dict[str, Any]:
    return {"type": kind, "key": key, "label": key.title(), **more}


def answered(made: Form, locale: str = "fr", **answer: object) -> Any:
    return validate(made, answer, variables={}, now=None, labels=Labels(locale))


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1 234,50", "1234.50"),
        ("1234.5", "1234.5"),
        ("1 234", "1234"),
        (" -3 ", "-3"),
        (7, "7"),
    ],
)
def test_a_number_is_read_as_people_write_it(typed: object, value: str) -> None:
    assert answered(form(field("number")), x=typed).values == {"x": Decimal(value)}


@pytest.mark.parametrize("typed", ["abc", "1,2,3", "NaN", "Infinity", "1e9", True, [1], "9" * 40])
def test_what_is_no_number_is_told(typed: object) -> None:
    assert list(answered(form(field("number")), x=typed).errors) == ["x"]


def test_bounds_and_decimals_are_held() -> None:
    made = form(field("number", validate={"min": 1, "max": 10}, decimalDigits=1))
    assert answered(made, x="10").errors == {}
    assert answered(made, x="1.50").errors == {}
    for typed in ("0", "11", "1.55"):
        assert list(answered(made, x=typed).errors) == ["x"]


def test_a_date_is_read_and_an_impossible_one_told() -> None:
    made = form(field("datetime", subtype="date", dateLabel="Jour"))
    assert answered(made, x="2026-02-28").values == {"x": date(2026, 2, 28)}
    for typed in ("2026-02-30", "28/02/2026", "hier"):
        assert "Jour" in answered(made, x=typed).errors["x"]


def test_an_answer_that_is_required_and_missing_is_told() -> None:
    made = form(
        field("number", "a", validate={"required": True}),
        field("checklist", "b", values=[{"value": "v", "label": "V"}], validate={"required": True}),
        field("checkbox", "c", validate={"required": True}),
        field("dynamiclist", "d", path="d", components=[field("number", "n")]),
    )
    assert set(answered(made).errors) == {"a", "b", "c"}


def test_only_offered_choices_are_taken() -> None:
    values = [{"value": "yes", "label": "Oui"}, {"value": "no", "label": "Non"}]
    made = form(field("radio", "r", values=values), field("checklist", "l", values=values))
    assert answered(made, r="yes", l=["no", "yes", "no"]).values == {"r": "yes", "l": ("no", "yes")}
    assert set(answered(made, r="perhaps", l=["yes", "perhaps"]).errors) == {"r", "l"}


def test_choices_come_from_a_variable_where_the_form_says_so() -> None:
    made = form(field("select", valuesKey="operators"))
    known = {"operators": ({"id": "op-1", "label": "Un"}, "op-2")}
    assert choices(made.fields[0], known) == (("op-1", "Un"), ("op-2", "op-2"))
    good = validate(made, {"x": "op-2"}, variables=known, now=None, labels=FR)
    assert good.values == {"x": "op-2"}
    assert list(validate(made, {"x": "op-3"}, variables=known, now=None, labels=FR).errors) == ["x"]


def test_personal_answers_and_free_text_go_to_the_sink_codes_to_the_process() -> None:
    made = form(
        field("textfield", "name", properties={"tier": "identity"}),
        field("textarea", "note"),
        field("textfield", "remark"),
        field("textfield", "code", properties={"variable": "true"}),
    )
    checked = answered(made, name="N", note="libre", remark="aussi", code="A1")
    assert checked.values == {"code": "A1"}
    assert {key: value.tier for key, value in checked.tiered.items()} == {
        "name": Tier.IDENTITY,
        "note": Tier.CASE,
        "remark": Tier.CASE,
    }


def test_what_is_hidden_is_neither_demanded_nor_taken() -> None:
    made = form(
        field("checkbox", "married"),
        field(
            "number",
            "children",
            conditional={"hide": "=married != true"},
            validate={"required": True},
        ),
    )
    assert answered(made, married="false", children="3").values == {"married": False}
    assert list(answered(made, married="true").errors) == ["children"]
    assert answered(made, married="true", children="3").values["children"] == 3


def test_a_hidden_group_hides_what_it_holds() -> None:
    made = form(
        field("number", "a"),
        {
            "type": "group",
            "id": "g",
            "label": "G",
            "conditional": {"hide": "=a < 5"},
            "components": [field("number", "b", validate={"required": True})],
        },
    )
    assert visible(made, {"a": "1"}, variables={}) == {"a"}
    assert visible(made, {"a": "9"}, variables={}) == {"a", "g", "b"}
    assert answered(made, a="1").errors == {}


def test_a_table_names_the_row_and_column_of_each_error() -> None:
    made = form(
        field(
            "dynamiclist",
            "lines",
            path="lines",
            components=[
                field("textfield", "what", properties={"variable": "true"}),
                field("number", "price", validate={"required": True}),
            ],
        )
    )
    rows = [
        {"what": "Four", "price": "10"},
        {"what": "", "price": ""},
        {"what": "Sac", "price": ""},
    ]
    assert list(answered(made, lines=rows).errors) == ["lines.1.price"]
    good = answered(made, lines=rows[:2])
    assert good.values == {"lines": ({"what": "Four", "price": Decimal(10)},)}


def test_an_expression_shows_what_the_answers_give() -> None:
    made = form(field("number", "a"), {"type": "expression", "key": "t", "expression": "=a * 2"})
    assert computed(made.fields[1], {"a": Decimal(21)}) == "42"
    assert computed(made.fields[1], {"a": None}) == ""
    assert made.watched() == {"a"}


def test_text_that_is_too_long_says_how_long_it_is() -> None:
    made = form(field("textfield", validate={"maxLength": 5}))
    assert "6" in answered(made, x="abcdef").errors["x"]


@pytest.mark.parametrize("locale", ["fr", "en", "ar"])
def test_every_sentence_exists_in_every_language(locale: str) -> None:
    assert set(_TEXTS[locale]) == set(_TEXTS["fr"])
    assert answered(form(field("number", validate={"required": True})), locale).errors["x"]


@pytest.mark.parametrize(
    ("component", "rule"),
    [
        (field("html"), "form.unknown-component"),
        (field("number", "a b"), "form.key"),
        (field("number", label=""), "form.no-label"),
        (field("select"), "form.no-options"),
        (field("number", conditional={"hide": "=1 +"}), "form.feel"),
        (field("textfield", properties={"tier": "secret"}), "form.tier"),
        (field("textfield", validate={"pattern": "(a+)+"}), "form.pattern"),
        (field("textfield", validate={"pattern": "("}), "form.pattern"),
        (field("number", validate={"min": "x"}), "form.bound"),
        (field("datetime", subtype="datetime"), "form.datetime"),
        (field("dynamiclist", path="x", components=[field("textarea", "y")]), "form.column"),
    ],
)
def test_what_cannot_be_done_is_a_finding(component: dict[str, Any], rule: str) -> None:
    assert rules(component) == [rule]


def test_two_fields_of_one_key_are_a_finding() -> None:
    assert rules(field("number"), field("number")) == ["form.duplicate-key"]


@pytest.mark.parametrize("source", [b"", b"[]", b"{", b'{"components": 3}', b"\xff", b"[" * 100000])
def test_what_is_no_form_is_refused_with_its_file(source: bytes) -> None:
    with pytest.raises(DeploymentRefused, match=r"x\.form"):
        read_form(source, "x.form")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(json_values)
def test_no_answer_at_all_makes_a_form_fall(raw: Any) -> None:
    made = form(
        *(field(kind, kind) for kind in ("number", "textfield", "textarea", "checkbox")),
        field("checklist", "checklist", values=[{"value": "v", "label": "V"}]),
        field("dynamiclist", "table", path="table", components=[field("number", "n")]),
        field("datetime", "date", subtype="date"),
        field("filepicker", "file"),
    )
    keys = [each.key for each in made.answerable()]
    checked = answered(made, **dict.fromkeys(keys, raw))
    assert set(checked.errors) | set(checked.values) | set(checked.tiered) <= set(keys) | {
        error for error in checked.errors if error.startswith("table.")
    }
