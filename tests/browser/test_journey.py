"""A case from its first contact to its end, each step by the person whose step it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from tests.browser.committee import approve_in_session
from tests.browser.conftest import Meet
from tests.browser.person import PDF, Person
from tests.browser.site import Site

ROOT = Path(__file__).parents[2]
Team = Callable[[str], Person]


def team_of(meet: Meet, **how: Any) -> Team:
    """Return people by their account's name, each signed in once."""
    return cache(lambda name: meet(name, **how))


def open_a_case(team: Team, answers: dict[str, Any], folder: str) -> str:
    """Let the local administration open a case, and return its reference."""
    desk = team("accueil")
    desk.begin_case("cm/ofii")
    desk.answer(answers)
    desk.shot(f"{folder}/premier contact")
    desk.complete()
    notice = desk.page.locator(".ps-notice").inner_text()
    desk.shot(f"{folder}/dossier ouvert")
    assert desk.heading() != "Page introuvable"
    return next(word.strip(".,") for word in notice.split() if word.startswith("CM-OFII-"))


def first_contact(site: Site, assistance: str) -> dict[str, Any]:
    return {
        "family_name": "Exemple",
        "given_names": "Amina",
        "birth_date": "1990-04-12",
        "gender": "female",
        "phone": "+237 6 00 00 00 00",
        "preferred_language": "fr",
        "country_left": "FR",
        "return_date": site.today - timedelta(days=30),
        "age_group": "under-36",
        "region": "littoral",
        "assistance_type_requested": assistance,
        "adults": 1,
        "children": 2,
        "household_members": [
            {"member_name": "Idriss", "member_link": "child", "member_birth_year": 2018},
            {"member_name": "Salma", "member_link": "child", "member_birth_year": 2021},
        ],
        "safe_contact_channel": "phone",
        "safe_contact_phone": "+237 6 00 00 00 00",
        "safe_contact_note": "Ne pas appeler la famille.",
        "consent_processing": True,
        "consent_sheet": PDF,
    }


def test_a_business_case_runs_from_first_contact_to_closed_in_the_browser(
    site: Site, meet: Meet
) -> None:
    folder = "business"
    team = team_of(meet)
    answers = first_contact(site, "business") | {
        "project_sector": "commerce",
        "project_idea": "Un commerce de tissus au marché.",
        "consent_sharing": True,
        "consent_promotion": True,
    }
    case = open_a_case(team, answers, folder)
    prepare_business(team, case, folder)
    launch_business(site, team, case, folder)
    follow_business(site, team, case, folder)
    see_it_closed(site, meet, team, case, folder)


def agree_plan(team: Team, case: str, folder: str) -> None:
    """Agree with the person on a plan; somebody else of the operator validates it."""
    adviser = team("conseiller")
    met = {"counselling_way": "on-site", "counselling_notes": "Souhaite se loger d'abord."}
    adviser.do(case, "Conseiller et orienter la personne", met, folder)
    plan = {
        "plan_components": ["social"],
        "plan_objectives": "Un logement, puis des papiers.",
        "person_agrees": "yes",
    }
    adviser.do(case, "Définir le plan avec la personne", plan, folder)
    team("responsable").do(case, "Valider le plan", {"plan_validation": "validated"}, folder)


