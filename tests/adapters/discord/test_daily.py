"""A channel with a daily question, through the whole of the bot: answered, opened, rated, read by the coach; and trouble."""

from __future__ import annotations

import asyncio

import pytest

from bot.adapters.discord import daily as adapter_daily
from bot.adapters.discord import interact
from bot.study import saying, sealed
from tests.adapters.discord.group import page
from tests.adapters.discord.room import Room
from tests.fakes.discord import checks
from tests.fakes.discord.world import Channel, seen

ANSWER = "I'd ask what a late score costs, keep the batch for the rest, and name who is called when it fails."


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
