"""Where daily questions are shown when Discord is not as it was: threads gone, locked, asleep; posts made twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.chat.adapter import Unreachable
from bot.chat.meanings import Passage, Progress
from bot.chat.replies import Operation, Reply, Role
from bot.store.notes import ValkeyNotes
from tests.adapters.daily_contract import below, card_of, edit_of, round_of
from tests.adapters.discord.group import Group
from tests.fakes.discord.server import Discord


@pytest.fixture
async def group(server: Discord, valkey_url: str, namespace: str) -> AsyncIterator[Group]:
    notes = ValkeyNotes(valkey_url, namespace)
    held = Group(server, notes)
    running = asyncio.create_task(held.adapter.run(held.accept, held.desk))
    async with asyncio.timeout(5):
        await held.adapter.connected()
    yield held
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await notes.close()


async def with_answers(group: Group) -> Reply:
    """A card with a first post below it."""
    card = card_of(group)
    await group.post(card)
    await group.post(below(card, 1, Passage("Answer 1", "Keep the batch.")))
    return card


async def test_what_may_have_arrived_is_shown_once(group: Group) -> None:
    card = card_of(group, mention=group.role)
    for _ in range(2):
        await group.adapter.post_again(card, "")
    await group.post(card)
    for _ in range(2):
        await group.post(below(card, 1, Passage("Answer 1", "Keep the batch.")))
    assert len(group.channel()) == len(group.thread(card.id)) == 1
    assert group.notified() == [group.role]


async def test_also_when_discord_has_forgotten_that_it_was_sent(group: Group) -> None:
    card = card_of(group, mention=group.role)
    answers = below(card, 1, Passage("Answer 1", "Keep the batch."))
    note = Reply("r", card.to, Role.SYSTEM, "note", (Passage("Note", "Two."),), Operation.DIRECT, person=group.person)
    for reply in (card, answers, note):
        await group.post(reply)
        group.server.world.nonces.clear()
        known = group.references[card.id] if reply.under else ""
        assert await group.adapter.post_again(reply, known) == group.references[reply.id]
    assert len(group.channel()) == len(group.thread(card.id)) == len(group.direct()) == 1
    assert group.notified() == [group.role]

    # Where history may not be read, it is sent again, and Discord itself knows it if that was not long ago.
    group.server.fail("GET", r"/channels/\d+/messages", 403, 50013)
    await group.post(replace(card, id="second"))
    assert await group.adapter.post_again(replace(card, id="second"), "") == group.references["second"]
    assert len(group.channel()) == 2


async def test_after_a_deleted_thread_the_rest_goes_into_the_channel(group: Group) -> None:
    card = await with_answers(group)
    (thread,) = group.server.threads(group.general)
    thread.gone = True
    first = below(card, 1, Passage("Answer 1", "Taken back."))
    await group.post(replace(first, id="edit", operation=Operation.EDIT, edits=first.id, under=""))
    assert len(group.channel()) == 1
    await group.post(below(card, 2, Passage("Answer 2", "Stream it.")))
    assert "Stream it." in group.channel()[1]


async def test_a_locked_thread_is_left_alone_and_the_reason_is_plain(group: Group) -> None:
    card = await with_answers(group)
    (thread,) = group.server.threads(group.general)
    thread.archived = thread.locked = True
    with pytest.raises(Unreachable, match=r"^the thread is archived$"):
        await group.post(below(card, 2, Passage("Answer 2", "Stream it.")))


async def test_a_sleeping_thread_is_woken(group: Group) -> None:
    card = await with_answers(group)
    (thread,) = group.server.threads(group.general)
    thread.archived = True
    await group.post(below(card, 2, Passage("Answer 2", "Stream it.")))
    assert len(group.thread(card.id)) == 2
    assert not thread.archived


async def test_what_hangs_from_something_in_a_thread_stays_in_that_thread(group: Group) -> None:
    card = await with_answers(group)
    first = below(card, 1)
    await group.post(replace(below(card, 2, Passage("A note", "On answer 1.")), under=first.id))
    assert len(group.thread(card.id)) == 2


async def test_another_process_finds_the_thread_that_is_there(group: Group, valkey_url: str, namespace: str) -> None:
    card = await with_answers(group)
    notes = ValkeyNotes(valkey_url, f"{namespace}:other")
    server = group.server
    other = type(group.adapter)(
        server.token, notes, server.world.clock, api_url=server.api_url, gateway_url=server.gateway.url
    )
    running = asyncio.create_task(other.run(group.accept, group.desk))
    async with asyncio.timeout(5):
        await other.connected()
    await other.post(below(card, 2, Passage("Answer 2", "Stream it.")), group.references[card.id])
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await notes.close()
    assert len(group.thread(card.id)) == 2
    assert len(server.threads(group.general)) == 1


async def test_a_long_question_is_several_messages_and_its_answers_hang_from_the_first(group: Group) -> None:
    text = " ".join(f"word{number}" for number in range(900))
    card = card_of(group, text=text)
    await group.post(card)
    assert len(group.channel()) > 1
    first = group.references[card.id].partition(",")[0]
    await group.post(below(card, 1, Passage("Answer 1", "Keep the batch.")))
    (thread,) = group.server.threads(group.general)
    assert first.endswith(f"/{thread.id}")
    before = len(group.channel())
    await group.post(edit_of(card, 1, status="3 answers so far"))
    assert len(group.channel()) == before
    assert sum("3 answers so far" in text for text in group.channel()) == 1


async def test_direct_messages_with_somebody_are_opened_once(group: Group) -> None:
    for number in range(3):
        said = (Passage("A note", f"Number {number}."),)
        to = round_of(group).address
        await group.post(Reply(f"r{number}", to, Role.SYSTEM, "note", said, Operation.DIRECT, person=group.person))
    assert len(group.direct()) == 3
    assert [path for _, path, _ in group.server.rest.calls].count("/users/@me/channels") == 1


async def test_closed_direct_messages_are_a_plain_reason(group: Group) -> None:
    group.server.world.closed_to_us.add(group.ann)
    said = (Passage("A note", "For you."),)
    with pytest.raises(Unreachable, match=r"^direct messages are closed$"):
        await group.post(
            Reply("r", round_of(group).sheet(group.person), Role.SYSTEM, "daily-feedback", said, Operation.DIRECT)
        )


async def test_nobody_sees_us_type_for_a_board(group: Group) -> None:
    for to in (group.board.address, round_of(group).address, round_of(group).sheet(group.person)):
        await group.adapter.typing(to)
        await group.adapter.progress(to, Progress("Reading", 1, 2))
    await group.post(card_of(group))
    assert not group.server.world.typed
    assert len(group.channel()) == 1
