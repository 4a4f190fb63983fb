"""Values on their way from one transaction to a later one, as bytes of a row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from engine.feel import from_json, to_json


def dump(values: Mapping[str, Any]) -> bytes:
    """Write FEEL values as canonical JSON bytes."""
    return orjson.dumps(to_json(dict(values)), option=orjson.OPT_SORT_KEYS)


def load(payload: bytes) -> dict[str, Any]:
    """Read what :func:`dump` wrote."""
    values = from_json(orjson.loads(payload))
    return dict(values) if isinstance(values, Mapping) else {}
