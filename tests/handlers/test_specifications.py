"""Sets of specifications: published in versions, dated, from a page or a file; never rewritten."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date, timedelta

import pytest

from engine.errors import Conflict, InvalidAnswer
from handlers.csv_files import CsvProblem, CsvRefused
from handlers.organisations import (
    accreditations_of,
    newest_version,
    publish_next,
    read_draft,
    read_specification,
)
from handlers.organisations.accreditation.transfer import Published, export, take_in
from handlers.organisations.demo import LEMMA_ASSOCIATION, OFII_OPERATOR
from handlers.organisations.demo.specifications import SPECIFICATIONS
from tests.handlers.support import NOW, Site

TODAY = NOW.date()
HEAD = "code,version,country,published_on,mark,source,name_fr,name_en,criterion,text_fr,text_en\n"
GOOD = "tg-hosts,1,TG,2026-01-15,I,exemple,Entreprises,Hosts,"


def test_one_version_follows_another_and_a_form_sent_twice_publishes_once(site: Site) -> None:
    for expected in (2, 3):
        with site.store.unit_of_work() as uow:
            assert publish_next(uow, OFII_OPERATOR, expected).version == expected
        with site.store.unit_of_work() as uow, pytest.raises(Conflict, match="publish the next"):
            publish_next(uow, OFII_OPERATOR, expected)
    with site.store.unit_of_work() as uow, pytest.raises(Conflict, match="a set of CM"):
        publish_next(uow, replace(OFII_OPERATOR, country="TG"), 4)


def test_two_who_publish_the_next_version_at_once_publish_it_once(site: Site) -> None:
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def publish(source: str) -> None:
        start.wait()
        try:
            with site.store.unit_of_work() as uow:
                publish_next(uow, replace(OFII_OPERATOR, source=source), 2)
            outcomes.append("published")
        except Conflict:
            outcomes.append("conflict")

    threads = [threading.Thread(target=publish, args=(name,)) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["conflict", "published"]


def test_a_version_published_ahead_accredits_nobody_before_its_day(site: Site) -> None:
    ahead = replace(OFII_OPERATOR, published_on=TODAY + timedelta(days=30))
    with site.store.unit_of_work() as uow:
        publish_next(uow, ahead, 2)
    asked = {"organisation": "op-horizon", "specification": OFII_OPERATOR.code}
    site.run("organisations.accredit", site.case(), **asked)
    site.clock.move_to(NOW + timedelta(days=31))
    site.run("organisations.accredit", site.case("b"), activation=2, **asked)
    with site.store.snapshot() as uow:
        held = [each.specification_id for each in accreditations_of(uow, "op-horizon")]
    assert sorted(held) == [f"{OFII_OPERATOR.code}-{n}" for n in (1, 1, 2)]


def test_what_is_wrong_with_a_draft_is_told_by_field() -> None:
    typed = {"code": "Un code", "country": "cm", "published_on": "demain", "mark": "X"}
    criteria = [{"code": "c1", "fr": "Un", "en": ""}, {"code": "c1", "fr": "x" * 1001, "en": "One"}]
    with pytest.raises(InvalidAnswer) as refused:
        read_draft({**typed, "name_fr": "Essai"}, criteria)
    assert dict(refused.value.errors) == {
        "source": "required",
        "name_en": "required",
        "code": "id",
        "country": "country",
        "mark": "choice",
        "published_on": "date",
        "criteria.0.en": "required",
        "criteria.1.code": "twice",
        "criteria.1.fr": "long",
    }
    with pytest.raises(InvalidAnswer) as empty:
        read_draft(typed, [])
    assert empty.value.errors["criteria"] == "required"


def test_what_is_given_out_is_taken_in_again_and_changes_nothing(site: Site) -> None:
    with site.store.unit_of_work() as uow:
        content = export(uow)
        known = len(SPECIFICATIONS)
        assert take_in(uow, content, all_or_nothing=True) == Published(0, known, ())
        assert read_specification(uow, LEMMA_ASSOCIATION.id) == LEMMA_ASSOCIATION


def test_a_file_publishes_whole_versions_and_tells_row_column_and_reason(site: Site) -> None:
    content = (
        HEAD
        + f"{GOOD}place,Un poste,A post\n{GOOD}tutor,Un tuteur,A tutor\n"
        + GOOD.replace(",1,", ",3,", 1)
        + "place,Un poste,A post\n"
        + GOOD.replace("tg-hosts", "tg-other").replace(",I,", ",Z,")
        + "place,Un poste,\n"
    ).encode()
    problems = (
        CsvProblem(4, "version", "'tg-hosts' goes on with version 2."),
        CsvProblem(5, "text_en", "it is empty."),
    )
    with site.store.snapshot() as uow:
        told = take_in(uow, content, all_or_nothing=False)
    assert (told.published, told.same) == (1, 0)
    assert [(each.row, each.column) for each in told.problems] == [
        (each.row, each.column) for each in problems
    ]
    with pytest.raises(CsvRefused), site.store.unit_of_work() as uow:
        take_in(uow, content, all_or_nothing=True)
    with site.store.unit_of_work() as uow:
        assert newest_version(uow, "tg-hosts") is None
        take_in(uow, content, all_or_nothing=False)
    with site.store.snapshot() as uow:
        published = newest_version(uow, "tg-hosts")
    assert published is not None
    assert [each.code for each in published.criteria] == ["place", "tutor"]
    assert published.published_on == date(2026, 1, 15)


def test_a_version_that_stands_with_another_content_is_refused(site: Site) -> None:
    with site.store.snapshot() as uow:
        changed = export(uow).replace("Réactivité".encode(), b"Lenteur")
        told = take_in(uow, changed, all_or_nothing=False)
    (problem,) = told.problems
    assert (problem.column, told.same) == ("version", len(SPECIFICATIONS) - 1)
    assert "never changes" in problem.reason


def test_rows_of_one_version_that_disagree_are_told(site: Site) -> None:
    other = GOOD.replace("Entreprises", "Sociétés")
    content = f"{HEAD}{GOOD}place,Un,One\n{other}tutor,Deux,Two\n".encode()
    with site.store.snapshot() as uow:
        (problem,) = take_in(uow, content, all_or_nothing=False).problems
    assert (problem.row, problem.column) == (3, "name_fr")
    assert "row 2" in problem.reason
