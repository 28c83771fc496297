"""SIGTERM, as an operator's tools send it: a turn that a model has for too long is handed back, and restarts lose nothing."""

from __future__ import annotations

import asyncio
import random
import signal
import time
from pathlib import Path

import aiohttp
import pytest

from benchmarks.chaos.check import judge
from benchmarks.chaos.field import Crew, Server
from benchmarks.chaos.fire import Plan, environment
from benchmarks.chaos.people import Post, Talker
from benchmarks.chaos.storm import Storm
from tests.commands.test_run import ended, run
from tests.delivery.people import until
from tests.fakes.anthropic import Fake, Fault
from tests.fakes.slack import FakeSlack


async def test_a_turn_that_hangs_in_a_model_is_handed_back_within_ten_seconds(valkey_url: str, tmp_path: Path) -> None:
    async with FakeSlack() as slack, Fake() as model:
        settings = {
            "HOTSEAT_REDIS_URL": valkey_url,
            "HOTSEAT_NAMESPACE": "chaos-sigterm",
            "HOTSEAT_QUIET_MS": "0",
            "HOTSEAT_DATA_DIR": str(tmp_path),
            "HOTSEAT_SLACK_BOT_TOKEN": slack.bot_token,
            "HOTSEAT_SLACK_APP_TOKEN": slack.app_token,
            "HOTSEAT_SLACK_API_URL": slack.api_url,
            "HOTSEAT_TURN_TIMEOUT_S": "100",
            "ANTHROPIC_API_KEY": "sk-fake",
            "ANTHROPIC_BASE_URL": model.base_url,
        }
        running = await run(settings)
        await asyncio.wait_for(slack.connected.wait(), 15)
        ann = slack.member("ann")
        await ann.says("practice question=stale-ai-search")
        await ann.hears("[Hint]")
        model.next(Fault.SILENT, times=10)
        said = await ann.says("is it all articles or only some?")
        await until(lambda: bool(model.journal), "the model asked", 20)
        slack.connected.clear()
        began_s = time.monotonic()
        running.send_signal(signal.SIGTERM)
        code, words = await ended(running)
        assert time.monotonic() - began_s < 10
        assert code == 0, words
        assert "Traceback" not in words

        model.calm()
        running = await run(settings)
        try:
            began_s = time.monotonic()
            await ann.hears("Maya", after=said)  # long before the lease of the first would have ended
            assert time.monotonic() - began_s < 10
            assert len([each for each in ann.sees() if each.by_bot and each.ts > said.ts]) == 1
        finally:
            running.terminate()
            await ended(running)


@pytest.mark.parametrize("seed", [3])
async def test_a_rolling_restart_under_load_loses_nothing(tmp_path: Path, seed: int) -> None:
    plan = Plan(0, people=12, lease_s=4.0, every_s=0.2, patience_s=30.0, seed=seed)
    server, storm = Server(tmp_path, "always"), Storm(echo=False, chance=random.Random(seed))
    stopping = asyncio.Event()
    try:
        await server.start()
        async with storm, aiohttp.ClientSession() as session:
            settings = environment(plan, storm, server, tmp_path / "calm") | {"CHAOS_SLOW_S": "1"}
            crew = Crew(tmp_path, 2, settings)
            try:
                await crew.start()
                post = Post(storm, random.Random(seed), crew.ports, session)
                people = [
                    Talker(post, storm.member(f"p{number}"), random.Random(number), plan.every_s, 8, plan.patience_s)
                    for number in range(plan.people)
                ]
                talking = [asyncio.create_task(person.talk(stopping)) for person in people]
                for number in (0, 1):
                    await crew.replace(number)
                stopping.set()
                await asyncio.gather(*talking)
                for person in people:
                    assert await storm.hears(person.channel, lambda heard, of=person: storm.all_there(of.channel), 30)  # type: ignore[misc]
                await post.close()
            finally:
                await crew.stop()
    finally:
        await server.stop()
    verdict = judge(storm.record, plan.lease_s)
    assert (verdict.lost, verdict.duplicates, verdict.duplicates_unavoidable, verdict.out_of_order) == (0, 0, 0, 0)
    assert verdict.accepted > 30
    assert max(crew.exits) < 10
