"""What is refused when a scheme is published: with file, element, line and remedy."""

from __future__ import annotations

import pytest

from engine import bpmn
from engine.errors import DeploymentRefused, Finding
from tests.unit.bpmn.diagrams import (
    HEAD,
    each,
    end,
    error,
    flow,
    inputs,
    line,
    message,
    node,
    on_error,
    on_message,
    properties,
    script,
    service,
    start,
    timer,
    user,
)
from tests.unit.bpmn.diagrams import (
    bpmn as diagram,
)
from tests.unit.bpmn.play import HANDLERS, Play, compiled


def lint(source: bytes, **others: bytes) -> tuple[Finding, ...]:
    files = {"ofii.bpmn": source} | {k.replace("__", "."): v for k, v in others.items()}
    return bpmn.lint(
        files, "P", handlers=HANDLERS, constants={}, country="CM", time_zone="Africa/Douala"
    )


def errors(source: bytes, **others: bytes) -> list[Finding]:
    return [finding for finding in lint(source, **others) if finding.severity == "error"]


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        (b"", "bpmn.not-xml"),
        (b"<bpmn", "bpmn.not-xml"),
        (b"<html/>", "bpmn.not-bpmn"),
        (b'<?xml version="1.0"?><!DOCTYPE d SYSTEM "http://x.invalid/d.dtd"><d/>', "bpmn.dtd"),
        (
            b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>',
            "bpmn.dtd",
        ),
        (
            (
                '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE d [<!ENTITY x "y">]><d>&x;</d>'
            ).encode("utf-16"),
            "bpmn.dtd",
        ),
        (b" " * 5_000_001, "bpmn.too-large"),
    ],
)
def test_a_file_that_is_not_safe_bpmn_is_refused(source, rule):
    [finding] = errors(source)
    assert finding.rule == rule
    assert finding.file == "ofii.bpmn"
    assert finding.remedy


UNSUPPORTED = [
    node("adHocSubProcess", "X"),
    node("transaction", "X"),
    node("intermediateThrowEvent", "X", "<bpmn:linkEventDefinition name='l'/>"),
    node("intermediateCatchEvent", "X", "<bpmn:linkEventDefinition name='l'/>"),
    node("intermediateCatchEvent", "X", "<bpmn:conditionalEventDefinition/>"),
    node("intermediateCatchEvent", "X"),
    node("endEvent", "X", "<bpmn:cancelEventDefinition/>"),
    node("endEvent", "X", on_error()),
    node("userTask", "X", startQuantity="0"),
    node("userTask", "X", completionQuantity="many"),
    node("userTask", "X", isForCompensation="true"),
    node("userTask", "X", "<bpmn:standardLoopCharacteristics/>"),
    node("userTask", "X", "<bpmn:multiInstanceLoopCharacteristics/>"),
    node("receiveTask", "X"),
    node("serviceTask", "X"),
    node("scriptTask", "X"),
    node("businessRuleTask", "X"),
    node("sendTask", "X"),
    node("callActivity", "X"),
    node("callActivity", "X", '<zeebe:calledElement processId="=which"/>'),
    node(
        "callActivity",
        "X",
        '<zeebe:calledElement processId="P" bindingType="versionTag" versionTag="2"/>',
    ),
    node("subProcess", "X"),
    node("subProcess", "X", start("XS", on_message())),
    node("userTask", "X", "<zeebe:executionListeners/>"),
    node("userTask", "X", '<zeebe:formDefinition formKey="embedded"/>'),
    node("userTask", "X", '<zeebe:formDefinition formId="missing"/>'),
    node("userTask", "X", '<zeebe:taskSchedule dueDate="=1 +"/>'),
    node("userTask", "X", properties(separateFrom="Nobody")),
    node("userTask", "X", properties(workingDays="soon")),
    node("userTask", "X", properties(timeToLive="P1M")),
    node("userTask", "X", default="Y"),
    node(
        "businessRuleTask", "X", '<zeebe:calledDecision decisionId="missing" resultVariable="r"/>'
    ),
    node("scriptTask", "X", "<bpmn:script>1 +</bpmn:script>"),
    node("scriptTask", "X", "<bpmn:script>print(1)</bpmn:script>", scriptFormat="python"),
    node("intermediateThrowEvent", "X", on_message("Keyless")),
    node("intermediateCatchEvent", "X", on_message("Missing")),
    node("userTask", "X", '<zeebe:taskDefinition type="check"/>'),
    node("userTask", "X", '<zeebe:taskSchedule dueDate="P5D"/>'),
    node("userTask", "X", '<zeebe:script expression="=1" resultVariable="r"/>'),
    node("intermediateCatchEvent", "X", timer("duration", "P1D"), inputs(a="=1")),
    node("intermediateCatchEvent", "X", timer("duration", "2026-01-01")),
    node("intermediateCatchEvent", "X", timer("date", "2026-02-30")),
    node("intermediateCatchEvent", "X", timer("cycle", "R0/P1D")),
    service("X", "letter"),
    service("X", "send"),
    service("X", "send", inputs(adress="=a")),
    service("X", "check", inputs(amount="12")),
]


