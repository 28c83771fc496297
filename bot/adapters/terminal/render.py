"""Meanings as what a terminal shows: a transcript with names in a left column, and cards.

`Look` says what the terminal can do; everything drawn follows from it, so that the same card reads in colour, without
colour, in a narrow window and on a terminal that knows ASCII only. Colour and symbols never carry anything alone: a word
stands beside them. Every string goes through `inert` into `rich.text.Text`, never through markup. Writing to the screen is
`connect`'s work. Colours are the sixteen of the terminal's own theme, so that light and dark both stay readable.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.text import Text

from bot.adapters.terminal import inert, limits
from bot.adapters.terminal.parse import words
from bot.chat.meanings import (
    CheckLine,
    Choices,
    Comparison,
    CriterionLine,
    Field,
    Form,
    Meaning,
    Paragraph,
    Passage,
    Picture,
    Progress,
    QuestionCard,
    Scorecard,
    Verdict,
)

HOTSEAT = "Hotseat"
"""The name Hotseat speaks under when it speaks as itself."""

MARGIN = 2
_VOICES = ("cyan", "magenta", "green", "blue")
_VERDICTS = {
    Verdict.COVERED: ("●", "covered", "green"),
    Verdict.UNSURE: ("◐", "unsure", "yellow"),
    Verdict.NOT_SPOTTED: ("○", "not spotted", "default"),
    Verdict.MET: ("●", "met", "green"),
    Verdict.PARTLY: ("◐", "partly", "yellow"),
    Verdict.NOT: ("○", "not shown", "default"),
}


@dataclass(frozen=True, slots=True)
class Look:
    """What the terminal can show: columns, whether it takes styles, and its encoding."""

    width: int
    styled: bool
    encoding: str

    @classmethod
    def of(cls, console: Console) -> Look:
        """The look of a console: plain without colour (NO_COLOR, TERM=dumb) or when it is no terminal at all. Without colour
        is without any style: bold alone would still be escape sequences in a log."""
        styled = console.is_terminal and not console.is_dumb_terminal and not console.no_color
        return cls(min(console.width, limits.WIDEST), styled, console.encoding)

    @property
    def drawn(self) -> bool:
        """Whether lines are drawn."""
        return self.styled and inert.can_show("─", self.encoding)

    @property
    def narrow(self) -> bool:
        """Whether names stand above what is said."""
        return self.width < limits.NARROW

    @property
    def indent(self) -> int:
        """The column where what is said begins."""
        return MARGIN if self.narrow else MARGIN + limits.NAME + 1

    def text(self, text: str, style: str = "") -> Text:
        """Harmless text, its lines kept."""
        return Text(inert.inert(text, self.encoding), style)

    def line(self, text: str, style: str = "") -> Text:
        """Harmless text on one line."""
        return Text(inert.one_line(text, self.encoding), style)

    def own(self, text: str) -> str:
        """Our own signs (quotes, dots, arrows) as this terminal can show them."""
        return inert.inert(text, self.encoding)


@dataclass(frozen=True, slots=True)
class Hanging:
    """Text whose first line starts with `head` and whose other lines start in the same column, wrapped to `width`."""

    head: Text
    body: Text
    width: int

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The wrapped lines; nothing is cut, a word longer than a line is folded."""
        indent = self.head.cell_len
        room = max(8, min(self.width, options.max_width) - indent)
        lines = self.body.wrap(console, room, overflow="fold") or [Text()]
        for number, line in enumerate(lines):
            line.rstrip()
            yield Text.assemble(self.head if number == 0 else " " * indent if line else "", line)


def render(meanings: Sequence[Meaning], look: Look) -> Group:
    """Everything a reply says, one thing under the other, with a blank line before each."""
    cards = [meaning for meaning in meanings if isinstance(meaning, Scorecard)]
    parts: list[RenderableType] = []
    for meaning in meanings:
        # A picture of a card that stands right here in words would say it all a second time.
        if isinstance(meaning, Picture) and meaning.scorecard in cards:
            continue
        parts.append(Text())
        parts.extend(_parts(meaning, look))
    return Group(*parts)


def paint(drawn: RenderableType, look: Look) -> str:
    """What is written to the terminal, line ends included."""
    # A console of its own: the one on the real screen would, on a broken pipe, take standard output away for good.
    paper = io.StringIO()
    system: Literal["standard"] | None = "standard" if look.styled else None
    console = Console(
        file=paper, width=look.width, force_terminal=True, color_system=system, markup=False, highlight=False
    )
    console.print(drawn)
    return paper.getvalue()


