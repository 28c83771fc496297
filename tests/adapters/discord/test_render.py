"""Meanings as payloads: nothing in them is obeyed, nothing is cut, and a button means the same after an upgrade."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from bot.adapters.discord import limits, parse
from bot.adapters.discord.inert import inert, one_line, pieces, within
from bot.adapters.discord.layout import answer_form, layout, modal, parts
from bot.adapters.discord.render import fits, render
from bot.chat import daily
from bot.chat.ids import Round
from bot.chat.meanings import Choices, DailyCard, Field, Form, Meaning, Option, Paragraph, Passage, Picture, Progress
from tests.adapters import cards
from tests.fakes.discord import checks
from tests.fakes.discord.world import plain

EVERY: dict[str, Meaning] = {
    "question": cards.QUESTION,
    "turn": Paragraph("They are. Agents are on calls right now. What do you do in the next hour?", "Maya"),
    "note": Paragraph("Five minutes left."),
    "rating": cards.RATING,
    "offline": cards.OFFLINE,
    "numbered": cards.NUMBERED,
    "afterwards": cards.AFTERWARDS,
    "redone": cards.REDONE,
    "strong": cards.STRONG,
    "progress": Progress("Reading your answer", 2, 5),
    "picture": Picture("scorecard", cards.OFFLINE, "Two of three covered."),
    "daily": DailyCard(
        "Daily question · Trade-off · senior",
        "Batch or stream",
        "Fraud scores are a night old.\n\nWould you move them to a stream?",
        "2 answers so far, sealed. All are opened at once:",
        1_772_560_800_000,
        "18:00 on Tue 3 Mar (UTC)",
        "1573589386304421897",
        "A question by Ben.",
    ),
}
SETTINGS = Form(
    "daily-edit:1573589386304421890:1573589386304421891:s1",
    "Change: Daily question",
    "Whoever runs this channel decides.",
    (
        Field("time", "At what time", hint="9:30", value="09:30", required=True),
        Field(
            "types", "Kinds", "choices", (("debugging", "Debugging"), ("trade-off", "Trade-off")), "any", "trade-off"
        ),
        Field("role", "Who is notified", "role", hint="nobody", value="1573589386304421897"),
        Field("channel", "Channel", "channel", hint="this one"),
    ),
)


@pytest.fixture
def payloads(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(JSONSnapshotExtension)


def payload(meaning: Meaning, *words: Option) -> list[list[dict[str, Any]]]:
    return [[item.to_component_dict() for item in layout(page).children] for page in render((meaning,), words)]


@pytest.mark.parametrize("name", EVERY)
async def test_what_discord_is_sent(name: str, payloads: SnapshotAssertion) -> None:
    assert payload(EVERY[name]) == payloads


@pytest.mark.parametrize("form", [cards.RATING, answer_form(), SETTINGS], ids=["rating", "answer", "settings"])
async def test_forms_discord_is_sent(form: Form, payloads: SnapshotAssertion) -> None:
    made = modal(form).to_dict()
    checks.modal(made)
    assert made == payloads


SCALE = "\n".join(f"Criterion {one}. 1: {'no ' * 60} 3: {'some ' * 40} 5: {'yes ' * 50}" for one in range(4))


@pytest.mark.parametrize("answer", ["word " * 400, "*_|~`" * 400, "<@1> **x** " * 180], ids=["words", "marks", "mixed"])
def test_an_answer_to_rate_is_never_cut_only_the_scale_is(answer: str) -> None:
    text = f"Batch or stream\n\nThe answer:\n{answer.strip()}\n\nThe scale:\n{SCALE}"
    shown = within(text, limits.MODAL_TEXT)
    assert len(shown) <= limits.MODAL_TEXT
    assert shown.rstrip("\n`").endswith("…")
    assert re.sub(r"[\s\u200b]", "", answer) in re.sub(r"[\s\u200b]", "", shown if "```" in shown else plain(shown))


@given(st.text(max_size=9000), st.integers(200, limits.MODAL_TEXT))
def test_any_text_fits_a_form(text: str, limit: int) -> None:
    shown = within(text, limit)
    assert len(shown.encode("utf-16-le")) // 2 <= limit
    assert not set(shown) & set("\u202e\u2066\ufeff\x1b\x00")


def test_a_form_with_many_fields_is_shown_in_parts() -> None:
    fields = tuple(Field(f"f{number}", f"Field {number}") for number in range(12))
    form = Form("daily-edit:1:2:s1", "Change", "", fields)
    assert [len(held) for held in parts(form)] == [5, 5, 2]
    made = modal(form, part=2, mark="~2").to_dict()
    checks.modal(made)
    assert [label["component"]["custom_id"] for label in made["components"]] == ["f10", "f11"]
    assert parse.intended(made["custom_id"]) == parse.Intended("form", "daily-edit:1:2:s1", "~2")


def test_the_longest_key_fits_a_button_and_a_form() -> None:
    held = Round("discord", "1" * 20, "2" * 20, "s1234", "2026-11-21-123")
    for name in (daily.TAKE_BACK, f"{daily.ANSWER}+0"):
        made = parse.custom_id("press", name, held.key)
        assert parse.intended(made) == parse.Intended("press", name, held.key)
    form = daily.form_id(daily.RATE, f"{held.key}:500")
    assert parse.intended(parse.custom_id("form", form)) == parse.Intended("form", form)


HOSTILE = [
    "@everyone @here <@1> <@&2> <#3> <:x:4> <t:1:R> </hotseat:1>",
    "||spoiler|| **bold** __under__ ~~gone~~ `code` [good](https://evil.example)",
    "# heading\n## two\n-# small\n> quote\n>>> long\n- item\n* item\n1. one",
    "```\nunclosed",
    "\u202eevil\u2066 \u200bz\u200be\u200br\u200bo\ufeff \x1b[2J\x00",
    "z" + "\u0336" * 40 + "algo",
    "https://example.org/a_b_c?x=*1* and <https://example.org>",
    "\\*escaped\\*",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_and_not_obeyed(text: str) -> None:
    shown = inert(text)
    assert "@everyone" not in shown
    assert not set(shown) & set("\u202e\u2066\ufeff\x1b\x00")
    for line in shown.splitlines():
        assert not line.startswith(("# ", "## ", "-# ", "> ", ">>> ", "- ", "* ", "1. "))
    for mark in ("||", "**", "__", "~~", "](", "<@", "<#", "<:", "<t", "</"):
        assert mark not in re.sub(r"\\.", "", shown)
    letters = [letter for letter in text if letter.isalnum()]
    assert [letter for letter in plain(shown) if letter.isalnum()] == letters


def test_a_whole_code_block_stays_one_and_an_open_one_is_no_block() -> None:
    whole = "before *x*\n```py\na = 'b*c'\n```\nafter"
    assert inert(whole) == "before \\*x\\*\n```py\na = 'b*c'\n```\nafter"
    assert "```" not in inert("```\nopen").replace("\\`", "")


def test_a_long_code_block_is_closed_and_opened_again() -> None:
    code = "```py\n" + "\n".join(f"x{number} = {number}" for number in range(600)) + "\n```"
    found = pieces(code)
    assert len(found) > 1
    assert all(piece.startswith("```py\n") and piece.rstrip().endswith("```") for piece in found)


@given(st.text(max_size=6000))
def test_any_text_fits_and_loses_nothing_readable(text: str) -> None:
    found = pieces(text)
    assert all(len(piece) <= limits.PIECE for piece in found)
    kept = [letter for letter in plain("\n".join(found)) if letter.isascii() and letter.isalnum()]
    assert kept == [letter for letter in text if letter.isascii() and letter.isalnum()]


@given(st.lists(st.text(alphabet="ab*_|@<\n 🎲", min_size=1, max_size=3000), min_size=1, max_size=4))
def test_any_reply_is_messages_discord_takes(texts: list[str]) -> None:
    pages = render([Passage("A strong answer", text) for text in texts])
    assert all(fits(page) for page in pages)


def test_a_name_stays_on_its_line() -> None:
    assert one_line("Ann\n# Boss\u2028*x*") == "Ann # Boss \\*x\\*"


def test_a_button_is_understood_by_every_version() -> None:
    made = parse.custom_id("press", "redo", "people: first, last")
    assert made == "hs1:press:redo:people!%20first%2C%20last"
    assert parse.intended(made) == parse.Intended("press", "redo", "people: first, last")
    older = parse.intended("hs0:vote:x")
    assert older is not None
    assert not older.known
    assert parse.intended("somebody-elses") is None
    with pytest.raises(ValueError, match="Discord keeps 100"):
        parse.custom_id("press", "x", "y" * 100)


async def test_a_button_offered_twice_stands_once_and_a_long_label_is_told_in_full() -> None:
    long = "Answer the part about the people who were misinformed again, with the owner, the order and the deadline"
    twice = Choices("Again?", (Option("redo", long), Option("redo", long)))
    (page,) = payload(twice)
    checks.message({"flags": 1 << 15, "components": page, "allowed_mentions": {"parse": []}}, 0)
    labels = [one["label"] for one in checks.walk(page) if one["type"] == checks.BUTTON]
    assert len(labels) == 1
    assert labels[0].endswith("…")
    assert any(one.get("content") == long for one in checks.walk(page))


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("practice", {}),
        ("Practise debugging", {"type": "debugging"}),
        ("/practice debugging senior 20 min", {"type": "debugging", "level": "senior", "minutes": "20"}),
        ("practice makes perfect, as they say", None),
        ("I would practice debugging", None),
        ("", None),
    ],
)
def test_a_typed_wish(text: str, options: dict[str, str] | None) -> None:
    known = {"type": [("debugging", "Debugging")], "level": [("senior", "Senior")]}
    assert parse.wish(text, known) == options


def test_a_list_typed_with_commas_goes_on() -> None:
    rows = [("debugging", "Debugging"), ("trade-off", "Trade-off"), ("design", "System design")]
    assert [value for value, _ in parse.completions("", rows)] == ["debugging", "trade-off", "design"]
    assert parse.completions("debugging, des", rows) == [("debugging, design", "debugging, System design")]
    assert [value for value, _ in parse.completions("debugging,,", rows)] == [
        "debugging, trade-off",
        "debugging, design",
    ]


def test_times_and_ids_belong_together() -> None:
    assert parse.at_ms(parse.snowflake(1_700_000_000_123)) == 1_700_000_000_123
    assert parse.snowflake(0) == 0
