"""Where typed text comes from: a prompt on a terminal, or plain lines from a pipe, a file or a terminal too plain for one.

Both give one message at a time and write above whatever is being typed. They know nothing of what a message means. What
was typed is kept in memory only, for the up arrow, and never on disk.
"""

from __future__ import annotations

import asyncio
import codecs
import os
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TextIO

from bot.adapters.terminal import limits

if TYPE_CHECKING:
    from prompt_toolkit.formatted_text import StyleAndTextTuples as Fragments
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
    from prompt_toolkit.shortcuts import PromptSession


@dataclass(frozen=True, slots=True)
class Entry:
    """One message as it was typed. `cut` says that the terminal may have dropped the end of it."""

    text: str
    cut: bool = False


class Keyboard(Protocol):
    """One way of typing."""

    prompts: bool
    """Whether each field of a form is asked for at a prompt; otherwise the whole form is written out at once."""

    patient: bool
    """Whether the next message is read only once the last one was answered."""

    async def read(self, default: str = "") -> Entry:
        """The next message; EOFError at the end of input, which Ctrl-D and Ctrl-C at a prompt are too."""

    async def show(self, text: str) -> None:
        """Write finished text above what is being typed."""

    def changed(self) -> None:
        """The prompt or the status line says something else now."""

    def unsent(self) -> str:
        """What was typed and not sent when reading ended."""

    def guarded(self) -> AbstractContextManager[object]:
        """While this is held, what anything else prints does not tear what is being typed."""


class Lines:
    """Plain lines. A thread reads them, one ahead at most, because a file cannot be waited for in the event loop; it is
    a daemon, so a blocked read never holds up the end of the program."""

    prompts = False

    def __init__(self, stdin: TextIO, stdout: TextIO) -> None:
        self._stdin = stdin
        self._stdout = stdout
        self._tty = stdin.isatty()
        self.patient = not self._tty
        self._lines: asyncio.Queue[str] = asyncio.Queue()
        self._wanted = threading.Semaphore(0)
        self._started = False

    async def read(self, default: str = "") -> Entry:
        """The next line, without its end. There is no line to edit, so a default cannot be offered."""
        if not self._started:
            self._started = True
            loop = asyncio.get_running_loop()
            threading.Thread(target=self._pump, args=(loop,), name="hotseat-lines", daemon=True).start()
        self._wanted.release()
        line = await self._lines.get()
        if not line:
            raise EOFError
        text = line.removesuffix("\n").removesuffix("\r")
        return Entry(text, cut=self._tty and len(text.encode("utf-8", "replace")) >= limits.LINE_BYTES)

    async def show(self, text: str) -> None:
        """Write the text."""
        self._stdout.write(text)
        self._stdout.flush()

    def changed(self) -> None:
        """Nothing transient is shown."""

    def unsent(self) -> str:
        """What stands in the kernel's line buffer cannot be seen from here."""
        return ""

    def guarded(self) -> AbstractContextManager[object]:
        """Plain text cannot be torn."""
        return nullcontext()

    def _pump(self, loop: asyncio.AbstractEventLoop) -> None:
        # Read below the stream: a thread blocked inside a stream holds its lock, and closing it at exit would wait for that.
        decoder = codecs.getincrementaldecoder(self._stdin.encoding or "utf-8")(errors="replace")
        held, ended = "", False
        while True:
            self._wanted.acquire()
            while not ended and "\n" not in held:
                try:
                    got = os.read(self._stdin.fileno(), 65536)
                except (OSError, ValueError):  # closed under us, which is an end like any other
                    got = b""
                held += decoder.decode(got, final=not got)
                ended = not got
            line, end, held = held.partition("\n")
            try:
                loop.call_soon_threadsafe(self._lines.put_nowait, line + end)
            except RuntimeError:  # the loop is closed: nobody waits any more
                return


class Prompt:
    """A prompt with editing: Enter sends, Alt+Enter or a backslash before Enter makes a new line, a paste stays one
    message and waits for Enter."""

    prompts = True
    patient = False

    def __init__(
        self,
        stdout: TextIO,
        label: Callable[[], Fragments],
        status: Callable[[], Fragments],
        styled: bool,
    ) -> None:
        self._stdout = stdout
        self._label = label
        self._status = status
        self._styled = styled
        self._session: PromptSession[str] | None = None
        self._unsent = ""

    async def read(self, default: str = "") -> Entry:
        """The next message, however many lines it has."""
        if self._session is None:
            self._session = self._open()
        self._unsent = ""
        try:
            return Entry(await self._session.prompt_async(default=default, handle_sigint=False))
        except (EOFError, asyncio.CancelledError):
            self._unsent = self._session.default_buffer.text
            raise

    async def show(self, text: str) -> None:
        """Write above the prompt, which is taken away meanwhile and drawn again with what is typed in it."""

        def write() -> None:
            self._stdout.write(text)
            self._stdout.flush()

        if self._session is None or not self._session.app.is_running:
            write()
            return
        from prompt_toolkit.application import run_in_terminal

        await run_in_terminal(write)

    def changed(self) -> None:
        """Draw the prompt again."""
        if self._session is not None:
            self._session.app.invalidate()

    def unsent(self) -> str:
        """What stood at the prompt when it was left."""
        return self._unsent

    def guarded(self) -> AbstractContextManager[object]:
        """Send other people's prints above the prompt, on the thread the library keeps for that."""
        from prompt_toolkit.patch_stdout import patch_stdout

        return patch_stdout(raw=True)

    def _open(self) -> PromptSession[str]:
        from prompt_toolkit.output import ColorDepth
        from prompt_toolkit.shortcuts import PromptSession
        from prompt_toolkit.styles import Style

        def continuation(width: int, line_number: int, wrap_count: int) -> str:
            return " " * width

        session: PromptSession[str] = PromptSession(
            message=self._label,
            bottom_toolbar=self._status,
            prompt_continuation=continuation,
            multiline=True,
            key_bindings=_bindings(),
            interrupt_exception=EOFError,  # KeyboardInterrupt in a task would tear down the event loop
            reserve_space_for_menu=0,
            enable_suspend=True,
            color_depth=None if self._styled else ColorDepth.DEPTH_1_BIT,
            style=Style.from_dict({"bottom-toolbar": "noreverse dim", "name": "dim", "field": "bold", "aside": "dim"}),
        )
        # A terminal that never says where its cursor is only goes without the status line; that is no news for a candidate.
        session.app.renderer.cpr_not_supported_callback = None
        return session


def _bindings() -> KeyBindings:
    from prompt_toolkit.key_binding import KeyBindings

    bindings = KeyBindings()

    @bindings.add("enter")
    def _send(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if buffer.document.is_cursor_at_the_end and buffer.text.endswith("\\"):
            buffer.delete_before_cursor()
            buffer.insert_text("\n")
        else:
            buffer.validate_and_handle()

    @bindings.add("escape", "enter")
    def _new_line(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    return bindings
