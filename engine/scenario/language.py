"""What a scenario says: its start, its steps, who does them. ``docs/scenarios.md`` is its page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from engine.scenario.actors import Actors, Who, read_who
from engine.scenario.expectations import check as check_expected
from engine.scenario.source import Block, ScenarioUnreadable, read_file

PARTS = "parts"
ACTORS = "actors.yaml"

_BESIDE: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "complete": (frozenset({"as"}), frozenset({"answer", "reason"})),
    "refuse": (frozenset({"as"}), frozenset({"answer", "reason", "error", "field"})),
    "send": (frozenset({"as"}), frozenset({"answer"})),
    "publish": (frozenset(), frozenset()),
    "given": (frozenset(), frozenset()),
    "act": (frozenset(), frozenset({"as", "with"})),
    "advance": (frozenset(), frozenset()),
    "until": (frozenset(), frozenset()),
    "expect": (frozenset(), frozenset()),
    "repeat": (frozenset({"steps"}), frozenset()),
    "play": (frozenset(), frozenset()),
}
"""Steps by name: the keys that must, and the keys that may stand beside it."""

_MOST_REPEATS = 10_000


@dataclass(frozen=True, slots=True)
class Step:
    """One step.

    :ivar verb: ``complete``, ``expect`` …; ``play`` holds its part's steps as ``repeat`` does.
    :ivar subject: what stands at the verb: an element's id, a duration, a mapping.
    :ivar block: everything that stands beside it.
    """

    verb: str
    subject: Any
    block: Block
    who: Who | None
    steps: tuple[Step, ...] = ()

    @property
    def place(self) -> str:
        """File and line, as an editor opens it."""
        return f"{self.block.file}:{self.block.line}"

    def __str__(self) -> str:
        told = "" if isinstance(self.subject, Mapping) else f": {self.subject}"
        return f"{self.verb}{told}"


@dataclass(frozen=True, slots=True)
class Start:
    """Who starts the case, and with which answer to the start form; or which message does.

    :ivar message: name of the message that begins it; ``None`` where a person does.
    :ivar keys: its correlation values. :ivar variables: what it carries.
    :ivar person: what is known of the person whom it is about; an empty one is about nobody.
    :ivar known: what is known of each person who has a file from before, whoever starts the case.
    """

    who: Who | None
    answer: Mapping[str, Any]
    block: Block
    message: str | None = None
    keys: Mapping[str, Any] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)
    person: Mapping[str, Any] = field(default_factory=dict)
    known: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Scenario:
    """One case, told from start to end.

    :ivar start_at: where the clock begins; without a zone, the scheme's is meant.
    """

    file: Path
    name: str
    description: str
    start_at: datetime
    start: Start
    steps: tuple[Step, ...]


def read_actors(folder: Path) -> Actors:
    """Return who acts in a folder's scenarios; nobody where it has no actors.yaml.

    :raises ScenarioUnreadable: the file does not say it.
    """
    file = folder / ACTORS
    return Actors.read(read_file(file)) if file.exists() else Actors({}, {})


def read_scenario(file: Path, actors: Actors) -> Scenario:
    """Read one scenario with the parts that it plays.

    :raises ScenarioUnreadable: it does not say what a scenario says; with file and line.
    """
    block = read_file(file)
    block.only({"name", "description", "start_at", "start", "steps"}, "A scenario")
    reader = _StepReader(file.parent / PARTS, actors)
    return Scenario(
        file=file,
        name=block.text("name"),
        description=block.text("description", ""),
        start_at=_moment(block, "start_at"),
        start=reader.start(block),
        steps=reader.steps(block.blocks("steps"), ()),
    )


def _moment(block: Block, key: str) -> datetime:
    value = block.get(key)
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - the scheme's zone
    raise block.wrong(f"'{key}' must be a date or a moment such as 2026-01-12T09:00:00+01:00.", key)


class _StepReader:
    """Reads steps; parts are read where they are played."""

    def __init__(self, parts: Path, actors: Actors) -> None:
        self._parts = parts
        self._actors = actors

    def start(self, block: Block) -> Start:
        """Read ``start``, its ``like`` followed."""
        if "start" not in block:
            raise block.wrong("'start' is missing: say who starts the case and with what answer.")
        start = block.block("start")
        if "message" in start:
            return self._by_message(start)
        start.only({"as", "answer", "like", "known"}, "'start'")
        answer: dict[str, Any] = {}
        who = read_who(start, self._actors) if "as" in start else None
        if "like" in start:
            model = self._model(start)
            answer |= model.block("answer")
            who = who or read_who(model, self._actors)
        if who is None:
            raise start.wrong("'as' is missing: say which role starts the case.")
        known = tuple(start.blocks("known"))
        return Start(who, answer | start.block("answer"), start, known=known)

    def _by_message(self, start: Block) -> Start:
        start.only({"message", "keys", "variables", "person"}, "'start' by message")
        return Start(
            who=None,
            answer={},
            block=start,
            message=start.text("message"),
            keys=start.block("keys"),
            variables=start.block("variables"),
            person=start.block("person"),
        )

    def _model(self, start: Block) -> Block:
        part = self._part(start, "like")
        if "start" not in part:
            raise start.wrong(f"{part.file} has no 'start' to be like.", "like")
        model = part.block("start")
        model.only({"as", "answer"}, "A part's 'start'")
        return model

    def steps(self, blocks: list[Block], playing: tuple[Path, ...]) -> tuple[Step, ...]:
        """Read steps.

        :param playing: parts that these steps are inside of.
        """
        return tuple(self._step(block, playing) for block in blocks)

    def _step(self, block: Block, playing: tuple[Path, ...]) -> Step:
        verbs = [key for key in block if key in _BESIDE]
        if len(verbs) != 1:
            raise block.wrong(f"A step has one of: {', '.join(_BESIDE)}; here are {len(verbs)}.")
        verb = verbs[0]
        required, optional = _BESIDE[verb]
        block.only({verb, *required, *optional}, f"'{verb}'")
        for key in sorted(required - set(block)):
            raise block.wrong(f"'{verb}' needs '{key}'.")
        self._check(verb, block)
        who = read_who(block, self._actors) if "as" in block else None
        return Step(verb, block[verb], block, who, self._inner(verb, block, playing))

    def _check(self, verb: str, block: Block) -> None:
        if verb == "until":
            _moment(block, verb)
        elif verb == "repeat":
            times = block[verb]
            if type(times) is not int or not 0 < times <= _MOST_REPEATS:
                raise block.wrong(f"'repeat' takes a number from 1 to {_MOST_REPEATS}.", verb)
        elif verb == "given":
            block.block(verb)
        elif verb == "expect":
            check_expected(block.block(verb))
        elif verb == "publish":
            block.block(verb).only({"message", "keys", "variables"}, "'publish'")
            block.block(verb).text("message")
            block.block(verb).block("keys")
            block.block(verb).block("variables")
        else:
            block.text(verb)
        for key in {"reason", "error", "field"} & set(block):
            block.text(key)
        block.block("answer")
        block.block("with")

    def _inner(self, verb: str, block: Block, playing: tuple[Path, ...]) -> tuple[Step, ...]:
        if verb == "repeat":
            return self.steps(block.blocks("steps"), playing)
        if verb != "play":
            return ()
        part = self._part(block, "play")
        if part.file in playing:
            raise block.wrong(f"{part.file} plays itself. Break the circle.", "play")
        return self.steps(part.blocks("steps"), (*playing, part.file))

    def _part(self, block: Block, key: str) -> Block:
        name = block.text(key)
        file = self._parts / f"{name}.yaml"
        if "/" in name or "\\" in name or not file.is_file():
            raise block.wrong(f"There is no part '{name}': {file} is missing.", key)
        part = read_file(file)
        part.only({"description", "start", "steps"}, "A part")
        return part


__all__ = [
    "Scenario",
    "ScenarioUnreadable",
    "Start",
    "Step",
    "read_actors",
    "read_scenario",
]
