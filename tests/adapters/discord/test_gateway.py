"""What a broken connection does: events come twice or not at all, and nothing is said twice or lost."""

from __future__ import annotations

import logging
from datetime import datetime

import pytest

from bot.adapters.discord import catchup, connect, parse
from bot.chat.adapter import NotServed
from bot.chat.events import Edited, Event, Pressed, Ran, Said
from bot.store.valkey import ValkeyStore
from tests.adapters.discord.conftest import Bot, MakeBot
from tests.fakes.discord.server import Discord
from tests.fakes.discord.world import Channel, seen

QUESTION = "The search that quotes last month"


async def begun(server: Discord) -> tuple[int, Channel]:
    """Ann in an interview in direct messages."""
    ann = server.world.person("Ann")
    channel = server.world.direct(ann)
    server.dm(ann, "practice stale-ai-search")
    await server.shown(channel, QUESTION)
    return ann, channel


def said(events: list[Event]) -> list[str]:
    return [event.text for event in events if isinstance(event, Said)]


async def answered(server: Discord, bot: Bot, *texts: str) -> None:
    """All this was taken in, in this order, whatever else came more than once."""
    await server.until(lambda: list(dict.fromkeys(said(bot.events))) == list(texts))


async def test_what_is_sent_twice_is_answered_once(server: Discord, bot: Bot) -> None:
    ann, channel = await begun(server)
    server.gateway.again()
    server.dm(ann, "did anything ship last week?")
    server.gateway.again()
    await answered(server, bot, "did anything ship last week?")
    await bot.delivery.settled(bot.events[0].to)
    cards = [text for text in server.texts(channel) if QUESTION in text]
    assert len(cards) == 1
    assert len(server.screen(channel)) == 3  # the note, the card and one answer


async def test_a_command_sent_twice_opens_one_thread(server: Discord, bot: Bot) -> None:
    ann, channel = server.world.person("Ann"), server.world.channel(server.world.guild("Study group"))
    asked = server.command(ann, channel, "practice", thread="public")
    server.gateway.again()
    await server.until(lambda: server.threads(channel) and len(server.screen(server.threads(channel)[0])) >= 2)
    await server.until(lambda: len([event for event in bot.events if isinstance(event, Ran)]) == 2)
    await bot.delivery.settled(bot.events[0].to)
    assert len({event.id for event in bot.events}) == 1
    assert len(server.threads(channel)) == 1
    assert asked.response is not None


async def test_a_connection_that_breaks_is_resumed_and_misses_nothing(server: Discord, bot: Bot) -> None:
    ann, _channel = await begun(server)
    server.gateway.open.clear()
    await server.gateway.cut()
    server.dm(ann, "one")
    server.dm(ann, "two")
    server.gateway.open.set()
    await answered(server, bot, "one", "two")
    assert server.gateway.log == ["identify", "resume"]


async def test_being_asked_to_reconnect_is_no_news(server: Discord, bot: Bot) -> None:
    ann, _ = await begun(server)
    await server.gateway.ask_to_reconnect()
    await server.until(lambda: server.gateway.log[1:] == ["resume"] or server.dm(ann, "hint") is None)
    server.dm(ann, "one")
    await answered(server, bot, "one")
    assert server.gateway.log == ["identify", "resume"]


async def test_a_session_that_is_lost_is_made_up_for_from_history(server: Discord, bot: Bot) -> None:
    ann, _channel = await begun(server)
    server.dm(ann, "before")
    await answered(server, bot, "before")
    server.gateway.open.clear()
    await server.gateway.cut()
    server.gateway.forget_sessions()
    server.dm(ann, "one")
    server.dm(ann, "two")
    server.gateway.open.set()
    await server.until(lambda: server.gateway.log.count("identify") == 2)
    server.dm(ann, "three")
    await answered(server, bot, "before", "one", "two", "three")
    await bot.delivery.settled(bot.events[0].to)
    assert server.gateway.log == ["identify", "invalid", "identify"]


