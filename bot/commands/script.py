"""A mock interview led by a file of answers: `hotseat practice --question ID --script FILE [--json]`.

The same path as at a prompt, on a key namespace of its own that is deleted afterwards, so that no other process takes part.
Nothing waits for the real clock: time passes only by `/wait MINUTES`.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import json
import uuid
from collections.abc import Sequence
from pathlib import Path

from bot import app
from bot.chat import plain
from bot.chat.events import Event, Ran, Said
from bot.chat.ids import Address, ConversationId, Person
from bot.chat.meanings import Scorecard
from bot.chat.replies import Reply, Role
from bot.commands import CannotRun
from bot.commands.practice import Apart, check_options, options, say_left_out
from bot.settings import Settings

ADDRESS = ConversationId("terminal", "local", "script").address
LIMIT_BYTES = 4 * 1024 * 1024
COMMANDS = ("hint", "skip", "pause", "resume", "time", "stop", "help", "done")


def blocks(text: str) -> list[str]:
    """The candidate's turns in a script: parted by lines that are only `---`; empty ones count."""
    parts: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.strip() == "---":
            parts.append([])
        else:
            parts[-1].append(line)
    turns = ["\n".join(part).strip("\n") for part in parts]
    # A file may end with a parting line without meaning one more empty turn.
    return turns[:-1] if len(turns) > 1 and not turns[-1].strip() else turns


def read(path: Path) -> list[str]:
    """The turns in a file; `CannotRun` in plain words if it cannot be read."""
    try:
        if path.stat().st_size > LIMIT_BYTES:
            raise CannotRun(f"{path} is larger than {LIMIT_BYTES // 2**20} MiB; a script is a few pages.")
        return blocks(path.read_text("utf-8"))
    except UnicodeDecodeError:
        raise CannotRun(f"{path} is not UTF-8 text.") from None
    except OSError as error:
        raise CannotRun(f"{path} can't be read: {error.strerror}.") from None


class ScriptAdapter:
    """A platform that prints every line of an interview, for a person or as JSON."""

    platform = "terminal"

    def __init__(self, as_json: bool) -> None:
        self._json = as_json
        self._shown: set[str] = set()
        self.scorecard: Scorecard | None = None

    async def post(self, reply: Reply, known: str) -> str:
        """Print a reply once; feedback is kept for the end."""
        if reply.id in self._shown:
            return reply.id
        self._shown.add(reply.id)
        cards = [meaning for meaning in reply.meanings if isinstance(meaning, Scorecard)]
        if cards:
            self.scorecard = cards[-1]
            return reply.id
        said = plain.spoken(reply.meanings) or plain.text(reply.meanings)
        self.line(reply.role.value, reply.move, said)
        return reply.id

    async def typing(self, conversation: Address) -> None:
        """Nobody watches."""

    def line(self, role: str, move: str, text: str) -> None:
        """Print one line of the interview."""
        if self._json:
            print(json.dumps({"role": role, "move": move, "text": text}, ensure_ascii=False), flush=True)
        else:
            name = {"candidate": "You", Role.INTERVIEWER.value: "Interviewer"}.get(role, "Hotseat")
            print(f"{name}: {text}\n", flush=True)


async def run(configured: Settings, args: argparse.Namespace, apart: Apart | None = None) -> int:
    """Hold the interview a script answers; 0 when it was held to its scorecard."""
    turns = read(args.script)
    library = app.open_library(configured) if apart is None else apart.library
    if apart is None:
        say_left_out(library)
    check_options(configured, library, args)
    url, launched = await asyncio.to_thread(app.server_url, configured)
    # A namespace of its own: another terminal's worker on the same server must not lead this interview.
    namespace = f"{configured.namespace}-script-{uuid.uuid4().hex[:8]}"
    adapter = ScriptAdapter(args.json)
    try:
        async with app.running(configured, url, library, adapter, ADDRESS, namespace=namespace, quiet_ms=0) as running:
            try:
                await _Script(running, adapter).hold(turns, {"seed": "0", **options(args), "quiet": "yes"})
                held = await running.store.peek_state(ADDRESS)
            finally:
                await running.store.forget_namespace()
    finally:
        if launched is not None:
            await asyncio.to_thread(launched.close)
    if adapter.scorecard is None:
        raise CannotRun("The interview ended without a scorecard; the log says why (HOTSEAT_LOG_LEVEL=info).")
    if args.json:
        print(json.dumps({"scorecard": dataclasses.asdict(adapter.scorecard)}, ensure_ascii=False))
    else:
        print(plain.scorecard(adapter.scorecard))
    if apart is not None:
        await apart.ended(held)
    return 0


class _Script:
    """Plays turns one after the other, each after everything before it was answered."""

    def __init__(self, running: app.App, adapter: ScriptAdapter) -> None:
        self._running = running
        self._adapter = adapter
        self._person = Person("terminal", "local", "script")
        self._to = ADDRESS
        self._now_ms = app.now_ms()
        self._count = 0

    async def hold(self, turns: Sequence[str], asked: dict[str, str]) -> None:
        """The whole interview, ending in its scorecard."""
        await self._send(self._ran("practice", asked))
        for turn in turns:
            words = turn.strip().split()
            if words and words[0].startswith("/"):
                await self._command(turn.strip(), words)
            else:
                self._adapter.line("candidate", "answer", turn)
                await self._send(Said(self._id(), self._to, self._now_ms, self._person, turn))
        await self._send(self._ran("finish", {}))
        # The person's record is an actor too, and is told last.
        await self._running.delivery.settled(self._person.address)

    async def _command(self, turn: str, words: list[str]) -> None:
        name = words[0][1:].lower()
        self._adapter.line("candidate", "command", turn)
        if name == "wait":
            minutes = float(words[1]) if len(words) == 2 and words[1].replace(".", "", 1).isdigit() else None
            if minutes is None:
                raise CannotRun(f"{turn!r}: /wait takes a number of minutes.")
            self._now_ms += round(minutes * 60_000)
            await self._ring()
        elif name == "rate":
            if len(words) != 3:
                raise CannotRun(f"{turn!r}: /rate takes a criterion and a number from 1 to 5.")
            await self._send(self._ran("rate", {"criterion": words[1], "level": words[2]}))
        elif name in COMMANDS:
            await self._send(self._ran(name, {}))
        else:
            known = ", ".join(f"/{command}" for command in (*COMMANDS, "rate", "wait"))
            raise CannotRun(f"{turn!r}: there is no such command in a script. There are: {known}.")

    async def _ring(self) -> None:
        """Let every timer due by now ring at its own moment, in order."""
        while (due_ms := await self._running.store.next_due_ms()) is not None and due_ms <= self._now_ms:
            await self._running.store.fire_due(due_ms)
            await self._running.delivery.settled(self._to)

    def _id(self) -> str:
        self._count += 1
        return f"script:{self._count}"

    def _ran(self, command: str, asked: dict[str, str]) -> Ran:
        return Ran(self._id(), self._to, self._now_ms, self._person, command, asked)

    async def _send(self, event: Event) -> None:
        # A moment passes with every turn, so that nothing in the transcript is simultaneous.
        self._now_ms += 1_000
        await self._running.delivery.accept([event])
        await self._running.delivery.settled(self._to)
