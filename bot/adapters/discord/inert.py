"""Text made harmless for Discord: it reads as it was written, and pings, formats and links nothing.

Allowed mentions are off for everything we send, too; this is for what would still be shown as one. Whole code blocks are
kept, since nothing inside them means anything. Invisible and reordering characters go.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.adapters.discord import limits
from bot.chat.letters import without_piles
from bot.chat.splitting import split

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_DROPPED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f\ud800-\udfff\ufffe\uffff\u3164\u115f\u1160\uffa0]"
)
_BLOCK = re.compile(r"^```[^`\n]*\n(?:(?!```).)*?^```[ \t]*$", re.MULTILINE | re.DOTALL)
_ADDRESS = re.compile(r"https?://[^\s<>\[\]()|`*\\]+")
_MARKS = re.compile(r"[\\*_~|`<>\[\]]")
_LINE_START = re.compile(r"^(\s*)(-#|#{1,3}|[-+](?=\s)|\d+(?=[.)]\s))", re.MULTILINE)
_SPACES = re.compile(r"\s+")


def clean(text: str) -> str:
    """The text without what cannot be seen, markup left as it is."""
    text = _DROPPED.sub("", _LINE_ENDS.sub("\n", text))
    return text if text.isascii() else without_piles(text)


def _plain(text: str) -> str:
    text = _MARKS.sub(lambda found: f"\\{found.group()}", text)
    text = _LINE_START.sub(_line_start, text)
    return text.replace("@", "@\u200b")


def _line_start(found: re.Match[str]) -> str:
    space, mark = found.groups()
    return f"{space}{mark}\\" if mark.isdigit() else f"{space}\\{mark}"


def _inline(text: str) -> str:
    """Everything outside code blocks: addresses stay whole, so that nobody is shown another than they are led to."""
    parts: list[str] = []
    start = 0
    for found in _ADDRESS.finditer(text):
        parts += (_plain(text[start : found.start()]), found.group())
        start = found.end()
    return "".join((*parts, _plain(text[start:])))


def inert(text: str) -> str:
    """The text with its lines kept and nothing in it that Discord would obey."""
    text = clean(text)
    parts: list[str] = []
    start = 0
    for found in _BLOCK.finditer(text):
        parts += (_inline(text[start : found.start()]), found.group())
        start = found.end()
    return "".join((*parts, _inline(text[start:])))


def one_line(text: str) -> str:
    """The same on a single line: for names, titles and quotes, which must not look like lines of their own."""
    return _inline(_SPACES.sub(" ", clean(text)).strip())


def pieces(text: str, limit: int = limits.PIECE) -> list[str]:
    """A long text, inert, in pieces Discord takes; nothing is cut off and code blocks are opened again."""
    text = clean(text)
    if any(letter > "\uffff" for letter in text):
        limit //= 2  # such letters may be counted twice
    for room in (limit, limit * 2 // 3, limit * 2 // 5):
        found = [inert(piece) for piece in split(text, room)]
        if all(len(piece) <= limit for piece in found):
            break
    return found


def within(text: str, limit: int) -> str:
    """A text inert, in so many characters; what does not fit is cut off its end. Text that is nearly all marks would take twice
    its length, and is shown as a block of code, where none needs another before it."""
    shown = inert(text)
    if _units(shown) <= limit:
        return shown
    text = clean(text).strip()
    plain, block = _most(text, inert, limit), _most(text, _as_block, limit)
    return _as_block(text[:block] + "…") if plain < block * 0.7 else inert(text[:plain] + "…")


def _as_block(text: str) -> str:
    return "```\n" + text.replace("```", "`\u200b`\u200b`") + "\n```"


def _most(text: str, make: Callable[[str], str], limit: int) -> int:
    """How much of a text can be shown, ending with a word."""
    least, most = 0, len(text)
    while least < most:
        middle = (least + most + 1) // 2
        least, most = (middle, most) if _units(make(text[:middle] + "…")) <= limit else (least, middle - 1)
    space = text.rfind(" ", least - 40, least)
    return space if space > 0 and least < len(text) else least


def _units(text: str) -> int:
    # Letters beyond the first plane may be counted twice.
    return len(text) + sum(letter > "\uffff" for letter in text)


def fit(text: str, limit: int) -> str:
    """Text on one line for a label that takes so many characters and shows no markup."""
    text = _SPACES.sub(" ", clean(text)).strip()
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    return f"{cut[: cut.rfind(' ')] if ' ' in cut[limit // 2 :] else cut}…"
