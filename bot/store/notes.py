"""Small facts of the platforms' adapters, on the server: which thread is whose, how far a conversation was heard.

Ids and times only; nothing anybody wrote is in here. Which facts there are is the adapters' concern.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.chat.ids import Address, platform_of
from bot.store.keys import Keys
from bot.store.wire import Wire

_HEARD_MS = 30 * 24 * 3600 * 1000
_FAR_MS = 1 << 52  # later than any mark


class ValkeyNotes:
    """Implements `bot.chat.adapter.Notes`; connects when first used. `StoreAway` when the server cannot serve it."""

    def __init__(self, url: str, namespace: str = "hotseat") -> None:
        self._wire = Wire(url)
        self._keys = Keys(namespace)

    async def close(self) -> None:
        """Close all connections."""
        await self._wire.close()

    async def keep(self, name: str, value: str, keep_ms: int) -> None:
        """See `Notes.keep`."""
        await self._wire.call("SET", self._keys.note(name), value, "PX", keep_ms)

    async def recall(self, name: str) -> str | None:
        """See `Notes.recall`."""
        held: bytes | None = await self._wire.call("GET", self._keys.note(name))
        return None if held is None else held.decode()

    async def drop(self, name: str) -> None:
        """See `Notes.drop`."""
        await self._wire.call("DEL", self._keys.note(name))

    async def mark(self, marks: Mapping[Address, int]) -> None:
        """See `Notes.mark`."""
        platforms: dict[str, list[str | int]] = {}
        for address, at_ms in marks.items():
            platforms.setdefault(platform_of(address), []).extend((at_ms, address))
        for platform, pairs in platforms.items():
            await self._wire.call("ZADD", self._keys.heard(platform), "GT", *pairs)

    async def marked(self, platform: str, since_ms: int) -> Mapping[Address, int]:
        """See `Notes.marked`. What was not heard for a month is let go on the way."""
        key = self._keys.heard(platform)
        await self._wire.call("ZREMRANGEBYSCORE", key, 0, max(0, since_ms - _HEARD_MS))
        # Parted into pairs here: the two versions of the protocol nest this answer differently.
        found = await self._wire.call("ZRANGEBYSCORE", key, since_ms, _FAR_MS, "WITHSCORES")
        pairs = found if found and isinstance(found[0], (list, tuple)) else zip(found[::2], found[1::2], strict=True)
        return {Address(member.decode()): int(float(score)) for member, score in pairs}
