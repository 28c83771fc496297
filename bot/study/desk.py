"""What must be answered at once about daily questions: forms to open, and what a person is told the moment they do something.

Each answer comes from one bounded read of a board or a round and changes nothing. What it promises holds, because the event is
accepted before the promise is shown; whatever happens in between, the actor itself decides again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from bot.chat import daily
from bot.chat.daily import Considered
from bot.chat.events import Pressed, Ran, Submitted
from bot.chat.ids import Address, Board, Person, kind_of
from bot.chat.meanings import Choices, Field, Form, Meaning, Option, Paragraph, Passage
from bot.library.load import Library
from bot.study import calendar, card, digest, judged, reveal, saying, sealed, stream, stream_form, streams, zones
from bot.study.sealed import LONGEST, Phase, RoundState
from bot.study.stream import BoardState, Stream

Peek = Callable[[Address], Awaitable[bytes | None]]
"""Reads an actor's stored state."""

Clock = Callable[[], int]


class DailyDesk:
    """Answers for boards and rounds."""

    def __init__(self, library: Library, peek: Peek, clock: Clock) -> None:
        self._library = library
        self._peek = peek
        self._clock = clock

    async def _board(self, address: Address) -> BoardState:
        return stream.load(await self._peek(address))

    async def _round(self, address: Address) -> RoundState | None:
        stored = await self._peek(address)
        return sealed.load(stored) if stored is not None else None

    # Forms

    async def opened(self, pressed: Pressed) -> Form | tuple[Meaning, ...]:
        """See `Reception.opened`."""
        if kind_of(pressed.to) == "round":
            state = await self._round(pressed.to)
            if state is None:
                return (Paragraph(saying.UNKNOWN),)
            return (
                self._answering(state, pressed.person)
                if pressed.action == daily.ANSWER
                else self._rating(state, pressed.person)
            )
        board, state_of = Board.of(pressed.to), await self._board(pressed.to)
        if pressed.action in {daily.NEW, daily.EDIT}:
            if not state_of.may(pressed.person, pressed.organiser):
                return (Paragraph(saying.NOT_ALLOWED),)
            if pressed.action == daily.NEW:
                return stream_form.stream_form(board, self._library, None)
            held = state_of.stream(daily.stream_of(pressed.value))
            if held is None:
                return (Paragraph(saying.NO_STREAM),)
            return stream_form.stream_form(board, self._library, held)
        if not state_of.streams:
            return (Paragraph(saying.NO_BOARD),)
        if pressed.action == daily.SUGGEST:
            return stream_form.suggest_form(board, self._library)
        member = state_of.member(pressed.person)
        return stream_form.mine_form(board, member, digest.own(member, state_of, self._clock()))

    def _answering(self, state: RoundState, person: Person) -> Form | tuple[Meaning, ...]:
        if state.phase is not Phase.OPEN:
            return (Paragraph(saying.TOO_LATE),)
        held = state.answer(person)
        fields = (
            Field("answer", "Your answer", "long", value=held.text if held else "", required=True),
            Field(
                "named",
                "Once all are opened, show it",
                "choice",
                (("named", "With my name"), ("anonymous", "Without my name")),
                value="anonymous" if held is not None and not held.named else "named",
            ),
        )
        text = f"{state.text}\n\nNobody sees your answer until all are opened. At most {LONGEST:,} characters."
        return Form(daily.form_id(daily.ANSWER, state.id.key), state.title, text, fields, "Seal it")

    def _rating(self, state: RoundState, person: Person) -> Form | tuple[Meaning, ...]:
        if state.phase is Phase.OPEN:
            return (Paragraph(saying.NOT_OPEN_YET),)
        if state.phase is Phase.CLOSED:
            return (Paragraph(saying.OVER),)
        answer = reveal.next_for(state, person.address)
        if answer is None:
            return (Paragraph(saying.NOBODY_ELSE),)
        return judged.form(state, answer, self._library)

    async def problems(self, form: str, fields: Mapping[str, str]) -> Mapping[str, str]:
        """What is wrong with a filled-in form, by field."""
        return self._problems(form, fields, self._clock())

    def _problems(self, form: str, fields: Mapping[str, str], now_ms: int) -> dict[str, str]:
        action, _ = daily.of_form(form)
        today = calendar.local_day("UTC", now_ms)
        if action in {daily.NEW, daily.EDIT}:
            return stream_form.problems(fields, self._library, today)
        if action == daily.MINE:
            return stream_form.mine_problems(fields)
        if action == daily.SUGGEST:
            return stream_form.suggest_problems(fields)
        if action == daily.ANSWER:
            return _answer_problems(fields)
        return {}

    # What people do

    async def considered(self, event: Pressed | Submitted | Ran) -> Considered:
        """See `Reception.considered`."""
        if kind_of(event.to) == "round":
            return self._of_round(event, await self._round(event.to))
        state = await self._board(event.to)
        if isinstance(event, Ran):
            return self._command(event, state)
        if isinstance(event, Submitted):
            return self._form(event, state)
        return self._press(event, state)

    def _of_round(self, event: Pressed | Submitted | Ran, state: RoundState | None) -> Considered:
        if state is None:
            return _only(saying.UNKNOWN)
        person = event.person
        if isinstance(event, Submitted) and event.form.startswith(daily.ANSWER):
            if state.phase is not Phase.OPEN:
                given = event.fields.get("answer", "").strip()
                back = (Passage("What you wrote", given),) if given else ()
                return Considered((Paragraph(saying.TOO_LATE), *back))
            if wrong := self._problems(event.form, event.fields, event.at_ms):
                return _only(" ".join(wrong.values()))
            return Considered((Choices(saying.SEALED, card.sealed_options(state)),), take=True)
        if isinstance(event, Submitted) and event.form.startswith(daily.RATE):
            return self._rated(event, state)
        if isinstance(event, Pressed) and event.action == daily.TAKE_BACK:
            if state.answer(person) is None:
                return _only(saying.NOTHING_THERE)
            return _taken(saying.TAKEN_BACK if state.phase is Phase.OPEN else saying.TAKEN_OUT)
        return _only(saying.UNKNOWN)

    def _rated(self, event: Submitted, state: RoundState) -> Considered:
        if state.phase is not Phase.RATING:
            return _only(saying.OVER if state.phase is Phase.CLOSED else saying.NOT_OPEN_YET)
        answer = state.rated_in(event.form)
        if answer is None:
            return _only(saying.GONE_MEANWHILE)
        if answer.person.address == event.person.address:
            return _only(saying.NOT_YOURS)
        wrong = judged.problems(state, event.fields, self._library)
        if wrong:
            again = Option(daily.RATE, "Try again", state.id.key, style="primary")
            return Considered((Choices(" ".join(dict.fromkeys(wrong.values())), (again,)),))
        given = judged.rating(state, event.person.address, answer, event.fields, event.at_ms, self._library)
        after = state.with_rating(given)
        standing = {held.person.address for held in after.standing}
        whose = standing.intersection(after.assigned.get(event.person.address, ()))
        if whose <= after.rated_by(event.person.address):
            return _taken(saying.RATED_ALL)
        more = Option(daily.RATE, "Rate the next", state.id.key, style="primary")
        return Considered((Choices(saying.RATED_MORE, (more,)),), take=True)

    def _form(self, event: Submitted, state: BoardState) -> Considered:
        action, value = daily.of_form(event.form)
        setting_up = action in {daily.NEW, daily.EDIT}
        if setting_up and not state.may(event.person, event.organiser):
            return _only(saying.NOT_ALLOWED)
        if wrong := self._problems(event.form, event.fields, event.at_ms):
            return _only(" ".join(wrong.values()))
        if not setting_up and not state.streams:
            return _only(saying.NO_BOARD)
        if action == daily.SUGGEST:
            return _only(saying.TOO_MANY) if streams.too_many(state, event.person) else _taken(saying.SUGGESTED)
        if action == daily.MINE:
            return _taken(saying.CHOSEN)
        today = calendar.local_day("UTC", event.at_ms)
        held = state.stream(daily.stream_of(value))
        if action == daily.EDIT and held is None:
            return _only(saying.NO_STREAM)
        base = held or stream_form.organiser(event.person)
        wanted = stream_form.settings(base, event.fields, today, event.at_ms)
        return _taken(
            f"{wanted.name}: {_when(wanted, self._clock())}. /hotseat daily changes it, pauses it, or posts at once."
        )

    def _press(self, event: Pressed, state: BoardState) -> Considered:
        if not state.may(event.person, event.organiser):
            return _only(saying.NOT_ALLOWED)
        name = daily.stream_of(event.value)
        if event.action in {daily.APPROVE, daily.DECLINE}:
            held = next((one for one in state.suggestions if one.id == name), None)
            if held is None or held.approved:
                return _only(saying.DECIDED)
            return _taken("It's in." if event.action == daily.APPROVE else "Left out. I'll let them know, kindly.")
        found = state.stream(name)
        if found is None:
            return _only(saying.NO_STREAM)
        if event.action == daily.PREVIEW:
            return Considered(self._preview(found, state))
        if event.action == daily.NOW and streams.just_asked(found, self._clock()):
            return _only(saying.JUST_POSTED)
        said = {
            daily.PAUSE: f"{found.name} is paused. A question that is open runs to its end.",
            daily.RESUME: f"{found.name} goes on: {_when(found, self._clock(), running=True)}.",
            daily.NOW: "I'm posting one now, besides the usual ones.",
            daily.REMOVE: f"{found.name} is removed. A question that is open runs to its end.",
        }.get(event.action)
        return _taken(said) if said else _only(saying.NO_STREAM)

    def _preview(self, found: Stream, state: BoardState) -> tuple[Meaning, ...]:
        names = streams.coming(found, state, self._library, 3)
        if not names:
            return (Paragraph(saying.NOTHING_FITS.format(name=found.name)),)
        titles = [streams.title(name, state, self._library) for name in names]
        return (
            Passage(f"Next for {found.name}", "\n".join(titles)),
            Paragraph("That's how it stands now; what the group shows until then may change it."),
        )

    def _command(self, event: Ran, state: BoardState) -> Considered:
        if event.command == daily.BOARD:
            return Considered(digest.board(state, self._clock()) if state.streams else (Paragraph(saying.NO_BOARD),))
        may = state.may(event.person, event.organiser)
        key = Board.of(event.to).key
        new = Option(daily.NEW, "Set one up", key, style="primary")
        if not state.streams:
            offer = Choices("There's no daily question in this channel yet. Shall we set one up?", (new,))
            return Considered((offer if may else Paragraph(saying.NO_BOARD),))
        now_ms = self._clock()
        said: list[Meaning] = [
            Choices(_line(held, now_ms), _controls(held, key) if may else ()) for held in state.streams
        ]
        own = (Option(daily.SUGGEST, "Suggest a question", key), Option(daily.MINE, "Reminder and board", key))
        said.append(Choices("What you can do here:", (*((new,) if may else ()), *own)))
        return Considered(tuple(said))


