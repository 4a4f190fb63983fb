"""Lines break where a reader expects it, without a font at hand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.diagram.text import is_right_to_left, width_of, wrap


@given(st.text(max_size=200), st.floats(20, 300), st.integers(1, 6))
def test_no_line_is_wider_than_its_room_and_none_too_many(
    text: str, width: float, most: int
) -> None:
    lines, _ = wrap(text, width, 12, most)
    assert len(lines) <= most
    assert all(width_of(line, 12) <= width for line in lines)


@given(st.text(max_size=200))
def test_nothing_is_lost_where_there_is_room(text: str) -> None:
    lines, cut = wrap(text, 60, 12, 1000)
    assert not cut
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_what_is_left_out_ends_in_an_ellipsis() -> None:
    lines, cut = wrap("Établir le plan d’affaires avec l’opérateur", 90, 12, 2)
    assert cut
    assert lines[-1].endswith("…")


def test_long_words_break_after_their_hyphen() -> None:
    assert wrap("Cameroun-Réintégration", 90, 12, 3)[0] == ["Cameroun-", "Réintégration"]


def test_french_signs_stay_with_their_word() -> None:
    assert wrap("Opérateur trouvé ?", 95, 11, 3)[0] == ["Opérateur", "trouvé ?"]
    assert wrap("Choisir « Oui »", 60, 12, 3)[0] == ["Choisir", "« Oui »"]


def test_line_breaks_of_the_designer_are_kept() -> None:
    assert wrap("Visite\nde suivi", 200, 12, 3)[0] == ["Visite", "de suivi"]


def test_accents_are_as_wide_as_their_letters_and_marks_have_no_width() -> None:
    assert width_of("éàç", 12) == width_of("eac", 12)
    assert width_of("e\u0301", 12) == width_of("e", 12)


def test_the_first_letter_decides_the_direction() -> None:
    assert is_right_to_left("12 تقديم OFII")
    assert not is_right_to_left("OFII تقديم")
    assert not is_right_to_left("12")
