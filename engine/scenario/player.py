"""Playing a scenario: each step a person's or the clock's, then whatever is due."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from engine.errors import NotFound, PasserelleError
from engine.feel import parse, to_feel
from engine.model import Actor, Tier
from engine.play import play_until
from engine.scenario.actors import Who
from engine.scenario.expectations import unmet
from engine.scenario.failures import StepFailed, Unmet, check_refusal, details_of
from engine.scenario.language import Scenario, Start, Step
from engine.scenario.situation import OBSERVER, Situation
from engine.scenario.stage import Stage
from engine.scenario.values import answered, computed, evaluated
from engine.service import WorkItemView
from engine.store.work import parse_work_item_id

if TYPE_CHECKING:
    from engine.forms import Form


@dataclass(frozen=True, slots=True)
class Target:
    """Where an answer goes: a task or an action, with its form."""

    activation: int
    form_id: str | None
    give: Callable[[dict[str, Any]], object]


class Player:
    """Plays one scenario on a stage.

    :ivar situation: the case, once it is started.
    """

    def __init__(self, stage: Stage, scenario: Scenario) -> None:
        self._stage = stage
        self._scenario = scenario
        self._config = stage.deployed.config
        self._zone = ZoneInfo(self._config.time_zone)
        self._incidents = 0
        self._called_from: list[str] = []
        self.situation: Situation | None = None

    def play(self) -> None:
        """Play from the start to the last step.

        :raises StepFailed: at the first step that does not go as it is told.
        """
        self._start(self._scenario.start, self._scenario.steps[:1])
        self._play(self._scenario.steps, ())

    # --- the course of it ---------------------------------------------------------------------

    def _start(self, start: Start, following: tuple[Step, ...]) -> None:
        place = f"{start.block.file}:{start.block.line}"
        try:
            case_id = self._by_message(start) if start.who is None else self._by_hand(start)
            self.situation = Situation(self._stage, case_id)
            self._stage.engine.run_due()
        except PasserelleError as error:
            raise StepFailed(place, "start", details_of(error)) from error
        self._no_new_incident(place, "start", following)

    def _by_hand(self, start: Start) -> str:
        assert start.who is not None  # noqa: S101 - the other way to start has nobody
        actor = self._actor(start.who, {})
        form = self._stage.engine.start_form(self._config.id, actor)
        self._known_keys(form.form if form else None, start.answer)
        answer = answered(start.answer, {}, self._now(), _no_file)
        for known in start.known:
            self._stage.somebody(answered(known, {}, self._now(), _no_file))
        return self._stage.engine.start(self._config.id, answer, actor).id

    def _by_message(self, start: Start) -> str:
        assert start.message is not None  # noqa: S101 - read with its name
        keys = answered(start.keys, {}, self._now(), _no_file)
        carried = answered(start.variables, {}, self._now(), _no_file)
        known = answered(start.person, {}, self._now(), _no_file)
        about = self._stage.somebody(known) if known else None
        self._stage.engine.publish(start.message, keys, carried, about=about)
        begun = self._stage.engine.cases(OBSERVER).items
        if len(begun) != 1:
            raise Unmet(f"the message {start.message} begins {len(begun)} cases, not 1")
        return begun[0].id

    def _play(self, steps: tuple[Step, ...], after: tuple[Step, ...]) -> None:
        for number, step in enumerate(steps):
            following = (*steps[number + 1 : number + 2], *after)[:1]
            if step.verb in ("repeat", "play"):
                self._play_inner(step, following)
            else:
                self._step(step, following)

    def _play_inner(self, step: Step, after: tuple[Step, ...]) -> None:
        times = step.subject if step.verb == "repeat" else 1
        for time in range(1, times + 1):
            self._called_from.append(
                f"played at {step.place}" if times == 1 else f"time {time} of {step.place}"
            )
            self._play(step.steps, step.steps[:1] if time < times else after)
            self._called_from.pop()

    def _step(self, step: Step, following: tuple[Step, ...]) -> None:
        try:
            getattr(self, f"_{step.verb}")(step)
            if step.verb != "expect":
                self._stage.engine.run_due()
        except Unmet as error:
            self._fail(step.place, str(step), error.details)
        except PasserelleError as error:
            self._fail(step.place, str(step), details_of(error))
        if step.verb != "expect":
            self._no_new_incident(step.place, str(step), following)

    def _fail(self, place: str, step: str, details: Iterable[str]) -> None:
        troubles = self.situation.troubles() if self.situation else []
        raise StepFailed(place, step, (*details, *troubles, *reversed(self._called_from)))

    def _no_new_incident(self, place: str, step: str, following: tuple[Step, ...]) -> None:
        first = _first(following)
        if first is not None and first.verb == "expect" and "incidents" in first.subject:
            return
        if len(self._case.incidents()) > self._incidents:
            self._fail(place, step, ["the case cannot go on by itself"])

    # --- the steps ----------------------------------------------------------------------------

    def _complete(self, step: Step) -> None:
        actor = self._actor_of(step)
        self._give(step, self._task(step, actor), actor)

    def _send(self, step: Step) -> None:
        actor = self._actor_of(step)
        offered = self._stage.engine.actions(self._case.case_id, actor)
        if step.subject not in {action.element_id for action in offered}:
            known = ", ".join(action.element_id for action in offered) or "nothing"
            raise Unmet(f"{_named(actor)} is not offered {step.subject}, but {known}")
        self._give(step, self._action(step, actor), actor)

    def _refuse(self, step: Step) -> None:
        actor = self._actor_of(step)
        is_task = any(item.element_id == step.subject for item in self._case.tasks())
        target = self._task(step, actor) if is_task else self._action(step, actor)
        try:
            self._give(step, target, actor)
        except Unmet:
            raise
        except PasserelleError as error:
            check_refusal(step, error)
            return
        raise Unmet("it should have been refused, and was accepted")

    def _publish(self, step: Step) -> None:
        # A key is often known only where the case waits, inside a called process.
        known, now = self._case.all_variables(), self._now()
        block = step.block.block("publish")
        keys = evaluated(block.block("keys"), known, now)
        variables = evaluated(block.block("variables"), known, now)
        self._stage.engine.publish(block.text("message"), keys, variables)

    def _given(self, step: Step) -> None:
        changes = computed(step.subject, self._case.variables(), self._now())
        with self._stage.store.unit_of_work() as uow:
            self._stage.change(uow, changes)

    def _act(self, step: Step) -> None:
        act = self._stage.acts.get(step.subject)
        if act is None:
            known = ", ".join(sorted(self._stage.acts)) or "none"
            raise Unmet(f"there is no act '{step.subject}'; known acts: {known}")
        actor = None if step.who is None else self._actor_of(step)
        values = computed(step.block.block("with"), self._case.all_variables(), self._now())
        with self._stage.store.unit_of_work() as uow:
            act(uow, self._case.row.ref, actor, values)

    def _advance(self, step: Step) -> None:
        source = "start + duration(length)"
        context = {"start": self._now().astimezone(self._zone), "length": step.subject}
        moment = parse(source, tuple(context)).evaluate(to_feel(context))  # type: ignore[arg-type]
        if not isinstance(moment, datetime) or moment <= self._now():
            raise Unmet(f"'{step.subject}' is no duration ahead; write one such as P10D or P1M")
        self._move(moment)

    def _until(self, step: Step) -> None:
        wanted = step.subject
        if not isinstance(wanted, datetime):
            assert isinstance(wanted, date)  # noqa: S101 - checked when the scenario was read
            wanted = datetime(wanted.year, wanted.month, wanted.day, tzinfo=self._zone)
        moment = wanted if wanted.tzinfo else wanted.replace(tzinfo=self._zone)
        if moment < self._now():
            raise Unmet(f"it is {self._now().astimezone(self._zone):%Y-%m-%d %H:%M} already")
        self._move(moment)

    def _expect(self, step: Step) -> None:
        wrong = unmet(self._case, step.subject)
        if wrong:
            raise Unmet(*wrong)
        self._incidents = step.subject.get("incidents", self._incidents)

    def _move(self, moment: datetime) -> None:
        play_until(self._stage.engine, self._stage.clock, moment.astimezone(UTC))

    # --- giving an answer ---------------------------------------------------------------------

    def _task(self, step: Step, actor: Actor) -> Target:
        items = [item for item in self._case.tasks() if item.element_id == step.subject]
        if not items:
            is_open = ", ".join(item.element_id for item in self._case.tasks()) or "none"
            raise Unmet(f"{step.subject} is not open; open tasks: {is_open}")
        item = self._doable(items, actor)
        engine, reason = self._stage.engine, step.block.get("reason")
        return Target(
            parse_work_item_id(item.id)[1],
            item.form_id,
            lambda answer: engine.complete(item.id, answer, actor, reason=reason),
        )

    def _doable(self, items: list[WorkItemView], actor: Actor) -> WorkItemView:
        if len(items) == 1:
            return items[0]
        for item in items:
            try:
                view = self._stage.engine.task(item.id, actor)
            except NotFound:
                break  # Not the actor's case: completing the task says so.
            if view.may_do and not view.separated:
                return item
        return items[0]

    def _action(self, step: Step, actor: Actor) -> Target:
        waiting = [s for s in self._case.subscriptions() if s.element_id == step.subject]
        if not waiting:
            known = [s.element_id for s in self._case.subscriptions() if s.candidate_groups]
            raise Unmet(f"{step.subject} is not awaited; awaited: {', '.join(known) or 'nothing'}")
        engine, case_id, found = self._stage.engine, self._case.case_id, waiting[0]
        return Target(
            found.activation,
            found.form_id,
            lambda answer: engine.send(case_id, found.activation, answer, actor),
        )

    def _give(self, step: Step, target: Target, actor: Actor) -> None:
        written = step.block.block("answer")
        form = self._stage.deployed.form(target.form_id) if target.form_id else None
        self._known_keys(form, written)
        variables = self._case.variables(target.activation)
        target.give(answered(written, variables, self._now(), self._taker(form, actor)))

    def _known_keys(self, form: Form | None, answer: Mapping[str, Any]) -> None:
        keys = {field.key for field in form.answerable()} if form else set()
        unknown = sorted(set(answer) - keys)
        if unknown:
            which = f"form '{form.id}' has" if form else "there is no form, so it has"
            known = ", ".join(sorted(keys)) or "no field"
            raise Unmet(f"{which} no field {', '.join(unknown)}; it has: {known}")

    def _taker(self, form: Form | None, actor: Actor) -> Callable[[str, str | None, str], str]:
        tiers = {f.key: f.tier for f in form.answerable()} if form else {}

        def take(filename: str, purpose: str | None, key: str) -> str:
            with self._stage.store.unit_of_work() as uow:
                return self._stage.hand_in(
                    uow,
                    self._case.row.ref,
                    filename,
                    actor,
                    tier=tiers.get(key) or Tier.CASE,
                    purpose=purpose or key,
                )

        return take

    # --- who and when -------------------------------------------------------------------------

    @property
    def _case(self) -> Situation:
        assert self.situation is not None  # noqa: S101 - the start comes first
        return self.situation

    def _now(self) -> datetime:
        return self._stage.engine.now()

    def _actor_of(self, step: Step) -> Actor:
        assert step.who is not None  # noqa: S101 - checked when the scenario was read
        return self._actor(step.who, self._case.variables())

    def _actor(self, who: Who, variables: Mapping[str, Any]) -> Actor:
        organisation = computed(who.organisation, variables, self._now())
        if organisation is not None and not isinstance(organisation, str):
            raise Unmet(f"the organisation '{who.organisation}' of {who.person} gives no id")
        return who.actor(organisation, self._config.country, self._config.id)


def _first(steps: tuple[Step, ...]) -> Step | None:
    """Return the step that is played next: the first inside ``play`` and ``repeat``."""
    if not steps:
        return None
    return _first(steps[0].steps) if steps[0].verb in ("play", "repeat") else steps[0]


def _no_file(_filename: str, _purpose: str | None, key: str) -> str:
    raise Unmet(f"'{key}': the start form cannot take a document: there is no case yet")


def _named(actor: Actor) -> str:
    return f"{actor.account_id} ({', '.join(sorted(actor.roles))})"
