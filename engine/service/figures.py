"""Figures of a ``scheme.toml``: amounts and delays, each with where it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from engine.errors import Finding
from engine.feel import Value, to_feel
from engine.rules import finding, said


class Mark(StrEnum):
    """How far a figure may be relied on."""

    FOUNDING = "S"
    PUBLIC = "W"
    INFERRED = "I"
    RECALLED = "R"


@dataclass(frozen=True, slots=True)
class Figure:
    """An amount, a delay, a share that diagrams and tables read as ``scheme.<name>``.

    :ivar source: where it comes from. :ivar mark: ``S`` the founding document, ``W`` a public
        source, ``I`` an inference or sample value, ``R`` recalled and unconfirmed; ``None`` if it
        does not say.
    :ivar unit: the unit of the value, or its currency (ISO 4217).
    :ivar dated: the day that the source speaks of.
    """

    name: str
    value: Value
    source: str
    mark: Mark | None
    unit: str
    dated: date | None
    note: str


def read_figures(told: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Figure]:
    """Build the figures of a scheme that :func:`check_figures` found nothing wrong with."""
    return MappingProxyType(
        {
            name: Figure(
                name=name,
                value=to_feel(figure["value"]),
                source=str(figure["source"]),
                mark=Mark(figure["mark"]) if "mark" in figure else None,
                unit=str(figure.get("unit") or figure.get("currency") or ""),
                dated=figure.get("date"),
                note=str(figure.get("note", "")),
            )
            for name, figure in told.items()
        }
    )


def check_figures(told: Mapping[str, Any], filename: str) -> Iterator[Finding]:
    """Yield what is wrong with the figures as they are written."""
    marks = ", ".join(Mark)
    for name, figure in told.items():
        if not isinstance(figure, dict) or "value" not in figure or "source" not in figure:
            yield finding(
                "scheme.figure",
                "error",
                filename,
                "",
                0,
                said("[figures.{name}] needs value and source.", name=name),
                "Every figure says where it comes from.",
            )
        elif figure.get("mark", Mark.INFERRED) not in set(Mark):
            yield finding(
                "scheme.figure",
                "error",
                filename,
                "",
                0,
                said("[figures.{name}] is marked '{mark}'.", name=name, mark=figure["mark"]),
                said("Write one of {known}.", known=marks),
            )
