"""What a failed call to Slack means for the reply: wait, give up, or say it in another way.

`docs/slack.md` has the same table for people. The errors' own words are never passed on: they may quote the message.
"""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.chat.adapter import DeliveryError, TryLater, Unreachable

UNREACHABLE = frozenset(
    {
        "channel_not_found",
        "is_archived",
        "not_in_channel",
        "user_not_found",
        "user_disabled",
        "user_not_visible",
        "users_not_found",
        "cannot_dm_bot",
        "messages_tab_disabled",
        "restricted_action",
        "restricted_action_read_only_channel",
        "restricted_action_thread_only_channel",
        "restricted_action_non_threadable_channel",
        "restricted_action_thread_locked",
        "thread_not_found",
        "no_permission",
        "ekm_access_denied",
        "channel_type_not_supported",
    }
)
"""The place is gone or closed to us."""

REMOVED = frozenset(
    {"token_revoked", "account_inactive", "team_access_not_granted", "org_login_required", "app_uninstalled"}
)
"""The app is no longer in the workspace."""

MISCONFIGURED = frozenset(
    {"invalid_auth", "not_authed", "token_expired", "missing_scope", "not_allowed_token_type", "access_denied"}
)
"""Something an operator can mend: replies wait for it."""

BUSY = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
"""Slack asks for patience; nothing was posted."""

DOUBTFUL = frozenset(
    {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org", "accesslimited"}
)
"""Slack failed, perhaps after the post."""

BLOCKS = frozenset(
    {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "invalid_attachments", "block_mismatch"}
)
"""The card was refused; its text may be taken."""

METADATA = frozenset(
    {"invalid_metadata_format", "invalid_metadata_schema", "metadata_too_large", "metadata_must_be_sent_from_app"}
)
"""The mark by which a reply is found again was refused."""

NO_SUCH_MESSAGE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed", "no_such_message"})
"""What was to be edited is gone."""

MEND_MS = 60_000
"""How long replies wait for an operator, again and again."""

FIXES = {
    "missing_scope": "the app lacks a permission: update it from slack-manifest.yaml and install it again",
    "token_expired": "the bot token has expired: put the new one into HOTSEAT_SLACK_BOT_TOKEN",
}
_FIX = "Slack does not accept the bot token: copy it again from OAuth & Permissions into HOTSEAT_SLACK_BOT_TOKEN"


def code(error: BaseException) -> str:
    """Slack's word for a failure, such as `channel_not_found`; empty if it gave none."""
    if not isinstance(error, SlackApiError):
        return ""
    data = getattr(error.response, "data", error.response)
    found = data.get("error") if isinstance(data, dict) else None
    return found if isinstance(found, str) and found.replace("_", "").isalnum() else ""


def status(error: BaseException) -> int:
    """The HTTP status of a failure, 0 if there was none."""
    response: Any = getattr(error, "response", None)
    found = getattr(response, "status_code", None) or getattr(response, "status", None)
    return found if isinstance(found, int) else 0


def fix(word: str) -> str:
    """What an operator should do about a misconfiguration."""
    return FIXES.get(word, _FIX)


def meaning(error: BaseException) -> DeliveryError | None:
    """A failed call as a delivery error; None for one that nobody foresaw."""
    if isinstance(error, DeliveryError):
        return error
    if isinstance(error, aiohttp.ClientConnectorError):
        return TryLater("Slack cannot be reached", 0)
    if isinstance(error, (asyncio.TimeoutError, aiohttp.ClientError, OSError)):
        return TryLater("no answer from Slack", 0, uncertain=True)
    if not isinstance(error, SlackApiError):
        return None
    word, http = code(error), status(error)
    if http == 429 or word in BUSY:
        return TryLater("Slack asks for patience", _retry_after_ms(error))
    if word in UNREACHABLE:
        return Unreachable(word)
    if word in REMOVED:
        return Unreachable(f"{word}: the app was removed from the workspace")
    if word in MISCONFIGURED:
        return TryLater(f"{word}: {fix(word)}", MEND_MS)
    if http >= 500 or word in DOUBTFUL or (not word and http != 200):
        return TryLater("Slack failed", 0, uncertain=True)
    return None


def _retry_after_ms(error: SlackApiError) -> int:
    headers = getattr(error.response, "headers", None) or {}
    for name in ("Retry-After", "retry-after"):
        value = headers.get(name)
        if value is not None and str(value).strip().isdigit():
            return max(1, int(value)) * 1000
    return 5_000
