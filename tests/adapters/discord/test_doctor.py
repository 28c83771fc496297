"""`hotseat doctor` and `hotseat run` as an operator runs them, against a Discord on this machine."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot import app
from bot.adapters.discord.check import PERMISSIONS, check, invite
from bot.adapters.discord.connect import NO_INTENT, NO_TOKEN, DiscordAdapter
from bot.chat.findings import Health
from bot.settings import load
from tests.fakes.discord.server import TOKEN, Discord


async def hotseat(*arguments: str, **settings: str) -> tuple[int, str]:
    """Run the command; its exit code and everything it printed."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("HOTSEAT", "ANTHROPIC"))}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *arguments,
        env=environment | settings,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode()


async def test_an_app_that_is_fine(server: Discord) -> None:
    found = await check(server.token, message_content=False, api_url=server.api_url)
    assert Health.BROKEN not in {finding.health for finding in found}
    assert any(invite(server.world.app) in finding.what for finding in found)
    assert not server.world.commands  # looked, and changed nothing


async def test_the_link_asks_for_what_is_used_and_no_more() -> None:
    link = invite(123)
    assert f"permissions={PERMISSIONS.value}" in link
    assert "applications.commands" in link
    assert not PERMISSIONS.administrator
    assert not PERMISSIONS.mention_everyone


async def test_an_intent_that_was_asked_for_and_not_granted_is_broken(server: Discord) -> None:
    (finding,) = [
        one
        for one in await check(server.token, message_content=True, api_url=server.api_url)
        if one.health is Health.BROKEN
    ]
    assert "Message Content Intent" in finding.fix
    server.gateway.granted |= 1 << 15
    found = await check(server.token, message_content=True, api_url=server.api_url)
    assert Health.BROKEN not in {one.health for one in found}


async def test_a_wrong_token_and_a_server_out_of_reach(server: Discord) -> None:
    (refused,) = await check("wrong", message_content=False, api_url=server.api_url)
    assert refused.health is Health.BROKEN
    assert "token" in refused.what
    (away,) = await check(TOKEN, message_content=False, api_url="http://127.0.0.1:9/api")
    assert "cannot be reached" in away.what


async def test_the_doctor_as_a_command(server: Discord, valkey_url: str) -> None:
    settings = {"HOTSEAT_REDIS_URL": valkey_url, "HOTSEAT_DISCORD_API_URL": server.api_url}
    fine, broken = await asyncio.gather(
        hotseat("doctor", **settings, HOTSEAT_DISCORD_TOKEN=server.token),
        hotseat("doctor", **settings, HOTSEAT_DISCORD_TOKEN="sesame.open.now"),
    )
    assert fine[0] == 0
    assert "Nothing is broken." in fine[1]
    assert re.search(r"discord\.com/oauth2/authorize\?client_id=\d+", fine[1])
    assert server.token not in fine[1]
    assert broken[0] == 1
    assert "One thing is broken." in broken[1]
    assert "sesame" not in broken[1]


async def test_run_serves_until_it_is_told_to_stop(server: Discord, valkey_url: str, namespace: str) -> None:
    settings = {
        "HOTSEAT_REDIS_URL": valkey_url,
        "HOTSEAT_NAMESPACE": namespace.replace(":", "-"),
        "HOTSEAT_DISCORD_TOKEN": server.token,
        "HOTSEAT_DISCORD_API_URL": server.api_url,  # the gateway is asked for
    }
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("HOTSEAT", "ANTHROPIC"))}
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "bot", "run", env=environment | settings)
    try:
        ann = server.world.person("Ann")
        async with asyncio.timeout(10):
            while not server.gateway.sessions:
                await server.until(lambda: server.rest.calls)
                await asyncio.sleep(0.02)
        server.dm(ann, "practice stale-ai-search")
        await server.shown(server.world.direct(ann), "The search that quotes last month")
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(10):
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@pytest.mark.parametrize("code", [4004, 4014])
async def test_run_stops_where_discord_will_never_have_it(
    server: Discord, valkey_url: str, namespace: str, code: int
) -> None:
    if code == 4004:
        server.gateway.refuses_tokens = True
    settings = {"HOTSEAT_DISCORD_MESSAGE_CONTENT": "true"} if code == 4014 else {}
    ended, said = await hotseat(
        "run",
        HOTSEAT_REDIS_URL=valkey_url,
        HOTSEAT_NAMESPACE=namespace.replace(":", "-"),
        HOTSEAT_DISCORD_TOKEN=server.token,
        HOTSEAT_DISCORD_API_URL=server.api_url,
        **settings,
    )
    assert ended == 2
    assert (NO_TOKEN if code == 4004 else NO_INTENT) in said
    assert server.token not in said
    assert server.gateway.log == ["identify"]


async def test_what_the_adapters_keep_open_is_closed_with_them(
    server: Discord, valkey_url: str, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTSEAT_DISCORD_TOKEN", server.token)
    monkeypatch.setenv("HOTSEAT_NAMESPACE", namespace.replace(":", "-"))
    monkeypatch.setenv("HOTSEAT_DISCORD_API_URL", server.api_url)
    watching = Redis.from_url(valkey_url)

    async def connections() -> set[str]:
        return {client["id"] for client in await watching.client_list()}

    before = await connections()
    async with app.network(load(), valkey_url) as (adapter,):
        assert isinstance(adapter, DiscordAdapter)
        assert await adapter.places.first_time("probe")
        mine = await connections() - before
        assert mine
    assert not await connections() & mine
    await watching.aclose()


@pytest.mark.parametrize("command", ["run"])
async def test_without_credentials_what_to_set_is_said(command: str, tmp_path: Path) -> None:
    code, said = await hotseat(command, HOTSEAT_DATA_DIR=str(tmp_path))
    assert code == 2
    assert "HOTSEAT_DISCORD_TOKEN" in said
    assert "HOTSEAT_SLACK_BOT_TOKEN" in said
