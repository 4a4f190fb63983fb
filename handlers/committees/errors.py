"""What a committee's room refuses."""

from __future__ import annotations

from engine.errors import Conflict, PasserelleError


class CommitteeRefused(PasserelleError):
    """Something cannot be done in a session as it stands; nothing was changed.

    :ivar code: ``session-state``, ``not-a-member``, ``not-present``, ``recused``, ``no-quorum``,
        ``not-listed``, ``votes``, ``amount``, ``incomplete``, ``missing-text``, ``next-session``,
        ``undecided``, ``not-the-chair``, ``points``, ``empty``.
    :ivar file_id: the file that it is about, ``""`` for the session.
    """

    def __init__(self, code: str, message: str, file_id: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.file_id = file_id


class AlreadyDecided(Conflict):
    """A file was decided before, by the same request sent twice or by somebody else.

    :ivar file_id: the file. :ivar outcome: what was decided.
    """

    def __init__(self, file_id: str, reference: str, outcome: str) -> None:
        super().__init__(f"{reference} is decided already: {outcome}. Nothing was changed.")
        self.file_id = file_id
        self.outcome = outcome
