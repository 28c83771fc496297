"""Everything Discord may refuse, and what comes of it. The table in docs/discord.md says the same for people."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from bot.adapters.discord import interact, parse, thread
from bot.adapters.discord.places import Place, Token
from bot.adapters.discord.post import nonce
from bot.chat.adapter import TryLater, Unreachable
from bot.chat.ids import Address, Person
from bot.chat.meanings import Paragraph, Progress
from bot.chat.replies import Operation, Reply, Role
from tests.adapters.discord.conftest import Bot, Clock
from tests.fakes.discord.server import Discord
from tests.fakes.discord.world import Channel, seen

MESSAGES = r"/channels/\d+/messages"


def reply(to: Address, text: str = "Where would you start?", name: str = "r1", **more: object) -> Reply:
    return Reply(name, to, Role.SYSTEM, "probe", (Paragraph(text),), **more)  # type: ignore[arg-type]


@pytest.fixture
def channel(server: Discord, bot: Bot) -> Channel:
    return server.world.direct(server.world.person("Ann"))


@pytest.fixture
def to(channel: Channel) -> Address:
    return parse.direct(channel.id)


async def test_a_reply_posted_again_is_there_once(server: Discord, bot: Bot, channel: Channel, to: Address) -> None:
    first = await bot.adapter.post(reply(to), "")
    assert await bot.adapter.post(reply(to), "") == first
    await bot.adapter.post(reply(to, name="r2"), "")
    assert len(server.screen(channel)) == 2
    sent = [body for method, path, body in server.rest.calls if method == "POST" and path.endswith("/messages")]
    assert [body["nonce"] for body in sent] == [nonce("r1#0"), nonce("r1#0"), nonce("r2#0")]
    assert all(body["enforce_nonce"] and body["allowed_mentions"] == {"parse": []} for body in sent)


async def test_an_answer_that_was_lost_on_the_way_is_not_posted_twice(
    server: Discord, bot: Bot, channel: Channel, to: Address
) -> None:
    server.fail("POST", MESSAGES, -1)
    with pytest.raises(TryLater) as later:
        await bot.adapter.post(reply(to), "")
    assert later.value.uncertain
    await bot.adapter.post(reply(to), "")
    assert len(server.screen(channel)) == 1


@pytest.mark.parametrize("status", [0, 503])
async def test_a_reset_connection_and_a_503_are_tried_again(
    server: Discord, bot: Bot, channel: Channel, status: int
) -> None:
    server.fail("POST", MESSAGES, status, times=2)
    ann = next(iter(channel.people - {server.world.app}))
    server.dm(ann, "practice stale-ai-search")
    await server.shown(channel, "Hint")
    assert len(server.texts(channel)) == 2


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """discord.py's own pauses between tries, asked for here and not waited out."""
    pauses: list[float] = []
    sleep = asyncio.sleep

    async def hurry(pause_s: float) -> None:
        pauses.append(pause_s)
        await sleep(0)

    monkeypatch.setattr("discord.http.asyncio", SimpleNamespace(**{**vars(asyncio), "sleep": hurry}))
    return pauses


@pytest.mark.parametrize("done", [False, True], ids=["refused", "done all the same"])
@pytest.mark.parametrize("status", [500, 502, 504])
async def test_trouble_of_the_server_is_tried_again_and_seen_once(
    server: Discord, bot: Bot, channel: Channel, to: Address, hurried: list[float], status: int, done: bool
) -> None:
    # Five tries are the library's own; the sixth failure is the outbox's.
    server.fail("POST", MESSAGES, status, times=6, done=done)
    ann = next(iter(channel.people - {server.world.app}))
    server.dm(ann, "practice stale-ai-search")
    await server.shown(channel, "Hint")
    await bot.delivery.settled(to)
    assert len(server.texts(channel)) == len(set(server.texts(channel))) == 2
    assert len([pause_s for pause_s in hurried if pause_s]) == 6
    assert not any(fault.times for fault in server.rest.faults)


async def test_while_one_conversation_waits_others_go_on(server: Discord, bot: Bot, channel: Channel) -> None:
    ann, ben = next(iter(channel.people - {server.world.app})), server.world.person("Ben")
    server.fail("POST", f"/channels/{channel.id}/messages", 429, retry_after_s=40)
    server.dm(ann, "practice stale-ai-search")
    await server.until(lambda: not server.rest.faults[0].times)
    server.dm(ben, "practice stale-ai-search")
    await server.shown(server.world.direct(ben), "Hint")
    assert not server.screen(channel)


