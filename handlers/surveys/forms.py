"""An instrument as a form-js schema, so that a user task can ask it."""

from __future__ import annotations

import json
from typing import Any

from handlers.surveys.instrument import LANGUAGES, Instrument, Question

TIER = "psychosocial"
_PLATFORM = {"executionPlatform": "Camunda Cloud", "executionPlatformVersion": "8.6.0"}


def form_schema(instrument: Instrument, form_id: str, language: str = "fr") -> str:
    """Return the form that asks an instrument, as the text of a ``.form`` file.

    Every question is a radio field of tier psychosocial and may be left unanswered: how much was
    answered is what completeness tells.
    """
    heading = {"type": "text", "id": "Text_notice", "text": instrument.notice[language]}
    groups = [
        {
            "type": "group",
            "id": f"Group_{name}",
            "label": texts[language],
            "showOutline": True,
            "components": [
                _radio(question, language)
                for question in instrument.questions
                if question.dimension == name
            ],
        }
        for name, texts in instrument.dimensions.items()
    ]
    schema = {
        "type": "default",
        "id": form_id,
        "schemaVersion": 16,
        **_PLATFORM,
        "components": [heading, *groups],
    }
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def form_labels(instrument: Instrument, form_id: str, language: str) -> str:
    """Return what ``labels.LANGUAGE.toml`` says of that form."""
    if language not in LANGUAGES:
        raise ValueError(f"an instrument speaks {', '.join(LANGUAGES)}, not {language}")
    lines = [f"[forms.{form_id}]", f"Text_notice = {_quoted(instrument.notice[language])}"]
    for name, texts in instrument.dimensions.items():
        lines.append(f"Group_{name} = {_quoted(texts[language])}")
    for question in instrument.questions:
        lines.append(f"{question.key} = {_quoted(question.texts[language])}")
        for answer in question.answers:
            lines.append(f'"{question.key}.{answer.code}" = {_quoted(answer.texts[language])}')
    return "\n".join(lines) + "\n"


def _radio(question: Question, language: str) -> dict[str, Any]:
    return {
        "type": "radio",
        "key": question.key,
        "label": question.texts[language],
        "values": [
            {"label": answer.texts[language], "value": answer.code} for answer in question.answers
        ],
        "properties": {"tier": TIER},
        "id": f"Field_{question.key}",
    }


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
