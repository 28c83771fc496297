"""A channel with a daily question, through the whole of the bot: set up, answered, opened, rated, read by the coach."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest

from bot.adapters.discord import daily as adapter_daily
from bot.adapters.discord import interact
from bot.chat.events import Fired, Submitted
from bot.chat.ids import Board, Round
from bot.study import saying, sealed, stream
from tests.adapters.discord.conftest import Bot
from tests.adapters.discord.group import answered, page
from tests.fakes.discord import checks
from tests.fakes.discord.server import Discord
from tests.fakes.discord.world import MANAGE_CHANNELS, MANAGE_SERVER, Channel, Interaction, Payload, seen

ANSWER = "I'd ask what a late score costs, keep the batch for the rest, and name who is called when it fails."


@dataclass
class Room:
    """A server with a channel, its organiser, and two members."""

    server: Discord
    bot: Bot
    guild: int
    channel: Channel
    ann: int
    ben: int
    cem: int
    role: int

    @property
    def board(self) -> Board:
        return Board("discord", str(self.guild), str(self.channel.id))

    async def answer(self, interaction: Interaction) -> str:
        """What somebody is told, for them alone."""
        await self.server.until(lambda: answered(interaction))
        for one in (interaction.original, *interaction.followups):
            assert one is None or one["flags"] & checks.EPHEMERAL
        return answered(interaction)

    async def opened(self, interaction: Interaction) -> Interaction:
        """An interaction that was answered with a form."""
        await self.server.until(lambda: interaction.form)
        return interaction

    async def run(self, user: int, words: str, at: Channel | None = None, **options: Any) -> str:
        """Give a command; what it is answered with."""
        return await self.answer(self.server.command(user, at or self.channel, words, **options))

    async def press(self, user: int, message: Payload | None, label: str) -> str:
        """Press a button that opens no form."""
        assert message is not None
        return await self.answer(self.server.press(user, message, label))

    async def fill(self, user: int, message: Payload | None, label: str, **values: str) -> str:
        """Press a button that opens a form, and send that."""
        assert message is not None
        form = await self.opened(self.server.press(user, message, label))
        return await self.answer(self.server.submit(user, form, values))

    async def set_up(self) -> None:
        """Set up a stream by command."""
        assert "09:30" in await self.run(self.ann, "daily new", time="9:30", zone="Europe/London")
        await self.bot.delivery.settled(self.board.address)

    async def state(self) -> stream.BoardState:
        """The board as it is stored."""
        await self.bot.delivery.settled(self.board.address)
        return stream.load(await self.bot.store.peek_state(self.board.address))

    async def listed(self) -> Payload:
        """The organiser's view of what there is."""
        await self.bot.delivery.settled(self.board.address)
        asked = self.server.command(self.ann, self.channel, "daily list")
        await self.answer(asked)
        assert asked.original is not None
        return asked.original

    async def post(self) -> tuple[Round, Payload]:
        """Post a question out of turn; its round and its card."""
        await self.press(self.ann, await self.listed(), "Post now")
        day = (await self.state()).streams[0].asked[-1].day
        return self.board.round("s1", day), await self.server.shown(self.channel, "Answer")

    async def ring(self, round_: Round, timer: str) -> None:
        """Let a timer of a round ring now."""
        now_ms = self.server.world.clock()
        await self.bot.delivery.accept([Fired(f"{timer}:{now_ms}", round_.address, now_ms, timer, now_ms)])
        await self.bot.delivery.settled(round_.address)


@pytest.fixture
async def room(server: Discord, bot: Bot) -> Room:
    world = server.world
    guild = world.guild("Study group")
    made = Room(
        server,
        bot,
        guild,
        world.channel(guild),
        world.person("Ann"),
        world.person("Ben"),
        world.person("Cem"),
        world.role(guild, "Night owls"),
    )
    world.wear(made.ann, world.role(guild, "Organiser", MANAGE_CHANNELS))
    return made


