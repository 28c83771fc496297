"""Interviews on Discord, from the first word to the scorecard, through the whole of the bot."""

from __future__ import annotations

from tests.adapters.discord.conftest import Bot
from tests.fakes.discord.server import Discord


async def test_an_interview_in_direct_messages(server: Discord, bot: Bot) -> None:
    ann = server.world.person("Ann")
    channel = server.world.direct(ann)

    server.dm(ann, "hello")
    await server.shown(channel, "Try an interview")
    assert not bot.events  # nothing she says before an interview is kept

    server.dm(ann, "practice stale-ai-search")
    await server.shown(channel, "quotes old refund rules", "Hint", "Stop")
    server.dm(ann, "did anything ship last week?")
    await server.until(lambda: len(server.screen(channel)) >= 4)
    assert channel.id in server.world.typed

    server.dm(ann, "stop")
    form = await server.shown(channel, "how did you do?", "Show me the feedback")
    opened = server.press(ann, form, "Show me the feedback")
    await server.until(lambda: opened.form)
    assert opened.form is not None
    first = opened.form["components"][0]["component"]["custom_id"]
    sent = server.submit(ann, opened, {first: "4"})
    card = await server.shown(channel, "One change for next time")
    assert card["attachments"][0]["description"]
    await server.until(lambda: sent.response)
    assert sent.response is not None
    assert sent.response["type"] == 6

    strong = server.press(ann, card, "See a strong answer")
    await server.shown(channel, "A strong answer")
    await server.until(lambda: strong.response)
