"""Committees' pages: each act by whose it is, decisions once, nothing for who has no seat."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from engine.store.cases import read_case
from handlers import committees as c
from handlers.committees.agenda import submit
from handlers.demo import seed
from handlers.people import sensitive_reads
from tests.web.conftest import Browser, Site, actor
from web.cases.timeline import _WORDS

MEMBERS = ("presidence", "membre1", "membre2", "membre3")


class Room:
    """A session of the demo's finance committee, with files of real cases before it."""

    def __init__(self, site: Site) -> None:
        self.site = site
        with site.engine.store.unit_of_work() as uow:
            seed(uow)
        self.secretary = site.browser("comite")
        self.session_id = self.call("2026-03-03T10:00")

    @property
    def path(self) -> str:
        """Address of the session."""
        return f"/committees/sessions/{self.session_id}"

    def call(self, moment: str) -> str:
        """Call a session by the form and return its id."""
        self.secretary.get(f"/committees/{c.OFII_FINANCE}")
        sent = {"planned_for": moment, "place": "Yaoundé"}
        answer = self.secretary.post(f"/committees/{c.OFII_FINANCE}/sessions", dict(sent))
        assert answer.status_code == 303, answer.text
        return answer.headers["Location"].rpartition("/")[2]

    def submit(self, name: str, *, shared: bool = True) -> c.File:
        """Open a case and put it before the committee with all its documents."""
        case_id = self.site.start(family_name=name)
        with self.site.engine.store.unit_of_work() as uow:
            now = self.site.clock.now()
            if shared:
                uow.add_party(case_id, "comite-demo", "committee", now)
            body = replace(c.read_body(uow, c.OFII_FINANCE), documents=())
            c.save_body(uow, body)
            return submit(
                uow,
                body,
                read_case(uow, case_id).ref,
                key=case_id,
                amount=Decimal(3_000_000),
                currency="XAF",
                at=now,
            )

    def steer(self, what: str, by: Browser | None = None, **sent: object) -> int:
        """Press one of the session's buttons."""
        browser = by or self.secretary
        browser.get(self.path)
        return browser.post(f"{self.path}/{what}", dict(sent)).status_code

    def seat(self, *names: str) -> None:
        """Note that members are in the room."""
        for name in names:
            self.secretary.get(self.path)
            sent = {"account": f"demo-{name}", "here": "true"}
            assert self.secretary.post(f"{self.path}/attendance", dict(sent)).status_code == 303

    def vote(self, name: str, *files: c.File, vote: str = "for") -> str:
        """Vote as a member and return the page that answers."""
        browser = self.site.browser(name)
        browser.get(f"{self.path}/votes")
        browser.post(f"{self.path}/votes", {f"vote-{file.id}": vote for file in files})
        return browser.get(self.path).text

    def decide(self, *files: c.File, by: Browser | None = None, **sent: object) -> int:
        """Record a decision by the form."""
        browser = by or self.secretary
        browser.get(f"{self.path}/decide?" + "&".join(f"file={file.id}" for file in files))
        amounts = {f"amount-{file.id}": "2 500 000" for file in files}
        data = {"file": [file.id for file in files], **amounts, **sent}
        return browser.post(f"{self.path}/decide", data).status_code

    def status(self, file: c.File) -> str:
        """Return where a file is now."""
        with self.site.engine.store.snapshot() as uow:
            return str(c.read_file(uow, file.id).status)


@pytest.fixture
def room(site: Site) -> Room:
    """A session that is called."""
    return Room(site)


def opened(room: Room, *names: str) -> list[c.File]:
    """Put cases on the agenda, open the session, seat the members."""
    files = [room.submit(name) for name in names]
    assert room.steer("fill", most="20") == 303
    assert room.steer("open") == 303
    room.seat(*MEMBERS)
    return files


def test_a_session_goes_from_agenda_to_signed_minutes_in_the_browser(room: Room) -> None:
    one, two, three = opened(room, "Alpha", "Beta", "Gamma")
    for name in MEMBERS:
        room.vote(name, one, two)
    page = room.secretary.get(room.path).text
    assert "Quorum atteint\N{NO-BREAK SPACE}: 4 peuvent voter, il en faut 4" in page
    assert room.decide(one, two, outcome="approved", words="Ouvrir un compte") == 303
    assert room.decide(three, outcome="refused") == 422
    assert "Écrivez ce qui manque" in room.secretary.page
    assert room.decide(three, outcome="refused", words="Hors zone") == 303
    chair = room.site.browser("presidence")
    assert room.steer("sign", chair) == 303
    page = chair.get(f"{room.path}/minutes").text
    assert "PV-CF-CM-2026-001" in page
    assert (
        "accordés\N{NO-BREAK SPACE}: 2, ajournés\N{NO-BREAK SPACE}: 0, refusés\N{NO-BREAK SPACE}: 1"
        in page
    )
    assert "Hélène Passerin" in page
    assert "Alpha" not in page
    assert "Signé" in page


