"""A scheme's scenario, played by people at browsers: their steps on pages, all else beside.

What no page shows to people of the scheme (time that passes, a bank, a committee's whole session)
is done as the scenario runner does it, on the served site's own database.
"""

from __future__ import annotations

import re
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, expect

from engine.clock import OffsetClock
from engine.composition import compose, load
from engine.forms import Form
from engine.model import Actor, JobKind, JobStatus
from engine.scenario.language import Scenario, Start, Step, read_actors, read_scenario
from engine.scenario.player import Player, Target
from engine.scenario.situation import OBSERVER
from engine.scenario.stage import Stage
from engine.scenario.values import answered
from engine.service import Engine, compile_files, read_folder
from engine.settings import Settings, read_settings
from engine.store import Store
from engine.store.jobs import jobs_of
from tests.browser.person import PDF, WAIT_S, Person
from tests.browser.site import ROOT, Site
from web.accounts.demo import DEMO_PASSWORD
from web.accounts.passwords import hash_password
from web.accounts.store import AccountRow, find_account, save_account

LANGUAGES = {"fr": "fr-FR", "en": "en-GB", "ar": "ar-TN"}


@dataclass
class Cast:
    """The people of a scenario, each with an account and a window, made as they are needed."""

    browser: Browser
    site: Site
    store: Store
    language: str
    met: dict[str, Person] = field(default_factory=dict)

    def person(self, actor: Actor) -> Person:
        """Return somebody signed in, reading pages in the cast's language."""
        name = re.sub(r"[^a-z0-9]+", "-", actor.account_id.lower())
        if name not in self.met:
            self._account(name, actor)
            person = Person(self.browser, self.site, name, locale=LANGUAGES[self.language])
            self.met[name] = person.sign_in()
            person.go(f"/language/{self.language}?next=/")
        return self.met[name]

    def _account(self, name: str, actor: Actor) -> None:
        if find_account(self.store, email=f"{name}@demo.invalid") is None:
            row = AccountRow(
                id=actor.account_id,
                email=f"{name}@demo.invalid",
                name=name,
                password=_password(),
                grants=actor.grants,
            )
            save_account(self.store, row)


@cache
def _password() -> str:
    return hash_password(DEMO_PASSWORD)


class InBrowser(Player):
    """Plays a scenario whose tasks and requests are done on the site's pages.

    :ivar folder: where pictures are kept.
    """

    def __init__(self, stage: Stage, scenario: Scenario, cast: Cast, folder: str) -> None:
        super().__init__(stage, scenario)
        self._cast, self._folder = cast, folder
        self._on_pages = True

    def _by_hand(self, start: Start) -> str:
        assert start.who is not None
        person = self._cast.person(self._actor(start.who, {}))
        answer = answered(start.answer, {}, self._now(), _empty_page)
        for known in start.known:
            self._stage.somebody(answered(known, {}, self._now(), _empty_page))
        person.begin_case(self._config.id)
        person.answer(_typed(answer))
        person.shot(f"{self._folder}/start")
        person.complete()
        (case,) = self._stage.engine.cases(OBSERVER).items
        return case.id

    def _complete(self, step: Step) -> None:
        self._settle()
        if self._names_a_document(step):
            self._beside(super()._complete, step)
        else:
            super()._complete(step)

    def _refuse(self, step: Step) -> None:
        self._beside(super()._refuse, step)

    def _beside(self, play: Callable[[Step], None], step: Step) -> None:
        self._on_pages = False
        try:
            play(step)
        finally:
            self._on_pages = True

    def _names_a_document(self, step: Step) -> bool:
        """Tell whether a step answers with a document's id: on a page nobody can."""
        forms = {item.element_id: item.form_id for item in self._case.tasks()}
        form_id, given = forms.get(step.subject), step.block.block("answer")
        if form_id is None:
            return False
        fields = self._stage.deployed.form(form_id).answerable()
        return any(isinstance(given.get(f.key), str) for f in fields if f.kind == "file")

    def _move(self, moment: datetime) -> None:
        super()._move(moment)
        # The server looks at the demo's time that often: until then it would date what people do
        # by the time before.
        time.sleep(OffsetClock.REFRESH_S)

    def _expect(self, step: Step) -> None:
        self._settle()
        super()._expect(step)

    def _settle(self) -> None:
        """Wait until the site's own worker has done what follows from the last step."""
        deadline = time.monotonic() + WAIT_S
        while self._is_busy():
            assert time.monotonic() < deadline, "the site's worker does not come to an end"
            self._stage.engine.run_due()

    def _is_busy(self) -> bool:
        with self._stage.store.snapshot() as uow:
            jobs = jobs_of(uow, self._case.case_id)
        # What the site's worker has in hand just now does not wait, and is not done either.
        in_hand = any(job.status is JobStatus.DISPATCHED for job in jobs)
        waiting = [job for job in jobs if job.status is JobStatus.WAITING and not job.last_error]
        return in_hand or any(job.kind is not JobKind.TIMER for job in waiting)

    def _task(self, step: Step, actor: Actor) -> Target:
        self._settle()
        target = super()._task(step, actor)
        if not self._on_pages:
            return target
        item_id = f"{self._case.case_id}-{target.activation}"
        reason = step.block.get("reason")

        def give(answer: Mapping[str, Any]) -> None:
            person = self._cast.person(actor)
            person.open_item(item_id, self._case.row.reference)
            person.answer(_typed(answer))
            if reason:
                person.answer({"_reason": reason})
            person.shot(f"{self._folder}/{step.subject}")
            person.complete()

        return Target(target.activation, target.form_id, give)

    def _action(self, step: Step, actor: Actor) -> Target:
        self._settle()
        target = super()._action(step, actor)
        if not self._on_pages:
            return target
        address = f"/cases/{self._case.case_id}/actions/{target.activation}"

        def give(answer: Mapping[str, Any]) -> None:
            person = self._cast.person(actor)
            person.go(f"/cases/{self._case.case_id}")
            person.page.locator(f"a[href='{address}']").click()
            expect(person.button("complete")).to_be_visible()
            person.answer(_typed(answer))
            person.shot(f"{self._folder}/{step.subject}")
            person.complete()

        return Target(target.activation, target.form_id, give)

    def _taker(self, form: Form | None, actor: Actor) -> Callable[..., Any]:
        return _empty_page if self._on_pages else super()._taker(form, actor)

    def look_back(self) -> None:
        """Read the page of the case, which has ended, with whoever may see it."""
        case = self._case.row
        assert case.status.is_final, f"{case.reference} is {case.status}"
        for person in self._cast.met.values():
            if person.go(f"/cases/{case.id}") == 200:
                person.shot(f"{self._folder}/closed")
                assert case.reference in person.heading()
                return
        raise AssertionError(f"nobody of the cast may see {case.reference}")


