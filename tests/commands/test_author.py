"""`hotseat questions new`, `lint` and `try`, as an author uses them: real processes, real files."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.library.items import Kind, Question
from bot.library.lint import lint
from bot.library.load import Library, read
from bot.library.problems import Severity, validated
from bot.library.skeleton import skeleton, slug
from bot.library.strict_yaml import parse
from tests.library.bank import PERSONA
from tests.library.test_packs import OURS


class Author:
    """Somebody with a folder, a terminal and no settings."""

    def __init__(self, home: Path) -> None:
        self.home = home
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("HOTSEAT", "ANTHROPIC"))}
        self.env = {**kept, "HOME": str(home), "HOTSEAT_DATA_DIR": str(home / "data")}

    def hotseat(self, *words: str, says: str = "", code: int = 0) -> str:
        """What a command prints, however it ends."""
        ran = subprocess.run(
            [sys.executable, "-m", "bot", *words],
            input=says, env={**self.env, "PYTHONPATH": str(Path(__file__).parents[2])}, cwd=self.home,
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert ran.returncode == code, ran.stdout + ran.stderr
        assert "Traceback" not in ran.stderr
        return ran.stdout + ran.stderr


@pytest.fixture
def author(tmp_path: Path) -> Author:
    return Author(tmp_path)


def test_two_options_are_enough_for_a_file_to_fill_in(author: Author) -> None:
    told = author.hotseat("questions", "new", "--type", "concept", "--title", "Why the lift waits")
    path = "our-questions/items/concept/lift-waits.yaml"
    assert told.splitlines()[:2] == [f"Written: {path}", "26 texts are still to be written; each begins with (write)."]
    assert f"hotseat questions try {path}" in told
    assert f"export HOTSEAT_QUESTIONS={author.home / 'our-questions'}" in told
    text = (author.home / path).read_text()
    assert text.startswith("# yaml-language-server: $schema=../../schema/question.schema.json\n")
    assert ((author.home / path).parent / "../../schema/question.schema.json").exists()
    found = author.hotseat("questions", "lint", path, code=1).splitlines()
    assert found[-1] == "26 errors, 1 warning."
    assert all("is still to be written" in line or "there is no tag `untagged`" in line for line in found[:-1])


def test_a_file_is_never_written_over(author: Author) -> None:
    author.hotseat("questions", "new", "--type", "concept", "--title", "Why the lift waits")
    file = author.home / "our-questions/items/concept/lift-waits.yaml"
    file.write_text("mine")
    told = author.hotseat("questions", "new", "--type", "concept", "--title", "Why the lift waits", code=2)
    assert "is there already; give the new question another --id" in told
    assert file.read_text() == "mine"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--type", "riddle", "--title", "x"), "There is no type 'riddle'; it is one of concept, rapid-fire"),
        (
            ("--type", "concept", "--title", "x", "--id", "../../etc/cron"),
            "only small letters, digits and single hyphens",
        ),
        (("--type", "concept", "--title", "x", "--levels", "junior"), "must be one of mid, senior, principal"),
        (("--type", "concept", "--title", "x", "--minutes", "90"), "minutes: must be at most 60"),
        (("--type", "concept", "--title", "x", "--persona", "nobody"), "There is no persona 'nobody'"),
        (("--type", "concept", "--title", "x", "--to", "/proc/nowhere"), "can't be written"),
    ],
)
def test_an_option_that_cannot_be_is_refused_before_anything_is_written(
    author: Author, options: tuple[str, ...], words: str
) -> None:
    assert words in author.hotseat("questions", "new", *options, code=2)
    assert not list(author.home.rglob("*.yaml"))


def test_options_fill_the_file(author: Author) -> None:
    author.hotseat(
        *(
            "questions",
            "new",
            "--type",
            "debugging",
            "--title",
            "Yes: a lift, and #3",
            "--id",
            "lift",
            "--levels",
            "senior",
        ),
        *(
            "--minutes",
            "9",
            "--tags",
            "latency,trust",
            "--persona",
            "cpo",
            "--prompt",
            "The lift in {house} waits. Why?",
        ),
        *("--to", "group"),
    )
    file = author.home / "group/items/debugging/lift.yaml"
    question = validated(Question, file, read(file, file.parent))
    assert (question.title, question.minutes, question.tags) == ("Yes: a lift, and #3", 9, ("latency", "trust"))
    assert (question.prompt, question.personas, question.levels) == (
        "The lift in {house} waits. Why?",
        ("cpo",),
        ("senior",),
    )


@pytest.mark.parametrize("levels", [{}, {"levels": ["principal"]}])
@pytest.mark.parametrize("kind", Kind)
def test_a_skeleton_of_any_kind_has_the_shape_of_a_question_and_only_texts_are_missing(
    kind: Kind, levels: dict[str, list[str]], tmp_path: Path
) -> None:
    library = Library.open()
    text = skeleton(
        {"id": "a-lift", "type": kind.value, "title": "A lift", **levels}, library.rubric(kind), "x", library.personas
    )
    file = tmp_path / "group/items" / kind.value / "a-lift.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    question = validated(Question, file, parse(text))
    assert question.type is kind
    assert {criterion.dimension for criterion in question.criteria} == {
        one.id for one in library.rubric(kind).dimensions
    }
    errors = [str(problem) for problem in lint(tmp_path / "group") if problem.severity is Severity.ERROR]
    assert errors
    assert all(line.endswith("is still to be written") for line in errors), errors


def test_editors_accept_every_skeleton(tmp_path: Path) -> None:
    library = Library.open()
    for kind in Kind:
        answers = {"id": "a-lift", "type": kind.value, "title": "A lift"}
        (tmp_path / f"{kind}.yaml").write_text(skeleton(answers, library.rubric(kind), "x"), encoding="utf-8")
    tool = Path(sys.executable).parent / "check-jsonschema"
    schema = Path(__file__).parents[2] / "questions/schema/question.schema.json"
    done = subprocess.run(
        [tool, "--schemafile", schema, *tmp_path.glob("*.yaml")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    "title",
    ["yes", "null", "12", "- a", "a: b", "a #b", "“quoted”", '"', "'", "{x", "[x", "%a", "@a", "`a", "a\\b", "&a", "*a", "!a", "|",
     ">", "?", "é", " x ", "0x1F", "~", "a" * 70],
)  # fmt: skip
def test_whatever_an_author_types_comes_back_as_typed(title: str) -> None:
    rubric = Library.open().rubric("concept")
    answers = {
        "id": "a",
        "type": "concept",
        "title": title,
        "prompt": f"{title} " * 20,
        "hints": [title, f"{title}\n{title}", "x"],
    }
    data = parse(skeleton(answers, rubric, "x")).data
    assert data["title"] == title.strip()
    assert data["prompt"] == " ".join(f"{title} ".split() * 20) or data["prompt"] == (f"{title} " * 20).strip()
    assert data["hints"] == [title.strip(), f"{title.strip()}\n{title.strip()}", "x"]


def test_names_are_made_from_titles() -> None:
    assert slug("The lift that doesn't come (on Mondays)") == "lift-doesnt-come-mondays"
    assert slug("???") == "question"
    assert slug("The lift", ["lift", "lift-2"]) == "lift-3"


GUIDED = """\
concept
A lift that waits

