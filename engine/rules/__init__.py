"""The rules of lint and the words in which they speak."""

from engine.rules.findings import finding
from engine.rules.said import Said, french, said, told

__all__ = ["Said", "finding", "french", "said", "told"]
