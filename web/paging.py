"""Reading a list's page and search from an address, and linking to its other pages."""

from __future__ import annotations

from collections.abc import Sequence

from flask import request, url_for

_LONGEST_SEARCH = 64


def page_number() -> int:
    """Return the page asked for, counting from 1; the first where the number makes no sense."""
    text = request.args.get("page", "1")
    return max(1, int(text)) if text.isdecimal() and len(text) < 7 else 1


def text_argument(name: str) -> str | None:
    """Return a search word or choice of the address, or ``None`` if it is empty."""
    return request.args.get(name, "").strip()[:_LONGEST_SEARCH] or None


def page_url(page: int) -> str:
    """Return the address of another page of the list that is open."""
    arguments = request.args.to_dict() | (request.view_args or {}) | {"page": page}
    return url_for(request.endpoint or "pages.home", **arguments)


def nearby(page: int, pages: int) -> Sequence[int]:
    """Return the page numbers to link to: first, last, and those around; 0 stands for a gap.

    >>> nearby(6, 20)
    [1, 0, 5, 6, 7, 0, 20]
    """
    near = sorted({1, pages} | {n for n in range(page - 1, page + 2) if 1 <= n <= pages})
    shown: list[int] = []
    for number in near:
        if shown and number - shown[-1] > 1:
            shown.append(0)
        shown.append(number)
    return shown
