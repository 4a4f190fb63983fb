"""The OMG's XML schemas of BPMN 2.0 and DMN 1.3, as SpiffWorkflow brings them.

What deviates only warns: modelers write small deviations that mean no harm, and what could run
wrong is refused by rules of its own. Elements of other namespaces may stand where the schemas let
them, so extensions of other tools are no deviation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import SpiffWorkflow.bpmn.parser as bpmn_parser
import SpiffWorkflow.dmn.parser as dmn_parser
from lxml import etree

from engine.errors import Finding
from engine.rules import finding, said

DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"
XSD = Path(bpmn_parser.__file__).parent / "schema" / "BPMN20.xsd"
"""BPMN's own."""
FILES = {
    "bpmn": XSD,
    "dmn": Path(dmn_parser.__file__).parent / "schema" / "DMN13.xsd",
}
TOLD = 20
"""Deviations of one file that are told, at most."""

_NAMES = re.compile(r"\{(http[^}]*)\}")
_PREFIXES = {
    "http://www.omg.org/spec/BPMN/20100524/MODEL": "bpmn:",
    "http://www.omg.org/spec/BPMN/20100524/DI": "bpmndi:",
    "http://www.omg.org/spec/DD/20100524/DC": "dc:",
    "http://www.omg.org/spec/DD/20100524/DI": "di:",
    DMN: "",
}


def check_schema(root: Any, language: str, file: str) -> Iterator[Finding]:
    """Yield what of a file deviates from its schema.

    :param language: ``bpmn`` or ``dmn``.
    """
    schema = _schema(language)
    if schema.validate(root):
        return
    log: Any = schema.error_log
    for entry in list(log)[:TOLD]:
        yield finding(
            f"{language}.schema",
            "warning",
            file,
            "",
            entry.line,
            _words(entry.message),
            "Save the file again with a current modeler.",
        )


def check_dmn_schema(source: bytes, file: str) -> Iterator[Finding]:
    """Yield what of a DMN 1.3 file deviates from its schema; nothing of other versions."""
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False
    )
    if DMN.encode() not in source or b"<!DOCTYPE" in source or b"<!ENTITY" in source:
        return
    try:
        root: Any = etree.fromstring(source, parser)
    except etree.XMLSyntaxError:
        return  # Its reader says so.
    if root.tag == f"{{{DMN}}}definitions":
        yield from check_schema(root, "dmn", file)


@cache
def _schema(language: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(FILES[language])))


# --- the validator's words, so that they read in French too -----------------------------------

_EXPECTED = re.compile(
    r"Element '(?P<name>[^']*)': (?:This element is not expected|Missing child element\(s\))\. "
    r"Expected is (?:one of )?\( (?P<wanted>.*) \)\."
)
_UNEXPECTED = re.compile(r"Element '(?P<name>[^']*)': This element is not expected\.")
_ATTRIBUTE = re.compile(
    r"Element '(?P<name>[^']*)'(?:, attribute '[^']*')?: The attribute '(?P<attribute>[^']*)' "
    r"is (?P<fault>not allowed|required but missing)\."
)
_VALUE = re.compile(
    r"Element '(?P<name>[^']*)'(?:, attribute '(?P<attribute>[^']*)')?: "
    r"(?:\[facet '[^']*'\] The value )?'(?P<value>[^']*)' is not .*"
)
_KEY = re.compile(r"Element '(?P<name>[^']*)': No match found for key-sequence \[(?P<key>.*)\] .*")


def _words(message: str) -> str:
    text = _NAMES.sub(lambda found: _PREFIXES.get(found[1], f"{found[1]}:"), message)
    if found := _EXPECTED.fullmatch(text):
        return said("<{name}>: its schema expects {wanted} here.", **found.groupdict())
    if found := _UNEXPECTED.fullmatch(text):
        return said("its schema does not expect <{name}> here.", name=found["name"])
    if found := _ATTRIBUTE.fullmatch(text):
        place = {"name": found["name"], "attribute": found["attribute"]}
        if found["fault"] == "not allowed":
            return said("<{name}>: its schema knows no attribute '{attribute}'.", **place)
        return said("<{name}>: the attribute '{attribute}' is missing.", **place)
    if found := _VALUE.fullmatch(text):
        place = {"name": found["name"], "value": found["value"]}
        if found["attribute"]:
            place["attribute"] = found["attribute"]
            return said("<{name}>: '{value}' is no value of '{attribute}'.", **place)
        return said("<{name}>: '{value}' is no value of it.", **place)
    if found := _KEY.fullmatch(text):
        return said("<{name}>: nothing here is called {key}.", **found.groupdict())
    return said("it does not follow its schema: {message}", message=text)
