"""The page of a case's documents: versions, what steps need, and letters with a preview."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from engine.errors import CaseEnded, RevisionConflict
from engine.model import CaseStatus
from engine.service import CaseView
from handlers.documents import Document, Item, Letters, Written, checklist
from handlers.people import new_id
from web.accounts import current_actor
from web.cases.blueprint import blueprint
from web.context import engine, names, store
from web.documents import DocumentRefused, case_ref, documents, listed, refusal, take
from web.i18n import _
from web.locales import locale

LANGUAGES = (("fr", "Français"), ("en", "English"), ("ar", "العربية"))


@dataclass(frozen=True, slots=True)
class Series:
    """A document with its versions, the newest first."""

    versions: tuple[Document, ...]

    @property
    def newest(self) -> Document:
        """The version that holds."""
        return self.versions[0]


def letters() -> Letters:
    """Return what writes letters."""
    return cast(Letters, current_app.extensions["letters"])


def by_series(found: Sequence[Document]) -> tuple[Series, ...]:
    """Return documents grouped by what they are versions of, in the order they came in."""
    groups: dict[str, list[Document]] = {}
    for each in found:
        groups.setdefault(each.series, []).append(each)
    return tuple(
        Series(tuple(sorted(group, key=lambda each: -each.version))) for group in groups.values()
    )


def needed(case: CaseView, steps: Sequence[str]) -> tuple[Item, ...]:
    """Return what these steps of a case need, each document once."""
    with store().snapshot() as uow:
        found = {
            item.need.code: item
            for step in steps
            for item in checklist(uow, letters().declarations, case.id, step)
        }
    return tuple(found.values())


def needed_now(case: CaseView) -> tuple[Item, ...]:
    """Return what the open tasks of a case need."""
    tasks = engine().tasks_of(case.id, current_actor(), locale())
    return needed(case, [task.element_id for task in tasks])


@blueprint.get("/<case_id>/documents")
def files(case_id: str) -> ResponseReturnValue:
    """Show a case's documents with their versions, what is missing, and the letters to write."""
    case = engine().case(case_id, current_actor(), locale())
    found = listed(case)
    with store().snapshot() as uow:
        offered = letters().offered(uow, case_ref(case), current_actor())
    return render_template(
        "cases/files.html",
        case=case,
        series=by_series(found),
        needs=needed_now(case),
        letters=offered,
        names=names({each.uploaded_by for each in found}),
    )


@blueprint.post("/<case_id>/documents/<document_id>/version")
def new_version(case_id: str, document_id: str) -> ResponseReturnValue:
    """Hand in a new version of a document; the old one stays."""
    engine().case(case_id, current_actor())
    back = redirect(url_for(".files", case_id=case_id), 303)
    file = request.files.get("file")
    if file is None or not file.filename:
        flash(_("Choose a file first."), "error")
        return back
    try:
        take(case_id, file, purpose="", tier=None, replaces=document_id)
    except DocumentRefused as error:
        flash(refusal(error), "error")
    except RevisionConflict:
        flash(_("Somebody else handed in a newer version. Look at it first."), "error")
    else:
        flash(_("The new version is stored, encrypted. The old one stays."))
    return back


@blueprint.get("/<case_id>/letters/<code>")
def letter(case_id: str, code: str) -> ResponseReturnValue:
    """Show the form of a letter."""
    case = _writable(case_id)
    missing = ", ".join(i.need.name_in(locale()) for i in needed_now(case) if not i.there)
    return _letter_page(case, code, {"missing": missing}, locale(), new_id())


@blueprint.post("/<case_id>/letters/<code>")
def write(case_id: str, code: str) -> ResponseReturnValue:
    """Preview a letter, or store it with the case as a PDF; sent twice, it is stored once."""
    case = _writable(case_id)
    language = request.form.get("language", "")
    language = language if language in dict(LANGUAGES) else locale()
    typed = {
        key.removeprefix("v-"): text.strip()[:2000]
        for key, text in request.form.items()
        if key.startswith("v-")
    }
    document_id = request.form.get("document_id", "")
    if len(document_id) != 32 or not document_id.isalnum():
        document_id = new_id()
    if request.form.get("intent") != "store":
        return _letter_page(case, code, typed, language, document_id, preview=True)
    written = _written(case, code, typed, language)
    try:
        _keep(case, written, document_id)
    except RevisionConflict:
        flash(_("This letter is stored already."))
    else:
        flash(_("The letter is stored with the case, encrypted."))
    return redirect(url_for(".files", case_id=case_id), 303)


def _writable(case_id: str) -> CaseView:
    case = engine().case(case_id, current_actor(), locale())
    if case.status is not CaseStatus.ACTIVE:
        raise CaseEnded(case.id, case.status)
    return case


def _written(case: CaseView, code: str, typed: Mapping[str, str], language: str) -> Written:
    values = {key: text or None for key, text in typed.items()}
    with store().snapshot() as uow:
        return letters().write(uow, case_ref(case), code, language, values, current_actor())


def _keep(case: CaseView, written: Written, document_id: str) -> None:
    content = written.pdf()  # Laid out before the transaction begins.
    with store().unit_of_work() as uow:
        documents().store_document(
            uow,
            case_ref(case),
            content,
            f"{written.title}.pdf",
            current_actor(),
            tier=written.letter.tier,
            purpose=written.letter.code,
            letter=written.letter.code,
            document_id=document_id,
        )


def _letter_page(
    case: CaseView,
    code: str,
    typed: Mapping[str, str],
    language: str,
    document_id: str,
    *,
    preview: bool = False,
) -> ResponseReturnValue:
    written = _written(case, code, typed, language)
    return render_template(
        "cases/letter.html",
        case=case,
        letter=written.letter,
        title=written.letter.title.get(locale(), written.title),
        written=written if preview else None,
        # The template's own words and escaped values; see handlers/documents/placeholders.py.
        text=Markup(written.text) if preview else "",  # noqa: S704
        typed=typed,
        letter_language=language,
        letter_languages=LANGUAGES,
        document_id=document_id,
    )
