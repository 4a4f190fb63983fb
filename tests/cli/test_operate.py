"""``passerelle operate``: an operator's orders on the command line, previewed and with a reason."""

from __future__ import annotations

import json

from tests.cli.test_cli import Run, reference, run

__all__ = ["reference", "run"]

WHY = ("--reason", "La pièce manque")


def token(run: Run, reference: str) -> str:
    shown = json.loads(run("operate", "show", reference, "--format", "json").output)
    (found,) = [t for t in shown["tokens"] if t["token"]["element_id"] == "Task_Check"]
    return str(found["token"]["activation"])


def test_a_case_is_suspended_resumed_and_cancelled_with_a_reason(run: Run, reference: str) -> None:
    run("operate", "suspend", reference, exit_code=2)
    run("operate", "suspend", reference, *WHY)
    assert "suspended" in run("case", reference).output
    told = run("operate", "suspend", reference, *WHY, exit_code=2).output
    assert "suspended already" in told
    run("operate", "resume", reference, *WHY)
    run("operate", "cancel", reference, *WHY)
    assert "cancelled" in run("case", reference).output


def test_a_move_is_previewed_then_done(run: Run, reference: str) -> None:
    words = ("operate", "move", reference, "--token", token(run, reference))
    told = run(*words, "--to", "Task_Approve", "--preview").output
    assert "reached: Approuver" in told or "reached: Approve" in told
    assert "Done." not in told
    run(*words, "--to", "Task_Approve", exit_code=2)  # no reason
    assert "Done." in run(*words, "--to", "Task_Approve", *WHY).output
    again = run(*words, "--to", "Task_Approve", *WHY, exit_code=2).output
    assert "any more" in again
    refused = run("operate", "move", reference, "--to", "Event_Withdrawn", *WHY, exit_code=2)
    assert "has not come" in refused.output


def test_variables_are_set_from_feel_or_json_and_personal_ones_refused(
    run: Run, reference: str
) -> None:
    told = run("operate", "set", reference, "amount=amount + 1", 'code="B2"', *WHY).output
    assert "amount: 5 → 6" in told
    assert "code: (none) → B2" in told
    run("operate", "set", reference, "--json", '{"amount": 9}', *WHY)
    assert "amount = 9" in run("operate", "show", reference).output
    refused = run("operate", "set", reference, 'family_name="X"', *WHY, exit_code=2).output
    assert "personal field" in refused
    assert "double quotes" in run("operate", "set", reference, "code=1 +", exit_code=2).output
    run("operate", "set", reference, exit_code=2)
    run("operate", "set", reference, "--json", "[1]", exit_code=2)


def test_regular_work_is_listed_and_run_before_its_time(run: Run, reference: str) -> None:
    listed = run("operate", "periodic").output
    for name in ("people.retention", "notices.deliver", "accounts.task_notices"):
        assert f"{name} " in listed
    assert "last never" in listed
    assert "people.retention ran" in run("operate", "periodic", "--run", "people.retention").output
    works = json.loads(run("operate", "periodic", "--format", "json").output)
    (retention,) = [each for each in works if each["name"] == "people.retention"]
    assert retention["error"] is None
    assert retention["ended_at"] is not None
    run("operate", "periodic", "--run", "people.retnetion", exit_code=2)
