"""A diagram with everything the engine draws, built for tests: a main page and a sub-process's."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
  xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI"
  id="Definitions_Gallery" targetNamespace="urn:passerelle:test">"""

TASK_KINDS = (
    *("task", "userTask", "serviceTask", "scriptTask"),
    *("businessRuleTask", "sendTask", "receiveTask", "manualTask"),
)
GATEWAY_KINDS = (
    *("exclusiveGateway", "parallelGateway", "inclusiveGateway"),
    *("complexGateway", "eventBasedGateway"),
)
SYMBOLS = (
    *("", "message", "timer", "error", "signal", "escalation", "terminate"),
    *("conditional", "link", "compensate", "cancel"),
)
EVENT_KINDS = ("startEvent", "intermediateCatchEvent", "intermediateThrowEvent", "endEvent")
LOOPS = {
    "Loop": "<bpmn:standardLoopCharacteristics/>",
    "Parallel": "<bpmn:multiInstanceLoopCharacteristics/>",
    "Sequential": '<bpmn:multiInstanceLoopCharacteristics isSequential="true"/>',
}


class Gallery:
    """Collects elements and where they stand."""

    def __init__(self) -> None:
        self.model: list[str] = []
        self.shapes: list[str] = []
        self.ids: list[str] = []

    def add(
        self, kind: str, at: tuple[float, float, float, float], inside: str = "",
        name: str | None = None, extra: str = "", shape: str = "",
    ) -> str:  # fmt: skip
        """Add a node with a shape; its id is its kind and its number."""
        identifier = f"{kind}_{len(self.ids)}"
        shown = quoteattr(f"{kind} {len(self.ids)}" if name is None else name)
        self.model.append(
            f'<bpmn:{kind} id="{identifier}" name={shown} {extra}>{inside}</bpmn:{kind}>'
        )
        self.show(identifier, at, shape)
        return identifier

    def show(self, identifier: str, at: tuple[float, float, float, float], shape: str = "") -> None:
        """Add a shape of an element."""
        x, y, width, height = at
        self.ids.append(identifier)
        self.shapes.append(
            f'<bpmndi:BPMNShape id="{identifier}_di" bpmnElement="{identifier}" {shape}>'
            f'<dc:Bounds x="{x}" y="{y}" width="{width}" height="{height}"/></bpmndi:BPMNShape>'
        )

    def line(
        self, kind: str, source: str, target: str, points: str, inside: str = "", extra: str = ""
    ) -> str:
        """Add an edge through points written as ``x,y x,y``."""
        identifier = f"{kind}_{len(self.ids)}"
        self.model.append(
            f'<bpmn:{kind} id="{identifier}" sourceRef="{source}" targetRef="{target}" {extra}>'
            f"{inside}</bpmn:{kind}>"
        )
        way = "".join(
            '<di:waypoint x="{}" y="{}"/>'.format(*point.split(",")) for point in points.split()
        )
        self.ids.append(identifier)
        self.shapes.append(
            f'<bpmndi:BPMNEdge id="{identifier}_di" bpmnElement="{identifier}">{way}'
            "</bpmndi:BPMNEdge>"
        )
        return identifier


def gallery() -> tuple[bytes, list[str]]:
    """Return a file with one of everything, and the ids drawn on its first page."""
    g = Gallery()
    for place, kind in enumerate(TASK_KINDS):
        g.add(kind, (40 + 130 * place, 40, 100, 80))
    for place, (name, inside) in enumerate(LOOPS.items()):
        g.add("userTask", (40 + 130 * place, 150, 100, 80), inside, name=name)
    g.add("callActivity", (430, 150, 100, 80), name="Préparer le projet avec l’opérateur")
    g.add("subProcess", (560, 150, 100, 80), name="Closed")
    g.add("adHocSubProcess", (690, 150, 100, 80), name="Ad hoc")
    g.add("transaction", (820, 150, 100, 80), name="Transaction")
    g.add("task", (950, 150, 100, 80), name="Donaudampfschifffahrtsgesellschaft " * 4,
          extra='isForCompensation="true"')  # fmt: skip
    for place, kind in enumerate(GATEWAY_KINDS):
        g.add(kind, (60 + 130 * place, 270, 50, 50), shape='isMarkerVisible="true"')
    _events(g)
    _flows(g)
    _artifacts(g)
    return _file(g), g.ids


