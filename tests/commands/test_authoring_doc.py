"""docs/authoring.md is true: its example is sound, its commands run in its order, its messages are lint's own."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from bot.library import rules
from bot.library.items import Question
from bot.library.lint import lint
from bot.models.offline.grader import coverage
from tests.commands.test_author import Author

ROOT = Path(__file__).resolve().parents[2]
DOC = (ROOT / "docs/authoring.md").read_text(encoding="utf-8")
FENCED = re.findall(r"^```(\w*)\n(.*?)^```$", DOC, flags=re.MULTILINE | re.DOTALL)
EXAMPLE = next(text for language, text in FENCED if language == "yaml")
COMMANDS = [line for language, text in FENCED if not language for line in text.splitlines()]
FILE = "our-questions/items/concept/half-second.yaml"


@pytest.fixture
def author(tmp_path: Path) -> Author:
    return Author(tmp_path)


def test_every_command_of_the_page_does_what_it_says(author: Author) -> None:
    ran = []
    for command in COMMANDS:
        if command.startswith(("python3 -m venv", "source ")):
            continue  # the README's own line, which CI runs, and a shell's
        if command.startswith("export "):
            name, _, value = command.removeprefix("export ").partition("=")
            author.env[name] = value
            continue
        hotseat, *words = shlex.split(command)
        assert hotseat == "hotseat"
        if words[:2] == ["questions", "new"] and len(words) == 2:
            assert "nothing was written" in author.hotseat(*words, code=2)
            continue
        out = author.hotseat(*words, says="It keeps yours back until a few more have come in.\nquit\n")
        ran.append(words[1])
        if words[1] == "new":
            assert f"Written: {FILE}" in out
            (author.home / FILE).write_text(EXAMPLE.replace("id: half-a-second", "id: half-second"))
        if words[1] == "lint":
            assert out == "No problems.\n"
        if words[1] == "try":
            assert "● Says that a question is held back until others have come in" in out
        if words[1] == "list":
            assert "half-second" in out
            assert "(our-questions)" in out
    assert ran == ["new", "lint", "try", "try", "list"]
    assert author.hotseat("questions", "show", FILE).startswith("Half a second for everybody")


def test_the_install_command_is_the_readmes() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    install = COMMANDS[0]
    assert install in readme


def test_the_example_is_sound_and_its_answers_rise(tmp_path: Path) -> None:
    file = tmp_path / "ours/items/concept/half-a-second.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(EXAMPLE, encoding="utf-8")
    assert lint(tmp_path / "ours", coverage=coverage) == ()


def test_every_part_the_page_explains_is_a_field() -> None:
    table = DOC.partition("| part |")[2].partition("\n\n")[0]
    parts = re.findall(r"^\| `(\w+)` \|", table, flags=re.MULTILINE)
    assert len(parts) == 9
    schema = (ROOT / "questions/schema/question.schema.json").read_text(encoding="utf-8")
    for part in parts:
        assert f'"{part}": {{' in schema
    assert set(re.findall(r"^- `(\w+)`", DOC, flags=re.MULTILINE)) <= set(Question.model_fields)


def test_the_messages_the_page_explains_are_lints_own() -> None:
    table = DOC.partition("| it says |")[2].partition("\n\n")[0]
    source = "\n".join(path.read_text(encoding="utf-8") for path in Path(str(rules.__file__)).parent.glob("*.py"))
    flat = re.sub(r'"\s*\n\s*f?"', "", source)
    cells = [cell for row in table.splitlines()[2:] for cell in re.findall(r"`([^`]+)`", row.split("|")[1])]
    assert len(cells) >= 12
    for cell in cells:
        for piece in cell.replace("2026-11-20", "…").replace("2 question marks", "… question marks").split("…"):
            known = (
                piece.strip(" ,;")
                .removesuffix("; did you mean")
                .replace("what a 5 looks like", "what a …")
                .split("…")[0]
            )
            assert known.strip() in flat, cell


def test_no_command_that_is_only_mentioned_is_unknown() -> None:
    mentioned = set(re.findall(r"`hotseat (questions )?(\w+)", DOC))
    for group, name in mentioned:
        words = [*group.split(), name, "--help"]
        done = subprocess.run([sys.executable, "-m", "bot", *words], capture_output=True, cwd=ROOT, check=False)
        assert done.returncode == 0, words
