"""The fake keeps to the real rules: what it refuses, what its cache does, how it streams. Asked with the real SDK."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anthropic
import httpx2
import pytest

from tests.fakes.anthropic import Fake, Fault
from tests.fakes.anthropic.cache import Cache, Piece, tokens
from tests.fakes.anthropic.checks import VERSION


@asynccontextmanager
async def asking(fake: Fake, key: str = "k") -> AsyncIterator[anthropic.AsyncAnthropic]:
    async with anthropic.AsyncAnthropic(
        api_key=key, base_url=fake.base_url, max_retries=0, open_telemetry=False
    ) as client:
        yield client


def body(**changes: Any) -> dict[str, Any]:
    given = {"model": "claude-sonnet-5-5", "max_tokens": 100, "messages": [{"role": "user", "content": "Hello"}]}
    return given | changes


def shape(**schema: Any) -> dict[str, Any]:
    return {"format": {"type": "json_schema", "schema": schema}}


GOOD = shape(type="object", properties={"n": {"type": "integer"}}, required=["n"], additionalProperties=False)
BLOCK = {"type": "text", "text": "x", "cache_control": {"type": "ephemeral"}}


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"temperature": 1}, "temperature"),
        ({"top_p": 0.9}, "top_p"),
        ({"no_such_field": 1}, "Extra inputs"),
        ({"max_tokens": None}, "max_tokens"),
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "{"}]}, "prefill"),
        ({"messages": [{"role": "robot", "content": "a"}]}, "role"),
        ({"system": [{"type": "text", "text": " "}]}, "non-whitespace"),
        ({"system": [BLOCK] * 5}, "maximum of 4"),
        ({"system": [BLOCK, BLOCK | {"cache_control": {"type": "ephemeral", "ttl": "1h"}}]}, "ttl of 1h"),
        ({"thinking": {"type": "disabled"}}, "thinking"),
        ({"model": "claude-opus-5-5", "thinking": {"type": "enabled"}}, "thinking"),
        ({"output_config": {"effort": "max"}}, "effort"),
        ({"output_config": shape(type="object", properties={})}, "additionalProperties"),
        ({"output_config": shape(type="integer", minimum=1)}, "minimum"),
        ({"output_config": shape(type="array", items={"type": "string"}, minItems=2)}, "minItems"),
        ({"output_config": shape(type="string", pattern="^a")}, "pattern"),
    ],
)
async def test_what_the_api_would_refuse(changes: dict[str, Any], word: str) -> None:
    headers = {"Authorization": "Bearer k", "anthropic-version": VERSION}
    async with Fake() as fake, httpx2.AsyncClient(base_url=fake.base_url, headers=headers) as client:
        answer = await client.post("/v1/messages", json=body(**changes))
        assert answer.status_code == 400
        assert word in answer.json()["error"]["message"]
        assert (await client.post("/v1/messages", json=body())).status_code == 200


async def test_a_key_and_a_version_are_needed() -> None:
    async with Fake(key="right") as fake, httpx2.AsyncClient(base_url=fake.base_url) as client:
        for headers, status in (
            ({"x-api-key": "right", "anthropic-version": VERSION}, 401),
            ({"Authorization": "Bearer wrong", "anthropic-version": VERSION}, 401),
            ({"Authorization": "Bearer right"}, 400),
            ({"Authorization": "Bearer right", "anthropic-version": VERSION}, 200),
        ):
            assert (await client.post("/v1/messages", json=body(), headers=headers)).status_code == status
        assert "right" not in repr(fake.journal)


async def test_the_sdk_reads_it_streamed_and_not() -> None:
    async with Fake() as fake, asking(fake) as client:
        ask = body(model="claude-opus-5-5", output_config=GOOD)
        whole = await client.messages.create(**ask)
        async with client.messages.stream(**ask) as stream:
            streamed = await stream.get_final_message()
        for message in (whole, streamed):
            assert [block.type for block in message.content] == ["thinking", "text"]
            assert message.content[1].to_dict()["text"] == '{"n": 9999}'
            assert message.stop_reason == "end_turn"
        assert (await client.messages.count_tokens(model="claude-opus-5-5", messages=ask["messages"])).input_tokens == 2
        assert (await client.models.retrieve("claude-opus-5-5")).id == "claude-opus-5-5"
        listed = [model.id async for model in client.models.list()]
        assert listed == ["claude-haiku-5-5", "claude-sonnet-5-5", "claude-opus-5-5", "claude-haiku-4-5"]


async def test_a_fault_can_wait_for_its_model() -> None:
    async with Fake() as fake, asking(fake) as client:
        fake.next(Fault.RATE_LIMITED, model="claude-opus-5-5", retry_after_s=7)
        await client.messages.create(**body())
        with pytest.raises(anthropic.RateLimitError) as caught:
            await client.messages.create(**body(model="claude-opus-5-5"))
        assert caught.value.response.headers["retry-after"] == "7"
        fake.next(Fault.OVERLOADED)
        fake.calm()
        await client.messages.create(**body())


class Time:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def pieces(*texts: str, marked: dict[int, str]) -> list[Piece]:
    return [Piece(text, tokens(text), marked.get(index, "")) for index, text in enumerate(texts)]


def test_only_an_exact_prefix_is_read() -> None:
    cache = Cache(Time())
    a, b, c = "a" * 4000, "b" * 400, "c" * 40
    wrote = cache.use("m", 512, pieces(a, b, c, marked={1: "5m"}))
    assert (wrote.plain, wrote.read, wrote.written) == (10, 0, {"5m": 1100})
    same = cache.use("m", 512, pieces(a, b, c + c, marked={1: "5m"}))
    assert (same.plain, same.read, same.written) == (20, 1100, {})
    grown = cache.use("m", 512, pieces(a, b, c, b, marked={3: "5m"}))
    assert (grown.plain, grown.read, grown.written) == (0, 1100, {"5m": 110})
    assert cache.use("m", 512, pieces(a, c, b, marked={2: "5m"})).read == 0
    assert cache.use("other", 512, pieces(a, b, c, marked={1: "5m"})).read == 0


def test_a_prefix_below_the_minimum_is_not_kept() -> None:
    cache = Cache(Time())
    short = pieces("a" * 2044, "b", marked={0: "5m"})
    assert cache.use("m", 512, short).written == {}
    assert cache.use("m", 512, short).read == 0
    assert cache.use("m", 511, short).written == {"5m": 511}


def test_what_is_read_lives_on_and_what_is_not_is_forgotten() -> None:
    clock = Time()
    cache = Cache(clock)
    text = pieces("a" * 4000, marked={0: "5m"})
    cache.use("m", 512, text)
    for _ in range(3):
        clock.now += 299
        assert cache.use("m", 512, text).read == 1000
    clock.now += 301
    assert cache.use("m", 512, text).read == 0
    hour = pieces("h" * 4000, marked={0: "1h"})
    assert cache.use("m", 512, hour).written == {"1h": 1000}
    clock.now += 3599
    assert cache.use("m", 512, hour).read == 1000


def test_a_breakpoint_looks_back_twenty_blocks() -> None:
    cache = Cache(Time())
    start = ["a" * 4000]
    cache.use("m", 512, pieces(*start, marked={0: "5m"}))
    near = [*start, *(str(n) for n in range(19))]
    assert cache.use("m", 512, pieces(*near, marked={19: "5m"})).read == 1000
    far = [*start, *("x" + str(n) for n in range(20))]
    assert cache.use("m", 512, pieces(*far, marked={20: "5m"})).read == 0


def test_it_runs_as_a_program() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.fakes.anthropic", "--fault", "overloaded"], stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout is not None
        first = program.stdout.readline()
        url = next(word.rstrip(".") for word in first.split() if word.startswith("http"))
        headers = {"Authorization": "Bearer any", "anthropic-version": VERSION}
        told = [httpx2.post(f"{url}/v1/messages", json=body(), headers=headers).status_code for _ in range(2)]
        program.terminate()
        program.stdout.close()
    assert told == [529, 200]
