"""Merging two files of one person, telling two people apart, and undoing either.

A merge moves nothing: both files keep their ids, keys, consents and histories, and name one root.
The cases follow, because whatever is asked of a person is asked of all files of their root; and
undoing it only takes the name of the root back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.errors import Conflict, NotFound
from engine.model import Actor, Tier
from engine.ports import Clock
from engine.store import UnitOfWork
from engine.store.cases import link_subject, lock_case
from engine.store.queries import can_see
from handlers.people.directory import Directory
from handlers.people.duplicates import store
from handlers.people.duplicates.compare import Comparison, compare
from handlers.people.duplicates.store import Pair, PairStatus
from handlers.people.files.store import (
    cases_of,
    erased_persons,
    lock_persons,
    members,
    read_person,
    see_person,
    set_root,
)
from handlers.people.files.tiers import PersonAccess
from handlers.people.profile import Profile


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Two files before somebody's eyes.

    :ivar one: profile of the file with the smaller id; ``other``: of the other.
    """

    pair: Pair
    one: Profile
    other: Profile
    comparison: Comparison
    decisions: tuple[store.PairDecision, ...]


@dataclass(frozen=True, slots=True)
class Duplicates:
    """What people do about suspected duplicates: of files whose persons they work with."""

    directory: Directory
    access: PersonAccess
    clock: Clock

    def side_by_side(self, uow: UnitOfWork, one: str, other: str, actor: Actor) -> SideBySide:
        """Return two files as they compare now.

        :raises NotFound: one of them is not the actor's to see, or they are one and the same.
        """
        self._both_seen(uow, one, other, actor)
        pair = self._pair(uow, one, other)
        low, high = self._apart(uow, pair)
        return SideBySide(pair, low, high, compare(low, high), store.decisions(uow, pair))

    def listed(
        self, uow: UnitOfWork, actor: Actor, status: PairStatus, page: int, size: int
    ) -> tuple[tuple[SideBySide, ...], int]:
        """Return a page of pairs whose both files the actor may see and identify.

        :returns: the page, and how many pairs there are in all.
        """
        pairs, total = store.find_pairs(
            uow, actor, self.clock.now(), status=status, offset=(page - 1) * size, limit=size
        )
        shown = []
        for pair in pairs:
            both = (pair.low, pair.high)
            if all(self._works_with(uow, person_id, actor) for person_id in both):
                low, high = self._apart(uow, pair)
                shown.append(SideBySide(pair, low, high, compare(low, high), ()))
        return tuple(shown), total

    def merge(self, uow: UnitOfWork, keep: str, other: str, actor: Actor) -> None:
        """Say that two files are of one person; ``keep`` is the one that stands for both.

        :raises NotFound: one of them is not the actor's to see.
        :raises Conflict: they are merged already, or one was erased meanwhile.
        """
        self._both_seen(uow, keep, other, actor)
        now = self.clock.now()
        lock_persons(uow, [keep, other])
        kept, joined = read_person(uow, keep).root, read_person(uow, other).root
        if kept == joined:
            raise Conflict("These two files are merged already. Nothing was changed.")
        if erased_persons(uow, [kept, joined, keep, other]):
            raise Conflict("One of these two files was erased. Nothing was changed.")
        pair = self._pair(uow, kept, joined, lock=True)
        store.decide(uow, pair, PairStatus.MERGED, kept, now, actor.account_id)
        set_root(uow, members(uow, joined), kept)
        self._tell(uow, members(uow, kept), "person.merged", {"pair": _named(pair)}, actor, now)

    def tell_apart(self, uow: UnitOfWork, one: str, other: str, actor: Actor) -> None:
        """Say that two files are of two people: they are suspected no more.

        :raises Conflict: they are merged; undo that first.
        """
        self._both_seen(uow, one, other, actor)
        pair = self._pair(uow, one, other, lock=True)
        if pair.status is not PairStatus.SUSPECTED:
            raise Conflict("Somebody decided about these two files already. Nothing was changed.")
        now = self.clock.now()
        store.decide(uow, pair, PairStatus.DISTINCT, None, now, actor.account_id)
        both = (*members(uow, one), *members(uow, other))
        self._tell(uow, both, "person.told-apart", {"pair": _named(pair)}, actor, now)

    def undo(self, uow: UnitOfWork, one: str, other: str, actor: Actor) -> None:
        """Take a decision about two files back: they are two again, and suspected.

        :raises NotFound: they are not the actor's to see.
        :raises Conflict: there is no decision to take back.
        """
        self._seen(uow, one, actor)
        self._seen(uow, other, actor)
        pair = store.read_pair(uow, one, other, lock=True)
        if pair is None or pair.status is PairStatus.SUSPECTED:
            raise Conflict("There is no decision about these two files to take back.")
        now, files = self.clock.now(), members(uow, one)
        lock_persons(uow, {*files, one, other})
        store.decide(uow, pair, PairStatus.SUSPECTED, None, now, actor.account_id)
        if pair.status is PairStatus.MERGED:
            self._part(uow, pair, files)
        self._tell(
            uow, {*files, one, other}, "person.decision-undone", {"pair": _named(pair)}, actor, now
        )

    def link(self, uow: UnitOfWork, case_id: str, person_id: str, actor: Actor) -> None:
        """Say that a case is about a person whom the site knows.

        A case about nobody yet gets its subject; one that opened a file of its own has that file
        merged with the person's.

        :raises NotFound: the case or the person is not the actor's to see.
        :raises Conflict: the case is about this person already.
        """
        now = self.clock.now()
        if not can_see(uow, case_id, actor, now):
            raise NotFound("case", case_id)
        root = self._seen(uow, person_id, actor)
        case = lock_case(uow, case_id)
        if case is None:
            raise NotFound("case", case_id)
        if case.subject is not None:
            self.merge(uow, root, case.subject, actor)
            return
        if erased_persons(uow, [root]):
            raise Conflict("This person's file was erased. Nothing was changed.")
        link_subject(uow, case, root, now)
        uow.record(case_id, "person.linked", {}, actor=actor.account_id, at=now)

    # --- inside -------------------------------------------------------------------------------

    def _seen(self, uow: UnitOfWork, person_id: str, actor: Actor) -> str:
        """Return the root of a person whom the actor works with."""
        root = see_person(uow, person_id, actor, self.clock.now()).id
        if not self._works_with(uow, root, actor):
            raise NotFound("person", person_id)
        return root

    def _works_with(self, uow: UnitOfWork, person_id: str, actor: Actor) -> bool:
        standing = self.access.standing(uow, person_id, actor)
        return standing.may_change and Tier.IDENTITY in standing.every

    def _both_seen(self, uow: UnitOfWork, one: str, other: str, actor: Actor) -> None:
        if one == other:
            raise NotFound("pair of persons", one)
        self._seen(uow, one, actor)
        self._seen(uow, other, actor)

    def _pair(self, uow: UnitOfWork, one: str, other: str, *, lock: bool = False) -> Pair:
        known = store.read_pair(uow, one, other, lock=lock)
        if known is not None:
            return known
        low, high = store.in_order(one, other)
        score = compare(self.directory.profile(uow, low), self.directory.profile(uow, high)).score
        return Pair(low, high, score, PairStatus.SUSPECTED, None, self.clock.now())

    def _apart(self, uow: UnitOfWork, pair: Pair) -> tuple[Profile, Profile]:
        if pair.status is PairStatus.MERGED:
            own = self.directory.own_profile
            return own(uow, pair.low), own(uow, pair.high)
        return self.directory.profile(uow, pair.low), self.directory.profile(uow, pair.high)

    def _part(self, uow: UnitOfWork, undone: Pair, files: Sequence[str]) -> None:
        """Give the files that came with the undone merge their own root back."""
        leaving = undone.high if undone.kept == undone.low else undone.low
        joined = [(p.low, p.high) for p in store.merged_pairs(uow, files)]
        part = _connected(leaving, joined)
        set_root(uow, part, leaving)

    def _tell(
        self,
        uow: UnitOfWork,
        person_ids: Iterable[str],
        kind: str,
        data: dict[str, str],
        actor: Actor,
        now: datetime,
    ) -> None:
        for case in cases_of(uow, sorted(set(person_ids)), None, now):
            uow.record(case.id, kind, data, actor=actor.account_id, at=now)


def _named(pair: Pair) -> str:
    return f"{pair.low}-{pair.high}"


def _connected(start: str, edges: Sequence[tuple[str, str]]) -> set[str]:
    """Return what hangs together with ``start`` through these pairs.

    >>> sorted(_connected("b", [("b", "c"), ("a", "d")]))
    ['b', 'c']
    """
    found, frontier = {start}, [start]
    while frontier:
        here = frontier.pop()
        for low, high in edges:
            for near, far in ((low, high), (high, low)):
                if near == here and far not in found:
                    found.add(far)
                    frontier.append(far)
    return found
