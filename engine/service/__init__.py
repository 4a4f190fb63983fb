"""The engine: one public method = one use case = one transaction."""

from engine.service.engine import Engine
from engine.service.linting import REFUSED, FileReport, lint_files, lint_paths
from engine.service.publications import Deployed, compile_files, read_folder
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
    StartView,
    StepView,
    SummaryItem,
    TaskView,
    Verification,
    WorkItemView,
    WorklistQuery,
)

__all__ = [
    "REFUSED",
    "ActionView",
    "CaseView",
    "CasesQuery",
    "Deployed",
    "DeploymentView",
    "Engine",
    "EventView",
    "FileReport",
    "FormView",
    "IncidentView",
    "Page",
    "PlaneView",
    "Problem",
    "SchemeView",
    "StartView",
    "StepView",
    "SummaryItem",
    "TaskView",
    "Verification",
    "WorkItemView",
    "WorklistQuery",
    "compile_files",
    "lint_files",
    "lint_paths",
    "read_folder",
]
