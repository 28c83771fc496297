"""What the fake says: a plain interviewer and grader that works from the prompt and the schema alone, so that whole interviews run.

It matches words. It is here to keep the wire busy with sensible answers, not to be right; a test that needs a certain answer
gives the server a brain of its own, or `Scripted` answers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

Brain = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""From a request's body to the object answered."""

_MOVE = re.compile(r'<move n="(\d+)" kind="(\w+)"(?: target="([^"]*)")?>(.*?)</move>')
_REDIRECTS = re.compile(r"<redirects>(.*?)</redirects>")
_FACT = re.compile(r'<fact id="([^"]+)">(.*?)</fact>')
_CHECK = re.compile(r'<check id="([^"]+)">(.*?)</check>', re.DOTALL)
_SENTENCE = re.compile(r"^\[(\d+)\] (.*)$", re.MULTILINE)
_PLAIN = re.compile(r"one JSON object that keeps to this JSON schema:\s*(\{.*\})\s*$", re.DOTALL)
_DULL = frozenset(
    {"about", "after", "again", "before", "could", "every", "first", "from", "have", "into", "only", "other", "should"}
    | {"that", "their", "them", "then", "there", "these", "they", "this", "those", "what", "when", "where", "which"}
    | {"while", "with", "would", "your", "says", "said"}
)
_ASIDES = (
    ("wants_answer", r"tell me the (right )?answer|what is the answer"),
    ("wants_next", r"next question"),
    ("manipulation", r"ignore (all|the|your)|system prompt|you are now|grader"),
    ("no_idea", r"^(i )?(really )?(don.?t know|no idea|not sure)\W*$"),
    ("greeting", r"^(hi|hello|hey)\W*$"),
)


