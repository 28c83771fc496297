"""What a mind's own words are held to."""

from __future__ import annotations

import pytest

from bot.interview import wording
from bot.library.load import Library

HEARD = ["Our support search quotes old rules. Walk me through how you'd find out what's wrong."]


def refused(text: str, secret: tuple[str, ...] = ()) -> str:
    return " ".join(wording.problems(text, HEARD, secret))


def test_a_plain_question_passes() -> None:
    assert not refused("Say the timestamps look fine. What would you check then?")


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("What would you check, and who would you tell? And when?", "exactly one"),
        ("Tell me more.", "exactly one"),
        ("Great answer. What next?", "judges"),
        ("That's right. What next?", "judges"),
        ("Not quite. What else could it be?", "judges"),
        ("The rubric asks for recovery. How would you recover?", "judges"),
        ("  ", "empty"),
        ("x" * 700 + "?", "characters long"),
        ("Fine\u202e. What next?", "control"),
    ],
)
def test_what_must_not_be_said(words: str, reason: str) -> None:
    assert reason in refused(words)


def test_a_secret_leaks_by_its_words_in_a_row_not_by_one_of_them() -> None:
    secret = ("Compares when the page was embedded with when it was last edited",)
    assert "gives away" in refused("Would you compare the page embedded last week with the others?", secret)
    assert not refused("Which page would you open first?", secret)


def test_what_the_candidate_said_themselves_is_no_secret() -> None:
    secret = ("Restores the previous index version today",)
    said = [*HEARD, "I'd restore the previous index version today"]
    assert not wording.problems("You'd restore the previous index version today. And then?", said, secret)


def test_every_authored_probe_of_the_bank_would_pass_as_a_minds_words() -> None:
    for question in Library.open().all():
        drawn = question.drawn(0)
        secret = wording.secrets(drawn, (), ())
        for check in drawn.checks:
            heard = [drawn.prompt, check.probe]
            assert not wording.problems(check.probe, heard, secret), (question.id, check.id)
