"""Combining marks: a language's stay, a pile of them goes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.chat.letters import PILED, without_piles


def test_languages_keep_their_marks() -> None:
    for text in ("naïve café", "Việt Nam", "e\u0301a\u0308o\u0302\u0323", "नमस्ते"):
        assert without_piles(text) == text


@given(st.integers(0, 40))
def test_a_pile_is_cut_to_what_a_script_may_need(marks: int) -> None:
    assert without_piles("a" + "\u0301" * marks + "b") == "a" + "\u0301" * min(marks, PILED) + "b"
