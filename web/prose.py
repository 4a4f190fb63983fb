"""Markdown that designers write, as HTML that cannot harm."""

from __future__ import annotations

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

_TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "a", "code", "h2", "h3", "h4", "blockquote"}
_CLASSES = (
    ("<ul>", '<ul class="govuk-list govuk-list--bullet">'),
    ("<ol>", '<ol class="govuk-list govuk-list--number">'),
    ("<h2>", '<h2 class="govuk-heading-m">'),
    ("<h3>", '<h3 class="govuk-heading-m">'),
    ("<h4>", '<h4 class="govuk-heading-s">'),
)
_MARKDOWN = MarkdownIt("commonmark")


def prose(text: str) -> Markup:
    """Return Markdown as sanitised HTML: no scripts, no styles, no images, web links only.

    Headings begin at the second level, because the page has its own first one.
    """
    html = _MARKDOWN.render(text).replace("<h1>", "<h2>").replace("</h1>", "</h2>")
    clean = nh3.clean(html, tags=_TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https"})
    for plain, classed in _CLASSES:
        clean = clean.replace(plain, classed)
    # nh3 has removed every tag and attribute that is not in the list above.
    return Markup(clean)  # noqa: S704
