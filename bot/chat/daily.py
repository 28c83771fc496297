"""The names that adapters and daily questions share: what buttons and forms are called, and whose mailbox they belong to.

Every action begins with `daily-`. A button's value is the key of a board (`Board.key`), of one of its streams (the board's key,
`:`, the stream), of a round (`Round.key`), or of one of its answers (the round's key, `:`, a number). A form's id is the action,
`:`, that value. So an adapter needs no other knowledge of what it passes on. What happens then is decided in `bot.study`.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote

from bot.chat.ids import Address, Board, Round
from bot.chat.meanings import Meaning

PREFIX = "daily-"

ANSWER, RATE, NEW, EDIT, SUGGEST, MINE = (
    "daily-answer",
    "daily-rate",
    "daily-new",
    "daily-edit",
    "daily-suggest",
    "daily-mine",
)
OPENS = frozenset({ANSWER, RATE, NEW, EDIT, SUGGEST, MINE})
"""Actions that open a form: seal an answer, rate one, set up a stream, change one, suggest a question, one's own reminder and
listing. Every other action is an event."""

TAKE_BACK, PAUSE, RESUME, NOW, PREVIEW, REMOVE, APPROVE, DECLINE = (
    "daily-take-back",
    "daily-pause",
    "daily-resume",
    "daily-now",
    "daily-preview",
    "daily-remove",
    "daily-approve",
    "daily-decline",
)

LIST, BOARD = "daily", "board"
"""Commands given to a board: what is asked here day by day, and who takes part."""

COMMANDS = {"": LIST, "new": NEW, "suggest": SUGGEST, "mine": MINE, "board": BOARD}
"""What may follow `daily` in a command, and what it leads to."""


@dataclass(frozen=True, slots=True)
class Considered:
    """What a person is told at once about what they did, for them alone. `take`: the event is then to be accepted."""

    said: tuple[Meaning, ...]
    take: bool = False


def is_daily(name: str) -> bool:
    """Whether a button's action or a form's id belongs to daily questions."""
    return name.startswith(PREFIX)


def form_id(action: str, value: str) -> str:
    """The id of the form that a button opens."""
    return f"{action}:{value}"


def of_form(form: str) -> tuple[str, str]:
    """The action and the value behind a form's id."""
    action, _, value = form.partition(":")
    return action, value


def target(platform: str, value: str) -> Address:
    """Whose mailbox a button's or form's value belongs to; ValueError if it is no key."""
    parts = [unquote(part) for part in value.split(":")]
    if len(parts) in {2, 3} and all(parts):
        return Board(platform, parts[0], parts[1]).address
    if len(parts) in {4, 5} and all(parts):
        return Round(platform, parts[0], parts[1], parts[2], parts[3]).address
    raise ValueError(f"not the key of a board or a round: {value[:80]!r}")


def stream_of(value: str) -> str:
    """The stream that the key of a stream or a round names; empty if it names none."""
    parts = value.split(":")
    return unquote(parts[2]) if len(parts) >= 3 else ""
