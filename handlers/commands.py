"""The rooms' own commands, offered by ``passerelle`` beside the engine's."""

from __future__ import annotations

import click

from handlers.committees.commands import committees
from handlers.documents.commands import documents
from handlers.historic import historic
from handlers.notices.commands import notices
from handlers.organisations.commands import organisations
from handlers.payments.commands import payments
from handlers.people.commands import people
from handlers.referrals.commands import referrals
from handlers.surveys.commands import surveys

COMMANDS: tuple[click.Command, ...] = (
    people,
    organisations,
    committees,
    documents,
    notices,
    surveys,
    referrals,
    payments,
    historic,
)
"""One group a room, named after it: ``passerelle ROOM import FILE``, ``passerelle ROOM export``."""
