"""Where a conversation is on Discord: its channel, whose it is, and the last interaction it can be answered through.

Kept in notes, so that any process and any later version finds them; the last used are remembered here. A conversation in a
thread exists before its thread does: the thread is opened when the first reply goes out.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Literal

from bot.adapters.discord import limits, parse
from bot.chat.adapter import Notes
from bot.chat.ids import Address, ConversationId

REMEMBERED = 10_000
NOT_OURS_MS = 60_000
"""How long it is believed that a thread is none of ours."""

How = Literal["message", "public", "private"]


@dataclass(frozen=True, slots=True)
class Place:
    """A conversation in a thread. `channel` is 0 until the thread is there, and `name` is kept until then; `how` says what it
    grows from; `trying` that opening it was begun, so that it may be there already."""

    owner: int
    name: str
    how: How
    channel: int = 0
    trying: int = 0


@dataclass(frozen=True, slots=True)
class Token:
    """The last interaction of a conversation, by `user`: what is for one person is shown to no other.
    `sent` counts what was shown through it: the first takes the place of the mark
    that we are thinking, the others follow."""

    application: int
    token: str
    at_ms: int
    user: int = 0
    sent: int = 0


class Places:
    """Finds and keeps places. `clock` gives Unix milliseconds."""

    def __init__(self, notes: Notes, clock: Callable[[], int]) -> None:
        self._notes = notes
        self._clock = clock
        self._known: OrderedDict[Address, Place] = OrderedDict()
        self._threads: OrderedDict[int, Address] = OrderedDict()
        self._others: OrderedDict[int, int] = OrderedDict()

    async def keep(self, conversation: Address, place: Place) -> None:
        """Note a place, and the way back from its thread."""
        await self._notes.keep(f"discord:place:{conversation}", json.dumps(asdict(place)), limits.KEEP_MS)
        if place.channel:
            await self._notes.keep(f"discord:thread:{place.channel}", conversation, limits.KEEP_MS)
        self._remember(conversation, place)

    async def of(self, conversation: Address) -> Place | None:
        """The place of a conversation in a thread."""
        if conversation in self._known and self._known[conversation].channel:
            self._known.move_to_end(conversation)
            return self._known[conversation]
        held = await self._notes.recall(f"discord:place:{conversation}")
        if held is None:
            return None
        place = Place(**json.loads(held))
        self._remember(conversation, place)
        return place

    def at_hand(self, channel: int) -> Address | None:
        """The conversation of a thread, if it is remembered here."""
        return self._threads.get(channel)

    async def in_thread(self, channel: int) -> Address | None:
        """The conversation held in a thread, None if there is none of ours."""
        if channel in self._threads:
            self._threads.move_to_end(channel)
            return self._threads[channel]
        if self._others.get(channel, 0) > self._clock():
            return None
        held = await self._notes.recall(f"discord:thread:{channel}")
        if held is None:
            self._others[channel] = self._clock() + NOT_OURS_MS
            _bound(self._others)
            return None
        conversation = Address(held)
        self._threads[channel] = conversation
        _bound(self._threads)
        return conversation

    async def answer_through(self, conversation: Address, token: Token) -> None:
        """Note how the next reply can be shown."""
        await self._notes.keep(f"discord:token:{conversation}", json.dumps(asdict(token)), limits.TOKEN_MS)

    async def token(self, conversation: Address) -> Token | None:
        """The last interaction of a conversation, None once it has run out."""
        held = await self._notes.recall(f"discord:token:{conversation}")
        if held is None:
            return None
        token = Token(**json.loads(held))
        return token if self._clock() - token.at_ms < limits.TOKEN_MS else None

    async def spent(self, conversation: Address) -> None:
        """An interaction cannot be answered any more."""
        await self._notes.drop(f"discord:token:{conversation}")

    async def sent_through(self, conversation: Address, token: Token) -> None:
        """One more reply was shown through an interaction, unless a newer one has come meanwhile."""
        now = await self.token(conversation)
        if now is not None and now.token == token.token:
            await self.answer_through(conversation, replace(token, sent=token.sent + 1))

    async def first_time(self, name: str, keep_ms: int = limits.KEEP_MS) -> bool:
        """Whether something named is to be said for the first time; from then on it is not."""
        if await self._notes.recall(f"discord:once:{name}") is not None:
            return False
        await self._notes.keep(f"discord:once:{name}", "1", keep_ms)
        return True

    async def note_progress(self, conversation: Address, message: int) -> None:
        """Remember the message that shows how far work has come; 0: there is none any more."""
        if message:
            await self._notes.keep(f"discord:progress:{conversation}", str(message), limits.KEEP_MS)
        else:
            await self._notes.drop(f"discord:progress:{conversation}")

    async def progress(self, conversation: Address) -> int:
        """The message that shows how far work has come, 0 if there is none."""
        return int(await self._notes.recall(f"discord:progress:{conversation}") or 0)

    def _remember(self, conversation: Address, place: Place) -> None:
        self._known[conversation] = place
        _bound(self._known)
        if place.channel:
            self._threads[place.channel] = conversation
            self._others.pop(place.channel, None)
            _bound(self._threads)


def _bound(held: OrderedDict[Address, Place] | OrderedDict[int, Address] | OrderedDict[int, int]) -> None:
    while len(held) > REMEMBERED:
        held.popitem(last=False)


def channel_of_direct(conversation: ConversationId) -> int:
    """The channel of a conversation in direct messages."""
    return int(conversation.channel) if conversation.workspace == parse.DIRECT else 0
