"""HTML to PDF, by WeasyPrint; a machine without its libraries still serves everything else."""

from __future__ import annotations

from flask import Response, make_response

from engine.errors import PasserelleError


class PdfUnavailable(PasserelleError):
    """This machine cannot make PDFs: WeasyPrint finds no Pango."""


def pdf(html: str, identifier: str = "") -> bytes:
    """Return a page as PDF; the same page and identifier give the same bytes.

    Nothing is fetched: what people typed may look like an address.

    :param identifier: what names this document for good, such as minutes' digest.
    :raises PdfUnavailable: Pango is missing on this machine.
    """
    try:
        from weasyprint import HTML
    except OSError as error:
        raise PdfUnavailable(
            "WeasyPrint finds no Pango on this machine. Install it "
            "(apt-get install libpango-1.0-0 libpangoft2-1.0-0), then make the PDF again."
        ) from error
    made = HTML(string=html, url_fetcher=_nothing).write_pdf(
        pdf_identifier=identifier.encode() or None
    )
    return bytes(made)


def as_download(content: bytes, name: str) -> Response:
    """Return a PDF as an answer that is saved under a name and kept by no cache."""
    response = make_response(content)
    response.content_type = "application/pdf"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "no-store"
    return response


def _nothing(url: str, *_args: object, **_kwargs: object) -> dict[str, object]:
    raise ValueError(f"A PDF loads nothing from outside: {url[:80]}")
