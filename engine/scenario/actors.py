"""Who acts in scenarios: roles, the organisations they are held in, and named people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.model import Actor, Grant
from engine.scenario.source import Block


@dataclass(frozen=True, slots=True)
class Who:
    """A person in a role.

    :ivar person: name of the account; the role's, where nobody in particular is meant.
    :ivar organisation: its id, or FEEL after ``=``; ``None`` reaches every organisation.
    """

    role: str
    person: str
    organisation: str | None

    def actor(self, organisation: str | None, country: str, scheme: str) -> Actor:
        """Return this person as the engine knows people, for one scheme."""
        grant = Grant(self.role, organisation, country, frozenset({scheme}))
        return Actor(self.person, (grant,))


@dataclass(frozen=True, slots=True)
class Actors:
    """What an actors.yaml says.

    :ivar roles: organisation by role. :ivar people: by name.
    """

    roles: Mapping[str, str | None]
    people: Mapping[str, Who]

    @classmethod
    def read(cls, block: Block) -> Actors:
        """Read an actors.yaml.

        :raises ScenarioUnreadable: it says something else.
        """
        block.only({"roles", "people"}, "actors.yaml")
        roles = {role: _organisation(block.block("roles"), role) for role in block.block("roles")}
        known = cls(roles, {})
        listed = block.block("people")
        return cls(roles, {name: known.spelt(listed.block(name), name) for name in listed})

    def named(self, name: str, block: Block) -> Who:
        """Return the person or the role of a name.

        :raises ScenarioUnreadable: there is neither.
        """
        if name in self.people:
            return self.people[name]
        if name in self.roles:
            return Who(name, name, self.roles[name])
        known = ", ".join(sorted({*self.people, *self.roles})) or "nobody"
        raise block.wrong(f"Nobody is called '{name}' in actors.yaml. It knows: {known}.", "as")

    def spelt(self, block: Block, person: str | None = None) -> Who:
        """Return the person that a mapping of role, person and organisation spells out.

        :raises ScenarioUnreadable: the role is missing, or its organisation is not known.
        """
        block.only({"role", "organisation"} | ({"person"} if person is None else set()), "A person")
        role = block.text("role")
        if "organisation" in block:
            organisation = _organisation(block, "organisation")
            # The same role elsewhere is another person, unless the scenario names them.
            default = f"{role}@{organisation}"
        elif role in self.roles:
            organisation, default = self.roles[role], role
        else:
            raise block.wrong(f"Role '{role}' has no organisation, here or in actors.yaml.", "role")
        return Who(role, person or block.text("person", default), organisation)


def read_who(block: Block, actors: Actors) -> Who:
    """Return whom a step's ``as`` means.

    :raises ScenarioUnreadable: nobody.
    """
    if isinstance(block["as"], str):
        return actors.named(block["as"], block)
    return actors.spelt(block.block("as"))


def _organisation(block: Block, key: str) -> str | None:
    return None if block[key] is None else block.text(key)
