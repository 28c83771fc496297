"""A process killed at a certain step, as the server sees it: from then on nothing of it arrives, not even its cleaning up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from bot.delivery.ports import StoreAway
from bot.store.wire import Wire

T = TypeVar("T")


class Mortal(Wire):
    """A connection that dies at its `left`th step of a `kind` (a script or a command), before or after the step took effect."""

    def __init__(self, url: str, kind: str, left: int, after: bool) -> None:
        super().__init__(url)
        self.kind, self.left, self.after = kind, left, after
        self.dead = asyncio.Event()
        self.killed = False

    async def _step(self, name: str, call: Callable[[], Awaitable[T]]) -> T:
        if self.dead.is_set():
            raise StoreAway("killed")
        self.left -= name == self.kind
        if self.left > 0 or name != self.kind:
            return await call()
        self.killed = True
        self.dead.set()
        if self.after:
            await call()
        raise StoreAway("killed")

    async def run(self, name: str, keys: Sequence[str], values: Sequence[object], *, again: bool = False) -> Any:
        return await self._step(name, lambda: Wire.run(self, name, keys, values, again=again))

    async def call(self, *command: str | bytes | int) -> Any:
        return await self._step(str(command[0]), lambda: Wire.call(self, *command))

    async def wait(self, wake_list: str, timeout_s: float) -> None:
        if self.dead.is_set():
            raise StoreAway("killed")
        await super().wait(wake_list, timeout_s)
