"""Interviews on Discord, from the first word to the scorecard, through the whole of the bot."""

from __future__ import annotations

from bot.adapters.discord import arrive, interact
from bot.chat.events import Deleted, Edited, Ran, Said
from tests.adapters.discord.conftest import Bot, MakeBot
from tests.fakes.discord.server import Discord
from tests.fakes.discord.world import Channel, Interaction, Payload, seen

QUESTION = "The search that quotes last month"


async def test_an_interview_in_direct_messages(server: Discord, bot: Bot) -> None:
    ann = server.world.person("Ann")
    channel = server.world.direct(ann)

    server.dm(ann, "hello")
    await server.shown(channel, "Try an interview")
    assert not bot.events  # nothing she says before an interview is kept

    server.dm(ann, "practice stale-ai-search")
    await server.shown(channel, QUESTION, "Hint", "Stop")
    server.dm(ann, "did anything ship last week?")
    await server.until(lambda: len(server.screen(channel)) >= 4)

    server.dm(ann, "stop")
    form = await server.shown(channel, "how did you do?", "Show me the feedback")
    opened = server.press(ann, form, "Show me the feedback")
    await server.until(lambda: opened.form)
    assert opened.form is not None
    first = next(one["component"]["custom_id"] for one in opened.form["components"] if "component" in one)
    sent = server.submit(ann, opened, {first: "4"})
    card = await server.shown(channel, "One change for next time")
    assert card["attachments"][0]["description"]
    await server.until(lambda: sent.response)
    assert sent.response is not None
    assert sent.response["type"] == 6

    offers = await server.shown(channel, "See a strong answer")
    server.press(ann, offers, "See a strong answer")
    await server.shown(channel, "A strong answer")
    again = server.command(ann, channel, "history")
    await server.until(lambda: again.original)
    assert again.original is not None
    assert QUESTION in seen(again.original)


async def opened_thread(server: Discord, ann: int, channel: Channel, **options: object) -> Channel:
    asked = server.command(ann, channel, "practice", question="stale-ai-search", **options)
    thread: Channel = await server.until(
        lambda: next((one for one in server.threads(channel) if server.screen(one)), None)
    )
    await server.shown(thread, QUESTION)
    await server.until(lambda: asked.original is not None and f"<#{thread.id}>" in str(asked.original))
    return thread


async def test_a_private_thread_where_answers_are_given_by_button(server: Discord, bot: Bot) -> None:
    ann, channel = server.world.person("Ann"), server.world.channel(server.world.guild("Study group"))
    thread = await opened_thread(server, ann, channel)
    assert thread.type == 12
    assert ann in thread.people

    # What is typed cannot be read, and she is told so once.
    server.write(thread, ann, "is it all pages?")
    server.write(thread, ann, "hello?")
    note = await server.shown(thread, "unless they mention me")
    card = await server.shown(thread, QUESTION, "Answer")
    opened = server.press(ann, card, "Answer")
    await server.until(lambda: opened.form)
    server.submit(ann, opened, {"answer": "is it all pages or some?"})
    await server.until(lambda: [event for event in bot.events if isinstance(event, Said)])
    await server.until(lambda: len(server.screen(thread)) >= 4)
    assert sum(seen(one) == seen(note) for one in server.screen(thread)) == 1

    # A mention can always be read.
    server.write(thread, ann, f"<@{server.world.app}> and did anything ship?")
    await server.until(lambda: [event for event in bot.events if isinstance(event, Said)][1:])
    assert [event.text for event in bot.events if isinstance(event, Said)] == [
        "is it all pages or some?",
        "and did anything ship?",
    ]


async def test_a_public_thread_where_others_only_read_along(make_bot: MakeBot, server: Discord) -> None:
    server.gateway.granted |= 1 << 15
    bot = make_bot(content=True)
    await bot.start()
    ann, ben = server.world.person("Ann"), server.world.person("Ben")
    channel = server.world.channel(server.world.guild("Study group"))
    thread = await opened_thread(server, ann, channel, thread="public")
    assert thread.type == 11
    assert "Ann is in an interview" in server.texts(channel)[0]

    server.write(thread, ben, "it is the index, Ann")
    server.write(thread, ben, "told you")
    server.write(channel, ben, "unrelated secret")
    await server.shown(thread, arrive.BYSTANDER)
    asked = server.write(thread, ann, "did anything ship last week?")
    await server.until(lambda: [event for event in bot.events if isinstance(event, Said)])
    assert [event.text for event in bot.events if isinstance(event, Said)] == ["did anything ship last week?"]
    assert server.texts(thread).count(arrive.BYSTANDER) == 1

    server.change(thread, asked, "did anything ship on Monday?")
    server.remove(thread, asked)
    await server.until(lambda: isinstance(bot.events[-1], Deleted))
    edited = bot.events[-2]
    assert isinstance(edited, Edited)
    assert (edited.message, edited.text) == (asked["id"], "did anything ship on Monday?")

    pressed = server.press(ben, await server.shown(thread, QUESTION), "Stop")
    await server.until(lambda: pressed.original)
    assert pressed.original is not None
    assert seen(pressed.original) == interact.NOT_YOURS


