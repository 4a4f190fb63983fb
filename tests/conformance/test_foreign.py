"""Diagrams as other tools write them, through the trace door: run, or refused with a reason."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.feel import parse, to_feel
from tests.conformance.bpmn_trace import run
from tests.conformance.foreign import NotSimple, to_feel_text

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'


def traced(source: str | bytes, process: str | None = None, **variables: Any) -> dict[str, Any]:
    data = source.encode() if isinstance(source, str) else source
    given = {name: to_feel(value) for name, value in variables.items()}
    return run(data, "foreign.bpmn", variables=given, process=process)


def deciding(condition: str, prefix: str = "semantic", head: str = "", attributes: str = "") -> str:
    """A choice between A and B, under another prefix than ours."""
    p = f"{prefix}:" if prefix else ""
    xmlns = f'xmlns:{prefix}="{MODEL}"' if prefix else f'xmlns="{MODEL}"'
    kind = f'xsi:type="{p}tFormalExpression" {attributes}'
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<{p}definitions {xmlns} {XSI} id="_1" {head}>
  <{p}process id="P" isExecutable="true" processType="None">
    <{p}startEvent id="S"/>
    <{p}exclusiveGateway id="G" gatewayDirection="Diverging" default="no"/>
    <{p}scriptTask id="A" scriptFormat="text/x-groovy"><{p}script>A</{p}script></{p}scriptTask>
    <{p}scriptTask id="B" scriptFormat="groovy"><{p}script><![CDATA[B]]></{p}script></{p}scriptTask>
    <{p}sequenceFlow id="f" sourceRef="S" targetRef="G"/>
    <{p}sequenceFlow id="yes" sourceRef="G" targetRef="A">
      <{p}conditionExpression {kind}><![CDATA[{condition}]]></{p}conditionExpression>
    </{p}sequenceFlow>
    <{p}sequenceFlow id="no" sourceRef="G" targetRef="B"/>
  </{p}process>
</{p}definitions>"""


SIMPLE = {
    '${test == "ab"}': "A",
    '${test.contains("a")}': "A",
    '#{test.contains("x")}': "B",
    'test == "ab"': "A",
    "test != 'ab'": "B",
    'test.equals("ab") && number > 1': "A",
    'return test.startsWith("b") || number == 2;': "A",
    "$number = 2 and contains($test, 'b')": "A",
    "not(starts-with($test, 'a'))": "B",
    "!(number lt 2) and number ge 2": "A",
    'execution.getVariable("number") - 1 == 2 - 1': "A",
    'kcontext.getVariable("test").length() > 2 * 2 - 1': "B",
    "getDataObject('number') != 3": "A",
    "true": "A",
    "false": "B",
    "${false}": "B",
    "true()": "A",
    "number = 2": "A",
    "=number > 2": "B",
}


@pytest.mark.parametrize("condition", sorted(SIMPLE))
@pytest.mark.parametrize("prefix", ["semantic", "bpmn2", ""])
def test_a_simple_condition_is_read_in_whatever_language_it_is_written(condition, prefix):
    answer = traced(deciding(condition, prefix), test="ab", number=2)
    assert answer == {"outcome": "completed", "trace": [SIMPLE[condition]], "reasons": []}


@pytest.mark.parametrize(
    "language",
    [
        "http://www.w3.org/1999/XPath",
        "http://www.java.com/java",
        "http://java.sun.com/products/jsp/",
        "groovy",
        "javascript",
    ],
)
def test_a_simple_condition_is_read_whatever_language_is_declared(language):
    for place in ({"head": f'expressionLanguage="{language}"'},
                  {"attributes": f'language="{language}"'}):  # fmt: skip
        answer = traced(deciding('test.contains("a")', **place), test="ab")
        assert answer["trace"] == ["A"], answer


@pytest.mark.parametrize(
    "condition",
    [
        "test =~ /a/",
        "${bean.decide(test)}",
        "number ? true : false",
        "number = 1 = 2",
        "java.lang.System.exit(1)",
        "getVariableProperty('test', 'x')",
        "${test",
        "((((((((((" * 30,
        "!" * 5_000 + "true",
    ],
)
def test_a_condition_that_is_not_simple_is_refused(condition):
    answer = traced(deciding(condition, attributes='language="java"'), test="ab", number=2)
    assert answer["outcome"] == "refused"
    assert "language" in answer["reasons"][0] or "java" in answer["reasons"][0]


def test_a_simple_condition_about_what_is_not_known_is_an_incident():
    answer = traced(deciding('${test.contains("a")}'))
    assert answer["outcome"] == "incident"
    assert "Not known here: test" in answer["reasons"][0]


