"""The rules of lint and the words in which they speak."""

from engine.rules.catalogue import Rule, rules
from engine.rules.findings import finding
from engine.rules.said import Said, french, said, told
from engine.rules.stops import Stop, told_incident

__all__ = ["Rule", "Said", "Stop", "finding", "french", "rules", "said", "told", "told_incident"]
