"""``passerelle historic import``: a file is taken in whole, or not at all unless asked."""

from __future__ import annotations

from pathlib import Path

from tests.cli.test_cli import Run, reference, run

__all__ = ["reference", "run"]

GOOD = "key,started_on,ended_on,amount\na-1,2012-01-05,2013-02-01,250\n"
BAD = GOOD + "a-2,2014-01-05,2013-02-01,250\n"


def test_a_file_with_a_problem_stores_nothing_unless_the_good_rows_are_asked_for(
    run: Run, reference: str, tmp_path: Path
) -> None:
    assert reference
    file = tmp_path / "old.csv"
    file.write_text(BAD)
    refused = run("historic", "import", "cm/loan", str(file), exit_code=1)
    assert "1 good rows, nothing stored" in refused.stdout
    assert "row 3, ended_on" in refused.stderr
    taken = run("historic", "import", "cm/loan", str(file), "--good-rows")
    assert "1 cases taken in, 0 were there already" in taken.stdout


def test_a_file_is_taken_in_once_and_checked_without_storing(
    run: Run, reference: str, tmp_path: Path
) -> None:
    assert reference
    file = tmp_path / "old.csv"
    file.write_text(GOOD)
    assert "nothing stored" in run("historic", "import", "cm/loan", str(file), "--check").stdout
    for line in ("1 cases taken in, 0 were", "0 cases taken in, 1 were"):
        assert line in run("historic", "import", "cm/loan", str(file)).stdout