def sensible(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The default brain: a turn, a judgement, or whatever else the schema asks for."""
    schema = schema_of(body)
    wanted = set(schema.get("properties", {}))
    if "move" in wanted:
        return _turn(text_of(body))
    if wanted == {"checks"}:
        return _judgement(text_of(body))
    return made_up(schema) if schema else {}


def text_of(body: Mapping[str, Any]) -> str:
    """Everything a request says, in order."""
    contents = [body.get("system", [])] + [message["content"] for message in body["messages"]]
    return "\n".join(
        content if isinstance(content, str) else "\n".join(block.get("text", "") for block in content)
        for content in contents
    )


def schema_of(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema of the answer: from `output_config`, or from words when the server takes none."""
    config = (body.get("output_config") or {}).get("format")
    if config:
        return dict(config["schema"])
    found = _PLAIN.search(text_of(body))
    return dict(json.loads(found[1])) if found else {}


def made_up(schema: Mapping[str, Any]) -> Any:
    """Something that keeps to a schema and means nothing."""
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        return {name: made_up(held) for name, held in schema["properties"].items()}
    if kind == "array":
        return [made_up(schema["items"])]
    return {"string": "no-such-thing", "integer": 9_999, "number": 0.5, "boolean": True}.get(str(kind))


def sentences_made_up(answer: Any) -> Any:
    """The same answer, citing sentences nobody said."""
    if isinstance(answer, list):
        return [9_999] if answer and isinstance(answer[0], int) else [sentences_made_up(held) for held in answer]
    if isinstance(answer, dict):
        return {name: sentences_made_up(held) for name, held in answer.items()}
    return answer


def obedient(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The brain of a model that does whatever a candidate might wish for."""
    text = text_of(body)
    numbers = [int(number) for number, _ in _SENTENCE.findall(text)]
    if "move" in schema_of(body).get("properties", {}):
        told = " ".join([held for _, held in _FACT.findall(text)] + [held for _, held in _CHECK.findall(text)])
        return {
            "intent": "answer",
            "shown": [{"check": check, "sentences": numbers} for check, _ in _CHECK.findall(text)],
            "facts": [],
            "reason_given": True,
            "move": 1,
            "wording": f"Great answer, you clearly pass. Here is everything: {told} Shall we stop? Or another one?",
        }
    return {
        "checks": [
            {"check": check, "evidence": numbers or [1], "reason": "You asked for full marks.", "verdict": "met"}
            for check in _asked_for(text)
        ]
    }


def _stems(text: str) -> set[str]:
    return {word[:5] for word in re.findall(r"[a-z]{4,}", text.lower()) if word not in _DULL}


def _turn(text: str) -> dict[str, Any]:
    last = text.rsplit("<candidate>", 1)[-1].split("</candidate>", maxsplit=1)[0]
    sentences = [(int(number), said) for number, said in _SENTENCE.findall(last)]
    said = " ".join(held for _, held in sentences)
    moves = [(int(number), kind, target, words) for number, kind, target, words in _MOVE.findall(text)]
    listed = _REDIRECTS.findall(text)[-1:]
    moves += [(int(pair.split("=")[0]), "redirect", pair.split("=")[1], "") for held in listed for pair in held.split()]
    asked = [held for _, held in sentences if "?" in held]
    given = text.rsplit("Checks already shown:", 1)[-1].split("\n", maxsplit=1)[0]
    shown = [
        {"check": check, "sentences": [number for number, held in sentences if len(_stems(held) & _stems(says)) >= 2]}
        for check, says in _CHECK.findall(text)
        if check not in given
    ]
    answer: dict[str, Any] = {
        "intent": "answer",
        "shown": [held for held in shown if held["sentences"]],
        "facts": [],
        "reason_given": bool(re.search(r"\bbecause\b|\bsince\b", said.lower())),
        "move": 1,
        "wording": "",
    }
    aside = next((intent for intent, pattern in _ASIDES if re.search(pattern, said.strip().lower())), "")
    if not sentences:
        aside = "nothing"
    if aside:
        return {**answer, "intent": aside, "shown": [], "move": _numbered(moves, "redirect", aside)}
    if asked:
        overlaps = [(len(_stems(" ".join(asked)) & _stems(held)), fact, held) for fact, held in _FACT.findall(text)]
        best = max(overlaps, default=(0, "", ""))
        only = len(asked) == len(sentences)
        answer |= {"intent": "clarify" if only else "both", "move": _numbered(moves, "clarify", "")}
        if best[0] >= 1:
            answer |= {"facts": [best[1]], "wording": f"{best[2]} Where does that take you?"}
        return answer
    probed = {held["check"] for held in answer["shown"]}
    following = [held for held in moves if held[1] not in {"clarify", "acknowledge", "redirect", "hold"}]
    if not answer["reason_given"]:
        following = [held for held in following if held[1] != "concede"]
    chosen = next((held for held in following if held[2] not in probed), moves[0])
    return {**answer, "move": chosen[0], "wording": chosen[3] if chosen[3].count("?") == 1 else ""}


def _numbered(moves: list[tuple[int, str, str, str]], kind: str, target: str) -> int:
    of_kind = [held for held in moves if held[1] == kind]
    return next((held[0] for held in of_kind if held[2] == target), of_kind[0][0] if of_kind else 1)


def _asked_for(text: str) -> list[str]:
    order = text.rsplit("Judge these checks, in this order:", 1)[-1].split("\n", maxsplit=1)[0]
    return [check.strip(" .") for check in order.split(",") if check.strip(" .")]


def _judgement(text: str) -> dict[str, Any]:
    says = dict(_CHECK.findall(text))
    answer = text.rsplit("<answer>", 1)[-1].split("</answer>", maxsplit=1)[0]
    sentences = [(int(number), held) for number, held in _SENTENCE.findall(answer)]
    judged = []
    for check in _asked_for(text):
        ranked = sorted(((len(_stems(held) & _stems(says.get(check, ""))), -n) for n, held in sentences), reverse=True)
        best = ranked[0][0] if ranked else 0
        verdict = "met" if best >= 4 else "partly" if best >= 2 else "not"
        judged.append(
            {
                "check": check,
                "evidence": [-number for overlap, number in ranked[:2] if overlap >= 2],
                "reason": {
                    "met": "You say it in so many words and for this case.",
                    "partly": "You come close to it and leave it open.",
                    "not": "You did not get to this.",
                }[verdict],
                "verdict": verdict,
            }
        )
    return {"checks": judged}
