"""feelin in Node, where there is one."""

from __future__ import annotations


def feelin_row() -> str:
    return ""
