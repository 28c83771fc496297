"""What a person would say about it: counts what was lost, said twice or out of order, from the platform's record alone.

It knows no store and no bot. Everything a person said has an answer they can recognise (a *token*: `k17` where an answer names
the message it answers, a letter where a command has its own kind of answer), so the tokens people saw are compared with the ones
they were owed, conversation by conversation.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Owed:
    """Something a person said that the platform was told we have, and the token its answer carries. Seconds of one clock."""

    channel: str
    token: str
    at_s: float


@dataclass(frozen=True, slots=True)
class Shown:
    """A message that landed in a conversation: its mark names the reply and its part, `by` is the process that posted it."""

    channel: str
    mark: tuple[str, int]
    tokens: tuple[str, ...]
    at_s: float
    by: str


@dataclass(frozen=True, slots=True)
class Look:
    """A process looked at what stands in a conversation."""

    channel: str
    at_s: float
    by: str


@dataclass(slots=True)
class Record:
    """Everything that went over the wire, in the order in which the platform did it."""

    owed: list[Owed] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`duplicates` are those that could have been avoided; `examples` name a few of each trouble for whoever looks for it."""

    accepted: int
    shown: int
    lost: int
    duplicates: int
    duplicates_unavoidable: int
    out_of_order: int
    examples: tuple[str, ...] = ()


def judge(record: Record, try_s: float) -> Verdict:
    """The counts. `try_s` is how long one try to post can take at most: a look and a post within it belong together."""
    owed: dict[str, list[str]] = defaultdict(list)
    shown: dict[str, list[Shown]] = defaultdict(list)
    looks: dict[str, list[Look]] = defaultdict(list)
    for said in record.owed:
        owed[said.channel].append(said.token)
    for landed in record.shown:
        shown[landed.channel].append(landed)
    for look in record.looks:
        looks[look.channel].append(look)
    lost = duplicates = unavoidable = out_of_order = 0
    examples: list[str] = []
    for channel in sorted({*owed, *shown}):
        seen: list[str] = []
        first: dict[tuple[str, int], Shown] = {}
        for landed in shown[channel]:
            before = first.setdefault(landed.mark, landed)
            if before is landed:
                seen += landed.tokens
            elif _could_not_know(before, landed, looks[channel], shown[channel], try_s):
                unavoidable += 1
                examples.append(f"unavoidable: {channel} {landed.mark} at {landed.at_s:.2f}")
            else:
                duplicates += 1
                examples.append(f"twice: {channel} {landed.mark} at {before.at_s:.2f} and {landed.at_s:.2f}")
        missing, extra = Counter(owed[channel]) - Counter(seen), Counter(seen) - Counter(owed[channel])
        lost += missing.total()
        duplicates += extra.total()
        moved = disorder(owed[channel], seen)
        out_of_order += moved
        examples += [f"lost: {channel} {token}" for token in missing] + [f"extra: {channel} {token}" for token in extra]
        if moved:
            examples.append(f"order: {channel} {moved}")
    counts = (lost, duplicates, unavoidable, out_of_order)
    return Verdict(len(record.owed), len(record.shown), *counts, tuple(examples[:40]))


def _could_not_know(one: Shown, other: Shown, looks: Iterable[Look], shown: Iterable[Shown], try_s: float) -> bool:
    """Whether whoever posted one of the two had looked just before, and the other was not there yet: a platform that takes
    no key for a new message leaves that window open."""
    for poster, rival in ((one, other), (other, one)):
        mine = [look.at_s for look in looks if look.by == poster.by and look.at_s <= poster.at_s <= look.at_s + try_s]
        if not mine:
            continue
        looked_s = mine[-1]
        between = any(
            each.by == poster.by and looked_s < each.at_s < poster.at_s and each.mark[0] != poster.mark[0]
            for each in shown
        )
        if not between and looked_s < rival.at_s:
            return True
    return False


def disorder(owed: Sequence[str], seen: Sequence[str]) -> int:
    """How many answers would have to be moved for what was seen to be in the order of what was owed."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, token in enumerate(owed):
        places[token].append(place)
    used: Counter[str] = Counter()
    order: list[int] = []
    for token in seen:
        if used[token] < len(places[token]):
            order.append(places[token][used[token]])
            used[token] += 1
    rising: list[int] = []  # smallest end of a rising run of each length
    for place in order:
        at = bisect_left(rising, place)
        rising[at : at + 1] = [place]
    return len(order) - len(rising)
