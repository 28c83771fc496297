"""Meanings as what Discord shows: pages of text, cards and rows of buttons.

Pure: values in, values out; `layout` makes discord.py's objects of them. A reply that is too long for one message becomes
several, parted between blocks. Every string goes through `inert`; our own marks are put around it afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from bot.adapters.discord import limits
from bot.adapters.discord.inert import fit, one_line, pieces
from bot.adapters.discord.parse import ANSWER, custom_id
from bot.chat.meanings import (
    CheckLine,
    Choices,
    Comparison,
    CriterionLine,
    DailyCard,
    Form,
    Meaning,
    Option,
    Paragraph,
    Passage,
    Picture,
    Progress,
    QuestionCard,
    Scorecard,
)
from bot.chat.plain import VERDICT_WORDS
from bot.chat.splitting import split

_SIGNS = {"covered": "●", "met": "●", "unsure": "◐", "partly": "◐", "not spotted": "○", "not shown": "○"}
_BAR = 10


@dataclass(frozen=True, slots=True)
class Text:
    """A block of text in Discord's markup; `boxed` puts it on a card."""

    markup: str
    boxed: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across a card."""

    boxed: bool = True


@dataclass(frozen=True, slots=True)
class Button:
    """One button; `style` is plain, primary or danger."""

    id: str
    label: str
    style: str = "plain"


@dataclass(frozen=True, slots=True)
class Row:
    """Up to five buttons."""

    buttons: tuple[Button, ...]
    boxed: bool = False


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture of a scorecard, drawn when it is sent."""

    scorecard: Scorecard
    alt: str
    boxed: bool = False


EVERYONE = "everyone"


@dataclass(frozen=True, slots=True)
class Notice:
    """The one role that a message notifies, by its id; `quiet` only shows it."""

    role: str
    quiet: bool = False
    boxed: bool = False

    @property
    def markup(self) -> str:
        """What stands there."""
        return "@everyone" if self.role == EVERYONE else f"<@&{self.role}>"


Block = Text | Rule | Row | Shot | Notice
Page = tuple[Block, ...]


def render(meanings: Sequence[Meaning], words: Sequence[Option] = (), at: int = 0) -> list[Page]:
    """A reply as messages. `words` are what can be pressed instead of typed, shown under the last of it; `at` is the channel
    of the conversation, for what is shown elsewhere."""
    blocks = [block for meaning in meanings for block in _blocks(meaning, at)]
    if words:
        blocks += _rows(words, at)
    return list(_pages(distinct(blocks)))


def _blocks(meaning: Meaning, at: int) -> Iterator[Block]:
    match meaning:
        case Paragraph():
            yield from _said(meaning.text, meaning.speaker)
        case QuestionCard():
            yield from _question(meaning)
        case DailyCard():
            yield from _daily(meaning)
        case Choices():
            yield from _said(meaning.text, "")
            yield from _rows(meaning.options, at)
        case Form():
            yield from _form(meaning, at)
        case Scorecard():
            yield from _scorecard(meaning)
        case Comparison():
            yield from _comparison(meaning)
        case Passage():
            yield Text(f"### {one_line(meaning.title)}", boxed=True)
            yield from (Text(piece, boxed=True) for piece in pieces(meaning.text))
        case Progress():
            yield Text(progress(meaning))
        case Picture():
            yield Shot(meaning.scorecard, fit(meaning.alt, limits.ALT))


def _said(text: str, speaker: str, boxed: bool = False) -> Iterator[Text]:
    name = f"**{one_line(speaker)}**\n" if speaker.strip() else ""
    if not text.strip() and not name:
        return
    first, *more = pieces(text)
    yield Text(f"{name}{first}", boxed)
    yield from (Text(piece, boxed) for piece in more)


def _small(text: str, boxed: bool = True) -> Iterator[Text]:
    for piece in pieces(text):
        yield Text("\n".join(f"-# {line}" for line in piece.splitlines() if line.strip()), boxed)


def _dotted(*parts: str) -> str:
    return " · ".join(one_line(part) for part in parts if part.strip())


def _question(card: QuestionCard) -> Iterator[Block]:
    who = ", ".join(one_line(part) for part in (card.speaker, card.role) if part.strip())
    minutes = f"{card.minutes} min" if card.minutes else ""
    yield Text(f"### {who}\n-# {_dotted(card.kind, card.level, minutes)}", boxed=True)
    yield from _said(card.text, card.title, boxed=True)
    if card.help.strip():
        yield from _small(card.help)


def _daily(card: DailyCard) -> Iterator[Block]:
    if card.mention == EVERYONE or card.mention.isdecimal():
        yield Notice(card.mention)
    yield Text(f"-# {one_line(card.heading)}\n### {one_line(card.title)}", boxed=True)
    yield from _said(card.text, "", boxed=True)
    if card.credit.strip():
        yield from _small(card.credit)
    if card.status.strip() or card.at_ms:
        second = card.at_ms // 1000
        moment = f" <t:{second}:f> (<t:{second}:R>)" if card.at_ms else ""
        yield Rule()
        yield Text(f"{one_line(card.status)}{moment}".strip(), boxed=True)


def quiet(pages: Sequence[Page]) -> list[Page]:
    """The same pages, notifying nobody."""
    return [
        tuple(replace(block, quiet=True) if isinstance(block, Notice) else block for block in page) for page in pages
    ]


