"""Dead letters: what was set aside because it failed again and again or can never arrive, for an operator to look at.

Listing shows no word of anybody; a letter's content is read only when it is asked for by its id. A letter that is put back is one
no longer, in the same step, so putting it back twice is putting it back once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.chat.codec import Unreadable, read, write
from bot.chat.events import Event
from bot.chat.ids import Address
from bot.chat.replies import Outgoing, Reply, Tell
from bot.delivery.ports import DeadLetter, lane_of, queue_of
from bot.store.keys import Keys, PartitionKeys
from bot.store.wire import Wire

_OUTGOING = (Reply, Tell)


@dataclass(frozen=True, slots=True)
class Opened:
    """A letter with its content: the event or reply, None where this version cannot read it, and the stored text."""

    letter: DeadLetter
    item: Event | Outgoing | None
    text: str


class NotReplayed(Exception):
    """A letter cannot be put back; the message says why."""


class ValkeyLetters:
    """Looks at dead letters, puts them back, drops them. `StoreAway` when the server cannot serve it.

    `screens` must be what the store was given (see `ports.lane_to`).
    """

    def __init__(self, url: str, namespace: str = "hotseat", screens: frozenset[str] = frozenset()) -> None:
        self._wire = Wire(url)
        self._keys = Keys(namespace)
        self._screens = screens

    async def close(self) -> None:
        """Close all connections."""
        await self._wire.close()

    async def all(self, limit: int = 10_000) -> list[DeadLetter]:
        """What was set aside, newest first."""
        return await listed(self._wire, self._keys, limit)

    async def find(self, letter_id: str) -> Opened | None:
        """A letter with its content; None if there is none of that id."""
        found = await self._found(letter_id)
        return None if found is None else found[1]

    async def replay(self, letter_id: str, clock: Callable[[], int]) -> bool:
        """Put a letter back behind everything that waits for its actor; False if there is none of that id.

        An event comes back as one of now: a clock that was stopped meanwhile must not run from then. `NotReplayed` for a reply
        that cannot be read.
        """
        found = await self._found(letter_id)
        if found is None:
            return False
        partition, opened = found
        actor, item = opened.letter.actor, opened.item
        own = partition.actor(actor)
        if opened.letter.kind == "event":
            claims = partition.queues[queue_of(actor)]
            keys = [partition.dead, claims.ready, claims.leases, partition.attempts, claims.wake, own.mailbox]
            fresh = None if item is None or isinstance(item, _OUTGOING) else replace(item, at_ms=clock())
            entry = write(fresh) if fresh is not None else opened.text
            return bool(await self._wire.run("replay", keys, [letter_id, actor, entry]))
        if not isinstance(item, _OUTGOING):
            raise NotReplayed(f"letter {letter_id} holds a reply that this version of Hotseat cannot read")
        lane = lane_of(item, self._screens)
        of_lane = partition.lane(lane)
        keys = [partition.dead, partition.counter, own.outgoing(lane), of_lane.ready, of_lane.leases, of_lane.wake]
        return bool(await self._wire.run("repost", keys, [letter_id, actor, opened.text]))

    async def drop(self, letter_id: str) -> bool:
        """Remove a letter for good; False if there is none of that id."""
        if not letter_id.isdigit():
            return False
        gone = [
            await self._wire.call("ZREMRANGEBYSCORE", partition.dead, letter_id, letter_id)
            for partition in self._keys.partitions
        ]
        return any(gone)

    async def _found(self, letter_id: str) -> tuple[PartitionKeys, Opened] | None:
        if not letter_id.isdigit():
            return None
        for partition in self._keys.partitions:
            for entry in await self._wire.call("ZRANGEBYSCORE", partition.dead, letter_id, letter_id):
                return partition, _opened(entry)
        return None


async def listed(wire: Wire, keys: Keys, limit: int) -> list[DeadLetter]:
    """The newest letters of all partitions, newest first."""
    letters: list[DeadLetter] = []
    for partition in keys.partitions:
        letters += [_letter(json.loads(one)) for one in await wire.call("ZREVRANGE", partition.dead, 0, limit - 1)]
    return sorted(letters, key=lambda letter: -int(letter.id))[:limit]


def _letter(held: Mapping[str, str]) -> DeadLetter:
    return DeadLetter(held["id"], Address(held["actor"]), held["kind"], held["reason"], int(held["at_ms"]))


def _opened(entry: bytes) -> Opened:
    held = json.loads(entry)
    kind: Any = Event if held["kind"] == "event" else Outgoing
    try:
        item = read(kind, held["entry"])
    except Unreadable:
        item = None
    return Opened(_letter(held), item, held["entry"])
