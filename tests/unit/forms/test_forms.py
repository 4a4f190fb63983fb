"""What a form takes, what it refuses, and where each answer goes."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import DeploymentRefused
from engine.forms import Form, check, choices, computed, read_form, validate, visible
from engine.forms.component import KINDS
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
    assert list(answered(made, lines=rows).errors) == ["lines.2.price"]
    good = answered(made, lines=rows[:2])
    assert good.values == {"lines": ({"what": "Four", "price": Decimal(10)},)}


def test_a_row_of_boxes_that_nobody_ticked_is_an_empty_row() -> None:
    made = form(
        field(
            "dynamiclist",
            "rows",
            path="rows",
            components=[field("number", "n", validate={"required": True}), field("checkbox", "b")],
        )
    )
    blank = {"n": "", "b": "false"}
    assert answered(made, rows=[blank, {"n": "1", "b": "true"}]).values == {
        "rows": ({"n": Decimal(1), "b": True},)
    }
    assert answered(made, rows=[{"n": 0, "b": False}]).values == {
        "rows": ({"n": Decimal(0), "b": False},)
    }


def test_a_table_with_free_text_never_becomes_a_variable() -> None:
    columns = [field("textfield", "what"), field("number", "price")]
    made = form(field("dynamiclist", "lines", path="lines", components=columns))
    checked = answered(made, lines=[{"what": "Four", "price": "10"}])
    assert checked.values == {}
    assert checked.tiered["lines"].tier is Tier.CASE
    assert checked.tiered["lines"].value == ({"what": "Four", "price": Decimal(10)},)


def test_a_files_answer_is_its_document_whatever_tier_its_content_has() -> None:
    made = form(field("filepicker", "proof", properties={"tier": "legal"}))
    assert answered(made, proof="doc-1").values == {"proof": "doc-1"}


@pytest.mark.parametrize("typed", ["1,500", "12,345", "-1,500"])
def test_a_comma_that_two_languages_read_differently_is_asked_again(typed: str) -> None:
    checked = answered(form(field("number")), x=typed)
    assert typed.replace(",", "") in checked.errors["x"]


@pytest.mark.parametrize(("typed", "value"), [("٣٫٥", "3.5"), ("0,125", "0.125"), (10**20, "1e20")])
def test_numbers_of_other_scripts_and_programs_are_read(typed: object, value: str) -> None:
    assert answered(form(field("number")), x=typed).values == {"x": Decimal(value)}


@pytest.mark.parametrize("typed", ["1_000", "20261130", "2026-W48-1", "1" * 10_000])
def test_what_only_a_program_would_write_is_no_answer_of_a_page(typed: str) -> None:
    made = form(field("number", "n"), field("datetime", "d", subtype="date"))
    assert set(answered(made, n=typed.replace("W", "_"), d=typed).errors) >= {"d"}
    assert "n" in answered(made, n="1_000").errors


def test_a_bound_may_be_a_figure_of_the_scheme() -> None:
    made = form(field("number", validate={"max": "=scheme.ceiling"}))
    known = {"scheme": {"ceiling": Decimal(3_700_000)}}
    over = validate(made, {"x": "3700001"}, variables=known, now=None, labels=FR)
    assert "3700000" in over.errors["x"]
    assert not validate(made, {"x": "3700000"}, variables=known, now=None, labels=FR).errors


def test_a_date_in_the_past_is_refused_where_the_form_says_so() -> None:
    made = form(field("datetime", subtype="date", disallowPassedDates=True))
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    for day, errors in (("2026-11-22", ["x"]), ("2026-11-23", []), ("2026-11-24", [])):
        checked = validate(made, {"x": day}, variables={}, now=now, labels=FR)
        assert list(checked.errors) == errors


def test_a_pattern_is_tested_as_form_js_does_and_cannot_hang() -> None:
    made = form(field("textfield", validate={"pattern": "[A-Z]{2}"}))
    assert answered(made, x="a-BC-d").errors == {}
    assert list(answered(made, x="abc").errors) == ["x"]
    slow = form(field("textfield", validate={"pattern": "^(a|a)*b"}))
    assert list(answered(slow, x="a" * 60).errors) == ["x"]


@pytest.mark.parametrize(
    ("shape", "good", "bad"),
    [
        ("email", "awa.n@example.org", ["awa", "a@b", "a b@c.org", "a@b..org", "<a@b.org>"]),
        ("phone", "+237 6 00 00 00 00", ["12", "06 OO", "+237", "1" * 20]),
    ],
)
def test_an_address_must_look_like_one(shape: str, good: str, bad: list[str]) -> None:
    made = form(field("textfield", validate={"validationType": shape}))
    assert answered(made, x=good).errors == {}
    for typed in bad:
        assert list(answered(made, x=typed).errors) == ["x"], typed


@pytest.mark.parametrize("sign", ["\x00", "\x1b", "\ud800"])
def test_signs_that_no_store_keeps_are_refused(sign: str) -> None:
    assert list(answered(form(field("textarea")), x=f"a{sign}b").errors) == ["x"]


def test_nothing_depends_on_what_is_hidden() -> None:
    made = form(
        field("checkbox", "married"),
        field("number", "children", conditional={"hide": "=not(married)"}),
        field("number", "school", conditional={"hide": "=children = null or children = 0"}),
    )
    assert visible(made, {"married": "true", "children": "2"}, variables={}) >= {"school"}
    stale = answered(made, married="false", children="2", school="1")
    assert stale.values == {"married": False}


def test_a_condition_reads_a_computed_field() -> None:
    made = form(
        field("number", "a"),
        field("expression", "twice", expression="=a * 2"),
        field("number", "b", conditional={"hide": "=twice <= 10"}),
    )
    assert "b" in visible(made, {"a": "6"}, variables={})
    assert "b" not in visible(made, {"a": "5"}, variables={})


def test_choices_are_computed_where_the_form_says_so() -> None:
    made = form(field("select", valuesExpression="=for o in operators return o.id"))
    known = {"operators": ({"id": "op-1"}, {"id": "op-2"})}
    assert choices(made.fields[0], known) == (("op-1", "op-1"), ("op-2", "op-2"))
    assert made.watched() >= {"operators"}


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
        (field("textfield", validate={"pattern": "(?=a)a"}), "form.pattern"),
        (field("textfield", validate={"minLength": 9, "maxLength": 3}), "form.bound"),
        (field("textfield", validate={"maxLength": 100_000}), "form.property"),
        (field("textfield", validate={"validationType": "iban"}), "form.property"),
        (field("number", validate={"min": 3, "max": 1}), "form.bound"),
        (field("number", validate={"min": "NaN"}), "form.bound"),
        (field("number", validate={"max": "=1 +"}), "form.feel"),
        (field("number", validate=[]), "form.property"),
        (field("number", readonly="=true"), "form.property"),
        (field("number", "_intent"), "form.key"),
        (field("number", "case"), "form.key"),
        (field("number", "if"), "form.key"),
        (field("number", defaultValue="many"), "form.default"),
        (field("number", label="={a}"), "form.template"),
        (field("text", text="Bonjour {{name}}"), "form.template"),
        (field("select", values=["a"]), "form.option"),
        (field("radio", values=[{"value": "a", "label": ""}]), "form.option"),
        (field("group", path="inner"), "form.group-path"),
        (field("expression"), "form.feel"),
        (field("number", validate={"min": "x"}), "form.bound"),
        (field("datetime", subtype="datetime"), "form.datetime"),
        (field("dynamiclist", path="x", components=[field("textarea", "y")]), "form.column"),
        (
            field(
                "dynamiclist",
                path="x",
                components=[field("textfield", "y", properties={"tier": "identity"})],
            ),
            "form.table-tier",
        ),
        (
            field(
                "dynamiclist",
                path="x",
                components=[field("number", "y", conditional={"hide": "=a = 1"})],
            ),
            "form.column-condition",
        ),
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


def test_a_static_text_without_an_id_is_shown_or_hidden_for_itself() -> None:
    made = form(
        {"type": "text", "text": "Un", "conditional": {"hide": "=true"}},
        {"type": "text", "text": "Deux"},
    )
    shown = visible(made, {}, variables={})
    assert [each.key in shown for each in made.fields] == [False, True]


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


PROPERTIES = (
    *("key", "path", "id", "label", "text", "description", "validate", "properties", "values"),
    *("valuesKey", "valuesExpression", "conditional", "components", "readonly", "defaultValue"),
    *("decimalDigits", "expression", "subtype", "disallowPassedDates"),
)
components = st.fixed_dictionaries(
    {"type": st.sampled_from(sorted(KINDS))}, optional=dict.fromkeys(PROPERTIES, json_values)
)


@settings(max_examples=60)
@given(st.lists(components, max_size=3))
def test_any_schema_at_all_is_read_or_refused_with_findings(made: list[dict[str, Any]]) -> None:
    source = json.dumps({"id": "f", "components": made}).encode()
    findings = check(source, "f.form")
    assert all(found.file == "f.form" and found.remedy for found in findings)
    if not findings:
        assert read_form(source, "f.form").id == "f"
