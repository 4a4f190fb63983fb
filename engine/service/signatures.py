"""Handlers' signatures as they were at publication, kept with it.

A published scheme was checked against them once. Its cases must open and go on though a handler
was renamed or taken away since: only the call itself then fails, as an incident.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from engine.model import HandlerSpec

FILE = "handlers.json"
"""Name among a publication's files; no designer's file can have it."""


def with_signatures(
    files: Mapping[str, bytes], handlers: Mapping[str, HandlerSpec]
) -> dict[str, bytes]:
    """Return a publication's files and the signatures it was checked against."""
    told = {
        name: {
            "local": spec.local,
            "inputs": sorted(spec.inputs),
            "required": sorted(spec.required),
            "outputs": sorted(spec.outputs),
        }
        for name, spec in handlers.items()
    }
    return {**files, FILE: json.dumps(told, sort_keys=True).encode()}


def signatures(
    files: Mapping[str, bytes], handlers: Mapping[str, HandlerSpec]
) -> Mapping[str, HandlerSpec]:
    """Return the signatures to compile a stored publication with.

    Whether a known handler is local is what it is now: that says how it may be called.
    """
    recorded = json.loads(files.get(FILE, b"{}"))
    return {**handlers, **{name: _spec(name, told, handlers) for name, told in recorded.items()}}


def _spec(name: str, told: Mapping[str, Any], handlers: Mapping[str, HandlerSpec]) -> HandlerSpec:
    known = handlers.get(name)
    return HandlerSpec(
        name=name,
        local=told["local"] if known is None else known.local,
        inputs=dict.fromkeys(told["inputs"], Any),
        required=frozenset(told["required"]),
        outputs=frozenset(told["outputs"]),
        summary="" if known is None else known.summary,
    )
