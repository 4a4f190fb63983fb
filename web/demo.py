"""The demo's content: organisations, accounts, and a handful of cases at different stages.

Every name is invented. Cases are made by the same use cases that people call, one task after
another, by the demo account that would do it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from engine.errors import ConfigurationError
from engine.model import Actor, CaseRef, Tier
from engine.service import CasesQuery, Engine
from handlers import demo as reference_data
from handlers.committees import Course, FileStatus, Outcome, find_files, hold_session
from handlers.composition import compose_committees, compose_documents, compose_letters
from handlers.documents import Documents
from handlers.people import compose_people, seed_people
from handlers.surveys import seed_surveys
from web.accounts.demo import DEMO_ACCOUNTS, DEMO_PASSWORD, seed
from web.demo_cases import BEFORE_COMMITTEE, CASES, DemoCase, Handed, answers
from web.demo_records import take_in
from web.demo_referrals import seed_referrals

READER = next(a.actor for a in DEMO_ACCOUNTS if a.name == "auditeur")
MOST_STEPS = 60
"""More than any demo case needs: a case that takes more does not reach its stage."""


def fill(engine: Engine, say: Callable[[str], object] = lambda _: None) -> str:
    """Make what is missing of the demo, and return how to sign in.

    :param say: told of each case as it is made.
    :raises ConfigurationError: the site is not a demo, or a case does not reach its stage.
    """
    accounts = seed(engine.store, engine.settings)
    with engine.store.unit_of_work() as uow:
        reference_data.seed(uow)
    room = compose_people(engine.settings, engine.store, engine.clock)
    with engine.store.unit_of_work() as uow:
        if opened := seed_people(uow, room):
            say(f"demo people: {opened} files")
    if not engine.cases(READER, CasesQuery(size=1)).total:
        documents = compose_documents(engine.settings, engine.store, engine.clock)
        for demo_case in CASES:
            reference = make_case(engine, documents, demo_case)
            if demo_case.channel == "email":
                _write_letter(engine, documents, reference)
            say(f"demo case {reference}: {demo_case.stage}")
        referred = seed_referrals(engine, actor_of("conseiller"), actor_of("accueil"))
        say(f"demo referrals: {referred}")
    if entered := take_in(engine):
        say(f"cases of before: {entered}")
    lines = [f"  {account.email:28} {account.does}" for account in accounts]
    return "\n".join([f"Demo accounts (password for all of them: {DEMO_PASSWORD}):", *lines])


def actor_of(name: str) -> Actor:
    """Return a demo account as the engine knows it."""
    return next(account.actor for account in DEMO_ACCOUNTS if account.name == name)


def make_case(engine: Engine, documents: Documents, wanted: DemoCase) -> str:
    """Open a demo case, bring it to its stage, and return its reference.

    :raises ConfigurationError: it does not get there.
    """
    today = engine.now().date()
    case = engine.start("cm/ofii", wanted.start_answer(today), actor_of("accueil"))
    for _ in range(MOST_STEPS):
        engine.run_due()
        open_tasks = {item.element_id: item.id for item in engine.tasks_of(case.id, READER)}
        if wanted.stage in open_tasks:
            if wanted.surveyed:
                _take_surveys(engine, case.id)
            return case.reference
        if not open_tasks:
            if wanted.stage == BEFORE_COMMITTEE or not _decide_in_session(engine, case.id):
                return case.reference
            continue
        known = answers(wanted, today)
        element_id = next((e for e in open_tasks if e in known), None)
        if element_id is None:
            break
        name, answer = known[element_id]
        ref = CaseRef(case.id, case.reference, case.scheme, case.country, case.subject)
        actor = actor_of(name)
        given = _with_files(engine, documents, ref, answer, actor)
        engine.complete(open_tasks[element_id], given, actor)
    raise ConfigurationError(
        f"The demo case for {wanted.stage} stands at {', '.join(open_tasks)} and does not get "
        "there. Bring web/demo_cases.py and the diagrams together."
    )


def _decide_in_session(engine: Engine, case_id: str) -> bool:
    """Let the committee approve what a case asks for; ``False`` if none has it before it."""
    room = compose_committees(engine.settings, engine.store, engine.clock, engine.publish_within)
    with engine.store.unit_of_work() as uow:
        if not find_files(uow, case_id=case_id, status=FileStatus.WAITING):
            return False
        hold_session(room, uow, case_id, Course(Outcome.APPROVED, place="Yaoundé (démonstration)"))
    return True


def _write_letter(engine: Engine, documents: Documents, reference: str) -> None:
    """Store an invitation with a case, as its officer would."""
    (case,) = engine.cases(READER, CasesQuery(search=reference)).items
    ref = CaseRef(case.id, case.reference, case.scheme, case.country, case.subject)
    letters, writer = compose_letters(engine.settings, engine.store, engine.clock), actor_of("ofii")
    values: dict[str, Any] = {"hour": "10:00", "place": "Bureau imaginaire"}
    values["date"] = engine.now().date() + timedelta(days=14)
    with engine.store.snapshot() as uow:
        written = letters.write(uow, ref, "invitation", "fr", values, writer)
    content = written.pdf()
    with engine.store.unit_of_work() as uow:
        documents.store_document(
            uow,
            ref,
            content,
            f"{written.title}.pdf",
            writer,
            tier=written.letter.tier,
            purpose="invitation",
            letter="invitation",
        )


def _take_surveys(engine: Engine, case_id: str) -> None:
    view, adviser = engine.case(case_id, READER), actor_of("conseiller")
    ref = CaseRef(view.id, view.reference, view.scheme, view.country, view.subject)
    fields = compose_people(engine.settings, engine.store, engine.clock).fields
    with engine.store.unit_of_work() as uow:
        seed_surveys(uow, fields, ref, adviser, engine.now())


def _with_files(
    engine: Engine, documents: Documents, case: CaseRef, answer: Mapping[str, Any], actor: Actor
) -> dict[str, Any]:
    """Replace each :class:`Handed` by the id of a small document stored with the case."""
    found = dict(answer)
    for key, value in answer.items():
        if isinstance(value, Handed):
            with engine.store.unit_of_work() as uow:
                stored = documents.store_document(
                    uow, case, value.content, value.name, actor, tier=Tier.CASE, purpose=key
                )
            found[key] = stored.id
    return found
