"""What the engine needs from outside, composed in one place (``Settings.ports``).

* :class:`FieldSink` keeps answers that are personal data, encrypted, readable by tier;
* :class:`Dispatcher` carries calls to the outside to whoever runs them;
* :class:`Clock` tells the time;
* :class:`HandlerRegistry` holds what a diagram may ask of the world.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, get_type_hints

from engine.errors import ConfigurationError, Finding
from engine.model import Actor, CaseRef, HandlerSpec, Tier, Variables

if TYPE_CHECKING:
    from engine.settings import Settings
    from engine.store import Store, UnitOfWork


class Clock(Protocol):
    """Tells the time. A test, a scenario and the demo pass one that they move."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""


@dataclass(frozen=True, slots=True)
class TieredValue:
    """A personal answer on its way to the sink.

    :ivar value: a FEEL value.
    :ivar tier: who may read it.
    """

    value: Any
    tier: Tier


@dataclass(frozen=True, slots=True)
class Written:
    """What the sink gives back.

    :ivar subject: id of whom the case is about, made now if the case had none.
    :ivar references: by field key, the id that the process may see in place of the value.
    :ivar commitments: by field key, SHA-256 of salt and value, hex; history keeps it.
    """

    subject: str | None
    references: Mapping[str, str]
    commitments: Mapping[str, str]


class FieldSink(Protocol):
    """Keeps personal answers and free text outside the process, inside the same commit."""

    def write(
        self,
        unit_of_work: UnitOfWork,
        case: CaseRef,
        fields: Mapping[str, TieredValue],
        actor: Actor,
    ) -> Written:
        """Store these answers, encrypted under the person's key or (tier CASE) the case's."""

    def read(
        self, unit_of_work: UnitOfWork, case: CaseRef, keys: Sequence[str], reader: Actor
    ) -> Mapping[str, Any]:
        """Return those of the fields that this reader's tiers open; log sensitive reads."""

    def seal(self, unit_of_work: UnitOfWork, case: CaseRef, plain: bytes) -> bytes:
        """Encrypt free text or a draft under the person's key, or the case's."""

    def unseal(self, unit_of_work: UnitOfWork, case: CaseRef, sealed: bytes) -> bytes:
        """Give back what :meth:`seal` was given.

        :raises NotFound: the key was destroyed (the person was erased).
        """


class Dispatcher(Protocol):
    """Carries a call to the outside to whoever runs it; the row in ``jobs`` holds the truth."""

    def dispatch(self, job_id: int, attempt: int) -> None:
        """Have ``run_job(job_id, attempt)`` run soon; a lost message costs a delay only."""


class Publisher(Protocol):
    """Hands a message to the cases that wait for it, inside a transaction that is open.

    ``Engine.publish_within`` is one: a room whose decision moves cases writes the decision and
    publishes it in one commit.
    """

    def __call__(
        self,
        uow: UnitOfWork,
        message: str,
        keys: Variables,
        variables: Variables,
        *,
        time_to_live_s: int = 3600,
        message_id: str | None = None,
    ) -> int:
        """Return how many cases get it; at 0 it is buffered for its time-to-live.

        :param message_id: idempotency id: published again while it lives, it is not repeated.
        """


class Act(Protocol):
    """Something that others do outside a case, told in a scenario; see ``handlers.acts``."""

    def __call__(
        self, uow: UnitOfWork, case: CaseRef, actor: Actor | None, values: Mapping[str, Any]
    ) -> None:
        """Do it in the open transaction.

        :param actor: who does it; ``None`` where the scenario names nobody.
        :raises PasserelleError: it is refused, as a page would refuse it.
        """


# --- handlers ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HandlerCall:
    """What a handler is told beside its arguments.

    :ivar key: idempotency key ``case/element/activation``, the same over retries.
    :ivar actor: who gave the command that led here, without grants where a local call is tried
        again; ``SYSTEM`` for timers, messages, remote calls and what follows from them.
    :ivar unit_of_work: the open transaction of a local handler; ``None`` for a remote one.
    :ivar open: opens a short transaction of its own for a remote handler.
    """

    case: CaseRef
    element_id: str
    activation: int
    key: str
    attempt: int
    now: datetime
    actor: Actor
    unit_of_work: UnitOfWork | None
    open: Callable[[], AbstractContextManager[UnitOfWork]]


