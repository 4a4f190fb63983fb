"""Committees: who may vote, what carries, each file decided once and told to its case once."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError

from engine.errors import CaseEnded, Conflict, NotFound, PasserelleError
from engine.model import Actor, CaseRef, Grant, TaskOpened, Tier, WorkItemStatus
from engine.store import UnitOfWork
from engine.store.work import insert_work_items, read_work_item, update_work_item
from handlers import committees as c
from handlers.committees import Body, Majority, Member, MemberRole, Outcome, Verdict, Vote
from handlers.demo import seed
from handlers.organisations import read_organisation
from tests.handlers.support import NOW, Site, person

CHAIR, ONE, TWO, THREE = (
    person(name, "committee_secretary", organisation="comite-demo")
    for name in ("chair", "one", "two", "three")
)
SECRETARY = person("secretary", "committee_secretary", organisation="comite-demo")
BODY = Body(
    id="finance-cm",
    name="Comité financier (exemple)",
    kind="finance",
    country="CM",
    organisation_id="comite-demo",
    prefix="CF-ESSAI",
    quorum=3,
    majority=Majority.SIMPLE,
    casting_vote=True,
    grid=(c.Criterion("need", {"fr": "Besoin"}, 10), c.Criterion("plan", {"fr": "Plan"}, 20)),
)


class Told:
    """A publisher that keeps what it is told in the transaction that tells it."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def __call__(
        self,
        uow: UnitOfWork,
        message: str,
        keys: Mapping[str, Any],
        variables: Mapping[str, Any],
        *,
        time_to_live_s: int = 3600,
        message_id: str | None = None,
    ) -> int:
        """Write a message down."""
        uow.connection.exec_driver_sql(
            "INSERT INTO counters (name, value) VALUES "
            f"('{message} {keys['key']} {variables['committee_outcome']} {message_id}', 1)"
        )
        return 1

    @property
    def messages(self) -> list[str]:
        """Everything told and committed."""
        with self.site.store.snapshot() as uow:
            rows = uow.connection.exec_driver_sql(
                "SELECT name FROM counters WHERE substr(name, 1, 10) = 'committee-' ORDER BY name"
            )
            return [row.name for row in rows]


@dataclass
class Room:
    """A body with four voting members and a session that is open."""

    site: Site
    told: Told
    body: Body
    session: c.Session

    def desk(self, uow: UnitOfWork, actor: Actor = SECRETARY) -> c.Desk:
        """Return what deciding needs."""
        return c.Desk(uow, self.site.fields, self.told, actor, self.site.clock.now())

    def submit(self, name: str, amount: int | None = 1_000) -> tuple[CaseRef, str]:
        """Make a case and put it before the body; return the file's id."""
        case = self.site.case(name, "comite-demo")
        money = {} if amount is None else {"amount": Decimal(amount), "currency": "XAF"}
        file = self.site.run("committees.submit", case, committee=self.body.id, **money)
        return case, str(file["committee_file"])

    def listed(self, *names: str) -> list[str]:
        """Submit cases and put them on the agenda; return their files' ids."""
        files = [self.submit(name)[1] for name in names]
        with self.site.store.unit_of_work() as uow:
            c.fill_agenda(uow, self.session, 100)
        return files

    def file(self, file_id: str) -> c.File:
        """Return a file as it is now."""
        with self.site.store.snapshot() as uow:
            return c.read_file(uow, file_id)

    def vote(self, file_id: str, *votes: tuple[Actor, Vote]) -> None:
        """Cast these votes."""
        with self.site.store.unit_of_work() as uow:
            for who, cast in votes:
                c.vote(uow, c.read_file(uow, file_id), who.account_id, cast, NOW)

    def decide(self, *verdicts: Verdict, actor: Actor = SECRETARY) -> Sequence[c.Decision]:
        """Decide in one transaction."""
        with self.site.store.unit_of_work() as uow:
            return c.decide(self.desk(uow, actor), self.session, verdicts)

    def refused(self, *verdicts: Verdict) -> str:
        """Return the code by which deciding is refused; nothing is told or written then."""
        before = self.told.messages
        with pytest.raises(c.CommitteeRefused) as error:
            self.decide(*verdicts)
        assert self.told.messages == before
        return error.value.code


def approve(file_id: str, amount: int | None = 1_000, words: str = "") -> Verdict:
    """Return an approval."""
    return Verdict(file_id, Outcome.APPROVED, None if amount is None else Decimal(amount), words)


