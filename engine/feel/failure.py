"""How an operation says that it has no result: FEEL turns it into null and a warning."""

from __future__ import annotations

from typing import Any

from engine.feel.messages import Message


class Failure(Exception):
    """An operation has no result for these values. Never leaves :mod:`engine.feel`.

    :ivar message: why, in either language.
    """

    def __init__(self, code: str | Message, **figures: Any) -> None:
        self.message = code if isinstance(code, Message) else Message(code, figures)
        super().__init__(code)

    def __str__(self) -> str:
        return str(self.message)