def _empty_page(_filename: str, _purpose: str | None, _key: str) -> Any:
    return PDF


def _typed(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return what somebody types: what is not ticked, chosen or filled in is left as it is."""
    found: dict[str, Any] = {}
    for key, value in answer.items():
        if isinstance(value, list):
            found[key] = [_typed(row) if isinstance(row, Mapping) else row for row in value]
        elif value is not None and value is not False and value != "":
            found[key] = value
    return found


@contextmanager
def served(scheme: Path, folder: Path, start_at: datetime) -> Iterator[tuple[Site, Stage]]:
    """Make a site with one scheme on which it is ``start_at``, and serve it."""
    folder.mkdir(parents=True)
    site = Site(folder)
    site.run("db", "upgrade")
    settings = read_settings(site.environment, ROOT)
    store = Store(settings.database_url)
    try:
        store.set_clock_offset(start_at - datetime.now(UTC))
        site.run("deploy", str(scheme))
        with store.unit_of_work() as uow:
            load(settings.reference_data)(uow)
        site.serve()
        try:
            yield site, _stage(settings, store, scheme)
        finally:
            site.end()
    finally:
        store.close()


def _stage(settings: Settings, store: Store, scheme: Path) -> Stage:
    ports = compose(settings, store)
    engine = Engine(store, ports, settings)
    clock: Any = engine.clock
    return Stage(
        engine,
        store,
        clock,
        compile_files(read_folder(scheme), ports.registry.specs),
        load(settings.reference_data),
        load(settings.store_document)(settings, store, clock),
        ports.fields,
        load(settings.scenario_acts)(settings, store, clock, engine.publish_within),
    )


def _zone(scheme: Path) -> ZoneInfo:
    told = tomllib.loads((scheme / "scheme.toml").read_text("utf-8"))
    return ZoneInfo(told["time_zone"])


def play(browser: Browser, scheme: Path, scenario: str, language: str, folder: Path) -> None:
    """Play one scenario of a scheme in the browser, until its case has ended.

    :param language: of the pages, one of the scheme's own. :param folder: for the site.

    :raises StepFailed: at the first step that does not go as it is told.
    """
    actors = read_actors(scheme / "scenarios")
    told = read_scenario(scheme / "scenarios" / f"{scenario}.yaml", actors)
    start_at = told.start_at
    if start_at.tzinfo is None:
        start_at = start_at.replace(tzinfo=_zone(scheme))
    with served(scheme, folder, start_at) as (site, stage):
        site.today = start_at.date()
        cast = Cast(browser, site, stage.store, language)
        player = InBrowser(stage, told, cast, f"schemes/{'-'.join(scheme.parts[-2:])}")
        try:
            player.play()
            player.look_back()
        finally:
            for person in cast.met.values():
                person.leave()
    assert [text for person in cast.met.values() for text in person.complaints] == []
