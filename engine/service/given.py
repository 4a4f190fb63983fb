"""Values that an operator gives a case by hand: read from FEEL, and never a personal field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from engine import bpmn
from engine.errors import FeelError, InvalidAnswer
from engine.feel import parse
from engine.service.answers import tiered_keys
from engine.service.publications import Deployed
from engine.store.cases import CaseRow

RESERVED = frozenset({"case", "scheme"})
"""Names that FEEL always finds something else under."""

_TEXTS: Mapping[str, Mapping[str, str]] = {
    "personal": {
        "en": "'{name}' is a personal field: it is kept in the person's file, never among a "
        "case's data. Correct it with the task or request that asks for it.",
        "fr": "« {name} » est un champ personnel : il est gardé dans le dossier de la personne, "
        "jamais dans les données du cas. Corrigez-le par la tâche ou la demande qui le pose.",
        "ar": "«{name}» حقل شخصي: يُحفظ في ملف الشخص لا في بيانات القضية. صحّحه بالمهمة أو الطلب "
        "الذي يسأل عنه.",
    },
    "reserved": {
        "en": "'{name}' always names the {name} itself. Choose another name.",
        "fr": "« {name} » désigne toujours autre chose. Choisissez un autre nom.",
        "ar": "«{name}» اسم محجوز. اختر اسماً آخر.",
    },
    "name": {
        "en": "'{name}' is no name of a variable. Write letters, digits and _.",
        "fr": "« {name} » n'est pas un nom de variable. Écrivez des lettres, des chiffres et _.",
        "ar": "«{name}» ليس اسم متغير. اكتب حروفاً وأرقاماً و_.",
    },
    "feel": {
        "en": "'{text}' is no FEEL: {why} A text stands between double quotes.",
        "fr": "« {text} » n'est pas du FEEL : {why} Un texte s'écrit entre guillemets doubles.",
        "ar": "«{text}» ليس تعبير FEEL: {why} يُكتب النص بين علامتي اقتباس.",
    },
    "nothing": {
        "en": "'{text}' gives nothing: {why} Write null to empty it.",
        "fr": "« {text} » ne donne rien : {why} Écrivez null pour vider la valeur.",
        "ar": "«{text}» لا يعطي شيئاً: {why} اكتب null لإفراغ القيمة.",
    },
    "function": {
        "en": "'{text}' gives a function, which no variable can keep.",
        "fr": "« {text} » donne une fonction, qu'aucune variable ne peut garder.",
        "ar": "«{text}» يعطي دالة لا يمكن لأي متغير حفظها.",
    },
}


def _say(code: str, locale: str, **figures: object) -> str:
    texts = _TEXTS[code]
    return texts.get(locale, texts["fr"]).format(**figures)


def personal_keys(deployed: Deployed) -> frozenset[str]:
    """Return the keys of the fields of all forms whose answers go to the person's file."""
    return frozenset(key for form in deployed.forms.values() for key in tiered_keys(form))


def demand_impersonal(deployed: Deployed, change: bpmn.Modification, locale: str) -> None:
    """Refuse variables that are personal fields of any of the scheme's forms, however deep.

    :raises InvalidAnswer: by name, which are.
    """
    personal = personal_keys(deployed)
    errors: dict[str, str] = {}
    for name, value in _given(change):
        if personal & {name, *_keys(value)}:
            errors[name] = _say("personal", locale, name=name)
        elif name in RESERVED:
            errors[name] = _say("reserved", locale, name=name)
    if errors:
        raise InvalidAnswer(errors)


def _given(change: bpmn.Modification) -> Iterator[tuple[str, Any]]:
    if isinstance(change, bpmn.SetVariables):
        yield from change.values.items()
    else:
        for move in change.moves:
            yield from move.variables.items()


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield key
            yield from _keys(item)
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _keys(item)


def read_expressions(
    deployed: Deployed,
    case: CaseRow,
    expressions: Mapping[str, str],
    activation: int | None,
    now: datetime,
    locale: str,
) -> dict[str, Any]:
    """Return what FEEL texts are worth, each seeing the case's variables as they are now.

    :raises InvalidAnswer: by name, what does not parse, cannot be computed, or is a function.
    :raises NotFound: nothing waits at the activation any more.
    """
    if not expressions:
        return {}
    visible = bpmn.variables_at(deployed.process, case.state, activation)
    found: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name, text in expressions.items():
        if not _is_name(name):
            errors[name] = _say("name", locale, name=name)
            continue
        try:
            value, warnings = parse(text).evaluate_with_warnings(visible, now=now)
        except FeelError as error:
            errors[name] = _say("feel", locale, text=text, why=error.told(locale))
            continue
        if value is None and warnings:
            errors[name] = _say("nothing", locale, text=text, why=warnings[0])
        elif bpmn.holds_function(value):
            errors[name] = _say("function", locale, text=text)
        else:
            found[name] = value
    if errors:
        raise InvalidAnswer(errors)
    return found


def _is_name(text: str) -> bool:
    try:
        expression = parse(text)
    except FeelError:
        return False
    return text == text.strip() and expression.free_names | expression.maybe_names == {text}
