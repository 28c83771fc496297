"""`/hotseat forget me`: nothing of the person is left anywhere in the store."""

from __future__ import annotations

import zlib
from typing import Any

from redis.asyncio import Redis

from tests.adapters.slack.conftest import Running
from tests.adapters.slack.test_thread import begun
from tests.delivery.people import until
from tests.fakes.slack import FakeSlack

MARKS = ("marzipan", "quicksilver", "zanzibar")


async def everything(url: str, namespace: str) -> str:
    """Every key and every value of a namespace, states unpacked, as one text."""
    client: Any = Redis.from_url(url)
    found: list[bytes] = []
    async for key in client.scan_iter(f"{namespace}:*", count=1000):
        kind = await client.type(key)
        found.append(key)
        if kind == b"string":
            value = await client.get(key) or b""
            found.append(zlib.decompress(value[1:]) if value[:1] == b"z" else value)
        elif kind == b"list":
            found += await client.lrange(key, 0, -1)
        elif kind == b"hash":
            for pair in (await client.hgetall(key)).items():
                found += pair
        elif kind == b"zset":
            found += await client.zrange(key, 0, -1)
        elif kind == b"set":
            found += await client.smembers(key)
        else:
            assert kind == b"none", kind
    await client.aclose()
    return b"\n".join(found).decode("utf-8", "replace")


async def test_no_trace_is_left(hotseat: Running, slack: FakeSlack, valkey_url: str, namespace: str) -> None:
    ann, ben = slack.member("ann"), slack.member("ben")
    general = slack.channel("general", ann, ben)
    await ann.opens("messages")
    await ann.hears("Hotseat")

    await ann.says("practice question=stale-ai-search")
    card = await ann.hears("[Hint]")
    said = await ann.says(f"I would compare the {MARKS[0]} timestamps with the last edit of each page.")
    await ann.hears("Maya", after=said)
    await ann.presses("Stop", card)
    await ann.presses("Skip", await ann.hears("[Rate yourself]"))
    await ann.presses("This helped", await ann.hears("[This helped]"))

    thread, _ = await begun(slack, ann, general)
    said = await ann.says(f"The {MARKS[1]} job may fail; I'd look at its errors first.", general, thread)
    await ann.hears("Maya", general, thread, after=said)
    # A reply that can never arrive keeps its words among the dead letters.
    slack.space.channels[general].archived = True
    await ann.says(f"And then {MARKS[2]}?", general, thread)
    await ann.hears("it was archived")
    await ben.says("practice question=stale-ai-search")
    await ben.hears("[Hint]")

    before = await everything(valkey_url, namespace)
    assert MARKS[0] in before
    assert MARKS[1] in before
    assert ann.user in before

    answer = await ann.runs("forget me")
    assert "removing everything" in answer.answer["text"]

    async def gone() -> bool:
        left = await everything(valkey_url, namespace)
        return not any(trace in left for trace in (*MARKS, ann.user, ann.dm, '"ann"'))

    await until(gone, "every trace gone")
    assert ben.user in await everything(valkey_url, namespace)

    said = await ann.says(f"is my {MARKS[0]} gone?")
    await ann.hears("No interview is open here", after=said)
    assert MARKS[0] not in await everything(valkey_url, namespace)


async def test_by_message_and_only_in_full(hotseat: Running, slack: FakeSlack) -> None:
    ann = slack.member("ann")
    assert "forget me" in (await ann.runs("forget")).answer["text"]
    await ann.says("practice question=stale-ai-search")
    await ann.hears("[Hint]")
    await ann.says("forget me")
    await ann.hears("I've removed everything")