@pytest.mark.parametrize("piece", UNSUPPORTED)
def test_what_is_not_supported_is_refused_with_its_place_and_a_remedy(piece):
    source = diagram(
        start(), piece, line("S", "X"), top=message() + '<bpmn:message id="Keyless" name="k"/>'
    )
    found = errors(source)
    assert found, "nothing was refused"
    assert {finding.element for finding in found} <= {"X", "XS"}
    for finding in found:
        assert finding.file == "ofii.bpmn"
        assert finding.line > 0
        assert finding.message
        assert finding.remedy
    with pytest.raises(DeploymentRefused):
        compiled(source)


STRUCTURES = [
    (
        diagram(start("S", on_error("x")), user("T"), line("S", "T"), top=error("x")),
        "bpmn.start-event",
    ),
    (diagram(start(), start("S2"), user("T"), line("S", "T"), line("S2", "T")), "bpmn.start-event"),
    (diagram(end(), process="P"), "bpmn.unreached"),
    (diagram(start(), user("T"), user("Lost"), line("S", "T")), "bpmn.unreached"),
    (diagram(start(), user("T"), line("S", "T", "Gone")), "bpmn.flow-end"),
    (diagram(start(), end(), user("T"), line("S", "T", "E", "T")), "bpmn.flow-end"),
    (
        diagram(
            start(),
            node("exclusiveGateway", "G"),
            user("A"),
            user("B"),
            line("S", "G", "A"),
            line("G", "B"),
        ),
        "bpmn.no-condition",
    ),
    (
        diagram(
            start(), node("parallelGateway", "G"), user("A"), line("S", "G"), flow("G", "A", "=x")
        ),
        "bpmn.flow-condition",
    ),
    (
        diagram(start(), node("eventBasedGateway", "G"), user("A"), line("S", "G", "A")),
        "bpmn.event-gateway",
    ),
    (
        diagram(
            start(),
            user("T"),
            node("boundaryEvent", "B", timer("duration", "P1D"), attachedToRef="S"),
            line("S", "T"),
        ),
        "bpmn.boundary",
    ),
    (
        diagram(
            start(),
            user("T"),
            node("boundaryEvent", "B", on_error("x"), attachedToRef="T", cancelActivity="false"),
            line("S", "T"),
            top=error("x"),
        ),
        "bpmn.boundary",
    ),
    (diagram(start(), user("T", each("=a", output="=1 +")), line("S", "T")), "bpmn.feel"),
    (diagram(start(), script("T", "=1", "=x"), line("S", "T")), "bpmn.extension"),
    (diagram(start(), user("T"), line("S", "T"), process="Other"), "bpmn.no-process"),
    (
        diagram(
            start(),
            user("T"),
            line("S", "T"),
            top='<bpmn:process id="Q">' + start() + "</bpmn:process>",
        ),
        "bpmn.duplicate-id",
    ),
]


@pytest.mark.parametrize(("source", "rule"), STRUCTURES)
def test_a_diagram_that_does_not_hang_together_is_refused(source, rule):
    assert rule in {finding.rule for finding in errors(source)}


def test_an_unknown_handler_argument_names_what_the_handler_takes():
    source = diagram(
        start(), service("Task_Notify", "send", inputs(adress="=a")), line("S", "Task_Notify")
    )
    found = [f for f in errors(source) if "passes" in f.message]
    assert str(found[0]) == (
        "ofii.bpmn:1, Task_Notify: handler 'send' takes address, template; the diagram passes "
        "'adress'. Rename it in the diagram or in the handler. [bpmn.handler-argument]"
    )


def test_an_expression_that_does_not_parse_is_told_with_its_position():
    source = diagram(
        start(),
        node("exclusiveGateway", "G"),
        user("A"),
        user("B"),
        line("S", "G"),
        flow("G", "A", "=a >"),
        flow("G", "B", "=b"),
    )
    [finding] = errors(source)
    assert finding.element == "G-A"
    assert "character" in finding.message


