"""Random cases at random moments: moved to a diagram whose every id is another, and moved back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.clock import ManualClock
from engine.composition import compose
from engine.model import CaseStatus
from engine.service import Engine
from engine.settings import Settings
from engine.store import Store, upgrade
from engine.store import tables as t
from tests.engine.conftest import ANNA, OPERATOR, SCHEMES, START
from tests.unit.bpmn.blocks import BITS, Shape, draw, named, shapes
from tests.unit.bpmn.diagrams import bpmn, end, error, line, properties, start
from tests.unit.bpmn.test_migrate_random import renamed

TOML = (SCHEMES / "cm" / "round" / "scheme.toml").read_text()
SCHEME = TOML.replace('"Process_Round"', '"P"').replace("cm/round", "cm/random")
TABLES = (t.work_items, t.work_item_groups, t.jobs, t.subscriptions, t.incidents)


@dataclass
class Site:
    """One engine for all examples; each publishes versions of its own."""

    engine: Engine
    clock: ManualClock
    folder: Path
    published: int = 0

    def publish(self, source: bytes) -> int:
        """Publish a diagram and return its version."""
        self.published += 1
        target = self.folder / str(self.published) / "cm" / "random"
        target.mkdir(parents=True)
        (target / "scheme.toml").write_text(SCHEME)
        (target / "random.bpmn").write_bytes(source)
        return self.engine.deploy(target, OPERATOR).version

    def stored(self, case_id: str) -> tuple[bytes, list[Any]]:
        """Return a case's state and every row of what waits in it."""
        with self.engine.store.snapshot() as uow:
            query = sa.select(t.cases.c.state).where(t.cases.c.id == case_id)
            state = bytes(uow.connection.execute(query).scalar_one())
            rows = [
                dict(row._mapping)
                for table in TABLES
                for row in uow.connection.execute(
                    sa.select(table)
                    .where(table.c.case_id == case_id)
                    .order_by(*table.primary_key.columns)
                )
            ]
        return state, rows

    def go_on(self, case_id: str, chance: Any) -> None:
        """Complete a task of a case, or let time pass until its next timer."""
        tasks = self.engine.tasks_of(case_id, ANNA)
        due = self.engine.next_due()
        if tasks and (due is None or chance.random() < 0.7):
            self.engine.complete(chance.choice(tasks).id, {}, ANNA)
        elif due is not None:
            self.clock.move_to(max(due, self.clock.now()))
            self.engine.run_due()

    def active(self, case_id: str) -> bool:
        """Tell whether a case still runs."""
        return self.engine.case(case_id, ANNA).status is CaseStatus.ACTIVE


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("random")
    options = Settings(f"sqlite:///{folder / 'random.db'}", folder / "var", SCHEMES)
    store, clock = Store(options.database_url), ManualClock(START)
    ports = compose(options, store, clock)
    upgrade(store, ports.migrations)
    yield Site(Engine(store, ports, options), clock, folder)
    store.close()


def drawn(shape: Shape) -> bytes:
    xml, first, last = draw(named(shape))
    for bit in range(BITS):
        xml = xml.replace(f"bit{bit}", "true")
    groups = '<zeebe:assignmentDefinition candidateGroups="clerk"/>'
    xml = re.sub(
        r'(<bpmn:userTask id="[^"]+">)',
        rf"\1<bpmn:extensionElements>{groups}</bpmn:extensionElements>",
        xml,
    )
    begin = start("S", properties(candidateGroups="clerk"))
    return bpmn(begin, xml, end(), line("S", first), line(last, "E"), top=error("x"))


@settings(max_examples=12, deadline=None)
@given(shapes(6), st.integers(0, 6), st.randoms(use_true_random=False))
def test_a_random_case_moved_and_moved_back_is_byte_for_byte_what_it_was(
    site: Site, shape: Shape, steps: int, chance: Any
) -> None:
    source = drawn(shape)
    first = site.publish(source)
    case_id = site.engine.start("cm/random", {}, ANNA).id
    for _ in range(steps):
        if site.active(case_id):
            site.go_on(case_id, chance)
    second = site.publish(renamed(source.decode()).encode())
    ids = re.findall(r' id="([^"]+)"', source.decode())
    mapping = {name: renamed(name) for name in ids if renamed(name) != name}
    if site.active(case_id):
        before = site.stored(case_id)
        site.engine.migrate_case(case_id, second, mapping, "a random move", OPERATOR)
        assert not re.search(rb'"at":"(?!new_)[a-z]', site.stored(case_id)[0])
        site.engine.undo_migration(case_id, "and back", OPERATOR)
        assert site.stored(case_id) == before
        site.engine.migrate_case(case_id, second, mapping, "once more", OPERATOR)
    for _ in range(100):
        if not site.active(case_id):
            break
        site.go_on(case_id, chance)
    assert site.engine.case(case_id, ANNA).status is CaseStatus.COMPLETED
    assert site.engine.verify(case_id, ANNA).problems == ()
    assert first < second
