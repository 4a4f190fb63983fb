"""Shared processes offer work to roles of all schemes; each scheme has those that it needs."""

from __future__ import annotations

import pytest

from engine.service import lint_files
from tests.unit.rules.frame import HANDLERS, files_of

TASK = '<userTask id="A"><zeebe:assignmentDefinition candidateGroups="{}"/></userTask>\nS → A → E'


@pytest.mark.parametrize(
    ("groups", "warned"),
    [("officer,adviser", False), ("adviser,counsellor", True)],
    ids=["one of the scheme's", "none of the scheme's"],
)
def test_a_shared_task_warns_only_where_a_scheme_has_none_of_its_roles(
    groups: str, warned: bool
) -> None:
    files = dict(files_of("bpmn", "S → E"))
    shared = files_of("bpmn", TASK.format(groups))["p.bpmn"]
    renamed = shared.replace(b'id="P"', b'id="Q"').replace(b'"S"', b'"S2"').replace(b'"E"', b'"E2"')
    files["common/q.bpmn"] = renamed
    call = '<callActivity id="C"><zeebe:calledElement processId="Q"/></callActivity>\nS → C → E'
    files["p.bpmn"] = files_of("bpmn", call)["p.bpmn"]
    found = [f for f in lint_files(files, HANDLERS) if f.rule == "scheme.role"]
    assert [f.file for f in found] == ["common/q.bpmn"] * (2 if warned else 0)
