"""To whom a case was offered or entrusted, how, and what became of it."""

from handlers.organisations.designations.store import (
    Designation,
    Mode,
    Outcome,
    add_designation,
    designations_of_case,
    end_designation,
    open_designation,
)

__all__ = [
    "Designation",
    "Mode",
    "Outcome",
    "add_designation",
    "designations_of_case",
    "end_designation",
    "open_designation",
]
