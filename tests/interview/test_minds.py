"""What becomes of a model's judgement before it is believed."""

from __future__ import annotations

from bot.chat.meanings import Verdict
from bot.interview.evidence import Sentence
from bot.interview.grader import Finding, GradeRequest, Judgement
from bot.interview.minds import within_reach
from tests.interview.talk import LIBRARY

QUESTION = LIBRARY.drawn("stale-ai-search", 0)
SENTENCES = (
    Sentence(1, "I'd compare when each page was last embedded with when it was last edited."),
    Sentence(2, "Then I would think about it."),
)
REQUEST = GradeRequest("s", QUESTION, "senior", SENTENCES)


def judged(*cited: tuple[int, ...], numbers: bool = True) -> Judgement:
    """Every check met, each citing sentences in turn."""
    found = [
        Finding(check.id, Verdict.MET, cited[place % len(cited)], "quote")
        for place, check in enumerate(QUESTION.checks)
    ]
    return Judgement("claude", numbers, tuple(found))


def met(judgement: Judgement) -> set[str]:
    return {finding.check for finding in judgement.findings if finding.verdict is Verdict.MET}


def test_one_sentence_does_not_show_everything() -> None:
    assert met(within_reach(judged((1,)), REQUEST)) >= {"compares-dates"}
    assert len(met(within_reach(judged((1,)), REQUEST))) < len(QUESTION.checks) / 2
    assert met(within_reach(judged((2,)), REQUEST)) == set()


def test_several_sentences_together_are_the_models_to_weigh() -> None:
    assert met(within_reach(judged((1, 2)), REQUEST)) == {check.id for check in QUESTION.checks}


def test_the_offline_coach_answers_for_itself() -> None:
    judgement = judged((1,), numbers=False)
    assert within_reach(judgement, REQUEST) == judgement
