"""The scorecard as a picture and in words."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from PIL import Image

from bot.chat.meanings import Scorecard
from bot.pictures.scorecard import DARK, LIGHT, WIDTH, Palette, alt, draw
from tests.adapters.cards import NUMBERED, OFFLINE
from tests.adapters.contract import HOSTILE
from tests.pictures.samples import IMAGES


def opened(png: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(png))
    image.load()
    return image


def amount(image: Image.Image, colour: str) -> int:
    """How many pixels have exactly this colour."""
    wanted = tuple(bytes.fromhex(colour[1:]))
    return sum(count for count, found in image.getcolors(1 << 24) or [] if found == wanted)


def luminance(colour: str) -> float:
    parts = [part / 255 for part in bytes.fromhex(colour[1:])]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio as accessibility guidelines define it: 4.5 for text, 3 for shapes that carry meaning."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("card", [OFFLINE, NUMBERED], ids=["offline", "numbered"])
def test_a_picture_is_a_small_png_of_one_width(card: Scorecard, dark: bool) -> None:
    png = draw(card, dark)
    image = opened(png)
    assert image.format == "PNG"
    assert image.width == WIDTH
    assert 500 < image.height < 1200
    assert len(png) < 100_000
    palette = DARK if dark else LIGHT
    assert image.getpixel((0, 0)) == tuple(bytes.fromhex(palette.paper[1:]))


def test_offline_shows_verdicts_and_no_levels() -> None:
    image = opened(draw(OFFLINE))
    assert amount(image, LIGHT.covered) > 5_000
    assert amount(image, LIGHT.unsure) > 1_000
    assert amount(image, LIGHT.mark) == 0
    assert amount(image, LIGHT.track) == 0


def test_a_higher_level_is_a_longer_bar_and_the_own_rating_a_hollow_mark() -> None:
    lower, higher = (replace(NUMBERED, criteria=(replace(NUMBERED.criteria[0], level=level),)) for level in (2, 4))
    assert amount(opened(draw(higher)), LIGHT.bar) - amount(opened(draw(lower)), LIGHT.bar) > 5_000
    assert amount(opened(draw(higher)), LIGHT.mark) > 100
    unrated = replace(lower, criteria=(replace(lower.criteria[0], self_level=None),))
    assert amount(opened(draw(unrated)), LIGHT.mark) == 0


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_text_and_marks_stand_out_from_the_paper(palette: Palette) -> None:
    for text in (palette.ink, palette.quiet):
        assert contrast(text, palette.paper) >= 4.5
    for shape in (palette.edge, palette.bar, palette.covered, palette.mark):
        assert contrast(shape, palette.paper) >= 3
    assert contrast(palette.bar, palette.track) >= 3


@pytest.mark.parametrize("text", ["日本語の面接", "מה קרה", "🙂👩‍👩‍👧", HOSTILE, "word " * 2000, "x" * 12_000, ""])
def test_any_text_is_drawn_without_failing(text: str) -> None:
    line = replace(OFFLINE.criteria[0], name=text, checks=())
    for numbers in (True, False):
        card = replace(
            OFFLINE, numbers=numbers, title=text, kind=text[:40], one_change=text, caveat=text, criteria=(line,)
        )
        assert opened(draw(card)).height < 2000


def test_a_card_without_criteria_is_a_card() -> None:
    assert opened(draw(replace(NUMBERED, criteria=(), overall=None, self_overall=None))).width == WIDTH


def test_the_offline_words_say_what_the_picture_shows_without_a_number() -> None:
    words = alt(OFFLINE)
    assert words.startswith("Scorecard for Yesterday's refund rules, production failure, senior.")
    assert "Recovers, not only diagnoses. unsure: Stops the harm first; not spotted: Names an owner" in words
    assert OFFLINE.one_change in words
    assert OFFLINE.caveat in words
    assert not re.search(r"\d", words)


def test_the_numbered_words_say_every_level_and_rating() -> None:
    words = alt(NUMBERED)
    assert "Overall 3.4 of 5; you said 4." in words
    assert "Finds the layer by evidence: 4 of 5, you said 4." in words
    assert "Ties it to people: not shown, you said 3." in words


def test_the_words_hold_nothing_that_is_not_text() -> None:
    words = alt(replace(OFFLINE, title=HOSTILE, one_change=HOSTILE))
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202e\u2066]", words)


def test_the_pictures_in_the_documentation_show_these_cards() -> None:
    for name, card, dark in (("scorecard-light.png", OFFLINE, False), ("scorecard-dark.png", NUMBERED, True)):
        assert opened((IMAGES / name).read_bytes()).size == opened(draw(card, dark)).size
