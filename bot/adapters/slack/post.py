"""Replies on their way to Slack: where each belongs, in how many messages, and what to do when Slack refuses.

A message carries the id of its reply as metadata. Before a reply that may have arrived is posted again, the conversation is
searched for that mark, and only what is missing is posted.
"""

from __future__ import annotations

import contextlib
import logging
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from slack_sdk.errors import SlackApiError

from bot.adapters.slack import errors, limits, parse, render
from bot.adapters.slack.calls import Calls
from bot.adapters.slack.reference import Reference, Spot
from bot.chat import ids
from bot.chat.adapter import Accept, DeliveryError, Reception, TryLater, Unreachable
from bot.chat.ids import Address, ConversationId, Person
from bot.chat.meanings import DailyCard, Meaning, Paragraph, Scorecard
from bot.chat.replies import Operation, Reply

_log = logging.getLogger(__name__)

SENT_PRIVATELY = "Your scorecard is in our direct messages; nobody else sees it there."
NOT_HERE = (
    "I can't write in that channel, so I could not begin the interview there. Invite me with /invite @Hotseat and ask again, "
    "or practise right here: practice."
)
LOST_CHANNEL = (
    "I can no longer write in the channel of your interview: {reason}. Nothing you said is lost. "
    "Once I'm back in there, your next message goes on with it; practice starts a new one here."
)
_REASONS = {
    "is_archived": "it was archived",
    "not_in_channel": "I was removed from it",
    "channel_not_found": "it was deleted, or I was removed from it",
    "restricted_action": "only some people may post in it",
    "restricted_action_read_only_channel": "nobody may post in it",
}


