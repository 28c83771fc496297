"""Lint: a sound bank passes, and every rule finds one small bad example in its file, line and field."""

from __future__ import annotations

import pytest

from bot.library.items import Question
from bot.library.problems import Severity
from tests.library.bank import CONCEPT, PERSONA, QUESTION, RUBRICS, Bank

HERE = "bank/items/debugging/late-parcels.yaml"


LOOKING, COUNTS, SPLITS = (
    "criteria › looking",
    "criteria › looking › checks › counts",
    "criteria › looking › checks › splits",
)
WARNS = "criteria › mending › checks › warns"
RUBRIC = RUBRICS["debugging"]
RELEASE = "facts › release › text"


def test_a_sound_bank_has_no_problems(bank: Bank) -> None:
    assert bank.lint() == ()


# What is replaced, by what, the field that is named, and words of the message.
ERRORS = [
    ("id: counts", "id: splits", SPLITS + " › id", "taken already"),
    ("id: mending", "id: looking", LOOKING + " › id", "taken already"),
    ("id: release", "id: share", "facts › share › id", "taken already"),
    ("personas: [maya]", "personas: [mia]", "personas › 1", "there is no persona `mia`"),
    ("dimension: evidence", "dimension: proof", LOOKING + " › dimension", "only evidence, recovery"),
    ("checks: [warns]", "checks: [warnz]", "curveball › checks › 1", "no check `warnz`"),
    ("concede: Fair", "persona: cpo\n  concede: Fair", "challenge › persona", "own personas"),
    ("levels: [mid, senior]", "levels: [mid]", "by_level › senior", "not asked at senior level"),
    ("What would you like to find out?", "Tell me more.", COUNTS + " › probe", "asks nothing"),
    ("What would you like to find out?", "What? And why?", COUNTS + " › probe", "2 question marks"),
    ("How sure are you of that?", "How sure are you? Say it.", LOOKING + " › follow_ups › 1", "end with its question"),
    ("What changes?", "What changes? And who?", "curveball › text", "2 question marks"),
    ("Why look any further?", "No need to look.", "challenge › text", "asks nothing"),
    ("What makes you doubt it?", "Not a doubt.", "challenge › hold", "asks nothing"),
    ("What do you do first?", "What first? And then?", "prompt", "2 question marks"),
    ("Think about who is affected.", "Who? Where?", "hints › 1", "2 question marks"),
    ("new version on Monday.", "new version, did you know?", RELEASE, "holds no question"),
    ("Customers near", "Customers " + "and more of them " * 52 + "near", "prompt", "stays below 900"),
    ("near {depot} say", "near {depo} say", "prompt", "`{depo}` is not defined in variant 1 and 2"),
    ("new version on Monday", "new {Version} on Monday", RELEASE, "no placeholder"),
    ("depot: Bristol, ", "town: York, depot: Bristol, ", "variants › 2 › town", "used nowhere"),
    ("depot: Bristol", 'depot: "{late}"', "variants › 2 › depot", "holds a placeholder"),
    ("Where might this go wrong?", "Forecast error or slow van?", SPLITS + " › probe", "`splits` away"),
    ("How sure are you of that?", "Every postcode affected?", LOOKING + " › follow_ups › 1", "the check `counts` away"),
    ("Two clocks are involved here.", "Compare regions with each other.", "hints › 2", "the check `counts` away"),
    ("gone on strike until Friday. What changes?", "on. Show a banner in checkout?", "curveball › text", "`warns` away"),
    ("Routing got a new version on Monday.", "Parcels come a day after promised.", RELEASE, "stands in the prompt already"),
    ("Routing got a new version on Monday.", "The courier shares its data.", RELEASE, "by_level › senior already"),
    ("was there a deployment", "how many were delayed", "facts › release › asked_by › 2", "ambiguous"),
    ("email everyone waiting", "is every postcode affected", WARNS + " › phrasings › 1", "in the check `counts` too"),
    ("compare regions against each other", "Is every postcode affected", COUNTS + " › phrasings › 2", "twice in this check"),
    ("add a buffer to estimates", "pad the promise today and write", WARNS + " › phrasings › 3", "copied from the outstanding"),
    ("Think about who", "Think about @everyone who", "hints › 1", "a mention"),
    ("Think about who", "Think about <!channel> who", "hints › 1", "angle brackets"),
    ("Think about who", "Think **hard** about who", "hints › 1", "markup"),
    ("Think about who", "Think *hard* about who", "hints › 1", "markup"),
    ("Think about who", "See https://example.org about who", "hints › 1", "a link"),
    ("Think about who", "Think \U0001f642 about who", "hints › 1", "an emoji"),
    ("Think about who", "Think\u200b about who", "hints › 1", "an invisible character (U+200B)"),
    ("depot: Bristol", 'depot: "`Bristol`"', "variants › 2 › depot", "markup"),
    ("late: 10", "late: 11", "sums › 1", "100 * 11 / sent is 11, not 10 in variant 2"),
    ("/ sent", "** 2", "sums › 1", "not a sum"),
    ("/ sent", "/ parcels", "sums › 1", "uses `parcels`, which no variant has"),
    ("/ sent", "/ (sent - sent)", "sums › 1", "divides by nothing"),
    ("ai-pm-questions#7", "question seven", "sources › 1", "must look like `document#12`"),
    ('["ai-pm-questions#7"]', '["guide#a", "guide#a"]', "sources › 2", "named twice"),
    ("ai-pm-questions#7", "ai-pm-questions#8", "sources › 1", "is the source of bank/items/concept/what-is-recall.yaml"),
    ("Where might this go wrong?", "What does the nurse take away?", SPLITS + " › probe", "write it anew"),
    ("Repairs and apologises in order.", "Names a price.", "criteria › mending › anchors › 5", "write it anew"),
    ("Where might this go wrong?", "What would prove it wrong, given the names of everything you suspect?", SPLITS + " › probe",
     "gives away what a 5 looks like in `looking`"),
    ("Think about who is affected.", "Repairs come first, and apologises in some order after.", "hints › 1",
     "gives away what a 5 looks like in `mending`"),
    ("{1: Blames the courier at once., 3: Counts before explaining., 5: Names", "{1: Blames the courier at once., 5: Names",
     LOOKING + " › anchors › 3", "is missing"),
    ("Think about who is affected.", "(write) where to look.", "hints › 1", "is still to be written"),
    ("tags: [logistics]", "tags: [logistics, logistics]", "tags › 2", "named twice"),
    ("review_by: 2027-06-30", 'note: "a\\u202eb"', "note", "an invisible character (U+202E)"),
    ("id: late-parcels", "id: late-parcel", "id", "the file is named `late-parcels.yaml`"),
    ("type: debugging", "type: concept", "type", "the file stands in `debugging`"),
    ("Customers near {depot} say their parcels come a day after the app promised.",
     "Explain recall to a nurse who never heard of it.", "prompt", "nearly the same as"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "field", "words"), ERRORS, ids=[f"{row[2]}-{row[3][:24]}" for row in ERRORS])
