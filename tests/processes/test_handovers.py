"""Where the sources hand a person over, one case begins another: two cases, linked, one person."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.scenario.language import read_actors, read_scenario
from engine.scenario.player import Player
from engine.scenario.situation import OBSERVER
from engine.scenario.stage import Ground, Template
from engine.settings import Settings

PROCESSES = Path(__file__).parents[2] / "processes"
HANDOVERS = [
    ("fr/ofii-preparation", "retour_vers_le_cameroun", "cm/ofii"),
    ("fr/ofii-preparation", "vers_pari_jedi", "cm/pari-jedi"),
    ("fr/ofii-preparation", "etudiante_vers_le_togo", "tg/ofii-anpe"),
    ("tg/mooc", "parcours_acheve", "tg/anpe-services"),
    ("cm/ffue-iom", "besoins_confies", "cm/referral"),
    ("cm/pari-jedi", "partage_refuse", "cm/ofii"),
]


@pytest.mark.parametrize(("sender", "scenario", "receiver"), HANDOVERS)
def test_a_case_of_the_sender_begins_one_of_the_receiver_about_the_same_person(
    sender: str, scenario: str, receiver: str, tmp_path: Path
) -> None:
    settings = Settings("sqlite://", tmp_path / "var", PROCESSES)
    ground = Ground.lay(tmp_path / "ground", settings)
    template = Template.publish(ground, PROCESSES / sender, tmp_path / "template")
    folder = PROCESSES / sender / "scenarios"
    told = read_scenario(folder / f"{scenario}.yaml", read_actors(folder))
    start_at = told.start_at if told.start_at.tzinfo else told.start_at.replace(tzinfo=UTC)
    with template.stage(tmp_path / "stage", start_at) as stage:
        stage.engine.deploy(PROCESSES / receiver, OBSERVER)
        player = Player(stage, told)
        player.play()
        stage.engine.run_due()
        assert player.situation is not None
        first = stage.engine.case(player.situation.case_id, OBSERVER)
        linked = stage.engine.linked(first.id, OBSERVER)
        (second,) = linked.begun
        assert stage.engine.incidents() == ()
        assert stage.engine.tasks_of(second.id, OBSERVER), "the new case stands at a task"
    assert not second.status.is_final
    assert second.scheme == receiver
    assert second.subject == first.subject is not None
    assert datetime.now(UTC) > second.started_at >= first.started_at
