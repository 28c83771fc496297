"""Setting up a daily question on Discord, by command and by form: who may, what is missing, what is typed twice."""

from __future__ import annotations

from bot.adapters.discord import daily as adapter_daily
from bot.chat.events import Submitted
from bot.chat.ids import Board
from bot.study import saying
from tests.adapters.discord.group import page
from tests.adapters.discord.room import Room
from tests.fakes.discord import checks
from tests.fakes.discord.world import MANAGE_SERVER, Channel


async def test_who_may_set_one_up(room: Room) -> None:
    server, world = room.server, room.server.world
    assert saying.NOT_ALLOWED in await room.run(room.ben, "daily new", time="9:30", zone="Europe/London")
    assert saying.NOT_ALLOWED in await room.run(room.ben, "daily new")
    assert "Whoever runs the channel" in await room.run(room.ben, "daily list")

    # Who runs another channel runs that one only, wherever they say so.
    other = world.channel(room.guild, "other")
    other.managers.add(room.ben)
    world.emit("CHANNEL_UPDATE", world.shape(other))
    assert "09:30" in await room.run(room.ben, "daily new", time="9:30", zone="Europe/London", channel=other)
    third = world.channel(room.guild, "third")
    text = await room.run(room.ben, "daily new", time="9:30", zone="Europe/London", channel=third)
    assert saying.NOT_ALLOWED in text
    sent = [event for event in room.bot.events if isinstance(event, Submitted)]
    assert [event.to for event in sent] == [Board("discord", str(room.guild), str(other.id)).address]
    assert sent[0].organiser

    # And who runs the server, all of them, also from a thread.
    world.wear(room.cem, world.role(room.guild, "Moderator", MANAGE_SERVER))
    thread = world.thread(room.channel, 11, "Off topic")
    assert "09:30" in await room.run(room.cem, "daily new", thread, time="9:30", zone="Europe/London")
    assert [event.to for event in room.bot.events if isinstance(event, Submitted)][-1] == room.board.address
    assert server.texts(room.channel) == []


async def test_set_up_in_one_form_and_changed_in_parts(room: Room) -> None:
    server, ann = room.server, room.ann
    form = await room.opened(server.command(ann, room.channel, "daily new"))
    assert "In which time zone" in page(form)
    wrong = server.submit(ann, form, {"time": "noonish", "zone": "London"})
    text = await room.answer(wrong)
    assert "A time of day, please" in text
    assert "noonish" in text
    again = await room.opened(server.press(ann, wrong.original or {}, "Try again"))
    assert "noonish" in page(again)
    assert "09:30" in await room.answer(server.submit(ann, again, {"time": "9:30", "zone": "Europe/London"}))

    change = server.press(ann, await room.listed(), "Change")
    assert "The rest stays as it is" in await room.answer(change)
    assert change.original is not None
    labels = [one["label"] for one in checks.walk(change.original["components"]) if one["type"] == checks.BUTTON]
    assert len(labels) == 3
    second = await room.opened(server.press(ann, change.original, labels[1]))
    changed = await room.answer(server.submit(ann, second, {"levels": "mid,senior", "role": str(room.role)}))
    assert "09:30" in changed
    (held,) = (await room.state()).streams
    assert (held.levels, held.mention, held.minute) == (("mid", "senior"), str(room.role), 570)
    third = await room.opened(server.press(ann, change.original, labels[2]))
    assert "Show them" in page(third)
    await room.answer(server.submit(ann, third, {"name": "Breakfast", "numbers": "no"}))
    (held,) = (await room.state()).streams
    assert (held.name, held.numbers, held.mention, held.zone) == ("Breakfast", False, str(room.role), "Europe/London")

    # What is chosen already stands in the form, and can be taken out.
    second = await room.opened(server.press(ann, change.original, labels[1]))
    await room.answer(server.submit(ann, second, {"role": ""}))
    (held,) = (await room.state()).streams
    assert (held.levels, held.mention, held.name) == (("mid", "senior"), "", "Breakfast")


async def test_a_command_with_a_mistake_is_given_back_and_goes_on_in_the_form(room: Room) -> None:
    server, ann = room.server, room.ann
    asked = server.command(
        ann, room.channel, "daily new", time="9:75", zone="Atlantis", types="trade-off", quiet="24 Dec"
    )
    text = await room.answer(asked)
    assert "A time of day, please" in text
    assert "I don't know that time zone" in text
    assert "/hotseat daily new time:9:75 zone:Atlantis types:trade-off quiet:24 Dec" in text
    again = await room.opened(server.press(ann, asked.original or {}, "Try again"))
    await room.answer(server.submit(ann, again, {"time": "9:15", "zone": "Europe/Berlin"}))
    (held,) = (await room.state()).streams
    assert (held.minute, held.zone, held.types) == (555, "Europe/Berlin", ("trade-off",))
    assert held.quiet


