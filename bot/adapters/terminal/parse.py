"""What somebody typed, read as what they want: say something, give a command, choose an option, fill in a field, leave.

Pure functions over text and what was last offered; building events and asking again is `connect`'s work. Text that is not
exactly a command or an offered word is always something said, whatever it looks like.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.chat.meanings import Choices, Field, Option

COMMANDS: Mapping[str, str] = {
    "hint": "a nudge in the right direction, noted in the feedback",
    "pause": "stop the clock",
    "resume": "start it again",
    "skip": "leave this question and take the next",
    "time": "how much time is left",
    "stop": "end the interview and go to feedback",
    "help": "what you can do here",
}
"""The words that are commands when they are the whole message, with what each does."""

QUIT = "quit"
"""Leaves the terminal; the interview is kept."""

_LEAVE = frozenset({QUIT, "exit"})
_SLASHED = re.compile(r"/([^\W\d_][\w-]*)(?:\s+(.*))?", re.DOTALL)
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Say:
    """Something said, word for word."""

    text: str


@dataclass(frozen=True, slots=True)
class Command:
    """A command; `options` holds `text` when something followed the word."""

    word: str
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Press:
    """An option of the last choices."""

    option: Option


@dataclass(frozen=True, slots=True)
class Fill:
    """A field's value; empty when it is left out."""

    value: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Nothing to send: an answer from the terminal itself."""

    text: str


@dataclass(frozen=True, slots=True)
class Leave:
    """The person wants to close the terminal."""


Typed = Say | Command | Press | Notice | Leave


def sound(text: str) -> str:
    """Text that can be stored anywhere: bytes the terminal could not decode become the replacement character."""
    return _LONE_SURROGATE.sub("�", text)


def words(choices: Choices) -> tuple[tuple[str, Option], ...]:
    """Each option with what to type for it: its own word, or its number where it has none or shares it with an earlier one."""
    found: dict[str, Option] = {}
    for number, option in enumerate(choices.options, start=1):
        word = option.word.strip().casefold()
        found[word if word and word not in found else str(number)] = option
    return tuple(found.items())


def read(text: str, offered: Choices | None = None, spent: bool = False) -> Typed:
    """What a message means. `spent` says that an option of `offered` was chosen before: then a word that is also a command
    (`resume`) is the command again, while the other words keep working."""
    text = sound(text)
    word = text.strip().casefold()
    bare = word.removeprefix("/")
    plain = bare.rstrip(".!?")
    if offered is not None:
        for offered_word, option in words(offered):
            if bare == offered_word or (word == option.label.strip().casefold() and word):
                if spent and offered_word in COMMANDS:
                    break
                return Press(option)
    if plain in COMMANDS:
        return Command(plain)
    if plain in _LEAVE:
        return Leave()
    slashed = _SLASHED.fullmatch(text.strip())
    if slashed is None:
        return Say(text)
    name, rest = slashed.group(1).casefold(), slashed.group(2)
    if name in COMMANDS:
        return Command(name, {"text": rest.strip()})
    return Say(text) if rest else Notice(unknown(slashed.group(1)))


def unknown(word: str) -> str:
    """The answer to a command that does not exist."""
    listed = ", ".join(COMMANDS)
    return f"There is no command /{word}. The ones I know: {listed}, {QUIT}. Anything else you type goes to your interviewer."


def read_field(text: str, asked: Field) -> Fill | Typed:
    """What an answer to one field means. Enter leaves it out or keeps what it held; a sentence is still something said."""
    text = sound(text)
    entered = text.strip()
    if not entered or entered.casefold() in {"skip", "/skip"}:
        if asked.required and not asked.value:
            return Notice("This one is needed before I can go on.")
        return Fill("" if entered else asked.value)
    value = _value(entered, asked)
    if value is not None:
        return Fill(value)
    typed = read(text)
    if not isinstance(typed, Say) or len(entered.split()) > 3:
        return typed
    return Notice(_expected(asked))


def _value(entered: str, asked: Field) -> str | None:
    if asked.kind == "scale":
        return entered if entered in {"1", "2", "3", "4", "5"} else None
    if asked.kind == "choice":
        for number, (value, label) in enumerate(asked.choices, start=1):
            if entered == str(number) or entered.casefold() in {value.casefold(), label.casefold()}:
                return value
        return None
    # A free text field takes anything but a plain command, so that there is a way out of it.
    return None if isinstance(read(entered), (Command, Leave)) else entered


def _expected(asked: Field) -> str:
    if asked.kind == "scale":
        return "A number from 1 to 5, please, or Enter to leave it out."
    listed = ", ".join(f"{number} {label}" for number, (_, label) in enumerate(asked.choices, start=1))
    return f"One of these, please: {listed}. Or Enter to leave it out."
