"""The library: opened by names, read when needed, refusing in words an author understands."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.library.choose import NothingToChoose, order
from bot.library.items import Kind, Level
from bot.library.load import Library, Unknown, UnknownQuestion, shipped
from bot.library.problems import ContentError
from tests.library.bank import CONCEPT, QUESTION, Bank


@pytest.fixture
def library(bank: Bank) -> Library:
    return Library.open(bank.root)


def test_a_bank_gives_its_questions_rubrics_personas_and_thesaurus(library: Library) -> None:
    assert [question.id for question in library.all()] == ["late-parcels", "what-is-recall"]
    question = library.question("late-parcels")
    assert question.type is Kind.DEBUGGING
    assert question.variants[1] == {"depot": "Bristol", "late": 10, "sent": 100, "rate": 10}
    assert library.question("late-parcels") is question
    assert library.rubric(question.type).caps[0].limits == "overall"
    assert library.rubric("concept").label == "Concept"
    assert library.persona("maya").name == "Maya"
    assert library.personas == ("maya",)
    assert library.thesaurus == {"delay": ("late", "overdue")}
    library.check()


def test_opening_reads_no_file(bank: Bank) -> None:
    bank.write("items/debugging/broken.yaml", "id: [")
    library = Library.open(bank.root)
    assert library.ids() == ("broken", "late-parcels", "what-is-recall")
    assert library.ids(Kind.CONCEPT) == ("what-is-recall",)
    with pytest.raises(ContentError, match=r"^bank/items/debugging/broken\.yaml:2: "):
        library.question("broken")


def test_ids_by_level_read_no_further_than_the_levels(bank: Bank) -> None:
    bank.write("items/debugging/half.yaml", "id: half\nlevels: [principal]\nprompt: *broken\n")
    library = Library.open(bank.root)
    assert library.ids(level=Level.PRINCIPAL) == ("half",)
    assert library.ids(level="senior") == ("late-parcels",)
    assert library.ids("concept", "senior") == ()


def test_hidden_and_foreign_files_are_no_questions(bank: Bank) -> None:
    for name in (".late-parcels.yaml.swp", ".hidden.yaml", "notes.md", "late-parcels.yaml~"):
        bank.write(f"items/debugging/{name}", "not a question")
    assert Library.open(bank.root).ids() == ("late-parcels", "what-is-recall")


def test_an_unknown_name_suggests_close_ones(library: Library) -> None:
    with pytest.raises(UnknownQuestion) as unknown:
        library.question("late-parcel")
    assert str(unknown.value) == "There is no question called 'late-parcel'. Did you mean late-parcels?"
    with pytest.raises(Unknown, match="no persona called 'cpo'"):
        library.persona("cpo")
    with pytest.raises(Unknown, match="no rubric called 'strategy'"):
        library.rubric(Kind.STRATEGY)


@pytest.mark.parametrize(
    "name",
    ["../personas/maya", "/etc/passwd", "debugging/late-parcels", "late-parcels.yaml", "", "\x1b[31m", "a" * 9000],
)
def test_a_name_is_never_a_path(library: Library, name: str) -> None:
    with pytest.raises(UnknownQuestion) as unknown:
        library.question(name)
    assert str(unknown.value).isprintable()
    assert len(str(unknown.value)) < 200


def test_a_file_that_leads_out_of_the_bank_is_refused(bank: Bank, tmp_path: Path) -> None:
    outside = tmp_path / "outside.yaml"
    outside.write_text(QUESTION.replace("late-parcels", "outside"), encoding="utf-8")
    (bank.root / "items/debugging/outside.yaml").symlink_to(outside)
    with pytest.raises(ContentError, match="leads out of the content folder"):
        Library.open(bank.root).question("outside")


def test_all_bad_files_lines_and_fields_are_named_at_once(bank: Bank) -> None:
    bank.question(
        ("minutes: 12", "minutes: 90"),
        ("title: Parcels that arrive late", "title: 2024"),
        ("curveball:", "curvebal:"),
        ("levels: [mid, senior]", "levels: [mid, snr]"),
        ("late: 30", "late: [30]"),
        ("weight: 2", "weight: true"),
        ("5: Names what would prove it wrong.", "5: "),
        (
            "phrasings: [email everyone waiting, show a banner in checkout, add a buffer to estimates]",
            "phrasings: [one]",
        ),
        ("personas: [maya]", "personas: maya"),
        ("review_by: 2027-06-30", "review_by: next year"),
        (
            "senior: {adds: The courier shares its data with you alone., expects: Harm limited early.}",
            "snr: {expects: Much.}",
        ),
        ("  - Two clocks are involved here.\n", ""),
        ("tags: [logistics]", "tags: [Not a Slug]"),
        ("concede: Fair enough, rain falls on every depot.", "concede: " + "x" * 401),
    )
    bank.question(
        ("prompt: Explain", "promt: Explain"), ("id: meaning", "id: Mean"), base=CONCEPT, path="concept/what-is-recall"
    )
    bank.write("personas/maya.yaml", "id: maya\nname: &n Maya\n")
    with pytest.raises(ContentError) as error:
        Library.open(bank.root).check()
    late, recall = "bank/items/debugging/late-parcels.yaml", "bank/items/concept/what-is-recall.yaml"
    assert str(error.value).splitlines() == [
        f"{late}:3: title: must be text; put it in quotes",
        f"{late}:4: levels › 2: must be one of mid, senior, principal",
        f"{late}:5: minutes: must be at most 60",
        f"{late}:6: tags › 1: only small letters, digits and single hyphens, like `asks-first`",
        f"{late}:8: review_by: must be a date like 2027-01-31",
        f"{late}:9: personas: must be a list",
        f"{late}:11: variants › 1 › late: must be a text or a number",
        f"{late}:16: by_level › snr: is not one of mid, senior, principal",
        f"{late}:28: criteria › looking › weight: must be a whole number",
        f"{late}:29: criteria › looking › anchors › 5: is empty",
        f"{late}:52: criteria › mending › checks › warns › phrasings: at least 3 are needed, there is 1",
        f"{late}:55: curvebal: is not a field here; did you mean `curveball`?",
        f"{late}:62: challenge › concede: at most 400 characters fit, it has 401",
        f"{late}:63: hints › 3: is missing",
        f"{recall}:1: prompt: is missing",
        f"{recall}:9: promt: is not a field here; did you mean `prompt`?",
        f"{recall}:11: criteria › Mean › id: only small letters, digits and single hyphens, like `asks-first`",
        "bank/personas/maya.yaml:2: anchors and aliases (`&name`, `*name`) are not allowed; write the text out",
    ]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("id: late-parcels", "id: early"), "id: is `early`"),
        (("type: debugging", "type: concept"), "type: is `concept`"),
    ],
)
def test_a_file_must_be_what_its_name_says(bank: Bank, change: tuple[str, str], words: str) -> None:
    bank.question(change)
    with pytest.raises(ContentError, match=words):
        Library.open(bank.root).question("late-parcels")


def test_two_files_of_one_name_are_refused_on_opening(bank: Bank) -> None:
    bank.question(path="concept/late-parcels")
    with pytest.raises(ContentError, match=r"the id `late-parcels` is taken by bank/items/concept/late-parcels\.yaml"):
        Library.open(bank.root)


def test_a_folder_that_is_no_bank(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="has no folder `items`"):
        Library.open(tmp_path)


def test_an_installed_package_finds_what_lies_inside_it(bank: Bank, tmp_path: Path) -> None:
    package = tmp_path / "site/bot"
    shutil.copytree(shipped("questions").parent / "bot/library", package / "library")
    (package / "__init__.py").touch()
    bank.root.rename(package / "questions")
    (package / "prompts").mkdir()
    code = "from bot.library.load import Library, shipped; print(*Library.open().ids(), shipped('prompts'))"
    done = subprocess.run([sys.executable, "-c", code], cwd=package.parent, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["late-parcels", "what-is-recall", str((package / "prompts").resolve())]


def test_no_thesaurus_is_an_empty_one(bank: Bank) -> None:
    (bank.root / "thesaurus.yaml").unlink()
    assert Library.open(bank.root).thesaurus == {}


def test_choosing_is_the_same_for_the_same_seed_and_reaches_every_question(library: Library) -> None:
    chosen = [library.choose(seed=seed).id for seed in range(20)]
    assert chosen == [library.choose(seed=seed).id for seed in range(20)]
    assert set(chosen) == {"late-parcels", "what-is-recall"}


def test_what_was_not_seen_comes_first_and_then_what_was(library: Library) -> None:
    for seed in range(10):
        assert library.choose(seen={"late-parcels"}, seed=seed).id == "what-is-recall"
        assert library.choose(Kind.DEBUGGING, seen={"late-parcels"}, seed=seed).id == "late-parcels"


def test_choosing_by_type_and_level(library: Library) -> None:
    assert library.choose("concept").id == "what-is-recall"
    assert library.choose(level="senior", seed=5).id == "late-parcels"


def test_a_filter_that_leaves_nothing_says_so_in_a_sentence(library: Library) -> None:
    with pytest.raises(NothingToChoose) as nothing:
        library.choose("executive-communication", "principal")
    assert (
        str(nothing.value)
        == "I don't have an executive-communication question at principal level. Try another type or level."
    )


def test_choosing_reads_only_what_it_must(bank: Bank) -> None:
    bank.write("items/strategy/broken.yaml", "id: [")
    library = Library.open(bank.root)
    assert library.choose("debugging").id == "late-parcels"
    with pytest.raises(ContentError):
        library.choose("strategy")


def test_a_new_question_does_not_reshuffle_the_others() -> None:
    few = order(["a", "b", "c", "d"], seed=3)
    more = order(["a", "b", "c", "d", "e"], seed=3)
    assert tuple(name for name in more if name != "e") == few
    assert {order(["a", "b", "c", "d"], seed=seed)[0] for seed in range(40)} == {"a", "b", "c", "d"}
