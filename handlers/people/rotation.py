"""New secret keys in place of the old ones, while the site runs; killed, each goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from engine.errors import Conflict
from engine.store import Store
from handlers.people import store
from handlers.people.directory import Directory
from handlers.people.files.store import persons_after
from handlers.people.index.store import outdated
from handlers.people.vault import Vault

BATCH = 500

Say = Callable[[str], object]


def rotate_master_key(database: Store, vault: Vault, say: Say) -> int:
    """Wrap every owner's key anew, under a new master key; return how many there were.

    The replaced key stays beside the new one: whatever another process still wraps with it opens,
    and so do backups of that time. A rotation that was killed is finished first; no key of an
    owner changes, so nothing else is written anew.
    """
    with database.snapshot() as uow:
        unfinished = store.count_keys_but(uow, vault.keys.current.fingerprint)
    if unfinished and not vault.keys.is_half_replaced:
        say(f"{unfinished} keys of an earlier rotation are left; it is finished first.")
    else:
        say(f"The new master key is {vault.keys.replace().fingerprint}….")
    wrapped = sum(_rewrapped(database, vault))
    say(f"{wrapped} keys were wrapped anew.")
    return wrapped


def _rewrapped(database: Store, vault: Vault) -> Iterator[int]:
    current = vault.keys.current.fingerprint
    while True:
        with database.unit_of_work() as uow:
            rows = store.keys_but(uow, current, BATCH)
            for row in rows:
                if row.wrapped is None:
                    store.rewrap_key(uow, row, None, current)
                else:
                    key = vault.unwrap(row.owner, row.wrapped, row.master_fingerprint)
                    store.rewrap_key(uow, row, *vault.wrap(row.owner, key))
        if not rows:
            return
        yield sum(row.wrapped is not None for row in rows)


def forget_master_keys(database: Store, vault: Vault) -> tuple[str, ...]:
    """Delete the master keys that were replaced; backups of their time become unreadable.

    :returns: their fingerprints.
    :raises Conflict: something is still wrapped with one of them.
    """
    current = vault.keys.current.fingerprint
    with database.snapshot() as uow:
        left = store.count_keys_but(uow, current)
    if left:
        raise Conflict(
            f"{left} keys are still wrapped with a replaced master key. Run 'passerelle people "
            "rotate-master-key' first; nothing was deleted."
        )
    old = tuple(key.fingerprint for key in vault.keys.known() if key.fingerprint != current)
    for fingerprint in old:
        vault.keys.forget(fingerprint)
    return old


def rotate_search_key(database: Store, directory: Directory, say: Say) -> int:
    """Index everybody anew, under a new search key; return how many files there were.

    Until a file is indexed anew it is found under the old key. The old key is deleted at the end:
    the index of an older backup is made again by :func:`reindex`.
    """
    keys = directory.search_keys
    with database.snapshot() as uow:
        unfinished = outdated(uow, keys.current.fingerprint)
    if unfinished and not keys.is_half_replaced:
        say(f"{unfinished} files of an earlier rotation are left; it is finished first.")
    else:
        say(f"The new search key is {keys.replace().fingerprint}….")
    count = reindex(database, directory)
    for key in keys.known()[1:]:
        keys.forget(key.fingerprint)
    say(f"{count} files were indexed anew.")
    return count


def reindex(database: Store, directory: Directory) -> int:
    """Write again what everybody is found by, a batch a transaction; return how many files."""
    after, count = "", 0
    while True:
        with database.unit_of_work() as uow:
            batch = persons_after(uow, after, BATCH)
            for person_id in batch:
                directory.index(uow, person_id)
        if not batch:
            return count
        after, count = batch[-1], count + len(batch)