def _only(text: str) -> Considered:
    return Considered((Paragraph(text),))


def _taken(text: str) -> Considered:
    return Considered((Paragraph(text),), take=True)


def _answer_problems(fields: Mapping[str, str]) -> dict[str, str]:
    text = fields.get("answer", "").strip()
    if not text:
        return {"answer": "There's nothing in it yet."}
    if len(text) > LONGEST:
        return {"answer": f"An answer takes at most {LONGEST:,} characters; this one has {len(text):,}."}
    return {}


def _when(held: Stream, now_ms: int, *, running: bool = False) -> str:
    """When a stream posts, and next."""
    days, time = zones.say_days(held.weekdays), zones.say_time(held.minute)
    text = f"{days} at {time} ({held.zone}), answers opened after {saying.counted(held.reveal_h, 'hour')}"
    coming = calendar.next_after(held.schedule, now_ms) if running or not held.paused else None
    return text + (f"; next at {_local(coming.at_ms, held.zone)}" if coming is not None else "")


def _local(at_ms: int, zone: str) -> str:
    return saying.moment(at_ms, zone).removesuffix(f" ({zone})")  # named already


def _line(held: Stream, now_ms: int) -> str:
    chosen = ", ".join((*held.types, *held.levels, *held.tags, *held.packs)).replace("_", " ")
    why = {"": "", stream.PAUSED: " Paused."}.get(held.paused, f" Paused: {held.paused}.")
    return f"{held.name}: {_when(held, now_ms)}. {f'Only {chosen}' if chosen else 'Any question'}.{why}"


def _controls(held: Stream, key: str) -> tuple[Option, ...]:
    value = f"{key}:{held.id}"
    turn = Option(daily.RESUME, "Go on", value) if held.paused else Option(daily.PAUSE, "Pause", value)
    return (
        Option(daily.EDIT, "Change", value),
        turn,
        Option(daily.PREVIEW, "Preview", value),
        Option(daily.NOW, "Post now", value),
        Option(daily.REMOVE, "Remove", value, style="danger"),
    )
