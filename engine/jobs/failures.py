"""What may be kept and logged of an error: never a foreign error's text, which may be personal."""

from __future__ import annotations

import traceback

from engine.errors import PasserelleError


def failure_text(error: BaseException) -> str:
    """Return what operators may read of a failure: our own words, or the error's kind alone.

    >>> failure_text(OSError("Mrs Essai's mailbox is full"))
    'builtins.OSError'
    """
    if isinstance(error, PasserelleError):
        return str(error)
    return f"{type(error).__module__}.{type(error).__qualname__}"


def places(error: BaseException) -> list[str]:
    """Return where in our code an error came up, the innermost place last; no values."""
    return [
        f"{frame.filename}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]
