"""Any file at all is run, or refused with its reasons; none makes door or lint crash or hang."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from engine.service import lint_paths
from tests.conformance.bpmn.support import (
    ON_CANCEL,
    boundary,
    catch,
    escalation,
    event_sub,
    fork,
    on_compensation,
    on_condition,
    on_escalation,
    on_link,
    on_signal,
    say,
    sets,
    signal,
    sub,
    throw,
    times,
    undoable,
)
from tests.conformance.bpmn_trace import run
from tests.unit.bpmn.diagrams import (
    HEAD,
    TERMINATE,
    bpmn,
    end,
    error,
    flow,
    line,
    message,
    node,
    on_error,
    on_message,
    process,
    start,
    timer,
)

OUTCOMES = {"completed", "waiting", "incident", "refused"}
RICH = bpmn(
    start(),
    sets("N", "n", "n + 1"),
    node("transaction", "X", start("XS"), undoable("A"), end("XE", ON_CANCEL),
         line("XS", "A", "XE")),
    boundary("XC", "X", ON_CANCEL),
    sub("P1", start("PS"), catch("W", timer("duration", "PT1H")), end("PE", on_error("x")),
        line("PS", "W", "PE"), event_sub("V", start("VS", on_signal("G"), isInterrupting="false"),
                                         say("B"), line("VS", "B")), times("2")),
    boundary("Y", "P1", on_error("x")),
    boundary("Z", "P1", timer("cycle", "R3/PT10M"), interrupts=False),
    fork("F", "T", "C", "C2", "L1"),
    throw("T", on_signal("G"), on_escalation("e"), on_compensation()),
    catch("C", on_signal("G")),
    catch("C2", on_condition("=n > 0")),
    throw("L1", on_link("l")),
    catch("L2", on_link("l")),
    node("callActivity", "Call", calledElement="Q"),
    node("inclusiveGateway", "J"),
    end("E", TERMINATE),
    line("S", "N", "X"),
    line("XC", "P1"),
    line("Y", "F"),
    line("T", "J"),
    line("C", "J"),
    line("C2", "J"),
    line("L2", "Call", "J", "E"),
    top=signal("G") + escalation("e") + error("x") + message("M")
    + process("Q", start("QS"), node("eventBasedGateway", "G1"), catch("QC", on_message("M")),
              catch("QW", timer("duration", "PT5M")), line("QS", "G1", "QC"), flow("G1", "QW")),
)  # fmt: skip
"""One diagram with something of everything."""


def outcome(source: bytes) -> str:
    answer = run(source, "any.bpmn", variables={"n": 1}, loopback=True, timeout_s=20)
    assert answer["outcome"] in OUTCOMES
    assert answer["outcome"] == "completed" or answer["reasons"], answer
    return str(answer["outcome"])


def linted(folder: Path, source: bytes) -> str:
    (folder / "any.bpmn").write_bytes(source)
    [report] = lint_paths([folder / "any.bpmn"], {})
    assert report.outcome in {"runs", "warnings", "refused"}
    return str(report.outcome)


def test_the_diagram_with_something_of_everything_runs_unchanged():
    assert outcome(RICH) == "completed"


def mutate(data: Any, root: Any) -> None:
    """Change one thing of a diagram."""
    nodes = [item for item in root.iter() if isinstance(item.tag, str)]
    item = data.draw(st.sampled_from(nodes))
    other = data.draw(st.sampled_from(nodes))
    what = data.draw(
        st.sampled_from(["attribute", "value", "text", "remove", "move", "copy", "tag"])
    )
    names = sorted(item.attrib)
    if what == "attribute" and names:
        del item.attrib[data.draw(st.sampled_from(names))]
    elif what == "value" and names:
        odd = st.sampled_from([*"SPXVG", "", " ", "true", "false", "-1", "é{}:", "=1", "=n", "All"])
        item.set(data.draw(st.sampled_from(names)), data.draw(odd))
    elif what == "text":
        item.text = data.draw(
            st.sampled_from(["", "R/PT1S", "=null", "P1D", "=n(", "${x}", "S", "0"])
        )
    elif what == "remove" and item.getparent() is not None:
        item.getparent().remove(item)
    elif what == "move" and item is not root and other not in item.iter():
        other.append(item)
    elif what == "copy" and item is not root:
        other.append(etree.fromstring(etree.tostring(item)))
    elif what == "tag" and item is not root:
        item.tag = other.tag


@settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
@given(st.data())
def test_a_diagram_changed_at_random_never_crashes_nor_hangs(tmp_path_factory, data):
    root = etree.fromstring(RICH)
    for _ in range(data.draw(st.integers(1, 4))):
        mutate(data, root)
    source = etree.tostring(root)
    outcome(source)
    linted(tmp_path_factory.mktemp("mutated"), source)


def nested(depth: int) -> str:
    inner = say("A")
    for number in range(depth):
        inner = sub(f"P{number}", inner)
    return (
        f'{HEAD}<bpmn:process id="P" isExecutable="true">{inner}</bpmn:process></bpmn:definitions>'
    )


def long(count: int) -> str:
    names = [f"T{number}" for number in range(count)]
    parts = start() + "".join(node("task", name) for name in names) + line("S", *names)
    return (
        f'{HEAD}<bpmn:process id="P" isExecutable="true">{parts}</bpmn:process></bpmn:definitions>'
    )


PLAIN = long(2)
ODD = {
    "empty": (b"", "refused"),
    "no XML": (b"\x00\x01\x02", "refused"),
    "text": (b"hello", "refused"),
    "another root": (b"<html/>", "refused"),
    "nothing in it": (f"{HEAD}</bpmn:definitions>".encode(), "refused"),
    "an empty process": (
        f'{HEAD}<bpmn:process id="P" isExecutable="true"/></bpmn:definitions>'.encode(),
        "refused",
    ),
    "a DTD": (b"<!DOCTYPE a>" + PLAIN.encode(), "refused"),
    "an entity": (
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
        + PLAIN.replace("></bpmn:startEvent>", ">&x;</bpmn:startEvent>").encode(),
        "refused",
    ),
    "a bomb": (
        b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        + PLAIN.encode(),
        "refused",
    ),
    "UTF-16": (f'<?xml version="1.0" encoding="UTF-16"?>{PLAIN}'.encode("utf-16"), "completed"),
    "Latin-1": (
        f'<?xml version="1.0" encoding="ISO-8859-1"?>{PLAIN.replace("T1", "Té")}'.encode("latin-1"),
        "completed",
    ),
    "a byte order mark": (PLAIN.encode("utf-8-sig"), "completed"),
    "an encoding that it has not": (
        f'<?xml version="1.0" encoding="UTF-8"?>{PLAIN.replace("T1", "Té")}'.encode("latin-1"),
        "refused",
    ),
    "an unknown encoding": (f'<?xml version="1.0" encoding="x-y"?>{PLAIN}'.encode(), "refused"),
    "cut off": (PLAIN.encode()[:-30], "refused"),
    "deep": (nested(15).encode(), "completed"),
    "too deep": (nested(200).encode(), "refused"),
    "far too deep": (nested(5_000).encode(), "refused"),
    "long": (long(5_000).encode(), "completed"),
    "a process without id": (PLAIN.replace('process id="P"', "process").encode(), "completed"),
    "no namespace": (PLAIN.replace(f"{HEAD}", "<bpmn:definitions>").encode(), "refused"),
    "no target namespace": (
        PLAIN.replace(' targetNamespace="https://example.invalid/test"', "").encode(),
        "completed",
    ),
    "processing instructions and comments": (
        (f"<?a b?><!-- c -->{PLAIN}<!-- d -->").replace("<bpmn:task", "<?e?><!-- f --><bpmn:task")
        .encode(),
        "completed",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", sorted(ODD))
def test_an_odd_file_is_run_or_refused(what, tmp_path):
    source, expected = ODD[what]
    assert outcome(source) == expected
    linted(tmp_path, source)
