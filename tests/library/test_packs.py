"""A group's own pack: it adds to the bank or stands in its place, and a bad file costs nobody the good ones."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bot.app import open_library
from bot.library import packs
from bot.library.items import Kind
from bot.library.lint import lint
from bot.library.load import Library, UnknownQuestion, shipped
from bot.library.packs import BUILT_IN
from bot.library.problems import ContentError, Severity
from bot.settings import Settings
from tests.library.bank import CONCEPT, PERSONA, QUESTION, RUBRICS, TODAY, Bank

BANK = Library.open()
TAKEN = "stale-ai-search"
"""A question that ships."""

OURS = CONCEPT.replace("personas: [maya]", "personas: [recruiter]").replace("tags: [metrics]", "tags: [metrics]")
"""A question that leans on nothing but what ships, once its dimensions are the built-in ones."""
OURS = OURS.replace("dimension: meaning", "dimension: understanding").replace(
    "dimension: use", "dimension: consequence"
)


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bank:
    """A pack of one sound question, named after its folder."""
    monkeypatch.chdir(tmp_path)
    made = Bank(tmp_path / "evening-group")
    made.write("items/concept/what-is-recall.yaml", OURS)
    return made


def test_a_pack_adds_to_the_built_in_bank(pack: Bank) -> None:
    library = Library.of(pack.root)
    assert set(library.ids()) == {*BANK.ids(), "what-is-recall"}
    assert library.left_out == ()
    assert library.question("what-is-recall").title == "Recall in plain words"
    assert library.drawn(TAKEN, 0) == BANK.drawn(TAKEN, 0)
    assert library.thesaurus == BANK.thesaurus
    assert not library.own_words


def test_every_question_knows_its_pack(pack: Bank) -> None:
    library = Library.of(pack.root)
    assert [one.name for one in library.packs] == [BUILT_IN, "evening-group"]
    assert library.pack_of("what-is-recall") == "evening-group"
    assert library.pack_of(TAKEN) == BUILT_IN
    with pytest.raises(UnknownQuestion):
        library.pack_of("nothing-of-the-kind")
    pack.write("pack.yaml", "name: The Thursday group\n")
    assert Library.of(pack.root).pack_of("what-is-recall") == "The Thursday group"


def test_a_question_with_the_id_of_a_built_in_one_replaces_it(pack: Bank) -> None:
    kind = BANK.question(TAKEN).type
    assert kind is Kind.DEBUGGING
    changed = QUESTION.replace("id: late-parcels", f"id: {TAKEN}").replace("personas: [maya]", "personas: [cpo]")
    changed = changed.replace("dimension: evidence", "dimension: scope").replace("sources:", "note: ours\nsources:")
    pack.write(f"items/debugging/{TAKEN}.yaml", changed)
    library = Library.of(pack.root)
    assert library.left_out == ()
    assert library.question(TAKEN).title == "Parcels that arrive late"
    assert library.pack_of(TAKEN) == "evening-group"
    assert len(library.ids()) == len(BANK.ids()) + 1


def test_a_pack_may_serve_only_its_own_questions(pack: Bank) -> None:
    pack.write("pack.yaml", "name: Only ours\nreplaces_bank: true\n")
    library = Library.of(pack.root)
    assert library.ids() == ("what-is-recall",)
    assert library.personas == BANK.personas
    assert library.rubric("concept") == BANK.rubric("concept")
    with pytest.raises(UnknownQuestion):
        library.question(TAKEN)


def test_a_whole_bank_of_ones_own_brings_rubrics_personas_words_and_tags(bank: Bank) -> None:
    library = Library.of(bank.root)
    assert library.ids() == ("late-parcels", "what-is-recall")
    assert library.rubric("concept").label == "Concept"
    assert {dimension.id for dimension in library.rubric("concept").dimensions} == {"meaning", "use"}
    assert library.rubric("strategy") == BANK.rubric("strategy")
    assert library.persona("maya").greeting == "Good to meet you."
    assert library.own_words
    assert library.thesaurus["delay"] == ("late", "overdue")
    assert set(BANK.thesaurus) <= set(library.thesaurus)
    assert library.tags["logistics"] == ("parcels", "couriers")
    library.check()


def test_packs_stand_on_one_another_the_last_on_top(pack: Bank, tmp_path: Path) -> None:
    other = Bank(tmp_path / "other")
    other.write("items/concept/what-is-recall.yaml", OURS.replace("Recall in plain words", "Recall for a nurse"))
    other.write("items/concept/second.yaml", "id: [")
    library = Library.of(pack.root, other.root)
    assert library.question("what-is-recall").title == "Recall for a nurse"
    assert [one.name for one in library.packs] == [BUILT_IN, "evening-group", "other"]
    assert len(library.left_out) == 1


def test_a_bad_file_is_left_out_in_the_words_of_lint_and_the_good_ones_serve(pack: Bank) -> None:
    pack.write("items/concept/torn.yaml", "id: [torn")
    pack.write(
        "items/concept/leaky.yaml", OURS.replace("what-is-recall", "leaky").replace("Picture a ward.", "Picture `it`.")
    )
    library = Library.of(pack.root)
    assert library.pack_of("what-is-recall") == "evening-group"
    assert {"torn", "leaky"}.isdisjoint(library.ids())
    told = {str(problem) for problem in library.left_out}
    errors = {str(held) for held in lint(pack.root, today=TODAY) if held.severity is Severity.ERROR}
    assert told == errors
    assert any("torn.yaml:2: " in line for line in told)
    assert any("leaky.yaml" in line and "markup" in line for line in told)


def test_a_question_that_is_left_out_says_why_when_it_is_asked_for(pack: Bank) -> None:
    pack.write("items/concept/torn.yaml", "id: [torn")
    with pytest.raises(ContentError, match=r"evening-group/items/concept/torn\.yaml:2: "):
        Library.of(pack.root).question("torn")


def test_which_files_are_left_out_is_one_sentence(pack: Bank) -> None:
    assert packs.left_out(Library.of(pack.root).left_out) == ""
    pack.write("items/concept/torn.yaml", "id: [torn")
    assert packs.left_out(Library.of(pack.root).left_out) == (
        "One file of your own questions is left out: torn.yaml. `hotseat questions lint` says what to mend; everything else is in "
        "use."
    )
    for number in range(6):
        pack.write(f"items/concept/torn-{number}.yaml", "id: [torn")
    assert "torn-3.yaml and 3 more." in packs.left_out(Library.of(pack.root).left_out)


def test_of_two_files_that_clash_the_second_is_left_out(pack: Bank) -> None:
    pack.write(
        "items/concept/with-the-same-prompt.yaml", OURS.replace("id: what-is-recall", "id: with-the-same-prompt")
    )
    library = Library.of(pack.root)
    assert "what-is-recall" in library.ids()
    assert "with-the-same-prompt" not in library.ids()
    assert "asks nearly the same" in str(library.left_out)


def test_a_bad_rubric_or_persona_is_left_out_and_the_built_in_one_stands_in(pack: Bank) -> None:
    pack.write("rubrics/concept.yaml", RUBRICS["concept"].replace("judges: How", "juges: How"))
    pack.write(
        "personas/recruiter.yaml",
        PERSONA.replace("id: maya", "id: recruiter").replace("Maya", "Ivy", 1).replace("Good to", "Good *to*"),
    )
    library = Library.of(pack.root)
    assert library.rubric("concept") == BANK.rubric("concept")
    assert library.persona("recruiter") == BANK.persona("recruiter")
    assert "what-is-recall" in library.ids()
    assert {Path(problem.file).name for problem in library.left_out} == {"concept.yaml", "recruiter.yaml"}


def test_a_pack_file_with_a_mistake_is_said_and_the_pack_adds(pack: Bank) -> None:
    pack.write("pack.yaml", "name: Ours\nreplaces_bnk: true\n")
    library = Library.of(pack.root)
    assert TAKEN in library.ids()
    (problem,) = library.left_out
    assert str(problem) == "evening-group/pack.yaml:2: replaces_bnk: is not a field here; did you mean `replaces_bank`?"
    pack.write("pack.yaml", "name: Ours\nreplaces_bank: perhaps\n")
    assert str(Library.of(pack.root).left_out[0]).endswith("replaces_bank: must be true or false")


def test_nothing_left_to_ask_is_refused_with_every_reason(pack: Bank) -> None:
    pack.write("pack.yaml", "name: Ours\nreplaces_bank: true\n")
    pack.write("items/concept/what-is-recall.yaml", OURS.replace("minutes: 5", "minutes: 500"))
    with pytest.raises(ContentError, match="minutes: must be at most 60"):
        Library.of(pack.root)


def test_what_is_no_pack_is_said(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="has no folder `items`"):
        Library.of(tmp_path)
    with pytest.raises(ContentError, match="is not there"):
        Library.of(tmp_path / "nowhere")
    (tmp_path / "file.yaml").touch()
    with pytest.raises(ContentError, match="name the folder that holds `items`"):
        Library.of(tmp_path / "file.yaml")


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("slow-lift.yaml", "a question belongs in `items/TYPE/`"),
        ("items/slow-lift.yaml", "it belongs in the folder of its type"),
        ("items/concept/slow-lift.yml", "must end in `.yaml`"),
        ("items/concept/slow-lift.yaml.txt", "must end in `.yaml`"),
        ("items/concept/more/slow-lift.yaml", "is a folder, which is not looked into"),
    ],
)
def test_a_file_in_the_wrong_place_is_not_passed_over_in_silence(pack: Bank, path: str, words: str) -> None:
    pack.write(path, OURS)
    (problem,) = lint(pack.root, today=TODAY)
    assert words in problem.message
    assert Library.of(pack.root).left_out == (problem,)


def test_a_question_of_a_pack_that_repeats_a_built_in_one_is_warned_of(pack: Bank) -> None:
    prompt = " ".join(BANK.question("precision-recall-threshold").prompt.split()).replace('"', "'")
    mine = OURS.replace("Explain recall to a nurse who has never heard of it.", f'"{prompt}"')
    pack.write("items/concept/what-is-recall.yaml", mine)
    found = [held for held in lint(pack.root, today=TODAY) if "nearly the same" in held.message]
    assert [held.severity for held in found] == [Severity.WARNING]
    assert "the built-in `precision-recall-threshold`" in found[0].message


def test_the_bank_on_top_of_itself_is_the_bank() -> None:
    assert Library.of(shipped("questions")).packs == BANK.packs


def test_the_setting_names_one_folder_or_several(pack: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTSEAT_QUESTIONS", str(pack.root))
    assert Settings().questions == (pack.root,)
    assert open_library(Settings()).pack_of("what-is-recall") == "evening-group"
    monkeypatch.setenv("HOTSEAT_QUESTIONS", f"{pack.root}:~/more")
    assert Settings().questions == (pack.root, Path("~/more").expanduser())
    monkeypatch.setenv("HOTSEAT_QUESTIONS", "")
    assert Settings().questions == ()
    assert open_library(Settings()).packs == BANK.packs


def test_opening_the_bank_alone_loads_nothing_of_lint() -> None:
    code = "import sys; from bot.library.load import Library; Library.of(); print('bot.library.lint' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
