"""What people of the finance committee do at their browsers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from playwright.sync_api import expect

from tests.browser.person import Person
from web.accounts.demo import DEMO_ACCOUNTS

COMMITTEE = "/committees/cm-ofii-finance"
VOTERS = ("presidence", "vicepresidence", "membre1", "membre2")

Team = Callable[[str], Person]


def shown(name: str) -> str:
    """Return the name that pages show for a demo account."""
    return next(account.shown for account in DEMO_ACCOUNTS if account.name == name)


def call_session(secretary: Person, *, in_days: int, place: str = "Yaoundé") -> str:
    """Call a session and return its address."""
    secretary.go(COMMITTEE)
    summary = secretary.page.get_by_text("Convoquer une séance")
    if secretary.page.locator("details:not([open]) #planned_for").count():
        summary.click()
    day = secretary.site.today + timedelta(days=in_days)
    secretary.page.fill("#planned_for", f"{day.isoformat()}T10:00")
    secretary.page.fill("#place", place)
    secretary.page.get_by_role("button", name="Convoquer la séance").click()
    expect(secretary.page.locator(".ps-where")).to_contain_text("Convoquée")
    return secretary.page.url


def move(secretary: Person, session: str, name: str, *, here: bool) -> None:
    """Note that somebody arrives or leaves."""
    secretary.go(session)
    line = secretary.page.locator("#room ~ ul li").filter(has_text=shown(name))
    line.get_by_role("button", name="Arrive" if here else "Part").click()
    expect(line).to_contain_text("En salle" if here else "Absent")


def vote(member: Person, session: str, choice: str, references: Sequence[str]) -> None:
    """Vote on these files."""
    member.go(f"{session}/votes")
    for reference in references:
        line = member.page.locator(".ps-steps li").filter(has_text=reference)
        line.locator(f"input[value='{choice}']").check()
    member.page.get_by_role("button", name="Enregistrer mes votes").click()
    expect(member.page.locator(".ps-notice")).to_contain_text("Votre vote est enregistré")


def choose(secretary: Person, session: str, references: Sequence[str]) -> None:
    """Choose files on the agenda and open the page of their decision."""
    secretary.go(session)
    for reference in references:
        secretary.page.get_by_label(f"Choisir {reference}").check()
    secretary.page.get_by_role("button", name="Décider les dossiers choisis").click()
    expect(secretary.page.locator("#outcome")).to_be_visible()


def decide(secretary: Person, outcome: str, words: str = "") -> None:
    """Record a decision on the page that is open."""
    secretary.page.locator(f"#outcome-{outcome}").check()
    secretary.page.fill("#words", words)
    secretary.page.get_by_role("button", name="Enregistrer la décision").click()


def approve_in_session(team: Team, reference: str) -> None:
    """Let the committee approve one case: called, held, decided."""
    secretary = team("comite")
    session = call_session(secretary, in_days=1)
    page = secretary.page
    page.select_option("#file", label=reference)
    page.get_by_role("button", name="L’ajouter").click()
    page.get_by_role("button", name="Ouvrir la séance").click()
    for name in VOTERS:
        move(secretary, session, name, here=True)
        vote(team(name), session, "for", [reference])
    choose(secretary, session, [reference])
    decide(secretary, "approved")
    expect(page.locator("tr").filter(has_text=reference)).to_contain_text("Accordé")
