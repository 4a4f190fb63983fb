"""A scheme on one sheet: who is in it, its steps by phase, tables, forms, figures and sources."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from engine import bpmn, dmn
from engine.diagram import planes, render_svg
from engine.service.figures import Figure
from engine.service.publications import Deployed
from engine.service.scheme import RoleKind

Naming = Callable[[str, str], str]
"""Gives an element's name in a language from its id and the name that is drawn."""

STEPS = frozenset(
    {
        "subProcess",
        "transaction",
        "adHocSubProcess",
        "userTask",
        "manualTask",
        "serviceTask",
        "businessRuleTask",
        "scriptTask",
        "sendTask",
        "receiveTask",
        "callActivity",
    }
)
"""What people call a step; gateways and events stand between them."""


@dataclass(frozen=True, slots=True)
class RoleSheet:
    """A role: its code, its name, what it is to the people whose cases it works on."""

    code: str
    name: str
    kind: RoleKind | None


@dataclass(frozen=True, slots=True)
class StepSheet:
    """One step of a diagram.

    :ivar kind: BPMN's tag, such as ``userTask``. :ivar called: the process that it calls.
    """

    element_id: str
    name: str
    kind: str
    called: str | None


@dataclass(frozen=True, slots=True)
class PageSheet:
    """One page of the scheme's own diagrams: a process or sub-process and its steps.

    :ivar phase: ``pre-creation``, ``launch`` or ``post-creation``; ``None`` outside of them.
    """

    id: str
    name: str
    file: str
    phase: str | None
    steps: tuple[StepSheet, ...]


@dataclass(frozen=True, slots=True)
class TableSheet:
    """A decision that the scheme's diagrams take."""

    id: str
    name: str
    file: str
    kind: str


@dataclass(frozen=True, slots=True)
class FormSheet:
    """A form: how many answers it takes, and how many of them are personal."""

    id: str
    fields: int
    personal: int


@dataclass(frozen=True, slots=True)
class SchemeSheet:
    """Everything a scheme says of itself, in one language.

    :ivar bodies: organisations and committees by the constant or role that names them.
    :ivar shared: pages of the processes of ``common/`` that it calls.
    :ivar no_phases: why it has none; empty where it has.
    """

    id: str
    name: str
    country: str
    languages: tuple[str, ...]
    currency: str
    roles: tuple[RoleSheet, ...]
    bodies: Mapping[str, str]
    pages: tuple[PageSheet, ...]
    shared: tuple[PageSheet, ...]
    tables: tuple[TableSheet, ...]
    forms: tuple[FormSheet, ...]
    figures: tuple[Figure, ...]
    no_phases: str

    @property
    def phases(self) -> tuple[str, ...]:
        """The phases that its pages are in, in the diagrams' order."""
        return tuple(dict.fromkeys(page.phase for page in self.pages if page.phase))


def sheet_of(deployed: Deployed, locale: str) -> SchemeSheet:
    """Put a compiled scheme on one sheet.

    :param locale: of names; the scheme's first language where it has no such labels.
    """
    config, labels = deployed.config, deployed.labels_in(locale)
    pages = tuple(_pages(deployed, labels.element))
    return SchemeSheet(
        id=config.id,
        name=config.name_in(locale),
        country=config.country,
        languages=config.languages,
        currency=config.currency,
        roles=tuple(
            RoleSheet(code, words.get(locale, words.get("fr", code)), config.role_kinds.get(code))
            for code, words in config.roles.items()
        ),
        bodies=_bodies(deployed),
        pages=tuple(page for page in pages if not is_shared(page.file)),
        shared=tuple(page for page in pages if is_shared(page.file)),
        tables=tuple(_tables(deployed)),
        forms=tuple(
            FormSheet(
                form.id,
                len(form.answerable()),
                sum(field.tier is not None for field in form.answerable()),
            )
            for form in deployed.forms.values()
        ),
        figures=tuple(config.figures.values()),
        no_phases=config.no_phases,
    )


def is_shared(file: str) -> bool:
    """Tell whether a publication's file is one of ``common/``."""
    return file.startswith("common/")


def _bodies(deployed: Deployed) -> Mapping[str, str]:
    config = deployed.config
    standing = {party.role: party.organisation for party in config.standing_parties}
    named = {
        name: value
        for name, value in config.constants.items()
        if isinstance(value, str) and name not in config.figures and name != "currency"
    }
    return standing | named


def _pages(deployed: Deployed, named: Naming) -> Iterator[PageSheet]:
    """Yield every page that is drawn, each with its steps in the order of the file."""
    elements = bpmn.elements(deployed.process)
    phases = {each.id: each.phase for each in elements}
    for file, source in deployed.files.items():
        for page, name in planes(source) if file.endswith(".bpmn") else ():
            steps = tuple(
                StepSheet(e.id, named(e.id, e.name), e.kind, e.called)
                for e in elements
                if e.parent == page and e.kind in STEPS
            )
            yield PageSheet(page, named(page, name), file, phases.get(page), steps)


def _tables(deployed: Deployed) -> Iterator[TableSheet]:
    for file, source in deployed.files.items():
        if file.endswith(".dmn"):
            for decision in dmn.read_decisions(source, file).decisions.values():
                yield TableSheet(decision.id, decision.name, file, decision.kind)


def draw_page(deployed: Deployed, page: PageSheet, locale: str) -> str:
    """Draw one page of a scheme, with nothing done or active on it.

    :returns: an ``<svg>`` element.
    """
    nothing = frozenset[str]()
    return render_svg(
        deployed.files[page.file],
        page.id,
        done=nothing,
        active=nothing,
        failed=nothing,
        labels=deployed.labels_in(locale).element,
        title=page.name,
    )
