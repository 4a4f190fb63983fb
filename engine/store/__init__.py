"""The only home of SQLAlchemy in the engine: tables, transactions, queries, migrations."""

from engine.store.copying import copy_database
from engine.store.events import GENESIS, NewEvent, Tail
from engine.store.explain import lost_to_another
from engine.store.retry import retried
from engine.store.store import Store, UnitOfWork
from engine.store.upgrade import is_current, revisions, upgrade

__all__ = [
    "GENESIS",
    "NewEvent",
    "Store",
    "Tail",
    "UnitOfWork",
    "copy_database",
    "is_current",
    "lost_to_another",
    "retried",
    "revisions",
    "upgrade",
]