def prepare_business(team: Team, case: str, folder: str) -> None:
    adviser, manager = team("conseiller"), team("responsable")
    needs = {"needs": ["business", "training"], "risks": ["debt"], "intake_survey": "later"}
    team("ofii").do(case, "Évaluer les besoins et les risques", needs, folder)
    team("ofii").do(case, "Confirmer ou changer le type", {"assistance_type": "business"}, folder)
    manager.do(case, "Accepter ou décliner le dossier", {"operator_answer": "accepted"}, folder)
    reflection = {
        "project_summary": "Vente de tissus au marché central.",
        "project_place": "Marché central",
        "project_strengths": ["choice", "success-factors"],
    }
    adviser.do(case, "Réfléchir au projet avec la personne", reflection, folder)
    rework = {"project_decision": "rework", "project_comments": "Chiffrer le premier stock."}
    manager.do(case, "Approuver le projet", rework, folder)
    adviser.open_task(case, "Réfléchir au projet avec la personne")
    expect(adviser.page.locator("main")).to_contain_text("Chiffrer le premier stock.")
    adviser.answer({"project_summary": "Vente de tissus ; premier stock : 4 000 000 FCFA."})
    adviser.complete()
    manager.do(case, "Approuver le projet", {"project_decision": "approved"}, folder)
    study = {
        "local_context": "Quartier commerçant.",
        "local_market": "Demande régulière, peu de concurrents.",
        "project_budget": "5 000 000",
        "feasibility_conclusion": "viable",
        "feasibility_report": PDF,
    }
    adviser.do(case, "Étudier la faisabilité", study, folder)
    plan = {
        "investments": [
            {"item": "Stock de départ", "cost": 4_000_000},
            {"item": "Étal", "cost": "1 000 000"},
        ],
        "own_contribution": 1_500_000,
        "amount_requested": 3_500_000,
        "business_plan": PDF,
    }
    adviser.do(case, "Rédiger le plan d'affaires", plan, folder)
    manager.do(case, "Valider le plan d'affaires", {"plan_decision": "validated"}, folder)
    summary = {"committee_file": PDF, "committee_summary": "Commerce de tissus, apport réuni."}
    adviser.do(case, "Préparer le dossier du comité", summary, folder)


def launch_business(site: Site, team: Team, case: str, folder: str) -> None:
    adviser = team("conseiller")
    team("comite").do(case, "Vérifier que le dossier est complet", {"file_complete": "yes"}, folder)
    approve_in_session(team, case)
    training = {
        "training_needed": "yes",
        "training_topics": ["management"],
        "training_start": site.today + timedelta(days=1),
        "training_end": site.today + timedelta(days=12),
    }
    adviser.do(case, "Planifier la formation", training, folder)
    pay_tranche(site, team, case, folder, {"tranche_use": "Premier stock."})
    site.advance(days=15)
    attended = {"attendance": "completed", "days_attended": 10, "attendance_sheet": PDF}
    adviser.do(case, "Constater l'assiduité", attended, folder)
    second = {"tranche_use": "Le reste du stock.", "previous_receipts": PDF}
    pay_tranche(site, team, case, folder, second)
    started = {"activity_started_on": site.today, "implementation_steps": ["premises", "equipment"]}
    adviser.do(case, "Accompagner la mise en œuvre", started, folder)
    adviser.open_case(case)
    expect(adviser.page.locator("main")).to_contain_text("Suivi")
    expect(
        adviser.page.get_by_role("table", name="Paiements", exact=True).get_by_text("Payé")
    ).to_have_count(2)
    adviser.shot(f"{folder}/dossier-en-suivi")


def pay_tranche(site: Site, team: Team, case: str, folder: str, request: dict[str, Any]) -> None:
    """Ask for a tranche, approve it, pay it: three people."""
    how = {"payment_way": "mobile", "account_number": "600000000"}
    team("conseiller").do(case, "Demander la tranche", request | how, folder)
    team("ofii").do(case, "Approuver la tranche", {"tranche_decision": "approved"}, folder)
    paid = {"paid_on": site.today, "payment_method": "transfer", "payment_proof": PDF}
    team("finance").do(case, "Payer et joindre le justificatif", paid, folder)


def follow_business(site: Site, team: Team, case: str, folder: str) -> None:
    adviser, officer = team("conseiller"), team("ofii")
    officer.do(case, "Chercher des synergies", {"synergies": ["national", "local"]}, folder)
    site.advance(months=3, days=1)
    visit(site, adviser, case, folder)
    site.advance(months=1)
    success = {
        "project_visited_on": site.today,
        "success": "yes",
        "project_visit_notes": "Une belle réussite.",
    }
    officer.do(case, "Visiter le projet", success, folder)
    promotion = {"promotion_channels": ["meeting"], "promotion_reread": True}
    officer.do(case, "Faire connaître l'expérience", promotion, folder)
    site.advance(months=2, days=1)
    visit(site, adviser, case, folder)
    interim(adviser, case, folder)
    for _ in range(2):
        site.advance(months=3, days=2)
        visit(site, adviser, case, folder)
    end_follow_up(adviser, officer, case, folder)