HandlerFunction = Callable[..., Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Handler:
    """A registered handler: its signature and the function."""

    spec: HandlerSpec
    function: HandlerFunction


def handler(
    name: str,
    *,
    local: bool = False,
    outputs: Sequence[str] = (),
    review: Callable[..., Iterable[Finding]] | None = None,
) -> Callable[[HandlerFunction], HandlerFunction]:
    """Mark a function as what a diagram calls ``name`` in ``zeebe:taskDefinition``.

    The function takes a :class:`HandlerCall`, then keyword arguments by the names that the
    diagram's input mappings and task headers give, annotated with their types.

    :param local: writes only our own database, inside the step's own commit.
    :param outputs: names that the returned mapping has.
    :param review: says what is wrong with files of a publication that are the handler's own; see
        :class:`~engine.model.HandlerSpec`.
    """

    def mark(function: HandlerFunction) -> HandlerFunction:
        parameters = list(inspect.signature(function).parameters.values())[1:]
        hints = get_type_hints(function)
        spec = HandlerSpec(
            name=name,
            local=local,
            inputs={p.name: hints.get(p.name, Any) for p in parameters},
            required=frozenset(p.name for p in parameters if p.default is p.empty),
            outputs=frozenset(outputs),
            summary=(inspect.getdoc(function) or "").split("\n")[0],
            review=review,
        )
        function.__handler__ = Handler(spec, function)  # type: ignore[attr-defined]
        return function

    return mark


@dataclass(slots=True)
class HandlerRegistry:
    """What a diagram may ask of the world, by name."""

    _handlers: dict[str, Handler] = field(default_factory=dict)

    def add(self, function: HandlerFunction) -> None:
        """Register a function marked with :func:`handler`.

        :raises ConfigurationError: it is not marked, or the name is taken.
        """
        marked: Handler | None = getattr(function, "__handler__", None)
        if marked is None:
            raise ConfigurationError(f"{function!r} has no @handler(…) mark; add one.")
        if marked.spec.name in self._handlers:
            raise ConfigurationError(f"Two handlers are called '{marked.spec.name}'; rename one.")
        self._handlers[marked.spec.name] = marked

    def get(self, name: str) -> Handler | None:
        """Return the handler of that name, or ``None``."""
        return self._handlers.get(name)

    def __iter__(self) -> Iterator[Handler]:
        return iter(self._handlers.values())

    @property
    def specs(self) -> Mapping[str, HandlerSpec]:
        """Signatures by name, as deployment checks them."""
        return {name: handler.spec for name, handler in self._handlers.items()}


@dataclass(frozen=True, slots=True)
class Periodic:
    """What a room does of itself every so often, case or no case; the worker runs it.

    :ivar name: ``room.what``, one of its kind in a site; operators see it.
    :ivar every: from the beginning of one run to the beginning of the next; what was missed while
        no worker ran is not caught up on.
    :ivar run: opens its own transactions; run again after a kill, it does no harm.
    :ivar lease: how long a run has before it is taken for dead, and another begins.
    """

    name: str
    every: timedelta
    run: Callable[[], object]
    lease: timedelta = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class KeptFiles:
    """What a room keeps on disk beside the database; a backup takes it along.

    :ivar name: of one folder within a backup; one of its kind in a site.
    :ivar folder: where the files lie. :ivar pattern: which of them, as a glob of the folder.
    :ivar secret: they are keys: a backup may leave them out.
    """

    name: str
    folder: Path
    pattern: str
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything from outside, composed once per process.

    :ivar migrations: folders of further Alembic versions, upgraded with the engine's own.
    :ivar checks: called with a database before it is opened for use; one that raises
        :class:`~engine.errors.ConfigurationError` keeps it closed.
    :ivar inspections: what the rooms find wrong in what they keep, a line each, in English.
    :ivar periodic: what the rooms do of themselves every so often.
    :ivar files: what the rooms keep on disk beside the database.
    :ivar restored: called with a database that comes from a backup, before it takes its place; one
        that raises :class:`~engine.errors.ConfigurationError` keeps it from that. Says what it did.
    """

    registry: HandlerRegistry
    fields: FieldSink
    clock: Clock
    migrations: tuple[Path, ...] = ()
    checks: tuple[Callable[[Store], None], ...] = ()
    periodic: tuple[Periodic, ...] = ()
    inspections: tuple[Callable[[UnitOfWork], Iterable[str]], ...] = ()
    files: tuple[KeptFiles, ...] = ()
    restored: tuple[Callable[[Store], str], ...] = ()


class Compose(Protocol):
    """The function that ``Settings.ports`` names: called once per process."""

    def __call__(self, settings: Settings, store: Store, clock: Clock | None = None) -> Ports:
        """Put the ports together; ``clock`` is the site's own if left out."""


__all__ = [
    "Clock",
    "Compose",
    "Dispatcher",
    "FieldSink",
    "Handler",
    "HandlerCall",
    "HandlerRegistry",
    "KeptFiles",
    "Periodic",
    "Ports",
    "Publisher",
    "TieredValue",
    "Variables",
    "Written",
    "handler",
]
