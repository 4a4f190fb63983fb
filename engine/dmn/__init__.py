"""DMN 1.2 to 1.5: decisions that say what they decide, and why.

>>> from engine.dmn import evaluate, read_decisions

``read_decisions`` reads a file once; ``evaluate`` gives a decision's value for some variables and
its reason: the rules that fired, by id, place and annotation, and the inputs seen. ``check`` tells
what is wrong with a file, with the line and a remedy, before anything runs.
"""

from __future__ import annotations

from engine.dmn.checks import check
from engine.dmn.evaluation import evaluate
from engine.dmn.model import Decision, DecisionModel
from engine.dmn.reader import read_decisions
from engine.dmn.result import DecisionResult
from engine.dmn.session import FiredDecision, FiredRule

__all__ = [
    "Decision",
    "DecisionModel",
    "DecisionResult",
    "FiredDecision",
    "FiredRule",
    "check",
    "evaluate",
    "read_decisions",
]
