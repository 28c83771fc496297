"""What Discord refuses, and what that means for a reply: wait, give up, or mend and try again.

discord.py repeats 500, 502, 504 and 429 itself; 503 and a reset connection it does not, and no request here may be cancelled
(cancelled while it waits out a global limit, it would stop every other one for good).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import aiohttp
import discord

from bot.chat.adapter import DeliveryError, TryLater, Unreachable

T = TypeVar("T")

UNKNOWN_CHANNEL, UNKNOWN_SERVER, UNKNOWN_MESSAGE, UNKNOWN_WEBHOOK, UNKNOWN_INTERACTION = (
    10003,
    10004,
    10008,
    10015,
    10062,
)
ACKNOWLEDGED, BAD_TOKEN = 40060, 50027
NO_ACCESS, NO_DIRECT, NO_PERMISSION = 50001, 50007, 50013
ARCHIVED, THREAD_EXISTS, LOCKED = 50083, 160004, 160005

GONE_TOKEN = frozenset({UNKNOWN_WEBHOOK, BAD_TOKEN, UNKNOWN_INTERACTION})

_REASONS = {
    UNKNOWN_CHANNEL: "the channel was deleted",
    UNKNOWN_SERVER: "the server is gone",
    UNKNOWN_MESSAGE: "the message was deleted",
    NO_ACCESS: "the bot cannot see the channel any more",
    NO_DIRECT: "direct messages are closed",
    NO_PERMISSION: "a permission is missing",
    ARCHIVED: "the thread is archived",
    LOCKED: "the thread is locked",
    UNKNOWN_WEBHOOK: "the interaction ran out",
    BAD_TOKEN: "the interaction ran out",
}

Failure = (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError, TimeoutError)
"""Whatever a request may end in."""


def code_of(error: BaseException) -> int:
    """Discord's own code of a refusal, 0 if it gave none."""
    return error.code if isinstance(error, discord.HTTPException) else 0


def read(error: BaseException) -> DeliveryError:
    """What a failed request means for the reply. The texts never hold what was sent."""
    if isinstance(error, discord.RateLimited):
        return TryLater("Discord asks for patience", round(error.retry_after * 1000))
    if isinstance(error, discord.HTTPException):
        return _refusal(error)
    # The connection broke or nothing came back: it may have arrived.
    return TryLater(f"Discord is out of reach: {type(error).__name__}", 0, uncertain=True)


def _refusal(error: discord.HTTPException) -> DeliveryError:
    if error.status == 429:
        # discord.py waits for everything else by itself: this one is about all we send.
        return TryLater("Discord asks for patience", _patience_ms(error), everywhere=True)
    if error.status >= 500:
        return TryLater(f"Discord has a problem ({error.status})", 0, uncertain=True)
    if error.status == 401 and error.code not in GONE_TOKEN:
        return TryLater("Discord refuses the token", 60_000)
    return Unreachable(f"{reason_of(error)} ({error.status}, {error.code})")


def reason_of(error: BaseException) -> str:
    """Why Discord refuses something for good, in plain words."""
    return _REASONS.get(code_of(error), "Discord refuses it")


def _patience_ms(error: discord.HTTPException) -> int:
    try:
        return max(1_000, round(float(error.response.headers.get("Retry-After", "5")) * 1000))
    except ValueError:
        return 5_000


async def insist(call: Callable[[], Awaitable[T]], pause_s: float = 0.15, tries: int = 3) -> T:
    """Make a call that is short of time, again if Discord stumbles; raises what the last try ended in."""
    for left in range(tries - 1, -1, -1):
        try:
            return await call()
        except (aiohttp.ClientError, ConnectionError, discord.DiscordServerError):
            if not left:
                raise
            await asyncio.sleep(pause_s)
    raise AssertionError("unreachable")
