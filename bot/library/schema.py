"""JSON Schemas of the content files, made from the models, so that editors complete and check while an author writes.

`python -m bot.library.schema` writes them to `questions/schema/` of a clone; a test keeps what is committed current. What a
model is for comes from its docstring, guidance for a field from `_HELP`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel

from bot.library.items import PackFile, Persona, Question, Rubric
from bot.library.load import shipped

MODELS: Final[dict[str, type[BaseModel]]] = {
    "question": Question,
    "rubric": Rubric,
    "persona": Persona,
    "pack": PackFile,
}

_HELP: Final = {
    "Question": {
        "id": "The file's name without `.yaml`: small letters, digits and hyphens.",
        "type": "The type of question, and the folder the file stands in.",
        "title": "A few words that name the scenario in a list. It gives nothing away.",
        "levels": "The levels this question suits.",
        "minutes": "How long the interview lasts.",
        "tags": "Topics, for finding questions; known ones are in `tags.yaml`.",
        "sources": "Where the idea comes from, as `document#12` or `document#part`.",
        "note": "For authors only; never shown to a candidate.",
        "review_by": "The day by which a fact that ages should be looked at again, as 2027-01-31.",
        "personas": "Who asks: ids of `questions/personas/`, the first one leads.",
        "variants": "Values for the `{placeholders}` in the texts. One set is drawn; all have the same names.",
        "prompt": "The scenario as an interviewer would say it, under 900 characters, with one question at most.",
        "by_level": "What is added to the prompt at a level, and what is expected there.",
        "facts": "What the interviewer knows and says only when asked.",
        "criteria": "What is judged: two to five criteria.",
        "curveball": "A change of circumstances in mid-answer.",
        "challenge": "A wrong claim the interviewer makes and holds until given a reason.",
        "hints": "Three rungs: where to look, how to look, and nearly the answer.",
        "exemplars": "Three answers as a person might give them. The outstanding one should not be the longest.",
        "sums": "Arithmetic the question relies on; it is worked out for every variant.",
    },
    "Criterion": {
        "dimension": "The dimension of the type's rubric this belongs to.",
        "weight": "How much it counts against the other criteria.",
        "anchors": "What levels 1, 3 and 5 look like in this scenario.",
        "checks": "Small things a candidate may show, one to six.",
        "follow_ups": "Questions that open the criterion without naming what is looked for.",
    },
    "Check": {
        "says": "The check in the words of a scorecard.",
        "level": "The level this is evidence for.",
        "weight": "How much it counts against the other checks of its criterion.",
        "phrasings": "Three to seven ways a candidate might put it, in different words; not copied from the exemplars.",
        "asks": "Ids of facts: a candidate who asked for one of them has shown this check by asking.",
        "probe": "One question that invites it and does not give it away.",
        "next": "What to do next time, when it was not shown.",
    },
    "Fact": {
        "text": "What the interviewer says when asked. It states and asks nothing.",
        "asked_by": "Ways a candidate might ask for it.",
        "layer": "The layer of the system or story it belongs to.",
    },
    "Curveball": {
        "text": "What happens, ending in one question.",
        "checks": "Ids of the checks it invites.",
    },
    "Challenge": {
        "text": "The wrong claim, ending in one question.",
        "hold": "What is said when the candidate only insists, ending in one question.",
        "yields_to": "Reasons that settle it.",
        "concede": "What is said when a reason was given.",
        "persona": "Who makes the challenge, when it is not the leading interviewer.",
    },
    "LevelNote": {"adds": "A sentence added to the prompt.", "expects": "What is expected at this level, shown with feedback."},
    "Exemplars": {
        "weak": "Fluent, confident and empty; best the longest of the three.",
        "adequate": "The textbook answer.",
        "outstanding": "The answer with judgement in it.",
        "difference": "What separates the last two.",
    },
    "Sum": {
        "expression": "Numbers and `{placeholders}` with + - * / and brackets.",
        "equals": "The value as the texts state it.",
    },
    "Rubric": {
        "label": "The type's name as people read it.",
        "judges": "In one sentence to the candidate: what is judged.",
        "dimensions": "What is judged in every question of this type.",
        "caps": "Rules that keep levels down.",
    },
    "Dimension": {"judges": "What this dimension looks at.", "anchors": "What levels 1, 3 and 5 look like in any question."},
    "Cap": {
        "needs": "The dimension that must stand high enough.",
        "at_least": "The level it must reach for the cap not to apply.",
        "limits": "The dimension that is held down, or `overall`.",
        "to": "The highest level it may then have.",
        "because": "The reason, as a candidate reads it.",
    },
    "Persona": {
        "name": "As it stands in front of what they say.",
        "role": "What they are, in a few words.",
        "voice": "How they speak.",
        "concerns": "What they care about.",
        "forbidden": "What they never talk about.",
        "greeting": "Their first words.",
        "lines": "Their own wording for some of the stock lines, by the stock line's name.",
    },
    "PackFile": {
        "name": "What your group calls its questions; shown beside them in lists.",
        "replaces_bank": "true: only these questions are asked. false: they are added to the built-in ones.",
        "note": "For authors only.",
    },
}  # fmt: skip


def schema(name: str) -> dict[str, Any]:
    """The JSON Schema of `question`, `rubric`, `persona` or `pack`."""
    made = MODELS[name].model_json_schema(by_alias=True)
    for title, held in {MODELS[name].__name__: made, **made.get("$defs", {})}.items():
        if "description" in held:
            held["description"] = " ".join(held["description"].split())
        for field, text in _HELP.get(title, {}).items():
            held["properties"][field]["description"] = text
        for field in held.get("properties", {}).values():
            field.pop("title", None)
            _same_items(field)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made, "title": f"Hotseat {name}"}


def _same_items(field: dict[str, Any]) -> None:
    """Write a list of a fixed number of equal things as `items`, which editors know better than `prefixItems`."""
    held = field.get("prefixItems", [])
    if held and all(one == held[0] for one in held):
        del field["prefixItems"]
        field["items"] = held[0]


def text(name: str) -> str:
    """The schema as it is committed."""
    return json.dumps(schema(name), indent=2, ensure_ascii=False) + "\n"


def write(folder: Path) -> None:
    """Write every schema to a folder."""
    folder.mkdir(exist_ok=True)
    for name in MODELS:
        (folder / f"{name}.schema.json").write_text(text(name), encoding="utf-8")


if __name__ == "__main__":
    write(shipped("questions") / "schema")
