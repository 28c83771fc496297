"""The committed JSON Schemas are what the models say, and judge a file as the models do."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.library.load import question_files, shipped
from bot.library.schema import MODELS, schema, text
from tests.library.bank import CONCEPT, PERSONA, QUESTION, RUBRICS, Bank

FOLDER = shipped("questions") / "schema"


@pytest.mark.parametrize("name", MODELS)
def test_the_committed_schema_is_current(name: str) -> None:
    committed = (FOLDER / f"{name}.schema.json").read_text(encoding="utf-8")
    assert committed == text(name), "run `python -m bot.library.schema` and commit what it writes"


@pytest.mark.parametrize("name", MODELS)
def test_every_field_of_a_file_is_described_for_an_author(name: str) -> None:
    made = schema(name)
    fields = made["properties"].items()
    assert [field for field, held in fields if not held.get("description") and field not in {"id", "type"}] == []


def check(schema_name: str, *files: Path) -> subprocess.CompletedProcess[str]:
    tool = Path(sys.executable).parent / "check-jsonschema"
    command = [str(tool), "--schemafile", str(FOLDER / f"{schema_name}.schema.json"), *map(str, files)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_an_editor_accepts_what_lint_accepts(bank: Bank) -> None:
    good = [bank.write("a.yaml", QUESTION), bank.write("b.yaml", CONCEPT)]
    assert check("question", *good, *question_files(shipped("questions"))).returncode == 0
    assert check("rubric", bank.write("c.yaml", RUBRICS["debugging"])).returncode == 0
    assert check("persona", bank.write("d.yaml", PERSONA)).returncode == 0


def test_an_editor_marks_what_lint_refuses(bank: Bank) -> None:
    bad = bank.write("a.yaml", QUESTION.replace("minutes: 12", "minutes: 90").replace("curveball:", "curvebal:"))
    said = check("question", bad)
    assert said.returncode == 1
    assert "90 is greater than the maximum of 60" in said.stdout
    assert "'curvebal'" in said.stdout


def test_the_schema_line_of_shipped_files_leads_to_the_schema() -> None:
    root = shipped("questions")
    for file in [*question_files(root), *(root / "rubrics").glob("*.yaml"), *(root / "personas").glob("*.yaml")]:
        first = file.read_text(encoding="utf-8").split("\n", 1)[0]
        mark = "# yaml-language-server: $schema="
        if first.startswith(mark):
            assert json.loads((file.parent / first.removeprefix(mark)).read_text(encoding="utf-8"))["title"]
