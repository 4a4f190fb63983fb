"""What we rely on in SpiffWorkflow, held to the very release we have measured."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

import engine.bpmn
from engine.bpmn.state import read_state
from engine.bpmn.tokens import Token
from engine.bpmn.workflow import FeelEngine
from tests.unit.bpmn.diagrams import bpmn, line, node, start, user
from tests.unit.bpmn.play import CASE, NOW, Play, compiled

SOURCE = bpmn(start(), user("T"), node("task", "Next"), line("S", "T", "Next"))


def read_back():
    publication = compiled(SOURCE)
    state = Play(publication).state
    return read_state(publication, state, engine.bpmn.StepContext(CASE, NOW))


def test_the_release_is_the_one_that_was_measured():
    assert version("SpiffWorkflow") == "3.2.0"


def test_a_workflow_as_if_read_back_plants_no_root_and_looks_nothing_ahead():
    spec = BpmnProcessSpec(name="X")
    workflow = BpmnWorkflow(spec, deserializing=True)
    assert workflow.tasks == {}
    assert not hasattr(workflow, "task_tree")


def test_the_case_is_spiffworkflows_with_our_tokens_and_only_feel():
    case = read_back()
    assert isinstance(case, BpmnWorkflow)
    assert isinstance(case.script_engine, FeelEngine)
    assert all(isinstance(task, Token) for task in case.tasks.values())


def test_running_a_task_goes_through_the_librarys_states_and_hooks():
    case = read_back()
    [token] = case.live()
    assert token.state == TaskState.STARTED
    case.resume(token)
    assert token.state == TaskState.READY
    assert token.run() is True
    assert token.state == TaskState.COMPLETED
    assert [t.task_spec.name for t in case.live()] == ["Next"]
    assert token.id not in case.tasks


def test_no_python_is_evaluated_anywhere():
    folder = Path(engine.bpmn.__file__).parent
    for path in folder.glob("*.py"):
        text = path.read_text()
        assert "PythonScriptEngine" not in text
        assert " eval(" not in text
        assert "exec(" not in text
