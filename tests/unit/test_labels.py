"""A publication's texts in a second language."""

from __future__ import annotations

import pytest

from engine.errors import DeploymentRefused
from engine.labels import Labels, read_labels
from engine.service.base import worded

EN = b"""
[elements]
Task_Check = "Check the file"
"Task_Check.documentation" = "Not by who wrote it."
[forms.check]
complete = "Is it complete?"
"complete.description" = "All six papers"
"complete.yes" = "Yes"
[variables]
assistance_type = "Type of assistance"
[values.assistance_type]
business = "Business creation"
[messages]
withdrawal = "Withdrawal"
"""


def test_every_kind_of_text_is_found_where_the_file_puts_it() -> None:
    labels = read_labels("en", {"labels.en.toml": EN})
    assert labels.element("Task_Check", "Contrôler") == "Check the file"
    assert labels.documentation("Task_Check", "Pas par l'auteur.") == "Not by who wrote it."
    assert labels.field("check", "complete", "Complet ?") == "Is it complete?"
    assert labels.description("check", "complete", "") == "All six papers"
    assert labels.option("check", "complete", "yes", "Oui") == "Yes"
    assert labels.variable("assistance_type") == "Type of assistance"
    assert labels.value("assistance_type", "business") == "Business creation"
    assert labels.message("withdrawal", "Retrait") == "Withdrawal"


def test_what_is_not_translated_shows_what_the_diagram_says() -> None:
    labels = Labels("en")
    assert labels.element("Task_Check", "Contrôler") == "Contrôler"
    assert labels.documentation("Task_Check", "Pas par l'auteur.") == "Pas par l'auteur."
    assert labels.option("check", "complete", "yes", "Oui") == "Oui"
    assert labels.variable("amount") == "amount"
    assert labels.value("level", "social") == "social"


def test_a_schemes_own_labels_win_over_the_common_ones() -> None:
    common = b'[elements]\nA = "common"\nB = "kept"'
    labels = read_labels("en", {"common/labels.en.toml": common, "z": b'[elements]\nA = "own"'})
    assert (labels.element("A", ""), labels.element("B", "")) == ("own", "kept")


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        (b"[elements", "labels.not-toml"),
        (b"\xff", "labels.not-toml"),
        (b"a = " + b"[" * 20_000, "labels.not-toml"),
        (b"elements = 3", "labels.not-text"),
        (b"[elements]\na = 3", "labels.not-text"),
        (b"forms = 3", "labels.not-text"),
        (b"[forms]\na = 3", "labels.not-text"),
        (b"[forms.f]\na.b = 'x'", "labels.not-text"),
        (b"[element]\na = 'x'", "labels.unknown-table"),
    ],
)
def test_a_file_that_is_wrong_is_refused_with_its_name(source: bytes, rule: str) -> None:
    with pytest.raises(DeploymentRefused) as refused:
        read_labels("en", {"labels.en.toml": source})
    (finding,) = refused.value.findings
    assert (finding.rule, finding.file) == (rule, "labels.en.toml")


def test_a_list_is_worded_entry_by_entry() -> None:
    labels = Labels("fr", values={"needs": {"housing": "Logement", "papers": "Papiers"}})
    assert worded(labels, "needs", ("housing", "papers", "other")) == "Logement, Papiers, other"
    assert worded(labels, "needs", ()) == ""
    assert worded(labels, "needs", "housing") == "Logement"
