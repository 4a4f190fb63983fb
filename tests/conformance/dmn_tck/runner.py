"""Runs test cases: each model read once, each case against it, whatever happens counted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from engine.dmn import DecisionModel, evaluate, read_decisions
from engine.dmn.model import Knowledge, Service
from engine.errors import DecisionError
from engine.feel import Context, Value
from tests.conformance.dmn_tck.cases import Case, Expectation, Suite, find_suites
from tests.conformance.dmn_tck.report import Failure, Report
from tests.conformance.dmn_tck.values import same


def run(path: Path) -> Report:
    """Run every test case at or below a folder."""
    report = Report()
    now = datetime.now(UTC)
    with ThreadPoolExecutor(max_workers=1) as worker:
        for suite in find_suites(path):
            _run_suite(suite, now, worker, report)
    return report


def _run_suite(suite: Suite, now: datetime, worker: ThreadPoolExecutor, report: Report) -> None:
    reading = worker.submit(_model, suite)
    report.results_by_level[suite.level] += sum(len(case.expected) for case in suite.cases)
    # A future hands any exception over as a value: a crash is a failed case, not a stopped run.
    crash = reading.exception()
    unread = suite.problem or (crash and f"its model: {crash!r}") or ""
    if unread:
        cases = suite.cases or (Case("", {}, ()),)
        report.failures += [_failure(suite, case, unread) for case in cases]
        return
    for case in suite.cases:
        running = worker.submit(_reason, reading.result(), case, now)
        crash = running.exception()
        reason = f"crashed: {crash!r}" if crash else running.result()
        if reason:
            report.failures.append(_failure(suite, case, reason))
        else:
            report.passed_by_level[suite.level] += 1


def _failure(suite: Suite, case: Case, reason: str) -> Failure:
    return Failure(suite.level, suite.path.parent.name, suite.path.name, case.id, reason)


def _model(suite: Suite) -> DecisionModel:
    folder = suite.path.parent
    files = {file.name: file.read_bytes() for file in folder.glob("*.dmn")}
    name = suite.model or next(iter(sorted(files)), "")
    source = files.pop(name, None)
    if source is None:
        raise FileNotFoundError(f"{folder.name} has no model '{name}'")
    return read_decisions(source, name, files)


def _reason(model: DecisionModel, case: Case, now: datetime) -> str:
    """Return why a case fails; ``""`` if it passes."""
    if case.problem:
        return case.problem
    reasons = (_differs(model, case, expected, now) for expected in case.expected)
    return "; ".join(reason for reason in reasons if reason)


def _differs(model: DecisionModel, case: Case, expected: Expectation, now: datetime) -> str:
    target = _find(model, expected)
    if target is None:
        return f"the model has no '{expected.target}'"
    try:
        result = evaluate(model, target, case.inputs, now=now)
    except DecisionError as error:
        # A decision that cannot be evaluated has no value: null, as the kit writes it.
        if expected.value is None:
            return ""
        return f"{expected.name}: expected {expected.value!r}, but: {error}"
    value = _part(model, target, expected, result.value)
    if same(value, expected.value):
        return ""
    said = f" ({'; '.join(result.warnings)})" if result.warnings else ""
    return f"{expected.name}: expected {expected.value!r}, got {value!r}{said}"


def _find(model: DecisionModel, expected: Expectation) -> str | None:
    """Return the key of what a test names; decisions and functions may share a name."""
    decisions = {decision.name: key for key, decision in model.decisions.items()}
    functions = {
        element.name: key
        for key, element in model.elements.items()
        if isinstance(element, Service | Knowledge)
    }
    first, second = (functions, decisions) if expected.called else (decisions, functions)
    return first.get(expected.target) or second.get(expected.target)


def _part(model: DecisionModel, target: str, expected: Expectation, value: Value) -> Value:
    """Return the named decision's value out of a service that gives several."""
    service = model.services.get(target)
    if service is None or len(service.outputs) < 2 or not isinstance(value, Context):
        return value
    part: Value = value.get(expected.name, value)
    return part
