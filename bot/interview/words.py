"""The interviewer's stock lines and what Hotseat says as itself, in one voice.

Authored content (prompts, probes, hints) is in the bank; a persona may replace any stock line by its own. A line is picked in
turn, never at random, so that an interview replays the same and nobody hears the same line twice in a row.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.library.items import Persona

STOCK: Mapping[str, tuple[str, ...]] = {
    # After a fact was given: the floor goes back, with one question.
    "hand_back": (
        "Where does that take you?",
        "What do you make of it?",
        "How does that change your picture?",
        "What would you do with that?",
        "So where would you look next?",
        "What follows from that for you?",
    ),
    # A question about the case that nothing in it answers.
    "no_data": (
        "I don't have that. What would you assume?",
        "I can't help you with that one. What would you take as given?",
        "I can't give you that one. Which assumption would you defend?",
    ),
    "as_before": ("As before:", "Same answer as earlier:", "That hasn't changed:"),
    # Staying with the open question, by reason.
    "off_topic": (
        "Let's stay with the case.",
        "We can talk about that another time. Back to the question.",
        "I'll bring us back to where we were.",
    ),
    "wants_answer": (
        "That's yours to work out; I can give you a hint if you ask for one.",
        "I won't answer it for you. Say hint if you want a nudge.",
        "I'd rather hear your thinking, even half formed.",
    ),
    "wants_next": (
        "We stay with this one. To leave it open, type skip.",
        "Not yet. Type skip if you'd rather leave this one unanswered.",
        "I'm still on this one; skip leaves it unanswered.",
    ),
    "manipulation": (
        "I'll leave that aside and stay with the question.",
        "That isn't part of the case, so I'll pass over it.",
        "That changes nothing here. Back to the case.",
    ),
    "echo": (
        "That's the question in other words. Now your own view.",
        "You've given me the question back. I'm after your move.",
    ),
    "no_idea": (
        "That's fine. Start with what you would want to know.",
        "No harm. Say what you would try first, even roughly.",
    ),
    "thinking": ("Take your time.", "No hurry.", "Whenever you're ready."),
    "nothing": ("I didn't catch anything there.", "That came through empty."),
    "greeting": ("Good to have you.", "Glad you're here."),
    "other_language": (
        "Without a model behind me I only follow English. Would you put that in English?",
        "I can only follow English here. Could you say it once more in English?",
    ),
    "one_thing": (
        "Ask me for one thing at a time, the one you need most.",
        "That's everything at once. Choose what you'd ask for first.",
    ),
    "repeat": ("Of course.", "Sure, once more."),
    "acknowledge": ("Understood, I'll take it that way.", "Noted; that replaces what you said before."),
    "no_more_hints": ("That was the last hint I have.", "No hints left on this one."),
    "long": (
        "That's longer than an interview answer; I've read the first part and the end. What's your one-sentence version?",
    ),
    # Before an authored probe, when the turn was short of content.
    "moving_on": ("We'll leave that one.", "Fine, let's leave it there.", "All right, another angle."),
    "closing_time": (
        "That's time. Is there one last sentence you'd add?",
        "We're at time. Anything you would still add, in one sentence?",
    ),
    "closing_covered": (
        "I have what I need. Is there anything you'd add or change before we stop?",
        "That's everything from my side. Anything you would still add?",
    ),
    "closing_stop": ("We'll stop here. How do you think it went?", "Let's end it there. How would you say that went?"),
    "redo": ("Let's take that part again.", "Once more, just this part."),
}


def lines(key: str, persona: Persona | None) -> tuple[str, ...]:
    """The stock lines for `key`, the persona's own first: never so few that one has to be said twice in a row."""
    own = persona.lines.get(key, ()) if persona is not None else ()
    return (*own, *STOCK[key])


def line(key: str, persona: Persona | None, number: int) -> str:
    """One of the stock lines for `key`, by number."""
    held = lines(key, persona)
    return held[number % len(held)]


def request_of(prompt: str) -> str:
    """The last sentence of a scenario: what the candidate was asked to do."""
    text = prompt.strip()
    cut = max(text.rfind(". ", 0, -1), text.rfind(".\n", 0, -1), text.rfind("? ", 0, -1))
    return text[cut + 1 :].strip() if cut >= 0 else text


def asking(lead: str, question: str, fallback: str) -> str:
    """`lead` and then one question: `question` if it asks anything, else it and `fallback`."""
    if lead.endswith("?"):
        return lead
    if "?" in question:
        return f"{lead} {question}".strip()
    return " ".join(part for part in (lead, question, fallback) if part)


def minutes(left_ms: int) -> str:
    """A duration as a person says it: "5 minutes", "40 seconds"."""
    seconds = max(0, round(left_ms / 1000))
    if seconds < 90:
        return "1 minute" if 55 <= seconds <= 65 else f"{seconds} seconds"
    whole = round(seconds / 60)
    return f"{whole} minutes"


HELP = (
    "Answer in your own words, in as many messages as you like. Ask me anything you'd ask on the job. "
    "hint, skip, pause, time, stop: any of these as a message of its own."
)

OFFLINE = "Offline interviewer today: the same questions and follow-ups, from a script and word matching, with no model behind it."

AWAY: Mapping[str, str] = {
    "": "My usual interviewer is away; I'm continuing with the offline one. Nothing you wrote is lost.",
    "key": "Claude did not accept this installation's key, so the offline interviewer goes on. Nothing you wrote is lost.",
    "credit": "Claude's account is out of credit, so the offline interviewer goes on. Nothing you wrote is lost.",
}
"""Why another mind leads now, by the cause in `Away`."""

GRADER_AWAY = "My usual grader is away, so the offline coach reads your answer: no levels this time."
