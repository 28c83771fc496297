"""Valkey away, read-only, out of memory, out of disk: what people said meanwhile is answered once, in order, when it is back."""

from __future__ import annotations

import asyncio
import logging
import re
import signal
from collections.abc import Awaitable, Callable, Iterable

import pytest

from benchmarks.chaos.mind import NAMED, Names
from bot.adapters.discord import arrive
from bot.adapters.slack import held as holding
from bot.interview.minds import Minds
from bot.models.offline.grader import OfflineGrader
from bot.store import wire
from tests.degraded.conftest import Started, Valkey
from tests.fakes.discord.server import Discord
from tests.fakes.discord.world import seen
from tests.fakes.slack import FakeSlack

BEGIN = "practice question=stale-ai-search"
SECRET = "and my manager hides it"


def named() -> Minds:
    """Minds that answer every message with its name."""
    return Minds({"offline": Names("offline")}, {"offline": OfflineGrader()})


def heard(shown: Iterable[str]) -> list[str]:
    """The names of the messages that were answered, in the order of the answers."""
    return [name for text in shown if "Heard " in text for name in NAMED.findall(text)]


async def _killed(valkey: Valkey) -> None:
    await valkey.server.kill()


async def _started(valkey: Valkey) -> None:
    await valkey.server.start()


async def _replica(valkey: Valkey) -> None:
    await valkey.command("REPLICAOF", "127.0.0.1", "1")


async def _primary(valkey: Valkey) -> None:
    await valkey.command("REPLICAOF", "NO", "ONE")


async def _full(valkey: Valkey) -> None:
    await valkey.set(maxmemory=1)


async def _freed(valkey: Valkey) -> None:
    await valkey.set(maxmemory=0)


