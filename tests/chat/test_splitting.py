"""Long text in pieces: nothing lost, nothing too long, code blocks whole."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.chat.splitting import SMALLEST, pieces, split

LIMITS = st.integers(min_value=SMALLEST, max_value=400)
PROSE = st.text(alphabet=st.sampled_from("abc é漢🙂.?! \n`~"), max_size=1500)
CODE = st.builds(
    lambda marker, info, lines: f"{marker}{info}\n" + "\n".join(lines) + f"\n{marker}\n",
    st.sampled_from(["```", "````"]),
    st.sampled_from(["", "python", " yaml", "a language whose name goes on and on and on"]),
    st.lists(st.text(alphabet="xyz =()` ", max_size=150), max_size=20),
)
TEXTS = st.lists(st.one_of(PROSE, CODE), max_size=5).map("\n".join)


def open_fence(text: str) -> bool:
    """Read line by line the way a Markdown reader does: is a code block still open at the end?"""
    marker = ""
    for line in text.split("\n"):
        found = re.fullmatch(r" {0,3}(`{3,16})([^`]*)", line)
        if not found:
            continue
        if not marker:
            marker = found[1]
        elif len(found[1]) >= len(marker) and not found[2].strip():
            marker = ""
    return bool(marker)


@given(TEXTS, LIMITS)
@example("```py\n" + "x" * 500 + "\n```", 80)
@example("a" * 79 + "```\nb" * 40, 80)
@example("`" * 300, 80)
def test_nothing_is_lost_or_added_but_the_ends_of_code_blocks(text: str, limit: int) -> None:
    found = pieces(text, limit)
    assert "".join(piece.text for piece in found) == text
    for piece in found:
        assert re.fullmatch(r"(`{3,16}[^`\n]*\n)?", piece.opening)
        assert re.fullmatch(r"(\n?`{3,16})?", piece.closing)


@given(TEXTS, LIMITS)
@example("```" + "`" * 13 + "a language whose name\n" + "x" * 500, 80)
def test_every_piece_fits_and_closes_what_it_opens(text: str, limit: int) -> None:
    for piece in split(text, limit):
        assert len(piece) <= limit
        assert not open_fence(piece)


@given(st.text(alphabet="ab .\n", max_size=2000), LIMITS)
def test_plain_text_comes_back_exactly(text: str, limit: int) -> None:
    assert "".join(split(text, limit)) == text


def test_short_text_is_one_piece() -> None:
    assert split("One line.", 80) == ["One line."]
    assert split("", 80) == [""]


def test_a_paragraph_is_the_best_place_to_cut_then_a_line_a_sentence_a_word() -> None:
    first, second = "First thought. " * 4, "Second thought. " * 4
    assert split(f"{first}\n\n{second}", 100) == [f"{first}\n\n", second]
    assert split(f"{first}\n{second}", 100) == [f"{first}\n", second]
    assert split(first + second, 100)[0].endswith("thought. ")
    assert split("word " * 40, 82)[0] == "word " * 16


def test_a_word_longer_than_a_piece_is_cut_but_an_emoji_is_not() -> None:
    family = "👩‍👩‍👧"
    assert split("x" * 100, 80) == ["x" * 80, "x" * 20]
    assert split("x" * 77 + family, 80) == ["x" * 77, family]


def test_a_code_block_goes_on_in_the_next_piece() -> None:
    code = "\n".join(f"line {number} = {number}" for number in range(12))
    first, second, *_ = split(f"Look:\n```python\n{code}\n```\nThat is all.", 120)
    assert first.startswith("Look:\n```python\nline 0")
    assert first.endswith("\n```")
    assert second.startswith("```python\nline ")


def test_a_limit_nothing_fits_under_is_refused() -> None:
    with pytest.raises(ValueError, match="least is 80"):
        split("text", 79)
