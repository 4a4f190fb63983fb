"""Sub-processes, called processes, multi-instances: whose variables are whose."""

from __future__ import annotations

from decimal import Decimal

from engine import bpmn as engine_bpmn
from engine.model import CompleteActivity
from tests.unit.bpmn.diagrams import (
    bpmn,
    each,
    end,
    error,
    flow,
    inputs,
    line,
    node,
    on_error,
    outputs,
    process,
    properties,
    script,
    service,
    start,
    user,
)
from tests.unit.bpmn.play import Play, compiled


def test_an_input_mapping_makes_a_local_and_a_result_goes_to_the_process():
    source = bpmn(
        start(),
        user("T", inputs(shown="=amount * 2")),
        end(),
        line("S", "T", "E"),
    )
    play = Play(compiled(source), amount=2)
    seen = engine_bpmn.variables_at(play.publication, play.state, play.at("T").activation)
    assert seen["shown"] == 4
    assert seen["scheme"]["ceiling"] == 3_700_000
    play.complete("T", answer="yes")
    assert play.variables == {"amount": 2, "answer": "yes"}


def test_with_output_mappings_only_those_leave():
    source = bpmn(
        start(), user("T", outputs(**{"person.level": "=level"})), end(), line("S", "T", "E")
    )
    play = Play(compiled(source), person={"region": "NW"}).complete("T", level="social", note="x")
    assert play.variables == {"person": {"region": "NW", "level": "social"}}


def test_a_sub_processs_own_variable_ends_with_it_and_a_known_one_is_changed_outside():
    source = bpmn(
        start(),
        node(
            "subProcess",
            "Block",
            inputs(own="=1"),
            start("BS"),
            script("Change", "={known: known + own, own: own + 1}"),
            line("BS", "Change"),
        ),
        end(),
        line("S", "Block", "E"),
    )
    play = Play(compiled(source), known=10)
    assert play.done
    assert play.variables == {"known": Decimal(11)}


CALLED = process("Q", start("QS"), user("Do"), end("QE"), line("QS", "Do", "QE"))


def caller(*inner: str) -> bytes:
    call = node("callActivity", "Call", '<zeebe:calledElement processId="Q"/>', *inner)
    return bpmn(start(), call, user("After"), line("S", "Call", "After"), top=CALLED)


def test_a_called_process_sees_a_copy_and_gives_back_all():
    play = Play(compiled(caller()), a=1)
    play.complete("Do", a=2, b=3)
    assert play.open("tasks") == ["After"]
    assert play.variables == {"a": 2, "b": 3}


def test_a_called_process_with_mappings_sees_and_gives_only_these():
    play = Play(compiled(caller(inputs(x="=a + 1"), outputs(result="=x + y"))), a=1)
    seen = engine_bpmn.variables_at(play.publication, play.state, play.at("Do").activation)
    assert set(seen) == {"x", "scheme"}
    play.complete("Do", y=10)
    assert play.variables == {"a": 1, "result": 12}


def test_an_error_leaves_a_called_process():
    called = process("Q", start("QS"), service("Do", "check"), line("QS", "Do"))
    source = bpmn(
        start(),
        node("callActivity", "Call", calledElement="Q"),
        node("boundaryEvent", "Full", on_error("full"), attachedToRef="Call"),
        user("Other"),
        line("S", "Call"),
        line("Full", "Other"),
        top=called + error("full"),
    )
    assert Play(compiled(source)).throw("Do", "full").open("tasks") == ["Other"]


def test_a_process_that_calls_itself_without_end_is_an_incident():
    source = bpmn(start(), node("callActivity", "Call", calledElement="P"), line("S", "Call"))
    [incident] = Play(compiled(source)).waiting["incidents"].values()
    assert incident.code == "step-limit"


def test_a_parallel_multi_instance_collects_outputs_in_the_items_order():
    source = bpmn(
        start(),
        user("Vote", each("=members", "member", "=vote", "votes")),
        end(),
        line("S", "Vote", "E"),
    )
    play = Play(compiled(source), members=["ann", "bob", "cid"])
    assert play.open("tasks") == ["Vote"] * 3
    first, second, third = sorted(play.waiting["tasks"])
    play.do(CompleteActivity(third, {"vote": 3}))
    play.do(CompleteActivity(first, {"vote": 1}))
    assert "votes" not in play.variables
    play.do(CompleteActivity(second, {"vote": 2}))
    assert play.done
    assert play.variables == {"members": ("ann", "bob", "cid"), "votes": (1, 2, 3)}


def test_a_sequential_multi_instance_goes_one_by_one_with_its_own_scope():
    source = bpmn(
        start(),
        node(
            "subProcess",
            "Each",
            start("BS"),
            user("Pay", inputs(what="=item", turn="=loopCounter")),
            line("BS", "Pay"),
            each("=items", "item", "=done", "all", sequential=True),
        ),
        end(),
        line("S", "Each", "E"),
    )
    play = Play(compiled(source), items=[10, 20])
    for turn, item in ((1, 10), (2, 20)):
        assert play.open("tasks") == ["Pay"]
        seen = engine_bpmn.variables_at(play.publication, play.state, play.at("Pay").activation)
        assert (seen["what"], seen["turn"], seen["item"]) == (item, turn, item)
        play.complete("Pay", done=item + 1)
    assert play.done
    assert play.variables == {"items": (10, 20), "all": (11, 21)}


