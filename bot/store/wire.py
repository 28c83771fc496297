"""The connection to the server: running scripts, waiting for a token, and failures in plain words.

Nothing is repeated behind our back: the client's own retries are off, because it would send a write again that took effect.
`run(..., again=True)` repeats once, for scripts that do nothing the second time. This module knows no key.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as NoConnection
from redis.exceptions import NoScriptError, RedisError, ResponseError
from redis.exceptions import TimeoutError as NoAnswer

from bot.delivery.ports import StoreAway

_ANSWER_S = 5.0
_CONNECT_S = 2.0
_GRACE_S = 10.0  # how much longer than asked a blocking wait may take before the connection counts as dead

_REFUSALS = {
    "READONLY": "the server is a read-only replica; point HOTSEAT_REDIS_URL at the primary",
    "UNBLOCKED": "the server has just become a read-only replica; point HOTSEAT_REDIS_URL at the primary",
    "OOM": "the server is out of memory; raise its maxmemory or free some, and keep maxmemory-policy noeviction",
    "MISCONF": "the server cannot write to its disk; look for a full disk or wrong permissions in its log",
    "LOADING": "the server is still loading its data; try again in a moment",
    "NOAUTH": "the server wants a password; put it into HOTSEAT_REDIS_URL",
    "WRONGPASS": "the server refused the password in HOTSEAT_REDIS_URL",
    "NOPERM": "the server's user in HOTSEAT_REDIS_URL may not run what Hotseat needs; give it all keys and commands",
    "NOREPLICAS": "the server has too few replicas to accept writes; bring them back",
    "MASTERDOWN": "the server has lost its primary; bring it back or point HOTSEAT_REDIS_URL at it",
    "CLUSTERDOWN": "the cluster is down; bring its missing nodes back",
    "BUSY": "the server is busy with another script; try again in a moment",
}


@cache
def script(name: str) -> tuple[bytes, str]:
    """A script's whole text and its digest."""
    folder = Path(__file__).parent / "scripts"
    text = (folder / "prelude.lua").read_bytes() + (folder / f"{name}.lua").read_bytes()
    return text, hashlib.sha1(text, usedforsecurity=False).hexdigest()


def _place(url: str) -> str:
    """Where a server is, without the password that its URL may hold."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return parts.path
    return f"{parts.hostname or 'localhost'}:{parts.port or 6379}"


async def _command(client: Redis, within_s: float | None, *parts: object) -> Any:
    """Run a command; `NoAnswer` when none came in time.

    The client can turn a cancellation into an answer or into a lost connection (`asyncio.wait_for` does, before Python
    3.12); a loop that took it for one would go on for ever.
    """
    before = _cancellations()
    try:
        async with asyncio.timeout(within_s):
            answer = await client.execute_command(*parts)  # type: ignore[no-untyped-call]
    except TimeoutError:
        raise NoAnswer from None
    except RedisError:
        if _cancellations() > before:
            raise asyncio.CancelledError from None
        raise
    if _cancellations() > before:
        raise asyncio.CancelledError
    return answer


def _cancellations() -> int:
    task = asyncio.current_task()
    return task.cancelling() if task is not None else 0


class Wire:
    """One server. Connects when first used; `close` when done."""

    def __init__(self, url: str) -> None:
        self._place = _place(url)
        # No time-out of the client's own: it makes two tasks for every command, a fifth of what a command costs.
        self._client = Redis.from_url(
            url,
            retry=Retry(NoBackoff(), 0),
            socket_timeout=None,
            socket_connect_timeout=_CONNECT_S,
            max_connections=1000,
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def run(self, name: str, keys: Sequence[str], values: Sequence[object], *, again: bool = False) -> Any:
        """Run a script. `again`: it does nothing the second time, so a lost answer may be asked for once more."""
        try:
            return await self._run(name, keys, values)
        except (NoConnection, NoAnswer) as error:
            away = self._away(error)
            if not again:
                raise away from None
        except RedisError as error:
            raise self._away(error) from None
        try:
            return await self._run(name, keys, values)
        except RedisError as error:
            raise self._away(error) from None

    async def _run(self, name: str, keys: Sequence[str], values: Sequence[object]) -> Any:
        text, digest = script(name)
        try:
            return await _command(self._client, _ANSWER_S, "EVALSHA", digest, len(keys), *keys, *values)
        except NoScriptError:
            return await _command(self._client, _ANSWER_S, "EVAL", text, len(keys), *keys, *values)

    async def call(self, *command: str | bytes | int) -> Any:
        """Run one reading command."""
        try:
            return await _command(self._client, _ANSWER_S, *command)
        except RedisError as error:
            raise self._away(error) from None

    async def scan(self, pattern: str) -> AsyncIterator[list[bytes]]:
        """The keys that match a pattern, in handfuls; a key may come twice."""
        cursor: int = 0
        while True:
            cursor, found = await self.call("SCAN", cursor, "MATCH", pattern, "COUNT", 1000)
            if found:
                yield found
            if int(cursor) == 0:
                return

    async def unlink(self, keys: Sequence[bytes]) -> int:
        """Remove keys; how many there were."""
        return int(await self.call("UNLINK", *keys))

    async def wait(self, wake_list: str, timeout_s: float) -> None:
        """Return when the list holds a token (which is taken), or after the time-out."""
        try:
            await _command(self._client, timeout_s + _GRACE_S, "BLPOP", wake_list, f"{timeout_s:.3f}")
        except RedisError as error:
            raise self._away(error) from None

    def _away(self, error: RedisError) -> Exception:
        """A failure as `StoreAway`, or as `StoreFault` where it is a fault of ours."""
        word = _word(error)
        if word in _REFUSALS:
            return StoreAway(f"Nothing can be stored at {self._place}: {_REFUSALS[word]}.")
        if isinstance(error, (NoConnection, NoAnswer)):
            return StoreAway(f"The server at {self._place} cannot be reached; check that it is running.")
        # The server's own words may quote an argument, which may hold what a person wrote.
        return StoreFault(
            f"The server at {self._place} refused a command ({word or type(error).__name__}). If its address is right, "
            "with a database number it has, this is a fault of Hotseat."
        )


def _word(error: BaseException) -> str:
    """The word that the server's refusal began with, such as OOM; empty if there was no refusal."""
    cause: BaseException | None = error
    while cause is not None:
        if code := getattr(cause, "status_code", None):
            return str(code)
        if isinstance(cause, ResponseError):
            first = str(cause).split(" ", 1)[0]
            return first if first.isupper() else ""
        cause = cause.__cause__ or cause.__context__
    return ""


class StoreFault(RuntimeError):
    """The server refused something it should not have been asked: a fault of Hotseat or of a foreign key under its name."""
