"""FEEL, the expression language of diagrams, tables and forms (DMN 1.5, clause 10).

>>> from engine.feel import parse
>>> parse('if amount > 1000 then "committee" else "officer"').evaluate({"amount": 1200})
'committee'

Source → tokens (:mod:`scanner`) → syntax tree (:mod:`parser`) → closures (:mod:`compiler`). An
expression reads what it is given and nothing else: no clock, no file, no Python. A failed
operation is null, with a warning; only a source that does not parse, or an evaluation that passes
its budget, is an error. ``docs/feel.md`` is the designers' page.
"""

from __future__ import annotations

from engine.errors import FeelError
from engine.feel.builtins import builtin_names
from engine.feel.certain import certain_warnings
from engine.feel.compare import equal, less, less_equal
from engine.feel.expression import Expression, UnaryTests, parse, parse_unary_tests
from engine.feel.json_form import from_json, to_json
from engine.feel.limits import Limits
from engine.feel.messages import Message
from engine.feel.ranges import contains
from engine.feel.runtime import Meter
from engine.feel.text import to_text
from engine.feel.types import ANY, FeelType, simple_type
from engine.feel.values import (
    Context,
    FeelFunction,
    FeelTime,
    Range,
    Value,
    YearsMonths,
    kind_of,
    to_feel,
)

__all__ = [
    "ANY",
    "Context",
    "Expression",
    "FeelError",
    "FeelFunction",
    "FeelTime",
    "FeelType",
    "Limits",
    "Message",
    "Meter",
    "Range",
    "UnaryTests",
    "Value",
    "YearsMonths",
    "builtin_names",
    "certain_warnings",
    "contains",
    "equal",
    "from_json",
    "kind_of",
    "less",
    "less_equal",
    "parse",
    "parse_unary_tests",
    "simple_type",
    "to_feel",
    "to_json",
    "to_text",
]
