"""Surveys: instruments never change, scores follow the rule, results open by tier alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import Conflict, HandlerFailed, NotFound
from engine.model import Actor, CaseRef, Grant, Tier
from engine.store import upgrade
from handlers.composition import MIGRATIONS
from handlers.people import sensitive_reads
from handlers.surveys import (
    SHIPPED,
    InstrumentRefused,
    Result,
    Survey,
    Surveys,
    UnknownAnswer,
    form_schema,
    import_instrument,
    read_instrument,
    read_survey,
    score,
    surveys_of,
)
from handlers.surveys.commands import surveys as commands
from tests.handlers.support import (
    ADVISER,
    AUDITOR,
    FINANCE,
    NOW,
    OFFICER,
    SECRETARY,
    STRANGER,
    Site,
    bytes_below,
)
from web import MIGRATIONS as PAGES

FILE = SHIPPED / "reintegration_provisional_1.toml"
PROVISIONAL = read_instrument(FILE.read_bytes())
CODE = PROVISIONAL.code
BEST = {
    question.key: max(
        (a for a in question.answers if a.value is not None), key=lambda a: a.value or 0
    ).code
    for question in PROVISIONAL.questions
}


def answered(site: Site, case: CaseRef, answers: Mapping[str, Any]) -> CaseRef:
    """Write answers as a form does, a minute later than whatever was before."""
    site.clock.move_to(site.clock.now() + timedelta(minutes=1))
    return site.write(case, {k: (v, Tier.PSYCHOSOCIAL) for k, v in answers.items()})


def taken(site: Site, case: CaseRef, reader: Actor = OFFICER) -> tuple[Survey, ...]:
    with site.store.snapshot() as uow:
        return surveys_of(uow, case.id, reader, site.clock.now())


def results(site: Site, case: CaseRef, reader: Actor) -> Mapping[str, Result]:
    with site.store.unit_of_work() as uow:
        found = surveys_of(uow, case.id, reader, site.clock.now())
        return Surveys(site.fields).results(uow, case, found, reader)


# --- the instrument -----------------------------------------------------------------------------


def test_the_provisional_survey_has_five_questions_a_dimension_and_says_what_it_is_not() -> None:
    by_dimension = [question.dimension for question in PROVISIONAL.questions]
    assert {name: by_dimension.count(name) for name in PROVISIONAL.dimensions} == {
        "economic": 5,
        "social": 5,
        "psychosocial": 5,
    }
    assert {question.weight for question in PROVISIONAL.questions} == {Decimal(1)}
    assert not PROVISIONAL.official
    assert "not the official IOM score" in PROVISIONAL.notice["en"]
    assert "OIM" in PROVISIONAL.notice["fr"]
    assert PROVISIONAL.notice["ar"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('code = "reintegration-provisional"', 'code = "Bad Code"', "code"),
        ("minimum_completeness = 0.6", "minimum_completeness = 1.5", "minimum_completeness"),
        ('dimension = "economic"', 'dimension = "wealth"', "question 1"),
        ("value = 0.75", "value = 7", "scales.frequency, answer 2, value"),
        ('key = "survey_work"', 'key = "survey_income"', "more than once"),
        ("weight = 1", "weight = 0", "question 1, weight"),
        ('ar = "', 'arabic = "', "title, ar"),
        ("[title]", "[title", "no TOML"),
    ],
)
def test_a_faulty_instrument_is_refused_with_the_place_of_the_fault(
    old: str, new: str, told: str
) -> None:
    text = FILE.read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(InstrumentRefused, match=told):
        read_instrument(text.replace(old, new, 1).encode(), "x.toml")


def test_a_version_is_imported_once_and_never_changes(site: Site) -> None:
    other = FILE.read_bytes().replace(b"weight = 1", b"weight = 2", 1)
    with site.store.unit_of_work() as uow:
        assert import_instrument(uow, FILE.read_bytes(), "x", NOW) is False
        with pytest.raises(Conflict, match="never changes"):
            import_instrument(uow, other, "x", NOW)
    for statement in (
        "UPDATE survey_instruments SET version = '2'",
        "DELETE FROM survey_instruments",
    ):
        with (
            pytest.raises(Exception, match="rewrit"),
            site.store.unit_of_work() as uow,
        ):
            uow.connection.exec_driver_sql(statement)


def test_every_question_of_the_form_is_of_the_psychosocial_tier() -> None:
    schema = form_schema(PROVISIONAL, "reintegration_survey")
    assert schema.count('"tier": "psychosocial"') == len(PROVISIONAL.questions)
    assert PROVISIONAL.notice["fr"] in schema


def test_the_form_that_processes_ask_is_the_shipped_instruments() -> None:
    form = Path(__file__).parents[2] / "processes" / "common" / "reintegration_survey.form"
    assert form.read_text(encoding="utf-8") == form_schema(PROVISIONAL, "reintegration_survey")


# --- scores -------------------------------------------------------------------------------------

ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        question.key: st.sampled_from([answer.code for answer in question.answers])
        for question in PROVISIONAL.questions
    },
)


@given(ANSWERS)
def test_a_score_lies_between_the_least_and_the_greatest_value_answered(
    answers: dict[str, str],
) -> None:
    found = score(PROVISIONAL, answers)
    for name, value in found.by_dimension.items():
        values = [
            answer.value
            for question in PROVISIONAL.questions
            if question.dimension == name
            and (answer := question.answer(answers.get(question.key))) is not None
            and answer.value is not None
        ]
        if value is not None:
            assert min(values) <= value <= max(values)


@given(ANSWERS)
def test_equal_weights_give_the_mean_of_what_applies(answers: dict[str, str]) -> None:
    found = score(PROVISIONAL, answers)
    for name, value in found.by_dimension.items():
        questions = [q for q in PROVISIONAL.questions if q.dimension == name]
        chosen = [q.answer(answers.get(q.key)) for q in questions]
        values = [a.value for a in chosen if a is not None and a.value is not None]
        applicable = len([a for a in chosen if a is None or a.value is not None])
        if values and len(values) >= PROVISIONAL.minimum_completeness * applicable:
            mean = sum(values, Decimal(0)) / len(values)
            assert value is not None
            assert abs(value - mean) <= Decimal("0.00005")
        else:
            assert value is None


@given(ANSWERS, st.sampled_from([q for q in PROVISIONAL.questions if q.answer("na")]))
def test_what_does_not_apply_changes_no_score_of_what_does(answers: dict[str, str], q: Any) -> None:
    answers[q.key] = "na"
    before = score(PROVISIONAL, answers)
    assert before.count.applicable < len(PROVISIONAL.questions)
    best = answers | {q.key: q.answers[0].code}
    after = score(PROVISIONAL, best)
    old, new = before.by_dimension[q.dimension], after.by_dimension[q.dimension]
    if old is not None and new is not None:
        assert new >= old


@given(ANSWERS)
def test_completeness_never_falls_by_answering_more(answers: dict[str, str]) -> None:
    fewer = dict(list(answers.items())[:-1])
    if answers and answers[list(answers)[-1]] != "na":
        more = score(PROVISIONAL, answers).count.completeness
        assert more >= score(PROVISIONAL, fewer).count.completeness


def test_heavier_questions_count_for_more() -> None:
    text = FILE.read_text(encoding="utf-8").replace("weight = 1", "weight = 3", 1)
    heavy = read_instrument(text.encode())
    answers = dict.fromkeys((q.key for q in heavy.questions[1:5]), "not")
    answers[heavy.questions[0].key] = "always"
    assert score(heavy, answers).by_dimension["economic"] == Decimal("0.4286")  # 3 / 7


def test_too_few_answers_get_no_score_and_nothing_answered_is_never_complete() -> None:
    two = {"survey_income": "always", "survey_reserve": "fully"}
    found = score(PROVISIONAL, two)
    assert found.by_dimension["economic"] is None
    assert not found.complete
    third = score(PROVISIONAL, two | {"survey_work": "fully"})
    assert third.by_dimension["economic"] == Decimal(1)
    assert not score(PROVISIONAL, {}).complete
    with pytest.raises(UnknownAnswer, match="survey_income"):
        score(PROVISIONAL, {"survey_income": "sometimes or so"})


# --- taking one ---------------------------------------------------------------------------------


def test_a_process_gets_completeness_and_never_a_score(site: Site) -> None:
    case = answered(site, site.case(), BEST)
    out = site.run("surveys.record", case, instrument=CODE, moment="intake")
    assert set(out) == {"survey", "completeness", "complete"}
    assert out["completeness"] == Decimal(1)
    assert out["complete"] is True
    (survey,) = taken(site, case)
    assert (survey.moment, survey.version, survey.taken_by) == ("intake", "1", "officer")
    assert site.kinds(case)[-1] == "survey.recorded"


def test_counsellors_and_the_agency_read_scores_and_nobody_else(site: Site) -> None:
    case = answered(site, site.case(), BEST)
    site.run("surveys.record", case, instrument=CODE, moment="intake")
    for reader in (OFFICER, ADVISER):
        (result,) = results(site, case, reader).values()
        assert result.scores["social"] == Decimal(1)
        assert result.answers["survey_papers"] == "fully"
    for reader in (FINANCE, SECRETARY, AUDITOR):
        assert taken(site, case, reader)
        assert results(site, case, reader) == {}
    assert taken(site, case, STRANGER) == ()


def test_a_survey_of_a_case_that_is_not_mine_is_not_found(site: Site) -> None:
    case = answered(site, site.case(), BEST)
    survey = site.run("surveys.record", case, instrument=CODE, moment="m6")["survey"]
    abroad = Actor("abroad", (Grant("agency_officer", None, "TG"),))
    with site.store.snapshot() as uow:
        assert read_survey(uow, survey, OFFICER, NOW).moment == "m6"
        for reader in (STRANGER, abroad):
            with pytest.raises(NotFound):
                read_survey(uow, survey, reader, NOW)


def test_reading_the_answers_and_the_results_is_logged(site: Site) -> None:
    case = answered(site, site.case(), BEST)
    site.run("surveys.record", case, instrument=CODE, moment="intake")
    results(site, case, ADVISER)
    with site.store.snapshot() as uow:
        reads = {(read.account_id, read.purpose) for read in sensitive_reads(uow, case.id)}
    assert reads == {("system", "surveys.record"), ("adviser", "fields.read")}


def test_one_call_tried_again_records_one_survey(site: Site) -> None:
    case = answered(site, site.case(), BEST)
    first = site.run("surveys.record", case, instrument=CODE, moment="intake")
    again = site.run("surveys.record", case, instrument=CODE, moment="intake")
    assert again == first
    assert len(taken(site, case)) == 1
    assert site.kinds(case).count("survey.recorded") == 1


def test_answers_of_the_last_survey_do_not_fill_the_next_one(site: Site) -> None:
    case = answered(site, site.case(), BEST)
    site.run("surveys.record", case, instrument=CODE, moment="intake")
    site.clock.move_to(site.clock.now() + timedelta(days=180))
    answered(site, case, {"survey_income": "never"})
    out = site.run("surveys.record", case, activation=2, instrument=CODE, moment="m6")
    assert out["completeness"] == Decimal("0.0667")
    assert out["complete"] is False
    found = results(site, case, OFFICER)
    first, later = (found[survey.id] for survey in taken(site, case))
    assert first.scores["economic"] == Decimal(1)
    assert later.scores == {"economic": None, "social": None, "psychosocial": None}


def test_another_cases_answers_about_the_same_person_do_not_count(site: Site) -> None:
    mine = answered(site, site.case("a"), {"survey_income": "always"})
    answered(site, replace(site.case("b"), subject=mine.subject), BEST)
    out = site.run("surveys.record", mine, instrument=CODE, moment="intake")
    assert out["completeness"] == Decimal("0.0667")


def test_an_erased_person_has_surveys_that_nobody_can_read(site: Site) -> None:
    case = answered(site, site.case(), BEST)
    site.run("surveys.record", case, instrument=CODE, moment="intake")
    assert case.subject is not None
    with site.store.unit_of_work() as uow:
        site.fields.keyring.erase_person(uow, case.subject, NOW)
    assert len(taken(site, case)) == 1
    assert results(site, case, OFFICER) == {}
    with pytest.raises(HandlerFailed):
        site.run("surveys.record", case, activation=2, instrument=CODE, moment="m6")


def test_no_answer_and_no_score_lies_in_clear_in_the_database(
    sqlite_site: Site, tmp_path: Path
) -> None:
    site = sqlite_site
    case = answered(site, site.case(), dict(BEST) | {"survey_income": "rarely"})
    site.run("surveys.record", case, instrument=CODE, moment="intake")
    with site.store.snapshot() as uow:
        rows = uow.connection.exec_driver_sql("SELECT * FROM surveys").fetchall()
        events = uow.connection.exec_driver_sql("SELECT * FROM events").fetchall()
    assert "0.85" not in f"{rows}{events}"  # the economic score
    needle = b'"survey_income":"rarely"'
    for path, content in bytes_below(tmp_path):
        assert needle not in content.replace(b" ", b""), path


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"instrument": "none", "moment": "intake"}, "Import it"),
        ({"instrument": CODE, "moment": "intake", "version": "9"}, "Import it"),
        ({"instrument": CODE, "moment": "later"}, "no moment"),
    ],
)
def test_a_diagram_that_names_what_is_not_there_is_told_what_to_do(
    site: Site, arguments: dict[str, Any], told: str
) -> None:
    case = answered(site, site.case(), BEST)
    with pytest.raises(HandlerFailed, match=told):
        site.run("surveys.record", case, **arguments)


def test_an_answer_of_another_form_is_told_by_its_question_only(site: Site) -> None:
    case = answered(site, site.case(), {"survey_income": "confidential words"})
    with pytest.raises(HandlerFailed, match="survey_income") as failed:
        site.run("surveys.record", case, instrument=CODE, moment="intake")
    assert "confidential" not in str(failed.value)


# --- commands -----------------------------------------------------------------------------------


def test_commands_import_list_write_the_form_and_export_without_scores(
    sqlite_site: Site, tmp_path: Path
) -> None:
    case = answered(sqlite_site, sqlite_site.case(), BEST)
    sqlite_site.run("surveys.record", case, instrument=CODE, moment="intake")

    upgrade(sqlite_site.store, (MIGRATIONS, PAGES))

    def run(*arguments: str) -> str:
        done = CliRunner().invoke(commands, arguments, obj=sqlite_site.settings)
        assert done.exit_code == 0, done.output
        return done.output

    second = tmp_path / "two.toml"
    second.write_bytes(FILE.read_bytes().replace(b'version = "1"', b'version = "2"', 1))
    assert "could be stored" in run("import", str(second), "--check")
    assert "reintegration-provisional version 2 is now stored" in run("import", str(second))
    listed = run("list")
    assert "reintegration-provisional 2" in listed
    assert "not the official IOM score" in listed
    assert run("form", CODE, "--version", "1", "--form-id", "x") == form_schema(PROVISIONAL, "x")
    assert "survey_income" in run("form", CODE, "--labels", "--language", "ar")
    out = tmp_path / "out.csv"
    run("export", str(out))
    text = out.read_text(encoding="utf-8-sig")
    assert "CM-OFII-2026-a" in text
    assert "not the official IOM score" in text
    assert "economic" not in text
