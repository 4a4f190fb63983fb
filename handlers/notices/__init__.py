"""Notices: neutral messages to people and organisations, once each, by a safe way only."""

from handlers.notices.handlers import send_handler
from handlers.notices.mail import Mailer, Outbox, SmtpServer
from handlers.notices.store import Notice, NoticeStatus, notices_of
from handlers.notices.wording import template_names

__all__ = [
    "Mailer",
    "Notice",
    "NoticeStatus",
    "Outbox",
    "SmtpServer",
    "notices_of",
    "send_handler",
    "template_names",
]
