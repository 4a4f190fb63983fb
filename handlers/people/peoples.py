"""The room put together: one object with every service, for pages, commands and the demo."""

from __future__ import annotations

from dataclasses import dataclass

from engine.ports import Clock
from engine.settings import Settings
from engine.store import Store
from handlers.people.access import Access
from handlers.people.consents.decisions import Decisions
from handlers.people.directory import Directory
from handlers.people.duplicates.service import Duplicates
from handlers.people.emergency.service import Emergencies
from handlers.people.erasure.log import ErasureLog
from handlers.people.erasure.service import Erasures
from handlers.people.fields import PersonalFields
from handlers.people.files.service import PersonFiles
from handlers.people.files.tiers import PersonAccess
from handlers.people.households.service import Households
from handlers.people.index.search import Search
from handlers.people.keyring import Keyring
from handlers.people.reading import Reading
from handlers.people.secrets import search_key_file
from handlers.people.subject_access import SubjectAccess
from handlers.people.vault import Vault


@dataclass(frozen=True, slots=True)
class People:
    """Everything that is done with people's files."""

    fields: PersonalFields
    files: PersonFiles
    decisions: Decisions
    households: Households
    search: Search
    duplicates: Duplicates
    emergencies: Emergencies
    erasures: Erasures
    subject_access: SubjectAccess
    vault: Vault


def compose_people(settings: Settings, store: Store, clock: Clock) -> People:
    """Put the room together; reads no secret yet."""
    vault = Vault(settings)
    keyring = Keyring(vault)
    access = Access(store, clock)
    directory = Directory(Reading(keyring), search_key_file(settings))
    seen = PersonAccess(access)
    files = PersonFiles(keyring, directory, seen, clock)
    return People(
        fields=PersonalFields(keyring, access, clock, directory),
        files=files,
        decisions=Decisions(files),
        households=Households(files),
        search=Search(directory, seen, clock),
        duplicates=Duplicates(directory, seen, clock),
        emergencies=Emergencies(keyring, directory, seen, clock),
        erasures=Erasures(ErasureLog(settings), access.schemes, clock),
        subject_access=SubjectAccess(keyring, access, clock),
        vault=vault,
    )
