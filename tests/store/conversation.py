"""Words for tests of the store and of delivery: who says what, and what is answered."""

from __future__ import annotations

import itertools
import time

from bot.chat.events import Pressed, Said
from bot.chat.ids import Address, ConversationId, Person
from bot.chat.meanings import Paragraph
from bot.chat.replies import Operation, Reply, Role

MAYA = Person("terminal", "local", "maya")
ROOM = ConversationId("terminal", "local", "room").address
_numbers = itertools.count()


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def room(name: str) -> Address:
    return ConversationId("terminal", "local", name).address


def said(text: str, to: Address = ROOM, event_id: str = "") -> Said:
    return Said(event_id or f"{to}:{next(_numbers)}", to, now_ms(), MAYA, text)


def pressed(action: str, to: Address = ROOM) -> Pressed:
    return Pressed(f"{to}:{next(_numbers)}", to, now_ms(), MAYA, action)


def reply(reply_id: str, text: str = "", to: Address = ROOM, edits: str = "") -> Reply:
    operation = Operation.EDIT if edits else Operation.POST
    return Reply(reply_id, to, Role.INTERVIEWER, "probe", (Paragraph(text or reply_id),), operation, edits)


def texts(events: object) -> list[str]:
    assert isinstance(events, tuple)
    return [event.text for event in events if isinstance(event, Said)]
