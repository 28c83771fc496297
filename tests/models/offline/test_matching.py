"""What the matcher hears: other words, other spellings, slips, negations; and what it must not."""

from __future__ import annotations

import time

import pytest

from bot.chat.meanings import Verdict
from bot.interview import evidence
from bot.interview.evidence import QUOTE_LIMIT
from bot.models.offline import matching
from bot.models.offline.matching import Match, Matcher, matcher_for
from bot.models.offline.text import stem, words
from bot.models.offline.thesaurus import Thesaurus, compiled, standard
from tests.models.offline.cases import INVOICES, utterances

MATCHER = Matcher(INVOICES)


def match(check: str, answer: str) -> Match:
    return MATCHER.check(INVOICES.check(check), evidence.number([(0, answer)]))


@pytest.mark.parametrize(
    ("check", "answer"),
    [
        ("stop-payments", "First I'd pause automated payouts for Germany."),
        ("stop-payments", "Until somebody has verified the sums, nothing gets paid: hold all payments."),
        ("stop-payments", "Let's route the German invoices to manual approval for now."),
        ("tell-customers", "Then let affected clients know which totals were incorrect."),
        ("tell-customers", "I'd email every customer who's hit today."),
        ("before-after", "Look at how often it's wrong before the deployment versus afterwards."),
        ("before-after", "diff what the old version and the new version give for the same invoices"),
        ("isolate-stage", "See if it's the text recognition that's at fault or the extraction."),
        ("isolate-stage", "I would inspect the intermediate results of every step in turn."),
    ],
)
def test_other_words_for_the_same_thing(check: str, answer: str) -> None:
    assert match(check, answer).verdict is not Verdict.NOT_SPOTTED


@pytest.mark.parametrize(
    "answer",
    [
        "I'd stop the automatic payments for German invoices.",
        "i'd stop teh automatc paymnets for german invocies",
        "STOP THE AUTOMATIC PAYMENTS FOR GERMAN INVOICES",
        "um so like i would uh stop the automatic payments you know for the german invoices",
        "I’d stop the automatic pay\u200bments for German invoices",
        "We stopped automatically paying German invoices.",
    ],
)
def test_slips_and_style_do_not_matter(answer: str) -> None:
    assert match("stop-payments", answer).verdict is Verdict.COVERED


@pytest.mark.parametrize(
    "answer",
    [
        "I would not stop the automatic payments for German invoices.",
        "There is no need to stop automatic payments for German invoices.",
        "I'd keep going without stopping the automatic payments for German invoices.",
    ],
)
def test_a_denial_is_not_covered(answer: str) -> None:
    assert match("stop-payments", answer).verdict is not Verdict.COVERED


def test_not_only_is_no_denial() -> None:
    assert (
        match("stop-payments", "I'd not only stop the automatic payments for German invoices.").verdict
        is Verdict.COVERED
    )


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "That is a great question and it depends on many things, so I'd take a structured approach with everyone involved.",
        "We walked along the coast and ate grilled sardines at the harbour.",
        "I would work with the team to find the best solution for our customers.",
    ],
)
def test_empty_words_match_nothing(answer: str) -> None:
    assert all(match(check.id, answer).verdict is Verdict.NOT_SPOTTED for check in INVOICES.checks)


def test_a_quote_is_verbatim_and_short() -> None:
    answer = (
        "well I think that given everything we know at the moment and with the month end so close and nobody having looked at "
        "it yet I would stop the automatic payments for the German invoices until a person has checked the amounts and only "
        "after that start looking at whatever the cause might be because the money does not come back"
    )
    found = match("stop-payments", answer)
    assert found.verdict is Verdict.COVERED
    assert found.quote in answer
    assert "stop the automatic payments" in found.quote
    assert len(found.quote) <= QUOTE_LIMIT
    assert found.sentences == (1,)


def test_sentences_are_cited_by_their_numbers() -> None:
    sentences = evidence.number(
        [(0, "Let me think."), (1, "Stop the automatic payments for German invoices.")], first=7
    )
    found = MATCHER.check(INVOICES.check("stop-payments"), sentences)
    assert found.sentences == (8,)


def test_a_point_made_in_two_sentences_counts() -> None:
    assert (
        match("before-after", "Take the totals before Sunday. Compare them with those after.").verdict
        is not Verdict.NOT_SPOTTED
    )


def test_restating_the_prompt_is_worth_little() -> None:
    for check in INVOICES.checks:
        assert match(check.id, INVOICES.prompt).verdict is not Verdict.COVERED