def test_an_error_is_named_by_file_line_and_field(bank: Bank, old: str, new: str, field: str, words: str) -> None:
    bank.question((old, new))
    # Of two files that clash, the later one is to blame, and the concept question comes first.
    found = [problem for problem in bank.lint() if problem.field == field and words in problem.message]
    assert {(problem.file, problem.severity) for problem in found} == {(HERE, Severity.ERROR)}, bank.lint()
    line = QUESTION.replace(old, new).splitlines()[found[0].line - 1]
    assert new in line or field.rpartition(" › ")[2] in line


@pytest.mark.parametrize(
    ("old", "new", "field", "words"),
    [
        ("review_by: 2027-06-30", "review_by: 2026-11-20", "review_by", "was 2026-11-20"),
        ("dimension: recovery", "dimension: evidence", "criteria", "none is about `recovery`"),
        ("Think about who", "Think about the behavior of who", "hints › 1", "`behavior` is `behaviour`"),
        ("Think about who is affected.", "Think about who is affected!", "hints › 1", "exclamation mark"),
        ("    weight: 2\n", "    weight: 5\n", "criteria › looking › weight", "is 5 of 6"),
        ("level: 3", "level: 5", "criteria › mending › checks", "no way up to it"),
        ("  mid: {expects: A sensible order of looking.}\n", "", "by_level", "does not say what changes at mid level"),
        (
            "outstanding: Which",
            "outstanding: " + "Long and longer still, on and on. " * 6 + "Which",
            "exemplars › outstanding",
            "the longest",
        ),
    ],
)
def test_a_warning_asks_for_a_look_and_refuses_nothing(bank: Bank, old: str, new: str, field: str, words: str) -> None:
    bank.question((old, new))
    (found,) = bank.lint()
    assert (found.file, found.field, found.severity) == (HERE, field, Severity.WARNING)
    assert words in found.message


