"""One case of every scheme, from the start page to its end, in one of the scheme's languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.playing import play
from tests.browser.site import ROOT

PLAYED = {
    "fr/ofii-preparation": ("retour_vers_le_cameroun", "fr"),
    "cm/ofii": ("appui_social", "en"),
    "cm/ofii-operators": ("ameliorer_puis_rompre", "fr"),
    "cm/ffue-iom": ("especes", "fr"),
    "cm/minjec-subsidy": ("formation_apres_la_demande", "en"),
    "cm/pari-jedi": ("creation_entreprise", "fr"),
    "cm/pari-jedi-associations": ("appui_complet", "ar"),
    "tg/anpe-services": ("emploi", "en"),
    "tg/ofii-anpe": ("creation_entreprise", "fr"),
    "tg/unhcr-anpe": ("formation_sans_stage", "ar"),
    "tg/migr-actions": ("admise_et_appuyee", "en"),
    "tg/mooc": ("parcours_acheve", "ar"),
    "cm/referral": ("plusieurs_besoins", "fr"),
    "tn/lemma-associations": ("association_selectionnee", "fr"),
    "tn/lemma": ("atelier_de_poterie", "ar"),
    "tn/tounesna": ("trois_services", "fr"),
    "tn/association-grants": ("ecole_kebili", "ar"),
    "tn/tounesna-operators": ("agree_et_renouvele", "en"),
}
"""By scheme: the scenario that is played, and the language of the pages."""

IN_SHORT = ("tg/mooc", "tn/lemma-associations")
"""A learner's and an organisation's; a person's is in ``test_journey``, the others are long."""


@pytest.mark.parametrize(
    "scheme",
    [
        pytest.param(scheme, marks=[] if scheme in IN_SHORT else [pytest.mark.long])
        for scheme in PLAYED
    ],
)
def test_a_case_of_the_scheme_goes_from_the_start_page_to_its_end(
    browser: Browser, scheme: str, tmp_path: Path
) -> None:
    scenario, language = PLAYED[scheme]
    play(browser, ROOT / "processes" / scheme, scenario, language, tmp_path / "site")
