"""Meanings as messages of Block Kit.

Every string goes through `text`: free text into `plain_text`, which knows no markup, short names into our own formatted lines
by `label`. A reply becomes as many messages as Slack's limits ask for, never cut; buttons come last. An action's id is its
name, so a button works as long as the name is known: after restarts and in later versions.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.adapters.slack import limits, text
from bot.chat import daily
from bot.chat.meanings import (
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
    Verdict,
)

Block = dict[str, Any]

PREFIX = "hotseat."
"""What every action id of ours begins with."""

OPEN_FORM = "form"
"""The action that opens a form; its value is the form's id."""

SHARE, SHARE_THERE = Option("share", "Share here"), Option("share", "Share in the thread")
"""Offered to the candidate alone, in the thread and beside their scorecard, which went to them alone."""

CONTROLS = (
    Option("hint", "Hint"),
    Option("skip", "Skip"),
    Option("pause", "Pause"),
    Option("time", "Time left"),
    Option("stop", "Stop", style="danger"),
)
"""Under every question: commands do not work inside threads."""

RESUME = Option("resume", "Go on", style="primary")

_CONFIRMED = {
    "stop": ("End the interview?", "We stop here and go to your feedback.", "Stop", "Go on"),
    daily.REMOVE: ("Remove this daily question?", "It is asked no more. What was asked stays.", "Remove it", "Keep it"),
}
_SIGNS = {
    Verdict.COVERED: ("●", "covered"),
    Verdict.UNSURE: ("◐", "unsure"),
    Verdict.NOT_SPOTTED: ("○", "not spotted"),
    Verdict.MET: ("●", "met"),
    Verdict.PARTLY: ("◐", "partly"),
    Verdict.NOT: ("○", "not shown"),
}


@dataclass(frozen=True, slots=True)
class Message:
    """One message: its blocks, and the text that stands for them in notifications and where blocks are refused."""

    blocks: tuple[Block, ...]
    text: str


def messages(meanings: Sequence[Meaning], move: str = "", about: str = "") -> list[Message]:
    """A reply as messages; at least one if it says anything. `about` is the conversation that buttons belong to, where that
    is not the one they are shown in."""
    blocks = [block for meaning in _shown(meanings) for block in _blocks(meaning, about)]
    if move == "pause":
        blocks.append(buttons((RESUME,), about))
    if about and any(isinstance(meaning, Scorecard) for meaning in meanings):
        blocks.append(buttons((SHARE_THERE,), about))
    return [Message(tuple(_numbered(part)), _notification(part)) for part in _parts(blocks, limits.BLOCKS)]


def page(meanings: Sequence[Meaning], about: str = "") -> list[Block]:
    """Meanings on a home page or in a form. More than fits is left for `history`, which shows everything."""
    blocks = [block for meaning in _shown(meanings) for block in _blocks(meaning, about)]
    return list(_numbered(blocks[: limits.VIEW_BLOCKS]))


def plain_pieces(message: Message, limit: int = limits.PLAIN) -> list[str]:
    """A message whose blocks were refused, as texts."""
    whole = "\n\n".join(part for part in (_block_text(block) for block in message.blocks) if part)
    return text.pieces(text.typed(whole), limit)


def _shown(meanings: Sequence[Meaning]) -> Iterator[Meaning]:
    cards = [meaning for meaning in meanings if isinstance(meaning, Scorecard)]
    for meaning in meanings:
        # The words of a picture would say a second time what the card right here says.
        if not (isinstance(meaning, Picture) and meaning.scorecard in cards):
            yield meaning


def _blocks(meaning: Meaning, about: str) -> Iterator[Block]:
    match meaning:
        case Paragraph():
            if speaker := text.label(meaning.speaker):
                yield line(f"*{speaker}*")
            yield from free(meaning.text)
        case QuestionCard():
            yield from _question(meaning, about)
        case DailyCard():
            yield from _daily(meaning)
        case Choices():
            yield from free(meaning.text)
            if meaning.options:
                yield buttons(meaning.options, about)
        case Form():
            yield from _form(meaning, about)
        case Scorecard():
            yield from _scorecard(meaning)
        case Comparison():
            yield from _comparison(meaning)
        case Passage():
            yield from header(meaning.title)
            yield from free(meaning.text)
        case Progress():
            steps = f" ({meaning.done} of {meaning.total})" if meaning.total > 0 else ""
            yield from aside(f"{meaning.text}{steps}")
        case Picture():
            yield from free(meaning.alt)


