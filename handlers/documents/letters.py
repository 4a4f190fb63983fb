"""Letters: a published template, filled and laid out as a PDF in French, English or Arabic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any

from weasyprint import HTML

from engine.errors import NotFound
from engine.feel import to_feel
from engine.model import Actor, CaseRef, Tier
from engine.ports import Clock
from engine.store import UnitOfWork
from handlers.documents.checks import LANGUAGES
from handlers.documents.declared import Declarations, Letter, Letterhead
from handlers.documents.placeholders import shown
from handlers.people import ATTRIBUTES, PersonalFields

_STYLE = """
@page { size: A4; margin: 24mm 22mm 22mm;
  @bottom-center { content: counter(page) " / " counter(pages); font-size: 8.5pt; color: #47524f } }
html { font-family: "Noto Sans", "DejaVu Sans", sans-serif; font-size: 11pt; color: #14201f }
html:lang(ar) { font-family: "Noto Naskh Arabic", "Noto Sans Arabic", "DejaVu Sans", sans-serif;
  font-size: 12.5pt }
body { line-height: 1.55; margin: 0 }
.head { border-bottom: 1.2pt solid #0b4f55; padding-bottom: 3.5mm; margin-bottom: 7mm }
.head strong { display: block; font-size: 13.5pt; color: #0b4f55 }
.head span { display: block; font-size: 9pt; color: #47524f; line-height: 1.4 }
html:lang(ar) .head span { font-size: 10.5pt }
.facts { display: flex; justify-content: space-between; margin-bottom: 14mm; color: #47524f }
h1 { font-size: 17pt; margin: 0 0 8mm; color: #0b4f55 }
h2 { font-size: 12.5pt; margin: 7mm 0 2mm }
table { width: 100%; border-collapse: collapse; margin: 0 0 5mm }
th, td { text-align: start; vertical-align: top; padding: 2mm 0; border-bottom: .4pt solid #9aa6a3 }
p, ul { margin: 0 0 4mm }
footer { margin-top: 20mm }
"""

_SIGNATURE = {"fr": "Date et signature", "en": "Date and signature", "ar": "التاريخ والتوقيع"}
_REFERENCE = {"fr": "Référence : ", "en": "Reference: ", "ar": "المرجع: "}


@dataclass(frozen=True, slots=True)
class Written:
    """A letter that was filled.

    :ivar title: its name. :ivar text: its words as HTML, for a preview; ``html``: the whole page.
    """

    letter: Letter
    title: str
    text: str
    html: str

    def pdf(self) -> bytes:
        """Return the page as a PDF; nothing is loaded from anywhere."""
        content = HTML(string=self.html, url_fetcher=_nothing).write_pdf()
        return bytes(content or b"")


@dataclass(frozen=True, slots=True)
class Letters:
    """Fills letters with what whoever writes them may read, at the moment of writing."""

    declarations: Declarations
    fields: PersonalFields
    clock: Clock

    def offered(self, uow: UnitOfWork, case: CaseRef, writer: Actor) -> tuple[Letter, ...]:
        """Return the letters that a person may write in a case: those whose tier is theirs."""
        open_tiers = self.fields.access.open_tiers(uow, case, writer)
        letters = self.declarations.of_case(uow, case.id).letters.values()
        return tuple(letter for letter in letters if letter.tier in open_tiers)

    def write(
        self,
        uow: UnitOfWork,
        case: CaseRef,
        code: str,
        locale: str,
        values: Mapping[str, Any],
        writer: Actor | None,
    ) -> Written:
        """Fill a letter.

        :param values: what its expressions may name as ``values`` beside ``case``, ``person`` and
            ``today``.
        :param writer: whose tiers decide which entries of the person's file are filled in, or
            ``None``: the process itself, by the letter's own tier. Both are logged.
        :raises NotFound: there is no such letter in the case's publication, or it is not the
            writer's to write.
        """
        declared = self.declarations.of_case(uow, case.id)
        letter = declared.letters.get(code)
        if letter is None or locale not in LANGUAGES:
            raise NotFound("letter", code)
        if writer is not None and letter not in self.offered(uow, case, writer):
            raise NotFound("letter", code)
        body = letter.body[locale]
        today = self.clock.now().date()
        known = {
            "values": dict(values),
            "case": {"reference": case.reference, "country": case.country},
            "person": self._person(uow, case, letter, body.person_keys, writer),
            "today": today,
        }
        text = body.fill({key: to_feel(value) for key, value in known.items()}, locale)
        title = letter.title[locale]
        head = declared.letterhead if letter.bears_head else None
        page = _page(letter, head, case, locale, title, text, today)
        return Written(letter, title, text, page)

    def _person(
        self,
        uow: UnitOfWork,
        case: CaseRef,
        letter: Letter,
        keys: frozenset[str],
        writer: Actor | None,
    ) -> Mapping[str, Any]:
        fitting = {Tier.IDENTITY, letter.tier} if letter.tier is not Tier.CASE else set()
        wanted = sorted(
            key for key in keys if key in ATTRIBUTES and ATTRIBUTES[key].tier in fitting
        )
        if not wanted:
            return dict.fromkeys(keys)
        if writer is None:
            found = self.fields.read_for(uow, case, wanted, "documents.generate")
        else:
            found = self.fields.read(uow, case, wanted, writer)
        return {**dict.fromkeys(keys), **found}


def _page(
    letter: Letter,
    head: Letterhead | None,
    case: CaseRef,
    locale: str,
    title: str,
    text: str,
    today: date,
) -> str:
    direction = "rtl" if locale == "ar" else "ltr"
    reference = (
        f"{_REFERENCE[locale]}<bdi>{escape(case.reference)}</bdi>" if letter.shows_reference else ""
    )
    written_on = escape(shown(today, locale))
    return (
        f'<!DOCTYPE html><html lang="{locale}" dir="{direction}"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body><header>"
        f"{'' if head is None else _headed(head, locale)}"
        f'<div class="facts"><span>{reference}</span><span>{written_on}</span></div></header>'
        f"<h1>{escape(title)}</h1>{text}<footer>{_SIGNATURE[locale]}</footer></body></html>"
    )


def _headed(head: Letterhead, locale: str) -> str:
    lines = "".join(f"<span>{escape(line)}</span>" for line in head.address[locale])
    return f'<div class="head"><strong>{escape(head.name[locale])}</strong>{lines}</div>'


def _nothing(url: str, *_args: object, **_kwargs: object) -> dict[str, object]:
    # What people typed may look like an address; a letter never fetches anything.
    raise ValueError(f"A letter loads nothing from outside: {url[:80]}")
