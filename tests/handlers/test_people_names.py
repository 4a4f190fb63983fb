"""One name, two scripts, many spellings: found all the same; normal forms hold still."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.people.names import digits_normal, likeness, name_keys, words
from handlers.people.names.skeleton import skeletons

SAME = [
    ("محمد", "Mohamed"),
    ("محمد", "Mohammed"),
    ("أحمد", "Ahmed"),
    ("فاطمة", "Fatma"),
    ("فاطمة", "Fatimah"),
    ("عبد الرحمن", "Abderrahmane"),
    ("عبد الرحمن", "Abd El Rahman"),
    ("عبد القادر", "Abdelkader"),
    ("نور الدين", "Noureddine"),
    ("نور الدين", "Nour Eddine"),
    ("صلاح الدين", "Salaheddine"),
    ("عز الدين", "Azzedine"),
    ("شريف", "Chérif"),
    ("هشام", "Hichem"),
    ("هشام", "Hisham"),
    ("علي", "Ali"),
    ("عمر", "Omar"),
    ("عيسى", "Issa"),
    ("يوسف", "Youssef"),
    ("وليد", "Walid"),
    ("والي", "Ouali"),
    ("بن علي", "Ben Ali"),
    ("بن علي", "Benali"),
    ("قاسمي", "Gasmi"),
    ("قاسمي", "Kasmi"),
    ("الغنوشي", "Ghannouchi"),
    ("خديجة", "Khadidja"),
    ("جمال", "Djamel"),
    ("جمال", "Gamal"),
    ("عثمان", "Othman"),
    ("عثمان", "Osmane"),
    ("الشاذلي", "Chedly"),
    ("عبد الله", "Abdallah"),
    ("إبراهيم", "Ibrahim"),
    ("المهدي", "El Mehdi"),
    ("المهدي", "Elmahdi"),
    ("بوعزيزي", "Bouazizi"),
    ("رضا", "Ridha"),
    ("حسين", "Houcine"),
    ("توفيق", "Taoufik"),
    ("عائشة", "Aïcha"),
    ("آدم", "Adoum"),
]
# Letters whose romanisations are certain, each with the ways in which people write it.
LETTERS = {
    "ب": ["b"],
    "د": ["d", "dd"],
    "ر": ["r"],
    "ز": ["z"],
    "س": ["s", "ss"],
    "ش": ["ch", "sh"],
    "ف": ["f"],
    "ق": ["k", "q", "g"],
    "خ": ["kh"],
    "غ": ["gh"],
    "ك": ["k"],
    "ل": ["l", "ll"],
    "م": ["m", "mm"],
    "ن": ["n", "nn"],
    "ط": ["t"],
    "ح": ["h"],
    "ج": ["j", "dj"],
}
LONG = {"ا": ["a"], "و": ["ou", "o", "u"], "ي": ["i", "y"], "": ["a", "e", "i", "ou"]}


@st.composite
def written_twice(draw: st.DrawFn) -> tuple[str, str]:
    """Draw a name in Arabic letters and one way of writing it in Latin ones."""
    arabic, latin = "", ""
    for _ in range(draw(st.integers(2, 5))):
        letter = draw(st.sampled_from(sorted(LETTERS)))
        vowel = draw(st.sampled_from(sorted(LONG)))
        arabic += letter + vowel
        latin += draw(st.sampled_from(LETTERS[letter])) + draw(st.sampled_from(LONG[vowel]))
    return arabic, latin


@pytest.mark.parametrize(("arabic", "latin"), SAME)
def test_the_same_name_in_two_scripts_shares_a_key_and_is_alike(arabic: str, latin: str) -> None:
    assert name_keys(arabic) & name_keys(latin)
    assert likeness(arabic, latin) >= 80


@given(written_twice())
def test_however_a_name_is_romanised_it_shares_its_skeleton(name: tuple[str, str]) -> None:
    arabic, latin = name
    assert skeletons(arabic) & skeletons(latin), (skeletons(arabic), skeletons(latin))


@given(st.text(max_size=80))
def test_normal_forms_hold_still_and_nothing_breaks(text: str) -> None:
    once = words(text)
    assert words(" ".join(once)) == once
    assert name_keys(text) >= {key for key in name_keys(" ".join(once)) if key[0] == "n"}
    assert digits_normal(digits_normal(text)) == digits_normal(text)


@given(st.text(max_size=40), st.text(max_size=40))
def test_likeness_is_mutual_and_within_its_bounds(one: str, other: str) -> None:
    assert 0 <= likeness(one, other) <= 100
    assert likeness(one, other) == pytest.approx(likeness(other, one))


@pytest.mark.parametrize(
    ("one", "other"), [("Ngo Bell", "Mbarga"), ("محمد", "شريف"), ("Fatma", "Hichem")]
)
def test_different_names_are_not_alike(one: str, other: str) -> None:
    assert likeness(one, other) < 60


def test_case_marks_and_order_make_no_difference() -> None:
    assert likeness("NGO BELL Désirée", "desiree ngo-bell") == 100
