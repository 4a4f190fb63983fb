"""The Flask application: composed once, thin, refusing to start half-set-up."""

from __future__ import annotations

from importlib import import_module

from flask import Flask
from flask_wtf import CSRFProtect
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader

from engine.ports import Compose
from engine.service import Engine
from engine.settings import Settings
from engine.store import Store
from web import (
    bundles,
    cases,
    failures,
    headers,
    locales,
    operations,
    pages,
    policy,
    start,
    worklist,
)
from web.accounts import current_account, session
from web.accounts.demo import DEMO_ACCOUNTS, DEMO_PASSWORD
from web.site_secret import read_or_make

_FORM_BYTES = 1_000_000
"""Room for the answers of a form beside its files."""


def create_app(settings: Settings, engine: Engine | None = None) -> Flask:
    """Return the application for these settings.

    :param engine: the engine to serve; composed from the settings if left out.
    :raises ConfigurationError: the assets are not built, a secret cannot be kept, or a route has
        no line in the policy.
    """
    app = Flask(__name__, static_folder=None)
    served = engine or _compose(settings)
    app.extensions.update(engine=served, settings=settings, store=served.store)
    _configure(app, settings)
    CSRFProtect(app)
    locales.install(app)
    session.install(app, served.store)
    for room in (pages, worklist, start, cases, operations):
        app.register_blueprint(room.blueprint)
    failures.install(app)
    headers.install(app)
    bundles.install(app)
    _templates(app, settings)
    policy.install(app)
    return app


def _compose(settings: Settings) -> Engine:
    module, _, function = settings.ports.partition(":")
    compose: Compose = getattr(import_module(module), function)
    store = Store(settings.database_url)
    return Engine(store, compose(settings, store), settings)


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=read_or_make(settings.var_dir),
        SESSION_COOKIE_NAME="passerelle",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        # Only the demo is served without TLS, and only to the machine itself.
        SESSION_COOKIE_SECURE=not settings.demo,
        MAX_CONTENT_LENGTH=settings.document_limit_bytes + _FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=_FORM_BYTES,
        MAX_FORM_PARTS=2_000,
        WTF_CSRF_TIME_LIMIT=None,
    )


def _templates(app: Flask, settings: Settings) -> None:
    loaders = [PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})]
    if app.jinja_loader is not None:
        app.jinja_loader = ChoiceLoader([app.jinja_loader, *loaders])
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.add_template_global(current_account, "signed_in")
    app.add_template_global(_may_open, "may_open")
    app.add_template_global(settings.demo, "demo")
    app.add_template_global(DEMO_ACCOUNTS if settings.demo else (), "demo_accounts")
    app.add_template_global(DEMO_PASSWORD if settings.demo else "", "demo_password")


def _may_open(endpoint: str) -> bool:
    account = current_account()
    return policy.admits(endpoint, account.actor if account else None)
