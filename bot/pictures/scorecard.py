"""A scorecard as a picture, and the same in words.

Drawn 800 pixels wide so that it still reads at 400 on a phone. With numbers: a bar per criterion with the candidate's own
rating as a hollow mark. Offline: a row of segments per criterion (covered, unsure, not spotted) and no number anywhere.
Colours are from the Okabe-Ito palette, and every colour also has a shape and a word. Quotes and reasons are left to the
card in text. Letters the built-in font lacks are drawn as its empty box; `alt` has them right.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.chat.meanings import CriterionLine, Scorecard, Verdict

if TYPE_CHECKING:
    from bot.pictures.canvas import Canvas

WIDTH = 800
MARGIN = 48
LEVELS = 5
_ROW = 82
_BAR = 26


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of one theme; the three verdicts differ in lightness too, so that they part without hue."""

    paper: str
    ink: str
    quiet: str
    track: str
    edge: str
    bar: str
    covered: str
    unsure: str
    mark: str


LIGHT = Palette("#FBFAF7", "#1B1F24", "#5A626B", "#DEDBD3", "#868E97", "#0072B2", "#009E73", "#E69F00", "#D55E00")
DARK = Palette("#14171C", "#F2F0EB", "#A3ABB5", "#333A43", "#7A838D", "#56B4E9", "#009E73", "#E69F00", "#F0E442")

_WORDS = {
    Verdict.COVERED: "covered",
    Verdict.UNSURE: "unsure",
    Verdict.NOT_SPOTTED: "not spotted",
    Verdict.MET: "covered",
    Verdict.PARTLY: "unsure",
    Verdict.NOT: "not spotted",
}
_ORDER = ("covered", "unsure", "not spotted")


def draw(scorecard: Scorecard, dark: bool = False) -> bytes:
    """A scorecard as a PNG of `WIDTH` pixels, as high as it needs; texts of unreasonable length end in an ellipsis."""
    from bot.pictures.canvas import Canvas

    palette = DARK if dark else LIGHT
    # The first pass only measures: what is drawn off the sheet costs little and cannot disagree with the second.
    height = _compose(Canvas(WIDTH, 1, palette.paper), scorecard, palette)
    sheet = Canvas(WIDTH, height, palette.paper)
    _compose(sheet, scorecard, palette)
    return sheet.png()


def _compose(sheet: Canvas, card: Scorecard, palette: Palette) -> int:
    """Draw everything from top to bottom; how high the sheet must be."""
    inner = WIDTH - 2 * MARGIN
    y = _lines(sheet, MARGIN, 84, sheet.wrap(card.title, 40, inner, most=3), 40, palette.ink, bold=True) - 4
    sheet.text(MARGIN, y, " · ".join(part for part in (card.kind, card.level) if part.strip()), 26, palette.quiet)
    if card.numbers:
        y += 78
        _overall(sheet, card, y, palette)
    y += 70
    for criterion in card.criteria:
        y = _lines(sheet, MARGIN, y, sheet.wrap(criterion.name, 28, inner - 150, most=2), 28, palette.ink)
        _row(sheet, criterion, card.numbers, y - 36, palette)
        y += _ROW
    y = _legend(sheet, card, y, palette)
    if card.one_change.strip():
        lines = sheet.wrap(card.one_change, 27, inner - 28, most=6)
        sheet.bar(MARGIN, y - 26, 6, 52 + 35 * len(lines), palette.bar)
        sheet.text(MARGIN + 28, y, "One change for next time", 24, palette.quiet)
        y = _lines(sheet, MARGIN + 28, y + 40, lines, 27, palette.ink) + 30
    if card.caveat.strip():
        y = _lines(sheet, MARGIN, y, sheet.wrap(card.caveat, 23, inner, most=4), 23, palette.quiet) + 14
    return round(y)


def _lines(sheet: Canvas, x: float, y: float, lines: list[str], size: int, colour: str, *, bold: bool = False) -> float:
    """Lines of text from a baseline down; the baseline after them."""
    for line in lines:
        sheet.text(x, y, line, size, colour, bold=bold)
        y += round(size * 1.3)
    return y


def _overall(sheet: Canvas, card: Scorecard, y: float, palette: Palette) -> None:
    overall = "no overall" if card.overall is None else f"{card.overall:.1f}"
    sheet.text(MARGIN, y, overall, 60, palette.bar, bold=True)
    if card.self_overall is not None:
        x = MARGIN + sheet.width_of(overall, 60) + 24
        sheet.text(x, y, f"overall · you said {_short(card.self_overall)}", 28, palette.quiet)


