"""What a step is told beside the command."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.model import CaseRef


@dataclass(frozen=True, slots=True)
class StepContext:
    """The case a step belongs to, and the moment it happens.

    :ivar now: aware UTC; the only clock the interpreter knows.
    """

    case: CaseRef
    now: datetime