def test_a_decision_sent_twice_is_recorded_once_and_told_kindly(room: Room) -> None:
    files = opened(room, "Alpha", "Beta")
    for name in MEMBERS:
        room.vote(name, *files)
    assert room.decide(*files, outcome="approved") == 303
    data = {"file": [f.id for f in files], "outcome": "approved"}
    data |= {f"amount-{f.id}": "2500000" for f in files}
    answer = room.secretary.post(f"{room.path}/decide", dict(data))
    assert answer.status_code == 303
    assert "Rien n’a été fait une seconde fois" in room.secretary.get(room.path).text
    with room.site.engine.store.snapshot() as uow:
        assert len(c.decisions_of(uow, [f.id for f in files])) == 2


def test_only_the_secretary_and_who_presides_keep_a_session(room: Room) -> None:
    (file,) = opened(room, "Alpha")
    member = room.site.browser("membre1")
    for what in ("fill", "remove", "cancel"):
        assert room.steer(what, member, file=file.id) == 403
    assert member.get(f"{room.path}/decide?file={file.id}").status_code == 403
    assert room.decide(file, by=member, outcome="refused", words="non") == 403
    member.get(room.path)
    other = {"account": "demo-membre2", "here": "false"}
    assert member.post(f"{room.path}/attendance", dict(other)).status_code == 403
    mine = {"account": "demo-membre1", "here": "false"}
    assert member.post(f"{room.path}/attendance", dict(mine)).status_code == 303
    room.vote("membre2", file)
    assert room.status(file) == "listed"
    assert "Seul qui préside" in _after_signing(room, file)


def _after_signing(room: Room, file: c.File) -> str:
    room.steer("remove", file=file.id)
    room.steer("sign")
    return room.secretary.get(room.path).text


def test_a_member_votes_for_themselves_and_the_secretary_for_nobody(room: Room) -> None:
    (file,) = opened(room, "Alpha")
    assert room.secretary.get(f"{room.path}/votes").status_code == 403
    room.secretary.get(room.path)
    assert room.secretary.post(f"{room.path}/votes", {f"vote-{file.id}": "for"}).status_code == 303
    room.vote("membre1", file, vote="against")
    with room.site.engine.store.snapshot() as uow:
        assert c.votes_of(uow, [file.id])[file.id] == {"demo-membre1": c.Vote.AGAINST}


def test_a_declared_interest_takes_the_member_out_of_the_file_and_may_cost_the_quorum(
    room: Room,
) -> None:
    one, two = opened(room, "Alpha", "Beta")
    member = room.site.browser("membre1")
    member.get(f"/committees/files/{one.id}")
    assert member.post(f"/committees/files/{one.id}/conflict").status_code == 303
    page = room.secretary.get(room.path).text
    assert "a déclaré un intérêt" in page
    assert "Pas de quorum\N{NO-BREAK SPACE}: 3 peuvent voter, il en faut 4" in page
    for name in MEMBERS:
        room.vote(name, two)
    assert room.decide(one, outcome="approved") == 422
    assert f"{one.reference}\N{NO-BREAK SPACE}: Il n’y a pas de quorum" in room.secretary.page
    room.seat("vicepresidence")
    for name in (*MEMBERS[2:], "vicepresidence", "presidence"):
        room.vote(name, one)
    assert room.decide(one, outcome="approved") == 303


def test_points_are_given_by_the_grid_and_wrong_ones_are_refused(room: Room) -> None:
    (file,) = opened(room, "Alpha")
    member = room.site.browser("membre1")
    path = f"/committees/files/{file.id}"
    member.get(path)
    points = {"points-viability": "8", "points-person": "6", "points-contribution": "10"}
    member.post(f"{path}/points", dict(points))
    assert "Note\N{NO-BREAK SPACE}: 80.0 sur 100" in member.get(path).text
    member.post(f"{path}/points", {"points-viability": "11"})
    assert "entre zéro et son maximum" in member.get(path).text


