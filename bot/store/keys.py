"""Every key name in one place.

A key is `<namespace>:{<partition>}:…`; the braces are the hash tag that keeps the keys of one script on one node of a
cluster. There is one partition today; `partition_of` decides, so that more can come. What the values look like is told by
the scripts that write them.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote

from bot.chat.ids import Address
from bot.delivery.ports import QUEUES, TALK

PARTITIONS = ("p0",)

_NAMESPACE = re.compile(r"[A-Za-z0-9_.:-]{1,100}")


def _digest(name: str) -> str:
    """A name as it stands in a key that outlives the person: short, and telling nobody where or who they were."""
    return hashlib.blake2b(name.encode(), digest_size=16).hexdigest()


def partition_of(actor: str) -> str:
    """The partition an actor's keys live in."""
    del actor  # one partition holds everybody
    return PARTITIONS[0]


@dataclass(frozen=True)
class ActorKeys:
    """The keys of one actor, all under one beginning."""

    start: str

    @property
    def mailbox(self) -> str:
        """List of waiting events, oldest first, as JSON."""
        return f"{self.start}:mailbox"

    @property
    def state(self) -> str:
        """The actor's state: a format marker and the packed bytes."""
        return f"{self.start}:state"

    @property
    def last(self) -> str:
        """The token of the last commit, for a while: how a repeated commit is recognised."""
        return f"{self.start}:last"

    @property
    def references(self) -> str:
        """Hash of reply id to the platform's reference; lives as long as the state, else ninety days after the last."""
        return f"{self.start}:references"

    @property
    def presence(self) -> str:
        """Hash of who shows this conversation: owner, seen (ms), until (ms)."""
        return f"{self.start}:presence"

    @property
    def spent(self) -> str:
        """Hash of what model calls for this person used up (see `ledger`)."""
        return f"{self.start}:spent"

    def outgoing(self, lane: str) -> str:
        """List of `<serial>:<json>` to go out on a lane, oldest first; `<serial>?:` says that it may have arrived before."""
        return f"{self.start}:out:{quote(lane, safe='@')}"

    def trying(self, lane: str) -> str:
        """Hash about the head of that list: serial, attempts, uncertain."""
        return f"{self.start}:trying:{quote(lane, safe='@')}"


@dataclass(frozen=True)
class ClaimKeys:
    """What is claimed under leases: mailboxes by workers in a partition, outboxes by senders on a lane."""

    start: str

    @cached_property
    def ready(self) -> str:
        """Sorted set of actors by when what waits may be claimed (ms); a lease is a moment in the future."""
        return f"{self.start}:ready"

    @cached_property
    def leases(self) -> str:
        """Hash of actor to its owner's token; absent when nobody owns it."""
        return f"{self.start}:leases"

    @cached_property
    def wake(self) -> str:
        """List with at most one token: a hint that there may be something to claim."""
        return f"{self.start}:wake"


@dataclass(frozen=True)
class LaneKeys(ClaimKeys):
    """The keys of one lane."""


@dataclass(frozen=True)
class PartitionKeys(ClaimKeys):
    """The keys that the actors of one partition share."""

    @cached_property
    def attempts(self) -> str:
        """Hash of actor to how often its waiting events were claimed without a commit."""
        return f"{self.start}:attempts"

    @cached_property
    def counter(self) -> str:
        """The ever-growing number that tokens, serials and the ids of dead letters are drawn from."""
        return f"{self.start}:counter"

    @cached_property
    def timers(self) -> str:
        """Sorted set of `<actor>|<name>` by when the timer is due (ms)."""
        return f"{self.start}:timers"

    @cached_property
    def timers_wake(self) -> str:
        """List with at most one token: a hint that the earliest timer changed."""
        return f"{self.start}:timers:wake"

    @cached_property
    def dead(self) -> str:
        """Sorted set of dead letters as JSON by their number; the newest for ninety days."""
        return f"{self.start}:letters"

    @cached_property
    def queues(self) -> dict[str, ClaimKeys]:
        """What workers claim, by queue (see `ports.QUEUES`)."""
        return {queue: self if queue == TALK else ClaimKeys(f"{self.start}:queue:{queue}") for queue in QUEUES}

    def seen(self, event_id: str) -> str:
        """The marker that an event was accepted."""
        return f"{self.start}:seen:{_digest(event_id)}"

    def spent(self, kind: str, name: str) -> str:
        """Hash of what model calls used up for an interview, a workspace or on a day (see `ledger`)."""
        return f"{self.start}:spent:{kind}:{_digest(name) if kind == 'interview' else quote(name, safe='')}"

    def calls(self, interview: str) -> str:
        """List of an interview's model calls as JSON, newest first."""
        return f"{self.start}:calls:{_digest(interview)}"

    def note(self, name: str) -> str:
        """A small fact of an adapter."""
        return f"{self.start}:note:{quote(name, safe='')}"

    def heard(self, platform: str) -> str:
        """Sorted set of a platform's conversations by when they were last heard (ms)."""
        return f"{self.start}:heard:{quote(platform, safe='')}"

    def lane(self, lane: str) -> LaneKeys:
        """The keys of a lane."""
        return LaneKeys(f"{self.start}:lane:{quote(lane, safe='@')}")

    def actor(self, actor: str) -> ActorKeys:
        """The keys of an actor of this partition."""
        return ActorKeys(f"{self.start}:actor:{actor}")


class Keys:
    """The keys of one namespace. ValueError if the namespace is not made of letters, digits and `_ . : -`."""

    def __init__(self, namespace: str) -> None:
        if not _NAMESPACE.fullmatch(namespace):
            raise ValueError(f"not a namespace: {namespace!r}; letters, digits and _ . : - are allowed, up to 100")
        self.namespace = namespace
        self._partitions = {name: PartitionKeys(f"{namespace}:{{{name}}}") for name in PARTITIONS}

    @property
    def partitions(self) -> tuple[PartitionKeys, ...]:
        """All partitions."""
        return tuple(self._partitions.values())

    def partition(self, actor: str) -> PartitionKeys:
        """The partition an actor belongs to."""
        return self._partitions[partition_of(actor)]

    def actor(self, actor: str) -> ActorKeys:
        """The keys of an actor."""
        return self.partition(actor).actor(actor)

    def note(self, name: str) -> str:
        """What an adapter noted under a name, until it runs out; notes are shared by all and live in the first partition."""
        return self._partitions[PARTITIONS[0]].note(name)

    def heard(self, platform: str) -> str:
        """See `PartitionKeys.heard`."""
        return self._partitions[PARTITIONS[0]].heard(platform)

    @property
    def patterns(self) -> tuple[str, ...]:
        """Patterns that match every key of this namespace and none of another (braces mean nothing in a pattern)."""
        return tuple(f"{self.namespace}:{{{name}}}:*" for name in PARTITIONS)


def timer_member(actor: Address, name: str) -> str:
    """A timer's name among all timers. Addresses never hold the bar, they are percent-encoded."""
    if "|" in actor:
        raise ValueError(f"not an address: {actor!r}")
    return f"{actor}|{name}"


def timer_of(member: str) -> tuple[Address, str]:
    """The actor and the name behind `timer_member`."""
    actor, _, name = member.partition("|")
    return Address(actor), name
