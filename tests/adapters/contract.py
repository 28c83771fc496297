"""What every adapter promises, as tests: the same conversation in, the same meaning out.

A platform's tests subclass `AdapterContract` and give it a harness that does what a person does there and reads what a
person sees there. White space is the platform's own business, so texts are compared without it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

import pytest

from bot.chat.events import Event, Pressed, Ran, Said, Submitted
from bot.chat.meanings import (
    CriterionLine,
    Form,
    Meaning,
    Option,
    Paragraph,
    Passage,
    Picture,
    Scorecard,
)
from tests.adapters import cards

OVERRIDES = "\u202e\u2066\u200f"
HOSTILE = (
    "[bold red]wrong[/] \x1b[2J\x1b]0;title\x07 <b>bold</b> **stars** @everyone <!channel> {7*7} "
    f"\r\x08 {OVERRIDES} [link=https://example.org]here[/link] \x9b31m end"
)


class Harness(Protocol):
    """A person on a platform, and an adapter between them and the test."""

    async def show(self, *meanings: Meaning) -> str:
        """Post one reply; everything that the person then sees of it, as plain text."""

    async def say(self, text: str) -> Event:
        """The person sends a message; the event it made."""

    async def press(self, option: Option) -> Event:
        """The person chooses one of the options last shown; the event it made."""

    async def fill(self, form: Form, values: Mapping[str, str]) -> Event:
        """The person fills in the form last shown, leaving out what has no value; the event it made."""


def squeezed(text: str) -> str:
    """Text without white space."""
    return re.sub(r"\s+", "", text)


def holds(seen: str, *parts: str) -> bool:
    """Whether all parts are seen, however lines were broken."""
    return all(squeezed(part) in squeezed(seen) for part in parts)


def words_of(line: CriterionLine) -> list[str]:
    """Everything about a criterion that must be readable."""
    checks = [text for check in line.checks for text in (check.says, check.quote)]
    return [line.name, line.why, line.next, *checks]


class AdapterContract:
    """Subclass as `Test…` and override the `harness` fixture."""

    @pytest.fixture
    def harness(self) -> Harness:
        raise NotImplementedError("a platform's tests give their own harness")

    async def test_a_question_is_shown_whole(self, harness: Harness) -> None:
        asked = cards.QUESTION
        seen = await harness.show(asked)
        assert holds(
            seen, asked.speaker, asked.role, asked.kind, asked.level, "15 min", asked.title, asked.text, asked.help
        )

    async def test_a_paragraph_names_its_speaker(self, harness: Harness) -> None:
        assert holds(
            await harness.show(Paragraph("Agents are on calls. What now?", "Maya")), "Maya", "calls. What now?"
        )

    @pytest.mark.parametrize("card", [cards.OFFLINE, cards.NUMBERED], ids=["offline", "numbered"])
    async def test_a_scorecard_is_shown_whole(self, harness: Harness, card: Scorecard) -> None:
        seen = await harness.show(card)
        for line in card.criteria:
            assert holds(seen, *words_of(line))
        assert holds(seen, card.title, card.one_change, *card.notes, card.caveat)

    async def test_the_offline_scorecard_has_words_for_its_signs_and_no_number(self, harness: Harness) -> None:
        seen = await harness.show(cards.OFFLINE)
        assert holds(seen, "covered", "unsure", "not spotted")
        assert not re.search(r"\d", seen)

    async def test_the_numbered_scorecard_says_both_ratings_and_what_was_not_shown(self, harness: Harness) -> None:
        assert holds(await harness.show(cards.NUMBERED), "3.4", "you said 4", "not shown")

    async def test_a_comparison_shows_both_sides(self, harness: Harness) -> None:
        seen = await harness.show(cards.REDONE)
        assert holds(seen, cards.REDONE.text, *words_of(cards.REDONE.before), *words_of(cards.REDONE.after))

    async def test_a_passage_is_shown_whole(self, harness: Harness) -> None:
        assert holds(await harness.show(cards.STRONG), cards.STRONG.title, cards.STRONG.text)

    async def test_every_option_is_shown(self, harness: Harness) -> None:
        seen = await harness.show(cards.AFTERWARDS)
        assert holds(seen, cards.AFTERWARDS.text, *(option.label for option in cards.AFTERWARDS.options))

    async def test_a_picture_is_there_in_words(self, harness: Harness) -> None:
        assert holds(
            await harness.show(Picture("scorecard", cards.OFFLINE, "Two of three covered.")), "Two of three covered."
        )

    async def test_long_text_is_never_cut(self, harness: Harness) -> None:
        text = " ".join(f"word{number}" for number in range(1500))
        assert holds(await harness.show(Paragraph(text, "Maya")), text)
        assert holds(await harness.show(Passage("A strong answer", text)), text)

    async def test_hostile_text_is_inert_wherever_it_stands(self, harness: Harness) -> None:
        line = cards.OFFLINE.criteria[0]
        check = replace(line.checks[0], quote=HOSTILE, says=HOSTILE)
        card = replace(cards.OFFLINE, criteria=(replace(line, checks=(check,), name=HOSTILE, why=HOSTILE),))
        for meaning in (
            Paragraph(HOSTILE, HOSTILE),
            Passage(HOSTILE, HOSTILE),
            card,
            replace(cards.QUESTION, text=HOSTILE),
        ):
            seen = await harness.show(meaning)
            assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", seen)
            assert not set(OVERRIDES) & set(seen)
            assert holds(seen, "[bold red]wrong[/]", "{7*7}", "end")

    async def test_what_is_said_arrives_word_for_word(self, harness: Harness) -> None:
        for text in ("is it all articles?", "  two spaces, 日本語, 👩‍👩‍👧 ", "[bold]x[/bold] <@U1>"):
            event = await harness.say(text)
            assert isinstance(event, Said)
            assert event.text.strip() == text.strip()

    async def test_every_event_has_an_id_of_its_own_and_the_same_person(self, harness: Harness) -> None:
        first, second = await harness.say("one"), await harness.say("one")
        assert isinstance(first, Said)
        assert isinstance(second, Said)
        assert first.id != second.id
        assert first.person == second.person
        assert first.to == second.to

    async def test_a_command_word_is_a_command(self, harness: Harness) -> None:
        event = await harness.say("hint")
        assert isinstance(event, Ran)
        assert event.command == "hint"

    async def test_a_pressed_option_comes_back_with_its_action_and_value(self, harness: Harness) -> None:
        await harness.show(cards.AFTERWARDS)
        for option in cards.AFTERWARDS.options:
            event = await harness.press(option)
            assert isinstance(event, Pressed)
            assert (event.action, event.value) == (option.action, option.value)

    async def test_a_form_comes_back_as_one_event(self, harness: Harness) -> None:
        seen = await harness.show(cards.RATING)
        assert holds(seen, cards.RATING.title, cards.RATING.text, *(field.label for field in cards.RATING.fields))
        event = await harness.fill(cards.RATING, {"layer": "4", "people": "2"})
        assert isinstance(event, Submitted)
        assert event.form == "rating"
        assert event.fields == {"layer": "4", "people": "2"}
