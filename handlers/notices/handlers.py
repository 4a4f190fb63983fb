"""What diagrams ask about notices: tell a person or an organisation that something waits."""

from __future__ import annotations

from engine.ports import HandlerCall, HandlerFunction, handler
from handlers.notices.receivers import SUBJECT
from handlers.notices.sending import Notices


def send_handler(room: Notices) -> HandlerFunction:
    """Return the handler ``notices.send`` for a site."""

    @handler("notices.send")
    def send(call: HandlerCall, template: str, to: str = SUBJECT) -> None:
        """Send a neutral notice, once a call: to ``subject`` or to ``organisation:<id>``.

        A person gets it by the way they said is safe, by e-mail or SMS, in their language and
        within their hours; without a safe way they get none, and that is recorded, no failure.

        :raises CallPostponed: the person may not be reached before a later moment.
        :raises HandlerFailed: no such template or organisation, or the carrier is away.
        """
        room.send(call, template, to)

    return send