async def test_an_interview_begun_by_a_mention(server: Discord, bot: Bot) -> None:
    ann, channel = server.world.person("Ann"), server.world.channel(server.world.guild("Study group"))
    server.write(channel, ann, f"<@{server.world.app}> what can you do?")
    await server.shown(channel, "Try an interview")
    asked = server.write(channel, ann, f"<@{server.world.app}> practice debugging, senior".replace(",", ""))
    thread: Channel = await server.until(lambda: server.world.channels.get(int(asked["id"])))
    await server.shown(thread, "Debugging · senior")
    assert [type(event) for event in bot.events] == [Ran]


async def test_the_form_asks_what_to_practise(server: Discord, bot: Bot) -> None:
    ann = server.world.person("Ann")
    channel = server.world.direct(ann)
    server.dm(ann, "hi")
    opened = server.press(ann, await server.shown(channel, "Try an interview"), "Try an interview")
    await server.until(lambda: opened.form)
    assert opened.form is not None
    assert [label["label"] for label in opened.form["components"]][:2] == ["Kind of question", "Level"]
    wrong = server.submit(ann, opened, {"minutes": "a few"})
    await server.until(lambda: wrong.original)
    assert wrong.original is not None
    assert "whole number" in seen(wrong.original)
    server.submit(ann, opened, {"type": "debugging", "level": "senior", "minutes": "10"})
    await server.shown(channel, "Debugging · senior · 10 min")


async def test_a_pasted_job_description_chooses_and_is_not_kept(server: Discord, bot: Bot) -> None:
    ann = server.world.person("Ann")
    channel = server.world.direct(ann)
    server.dm(ann, "hi")
    opened = server.press(ann, await server.shown(channel, "Try an interview"), "Try an interview")
    await server.until(lambda: opened.form)
    job = "Senior Product Manager, reporting to @everyone at Vets & Co.\nYou own latency, streaming and latency again."
    server.submit(ann, opened, {"job": job})
    await server.shown(
        channel, "From the job description I took the level senior; topics: latency (twice), streaming (once)"
    )
    await server.shown(channel, "senior")
    assert "Vets" not in str(bot.events)
    assert "Vets" not in str(server.texts(channel))


async def test_a_guest_in_a_server_where_the_bot_is_not(server: Discord, bot: Bot) -> None:
    ann, channel = server.world.person("Ann"), server.world.channel(server.world.number())
    asked = server.command(ann, channel, "practice", question="stale-ai-search", guest=True)
    await server.until(lambda: asked.original is not None and QUESTION in seen(asked.original))
    assert asked.response is not None
    assert asked.response["type"] == 5
    assert asked.original is not None
    assert asked.original["flags"] & 64
    opened = server.press(ann, asked.original, "Answer", guest=True)
    await server.until(lambda: opened.form)
    sent = server.submit(ann, opened, {"answer": "did anything ship last week?"})
    await server.until(lambda: sent.original is not None and "Answer" in seen(sent.original))
    assert not server.screen(channel)

    for _ in range(8):  # more than a guest may follow up, each through an interaction of its own
        pressed = server.press(ann, sent.original or {}, "Hint", guest=True)
        await responded(server, pressed)


async def responded(server: Discord, interaction: Interaction) -> None:
    """Something is to be read in a response."""
    await server.until(lambda: interaction.original is not None and seen(interaction.original))


async def test_lists_to_choose_from(server: Discord, bot: Bot) -> None:
    ann = server.world.person("Ann")
    typed = server.typing(ann, server.world.direct(ann), "practice", "question", "quotes last")
    await server.until(lambda: typed.response)
    assert typed.choices == ["stale-ai-search"]
    every = server.typing(ann, server.world.direct(ann), "practice", "type", "")
    await server.until(lambda: every.response)
    assert "debugging" in every.choices