def visit(site: Site, adviser: Person, case: str, folder: str) -> None:
    seen = {"visited_on": site.today, "activity_state": "stable", "difficulty_found": "no"}
    adviser.do(case, "Rendre visite à la personne", seen, folder)


def survey(adviser: Person, case: str, folder: str) -> None:
    form = json.loads((ROOT / "processes" / "common" / "reintegration_survey.form").read_bytes())
    questions = [part for group in form["components"] for part in group.get("components", ())]
    answers = {each["key"]: each["values"][0]["value"] for each in questions if "values" in each}
    adviser.do(case, "Poser l'enquête de réintégration", answers, folder)


def interim(adviser: Person, case: str, folder: str) -> None:
    survey(adviser, case, folder)
    report = {"progress": "as-planned", "interim_report": PDF}
    adviser.do(case, "Rédiger le rapport intermédiaire", report, folder)


def end_follow_up(adviser: Person, officer: Person, case: str, folder: str) -> None:
    survey(adviser, case, folder)
    report = {"outcome": "sustained", "lessons": ["support"], "final_report": PDF}
    adviser.do(case, "Rédiger le rapport final", report, folder)
    officer.do(case, "Décider d'un renouvellement", {"renewal": "end"}, folder)


def see_it_closed(site: Site, meet: Meet, team: Team, case: str, folder: str) -> None:
    site.advance(months=3, days=1)  # Until then, the case could be reopened.
    officer = team("ofii")
    officer.open_case(case)
    expect(officer.page.locator(".ps-where")).to_contain_text("Clos")
    officer.shot(f"{folder}/dossier clos")
    expect(officer.page.get_by_role("heading", name="À faire maintenant")).to_have_count(0)
    auditor = meet("auditeur", locale="en-GB", width=officer.width)
    auditor.open_case(case)
    expect(auditor.page.locator(".ps-where")).to_contain_text("Closed")
    expect(auditor.page.locator(".ps-timeline[reversed]")).to_contain_text("Case closed")
    auditor.shot(f"{folder}/case closed in English")


def test_a_social_case_runs_on_a_narrow_screen_without_javascript(site: Site, meet: Meet) -> None:
    folder = "social"
    team = team_of(meet, width=360, javascript=False)
    # Without consent to sharing, no public operator is asked: Littoral Appui is a private one.
    somebody_else = {"family_name": "Factice", "given_names": "Bintou", "birth_date": "1985-09-30"}
    case = open_a_case(team, first_contact(site, "social") | somebody_else, folder)
    expect(team("accueil").page.locator(".ps-notice")).to_contain_text("Votre part est faite")
    officer, adviser = team("ofii"), team("conseiller")
    officer.open_case(case)
    expect(officer.page.get_by_role("link", name="consent_sheet.pdf")).to_be_visible()
    needs = {"needs": ["housing", "papers"], "intake_survey": "later"}
    officer.do(case, "Évaluer les besoins et les risques", needs, folder)
    officer.do(case, "Confirmer ou changer le type", {"assistance_type": "social"}, folder)
    team("responsable").do(
        case, "Accepter ou décliner le dossier", {"operator_answer": "accepted"}, folder
    )
    agree_plan(team, case, folder)
    plan = {
        "social_needs": ["housing", "documents"],
        "social_assessment": "Hébergement précaire.",
        "amount_requested": 260_000,
    }
    adviser.do(case, "Convenir de l'appui social", plan, folder)
    aid = {"grant_decision": "approved", "amount_granted": 260_000}
    officer.do(case, "Décider de l'aide sociale", aid, folder)
    adviser.do(case, "Planifier la formation", {"training_needed": "no"}, folder)
    pay_tranche(site, team, case, folder, {"tranche_use": "Loyer et papiers."})
    started = {"activity_started_on": site.today, "implementation_steps": ["support"]}
    adviser.do(case, "Accompagner la mise en œuvre", started, folder)
    adviser.open_case(case)
    adviser.shot(f"{folder}/dossier en suivi")
    site.advance(months=6, days=1)
    visit(site, adviser, case, folder)
    interim(adviser, case, folder)
    site.advance(months=6, days=2)
    visit(site, adviser, case, folder)
    end_follow_up(adviser, officer, case, folder)
    see_it_closed(site, meet, team, case, folder)
