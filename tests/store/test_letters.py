"""Dead letters: found by their ids, put back once and behind what waits, dropped, and gone when their time is over."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from bot.chat.events import Said
from bot.chat.replies import Tell
from bot.delivery.ports import MAILBOXES, Outcome
from bot.store.letters import NotReplayed, ValkeyLetters
from bot.store.valkey import ValkeyStore
from tests.store.conversation import ROOM, now_ms, reply, said, texts

LEASE_MS = 10_000


@pytest.fixture
async def letters(valkey_url: str, namespace: str) -> AsyncIterator[ValkeyLetters]:
    letters = ValkeyLetters(valkey_url, namespace)
    yield letters
    await letters.close()


async def set_aside(store: ValkeyStore, *pieces: str) -> None:
    """Have these messages set aside, one after the other."""
    await store.accept([said(piece, event_id=piece) for piece in pieces])
    for piece in pieces:
        work = await store.claim(LEASE_MS)
        assert work is not None
        await store.set_aside(work.lease, f"failed at {piece}")


async def undelivered(store: ValkeyStore, *names: str) -> None:
    """Have these replies set aside."""
    await store.accept([said("hello")])
    work = await store.claim(LEASE_MS)
    assert work is not None
    await store.commit(work.lease, 1, Outcome(b"s", tuple(reply(name) for name in names)))
    for _ in names:
        parcel = await store.next_parcel("terminal", LEASE_MS)
        assert parcel is not None
        await store.undeliverable(parcel, "channel deleted")


async def test_an_event_comes_back_once_behind_what_waits_and_as_of_now(
    store: ValkeyStore, letters: ValkeyLetters
) -> None:
    await set_aside(store, "one", "two")
    newest, oldest = await letters.all()
    assert [newest.reason, oldest.reason] == ["failed at two", "failed at one"]
    await store.accept([said("three")])
    opened = await letters.find(oldest.id)
    assert opened is not None
    assert isinstance(opened.item, Said)
    assert opened.item.text == "one"
    later = now_ms() + 5_000
    for letter in (oldest, newest):
        assert await letters.replay(letter.id, lambda: later)
        assert not await letters.replay(letter.id, lambda: later), "once"
    work = await store.claim(LEASE_MS)
    assert work is not None
    assert (texts(work.events), work.attempts) == (["three", "one", "two"], 1)
    assert [event.at_ms for event in work.events[1:]] == [later, later]
    assert await letters.all() == []


async def test_an_event_that_comes_back_does_not_disturb_whoever_is_at_work(
    store: ValkeyStore, letters: ValkeyLetters
) -> None:
    await set_aside(store, "one")
    await store.accept([said("two"), said("three")])
    work = await store.claim(LEASE_MS)
    assert work is not None
    (letter,) = await letters.all()
    assert await letters.replay(letter.id, now_ms)
    assert await store.claim(LEASE_MS) is None
    await store.commit(work.lease, 2, Outcome(b"s"))
    work = await store.claim(LEASE_MS)
    assert work is not None
    assert texts(work.events) == ["one"]


async def test_a_reply_comes_back_with_its_doubt(store: ValkeyStore, letters: ValkeyLetters) -> None:
    await undelivered(store, "r1", "r2")
    second, first = await letters.all()
    assert await letters.replay(first.id, now_ms)
    assert await letters.replay(second.id, now_ms)
    assert not await letters.replay(first.id, now_ms)
    for name in ("r1", "r2"):
        parcel = await store.next_parcel("terminal", LEASE_MS)
        assert parcel is not None
        assert (parcel.item.id, parcel.uncertain, parcel.attempts) == (name, True, 1)
        await store.undeliverable(parcel, "still deleted")
    assert [letter.reason for letter in await letters.all()] == ["still deleted"] * 2


async def test_word_between_actors_comes_back_on_its_own_lane(store: ValkeyStore, letters: ValkeyLetters) -> None:
    await store.accept([said("hello")])
    work = await store.claim(LEASE_MS)
    assert work is not None
    await store.commit(work.lease, 1, Outcome(b"s", (Tell("t1", said("word", event_id="w")),)))
    parcel = await store.next_parcel(MAILBOXES, LEASE_MS)
    assert parcel is not None
    await store.undeliverable(parcel, "failed 10 times")
    (letter,) = await letters.all()
    assert await letters.replay(letter.id, now_ms)
    parcel = await store.next_parcel(MAILBOXES, LEASE_MS)
    assert parcel is not None
    assert parcel.item.id == "t1"


async def test_what_cannot_be_read_is_kept(
    store: ValkeyStore, letters: ValkeyLetters, valkey_url: str, namespace: str
) -> None:
    await undelivered(store, "r1")
    key = f"{namespace}:{{p0}}:letters"
    async with Redis.from_url(valkey_url) as client:
        (entry,) = await client.execute_command("ZRANGE", key, 0, -1)  # type: ignore[no-untyped-call]
        await client.delete(key)
        await client.zadd(key, {entry.replace(b"Reply", b"Opera"): json.loads(entry)["id"]})
    (letter,) = await letters.all()
    opened = await letters.find(letter.id)
    assert opened is not None
    assert opened.item is None
    with pytest.raises(NotReplayed, match="cannot read"):
        await letters.replay(letter.id, now_ms)
    assert len(await letters.all()) == 1


async def test_an_unknown_id_and_a_dropped_letter(store: ValkeyStore, letters: ValkeyLetters) -> None:
    await set_aside(store, "one")
    (letter,) = await letters.all()
    for name in ("0", "+inf", "x", ""):
        assert await letters.find(name) is None
        assert not await letters.replay(name, now_ms)
        assert not await letters.drop(name)
    assert await letters.drop(letter.id)
    assert not await letters.drop(letter.id)
    assert not await letters.replay(letter.id, now_ms)
    assert await store.waiting(ROOM) == 0


async def test_letters_are_kept_for_ninety_days(store: ValkeyStore, valkey_url: str, namespace: str) -> None:
    key = f"{namespace}:{{p0}}:letters"
    async with Redis.from_url(valkey_url) as client:
        await client.zadd(key, {'{"id":"1"}': (now_ms() - 91 * 86_400_000) * 1000})
        await set_aside(store, "one")
        (letter,) = await store.dead_letters()
        assert letter.reason == "failed at one"
        assert 0 < await client.pttl(key) <= 90 * 86_400_000


async def test_a_stored_letter_holds_what_was_said_word_for_word(store: ValkeyStore, letters: ValkeyLetters) -> None:
    text = 'naïve “quotes” "and" \\ 🙂 \u2028 100 %'
    await store.accept([said(text)])
    work = await store.claim(LEASE_MS)
    assert work is not None
    await store.set_aside(work.lease, "why")
    (letter,) = await letters.all()
    opened = await letters.find(letter.id)
    assert opened is not None
    assert isinstance(opened.item, Said)
    assert opened.item.text == text
    assert await letters.replay(letter.id, now_ms)
    work = await store.claim(LEASE_MS)
    assert work is not None
    assert texts(work.events) == [text]
