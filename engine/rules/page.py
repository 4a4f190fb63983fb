"""``docs/lint.md``, written from the catalogue: ``python -m engine.rules.page > docs/lint.md``."""

from __future__ import annotations

from collections.abc import Iterator

from engine.rules.catalogue import GROUPS, Rule, rules

TITLES = {
    "bpmn": "Diagrams (`*.bpmn`) · Diagrammes",
    "dmn": "Decisions (`*.dmn`) · Décisions",
    "form": "Forms (`*.form`) · Formulaires",
    "labels": "Texts (`labels.*.toml`) · Textes",
    "scheme": "The scheme (`scheme.toml`) · Le dispositif",
    "documents": "Documents and letters (`documents.toml`) · Pièces et lettres",
    "file": "Files · Fichiers",
}
SEVERITIES = {
    "error": "Error · erreur",
    "warning": "Warning · avertissement",
    "info": "Info",
}
LANGUAGES = {
    "bpmn": "xml",
    "dmn": "xml",
    "form": "json",
    "labels": "toml",
    "scheme": "toml",
    "documents": "toml",
}

HEAD = """\
# Lint: every rule, with a wrong and a right example

`passerelle lint PATH…` says what is wrong with schemes, diagrams, tables and forms without
publishing them; the same rules are applied at publication. An **error** refuses the publication.
A **warning** says what will hardly do what its author meant. An **info** says what could not be
looked at. Each finding names rule, file, element and line, says what is wrong and what to do, in
English and French; `--language fr` shows the French.

```console
$ passerelle lint processes/cm/ofii
$ passerelle lint ~/diagrams --format json
$ passerelle lint loan.bpmn --draw drawings     # counter-examples as pictures
$ passerelle lint --rules --language fr         # this list
```

`--format json` gives `{"files": [{"file", "outcome", "findings": […]}]}`, one entry a file;
`outcome` is `runs`, `warnings` or `refused`. The exit code is 1 if any file is refused, else 0.
With `--as-documentation`, what cannot be run only warns, as `deploy --as-documentation` takes it.

What is found about soundness (`bpmn.deadlock` and its neighbours) comes from a game: tokens are
moved through one process or sub-process in every order, 10,000 moves at most. The finding's
`trace` holds the elements and flows of the way there.

How a scheme is drawn tells [designers.md](designers.md); what becomes of a case that stops all the
same, [operating.md](operating.md).

## How the examples are written

The examples are cut to what matters, and a test writes the rest around them, lints them and
asserts that the wrong one breaks its rule and the right one does not:

* A diagram's elements stand in `<process id="P" isExecutable="true">` in BPMN's namespace,
  messages, errors and other processes beside it. `A → B` is a sequence flow `A-B`, `A → B if =x`
  one with a condition. A start `S` and an end `E` that arrows name need not be drawn. `zeebe:`
  elements stand in `<extensionElements>`.
* A table drawn with bars is a decision `D`; columns headed with `→` are its outputs, and its hit
  policy is UNIQUE unless the line above says otherwise.
* A form's components stand in `{"id": "f", "components": […]}`.
* What is written of `scheme.toml` is added to, or replaces, what every scheme needs; its process
  has one user task `A` unless the example brings a diagram, and one role, `officer`.
* `--- name` begins another file. `(text × 3)` is a text three times, `#` its number, `#+` the next.
* The handlers are `check(amount, purpose)`, `send(address, template)`, `open(organisation)`, and
  `documents.require` and `documents.generate` as they are.
"""


def page() -> str:
    """Return the whole page, Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield HEAD
    for group in GROUPS:
        yield f"## {TITLES[group]}"
        yield ""
        for rule in rules().values():
            if rule.id.startswith(f"{group}."):
                yield from _rule(rule, LANGUAGES.get(group, ""))


def _rule(rule: Rule, language: str) -> Iterator[str]:
    yield f"### {rule.id}"
    yield ""
    yield f"{SEVERITIES[rule.severity]}. {rule.what['en']} {rule.why['en']}"
    yield ""
    yield f"*{rule.what['fr']} {rule.why['fr']}*"
    yield ""
    for title, example in (("Wrong · faux", rule.wrong), ("Right · juste", rule.right)):
        if not example:
            continue
        yield f"{title}:"
        yield ""
        yield f"```{language}"
        yield example
        yield "```"
        yield ""


if __name__ == "__main__":
    print(page(), end="")