def test_similarity_tells_facts_apart() -> None:
    asked = "was something released over the weekend"
    scores = {fact.id: MATCHER.best(asked, fact.asked_by)[0] for fact in INVOICES.facts}
    assert max(scores, key=lambda name: scores[name]) == "change"
    assert MATCHER.similarity("what changed recently", "did you change anything recently?") > 0.6
    assert MATCHER.best("nothing of the kind", ("who is on the team",)) == (0.0, -1)


def test_british_and_american_and_irregular_forms_are_one_word() -> None:
    for one, other in (
        ("optimise", "optimize"),
        ("behaviour", "behavior"),
        ("modelling", "modeling"),
        ("broke", "break"),
        ("indices", "index"),
    ):
        assert stem(one) == stem(other)


def test_numbers_and_contractions_are_read_alike() -> None:
    assert [word.text for word in words("p95 isn't 1,200ms")] == [
        "percentile",
        "95",
        "is",
        "not",
        "1200",
        "millisecond",
    ]
    assert [word.text for word in words("5% of 30k")] == ["5", "percent", "of", "30000"]


def test_a_phrase_is_found_with_words_inside_it() -> None:
    thesaurus = Thesaurus({"rollback": ["roll back", "previous version"], "look": ["not seen"]})
    assert [hit.concept for hit in thesaurus.find(words("then we rolled the release back"))] == ["rollback"]
    assert not thesaurus.find(words("it is not there"))


def test_small_words_of_a_phrase_are_wanted_where_one_telling_word_is_left() -> None:
    thesaurus = Thesaurus({"duty": ["on call"], "again": ["run again"], "pass-on": ["hand off"]})

    def found(text: str) -> list[str]:
        return [hit.concept for hit in thesaurus.find(words(text))]

    assert found("who is on call tonight") == ["duty"]
    assert found("and then we run it") == found("I'd call them on Monday") == []
    assert found("run again tomorrow") == ["again"]
    assert found("we handed the case off") == ["pass-on"]
    assert found("I'd hand them the off switch") == []


@pytest.mark.parametrize(
    "answer",
    [
        "I'd look at the release.",
        "I'd check the text.",
        "That's the stage I mean.",
        "We'd tell them.",
        "Payments, then.",
    ],
)
def test_a_word_or_two_of_a_phrasing_are_never_enough(answer: str) -> None:
    assert all(match(check.id, answer).verdict is not Verdict.COVERED for check in INVOICES.checks)


def test_words_that_show_a_check_well_show_the_next_only_if_they_match_better() -> None:
    alike = [check.model_copy(update={"id": f"also-{place}"}) for place, check in enumerate([INVOICES.checks[2]] * 9)]
    contains = INVOICES.criteria[1].model_copy(update={"checks": tuple(alike)})
    matcher = Matcher(INVOICES.model_copy(update={"criteria": (INVOICES.criteria[0], contains)}))
    said = evidence.number([(0, "We'd hold all payments until a person has checked.")])
    verdicts = [found.verdict for found in matcher.checks(alike, said).values()]
    assert verdicts[0] is Verdict.COVERED
    assert verdicts[-1] is Verdict.UNSURE
    assert sorted(verdicts, key=lambda verdict: verdict is not Verdict.COVERED) == verdicts


def test_windows_that_are_skipped_would_have_changed_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [row["text"] for row in utterances("utterances.jsonl")]
    answers = [evidence.number([(0, " ".join(texts[start : start + 8]))]) for start in range(0, len(texts), 8)]
    quick = [MATCHER.checks(INVOICES.checks, answer) for answer in answers]
    monkeypatch.setattr(matching, "_WORTH_A_LOOK", 0.0)
    monkeypatch.setattr(matching, "_most", lambda share: 9.0)
    assert [MATCHER.checks(INVOICES.checks, answer) for answer in answers] == quick
    assert sum(found.verdict is Verdict.COVERED for answer in quick for found in answer.values()) > 10


def test_a_thesaurus_is_compiled_once() -> None:
    groups = {"rollback": ["roll back"]}
    assert compiled(groups) is compiled(groups)
    assert compiled(None) is standard()
    assert matcher_for(INVOICES) is matcher_for(INVOICES.model_copy())


def test_a_long_answer_is_read_quickly() -> None:
    text = " ".join(
        f"In case {n} I would compare the totals from before with those after and ask which suppliers are affected."
        for n in range(14)
    )
    sentences = evidence.number([(0, text)])
    fresh = Matcher(INVOICES)
    started = time.perf_counter()
    for check in INVOICES.checks:
        fresh.check(check, sentences)
    # Four checks of a 270-word answer; ten times the time measured, so that a slow machine does not fail.
    assert time.perf_counter() - started < 0.1
