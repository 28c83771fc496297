"""How it shows that feedback is being made: Slack's stream in threads, an edited message elsewhere, nothing when it is quick."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator

import pytest

from bot.adapters.slack.calls import Calls
from bot.adapters.slack.progress import Board
from bot.chat.ids import ConversationId, Person
from bot.chat.meanings import Progress
from tests.adapters.slack.test_contract import OneForm
from tests.fakes.slack import FakeSlack, Member
from tests.fakes.slack.workspace import BOT_USER, TEAM
from tests.fakes.slack.workspace import Message as Posted

READING = "Reading your answer"


@pytest.fixture
def ann(slack: FakeSlack) -> Member:
    return slack.member("ann")


@pytest.fixture
async def board(slack: FakeSlack, ann: Member) -> AsyncIterator[Board]:
    calls = Calls(slack.bot_token, slack.api_url)
    board = Board(calls, after_s=0.0, every_s=0.0)
    board.reception = OneForm(Person("slack", TEAM, ann.user))
    yield board
    await board.close()
    await calls.close()


def thread(slack: FakeSlack, ann: Member) -> ConversationId:
    """A thread of ours in a channel."""
    general = slack.channel("general", ann)
    root = slack.space.add(Posted(general, slack.space.ts(), BOT_USER, "root"))
    return ConversationId("slack", TEAM, general, root.ts)


async def test_a_stream_in_a_thread(slack: FakeSlack, ann: Member, board: Board) -> None:
    where = thread(slack, ann)
    board.step(where.address, Progress(READING, 1, 3))
    shown = await slack.until(lambda: [one for one in slack.space.messages if one.streaming], "a stream")
    assert f"{READING} (1 of 3)" in shown[0].text
    board.step(where.address, Progress(READING, 2, 3))
    await slack.until(lambda: "(2 of 3)" in shown[0].text, "the second step")
    await board.done(where.address)
    await slack.until(lambda: slack.deleted, "the end of it")
    assert not shown[0].streaming


async def test_an_edited_message_where_streams_are_refused(slack: FakeSlack, ann: Member, board: Board) -> None:
    slack.streams = False
    where = thread(slack, ann)
    for number in (1, 2):
        board.step(where.address, Progress(READING, 1, 3))
        shown = await slack.until(lambda: [one for one in slack.space.messages if READING in one.text], "a message")
        board.step(where.address, Progress(READING, 3, 3))
        (one,) = shown
        await ann.hears("(3 of 3)", where.channel, where.thread)
        await board.done(where.address)
        await slack.until(functools.partial(_removed, slack, number), "the end of it")
        assert slack.deleted[-1] is one
    assert slack.calls["chat.startStream"] == 1  # refused once is refused for good


async def test_in_a_direct_message(slack: FakeSlack, ann: Member, board: Board) -> None:
    where = ConversationId("slack", TEAM, ann.dm)
    board.step(where.address, Progress(READING, 1, 3))
    await ann.hears(f"{READING} (1 of 3)")
    await board.done(where.address)
    await slack.until(lambda: not ann.sees(), "the end of it")


async def test_quick_work_shows_nothing(slack: FakeSlack, ann: Member) -> None:
    calls = Calls(slack.bot_token, slack.api_url)
    board = Board(calls, after_s=30.0)
    where = ConversationId("slack", TEAM, ann.dm)
    board.step(where.address, Progress(READING, 1, 3))
    await board.done(where.address)
    await board.close()
    await calls.close()
    assert not slack.journal


async def test_failures_are_nobodys_concern(slack: FakeSlack, ann: Member, board: Board) -> None:
    where = ConversationId("slack", TEAM, ann.dm)
    slack.fail("chat.postMessage", "channel_not_found")
    board.step(where.address, Progress(READING, 1, 3))
    await slack.until(lambda: slack.calls["chat.postMessage"], "the try")
    await board.done(where.address)
    assert not ann.sees()


async def test_a_status_in_threads_until_it_is_refused(slack: FakeSlack, ann: Member, board: Board) -> None:
    where = thread(slack, ann)
    board.typing(where.address)
    await slack.until(lambda: slack.space.statuses, "a status")
    slack.fail("assistant.threads.setStatus", "not_allowed")
    board.typing(where.address)
    await slack.until(lambda: slack.calls["assistant.threads.setStatus"] == 2, "the refusal")
    await board.close()  # what is under way comes to its end
    board.typing(where.address)
    board.typing(ConversationId("slack", TEAM, ann.dm).address)
    await board.close()
    assert slack.calls["assistant.threads.setStatus"] == 2


def _removed(slack: FakeSlack, number: int) -> bool:
    return len(slack.deleted) == number
