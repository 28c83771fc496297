"""What a board learns from its rounds and from the coach: who took part, how much was rated, what the group is weak at. Pure.

Who is weak is never kept, only what: a member has the shares of what they covered, to tell growth, and the group has the rest.
"""

from __future__ import annotations

from dataclasses import replace

from bot.chat import codec
from bot.chat.ids import Person
from bot.study import agreement, calendar, streams
from bot.study.streak import settled, taken_part
from bot.study.stream import SEEN, SHARES, BoardState, Seen, Stream

TOGETHER_MS = 12 * calendar.HOUR_MS
"""What is seen of one thing within this time is one finding: five hundred answers are not five hundred of them."""


def opened(state: BoardState, body: streams.Body, now_ms: int) -> BoardState:
    """The board once a round's answers were opened: their authors took part."""
    postings, day = state.postings, str(body["day"])[:10]
    for one in streams.listed(body, "people"):
        member = state.member(codec.from_plain(Person, one["person"]))
        streak = settled(taken_part(member.streak, day), postings, now_ms)
        state = state.with_member(replace(member, streak=streak, count=member.count + 1, last_ms=now_ms))
    return state


def closed(state: BoardState, stream: Stream, body: streams.Body, now_ms: int) -> BoardState:
    """The board once a round is over: how many answered and rated, and how the answers were rated."""
    held = next((one for one in stream.asked if one.day == str(body["day"])), None)
    if held is None:
        return state
    raters = streams.counts(body, "raters")
    # What nobody answered counts as asked all the same: asked again at once, it would bore those who read it.
    held = replace(held, answers=streams.number(body["answers"]), raters=len(raters))
    state = state.with_stream(stream.with_asked(held))
    for address, count in raters.items():
        member = state.members.get(address)
        if member is not None:
            state = state.with_member(replace(member, rated=member.rated + count))
    for name, levels in streams.levels(body).items():
        weak = sum(agreement.from_level(level) for level in levels) / len(levels)
        state = seen(state, name, weak, len(levels), now_ms)
        state = seen(state, str(body["type"]), weak, len(levels), now_ms)
    return state


def graded(state: BoardState, body: streams.Body, now_ms: int) -> BoardState:
    """The board once the coach has read an answer: what its author covered, and where the group is weak."""
    address, share = str(body["person"]), body["share"]
    if not isinstance(share, (int, float)):
        return state
    member = state.members.get(address)
    if member is not None:
        state = state.with_member(replace(member, shares=(*member.shares, float(share))[-SHARES:]))
    state = seen(state, str(body["type"]), agreement.from_share(float(share)), 1, now_ms)
    for name, weak in streams.shares(body, "weakness").items():
        state = seen(state, name, weak, 1, now_ms)
    return state


def seen(state: BoardState, key: str, weak: float, count: int, now_ms: int) -> BoardState:
    """The board with a finding about the group, put together with what was seen of the same thing just before."""
    lately = next((one for one in reversed(state.seen) if one.key == key), None)
    if lately is None or abs(now_ms - lately.at_ms) > TOGETHER_MS:
        return replace(state, seen=(*state.seen, Seen(now_ms, key, weak, count))[-SEEN:])
    total = lately.count + count
    mean = (lately.weakness * lately.count + weak * count) / total
    merged = Seen(lately.at_ms, key, mean, total)
    return replace(state, seen=tuple(merged if one is lately else one for one in state.seen))