async def test_patience_that_discord_asks_for_is_kept_by_the_outbox(server: Discord, bot: Bot, to: Address) -> None:
    server.fail("POST", MESSAGES, 429, retry_after_s=7.5, via=False)
    with pytest.raises(TryLater) as later:
        await bot.adapter.post(reply(to), "")
    assert later.value.after_ms == 7500
    assert later.value.everywhere
    server.fail("POST", MESSAGES, 429, retry_after_s=40)
    with pytest.raises(TryLater) as later:
        await bot.adapter.post(reply(to), "")
    assert later.value.after_ms == 40_000
    assert not later.value.everywhere


async def test_a_slow_request_is_waited_for_by_the_outbox_and_joined_later(
    server: Discord, bot: Bot, channel: Channel, to: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.adapters.discord.limits.POST_WITHIN_S", 0.02)
    server.fail("POST", MESSAGES, 429, retry_after_s=0.2)
    with pytest.raises(TryLater) as later:
        await bot.adapter.post(reply(to), "")
    assert later.value.uncertain
    monkeypatch.undo()
    await bot.adapter.post(reply(to), "")
    assert len(server.screen(channel)) == 1


@pytest.mark.parametrize(
    ("status", "code", "why"),
    [
        (403, 50007, "direct messages are closed"),
        (404, 10003, "the channel was deleted"),
        (403, 50013, "a permission is missing"),
        (403, 50001, "cannot see the channel"),
        (400, 160005, "the thread is locked"),
        (400, 50035, "Discord refuses it"),
    ],
)
async def test_what_will_never_work_is_given_up_with_a_reason(
    server: Discord, bot: Bot, to: Address, status: int, code: int, why: str
) -> None:
    server.fail("POST", MESSAGES, status, code)
    with pytest.raises(Unreachable, match=why):
        await bot.adapter.post(reply(to), "")


async def test_closed_direct_messages_are_said_where_the_command_was_given(server: Discord, bot: Bot) -> None:
    ann = server.world.person("Ann")
    channel = server.world.direct(ann)
    server.world.closed_to_us.add(ann)
    asked = server.command(ann, channel, "practice", question="stale-ai-search")
    await server.until(lambda: asked.original is not None and "direct messages are closed" in seen(asked.original))


async def opened(server: Discord, bot: Bot, how: str = "private") -> tuple[Channel, Channel, Address]:
    """A thread of Ann's."""
    ann, parent = server.world.person("Ann"), server.world.channel(server.world.guild("Study group"))
    server.command(ann, parent, "practice", question="stale-ai-search", thread=how)
    found: Channel = await server.until(
        lambda: next((one for one in server.threads(parent) if len(server.screen(one)) == 2), None)
    )
    await bot.delivery.settled(bot.events[-1].to)
    return parent, found, bot.events[-1].to


async def test_an_archived_thread_is_woken(server: Discord, bot: Bot) -> None:
    _, found, to = await opened(server, bot)
    found.archived = True
    await bot.adapter.post(reply(to), "")
    assert not found.archived
    assert len(server.screen(found)) == 3


async def test_a_locked_thread_is_given_up_and_the_person_told(server: Discord, bot: Bot) -> None:
    _parent, found, to = await opened(server, bot)
    found.archived = found.locked = True
    with pytest.raises(Unreachable):
        await bot.adapter.post(reply(to), "")
    asked = list(server.world.interactions.values())[-1]
    assert asked.original is not None
    assert seen(asked.original) == thread.explain(50083)


@pytest.mark.parametrize(("status", "code"), [(400, 160005), (403, 50001), (403, 50013), (404, 10003)])
async def test_a_thread_that_takes_no_more_is_explained_on_the_response(
    server: Discord, bot: Bot, clock: Clock, status: int, code: int
) -> None:
    _parent, found, to = await opened(server, bot)
    asked = list(server.world.interactions.values())[-1]
    server.fail("POST", MESSAGES, status, code, times=2)
    with pytest.raises(Unreachable):
        await bot.adapter.post(reply(to), "")
    assert asked.original is not None
    assert seen(asked.original) == thread.explain(code)
    assert "write to me directly" in thread.explain(code) or "/hotseat practice opens a new one" in thread.explain(code)

    # Later the command's response can no longer be changed: nothing more is tried.
    clock.ahead_ms = 16 * 60_000
    before = len(server.rest.calls)
    with pytest.raises(Unreachable):
        await bot.adapter.post(reply(to, name="r2"), "")
    assert [path for _, path, _ in server.rest.calls[before:]] == [f"/channels/{found.id}/messages"]


@pytest.mark.parametrize("code", [50001, 50013])
async def test_a_thread_that_may_not_be_opened_is_explained(server: Discord, bot: Bot, code: int) -> None:
    ann, parent = server.world.person("Ann"), server.world.channel(server.world.guild("Study group"))
    server.fail("POST", rf"/channels/{parent.id}/threads", 403, code)
    asked = server.command(ann, parent, "practice")
    await server.until(lambda: asked.original is not None and seen(asked.original) == thread.explain(code))


@pytest.mark.parametrize("how", ["private", "public"])
async def test_a_thread_whose_opening_was_lost_on_the_way_is_opened_once(server: Discord, bot: Bot, how: str) -> None:
    server.fail("POST", r"/channels/\d+/(messages/\d+/)?threads", -1)
    parent, _, _ = await opened(server, bot, how)
    assert len(server.threads(parent)) == 1


async def test_an_edit_replaces_and_a_message_that_was_deleted_is_sent_anew(
    server: Discord, bot: Bot, channel: Channel, to: Address
) -> None:
    known = await bot.adapter.post(reply(to, "one"), "")
    edit = reply(to, "two", "r2", operation=Operation.EDIT, edits="r1")
    assert await bot.adapter.post(edit, known) == known
    assert server.texts(channel) == ["two"]
    channel.messages.clear()
    again = await bot.adapter.post(reply(to, "three", "r3", operation=Operation.EDIT, edits="r1"), known)
    assert again != known
    assert server.texts(channel) == ["three"]
    long = " ".join(f"word{number}" for number in range(1500))
    more = await bot.adapter.post(reply(to, long, "r4", operation=Operation.EDIT, edits="r1"), again)
    assert len(server.texts(channel)) == len(more.split(",")) > 1
    await bot.adapter.post(reply(to, "short", "r5", operation=Operation.EDIT, edits="r1"), more)
    assert server.texts(channel) == ["short"]


async def test_progress_is_one_message_that_goes_when_the_reply_comes(
    server: Discord, bot: Bot, channel: Channel, to: Address
) -> None:
    for done in range(4):
        await bot.adapter.progress(to, Progress("Reading your answer", done, 4))
    await server.shown(channel, "3 of 4")
    assert len(server.screen(channel)) == 1
    await bot.adapter.post(reply(to), "")
    assert server.texts(channel) == ["Where would you start?"]


async def test_progress_left_by_a_process_that_died_is_cleared_away(
    server: Discord, bot: Bot, channel: Channel, to: Address
) -> None:
    left = server.write(channel, server.world.app, "Reading your answer")
    await bot.adapter.places.note_progress(to, int(left["id"]))
    await bot.adapter.post(reply(to), "")
    assert server.texts(channel) == ["Where would you start?"]


async def test_typing_stops_when_the_reply_comes(server: Discord, bot: Bot, channel: Channel, to: Address) -> None:
    await bot.adapter.typing(to)
    await bot.adapter.typing(to)
    await server.until(lambda: server.world.typed)
    await bot.adapter.post(reply(to), "")
    assert server.world.typed == [channel.id]


# Interactions.


async def test_an_interaction_that_ran_out_is_followed_in_direct_messages(
    server: Discord, bot: Bot, clock: Clock
) -> None:
    ann, foreign = server.world.person("Ann"), server.world.channel(server.world.number())
    asked = server.command(ann, foreign, "practice", question="stale-ai-search", guest=True)
    await server.until(lambda: asked.original is not None and "Hint" in seen(asked.original))
    to = bot.events[-1].to
    await bot.delivery.settled(to)
    clock.ahead_ms = 16 * 60_000
    await bot.adapter.post(reply(to, "Two minutes left."), "")
    assert server.texts(server.world.direct(ann)) == ["Two minutes left."]


async def test_a_token_discord_no_longer_knows_counts_as_run_out(server: Discord, bot: Bot) -> None:
    ann = server.world.person("Ann")
    to = parse.whispered(None, server.world.number(), ann)
    await bot.adapter.places.keep(to, Place(ann, "Ann", "message"))
    await bot.adapter.places.answer_through(to, Token(server.world.app, "gone", server.world.clock()))
    await bot.adapter.post(reply(to), "")
    assert server.texts(server.world.direct(ann)) == ["Where would you start?"]
    assert await bot.adapter.places.token(to) is None


async def test_more_than_a_guest_may_say_takes_the_place_of_the_first(server: Discord, bot: Bot) -> None:
    ann, foreign = server.world.person("Ann"), server.world.channel(server.world.number())
    asked = server.command(ann, foreign, "practice", question="stale-ai-search", guest=True)
    await server.until(lambda: asked.original is not None and "Hint" in seen(asked.original))
    to = bot.events[-1].to
    await bot.delivery.settled(to)
    long = " ".join(f"word{number}" for number in range(300))
    for number in range(8):
        await bot.adapter.post(reply(to, f"{number} {long}", f"more{number}"), "")
    assert len(asked.followups) <= 5
    assert asked.original is not None
    assert seen(asked.original).startswith("7 word0")


async def test_a_stumble_on_the_first_response_is_no_failure(server: Discord, bot: Bot, channel: Channel) -> None:
    ann = next(iter(channel.people - {server.world.app}))
    server.fail("POST", r"/interactions/.*", 0)
    server.fail("POST", r"/interactions/.*", 503)
    helped = server.command(ann, channel, "help")
    await server.until(lambda: helped.original)


async def test_a_slow_store_defers_the_response_and_the_promise_follows(
    server: Discord, bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.adapters.discord.limits.STORE_WITHIN_S", 0.01)
    ann, parent = server.world.person("Ann"), server.world.channel(server.world.guild("Study group"))
    slow = asyncio.Event()
    accept = bot.delivery.accept

    async def later(events: object) -> None:
        await slow.wait()
        await accept(events)  # type: ignore[arg-type]

    monkeypatch.setattr(bot.delivery, "accept", later)
    asked = server.command(ann, parent, "practice")
    await server.until(lambda: asked.response)
    assert asked.response is not None
    assert asked.response["type"] == 5
    slow.set()
    await server.until(lambda: asked.original is not None and "<#" in str(asked.original))


async def test_a_form_that_is_not_wanted_any_more(server: Discord, bot: Bot, channel: Channel) -> None:
    ann = next(iter(channel.people - {server.world.app}))
    button = {"type": 2, "style": 1, "label": "Rate", "custom_id": parse.custom_id("form", "self-rating"), "id": 2}
    held = server.write(
        channel, server.world.app, "", flags=1 << 15, components=[{"type": 1, "id": 1, "components": [button]}]
    )
    pressed = server.press(ann, held, "Rate")
    await server.until(lambda: pressed.original)
    assert pressed.original is not None
    assert seen(pressed.original) == interact.NO_FORM


async def test_a_passing_remark_is_made_at_most_once(server: Discord, bot: Bot) -> None:
    ann = server.world.person("Ann")
    asked = server.command(ann, server.world.channel(server.world.number()), "practice", question="stale-ai-search")
    await server.until(lambda: asked.original is not None)
    to = bot.events[-1].to
    await bot.delivery.settled(to)
    before = len(asked.followups)
    remark = reply(
        to, "Somebody is in an interview here.", operation=Operation.EPHEMERAL, person=Person("discord", "", str(ann))
    )
    await bot.adapter.post(remark, "")
    assert len(asked.followups) == before + 1
    assert await bot.adapter.post_again(remark, "") == ""
    assert len(asked.followups) == before + 1


async def test_everything_else_is_tried_again_in_doubt(
    server: Discord, bot: Bot, channel: Channel, to: Address
) -> None:
    first = await bot.adapter.post_again(reply(to), "")
    assert await bot.adapter.post_again(reply(to), "") == first
    assert len(server.screen(channel)) == 1
    edit = reply(to, "Better so?", "r2", operation=Operation.EDIT, edits="r1")
    for _ in range(2):
        assert await bot.adapter.post_again(edit, first) == first
    assert server.texts(channel) == ["Better so?"]
