"""The workflow patterns of control flow, as BPMN draws them (WCP-1 to WCP-43).

Source: Russell, ter Hofstede, van der Aalst, Mulyar: Workflow Control-Flow Patterns, a Revised
View, 2006. What BPMN cannot draw is missing: WCP-15 and 36 (instances without a priori knowledge),
WCP-39 (critical section) and WCP-18 but for its form with a withdrawn event.
"""

from __future__ import annotations

import pytest

from tests.conformance.bpmn.support import (
    again,
    boundary,
    catch,
    event_sub,
    fork,
    gate,
    on_signal,
    played,
    said,
    say,
    sets,
    signal,
    sub,
    throw,
    times,
)
from tests.unit.bpmn.diagrams import (
    TERMINATE,
    end,
    error,
    flow,
    line,
    message,
    node,
    on_error,
    on_message,
    start,
    timer,
)


def hours(count: int) -> str:
    return timer("duration", f"PT{count}H")


def late(name: str, count: int) -> str:
    """A task that is done after so many hours; it begins at ``<name>w``."""
    return catch(f"{name}w", hours(count)) + say(name) + line(f"{name}w", name)


BOTH = (start(), fork("F", "A", "B"), line("S", "F"), say("A"), say("B"))
THREE = (start(), fork("F", "A", "Bw", "Cw"), line("S", "F"), say("A"), late("B", 1), late("C", 2))
"""Three tasks in parallel, done at once, after one hour and after two."""


def enough(count: int) -> str:
    """A complex gateway ``G`` that goes on with so many tokens."""
    inner = f"<bpmn:activationCondition>=activationCount &gt;= {count}</bpmn:activationCondition>"
    return gate("G", "complex", inner)


# --- basic control flow ---------------------------------------------------------------------------


def test_wcp_1_sequence():
    assert said(start(), say("A"), say("B"), say("C"), end(), line("S", "A", "B", "C", "E")) == [
        "A", "B", "C",
    ]  # fmt: skip


def test_wcp_2_parallel_split_and_3_synchronisation():
    parts = (*THREE, gate("J", "parallel"), say("Z"), line("A", "J", "Z"), line("B", "J"))
    assert said(*parts, line("C", "J")) == ["A", "B", "C", "Z"]


@pytest.mark.parametrize(("x", "expected"), [(True, ["A", "Z"]), (False, ["B", "Z"])])
def test_wcp_4_exclusive_choice_and_5_simple_merge(x, expected):
    assert said(
        start(), gate("X", "exclusive", default="X-B"), say("A"), say("B"), gate("M", "exclusive"),
        say("Z"), line("S", "X", "B", "M", "Z"), flow("X", "A", "=x"), line("A", "M"), x=x,
    ) == expected  # fmt: skip


# --- advanced branching and synchronisation -------------------------------------------------------


def test_wcp_6_multi_choice_and_7_structured_synchronising_merge():
    parts = (
        start(), gate("O", "inclusive", default="O-K"), say("A"), say("B"), say("K"),
        gate("J", "inclusive"), say("Z"), line("S", "O", "K", "J", "Z"), flow("O", "A", "=x > 0"),
        flow("O", "B", "=x > 1"), line("A", "J"), line("B", "J"),
    )  # fmt: skip
    assert said(*parts, x=0) == ["K", "Z"]
    assert said(*parts, x=1) == ["A", "Z"]
    assert said(*parts, x=2) == ["A", "B", "Z"]


def test_wcp_8_multi_merge():
    assert said(*BOTH, say("C"), line("A", "C"), line("B", "C")) == ["A", "B", "C", "C"]


def test_wcp_9_structured_discriminator():
    parts = (*THREE, enough(1), say("Z"), line("A", "G", "Z"), line("B", "G"), line("C", "G"))
    assert said(*parts) == ["A", "Z", "B", "C"]