async def test_what_the_bot_may_not_do_there_is_said_before_anything_is_set_up(room: Room) -> None:
    text = await room.run(room.ann, "daily new", permissions=str((1 << 10) | (1 << 38)))
    assert "Send Messages and Create Public Threads" in text
    text = await room.run(room.ann, "daily new", time="9:30", zone="UTC", permissions=str(1 << 10))
    assert "Send Messages in Threads" in text
    assert not room.bot.events


async def test_everybody_is_notified_only_where_an_organiser_chose_that(room: Room) -> None:
    server = room.server
    await room.set_up()
    change = server.press(room.ann, await room.listed(), "Change")
    await room.answer(change)
    assert change.original is not None
    labels = [one["label"] for one in checks.walk(change.original["components"]) if one["type"] == checks.BUTTON]
    second = await room.opened(server.press(room.ann, change.original, labels[1]))
    await room.answer(server.submit(room.ann, second, {"role": str(room.guild)}))
    round_, card = await room.post()
    assert card["mention_everyone"]
    assert not card["mention_roles"]
    await room.fill(room.ben, card, "Answer", answer="@everyone look")
    await room.ring(round_, "reveal")
    thread: Channel = await server.until(lambda: server.thread_of(card))
    assert not any(one["mention_everyone"] for one in server.screen(thread))


async def test_lists_for_the_command(room: Room) -> None:
    typed = room.server.typing(room.ann, room.channel, "daily new", "zone", "lond")
    await room.server.until(lambda: typed.response)
    assert typed.choices == ["Europe/London"]
    more = room.server.typing(room.ann, room.channel, "daily new", "types", "debugging, trade")
    await room.server.until(lambda: more.response)
    assert more.choices == ["debugging, trade-off"]


async def test_where_there_is_no_channel(room: Room) -> None:
    direct = room.server.world.direct(room.ann)
    for words in ("daily list", "daily new", "daily suggest", "daily mine", "daily board"):
        assert await room.run(room.ann, words, direct) == adapter_daily.WHERE
    elsewhere = room.server.world.channel(room.server.world.number())
    guest = room.server.command(room.ann, elsewhere, "daily list", guest=True)
    assert await room.answer(guest) == adapter_daily.NOT_HERE
    assert not room.bot.events


async def test_a_member_suggests_and_an_organiser_takes_it_in_from_direct_messages(room: Room) -> None:
    server = room.server
    await room.set_up()
    form = await room.opened(server.command(room.ben, room.channel, "daily suggest"))
    assert "Whoever runs this channel decides" in page(form)
    short = server.submit(room.ben, form, {"title": "Caches", "text": "Why?", "type": "trade-off"})
    text = await room.answer(short)
    assert "20 to 1,500 characters" in text
    assert "Caches\n\nWhy?" in text
    again = await room.opened(server.press(room.ben, short.original or {}, "Try again"))
    question = "When would you rather not have a cache in front of a model?"
    assert saying.SUGGESTED in await room.answer(server.submit(room.ben, again, {"text": question}))
    asked = await server.shown(server.world.direct(room.ann), "Ben suggests: Caches", question)
    await room.press(room.ann, asked, "Take it in")
    await server.shown(server.world.direct(room.ben), "Caches", "is in")
    assert "decided already" in await room.press(room.ann, asked, "Leave it out")


async def test_ones_own_choices_and_the_board(room: Room) -> None:
    await room.set_up()
    assert "Nobody has taken part here yet" in await room.run(room.ben, "daily board")
    form = await room.opened(room.server.command(room.ben, room.channel, "daily mine"))
    assert "Remind me" in page(form)
    sent = room.server.submit(room.ben, form, {"remind": "17:00", "zone": "Asia/Tokyo", "listed": "yes"})
    assert "Kept." in await room.answer(sent)
    state = await room.state()
    (member,) = state.members.values()
    assert (member.remind, member.zone, member.listed) == (1020, "Asia/Tokyo", True)


async def test_mentioned_in_a_channel_it_offers_both(room: Room) -> None:
    server = room.server
    server.write(room.channel, room.ann, f"<@{server.world.app}> hello")
    offered = await server.shown(room.channel, "Try an interview", "Set up a daily question")
    form = await room.opened(server.press(room.ann, offered, "Set up a daily question"))
    assert "At what time" in page(form)
    assert saying.NOT_ALLOWED in await room.press(room.ben, offered, "Set up a daily question")
