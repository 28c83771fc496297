"""The terminal as an adapter: it prints what is posted and turns what is typed into events.

One person, one conversation. `TerminalAdapter.run` is the loop at the prompt; it hands every event to `accept` and shows
nothing in answer itself, except where the terminal alone is concerned (an unknown command, a form's next field, leaving).
It keeps no state of the interview: what it remembers is what was last offered, so that a typed word can be a button.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import signal
import sys
import uuid
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

from rich.console import Console, Group

from bot.adapters.terminal import limits, parse, render
from bot.adapters.terminal.keyboard import Entry, Keyboard, Lines, Prompt
from bot.chat.adapter import Accept, TryLater
from bot.chat.events import Event, Pressed, Ran, Returned, Said, Submitted
from bot.chat.ids import Address, ConversationId, Person
from bot.chat.meanings import Choices, Form, Meaning, Paragraph, Progress, QuestionCard, Scorecard
from bot.chat.replies import Reply

if TYPE_CHECKING:
    from prompt_toolkit.formatted_text import StyleAndTextTuples as Fragments

PLATFORM = "terminal"
_LEAVING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
T = TypeVar("T")

Touch = Callable[[], Awaitable[bool]]
"""Says that this terminal is here; False when the interview has gone on in another one."""

Settled = Callable[[], Coroutine[Any, Any, None]]
"""Returns when everything accepted so far has been handled and shown."""


class Ending(StrEnum):
    """Why the loop ended."""

    LEFT = "left"
    ELSEWHERE = "elsewhere"


def local(login: str) -> tuple[Person, ConversationId]:
    """The person and the conversation of a terminal, for a login name."""
    return Person(PLATFORM, "local", login, login), ConversationId(PLATFORM, "local", "practice")


def show(meanings: Sequence[Meaning], stdout: TextIO) -> None:
    """Print meanings as they would look in a conversation, for commands that only show something."""
    look = render.Look.of(Console(file=stdout))
    stdout.write(render.paint(render.render(meanings, look), look))


class TerminalAdapter:
    """Implements `bot.chat.adapter.Adapter` for one terminal. `clock` gives Unix milliseconds."""

    def __init__(
        self,
        person: Person,
        conversation: ConversationId,
        clock: Callable[[], int],
        *,
        stdin: TextIO | None = None,
        stdout: TextIO | None = None,
    ) -> None:
        self._person = person
        self._to = conversation.address
        self._clock = clock
        self._stdin = sys.stdin if stdin is None else stdin
        self._stdout = sys.stdout if stdout is None else stdout
        self._console = Console(file=self._stdout)
        process = uuid.uuid4().hex
        self._ids = (f"{PLATFORM}:{process}:{number}" for number in itertools.count(1))
        self._posting = asyncio.Lock()
        self._shown: deque[str] = deque(maxlen=limits.REMEMBERED)
        self._answered = asyncio.Event()
        self._answered.set()
        self._greeting = asyncio.Event()
        self._offered: Choices | None = None
        self._spent = False
        self._form: Form | None = None
        self._entered: dict[str, str] = {}
        self._asking = 0
        self._speaker = ""
        self._busy = ""
        self._graded = False
        self._keyboard = self._open()
        self._touch: Touch | None = None
        self._elsewhere = asyncio.Event()

    @property
    def platform(self) -> str:
        """The lane of the terminal."""
        return PLATFORM

    # What goes out.

    async def post(self, reply: Reply, known: str) -> str:
        """Print a reply; the same one again is not printed twice. An edit is printed as a new text, progress only in the
        status line. `TryLater` when the terminal does not take it."""
        async with self._posting:
            if reply.id in self._shown:
                return reply.id
            if self._touch is not None and not await self._touch():
                # Taken over since the last look: what is said now is for the terminal that has it.
                self._elsewhere.set()
                raise TryLater("the interview is shown in another terminal", after_ms=limits.ELSEWHERE_MS)
            self._notice(reply)
            lasting = tuple(meaning for meaning in reply.meanings if not isinstance(meaning, Progress))
            transient = [meaning for meaning in reply.meanings if isinstance(meaning, Progress)]
            look = self._look()
            self._busy = render.progress(transient[-1], look).plain if transient and not lasting else ""
            if lasting:
                await self._print(render.render(lasting, look))
            if self._form is not None and self._form in lasting and not self._keyboard.prompts:
                await self._print(render.form_list(self._form, look))
            self._keyboard.changed()
            self._shown.append(reply.id)
            if lasting:
                self._answered.set()
                # These come before the first words: not worth loading the prompt for.
                if reply.move not in {"note", "job"}:
                    self._greeting.set()
            return reply.id

    async def typing(self, conversation: Address) -> None:
        """Show in the status line that a reply is being prepared."""
        self._busy = self._busy or self._look().own("…")
        self._keyboard.changed()

    async def progress(self, conversation: Address, progress: Progress) -> None:
        """Show in the status line how far slow work is."""
        self._busy = render.progress(progress, self._look()).plain
        self._keyboard.changed()

    async def answered(self) -> None:
        """Return when something was posted after the last thing sent (at once if nothing was sent)."""
        await self._answered.wait()

    async def _answered_soon(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.answered(), limits.ANSWER_WITHIN_S)

    # What comes in, as events with ids of their own.

    def said(self, text: str) -> Said:
        """The person says something."""
        id_ = next(self._ids)
        return Said(id_, self._to, self._clock(), self._person, text, message=id_)

    def ran(self, command: str, options: Mapping[str, str] | None = None) -> Ran:
        """The person gives a command."""
        return Ran(next(self._ids), self._to, self._clock(), self._person, command, dict(options or {}))

    def pressed(self, action: str, value: str = "") -> Pressed:
        """The person chooses an option."""
        return Pressed(next(self._ids), self._to, self._clock(), self._person, action, value)

    def submitted(self, form: str, fields: Mapping[str, str]) -> Submitted:
        """The person sends a form."""
        return Submitted(next(self._ids), self._to, self._clock(), self._person, form, dict(fields))

    def returned(self, away_since_ms: int) -> Returned:
        """The person is back after nobody served the conversation."""
        return Returned(next(self._ids), self._to, self._clock(), self._person, away_since_ms)

    # The loop.

    async def run(
        self,
        accept: Accept,
        *,
        touch: Touch | None = None,
        settled: Settled | None = None,
        refusals: tuple[type[Exception], ...] = (),
        farewell: str = "",
    ) -> int:
        """Read and send until the person leaves; the exit code, which is 0 however they leave: leaving loses nothing.

        `touch` is asked every two seconds and ends the loop when it says False. `settled` is waited for between piped
        lines and before leaving at the end of input; without it, the next reply is. An exception of a kind in `refusals`
        from `accept` is shown as its message and the text is offered again; any other from `accept` is raised here. `farewell`
        is said at the end where nothing is kept.
        """
        leaving: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()
        self._touch = touch
        watching = asyncio.create_task(_watch(touch, refusals, leaving, self._elsewhere)) if touch is not None else None
        settle = settled or self._answered_soon
        try:
            with _interrupts(leaving):
                await self._greeted(leaving)
                with self._keyboard.guarded():
                    ending = await self._converse(accept, leaving, settle, refusals)
        finally:
            if watching is not None:
                watching.cancel()
                await asyncio.gather(watching, return_exceptions=True)
        await self._farewell(ending, farewell)
        return 0

    async def _greeted(self, leaving: asyncio.Future[Ending]) -> None:
        """Let the first words come before the prompt, whose library takes a moment to load."""
        if self._keyboard.prompts:
            await _race(self._greeting.wait(), leaving, limits.GREETING_WITHIN_S)

    async def _converse(
        self, accept: Accept, leaving: asyncio.Future[Ending], settle: Settled, refusals: tuple[type[Exception], ...]
    ) -> Ending:
        default = ""
        while True:
            reading = await _race(self._keyboard.read(default), leaving)
            if leaving.done():
                return leaving.result()
            try:
                entry = reading.result()
            except EOFError:
                if self._keyboard.patient:
                    await _settle(settle, leaving)
                return Ending.LEFT
            default = ""
            event = await self._take(entry)
            if event is Ending.LEFT:
                return Ending.LEFT
            if event is None or isinstance(event, Ending):
                continue
            self._answered.clear()
            try:
                await accept((event,))
            except refusals as refusal:
                self._answered.set()
                await self._tell(f"That was not sent. {refusal}")
                default = entry.text
                continue
            if self._keyboard.patient:
                await _settle(settle, leaving)

    async def _take(self, entry: Entry) -> Event | Ending | None:
        """The event a message makes, LEFT to leave, or None when it was dealt with here."""
        if entry.cut:
            await self._tell(
                f"Your terminal hands over at most {limits.LINE_BYTES:,} bytes of one line; the rest did not arrive. "
                "Send the end as another message."
            )
        field = self._form.fields[self._asking] if self._form is not None else None
        text = entry.text
        typed = parse.read_field(text, field) if field else parse.read(text, self._offered, self._spent)
        match typed:
            case parse.Say():
                return self.said(typed.text)
            case parse.Command():
                return self.ran(typed.word, typed.options)
            case parse.Press():
                self._spent = True
                return self.pressed(typed.option.action, typed.option.value)
            case parse.Fill():
                return self._fill(typed.value)
            case parse.Notice():
                await self._tell(typed.text)
                return None
            case parse.Leave():
                return Ending.LEFT

    def _fill(self, value: str) -> Submitted | None:
        form = self._form
        assert form is not None
        if value:
            self._entered[form.fields[self._asking].id] = value
        self._asking += 1
        if self._asking < len(form.fields):
            return None
        self._form = None
        return self.submitted(form.id, self._entered)

    def _notice(self, reply: Reply) -> None:
        """Remember what a reply offers: its choices, its form, who speaks."""
        if reply.move == "resume":
            self._offered = None  # they have chosen to go on, by whatever word
        for meaning in reply.meanings:
            match meaning:
                case Choices():
                    self._offered, self._spent = meaning, False
                case Form() if meaning.fields and meaning != self._form:  # shown again, it goes on where it was
                    self._form, self._entered, self._asking = meaning, {}, 0
                case QuestionCard():
                    # A new interview: what was offered before it is over, and its words are answers now.
                    self._offered, self._form, self._graded = None, None, False
                    self._speaker = meaning.speaker
                case Scorecard():
                    self._graded = True
                case Paragraph() if meaning.speaker:
                    self._speaker = meaning.speaker
                case _:
                    pass

    async def _farewell(self, ending: Ending, instead: str) -> None:
        if ending is Ending.ELSEWHERE:
            await self._tell("This interview went on in another terminal, so this one stops here. Nothing is lost.")
            return
        again = (
            "`hotseat history` shows this scorecard again."
            if self._graded
            else "`hotseat practice` picks up where you left."
        )
        unsent = "What you were typing was not sent. " if self._keyboard.unsent().strip() else ""
        # Nobody may be there to read it any more.
        with contextlib.suppress(TryLater):
            await self._tell(instead or f"Kept. {unsent}{again}")

    # The screen.

    def _open(self) -> Keyboard:
        look = self._look()
        if self._stdin.isatty() and self._stdout.isatty() and not self._console.is_dumb_terminal:
            return Prompt(self._stdout, self._label, self._status, look.styled)
        return Lines(self._stdin, self._stdout)

    def _look(self) -> render.Look:
        return render.Look.of(self._console)

    async def _tell(self, text: str) -> None:
        await self._print(render.render((Paragraph(text),), self._look()))

    async def _print(self, drawn: Group) -> None:
        try:
            await self._keyboard.show(render.paint(drawn, self._look()))
        except OSError as error:
            raise TryLater(f"the terminal does not take text: {type(error).__name__}", after_ms=1000) from None

    def _label(self) -> Fragments:
        """What stands before the text being typed."""
        look = self._look()
        if self._form is None:
            tag = render.name_tag("You", "", look)
            return [("class:name", "\n" + (tag.plain if tag is not None else "  You "))]
        label, aside = render.asks(self._form, self._asking, look)
        gap = "\n" if self._asking == 0 else ""
        return [("class:field", f"{gap}{label}"), ("class:aside", f"  {aside} "), ("", f"{look.own('›')} ")]

    def _status(self) -> Fragments:
        """The line under the prompt."""
        look = self._look()
        if self._busy:
            tag = render.name_tag(self._speaker or render.HOTSEAT, "", look)
            return [("", (tag.plain if tag is not None else "  ") + self._busy)]
        if self._form is not None:
            return [("", f"  {self._asking + 1} of {len(self._form.fields)}{look.own(' · ')}Enter leaves one out")]
        offered = self._offered if self._graded or not self._spent else None
        words = [word for word, _ in parse.words(offered)] if offered is not None else list(parse.COMMANDS)
        return [("", "  " + look.own(" · ").join(look.line(word).plain for word in (*words, parse.QUIT)))]


async def _watch(
    touch: Touch, refusals: tuple[type[Exception], ...], leaving: asyncio.Future[Ending], elsewhere: asyncio.Event
) -> None:
    mine = True
    while mine:
        with contextlib.suppress(*refusals):  # out of reach for a moment: the next message will say so
            mine = await touch()
        if mine:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(elsewhere.wait(), limits.TOUCH_EVERY_S)
    if not leaving.done():
        leaving.set_result(Ending.ELSEWHERE)


async def _race(
    work: Coroutine[Any, Any, T], leaving: asyncio.Future[Ending], timeout_s: float | None = None
) -> asyncio.Task[T]:
    """Work as a task that is done, or was cancelled because leaving or the time-out came first."""
    task = asyncio.create_task(work)
    both: set[asyncio.Future[Any]] = {task, leaving}
    await asyncio.wait(both, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
    if not task.done():
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    return task


async def _settle(settle: Settled, leaving: asyncio.Future[Ending]) -> None:
    settling = await _race(settle(), leaving)
    if not settling.cancelled():
        settling.result()


@contextlib.contextmanager
def _interrupts(leaving: asyncio.Future[Ending]) -> Iterator[None]:
    """Ctrl-C while no prompt reads keys, a closed window or a signal from outside leave too, and leave nothing behind."""

    def leave() -> None:
        if not leaving.done():
            leaving.set_result(Ending.LEFT)

    loop = asyncio.get_running_loop()
    try:
        for number in _LEAVING:
            loop.add_signal_handler(number, leave)
    except (NotImplementedError, RuntimeError, ValueError):  # no signals here, or not the main thread
        yield
        return
    try:
        yield
    finally:
        for number in _LEAVING:
            loop.remove_signal_handler(number)
