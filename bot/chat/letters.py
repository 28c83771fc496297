"""Letters that would spill over what stands around them: the part of taming text that every screen needs.

What is markup, and which characters a platform hides, is each adapter's own.
"""

from __future__ import annotations

import unicodedata

PILED = 6
"""More combining marks on one letter than any living script needs are there to cover the lines above."""


def without_piles(text: str) -> str:
    """The text with at most `PILED` combining marks in a row."""
    kept: list[str] = []
    piled = 0
    for letter in text:
        piled = piled + 1 if letter > "\u02ff" and unicodedata.category(letter) in {"Mn", "Me"} else 0
        if piled <= PILED:
            kept.append(letter)
    return "".join(kept)
