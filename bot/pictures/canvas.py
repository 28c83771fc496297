"""A sheet to draw on: text and rounded shapes, drawn at twice the size and reduced, so that edges are smooth.

All coordinates are in final pixels. It knows nothing of scorecards.
"""

from __future__ import annotations

import io
import unicodedata
from functools import cache

from PIL import Image, ImageDraw, ImageFont

_SCALE = 2


class Canvas:
    """A sheet of `width` by `height` pixels, filled with `paper`."""

    def __init__(self, width: int, height: int, paper: str) -> None:
        self._image = Image.new("RGB", (width * _SCALE, height * _SCALE), paper)
        self._draw = ImageDraw.Draw(self._image)

    def text(
        self, x: float, y: float, text: str, size: int, colour: str, *, bold: bool = False, right: bool = False
    ) -> None:
        """Text on one line whose baseline is at `y`; `right` makes `x` its right edge."""
        self._draw.text(
            (x * _SCALE, y * _SCALE),
            drawable(text),
            fill=colour,
            font=_font(size * _SCALE),
            anchor="rs" if right else "ls",
            stroke_width=size * _SCALE / 48 if bold else 0,
            stroke_fill=colour,
        )

    def bar(
        self, x: float, y: float, width: float, height: float, fill: str | None, outline: str | None = None
    ) -> None:
        """A bar with round ends, filled or only outlined."""
        box = (x * _SCALE, y * _SCALE, (x + width) * _SCALE - 1, (y + height) * _SCALE - 1)
        radius = min(width, height, 16) * _SCALE / 2
        self._draw.rounded_rectangle(box, radius, fill=fill, outline=outline, width=3 * _SCALE if outline else 0)

    def ring(self, x: float, y: float, radius: float, colour: str, inside: str) -> None:
        """A hollow mark around a point."""
        box = [(x - radius) * _SCALE, (y - radius) * _SCALE, (x + radius) * _SCALE, (y + radius) * _SCALE]
        self._draw.ellipse(box, fill=inside, outline=colour, width=4 * _SCALE)

    def stripes(self, x: float, y: float, width: float, height: float, colour: str, paper: str) -> None:
        """A bar with round ends filled with slanting stripes."""
        size = (round(width * _SCALE), round(height * _SCALE))
        mask = Image.new("L", size, 0)
        radius = min(width, height, 16) * _SCALE / 2
        ImageDraw.Draw(mask).rounded_rectangle((0, 0, size[0] - 1, size[1] - 1), radius, fill=255)
        filled = Image.new("RGB", size, paper)
        pen = ImageDraw.Draw(filled)
        for left in range(-size[1], size[0], 12 * _SCALE):
            pen.line([(left, size[1]), (left + size[1], 0)], fill=colour, width=6 * _SCALE)
        self._image.paste(filled, (round(x * _SCALE), round(y * _SCALE)), mask)
        self.bar(x, y, width, height, None, colour)

    def width_of(self, text: str, size: int) -> float:
        """How wide a line of text is, in final pixels."""
        return _font(size * _SCALE).getlength(drawable(text)) / _SCALE

    def wrap(self, text: str, size: int, width: float, *, most: int) -> list[str]:
        """The text in at most `most` lines no wider than `width`; a wider word is broken, what is over becomes an ellipsis."""
        lines: list[str] = []
        left = drawable(text)
        while left and len(lines) < most:
            fits = self._fitting(left, size, width)
            if fits < len(left):
                fits = left.rfind(" ", 0, fits + 1) if " " in left[1 : fits + 1] else fits
            line, left = left[:fits].rstrip(), left[fits:].lstrip()
            lines.append(line)
        if left:
            last = lines[-1]
            while last and self.width_of(f"{last}…", size) > width:
                last = last[:-1]
            lines[-1] = f"{last.rstrip()}…"
        return lines

    def _fitting(self, text: str, size: int, width: float) -> int:
        """How many letters from the start fit, at least one."""
        low, high = 1, min(len(text), round(width))  # no letter is narrower than a pixel
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self.width_of(text[:middle], size) <= width else (low, middle - 1)
        return low

    def png(self) -> bytes:
        """The sheet as PNG."""
        held = io.BytesIO()
        self._image.reduce(_SCALE).save(held, "PNG", optimize=True)
        return held.getvalue()


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def drawable(text: str) -> str:
    """Text on one line, without characters that a picture cannot show or that would reorder it."""
    text = " ".join(text.split())
    return "".join(letter for letter in text if unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Co", "Cn"})
