"""Reading YAML strictly: what stays text, where fields stand, and what is refused, hostile files included."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.library.strict_yaml import BYTES_LIMIT, Refused, parse, read_text
from tests.library.bank import QUESTION


def test_what_yaml_would_turn_into_something_else_stays_as_written() -> None:
    text = """
    no: no
    on: On
    time: 12:30
    day: 2026-11-21
    octal: 0755
    hex: 0x1F
    thousands: 1_000
    float: 1e3
    nan: .nan
    yes: true
    price: 0.10
    quoted: "7"
    merge: <<
    """
    assert parse(text).data == {
        "no": "no",
        "on": "On",
        "time": "12:30",
        "day": "2026-11-21",
        "octal": "0755",
        "hex": "0x1F",
        "thousands": "1_000",
        "float": "1e3",
        "nan": ".nan",
        "yes": "true",
        "price": "0.10",
        "quoted": "7",
        "merge": "<<",
    }


def test_numbers_and_nothing_in_their_usual_form_are_that() -> None:
    data = parse("a: 12\nb: -3\nc: 0.5\nd:\ne: ~\nf: null\n1: one\n").data
    assert data == {"a": 12, "b": -3, "c": 0.5, "d": None, "e": None, "f": None, "1": "one"}


def test_every_field_knows_its_line() -> None:
    document = parse("a: 1\nb:\n  - x: 1\n    y: 2\n  - {x: 3}\nc: >-\n  long\n  text\nd: 4\n")
    assert document.lines == {
        ("a",): 1,
        ("b",): 2,
        ("b", 0): 3,
        ("b", 0, "x"): 3,
        ("b", 0, "y"): 4,
        ("b", 1): 5,
        ("b", 1, "x"): 5,
        ("c",): 6,
        ("d",): 9,
    }
    assert document.line(("b", 0, "z")) == 3
    assert document.line(("nowhere",)) == 1


def test_a_look_at_one_field_stops_there() -> None:
    assert parse("id: a\nlevels: [mid, senior]\n*broken", until="levels").data == {
        "id": "a",
        "levels": ["mid", "senior"],
    }
    assert parse("deep: {levels: 1}\nlevels: [mid]\n", until="levels").data == {
        "deep": {"levels": 1},
        "levels": ["mid"],
    }


BOMB = "a: &a [x, x]\n" + "".join(
    f"{name}: &{name} [*{last}, *{last}]\n" for last, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (BOMB, 1, "anchors and aliases"),
        ("a: 1\nb: *a\n", 2, "anchors and aliases"),
        ("a:\n  - b: 1\n\tc: 2\n", 3, "indent with spaces, not tabs"),
        ("a: &x 1\n", 1, "anchors and aliases"),
        ("a: 1\nb: !!python/object/apply:os.system [ls]\n", 2, "tags"),
        ("a: !!str 1\n", 1, "tags"),
        ("a: ! x\n", 1, "tags"),
        ("a: !!binary aGk=\n", 1, "tags"),
        ("--- !!map\na: 1\n", 1, "tags"),
        ("a: 1\nb: 2\na: 3\n", 3, "`a` is written twice here (first in line 1)"),
        ("a: 1\n---\nb: 2\n", 2, "second document"),
        ("{a: 1}: 2\n", 1, "name must be plain text"),
        ("[a]: 2\n", 1, "name must be plain text"),
        ("a: " + "[" * 100_000, 1, "nested deeper"),
        ("a: " + "{a: " * 60_000, 1, "nested deeper"),
        ("- " * 100_000, 1, "nested deeper"),
        ("", 1, "is empty"),
        ("# only a comment\n", 1, "is empty"),
        ("just text\n", 1, "must hold fields"),
        ("- a\n- b\n", 1, "must hold fields"),
        ("a: 1\nb: a\x00b\n", 2, "U+0000"),
        ("a: 1\nb: a\x1b[31mb\n", 2, "U+001B"),
        ("a: b: c\n", 1, "needs quotes"),
        ('a: "open\n', 2, "never closed"),
        ("a:\n\t- b\n", 2, "may only start a text inside quotes"),
        ("a: @b\n", 1, "may only start a text inside quotes"),
        ("a: [b\nc: d\n", 2, "is not YAML"),
    ],
)
def test_what_is_outside_the_narrow_form_is_refused_by_line(text: str, line: int, words: str) -> None:
    began = time.perf_counter()
    with pytest.raises(Refused) as refused:
        parse(text)
    assert time.perf_counter() - began < 1
    assert refused.value.faults[0][0] == line
    assert words in refused.value.faults[0][1]


def test_every_duplicate_is_named() -> None:
    with pytest.raises(Refused) as refused:
        parse("a: 1\na: 2\nb: {c: 1, c: 2}\n")
    assert [line for line, _ in refused.value.faults] == [2, 3]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_utf_8_is_read_with_or_without_its_mark(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("name: Zoë\r\n", encoding=encoding)
    assert parse(read_text(file, tmp_path)).data == {"name": "Zoë"}


@pytest.mark.parametrize(
    ("raw", "line", "words"),
    [
        ("a: 1\nname: Zoë\n".encode("latin-1"), 2, "UTF-8"),
        ("a: 1\n".encode("utf-16"), 1, "UTF-8"),
        (b"a: \xed\xa0\x80\n", 1, "UTF-8"),
        (b"a: " + b"x" * BYTES_LIMIT, 1, "larger than 256 KiB"),
    ],
)
def test_other_encodings_and_huge_files_are_refused(tmp_path: Path, raw: bytes, line: int, words: str) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(raw)
    with pytest.raises(Refused) as refused:
        read_text(file, tmp_path)
    assert refused.value.faults[0][0] == line
    assert words in refused.value.faults[0][1]


def test_nothing_outside_the_folder_is_read(tmp_path: Path) -> None:
    root = tmp_path / "bank"
    root.mkdir()
    secret = tmp_path / "secret.yaml"
    secret.write_text("password: x\n", encoding="utf-8")
    (root / "out.yaml").symlink_to(secret)
    (root / "folder").symlink_to(tmp_path)
    (root / "loop.yaml").symlink_to(root / "loop.yaml")
    (root / "gone.yaml").symlink_to(root / "nothing.yaml")
    os.mkfifo(root / "pipe.yaml")
    for name in (
        "out.yaml",
        "folder/secret.yaml",
        "../secret.yaml",
        "loop.yaml",
        "gone.yaml",
        "pipe.yaml",
        "absent.yaml",
    ):
        with pytest.raises(Refused):
            read_text(root / name, root)
    (root / "own.yaml").write_text("a: 1\n", encoding="utf-8")
    (root / "within.yaml").symlink_to(root / "own.yaml")
    assert read_text(root / "within.yaml", root) == "a: 1\n"


PLAIN = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(
        PLAIN, st.recursive(PLAIN, lambda held: st.lists(held) | st.dictionaries(PLAIN, held), max_leaves=5), min_size=1
    )
)
def test_quoted_text_comes_back_as_it_was(data: dict[str, object]) -> None:
    written = yaml.safe_dump(data, allow_unicode=True, default_style='"', width=10_000)
    assert parse(written).data == data


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, len(QUESTION)),
    st.integers(0, 40),
    st.text(st.sampled_from("{}[]:,-#&*!|>'\"%@`? \n\ta1\x00é"), max_size=12),
)
def test_a_spoilt_file_is_read_or_refused_and_nothing_else(at: int, cut: int, put: str) -> None:
    spoilt = QUESTION[:at] + put + QUESTION[at + cut :]
    with suppress(Refused):
        assert parse(spoilt).data