@given(st.text("abx12.(){}$#!=<>&|'\" -+*/,;\\", max_size=40))
def test_whatever_is_read_as_simple_is_feel_and_nothing_else_fails(text):
    try:
        read = to_feel_text(text)
    except NotSimple:
        return
    assert parse(read)


# --- vendors -----------------------------------------------------------------------------------

ACTIVITI = f"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="{MODEL}" {XSI} xmlns:xsd="http://www.w3.org/2001/XMLSchema"
    xmlns:activiti="http://activiti.org/bpmn" typeLanguage="http://www.w3.org/2001/XMLSchema"
    expressionLanguage="http://www.w3.org/1999/XPath" targetNamespace="http://www.activiti.org/test">
  <message id="m" name="go"/>
  <process id="my-process_1.x" name="Äußerst &amp; seltsam" isExecutable="true"
      activiti:candidateStarterUsers="kermit">
    <extensionElements><activiti:executionListener class="a.B" event="start"/></extensionElements>
    <startEvent id="start.1" activiti:initiator="who"/>
    <sequenceFlow id="flow1" sourceRef="start.1" targetRef="Ünü_2"/>
    <serviceTask id="Ünü_2" activiti:class="org.example.Work" activiti:async="true"/>
    <sequenceFlow id="flow2" sourceRef="Ünü_2" targetRef="_3"/>
    <scriptTask id="_3" scriptFormat="javascript" activiti:autoStoreVariables="false">
      <script>A</script></scriptTask>
    <sequenceFlow id="flow3" sourceRef="_3" targetRef="end-4"/>
    <endEvent id="end-4"/>
  </process>
</definitions>"""

CAMUNDA_7 = f"""<bpmn2:definitions xmlns:bpmn2="{MODEL}" {XSI}
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="D1" exporter="Camunda Modeler">
  <bpmn2:process id="P1" isExecutable="true" camunda:historyTimeToLive="180">
    <bpmn2:startEvent id="S1" camunda:asyncBefore="true"><bpmn2:outgoing>f1</bpmn2:outgoing>
    </bpmn2:startEvent>
    <bpmn2:sequenceFlow id="f1" sourceRef="S1" targetRef="T1"/>
    <bpmn2:serviceTask id="T1" camunda:expression="${{work.run()}}">
      <bpmn2:extensionElements><camunda:inputOutput><camunda:inputParameter name="a">1
      </camunda:inputParameter></camunda:inputOutput><camunda:failedJobRetryTimeCycle>R3/PT5M
      </camunda:failedJobRetryTimeCycle></bpmn2:extensionElements>
      <bpmn2:multiInstanceLoopCharacteristics isSequential="true" camunda:asyncAfter="true">
        <bpmn2:loopCardinality xsi:type="bpmn2:tFormalExpression">${{2}}</bpmn2:loopCardinality>
      </bpmn2:multiInstanceLoopCharacteristics>
    </bpmn2:serviceTask>
    <bpmn2:sequenceFlow id="f2" sourceRef="T1" targetRef="T2"/>
    <bpmn2:scriptTask id="T2" scriptFormat="groovy" camunda:resultVariable="r">
      <bpmn2:script>A</bpmn2:script></bpmn2:scriptTask>
  </bpmn2:process>
</bpmn2:definitions>"""

JBPM = f"""<?xml version="1.0" encoding="UTF-8"?>
<definitions id="Definition" targetNamespace="http://www.jboss.org/drools" xmlns="{MODEL}" {XSI}
    typeLanguage="http://www.java.com/javaTypes" expressionLanguage="http://www.mvel.org/2.0"
    xmlns:tns="http://www.jboss.org/drools" xmlns:g="http://www.jboss.org/drools/flow/gpd">
  <itemDefinition id="_testItem" structureRef="String"/>
  <process processType="Private" isExecutable="true" id="com.example.P" tns:packageName="defaultPkg"
      tns:version="1">
    <property id="test" itemSubjectRef="_testItem"/>
    <startEvent id="_1" name="Start" isInterrupting="true"/>
    <inclusiveGateway id="_2" gatewayDirection="Diverging" default="_2-_4"/>
    <scriptTask id="_3" scriptFormat="http://www.java.com/java"><script>A</script></scriptTask>
    <scriptTask id="_4" scriptFormat="http://www.java.com/java"><script>B</script></scriptTask>
    <sequenceFlow id="_1-_2" sourceRef="_1" targetRef="_2"/>
    <sequenceFlow id="_2-_3" sourceRef="_2" targetRef="_3" tns:priority="1">
      <conditionExpression xsi:type="tFormalExpression" language="http://www.java.com/java"
        >return test != null &amp;&amp; test.contains("a");</conditionExpression></sequenceFlow>
    <sequenceFlow id="_2-_4" sourceRef="_2" targetRef="_4"/>
  </process>
