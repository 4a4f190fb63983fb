"""One catalogue of rules: what lint can say, what ``docs/lint.md`` shows, what the examples do."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.rules import rules
from engine.rules.page import page
from engine.service import lint_files
from tests.unit.rules.frame import HANDLERS, files_of
from tests.unit.rules.sources import rule_ids

DOCS = Path(__file__).parents[3] / "docs" / "lint.md"
NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


def examples() -> dict[str, list[str]]:
    """The examples of the page, by rule: the wrong one, the right one."""
    found: dict[str, list[str]] = {}
    for part in re.split(r"(?m)^### ", DOCS.read_text())[1:]:
        found[part.partition("\n")[0]] = re.findall(r"(?ms)^```\w+\n(.*?)\n```$", part)
    return found


SHOWN = examples()
EXAMPLES = {rule: pair for rule, pair in SHOWN.items() if pair}


def broken(rule: str, example: str) -> dict[str, str]:
    """The rules that an example breaks, with the severity of each."""
    files = files_of(rule.partition(".")[0], example)
    return {finding.rule: finding.severity for finding in lint_files(files, HANDLERS, NOW)}


@pytest.mark.parametrize("rule", EXAMPLES)
def test_the_wrong_example_breaks_its_rule_and_the_right_one_does_not(rule: str) -> None:
    wrong, right = EXAMPLES[rule]
    found = broken(rule, wrong)
    assert found.get(rule) == rules()[rule].severity, found
    assert rule not in broken(rule, right)


@pytest.mark.parametrize("rule", EXAMPLES)
def test_the_right_example_would_be_published(rule: str) -> None:
    _, right = EXAMPLES[rule]
    assert "error" not in broken(rule, right).values(), broken(rule, right)


def test_the_page_shows_every_rule_of_the_catalogue_and_no_other() -> None:
    assert list(SHOWN) == list(rules())
    assert set(SHOWN) - set(EXAMPLES) == {"file.unreadable"}


def test_the_page_is_written_from_the_catalogue() -> None:
    assert DOCS.read_text() == page(), "python -m engine.rules.page > docs/lint.md"


def test_the_catalogue_holds_every_rule_that_the_source_names() -> None:
    assert rule_ids() == set(rules())


def test_every_rule_says_what_and_why_in_both_languages() -> None:
    for rule in rules().values():
        for text in (*rule.what.values(), *rule.why.values()):
            assert text[0].isupper(), rule.id
            assert text.endswith("."), rule.id
        assert rule.what["en"] != rule.what["fr"]
