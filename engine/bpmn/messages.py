"""Messages: what a case sends, and by which values a waiting one is found."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from engine.bpmn.behaviour import why_null
from engine.bpmn.elements import Message
from engine.bpmn.expressions import Stuck
from engine.bpmn.timers import read_duration
from engine.bpmn.tokens import Token
from engine.model import EventKind, MessageSent

SUBJECT = "subject"
"""What a message carries under this name is whom a case that begins with it is about."""

TIME_TO_LIVE_S = 3600
"""How long a message that nobody awaits yet is kept, unless the element says ``timeToLive``."""


def carried_by(token: Token) -> dict[str, Any]:
    """Return what an event carries: its data inputs and the results of its input mappings."""
    if token.locals is None:
        return {}
    names = [carry.target[0] for carry in token.element.data.inputs]
    names += [mapping.target[0] for mapping in token.element.extensions.inputs]
    known = token.locals.values
    return {name: known[name] for name in names if name in known}


def send(token: Token, message: Message | None) -> None:
    """Send a message from a token's element; its input mappings are what it carries.

    :raises Stuck: a correlation key has no value, or the message would hand over somebody else
        than whom the case is about.
    """
    element, carried = token.element, carried_by(token)
    about = carried.pop(SUBJECT, None)
    if about is not None and about != token.case.context.case.subject:
        raise Stuck("other-subject", name=SUBJECT)
    assert message is not None  # noqa: S101 - checked when the scheme was published
    sent = MessageSent(
        activation=token.activation,
        element_id=element.id,
        message=message.name,
        keys=keys_of(token, message),
        variables=carried,
        time_to_live_s=seconds(element.extensions.properties.get("timeToLive")),
        about=about,
    )
    token.case.journal.messages.append(sent)
    token.case.journal.event(
        EventKind.MESSAGE_SENT, element.id, token.activation, message=message.name, keys=sent.keys
    )


def keys_of(token: Token, message: Message) -> dict[str, Any]:
    """Return a message's correlation values where the token is.

    :raises Stuck: one of them is null.
    """
    keys = {}
    for name, formula in message.keys.items():
        value = token.value(formula)
        if value is None:
            why = why_null(token, formula)
            raise Stuck("no-key", text=formula.text, message=message.name, why=why)
        keys[name] = value
    return keys


def seconds(text: str | None) -> int:
    """Return a time to live in seconds; an ISO 8601 duration without months.

    :raises ValueError: it is none.
    """
    if not text:
        return TIME_TO_LIVE_S
    found = read_duration(text.strip())
    if found is None or found.months or found.longest < timedelta():
        raise ValueError(text)
    return int(found.longest.total_seconds())
