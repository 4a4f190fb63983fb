"""What administrators may do with accounts.

Nobody changes their own account, so no one gives themselves a role; and one active administrator
always remains. A new account has no password: a link that serves once lets its owner choose it.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from engine.errors import Conflict, InvalidAnswer, NotAllowed, NotFound
from engine.model import Grant
from engine.store import UnitOfWork
from web.accounts.administration import store
from web.accounts.passwords import hash_password
from web.accounts.store import (
    AccountRow,
    normal_email,
    read_account,
    write_account,
    write_credentials,
)

LINK_LASTS = timedelta(days=3)
SHORTEST_PASSWORD = 12
"""Letters of a password. Source: ANSSI's guide on passwords, 2021, moderate to strong: 12."""
LONGEST_PASSWORD = 200
_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")


def create_account(uow: UnitOfWork, email: str, name: str, *, by: str, at: datetime) -> AccountRow:
    """Open an account without a role and without a password.

    :raises InvalidAnswer: a code by field: ``required``, ``email``, ``long``, ``taken``.
    :raises NotAllowed: ``by`` is no administrator any more.
    """
    _administers(uow, by)
    email, name = normal_email(email), name.strip()
    wrong = {}
    if not name:
        wrong["name"] = "required"
    elif len(name) > 200:
        wrong["name"] = "long"
    if not _EMAIL.fullmatch(email) or len(email) > 254:
        wrong["email"] = "email"
    elif store.email_taken(uow, email):
        wrong["email"] = "taken"
    if wrong:
        raise InvalidAnswer(wrong)
    # Nobody knows this one: it holds the place until the link is used.
    account = AccountRow(email, name, hash_password(secrets.token_urlsafe(32)))
    write_account(uow, account)
    store.add_account_event(uow, account.id, "created", by=by, at=at)
    return account


def make_link(uow: UnitOfWork, account_id: str, *, by: str, at: datetime) -> str:
    """Return the secret of a link with which the account's owner chooses a password.

    It serves once, for three days; a link made before serves no longer.

    :raises Conflict: the account is closed. :raises NotAllowed: it is one's own.
    """
    _guard(uow, account_id, by)
    if not read_account(uow, account_id).active:
        raise Conflict("The account is closed. Open it again first.")
    secret = secrets.token_urlsafe(32)
    store.insert_link(uow, _digest(secret), account_id, at + LINK_LASTS)
    store.add_account_event(uow, account_id, "linked", by=by, at=at)
    return secret


def invitation(uow: UnitOfWork, secret: str, now: datetime) -> AccountRow:
    """Return the account that a link is for.

    :raises NotFound: the link was used, is over, or never was.
    """
    account_id = store.linked_account(uow, _digest(secret), now)
    if account_id is None:
        raise NotFound("sign-in link", _digest(secret)[:8])
    return read_account(uow, account_id)


def choose_password(uow: UnitOfWork, secret: str, password: str, now: datetime) -> None:
    """Give an account the password that its owner chose; its open sessions end.

    :raises NotFound: the link does not serve.
    :raises InvalidAnswer: the password is ``short``, ``long`` or contains the address: ``own``.
    """
    account = invitation(uow, secret, now)
    if len(password) < SHORTEST_PASSWORD:
        raise InvalidAnswer({"password": "short"})
    if len(password) > LONGEST_PASSWORD:
        raise InvalidAnswer({"password": "long"})
    if account.email.partition("@")[0] in password.lower():
        raise InvalidAnswer({"password": "own"})
    if not store.use_link(uow, _digest(secret)):
        raise NotFound("sign-in link", _digest(secret)[:8])
    account.password, account.session_key = hash_password(password), secrets.token_hex(16)
    write_credentials(uow, account)
    store.add_account_event(uow, account.id, "password-chosen", by=account.id, at=now)


def close_account(uow: UnitOfWork, account_id: str, *, by: str, at: datetime) -> None:
    """Close an account: it signs in no more, its open sessions and its link end.

    :raises NotAllowed: it is one's own. :raises Conflict: it is closed already.
    """
    _guard(uow, account_id, by)
    account = read_account(uow, account_id)
    if not account.active:
        raise Conflict("The account is closed already.")
    store.forget_links(uow, account_id)
    write_credentials(uow, replace(account, active=False, session_key=secrets.token_hex(16)))
    store.add_account_event(uow, account_id, "closed", by=by, at=at)


def reopen_account(uow: UnitOfWork, account_id: str, *, by: str, at: datetime) -> None:
    """Open a closed account again, with the grants it had.

    :raises NotAllowed: it is one's own. :raises Conflict: it is open already.
    """
    _guard(uow, account_id, by)
    account = read_account(uow, account_id)
    if account.active:
        raise Conflict("The account is open already.")
    write_credentials(uow, replace(account, active=True))
    store.add_account_event(uow, account_id, "reopened", by=by, at=at)


def give_grant(uow: UnitOfWork, account_id: str, grant: Grant, *, by: str, at: datetime) -> None:
    """Give an account a role; one that it has already is let be.

    :raises NotAllowed: it is one's own account.
    """
    _guard(uow, account_id, by)
    account = read_account(uow, account_id)
    if grant in account.grants:
        return
    write_account(uow, replace(account, grants=(*account.grants, grant)))
    store.add_account_event(uow, account_id, "granted", by=by, at=at, data=_told(grant))


def take_grant(uow: UnitOfWork, account_id: str, grant: Grant, *, by: str, at: datetime) -> None:
    """Take a role from an account; one that it has no more is let be.

    :raises NotAllowed: it is one's own account.
    """
    _guard(uow, account_id, by)
    account = read_account(uow, account_id)
    if grant not in account.grants:
        return
    left = tuple(each for each in account.grants if each != grant)
    write_account(uow, replace(account, grants=left))
    store.add_account_event(uow, account_id, "revoked", by=by, at=at, data=_told(grant))


def _guard(uow: UnitOfWork, account_id: str, by: str) -> None:
    """Hold the accounts concerned; whoever was an administrator a moment ago may be none now."""
    if account_id == by:
        raise NotAllowed("Nobody changes their own account. Ask another administrator.")
    _administers(uow, by)
    store.lock_account(uow, account_id)


def _administers(uow: UnitOfWork, by: str) -> None:
    if by not in store.lock_administrators(uow):
        raise NotAllowed("Only an administrator changes accounts. Ask one.")


def _told(grant: Grant) -> dict[str, Any]:
    return {
        "role": grant.role,
        "organisation": grant.organisation_id,
        "country": grant.country,
        "schemes": sorted(grant.schemes),
    }


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