</definitions>"""

SIGNAVIO = f"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="{MODEL}" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
    xmlns:omgdc="http://www.omg.org/spec/DD/20100524/DC" xmlns:signavio="http://www.signavio.com"
    exporter="Signavio Process Editor" id="sid-1" targetNamespace="http://www.signavio.com">
  <collaboration id="sid-c">
    <extensionElements><signavio:signavioDiagramMetaData metaKey="author" metaValue=""/>
    </extensionElements>
    <participant id="sid-p1" name="Us" processRef="sid-p"/>
    <participant id="sid-p2" name="Customer"/>
    <messageFlow id="sid-mf" sourceRef="sid-p2" targetRef="sid-s"/>
  </collaboration>
  <process id="sid-p" isClosed="false" isExecutable="false" processType="None">
    <laneSet id="sid-ls"><lane id="sid-l" name="Clerk"><flowNodeRef>sid-s</flowNodeRef>
      <flowNodeRef>sid-a</flowNodeRef></lane></laneSet>
    <startEvent id="sid-s"><outgoing>sid-f</outgoing></startEvent>
    <scriptTask id="sid-a" completionQuantity="1" isForCompensation="false" startQuantity="1">
      <extensionElements><signavio:signavioMetaData metaKey="bgcolor" metaValue="#ffffcc"/>
      </extensionElements><incoming>sid-f</incoming><script>A</script></scriptTask>
    <dataObject id="sid-do" isCollection="false" name="Form"/>
    <dataObjectReference id="sid-dr" dataObjectRef="sid-do"/>
    <textAnnotation id="sid-t"><text>note</text></textAnnotation>
    <association associationDirection="None" id="sid-as" sourceRef="sid-t" targetRef="sid-a"/>
    <sequenceFlow id="sid-f" sourceRef="sid-s" targetRef="sid-a" isImmediate="true"/>
  </process>
</definitions>"""


@pytest.mark.parametrize(
    ("source", "variables", "trace"),
    [
        (ACTIVITI, {}, ["A"]),
        (CAMUNDA_7, {}, ["A"]),
        (JBPM, {"test": "ab"}, ["A"]),
        (JBPM, {"test": "b"}, ["B"]),
        (SIGNAVIO, {}, ["A"]),
        (ACTIVITI.replace('targetNamespace="http://www.activiti.org/test"', ""), {}, ["A"]),
        (ACTIVITI.replace('isExecutable="true"', ""), {}, ["A"]),
    ],
)
def test_the_diagram_of_another_tool_runs(source, variables, trace):
    answer = traced(source, **variables)
    assert answer == {"outcome": "completed", "trace": trace, "reasons": []}


def test_a_process_may_be_chosen_among_several_pools():
    second = SIGNAVIO[SIGNAVIO.index("<process") : SIGNAVIO.index("</definitions>")]
    second = second.replace("sid-", "two-").replace("<script>A", "<script>B")
    both = SIGNAVIO.replace("</definitions>", second + "</definitions>")
    assert traced(both)["trace"] == ["A"]
    assert traced(both, "two-p")["trace"] == ["B"]
    assert traced(both, "nowhere")["outcome"] == "refused"


def test_the_process_that_begins_by_itself_is_run_where_others_are_called_or_await_a_message():
    def whole(name: str, begin: str, inner: str) -> str:
        return (
            f'<process id="{name}" isExecutable="true">'
            f'<startEvent id="{name}S">{begin}</startEvent>'
            f'{inner}<sequenceFlow id="{name}f" sourceRef="{name}S" targetRef="{name}T"/></process>'
        )

    answer = traced(
        f'<definitions xmlns="{MODEL}" id="D"><message id="m" name="go"/>'
        + whole(
            "P1",
            '<messageEventDefinition messageRef="m"/>',
            '<scriptTask id="P1T"><script>A</script></scriptTask>',
        )
        + whole("P2", "", '<scriptTask id="P2T"><script>B</script></scriptTask>')
        + whole("P3", "", '<callActivity id="P3T" calledElement="P2"/>')
        + "</definitions>"
    )
    assert answer == {"outcome": "completed", "trace": ["B"], "reasons": []}
