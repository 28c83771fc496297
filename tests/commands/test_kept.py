"""What lint keeps between runs is never stale, and losing it costs nothing but time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

import pytest

from bot.commands import kept
from bot.commands.kept import Shares
from bot.library.items import Question
from tests.commands.test_author import Author
from tests.library.bank import QUESTION, Bank, make


@pytest.fixture
def bank(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bank:
    monkeypatch.chdir(tmp_path)
    return make(tmp_path / "bank")


class Coach:
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, question: Question, answer: str, words: Mapping[str, tuple[str, ...]] | None) -> float:
        self.asked.append(question.id)
        return len(answer) / 1000


def test_a_file_that_has_not_changed_is_not_judged_again(bank: Bank) -> None:
    coach, known = Coach(), dict[str, Shares]()
    first = bank.lint(coverage=coach, known=known)
    assert sorted(coach.asked) == ["late-parcels"] * 3 + ["what-is-recall"] * 3
    assert any("come out as weak" in problem.message for problem in first)
    assert bank.lint(coverage=coach, known=known) == first
    assert len(coach.asked) == 6


def test_a_changed_file_is_judged_again_and_the_others_are_not(bank: Bank) -> None:
    coach, known = Coach(), dict[str, Shares]()
    bank.lint(coverage=coach, known=known)
    bank.question(("difference: The stronger", "difference: The other"))
    bank.lint(coverage=coach, known=known)
    assert coach.asked[6:] == ["late-parcels"] * 3
    bank.write("items/debugging/late-parcels.yaml", QUESTION)
    bank.lint(coverage=coach, known=known)
    assert len(coach.asked) == 9


def test_other_words_of_the_pack_are_another_judgement(bank: Bank) -> None:
    coach, known = Coach(), dict[str, Shares]()
    bank.lint(coverage=coach, known=known)
    bank.write("thesaurus.yaml", "delay: [late, overdue, tardy]\n")
    bank.lint(coverage=coach, known=known)
    assert len(coach.asked) == 12


def test_what_is_kept_comes_back_to_the_version_that_made_it_alone(tmp_path: Path) -> None:
    shelf = tmp_path / "data/lint.json"
    kept.save(shelf, "a", {"x": (0.0, 0.5, 1.0)})
    assert kept.load(shelf, "a") == {"x": (0.0, 0.5, 1.0)}
    assert kept.load(shelf, "b") == {}
    assert [file.name for file in shelf.parent.iterdir()] == ["lint.json"]


def test_the_version_is_another_one_when_the_coach_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert kept.version() == kept.version()
    before = kept.version()
    monkeypatch.setattr(metadata, "version", lambda name: "0")
    assert kept.version() != before
    monkeypatch.undo()
    read = Path.read_bytes
    for part in ("matching.py", "evidence.py", "items.py", "thesaurus.yaml"):
        changed = {"name": part}
        monkeypatch.setattr(Path, "read_bytes", lambda self, it=changed: read(self) + b"#" * (self.name == it["name"]))
        assert kept.version() != before, part
        monkeypatch.undo()


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b"null", b"\xff", b'{"version": "a", "shares": []}', b'{"version": "a", "shares": {"x": 5}}',
            b'{"version": "a", "shares": {"x": ["a", 1, 2]}}', b"[" * 100_000]
)  # fmt: skip
def test_what_cannot_be_read_is_nothing(tmp_path: Path, raw: bytes) -> None:
    shelf = tmp_path / "lint.json"
    shelf.write_bytes(raw)
    assert kept.load(shelf, "a") == {}


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    kept.save(tmp_path / "file" / "lint.json", "a", {"x": (0.0, 0.0, 0.0)})
    assert kept.load(tmp_path / "file" / "lint.json", "a") == {}


def test_the_oldest_make_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST", 2)
    kept.save(tmp_path / "lint.json", "a", dict.fromkeys("xyz", (0.0, 0.0, 0.0)))
    assert list(kept.load(tmp_path / "lint.json", "a")) == ["y", "z"]


def test_lint_says_the_same_the_second_time(tmp_path: Path) -> None:
    author = Author(tmp_path)
    make(tmp_path / "bank")
    first = author.hotseat("questions", "lint", "bank")
    shares = json.loads((tmp_path / "data/lint.json").read_text())["shares"]
    assert len(shares) == 2
    assert author.hotseat("questions", "lint", "bank") == first
