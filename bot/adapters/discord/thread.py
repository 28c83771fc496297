"""A thread for an interview: opened once, however often it is tried.

A public thread grows from a message, and a message has one thread at most; our own starting message carries a nonce. A
private thread has neither, so before a second try we look for what the first may have left.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from bot.adapters.discord import faults, limits, parse
from bot.adapters.discord.inert import fit, one_line
from bot.adapters.discord.places import Place, Places
from bot.adapters.discord.render import Page, Text
from bot.chat.adapter import Unreachable
from bot.chat.ids import Address, ConversationId

if TYPE_CHECKING:
    from bot.adapters.discord.client import Client

_ARCHIVE_AFTER_MIN: Any = 1440
_PRIVATE: Any = 12


class Asks(Protocol):
    """Makes requests: the poster."""

    async def ask(self, name: str, call: Any) -> Any:
        """Make a request."""

    async def send(self, channel: int, page: Page, name: str) -> int:
        """Send a message once."""


async def open_thread(
    asks: Asks, client: Client, places: Places, to: Address, conversation: ConversationId, place: Place
) -> int:
    """The thread of a conversation, opened now or found from an earlier try, and noted."""
    parent, origin = int(conversation.channel), int(conversation.thread[1:])
    if place.how == "private":
        channel = await _left_over(asks, client, places, conversation, place) if place.trying else 0
        if not channel:
            await places.keep(to, replace(place, trying=parse.at_ms(origin)))
            made = await asks.ask(
                f"thread:{to}",
                lambda: client.http.start_thread_without_message(
                    parent, name=_name(place), auto_archive_duration=_ARCHIVE_AFTER_MIN, type=_PRIVATE, invitable=False
                ),
            )
            channel = int(made["id"])
        await asks.ask(f"member:{to}", lambda: client.http.add_user_to_thread(channel, place.owner))
    else:
        message = origin
        if place.how == "public":
            starter = Text(f"{one_line(place.name)} is in an interview. Please let them answer by themselves.")
            message = await asks.send(parent, (starter,), f"{to}:starter")
        channel = await from_message(asks, client, parent, message, _name(place))
    await places.keep(to, replace(place, channel=channel, name="", trying=0))
    return channel


async def from_message(asks: Asks, client: Client, parent: int, message: int, name: str) -> int:
    """The thread that hangs from a message, opened now or found from an earlier try."""
    try:
        made = await asks.ask(
            f"thread:{message}",
            lambda: client.http.start_thread_with_message(
                parent, message, name=name, auto_archive_duration=_ARCHIVE_AFTER_MIN
            ),
        )
    except Unreachable as refused:
        if faults.code_of(refused.__cause__ or refused) == faults.THREAD_EXISTS:
            return message  # a thread has the id of the message it grew from
        raise
    return int(made["id"])


async def _left_over(asks: Asks, client: Client, places: Places, conversation: ConversationId, place: Place) -> int:
    """The private thread that an earlier try opened without being able to note it, 0 if there is none."""
    active = await asks.ask(
        f"threads:{conversation.address}", lambda: client.http.get_active_threads(int(conversation.workspace))
    )
    me = client.user.id if client.user is not None else 0
    for found in active["threads"]:
        ours = int(found.get("owner_id") or 0) == me and found.get("parent_id") == conversation.channel
        young = parse.at_ms(int(found["id"])) >= place.trying
        if ours and young and found["name"] == _name(place) and await places.in_thread(int(found["id"])) is None:
            return int(found["id"])
    return 0


def _name(place: Place) -> str:
    return fit(f"Interview: {place.name}", limits.THREAD_NAME)


_WHY = {
    faults.NO_PERMISSION: "I'm missing a permission there: seeing the channel, opening threads and writing in them are what I "
    "need. A moderator can grant them in the channel's settings. Until then, write to me directly: I interview there, too.",
    faults.NO_ACCESS: "I can't see that channel any more. A moderator can let me in again. Until then, write to me directly: "
    "I interview there, too.",
    faults.NO_DIRECT: "Your direct messages are closed to me. Open them in this server's privacy settings, or start the "
    "interview in a channel.",
    faults.UNKNOWN_CHANNEL: "The place of this interview was deleted. /hotseat practice opens a new one; your earlier feedback "
    "is kept.",
    faults.LOCKED: "The thread of this interview was locked. /hotseat practice opens a new one; your earlier feedback is kept.",
}
_WHY[faults.ARCHIVED] = _WHY[faults.LOCKED]


CLOSED = (
    "The feedback is ready, but your direct messages are closed to me, and it is for your eyes only. Open them in this server's "
    "privacy settings; then /hotseat history shows what I have."
)


def explain(code: int) -> str:
    """What a person is told when a reply cannot reach them."""
    return _WHY.get(code, "Discord did not let me answer there. /hotseat practice starts again elsewhere.")
