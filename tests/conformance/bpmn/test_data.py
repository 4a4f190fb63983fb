"""Data objects, properties, data inputs and outputs, associations; items of multi-instances.

Source: BPMN 2.0.2, sections 10.4 (items and data) and 13.3.7 (multi-instance, data).
"""

from __future__ import annotations

import pytest

from tests.conformance.bpmn.support import (
    boundary,
    event_sub,
    on_signal,
    played,
    said,
    say,
    sets,
    signal,
    sub,
    throw,
)
from tests.unit.bpmn.diagrams import end, line, node, script, start

FORMAL = 'xsi:type="bpmn:tFormalExpression"'


def holds(name: str, kind: str = "dataObject", label: str = "") -> str:
    """A data object, a property, a data input or a data output."""
    shown = f' name="{label}"' if label else ""
    return f'<bpmn:{kind} id="{name}"{shown}/>'


def to(kind: str, source: str, target: str, inner: str = "") -> str:
    """A data association, ``Input`` or ``Output``, with its sources separated by blanks."""
    sources = "".join(f"<bpmn:sourceRef>{each}</bpmn:sourceRef>" for each in source.split())
    goal = f"<bpmn:targetRef>{target}</bpmn:targetRef>"
    return f"<bpmn:data{kind}Association>{sources}{goal}{inner}</bpmn:data{kind}Association>"


def transformed(text: str, **attributes: str) -> str:
    extra = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f"<bpmn:transformation {FORMAL}{extra}>{text}</bpmn:transformation>"


def assigned(source: str, target: str) -> str:
    return (
        f"<bpmn:assignment><bpmn:from {FORMAL}>{source}</bpmn:from>"
        f"<bpmn:to {FORMAL}>{target}</bpmn:to></bpmn:assignment>"
    )


def io(*inner: str) -> str:
    sets_of = "<bpmn:inputSet/><bpmn:outputSet/>"
    return f"<bpmn:ioSpecification>{''.join(inner)}{sets_of}</bpmn:ioSpecification>"


def task(name: str, expression: str, result: str, *inner: str) -> str:
    return script(name, expression, result, *inner)


def shows(*conditions: str) -> str:
    """A gateway that says the first of these conditions that is true, named by its number."""
    parts = [node("exclusiveGateway", "G", default="G-none"), say("none"), line("G", "none")]
    for number, condition in enumerate(conditions, 1):
        text = condition.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        parts += [
            say(f"is{number}"),
            f'<bpmn:sequenceFlow id="G-is{number}" sourceRef="G" targetRef="is{number}">'
            f"<bpmn:conditionExpression {FORMAL}>{text}</bpmn:conditionExpression>"
            "</bpmn:sequenceFlow>",
        ]
    return "".join(parts)


# --- objects and associations -----------------------------------------------------------------


def test_an_output_goes_to_the_data_object_and_from_it_into_the_next_input():
    assert said(
        start(),
        holds("Order"),
        task(
            "A",
            "40 + 2",
            "made",
            io(holds("AO", "dataOutput", "made")),
            to("Output", "AO", "Order"),
        ),
        task("B", "wanted + 1", "given", io(holds("BI", "dataInput", "wanted")),
             to("Input", "Order", "BI")),
        shows("Order = 42 and given = 43 and made = null and wanted = null"),
        line("S", "A", "B", "G"),
    ) == ["is1"]  # fmt: skip


def test_references_show_one_data_object_under_its_name():
    assert said(
        start(),
        holds("DO_1"),
        '<bpmn:dataObjectReference id="R_1" name="order" dataObjectRef="DO_1"/>',
        '<bpmn:dataObjectReference id="R_2" name="order" dataObjectRef="DO_1"/>',
        task("A", "1", "made", io(holds("AO", "dataOutput", "made")), to("Output", "AO", "R_1")),
        task("B", "2", "other", io(holds("BI", "dataInput", "seen")), to("Input", "R_2", "BI")),
        shows("order = 1"),
        line("S", "A", "B", "G"),
    ) == ["is1"]


def test_two_data_objects_of_one_name_are_two():
    assert said(
        start(),
        holds("First", label="note"),
        holds("Second", label="note"),
        task("A", "1", "made", io(holds("AO", "dataOutput", "made")), to("Output", "AO", "Second")),
        shows("Second = 1 and note = null"),
        line("S", "A", "G"),
    ) == ["is1"]


def test_a_data_object_that_was_never_written_reads_as_null():
    assert said(
        start(),
        holds("Order"),
        task("A", "if wanted = null then 7 else 8", "x", io(holds("AI", "dataInput", "wanted")),
             to("Input", "Order", "AI")),
        shows("x = 7 and Order = null"),
        line("S", "A", "G"),
    ) == ["is1"]  # fmt: skip


