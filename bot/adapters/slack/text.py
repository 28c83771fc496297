"""Text to and from Slack's way of writing it.

Outwards, nothing a person wrote may become markup: `&`, `<` and `>` are escaped everywhere, free text is shown as
`plain_text`, which knows no formatting, and in our own few formatted lines the signs of formatting are replaced by letters that
look alike. Inwards, what Slack made of a message is turned back into what was typed.
"""

from __future__ import annotations

import re

from bot.adapters.slack import limits
from bot.chat.letters import without_piles
from bot.chat.splitting import SMALLEST, split

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_UNSEEN = re.compile(
    "[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_LOOKALIKES = str.maketrans({"*": "∗", "_": "＿", "~": "∼", "`": "ˋ"})
_SPACES = re.compile(r"\s+")
_SPECIAL = re.compile(r"<([^<>]*)>")
_GROUP = re.compile("S[A-Z0-9]{2,30}")
_MENTION = re.compile(r"<!subteam\^[^<>]*>")
_MOMENT = re.compile(r"<!date\^[^<>|]*\|([^<>]*)>")


def inert(text: str) -> str:
    """The text without anything that reorders, hides or controls what is around it; lines are kept."""
    if text.isascii() and text.isprintable():
        return text
    return without_piles(_UNSEEN.sub("", _CONTROL.sub("", _LINE_ENDS.sub("\n", text))))


def escaped(text: str) -> str:
    """Harmless text as Slack wants it in any field."""
    return inert(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def label(text: str) -> str:
    """Harmless text on one line, for a line with formatting of our own around it."""
    return _SPACES.sub(" ", escaped(text)).strip().translate(_LOOKALIKES)


def one_line(text: str) -> str:
    """Harmless text on one line, for a field without formatting."""
    return _SPACES.sub(" ", escaped(text)).strip()


def mention(group: str) -> str:
    """What notifies a user group and nobody else; empty for what is no user group's id."""
    return f"<!subteam^{group}>" if _GROUP.fullmatch(group) else ""


def moment(at_ms: int, words: str) -> str:
    """A moment as each reader's own clock shows it; `words` stand in where that cannot be."""
    fallback = label(words).replace("|", "∣").replace("^", "ˆ") or "later"
    return f"<!date^{at_ms // 1000}^{{date_short_pretty}} at {{time}}|{fallback}>"


def unmarked(formatted: str) -> str:
    """A formatted line of ours as plain, escaped text: moments in words, nobody notified."""
    return _MOMENT.sub(r"\1", _MENTION.sub("", formatted)).replace("*", "")


def pieces(text: str, limit: int = limits.SECTION) -> list[str]:
    """Text in escaped pieces, each within the limit; none for empty text."""
    return _pieces(inert(text), limit, limit) if text.strip() else []


def _pieces(text: str, limit: int, room: int) -> list[str]:
    found: list[str] = []
    for piece in split(text, room):
        out = escaped(piece)
        if len(out) <= limit:
            found.append(out)
        else:  # escaping made it longer; cutting what is escaped could cut an escape in two
            found.extend(_pieces(piece, limit, max(SMALLEST, room // 2)))
    return [piece for piece in found if piece.strip()]


def shortened(text: str, limit: int) -> str:
    """One line within a limit, for labels that have one; the whole text always stands somewhere else."""
    line = _SPACES.sub(" ", inert(text)).strip()
    while len(escaped(line)) > limit:
        line = line[: max(0, len(line) - max(2, (len(escaped(line)) - limit) // 5 + 2))].rstrip() + "…"
    return escaped(line)


def typed(text: str) -> str:
    """What a person typed, from the text of an event: links, mentions and escapes as they saw them."""
    plain = _SPECIAL.sub(_shown, text)
    return plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _shown(found: re.Match[str]) -> str:
    inside = found.group(1)
    target, _, shown = inside.partition("|")
    if target.startswith(("@", "#", "!")):
        name = target.lstrip("@#!").partition("^")[0]
        sign = "#" if target.startswith("#") else "@"
        return shown if shown.startswith(("@", "#")) else f"{sign}{shown or name}"
    return shown or target
