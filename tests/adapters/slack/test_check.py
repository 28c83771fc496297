"""What `hotseat doctor` and the start say about a Slack app."""

from __future__ import annotations

import pytest

from bot.adapters.slack.check import SCOPES, check
from bot.chat.findings import Health
from bot.library.load import Library
from bot.store.valkey import ValkeyStore
from tests.adapters.slack.conftest import installed
from tests.fakes.slack import FakeSlack, Fault


async def test_all_is_well(slack: FakeSlack) -> None:
    slack.scopes = tuple(SCOPES)
    found = await check(slack.bot_token, slack.app_token, "", slack.api_url)
    assert {finding.health for finding in found} == {Health.GOOD}
    assert "hotseat" in found[0].what


@pytest.mark.parametrize(
    ("bot", "app", "secret", "says"),
    [
        ("xoxb-fake", "", "", "no way to reach us"),
        ("xoxb-wrong", "", "s", "refuses the bot token (invalid_auth)"),
        ("xoxb-fake", "xapp-wrong", "", "opens no Socket Mode connection (invalid_auth)"),
    ],
)
async def test_what_is_broken_is_named_with_its_remedy(
    slack: FakeSlack, bot: str, app: str, secret: str, says: str
) -> None:
    (found,) = [
        finding for finding in await check(bot, app, secret, slack.api_url) if finding.health is not Health.GOOD
    ]
    assert says in found.what
    assert found.why
    assert "HOTSEAT_SLACK" in found.fix
    assert "wrong" not in f"{found.what}{found.why}{found.fix}"


async def test_out_of_reach(slack: FakeSlack) -> None:
    slack.fail("auth.test", Fault.HANGS_UP)
    slack.fail("apps.connections.open", Fault.HANGS_UP)
    found = await check(slack.bot_token, slack.app_token, "", slack.api_url)
    assert [finding.health for finding in found] == [Health.BROKEN, Health.BROKEN]
    assert "cannot be reached" in found[0].what


async def test_a_missing_permission_is_said_at_the_start(
    slack: FakeSlack, store: ValkeyStore, library: Library, caplog: pytest.LogCaptureFixture
) -> None:
    slack.scopes = tuple(scope for scope in SCOPES if scope != "im:history")
    async with installed(slack, store, library):
        assert "Slack has not granted im:history. Without it direct messages are not heard." in caplog.text
        assert "https://api.slack.com/apps" in caplog.text