async def test_what_was_written_while_the_bot_was_down_is_answered_when_it_is_back(
    server: Discord, make_bot: MakeBot, store: ValkeyStore
) -> None:
    first = make_bot()
    await first.start()
    ann, channel = await begun(server)
    server.dm(ann, "did anything ship last week?")
    await answered(server, first, "did anything ship last week?")
    await first.delivery.settled(first.events[0].to)
    shown = len(server.screen(channel))
    await first.stop()
    await first.delivery.stop(1)
    server.gateway.forget_sessions()

    server.dm(ann, "is it all pages or some?")
    ben = server.world.person("Ben")
    server.dm(ben, "hello")  # no interview: nothing is looked for, and nothing said, unasked

    second = make_bot()
    await second.start()
    assert "is it all pages or some?" in said(second.events)
    await second.delivery.settled(second.events[0].to)
    assert len(server.screen(channel)) == shown + 1
    assert not server.screen(server.world.direct(ben))


async def test_a_thread_is_read_again_too_and_only_what_its_candidate_wrote(server: Discord, make_bot: MakeBot) -> None:
    server.gateway.granted |= 1 << 15
    bot = make_bot(content=True)
    await bot.start()
    ann, ben = server.world.person("Ann"), server.world.person("Ben")
    channel = server.world.channel(server.world.guild("Study group"))
    server.command(ann, channel, "practice", question="stale-ai-search")
    thread: Channel = await server.until(
        lambda: next((one for one in server.threads(channel) if len(server.screen(one)) == 2), None)
    )
    server.gateway.open.clear()
    await server.gateway.cut()
    server.gateway.forget_sessions()
    server.write(thread, ann, "one")
    server.write(thread, ben, "psst")
    server.gateway.open.set()
    await answered(server, bot, "one")


async def test_a_thread_deleted_meanwhile_holds_nobody_up(server: Discord, bot: Bot) -> None:
    ann, channel = await begun(server)
    server.gateway.open.clear()
    await server.gateway.cut()
    server.gateway.forget_sessions()
    server.fail("GET", f"/channels/{channel.id}/messages", 404, 10003)
    server.gateway.open.set()
    await server.until(lambda: server.gateway.log.count("identify") == 2)
    server.dm(ann, "still there?")
    await answered(server, bot, "still there?")


async def test_a_button_pressed_while_the_bot_was_down_works_when_it_is_pressed_again(
    server: Discord, make_bot: MakeBot
) -> None:
    first = make_bot()
    await first.start()
    ann, channel = await begun(server)
    await first.delivery.settled(first.events[0].to)
    card = await server.shown(channel, QUESTION, "Hint")
    await first.stop()
    await first.delivery.stop(1)
    server.gateway.forget_sessions()
    missed = server.press(ann, card, "Hint")

    second = make_bot()
    await second.start()
    shown = len(server.screen(channel))
    again = server.press(ann, card, "Hint")
    await server.until(lambda: again.response and len(server.screen(channel)) > shown)
    await second.delivery.settled(second.events[0].to)
    assert missed.response is None
    assert [event.id for event in second.events if isinstance(event, Pressed)] == [
        parse.event_id(None, channel.id, again.payload["id"])
    ]


async def test_what_was_changed_while_nobody_listened_is_changed_once(server: Discord, bot: Bot) -> None:
    ann = server.world.person("Ann")
    channel = server.world.direct(ann)
    chat = server.dm(ann, "hello")  # before the interview, and never part of it
    await server.shown(channel, "Try an interview")
    server.dm(ann, "practice stale-ai-search")
    await server.shown(channel, QUESTION)
    first = server.dm(ann, "did anything ship last week?")
    second = server.dm(ann, "is it all pages?")
    await answered(server, bot, "did anything ship last week?", "is it all pages?")
    server.change(channel, second, "is it all pages or some?")
    await server.until(lambda: isinstance(bot.events[-1], Edited))
    known = bot.events[-1].id

    server.gateway.open.clear()
    await server.gateway.cut()
    server.gateway.forget_sessions()
    server.change(channel, first, "did anything ship on Monday?")
    server.change(channel, chat, "practice something else")
    late = server.dm(ann, "who runs the crawler?")
    server.change(channel, late, "who owns the crawler?")
    server.gateway.open.set()
    await server.until(lambda: "who owns the crawler?" in said(bot.events))
    await bot.adapter.connected()
    await bot.delivery.settled(bot.events[0].to)

    edits = {event.id: event for event in bot.events if isinstance(event, Edited)}
    stamp = round(datetime.fromisoformat(first["edited_timestamp"]).timestamp() * 1000)
    changed = edits[parse.event_id(None, channel.id, f"{first['id']}:{stamp}")]
    assert (changed.message, changed.text) == (first["id"], "did anything ship on Monday?")
    assert known in edits  # found again under the same id, and so taken in once
    assert late["id"] not in {event.message for event in edits.values()}
    assert "who runs the crawler?" not in said(bot.events)
    assert sum(isinstance(event, Ran) for event in {event.id: event for event in bot.events}.values()) == 1
    state = await bot.store.peek_state(bot.events[0].to)
    assert state is not None
    assert "did anything ship on Monday?" in str(state)
    assert "did anything ship last week?" not in str(state)


