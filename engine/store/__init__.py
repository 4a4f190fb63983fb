"""The only home of SQLAlchemy in the engine: tables, transactions, queries, migrations."""

from engine.store.events import GENESIS, NewEvent, Tail
from engine.store.store import Store, UnitOfWork
from engine.store.upgrade import is_current, upgrade

__all__ = ["GENESIS", "NewEvent", "Store", "Tail", "UnitOfWork", "is_current", "upgrade"]
