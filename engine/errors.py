"""Everything the engine can refuse, as one tree.

::

    PasserelleError
    ├── ConfigurationError      a setting is missing or contradicts another
    ├── FeelError               an expression does not parse or passes its budget (engine.feel)
    ├── DecisionError           a DMN file or a decision cannot be used (engine.dmn)
    ├── DeploymentRefused       a publication has findings of severity "error"
    ├── DocumentationOnly       a published process is there to be read, not to be run
    ├── NotFound                no such case, work item, job, deployment
    ├── NotAllowed              the actor may not do this to that object
    │   └── DutiesNotSeparate   somebody else must: the actor did a step kept apart from this one
    ├── Conflict                the object moved on meanwhile
    │   ├── WorkItemClosed      somebody else completed it, or the case withdrew it
    │   ├── AlreadyClaimed      somebody else holds it
    │   ├── CaseSuspended       the case is suspended and takes nothing until it is resumed
    │   └── RevisionConflict    the case was advanced by another transaction
    ├── InvalidAnswer           a form answer does not fit its form
    ├── ChangeRefused           a token cannot be moved so without making the case unsound
    ├── CaseEnded               the case is completed or cancelled
    ├── StateUnreadable         a stored state was written by a newer or a broken version
    ├── HandlerFailed           a handler could not do its work; the job is tried again
    ├── BusinessError           a handler reports an error that the diagram may catch by its code
    ├── BackupRefused           a backup cannot be written there, or not be restored here
    └── StoreUnavailable        the database is locked, full, read-only, unreachable or too old
        └── StoreBusy           the transaction lost to another one; begun again it may go through

Errors know no HTTP. Each keeps the ids it talks about as attributes and says what, which, its
state now, and what to do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any


class PasserelleError(Exception):
    """Any error a caller may show to a person as it stands."""


class ConfigurationError(PasserelleError):
    """A setting is missing, unreadable, or contradicts another."""


class FeelError(PasserelleError):
    """An expression does not parse, or passes its evaluation budget.

    :ivar source: the expression as written.
    :ivar position: offset of the first wrong character, counting from 0; of an evaluation, of what
        passed the budget. ``None`` if unknown.
    :ivar code: stable id of what is wrong; ``""`` where there is none.
    :ivar figures: what the message speaks of, by name.
    """

    def __init__(
        self,
        message: str,
        *,
        source: str = "",
        position: int | None = None,
        code: str = "",
        figures: Mapping[str, Any] | None = None,
        told: Callable[[str], str] | None = None,
    ) -> None:
        super().__init__(message)
        self.source = source
        self.position = position
        self.code = code
        self.figures = dict(figures or {})
        self._told = told

    def told(self, language: str) -> str:
        """Return the message in English (``en``) or French (``fr``); English for any other."""
        return str(self) if self._told is None else self._told(language)


class DecisionError(PasserelleError):
    """A decision model cannot be read, or a decision cannot be evaluated."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that lint has to say of one place in a publication.

    :ivar rule: stable id of the rule, for example ``bpmn.unsupported-element``.
    :ivar severity: ``error`` (refused at deployment), ``warning``, or ``info`` (nothing need be
        wrong).
    :ivar file: file name inside the scheme's folder.
    :ivar element: id of the diagram element, ``""`` where none applies.
    :ivar line: line in the file, counting from 1; 0 if unknown.
    :ivar message: what is wrong.
    :ivar remedy: what to do about it.
    :ivar message_fr: the message in French, ``""`` where nobody translated it; so ``remedy_fr``.
    :ivar trace: ids of the elements and flows, in their order, that lead to what is wrong; for
        drawing it.
    """

    rule: str
    severity: str
    file: str
    element: str
    line: int
    message: str
    remedy: str
    message_fr: str = ""
    remedy_fr: str = ""
    trace: tuple[str, ...] = ()

    def told(self, language: str) -> str:
        """Return message and remedy in English (``en``) or French (``fr``), else in English."""
        if language == "fr":
            return f"{self.message_fr or self.message} {self.remedy_fr or self.remedy}"
        return f"{self.message} {self.remedy}"

    def shown(self, language: str) -> str:
        """Return one line: where, what, what to do, by which rule."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        where = f"{place}, {self.element}" if self.element else place
        return f"{where}: {self.told(language)} [{self.rule}]"

    def __str__(self) -> str:
        return self.shown("en")


class DeploymentRefused(PasserelleError):
    """A publication has errors; nothing of it was stored.

    :ivar findings: every finding, errors first. :ivar hint: what else can be done; ``""`` if
        nothing but to mend it.
    """

    def __init__(self, findings: Sequence[Finding], hint: str = "") -> None:
        self.findings = tuple(findings)
        self.hint = hint
        lines = [str(found) for found in self.findings if found.severity == "error"]
        super().__init__("\n".join([*lines, hint] if hint else lines))


class DocumentationOnly(PasserelleError):
    """A process cannot be run and was published to be read: no case can begin in it or go there.

    :ivar scheme: the scheme. :ivar version: the publication's number. :ivar process_id: the
        scheme's process. :ivar reasons: why it cannot be run, a line each.
    """

    def __init__(
        self, scheme: str, version: int, process_id: str, reasons: Sequence[str] = ()
    ) -> None:
        lines = "".join(f"\n  {reason}" for reason in reasons)
        super().__init__(
            f"Version {version} of {scheme} is documentation only: its process '{process_id}' "
            f"cannot be run. Mend it, and publish it again.{lines}"
        )
        self.scheme = scheme
        self.version = version
        self.process_id = process_id
        self.reasons = tuple(reasons)


