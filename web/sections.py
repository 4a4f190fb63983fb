"""The main menu: the first page of each room, in the order in which they stand."""

from __future__ import annotations

from typing import Any

from web.i18n import _l

SECTIONS: tuple[tuple[str, Any], ...] = (
    ("worklist.index", _l("Tasks")),
    ("start.index", _l("New case")),
    ("cases.index", _l("Cases")),
    ("people.index", _l("People")),
    ("referrals.index", _l("Referrals")),
    ("notices.index", _l("Notices")),
    ("committees.index", _l("Committees")),
    ("organisations.index", _l("Organisations")),
    ("payments.index", _l("Payments")),
    ("reports.index", _l("Reports")),
    ("protection.emergencies", _l("Data protection")),
    ("administration.index", _l("Accounts")),
    ("operations.index", _l("Incidents")),
    ("versions.index", _l("Versions")),
)
"""Endpoint and name of each; a page leaves out those that the policy closes to its reader."""
