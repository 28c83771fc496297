"""Calls to Slack's Web API: one shared HTTP session, no retries of the SDK's own, failures as delivery errors.

The SDK would open a connection for every call, and would send a post again after a broken connection, which may show it twice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack import errors, limits

_log = logging.getLogger(__name__)

_READS = frozenset(
    {"conversations.history", "conversations.replies", "conversations.info", "users.info", "usergroups.list"}
)
"""Methods that take their arguments in the address everywhere, and as JSON only on newer servers."""


def quiet_logger() -> logging.Logger:
    """A logger for the SDK that never says what people wrote: it quotes whole payloads below warnings."""
    logger = logging.getLogger("slack_bolt")
    logger.setLevel(logging.WARNING)
    logging.getLogger("slack_sdk").setLevel(logging.WARNING)
    return logger


class Calls:
    """The Web API of one workspace."""

    def __init__(self, token: str, base_url: str) -> None:
        self._token = token
        self._base_url = base_url if base_url.endswith("/") else f"{base_url}/"
        self._client: AsyncWebClient | None = None
        self._told: set[str] = set()

    @property
    def base_url(self) -> str:
        """The address of the Web API, ending in a slash."""
        return self._base_url

    @property
    def client(self) -> AsyncWebClient:
        """The SDK's client; made when first used, because its session belongs to the running loop."""
        if self._client is None:
            session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=limits.CALL_WITHIN_S))
            self._client = AsyncWebClient(
                token=self._token, base_url=self._base_url, session=session, retry_handlers=[], logger=quiet_logger()
            )
        return self._client

    async def close(self) -> None:
        """Close all connections."""
        client, self._client = self._client, None
        if client is not None and client.session is not None:
            await client.session.close()

    async def __call__(self, method: str, within_s: float | None = None, **arguments: Any) -> Mapping[str, Any]:
        """Call a method; its answer. Raises `SlackApiError` or a connection's error as they come."""
        body = {name: value for name, value in arguments.items() if value is not None}
        async with asyncio.timeout(within_s):
            if method in _READS:
                answer = await self.client.api_call(method, http_verb="GET", params=body)
            else:
                answer = await self.client.api_call(method, json=body)
        data = answer.data
        return data if isinstance(data, dict) else {}

    async def delivering(self, method: str, **arguments: Any) -> Mapping[str, Any]:
        """The same for a reply: raises delivery errors, and Slack's own only where the caller may know another way."""
        try:
            return await self(method, **arguments)
        except Exception as error:
            self._note(error)
            meant = errors.meaning(error)
            if meant is None:
                raise
            raise meant from None

    def _note(self, error: Exception) -> None:
        word = errors.code(error)
        if word in errors.MISCONFIGURED | errors.REMOVED and word not in self._told:
            self._told.add(word)
            _log.error("Slack refuses us (%s): %s", word, errors.fix(word))


async def at_once(calls: Calls, method: str, **arguments: Any) -> bool:
    """A call whose moment passes (opening a form, showing a page): whether it worked. Never raises."""
    return await looked_up(calls, method, limits.AT_ONCE_WITHIN_S, **arguments) is not None


async def looked_up(calls: Calls, method: str, within_s: float, **arguments: Any) -> Mapping[str, Any] | None:
    """The answer of a call that somebody waits for; None if it did not work. Never raises."""
    try:
        return await calls(method, within_s, **arguments)
    except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as error:
        _log.warning("%s failed: %s", method, errors.code(error) or type(error).__name__)
        return None
