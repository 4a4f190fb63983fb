"""A SQLite site in one archive, and back: its database, its files, its keys."""

from engine.backup.archive import Manifest, Part
from engine.backup.restoring import Restored, restore
from engine.backup.taking import take

__all__ = ["Manifest", "Part", "Restored", "restore", "take"]