Step = Callable[[Valkey], Awaitable[None]]
TROUBLES: dict[str, tuple[Step, Step, str]] = {
    "away": (_killed, _started, "cannot be reached; check that it is running"),
    "read-only replica": (_replica, _primary, "is a read-only replica; point HOTSEAT_REDIS_URL at the primary"),
    "out of memory": (_full, _freed, "is out of memory; raise its maxmemory"),
    "disk full": (Valkey.disk_full, Valkey.disk_freed, "cannot write to its disk; look for a full disk"),
}


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_everything_said_meanwhile_is_answered_once_in_order(
    valkey: Valkey, slack: FakeSlack, discord: Discord, hotseat: Started, trouble: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    breaks, mends, says = TROUBLES[trouble]
    ann, ben = slack.member("ann"), discord.world.person("Ben")
    bens = discord.world.direct(ben)

    def anns_answers() -> list[str]:
        return heard(message.shown for message in ann.sees() if message.by_bot)

    def bens_answers() -> list[str]:
        return heard(map(seen, discord.screen(bens)))

    async with hotseat(slack=slack, discord=discord, minds=named()):
        await ann.says(BEGIN)
        discord.dm(ben, "practice stale-ai-search")
        await ann.hears("[Hint]")
        await discord.shown(bens, "Maya")
        await ann.says("k1: is it all pages?")
        discord.dm(ben, "k1: is it all pages?")
        await slack.until(lambda: anns_answers() == ["k1"], "Ann's first answer")
        await discord.until(lambda: bens_answers() == ["k1"])

        await breaks(valkey)
        for name in ("k2", "k3"):
            await ann.says(f"{name}: {SECRET}")
            discord.dm(ben, f"{name}: {SECRET}")
        unacknowledged = [one for one in slack.deliveries if one.status != 200]
        assert len(unacknowledged) == 2
        tried = [body for kind, body in slack.sent if kind == "events_api" and SECRET in str(body)]
        assert anns_answers() == bens_answers() == ["k1"]

        await mends(valkey)
        await slack.until(lambda: anns_answers()[-1] == "k3", "Ann's last answer")
        await discord.until(lambda: bens_answers()[-1] == "k3")
        for body in tried:  # Slack's own repeats come a minute later
            assert (await slack.deliver("events_api", body)).status == 200
        await ann.says("k4: anything else?")
        discord.dm(ben, "k4: anything else?")
        await slack.until(lambda: anns_answers()[-1] == "k4", "Ann's next answer")
        await discord.until(lambda: bens_answers()[-1] == "k4")
        assert anns_answers() == bens_answers() == ["k1", "k2", "k3", "k4"]
    told = [record.getMessage() for record in caplog.records if record.name.startswith("bot")]
    assert any(says in text for text in told)
    assert not any(SECRET in record.getMessage() for record in caplog.records)


async def test_whoever_writes_to_us_directly_is_told_that_it_waits(
    valkey: Valkey, slack: FakeSlack, discord: Discord, hotseat: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "TOLD_AFTER_S", 0.05)
    monkeypatch.setattr(arrive, "TOLD_AFTER_S", 0.05)
    ann, ben = slack.member("ann"), discord.world.person("Ben")
    bens = discord.world.direct(ben)
    async with hotseat(slack=slack, discord=discord, minds=named()):
        await ann.says(BEGIN)
        discord.dm(ben, "practice stale-ai-search")
        await ann.hears("[Hint]")
        await discord.shown(bens, "Maya")
        await valkey.server.kill()
        await ann.says("k1: is it all pages?")
        discord.dm(ben, "k1: is it all pages?")
        await ann.hears("What you wrote waits here")
        await discord.shown(bens, "What you wrote waits here")
        await ann.says("k2: since when?")
        discord.dm(ben, "k2: since when?")
        await valkey.server.start()
        await slack.until(lambda: heard(each.shown for each in ann.sees() if each.by_bot) == ["k1", "k2"], "answers")
        await discord.until(lambda: heard(map(seen, discord.screen(bens))) == ["k1", "k2"])
        assert sum("waits here" in each.shown for each in ann.sees()) == 1
        assert sum("waits here" in text for text in map(seen, discord.screen(bens))) == 1


async def test_a_turn_under_way_while_the_store_is_away_is_answered_once(
    valkey: Valkey, slack: FakeSlack, hotseat: Started
) -> None:
    thinking, go_on = asyncio.Event(), asyncio.Event()

    class Thinks(Names):
        async def turn(self, request):  # type: ignore[no-untyped-def]
            thinking.set()
            await go_on.wait()
            return await super().turn(request)

    ann = slack.member("ann")
    minds = Minds({"offline": Thinks("offline")}, {"offline": OfflineGrader()})
    async with hotseat(slack=slack, minds=minds):
        await ann.says(BEGIN)
        await ann.hears("[Hint]")
        await ann.says("k1: is it all pages?")
        await asyncio.wait_for(thinking.wait(), 5)
        await valkey.server.kill()
        go_on.set()
        await valkey.server.start()
        await ann.hears("Heard k1")
        await ann.says("k2: and since when?")
        await ann.hears("Heard k2")
        assert heard(message.shown for message in ann.sees() if message.by_bot) == ["k1", "k2"]


async def test_a_store_that_hangs_is_given_up_in_time_and_does_nothing_twice(
    valkey: Valkey, slack: FakeSlack, hotseat: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "_ANSWER_S", 0.2)
    ann = slack.member("ann")
    async with hotseat(slack=slack, minds=named()):
        await ann.says(BEGIN)
        await ann.hears("[Hint]")
        valkey.signal(signal.SIGSTOP)
        for name in ("k1", "k2"):
            await ann.says(
                f"{name}: is it all pages?"
            )  # lies in the server's socket, and is carried out when it goes on
            assert slack.deliveries[-1].status != 200
        valkey.signal(signal.SIGCONT)
        await ann.hears("k2")
        await ann.says("k3: since when?")
        await ann.hears("k3")
        assert heard(each.shown for each in ann.sees() if each.by_bot) == ["k1", "k2", "k3"]


async def test_with_a_full_memory_what_was_said_before_is_still_answered(
    valkey: Valkey, slack: FakeSlack, hotseat: Started
) -> None:
    thinking, go_on = asyncio.Event(), asyncio.Event()

    class Thinks(Names):
        async def turn(self, request):  # type: ignore[no-untyped-def]
            thinking.set()
            await go_on.wait()
            return await super().turn(request)

    ann, cat = slack.member("ann"), slack.member("cat")
    minds = Minds({"offline": Thinks("offline")}, {"offline": OfflineGrader()})
    async with hotseat(slack=slack, minds=minds):
        for member in (ann, cat):
            await member.says(BEGIN)
            await member.hears("[Hint]")
        await ann.says("k1: is it all pages?")
        await ann.says("k2: since when?")  # waits in the mailbox until the first is answered
        await asyncio.wait_for(thinking.wait(), 5)
        await valkey.set(maxmemory=1)
        await cat.says("k3: which teams?")
        assert slack.deliveries[-1].status == 500
        go_on.set()
        await ann.hears("Heard k1")
        await ann.hears("k2")
        assert not heard(message.shown for message in cat.sees() if message.by_bot)
        await valkey.set(maxmemory=0)
        await cat.hears("Heard k3")


async def test_commands_and_buttons_say_at_once_that_nothing_can_be_stored(
    valkey: Valkey, slack: FakeSlack, discord: Discord, hotseat: Started
) -> None:
    ann, ben = slack.member("ann"), discord.world.person("Ben")
    bens = discord.world.direct(ben)
    async with hotseat(slack=slack, discord=discord, minds=named()):
        await ann.says(BEGIN)
        question = await ann.hears("[Hint]")
        discord.dm(ben, "practice stale-ai-search")
        posed = await discord.shown(bens, "Maya")
        await valkey.server.kill()

        answer = await ann.runs("practice")
        assert re.search("try again", str(answer.answer["text"]), re.IGNORECASE)
        # Slack puts its own warning beside a button that nobody acknowledges.
        assert (await ann.presses("Hint", question)).status == 500
        pressed = discord.press(ben, posed, "Hint")
        await discord.until(lambda: pressed.original and "again" in seen(pressed.original))
        await valkey.server.start()
        await ann.presses("Hint", question)
        assert (await ann.hears("Maya", after=question)).shown
