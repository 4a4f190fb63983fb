"""What pages and commands see of migrations: plain values in one language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class VersionView:
    """A version of a scheme.

    :ivar running: cases in it that have not ended.
    :ivar documentation: processes that cannot be run and are there to be read only.
    :ivar runs: whether cases can be in it.
    """

    version: int
    created_at: datetime
    created_by: str
    running: int
    documentation: tuple[str, ...] = ()
    runs: bool = True


@dataclass(frozen=True, slots=True)
class StandingView:
    """An element of the old version at which cases stand now.

    :ivar cases: how many. :ivar target: the element of the new version to which they would go,
        by its id or the mapping; ``None`` if that must be said.
    :ivar choices: elements of the new version of the same kind, by id and name, the likeliest
        first.
    """

    element_id: str
    name: str
    kind: str
    cases: int
    target: str | None
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class MoveView:
    """One live thing of a case and where it goes.

    :ivar fate: ``kept``, ``armed``, ``withdrawn`` or ``stuck``.
    :ivar notes: what changes for people, or why it cannot move and what to do.
    """

    element_id: str
    target: str | None
    name: str
    kind: str
    waits: str
    fate: str
    notes: tuple[str, ...]
    due: datetime | None


@dataclass(frozen=True, slots=True)
class MigrationPreview:
    """What a migration would do to one case.

    :ivar revision: the case's, to be given to the migration: it is refused if the case goes on.
    :ivar problems: of the mapping itself.
    """

    case_id: str
    reference: str
    from_version: int
    to_version: int
    revision: int
    possible: bool
    problems: tuple[str, ...]
    moves: tuple[MoveView, ...]


@dataclass(frozen=True, slots=True)
class MovableCase:
    """A case that may be moved to another version of its scheme.

    :ivar version: the one that it is in. :ivar can_undo: it was moved there, and nobody has gone on
        since.
    """

    case_id: str
    reference: str
    scheme: str
    scheme_name: str
    country: str
    version: int
    ended: bool
    can_undo: bool


@dataclass(frozen=True, slots=True)
class BatchPreview:
    """What a migration in bulk would do.

    :ivar refused: by reason, how many cases could not move for it.
    :ivar changes: what changes for people, each with how many cases it concerns.
    :ivar examples: references of cases that could not move, at most ten.
    """

    scheme: str
    from_version: int
    to_version: int
    cases: int
    possible: int
    refused: Mapping[str, int]
    changes: Mapping[str, int]
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BatchItemView:
    """One case of a batch.

    :ivar status: ``waiting``, ``moved``, ``refused``, ``failed`` or ``cancelled``.
    :ivar can_undo: it was moved and nobody has gone on since.
    """

    case_id: str
    reference: str
    status: str
    reasons: tuple[str, ...]
    at: datetime | None
    can_undo: bool


@dataclass(frozen=True, slots=True)
class BatchView:
    """A migration in bulk.

    :ivar status: ``running``, ``paused``, ``cancelled`` or ``done``.
    :ivar counts: cases by status.
    """

    id: str
    scheme: str
    from_version: int
    to_version: int
    mapping: Mapping[str, str]
    status: str
    counts: Mapping[str, int]
    created_at: datetime
    created_by: str

    @property
    def total(self) -> int:
        """Cases in all."""
        return sum(self.counts.values())
