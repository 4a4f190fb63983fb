"""The Flask application: composed once, thin, refusing to start half-set-up."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from flask_wtf import CSRFProtect
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader

from engine.composition import open_engine
from engine.feel import to_text
from engine.service import Engine
from engine.settings import Settings
from handlers.composition import (
    compose_committees,
    compose_documents,
    compose_letters,
    compose_mailer,
    compose_notices,
)
from handlers.documents import PersonDocuments
from handlers.payments import BudgetAccess
from handlers.people import compose_people
from web import (
    administration,
    bundles,
    cases,
    committees,
    failures,
    headers,
    locales,
    notices,
    operations,
    organisations,
    pages,
    payments,
    people,
    policy,
    protection,
    referrals,
    reports,
    start,
    surveys,
    versions,
    worklist,
)
from web.accounts import current_account, session
from web.accounts import views as account_pages
from web.accounts.demo import DEMO_ACCOUNTS, DEMO_PASSWORD
from web.accounts.demo_page import scheme_accounts
from web.committees import minutes as committee_minutes
from web.committees import words as committee_words
from web.context import engine as served_engine
from web.context import organisation
from web.notices.words import notice_template, notice_word
from web.operations.words import begins, stop, waits, work
from web.organisations import words as organisation_words
from web.paging import nearby, page_url
from web.payments import words as payment_words
from web.people import words
from web.prose import prose
from web.referrals import words as referral_words
from web.sections import SECTIONS
from web.site_secret import read_or_make
from web.surveys.board import said as survey_text
from web.surveys.chart import mark as survey_mark
from web.worklist.urgency import urgency

_FORM_BYTES = 1_000_000
"""Room for the answers of a form beside its files."""


ROOMS = (
    pages,
    account_pages,
    administration,
    worklist,
    start,
    cases,
    operations,
    versions,
    people,
    payments,
    protection,
    surveys,
    committees,
    organisations,
    referrals,
    notices,
    reports,
)
"""Every room with pages of its own; each has a ``blueprint``."""


def create_app(settings: Settings, engine: Engine | None = None) -> Flask:
    """Return the application for these settings.

    :param engine: the engine to serve; composed from the settings if left out.
    :raises ConfigurationError: the assets are not built, a secret cannot be kept, or a route has
        no line in the policy.
    """
    app = Flask(__name__, static_folder=None)
    served = engine or open_engine(settings)
    files = compose_documents(settings, served.store, served)
    people_room = compose_people(settings, served.store, served)
    app.extensions.update(
        engine=served,
        settings=settings,
        store=served.store,
        documents=files,
        person_documents=PersonDocuments(files, people_room.files),
        letters=compose_letters(settings, served.store, served),
        notices=compose_notices(settings, served.store, served),
        mailer=compose_mailer(settings),
        people=people_room,
        committees=compose_committees(settings, served.store, served, served.publish_within),
        budget_access=BudgetAccess(),
    )
    _configure(app, settings)
    CSRFProtect(app)
    locales.install(app)
    session.install(app, served.store, served)
    for room in ROOMS:
        app.register_blueprint(room.blueprint)
    failures.install(app)
    headers.install(app)
    bundles.install(app)
    words.install(app)
    committee_words.install(app)
    organisation_words.install(app)
    payment_words.install(app)
    referral_words.install(app)
    _templates(app, settings)
    policy.install(app)
    return app


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
    app.add_template_global(urgency)
    app.add_template_global(lambda: served_engine().now(), "now")
    app.add_template_global(locales.country_of, "country")
    app.add_template_global(locales.country_name)
    app.add_template_global(page_url)
    app.add_template_global(nearby)
    app.add_template_filter(prose)
    app.add_template_filter(organisation)
    app.add_template_global(notice_template)
    app.add_template_global(notice_word)
    app.add_template_global(survey_text, "survey_text")
    app.add_template_global(survey_mark, "survey_mark")
    app.add_template_filter(to_text, "feel")
    app.add_template_filter(begins)
    app.add_template_filter(work, "periodic_work")
    app.add_template_filter(waits)
    app.add_template_filter(stop)
    app.add_template_global(committee_minutes.tallied)
    app.jinja_env.globals.update(
        one_day=timedelta(days=1),
        sections=SECTIONS,
        demo=settings.demo,
        demo_accounts=DEMO_ACCOUNTS if settings.demo else (),
        scheme_accounts=scheme_accounts,
        demo_password=DEMO_PASSWORD if settings.demo else "",
    )


def _may_open(endpoint: str) -> bool:
    account = current_account()
    return policy.admits(endpoint, account.actor if account else None)