def _parts(meaning: Meaning, look: Look) -> Iterator[RenderableType]:
    match meaning:
        case Paragraph():
            yield from said(meaning.text, meaning.speaker, look)
        case QuestionCard():
            yield from _question(meaning, look)
        case Choices():
            yield from _choices(meaning, look)
        case Form():
            yield from _form(meaning, look)
        case Scorecard():
            yield from _scorecard(meaning, look)
        case Comparison():
            yield from _comparison(meaning, look)
        case Passage():
            yield from _heading(meaning.title, "", look)
            yield _block(look.text(meaning.text), look)
        case Progress():
            yield _block(progress(meaning, look), look)
        case Picture():
            yield _block(Text.assemble(("Picture: ", "dim"), look.text(meaning.alt)), look)


def voice(speaker: str) -> str:
    """The colour a speaker always has."""
    return _VOICES[zlib.crc32(speaker.encode("utf-8", "replace")) % len(_VOICES)]


def name_tag(name: str, style: str, look: Look) -> Text | None:
    """A name filling the left column, or None where it must stand on a line of its own."""
    tag = Text(" " * MARGIN).append_text(look.line(name, style))
    if look.narrow or tag.cell_len > look.indent - 1:
        return None
    tag.append(" " * (look.indent - tag.cell_len))
    return tag


def said(text: str, speaker: str, look: Look) -> Iterator[RenderableType]:
    """Somebody speaking; without a speaker it is Hotseat."""
    name, style = (speaker, f"bold {voice(speaker)}") if speaker.strip() else (HOTSEAT, "dim")
    body = look.text(text)
    tag = name_tag(name, style, look)
    if tag is None:
        yield _block(look.line(name, style), look)
        yield Hanging(Text(" " * look.indent), body, look.width)
    else:
        yield Hanging(tag, body, look.width)


def progress(meaning: Progress, look: Look) -> Text:
    """Work going on, on one line."""
    step = f"{meaning.done} of {meaning.total}" if meaning.total > 0 else ""
    return _dotted((meaning.text, step), look, "dim")


def _block(body: Text, look: Look, indent: int = MARGIN) -> Hanging:
    return Hanging(Text(" " * indent), body, look.width)


def _dotted(parts: Iterable[str], look: Look, style: str = "") -> Text:
    return Text(look.own(" · "), style).join(look.line(part, style) for part in parts if part.strip())


def _quoted(quote: str, look: Look) -> Text:
    return Text.assemble(look.own("“"), look.line(quote), look.own("”"), style="italic")


def _rule(look: Look) -> Iterator[RenderableType]:
    if look.drawn:
        yield Text(" " * MARGIN + "─" * (look.width - 2 * MARGIN), "dim")


def _heading(left: str | Text, right: str | Text, look: Look) -> Iterator[RenderableType]:
    """A title with something at the right edge where it fits, and a line under both."""
    title = left if isinstance(left, Text) else look.line(left, "bold")
    aside = right if isinstance(right, Text) else look.line(right, "dim")
    gap = look.width - 2 * MARGIN - title.cell_len - aside.cell_len
    if aside and gap >= 3 and look.drawn:
        yield Text.assemble(" " * MARGIN, title, " " * gap, aside)
    else:
        yield _block(title, look)
        if aside:
            yield _block(aside, look)
    yield from _rule(look)


def _question(card: QuestionCard, look: Look) -> Iterator[RenderableType]:
    who = look.line(card.speaker, f"bold {voice(card.speaker)}")
    if card.role.strip():
        who = Text.assemble(who, look.own(", "), look.line(card.role))
    minutes = f"{card.minutes} min" if card.minutes else ""
    yield from _heading(who, _dotted((card.kind, card.level, minutes), look, "dim"), look)
    if card.title.strip():
        yield _block(look.line(card.title, "bold"), look)
    yield _block(look.text(card.text), look)
    if card.help.strip():
        yield Text()
        yield _block(look.text(card.help, "dim"), look)


def _choices(choices: Choices, look: Look) -> Iterator[RenderableType]:
    if choices.text.strip():
        yield from said(choices.text, "", look)
    offered = [(look.line(word, "bold cyan"), look.line(option.label)) for word, option in words(choices)]
    column = max((word.cell_len for word, _ in offered), default=0) + 3
    for word, label in offered:
        head = Text.assemble(" " * look.indent, word, " " * (column - word.cell_len))
        yield Hanging(head, label, look.width)