def test_wcp_28_blocking_discriminator():
    again_later = (
        start(), say("Q", completionQuantity="2"), fork("F", "A", "Bw"), line("S", "Q", "F"),
        say("A"), late("B", 1), enough(1), say("Z"), line("A", "G", "Z"), line("B", "G"),
    )  # fmt: skip
    assert said(*again_later).count("Z") == 2


def test_wcp_29_cancelling_discriminator():
    inner = sub(
        "P1", start("PS"), fork("F", "A", "Bw"), say("A"), late("B", 1), gate("X", "exclusive"),
        end("T", TERMINATE), line("PS", "F"), line("A", "X", "T"), line("B", "X"),
    )  # fmt: skip
    assert said(start(), inner, say("Z"), line("S", "P1", "Z")) == ["A", "Z"]


@pytest.mark.parametrize(("count", "expected"), [
    (1, ["A", "Z", "B", "C"]), (2, ["A", "B", "Z", "C"]), (3, ["A", "B", "C", "Z"]),
])  # fmt: skip
def test_wcp_30_structured_partial_join(count, expected):
    parts = (*THREE, enough(count), say("Z"), line("A", "G", "Z"), line("B", "G"), line("C", "G"))
    assert said(*parts) == expected


def test_wcp_31_blocking_partial_join():
    parts = (
        start(), say("Q", completionQuantity="2"), fork("F", "A", "Bw", "Cw"), line("S", "Q", "F"),
        say("A"), late("B", 1), late("C", 2), enough(2), say("Z"), line("A", "G", "Z"),
        line("B", "G"), line("C", "G"),
    )  # fmt: skip
    trace = said(*parts)
    assert (trace.count("Z"), trace.count("C")) == (2, 2)


def test_wcp_32_cancelling_partial_join():
    inner = sub(
        "P1", start("PS"), fork("F", "A", "Bw", "Cw"), say("A"), late("B", 1), late("C", 2),
        enough(2), end("T", TERMINATE), line("PS", "F"), line("A", "G", "T"), line("B", "G"),
        line("C", "G"),
    )  # fmt: skip
    assert said(start(), inner, say("Z"), line("S", "P1", "Z")) == ["A", "B", "Z"]


def test_wcp_33_generalised_and_join():
    parts = (
        start(), say("Q", completionQuantity="2"), gate("F", "parallel"), say("A"), say("B"),
        gate("J", "parallel"), say("Z"), line("S", "Q", "F", "A", "J", "Z"), line("F", "B", "J"),
    )  # fmt: skip
    assert said(*parts).count("Z") == 2


def test_wcp_37_local_synchronising_merge_in_an_unstructured_graph():
    parts = (
        start(), gate("O", "inclusive"), say("A"), say("B"), say("C"),
        gate("X", "exclusive", default="X-E"), end(), gate("J", "inclusive"), say("Z"),
        line("S", "O"), flow("O", "A", "=true"), flow("O", "B", "=y"), line("A", "C", "J", "Z"),
        line("B", "X", "E"), flow("X", "J", "=z"),
    )  # fmt: skip
    assert said(*parts, y=True, z=True) == ["A", "B", "C", "Z"]
    assert said(*parts, y=True, z=False) == ["A", "B", "C", "Z"]
    assert said(*parts, y=False, z=False) == ["A", "C", "Z"]


def test_wcp_38_general_synchronising_merge_with_a_loop_before_it():
    assert said(
        start(), sets("N0", "n", "0"), fork("F", "A", "L"), say("A"), gate("L", "exclusive"),
        late("B", 1), sets("N", "n", "n + 1"), gate("X", "exclusive", default="X-J"),
        gate("J", "inclusive"), say("Z"), line("S", "N0", "F"), line("A", "J", "Z"),
        line("L", "Bw"), line("B", "N", "X", "J"), flow("X", "L", "=n < 3"),
    ) == ["A", "B", "B", "B", "Z"]  # fmt: skip


