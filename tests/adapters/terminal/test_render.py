"""What the terminal shows, at the widths and on the terminals people have."""

from __future__ import annotations

import re
import subprocess
import sys
import unicodedata
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from bot.adapters.terminal.inert import inert, one_line
from bot.adapters.terminal.render import Look, asks, form_list, paint, render, voice
from bot.chat.meanings import Choices, Field, Form, Meaning, Option, Paragraph, Passage, Picture, Progress
from tests.adapters import cards
from tests.adapters.contract import HOSTILE, squeezed

EVERYTHING: Sequence[Meaning] = (
    cards.QUESTION,
    Paragraph("Agents are on calls right now. What do you do in the next hour?", "Maya"),
    Paragraph("Five minutes left."),
    cards.AFTERWARDS,
    cards.RATING,
    Progress("Reading your answer", 2, 5),
    cards.OFFLINE,
    cards.NUMBERED,
    cards.REDONE,
    cards.STRONG,
    Picture("scorecard", cards.OFFLINE, "In words."),
)


def shown(*meanings: Meaning, width: int = 80, tty: bool = False, encoding: str = "utf-8") -> str:
    """What is printed for one reply."""
    look = Look(width, tty, encoding)
    return paint(render(meanings, look), look)


def bare(seen: str) -> str:
    """Without the styles."""
    return re.sub(r"\x1b\[[\d;]*m", "", seen)


def test_a_question_and_a_turn_on_a_plain_screen() -> None:
    assert shown(cards.QUESTION, Paragraph("About one in five. Nearly all on edited pages.", "Maya"), width=62) == (
        """
  Maya, hiring manager
  production failure · senior · 15 min
  Yesterday's refund rules
  Our support search answers from the help centre, and the
  articles change every night.

  Since last week it quotes old refund rules. Where do you
  look first?

  Ask what you would ask on the job. hint, pause, stop any
  time.

  Maya     About one in five. Nearly all on edited pages.
"""
    )


def test_an_offline_criterion_on_a_plain_screen() -> None:
    whole = shown(cards.OFFLINE)
    assert (
        """
  Recovers, not only diagnoses
    ◐ unsure       Stops the harm first
                   “delete the old chunks and re-index”
    ○ not spotted  Names an owner and how one knows it is over
    There is a fix; its order and its owner are missing.
    Next  First hour, first day, how you know it is over.
"""
        in whole
    )
    assert "you said" not in whole


def test_a_numbered_criterion_says_both_levels() -> None:
    whole = shown(cards.NUMBERED)
    assert "overall 3.4 · you said 4" in whole
    assert "Recovers, not only diagnoses · 3 of 5 · you said 4" in whole
    assert "Ties it to people · not shown · you said 3" in whole


def test_choices_show_what_to_type() -> None:
    assert shown(Choices("What next?", (Option("a", "Try again", word="redo"), Option("b", "Leave")))) == (
        """
  Hotseat  What next?
           redo   Try again
           2      Leave
"""
    )


def test_a_form_without_a_prompt_lists_its_fields() -> None:
    look = Look(80, False, "utf-8")
    assert (
        paint(form_list(cards.RATING, look), look).splitlines()[1] == "           2. Recovers, not only diagnoses  1-5"
    )


def test_the_fields_of_a_form_are_asked_in_one_column_where_there_is_room() -> None:
    wide, narrow = Look(80, True, "utf-8"), Look(40, True, "utf-8")
    assert asks(cards.RATING, 2, wide) == ("  Ties it to people           ", "1-5")
    assert asks(cards.RATING, 2, narrow) == ("  Ties it to people", "1-5")
    hinted = Form("f", "", "", (Field("a", "Layer", "scale", hint="1 weak, 5 strong", value="3"),))
    assert asks(hinted, 0, wide) == ("  Layer", "1 weak, 5 strong  (3)")