async def test_a_question_from_its_set_up_to_the_feedback(room: Room) -> None:
    server, ann, ben = room.server, room.ann, room.ben
    said = await room.run(ann, "daily new", time="9:30", zone="Europe/London", types="trade-off", role=room.role)
    assert "Daily question: Monday to Friday at 09:30 (Europe/London)" in said
    round_, card = await room.post()
    assert card["mention_roles"] == [str(room.role)]
    assert "All answers are opened at once" in seen(card)

    sealed_by_ann = server.submit(ann, await room.opened(server.press(ann, card, "Answer")), {"answer": ANSWER})
    assert saying.SEALED in await room.answer(sealed_by_ann)
    await server.shown(room.channel, "1 answer so far, sealed")
    assert saying.SEALED in await room.fill(ben, card, "Answer", answer="Stream it all.", named="anonymous")
    await server.shown(room.channel, "2 answers so far, sealed")
    changed = await room.opened(server.press(ann, sealed_by_ann.original or {}, "Change it"))
    assert ANSWER in page(changed)
    await room.answer(server.submit(ann, changed, {"answer": f"{ANSWER} Then I'd measure."}))
    assert not any("late score" in text for text in server.texts(room.channel))

    await room.ring(round_, "reveal")
    thread: Channel = await server.until(lambda: server.thread_of(card))
    opened = await server.shown(thread, "Stream it all.", "Then I'd measure.", "Ann")
    assert "Ben" not in seen(opened)
    assert thread.name == f"Answers, {round_.day}"
    assert len(server.screen(room.channel)) == 1
    await server.shown(room.channel, "2 answers, opened in the thread")

    # Each rates the other's, from the invitation in their direct messages.
    for user in (ann, ben):
        invited = await server.shown(server.world.direct(user), "Rate the first")
        form = await room.opened(server.press(user, invited, "Rate the first"))
        assert form.form is not None
        fields = [one["component"]["custom_id"] for one in form.form["components"] if "component" in one]
        assert ("Stream it all." if user == ann else "late score") in page(form)
        rated = await room.answer(server.submit(user, form, dict.fromkeys(fields, "3")))
        assert saying.RATED_ALL in rated
    feedback = await server.shown(server.world.direct(ann), "One member rated it", "One change for next time")
    assert feedback["attachments"]
    assert not any("One change" in text for channel in (room.channel, thread) for text in server.texts(channel))


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


async def test_a_rating_that_comes_too_late_is_given_back(room: Room) -> None:
    server = room.server
    await room.set_up()
    assert "Change" in seen(await room.listed())
    changed = await room.run(room.ann, "daily new", time="9:30", zone="UTC", numbers="no")
    assert "09:30" in changed
    await room.bot.delivery.settled(room.board.address)
    listed = await room.listed()
    buttons = [one for one in checks.walk(listed["components"]) if one.get("label") == "Post now"]
    only = {**listed, "components": [{"type": 1, "id": 1, "components": [buttons[-1]]}]}
    await room.press(room.ann, only, "Post now")
    round_ = room.board.round("s2", (await room.state()).streams[1].asked[-1].day)
    card = await server.shown(room.channel, "Answer")
    await room.fill(room.ann, card, "Answer", answer=ANSWER)
    await room.fill(room.ben, card, "Answer", answer="Stream it.")
    await room.ring(round_, "reveal")
    invited = await server.shown(server.world.direct(room.ann), "Rate the first")
    form = await room.opened(server.press(room.ann, invited, "Rate the first"))
    await room.ring(round_, "rated")
    text = await room.answer(server.submit(room.ann, form, {"worked": "Short and clear.", "next": "Say why."}))
    assert saying.OVER in text
    assert "Short and clear." in text
    assert "Say why." in text


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


async def test_an_answer_is_given_back_when_nothing_can_be_stored_or_it_is_too_long(room: Room) -> None:
    server = room.server
    await room.set_up()
    round_, card = await room.post()
    room.bot.away = True
    form = await room.opened(server.press(room.ben, card, "Answer"))
    lost = server.submit(room.ben, form, {"answer": ANSWER})
    text = await room.answer(lost)
    assert adapter_daily.AWAY in text
    assert ANSWER in text
    room.bot.away = False
    again = await room.opened(server.press(room.ben, lost.original or {}, "Try again"))
    long = server.submit(room.ben, again, {"answer": ANSWER * 30})
    text = await room.answer(long)
    assert "at most 2,000 characters" in text
    kept = await room.opened(server.press(room.ben, long.original or {}, "Try again"))
    assert ANSWER * 30 in page(kept)
    assert saying.SEALED in await room.answer(server.submit(room.ben, kept, {"answer": ANSWER}))
    await room.bot.delivery.settled(round_.address)
    fresh = await room.opened(server.press(room.ben, card, "Answer"))
    assert ANSWER in page(fresh)


async def test_taking_an_answer_back_before_and_after_it_is_opened(room: Room) -> None:
    server = room.server
    await room.set_up()
    round_, card = await room.post()
    first = server.submit(room.ben, await room.opened(server.press(room.ben, card, "Answer")), {"answer": "Mine."})
    await room.answer(first)
    await server.shown(room.channel, "1 answer")
    assert saying.TAKEN_BACK in await room.press(room.ben, first.original, "Take it back")
    await server.until(lambda: "1 answer" not in server.texts(room.channel)[0])
    for user in (room.ann, room.ben):
        last = server.submit(user, await room.opened(server.press(user, card, "Answer")), {"answer": f"{user}'s"})
        await room.answer(last)
    await room.ring(round_, "reveal")
    thread: Channel = await server.until(lambda: server.thread_of(card))
    await server.shown(thread, f"{room.ben}'s")
    thread.archived = True  # Discord does that by itself after a while
    assert saying.TAKEN_OUT in await room.press(room.ben, last.original, "Take it back")
    await server.until(lambda: any("Taken back by its author" in text for text in server.texts(thread)))
    assert not any(f"{room.ben}'s" in text for text in server.texts(thread))


