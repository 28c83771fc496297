"""How it shows that work goes on: a status while a turn is prepared, steps while feedback is made.

Steps go into Slack's own stream of tasks where it takes one (a thread), else into a message that is edited. All of it is best
effort in the background: nothing waits for it, and it goes away with what it announced. Quick work shows nothing.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.adapters.slack import errors, limits, parse, render
from bot.adapters.slack.calls import Calls
from bot.chat.adapter import Reception
from bot.chat.ids import Address, ConversationId, kind_of
from bot.chat.meanings import Progress

_log = logging.getLogger(__name__)

_FAILURES = (SlackApiError, aiohttp.ClientError, TimeoutError, OSError)
_THINKING = "is thinking…"


@dataclass(slots=True)
class _Shown:
    """What is shown of one conversation's work. `latest` is what the next step will show."""

    where: ConversationId
    latest: Progress
    ts: str = ""
    streamed: bool = False
    showing: asyncio.Task[None] | None = None
    beginning: asyncio.Task[None] | None = None


class Board:
    """Everything that is shown of work under way in this process."""

    def __init__(
        self,
        calls: Calls,
        after_s: float = limits.PROGRESS_AFTER_S,
        every_s: float = limits.PROGRESS_EVERY_S,
    ) -> None:
        self._calls = calls
        self._after_s = after_s
        self._every_s = every_s
        self._shown: dict[Address, _Shown] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._no_stream = False
        self._no_status: set[bool] = set()  # kinds of places (private or not) where a status is refused
        self.reception: Reception | None = None

    def typing(self, conversation: Address) -> None:
        """A reply is being prepared."""
        if kind_of(conversation) != "talk":
            return  # nobody waits in front of what is done for a channel as a whole
        where = ConversationId.of(conversation)
        private = parse.is_direct(where.channel)
        if where.thread and private not in self._no_status:
            self._spawn(self._status(where, private))

    def step(self, conversation: Address, progress: Progress) -> None:
        """Some of the work is done."""
        if kind_of(conversation) != "talk":
            return
        shown = self._shown.get(conversation)
        if shown is None:
            shown = self._shown[conversation] = _Shown(ConversationId.of(conversation), progress)
            shown.showing = self._spawn(self._show(conversation, shown))
        shown.latest = progress

    async def done(self, conversation: Address) -> None:
        """The work has come to something: what was shown of it goes. Never raises."""
        shown = self._shown.pop(conversation, None)
        if shown is None or shown.showing is None:
            return
        shown.showing.cancel()
        if shown.beginning is not None:
            self._spawn(self._remove(shown, shown.beginning))

    async def close(self) -> None:
        """Take away what is shown, and stop."""
        for conversation in list(self._shown):
            await self.done(conversation)
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=1.0)
        for task in self._tasks:
            task.cancel()

    def _spawn(self, doing: Any) -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.ensure_future(doing)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _status(self, where: ConversationId, private: bool) -> None:
        try:
            await self._calls(
                "assistant.threads.setStatus",
                limits.AT_ONCE_WITHIN_S,
                channel_id=where.channel,
                thread_ts=where.thread,
                status=_THINKING,
            )
        except SlackApiError as error:
            if errors.code(error) not in errors.BUSY:
                self._no_status.add(private)
        except _FAILURES:
            return

    async def _show(self, conversation: Address, shown: _Shown) -> None:
        await asyncio.sleep(self._after_s)
        last: Progress | None = None
        try:
            while True:
                if shown.latest != last:
                    last = shown.latest
                    await self._put(conversation, shown, last)
                await asyncio.sleep(self._every_s)
        except _FAILURES as error:
            _log.info("progress is not shown: %s", errors.code(error) or type(error).__name__)

    async def _put(self, conversation: Address, shown: _Shown, progress: Progress) -> None:
        if shown.beginning is None:
            # A task of its own: what is posted by a call that was cancelled would stay on screen for ever.
            shown.beginning = self._spawn(self._begin(conversation, shown, progress))
            await asyncio.wait({shown.beginning})
        elif shown.streamed:
            await self._calls(
                "chat.appendStream", channel=shown.where.channel, ts=shown.ts, chunks=_chunks(progress, "in_progress")
            )
        elif shown.ts:
            message = render.messages((progress,))[0]
            await self._calls(
                "chat.update", channel=shown.where.channel, ts=shown.ts, text=message.text, blocks=list(message.blocks)
            )

    async def _begin(self, conversation: Address, shown: _Shown, progress: Progress) -> None:
        try:
            if await self._stream(conversation, shown, progress):
                return
            message = render.messages((progress,))[0]
            answer = await self._calls(
                "chat.postMessage",
                channel=shown.where.channel,
                thread_ts=shown.where.thread or None,
                text=message.text,
                blocks=list(message.blocks),
            )
            shown.ts = str(answer.get("ts") or "")
        except _FAILURES as error:
            _log.info("progress is not shown: %s", errors.code(error) or type(error).__name__)

    async def _stream(self, conversation: Address, shown: _Shown, progress: Progress) -> bool:
        """Begin Slack's own stream; False where it takes none."""
        where = shown.where
        if self._no_stream or not where.thread or self.reception is None:
            return False
        candidate = await self.reception.candidate(conversation)
        try:
            answer = await self._calls(
                "chat.startStream",
                channel=where.channel,
                thread_ts=where.thread,
                recipient_team_id=where.workspace,
                recipient_user_id=candidate.id if candidate is not None else None,
                chunks=_chunks(progress, "in_progress"),
            )
        except SlackApiError as error:
            self._no_stream = errors.code(error) not in errors.BUSY
            return False
        shown.ts, shown.streamed = str(answer.get("ts") or ""), True
        return bool(shown.ts)

    async def _remove(self, shown: _Shown, beginning: asyncio.Task[None]) -> None:
        await asyncio.wait({beginning})
        if not shown.ts:
            return
        try:
            if shown.streamed:
                chunks = _chunks(shown.latest, "complete")
                await self._calls("chat.stopStream", channel=shown.where.channel, ts=shown.ts, chunks=chunks)
            await self._calls("chat.delete", channel=shown.where.channel, ts=shown.ts)
        except _FAILURES as error:
            _log.info("progress stays on screen: %s", errors.code(error) or type(error).__name__)


def _chunks(progress: Progress, status: str) -> list[dict[str, str]]:
    steps = f" ({progress.done} of {progress.total})" if progress.total > 0 else ""
    return [{"type": "task_update", "id": "feedback", "title": f"{progress.text}{steps}", "status": status}]