def test_a_completion_condition_withdraws_the_other_instances():
    source = bpmn(
        start(),
        user("Vote", each("=[1, 2, 3, 4]", enough="=numberOfCompletedInstances &gt;= 2")),
        end(),
        line("S", "Vote", "E"),
    )
    play = Play(compiled(source)).complete("Vote")
    assert play.open("tasks") == ["Vote"] * 3
    assert play.complete("Vote").done
    assert play.open("tasks") == []


def test_an_empty_collection_is_passed_at_once_and_no_list_is_an_incident():
    source = bpmn(
        start(), user("Vote", each("=members", into="votes", output="=v")), line("S", "Vote")
    )
    play = Play(compiled(source), members=[])
    assert play.done
    assert play.variables["votes"] == ()
    assert Play(compiled(source), members=5).at("Vote", "incidents").code == "expression"


def test_interrupting_a_multi_instance_withdraws_every_instance():
    source = bpmn(
        start(),
        service("Call", "check", each("=[1, 2, 3]", "amount"), inputs(amount="=amount")),
        node("boundaryEvent", "Full", on_error("full"), attachedToRef="Call"),
        user("Other"),
        line("S", "Call"),
        line("Full", "Other"),
        top=error("full"),
    )
    play = Play(compiled(source))
    assert sorted(c.arguments["amount"] for c in play.waiting["calls"].values()) == [1, 2, 3]
    play.throw("Call", "full")
    assert play.open("calls") == []
    assert play.open("tasks") == ["Other"]


def test_a_task_tells_who_when_and_why():
    lanes = (
        '<bpmn:laneSet id="L"><bpmn:lane id="L1" name="officer">'
        "<bpmn:flowNodeRef>T</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>"
    )
    source = bpmn(
        lanes,
        start(),
        node(
            "subProcess",
            "Phase",
            properties(phase="launch"),
            start("BS"),
            user(
                "Inner",
                '<zeebe:formDefinition formId="f"/>',
                '<zeebe:assignmentDefinition assignee="=who" candidateGroups="a, b" '
                'candidateUsers="=[&quot;u&quot;]"/>',
                '<zeebe:taskSchedule dueDate="=now() + duration(&quot;P2D&quot;)" '
                'followUpDate="2026-02-01T08:00:00Z"/>',
                '<zeebe:priorityDefinition priority="=70"/>',
                properties(separateFrom="T", reasonRequired="true"),
            ),
            line("BS", "Inner"),
        ),
        user("T", properties(workingDays="5")),
        line("S", "T", "Phase"),
    )
    play = Play(compiled(source, f__form=b'{"id": "f", "components": []}'), who="conseiller")
    assert play.at("T").candidate_groups == ("officer",)
    assert play.at("T").due.isoformat() == "2026-02-06T09:00:00+00:00"
    task = play.complete("T").at("Inner")
    assert (task.form_id, task.assignee, task.candidate_groups) == ("f", "conseiller", ("a", "b"))
    assert (task.candidate_users, task.priority, task.phase) == (("u",), 70, "launch")
    assert (task.separate_from, task.reason_required) == (("T",), True)
    assert task.due.isoformat() == "2026-02-02T09:00:00+00:00"


def test_a_handler_gets_its_mappings_and_headers():
    headers = (
        '<zeebe:taskHeaders><zeebe:header key="template" value="visit-due"/></zeebe:taskHeaders>'
    )
    source = bpmn(start(), service("N", "send", inputs(address="=to"), headers), line("S", "N"))
    call = Play(compiled(source), to="subject").at("N")
    assert (call.handler, call.local, call.retries) == ("send", False, 3)
    assert dict(call.arguments) == {"address": "subject", "template": "visit-due"}


def test_scheme_and_case_are_seen_and_cannot_be_hidden_by_a_variable():
    source = bpmn(
        start(),
        script("T", "={top: scheme.ceiling, who: case.reference, about: case.subject}"),
        line("S", "T"),
    )
    play = Play(compiled(source), case="hidden")
    assert play.variables["top"] == 3_700_000
    assert play.variables["who"] == "CM-TEST-2026-00001"


def test_an_implicit_end_ends_the_process():
    source = bpmn(start(), flow("S", "T"), node("task", "T"))
    assert Play(compiled(source)).done


def test_a_called_process_does_not_bring_back_what_others_changed_meanwhile():
    source = bpmn(
        start(),
        node("callActivity", "Call", calledElement="Q"),
        user("Beside"),
        line("S", "Call"),
        line("S", "Beside"),
        top=CALLED,
    )
    play = Play(compiled(source), status="pending", amount=1)
    play.complete("Beside", status="approved")
    play.complete("Do", amount=2)
    assert play.done
    assert play.variables == {"status": "approved", "amount": 2}


def test_a_function_is_kept_nowhere():
    source = bpmn(start(), script("T", "={f: function(x) x + 1}"), line("S", "T"))
    assert Play(compiled(source)).at("T", "incidents").code == "expression"