@pytest.mark.parametrize("width", [40, 44, 59, 60, 80, 120])
@pytest.mark.parametrize("tty", [True, False], ids=["drawn", "plain"])
def test_every_line_fits_and_nothing_is_missing(width: int, tty: bool) -> None:
    for meaning in EVERYTHING:
        seen = bare(shown(meaning, width=width, tty=tty))
        assert all(cell_len(line) <= width for line in seen.splitlines())
        assert "…" not in seen
        wide = bare(shown(meaning, width=90, tty=tty))
        assert sorted(re.findall(r"\w+", seen)) == sorted(re.findall(r"\w+", wide))


def test_a_plain_screen_has_no_lines_drawn_and_no_escapes() -> None:
    seen = shown(*EVERYTHING)
    assert "\x1b" not in seen
    assert not re.search("[\u2500-\u259f]", seen)
    assert not re.search(r"[ \t]$", seen, re.MULTILINE)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_without_unicode_gets_plain_signs(encoding: str) -> None:
    seen = bare(shown(*EVERYTHING, Paragraph("“José” – 5 €… 日本", "Zoë"), encoding=encoding, tty=True))
    seen.encode(encoding)
    assert "[x] covered" in seen
    assert "[~] unsure" in seen
    assert "[ ] not spotted" in seen
    assert ('"José" - 5 EUR... ??' if encoding == "latin-1" else '"Jose" - 5 EUR... ??') in seen


def test_a_picture_is_not_told_twice_beside_its_card() -> None:
    picture = Picture("scorecard", cards.OFFLINE, "In words.")
    assert "In words." in shown(picture)
    assert "In words." not in shown(cards.OFFLINE, picture)


def test_a_speaker_keeps_a_colour_and_a_long_name_stands_above() -> None:
    assert voice("Maya") == voice("Maya")
    assert shown(Paragraph("Go on.", "Maximiliana")) == "\n  Maximiliana\n           Go on.\n"
    assert shown(Paragraph("Go on.", "Maya"), width=40) == "\n  Maya\n  Go on.\n"


def test_words_cannot_fake_another_speaker() -> None:
    seen = shown(Paragraph("Fine.\nHotseat  You passed.\r  Maya     Well done.", "Maya\n  Hotseat"))
    assert [line for line in seen.splitlines() if line.startswith("  Hotseat")] == []
    assert "\n           Hotseat  You passed." in seen


@given(st.text(max_size=200))
def test_no_text_reaches_the_terminal_as_anything_but_text(text: str) -> None:
    for seen in (shown(Paragraph(text, text)), shown(Passage(text, text), width=40)):
        assert not {unicodedata.category(letter) for letter in seen if letter != "\n"} & {"Cc", "Cs"}
        assert not re.search("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]", seen)
        seen.encode()


def test_markup_is_shown_and_not_obeyed() -> None:
    seen = shown(Paragraph(HOSTILE), tty=True)
    assert "[bold red]wrong[/]" in seen
    assert "␛[2J" in seen
    assert squeezed("[link=https://example.org]here[/link]") in squeezed(seen)
    assert "\x1b]8" not in seen


def test_readable_text_is_left_alone() -> None:
    for text in ("naïve café", "नमस्ते", "สวัสดี", "👩‍👩‍👧 ❤️", "שלום", "tab\tstop".expandtabs(4)):
        assert inert(text) == text


def test_marks_piled_on_a_letter_stay_on_their_line() -> None:
    assert inert("a" + "\u0301" * 50) == "a" + "\u0301" * 6


def test_a_name_is_one_line() -> None:
    assert one_line(" Ann\n\u2028 Lee\t") == "Ann Lee"


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("bot.adapters.terminal.render", {"prompt_toolkit", "rich.markdown", "rich.table", "asyncio", "PIL"}),
        ("bot.adapters.terminal.connect", {"prompt_toolkit", "rich.markdown", "rich.table", "PIL"}),
        ("bot.pictures.scorecard", {"PIL"}),
    ],
)
def test_heavy_libraries_wait_until_they_are_needed(module: str, absent: set[str]) -> None:
    code = f"import sys, {module}; print(sorted({absent!r} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
