"""In the demo somebody has each part that the schemes' scenarios name."""

from __future__ import annotations

from pathlib import Path

import yaml

from web.accounts.demo import DEMO_ACCOUNTS
from web.accounts.demo_schemes import SCHEME_ACCOUNTS

PROCESSES = Path(__file__).parents[2] / "processes"


def wanted() -> set[tuple[str, str, str]]:
    """Return scheme, role and organisation of everybody in the scenarios."""
    found = set()
    for file in PROCESSES.glob("*/*/scenarios/actors.yaml"):
        scheme = file.parent.parent.relative_to(PROCESSES).as_posix()
        told = yaml.safe_load(file.read_text("utf-8"))
        roles = told.get("roles") or {}
        found |= {(scheme, role, organisation) for role, organisation in roles.items()}
        for person in (told.get("people") or {}).values():
            organisation = person.get("organisation") or roles.get(person["role"])
            found.add((scheme, person["role"], organisation))
    return found


def test_every_part_of_every_scheme_has_a_demo_account() -> None:
    held = {
        (scheme, grant.role, grant.organisation_id)
        for account in (*DEMO_ACCOUNTS, *SCHEME_ACCOUNTS)
        for grant in account.grants
        for scheme in grant.schemes
    }
    assert sorted(wanted() - held) == []


def test_no_two_demo_accounts_share_an_address_or_an_id() -> None:
    accounts = (*DEMO_ACCOUNTS, *SCHEME_ACCOUNTS)
    assert len({each.email for each in accounts}) == len(accounts)
    assert len({each.account_id for each in accounts}) == len(accounts)