@pytest.mark.parametrize("language", ["python", "juel", "groovy", "http://www.java.com/java"])
def test_another_expression_language_is_refused_by_name(language):
    conditions = (
        f'<bpmn:sequenceFlow id="F" sourceRef="G" targetRef="A"><bpmn:conditionExpression '
        f'language="{language}">x</bpmn:conditionExpression></bpmn:sequenceFlow>'
    )
    source = diagram(start(), node("exclusiveGateway", "G"), user("A"), line("S", "G"), conditions)
    [finding] = [f for f in errors(source) if f.rule == "bpmn.language"]
    assert language in finding.message


def test_what_only_documents_a_diagram_is_accepted():
    source = diagram(
        '<bpmn:dataObject id="DO"/>',
        '<bpmn:dataObjectReference id="DR" dataObjectRef="DO"/>',
        '<bpmn:dataStoreReference id="DS" dataStoreRef="Nowhere"/>',
        "<bpmn:textAnnotation id='TA'><bpmn:text>note</bpmn:text></bpmn:textAnnotation>",
        "<bpmn:association id='AS' sourceRef='T' targetRef='TA'/>",
        start(),
        user(
            "T",
            '<bpmn:dataInputAssociation id="DI"><bpmn:sourceRef>Unknown</bpmn:sourceRef>'
            "<bpmn:targetRef>Unknown</bpmn:targetRef></bpmn:dataInputAssociation>",
        ),
        line("S", "T"),
        top='<bpmn:collaboration id="C"><bpmn:participant id="PT" processRef="P"/>'
        "</bpmn:collaboration>",
    ).replace(b'isExecutable="true"', b'isExecutable="false"')
    assert errors(source) == []
    assert {f.rule for f in lint(source)} >= {"bpmn.no-diagram"}


def test_elements_called_start_and_end_run():
    source = diagram(start("Start"), user("Root"), end("End"), line("Start", "Root", "End"))
    assert Play(compiled(source)).complete("Root").done


def test_five_hundred_nodes_in_a_row_are_read_and_run():
    ids = [f"N{n}" for n in range(500)]
    source = diagram(start(), *(node("task", i) for i in ids), end(), line("S", *ids, "E"))
    assert Play(compiled(source)).done


def test_references_are_found_without_compiling():
    source = diagram(
        start("S", '<zeebe:formDefinition formId="f1"/>'),
        node("callActivity", "C", '<zeebe:calledElement processId="Q"/>'),
        node("callActivity", "C2", calledElement="R"),
        node("businessRuleTask", "B", '<zeebe:calledDecision decisionId="d" resultVariable="r"/>'),
    )
    found = bpmn.references(source)
    assert found.processes == {"Q", "R"}
    assert found.forms == {"f1"}
    assert found.decisions == {"d"}
    assert found.defines == {"P"}
    assert HEAD


def test_the_start_form_and_its_groups_are_told():
    source = diagram(
        start("S", '<zeebe:formDefinition formId="f"/>', properties(candidateGroups="a, b")),
        user("T"),
        line("S", "T"),
    )
    publication = compiled(source, f__form=b'{"id": "f", "components": []}')
    assert bpmn.start_form(publication) == ("f", ("a", "b"))
    [element] = [e for e in bpmn.elements(publication) if e.id == "T"]
    assert (element.kind, element.parent, element.process_id) == ("userTask", "P", "P")
    assert bpmn.flows(publication) == {"S-T": "file0.bpmn"}


def test_one_id_for_two_elements_is_refused_even_where_one_hides_the_other():
    source = diagram(start(), user("T"), user("T"), line("S", "T"))
    assert "bpmn.duplicate-id" in {finding.rule for finding in errors(source)}


def test_working_days_need_a_country_whose_holidays_are_known():
    source = diagram(start(), user("T", properties(workingDays="5")), line("S", "T"))
    found = bpmn.lint(
        {"a.bpmn": source}, "P", handlers={}, constants={}, country="XX", time_zone="Nowhere/Else"
    )
    assert {"bpmn.country", "scheme.time-zone"} <= {finding.rule for finding in found}


def test_references_with_a_prefix_are_understood():
    source = diagram(
        start(),
        node("receiveTask", "R", messageRef="tns:M"),
        line("S", "R"),
        top=message(),
    )
    assert errors(source) == []
