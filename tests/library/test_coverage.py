"""Everything the bank was made to hold is in it: each question of the list, each concept, each kind of scenario, each round."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from bot.library.items import Question
from bot.library.load import Library

BANK = Library.open().all()

CONCEPTS = (
    "determinism", "tokens", "context-windows", "inference-cost", "prompting", "rag", "fine-tuning", "rag-context-lesson", "agents",
    "embeddings", "latency", "hallucination", "temperature",
)  # fmt: skip
SCENARIOS = ("design", "production-failure", "trade-off", "executive-communication")
OTHER_PARTS_OF_THE_GUIDE = ("mental-models", "teardown", "fifteen-minutes")
ROUNDS = ("recruiter", "hiring-manager", "delivery-case", "capacity", "positioning", "compensation", "debrief")

LEAST_OF_A_SCENARIO = 4
LEAST_IN_ALL = 120
MORE_CONTEXT = re.compile(r"\bmore (?:context|pages|passages|documents)\b", re.IGNORECASE)


def serving(source: str) -> list[str]:
    """The questions with this source."""
    return [question.id for question in BANK if source in question.sources]


@pytest.mark.parametrize("number", range(1, 55))
def test_each_of_the_fifty_four_has_exactly_one_question(number: int) -> None:
    assert len(serving(f"ai-pm-questions#{number}")) == 1


@pytest.mark.parametrize("concept", CONCEPTS)
def test_each_concept_has_a_question(concept: str) -> None:
    assert serving(f"ai-literacy#{concept}")


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_each_kind_of_scenario_has_four_questions(scenario: str) -> None:
    assert len(serving(f"field-guide#{scenario}")) >= LEAST_OF_A_SCENARIO


@pytest.mark.parametrize("part", OTHER_PARTS_OF_THE_GUIDE)
def test_every_other_part_of_the_guide_has_a_question(part: str) -> None:
    assert serving(f"field-guide#{part}")


@pytest.mark.parametrize("round_", ROUNDS)
def test_every_round_of_the_loop_has_a_question(round_: str) -> None:
    assert serving(f"pm-loop#{round_}")


def test_a_reported_loop_is_labelled_and_looked_at_again() -> None:
    loop = [question for question in BANK if any(source.startswith("pm-loop#") for source in question.sources)]
    assert loop
    for question in loop:
        assert question.note, f"{question.id} does not say that it rests on one reported loop"
        assert question.review_by is not None, f"{question.id} has no day to look at it again"


def test_no_source_is_made_up() -> None:
    known = {
        *(f"ai-pm-questions#{number}" for number in range(1, 55)),
        *(f"ai-literacy#{concept}" for concept in CONCEPTS),
        *(f"field-guide#{part}" for part in (*SCENARIOS, *OTHER_PARTS_OF_THE_GUIDE)),
        *(f"pm-loop#{round_}" for round_ in ROUNDS),
    }
    named = {source for question in BANK for source in question.sources}
    documents = {source.partition("#")[0] for source in known}
    assert {source for source in named if source.partition("#")[0] in documents} <= known


def test_there_are_enough_questions_of_every_type_and_level() -> None:
    assert len(BANK) >= LEAST_IN_ALL
    kinds, levels = (
        Counter(question.type for question in BANK),
        Counter(level for question in BANK for level in question.levels),
    )
    assert min(kinds.values()) >= 2
    assert min(levels.values()) >= 30


def test_adding_more_context_is_a_trap_in_two_scenarios() -> None:
    """Somebody in the room holds that more of it will help, and what settles the matter is that more of it harms."""
    trapped = [question.id for question in BANK if _tempts_with_context(question)]
    assert len(trapped) >= 2, trapped


def _tempts_with_context(question: Question) -> bool:
    if question.challenge is None or "context-window" not in question.tags:
        return False
    against = [*question.challenge.yields_to, *(phrase for check in question.checks for phrase in check.phrasings)]
    return any(MORE_CONTEXT.search(phrase) for phrase in against)


def test_every_tag_is_known() -> None:
    known = Library.open().tags
    assert sorted({tag for question in BANK for tag in question.tags} - set(known)) == []