@pytest.mark.parametrize("part", ["facts", "variants", "curveball", "challenge"])
def test_a_scenario_needs_all_its_parts_and_a_concept_does_not(bank: Bank, part: str) -> None:
    kept: list[str] = []
    skipping = False
    for line in QUESTION.splitlines(keepends=True):
        skipping = line.startswith(f"{part}:") or (skipping and line.startswith(" "))
        kept += [] if skipping else [line]
    bank.write("items/debugging/late-parcels.yaml", "".join(kept))
    assert part in [problem.field for problem in bank.lint()]
    assert not [problem for problem in bank.lint() if "what-is-recall" in problem.file]


def test_words_a_candidate_might_use_are_left_alone(bank: Bank) -> None:
    bank.question(("email everyone waiting", "email every neighbor waiting!"), base=QUESTION)
    assert bank.lint() == ()


def test_recall_at_five_and_less_than_ten_are_plain_text(bank: Bank) -> None:
    bank.question(("Think about who is affected.", "Think of recall@5 under 3 * 4 ms, p95 < 10 ms and a > b."))
    assert bank.lint() == ()


def test_every_bad_file_is_named_at_once(bank: Bank) -> None:
    bank.question(("minutes: 12", "minutes: soon"))
    bank.question(("levels: [mid]", "levels: []"), base=CONCEPT, path="concept/what-is-recall")
    bank.write("items/concept/torn.yaml", "id: [torn")
    assert [(problem.file.rpartition("/")[2], problem.field) for problem in bank.lint()] == [
        ("torn.yaml", ""),
        ("what-is-recall.yaml", "levels"),
        ("late-parcels.yaml", "minutes"),
    ]


def test_two_files_with_one_id(bank: Bank) -> None:
    bank.question(("late-parcels", "what-is-recall"), path="debugging/what-is-recall")
    messages = [problem.message for problem in bank.lint() if problem.field == "id"]
    assert messages == ["`what-is-recall` is taken by bank/items/concept/what-is-recall.yaml"]


