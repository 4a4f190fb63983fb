"""Notices: a list of what was sent, and a preview of what would be."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template
from flask.typing import ResponseReturnValue

from engine.model import CaseRef, Tier
from engine.service import CaseView
from handlers.notices import (
    SUBJECT,
    Listed,
    NoticeStatus,
    Plan,
    find_notices,
    tells_reference,
    template_names,
)
from web.accounts import current_actor
from web.context import engine, store
from web.documents import case_ref, documents
from web.locales import locale
from web.notices.blueprint import blueprint, notices
from web.notices.problems import count_mine
from web.paging import page_number, text_argument

PAGE = 20


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the list."""

    items: tuple[Listed, ...]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // PAGE))


@blueprint.get("")
def index() -> ResponseReturnValue:
    """List the notices of the cases that the signed-in person may see, without any address."""
    asked, search, number = text_argument("status"), text_argument("search"), page_number()
    status = NoticeStatus(asked) if asked in set(NoticeStatus) else None
    with store().snapshot() as uow:
        items, total = find_notices(
            uow,
            current_actor(),
            engine().now(),
            status=status,
            search=search or "",
            offset=(number - 1) * PAGE,
            limit=PAGE,
        )
    page = Page(items, total, number)
    return render_template(
        "notices/index.html",
        notices=page,
        status=status,
        search=search,
        statuses=NoticeStatus,
        unreached=count_mine(),
    )


@blueprint.get("/cases/<case_id>")
def preview(case_id: str) -> ResponseReturnValue:
    """Show what the person of a case would be sent; nothing is sent.

    The way and the hours are protection data: they are shown to whoever may read those.
    """
    case = engine().case(case_id, current_actor(), locale())
    names = sorted(name for name in template_names() if not tells_reference(name))
    chosen = text_argument("template")
    template = chosen if chosen in names else names[0]
    plan, open_way = _planned(case, template)
    return render_template(
        "notices/preview.html",
        case=case,
        plan=plan,
        templates=names,
        template=template,
        open_way=open_way,
        wait=plan is not None and plan.not_before > engine().now(),
    )


def _planned(case: CaseView, template: str) -> tuple[Plan | None, bool]:
    ref: CaseRef = case_ref(case)
    with store().unit_of_work() as uow:  # That the person's rules were read is written down.
        tiers = documents().access.open_tiers(uow, ref, current_actor())
        if Tier.PROTECTION not in tiers:
            return None, False
        return notices().plan(uow, ref, template, SUBJECT), True