def open_room(site: Site, body: Body = BODY, present: Sequence[Actor] = (CHAIR, ONE, TWO)) -> Room:
    """Set up a body, call a session and open it with these members."""
    with site.store.unit_of_work() as uow:
        c.save_body(uow, body)
        for actor in (CHAIR, ONE, TWO, THREE):
            role = MemberRole.CHAIR if actor is CHAIR else MemberRole.MEMBER
            c.save_member(uow, Member(body.id, actor.account_id, role, True, NOW))
        session = c.call_session(
            uow, body, NOW + timedelta(days=1), "Yaoundé", actor=SECRETARY, at=NOW
        )
        c.open_session(uow, session, NOW)
        for actor in present:
            c.arrive(uow, session, actor.account_id, NOW)
    return Room(site, Told(site), body, session)


@pytest.fixture
def room(site: Site) -> Room:
    """A room on each database."""
    return open_room(site)


ALL_FOR = ((CHAIR, Vote.FOR), (ONE, Vote.FOR), (TWO, Vote.AGAINST))


def test_a_session_decides_fourteen_files_and_tells_each_case_once(room: Room) -> None:
    files = room.listed(*"abcdefghijklmn")
    assert room.session.number == "CF-ESSAI-2026-001"
    for file_id in files[:12]:
        room.vote(file_id, *ALL_FOR)
    room.vote(files[13], (ONE, Vote.AGAINST))
    with room.site.store.unit_of_work() as uow:
        later = c.call_session(
            uow, BODY, NOW + timedelta(days=60), "Douala", actor=SECRETARY, at=NOW
        )
    room.decide(*(approve(file_id) for file_id in files[:12]))
    room.decide(Verdict(files[12], Outcome.ADJOURNED, None, "Devis manquant", later.id))
    room.decide(Verdict(files[13], Outcome.REFUSED, None, "Hors zone"))
    with pytest.raises(c.AlreadyDecided):
        room.decide(*(approve(file_id) for file_id in files[:12]))
    outcomes = [message.split()[2] for message in room.told.messages]
    assert sorted(outcomes) == ["adjourned"] + ["approved"] * 12 + ["refused"]
    case = room.file(files[12]).case_id
    assert room.site.kinds(CaseRef(case, "", "", "CM"))[-1] == "committee.adjourned"
    again = room.site.run(
        "committees.submit",
        CaseRef(case, "CM-OFII-2026-m", "cm/ofii", "CM"),
        activation=2,
        committee=BODY.id,
    )
    with room.site.store.unit_of_work() as uow:
        room.site.clock.now()
        listed = c.fill_agenda(uow, later, 1)
    assert [file.id for file in listed] == [again["committee_file"]]


def test_a_decision_that_fails_midway_decides_and_tells_nothing(room: Room) -> None:
    files = room.listed("a", "b")
    room.vote(files[0], *ALL_FOR)
    assert room.refused(approve(files[0]), approve(files[1])) == "votes"
    assert room.file(files[0]).status == "listed"


