"""Meanings as plain text: for scripts, notifications and anywhere without cards. Nothing is cut and nothing is marked up."""

from __future__ import annotations

from collections.abc import Iterable

from bot.chat.meanings import (
    Choices,
    Comparison,
    CriterionLine,
    DailyCard,
    Form,
    Meaning,
    Paragraph,
    Passage,
    Picture,
    Progress,
    QuestionCard,
    Scorecard,
    Verdict,
)

VERDICT_WORDS = {
    Verdict.COVERED: "covered",
    Verdict.UNSURE: "unsure",
    Verdict.NOT_SPOTTED: "not spotted",
    Verdict.MET: "met",
    Verdict.PARTLY: "partly",
    Verdict.NOT: "not shown",
}


def spoken(meanings: Iterable[Meaning]) -> str:
    """What is said aloud: the sentences of a turn, without help lines, buttons or headings."""
    said = [meaning.text for meaning in meanings if isinstance(meaning, (Paragraph, QuestionCard))]
    return "\n\n".join(text for text in said if text)


def text(meanings: Iterable[Meaning]) -> str:
    """Everything a reply says, as paragraphs."""
    return "\n\n".join(part for part in (_text(meaning) for meaning in meanings) if part)


def _text(meaning: Meaning) -> str:
    match meaning:
        case Paragraph():
            return f"{meaning.speaker}: {meaning.text}" if meaning.speaker else meaning.text
        case QuestionCard():
            head = f"{meaning.speaker}, {meaning.role} · {meaning.kind} · {meaning.level} · {meaning.minutes} min"
            return "\n".join(part for part in (head, meaning.title, meaning.text, meaning.help) if part)
        case DailyCard():
            status = " ".join(part for part in (meaning.status, meaning.at_text) if part)
            parts = (meaning.heading, meaning.title, meaning.text, meaning.credit, status)
            return "\n".join(part for part in parts if part)
        case Choices():
            words = " · ".join(option.word or option.label for option in meaning.options)
            return f"{meaning.text}\n{words}" if words else meaning.text
        case Form():
            fields = "\n".join(f"- {field.label}" for field in meaning.fields)
            return f"{meaning.title}\n{meaning.text}\n{fields}"
        case Scorecard():
            return scorecard(meaning)
        case Comparison():
            before, after = (
                criterion(line, meaning.numbers, head)
                for line, head in ((meaning.before, "Before"), (meaning.after, "After"))
            )
            return "\n\n".join(part for part in (meaning.text, before, after) if part)
        case Passage():
            return f"{meaning.title}\n{meaning.text}"
        case Progress():
            return f"{meaning.text} ({meaning.done} of {meaning.total})"
        case Picture():
            return meaning.alt


def scorecard(card: Scorecard) -> str:
    """A whole scorecard as text."""
    head = f"{card.title} · {card.kind} · {card.level}"
    if card.numbers:
        head += f" — overall {card.overall if card.overall is not None else 'not shown'}"
        # Without levels to compare with, one's own rating would be the only number on the card, and be read as its verdict.
        head += f" · you said {card.self_overall:g}" if card.self_overall is not None else ""
    parts = [head, *(criterion(line, card.numbers) for line in card.criteria)]
    parts += [f"One change for next time: {card.one_change}", "\n".join(card.notes), card.caveat]
    return "\n\n".join(part for part in parts if part)


def criterion(line: CriterionLine, numbers: bool, head: str = "") -> str:
    """One criterion of a scorecard as text."""
    title = f"{head}: {line.name}" if head else line.name
    if numbers:
        title += f" — {line.level}" if line.level is not None else " — not shown"
        title += f" (you said {line.self_level})" if line.self_level is not None else ""
    rows = [title]
    for check in line.checks:
        quoted = f' — "{check.quote}"' if check.quote else ""
        rows.append(f"  {VERDICT_WORDS[check.verdict]}: {check.says}{quoted}")
    rows += [f"  {line.why}", f"  Next time: {line.next}"]
    return "\n".join(rows)
