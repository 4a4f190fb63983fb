"""Notices: neutral messages to people and organisations, once each, by a safe way only."""

from handlers.notices.bounces import take_back
from handlers.notices.errors import AddressRefused
from handlers.notices.handlers import send_handler
from handlers.notices.mail import Mailer, Outbox, SmtpServer
from handlers.notices.mail import compose as compose_mail
from handlers.notices.problems import ContactProblem, Problems, problems_seen
from handlers.notices.quiet import Hours, next_moment, read_hours
from handlers.notices.receivers import ORGANISATION, SUBJECT, Plan, Receivers
from handlers.notices.sending import Notices
from handlers.notices.sms import HttpGateway, SmsCarrier, SmsOutbox
from handlers.notices.store import (
    Listed,
    Notice,
    NoticeStatus,
    Reason,
    find_notices,
    notices_of,
)
from handlers.notices.wording import tells_reference, template_names, written_locale

__all__ = [
    "ORGANISATION",
    "SUBJECT",
    "AddressRefused",
    "ContactProblem",
    "Hours",
    "HttpGateway",
    "Listed",
    "Mailer",
    "Notice",
    "NoticeStatus",
    "Notices",
    "Outbox",
    "Plan",
    "Problems",
    "Reason",
    "Receivers",
    "SmsCarrier",
    "SmsOutbox",
    "SmtpServer",
    "compose_mail",
    "find_notices",
    "next_moment",
    "notices_of",
    "problems_seen",
    "read_hours",
    "send_handler",
    "take_back",
    "tells_reference",
    "template_names",
    "written_locale",
]
