"""A case's history in words: what a decision could not compute is told, never the values."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from flask_babel import force_locale

from engine.model import EventKind
from engine.service import EventView
from tests.web.conftest import Site
from web.cases.timeline import tell

WHY = "t.dmn:5, D: rule 1, output 1: '+' does not take null and a number"


def decided(*warnings: str) -> EventView:
    data: dict[str, object] = {"decision": "level", "rules": [{"id": "r1", "index": 1}]}
    if warnings:
        data["warnings"] = list(warnings)
    return EventView(
        seq=1,
        at=datetime(2026, 1, 15, tzinfo=UTC),
        kind=EventKind.DECISION_EVALUATED,
        element_id="Decide",
        element_name="Décider",
        activation=1,
        actor="",
        data=data,
        hash="0" * 64,
    )


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "fr",
            "règles\N{NO-BREAK SPACE}: r1 · calcul incomplet, avertissements\N{NO-BREAK SPACE}: 2",
        ),
        ("en", "rules: r1 · not computed in full, warnings: 2"),
        ("ar", "لم يُحسب بالكامل، التحذيرات: 2"),
    ],
)
def test_a_decision_that_was_not_computed_in_full_says_so_in_each_language(
    site: Site, language: str, words: str
) -> None:
    with site.app.test_request_context(), force_locale(language):
        [line] = tell((decided(WHY, "another"),), {}, everything=False)
    assert words in line.detail
    assert line.notes == ()


def test_why_it_was_not_is_told_to_who_asks_for_everything(site: Site) -> None:
    with site.app.test_request_context():
        [line] = tell((decided(WHY),), {}, everything=True)
        [complete] = tell((decided(),), {}, everything=True)
    assert line.notes == (WHY,)
    assert complete.notes == ()
    assert "avertissements" not in complete.detail


@pytest.mark.parametrize(
    ("language", "words", "why"),
    [
        ("fr", "Pas d’issue", "aucune condition n'est vraie (F: x > 1)"),
        ("en", "No way on", "no condition is true (F: x > 1)"),
        ("ar", "", "لا شرط متحقق (F: x > 1)"),
    ],
)
def test_why_a_case_stopped_is_told_in_words_and_never_by_its_code(
    site: Site, language: str, words: str, why: str
) -> None:
    said = {"id": "no-true-flow", "figures": {"conditions": "F: x > 1"}}
    data = {"code": "no-true-flow", "said": said, "values": {"x": Decimal(1)}}
    stopped = replace(decided(), kind=EventKind.INCIDENT_RAISED, data=data)
    with site.app.test_request_context(), force_locale(language):
        [line] = tell((stopped,), {}, everything=True)
    assert words in line.detail
    assert "no-true-flow" not in line.detail
    assert why in line.notes[0]
