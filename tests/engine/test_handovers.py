"""Handover: a case's message begins another about the same person; both know of each other."""

from __future__ import annotations

from pathlib import Path

from engine.model import Actor, Grant
from engine.store.cases import link_subject, lock_case
from tests.engine.conftest import ANNA, Bench
from tests.engine.test_signals import GROUPS, TASK, deploy
from tests.unit.bpmn.diagrams import (
    bpmn,
    end,
    inputs,
    line,
    message,
    on_message,
    start,
    user,
)

AWAY = Actor("away", (Grant("clerk", "another-office", "CM"),))


def prepares(**carried: str) -> bytes:
    """A scheme that asks for a task and then hands over."""
    return bpmn(
        start("S", GROUPS),
        user("T", TASK),
        end("E", inputs(**carried), on_message("M")),
        line("S", "T", "E"),
        top=message("M", "=case.id"),
    )


def receives() -> bytes:
    """A scheme that begins by the message and asks for a task."""
    return bpmn(
        start("S", on_message("M")),
        user("T", TASK),
        end("E"),
        line("S", "T", "E"),
        top=message("M", "=case.id"),
    )


def handed_over(bench: Bench, folder: Path, **carried: str) -> tuple[str, str]:
    """Prepare a case about a person, hand it over, and return both cases' ids."""
    deploy(bench, folder, "first", prepares(**carried))
    deploy(bench, folder, "second", receives())
    case_id = bench.engine.start("cm/first", {}, ANNA).id
    with bench.store.unit_of_work() as uow:
        case = lock_case(uow, case_id)
        assert case is not None
        link_subject(uow, case, "person-1", bench.engine.now())
    (task,) = bench.engine.tasks_of(case_id, ANNA)
    bench.engine.complete(task.id, {}, ANNA)
    bench.engine.run_due()
    (begun,) = [c.id for c in bench.engine.cases(ANNA).items if c.scheme == "cm/second"]
    return case_id, begun


def test_a_handover_begins_one_case_about_the_same_person_and_links_the_two(
    bench: Bench, tmp_path: Path
) -> None:
    first, second = handed_over(bench, tmp_path, subject="=case.subject", kind='="business"')
    bench.engine.run_due()
    case = bench.engine.case(second, ANNA)
    assert case.subject == "person-1"
    assert bench.engine.case(first, ANNA).status.is_final
    linked, back = bench.engine.linked(first, ANNA), bench.engine.linked(second, ANNA)
    assert (linked.origin, [each.id for each in linked.begun]) == (None, [second])
    assert (back.origin and back.origin.id, back.begun) == (first, ())
    told = bench.engine.history(second, ANNA)[0]
    assert told.data["origin"] == bench.engine.case(first, ANNA).reference
    assert bench.engine.verify(second, ANNA).problems == ()


def test_what_is_handed_over_says_whom_it_is_about_or_nobody(bench: Bench, tmp_path: Path) -> None:
    _, second = handed_over(bench, tmp_path, kind='="business"')
    assert bench.engine.case(second, ANNA).subject is None


def test_a_case_hands_over_nobody_but_whom_it_is_about(bench: Bench, tmp_path: Path) -> None:
    deploy(bench, tmp_path, "first", prepares(subject='="person-2"'))
    deploy(bench, tmp_path, "second", receives())
    case_id = bench.engine.start("cm/first", {}, ANNA).id
    (task,) = bench.engine.tasks_of(case_id, ANNA)
    bench.engine.complete(task.id, {}, ANNA)
    bench.engine.run_due()
    (incident,) = bench.engine.incidents()
    assert (incident.case_id, incident.element_id) == (case_id, "E")
    assert not [c for c in bench.engine.cases(ANNA).items if c.scheme == "cm/second"]


def test_who_may_not_see_a_linked_case_is_not_told_of_it(bench: Bench, tmp_path: Path) -> None:
    first, second = handed_over(bench, tmp_path, subject="=case.subject")
    with bench.store.unit_of_work() as uow:
        uow.add_party(second, "another-office", "clerk", bench.engine.now())
    assert bench.engine.linked(second, AWAY).origin is None
    assert bench.engine.linked(second, ANNA).origin is not None
    assert bench.engine.linked(first, ANNA).begun
