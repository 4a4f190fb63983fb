"""Flask-Security over our own tables: sign-in, the session, and the actor behind a request."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from flask import Flask, Response, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_security import (
    LoginForm,
    RoleMixin,
    Security,
    UserDatastore,
    UserMixin,
    current_user,
)
from wtforms import StringField

from engine.errors import NotAllowed
from engine.model import Actor
from engine.ports import Clock
from engine.store import Store
from web.accounts.store import AccountRow, find_account, normal_email, save_credentials


class Role(RoleMixin):
    """A role's code, in the shape that Flask-Security expects."""

    def __init__(self, name: str) -> None:
        self.name = name


class Account(UserMixin):
    """A signed-in account: the stored row, in the shape that Flask-Security expects."""

    # Flask-Security looks for it on the class before any account is read.
    fs_uniquifier: str = ""

    def __init__(self, row: AccountRow) -> None:
        self.row = row
        self.email = row.email
        self.active = row.active
        self.password = row.password
        self.fs_uniquifier = row.session_key
        self.roles = [Role(grant.role) for grant in (*row.grants, *row.borrowed)]

    @property
    def actor(self) -> Actor:
        """Who this is to the engine."""
        return Actor(self.row.id, (*self.row.grants, *self.row.borrowed), self.row.acting_for)


class AccountDatastore(UserDatastore):
    """What Flask-Security asks for: finding an account, and writing a re-hashed password."""

    def __init__(self, store: Store, clock: Clock) -> None:
        super().__init__(Account, Role)
        self.store = store
        self.clock = clock

    def find_user(self, case_insensitive: bool = False, **kwargs: Any) -> Account | None:
        """Return the account with this ``email`` or ``fs_uniquifier``."""
        row = find_account(
            self.store,
            email=str(kwargs.get("email", "")),
            session_key=str(kwargs.get("fs_uniquifier", "")),
            at=self.clock.now(),
        )
        return None if row is None else Account(row)

    def find_role(self, role: str) -> Role:
        """Return the role of that code; grants, not a table, say which exist."""
        return Role(role)

    def put(self, model: Account) -> Account:
        """Write a changed password, session key or activity at once."""
        model.row.password = model.password or ""
        model.row.session_key = model.fs_uniquifier
        model.row.active = model.active
        save_credentials(self.store, model.row)
        return model

    def commit(self) -> None:
        """Nothing is left to commit: every write is its own transaction."""


class SignInForm(LoginForm):
    """Address and password. The address is compared with stored ones, so any text may be tried."""

    email = StringField(filters=[lambda text: normal_email(text or "")])


def install(app: Flask, store: Store, clock: Clock) -> None:
    """Set up sign-in, sign-out and their limits.

    Failed attempts a minute: 10 on one account, 60 from one machine. The counters live in
    the process; a site with several processes allows that many times more.
    """
    app.config.update(
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 - the name of an algorithm
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_PASSWORD_SINGLE_HASH={"argon2"},
        SECURITY_STATIC_FOLDER=None,
        # No page asks for the password a second time yet: no such route either.
        SECURITY_FRESHNESS=timedelta(days=-1),
        SECURITY_LOGIN_URL="/sign-in",
        SECURITY_LOGOUT_URL="/sign-out",
        SECURITY_LOGIN_USER_TEMPLATE="accounts/sign_in.html",
        SECURITY_POST_LOGIN_VIEW="/",
        SECURITY_POST_LOGOUT_VIEW="/sign-in",
        SECURITY_RETURN_GENERIC_RESPONSES=True,
        SECURITY_FLASH_MESSAGES=False,
        SECURITY_CACHE_CONTROL=None,
    )
    Security(app, AccountDatastore(store, clock), login_form=SignInForm)
    limiter = Limiter(get_remote_address, app=app, storage_uri="memory://", strategy="fixed-window")
    sign_in: Any = app.view_functions["security.login"]
    for limit, key in (("60 per minute", None), ("10 per minute", _attempted_account)):
        sign_in = limiter.limit(limit, key_func=key, methods=["POST"], deduct_when=_failed)(sign_in)
    app.view_functions["security.login"] = sign_in


def _failed(response: Response) -> bool:
    return response.status_code != 302


def current_account() -> Account | None:
    """Return who is signed in, or ``None``."""
    return cast(Account, current_user) if current_user.is_authenticated else None


def current_actor() -> Actor:
    """Return who is signed in, as the engine knows them.

    :raises NotAllowed: nobody is; the policy lets no such request reach a view that asks.
    """
    account = current_account()
    if account is None:
        raise NotAllowed("Nobody is signed in. Sign in and try again.")
    return account.actor


def _attempted_account() -> str:
    return normal_email(request.form.get("email", "")) or get_remote_address()