def test_two_secretaries_deciding_one_file_at_once_decide_it_once(room: Room) -> None:
    (file_id,) = room.listed("a")
    room.vote(file_id, *ALL_FOR)
    start, outcomes = threading.Barrier(4), []

    def decide() -> None:
        start.wait()
        try:
            room.decide(approve(file_id))
            outcomes.append("decided")
        except c.AlreadyDecided:
            outcomes.append("before")

    threads = [threading.Thread(target=decide) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["before"] * 3 + ["decided"]
    assert len(room.told.messages) == 1


def test_without_a_quorum_nothing_is_decided_until_it_is_regained(room: Room) -> None:
    (file_id,) = room.listed("a")
    room.vote(file_id, *ALL_FOR)
    with room.site.store.unit_of_work() as uow:
        assert c.leave(uow, room.session, TWO.account_id, NOW)
        assert not c.leave(uow, room.session, TWO.account_id, NOW)
    assert room.refused(approve(file_id)) == "no-quorum"
    with room.site.store.unit_of_work() as uow:
        assert c.arrive(uow, room.session, THREE.account_id, NOW)
        assert not c.arrive(uow, room.session, THREE.account_id, NOW)
    (decision,) = room.decide(approve(file_id))
    assert (decision.votes_for, decision.votes_against, decision.present) == (2, 0, 3)


def test_who_prepared_a_file_recuses_by_rule_and_so_does_who_declares(site: Site) -> None:
    room = open_room(site, present=(CHAIR, ONE, TWO, THREE))
    case = site.case("a", "comite-demo")
    task = TaskOpened(7, "Task_Plan", "Plan", None, None, (), (), None, None, 0, None, (), False)
    with site.store.unit_of_work() as uow:
        insert_work_items(uow, case.id, [task], NOW)
        item = read_work_item(uow, case.id, 7)
        done = {"closed_by": "somebody", "closed_for": '["one"]', "closed_at": NOW}
        update_work_item(uow, item, status=WorkItemStatus.COMPLETED, **done)
    file_id = str(site.run("committees.submit", case, committee=BODY.id)["committee_file"])
    with site.store.unit_of_work() as uow:
        c.fill_agenda(uow, room.session, 5)
    for refused, code in ((ONE, "recused"), (SECRETARY, "not-a-member")):
        with pytest.raises(c.CommitteeRefused) as error:
            room.vote(file_id, (refused, Vote.FOR))
        assert error.value.code == code
    room.vote(file_id, (CHAIR, Vote.FOR), (TWO, Vote.AGAINST), (THREE, Vote.AGAINST))
    assert room.refused(approve(file_id, None)) == "votes"
    with site.store.unit_of_work() as uow:
        c.declare_conflict(uow, c.read_file(uow, file_id), TWO.account_id, NOW)
        assert c.recused_from(uow, c.read_file(uow, file_id)) == {
            "one": "prepared",
            "somebody": "prepared",
            "two": "declared",
        }
    assert room.refused(approve(file_id, None)) == "no-quorum"


def test_votes_only_count_from_members_in_the_room_of_an_open_session(room: Room) -> None:
    file_id = room.submit("a")[1]
    with pytest.raises(c.CommitteeRefused) as error:
        room.vote(file_id, (ONE, Vote.FOR))
    assert error.value.code == "not-listed"
    with room.site.store.unit_of_work() as uow:
        c.fill_agenda(uow, room.session, 5)
    with pytest.raises(c.CommitteeRefused) as error:
        room.vote(file_id, (THREE, Vote.FOR))
    assert error.value.code == "not-present"
    assert room.refused(approve(file_id)) == "votes"


@pytest.mark.parametrize(
    ("verdict", "code"),
    [
        (Verdict("", Outcome.REFUSED), "missing-text"),
        (Verdict("", Outcome.ADJOURNED, None, "  "), "missing-text"),
        (Verdict("", Outcome.REFUSED, None, "non"), "votes"),
        (approve("", 1_001), "amount"),
        (approve("", 0), "amount"),
        (approve("", None), "amount"),
    ],
)
def test_a_verdict_that_cannot_stand_is_refused(
    sqlite_site: Site, verdict: Verdict, code: str
) -> None:
    room = open_room(sqlite_site)
    (file_id,) = room.listed("a")
    room.vote(file_id, *ALL_FOR)
    assert room.refused(replace(verdict, file_id=file_id)) == code


def test_a_file_without_its_documents_is_approved_under_conditions_only(site: Site) -> None:
    room = open_room(site, replace(BODY, documents=("business-plan",), majority=Majority.CONSENT))
    (file_id,) = room.listed("a")
    assert room.refused(approve(file_id)) == "incomplete"
    (decision,) = room.decide(approve(file_id, 900, "Sous réserve du plan"))
    assert (decision.conditional, decision.amount) == (True, Decimal(900))
    case = CaseRef(room.file(file_id).case_id, "CM-OFII-2026-a", "cm/ofii", "CM")
    with site.store.unit_of_work() as uow:
        found = site.fields.read(uow, case, ["decision_conditions"], SECRETARY)
    assert found == {"decision_conditions": "Sous réserve du plan"}


def test_a_withdrawn_or_ended_case_is_decided_no_more(room: Room) -> None:
    file_id, other = room.listed("a", "b")
    case = CaseRef(room.file(file_id).case_id, "CM-OFII-2026-a", "cm/ofii", "CM")
    room.site.run("committees.withdraw", case)
    assert room.file(file_id).status == "withdrawn"
    assert room.refused(approve(file_id)) == "not-listed"
    with room.site.store.unit_of_work() as uow:
        uow.connection.exec_driver_sql(
            f"UPDATE cases SET status = 'cancelled' WHERE id = '{room.file(other).case_id}'"
        )
    with pytest.raises(CaseEnded):
        room.decide(approve(other))


def test_an_agenda_is_filled_in_the_order_of_waiting_and_can_be_changed(room: Room) -> None:
    first, second, third = room.listed("a", "b", "c")
    with room.site.store.unit_of_work() as uow:
        c.unlist(uow, room.session, c.read_file(uow, first))
        with pytest.raises(Conflict):
            c.unlist(uow, room.session, c.read_file(uow, first))
        c.list_files(uow, room.session, [c.read_file(uow, first)])
        order = [(f.id, f.position) for f in c.find_files(uow, session_id=room.session.id)]
    assert order == [(second, 1), (third, 2), (first, 3)]


def test_what_is_adjourned_to_a_later_session_waits_for_that_one(room: Room) -> None:
    (file_id,) = room.listed("a")
    with room.site.store.unit_of_work() as uow:
        soon, later = (
            c.call_session(uow, BODY, NOW + timedelta(days=d), "X", actor=SECRETARY, at=NOW)
            for d in (30, 60)
        )
    room.decide(Verdict(file_id, Outcome.ADJOURNED, None, "Devis", later.id))
    case = CaseRef(room.file(file_id).case_id, "CM-OFII-2026-a", "cm/ofii", "CM")
    room.site.run("committees.submit", case, activation=2, committee=BODY.id)
    with room.site.store.unit_of_work() as uow:
        assert c.fill_agenda(uow, soon, 9) == ()
        c.cancel_session(uow, later, NOW)
        assert len(c.fill_agenda(uow, soon, 9)) == 1


def test_the_deputy_presides_and_signs_where_the_chair_is_not_in_the_room(room: Room) -> None:
    with room.site.store.unit_of_work() as uow:
        c.save_member(uow, Member(BODY.id, "one", MemberRole.DEPUTY, True, NOW))
        assert c.read_bench(uow, room.session, NOW).chair == "chair"
        with pytest.raises(c.CommitteeRefused):
            c.sign(room.desk(uow, ONE), room.session)
        c.leave(uow, room.session, "chair", NOW)
        assert c.read_bench(uow, room.session, NOW).chair == "one"
        assert c.sign(room.desk(uow, ONE), room.session).signed_by == "one"


def test_a_session_called_off_lets_its_files_wait_again(room: Room) -> None:
    with room.site.store.unit_of_work() as uow:
        later = c.call_session(uow, BODY, NOW + timedelta(days=9), "X", actor=SECRETARY, at=NOW)
    file_id = room.submit("a")[1]
    with room.site.store.unit_of_work() as uow:
        c.fill_agenda(uow, later, 5)
        c.cancel_session(uow, later, NOW)
    assert room.file(file_id).status == "waiting"
    for act in (c.cancel_session, c.open_session):
        with pytest.raises(c.CommitteeRefused), room.site.store.unit_of_work() as uow:
            act(uow, later, NOW)
    with pytest.raises(c.CommitteeRefused), room.site.store.unit_of_work() as uow:
        c.call_session(uow, BODY, NOW, "X", actor=SECRETARY, at=NOW)


def test_points_follow_the_grid(room: Room) -> None:
    (file_id,) = room.listed("a")
    with room.site.store.unit_of_work() as uow:
        file = c.read_file(uow, file_id)
        c.score(uow, file, "one", {"need": 10, "plan": 10}, NOW)
        c.score(uow, file, "two", {"need": 5, "plan": 5}, NOW)
        for wrong in ({"need": 11}, {"need": -1}, {"luck": 1}):
            with pytest.raises(c.CommitteeRefused):
                c.score(uow, file, "one", wrong, NOW)
        assert c.weighted_score(BODY.grid, c.scores_of(uow, file_id)) == Decimal("56.25")


# --- minutes ----------------------------------------------------------------------------------


def signed_room(site: Site) -> tuple[Room, CaseRef, c.Minutes]:
    """Decide one named case and sign the minutes."""
    room = open_room(site)
    case, file_id = room.submit("a")
    case = site.write(
        case,
        {
            "family_name": ("Exemple", Tier.IDENTITY),
            "given_names": ("Aline", Tier.IDENTITY),
        },
    )
    with site.store.unit_of_work() as uow:
        uow.connection.exec_driver_sql(
            f"UPDATE cases SET subject = '{case.subject}' WHERE id = '{case.id}'"
        )
        c.fill_agenda(uow, room.session, 5)
    room.vote(file_id, *ALL_FOR)
    room.decide(approve(file_id, 800))
    for wrong in (ONE, SECRETARY):
        with pytest.raises(c.CommitteeRefused) as error, site.store.unit_of_work() as uow:
            c.sign(room.desk(uow, wrong), room.session)
        assert error.value.code == "not-the-chair"
    with site.store.unit_of_work() as uow:
        signed = c.sign(room.desk(uow, CHAIR), room.session)
    return room, case, signed


def test_minutes_are_signed_by_the_chair_say_no_name_and_never_change(site: Site) -> None:
    room, case, signed = signed_room(site)
    assert (signed.number, signed.signed_by) == ("PV-CF-ESSAI-2026-001", "chair")
    assert c.intact(signed)
    assert not c.intact(replace(signed, content=signed.content.replace(b"800", b"900")))
    assert b"Exemple" not in signed.content
    (said,) = c.said(signed)["files"]
    assert (said["reference"], said["outcome"], said["amount"]) == (
        "CM-OFII-2026-a",
        "approved",
        "800",
    )
    assert site.kinds(case)[-1] == "committee.minuted"
    for statement in (
        "UPDATE minutes SET signed_by = 'x'",
        "DELETE FROM minutes_annex",
        "UPDATE committee_decisions SET amount_minor = 1",
    ):
        with pytest.raises(DBAPIError, match="never rewritten"), site.store.unit_of_work() as uow:
            uow.connection.exec_driver_sql(statement)
    with pytest.raises(c.CommitteeRefused), site.store.unit_of_work() as uow:
        c.sign(room.desk(uow, CHAIR), room.session)


def test_names_stand_in_an_annex_that_goes_with_an_erased_person(site: Site) -> None:
    room, case, _ = signed_room(site)
    with site.store.unit_of_work() as uow:
        names = c.annex(room.desk(uow, CHAIR), room.session)
    assert list(names.values()) == ["Exemple Aline"]
    assert case.subject is not None
    with site.store.unit_of_work() as uow:
        site.fields.keyring.erase_person(uow, case.subject, NOW)
    with site.store.unit_of_work() as uow:
        assert c.annex(room.desk(uow, CHAIR), room.session) == {}
        minutes = c.read_minutes(uow, room.session.id)
    assert minutes is not None
    assert c.intact(minutes)


def test_minutes_wait_until_every_listed_file_is_decided_or_taken_off(room: Room) -> None:
    (file_id,) = room.listed("a")
    with pytest.raises(c.CommitteeRefused) as error, room.site.store.unit_of_work() as uow:
        c.sign(room.desk(uow, CHAIR), room.session)
    assert error.value.code == "undecided"
    with room.site.store.unit_of_work() as uow:
        c.unlist(uow, room.session, c.read_file(uow, file_id))
        c.sign(room.desk(uow, CHAIR), room.session)
    with pytest.raises(PasserelleError):
        room.decide(approve(file_id))


# --- who sees a body, and rules as arithmetic ---------------------------------------------------


@pytest.mark.parametrize(
    ("actor", "sees"),
    [
        (Actor("one"), True),
        (SECRETARY, True),
        (Actor("a", (Grant("auditor", None),)), True),
        (Actor("a", (Grant("auditor", None, "TN"),)), False),
        (Actor("a", (Grant("administrator", None, sees_cases=False),)), False),
        (person("s", "committee_secretary", organisation="elsewhere"), False),
        (Actor("nobody"), False),
    ],
)
def test_a_body_is_seen_by_its_members_its_secretariat_and_its_countrys_auditors(
    sqlite_site: Site, actor: Actor, sees: bool
) -> None:
    open_room(sqlite_site)
    with sqlite_site.store.snapshot() as uow:
        condition = c.visible(actor, NOW)
        assert ("finance-cm" in {body.id for body in c.bodies(uow, condition)}) is sees
        if not sees:
            with pytest.raises(NotFound):
                c.read_body(uow, "finance-cm", condition)


votes = st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from(Vote), max_size=8)


