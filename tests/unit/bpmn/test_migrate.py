"""A case moves to another version: what goes with it, what cannot, and that nothing is lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest

from engine import bpmn
from engine.bpmn.migrate import migrate, plan_migration
from engine.bpmn.migration import Fate, Migrated, MigrationPlan, MigrationRefused
from engine.errors import CaseEnded
from tests.unit.bpmn.diagrams import (
    bpmn as diagram,
)
from tests.unit.bpmn.diagrams import (
    each,
    end,
    flow,
    inputs,
    line,
    message,
    node,
    on_message,
    process,
    properties,
    script,
    service,
    start,
    timer,
    user,
)
from tests.unit.bpmn.play import CASE, NOW, Play, compiled


def move(play: Play, new: bpmn.Publication, **mapping: str) -> Migrated:
    """Move a case as the service does: rows follow their activation."""
    found = migrate(play.publication, new, play.state, mapping, play._context())
    play.publication = new
    for rows in play.waiting.values():
        for activation, row in rows.items():
            if activation in found.places:
                rows[activation] = replace(row, element_id=found.places[activation])
    for kind, revised in (("tasks", found.tasks), ("subscriptions", found.subscriptions)):
        for each_row in revised:
            rows = play.waiting[kind]
            rows[each_row.activation] = replace(rows[each_row.activation], **each_row.values)
    play._take(found.outcome)
    return found


def planned(play: Play, new: bpmn.Publication, **mapping: str) -> MigrationPlan:
    return plan_migration(play.publication, new, play.state, mapping, play._context())


def fates(plan: MigrationPlan) -> dict[str, str]:
    return {str(m.new or m.old): str(m.fate) for m in plan.moves}


def codes(plan: MigrationPlan) -> list[str]:
    return [note.code for m in plan.moves for note in m.notes]


def one(*parts: str, top: str = "", **files: bytes) -> bpmn.Publication:
    return compiled(diagram(*parts, top=top), **files)


def straight(*middle: str, names: tuple[str, ...], top: str = "") -> bpmn.Publication:
    return one(start(), *middle, end(), line("S", *names, "E"), top=top)


# --- tasks ------------------------------------------------------------------------------------


def test_a_task_keeps_its_activation_and_due_date_and_takes_its_name_form_and_groups() -> None:
    due = '<zeebe:taskSchedule dueDate="=now() + duration(&quot;P2D&quot;)"/>'
    old = straight(user("A", due, name="Check"), names=("A",))
    groups = '<zeebe:assignmentDefinition candidateGroups="finance"/>'
    form = '<zeebe:formDefinition formId="F2"/>'
    source = diagram(
        start(), user("A", due, groups, form, name="Check well"), end(), line("S", "A", "E")
    )
    new = compiled(source, f__form=b'{"id": "F2", "type": "default", "components": []}')
    play = Play(old)
    before = play.at("A")
    found = move(play.later(days=1), new)
    assert codes(found.plan) == ["renamed", "form", "groups"]
    assert play.at("A") == replace(
        before, name="Check well", form_id="F2", candidate_groups=("finance",)
    )
    assert play.complete("A").done


def test_a_renamed_task_moves_by_the_mapping_and_only_by_it() -> None:
    old = straight(user("A", name="Check"), names=("A",))
    new = straight(user("B", name="Check"), names=("B",))
    play = Play(old)
    plan = planned(play, new)
    assert not plan.possible
    (reason,) = plan.reasons("en")
    assert reason == "the new version has no A. Map it to another element: B."
    assert plan.reasons("fr")[0].startswith("la nouvelle version n'a pas A.")
    with pytest.raises(MigrationRefused):
        migrate(old, new, play.state, {}, play._context())
    move(play, new, A="B")
    assert play.open("tasks") == ["B"]
    assert play.complete("B").done


def test_a_task_goes_to_no_element_of_another_kind() -> None:
    play = Play(straight(user("A"), names=("A",)))
    plan = planned(play, straight(service("A", "check"), user("B"), names=("A", "B")))
    assert codes(plan) == ["kind"]
    assert plan.moves[0].notes[0].near == ("B",)


def test_a_task_does_not_leave_its_scope_in_silence() -> None:
    play = Play(straight(user("A"), names=("A",)))
    inner = node("subProcess", "Sub", start("S2"), user("A"), end("E2"), line("S2", "A", "E2"))
    assert codes(planned(play, straight(inner, names=("Sub",)))) == ["scope"]


def test_a_mapping_that_names_what_is_not_there_is_a_problem() -> None:
    old = straight(user("Alpha"), names=("Alpha",))
    plan = planned(Play(old), old, Alpha="Bet", Alhpa="Alpha")
    assert [(p.code, p.near) for p in plan.problems] == [
        ("unknown-new", ()),
        ("unknown-old", ("Alpha", "S-Alpha", "Alpha-E")),
    ]


def test_an_ended_case_does_not_move() -> None:
    old = straight(user("A"), names=("A",))
    play = Play(old).complete("A")
    with pytest.raises(CaseEnded):
        planned(play, old)


def test_groups_that_read_the_same_stay_as_they_were_computed() -> None:
    groups = '<zeebe:assignmentDefinition candidateGroups="=[team]"/>'
    version = straight(user("A", groups), names=("A",))
    play = Play(version, team="north")
    assert move(play, version).tasks == ()
    assert play.at("A").candidate_groups == ("north",)


def test_groups_that_cannot_be_computed_in_the_new_version_are_a_reason_not_to_move() -> None:
    groups = '<zeebe:assignmentDefinition candidateGroups="=[nobody]"/>'
    play = Play(straight(user("A"), names=("A",)))
    plan = planned(play, straight(user("A", groups), names=("A",)))
    assert (plan.possible, codes(plan)) == (False, ["expression"])


# --- events on the way ------------------------------------------------------------------------


def catching(name: str, *inner: str) -> str:
    return node("intermediateCatchEvent", name, *inner)


def test_a_timer_keeps_the_moment_that_was_set() -> None:
    play = Play(straight(catching("T", timer("duration", "P1D")), names=("T",)))
    due = play.at("T").due
    found = move(play, straight(catching("T", timer("duration", "P9D")), names=("T",)))
    assert codes(found.plan) == ["timer"]
    assert play.at("T").due == due
    assert play.fire("T").done


def test_a_message_is_awaited_as_before_while_its_name_and_keys_are_the_same() -> None:
    version = straight(catching("C", on_message()), names=("C",), top=message())
    play = Play(version)
    found = move(play, version)
    assert (found.outcome.withdrawn, found.outcome.subscriptions) == ((), ())
    assert play.send("C").done


def test_another_message_is_awaited_anew_with_its_own_keys() -> None:
    play = Play(straight(catching("C", on_message()), names=("C",), top=message()), file=7)
    new = straight(catching("C", on_message("N")), names=("C",), top=message("N", "=file"))
    found = move(play, new)
    assert codes(found.plan) == ["message"]
    wanted = play.at("C")
    assert (wanted.message, wanted.keys) == ("N", {"key": 7})
    assert wanted.activation in found.outcome.withdrawn


def test_a_timer_does_not_become_a_message() -> None:
    play = Play(straight(catching("C", timer("duration", "P1D")), names=("C",)))
    new = straight(catching("C", on_message()), names=("C",), top=message())
    assert codes(planned(play, new)) == ["trigger"]


def conditional(text: str) -> str:
    return (
        '<bpmn:conditionalEventDefinition><bpmn:condition xsi:type="bpmn:tFormalExpression">'
        f"{text}</bpmn:condition></bpmn:conditionalEventDefinition>"
    )


def test_a_condition_that_reads_otherwise_is_asked_at_once() -> None:
    play = Play(straight(catching("C", conditional("=level = 3")), names=("C",)), level=2)
    new = straight(catching("C", conditional("=level = 2")), names=("C",))
    found = move(play, new)
    assert found.went_on
    assert play.done


# --- beside an activity -----------------------------------------------------------------------


def watched(*events: str) -> bpmn.Publication:
    """A task with boundary events, each with a way out of its own."""
    names = [event.split('id="')[1].split('"')[0] for event in events]
    ends = "".join(end(f"{name}e") + flow(name, f"{name}e") for name in names)
    return one(start(), user("A"), *events, ends, end(), line("S", "A", "E"))


def edge(name: str, *inner: str, interrupts: bool = True, host: str = "A") -> str:
    return node(
        "boundaryEvent",
        name,
        *inner,
        attachedToRef=host,
        cancelActivity=str(interrupts).lower(),
    )


REMIND = edge("Remind", timer("cycle", "R3/P1D"), interrupts=False)
LATE = edge("Late", timer("duration", "P5D"))


def test_a_boundary_timer_that_is_new_counts_from_the_migration() -> None:
    play = Play(watched(REMIND)).later(days=2)
    found = move(play, watched(REMIND, LATE))
    assert fates(found.plan) == {"A": "kept", "Remind": "kept", "Late": "armed"}
    assert play.at("Late").due == NOW + timedelta(days=7)
    assert found.plan.moves[-1].due == NOW + timedelta(days=7)
    assert not found.went_on
    assert play.fire("Late").done
    assert play.open("timers") == []


def test_a_boundary_event_that_is_gone_is_withdrawn() -> None:
    play = Play(watched(REMIND, LATE))
    found = move(play, watched(LATE))
    assert fates(found.plan)["Remind"] == "withdrawn"
    assert play.open("timers") == ["Late"]


def test_a_cycle_keeps_its_turn() -> None:
    play = Play(watched(REMIND)).fire("Remind")
    due = play.at("Remind").due
    move(play, watched(edge("Remind", timer("cycle", "R9/P2D"), interrupts=False)))
    assert play.at("Remind").due == due
    play.fire("Remind").fire("Remind")
    assert play.open("timers") == []  # Three times in all, as it was set.


def test_a_reminder_that_has_fired_for_good_is_not_set_again() -> None:
    once = edge("Remind", timer("duration", "P1D"), interrupts=False)
    play = Play(watched(once)).fire("Remind")
    found = move(play, watched(once))
    assert fates(found.plan) == {"A": "kept"}
    assert play.open("timers") == []


def test_a_boundary_event_that_now_waits_for_something_else_is_set_anew() -> None:
    play = Play(watched(edge("Late", timer("duration", "P5D"))))
    new = one(
        start(),
        user("A"),
        edge("Late", on_message()),
        end("Latee"),
        flow("Late", "Latee"),
        end(),
        line("S", "A", "E"),
        top=message(),
    )
    found = move(play, new)
    assert [(m.fate, m.old, m.new) for m in found.plan.moves[1:]] == [
        (Fate.WITHDRAWN, "Late", None),
        (Fate.ARMED, None, "Late"),
    ]
    assert play.open("timers") == []
    assert play.send("Late").done


def test_a_boundary_event_goes_with_its_renamed_host() -> None:
    play = Play(watched(LATE))
    new = one(
        start(),
        user("B"),
        edge("Late", timer("duration", "P5D"), host="B"),
        end("Latee"),
        flow("Late", "Latee"),
        end(),
        line("S", "B", "E"),
    )
    due = play.at("Late").due
    found = move(play, new, A="B")
    assert fates(found.plan) == {"B": "kept", "Late": "kept"}
    assert play.at("Late").due == due
    assert play.fire("Late").done


def listening(*subs: str, top: str = "") -> bpmn.Publication:
    return one(start(), user("A"), *subs, end(), line("S", "A", "E"), top=top)


def event_sub(name: str, *trigger: str, interrupts: bool = False) -> str:
    begin = start(f"{name}s", *trigger, isInterrupting=str(interrupts).lower())
    inside = (begin, user(f"{name}u"), end(f"{name}e"), line(f"{name}s", f"{name}u", f"{name}e"))
    return node("subProcess", name, *inside, triggeredByEvent="true")


def test_event_sub_processes_begin_to_listen_go_on_listening_and_stop() -> None:
    old = listening(
        event_sub("Ask", on_message()), event_sub("Old", timer("duration", "P1D")), top=message()
    )
    new = listening(
        event_sub("Ask", on_message()), event_sub("New", timer("duration", "P3D")), top=message()
    )
    play = Play(old)
    kept = play.at("Asks").activation
    found = move(play.later(days=1), new)
    assert fates(found.plan) == {"Asks": "kept", "Olds": "withdrawn", "A": "kept", "News": "armed"}
    assert play.at("Asks").activation == kept
    assert play.at("News").due == NOW + timedelta(days=4)
    play.send("Asks").fire("News")
    assert play.open("tasks") == ["A", "Asku", "Newu"]


def test_a_running_event_sub_process_moves_with_what_is_inside() -> None:
    version = listening(event_sub("Ask", on_message()), top=message())
    play = Play(version).send("Asks")
    new = listening(
        event_sub("Ask", on_message()).replace('"Asku"', '"Answer"').replace("-Asku", "-Answer"),
        top=message(),
    )
    move(play, new, Asku="Answer")
    assert play.open("tasks") == ["A", "Answer"]
    assert play.complete("Answer").complete("A").done


def test_events_behind_a_gateway_follow_the_new_version() -> None:
    def version(*events: tuple[str, str]) -> bpmn.Publication:
        parts = [catching(name, trigger) for name, trigger in events]
        parts += [flow("G", name) + flow(name, "E") for name, _ in events]
        gate = node("eventBasedGateway", "G")
        return one(start(), gate, *parts, end(), line("S", "G"), top=message())

    day, week = timer("duration", "P1D"), timer("duration", "P7D")
    play = Play(version(("C", on_message()), ("T", day)))
    found = move(play, version(("C", on_message()), ("W", week)))
    assert fates(found.plan) == {"G": "kept", "C": "kept", "T": "withdrawn", "W": "armed"}
    assert play.fire("W").done
    assert play.open("subscriptions") == []


# --- what holds others ------------------------------------------------------------------------


def test_a_sub_process_keeps_its_variables() -> None:
    def version(name: str) -> bpmn.Publication:
        inside = (start("S2"), user(name), end("E2"), line("S2", name, "E2"))
        return straight(node("subProcess", "Sub", inputs(own="=7"), *inside), names=("Sub",))

    play = Play(version("A"))
    found = move(play, version("B"), A="B")
    activation = play.at("B").activation
    variables = bpmn.variables_at(play.publication, play.state, activation)
    assert variables["own"] == 7
    assert fates(found.plan) == {"Sub": "kept", "B": "kept"}
    assert play.complete("B").done


def test_a_called_process_of_the_deployment_moves_too() -> None:
    def version(name: str) -> bpmn.Publication:
        called = process("Q", start("S2"), user(name), end("E2"), line("S2", name, "E2"))
        call = node("callActivity", "Call", '<zeebe:calledElement processId="Q"/>')
        return straight(call, names=("Call",), top=called)

    play = Play(version("A"))
    assert codes(planned(play, version("B"))) == ["gone"]
    move(play, version("B"), A="B")
    assert play.complete("B").done


@pytest.mark.parametrize("sequential", [True, False])
def test_a_multi_instance_goes_on_where_it_is(sequential: bool) -> None:
    def version(name: str) -> bpmn.Publication:
        loop = each("=[1, 2, 3]", "n", "=given", "all", sequential=sequential)
        return straight(user(name, loop), user("Z"), names=(name, "Z"))

    play = Play(version("A")).complete("A", given="x")
    open_before = len(play.open("tasks"))
    move(play, version("B"), A="B")
    assert play.open("tasks") == ["B"] * open_before
    play.complete("B", given="y").complete("B", given="z")
    assert play.variables["all"] == ("x", "y", "z")
    assert play.open("tasks") == ["Z"]


def test_a_multi_instance_does_not_become_a_sequence_or_a_single_task() -> None:
    def version(loop: str) -> bpmn.Publication:
        return straight(user("A", loop), names=("A",))

    play = Play(version(each("=[1, 2]")))
    assert set(codes(planned(play, version(each("=[1, 2]", sequential=True))))) == {"loop"}
    assert "loop" in codes(planned(play, version("")))


def ad_hoc(*names: str, sequential: bool = False) -> bpmn.Publication:
    inside = [user(name) for name in names]
    ordering = "Sequential" if sequential else "Parallel"
    sub = node("adHocSubProcess", "Free", *inside, ordering=ordering)
    return straight(sub, names=("Free",))


def test_an_ad_hoc_sub_process_takes_in_what_is_new_in_it() -> None:
    play = Play(ad_hoc("A", "B")).complete("A")
    found = move(play, ad_hoc("A", "B", "C"))
    assert fates(found.plan)["C"] == "armed"
    assert play.open("tasks") == ["B", "C"]
    assert play.complete("B").complete("C").done


def test_a_sequential_ad_hoc_sub_process_leaves_out_what_is_gone() -> None:
    play = Play(ad_hoc("A", "B", "C", sequential=True))
    move(play, ad_hoc("A", "C", "F", sequential=True))
    play.complete("A").complete("C").complete("F")
    assert play.done


def test_a_plan_says_where_the_new_version_would_stop_the_case() -> None:
    play = Play(watched(REMIND))
    wrong = edge("Late", timer("duration", "=unknown"))
    plan = planned(play, watched(REMIND, wrong))
    late = plan.moves[-1]
    assert (late.new, [note.code for note in late.notes]) == ("Late", ["armed", "stops"])
    assert plan.possible
    move(play, watched(REMIND, wrong))
    assert play.open("incidents") == ["Late"]


# --- joins ------------------------------------------------------------------------------------


def joined(*names: str, gate: str = "Meet") -> bpmn.Publication:
    parts = [user(name) + flow("Part", name) + flow(name, gate) for name in names]
    gates = node("parallelGateway", "Part") + node("parallelGateway", gate)
    return one(start(), gates, *parts, end(), line("S", "Part"), line(gate, "E"))


def test_a_token_at_a_join_keeps_the_flow_it_came_by() -> None:
    play = Play(joined("A", "B")).complete("A")
    move(play, joined("A", "B", gate="Join"), Meet="Join")
    assert not play.done
    assert play.complete("B").done


def test_a_token_at_a_join_needs_its_flow_in_the_new_version() -> None:
    play = Play(joined("A", "B")).complete("A")
    plan = planned(play, joined("C", "B"))
    assert codes(plan) == ["flow"]
    mapping = {"A-Meet": "C-Meet"}
    found = migrate(play.publication, joined("C", "B"), play.state, mapping, play._context())
    assert found.plan.possible


def test_a_join_that_waits_for_less_now_goes_on_at_once() -> None:
    def version(*names: str) -> bpmn.Publication:
        ways = [flow("Choose", n, "" if n == "A" else "=false") + flow(n, "Meet") for n in names]
        tasks = [node("task", name) for name in names]
        gates = node("exclusiveGateway", "Choose", default="Choose-A")
        gates += node("parallelGateway", "Meet")
        return one(start(), gates, *tasks, *ways, end(), line("S", "Choose"), line("Meet", "E"))

    play = Play(version("A", "B"))
    assert play.open("incidents") == ["Meet"]  # Nothing can come from B any more.
    found = move(play, version("A"))
    assert (found.went_on, play.done, play.open("incidents")) == (True, True, [])


# --- calls, incidents, compensation -----------------------------------------------------------


def calling(handler: str, address: str = '="x"', name: str = "A") -> bpmn.Publication:
    return straight(service(name, handler, inputs(address=address)), names=(name,))


def test_a_call_under_way_stays_as_it_was_made() -> None:
    play = Play(calling("send"))
    before = play.at("A")
    found = move(play, calling("send", '="y"', "B"), A="B")
    assert (found.calls, found.outcome.withdrawn) == ((), ())
    assert play.at("B") == replace(before, element_id="B")
    assert play.complete("B").done


def test_a_call_under_way_does_not_go_to_another_handler() -> None:
    play = Play(calling("send"))
    new = straight(service("A", "check"), names=("A",))
    assert codes(planned(play, new)) == ["handler"]


def test_a_call_that_an_incident_set_aside_is_retried_as_the_new_version_says() -> None:
    play = Play(calling("send"))
    activation = play.at("A").activation
    new = calling("send", '="y"')
    found = migrate(play.publication, new, play.state, {}, play._context(), frozenset({activation}))
    (call,) = found.calls
    assert (call.activation, call.arguments) == (activation, {"address": "y"})
    assert codes(found.plan) == ["call"]
    assert (found.outcome.calls, found.outcome.withdrawn, found.went_on) == ((), (), False)


def test_an_incident_goes_with_its_token_and_is_retried_in_the_new_version() -> None:
    def version(*more: str, **default: str) -> bpmn.Publication:
        gate = node("exclusiveGateway", "G", **default)
        return one(start(), gate, end(), line("S", "G"), flow("G", "E", "=no = 1"), *more)

    play = Play(version(), no=2)
    assert play.open("incidents") == ["G"]
    found = move(play, version(end("E2"), flow("G", "E2"), default="G-E2"))
    assert codes(found.plan) == ["incident"]
    assert play.open("incidents") == ["G"]
    assert play.retry("G").done


def undoable(task: str, undo: str) -> bpmn.Publication:
    compensation = "<bpmn:compensateEventDefinition/>"
    link = (
        f'<bpmn:association id="Link" sourceRef="{task}c" targetRef="{undo}" '
        'associationDirection="One"/>'
    )
    return one(
        start(),
        user(task),
        node("boundaryEvent", f"{task}c", compensation, attachedToRef=task),
        user(undo, isForCompensation="true"),
        link,
        user("Wait"),
        node("intermediateThrowEvent", "Back", compensation),
        end(),
        line("S", task, "Wait", "Back", "E"),
    )


def test_what_was_done_can_be_undone_by_the_new_version() -> None:
    play = Play(undoable("Pay", "Refund")).complete("Pay")
    new = undoable("Transfer", "Recall")
    assert codes(planned(play, new)) == ["gone"]
    move(play, new, Pay="Transfer")
    play.complete("Wait")
    assert play.open("tasks") == ["Recall"]
    assert play.complete("Recall").done


def test_what_nothing_would_undo_any_more_is_a_reason_not_to_move() -> None:
    play = Play(undoable("Pay", "Refund")).complete("Pay")
    new = one(start(), user("Pay"), user("Wait"), end(), line("S", "Pay", "Wait", "E"))
    assert codes(planned(play, new)) == ["undo"]


def test_a_compensation_half_done_goes_on() -> None:
    play = Play(undoable("Pay", "Refund")).complete("Pay").complete("Wait")
    new = undoable("Pay", "Recall")
    move(play, new, Refund="Recall")
    assert play.complete("Recall").done


def test_a_task_is_kept_apart_as_the_new_version_says() -> None:
    play = Play(straight(user("A"), names=("A",)))
    apart = properties(separateFrom="B", reasonRequired="true")
    found = move(play, straight(user("A", apart), user("B"), names=("A", "B")))
    assert found.tasks[0].values == {"separate_from": ("B",), "reason_required": True}


def test_a_script_that_failed_is_tried_again_with_the_corrected_one() -> None:
    play = Play(straight(script("X", "=function(x) x", "f"), names=("X",)))
    assert play.open("incidents") == ["X"]
    move(play, straight(script("X", "=1", "f"), names=("X",)))
    assert play.retry("X").done


def test_a_state_is_only_read_never_changed_by_a_plan() -> None:
    old = watched(REMIND, LATE)
    play = Play(old)
    before = orjson.loads(play.state)
    planned(play, watched(REMIND))
    assert orjson.loads(play.state) == before
    assert bpmn.StepContext(CASE, NOW) == play._context()


def test_notes_are_told_in_both_languages() -> None:
    play = Play(watched(REMIND))
    plan = planned(play, watched(LATE))
    told: Mapping[str, Any] = {
        language: [n.told(language) for m in plan.moves for n in m.notes]
        for language in ("fr", "en")
    }
    assert told["en"] == [
        "Remind no longer waits here: the new version does not have it at this place.",
        "Late is new here and waits from now on.",
    ]
    assert told["fr"][1] == "Late est nouveau ici et attend à partir de maintenant."
