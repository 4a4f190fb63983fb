"""The words of a migration: what of a case moves to another version, what cannot, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from engine.errors import Conflict
from engine.model import Outcome

TEXTS: Mapping[str, tuple[str, str]] = {
    "gone": (
        "the new version has no {old}. Map it to another element{hint}.",
        "la nouvelle version n'a pas {old}. Faites-le correspondre à un autre élément{hint}.",
    ),
    "kind": (
        "{old} is a {was}, {new} a {now}. Map it to a {was}{hint}.",
        "{old} est de type {was}, {new} de type {now}. Faites-le correspondre à un élément de "
        "type {was}{hint}.",
    ),
    "scope": (
        "{new} lies in {now}, not where {old} is ({was}): its variables would be lost. Leave it "
        "there, or map {old} to an element of {was}{hint}.",
        "{new} se trouve dans {now}, et non là où est {old} ({was}) : ses variables seraient "
        "perdues. Laissez-le à sa place ou faites correspondre {old} à un élément de {was}{hint}.",
    ),
    "loop": (
        "{old} is repeated in another way than {new}. Keep its multi-instance or loop as it was.",
        "{old} ne se répète pas comme {new}. Gardez sa répétition telle qu'elle était.",
    ),
    "trigger": (
        "{old} waits for {was}, {new} for {now}. Map it to an event that waits for {was}{hint}.",
        "{old} attend {was}, {new} attend {now}. Faites-le correspondre à un événement qui attend "
        "{was}{hint}.",
    ),
    "flow": (
        "a token waits at {old}, come by {was}; no such flow leads to {new}. Map {was} to one of: "
        "{now}.",
        "un jeton attend en {old}, venu par {was} ; aucun flux de ce nom ne mène à {new}. Faites "
        "correspondre {was} à l'un de : {now}.",
    ),
    "handler": (
        "its call to '{was}' is under way and {new} calls '{now}'. Let the call end first; an "
        "incident's call moves.",
        "son appel à « {was} » est en cours et {new} appelle « {now} ». Attendez la fin de "
        "l'appel ; un appel en incident se déplace.",
    ),
    "undo": (
        "{old} was done and can be undone; nothing in the new version undoes it. Map it to an "
        "activity with a compensation{hint}.",
        "{old} a été fait et peut être annulé ; rien ne l'annule dans la nouvelle version. "
        "Faites-le correspondre à une activité qui a une compensation{hint}.",
    ),
    "expression": (
        "{new} cannot be computed here: {now}",
        "{new} ne peut pas être calculé ici : {now}",
    ),
    "unknown-old": (
        "the mapping names {old}, which the version it leaves does not have. Correct the mapping"
        "{hint}.",
        "la correspondance nomme {old}, que la version de départ n'a pas. Corrigez-la{hint}.",
    ),
    "unknown-new": (
        "the mapping leads {old} to {new}, which the new version does not have. Correct the "
        "mapping{hint}.",
        "la correspondance mène {old} vers {new}, que la nouvelle version n'a pas. "
        "Corrigez-la{hint}.",
    ),
    "withdrawn": (
        "{old} no longer waits here: the new version does not have it at this place.",
        "{old} n'attend plus ici : la nouvelle version ne l'a pas à cet endroit.",
    ),
    "armed": (
        "{new} is new here and waits from now on.",
        "{new} est nouveau ici et attend à partir de maintenant.",
    ),
    "renamed": ("it was called '{was}'.", "s'appelait « {was} »."),
    "form": (
        "its form is now {now}; a draft is kept, shown as far as the fields are the same.",
        "son formulaire est désormais {now} ; un brouillon est gardé, montré pour les champs "
        "restés les mêmes.",
    ),
    "groups": ("it is now for: {now}.", "s'adresse désormais à : {now}."),
    "rules": (
        "who may do it, or how, follows the new version ({now}).",
        "qui peut le faire, ou comment, suit la nouvelle version ({now}).",
    ),
    "timer": (
        "its timer reads otherwise in the new version; the moment already set is kept.",
        "sa minuterie est écrite autrement dans la nouvelle version ; l'échéance déjà fixée est "
        "gardée.",
    ),
    "message": (
        "it now waits for {now}, with the keys of the new version.",
        "attend désormais {now}, avec les clés de la nouvelle version.",
    ),
    "condition": (
        "its condition reads otherwise in the new version and is asked anew.",
        "sa condition est écrite autrement dans la nouvelle version et est évaluée à nouveau.",
    ),
    "call": (
        "its call was set aside by an incident; a retry makes it as the new version says "
        "('{now}'), under the same key.",
        "son appel est suspendu par un incident ; une relance le fait comme le dit la nouvelle "
        "version (« {now} »), sous la même clé.",
    ),
    "incident": (
        "its incident ({was}) goes with it.",
        "son incident ({was}) l'accompagne.",
    ),
    "stops": (
        "the case would stop here with an incident: {now}",
        "le dossier s'arrêterait ici avec un incident : {now}",
    ),
    "begins": (
        "{new} begins at once: the new version has it in this ad-hoc sub-process.",
        "{new} commence aussitôt : la nouvelle version l'a dans ce sous-processus ad hoc.",
    ),
}
"""What there is to say, by code: in English and in French."""


class Fate(StrEnum):
    """What becomes of one live thing."""

    KEPT = "kept"
    ARMED = "armed"
    WITHDRAWN = "withdrawn"
    STUCK = "stuck"


@dataclass(frozen=True, slots=True)
class Note:
    """One thing to say of a move.

    :ivar code: key of :data:`TEXTS`. :ivar figures: what the text speaks of: ids, names, kinds.
    :ivar near: elements of the new version that it may be mapped to, the likeliest first.
    """

    code: str
    figures: Mapping[str, str] = field(default_factory=dict)
    near: tuple[str, ...] = ()

    def told(self, language: str) -> str:
        """Return it in French (``fr``), otherwise in English."""
        french = language == "fr"
        hint = ""
        if self.near:
            hint = (" : " if french else ": ") + ", ".join(self.near)
        return TEXTS[self.code][french].format_map({**self.figures, "hint": hint})


@dataclass(frozen=True, slots=True)
class Move:
    """One live thing of a case and where it goes.

    :ivar activation: its activation; 0 for what waits at a join or can only be undone.
    :ivar kind: BPMN's tag of its element. :ivar old: its element now; ``None`` of what is new.
    :ivar new: its element in the new version; ``None`` of what does not move.
    :ivar name: the element's name, the new version's where it has one.
    :ivar waits: what it waits for (task, call, timer, message, signal, condition), ``""`` if for
        nothing from outside.
    :ivar due: when a timer fires that is newly set; aware UTC.
    """

    activation: int
    kind: str
    old: str | None
    new: str | None
    name: str
    fate: Fate
    waits: str = ""
    notes: tuple[Note, ...] = ()
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class MigrationPlan:
    """What a migration would do to one case.

    :ivar moves: everything that is live, in its order. :ivar problems: of the mapping itself.
    """

    moves: tuple[Move, ...]
    problems: tuple[Note, ...] = ()

    @property
    def possible(self) -> bool:
        """Whether everything can move."""
        return not self.problems and all(move.fate is not Fate.STUCK for move in self.moves)

    def reasons(self, language: str) -> tuple[str, ...]:
        """Return why it cannot be done, one sentence each."""
        stuck = [note for m in self.moves if m.fate is Fate.STUCK for note in m.notes]
        return tuple(note.told(language) for note in (*self.problems, *stuck))


class MigrationRefused(Conflict):
    """Something in the case has no place in the new version; nothing was changed.

    :ivar plan: what could move, what could not and why.
    """

    def __init__(self, case_id: str, plan: MigrationPlan) -> None:
        reasons = " ".join(plan.reasons("en"))
        super().__init__(f"Case {case_id} cannot move to this version: {reasons}")
        self.case_id = case_id
        self.plan = plan


@dataclass(frozen=True, slots=True)
class Revised:
    """What changes for a task or a subscription that stays where it is.

    :ivar values: by field of :class:`~engine.model.TaskOpened` or
        :class:`~engine.model.SubscriptionWanted`, those alone that the new version says otherwise.
    """

    activation: int
    element_id: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CallRevised:
    """A call that was set aside, as the new version makes it when it is retried."""

    activation: int
    handler: str
    arguments: Mapping[str, Any]
    retries: int


@dataclass(frozen=True, slots=True)
class Migrated:
    """A case in its new version.

    :ivar outcome: its state there; what is newly awaited and what is withdrawn.
    :ivar places: the element of every activation that is kept.
    :ivar tasks: what changes for people's tasks. :ivar subscriptions: for what is awaited.
    :ivar calls: for calls that an incident set aside.
    :ivar went_on: the case took a step by itself at once, as where a join was complete.
    """

    plan: MigrationPlan
    outcome: Outcome
    places: Mapping[int, str]
    tasks: tuple[Revised, ...] = ()
    subscriptions: tuple[Revised, ...] = ()
    calls: tuple[CallRevised, ...] = ()
    went_on: bool = False
