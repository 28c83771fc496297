"""The platform down: out of reach, or failing every call. What was to be said goes out once it is back: once, and in order."""

from __future__ import annotations

import pytest
from aiohttp import web

from tests.degraded.conftest import Started
from tests.degraded.test_store import heard, named
from tests.fakes.discord.server import Discord
from tests.fakes.discord.world import seen
from tests.fakes.slack import FakeSlack, Fault

NAMES = ["k1", "k2", "k3", "k4"]


async def gone(slack: FakeSlack) -> None:
    """Nobody listens at Slack's address, and open connections break."""
    runner = slack._runner
    assert runner is not None
    assert runner.server is not None
    for site in list(runner.sites):
        await site.stop()
    for line in list(runner.server.connections):
        line.force_close()


async def back(slack: FakeSlack) -> None:
    """Somebody does again."""
    assert slack._runner is not None
    await web.TCPSite(slack._runner, "127.0.0.1", slack.port).start()


@pytest.mark.parametrize(
    "fault", [Fault.BROKEN, Fault.GATEWAY, Fault.HANGS_UP, Fault.ACCEPTED_THEN_GONE, Fault.RATE], ids=str
)
async def test_slack_fails_every_call_for_a_while(slack: FakeSlack, hotseat: Started, fault: Fault) -> None:
    ann = slack.member("ann")
    async with hotseat(slack=slack, minds=named()):
        await ann.says("practice question=stale-ai-search")
        await ann.hears("[Hint]")
        slack.fail("chat.postMessage", *[fault] * (1 if fault is Fault.RATE else 12))
        slack.fail("conversations.history", *[Fault.BROKEN] * 4)
        for name in NAMES:
            await ann.says(f"{name}: and then?")
        await slack.until(lambda: heard(each.shown for each in ann.sees() if each.by_bot)[-1:] == NAMES[-1:], "k4")
        assert heard(each.shown for each in ann.sees() if each.by_bot) == NAMES


async def test_slack_is_out_of_reach(slack: FakeSlack, hotseat: Started) -> None:
    ann = slack.member("ann")
    async with hotseat(slack=slack, minds=named()):
        await ann.says("practice question=stale-ai-search")
        await ann.hears("[Hint]")
        await gone(slack)
        for name in NAMES:
            await ann.says(f"{name}: and then?")
        assert not heard(each.shown for each in ann.sees() if each.by_bot)
        await back(slack)
        await slack.until(lambda: heard(each.shown for each in ann.sees() if each.by_bot)[-1:] == NAMES[-1:], "k4")
        assert heard(each.shown for each in ann.sees() if each.by_bot) == NAMES


async def test_discord_fails_and_its_gateway_is_gone(discord: Discord, hotseat: Started) -> None:
    ben = discord.world.person("Ben")
    bens = discord.world.direct(ben)

    def answers() -> list[str]:
        return heard(map(seen, discord.screen(bens)))

    async with hotseat(discord=discord, minds=named()):
        discord.dm(ben, "practice stale-ai-search")
        await discord.shown(bens, "Maya")
        discord.dm(ben, "k1: and then?")
        await discord.until(lambda: answers() == ["k1"])
        discord.fail("POST", rf"/channels/{bens.id}/messages", 503, times=4)
        discord.gateway.open.clear()  # nobody is let in
        await discord.gateway.cut(1001)
        for name in ("k2", "k3"):
            discord.dm(ben, f"{name}: and then?")
        assert answers() == ["k1"]
        discord.gateway.open.set()
        discord.gateway.forget_sessions()
        await discord.until(lambda: answers()[-1] == "k3")
        discord.dm(ben, "k4: and then?")
        await discord.until(lambda: answers()[-1] == "k4")
        assert answers() == NAMES
