"""``passerelle scheme``: what schemes there are, what one says of itself, their pictures."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from lxml import etree

from engine.cli import main

Run = Callable[..., Result]
ROOT = Path(__file__).parents[2]
HERE = ("--processes", str(ROOT / "processes"))


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("PASSERELLE_VAR_DIR", str(tmp_path / "var"))

    def call(*words: str, exit_code: int = 0) -> Result:
        result = CliRunner().invoke(main, ["scheme", *words])
        assert result.exit_code == exit_code, result.output
        return result

    return call


def test_every_scheme_is_listed_with_its_phases_or_without(run: Run) -> None:
    told = json.loads(run("list", *HERE, "--format", "json").stdout)
    folders = {p.parent.relative_to(ROOT / "processes") for p in ROOT.rglob("processes/*/*/*.toml")}
    assert {each["id"] for each in told} == {f.as_posix() for f in folders if len(f.parts) == 2}
    text = run("list", *HERE, "--language", "en").stdout
    assert "OFII reintegration in Cameroon" in text
    assert "pre-creation, launch, post-creation" in text


def test_a_sheet_has_bodies_phases_tables_forms_and_sources(run: Run) -> None:
    sheet = json.loads(run("show", "cm/ofii", *HERE, "--format", "json").stdout)
    assert sheet["phases"] == ["pre-creation", "launch", "post-creation"]
    assert sheet["bodies"]["agency_officer"] == "ofii-cm"
    assert {"eligibility", "amount_ceiling"} <= {table["id"] for table in sheet["tables"]}
    assert {form["id"]: form["personal"] > 0 for form in sheet["forms"]}["first_contact"]
    figure = next(each for each in sheet["figures"] if each["name"] == "business_ceiling")
    assert (figure["mark"], figure["source"], figure["unit"]) == ("W", "W3", "XAF")
    assert (
        "business_ceiling = 3700000 XAF  [W: W3, 2019-10-11]"
        in run("show", "cm/ofii", *HERE).stdout
    )


def test_a_scheme_that_is_not_there_is_answered_with_those_that_are(run: Run) -> None:
    refused = run("show", "cm/nothing", *HERE, exit_code=2)
    assert "cm/ofii" in refused.stderr


def test_the_gallery_draws_every_page_and_replaces_only_a_gallery(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "gallery"
    run("gallery", str(folder), *HERE)
    run("gallery", str(folder), *HERE)
    pictures = sorted((folder / "cm" / "ofii").glob("*.svg"))
    assert "Sub_Launch.svg" in {picture.name for picture in pictures}
    assert all(etree.parse(str(picture)).getroot().tag.endswith("svg") for picture in pictures)
    told = (folder / "cm" / "ofii.md").read_text("utf-8")
    assert "![Lancement](ofii/Sub_Launch.svg)" in told
    assert "1. Passer en comité financier (processus partagé)" in told
    other = tmp_path / "mine"
    other.mkdir()
    (other / "letter.txt").write_text("keep me")
    assert "no gallery" in run("gallery", str(other), *HERE, exit_code=2).stderr
    assert (other / "letter.txt").read_text() == "keep me"


def test_the_gallery_in_docs_shows_the_schemes_as_they_are(run: Run, tmp_path: Path) -> None:
    folder, kept = tmp_path / "gallery", ROOT / "docs" / "schemes"
    run("gallery", str(folder), *HERE)
    drawn = {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    shown = {p.relative_to(kept): p.read_bytes() for p in kept.rglob("*") if p.is_file()}
    differing = sorted(str(p) for p in drawn.keys() | shown.keys() if drawn.get(p) != shown.get(p))
    assert differing == [], "draw it anew: passerelle scheme gallery docs/schemes"
