"""Mailboxes, state, outbox, timers and presence on a Valkey or Redis server (7.0 or later).

Every operation that changes something is one script, so that a process may be killed between any two of them. Which keys
there are is told in `keys`, what happens in `scripts/`. This module holds no policy: who retries what, and when, is
delivery's concern.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import logging
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from bot.chat.codec import Unreadable, read, write
from bot.chat.events import Event, Fired, Said, Told
from bot.chat.ids import Address, is_person
from bot.chat.replies import Operation, Outgoing, Reply, SetTimer
from bot.delivery.ports import (
    MAILBOXES,
    QUEUES,
    TALK,
    DeadLetter,
    Lease,
    LeaseLost,
    Outcome,
    Parcel,
    Work,
    lane_of,
    lane_to,
    queue_of,
)
from bot.store.keys import ClaimKeys, Keys, timer_member, timer_of
from bot.store.letters import listed
from bot.store.packing import StrangeState, pack, unpack
from bot.store.wire import Wire

_log = logging.getLogger(__name__)

_DAY_MS = 24 * 3600 * 1000
_SEEN_MS = 3 * _DAY_MS  # platforms redeliver for hours; three days leave room for a long weekend
_LAST_MS = 10 * 60 * 1000  # a commit is repeated within seconds or never
_PRESENCE_MS = 90 * _DAY_MS
_REFERENCES_MS = 90 * _DAY_MS
_QUIET_BOUND = 5
_TOGETHER = 50  # events handed over with one claim
_LOOK_AHEAD = 16  # ready actors learnt of with one look
_BATCH = 500  # events in one script call; a longer one would hold up everybody else


@dataclass(frozen=True, slots=True)
class Presence:
    """Who shows a conversation: `owner` is empty when nobody does now; `last_seen_ms` is 0 when nobody ever did."""

    owner: str
    last_seen_ms: int


class ValkeyStore:
    """The store. Implements `Mailboxes`, `Outbox` and `Timers`; connects when first used.

    Raises `StoreAway` from every operation when the server cannot serve it. `screens` names the platforms whose
    conversations each have a lane of their own (see `lane_of`).
    """

    def __init__(self, url: str, namespace: str = "hotseat", screens: frozenset[str] = frozenset()) -> None:
        self._wire = Wire(url)
        self._keys = Keys(namespace)
        self._screens = screens
        self._ahead: dict[str, deque[Address]] = {}  # per ready set: actors that were ready when we last looked
        self._next: dict[str, float] = {}  # per ready set: when the next becomes ready (monotonic seconds)

    async def close(self) -> None:
        """Close all connections."""
        await self._wire.close()

    async def ping(self) -> None:
        """`StoreAway` unless the server answers."""
        await self._wire.call("PING")

    # Mailboxes

    async def accept(self, events: Sequence[Event], quiet_ms: int = 0) -> int:
        """See `Mailboxes.accept`."""
        new = 0
        for partition, queue in itertools.product(self._keys.partitions, QUEUES):
            claims = partition.queues[queue]
            mine = [one for one in events if queue_of(one.to) == queue and self._keys.partition(one.to) is partition]
            for start in range(0, len(mine), _BATCH):
                keys = [claims.ready, claims.leases, partition.attempts, claims.wake]
                values: list[object] = [_SEEN_MS, _QUIET_BOUND]
                for event in mine[start : start + _BATCH]:
                    keys += [partition.actor(event.to).mailbox, partition.seen(event.id)]
                    values += [event.to, write(event), quiet_ms if isinstance(event, Said) else 0]
                new += int(await self._wire.run("accept", keys, values, again=True))
        return new

    def _claims(self, actor: Address) -> ClaimKeys:
        return self._keys.partition(actor).queues[queue_of(actor)]

    async def claim(self, lease_ms: int, queue: str = TALK) -> Work | None:
        """See `Mailboxes.claim`."""
        for partition in self._keys.partitions:
            claims = partition.queues[queue]
            while actor := await self._ready_one(claims.ready):
                own = partition.actor(actor)
                keys = [claims.ready, claims.leases, partition.attempts, claims.wake, partition.counter]
                found = await self._wire.run("claim", [*keys, own.mailbox, own.state], [actor, lease_ms, _TOGETHER])
                if found[0]:
                    return _opened(actor, found)
        return None

    async def renew(self, lease: Lease, lease_ms: int) -> bool:
        """See `Mailboxes.renew`."""
        claims = self._claims(lease.actor)
        values = [lease.actor, lease.token, lease_ms]
        return bool(await self._wire.run("renew", [claims.ready, claims.leases], values, again=True))

    async def commit(self, lease: Lease, handled: int, outcome: Outcome) -> None:
        """See `Mailboxes.commit`."""
        await self._settle(lease, handled, "delete" if outcome.state is None else "set", outcome)

    async def set_aside(self, lease: Lease, reason: str, outgoing: Sequence[Outgoing] = ()) -> None:
        """See `Mailboxes.set_aside`."""
        await self._settle(lease, 1, "keep", Outcome(None, tuple(outgoing)), reason)

    async def _settle(
        self, lease: Lease, handled: int, mode: Literal["keep", "set", "delete"], outcome: Outcome, reason: str = ""
    ) -> None:
        shared, own = self._keys.partition(lease.actor), self._keys.actor(lease.actor)
        claims = self._claims(lease.actor)
        keys = [claims.ready, claims.leases, shared.attempts, claims.wake, shared.counter]
        keys += [shared.timers, shared.timers_wake, shared.dead]
        keys += [own.mailbox, own.state, own.last, own.references, own.presence, own.spent]
        people = lane_to(lease.actor, self._screens)
        # What waits to be shown in a conversation quotes it. What waits for a person says that they were forgotten.
        waiting = [own.last] * 2 if is_person(lease.actor) else [own.outgoing(people), own.trying(people)]
        keys += waiting
        state = b"" if outcome.state is None else pack(outcome.state)
        values: list[object] = [lease.actor, lease.token, handled, mode, state, outcome.keep_ms or 0, reason, _LAST_MS]
        values += [int(outcome.forget), len(outcome.timers)]
        for timer in outcome.timers:
            due = timer.due_ms if isinstance(timer, SetTimer) else ""
            values += [timer_member(lease.actor, timer.name), due]
        lanes: dict[str, int] = {}
        for item in outcome.outgoing:
            lane = lane_of(item, self._screens)
            if lane not in lanes:
                lanes[lane] = len(lanes)
                of_lane = shared.lane(lane)
                keys += [own.outgoing(lane), of_lane.ready, of_lane.leases, of_lane.wake]
            values += [lanes[lane], write(item), _mark(item)]
        if not await self._wire.run("settle", keys, values, again=True):
            raise LeaseLost

    async def give_back(self, lease: Lease, after_ms: int, *, counted: bool = True) -> bool:
        """See `Mailboxes.give_back`."""
        claims = self._claims(lease.actor)
        keys = [claims.ready, claims.leases, self._keys.partition(lease.actor).attempts, claims.wake]
        return bool(await self._wire.run("give_back", keys, [lease.actor, lease.token, after_ms, int(counted)]))

    async def wait(self, timeout_s: float, queue: str = TALK) -> None:
        """See `Mailboxes.wait`."""
        claims = self._keys.partitions[0].queues[queue]
        await self._sleep(claims.ready, claims.wake, timeout_s)

    # Outbox

    async def next_parcel(self, lane: str, lease_ms: int) -> Parcel | None:
        """See `Outbox.next_parcel`."""
        for partition in self._keys.partitions:
            of_lane = partition.lane(lane)
            while actor := await self._ready_one(of_lane.ready):
                own = partition.actor(actor)
                keys = [of_lane.ready, of_lane.leases, of_lane.wake, partition.counter]
                keys += [own.outgoing(lane), own.trying(lane)]
                found = await self._wire.run("take", keys, [actor, lease_ms])
                parcel = await self._unwrapped(actor, lane, found) if found[0] else None
                if parcel is not None:
                    return parcel
        return None

    async def _unwrapped(self, actor: Address, lane: str, found: list[Any]) -> Parcel | None:
        token, serial, attempts, uncertain, text = found
        try:
            item: Outgoing = read(Outgoing, text)
        except Unreadable as unreadable:
            _log.error("reply cannot be read, set aside", extra={"actor": actor, "lane": lane})
            await self._finish(actor, lane, int(serial), reason=f"cannot be read: {unreadable}")
            return None
        known = b""
        if isinstance(item, Reply) and (item.edits or item.under):
            # A thread's reply needs what it hangs from, an edit what it replaces; nothing is both.
            earlier = item.edits or item.under
            known = await self._wire.call("HGET", self._keys.actor(actor).references, earlier) or b""
        return Parcel(Lease(actor, int(token)), lane, int(serial), item, known.decode(), int(attempts), bool(uncertain))

    async def sent(self, parcel: Parcel, reference: str) -> None:
        """See `Outbox.sent`."""
        actor, item = parcel.lease.actor, parcel.item
        kept = "" if isinstance(item, Reply) and item.final else reference
        # Where the newest edit stands is where the next one finds it: a platform may have had to show it anew.
        name = (item.edits or item.id) if isinstance(item, Reply) else item.id
        if not await self._finish(actor, parcel.lane, parcel.serial, reply=name, reference=kept):
            _log.info("reply was already settled", extra={"actor": actor, "lane": parcel.lane})

    async def undeliverable(self, parcel: Parcel, reason: str) -> None:
        """See `Outbox.undeliverable`."""
        await self._finish(parcel.lease.actor, parcel.lane, parcel.serial, reason=reason or "undeliverable")

    async def _finish(
        self, actor: Address, lane: str, serial: int, *, reason: str = "", reply: str = "", reference: str = ""
    ) -> bool:
        partition, own = self._keys.partition(actor), self._keys.actor(actor)
        of_lane = partition.lane(lane)
        keys = [of_lane.ready, of_lane.leases, of_lane.wake, partition.counter]
        keys += [own.outgoing(lane), own.trying(lane), own.references, own.state, partition.dead]
        values = [actor, serial, reason, reply, reference, _REFERENCES_MS]
        return bool(await self._wire.run("finish", keys, values, again=True))

    async def try_later(self, parcel: Parcel, after_ms: int, uncertain: bool) -> None:
        """See `Outbox.try_later`."""
        actor, lane = parcel.lease.actor, parcel.lane
        of_lane = self._keys.partition(actor).lane(lane)
        keys = [of_lane.ready, of_lane.leases, of_lane.wake, self._keys.actor(actor).trying(lane)]
        doubt = int(uncertain or parcel.uncertain)
        if not await self._wire.run("postpone", keys, [actor, parcel.lease.token, after_ms, doubt]):
            _log.info("reply has another sender", extra={"actor": actor, "lane": lane})

    async def wait_outgoing(self, lane: str, timeout_s: float) -> None:
        """See `Outbox.wait_outgoing`."""
        of_lane = self._keys.partitions[0].lane(lane)
        await self._sleep(of_lane.ready, of_lane.wake, timeout_s)

    # Timers

    async def fire_due(self, now_ms: int, limit: int = 100) -> int:
        """See `Timers.fire_due`."""
        rang = 0
        for partition in self._keys.partitions:
            command = ("ZRANGEBYSCORE", partition.timers, "-inf", now_ms, "WITHSCORES", "LIMIT", 0, limit)
            keys = [partition.timers, partition.attempts]
            for claims in partition.queues.values():
                keys += [claims.ready, claims.leases, claims.wake]
            values: list[object] = [_SEEN_MS, len(QUEUES)]
            for member, due in _pairs(await self._wire.call(*command)):
                actor, name = timer_of(member)
                event = Fired(f"timer:{actor}:{name}:{due}", actor, now_ms, name, due)
                keys += [partition.actor(actor).mailbox, partition.seen(event.id)]
                values += [member, due, actor, write(event), QUEUES.index(queue_of(actor))]
            if len(values) > 2:
                rang += int(await self._wire.run("fire", keys, values, again=True))
        return rang

    async def next_due_ms(self) -> int | None:
        """See `Timers.next_due_ms`."""
        firsts = [await self._wire.call("ZRANGE", part.timers, 0, 0, "WITHSCORES") for part in self._keys.partitions]
        return min((due for found in firsts for _, due in _pairs(found)), default=None)

    async def wait_timers(self, timeout_s: float) -> None:
        """See `Timers.wait_timers`."""
        await self._wire.wait(self._keys.partitions[0].timers_wake, timeout_s)

    # What others read

    async def peek_state(self, actor: Address) -> bytes | None:
        """An actor's state as last committed, None if it has none. Reads only; nobody waits for anybody."""
        stored = await self._wire.call("GET", self._keys.actor(actor).state)
        return None if stored is None else unpack(stored)

    async def waiting(self, actor: Address) -> int:
        """How many of an actor's events are not handled yet."""
        return int(await self._wire.call("LLEN", self._keys.actor(actor).mailbox))

    async def settled(self, actor: Address, lanes: Sequence[str]) -> bool:
        """Whether nothing of an actor waits: no event unhandled or in work, nothing to go out on these lanes."""
        keys = self._keys.actor(actor)
        if await self.waiting(actor) or await self._wire.call("HEXISTS", self._claims(actor).leases, actor):
            return False
        return not any([await self._wire.call("LLEN", keys.outgoing(lane)) for lane in lanes])

    async def dead_letters(self, limit: int = 100) -> list[DeadLetter]:
        """What was set aside, newest first. The words of people stay in the store."""
        return await listed(self._wire, self._keys, limit)

    async def forget_namespace(self) -> int:
        """Remove everything under this store's namespace; how many keys there were."""
        gone = 0
        for pattern in self._keys.patterns:
            async for keys in self._wire.scan(pattern):
                gone += await self._wire.unlink(keys)
        return gone

    # Who shows a conversation

    async def attach(self, conversation: Address, owner: str, ttl_ms: int) -> Presence:
        """Show a conversation from now on, whoever did before; returns how it was before.

        Leases on it end at once: their holder was killed, or has lost the screen. Waiting for them to run out would leave
        the person who comes back in front of an empty one.
        """
        before = (await self._presence(conversation, "attach", owner, ttl_ms))[1]
        await self._take_over(conversation)
        return before

    async def _take_over(self, conversation: Address) -> None:
        partition, claims = self._keys.partition(conversation), self._claims(conversation)
        actor = self._keys.actor(conversation)
        for lane in (MAILBOXES, lane_to(conversation, self._screens)):
            out = partition.lane(lane)
            keys = [claims.ready, claims.leases, claims.wake, actor.mailbox]
            keys += [out.ready, out.leases, out.wake, actor.outgoing(lane)]
            await self._wire.run("take_over", keys, [conversation], again=True)

    async def attached(self, conversation: Address) -> Presence | None:
        """Who shows a conversation, or when it was last shown; None if that was never or more than 90 days ago."""
        before = (await self._presence(conversation, "look"))[1]
        return before if before.last_seen_ms else None

    async def touch(self, conversation: Address, owner: str, ttl_ms: int) -> bool:
        """Go on showing a conversation; False if somebody else took it over."""
        return (await self._presence(conversation, "touch", owner, ttl_ms))[0]

    async def detach(self, conversation: Address, owner: str) -> bool:
        """Show a conversation no longer; False if somebody else took it over."""
        return (await self._presence(conversation, "detach", owner))[0]

    async def _presence(
        self, conversation: Address, act: str, owner: str = "", ttl_ms: int = 0
    ) -> tuple[bool, Presence]:
        keys = [self._keys.actor(conversation).presence]
        values = [act, owner, ttl_ms, _PRESENCE_MS]
        done, before, seen = await self._wire.run("presence", keys, values, again=act != "attach")
        return bool(done), Presence(before.decode(), int(seen or 0))

    # How claiming finds its actors, and sleeping its end

    async def _ready_one(self, ready: str) -> Address | None:
        """An actor that is, or a moment ago was, ready; the script that claims it decides. None if there is none."""
        ahead = self._ahead.setdefault(ready, deque())
        if not ahead:
            wait_ms, *members = await self._wire.run("due", [ready], [_LOOK_AHEAD])
            self._next[ready] = time.monotonic() + wait_ms / 1000 if wait_ms >= 0 else float("inf")
            ahead.extend(Address(member.decode()) for member in members)
        return ahead.popleft() if ahead else None

    async def _sleep(self, ready: str, wake: str, timeout_s: float) -> None:
        left_s = min(timeout_s, self._next.get(ready, 0.0) - time.monotonic())
        if left_s >= 0.001:  # nought would mean for ever
            await self._wire.wait(wake, left_s)


