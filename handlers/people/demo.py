"""Invented people for the demo: names in both scripts, households, planted duplicates.

Every name is put together from parts that say so (Imaginaire, Fictive, Démo, وهمي, خيالي); nobody
of these exists.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.model import Actor
from engine.store import UnitOfWork
from handlers.people.consents import Purpose, decide_consent
from handlers.people.files import checks
from handlers.people.files.store import find_person
from handlers.people.households import HouseholdMember, add_member, open_household
from handlers.people.peoples import People

DEMO = Actor("demo")
HOME = "ofii-cm"


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """An invented person.

    :ivar family: family name; ``family_ar``: in Arabic letters. :ivar number: of a paper.
    """

    given: str
    family: str
    born: str
    gender: str
    given_ar: str = ""
    family_ar: str = ""
    number: str = ""
    country: str = "CM"
    language: str = "fr"

    @property
    def values(self) -> dict[str, Any]:
        """The entries of the file."""
        return {
            "family_name": self.family or None,
            "given_names": self.given or None,
            "family_name_ar": self.family_ar or None,
            "given_names_ar": self.given_ar or None,
            "birth_date": date.fromisoformat(self.born),
            "gender": self.gender,
            "preferred_language": self.language,
        }


_F, _M = "female", "male"
PEOPLE = (
    DemoPerson("Aminata", "Imaginaire", "1991-03-12", _F, number="DEMO-CM-0001"),
    DemoPerson("Bertrand", "Fictif", "1985-11-30", _M, number="DEMO-CM-0002"),
    DemoPerson("Carine", "Démo Ngo", "1994-07-04", _F, number="DEMO-CM-0003"),
    DemoPerson("Désiré", "Inventé", "1979-01-22", _M, number="DEMO-CM-0004"),
    DemoPerson("Élodie", "Modèle", "1999-09-09", _F, number="DEMO-CM-0005"),
    DemoPerson("Fabrice", "Exemple Tchoua", "1988-05-17", _M, number="DEMO-CM-0006"),
    DemoPerson("Grâce", "Supposée", "1993-12-01", _F, number="DEMO-CM-0007"),
    DemoPerson("Hamidou", "Imaginaire Bello", "1982-02-08", _M, number="DEMO-CM-0008"),
    DemoPerson("Inès", "Fictive Mballa", "1996-06-25", _F, number="DEMO-CM-0009"),
    DemoPerson("Junior", "Démo Essomba", "2001-10-14", _M, number="DEMO-CM-0010"),
    DemoPerson("Kadidia", "Inventée Sali", "1990-04-03", _F, number="DEMO-CM-0011"),
    DemoPerson("Lionel", "Modèle Ekambi", "1987-08-19", _M, number="DEMO-CM-0012"),
    DemoPerson("Mireille", "Exemple Fouda", "1992-01-27", _F, number="DEMO-CM-0013"),
    DemoPerson("Narcisse", "Supposé Ondoa", "1976-03-15", _M, number="DEMO-CM-0014"),
    DemoPerson("Odette", "Imaginaire Nana", "1984-11-06", _F, number="DEMO-CM-0015"),
    DemoPerson("Pascal", "Fictif Abanda", "1998-02-28", _M, number="DEMO-CM-0016"),
    DemoPerson("Rachel", "Démo Tabi", "1995-05-05", _F, number="DEMO-CM-0017", language="en"),
    DemoPerson("Samuel", "Inventé Awah", "1989-09-23", _M, number="DEMO-CM-0018", language="en"),
    DemoPerson("Thérèse", "Modèle Biloa", "1981-12-12", _F, number="DEMO-CM-0019"),
    DemoPerson("Ulrich", "Exemple Kamga", "1997-07-31", _M, number="DEMO-CM-0020"),
    DemoPerson("", "", "1988-05-02", _F, "خديجة", "القاسمي الخيالي", "DEMO-TN-0001", "TN", "ar"),
    DemoPerson("", "", "1992-10-11", _M, "يوسف", "الوهمي", "DEMO-TN-0002", "TN", "ar"),
    DemoPerson("", "", "1986-03-21", _F, "فاطمة", "بن خيالي", "DEMO-TN-0003", "TN", "ar"),
    DemoPerson("", "", "1979-12-30", _M, "عبد الرحمن", "الوهمي", "DEMO-TN-0004", "TN", "ar"),
    DemoPerson("Hichem", "Khayali", "1990-06-18", _M, "هشام", "خيالي", "DEMO-TN-0005", "TN"),
    DemoPerson("Sonia", "Wahmi", "1995-01-09", _F, "سنية", "وهمي", "DEMO-TN-0006", "TN"),
    DemoPerson(
        "Noureddine", "Khayali", "1983-04-14", _M, "نور الدين", "خيالي", "DEMO-TN-0007", "TN"
    ),
    DemoPerson("Meriem", "Ben Wahmi", "1998-08-02", _F, "مريم", "بن وهمي", "DEMO-TN-0008", "TN"),
    DemoPerson("Brahim", "Khayali", "1977-09-27", _M, "إبراهيم", "خيالي", "DEMO-TN-0009", "TN"),
    DemoPerson("Amina", "Wahmi", "2000-11-19", _F, "أمينة", "وهمي", "DEMO-TN-0010", "TN"),
    # Planted duplicates: another script, day and month exchanged, another spelling, one number.
    DemoPerson("Khadija", "Gasmi Khayali", "1988-02-05", _F, language="ar"),
    DemoPerson("Youssef", "El Wahmi", "1992-10-11", _M),
    DemoPerson("Abderrahmane", "Wahmi", "1979-12-30", _M),
    DemoPerson("Amynata", "Imaginère", "1991-12-03", _F),
    DemoPerson("Desire", "Invente", "1979-01-22", _M),
    DemoPerson("Hamido", "Imaginaire Belo", "1982-02-08", _M),
)
HOUSEHOLDS = (((0, "head"), (3, "spouse"), (9, "child")), ((24, "head"), (25, "spouse")))
"""Members by their place in :data:`PEOPLE`, each with what they are to the head."""

CAREFUL = {
    2: {
        "safe_contact_channel": "phone",
        "safe_contact_phone": "+237 6 00 00 00 03",
        "safe_contact_from": "18:00",
        "safe_contact_to": "20:00",
        "safe_contact_family_unaware": True,
        "safe_contact_silence": "Ne pas parler du retour (exemple).",
    },
    22: {"safe_contact_channel": "none", "safe_contact_family_unaware": True},
}
"""What some of them ask for, by their place in :data:`PEOPLE`."""


def demo_id(place: int) -> str:
    """Return the id of a demo person."""
    return hashlib.sha256(f"demo person {place}".encode()).hexdigest()[:32]


def seed_people(uow: UnitOfWork, people: People) -> int:
    """Open the demo's files; a second time changes nothing. Return how many were opened."""
    if find_person(uow, demo_id(0)) is not None:
        return 0
    for place, person in enumerate(PEOPLE):
        identifier = None
        if person.number:
            identifier = checks.check_identifier("passport", person.country, person.number)
        values = person.values | CAREFUL.get(place, {})
        people.files.take_in(uow, values, DEMO, HOME, demo_id(place), identifier)
    now = people.files.clock.now()
    for (head, _), *others in HOUSEHOLDS:
        household = open_household(uow, demo_id(head), now)
        for place, relation in others:
            add_member(uow, HouseholdMember(household, demo_id(place), relation), now)
    for place in range(0, len(PEOPLE), 2):
        for purpose in (Purpose.PROCESSING, Purpose.SHARING):
            decide_consent(
                uow, demo_id(place), purpose, True, at=now, by=DEMO.account_id, sheet=None
            )
    return len(PEOPLE)
