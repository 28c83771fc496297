"""A process is killed at every single step, before the step took effect and after it did; the next process finishes the work.

Killed means: from that step on nothing of the process reaches the server, not even its cleaning up.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from bot.chat.events import Event, Fired, Said, Told
from bot.chat.ids import Address
from bot.chat.replies import Progressing, SetTimer, Tell
from bot.delivery.ports import Outcome
from bot.delivery.service import Delivery
from bot.store.valkey import ValkeyStore
from tests.delivery.mortal import Mortal
from tests.delivery.people import QUICK, Platform, until, without_repeats
from tests.store.conversation import ROOM, now_ms, reply, room, said

OTHER = room("other")


async def scene(
    actor: Address, state: bytes | None, events: Sequence[Event], now_ms: int, report: Progressing
) -> Outcome:
    """Two messages, a timer that rings, and word to another actor, which answers too."""
    del report
    heard: list[str] = json.loads(state or b"[]")
    outgoing: list[Any] = []
    timers: list[SetTimer] = []
    for event in events:
        match event:
            case Said(text=text):
                heard.append(text)
                outgoing.append(reply(f"re:{text}", to=actor))
                if text == "one":
                    timers.append(SetTimer("end", now_ms))
            case Fired(timer=name):
                heard.append(name)
                outgoing.append(reply(f"rang:{name}", to=actor))
                outgoing.append(Tell("told", Told("told", OTHER, now_ms, "done")))
            case Told(topic=topic):
                heard.append(topic)
                outgoing.append(reply(f"heard:{topic}", to=actor))
            case _:
                raise AssertionError(event)
    return Outcome(json.dumps(heard).encode(), tuple(outgoing), tuple(timers))


ALL = {"re:one", "re:two", "rang:end", "heard:done"}


async def finished(store: ValkeyStore, platform: Platform) -> bool:
    states = (await store.peek_state(ROOM), await store.peek_state(OTHER))
    waiting = await store.waiting(ROOM) + await store.waiting(OTHER)
    return None not in states and not waiting and set(platform.shown) == ALL


async def run_and_die(url: str, namespace: str, platform: Platform, kind: str, nth: int, after: bool) -> bool:
    """One process that dies at its nth step of a kind; False if it lived to see everything done."""
    store = ValkeyStore(url, namespace)
    mortal = store._wire = Mortal(url, kind, nth, after)
    delivery = Delivery(store, scene, {"terminal": platform}, now_ms, pace=QUICK)
    delivery.start()
    watching = ValkeyStore(url, namespace)

    async def over() -> bool:
        return mortal.dead.is_set() or await finished(watching, platform)

    await until(over, "killed or finished")
    mortal.dead.set()
    await delivery.stop(0)
    await store.close()
    await watching.close()
    return mortal.killed


STEPS = {
    "due": 4,
    "claim": 4,
    "settle": 4,
    "take": 5,
    "finish": 5,
    "accept": 1,
    "fire": 1,
    "ZRANGE": 2,
    "ZRANGEBYSCORE": 2,
}


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("kind", STEPS)
async def test_killed_at_every_step(valkey_url: str, namespace: str, kind: str, after: bool) -> None:
    for nth in range(1, STEPS[kind] + 1):
        name = f"{namespace}:{nth}"
        platform = Platform()
        store = ValkeyStore(valkey_url, name)
        await store.accept([said("one", event_id="m1"), said("two", event_id="m2")])
        killed = await run_and_die(valkey_url, name, platform, kind, nth, after)
        assert killed or nth > 1, "there is at least one such step"
        if killed:
            assert not await run_and_die(valkey_url, name, platform, "", 1, after=False)
        told = f"killed at {kind} number {nth}"
        assert json.loads(await store.peek_state(ROOM) or b"") == ["one", "two", "end"], told
        assert json.loads(await store.peek_state(OTHER) or b"") == ["done"], told
        shown = [one for one in platform.shown if one != "heard:done"]
        assert without_repeats(shown) == ["re:one", "re:two", "rang:end"], told
        assert len(platform.shown) <= len(ALL) + 1, f"{told}: one kill can repeat one reply"
        assert await store.dead_letters() == [], told
        await store.close()
