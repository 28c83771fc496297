"""A pack from a stranger: whatever is in it is refused in a sentence, quickly, in little memory, and nothing else happens."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot.library import packs
from bot.library.lint import lint
from bot.library.load import Library
from bot.library.packs import FILES_LIMIT
from bot.library.strict_yaml import BYTES_LIMIT, FAULTS_LIMIT, VALUES_LIMIT, Refused, parse
from tests.library.bank import TODAY, Bank
from tests.library.test_packs import OURS

SECONDS = 2.0


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bank:
    monkeypatch.chdir(tmp_path)
    made = Bank(tmp_path / "theirs")
    made.write("items/concept/what-is-recall.yaml", OURS)
    return made


def refusals(pack: Bank) -> list[str]:
    """What is said about a pack, of which the sound question serves all the same."""
    began = time.perf_counter()
    library = Library.of(pack.root)
    assert time.perf_counter() - began < SECONDS
    assert "what-is-recall" in library.ids()
    assert "bad" not in library.ids()
    told = [str(problem) for problem in library.left_out]
    assert all(line.isprintable() and len(line) < 400 for line in told)
    return told


LAUGHS = "a: &a [lol, lol]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{last}'] * 9)}]\n" for last, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (LAUGHS, "anchors and aliases"),
        ("a: &a [*a]\n", "anchors and aliases"),
        ("<<: *bank\n", "anchors and aliases"),
        ("id: !!python/object/apply:os.system ['touch hacked']\n", "tags"),
        ("id: !!python/name:os.system ''\n", "tags"),
        ("%TAG ! tag:yaml.org,2002:python/\n---\nid: !name:os.system x\n", "tags"),
        ("id: bad\nid: worse\n", "`id` is written twice here"),
        ('id: bad\n"id": worse\n', "`id` is written twice here"),
        ("id: bad\ntitle: x\x00y\n", "U+0000"),
        ('id: bad\ntitle: "x\\0y"\n', "escapes a character that text cannot have (U+0000)"),
        ('id: bad\nnote: "\\e]0;hacked\\a"\n', "escapes a character that text cannot have (U+001B)"),
        ('id: bad\ntitle: "\\ud800"\n', "invalid Unicode"),
        ("[" * 200_000, "nested deeper"),
        ("a: {" * 60_000, "nested deeper"),
        ("\n".join(" " * depth + "a:" for depth in range(600)), "nested deeper"),
        ("- " * 100_000, "nested deeper"),
        ("a: [" + "1," * 100_000 + "]", f"holds more than {VALUES_LIMIT:,} values"),
        ("- a\n" * 60_000, f"holds more than {VALUES_LIMIT:,} values"),
        ("a: 1\n" * 40_000, "`a` is written twice here"),
        ("x" * (BYTES_LIMIT + 1), "larger than 256 KiB"),
        ("", "is empty"),
        ("id: bad\n---\nid: worse\n", "second document"),
    ],
)
def test_hostile_yaml(pack: Bank, raw: str, words: str) -> None:
    pack.write("items/concept/bad.yaml", raw)
    told = refusals(pack)
    assert any(words in line for line in told), told
    assert not (Path.cwd() / "hacked").exists()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp1252", "shift_jis"])
def test_odd_encodings(pack: Bank, encoding: str) -> None:
    text = OURS.replace("id: what-is-recall", "id: bad")
    text = text.replace(
        "Picture a ward.", "Picture a ward, naïve café." if encoding in {"latin-1", "cp1252"} else "Picture a ward."
    )
    if encoding == "shift_jis":
        text = text.replace("Picture a ward.", "病棟を想像して。")
    pack.write("items/concept/bad.yaml", text.encode(encoding))
    told = refusals(pack)
    assert any("UTF-8" in line or "text cannot have" in line for line in told), told


def test_a_byte_order_mark_is_no_mistake(pack: Bank) -> None:
    pack.write("items/concept/what-is-recall.yaml", OURS.encode("utf-8-sig"))
    assert Library.of(pack.root).left_out == ()


def test_words_that_yaml_takes_for_something_else_are_fields_nobody_knows(pack: Bank) -> None:
    pack.write(
        "items/concept/bad.yaml", OURS.replace("id: what-is-recall", "id: bad\non: yes\nyes: on\nnull: 1\n1.0: 2")
    )
    told = refusals(pack)
    assert [line.split(": ")[1] for line in told] == ["on", "yes", "null", "1.0"]
    assert all(line.endswith("is not a field here") for line in told)


def test_a_flood_of_faults_is_cut_short(pack: Bank) -> None:
    fields = "".join(f"field-{number}: 1\n" for number in range(4_000))
    pack.write("items/concept/bad.yaml", OURS.replace("id: what-is-recall\n", f"id: bad\n{fields}"))
    told = refusals(pack)
    assert len(told) == FAULTS_LIMIT + 1
    assert any(f"and {4_000 - FAULTS_LIMIT} more like these" in line for line in told)
    pack.write("items/concept/bad.yaml", "id: bad\n" * 3_000)
    assert len(refusals(pack)) == FAULTS_LIMIT


def test_names_that_cannot_be_printed(pack: Bank) -> None:
    for name in (b"\x1b[2J.yaml", b"caf\xe9.yaml", b"a\nb.yaml", b"\xe2\x80\xaegnp.yaml", b"x" * 240 + b".yaml"):
        path = os.fsencode(pack.root / "items" / "concept") + b"/" + name
        with open(path, "wb") as file:
            file.write(b"id: [\n")
    told = refusals(pack)
    assert len(told) == 5
    assert any("?[2J.yaml" in line for line in told)
    assert packs.left_out(Library.of(pack.root).left_out).isprintable()
    for line in told:
        line.encode("utf-8")


def test_long_names_and_values_are_quoted_short(pack: Bank) -> None:
    pack.write("items/concept/bad.yaml", f"{'k' * 50_000}: 1\nid: {'v' * 50_000}\n")
    assert refusals(pack)


def test_paths_that_lead_elsewhere(pack: Bank, tmp_path: Path) -> None:
    folder = pack.root / "items/concept"
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "bad.yaml").write_text(OURS.replace("what-is-recall", "bad"), encoding="utf-8")
    (folder / "bad.yaml").symlink_to(outside / "bad.yaml")
    (folder / "passwd.yaml").symlink_to("/etc/passwd")
    (folder / "zero.yaml").symlink_to("/dev/zero")
    (folder / "loop.yaml").symlink_to("loop.yaml")
    (folder / "gone.yaml").symlink_to("nowhere.yaml")
    (folder / "folder.yaml").mkdir()
    os.mkfifo(folder / "pipe.yaml")
    (pack.root / "items/strategy").symlink_to(outside)
    (pack.root / "personas").symlink_to("/etc")
    (pack.root / "thesaurus.yaml").symlink_to("/etc/hostname")
    (pack.root / "pack.yaml").symlink_to("/etc/passwd")
    (pack.root / "tags.yaml").symlink_to("/dev/zero")
    told = refusals(pack)
    by_file = {line.split(":")[0].rpartition("/")[2]: line for line in told}
    assert set(by_file) == {
        *("bad.yaml", "passwd.yaml", "zero.yaml", "loop.yaml", "gone.yaml", "folder.yaml", "pipe.yaml"),
        *("strategy", "personas", "thesaurus.yaml", "pack.yaml", "tags.yaml"),
    }
    for name in (
        "bad.yaml",
        "passwd.yaml",
        "zero.yaml",
        "strategy",
        "personas",
        "thesaurus.yaml",
        "pack.yaml",
        "tags.yaml",
    ):
        assert "leads out of the content folder" in by_file[name], by_file[name]
    assert "is not a regular file" in by_file["pipe.yaml"]
    assert "is not a regular file" in by_file["folder.yaml"]
    assert "root:" not in "".join(told)


def test_a_device_or_a_pipe_in_the_folder_itself_is_not_opened(pack: Bank) -> None:
    os.mkfifo(pack.root / "pack.yaml")
    os.mkfifo(pack.root / "tags.yaml")
    assert len(refusals(pack)) == 2


def test_a_pack_that_is_reached_by_a_link_is_a_pack(pack: Bank, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(pack.root)
    assert Library.of(tmp_path / "link").pack_of("what-is-recall") == "theirs"


def test_very_many_files(pack: Bank) -> None:
    folder = pack.root / "items/strategy"
    folder.mkdir()
    for number in range(FILES_LIMIT + 200):
        (folder / f"bad-{number}.yaml").write_bytes(b"id: [")
    began = time.perf_counter()
    library = Library.of(pack.root)
    assert time.perf_counter() - began < 5
    assert "what-is-recall" in library.ids()
    assert f"only the first {FILES_LIMIT:,} are read" in str(library.left_out[0])
    assert len(packs.left_out(library.left_out)) < 300


def test_more_bytes_than_a_pack_may_have(pack: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packs, "BYTES_LIMIT", 2**20)
    for number in range(8):
        pack.write(f"items/strategy/bad-{number}.yaml", "#" * 200_000)
    told = refusals(pack)
    assert sum("is empty" in line for line in told) == 5
    assert any("holds more than 1 MiB; files beyond that are not read" in line for line in told)


def test_deep_folders_are_not_walked(pack: Bank) -> None:
    deep = pack.root / "items/concept"
    for _ in range(60):
        deep = deep / "d"
    deep.mkdir(parents=True)
    (deep / "bad.yaml").write_bytes(b"id: [")
    assert len(refusals(pack)) == 1


def test_texts_that_are_slow_to_look_at(pack: Bank) -> None:
    for number, text in enumerate(
        ("_" * 5_900, "* " * 2_900, "a" * 5_900, "(" * 5_900, "a.b" * 1_900, "1 " * 2_900, "<" * 5_900)
    ):
        spoilt = OURS.replace("id: what-is-recall", f"id: bad-{number}").replace(
            "It is the share of real cases that were found.", f'"{text}"'
        )
        pack.write(f"items/concept/bad-{number}.yaml", spoilt)
    began = time.perf_counter()
    lint(pack.root, today=TODAY)
    assert time.perf_counter() - began < SECONDS * 2


def test_sums_that_would_never_end(pack: Bank) -> None:
    spoilt = OURS.replace("id: what-is-recall", "id: bad") + 'sums:\n  - {expression: "9 ** 9 ** 9", equals: "1"}\n'
    pack.write("items/concept/bad.yaml", spoilt)
    assert any("not a sum" in line for line in refusals(pack))


def test_memory_stays_bounded(pack: Bank) -> None:
    pack.write("items/concept/bad.yaml", LAUGHS)
    pack.write("items/concept/worse.yaml", "a: [" + "1," * 100_000 + "]")
    pack.write("items/concept/worst.yaml", "- " * 130_000)
    (pack.root / "items/concept/zero.yaml").symlink_to("/dev/zero")
    opened = f"Library.of(Path({str(pack.root)!r}))"
    code = f"from pathlib import Path; from bot.library.load import Library; print(len({opened}.left_out))"

    def no_more_than_this() -> None:
        limit = 700 * 2**20
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, preexec_fn=no_more_than_this
    )
    assert int(done.stdout) == 4


def test_a_pack_cannot_speak_to_a_terminal_through_its_name(pack: Bank) -> None:
    pack.write("pack.yaml", 'name: "Ours \u202e\u200b"\n')
    assert Library.of(pack.root).pack_of("what-is-recall") == "Ours ??"
    with pytest.raises(Refused):
        parse('name: "\\e[31m"\n')
