"""Whether Slack would have us, looked up without changing anything there: tokens and the permissions behind them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack import errors
from bot.adapters.slack.calls import Calls
from bot.chat.findings import Finding, broken, could, good

SCOPES: Mapping[str, str] = {
    "commands": "Without it there is no /hotseat and no shortcut.",
    "chat:write": "Without it nothing can be said.",
    "im:history": "Without it direct messages are not heard.",
    "im:write": "Without it no scorecard of a thread reaches its candidate.",
    "channels:history": "Without it answers in threads of public channels are not heard.",
    "groups:history": "Without it answers in threads of private channels are not heard.",
    "assistant:write": "Without it direct messages have no suggested prompts.",
    "users:read": "Without it nobody can set up a daily question, and named answers stand under user names.",
    "channels:read": "Without it only admins of the workspace can set up a daily question in a public channel.",
    "groups:read": "Without it only admins of the workspace can set up a daily question in a private channel.",
    "usergroups:read": "Without it a daily question can notify no user group.",
}
"""Every permission we use, and what is missing without it; slack-manifest.yaml asks for the same."""

FIX = "Paste slack-manifest.yaml into App Manifest at https://api.slack.com/apps and install the app again."
SOCKET_FIX = (
    "HOTSEAT_SLACK_APP_TOKEN must be an app-level token (xapp-…) with connections:write, from Basic Information at "
    "https://api.slack.com/apps."
)

_OPTIONAL = frozenset(
    {
        "assistant:write",
        "channels:history",
        "groups:history",
        "users:read",
        "channels:read",
        "groups:read",
        "usergroups:read",
    }
)


def granted(headers: Mapping[str, Any]) -> frozenset[str] | None:
    """The permissions of a token, from an answer's headers; None where the server does not say."""
    for name, value in headers.items():
        if name.lower() == "x-oauth-scopes":
            return frozenset(part.strip() for part in str(value).split(",") if part.strip())
    return None


def missing(headers: Mapping[str, Any]) -> list[Finding]:
    """Permissions we use and have not."""
    held = granted(headers)
    if held is None:
        return []
    return [
        (could if scope in _OPTIONAL else broken)(f"Slack has not granted {scope}", why, FIX)
        for scope, why in SCOPES.items()
        if scope not in held
    ]


async def check(bot_token: str, app_token: str, signing_secret: str, api_url: str) -> list[Finding]:
    """What is right and wrong with a Slack app."""
    if not app_token and not signing_secret:
        return [
            broken(
                "Slack has a bot token, and no way to reach us",
                "Nothing anybody does in Slack arrives.",
                "Set HOTSEAT_SLACK_APP_TOKEN for Socket Mode, or HOTSEAT_SLACK_SIGNING_SECRET for HTTP.",
            )
        ]
    calls = Calls(bot_token, api_url)
    try:
        found = await _bot(calls.client)
        if app_token:
            found += await _socket(calls.client, app_token)
        return found
    finally:
        await calls.close()


async def _bot(client: AsyncWebClient) -> list[Finding]:
    why = "Nothing can be said in Slack."
    try:
        answer = await client.auth_test()
    except SlackApiError as error:
        word = errors.code(error) or "no reason given"
        return [broken(f"Slack refuses the bot token ({word})", why, f"{errors.fix(word)}.")]
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return [_unreachable(error)]
    name, team = answer.get("user") or "Hotseat", answer.get("team") or answer.get("team_id") or "your workspace"
    return [good(f"Slack knows the bot as {name} in {team}"), *missing(answer.headers)]


async def _socket(client: AsyncWebClient, app_token: str) -> list[Finding]:
    try:
        await client.apps_connections_open(app_token=app_token)
    except SlackApiError as error:
        word = errors.code(error) or "no reason given"
        return [broken(f"Slack opens no Socket Mode connection ({word})", "Nothing anybody does arrives.", SOCKET_FIX)]
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return [_unreachable(error)]
    return [good("Slack opens Socket Mode connections")]


def _unreachable(error: BaseException) -> Finding:
    return broken(
        f"Slack cannot be reached ({type(error).__name__})",
        "Hotseat serves nobody there meanwhile.",
        "Look at this machine's network and proxy, at HOTSEAT_SLACK_API_URL if it is set, and at https://slack-status.com.",
    )
