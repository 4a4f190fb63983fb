"""What staff read in their mailbox: figures alone, no case, no person, no scheme."""

from __future__ import annotations

from collections.abc import Mapping

from engine.store.queries import TaskCounts
from web.accounts.task_notices.store import Mode

_SUBJECT: Mapping[str, str] = {
    "fr": "Passerelle : des tâches vous attendent",
    "en": "Passerelle: tasks wait for you",
    "ar": "Passerelle: مهام في انتظاركم",
}
_HELLO: Mapping[str, str] = {"fr": "Bonjour,", "en": "Hello,", "ar": "تحية طيبة،"}
_LINES: Mapping[str, Mapping[str, str]] = {
    "fr": {
        "fresh": "Nouvelles tâches : {0}",
        "held": "Tâches que vous avez prises : {0}",
        "free": "Tâches à prendre : {0}",
        "overdue": "Dont en retard : {0}",
    },
    "en": {
        "fresh": "New tasks: {0}",
        "held": "Tasks that you hold: {0}",
        "free": "Tasks to take: {0}",
        "overdue": "Of these overdue: {0}",
    },
    "ar": {
        "fresh": "مهام جديدة: {0}",
        "held": "مهام في عهدتكم: {0}",
        "free": "مهام يمكن تولّيها: {0}",
        "overdue": "منها متأخرة: {0}",
    },
}
_ENDING: Mapping[str, str] = {
    "fr": "Ouvrez votre liste de tâches. Ce message est automatique ; vous pouvez ne plus le "
    "recevoir, à la page « Mes notifications ».",
    "en": "Open your list of tasks. This message is automatic; you can stop it on the page "
    "“My notices”.",
    "ar": "افتحوا قائمة مهامكم. هذه رسالة آلية؛ يمكنكم إيقافها من صفحة «إشعاراتي».",
}


def task_words(counts: TaskCounts, mode: Mode, locale: str) -> tuple[str, str]:
    """Return subject and text of a mail about tasks."""
    names = ("fresh",) if mode is Mode.EACH else ("held", "free", "overdue")
    lines = [_LINES[locale][name].format(getattr(counts, name)) for name in names]
    body = "\n\n".join([_HELLO[locale], "\n".join(lines), _ENDING[locale]])
    return _SUBJECT[locale], body + "\n"