@given(votes, st.sets(st.sampled_from("abcdefgh"), min_size=1), st.booleans())
def test_no_majority_is_carried_without_a_vote_for_and_more_for_never_hurts(
    cast: dict[str, Vote], voters: set[str], casting: bool
) -> None:
    counted = c.tally(cast, voters, "a")
    assert counted.in_favour + counted.against + counted.abstentions <= len(voters)
    for majority in set(Majority) - {Majority.CONSENT}:
        won = c.carried(majority, counted, len(voters), casting_vote=casting)
        assert not (won and counted.in_favour == 0)
        if counted.against == 0 and counted.in_favour == len(voters):
            assert won
        better = c.tally(dict.fromkeys(cast, Vote.FOR), voters, "a")
        assert not won or c.carried(majority, better, len(voters), casting_vote=casting)


def test_every_demo_committee_has_seats_enough_for_its_quorum_and_a_marked_source(
    sqlite_site: Site,
) -> None:
    with sqlite_site.store.unit_of_work() as uow:
        seed(uow)
        seed(uow)
        for body in c.BODIES:
            seats = c.members_of(uow, body.id, NOW)
            assert [m.role for m in seats].count(MemberRole.CHAIR) == 1
            assert MemberRole.SECRETARY in [m.role for m in seats]
            assert sum(m.votes for m in seats) > body.quorum
            assert body.source[0] in "SWI"
            read_organisation(uow, body.organisation_id)
