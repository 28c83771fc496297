"""Where daily questions are shown: the channel, a thread that hangs from a card, or somebody's direct messages.

Sending itself, once however often it is tried, is `post`'s; this only decides where. A role is notified by the first post of
a card and by nothing after it.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.adapters.discord import faults, thread
from bot.adapters.discord.post import Poster, pictured
from bot.adapters.discord.render import EVERYONE, Page, quiet, render
from bot.chat.adapter import Unreachable
from bot.chat.ids import Person, Round, kind_of, where
from bot.chat.meanings import DailyCard, Meaning
from bot.chat.replies import Operation, Reply

if TYPE_CHECKING:
    from bot.adapters.discord.client import Client

_log = logging.getLogger(__name__)

REMEMBERED = 2_000


class Boards:
    """Shows replies of boards, rounds and sheets."""

    def __init__(self, client: Client, poster: Poster) -> None:
        self._client = client
        self._poster = poster
        self._threads: OrderedDict[int, int] = OrderedDict()

    async def post(self, reply: Reply, known: str, *, again: bool = False) -> str:
        """Show a reply; the ids of its messages, each with its channel. `Unreachable` says why in plain words, because the
        actor tells a person. `again`: it may have arrived, however long ago, so we look first."""
        try:
            return await self._post(reply, known, again)
        except Unreachable as gone:
            cause = gone.__cause__ or gone
            _log.info("nothing can be shown there: %s", gone)
            raise Unreachable(faults.reason_of(cause)) from cause

    async def _post(self, reply: Reply, known: str, again: bool) -> str:
        there = where(reply.to)
        if isinstance(there, Person) or reply.operation in {Operation.DIRECT, Operation.EPHEMERAL}:
            person = reply.person or there
            if not isinstance(person, Person):
                raise TypeError("a reply for one person names nobody")
            channel = await self._poster.direct_channel(int(person.id))
            return await self._poster.send_all(channel, render(pictured(reply.meanings)), reply.id, look=again)
        channel, pages = int(there.channel), render(_addressed(reply.meanings, there.workspace))
        if reply.operation is Operation.EDIT:
            return await self._edit(reply, channel, known, quiet(pages))
        if reply.under and known:
            return await self._below(reply, channel, known, pages, again)
        return await self._poster.send_all(channel, pages, reply.id, look=again)

    async def _edit(self, reply: Reply, channel: int, known: str, pages: list[Page]) -> str:
        """Change a reply where it stands. What somebody has removed stays removed: counts go on changing all day."""
        if not known:
            return await self._poster.send_all(channel, pages, reply.id)
        held = int(known.partition("/")[0])
        try:
            return await self._poster.edit(held, known, pages, reply.id, anew=False)
        except Unreachable as gone:
            if held == channel or faults.code_of(gone.__cause__ or gone) != faults.UNKNOWN_CHANNEL:
                raise
            return ""

    async def _below(self, reply: Reply, channel: int, known: str, pages: list[Page], again: bool) -> str:
        """Post in the thread that hangs from an earlier reply, or in the channel if there is none to be had."""
        held, _, message = known.partition(",")[0].partition("/")
        if int(held) != channel:  # it stands in a thread itself
            below = int(held)
        else:
            below = self._threads.get(int(message)) or await self._open(reply, channel, int(message))
        if not below:
            return await self._poster.send_all(channel, pages, reply.id, look=again)
        try:
            return await self._poster.send_all(below, pages, reply.id, look=again)
        except Unreachable as gone:
            if faults.code_of(gone.__cause__ or gone) != faults.UNKNOWN_CHANNEL:
                raise
            self._threads.pop(int(message), None)
            return await self._poster.send_all(channel, pages, reply.id, look=again)

    async def _open(self, reply: Reply, channel: int, message: int) -> int:
        name = f"Answers, {Round.of(reply.to).day}" if kind_of(reply.to) == "round" else "More on this"
        try:
            opened = await thread.from_message(self._poster, self._client, channel, message, name)
        except Unreachable as refused:
            _log.info("no thread can be opened, so it is posted in the channel: %s", refused)
            return 0
        self._threads[message] = opened
        while len(self._threads) > REMEMBERED:
            self._threads.popitem(last=False)
        return opened


def _addressed(meanings: tuple[Meaning, ...], server: str) -> tuple[Meaning, ...]:
    """The meanings with everybody named as Discord does: the role of all members has the id of the server."""
    return tuple(
        replace(one, mention=EVERYONE) if isinstance(one, DailyCard) and one.mention == server else one
        for one in meanings
    )
