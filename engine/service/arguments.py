"""Whether a call passes what its handler's annotations ask for; names and types, never values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import UnionType
from typing import Any, Union, get_args, get_origin

from engine.errors import HandlerFailed
from engine.model import CallWanted, HandlerSpec


def check_arguments(spec: HandlerSpec, call: CallWanted) -> None:
    """Refuse a call whose arguments the handler's function would not take.

    Null fits everything: it is how FEEL says that an answer was left out, and what that means is
    the handler's own rule.

    :raises HandlerFailed: an argument is missing, not known, or of another type.
    """
    takes = ", ".join(sorted(spec.inputs)) or "nothing"
    for name in sorted(spec.required - set(call.arguments)):
        raise HandlerFailed(
            f"{call.element_id}: handler '{spec.name}' needs '{name}', which the diagram does not "
            "pass. Add it in the diagram."
        )
    for name, value in call.arguments.items():
        if name not in spec.inputs:
            raise HandlerFailed(
                f"{call.element_id}: handler '{spec.name}' takes {takes}; the diagram passes "
                f"'{name}'. Rename it in the diagram or in the handler."
            )
        if not fits(value, spec.inputs[name]):
            raise HandlerFailed(
                f"{call.element_id}: handler '{spec.name}' takes '{name}' as "
                f"{_told(spec.inputs[name])}; the diagram passes {type(value).__name__}. Correct "
                "the mapping or the variable behind it."
            )


def fits(value: Any, wanted: Any) -> bool:
    """Tell whether a FEEL value is of an annotated type; annotations unknown to us take anything.

    >>> fits(("a", "b"), Sequence[str]), fits("a", int | None), fits(None, int)
    (True, False, True)
    """
    if value is None or wanted is Any:
        return True
    origin, arguments = get_origin(wanted), get_args(wanted)
    if origin in (Union, UnionType):
        return any(fits(value, each) for each in arguments)
    if isinstance(origin, type):
        return isinstance(value, origin) and _contents_fit(value, origin, arguments)
    return isinstance(value, wanted) if isinstance(wanted, type) else True


def _contents_fit(value: Any, origin: type, arguments: tuple[Any, ...]) -> bool:
    if issubclass(origin, Mapping) and len(arguments) == 2:
        return all(fits(each, arguments[1]) for each in value.values())
    if issubclass(origin, Sequence) and len(arguments) == 1:
        return all(fits(each, arguments[0]) for each in value)
    return True


def _told(wanted: Any) -> str:
    return wanted.__name__ if isinstance(wanted, type) and not get_args(wanted) else str(wanted)
