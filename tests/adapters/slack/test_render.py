"""Cards as payloads, and text that stays text whatever is in it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from bot.adapters.slack import limits, render, text, views
from bot.chat import daily
from bot.chat.meanings import Choices, DailyCard, Field, Form, Meaning, Option, Paragraph, Progress
from tests.adapters import cards
from tests.adapters.contract import HOSTILE
from tests.fakes.slack import checks
from tests.fakes.slack.people import written
from tests.fakes.slack.workspace import Message, pings

SETUP = Form(
    "setup",
    "What would you like to practise?",
    "Leave out what you don't mind about.",
    (
        Field(
            "type", "Kind of question", "choice", (("debugging", "Production failure"), ("design", "Product design"))
        ),
        Field("level", "Level", "choice", (("mid", "Mid"), ("senior", "Senior")), value="senior"),
        Field("question", "A certain question", "search", hint="Part of its name"),
        Field("minutes", "Minutes", hint="as the question suggests", required=True),
    ),
    "Start the interview",
)

DAILY = DailyCard(
    "Daily question · Trade-off · senior",
    "Batch or stream",
    "Fraud scores are a night old. Would you move them to a stream?",
    "2 answers so far, sealed. All are opened at once:",
    1_772_560_800_000,
    "18:00 on Tue 3 Mar (UTC)",
    "S0ML",
    "A question by Ben.",
)
STREAM = Form(
    "daily-new:T1:C1",
    "A daily question for this channel",
    "",
    (
        Field("channel", "Channel", "channel", hint="this one"),
        Field("zone", "In which time zone", "search", hint="Part of a city", value="Europe/Berlin", required=True),
        Field("levels", "Levels", "choices", (("mid", "Mid"), ("senior", "Senior")), "any", "senior,gone"),
        Field("packs", "Only from these packs", "choices", (), "any"),
        Field("role", "Who is notified", "role", (("S0ML", "ML folk"),), "nobody", "S0ML"),
        Field("text", "The question", "long", hint="As you would ask it. " * 20, value="Why?"),
        Field("layer", "Finds the layer", "scale", hint="1: guesses 3: looks 5: splits the causes"),
    ),
    "Set it up",
)

SHOWN: dict[str, tuple[Meaning, ...]] = {
    "question": (cards.QUESTION,),
    "turn": (Paragraph("They are. Agents are on calls. What do you do in the next hour?", "Maya"),),
    "offline scorecard": (cards.OFFLINE, cards.AFTERWARDS),
    "numbered scorecard": (cards.NUMBERED,),
    "comparison": (cards.REDONE,),
    "rating": (cards.RATING,),
    "passage": (cards.STRONG,),
    "progress": (Progress("Reading your answer", 2, 5),),
    "daily card": (DAILY, Choices("", (Option(daily.ANSWER, "Answer", "T1:C1:s1:2026-03-03", style="primary"),))),
    "hostile daily card": (
        DailyCard(HOSTILE, HOSTILE, HOSTILE, HOSTILE, 1_772_560_800_000, f"18:00 |^{HOSTILE}>", HOSTILE, HOSTILE),
    ),
    "hostile": (Paragraph(HOSTILE, HOSTILE), Choices(HOSTILE, (Option("a", HOSTILE, HOSTILE),))),
}


@pytest.mark.parametrize("name", SHOWN)
def test_payloads(name: str, snapshot: SnapshotAssertion) -> None:
    found = render.messages(SHOWN[name])
    for message in found:
        checks.message_blocks(list(message.blocks))
        assert message.text
    assert [{"text": message.text, "blocks": list(message.blocks)} for message in found] == snapshot


def test_a_private_card_knows_where_it_belongs(snapshot: SnapshotAssertion) -> None:
    about = "talk:slack:T1:C1:1700000000.000100"
    assert list(render.messages((cards.OFFLINE, cards.AFTERWARDS), about=about)[0].blocks)[-2:] == snapshot


@pytest.mark.parametrize("form", [SETUP, cards.RATING, STREAM], ids=["setup", "rating", "stream"])
def test_forms(form: Form, snapshot: SnapshotAssertion) -> None:
    view = views.form(form, "talk:slack:T1:D1:")
    checks.view(view, ("modal",))
    assert view == snapshot


WILD = st.text(
    st.one_of(st.characters(exclude_categories=()), st.sampled_from("<>&*_~`!@#|\n :")), max_size=400
) | st.lists(st.sampled_from(["<!channel>", "<@U1>", "```", "*b*", "https://x.org", "&amp;", "> q", "\n\n", "w "])).map(
    "".join
)


@given(WILD, WILD)
def test_nobody_is_pinged_and_no_card_breaks(said: str, name: str) -> None:
    meanings = (Paragraph(said, name), Choices(said, (Option("a", name or "x", "v"),)))
    for message in render.messages(meanings):
        checks.message_blocks(list(message.blocks))
        posted = Message("C1", "1.1", "U0BOT", message.text, blocks=list(message.blocks))
        assert pings(posted) == []
        for block in message.blocks:
            for part in block.get("elements", ()):
                if part["type"] == "mrkdwn":
                    assert re.fullmatch(r"\*[^*_~`<>]*\*", part["text"])


@given(st.text(st.one_of(st.sampled_from("<>&ab \n"), st.characters(categories=["L", "P"])), max_size=3000))
def test_pieces_lose_nothing(said: str) -> None:
    found = text.pieces(said, 200)
    assert all(0 < len(piece) <= 200 for piece in found)
    assert "".join(text.typed("".join(found)).split()) == "".join(text.inert(said).split())


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_what_is_typed_arrives(said: str) -> None:
    assert text.typed(written(said)) == said


@given(st.text(max_size=400), st.integers(10, 150))
def test_short_lines_are_short(said: str, limit: int) -> None:
    short = text.shortened(said, limit)
    assert len(short) <= limit
    assert "\n" not in short


def test_a_notification_is_never_too_long() -> None:
    (message,) = render.messages((Paragraph("word " * 1500),))
    assert len(message.text) <= limits.NOTIFICATION
    assert sum(len(block["text"]["text"]) for block in message.blocks) > 7000


@given(WILD, WILD, st.integers(0, 2**42))
def test_a_daily_card_notifies_nobody_by_its_words(said: str, name: str, at_ms: int) -> None:
    card = DailyCard(name, said, name, said, at_ms, name, said, name)
    for message in render.messages((card,)):
        checks.message_blocks(list(message.blocks))
        assert not pings(Message("", "", "", message.text, blocks=list(message.blocks)))


@given(WILD, WILD)
def test_a_form_with_anybodys_words_opens(said: str, name: str) -> None:
    rows = ((name[:20] or "x", said), ("y", name))
    kinds = ("text", "long", "choice", "choices", "search", "role", "channel", "scale")
    fields = tuple(Field(f"f{number}", name, kind, rows, said, name) for number, kind in enumerate(kinds))
    checks.view(views.form(Form("daily-rate:T1:C1:s1:d:1", name, said, fields, name), ""), ("modal",))


def test_the_longest_answer_to_rate_is_whole() -> None:
    answer = "\n".join("<&>" * 20 for _ in range(33))
    text_ = f"Batch or stream\n\nThe answer:\n{answer}\n\nThe scale:\n{'1: a 3: b 5: c ' * 150}"
    view = views.form(Form("daily-rate:T1:C1:s1:d:1", "Somebody's answer", text_, cards.RATING.fields), "")
    checks.view(view, ("modal",))
    shown = Message("", "", "", "", blocks=view["blocks"]).shown
    assert "".join(text_.split()) in "".join(shown.split())