def test_an_output_that_was_never_written_takes_no_value_away():
    assert said(
        start(),
        holds("order"),
        sets("Set", "order", "5"),
        say("A", io(holds("AO", "dataOutput", "nothing")), to("Output", "AO", "order")),
        shows("order = 5"),
        line("S", "Set", "A", "G"),
    ) == ["A", "is1"]


def test_a_transformation_says_what_is_carried():
    assert said(
        start(),
        holds("order"),
        sets("Set", "order", "{lines: [1, 2, 3]}"),
        task("A", "total * 2", "double", io(holds("AI", "dataInput", "total")),
             to("Input", "order", "AI", transformed("sum(order.lines)"))),
        shows("double = 12 and total = null"),
        line("S", "Set", "A", "G"),
    ) == ["is1"]  # fmt: skip


def test_assignments_write_parts_and_keep_the_others():
    output = to(
        "Output",
        "AO",
        "order",
        assigned("made + 1", "price.net") + assigned('"XAF"', "order.price.currency"),
    )
    assert said(
        start(),
        holds("order"),
        sets("Set", "order", "{kind: 3}"),
        task("A", "9", "made", io(holds("AO", "dataOutput", "made")), output),
        shows('order = {kind: 3, price: {net: 10, currency: "XAF"}}'),
        line("S", "Set", "A", "G"),
    ) == ["is1"]


def test_an_assignment_may_name_its_goal_by_id():
    assert said(
        start(),
        holds("order"),
        task("A", "wanted + 1", "x", io(holds("_A-1", "dataInput", "wanted")),
             to("Input", "order", "_A-1", assigned("20 + 1", "_A-1"))),
        shows("x = 22"),
        line("S", "A", "G"),
    ) == ["is1"]  # fmt: skip


def test_properties_are_seen_by_their_activity_alone():
    assert said(
        start(),
        holds("order"),
        task("A", "5", "draft", holds("AP", "property", "draft"),
             to("Output", "AP", "order")),
        shows("order = 5 and draft = null"),
        line("S", "A", "G"),
    ) == ["is1"]  # fmt: skip


def test_a_property_of_the_process_is_a_variable_of_the_whole():
    assert said(
        holds("PP", "property", "level"),
        start(),
        task("A", "3", "made", io(holds("AO", "dataOutput", "made")), to("Output", "AO", "PP")),
        shows("level = 3"),
        line("S", "A", "G"),
    ) == ["is1"]


def test_a_data_object_of_a_sub_process_ends_with_it_and_hides_one_of_its_name():
    inner = (
        start("PS"),
        holds("Inner", label="order"),
        task("A", "1", "order"),
        task("B", "order + 10", "seen"),
        line("PS", "A", "B"),
    )
    assert said(
        start(),
        holds("Outer", label="order"),
        sets("Set", "order", "5"),
        sub("P1", *inner),
        shows("order = 5 and seen = 11"),
        line("S", "Set", "P1", "G"),
    ) == ["is1"]


def test_a_data_store_is_kept_within_the_case():
    answer = played(
        start(),
        '<bpmn:dataStoreReference id="Store" name="register"/>',
        task("A", "1", "made", io(holds("AO", "dataOutput", "made")), to("Output", "AO", "Store")),
        shows("register = 1"),
        line("S", "A", "G"),
        top='<bpmn:dataStore id="DS" name="register"/>',
    )
    assert (answer["outcome"], answer["trace"]) == ("completed", ["is1"])


def test_what_a_modeler_only_draws_carries_nothing():
    placeholder = holds("AP", "property", "__targetRef_placeholder")
    assert said(
        start(),
        holds("order"),
        say("A", placeholder, to("Input", "order", "AP"), to("Output", "", "order")),
        shows("order = null"),
        line("S", "A", "G"),
    ) == ["A", "is1"]


def test_associations_in_other_languages_or_to_nothing_are_left_out_with_a_warning():
    other = to("Input", "order", "AI", transformed("order.foo()", language="java"))
    assert said(
        start(),
        holds("order"),
        say("A", io(holds("AI", "dataInput", "x")), other, to("Output", "order", "nowhere")),
        line("S", "A"),
    ) == ["A"]


def test_an_assignment_to_what_is_no_part_is_refused():
    answer = played(
        start(),
        holds("order"),
        say(
            "A", io(holds("AI", "dataInput", "x")), to("Input", "order", "AI", assigned("1", "a b"))
        ),
        line("S", "A"),
    )
    assert answer["outcome"] == "refused"
    assert "bpmn.data-association" in answer["reasons"][0]


# --- events -------------------------------------------------------------------------------------


def test_an_event_carries_its_data_input_and_gives_its_data_output():
    thrown = throw("T", holds("TI", "dataInput", "level"), to("Input", "order", "TI"),
                   "<bpmn:inputSet/>", on_signal("alarm"))  # fmt: skip
    caught = event_sub(
        "V",
        start("VS", holds("VO", "dataOutput", "level"), to("Output", "VO", "seen"),
              "<bpmn:outputSet/>", on_signal("alarm"), isInterrupting="false"),
        end("VE"),
        line("VS", "VE"),
    )  # fmt: skip
    assert said(
        start(),
        holds("order"),
        holds("seen"),
        sets("Set", "order", "4"),
        thrown,
        caught,
        shows("seen = 4 and level = null"),
        line("S", "Set", "T", "G"),
        top=signal("alarm"),
    ) == ["is1"]


