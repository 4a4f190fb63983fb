"""Telling staff by e-mail that tasks wait for them, as each of them asked for."""

from web.accounts.task_notices.service import TaskNotices, upkeep
from web.accounts.task_notices.store import Mode, Wish

__all__ = ["Mode", "TaskNotices", "Wish", "upkeep"]
