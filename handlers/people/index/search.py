"""Looking people up: candidates by blind index, a bounded number of them decrypted to rank."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from engine.errors import InvalidAnswer
from engine.model import Actor, Tier
from engine.ports import Clock
from engine.store import UnitOfWork
from handlers.people.directory import Directory
from handlers.people.duplicates.compare import compare_births
from handlers.people.files.store import visible
from handlers.people.files.tiers import PersonAccess
from handlers.people.index import store
from handlers.people.index.tokens import clues_for, swapped, token, weighty
from handlers.people.names import digits_normal, likeness
from handlers.people.profile import Identifier, Profile

MOST_DECRYPTED = 60
MOST_SHOWN = 20
LEAST_RANK = 55


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom somebody looks for; at least one of the three.

    :ivar name: names in any order and either script.
    :ivar born: the date; ``birth_year`` where no more is known.
    :ivar identifier: a number, whatever its type.
    """

    name: str = ""
    born: date | None = None
    birth_year: int | None = None
    identifier: str = ""

    @property
    def asked(self) -> str:
        """By what, as the log says it."""
        parts = (
            ("name", self.name),
            ("birth", self.born or self.birth_year),
            ("identifier", self.identifier),
        )
        return "+".join(word for word, value in parts if value)

    @property
    def profile(self) -> Profile:
        """The person as far as they are described."""
        numbers = (Identifier("", "", self.identifier),) if self.identifier else ()
        year = self.born.year if self.born else self.birth_year
        return Profile(self.name, birth_date=self.born, birth_year=year, identifiers=numbers)


@dataclass(frozen=True, slots=True)
class Hit:
    """A person who could be meant.

    :ivar rank: 0 to 100, how well they fit.
    """

    person_id: str
    profile: Profile
    rank: int


@dataclass(frozen=True, slots=True)
class Search:
    """Finds people among those that the searcher may see."""

    directory: Directory
    access: PersonAccess
    clock: Clock

    def find(self, uow: UnitOfWork, wanted: Wanted, actor: Actor) -> tuple[Hit, ...]:
        """Return who could be meant, the likeliest first; the search is logged.

        Only people whose identity is open to the searcher are shown.

        :raises InvalidAnswer: nothing is asked that could find anybody.
        """
        clues = clues_for(wanted.profile)
        if not weighty(clues):
            raise InvalidAnswer({"name": "Give a name, a birth date or a number."})
        now = self.clock.now()
        roots = store.candidates(
            uow,
            self.directory.tokens(clues),
            seen=visible(actor, now),
            least=1,
            limit=MOST_DECRYPTED,
        )
        hits = (self._hit(uow, root, wanted) for root in roots)
        ranked = sorted(
            (hit for hit in hits if hit.rank >= LEAST_RANK), key=lambda h: (-h.rank, h.person_id)
        )
        shown = tuple(
            hit
            for hit in ranked[:MOST_SHOWN]
            if Tier.IDENTITY in self.access.standing(uow, hit.person_id, actor).every
        )
        text = f"{wanted.name}\0{wanted.born or wanted.birth_year}\0{wanted.identifier}"
        digest = token(self.directory.search_keys.current.secret, ("q", text))
        store.insert_search(
            uow,
            store.SearchRow(
                now, actor.account_id, wanted.asked, digest, tuple(h.person_id for h in shown)
            ),
        )
        return shown

    def _hit(self, uow: UnitOfWork, root: str, wanted: Wanted) -> Hit:
        profile = self.directory.profile(uow, root)
        return Hit(root, profile, rank(profile, wanted))


def rank(profile: Profile, wanted: Wanted) -> int:
    """Return how well a person fits what is looked for, 0 to 100."""
    if wanted.identifier:
        number = digits_normal(wanted.identifier)
        if number in {each.normal for each in profile.identifiers}:
            return 100
    scores: list[float] = []
    if wanted.name:
        scores.append(max((likeness(wanted.name, name) for name in profile.names), default=0.0))
    if wanted.born or wanted.birth_year:
        scores.append(_birth(profile, wanted))
    return round(sum(scores) / len(scores)) if scores else 0


def _birth(profile: Profile, wanted: Wanted) -> float:
    if wanted.born and profile.birth_date and swapped(wanted.born) == profile.birth_date:
        return 80.0
    how = compare_births(profile, wanted.profile)
    # Beside a name a year says something; alone it fits far too many.
    year = 60.0 if wanted.name or wanted.born is None else 40.0
    return {"same": 100.0, "year": year, "unknown": 50.0}.get(how, 20.0)
