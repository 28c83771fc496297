"""The offline grader behind its port, and how its coverage ranks answers by people who never saw the phrasings."""

from __future__ import annotations

import itertools
import json
from collections import defaultdict
from pathlib import Path

import pytest

from bot.interview import evidence
from bot.interview.grader import GradeRequest
from bot.library.load import Library
from bot.models.offline.grader import OfflineGrader, coverage
from tests.models.offline.cases import INVOICES

ANSWERS = Path(__file__).parent / "answers"
GOOD = "I'd stop the automatic payments for German invoices. Then I'd write to every customer that is hit today."


async def test_every_check_gets_a_finding_and_no_number() -> None:
    judged = await OfflineGrader().grade(GradeRequest("s", INVOICES, "senior", evidence.number([(0, GOOD)])))
    assert judged.mind == "offline"
    assert not judged.numbers
    assert [finding.check for finding in judged.findings] == [check.id for check in INVOICES.checks]
    found = {finding.check: finding for finding in judged.findings}
    assert found["stop-payments"].verdict == "covered"
    assert found["stop-payments"].sentences == (1,)
    assert found["tell-customers"].quote == "Then I'd write to every customer that is hit today."
    assert found["isolate-stage"].verdict == "not_spotted"
    assert not found["isolate-stage"].quote


async def test_a_redo_judges_its_criterion_only_and_reports_progress() -> None:
    told: list[tuple[int, int]] = []

    async def report(done: int, total: int) -> None:
        told.append((done, total))

    request = GradeRequest("s", INVOICES, "senior", evidence.number([(0, GOOD)]), criteria=("contains",))
    judged = await OfflineGrader({"stop": ("stop", "halt")}).grade(request, report)
    assert [finding.check for finding in judged.findings] == ["stop-payments", "tell-customers"]
    assert told == [(1, 1)]


async def test_an_empty_answer_is_judged_too() -> None:
    judged = await OfflineGrader().grade(GradeRequest("s", INVOICES, "senior", ()))
    assert judged.flags == ("empty",)
    assert {finding.verdict for finding in judged.findings} == {"not_spotted"}


def test_coverage_is_weighted_by_criterion_and_check() -> None:
    assert coverage(INVOICES, "") == 0
    assert coverage(INVOICES, GOOD) == pytest.approx(0.25, abs=0.1)  # one criterion of weight 1 of 4


@pytest.mark.parametrize("name", ["dev.jsonl", "held_out.jsonl", "held_out_later.jsonl"])
def test_better_answers_cover_more(name: str) -> None:
    """Answers at four levels and junk (level 0), written from the prompts alone."""
    library = Library.open()
    seen: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for line in (ANSWERS / name).read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        seen[row["question"]].append(
            (row["level"], coverage(library.question(row["question"]).drawn(0), row["answer"]))
        )
    pairs = [
        (low[1], high[1])
        for answers in seen.values()
        for low, high in itertools.combinations(sorted(answers), 2)
        if low[0] > 0 and high[0] - low[0] >= 2
    ]
    assert len(pairs) >= 6
    assert sum(low < high for low, high in pairs) >= 0.9 * len(pairs)
    assert all(share <= 0.15 for answers in seen.values() for level, share in answers if level == 0)


def test_a_good_answer_to_another_question_earns_little() -> None:
    library = Library.open()
    ids = library.ids()
    rows = [json.loads(line) for line in (ANSWERS / "dev.jsonl").read_text(encoding="utf-8").splitlines()]
    shares = [
        coverage(library.question(other).drawn(0), row["answer"])
        for place, row in enumerate(rows)
        if row["level"] == 4
        for other in [ids[(7 * place + step * 5) % len(ids)] for step in range(4)]
        if other != row["question"]
    ]
    assert sum(shares) / len(shares) <= 0.1
    assert max(shares) <= 0.4