def _events(g: Gallery) -> None:
    for row, kind in enumerate(EVENT_KINDS):
        for column, symbol in enumerate(SYMBOLS):
            inside = f"<bpmn:{symbol}EventDefinition/>" if symbol else ""
            g.add(kind, (60 + 90 * column, 370 + 70 * row, 36, 36), inside, name=symbol)
    two = "<bpmn:messageEventDefinition/><bpmn:timerEventDefinition/>"
    g.add("startEvent", (1060, 370, 36, 36), two, extra='isInterrupting="false"')
    g.add("intermediateCatchEvent", (1060, 440, 36, 36), two, extra='parallelMultiple="true"')
    host = g.add("userTask", (60, 680, 100, 80), name="Host")
    for place, cancels in enumerate(("true", "false")):
        g.add("boundaryEvent", (75 + 45 * place, 742, 36, 36), two.partition("/>")[0] + "/>",
              name="", extra=f'attachedToRef="{host}" cancelActivity="{cancels}"')  # fmt: skip


def _flows(g: Gallery) -> None:
    start = g.add("task", (230, 680, 100, 80), extra='default="sequenceFlow_chosen"', name="From")
    end = g.add("task", (460, 680, 100, 80), name="To")
    condition = "<bpmn:conditionExpression>=true</bpmn:conditionExpression>"
    g.line("sequenceFlow", start, end, "330,700 460,700", condition, 'name="if true"')
    plain = g.line("sequenceFlow", start, end, "330,740 400,740 400,720 460,720")
    g.model[-4] = g.model[-4].replace("sequenceFlow_chosen", plain)
    note = g.add("textAnnotation", (600, 660, 140, 60), "<bpmn:text>Vérifié par l’OFII</bpmn:text>")
    g.line("association", end, note, "560,700 600,690", extra='associationDirection="One"')
    g.line("messageFlow", end, start, "510,760 510,790 280,790 280,760")


def _artifacts(g: Gallery) -> None:
    g.add("dataObjectReference", (800, 660, 36, 50), extra='dataObjectRef="Object_1"')
    g.model.append('<bpmn:dataObject id="Object_1" isCollection="true"/>')
    g.add("dataStoreReference", (880, 660, 50, 50))
    g.add("dataInput", (970, 660, 36, 50))
    g.model.append(
        '<bpmn:category id="C"><bpmn:categoryValue id="V" value="Phase 1"/></bpmn:category>'
    )
    g.add("group", (780, 640, 300, 120), extra='categoryValueRef="V"')
    g.add("conversation", (1100, 660, 60, 40), name="Unknown kind")
    inner = '<bpmn:startEvent id="Inner_Start"/><bpmn:task id="Inner_Task" name="Inside"/>'
    g.add("subProcess", (40, 830, 360, 150), inner, name="Withdrawal",
          extra='triggeredByEvent="true"', shape='isExpanded="true"')  # fmt: skip
    g.show("Inner_Start", (70, 890, 36, 36))
    g.show("Inner_Task", (170, 870, 100, 80))
    g.add("participant", (440, 830, 400, 150), extra='processRef="Process_Gallery"', name="Pool")
    g.add("lane", (470, 830, 370, 150), name="Conseillers de l’opérateur")
    g.add("participant", (860, 830, 300, 60), name="Black box")


def _file(g: Gallery) -> bytes:
    body = "\n".join(g.model).replace(
        'name="Closed" >', 'name="Closed"><bpmn:userTask id="Deep" name="Deep task"/>'
    )
    closed = next(i for i in g.ids if i.startswith("subProcess_"))
    shapes = "\n".join(g.shapes)
    return f"""{HEAD}
<bpmn:process id="Process_Gallery" name="Gallery">{body}</bpmn:process>
<bpmndi:BPMNDiagram id="D1"><bpmndi:BPMNPlane id="P1" bpmnElement="Process_Gallery">{shapes}
</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
<bpmndi:BPMNDiagram id="D2"><bpmndi:BPMNPlane id="P2" bpmnElement="{closed}">
<bpmndi:BPMNShape id="Deep_di" bpmnElement="Deep"><dc:Bounds x="10" y="10" width="100" height="80"/>
</bpmndi:BPMNShape></bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</bpmn:definitions>""".encode()