class Poster:
    """Posts replies. `accept` takes what a reply begins in a place it has opened, `reception` knows whose interview is where;
    both are set once we are connected."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._direct: OrderedDict[str, str] = OrderedDict()
        self._consoled: set[Address] = set()
        self.accept: Accept | None = None
        self.reception: Reception | None = None

    def learn(self, person: str, channel: str) -> None:
        """Somebody's direct conversation, as an event told us of it."""
        self._direct[person] = channel
        self._direct.move_to_end(person)
        if len(self._direct) > limits.REMEMBERED:
            self._direct.popitem(last=False)

    async def post(self, reply: Reply, known: str, *, doubtful: bool) -> str:
        """Show a reply; the reference of its first message. `doubtful`: it may have arrived, wholly or in part."""
        place = ids.where(reply.to)
        conversation = place if isinstance(place, ConversationId) else None
        interview = ids.kind_of(reply.to) == "talk"
        private = conversation is None or parse.is_direct(conversation.channel)
        if reply.operation is Operation.THREAD and conversation is not None:
            return await self._thread(reply, conversation, doubtful)
        if conversation is None or (reply.operation is Operation.DIRECT and not private):
            return await self._privately(reply, conversation if interview else None, doubtful)
        earlier = Reference.of(known)
        spot = Spot(conversation.channel, conversation.thread)
        if reply.operation is Operation.EDIT and earlier is not None:
            spot = Spot(earlier.channel, earlier.thread)
        if reply.operation is Operation.EPHEMERAL and not private and reply.person is not None:
            if (
                not doubtful
            ):  # nobody can look for it, and a passing remark made twice is worse than one that was missed
                await self._whisper(spot, reply.person, reply.meanings)
            return ""
        try:
            if reply.under and earlier is not None:
                return await self._under(reply, earlier, doubtful)
            return str(await self._messages(reply, spot, earlier, await self._arrived(reply.id, spot, doubtful)))
        except Unreachable as error:
            if not interview:
                # Whoever runs the channel is told this.
                raise Unreachable(_REASONS.get(str(error), str(error))) from None
            if not private and str(error) in errors.UNREACHABLE:
                await self._console(reply, str(error), doubtful)
            raise

    async def direct(self, person: Person) -> str:
        """The channel of somebody's conversation with us."""
        if person.id not in self._direct:
            answer = await self._calls.delivering("conversations.open", users=person.id)
            channel = answer.get("channel")
            found = channel.get("id") if isinstance(channel, dict) else None
            if not isinstance(found, str):
                raise Unreachable("Slack opens no direct conversation")
            self.learn(person.id, found)
        return self._direct[person.id]

    # Where a reply goes

    async def _thread(self, reply: Reply, conversation: ConversationId, doubtful: bool) -> str:
        try:
            spot = Spot(conversation.channel, conversation.thread)
            reference = await self._messages(reply, spot, None, await self._arrived(reply.id, spot, doubtful))
        except Unreachable:
            if reply.person is not None:
                await self._say_privately(reply, reply.person, NOT_HERE, doubtful)
            raise
        await self._begin(reply, replace(conversation, thread=reference.stamps[0]).address)
        return ""  # nobody edits it, and the channel's own record need not keep who held an interview when

    async def _under(self, reply: Reply, earlier: Reference, doubtful: bool) -> str:
        """In the thread of an earlier message; in the channel where that message is gone and nobody had answered it."""
        spot = earlier.below
        try:
            return str(await self._messages(reply, spot, None, await self._arrived(reply.id, spot, doubtful)))
        except Unreachable as error:
            if str(error) != "thread_not_found":
                raise
        spot = Spot(earlier.channel)
        return str(await self._messages(reply, spot, None, await self._arrived(reply.id, spot, doubtful)))

    async def _privately(self, reply: Reply, conversation: ConversationId | None, doubtful: bool) -> str:
        person = reply.person or ids.where(reply.to)
        if not isinstance(person, Person):
            raise Unreachable("it is for one person, and names nobody")
        channel = await self.direct(person)
        reference = ""
        arrived = await self._arrived(reply.id, Spot(channel), doubtful and bool(reply.meanings))
        if reply.meanings:
            about = reply.to if conversation is not None else ""
            reference = str(await self._messages(reply, Spot(channel), None, arrived, about))
        await self._begin(reply, ConversationId(parse.PLATFORM, person.workspace, channel).address)
        if conversation is None:
            return ""
        # Where it had arrived, the pointer to it followed; that cannot be looked for.
        if not arrived and any(isinstance(meaning, Scorecard) for meaning in reply.meanings):
            with _half_done(True):
                await self._point(Spot(conversation.channel, conversation.thread), person, reply.to)
        return reference

    async def _begin(self, reply: Reply, place: Address) -> None:
        if reply.begins is None:
            return
        if self.accept is None:
            raise TryLater("not connected yet", 500, uncertain=True)
        await self.accept([replace(reply.begins, to=place)])

    async def _point(self, spot: Spot, person: Person, about: str) -> None:
        """Where a scorecard went, to the candidate in the thread, with the way to share it there."""
        message = render.messages((Paragraph(SENT_PRIVATELY),))[0]
        blocks = [*message.blocks, render.buttons((render.SHARE,), f"p>{about}")]
        await self._unlasting(spot, person, message.text, blocks)

    async def _whisper(self, spot: Spot, person: Person, meanings: tuple[Meaning, ...]) -> None:
        for part, message in enumerate(render.messages(meanings)):
            with _half_done(part > 0):
                await self._unlasting(spot, person, message.text, list(message.blocks))

    async def _unlasting(self, spot: Spot, person: Person, text: str, blocks: list[render.Block]) -> None:
        try:
            await self._calls.delivering(
                "chat.postEphemeral",
                channel=spot.channel,
                user=person.id,
                thread_ts=spot.thread_ts,
                text=text,
                blocks=blocks,
                parse="none",
                link_names=False,
            )
        except TryLater as error:
            if not error.uncertain:
                raise
        except (Unreachable, SlackApiError) as error:
            # A passing remark to somebody who has left need not reach them.
            _log.info("a passing remark was not shown: %s", errors.code(error) or type(error).__name__)

    async def _console(self, reply: Reply, word: str, doubtful: bool) -> None:
        """Tell the candidate in private, once, that their interview's channel is closed to us."""
        if self.reception is None or reply.to in self._consoled:
            return
        candidate = await self.reception.candidate(reply.to)
        if candidate is not None:
            self._consoled.add(reply.to)
            reason = _REASONS.get(word, "Slack does not let me")
            await self._say_privately(reply, candidate, LOST_CHANNEL.format(reason=reason), doubtful)

    async def _say_privately(self, reply: Reply, person: Person, words: str, doubtful: bool) -> None:
        note = Reply(f"{reply.id}:note", person.address, reply.role, "note", (Paragraph(words),), person=person)
        try:
            spot = Spot(await self.direct(person))
            await self._messages(note, spot, None, await self._arrived(note.id, spot, doubtful))
        except (DeliveryError, SlackApiError) as error:
            _log.warning("a note was not shown: %s", errors.code(error) or type(error).__name__)

    # One reply as messages in one place

    async def _messages(
        self, reply: Reply, spot: Spot, earlier: Reference | None, arrived: Mapping[int, str], about: str = ""
    ) -> Reference:
        editing = reply.operation is Operation.EDIT
        meanings = _unnotified(reply.meanings) if editing else reply.meanings
        replaced = earlier.stamps if editing and earlier is not None else ()
        stamps: list[str] = []
        for part, message in enumerate(render.messages(meanings, reply.move, about)):
            mark = render.metadata(reply.id, part)
            with _half_done(bool(stamps)):
                if part in arrived:
                    ts = arrived[part]
                elif part < len(replaced):
                    ts = await self._edit(spot, replaced[part], message, mark)
                else:
                    ts = await self._say(spot, message, mark)
            stamps.append(ts)
        for ts in replaced[len(stamps) :]:
            with _half_done(True):
                await self._take_away(spot, ts)
        return Reference(spot.channel, tuple(stamps), spot.thread)

    async def _take_away(self, spot: Spot, ts: str) -> None:
        """Remove a message of ours that an edit leaves nothing for."""
        try:
            await self._calls.delivering("chat.delete", channel=spot.channel, ts=ts)
        except SlackApiError as error:
            if errors.code(error) not in errors.NO_SUCH_MESSAGE:
                raise

    async def _say(self, spot: Spot, message: render.Message, mark: Mapping[str, Any]) -> str:
        arguments: dict[str, Any] = {
            "channel": spot.channel,
            "thread_ts": spot.thread_ts,
            "text": message.text,
            "blocks": list(message.blocks),
            "metadata": mark,
            "mrkdwn": False,
            "parse": "none",
            "link_names": False,
            "unfurl_links": False,
            "unfurl_media": False,
        }
        return await self._persuading("chat.postMessage", arguments, message)

    async def _edit(self, spot: Spot, ts: str, message: render.Message, mark: Mapping[str, Any]) -> str:
        arguments: dict[str, Any] = {
            "channel": spot.channel,
            "ts": ts,
            "text": message.text,
            "blocks": list(message.blocks),
            "metadata": mark,
            "parse": "none",
            "link_names": False,
        }
        try:
            return await self._persuading("chat.update", arguments, message)
        except SlackApiError as error:
            if errors.code(error) not in errors.NO_SUCH_MESSAGE:
                raise
        return await self._say(spot, message, mark)

    async def _persuading(self, method: str, arguments: dict[str, Any], message: render.Message) -> str:
        """Post, and once more in a plainer way if Slack does not take it as it is."""
        try:
            return _ts(await self._calls.delivering(method, **arguments))
        except SlackApiError as error:
            word = errors.code(error)
            if word in errors.METADATA:
                _log.warning("Slack refused a mark (%s)", word)
                return await self._persuading(method, {**arguments, "metadata": None}, message)
            if word not in errors.BLOCKS and word != "msg_too_long":
                raise
            _log.error("Slack refused a card (%s); its text goes out instead", word)
        try:
            return await self._plainly(method, arguments, message, limits.PLAIN)
        except SlackApiError as error:
            if errors.code(error) != "msg_too_long":
                raise
        return await self._plainly(method, arguments, message, limits.PLAIN_SMALLEST)

    async def _plainly(self, method: str, arguments: dict[str, Any], message: render.Message, limit: int) -> str:
        first = ""
        pieces = render.plain_pieces(message, limit) or [message.text]
        for number, piece in enumerate(pieces, 1):
            # The last piece is the marked one: a part that is found is whole. Only the first may be an edit.
            mark = arguments["metadata"] if number == len(pieces) else None
            plain = {**arguments, "text": piece, "blocks": None, "metadata": mark}
            if number > 1:
                method, plain["ts"] = "chat.postMessage", None
            with _half_done(bool(first)):
                ts = _ts(await self._calls.delivering(method, **plain))
            first = first or ts
        return first

    async def _arrived(self, name: str, spot: Spot, doubtful: bool) -> dict[int, str]:
        """Parts of a reply that are there already, with their time stamps. Looked for only in doubt."""
        if not doubtful:
            return {}
        found, cursor = await self._page(name, spot, None)
        further = cursor is not None
        for _ in range(limits.HISTORY_PAGES - 1):
            if cursor is None:
                break
            page, cursor = await self._page(name, spot, cursor)
            found |= page
        if further and not found and not spot.thread:
            # The newest page was read first, and the others took their time: the first try may have arrived meanwhile.
            found, _ = await self._page(name, spot, None)
        return found

    async def _page(self, name: str, spot: Spot, cursor: str | None) -> tuple[dict[int, str], str | None]:
        """Parts of a reply on one page of a conversation, and the way to the next page."""
        try:
            page = await self._calls.delivering(
                "conversations.replies" if spot.thread else "conversations.history",
                channel=spot.channel,
                ts=spot.thread_ts,
                limit=limits.HISTORY_PAGE,
                cursor=cursor,
                include_all_metadata=True,
            )
        except TryLater as error:
            if str(error).startswith("missing_scope"):
                return {}, None
            raise TryLater(str(error), error.after_ms, uncertain=True) from None
        except SlackApiError as error:
            _log.warning("cannot look for a reply (%s)", errors.code(error) or "unknown")
            return {}, None
        found: dict[int, str] = {}
        for message in page.get("messages") or ():
            mark = render.mark_of(message) if isinstance(message, dict) else None
            if mark is not None and mark[0] == name:
                found[mark[1]] = str(message.get("ts"))
        meta = page.get("response_metadata")
        further = meta.get("next_cursor") if isinstance(meta, dict) else None
        return found, further or None


def _unnotified(meanings: tuple[Meaning, ...]) -> tuple[Meaning, ...]:
    """A card that changes notifies nobody again, not even where it has to be posted anew."""
    return tuple(replace(held, mention="") if isinstance(held, DailyCard) else held for held in meanings)


@contextlib.contextmanager
def _half_done(begun: bool) -> Iterator[None]:
    """Where something stands there already, a failure that is certain is not: the next try has to look."""
    try:
        yield
    except TryLater as error:
        if not begun or error.uncertain:
            raise
        raise TryLater(str(error), error.after_ms, uncertain=True) from None


def _ts(answer: Mapping[str, Any]) -> str:
    found = answer.get("ts")
    return found if isinstance(found, str) else ""
