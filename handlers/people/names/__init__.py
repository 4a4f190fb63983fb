"""Names across scripts: normal forms, keys by sound, and how alike two are. No database here."""

from handlers.people.names.keys import name_keys
from handlers.people.names.likeness import likeness
from handlers.people.names.normal import digits_normal, words

__all__ = ["digits_normal", "likeness", "name_keys", "words"]
