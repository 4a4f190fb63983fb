"""Counter-examples as pictures: a diagram with the way to what is wrong drawn into it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from engine import diagram
from engine.errors import DeploymentRefused, Finding, NotFound
from engine.rules import rules
from engine.service.linting import FileReport


def draw_traces(reports: Iterable[FileReport], folder: Path, language: str) -> tuple[Path, ...]:
    """Write one SVG for each finding that has a trace, and return their paths.

    The way there is drawn as done, the place of what is wrong as failed. A diagram without drawing
    has no picture.

    :param folder: made if it is not there. :param language: of the pictures' titles.
    :raises OSError: the folder cannot be written.
    """
    written: list[Path] = []
    for number, report in enumerate(reports, start=1):
        for finding in report.findings:
            if finding.trace:
                written += _write(number, Path(report.file), finding, folder, language)
    return tuple(written)


def _write(
    number: int, path: Path, finding: Finding, folder: Path, language: str
) -> Iterator[Path]:
    svg = _drawn(path.read_bytes(), finding, language)
    if svg is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    words = (f"{number:03}", path.stem, finding.rule.partition(".")[2], finding.element)
    target = folder / f"{'-'.join(_plain(word) for word in words)}.svg"
    target.write_text(svg, "utf-8")
    yield target


def _drawn(source: bytes, finding: Finding, language: str) -> str | None:
    """Return the picture of a trace; ``None`` if its elements are drawn nowhere."""
    try:
        page = diagram.page_of(source, (finding.element, *finding.trace))
        if page is None:
            return None
        return diagram.render_svg(
            source,
            page,
            done=frozenset(finding.trace) - {finding.element},
            active=frozenset(),
            failed=frozenset({finding.element}),
            labels=lambda _, name: name,
            title=f"{rules()[finding.rule].what[language]} {finding.told(language)}",
        )
    except (DeploymentRefused, NotFound):
        return None  # The file has no drawing, which a finding of its own says.


def _plain(word: str) -> str:
    return re.sub(r"[^\w.-]+", "_", word)[:60] or "_"
