"""`hotseat run` as a program: says what is missing, serves Slack, stops when told to."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from tests.fakes.slack import FakeSlack

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack() as running:
        yield running


async def run(environment: Mapping[str, str]) -> asyncio.subprocess.Process:
    """The command in an environment of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HOTSEAT_", "ANTHROPIC_"))}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "run"),
        env={**kept, **environment},
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def ended(running: asyncio.subprocess.Process) -> tuple[int | None, str]:
    """How it ended, and what it said."""
    out, err = await asyncio.wait_for(running.communicate(), 15)
    return running.returncode, (out + err).decode()


@pytest.mark.parametrize("tokens", [{}, {"HOTSEAT_SLACK_BOT_TOKEN": " "}], ids=["unset", "blank"])
async def test_without_credentials(tokens: dict[str, str]) -> None:
    code, said = await ended(await run(tokens))
    assert code == 2
    assert "HOTSEAT_SLACK_BOT_TOKEN" in said
    assert "Traceback" not in said


async def test_files_of_ones_own_that_are_left_out_are_said_once(
    slack: FakeSlack, valkey_url: str, tmp_path: Path
) -> None:
    folder = tmp_path / "items" / "concept"
    folder.mkdir(parents=True)
    (folder / "torn.yaml").write_text("id: [torn")
    wrong = {
        "HOTSEAT_REDIS_URL": valkey_url,
        "HOTSEAT_QUESTIONS": str(tmp_path),
        "HOTSEAT_SLACK_BOT_TOKEN": "xoxb-wrong",
        "HOTSEAT_SLACK_APP_TOKEN": slack.app_token,
        "HOTSEAT_SLACK_API_URL": slack.api_url,
    }
    code, said = await ended(await run(wrong))
    assert code == 2
    assert said.count("One file of your own questions is left out: torn.yaml.") == 1


async def test_a_wrong_token_is_named(slack: FakeSlack, valkey_url: str) -> None:
    wrong = {
        "HOTSEAT_REDIS_URL": valkey_url,
        "HOTSEAT_SLACK_BOT_TOKEN": "xoxb-wrong",
        "HOTSEAT_SLACK_APP_TOKEN": slack.app_token,
        "HOTSEAT_SLACK_API_URL": slack.api_url,
    }
    code, said = await ended(await run(wrong))
    assert code == 2
    assert "HOTSEAT_SLACK_BOT_TOKEN" in said
    assert "xoxb-wrong" not in said


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
async def test_serves_slack_until_told_to_stop(
    slack: FakeSlack, valkey_url: str, tmp_path: Path, how: signal.Signals
) -> None:
    running = await run(
        {
            "HOTSEAT_REDIS_URL": valkey_url,
            "HOTSEAT_NAMESPACE": f"run-{how.name.lower()}-{os.getpid()}",
            "HOTSEAT_QUIET_MS": "0",
            "HOTSEAT_DATA_DIR": str(tmp_path),
            "HOTSEAT_SLACK_BOT_TOKEN": slack.bot_token,
            "HOTSEAT_SLACK_APP_TOKEN": slack.app_token,
            "HOTSEAT_SLACK_API_URL": slack.api_url,
        }
    )
    await asyncio.wait_for(slack.connected.wait(), 15)
    ann = slack.member("ann")
    await ann.says("practice question=stale-ai-search")
    await ann.hears("[Hint]")
    told_at = time.monotonic()
    running.send_signal(how)
    code, said = await ended(running)
    assert time.monotonic() - told_at < 10
    assert code == 0
    assert "Hotseat serves Slack" in said
    assert "Traceback" not in said