def test_wcp_41_thread_merge_and_42_thread_split():
    parts = (
        start(), say("A", completionQuantity="3"), say("B"), say("C", startQuantity="3"), say("K"),
        line("S", "A", "B", "C", "K"),
    )  # fmt: skip
    assert said(*parts) == ["A", "B", "B", "B", "C", "K"]


# --- structure ------------------------------------------------------------------------------------


def test_wcp_10_arbitrary_cycles():
    assert said(
        start(), sets("N0", "n", "0"), gate("M1", "exclusive"), say("A"), gate("M2", "exclusive"),
        say("B"), sets("N", "n", "n + 1"), gate("X1", "exclusive", default="X1-X2"),
        gate("X2", "exclusive", default="X2-E"), end(),
        line("S", "N0", "M1", "A", "M2", "B", "N", "X1", "X2", "E"), flow("X1", "M1", "=n = 1"),
        flow("X2", "M2", "=n = 2"),
    ) == ["A", "B", "A", "B", "B"]  # fmt: skip


def test_wcp_11_implicit_termination():
    assert said(*THREE) == ["A", "B", "C"]


def test_wcp_21_structured_loop():
    assert said(start(), say("A", again("=loopCounter &lt; 3")), say("B"), line("S", "A", "B")) == [
        "A", "A", "A", "B",
    ]  # fmt: skip


def test_wcp_22_recursion():
    assert said(
        start(), say("A"), sets("N", "n", "n - 1"), gate("X", "exclusive", default="X-E"), end(),
        node("callActivity", "C", calledElement="P"), say("B"), line("S", "A", "N", "X", "E"),
        flow("X", "C", "=n > 0"), line("C", "B"), n=2,
    ) == ["A", "A", "B"]  # fmt: skip


def test_wcp_43_explicit_termination():
    assert said(*THREE, end("T", TERMINATE), line("B", "T")) == ["A", "B"]


# --- multiple instances ---------------------------------------------------------------------------


def test_wcp_12_instances_without_synchronisation():
    trace = said(
        start(), sets("N0", "n", "0"), gate("L", "exclusive"), say("A"), sets("N", "n", "n + 1"),
        gate("X", "exclusive", default="X-E"), end(), line("S", "N0", "L", "N"),
        line("N", "X", "E"), line("N", "A"), flow("X", "L", "=n < 3"),
    )  # fmt: skip
    assert trace == ["A", "A", "A"]


@pytest.mark.parametrize("count", ["3", "=n + 1"])
def test_wcp_13_and_14_instances_with_knowledge_at_design_time_or_at_run_time(count):
    assert said(start(), say("A", times(count)), say("B"), line("S", "A", "B"), n=2) == [
        "A", "A", "A", "B",
    ]  # fmt: skip


def slow_instances(*inner: str) -> str:
    """Three instances, done after one, two and three hours."""
    wait = timer("duration", '=duration("PT" + string(loopCounter) + "H")')
    return sub("P1", start("PS"), catch("W", wait), say("A"), line("PS", "W", "A"), *inner)


def test_wcp_26_cancel_multiple_instance_activity():
    assert said(
        start(), slow_instances(times("3")), say("B"), line("S", "P1", "B"),
        boundary("X", "P1", timer("duration", "PT90M")), say("C"), line("X", "C"),
    ) == ["A", "C"]  # fmt: skip


def test_wcp_27_complete_multiple_instance_activity():
    assert said(
        start(), fork("F", "P1", "W2"), line("S", "F"), slow_instances(times("3", "=done")),
        say("B"), line("P1", "B"), catch("W2", timer("duration", "PT90M")),
        sets("N", "done", "true"), line("W2", "N"), done=False,
    ) == ["A", "A", "B"]  # fmt: skip


