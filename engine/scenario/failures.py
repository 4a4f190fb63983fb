"""What makes a step fail, and how it is told."""

from __future__ import annotations

from collections.abc import Iterable

from engine.errors import InvalidAnswer, PasserelleError
from engine.scenario.language import Step


class StepFailed(PasserelleError):
    """A step could not be played, or something expected does not hold.

    :ivar place: file and line. :ivar step: the step as it was written.
    :ivar details: each thing that is wrong, and what failed on the way.
    """

    def __init__(self, place: str, step: str, details: Iterable[str]) -> None:
        self.place = place
        self.step = step
        self.details = tuple(details)
        super().__init__(f"{place}: {step}: {'; '.join(self.details)}")


class Unmet(PasserelleError):
    """What the scenario tells is not so."""

    def __init__(self, *details: str) -> None:
        super().__init__("; ".join(details))
        self.details = details


def details_of(error: PasserelleError) -> tuple[str, ...]:
    """Return what an error says, line by line."""
    return error.details if isinstance(error, Unmet) else (f"{type(error).__name__}: {error}",)


def check_refusal(step: Step, error: PasserelleError) -> None:
    """Compare a refusal with what the step says of it.

    :raises Unmet: it is another one.
    """
    told, field = step.block.get("error"), step.block.get("field")
    if told is not None and told not in str(error):
        raise Unmet(f"expected a refusal that says '{told}'; it says: {error}")
    if field is not None and not (isinstance(error, InvalidAnswer) and field in error.errors):
        raise Unmet(f"expected a refusal about '{field}'; it says: {error}")
