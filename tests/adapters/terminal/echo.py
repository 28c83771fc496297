"""A tiny engine behind a real terminal adapter, for the tests of the prompt: it answers with what it was sent.

`show form` and `show choices` post those; SIGUSR1 posts a nudge, SIGUSR2 makes the next `touch` say that the interview has
gone on elsewhere; `think` shows that a reply is being prepared, and the nudge ends it.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import signal
import sys
from collections.abc import Sequence

from bot.adapters.terminal import limits
from bot.adapters.terminal.connect import TerminalAdapter, local
from bot.chat.events import Event, Pressed, Ran, Said, Submitted
from bot.chat.meanings import Meaning, Paragraph, Progress
from bot.chat.replies import Reply, Role
from tests.adapters import cards


class Refused(Exception):
    """The store is away."""


async def main() -> int:
    person, conversation = local("ann")
    adapter = TerminalAdapter(person, conversation, lambda: 1_000)
    numbers = itertools.count()
    elsewhere = asyncio.Event()
    refusing = True

    async def post(*meanings: Meaning) -> None:
        await adapter.post(Reply(f"reply-{next(numbers)}", conversation.address, Role.SYSTEM, "say", meanings), "")

    async def accept(events: Sequence[Event]) -> None:
        nonlocal refusing
        (event,) = events
        match event:
            case Said(text="show form"):
                await post(cards.RATING)
            case Said(text="show choices"):
                await post(cards.AFTERWARDS)
            case Said(text="think"):
                await adapter.typing(conversation.address)
            case Said(text="work"):
                await post(Progress("Reading your answer", 2, 5))
            case Said(text="lose") if refusing:
                refusing = False
                raise Refused("The store is away; start it and send it again.")
            case Said():
                digest = hashlib.sha256(event.text.encode()).hexdigest()[:8]
                await post(Paragraph(f"heard {len(event.text)} {digest} {event.text[:40]}", "Maya"))
            case Ran():
                await post(Paragraph(f"ran {event.command}", "Maya"))
            case Pressed():
                await post(Paragraph(f"pressed {event.action} {event.value}", "Maya"))
            case Submitted():
                await post(Paragraph(f"form {event.form} {sorted(event.fields.items())}", "Maya"))

    async def touch() -> bool:
        return not elsewhere.is_set()

    loop = asyncio.get_running_loop()
    nudges: set[asyncio.Task[None]] = set()
    loop.add_signal_handler(signal.SIGUSR1, lambda: nudges.add(loop.create_task(post(Paragraph("Two minutes left.")))))
    loop.add_signal_handler(signal.SIGUSR2, elsewhere.set)
    await post(cards.QUESTION)
    return await adapter.run(accept, touch=touch, refusals=(Refused,))


if __name__ == "__main__":
    # The test that goes elsewhere need not wait as long as a person would.
    limits.TOUCH_EVERY_S = 0.05
    sys.exit(asyncio.run(main()))