def _row(sheet: Canvas, line: CriterionLine, numbers: bool, y: float, palette: Palette) -> None:
    right = WIDTH - MARGIN
    top = y + 20
    if numbers:
        if line.level is None:
            sheet.text(right, y, "not shown", 25, palette.quiet, right=True)
        else:
            sheet.text(right, y, str(line.level), 28, palette.ink, right=True, bold=True)
        _bars(sheet, line, top, palette)
    else:
        _segments(sheet, line, top, palette)


def _bars(sheet: Canvas, line: CriterionLine, top: float, palette: Palette) -> None:
    gap = 6
    step = (WIDTH - 2 * MARGIN + gap) / LEVELS
    for level in range(1, LEVELS + 1):
        filled = line.level is not None and level <= line.level
        sheet.bar(MARGIN + (level - 1) * step, top, step - gap, _BAR, palette.bar if filled else palette.track)
    if line.self_level is not None:
        x = MARGIN + line.self_level * step - gap - _BAR / 2
        sheet.ring(x, top + _BAR / 2, _BAR / 2 + 4, palette.mark, palette.paper)


def _segments(sheet: Canvas, line: CriterionLine, top: float, palette: Palette) -> None:
    if not line.checks:
        return
    gap = 8
    step = (WIDTH - 2 * MARGIN + gap) / len(line.checks)
    for index, word in enumerate(sorted((_WORDS[check.verdict] for check in line.checks), key=_ORDER.index)):
        _segment(sheet, word, MARGIN + index * step, top, step - gap, palette)


def _segment(sheet: Canvas, word: str, x: float, y: float, width: float, palette: Palette) -> None:
    if word == "covered":
        sheet.bar(x, y, width, _BAR, palette.covered)
    elif word == "unsure":
        sheet.stripes(x, y, width, _BAR, palette.unsure, palette.paper)
    else:
        sheet.bar(x, y, width, _BAR, None, palette.edge)


def _legend(sheet: Canvas, card: Scorecard, y: float, palette: Palette) -> float:
    """What the marks mean, where there are any; the baseline after it."""
    x: float = MARGIN
    if not card.numbers:
        for word in _ORDER:
            _segment(sheet, word, x, y - _BAR + 4, 44, palette)
            sheet.text(x + 56, y, word, 24, palette.quiet)
            x += 56 + sheet.width_of(word, 24) + 36
    elif any(line.self_level is not None for line in card.criteria):
        sheet.ring(x + 15, y - 8, 14, palette.mark, palette.paper)
        sheet.text(x + 42, y, "how you rated yourself", 24, palette.quiet)
    else:
        return y
    return y + 68


def alt(scorecard: Scorecard) -> str:
    """What the picture shows, in sentences; offline without any number of quality."""
    said = [f"Scorecard for {_plain(scorecard.title)}, {scorecard.kind}, {scorecard.level}."]
    if scorecard.numbers:
        overall = "No overall" if scorecard.overall is None else f"Overall {scorecard.overall:.1f} of {LEVELS}"
        rated = "" if scorecard.self_overall is None else f"; you said {_short(scorecard.self_overall)}"
        said.append(f"{overall}{rated}.")
    said.extend(_criterion_in_words(line, scorecard.numbers) for line in scorecard.criteria)
    if scorecard.one_change.strip():
        said.append(f"One change for next time: {_plain(scorecard.one_change)}")
    if scorecard.caveat.strip():
        said.append(_plain(scorecard.caveat))
    return " ".join(said)


def _criterion_in_words(line: CriterionLine, numbers: bool) -> str:
    if numbers:
        level = "not shown" if line.level is None else f"{line.level} of {LEVELS}"
        rated = "" if line.self_level is None else f", you said {line.self_level}"
        return f"{_plain(line.name)}: {level}{rated}."
    parts = []
    for word in _ORDER:
        says = [_plain(check.says) for check in line.checks if _WORDS[check.verdict] == word]
        if says:
            parts.append(f"{word}: {', '.join(says)}")
    return f"{_plain(line.name)}. {'; '.join(parts)}."


def _plain(text: str) -> str:
    kept = (letter for letter in " ".join(text.split()) if unicodedata.category(letter) not in {"Cc", "Cf", "Cs"})
    return "".join(kept)


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
