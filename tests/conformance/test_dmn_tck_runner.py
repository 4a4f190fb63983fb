"""The runner of the TCK itself: it reads every kind of value, and counts every case."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conformance.dmn_tck import run
from tests.conformance.dmn_tck.__main__ import main
from tests.unit.dmn.support import decision, dmn, literal

HEADER = (
    '<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:xsd="http://www.w3.org/2001/XMLSchema"><modelName>m.dmn</modelName>'
)
ECHO = dmn(
    '<inputData id="In" name="given"><variable name="given"/></inputData>',
    '<decision id="D" name="said"><informationRequirement><requiredInput href="#In"/>'
    f"</informationRequirement>{literal('given')}</decision>",
    decision(literal('date("nonsense")'), id="Null", name="null"),
    decision("<decisionTable hitPolicy='NONE'/>", id="Broken", name="broken"),
    decision(literal("twice * 2"), id="Out", name="doubled", requires=["Twice"]),
    decision(literal("1"), id="Twice", name="twice"),
    '<decisionService id="S" name="serve"><outputDecision href="#Out"/>'
    '<outputDecision href="#Twice"/><inputDecision href="#Twice"/></decisionService>',
    '<businessKnowledgeModel id="B" name="half of"><encapsulatedLogic>'
    f'<formalParameter name="n"/>{literal("n / 2")}</encapsulatedLogic></businessKnowledgeModel>',
)
NULL = '<value xsi:nil="true"/>'


def value(kind: str, text: str) -> str:
    return f'<value xsi:type="xsd:{kind}">{text}</value>'


def case(given: str, expected: str, name: str = "said", more: str = "", kind: str = "") -> str:
    return (
        f'<testCase id="1" {kind}><inputNode name="given">{given}</inputNode>'
        f'<resultNode name="{name}" {more}><expected>{expected}</expected></resultNode></testCase>'
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    home = tmp_path / "TestCases" / "0001-echo"
    home.mkdir(parents=True)
    (home / "m.dmn").write_bytes(ECHO)
    return home


def reasons(folder: Path, *cases: str) -> list[str]:
    (folder / "0001-echo-test-01.xml").write_text(HEADER + "".join(cases) + "</testCases>")
    return [failure.reason for failure in run(folder.parent.parent).failures]


@pytest.mark.parametrize(
    "same",
    [
        value("string", " two  words "),
        value("string", ""),
        value("boolean", "true"),
        value("decimal", "-1.50"),
        value("double", "1.0E3"),
        value("date", "2026-01-31"),
        value("time", "10:00:00Z"),
        value("dateTime", "2026-01-31T10:00:00+01:00"),
        value("duration", "P1Y2M"),
        value("duration", "-PT5H"),
        value("dayTimeDuration", "P1D"),
        NULL,
        '<list xsi:nil="true"/>',
        "<list/>",
        f"<list><item>{value('decimal', '1')}</item><item>{NULL}</item></list>",
        f'<component name="a b">{value("string", "x")}</component><component name="c">'
        f"<list><item>{NULL}</item></list></component>",
    ],
)
def test_every_kind_of_value_is_itself_and_nothing_else(folder: Path, same: str) -> None:
    assert reasons(folder, case(same, same)) == []
    other = value("string", "something else")
    assert len(reasons(folder, case(same, other), case(other, same))) == 2


def test_numbers_are_compared_as_numbers_within_the_tolerance(folder: Path) -> None:
    given = value("decimal", "1.0000000001")
    assert reasons(folder, case(given, value("decimal", "1.000"))) == []
    assert len(reasons(folder, case(given, value("decimal", "1.0001")))) == 1


@pytest.mark.parametrize(
    ("expected", "name", "more"),
    [
        (NULL, "null", 'errorResult="true"'),
        (NULL, "null", ""),
        (NULL, "broken", 'errorResult="true"'),
        (NULL, "broken", ""),
    ],
)
def test_an_error_counts_as_null(folder: Path, expected: str, name: str, more: str) -> None:
    assert reasons(folder, case(NULL, expected, name, more)) == []


def test_a_decision_that_cannot_be_evaluated_is_null_and_nothing_else(folder: Path) -> None:
    (reason,) = reasons(folder, case(NULL, value("decimal", "1"), "broken"))
    assert "hit policy" in reason


@pytest.mark.parametrize(
    ("name", "attributes", "result", "expected"),
    [
        ("doubled", 'type="decisionService" invocableName="serve"', "", "6"),
        ("twice", 'type="decisionService" invocableName="serve"', "", "3"),
        ("half of", 'type="bkm" invocableName="half of"', "", "1.5"),
        ("half of", "", 'type="bkm"', "1.5"),
        ("doubled", 'type="decision" invocableName="serve"', 'type="decision"', "2"),
    ],
)
def test_services_and_knowledge_models_are_called_with_the_inputs(
    folder: Path, name: str, attributes: str, result: str, expected: str
) -> None:
    asked = case("{}", value("decimal", expected), name, result, attributes)
    inputs = "".join(
        f'<inputNode name="{given}">{value("decimal", "3")}</inputNode>' for given in ("twice", "n")
    )
    asked = asked.replace('<inputNode name="given">{}</inputNode>', inputs)
    if attributes.startswith('type="decision" '):
        asked = asked.replace(inputs, "")
    assert reasons(folder, asked) == []


def test_what_cannot_be_read_is_a_failure_and_never_skipped(folder: Path) -> None:
    unknown = case(value("anyURI", "x"), NULL)
    absent = case(NULL, NULL, "nowhere")
    silent = '<testCase id="2"><inputNode name="given"/></testCase>'
    found = reasons(folder, unknown, absent, silent)
    for word, reason in zip(("anyURI", "nowhere", "no result"), found, strict=True):
        assert word in reason
    (folder / "m.dmn").write_bytes(b"<nothing/>")
    assert len(reasons(folder, case(NULL, NULL), case(NULL, NULL))) == 2
    (folder / "m.dmn").unlink()
    assert len(reasons(folder, case(NULL, NULL))) == 1
    (folder / "0001-echo-test-02.xml").write_text("<testCases")
    assert len(reasons(folder, case(NULL, NULL))) == 2


def test_both_layouts_and_both_formats_are_told(
    tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flat = HEADER + "<labels><label>Compliance Level 3</label></labels>"
    (folder / "t.xml").write_text(flat + case(NULL, NULL) + "</testCases>")
    level = tmp_path / "TestCases" / "compliance-level-2" / "0002-echo"
    level.mkdir(parents=True)
    (level / "m.dmn").write_bytes(ECHO)
    wrong = case(value("decimal", "1"), value("decimal", "2"))
    (level / "t.xml").write_text(HEADER + wrong + "</testCases>")
    assert main([str(tmp_path), "--format", "json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["passed"], told["failed"], told["total"], told["results"]) == (1, 1, 2, 2)
    assert told["levels"]["compliance-level-3"] == {
        "passed": 1,
        "failed": 0,
        "total": 1,
        "results": 1,
    }
    assert told["levels"]["compliance-level-2"] == {
        "passed": 0,
        "failed": 1,
        "total": 1,
        "results": 1,
    }
    assert told["failures"][0]["folder"] == "0002-echo"
    assert main([str(level)]) == 1
    assert "expected Decimal('2'), got Decimal('1')" in capsys.readouterr().out
    assert main([str(folder)]) == 0
    assert "all: passed 1, failed 0, total 1" in capsys.readouterr().out


def test_an_empty_folder_is_no_success(tmp_path: Path) -> None:
    assert main([str(tmp_path)]) == 2
    assert main([str(tmp_path / "nowhere")]) == 2
