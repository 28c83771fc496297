"""Text made harmless for a terminal: it can be read, and do nothing else.

Whatever a candidate, a display name or a model wrote may hold escape sequences, carriage returns that overwrite a line,
direction overrides that reorder it, or marks that pile up over the lines above. Nothing readable is dropped; what is not
text becomes visible or goes. Where the terminal cannot show a character, the nearest plain one stands in.
"""

from __future__ import annotations

import re
import unicodedata

from bot.chat.letters import without_piles

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_REORDERING = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"
_UNSEEN = "\u00ad\u200b\u2060-\u2064\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"
_DROPPED = re.compile(f"[{_REORDERING}{_UNSEEN}]")
_UNSHOWABLE = re.compile("[\ud800-\udfff\ufffe\uffff]")
_SPACES = re.compile(r"\s+")

_STAND_INS = {
    "‘": "'",
    "’": "'",
    "“": '"',
    "”": '"',
    "«": '"',
    "»": '"',
    "–": "-",
    "—": "-",
    "‑": "-",
    "−": "-",
    "…": "...",
    "·": "-",
    "•": "*",
    "→": "->",
    "←": "<-",
    "×": "x",
    "≥": ">=",
    "≤": "<=",
    "›": ">",
    "●": "[x]",
    "◐": "[~]",
    "○": "[ ]",
    "\u00a0": " ",
    "\u202f": " ",
    "ß": "ss",
    "€": "EUR",
}


def inert(text: str, encoding: str = "utf-8") -> str:
    """The text with its lines kept and nothing in it that a terminal would obey, in characters `encoding` has."""
    if text.isascii() and text.isprintable():
        return text
    text = _LINE_ENDS.sub("\n", text).expandtabs(4)
    text = _CONTROL.sub(_visible, text)
    text = _DROPPED.sub("", text)
    text = _UNSHOWABLE.sub("�", text)
    text = without_piles(text)
    return text if can_show(text, encoding) else "".join(_nearest(letter, encoding) for letter in text)


def one_line(text: str, encoding: str = "utf-8") -> str:
    """The same on a single line: for names, titles and quotes, which must not look like lines of their own."""
    return _SPACES.sub(" ", inert(text, encoding)).strip()


def can_show(text: str, encoding: str) -> bool:
    """Whether a terminal of this encoding has every character of the text."""
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _visible(found: re.Match[str]) -> str:
    code = ord(found.group())
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else "�"


def _nearest(letter: str, encoding: str) -> str:
    if can_show(letter, encoding):
        return letter
    if letter in _STAND_INS:
        return _STAND_INS[letter]
    if "\u2400" <= letter <= "\u2421":
        return "^" + ("?" if letter == "\u2421" else chr(ord(letter) - 0x2400 + 0x40))
    base = "".join(part for part in unicodedata.normalize("NFKD", letter) if can_show(part, encoding))
    return base or ("" if unicodedata.combining(letter) else "?")
