"""The bank that ships: sound as a whole, each question of the list of fifty-four in one item at most."""

from __future__ import annotations

from collections import Counter

from bot.library.lint import lint
from bot.library.load import Library
from bot.library.problems import Severity


def test_the_shipped_bank_has_no_lint_errors() -> None:
    errors = [str(problem) for problem in lint() if problem.severity is Severity.ERROR]
    assert not errors, "\n" + "\n".join(errors)


def test_each_question_of_the_list_is_the_source_of_one_item_at_most() -> None:
    sources = Counter(source for question in Library.open().all() for source in question.sources)
    numbered = {source: count for source, count in sources.items() if source.startswith("ai-pm-questions#")}
    assert {source for source, count in numbered.items() if count > 1} == set()
    assert {int(source.partition("#")[2]) for source in numbered} <= set(range(1, 55))


def test_every_type_and_persona_in_use_can_be_loaded() -> None:
    Library.open().check()


def test_every_question_of_the_list_has_its_item() -> None:
    sources = {source for question in Library.open().all() for source in question.sources}
    assert not [number for number in range(1, 55) if f"ai-pm-questions#{number}" not in sources]