def _form(form: Form, look: Look) -> Iterator[RenderableType]:
    yield from said("\n".join(part for part in (form.title, form.text) if part.strip()), "", look)


def form_list(form: Form, look: Look) -> Group:
    """A form whose fields are asked without a prompt: all of them, numbered, with what each takes."""
    lines: list[RenderableType] = []
    for number, field in enumerate(form.fields, start=1):
        label = Text.assemble(look.line(field.label), "  ", (takes(field, look), "dim"))
        lines.append(Hanging(Text(f"{' ' * look.indent}{number}. "), label, look.width))
    return Group(*lines)


def takes(field: Field, look: Look) -> str:
    """What may be entered in a field, and what it holds if nothing is."""
    values = ", ".join(f"{number} {label}" for number, (_, label) in enumerate(field.choices, start=1))
    if field.kind == "scale" and not field.hint.strip():
        values = "1-5"
    held = f"({field.value})" if field.value else ""
    return "  ".join(look.line(part).plain for part in (values, field.hint, held) if part.strip())


def asks(form: Form, asking: int, look: Look) -> tuple[str, str]:
    """A field as a prompt: its label, in a column as wide as the form's longest where that fits, and what it takes."""
    labels = [look.line(field.label) for field in form.fields]
    label, aside = labels[asking], takes(form.fields[asking], look)
    column = max(each.cell_len for each in labels)
    if MARGIN + column + len(aside) + 8 > look.width:
        column = label.cell_len
    return " " * MARGIN + label.plain + " " * (column - label.cell_len), aside


def _scorecard(card: Scorecard, look: Look) -> Iterator[RenderableType]:
    title = Text.assemble(look.line("Your scorecard", "bold"), look.own(" · "), look.line(card.title))
    yield from _heading(title, _dotted((card.kind, card.level), look, "dim"), look)
    if card.numbers:
        overall = "no overall" if card.overall is None else f"overall {card.overall:.1f}"
        rated = "" if card.self_overall is None else f"you said {_short(card.self_overall)}"
        yield _block(_dotted((overall, rated), look, "bold"), look)
    for criterion in card.criteria:
        yield Text()
        yield from _criterion(criterion, card.numbers, look)
    if card.one_change.strip():
        yield Text()
        yield _block(look.line("One change for next time", "bold cyan"), look)
        yield _block(look.text(card.one_change), look)
    asides = [text for text in (*card.notes, card.caveat) if text.strip()]
    if asides:
        yield Text()
    for aside in asides:
        yield _block(look.text(aside, "dim"), look)


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def level_words(level: int | None) -> str:
    """A level as it is read out."""
    return "not shown" if level is None else f"{level} of 5"


def _criterion(line: CriterionLine, numbers: bool, look: Look) -> Iterator[RenderableType]:
    name = look.line(line.name, "bold")
    if numbers:
        rated = "" if line.self_level is None else look.own(f" · you said {line.self_level}")
        name = Text.assemble(name, look.own(" · "), (level_words(line.level), "bold"), (rated, "dim"))
    yield _block(name, look)
    for check in line.checks:
        yield from _check(check, look)
    if line.why.strip():
        yield _block(look.text(line.why), look, MARGIN + 2)
    if line.next.strip():
        yield Hanging(Text.assemble(" " * (MARGIN + 2), ("Next", "cyan"), "  "), look.text(line.next), look.width)


def _check(check: CheckLine, look: Look) -> Iterator[RenderableType]:
    sign, word, style = _VERDICTS[check.verdict]
    head = Text.assemble(" " * (MARGIN + 2), (look.own(sign), style), " ")
    if look.narrow:
        body = Text.assemble((word, style), ": ", look.line(check.says))
    else:
        head.append(word.ljust(13), style)
        body = look.line(check.says)
    yield Hanging(head, body, look.width)
    if check.quote.strip():
        yield Hanging(Text(" " * head.cell_len), _quoted(check.quote, look), look.width)


def _comparison(both: Comparison, look: Look) -> Iterator[RenderableType]:
    arrow = look.own("→")
    change = f"{level_words(both.before.level)} {arrow} {level_words(both.after.level)}" if both.numbers else ""
    yield from _heading(_dotted((both.after.name, change), look, "bold"), "", look)
    if both.text.strip():
        yield _block(look.text(both.text), look)
    for label, line in (("Before", both.before), ("After", both.after)):
        yield Text()
        yield from _criterion(replace(line, name=f"{label}: {line.name}"), both.numbers, look)