def _pairs(found: list[Any]) -> list[tuple[str, int]]:
    """Members and scores, whether the server sends them in pairs or flat."""
    if found and isinstance(found[0], (list, tuple)):
        return [(member.decode(), int(score)) for member, score in found]
    return [(member.decode(), int(float(score))) for member, score in zip(found[::2], found[1::2], strict=True)]


def _opened(actor: Address, found: list[Any]) -> Work:
    """A claimed actor. What cannot be read is named; whether it is waited for or set aside is delivery's concern."""
    token, attempts, stored, entries = found
    unreadable = ""
    state = None
    try:
        state = None if stored is None else unpack(stored)
    except StrangeState as strange:
        unreadable = str(strange)
    events: list[Event] = []
    for entry in entries:
        try:
            events.append(read(Event, entry))
        except Unreadable as strange_event:
            if not events:
                events.append(_stand_in(actor, entry))
                unreadable = unreadable or f"the event cannot be read: {strange_event}"
            break
    return Work(Lease(actor, int(token)), state, tuple(events), int(attempts), unreadable)


def _stand_in(actor: Address, entry: bytes) -> Told:
    """What stands for an event that cannot be read, so that there is something to name it by."""
    return Told(f"unreadable:{hashlib.blake2b(entry, digest_size=8).hexdigest()}", actor, 0, "unreadable")


def _mark(item: Outgoing) -> str:
    """What every stored edit of the same reply says, and nothing else; empty if the item is no edit."""
    if not isinstance(item, Reply) or item.operation is not Operation.EDIT:
        return ""
    return f'"edits":{json.dumps(item.edits, ensure_ascii=False)}'
