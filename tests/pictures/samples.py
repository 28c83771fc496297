"""The pictures in the documentation: `python -m tests.pictures.samples` draws them again."""

from __future__ import annotations

from pathlib import Path

from bot.pictures.scorecard import draw
from tests.adapters import cards

IMAGES = Path(__file__).parents[2] / "docs" / "images"

if __name__ == "__main__":
    (IMAGES / "scorecard-light.png").write_bytes(draw(cards.OFFLINE))
    (IMAGES / "scorecard-dark.png").write_bytes(draw(cards.NUMBERED, dark=True))
