"""Diagrams that speak: what they say, in order, is what the specification is held to."""

from __future__ import annotations

from collections import Counter
from typing import Any

from engine.feel import to_feel
from tests.conformance.bpmn.stored import is_callable, stored
from tests.conformance.bpmn_trace import run
from tests.unit.bpmn.diagrams import bpmn, flow, node


def say(name: str, *inner: str, **attributes: str) -> str:
    """A script task that says its name."""
    return node("scriptTask", name, *inner, f"<bpmn:script>{name}</bpmn:script>", **attributes)


def played(
    *parts: str, top: str = "", loopback: bool = False, raced: bool = False, **variables: Any
) -> dict[str, Any]:
    """Run the process of these parts: in one go, stored and read back at every script task, and
    through ``Engine`` on a database.

    All must come to the same end by the same steps; branches may be interleaved in another way.

    :param loopback: whether processes of the file send one another messages or signals, which no
        engine that holds this one process alone can follow.
    :param raced: whether what happens first decides, so that only the ends agree.
    """
    given = {name: to_feel(value) for name, value in variables.items()}
    source = bpmn(*parts, top=top)
    straight, rested = (
        run(source, "case.bpmn", variables=given, process="P", loopback=loopback, resting=resting)
        for resting in (False, True)
    )
    answers = [rested]
    if straight["outcome"] != "refused" and not loopback and is_callable(source):
        answers.append(stored(source, given))
    for other in answers:
        assert other["outcome"] == straight["outcome"], (straight, other)
        assert raced or Counter(other["trace"]) == Counter(straight["trace"]), (straight, other)
    return straight


def said(*parts: str, **options: Any) -> list[str]:
    """Run the process of these parts to its end and return what it said; as :func:`played`."""
    answer = played(*parts, **options)
    assert answer["outcome"] == "completed", answer
    assert answer["reasons"] == []
    trace: list[str] = answer["trace"]
    return trace


def sets(name: str, variable: str, value: str) -> str:
    """A script task that sets a variable in silence."""
    return node(
        "scriptTask", name, f'<zeebe:script expression="={value}" resultVariable="{variable}"/>'
    )


def boundary(name: str, host: str, *inner: str, interrupts: bool = True) -> str:
    return node(
        "boundaryEvent",
        name,
        *inner,
        attachedToRef=host,
        cancelActivity="true" if interrupts else "false",
    )


def event_sub(name: str, *inner: str) -> str:
    return node("subProcess", name, *inner, triggeredByEvent="true")


def sub(name: str, *inner: str, **attributes: str) -> str:
    return node("subProcess", name, *inner, **attributes)


def throw(name: str, *inner: str) -> str:
    return node("intermediateThrowEvent", name, *inner)


def catch(name: str, *inner: str, **attributes: str) -> str:
    return node("intermediateCatchEvent", name, *inner, **attributes)


def gate(name: str, kind: str, *inner: str, **attributes: str) -> str:
    """A gateway of this kind: ``exclusive``, ``parallel``, ``inclusive`` …"""
    return node(f"{kind}Gateway", name, *inner, **attributes)


def fork(name: str, *targets: str) -> str:
    """A parallel gateway with a flow to each of these."""
    return node("parallelGateway", name) + "".join(flow(name, target) for target in targets)


def signal(name: str) -> str:
    """A signal's declaration, to stand beside the process."""
    return f'<bpmn:signal id="{name}" name="{name}"/>'


def on_signal(name: str) -> str:
    return f'<bpmn:signalEventDefinition signalRef="{name}"/>'


def escalation(name: str) -> str:
    """An escalation's declaration, to stand beside the process."""
    return f'<bpmn:escalation id="{name}" escalationCode="{name}"/>'


def on_escalation(name: str = "") -> str:
    reference = f' escalationRef="{name}"' if name else ""
    return f"<bpmn:escalationEventDefinition{reference}/>"


def on_condition(text: str) -> str:
    inner = f"<bpmn:condition>{text}</bpmn:condition>"
    return f"<bpmn:conditionalEventDefinition>{inner}</bpmn:conditionalEventDefinition>"


def on_link(name: str) -> str:
    return f'<bpmn:linkEventDefinition name="{name}"/>'


def on_compensation(activity: str = "", *, waits: bool = True) -> str:
    reference = f' activityRef="{activity}"' if activity else ""
    wait = "" if waits else ' waitForCompletion="false"'
    return f"<bpmn:compensateEventDefinition{reference}{wait}/>"


ON_CANCEL = "<bpmn:cancelEventDefinition/>"


def undoable(name: str) -> str:
    """A task that says its name, and the one that undoes it."""
    return (
        say(name)
        + boundary(f"{name}_comp", name, on_compensation())
        + say(f"undo{name}", isForCompensation="true")
        + f'<bpmn:association id="{name}_to" sourceRef="{name}_comp" targetRef="undo{name}"/>'
    )


def again(condition: str = "", maximum: str = "", *, before: bool = False) -> str:
    """Standard loop characteristics."""
    attributes = f' testBefore="{str(before).lower()}"'
    attributes += f' loopMaximum="{maximum}"' if maximum else ""
    inner = f"<bpmn:loopCondition>{condition}</bpmn:loopCondition>" if condition else ""
    tag = "standardLoopCharacteristics"
    return f"<bpmn:{tag}{attributes}>{inner}</bpmn:{tag}>"


def times(
    count: str, enough: str = "", *, sequential: bool = False, extra: str = "", **attributes: str
) -> str:
    """Multi-instance by a number."""
    given = "".join(f' {name}="{value}"' for name, value in attributes.items())
    inner = f"<bpmn:loopCardinality>{count}</bpmn:loopCardinality>{extra}"
    inner += f"<bpmn:completionCondition>{enough}</bpmn:completionCondition>" if enough else ""
    tag = "multiInstanceLoopCharacteristics"
    return f'<bpmn:{tag} isSequential="{str(sequential).lower()}"{given}>{inner}</bpmn:{tag}>'
