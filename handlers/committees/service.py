"""What people do in committees: each act checked against the seat of whoever asks for it.

Who may see a body is :func:`handlers.committees.bodies.store.visible`, for lists and ids alike:
what is not the actor's is :class:`~engine.errors.NotFound`. Members act for themselves only, never
through a substitute; the secretary, the chair and the deputy keep the agenda and record decisions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from engine.errors import NotAllowed, NotFound
from engine.model import Actor, Tier
from engine.ports import Clock, FieldSink, Publisher
from engine.store import UnitOfWork
from engine.store.cases import read_case
from handlers.committees import agenda, deciding, deliberation, minutes
from handlers.committees.bodies.store import (
    Body,
    MemberRole,
    bodies,
    members_of,
    read_body,
    visible,
)
from handlers.committees.deciding import CONDITIONS, MISSING, REASON, Desk, Verdict
from handlers.committees.decisions.store import Decision, Minutes
from handlers.committees.deliberation import Bench, read_bench
from handlers.committees.files.store import File, read_file
from handlers.committees.rules import Vote
from handlers.committees.sessions.store import Session, read_session
from handlers.people import Access, case_owner, person_owner

CLERKS = frozenset({MemberRole.SECRETARY, MemberRole.CHAIR, MemberRole.DEPUTY})
"""Seats that keep the agenda, the attendance and the decisions."""


@dataclass(frozen=True, slots=True)
class Committees:
    """The room as pages and commands use it.

    :ivar access: which tiers a reader may open, and the log of what was.
    :ivar publish: tells cases what was decided, in the open transaction.
    """

    fields: FieldSink
    access: Access
    publish: Publisher
    clock: Clock

    # --- reading ------------------------------------------------------------------------------

    def bodies(self, uow: UnitOfWork, actor: Actor) -> tuple[Body, ...]:
        """Return the bodies that the actor may see, by name."""
        return bodies(uow, visible(actor, self.clock.now()))

    def body(self, uow: UnitOfWork, body_id: str, actor: Actor) -> Body:
        """Return a body.

        :raises NotFound: there is none, or it is not the actor's to see.
        """
        return read_body(uow, body_id, visible(actor, self.clock.now()))

    def bench(self, uow: UnitOfWork, session_id: str, actor: Actor) -> Bench:
        """Return a session with its body and who is in the room.

        :raises NotFound: there is none, or its body is not the actor's to see.
        """
        session = read_session(uow, session_id)
        try:
            self.body(uow, session.body_id, actor)
        except NotFound:
            raise NotFound("committee session", session_id) from None
        return read_bench(uow, session, self.clock.now())

    def file(self, uow: UnitOfWork, file_id: str, actor: Actor) -> tuple[File, Body]:
        """Return a file and the body before which it is.

        :raises NotFound: there is none, or its body is not the actor's to see.
        """
        file = read_file(uow, file_id)
        try:
            return file, self.body(uow, file.body_id, actor)
        except NotFound:
            raise NotFound("committee file", file_id) from None

    def is_clerk(self, uow: UnitOfWork, body_id: str, actor: Actor) -> bool:
        """Tell whether the actor keeps a body's sessions: its secretary, chair or deputy."""
        return any(
            member.account_id == actor.account_id and member.role in CLERKS
            for member in members_of(uow, body_id, self.clock.now())
        )

    def words(self, uow: UnitOfWork, file: File, body: Body, actor: Actor) -> Mapping[str, str]:
        """Return the words of the decision on a file, as far as the reader may see its case."""
        case = read_case(uow, file.case_id).ref
        keys = (CONDITIONS, MISSING, REASON)
        found = self.fields.read(uow, case, keys, as_committee(actor, body))
        return {key: str(value) for key, value in found.items()}

    def annex(self, uow: UnitOfWork, session_id: str, actor: Actor) -> Mapping[str, str]:
        """Return the names of the people behind signed minutes, by file id; the read is logged.

        Only of cases that the reader may see as a person of this committee.

        :raises NotFound: the session is not the actor's to see.
        """
        bench = self.bench(uow, session_id, actor)
        reader = as_committee(actor, bench.body)
        names = minutes.annex(self._desk(uow, actor), bench.session)
        opened = {}
        for file_id, name in names.items():
            case = read_case(uow, read_file(uow, file_id).case_id).ref
            if Tier.IDENTITY in self.access.open_tiers(uow, case, reader):
                owner = person_owner(case.subject) if case.subject else case_owner(case.id)
                told = [(owner, key, Tier.IDENTITY) for key in minutes.NAME_KEYS]
                self.access.log(uow, case, actor.account_id, told, "committees.annex")
                opened[file_id] = name
        return opened

    # --- the secretary's and the chair's --------------------------------------------------------

    def call(
        self, uow: UnitOfWork, body_id: str, planned_for: datetime, place: str, actor: Actor
    ) -> Session:
        """Call a session; see :func:`handlers.committees.agenda.call_session`."""
        body = self.body(uow, body_id, actor)
        self._keeps(uow, body, actor)
        now = self.clock.now()
        return agenda.call_session(uow, body, planned_for, place, actor=actor, at=now)

    def cancel(self, uow: UnitOfWork, session_id: str, actor: Actor) -> None:
        """Call a session off before it opens."""
        agenda.cancel_session(uow, self._kept(uow, session_id, actor).session, self.clock.now())

    def open(self, uow: UnitOfWork, session_id: str, actor: Actor) -> None:
        """Open a session."""
        session = self._kept(uow, session_id, actor).session
        deliberation.open_session(uow, session, self.clock.now())

    def fill(self, uow: UnitOfWork, session_id: str, most: int, actor: Actor) -> tuple[File, ...]:
        """Fill the agenda with what waits longest, up to so many files."""
        return agenda.fill_agenda(uow, self._kept(uow, session_id, actor).session, most)

    def put_on(self, uow: UnitOfWork, session_id: str, file_id: str, actor: Actor) -> None:
        """Put one waiting file on the agenda."""
        bench = self._kept(uow, session_id, actor)
        agenda.list_files(uow, bench.session, [self.file(uow, file_id, actor)[0]])

    def take_off(self, uow: UnitOfWork, session_id: str, file_id: str, actor: Actor) -> None:
        """Take a file off the agenda; it waits again."""
        bench = self._kept(uow, session_id, actor)
        agenda.unlist(uow, bench.session, self.file(uow, file_id, actor)[0])

    def attend(
        self, uow: UnitOfWork, session_id: str, account_id: str, here: bool, actor: Actor
    ) -> bool:
        """Note that a member came or went: a clerk of anybody, a member of themselves.

        :returns: ``False`` if nothing changed by it.
        """
        bench = self.bench(uow, session_id, actor)
        if account_id != actor.account_id:
            self._keeps(uow, bench.body, actor)
        note = deliberation.arrive if here else deliberation.leave
        return note(uow, bench.session, account_id, self.clock.now())

    def decide(
        self, uow: UnitOfWork, session_id: str, verdicts: Sequence[Verdict], actor: Actor
    ) -> tuple[Decision, ...]:
        """Record what was decided; see :func:`handlers.committees.deciding.decide`."""
        bench = self._kept(uow, session_id, actor)
        return deciding.decide(self._desk(uow, actor), bench.session, verdicts)

    def sign(self, uow: UnitOfWork, session_id: str, actor: Actor) -> Minutes:
        """Close a session and sign its minutes, by who presides."""
        bench = self.bench(uow, session_id, actor)
        return minutes.sign(self._desk(uow, actor), bench.session)

    # --- each member's own ----------------------------------------------------------------------

    def declare(self, uow: UnitOfWork, file_id: str, actor: Actor) -> None:
        """Declare the actor's own conflict of interest in a file."""
        file, _ = self.file(uow, file_id, actor)
        deliberation.declare_conflict(uow, file, actor.account_id, self.clock.now())

    def score(self, uow: UnitOfWork, file_id: str, points: Mapping[str, int], actor: Actor) -> None:
        """Write the actor's own points for a file."""
        file, _ = self.file(uow, file_id, actor)
        deliberation.score(uow, file, actor.account_id, points, self.clock.now())

    def vote(self, uow: UnitOfWork, file_id: str, cast: Vote, actor: Actor) -> None:
        """Cast the actor's own vote on a file."""
        file, _ = self.file(uow, file_id, actor)
        deliberation.vote(uow, file, actor.account_id, cast, self.clock.now())

    # --- inside ---------------------------------------------------------------------------------

    def _kept(self, uow: UnitOfWork, session_id: str, actor: Actor) -> Bench:
        bench = self.bench(uow, session_id, actor)
        self._keeps(uow, bench.body, actor)
        return bench

    def _keeps(self, uow: UnitOfWork, body: Body, actor: Actor) -> None:
        if not self.is_clerk(uow, body.id, actor):
            raise NotAllowed(
                f"{actor.account_id} is neither secretary nor chair of {body.name}: ask them."
            )

    def _desk(self, uow: UnitOfWork, actor: Actor) -> Desk:
        return Desk(uow, self.fields, self.publish, actor, self.clock.now())


def as_committee(actor: Actor, body: Body) -> Actor:
    """Return the actor with those roles only that they hold for this body, or over a country.

    Somebody who also is a counsellor or an officer reads a file in the committee as its other
    members do: without what their other role opens to them, the protection tier above all.
    """
    held = (None, body.organisation_id)
    return replace(actor, grants=tuple(g for g in actor.grants if g.organisation_id in held))
