"""All built-ins of DMN 1.5, gathered: importing the modules below declares them."""

from __future__ import annotations

from engine.feel import (
    builtins_context,
    builtins_conversion,
    builtins_list,
    builtins_number,
    builtins_range,
    builtins_temporal,
    builtins_text,
)
from engine.feel.registry import BUILTINS, Builtin

MODULES = (
    builtins_conversion,
    builtins_text,
    builtins_number,
    builtins_list,
    builtins_temporal,
    builtins_range,
    builtins_context,
)
"""Where built-ins are declared, in the order of the reference page."""


def find_builtin(name: str) -> Builtin | None:
    """Return the built-in of this name."""
    return BUILTINS.get(name)


def builtin_names() -> frozenset[str]:
    """Return every name that a built-in has."""
    return frozenset(BUILTINS)