def test_a_dossier_shows_no_protection_tier_even_to_a_member_who_is_an_officer(room: Room) -> None:
    (file,) = opened(room, "Alpha")
    person = room.site.engine.case(file.case_id, actor("ofii")).subject
    officer = room.site.browser("ofii")
    officer.get(f"/people/{person}/edit")
    typed = {"family_name": "Alpha", "safe_contact_silence": "secret du retour"}
    assert officer.post(f"/people/{person}/edit", dict(typed)).status_code == 303
    page = room.site.browser("agentofii").get(f"/committees/files/{file.id}").text
    assert "Alpha" in page
    assert "secret du retour" not in page
    unshared = room.submit("Delta", shared=False)
    page = room.site.browser("agentofii").get(f"/committees/files/{unshared.id}").text
    assert "Delta" not in page
    assert "que par son numéro" in page


def test_what_is_another_committees_does_not_exist(room: Room) -> None:
    (file,) = opened(room, "Alpha")
    with room.site.engine.store.unit_of_work() as uow:
        body = c.read_body(uow, "tn-lemma-selection")
        theirs = c.call_session(
            uow,
            body,
            room.site.clock.now() + timedelta(days=3),
            "Tunis",
            actor=actor("admin"),
            at=room.site.clock.now(),
        )
    member = room.site.browser("membre1")
    assert "Lemma" not in member.get("/committees").text
    assert member.get("/committees/tn-lemma-selection").status_code == 404
    for path in ("", "/minutes", "/minutes.pdf", "/annex", "/votes", "/decide"):
        assert member.get(f"/committees/sessions/{theirs.id}{path}").status_code == 404
    member.get("/committees")
    assert member.post(f"/committees/sessions/{theirs.id}/open").status_code == 404
    auditor = room.site.browser("auditeur")
    seen = auditor.get("/committees").text
    assert "FFUE-OIM" in seen
    assert "Lemma" not in seen
    assert auditor.get(f"/committees/files/{file.id}").status_code == 200
    assert auditor.post(f"{room.path}/sign").status_code == 403


def test_names_behind_minutes_are_read_by_who_may_and_each_reading_is_logged(room: Room) -> None:
    (file,) = opened(room, "Alpha")
    assert room.decide(file, outcome="adjourned", words="Devis") == 303
    chair = room.site.browser("presidence")
    assert room.steer("sign", chair) == 303
    assert room.site.browser("auditeur").get(f"{room.path}/annex").status_code == 404
    assert "Alpha" in chair.get(f"{room.path}/annex").text
    with room.site.engine.store.snapshot() as uow:
        reads = sensitive_reads(uow, file.case_id)
    assert [read.account_id for read in reads if read.purpose == "committees.annex"] == [
        "demo-presidence"
    ]


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_minutes_as_pdf_are_the_same_bytes_each_time_and_name_nobody_served(
    room: Room, language: str
) -> None:
    (file,) = opened(room, "Alphonsine")
    assert room.decide(file, outcome="adjourned", words="Devis") == 303
    chair = room.site.browser("presidence")
    assert room.steer("sign", chair) == 303
    made = [chair.get(f"{room.path}/minutes.pdf?language={language}").data for _ in range(2)]
    assert made[0].startswith(b"%PDF-")
    assert len({hashlib.sha256(each).hexdigest() for each in made}) == 1
    assert chair.get(f"{room.path}/annex.pdf?language={language}").data.startswith(b"%PDF-")
    assert chair.get(f"{room.path}/minutes.pdf?language=xx").status_code == 404


def test_a_session_called_without_day_or_place_says_what_is_wrong(room: Room) -> None:
    path = f"/committees/{c.OFII_FINANCE}"
    for sent, told in (
        ({"planned_for": "demain", "place": "X"}, "Écrivez le jour"),
        ({"planned_for": "2026-01-01T10:00", "place": "X"}, "Ce moment est passé"),
        ({"planned_for": "2026-05-01T10:00", "place": " "}, "Dites où se tient"),
    ):
        room.secretary.get(path)
        answer = room.secretary.post(f"{path}/sessions", dict(sent))
        assert answer.status_code == 422
        assert told in answer.text


def test_a_case_s_history_tells_the_committee_s_decisions_in_words(room: Room) -> None:
    (file,) = opened(room, "Alpha")
    assert room.decide(file, outcome="adjourned", words="Devis") == 303
    page = room.site.browser("ofii").get(f"/cases/{file.case_id}").text
    assert "Ajourné par le comité" in page
    assert {f"committee.{each}" for each in c.Outcome} <= set(_WORDS)
