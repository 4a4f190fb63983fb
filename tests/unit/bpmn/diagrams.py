"""Small diagrams, written short: every function gives a piece of BPMN."""

from __future__ import annotations

from itertools import pairwise
from xml.sax.saxutils import quoteattr

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'id="D" targetNamespace="https://example.invalid/test">'
)


def bpmn(*parts: str, process: str = "P", top: str = "") -> bytes:
    """A file with one process, and what stands beside it (messages, errors, processes)."""
    body = "".join(parts)
    main = f'<bpmn:process id="{process}" isExecutable="true">{body}</bpmn:process>'
    return f"{HEAD}{top}{main}</bpmn:definitions>".encode()


def process(process_id: str, *parts: str) -> str:
    return f'<bpmn:process id="{process_id}" isExecutable="true">{"".join(parts)}</bpmn:process>'


def node(kind: str, node_id: str, *inner: str, **attributes: str) -> str:
    """Any element. ``inner`` pieces that begin with ``<zeebe:`` become extension elements."""
    zeebe = "".join(piece for piece in inner if piece.startswith("<zeebe:"))
    rest = "".join(piece for piece in inner if not piece.startswith("<zeebe:"))
    wrapped = f"<bpmn:extensionElements>{zeebe}</bpmn:extensionElements>" if zeebe else ""
    extra = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    return f'<bpmn:{kind} id="{node_id}"{extra}>{wrapped}{rest}</bpmn:{kind}>'


def start(node_id: str = "S", *inner: str, **attributes: str) -> str:
    return node("startEvent", node_id, *inner, **attributes)


def end(node_id: str = "E", *inner: str, **attributes: str) -> str:
    return node("endEvent", node_id, *inner, **attributes)


def user(node_id: str, *inner: str, **attributes: str) -> str:
    return node("userTask", node_id, *inner, **attributes)


def service(node_id: str, handler: str, *inner: str, **attributes: str) -> str:
    return node(
        "serviceTask", node_id, f'<zeebe:taskDefinition type="{handler}"/>', *inner, **attributes
    )


def script(node_id: str, expression: str, result: str = "", *inner: str) -> str:
    into = f" resultVariable={quoteattr(result)}" if result else ""
    return node(
        "scriptTask", node_id, f"<zeebe:script expression={quoteattr(expression)}{into}/>", *inner
    )


def flow(source: str, target: str, condition: str = "") -> str:
    """A flow; its id is ``source-target``."""
    inner = ""
    if condition:
        text = condition.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        tag = "bpmn:conditionExpression"
        inner = f'<{tag} xsi:type="bpmn:tFormalExpression">{text}</{tag}>'
    return (
        f'<bpmn:sequenceFlow id="{source}-{target}" sourceRef="{source}" targetRef="{target}">'
        f"{inner}</bpmn:sequenceFlow>"
    )


def line(*ids: str) -> str:
    """Flows through these elements, one after another."""
    return "".join(flow(a, b) for a, b in pairwise(ids))


def timer(kind: str, text: str) -> str:
    tag = {"date": "timeDate", "duration": "timeDuration", "cycle": "timeCycle"}[kind]
    inner = f'<bpmn:{tag} xsi:type="bpmn:tFormalExpression">{text}</bpmn:{tag}>'
    return f"<bpmn:timerEventDefinition>{inner}</bpmn:timerEventDefinition>"


def message(message_id: str = "M", key: str = "=case.id") -> str:
    """A message's declaration, to stand beside the process."""
    return node(
        "message",
        message_id,
        f"<zeebe:subscription correlationKey={quoteattr(key)}/>",
        name=message_id,
    )


def on_message(message_id: str = "M") -> str:
    return f'<bpmn:messageEventDefinition messageRef="{message_id}"/>'


def error(code: str) -> str:
    """An error's declaration, to stand beside the process; its id is ``Error_<code>``."""
    return f'<bpmn:error id="Error_{code}" name="{code}" errorCode="{code}"/>'


def on_error(code: str = "") -> str:
    reference = f' errorRef="Error_{code}"' if code else ""
    return f"<bpmn:errorEventDefinition{reference}/>"


TERMINATE = "<bpmn:terminateEventDefinition/>"


def inputs(**mappings: str) -> str:
    return _io("input", mappings)


def outputs(**mappings: str) -> str:
    return _io("output", mappings)


def _io(kind: str, mappings: dict[str, str]) -> str:
    inner = "".join(
        f'<zeebe:{kind} source={quoteattr(source)} target="{target}"/>'
        for target, source in mappings.items()
    )
    return f"<zeebe:ioMapping>{inner}</zeebe:ioMapping>"


def properties(**values: str) -> str:
    inner = "".join(
        f'<zeebe:property name="{name}" value={quoteattr(value)}/>'
        for name, value in values.items()
    )
    return f"<zeebe:properties>{inner}</zeebe:properties>"


def each(
    collection: str,
    item: str = "",
    output: str = "",
    into: str = "",
    *,
    sequential: bool = False,
    enough: str = "",
) -> str:
    """Multi-instance loop characteristics."""
    attributes = f" inputCollection={quoteattr(collection)}"
    attributes += f' inputElement="{item}"' if item else ""
    attributes += f" outputElement={quoteattr(output)}" if output else ""
    attributes += f' outputCollection="{into}"' if into else ""
    condition = f"<bpmn:completionCondition>{enough}</bpmn:completionCondition>" if enough else ""
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}">'
        f"<bpmn:extensionElements><zeebe:loopCharacteristics{attributes}/></bpmn:extensionElements>"
        f"{condition}</bpmn:multiInstanceLoopCharacteristics>"
    )
