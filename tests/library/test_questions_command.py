"""`hotseat questions`, as an author or a script uses it."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys

import pytest

from bot.commands import CannotRun, questions
from bot.library.problems import ContentError
from tests.library.bank import CONCEPT, Bank

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def in_force(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTSEAT_QUESTIONS", str(bank.root))
    monkeypatch.setenv("HOTSEAT_DATA_DIR", str(bank.root.parent / "data"))


def hotseat(*arguments: str) -> int:
    parser = argparse.ArgumentParser(prog="hotseat")
    questions.register(parser.add_subparsers(required=True))
    args = parser.parse_args(["questions", *arguments])
    code: int = args.handler(args)
    return code


def test_list_names_each_question(capsys: Capture) -> None:
    assert hotseat("list") == 0
    assert capsys.readouterr().out.splitlines() == [
        "late-parcels    debugging  12 min  mid, senior  (Parcels)",
        "                Parcels that arrive late",
        "what-is-recall  concept     5 min  mid  (Parcels)",
        "                Recall in plain words",
    ]


def test_list_for_scripts_is_one_array(capsys: Capture) -> None:
    assert hotseat("list", "--json", "--type", "debugging") == 0
    assert json.loads(capsys.readouterr().out) == [
        {
            "id": "late-parcels",
            "type": "debugging",
            "levels": ["mid", "senior"],
            "minutes": 12,
            "title": "Parcels that arrive late",
            "tags": ["logistics"],
            "sources": ["ai-pm-questions#7"],
            "pack": "Parcels",
        }
    ]
    assert hotseat("list", "--json", "--level", "principal") == 0
    assert json.loads(capsys.readouterr().out) == []


def test_list_says_what_it_does_not_have() -> None:
    with pytest.raises(CannotRun, match="I don't have a strategy question"):
        hotseat("list", "--type", "strategy")
    with pytest.raises(CannotRun, match="There is no level 'junior'; it is one of mid, senior, principal"):
        hotseat("list", "--level", "junior")


def test_lint_prints_every_problem_and_a_summary(bank: Bank, capsys: Capture) -> None:
    bank.question(("minutes: 12", "minutes: 90"))
    bank.question(
        ("ai-pm-questions#8", "eight"),
        ("Picture a ward.", "Picture a ward!"),
        base=CONCEPT,
        path="concept/what-is-recall",
    )
    assert hotseat("lint", str(bank.root)) == 1
    *lines, summary = capsys.readouterr().out.splitlines()
    rules = [line for line in lines if "exemplars: warning" not in line]
    assert rules == [
        "bank/items/concept/what-is-recall.yaml:7: sources › 1: `eight` must look like `document#12` or `document#part`",
        "bank/items/concept/what-is-recall.yaml:33: hints › 1: warning: has an exclamation mark; an interviewer stays calm",
        "bank/items/debugging/late-parcels.yaml:5: minutes: must be at most 60",
    ]
    assert summary == f"2 errors, {len(lines) - 2} warning{'' if len(lines) == 3 else 's'}."


def test_lint_for_scripts(bank: Bank, capsys: Capture) -> None:
    bank.question(("minutes: 12", "minutes: 90"))
    assert hotseat("lint", "--json") == 1
    assert {
        "severity": "error",
        "file": "bank/items/debugging/late-parcels.yaml",
        "line": 5,
        "field": "minutes",
        "message": "must be at most 60",
    } in json.loads(capsys.readouterr().out)


def test_warnings_alone_refuse_nothing(bank: Bank, capsys: Capture) -> None:
    bank.question(("review_by: 2027-06-30", "review_by: 2020-01-01"))
    assert hotseat("lint") == 0
    assert "nothing keeps these questions from being used." in capsys.readouterr().out


def test_show_gives_an_author_everything_of_a_variant(capsys: Capture) -> None:
    assert hotseat("show", "late-parcels", "--variant", "2") == 0
    shown = capsys.readouterr().out
    assert "debugging · mid, senior · 12 min · variant 2 of 2" in shown
    assert "Customers near Bristol say their parcels" in shown
    assert "Of 100 parcels we counted, 10 missed their slot" in shown
    assert "probe: What would you like to find out?" in shown
    assert "100 * 10 / sent = 10" in shown
    assert "{" not in shown


def test_show_says_what_is_not_there(bank: Bank) -> None:
    with pytest.raises(CannotRun, match=r"Did you mean late-parcels\?"):
        hotseat("show", "late-parcel")
    with pytest.raises(CannotRun, match="late-parcels has variants 1 to 2"):
        hotseat("show", "late-parcels", "--variant", "3")
    with pytest.raises(CannotRun, match="what-is-recall has no variants"):
        hotseat("show", "what-is-recall", "--variant", "0")
    bank.question(("minutes: 12", "minutes: 90"))
    with pytest.raises(ContentError, match="at most 60"):
        hotseat("show", "late-parcels")


def test_the_command_line_is_built_from_the_standard_library_alone() -> None:
    code = (
        "import sys, bot.commands.questions; print(sorted({'pydantic', 'yaml', 'jinja2', 'rich'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=questions.__file__.rpartition("/bot/")[0],
    )
    assert done.stdout.strip() == "[]"