mid
5

How would you tell a caretaker that the model is a little slow at night, but never wrong?
latency
here
Blames the model.
Says it waits its turn.
Says who waits longest, and for how long.
Says that speed and truth are two things
3
slow is not the same as wrong
it may take a while and still be right
being late says nothing of being true

What does the caretaker believe after you?
Keep the two apart in one sentence.
n
Nothing follows.
Tells the tenants.
Tells them what to do until morning, with a number to ring.
Says what tenants should do meanwhile
3
take the stairs until seven
ring this number if you're stuck
use the goods lift meanwhile

Who needs to hear of it tonight?
Write the note for the door.
n
Two words sound alike to him.
What does he see on the meter?
It is late, though what it says is so.
The model leverages a best-in-class inference stack, and as we scale our synergies the experience will only become more delightful.
It's slow at night as many ask at once, but the answers are the same.
Late isn't wrong. From ten to six it takes four seconds. Take the stairs, or ring me.
A number, and what to do.
"""


def test_a_whole_question_can_be_told_in_the_terminal_and_is_sound(author: Author) -> None:
    told = author.hotseat("questions", "new", says=GUIDED)
    assert "Written: our-questions/items/concept/lift-waits.yaml\n\nThen:" in told
    assert author.hotseat("questions", "lint", "our-questions").splitlines()[-1].startswith(("No problems", "0 errors"))
    shown = author.hotseat("questions", "show", "our-questions/items/concept/lift-waits.yaml")
    assert "What does the caretaker believe after you?" in shown
    author.env["HOTSEAT_QUESTIONS"] = "our-questions"
    assert "(our-questions)" in author.hotseat("questions", "list", "--type", "concept")


def test_who_stops_in_the_middle_keeps_what_was_said(author: Author) -> None:
    said = "\n".join(GUIDED.splitlines()[:9]) + "\n"
    told = author.hotseat("questions", "new", says=said)
    assert "What you have said so far is in the file." in told
    file = author.home / "our-questions/items/concept/lift-waits.yaml"
    assert "How would you tell a caretaker" in file.read_text()


def test_who_stops_before_there_is_a_file_is_told_so(author: Author) -> None:
    assert "nothing was written" in author.hotseat("questions", "new", says="concept\n", code=2)
    assert not list(author.home.rglob("*.yaml"))


def test_an_answer_that_cannot_be_is_asked_for_again(author: Author) -> None:
    said = (
        "riddle\n99\n2\n"
        + "x" * 80
        + "\nA lift\n\nmid, junior\nmid\n0\n5\n\nWhy does it wait?\nRag!\nlatency\neditor\n"
    )
    told = author.hotseat("questions", "new", says=said)
    for words in (
        "A number from 1 to 12",
        "at most 75 fit",
        "There is no 'junior'",
        "A whole number from 1 to 60",
        "Only small letters",
    ):
        assert words in told
    assert "Written: our-questions/items/rapid-fire/lift.yaml" in told


def test_try_holds_an_interview_on_a_loose_file_and_says_what_was_credited(author: Author) -> None:
    file = author.home / "what-is-recall.yaml"
    file.write_text(OURS)
    (author.home / "answers.txt").write_text(
        "It's the share of true cases spotted.\n---\nA missed tumour costs a life. The weather is nice today.\n"
    )
    told = author.hotseat("questions", "try", "what-is-recall.yaml", "--script", "answers.txt")
    assert "Explain recall to a nurse" in told
    credited = told.partition("What the offline coach credits")[2]
    assert "“It's the share of true cases spotted.”\n      ● Speaks of cases found among those that exist" in credited
    assert "“A missed tumour costs a life.”\n      ● Names the price of a miss" in credited
    assert "“The weather is nice today.”\n      ○ nothing" in credited
    assert "history" not in told
    assert "No interviews yet" in author.hotseat("history")


def test_a_file_is_tried_with_the_interviewers_of_its_own_folder(author: Author) -> None:
    folder = author.home / "group"
    (folder / "items/concept").mkdir(parents=True)
    (folder / "personas").mkdir()
    (folder / "personas/maya.yaml").write_text(PERSONA.replace("Good to meet you.", "Evening, I'm your matron."))
    file = folder / "items/concept/what-is-recall.yaml"
    file.write_text(
        OURS.replace("personas: [recruiter]", "personas: [maya]").replace("Picture a ward.", "Picture `it`.")
    )
    (author.home / "answer.txt").write_text("The share of true cases spotted.")
    told = author.hotseat("questions", "try", str(file), "--script", "answer.txt")
    assert "Evening, I'm your matron." in told
    assert "left out" not in told
    assert "Maya, hiring manager" in author.hotseat("questions", "show", str(file))


def test_try_can_be_typed_and_left(author: Author) -> None:
    (author.home / "what-is-recall.yaml").write_text(OURS)
    told = author.hotseat(
        "questions", "try", "what-is-recall.yaml", says="It's the share of true cases spotted.\nquit\n"
    )
    assert "That was a try; nothing of it is kept." in told
    assert "● Speaks of cases found among those that exist" in told
    assert "No interviews yet" in author.hotseat("history")


def test_try_shows_what_the_coach_makes_of_the_files_own_answers(author: Author) -> None:
    told = author.hotseat("questions", "try", "stale-ai-search", "--exemplars")
    weak, _, rest = told.partition("The adequate answer")
    adequate, _, outstanding = rest.partition("The outstanding answer")
    assert weak.count("●") < adequate.count("●") < outstanding.count("●")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("nothing-of-the-kind",), "There is no question called 'nothing-of-the-kind'"),
        (("nowhere.yaml",), "nowhere.yaml:1: cannot be read: no such file or directory"),
        (("bad.yaml",), "bad.yaml:5: minutes: must be at most 60"),
        (("what-is-recall.yaml", "--variant", "3"), "what-is-recall has no variants."),
        (("what-is-recall.yaml", "--level", "principal"), "is not asked at level principal"),
    ],
)
def test_what_cannot_be_tried_is_said_with_exit_code_2(author: Author, words: tuple[str, ...], says: str) -> None:
    (author.home / "what-is-recall.yaml").write_text(OURS)
    (author.home / "bad.yaml").write_text(OURS.replace("minutes: 5", "minutes: 500"))
    assert says in author.hotseat("questions", "try", *words, code=2)


def test_practice_says_once_which_files_are_left_out_and_doctor_mentions_them(author: Author) -> None:
    folder = author.home / "group/items/concept"
    folder.mkdir(parents=True)
    (folder / "what-is-recall.yaml").write_text(OURS)
    (folder / "torn.yaml").write_text("id: [torn")
    (author.home / "answer.txt").write_text("The share of true cases spotted.")
    author.env["HOTSEAT_QUESTIONS"] = "group"
    told = author.hotseat("practice", "--question", "what-is-recall", "--script", "answer.txt")
    assert (
        told.count("One file of your own questions is left out: torn.yaml. `hotseat questions lint` says what to mend;")
        == 1
    )
    assert "group/items/concept/torn.yaml:2: " in author.hotseat("questions", "lint", code=1)
    told = author.hotseat("doctor", code=1)
    assert "1 of them from group" in told
    assert "group/items/concept/torn.yaml:2: " in told