class NotFound(PasserelleError):
    """There is no such object, or it is not the actor's to know of."""

    def __init__(self, kind: str, identifier: str) -> None:
        super().__init__(f"There is no {kind} '{identifier}'. Check the link, or ask who sent it.")
        self.kind = kind
        self.identifier = identifier


class NotAllowed(PasserelleError):
    """The actor may see the object and may not do this to it."""


class DutiesNotSeparate(NotAllowed):
    """Somebody else must do it: the actor, or who they act for, did a step kept apart from it.

    :ivar work_item_id: the task.
    """

    def __init__(self, work_item_id: str, name: str, apart: Sequence[str]) -> None:
        super().__init__(
            f"Task {work_item_id} ('{name}') must be done by somebody else: you, or whom you act "
            f"for, did {', '.join(apart)} in this case."
        )
        self.work_item_id = work_item_id


class Conflict(PasserelleError):
    """The object moved on since the caller read it."""


class WorkItemClosed(Conflict):
    """The task was completed by somebody else, or the case withdrew it.

    :ivar work_item_id: the task.
    :ivar status: ``completed`` or ``cancelled``.
    :ivar by: account that ended it; ``None`` if the case itself did.
    :ivar at: when, aware UTC.
    """

    def __init__(self, work_item_id: str, status: str, by: str | None, at: datetime | None) -> None:
        who = f" by {by}" if by else ""
        when = f" at {at:%Y-%m-%d %H:%M} UTC" if at else ""
        super().__init__(
            f"Task {work_item_id} is already {status}{who}{when}. Nothing was changed; "
            "open the case to see what happened."
        )
        self.work_item_id = work_item_id
        self.status = status
        self.by = by
        self.at = at


class AlreadyClaimed(Conflict):
    """Somebody else holds the task.

    :ivar work_item_id: the task.
    :ivar assignee: account that holds it.
    """

    def __init__(self, work_item_id: str, assignee: str) -> None:
        super().__init__(
            f"Task {work_item_id} is held by {assignee}. Ask them to release it first."
        )
        self.work_item_id = work_item_id
        self.assignee = assignee


class CaseSuspended(Conflict):
    """The case is suspended: it takes nothing until somebody resumes it.

    :ivar case_id: the case.
    """

    def __init__(self, case_id: str) -> None:
        super().__init__(
            f"Case {case_id} is suspended; it takes no steps until it is resumed. Nothing was "
            "changed and nothing is lost: try again after that, or ask an operator of the site."
        )
        self.case_id = case_id


class RevisionConflict(Conflict):
    """Another transaction advanced the case first; read it again and retry.

    :ivar case_id: the case.
    """

    def __init__(self, case_id: str) -> None:
        super().__init__(f"Case {case_id} was changed by somebody else just now. Try again.")
        self.case_id = case_id


class InvalidAnswer(PasserelleError):
    """A form answer does not fit its form; nothing was stored.

    :ivar errors: message by field key.
    """

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__("; ".join(f"{key}: {text}" for key, text in self.errors.items()))


class ChangeRefused(PasserelleError):
    """A token cannot be moved, added or taken away so: the case would not be sound afterwards.

    :ivar code: why, for pages that say it in other languages. :ivar element_id: where.
    """

    def __init__(self, code: str, element_id: str, message: str) -> None:
        super().__init__(f"{element_id}: {message}" if element_id else message)
        self.code = code
        self.element_id = element_id


class CaseEnded(PasserelleError):
    """The case is completed or cancelled and takes no more commands."""

    def __init__(self, case_id: str, status: str) -> None:
        super().__init__(f"Case {case_id} is {status}; it takes no more steps.")
        self.case_id = case_id
        self.status = status


class StateUnreadable(PasserelleError):
    """A stored case state was written by a newer version, or is damaged."""


class HandlerFailed(PasserelleError):
    """A handler could not do its work this time; its job is tried again later.

    :ivar retry_after: ask for this delay instead of the growing default.
    """

    def __init__(self, message: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class CallPostponed(HandlerFailed):
    """A handler may not do its work yet; it is called again at a moment of its own choice.

    Nothing failed: the attempt does not count towards those after which a case stops.
    """

    def __init__(self, message: str, retry_after: timedelta) -> None:
        super().__init__(message, retry_after=retry_after)


class BusinessError(PasserelleError):
    """A handler reports an outcome that the diagram may catch as an error event.

    :ivar code: BPMN error code.
    :ivar variables: given to the scope that catches the error.
    """

    def __init__(self, code: str, message: str, variables: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.variables = dict(variables or {})


class BackupRefused(PasserelleError):
    """A backup cannot be written there, is damaged, or does not fit this site; nothing was done."""


class StoreUnavailable(PasserelleError):
    """The database cannot take the transaction; nothing was half-written."""


class StoreBusy(StoreUnavailable):
    """The transaction lost to another one and was undone; begun again it may go through.

    :ivar cause: ``serialization``, ``deadlock``, or ``busy`` (SQLite's writers). :ivar tries: how
        often it was begun.
    """

    def __init__(self, message: str, cause: str, tries: int = 1) -> None:
        super().__init__(message if tries == 1 else f"{message} It was tried {tries} times.")
        self.message = message
        self.cause = cause
        self.tries = tries