def _form(form: Form, at: int) -> Iterator[Block]:
    fields = "\n".join(f"- {one_line(field.label)}" for field in form.fields)
    yield from _said(form.text, form.title)
    if fields:
        yield Text(fields)
    yield Row((Button(custom_id("form", form.id, at=at), fit(form.submit, limits.BUTTON_LABEL), "primary"),))


def _scorecard(card: Scorecard) -> Iterator[Block]:
    yield Text(f"## {one_line(card.title)}\n-# {_dotted(card.kind, card.level)}", boxed=True)
    if card.numbers:
        overall = "no overall" if card.overall is None else f"overall **{card.overall:g}**"
        rated = "" if card.self_overall is None else f" · you said {card.self_overall:g}"
        yield Text(f"{overall}{rated}", boxed=True)
    for line in card.criteria:
        yield Rule()
        yield from _criterion(line, card.numbers)
    if card.one_change.strip():
        yield Rule()
        yield from _said(card.one_change, "One change for next time", boxed=True)
    for aside in (*card.notes, card.caveat):
        if aside.strip():
            yield from _small(aside)


def _level(level: int | None) -> str:
    return "not shown" if level is None else str(level)


def _criterion(line: CriterionLine, numbers: bool) -> Iterator[Block]:
    name = f"**{one_line(line.name)}**"
    if numbers:
        name += f" — **{_level(line.level)}**"
        name += f" · you said {line.self_level}" if line.self_level is not None else ""
    rows = [name, *(_check(check) for check in line.checks)]
    if line.why.strip():
        rows += pieces(line.why)
    if line.next.strip():
        first, *more = pieces(line.next)
        rows += [f"*Next time:* {first}", *more]
    yield from (Text(piece, boxed=True) for piece in _packed(rows))


def _packed(rows: Iterable[str]) -> Iterator[str]:
    """Rows of markup, as many together as a block takes."""
    held = ""
    for row in rows:
        if held and len(held) + len(row) >= limits.PIECE:
            yield held
            held = ""
        held = f"{held}\n{row}" if held else row
        if len(held) > limits.PIECE:
            *whole, held = split(held, limits.PIECE)
            yield from whole
    if held:
        yield held


def _check(check: CheckLine) -> str:
    word = VERDICT_WORDS[check.verdict]
    quoted = f"\n> “{one_line(check.quote)}”" if check.quote.strip() else ""
    return f"{_SIGNS[word]} {word} · {one_line(check.says)}{quoted}"


def _comparison(both: Comparison) -> Iterator[Block]:
    yield from _said(both.text, both.after.name, boxed=True)
    for label, line in (("Before", both.before), ("After", both.after)):
        yield Rule()
        yield Text(f"### {label}", boxed=True)
        yield from _criterion(line, both.numbers)


def progress(meaning: Progress) -> str:
    """Work going on, as a bar with the same in words."""
    if meaning.total <= 0:
        return f"{one_line(meaning.text)}…"
    full = min(_BAR, _BAR * meaning.done // meaning.total)
    return f"{one_line(meaning.text)}\n{'▰' * full}{'▱' * (_BAR - full)} {meaning.done} of {meaning.total}"


def _rows(options: Sequence[Option], at: int) -> Iterator[Block]:
    buttons = [_button(option, at) for option in options]
    for option in options:
        if len(option.label) > limits.BUTTON_LABEL:
            yield from (Text(piece) for piece in pieces(option.label))
    for start in range(0, len(buttons), limits.BUTTONS):
        yield Row(tuple(buttons[start : start + limits.BUTTONS]))


def _button(option: Option, at: int) -> Button:
    kind = "answer" if option.action == ANSWER else "press"
    return Button(
        custom_id(kind, option.action, option.value, at), fit(option.label, limits.BUTTON_LABEL) or "…", option.style
    )


def distinct(blocks: Sequence[Block]) -> list[Block]:
    """The same blocks with each button only where it stands last: Discord refuses a message with the same id twice."""
    seen: set[str] = set()
    kept: list[Block] = []
    for block in reversed(blocks):
        if not isinstance(block, Row):
            kept.append(block)
            continue
        buttons: list[Button] = []
        for button in reversed(block.buttons):
            if button.id not in seen:
                seen.add(button.id)
                buttons.insert(0, button)
        if buttons:
            kept.append(Row(tuple(buttons), block.boxed))
    return kept[::-1]


def fits(page: Sequence[Block]) -> bool:
    """Whether blocks go into one message: characters, and components with the cards around them."""
    characters = components = 0
    boxed = False
    for block in page:
        components += 1 + (block.boxed and not boxed)
        boxed = block.boxed
        if isinstance(block, Row):
            components += len(block.buttons)
        elif isinstance(block, (Text, Notice)):
            # Letters beyond the first plane may be counted twice.
            characters += len(block.markup) + sum(letter > "\uffff" for letter in block.markup)
    return characters <= limits.MESSAGE_TEXT and components <= limits.COMPONENTS


def _pages(blocks: Iterable[Block]) -> Iterator[Page]:
    page: list[Block] = []
    for block in blocks:
        if page and not fits((*page, block)):
            yield tuple(page)
            page = []
        if page or not isinstance(block, Rule):
            page.append(block)
    if page:
        yield tuple(page)
