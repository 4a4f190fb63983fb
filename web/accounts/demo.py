"""The demo's accounts: invented people, one well-known password, only under PASSERELLE_DEMO=1."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import ConfigurationError
from engine.model import Actor, Grant
from engine.settings import Settings
from engine.store import Store
from web.accounts.demo_schemes import SCHEME_ACCOUNTS, SchemeAccount
from web.accounts.passwords import hash_password
from web.accounts.store import AccountRow, find_account, save_account

DEMO_PASSWORD = "passerelle-demo"  # noqa: S105 — the demo's well-known password, on purpose
"""Shown on the sign-in page; a site without PASSERELLE_DEMO=1 never has an account with it."""


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for a word translated where it is shown
    """Mark a word for translation."""
    return text


_OFII = frozenset({"cm/ofii", "cm/ofii-operators", "cm/pari-jedi"})


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """A demo account.

    :ivar name: first part of its address, ``<name>@demo.invalid``.
    :ivar shown: the invented person's name.
    :ivar does: what this person does in the scheme, in English; pages translate it.
    """

    name: str
    shown: str
    does: str
    grants: tuple[Grant, ...]

    @property
    def email(self) -> str:
        """The address to sign in with."""
        return f"{self.name}@demo.invalid"

    @property
    def account_id(self) -> str:
        """The id that history keeps."""
        return f"demo-{self.name}"

    @property
    def actor(self) -> Actor:
        """This account as the engine knows it."""
        return Actor(self.account_id, self.grants)


def _held(role: str, organisation: str | None) -> tuple[Grant, ...]:
    return (Grant(role, organisation, "CM", _OFII),)


DEMO_ACCOUNTS: tuple[DemoAccount, ...] = (
    DemoAccount(
        "accueil",
        "Aïssatou Mbarga",
        N_("Local administration: first contact"),
        _held("local_administration", "collectivite-demo"),
    ),
    DemoAccount(
        "ofii", "Paul Etoundi", N_("OFII-Cameroon officer"), _held("agency_officer", "ofii-cm")
    ),
    DemoAccount(
        "conseiller",
        "Clarisse Ngo Bell",
        N_("Adviser at the operator Littoral Appui"),
        _held("adviser", "op-littoral-appui"),
    ),
    DemoAccount(
        "responsable",
        "Samuel Ekambi",
        N_("Manager at the operator Littoral Appui"),
        _held("operator_manager", "op-littoral-appui"),
    ),
    DemoAccount(
        "conseiller2",
        "Hadja Oumarou",
        N_("Adviser at another operator, Horizon"),
        _held("adviser", "op-horizon"),
    ),
    DemoAccount(
        "comite",
        "Béatrice Fotso",
        N_("Secretary of the finance committee"),
        _held("committee_secretary", "comite-demo"),
    ),
    DemoAccount(
        "presidence",
        "Hélène Passerin",
        N_("Ambassador: chairs the finance committee"),
        _held("committee_member", "comite-demo"),
    ),
    DemoAccount(
        "vicepresidence",
        "Théodore Fictivi",
        N_("Deputy chair of the finance committee"),
        _held("committee_member", "comite-demo"),
    ),
    DemoAccount(
        "membre1",
        "Odile Inventaire",
        N_("Member of the finance committee"),
        _held("committee_member", "comite-demo"),
    ),
    DemoAccount(
        "membre2",
        "Barnabé Exemplaire",
        N_("Member of the finance committee"),
        _held("committee_member", "comite-demo"),
    ),
    DemoAccount(
        "membre3",
        "Célestine Modèle",
        N_("Member of the finance committee"),
        _held("committee_member", "comite-demo"),
    ),
    DemoAccount(
        "agentofii",
        "Luc Supposé",
        N_("OFII officer who sits in the finance committee"),
        _held("committee_member", "comite-demo") + _held("agency_officer", "ofii-cm"),
    ),
    DemoAccount(
        "finance", "Joseph Tabi", N_("Finance officer"), _held("finance_officer", "ofii-cm")
    ),
    DemoAccount(
        "tresor",
        "Mireille Onana",
        N_("Finance officer: signs payment orders"),
        _held("finance_officer", "ofii-cm"),
    ),
    DemoAccount(
        "auditeur", "Irène Ndongo", N_("Auditor: reads, changes nothing"), _held("auditor", None)
    ),
    DemoAccount(
        "bailleur",
        "Agathe Fondsrive",
        N_("Funder: counts cases, sees none"),
        (Grant("funder", None, sees_cases=False),),
    ),
    DemoAccount(
        "donnees",
        "Ruth Ngassa",
        N_("Data protection officer"),
        (Grant("data_protection_officer", None, sees_cases=False),),
    ),
    DemoAccount(
        "concepteur",
        "Marc Abega",
        N_("Process designer"),
        (Grant("process_designer", None, sees_cases=False),),
    ),
    DemoAccount(
        "admin",
        "Solange Biya'a",
        N_("Administrator"),
        (Grant("administrator", None, sees_cases=False),),
    ),
)


def seed(store: Store, settings: Settings) -> tuple[DemoAccount, ...]:
    """Create the demo accounts that are missing, and give back all of them.

    :raises ConfigurationError: the site is not a demo.
    """
    if not settings.demo:
        raise ConfigurationError(
            "Demo accounts have a password that everybody knows. "
            "Set PASSERELLE_DEMO=1 on a machine of your own, or create real accounts."
        )
    password = ""
    everybody: tuple[DemoAccount | SchemeAccount, ...] = (*DEMO_ACCOUNTS, *SCHEME_ACCOUNTS)
    for demo in everybody:
        if find_account(store, email=demo.email) is not None:
            continue
        password = password or hash_password(DEMO_PASSWORD)
        save_account(
            store,
            AccountRow(
                id=demo.account_id,
                email=demo.email,
                name=demo.shown,
                password=password,
                grants=demo.grants,
            ),
        )
    return DEMO_ACCOUNTS
