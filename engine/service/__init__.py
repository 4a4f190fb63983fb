"""The engine: one public method = one use case = one transaction."""

from engine.service.engine import Engine
from engine.service.publications import Deployed, compile_files, lint_files, read_folder
from engine.service.views import (
    ActionView,
    CasesQuery,
    CaseView,
    DeploymentView,
    EventView,
    FormView,
    IncidentView,
    Page,
    PlaneView,
    Problem,
    SchemeView,
    StepView,
    SummaryItem,
    TaskView,
    Verification,
    WorkItemView,
    WorklistQuery,
)

__all__ = [
    "ActionView",
    "CaseView",
    "CasesQuery",
    "Deployed",
    "DeploymentView",
    "Engine",
    "EventView",
    "FormView",
    "IncidentView",
    "Page",
    "PlaneView",
    "Problem",
    "SchemeView",
    "StepView",
    "SummaryItem",
    "TaskView",
    "Verification",
    "WorkItemView",
    "WorklistQuery",
    "compile_files",
    "lint_files",
    "read_folder",
]
