"""People: finding them, their files, duplicates, emergency access."""

from web.people import consents, emergency, file, finding, pairs
from web.people.blueprint import blueprint

__all__ = ["blueprint", "consents", "emergency", "file", "finding", "pairs"]