async def test_the_bot_is_removed_from_the_server(room: Room) -> None:
    server = room.server
    await room.set_up()
    round_, card = await room.post()
    await room.fill(room.ann, card, "Answer", answer=ANSWER)
    await room.fill(room.ben, card, "Answer", answer="Stream it.")
    server.world.leave(room.guild)
    await room.ring(round_, "reveal")
    note = await server.shown(server.world.direct(room.ann), "is paused", "the bot cannot see the channel any more")
    held = await room.bot.store.peek_state(round_.address)
    assert held is not None
    assert sealed.load(held).unsaid == "the bot cannot see the channel any more"
    invited = await server.shown(server.world.direct(room.ben), "Rate the first")
    assert await room.press(room.ben, invited, "Rate the first") == adapter_daily.LEFT

    # Back again, it goes on from the same note.
    server.world.left.clear()
    server.world.emit("GUILD_CREATE", server.world.guild_shape(room.guild))
    assert "goes on" in await room.press(room.ann, note, "Go on")
    assert not (await room.state()).streams[0].paused


async def test_a_deleted_channel_pauses_its_stream(room: Room) -> None:
    await room.set_up()
    room.channel.gone = True
    await room.press(room.ann, await room.listed(), "Post now")
    await room.server.shown(room.server.world.direct(room.ann), "is paused", "the channel was deleted")


async def test_a_card_that_a_moderator_removed_stays_removed_and_the_answers_are_still_opened(room: Room) -> None:
    server = room.server
    await room.set_up()
    round_, card = await room.post()
    await room.fill(room.ann, card, "Answer", answer=ANSWER)
    form = await room.opened(server.press(room.ben, card, "Answer"))
    server.remove(room.channel, card)
    await room.answer(server.submit(room.ben, form, {"answer": "Stream it."}))
    await room.bot.delivery.settled(round_.address)
    assert server.texts(room.channel) == []
    await room.ring(round_, "reveal")
    await server.shown(room.channel, "Stream it.", "late score")
    assert server.threads(room.channel) == []


@pytest.mark.parametrize("refused", [(403, 50013), (400, 160006)], ids=["no permission", "too many threads"])
async def test_where_no_thread_can_be_opened_the_answers_are_posted_in_the_channel(
    room: Room, refused: tuple[int, int]
) -> None:
    await room.set_up()
    round_, card = await room.post()
    await room.fill(room.ann, card, "Answer", answer=ANSWER)
    await room.fill(room.ben, card, "Answer", answer="Stream it.")
    room.server.fail("POST", r"/channels/\d+/messages/\d+/threads", *refused, times=9)
    await room.ring(round_, "reveal")
    await room.server.shown(room.channel, "Stream it.", "late score")


async def test_a_reveal_through_failures_shows_everything_once(room: Room) -> None:
    server = room.server
    await room.set_up()
    round_, card = await room.post()
    await room.fill(room.ann, card, "Answer", answer=ANSWER)
    await room.fill(room.ben, card, "Answer", answer="Stream it.")
    # The thread is there, but the answer to opening it was lost; posts arrive, and nobody hears of it.
    server.fail("POST", r"/channels/\d+/messages/\d+/threads", 0, done=True)
    server.fail("POST", r"/channels/\d+/messages", 0, times=3, done=True)
    await room.ring(round_, "reveal")
    (thread,) = server.threads(room.channel)
    everything = "\n".join(server.texts(thread))
    assert everything.count("Stream it.") == 1
    assert everything.count("An outstanding one") == 1
    for user in (room.ann, room.ben):
        assert sum("to rate" in text for text in server.texts(server.world.direct(user))) == 1


async def test_a_button_of_another_server_or_of_nothing_at_all(room: Room) -> None:
    server, world = room.server, room.server.world
    other = world.channel(world.guild("Another group"))
    await room.set_up()
    _, card = await room.post()
    copied = server.write(other, world.app, "", flags=card["flags"], components=card["components"])
    assert await room.press(room.ben, copied, "Answer") == interact.OLD
    assert not [event for event in room.bot.events if event.to.startswith("round:")]


async def test_mentioned_in_a_channel_it_offers_both(room: Room) -> None:
    server = room.server
    server.write(room.channel, room.ann, f"<@{server.world.app}> hello")
    offered = await server.shown(room.channel, "Try an interview", "Set up a daily question")
    form = await room.opened(server.press(room.ann, offered, "Set up a daily question"))
    assert "At what time" in page(form)
    assert saying.NOT_ALLOWED in await room.press(room.ben, offered, "Set up a daily question")


async def test_many_answer_at_once(room: Room) -> None:
    """Forty people within a moment: each is told, the card counts them all, and it is edited far less often."""
    server = room.server
    await room.set_up()
    round_, card = await room.post()
    people = [server.world.person(f"Member {number}") for number in range(40)]
    await asyncio.gather(*(room.fill(user, card, "Answer", answer=f"Answer of {user}.") for user in people))
    await server.shown(room.channel, "40 answers so far, sealed")
    await room.ring(round_, "reveal")
    thread: Channel = await server.until(lambda: server.thread_of(card))
    everything = "\n".join(server.texts(thread))
    assert all(everything.count(f"Answer of {user}.") == 1 for user in people)