async def test_a_question_taken_from_a_message(server: Discord, bot: Bot) -> None:
    ann = server.world.person("Ann")
    channel = server.world.direct(ann)
    text = server.dm(ann, f"somebody asked me “{QUESTION.upper()}” today")
    server.menu(ann, channel, text)
    await server.shown(channel, QUESTION, "Hint")
    other = server.menu(ann, channel, server.dm(ann, "what is love?"))
    await server.until(lambda: other.original)
    assert other.original is not None
    assert "don't find a question of mine" in seen(other.original)


async def test_what_a_button_of_another_version_meant_is_said_plainly(server: Discord, bot: Bot) -> None:
    ann = server.world.person("Ann")
    channel = server.world.direct(ann)
    button = {"type": 2, "style": 2, "label": "Old", "custom_id": "hs0:vote:x", "id": 2}
    old = server.write(
        channel, server.world.app, "", flags=1 << 15, components=[{"type": 1, "id": 1, "components": [button]}]
    )
    pressed = server.press(ann, old, "Old")
    await server.until(lambda: pressed.original)
    assert pressed.original is not None
    assert seen(pressed.original) == interact.OLD


async def test_missing_permissions_are_named_before_anything_begins(server: Discord, bot: Bot) -> None:
    ann, channel = server.world.person("Ann"), server.world.channel(server.world.guild("Study group"))
    asked = server.command(ann, channel, "practice", permissions=str(1 << 10))
    await server.until(lambda: asked.original)
    assert asked.original is not None
    assert "Send Messages in Threads" in seen(asked.original)
    assert not bot.events


async def test_when_nothing_can_be_stored_the_person_hears_it(server: Discord, bot: Bot) -> None:
    ann, channel = server.world.person("Ann"), server.world.channel(server.world.guild("Study group"))
    bot.away = True
    asked = server.command(ann, channel, "practice")
    await server.until(lambda: asked.original)
    assert asked.original is not None
    assert seen(asked.original) == interact.AWAY
    assert not server.threads(channel)


async def to_rating(server: Discord, ann: int, thread: Channel) -> Payload:
    """Stop the interview; the button of the form."""
    server.press(ann, await server.shown(thread, QUESTION), "Stop")
    return await server.shown(thread, "how did you do?")


async def test_where_others_read_along_the_scorecard_goes_to_the_candidate_alone(server: Discord, bot: Bot) -> None:
    ann, channel = server.world.person("Ann"), server.world.channel(server.world.guild("Study group"))
    thread = await opened_thread(server, ann, channel, thread="public")
    opened = server.press(ann, await to_rating(server, ann, thread), "Show me the feedback")
    await server.until(lambda: opened.form)
    server.submit(ann, opened, {})
    direct = server.world.direct(ann)
    card = await server.shown(direct, "See a strong answer")
    assert not any("One change for next time" in text for text in server.texts(thread))

    # Its buttons belong to the interview in the thread, although they stand elsewhere.
    pressed = server.press(ann, card, "See a strong answer")
    await server.until(lambda: any("A strong answer" in text for text in server.texts(thread) + server.texts(direct)))
    assert bot.events[-1].to == bot.events[0].to
    assert pressed.response is not None


async def test_with_direct_messages_closed_the_scorecard_is_shown_where_the_form_was_sent(
    server: Discord, bot: Bot
) -> None:
    ann, channel = server.world.person("Ann"), server.world.channel(server.world.guild("Study group"))
    thread = await opened_thread(server, ann, channel, thread="public")
    server.world.closed_to_us.add(ann)
    opened = server.press(ann, await to_rating(server, ann, thread), "Show me the feedback")
    await server.until(lambda: opened.form)
    sent = server.submit(ann, opened, {})
    await server.until(lambda: any("One change for next time" in seen(one) for one in sent.followups))
    assert all(one["flags"] & 64 for one in sent.followups)


async def test_being_forgotten(server: Discord, bot: Bot) -> None:
    ann = server.world.person("Ann")
    channel = server.world.direct(ann)
    server.dm(ann, "practice stale-ai-search")
    await server.shown(channel, QUESTION)
    server.dm(ann, "forget me")
    asked = await server.shown(channel, "Remove everything")
    pressed = server.press(ann, asked, "Remove everything")
    await server.until(lambda: pressed.original)
    assert pressed.original is not None
    assert seen(pressed.original) == interact.FORGETTING
    await bot.delivery.settled(bot.events[-1].to)
    await bot.delivery.settled(bot.events[0].to)
    assert await bot.store.peek_state(bot.events[0].to) is None
    assert await bot.store.peek_state(bot.events[-1].to) is None
