"""What adapters keep for themselves."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.chat.ids import ConversationId
from bot.store.notes import ValkeyNotes

HERE, THERE = (ConversationId("discord", "1", name).address for name in ("10", "11"))


@pytest.fixture
async def notes(valkey_url: str, namespace: str) -> AsyncIterator[ValkeyNotes]:
    notes = ValkeyNotes(valkey_url, namespace)
    yield notes
    await notes.close()


async def test_a_fact_is_kept_replaced_and_dropped(notes: ValkeyNotes) -> None:
    assert await notes.recall("thread:1") is None
    await notes.keep("thread:1", "a", 60_000)
    await notes.keep("thread:1", "b", 60_000)
    assert await notes.recall("thread:1") == "b"
    await notes.drop("thread:1")
    assert await notes.recall("thread:1") is None


async def test_a_mark_never_moves_back_and_old_ones_are_left_out(notes: ValkeyNotes) -> None:
    await notes.mark({HERE: 5_000, THERE: 1_000})
    await notes.mark({HERE: 4_000, ConversationId("slack", "1", "x").address: 9_000})
    assert await notes.marked("discord", 2_000) == {HERE: 5_000}
    assert await notes.marked("discord", 0) == {HERE: 5_000, THERE: 1_000}