@pytest.mark.parametrize(
    ("path", "text", "old", "new", "field", "words"),
    [
        ("rubrics/debugging", RUBRIC, "needs: recovery", "needs: repair", "caps › no-repair › needs", "no dimension `repair`"),
        ("rubrics/debugging", RUBRIC, "limits: overall", "limits: all", "caps › no-repair › limits", "no dimension `all`"),
        ("rubrics/debugging", RUBRIC, "limits: overall", "limits: recovery", "caps › no-repair › limits", "changes nothing"),
        ("rubrics/debugging", RUBRIC, "type: debugging", "type: strategy", "type", "the file is named"),
        ("rubrics/debugging", RUBRIC, "What you mend.", "What you `mend`.", "dimensions › recovery › judges", "markup"),
        ("personas/maya", PERSONA, "Good to meet you.", "Hi @you.", "greeting", "a mention"),
        ("personas/maya", PERSONA, "Let's stay with the parcels.", "Why? What? When?", "lines › redirect › 1", "3 question"),
        ("personas/maya", PERSONA, "role: hiring manager", "role: hiring manager " + "and more " * 9, "role", "beside the name"),
        ("rubrics/debugging", RUBRIC, "label: Debugging", "label: Debugging " + "and more " * 9, "label", "a list shows 75"),
        ("personas/maya", PERSONA, "voice: Calm and brief.\n", "", "voice", "is missing"),
        ("thesaurus", "delay: [late]\n", "[late]", "late", "delay", "list of words"),
    ],
)  # fmt: skip
def test_rubrics_personas_and_thesaurus(
    bank: Bank, path: str, text: str, old: str, new: str, field: str, words: str
) -> None:
    assert old in text
    bank.write(f"{path}.yaml", text.replace(old, new))
    found = [problem for problem in bank.lint() if problem.file == f"bank/{path}.yaml"]
    assert [problem.field for problem in found] == [field]
    assert words in found[0].message


def test_a_type_without_a_rubric_of_its_own_leans_on_the_built_in_one(bank: Bank) -> None:
    (bank.root / "rubrics/concept.yaml").unlink()
    found = [problem for problem in bank.lint() if problem.severity is Severity.ERROR]
    assert {problem.field.rpartition(" › ")[2] for problem in found} == {"dimension"}
    assert all(problem.message.startswith("the rubric has no dimension `") for problem in found)


def test_one_file_or_folder_of_a_bank_is_judged_in_its_bank(bank: Bank) -> None:
    mine = bank.question(("What would you like to find out?", "What does the nurse take away?"))
    assert [problem.field for problem in bank.lint(mine)] == ["criteria › looking › checks › counts › probe"]
    assert bank.lint(mine.parent) == bank.lint(mine)
    assert bank.lint(bank.root / "items/concept") == ()


def test_a_file_outside_any_bank_is_judged_beside_the_shipped_one(bank: Bank) -> None:
    loose = bank.root.parent / "late-parcels.yaml"
    loose.write_text(QUESTION, encoding="utf-8")
    fields = {problem.field for problem in bank.lint(loose)}
    assert "personas › 1" in fields
    assert {problem.file for problem in bank.lint(loose)} == {"late-parcels.yaml"}


def test_what_is_no_bank_is_said_so(bank: Bank) -> None:
    (nothing,) = bank.lint(bank.root / "nowhere/../../elsewhere")
    assert str(nothing) == "elsewhere:1: is not there"
    (empty,) = bank.lint(bank.root.parent)
    assert "has no folder `items`" in empty.message


def test_exemplars_that_do_not_rise_are_reported_with_their_numbers(bank: Bank) -> None:
    def by_length(question: Question, answer: str, words: object) -> float:
        assert words is None or isinstance(words, dict)
        assert "{" not in answer
        return len(answer) / 1000 if question.id == "late-parcels" else -len(answer) / 1000

    found = bank.lint(coverage=by_length)
    assert [str(problem) for problem in found if problem.file == HERE] == [
        f"{HERE}:67: exemplars: come out as weak 0.18, adequate 0.09, outstanding 0.11; they should rise"
    ]
    assert [problem.message for problem in found if problem.file == "bank/items"] == [
        "do not rise in coverage in 1 of 2 questions; one in twenty is the limit"
    ]


def test_a_bank_whose_outstanding_answers_are_mostly_the_longest(bank: Bank) -> None:
    more = "A great deal more is said here than anybody would ever want to hear. " * 4
    bank.question(("outstanding: Which", f"outstanding: {more}Which"))
    bank.question(("outstanding: Ten", f"outstanding: {more}Ten"), base=CONCEPT, path="concept/what-is-recall")
    messages = [problem.message for problem in bank.lint() if problem.file == "bank/items"]
    assert len(messages) == 1
    assert messages[0].startswith("the outstanding answer is the longest in 2 of 2 questions, the weak one in 0")
