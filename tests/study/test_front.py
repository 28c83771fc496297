"""What a person asks of us outside interviews: greeted once, forgotten for good."""

from __future__ import annotations

from bot.chat.events import Ran, Told
from bot.chat.ids import ConversationId, Person
from bot.chat.meanings import Choices, Passage
from bot.chat.replies import Operation, Reply, Tell
from bot.study import front
from bot.study.record import Record

ANN = Person("slack", "T1", "U1", "ann")
ROOM = ConversationId("slack", "T1", "D1").address
OTHER = ConversationId("slack", "T1", "C1", "1.1").address


def ran(command: str, number: int = 1, **options: str) -> Ran:
    return Ran(f"{command}{number}", ANN.address, number, ANN, command, options)


def told(conversation: str, number: int = 1) -> Told:
    body = {
        "interview": f"i{number}",
        "conversation": conversation,
        "question": "q",
        "title": "A question",
        "type": "t",
    }
    return Told(
        f"told{number}", ANN.address, number, "interview", {**body, "level": "senior", "mind": "offline", "at_ms": 1}
    )


def forgotten(conversation: str) -> Told:
    return Told(f"done {conversation}", ANN.address, 9, "forgotten", {"conversation": conversation})


def test_greeted_once() -> None:
    first = front.handle(ANN.address, Record(), [ran("hello")])
    (hello,) = first.outgoing
    assert isinstance(hello, Reply)
    assert hello.operation is Operation.DIRECT
    assert isinstance(hello.meanings[0], Choices)
    assert front.handle(ANN.address, first.record, [ran("hello", 2)]).outgoing == ()


def test_an_interview_in_private_begins_where_the_person_is_alone_with_us() -> None:
    (opens,) = front.handle(ANN.address, Record(), [ran("practice", type="debugging")]).outgoing
    assert isinstance(opens, Reply)
    assert opens.operation is Operation.DIRECT
    assert opens.begins is not None
    assert (opens.begins.command, opens.begins.options) == ("practice", {"type": "debugging"})
    assert opens.begins.id != "practice1"


def test_past_interviews() -> None:
    record = front.handle(ANN.address, Record(), [told(ROOM)]).record
    (listed,) = front.handle(ANN.address, record, [ran("history")]).outgoing
    assert isinstance(listed, Reply)
    (passage,) = listed.meanings
    assert isinstance(passage, Passage)
    assert "A question" in passage.text


def test_every_conversation_is_told_to_forget_and_nothing_is_kept() -> None:
    record = front.handle(ANN.address, Record(), [told(ROOM), told(OTHER, 2), told(ROOM, 3)]).record
    asked = front.handle(ANN.address, record, [ran("forget me", quiet="yes")])
    assert asked.forget
    assert asked.record.empty
    tells = [item for item in asked.outgoing if isinstance(item, Tell)]
    assert {tell.event.to for tell in tells} == {ROOM, OTHER}
    assert len(tells) == len(asked.outgoing)


def test_word_that_was_under_way_is_forgotten_too() -> None:
    record = front.handle(ANN.address, Record(), [told(ROOM)]).record
    record = front.handle(ANN.address, record, [ran("forget me")]).record
    late = front.handle(ANN.address, record, [told(ROOM, 2)])
    assert not late.record.empty
    done = front.handle(ANN.address, late.record, [forgotten(ROOM)])
    assert done.record.empty
    assert done.forget


def test_what_is_new_after_that_stays() -> None:
    done = front.handle(ANN.address, Record(), [ran("forget me"), forgotten(ROOM), told(OTHER, 5)])
    assert [entry.conversation for entry in done.record.entries] == [OTHER]
    left = front.handle(ANN.address, done.record, [forgotten(ROOM)])
    assert left.record == done.record
    assert not left.forget