def test_wcp_34_static_partial_join_lets_the_rest_go_on_beside():
    first = "<bpmn:condition>=numberOfCompletedInstances = 2</bpmn:condition>"
    thrown = f'<bpmn:event id="XE">{on_signal("N")}</bpmn:event>'
    extra = f"<bpmn:complexBehaviorDefinition>{first}{thrown}</bpmn:complexBehaviorDefinition>"
    assert said(
        start(), slow_instances(times("3", behavior="Complex", extra=extra)), line("S", "P1"),
        boundary("X", "P1", on_signal("N"), interrupts=False), say("B"), line("X", "B"),
        top=signal("N"),
    ) == ["A", "A", "B", "A"]  # fmt: skip


def test_wcp_35_cancelling_partial_join_for_multiple_instances():
    loop = times("3", "=numberOfCompletedInstances &gt;= 2")
    assert said(start(), slow_instances(loop), say("B"), line("S", "P1", "B")) == ["A", "A", "B"]


# --- state ----------------------------------------------------------------------------------------


def test_wcp_16_deferred_choice():
    assert said(
        start(), gate("G", "eventBased"), catch("C1", hours(2)), catch("C2", hours(1)), say("A"),
        say("B"), line("S", "G", "C1", "A"), line("G", "C2", "B"),
    ) == ["B"]  # fmt: skip


def test_wcp_17_and_40_interleaved_routing():
    inner = node(
        "adHocSubProcess", "P1", say("A"), say("B"), say("C"), line("A", "B"), ordering="Sequential"
    )
    trace = said(start(), inner, say("Z"), line("S", "P1", "Z"))
    assert sorted(trace[:-1]) == ["A", "B", "C"]
    assert trace.index("A") < trace.index("B")
    assert trace[-1] == "Z"


@pytest.mark.parametrize(("reached", "expected"), [(1, ["B"]), (3, ["C"])])
def test_wcp_18_milestone_that_is_offered_only_until_it_is_passed(reached, expected):
    assert said(
        start(), fork("F", "G", "W"), line("S", "F"), gate("G", "eventBased"),
        catch("C1", on_signal("N")), catch("C2", hours(2)), say("B"), say("C"),
        line("G", "C1", "B"), line("G", "C2", "C"), catch("W", hours(reached)),
        throw("T", on_signal("N")), line("W", "T"), top=signal("N"),
    ) == expected  # fmt: skip


# --- cancellation -----------------------------------------------------------------------------


def test_wcp_19_cancel_activity():
    assert said(
        start(), node("userTask", "U"), say("A"), boundary("X", "U", hours(1)), say("B"),
        line("S", "U", "A"), line("X", "B"),
    ) == ["B"]  # fmt: skip


def test_wcp_20_cancel_case():
    assert said(
        *THREE, event_sub("V", start("VS", timer("duration", "PT90M")), say("Z"), line("VS", "Z"))
    ) == ["A", "B", "Z"]  # fmt: skip


def test_wcp_25_cancel_region():
    inner = sub(
        "P1", start("PS"), fork("F", "Bw", "Cw", "Ew"), late("B", 1), late("C", 3),
        catch("Ew", hours(2)), end("PE", on_error("x")), line("PS", "F"), line("Ew", "PE"),
    )  # fmt: skip
    assert said(
        start(), fork("O", "P1", "Kw"), line("S", "O"), inner, boundary("X", "P1", on_error("x")),
        say("Z"), line("X", "Z"), late("K", 4), top=error("x"),
    ) == ["B", "Z", "K"]  # fmt: skip


# --- triggers ---------------------------------------------------------------------------------


def test_wcp_23_a_transient_trigger_is_lost_where_nobody_waits():
    answer = played(
        start(), throw("T", on_signal("N")), catch("C", on_signal("N")), say("A"),
        line("S", "T", "C", "A"), top=signal("N"),
    )  # fmt: skip
    assert (answer["outcome"], answer["trace"]) == ("waiting", [])


def test_wcp_24_a_persistent_trigger_is_kept_until_somebody_waits():
    assert said(
        start(), throw("T", on_message()), catch("W", hours(1)), catch("C", on_message()),
        say("A"), line("S", "T", "W", "C", "A"), top=message("M", '="k"'), loopback=True,
    ) == ["A"]  # fmt: skip