def free(words: str) -> Iterator[Block]:
    """Anybody's words, as sections without formatting."""
    for piece in text.pieces(words):
        yield {"type": "section", "text": {"type": "plain_text", "text": piece, "emoji": False}}


def line(formatted: str) -> Block:
    """A small line with formatting of our own; names in it went through `label`."""
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": formatted[: limits.SECTION], "verbatim": True}]}


def aside(words: str) -> Iterator[Block]:
    """A small line without formatting."""
    for piece in text.pieces(words):
        yield {"type": "context", "elements": [{"type": "plain_text", "text": piece, "emoji": False}]}


def header(title: str) -> Iterator[Block]:
    """A title, whatever its length."""
    shown = text.one_line(title)
    if not shown:
        return
    if len(shown) <= limits.HEADER:
        yield {"type": "header", "text": {"type": "plain_text", "text": shown, "emoji": False}}
    else:
        yield from free(title)


def _bold(words: str, after: str = "") -> Iterator[Block]:
    """A name in bold with something behind it."""
    named = text.label(words)
    if len(named) + len(after) <= limits.SECTION - 10:
        yield {"type": "section", "text": {"type": "mrkdwn", "text": f"*{named}*{after}", "verbatim": True}}
    else:
        yield from free(words)
        if after:
            yield line(after)


def buttons(options: Iterable[Option], about: str = "") -> Block:
    """A row of buttons; `about` rides along in the block's id."""
    elements: list[Block] = []
    for number, option in enumerate(list(options)[: limits.ACTIONS]):
        name = f"{PREFIX}{option.action}"
        taken = any(element["action_id"] == name for element in elements)
        element: Block = {
            "type": "button",
            "action_id": f"{name}.{number}" if taken else name,
            "text": {"type": "plain_text", "text": text.shortened(option.label, limits.BUTTON) or "…", "emoji": False},
        }
        if option.value:
            element["value"] = option.value[: limits.BUTTON_VALUE]
        if option.style in {"primary", "danger"}:
            element["style"] = option.style
        if option.action in _CONFIRMED:
            title, why, yes, no = (
                {"type": "plain_text", "text": words, "emoji": False} for words in _CONFIRMED[option.action]
            )
            element["confirm"] = {"title": title, "text": why, "confirm": yes, "deny": no}
        elements.append(element)
    block: Block = {"type": "actions", "elements": elements}
    if about:
        block["block_id"] = about[: limits.BLOCK_ID - 5]
    return block


def _question(card: QuestionCard, about: str) -> Iterator[Block]:
    facts = (card.role, card.kind, card.level, f"{card.minutes} min" if card.minutes else "")
    behind = " · ".join(text.label(fact) for fact in facts if fact.strip())
    yield line(f"*{text.label(card.speaker)}* · {behind}")
    yield from header(card.title)
    yield from free(card.text)
    if card.help.strip():
        yield from aside(card.help)
    yield buttons(CONTROLS, about)


def _daily(card: DailyCard) -> Iterator[Block]:
    notified = text.mention(card.mention)
    heading = " ".join(
        part for part in (f"*{text.label(card.heading)}*" if card.heading.strip() else "", notified) if part
    )
    if heading and len(heading) <= limits.SECTION:
        yield {"type": "section", "text": {"type": "mrkdwn", "text": heading, "verbatim": True}}
    else:
        yield from free(card.heading)
    yield from header(card.title)
    yield from free(card.text)
    if card.credit.strip():
        yield from aside(card.credit)
    behind = text.moment(card.at_ms, card.at_text) if card.at_ms else ""
    status = " ".join(part for part in (text.label(card.status), behind) if part)
    if len(status) <= limits.SECTION:
        if status:
            yield line(status)
    else:
        yield from aside(f"{card.status} {card.at_text}")


def _form(form: Form, about: str) -> Iterator[Block]:
    yield from header(form.title)
    yield from free(form.text)
    yield from free("\n".join(f"• {field.label}" for field in form.fields))
    rating = all(field.kind == "scale" for field in form.fields)
    options = [Option(OPEN_FORM, "Rate yourself" if rating else "Fill it in", form.id, style="primary")]
    if rating:
        options.append(Option("skip-rating", "Skip"))
    yield buttons(options, about)