async def test_a_server_we_know_nothing_of_is_no_direct_message(server: Discord, bot: Bot) -> None:
    ann = server.world.person("Ann")
    foreign = server.world.channel(server.world.number())
    server.write(foreign, ann, "practice stale-ai-search")
    server.dm(ann, "hello")
    await server.shown(server.world.direct(ann), "Try an interview")
    assert not bot.events
    assert not server.screen(foreign)


async def test_a_missing_intent_is_named_with_what_to_do(make_bot: MakeBot) -> None:
    bot = make_bot(content=True)
    with pytest.raises(NotServed, match="Message Content Intent"):
        await bot.start()
    bot.task = None


async def test_a_wrong_token_is_named_and_never_shown(make_bot: MakeBot) -> None:
    bot = make_bot(token="MTIz.wrong.token")
    with pytest.raises(NotServed) as refused:
        await bot.start()
    assert str(refused.value) == connect.NO_TOKEN
    assert "wrong" not in str(refused.value)
    bot.task = None


async def test_the_commands_discord_is_told_of(server: Discord, bot: Bot) -> None:
    group, menu = server.world.commands
    assert (group["name"], menu["name"]) == ("hotseat", "Practise this question")
    assert group["integration_types"] == [0, 1]
    assert group["contexts"] == [0, 1, 2]
    practice = next(option for option in group["options"] if option["name"] == "practice")
    assert {option["name"] for option in practice["options"] if option.get("autocomplete")} == {
        "type",
        "level",
        "question",
        "persona",
    }
    helped = server.command(server.world.person("Ann"), server.world.direct(server.world.person("Ann")), "help")
    await server.until(lambda: helped.original)
    assert helped.original is not None
    assert "/hotseat practice" in seen(helped.original)


async def test_what_came_while_the_store_was_away_is_found_again(
    server: Discord, bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catchup, "PAUSE_S", 0.01)
    ann, _ = await begun(server)
    bot.away = True
    server.dm(ann, "one")
    server.dm(ann, "two")
    ben = server.world.person("Ben")
    server.dm(ben, "practice")
    await server.until(lambda: [call for call in server.rest.calls if call[0] == "GET" and "messages" in call[1]])
    bot.away = False
    server.dm(ann, "three")
    await answered(server, bot, "one", "two", "three")


async def test_two_processes_answer_as_one(server: Discord, make_bot: MakeBot) -> None:
    first, second = make_bot(), make_bot()
    await first.start()
    await second.start()
    ann, channel = await begun(server)
    server.dm(ann, "did anything ship last week?")
    await server.until(lambda: said(first.events) and said(second.events))
    opened = server.command(ann, channel, "help")
    await server.until(lambda: opened.original and len(server.screen(channel)) == 3)
    await first.delivery.stop(1)
    await second.delivery.stop(1)
    assert len(server.screen(channel)) == 3


async def test_nothing_anybody_wrote_is_logged_at_any_level(
    server: Discord, bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    ann, channel = await begun(server)
    server.dm(ann, "a sentence like no other")
    await answered(server, bot, "a sentence like no other")
    server.change(channel, server.dm(ann, "an afterthought"), "a second thought")
    await server.until(lambda: any(isinstance(event, Edited) for event in bot.events))
    await bot.delivery.settled(bot.events[0].to)
    for words in ("no other", "afterthought", "second thought", server.token):
        assert words not in caplog.text