def test_a_boundary_event_gives_its_data_output():
    assert said(
        start(),
        holds("order"),
        holds("seen"),
        sets("Set", "order", "4"),
        node("parallelGateway", "F"),
        node("userTask", "U"),
        boundary("B", "U", holds("BO", "dataOutput", "level"), to("Output", "BO", "seen"),
                 "<bpmn:outputSet/>", on_signal("alarm")),
        throw("T", holds("TI", "dataInput", "level"), to("Input", "order", "TI"),
              "<bpmn:inputSet/>", on_signal("alarm")),
        shows("seen = 4"),
        line("S", "Set", "F", "U"),
        line("F", "T"),
        line("B", "G"),
        top=signal("alarm"),
    ) == ["is1"]  # fmt: skip


# --- multi-instance ---------------------------------------------------------------------------


def several(*, items: str = "", count: str = "", collect: str = "", sequential: bool) -> str:
    inner = f"<bpmn:loopCardinality>{count}</bpmn:loopCardinality>" if count else ""
    inner += f"<bpmn:loopDataInputRef>{items}</bpmn:loopDataInputRef>" if items else ""
    inner += f"<bpmn:loopDataOutputRef>{collect}</bpmn:loopDataOutputRef>" if collect else ""
    inner += holds("item", "inputDataItem") if items else ""
    inner += holds("part", "outputDataItem") if collect else ""
    tag = "multiInstanceLoopCharacteristics"
    return f'<bpmn:{tag} isSequential="{str(sequential).lower()}">{inner}</bpmn:{tag}>'


@pytest.mark.parametrize("sequential", [True, False])
def test_the_items_of_a_data_object_make_one_instance_each_and_outputs_keep_their_order(sequential):
    assert said(
        start(),
        holds("Many", label="many"),
        holds("All", label="all_of"),
        sets("Set", "many", "[3, 1, 2]"),
        task("A", "item * 10", "part", several(items="Many", collect="All", sequential=sequential)),
        shows("all_of = [30, 10, 20] and item = null and part = null"),
        line("S", "Set", "A", "G"),
    ) == ["is1"]


@pytest.mark.parametrize("sequential", [True, False])
def test_a_number_of_instances_may_be_collected_in_a_data_object(sequential):
    assert said(
        start(),
        holds("All", label="all_of"),
        task("A", "loopCounter * 2", "part",
             several(count="3", collect="All", sequential=sequential)),
        shows("all_of = [2, 4, 6]"),
        line("S", "A", "G"),
    ) == ["is1"]  # fmt: skip


@pytest.mark.parametrize("sequential", [True, False])
def test_items_come_through_a_data_input_and_leave_through_a_data_output(sequential):
    assert said(
        start(),
        holds("Many", label="many"),
        holds("All", label="all_of"),
        sets("Set", "many", "[1, 2]"),
        task(
            "A",
            "one + 1",
            "part",
            io(
                holds("AI", "dataInput", "them"),
                holds("AJ", "dataInput", "one"),
                holds("AO", "dataOutput", "made"),
            ),
            to("Input", "Many", "AI"),
            to("Input", "item", "AJ", transformed("item * 100")),
            to("Output", "AO", "All"),
            several(items="AI", collect="AO", sequential=sequential),
        ),
        shows("all_of = [101, 201] and them = null and made = null and one = null"),
        line("S", "Set", "A", "G"),
    ) == ["is1"]


def test_a_sub_process_for_each_item_has_data_objects_of_its_own():
    assert said(
        start(),
        holds("Many", label="many"),
        holds("All", label="all_of"),
        sets("Set", "many", "[1, 2]"),
        sub(
            "P1",
            start("PS"),
            holds("Own", label="own"),
            task("A", "if own = null then item else 99", "own"),
            task("B", "own * 3", "part"),
            line("PS", "A", "B"),
            several(items="Many", collect="All", sequential=False),
        ),
        shows("all_of = [3, 6] and own = null"),
        line("S", "Set", "P1", "G"),
    ) == ["is1"]


def test_items_in_a_data_object_that_was_never_written_stop_the_case_with_a_reason():
    answer = played(
        start(),
        holds("Many", label="many"),
        say("A", several(items="Many", sequential=True)),
        line("S", "A"),
    )
    assert answer["outcome"] == "incident"
    assert "'many' is not a list" in answer["reasons"][0]


def test_items_in_what_is_no_data_are_refused():
    answer = played(start(), say("A", several(items="Lost", sequential=True)), line("S", "A"))
    assert answer["outcome"] == "refused"
    assert "bpmn.loop" in answer["reasons"][0]
