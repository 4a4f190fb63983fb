"""What is answered in the demo's cases: invented people, invented projects."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

Answers = dict[str, tuple[str, dict[str, Any]]]
"""By element id: the demo account that answers, and the answer by field key."""

_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)


@dataclass(frozen=True, slots=True)
class Handed:
    """A small document that is handed in with an answer."""

    name: str
    content: bytes = _PDF


BEFORE_COMMITTEE = "Event_CommitteeDecided"
"""Stage of a case that waits for the finance committee's decision: nobody has a task then."""


@dataclass(frozen=True, slots=True)
class DemoCase:
    """One case of the demo.

    :ivar stage: element id of the task at which it waits.
    :ivar channel: by which way a message is safe; its number and address are invented.
    :ivar assistance: ``social``, ``employment`` or ``business``.
    :ivar officer: demo account of the OFII officer who confirms it.
    :ivar surveyed: whether two surveys were taken in it.
    """

    stage: str
    assistance: str
    family_name: str
    given_names: str
    sector: str = "commerce"
    region: str = "littoral"
    amount: int = 3_000_000
    channel: str = "phone"
    officer: str = "ofii"
    surveyed: bool = False

    def start_answer(self, today: date) -> dict[str, Any]:
        """Return the answer to the first contact's form."""
        answer: dict[str, Any] = {
            "family_name": self.family_name,
            "given_names": self.given_names,
            "birth_date": "1992-04-17",
            "gender": "unstated",
            "phone": "+237 6 00 00 00 00",
            "preferred_language": "fr",
            "country_left": "FR",
            "return_date": (today - timedelta(days=40)).isoformat(),
            "student": "false",
            "age_group": "under-36",
            "region": self.region,
            "assistance_type_requested": self.assistance,
            "adults": "1",
            "children": "0",
            "safe_contact_channel": self.channel,
            "consent_processing": "true",
            "consent_sharing": "true",
            "consent_promotion": "true",
        }
        if self.channel == "email":
            answer["safe_contact_email"] = "personne@demo.invalid"
        else:
            answer["safe_contact_phone"] = "+237 6 00 00 00 00"
        if self.assistance == "business":
            answer |= {"project_sector": self.sector, "project_idea": "Ouvrir un petit commerce."}
        return answer


CASES = (
    DemoCase("Task_ConfirmType", "social", "Exemple", "Ada"),
    DemoCase("Task_AnswerOffer", "business", "Fictif", "Bruno"),
    DemoCase("Task_StudyFeasibility", "business", "Imaginaire", "Chantal", channel="email"),
    DemoCase(BEFORE_COMMITTEE, "business", "Inventé", "Didier", channel="sms"),
    DemoCase("Task_ApproveTranche", "business", "Supposée", "Estelle"),
    DemoCase("Task_SearchSynergies", "business", "Modèle", "Félix", channel="email", surveyed=True),
)


NEEDS = {"social": "housing", "employment": "employment", "business": "business"}
"""What a demo person needs, by the assistance type that they ask for."""


def answers(case: DemoCase, today: date) -> Answers:
    """Return who answers what, for every task that a demo case passes."""
    return _before(case) | _committee(case) | _launch(today)


def _before(case: DemoCase) -> Answers:
    confirmed: dict[str, Any] = {"assistance_type": case.assistance, "region": case.region}
    if case.assistance == "business":
        confirmed["project_sector"] = case.sector
    needs = {"household_size": "1", "needs": [NEEDS[case.assistance]], "intake_survey": "later"}
    return {
        "Task_CompareDuplicates": (case.officer, {"duplicate": "different"}),
        "Task_AssessNeeds": (case.officer, needs),
        "Task_ConfirmType": (case.officer, confirmed),
        "Task_AnswerOffer": ("responsable", {"operator_answer": "accepted"}),
        "Task_ReflectOnProject": (
            "conseiller",
            {
                "project_summary": "Boutique de quartier, deux fournisseurs identifiés.",
                "project_place": "Marché de démonstration",
                "project_strengths": ["choice", "success-factors"],
            },
        ),
        "Task_ApproveProject": ("responsable", {"project_decision": "approved"}),
        "Task_StudyFeasibility": (
            "conseiller",
            {
                "local_context": "Quartier en croissance.",
                "local_market": "Demande régulière, peu de concurrents.",
                "project_budget": str(case.amount + 500_000),
                "feasibility_conclusion": "viable",
                "feasibility_report": Handed("etude-de-faisabilite.pdf"),
            },
        ),
        "Task_WriteBusinessPlan": (
            "conseiller",
            {
                "investments": [
                    {"item": "Étagères", "cost": "900000"},
                    {"item": "Stock de départ", "cost": str(case.amount - 400_000)},
                ],
                "own_contribution": "500000",
                "amount_requested": str(case.amount),
                "business_plan": Handed("plan-d-affaires.pdf"),
            },
        ),
        "Task_ValidateBusinessPlan": ("responsable", {"plan_decision": "validated"}),
    }


def _committee(case: DemoCase) -> Answers:
    return {
        "Task_PrepareCommitteeFile": (
            "conseiller",
            {
                "amount_requested": str(case.amount),
                "committee_file": Handed("dossier-du-comite.pdf"),
                "committee_summary": "Projet mûr, apport personnel réuni.",
            },
        ),
        "Task_CheckCommitteeFile": ("comite", {"file_complete": "yes"}),
    }


def _launch(today: date) -> Answers:
    day = today.isoformat()
    return {
        "Task_RequestTranche": (
            "conseiller",
            {
                "tranche_use": "Achat des étagères et du premier stock.",
                "payment_way": "transfer",
                "account_number": "CM21 0000 DEMO 0000",
                "previous_receipts": Handed("factures.pdf"),
            },
        ),
        "Task_ApproveTranche": ("ofii", {"tranche_decision": "approved"}),
        "Task_PayTranche": (
            "finance",
            {
                "paid_on": day,
                "payment_method": "transfer",
                "payment_proof": Handed("avis-de-virement.pdf"),
            },
        ),
        "Task_PlanTraining": ("conseiller", {"training_needed": "no"}),
        "Task_ImplementProject": (
            "conseiller",
            {"activity_started_on": day, "implementation_steps": ["premises", "equipment"]},
        ),
    }
