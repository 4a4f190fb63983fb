"""The results that the founding document names come out of the demo's reports and directory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.composition import compose
from engine.model import Actor, Grant
from engine.service import Engine
from engine.settings import Settings
from engine.store import Store, upgrade
from handlers import demo as reference_data
from tests.engine.conftest import ANNA
from web.demo_records import GROUPS, take_in

AUDITOR = Actor("auditor", (Grant("auditor", None),))
PROCESSES = Path(__file__).parents[2] / "processes"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A site with the schemes that have results, and the demo's records of them."""
    folder = tmp_path_factory.mktemp("results")
    settings = Settings(f"sqlite:///{folder}/site.db", folder / "var", PROCESSES)
    store = Store(settings.database_url)
    ports = compose(settings, store)
    upgrade(store, ports.migrations)
    engine = Engine(store, ports, settings)
    with store.unit_of_work() as uow:
        reference_data.seed(uow)
    for scheme in GROUPS:
        engine.deploy(PROCESSES / scheme, ANNA)
    take_in(engine)
    yield engine
    store.close()


def counted(demo: Engine, scheme: str, code: str) -> dict[str, int | None]:
    view = demo.report(scheme, code, AUDITOR, "en")
    return {line.cells[0]: line.count for line in view.lines}


def test_twenty_were_aided_in_togo_one_in_employment_and_nineteen_in_business(demo: Engine) -> None:
    assert sorted(counted(demo, "tg/ofii-anpe", "aided_by_type").values(), key=str) == [1, 19]
    assert demo.report("tg/ofii-anpe", "aided_by_type", AUDITOR).cases == 20


def test_two_hundred_refugees_were_trained_and_ten_placed(demo: Engine) -> None:
    view = demo.report("tg/unhcr-anpe", "trained", AUDITOR)
    assert (view.cases, [line.count for line in view.lines]) == (200, [190, 10])


def test_ninety_one_people_were_supported_in_four_areas(demo: Engine) -> None:
    areas = counted(demo, "tn/lemma", "supported_by_area")
    assert (len(areas), sum(n or 0 for n in areas.values())) == (4, 91)


def test_twenty_one_associations_were_strengthened_and_three_funded(demo: Engine) -> None:
    strengthened = demo.report("tn/association-grants", "associations_strengthened", AUDITOR)
    funded = demo.report("tn/association-grants", "associations_funded", AUDITOR)
    assert (strengthened.cases, funded.cases) == (21, 3)
    assert len(funded.lines) == 3


def test_four_associations_signed_and_six_operators_were_approved(demo: Engine) -> None:
    assert demo.report("tn/lemma-associations", "associations_by_area", AUDITOR).cases == 4
    assert demo.report("tn/tounesna-operators", "operators_by_approval", AUDITOR).cases == 6


def test_ofii_has_five_operators_three_private_and_two_public(demo: Engine) -> None:
    view = demo.report("cm/ofii-operators", "panel", AUDITOR)
    assert (view.cases, [line.count for line in view.lines]) == (5, [3, 2])


def test_what_was_taken_in_once_is_not_taken_in_again(demo: Engine) -> None:
    assert take_in(demo) == 0
    assert demo.examine().ailments == ()
