"""Reading DMN files safely (no DTD, no entities, no network, a size limit), and what is found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from engine.errors import DecisionError, Finding
from engine.rules import finding, said

SIZE_LIMIT_BYTES = 5_000_000
"""Largest file that is read; far beyond any table a person maintains."""

NAMESPACES = {
    "http://www.omg.org/spec/DMN/20180521/MODEL/": "1.2",
    "https://www.omg.org/spec/DMN/20191111/MODEL/": "1.3",
    "https://www.omg.org/spec/DMN/20211108/MODEL/": "1.4",
    "https://www.omg.org/spec/DMN/20230324/MODEL/": "1.5",
}
"""The model namespace of each version of DMN that is read."""

ERROR = "error"
WARNING = "warning"


class Report:
    """What is wrong with one file, collected while it is read.

    :ivar file: the file's name in its scheme's folder, for findings and messages.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self.items: list[Finding] = []

    def error(self, rule: str, node: Any, message: str, remedy: str) -> str:
        """Refuse the file for this; the message is returned with its place in front."""
        return self._add(rule, ERROR, node, message, remedy)

    def warning(self, rule: str, node: Any, message: str, remedy: str) -> None:
        """Say this without refusing the file."""
        self._add(rule, WARNING, node, message, remedy)

    def _add(self, rule: str, severity: str, node: Any, message: str, remedy: str) -> str:
        line = 0 if node is None else node.sourceline or 0
        element = "" if node is None else nearest_id(node)
        self.items.append(
            finding(f"dmn.{rule}", severity, self.file, element, line, message, remedy)
        )
        return f"{self.place(node)}: {message} {remedy}"

    def place(self, node: Any) -> str:
        """Return where a node stands, for a message: file, line and the nearest id."""
        if node is None:
            return self.file
        element = nearest_id(node)
        return f"{self.file}:{node.sourceline or 0}" + (f", {element}" if element else "")

    def sorted(self) -> tuple[Finding, ...]:
        """Return every finding once, errors first, then by line."""
        unique = dict.fromkeys(self.items)
        return tuple(sorted(unique, key=lambda f: (f.severity != ERROR, f.line, f.rule)))


def read_root(source: bytes, report: Report) -> Any:
    """Return the file's ``definitions``.

    :raises DecisionError: it is too large, no XML, declares a DTD, or is not DMN 1.2 to 1.5. The
        report has the finding too.
    """
    if len(source) > SIZE_LIMIT_BYTES:
        raise refused(
            report,
            "too-large",
            said(
                "the file has {size:,} bytes; the limit is {limit:,}.",
                size=len(source),
                limit=SIZE_LIMIT_BYTES,
            ),
            "Split it into several files.",
        )
    root = _parsed(source, report)
    name = etree.QName(root)
    if name.localname != "definitions" or name.namespace not in NAMESPACES:
        versions = ", ".join(NAMESPACES.values())
        raise refused(
            report,
            "not-dmn",
            said(
                "the file begins with <{tag}> of '{namespace}'.",
                tag=name.localname,
                namespace=name.namespace or "",
            ),
            said(
                "Export it as DMN {versions}; its first element is then <definitions>.",
                versions=versions,
            ),
        )
    return root


def _parsed(source: bytes, report: Report) -> Any:
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
        huge_tree=False,
    )
    if b"<!DOCTYPE" in source or b"<!ENTITY" in source:
        raise _dtd(report)
    try:
        root: Any = etree.fromstring(source, parser)
    except etree.XMLSyntaxError as error:
        message = said("this is not XML: {msg}.", msg=error.msg)
        raise refused(report, "not-xml", message, "Export it again.", error.lineno or 0) from None
    # An encoding such as UTF-16 hides the words from the search above.
    if root.getroottree().docinfo.doctype:
        raise _dtd(report)
    return root


def _dtd(report: Report) -> DecisionError:
    message = "the file declares a document type (DTD) or an entity."
    return refused(report, "dtd", message, "Remove <!DOCTYPE …> and <!ENTITY …>.")


def refused(report: Report, rule: str, message: str, remedy: str, line: int = 0) -> DecisionError:
    """Return the error for a file that cannot be read at all; the report has the finding too."""
    found = finding(f"dmn.{rule}", ERROR, report.file, "", line, message, remedy)
    report.items.append(found)
    return DecisionError(str(found))


def tag(node: Any) -> str:
    """Return a node's name without its namespace."""
    return str(etree.QName(node).localname)


def children(node: Any, *names: str) -> Iterator[Any]:
    """Yield the node's own DMN children, in document order; all of them if no name is given."""
    for child in node:
        if (
            isinstance(child.tag, str)
            and etree.QName(child).namespace in NAMESPACES
            and (not names or tag(child) in names)
        ):
            yield child


def child(node: Any, *names: str) -> Any | None:
    """Return the first DMN child of one of these names."""
    return next(children(node, *names), None)


def text_of(node: Any | None) -> str:
    """Return the text of a node's ``text`` child; ``""`` without one."""
    inner = None if node is None else child(node, "text")
    return "" if inner is None else "".join(inner.itertext())


def child_text(node: Any, name: str) -> str:
    """Return the whole text of a child such as ``typeRef`` or ``description``."""
    inner = child(node, name)
    return "" if inner is None else "".join(inner.itertext()).strip()


def nearest_id(node: Any) -> str:
    """Return the node's id, or that of its nearest parent with one."""
    named = node
    while named is not None and not named.get("id"):
        named = named.getparent()
    return "" if named is None else str(named.get("id"))