def _scorecard(card: Scorecard) -> Iterator[Block]:
    yield from header(f"Your scorecard · {card.title}")
    facts = [text.label(card.kind), text.label(card.level)]
    if card.numbers:
        facts.append("no overall" if card.overall is None else f"*overall {card.overall:.1f}*")
        if card.self_overall is not None:
            facts.append(f"you said {_short(card.self_overall)}")
    yield line(" · ".join(fact for fact in facts if fact))
    for criterion in card.criteria:
        yield {"type": "divider"}
        yield from _criterion(criterion, card.numbers)
    if card.one_change.strip():
        yield {"type": "divider"}
        yield from _bold("One change for next time")
        yield from free(card.one_change)
    for words in (*card.notes, card.caveat):
        if words.strip():
            yield from aside(words)


def _criterion(criterion: CriterionLine, numbers: bool, before: str = "") -> Iterator[Block]:
    behind = ""
    if numbers:
        behind = " · not shown" if criterion.level is None else f" · *{criterion.level}* of 5"
        if criterion.self_level is not None:
            behind += f" · you said {criterion.self_level}"
    yield from _bold(f"{before}{criterion.name}", behind)
    rows = []
    for check in criterion.checks:
        sign, word = _SIGNS[check.verdict]
        rows.append(f"{sign} {word}: {check.says}")
        if check.quote.strip():
            rows.append(f"    “{check.quote.strip()}”")
    rows += [criterion.why, f"Next time: {criterion.next}" if criterion.next.strip() else ""]
    yield from free("\n".join(row for row in rows if row.strip()))


def _comparison(both: Comparison) -> Iterator[Block]:
    yield from free(both.text)
    for label, criterion in (("Before: ", both.before), ("After: ", both.after)):
        yield {"type": "divider"}
        yield from _criterion(criterion, both.numbers, label)


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def _parts(blocks: list[Block], most: int) -> Iterator[list[Block]]:
    """Blocks in messages within the limits. A row of buttons stays with what stands before it."""
    part: list[Block] = []
    size = 0
    for block in blocks:
        length = len(_block_text(block))
        room = most if block["type"] == "actions" else most - 2
        full = len(part) >= room or (size + length > limits.MESSAGE and block["type"] != "actions")
        if part and full:
            yield part
            part, size = [], 0
        part.append(block)
        size += length
    if part:
        yield part


def _numbered(blocks: Iterable[Block]) -> Iterator[Block]:
    """Blocks whose ids are unique in their message."""
    for number, block in enumerate(blocks):
        yield {**block, "block_id": f"{number}>{block['block_id']}"} if block.get("block_id") else block


def _notification(blocks: Iterable[Block]) -> str:
    whole = "\n".join(part for part in (_block_text(block) for block in blocks if block["type"] != "actions") if part)
    if len(whole) <= limits.NOTIFICATION:
        return whole or "Hotseat"
    return text.pieces(text.typed(whole), limits.NOTIFICATION - 1)[0].rstrip() + "…"


def _block_text(block: Block) -> str:
    """What a block of ours says, escaped, without formatting."""
    if block["type"] in {"section", "header"}:
        found = block["text"]["text"]
        return text.unmarked(found) if block["text"]["type"] == "mrkdwn" else str(found)
    if block["type"] == "context":
        return " ".join(
            text.unmarked(each["text"]) if each["type"] == "mrkdwn" else each["text"] for each in block["elements"]
        )
    if block["type"] == "actions":
        return " · ".join(each["text"]["text"] for each in block["elements"] if each["type"] == "button")
    return ""


def metadata(reply: str, part: int) -> dict[str, Any]:
    """The mark by which a message of a reply is found again."""
    return {"event_type": "hotseat_reply", "event_payload": {"id": reply, "part": part}}


def mark_of(message: dict[str, Any]) -> tuple[str, int] | None:
    """The reply and part that a message of ours is, None if it is no such message."""
    found = message.get("metadata")
    if not isinstance(found, dict) or found.get("event_type") != "hotseat_reply":
        return None
    payload = found.get("event_payload")
    if isinstance(payload, str):
        try:
            payload = json.loads(payload)
        except ValueError:
            return None
    if not isinstance(payload, dict):
        return None
    try:
        return str(payload["id"]), int(payload["part"])
    except (KeyError, TypeError, ValueError):
        return None
