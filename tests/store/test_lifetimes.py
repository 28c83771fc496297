"""Every key has a reason to stay or a time to go: all keys of a namespace are walked after interviews were held on it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from bot import app
from bot.chat.events import Event, Ran, Said
from bot.chat.ids import Address, ConversationId, Person
from bot.chat.replies import Reply
from bot.delivery.service import Delivery, Pace
from bot.interview.engine import Engine
from bot.interview.minds import Minds
from bot.library.load import Library
from bot.models.claude.ledger import Usage
from bot.models.offline.grader import OfflineGrader
from bot.models.offline.interviewer import OfflineInterviewer
from bot.router import KEEP_CONVERSATION_MS, Router
from bot.store.ledger import ValkeyLedger
from bot.store.notes import ValkeyNotes
from bot.store.valkey import ValkeyStore
from tests.store.conversation import said

DAY_MS = 86_400_000
ADA = Person("bench", "local", "ada", "Ada")
HERE = ConversationId("bench", "local", "practice").address

STAYS = {
    r"counter": "numbers are drawn from it for ever",
    r"actor:person:bench:local:ada:state": "a person's record, theirs until they ask to be forgotten",
    r"actor:person:bench:local:ada:spent": "a person's books, likewise",
    r"spent:workspace:.*": "a workspace's books; one for each workspace",
    r"heard:bench": "marks of a platform, of which those older than a month are removed; one for each platform",
}
"""Keys without an end, each with its reason."""

GOES = {
    r"actor:talk:bench:local:practice::state": KEEP_CONVERSATION_MS,
    r"actor:talk:bench:local:practice::references": KEEP_CONVERSATION_MS,
    r"actor:talk:bench:local:practice::presence": 90 * DAY_MS,
    r"actor:.*:last": 10 * 60_000,
    r"seen:[0-9a-f]{32}": 3 * DAY_MS,
    r"letters": 90 * DAY_MS,
    r"note:.*": DAY_MS,
    r"(?:lane:bench:|lane:mailboxes:)?wake": 60_000,
    r"timers:wake": 60_000,
    r"spent:(?:interview|day):.*": 400 * DAY_MS,
    r"calls:[0-9a-f]{32}": 90 * DAY_MS,
}
"""Keys with an end, and the longest they may have."""


class Screen:
    """A platform that shows everything."""

    platform = "bench"

    async def post(self, reply: Reply, known: str) -> str:
        return f"ref-{reply.id}"

    async def typing(self, conversation: Address) -> None: ...


@pytest.fixture
async def delivery(store: ValkeyStore) -> AsyncIterator[Delivery]:
    minds = Minds({"offline": OfflineInterviewer()}, {"offline": OfflineGrader()})
    delivery = Delivery(store, Router(Engine(Library.open(), minds)), {"bench": Screen()}, app.now_ms, pace=Pace())
    yield delivery
    await delivery.stop(1)


async def held(delivery: Delivery, store: ValkeyStore, *words: str) -> None:
    """An interview: commands and answers, one after the other, to the end of everything they set off."""
    for number, word in enumerate(words):
        name, now_ms = f"{word}-{number}", app.now_ms()
        event: Event = Ran(name, HERE, now_ms, ADA, word, {"question": "stale-ai-search"} if word == "practice" else {})
        if " " in word:
            event = Said(name, HERE, now_ms, ADA, word)
        await delivery.accept([event])
        await delivery.settled(HERE)
    await delivery.settled(ADA.address)


async def keys(client: Redis, namespace: str) -> dict[str, int]:
    """Every key of the namespace, without its beginning, with its life in milliseconds (-1: no end)."""
    start = f"{namespace}:{{p0}}:"
    found = [key.decode() async for key in client.scan_iter(f"{namespace}:*")]
    assert all(key.startswith(start) for key in found)
    return {key.removeprefix(start): await client.pttl(key) for key in found}


async def test_every_key_has_a_reason_to_stay_or_a_time_to_go(
    store: ValkeyStore, delivery: Delivery, valkey_url: str, namespace: str
) -> None:
    ledger, notes = ValkeyLedger(valkey_url, namespace), ValkeyNotes(valkey_url, namespace)
    await store.accept([said("poison")])
    work = await store.claim(1000)
    assert work is not None
    await store.set_aside(work.lease, "why")
    delivery.start()
    answer = "I'd compare when each page was last embedded with when it was last edited."
    await held(delivery, store, "practice", answer, "hint", "pause", "resume", "stop", "done", "practice", answer)
    await store.attach(HERE, "terminal-1", 1000)
    await ledger.record(Usage("turn", "s1", ADA, "claude", 10, 0, 0, 5, 0.1))
    await notes.keep("thread", "17", DAY_MS)
    await notes.mark({HERE: 1})
    async with Redis.from_url(valkey_url) as client:
        for key, life_ms in (await keys(client, namespace)).items():
            if life_ms == -1 and key != "timers":
                assert any(re.fullmatch(shape, key) for shape in STAYS), f"{key} stays for no reason"
            elif key != "timers":
                longest = [most for shape, most in GOES.items() if re.fullmatch(shape, key)]
                assert longest, f"nobody knows {key}"
                assert 0 < life_ms <= longest[0], key
        timers = await client.execute_command("ZRANGE", f"{namespace}:{{p0}}:timers", 0, -1)  # type: ignore[no-untyped-call]
        assert all(member.startswith(f"{HERE}|".encode()) for member in timers), (
            "those of the open interview, and no others"
        )
        assert timers
        await held(delivery, store, "stop", "done")
        left = await keys(client, namespace)
        assert "timers" not in left, "an interview that is over leaves no timer"
        idle = {"ready", "leases", "attempts", "lane:bench:ready", "lane:bench:leases", "lane:mailboxes:ready"}
        assert not idle & set(left), "nobody waits and nobody owns anything"
        assert not [key for key in left if key.endswith(":mailbox") or ":out:" in key or ":trying:" in key]
    await ledger.close()
    await notes.close()
