"""The library: finds content files, reads them when they are needed, keeps what was read.

Opening it only looks at file names, so that an interview starts quickly with any number of questions: the folder gives a
question's type and the file's name its id. A file is read and checked when its question is chosen; `all` reads every one.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from bot.library import choose, problems
from bot.library.items import Kind, Level, Persona, Question, Rubric
from bot.library.problems import ContentError, Problem
from bot.library.strict_yaml import Document, Refused, parse, read_text

M = TypeVar("M", bound=BaseModel)


class Unknown(LookupError):
    """Content that is asked for by a name nothing has. Its text is for the person who asked."""


class UnknownQuestion(Unknown):
    """There is no question with this id."""


def shipped(name: str) -> Path:
    """The folder `questions` or `prompts` that came with this package: inside it when installed, beside it in a clone."""
    package = Path(__file__).resolve().parent.parent
    inside = package / name
    return inside if inside.is_dir() else package.parent / name


def read(path: Path, root: Path) -> Document:
    """A content file below `root`, read strictly; `ContentError` if it cannot be."""
    try:
        return parse(read_text(path, root))
    except Refused as refused:
        raise ContentError(problems.of_refusal(path, refused)) from None


class Library:
    """The bank, rubrics and personas of one folder. Everything it hands out is frozen and may be shared."""

    def __init__(
        self, root: Path, questions: dict[str, Path], rubrics: dict[str, Path], personas: dict[str, Path]
    ) -> None:
        self.root = root
        self._files = questions
        self._rubric_files = rubrics
        self._persona_files = personas
        self._questions: dict[str, Question] = {}
        self._drawn: dict[tuple[str, int], Question] = {}
        self._rubrics: dict[str, Rubric] = {}
        self._personas: dict[str, Persona] = {}
        self._levels: dict[str, frozenset[str]] = {}
        self._thesaurus: dict[str, tuple[str, ...]] | None = None

    @classmethod
    def open(cls, path: Path | None = None) -> Library:
        """The library in a folder (the shipped one without a path); `ContentError` if the folder is not one.

        Looks at names only; a bad file is reported when it is needed.
        """
        root = (path or shipped("questions")).resolve()
        if not (root / "items").is_dir():
            raise ContentError(
                [Problem(problems.shown(root), 1, "", "is not a question bank: it has no folder `items`")]
            )
        questions: dict[str, Path] = {}
        twice: list[Problem] = []
        for file in question_files(root):
            if (first := questions.setdefault(file.stem, file)) is not file:
                message = f"the id `{file.stem}` is taken by {problems.shown(first)}"
                twice.append(Problem(problems.shown(file), 1, "id", message))
        if twice:
            raise ContentError(twice)
        return cls(
            root,
            questions,
            {file.stem: file for file in yaml_files(root / "rubrics")},
            {file.stem: file for file in yaml_files(root / "personas")},
        )

    def question(self, question_id: str) -> Question:
        """The question with this id; `UnknownQuestion` with close matches, `ContentError` if its file is bad."""
        if question_id not in self._questions:
            if question_id not in self._files:
                raise UnknownQuestion(_unknown("question", question_id, self._files))
            path = self._files[question_id]
            question = self._read(Question, path, "id", question_id)
            if question.type.value != path.parent.name:
                raise _misplaced(path, "type", question.type.value, f"the file stands in `{path.parent.name}`")
            self._questions[question_id] = question
        return self._questions[question_id]

    def drawn(self, question_id: str, number: int) -> Question:
        """The question with variant `number` filled in: the same value every time, so that readers may cache by it."""
        question = self.question(question_id)
        key = (question_id, number % max(1, len(question.variants)))
        if key not in self._drawn:
            self._drawn[key] = question.drawn(number)
        return self._drawn[key]

    def rubric(self, kind: Kind | str) -> Rubric:
        """The rubric of a type; `Unknown` or `ContentError`."""
        return self._held(self._rubrics, self._rubric_files, Rubric, "type", str(kind))

    def persona(self, persona_id: str) -> Persona:
        """The persona with this id; `Unknown` or `ContentError`."""
        return self._held(self._personas, self._persona_files, Persona, "id", persona_id)

    @property
    def personas(self) -> tuple[str, ...]:
        """The ids of all personas, sorted."""
        return tuple(sorted(self._persona_files))

    @property
    def thesaurus(self) -> dict[str, tuple[str, ...]]:
        """Concept → words and phrases that mean it; empty when the bank has no `thesaurus.yaml`."""
        if self._thesaurus is None:
            path = self.root / "thesaurus.yaml"
            self._thesaurus = thesaurus(path, self.root) if path.exists() else {}
        return self._thesaurus

    def ids(self, kind: Kind | str | None = None, level: Level | str | None = None) -> tuple[str, ...]:
        """The ids of a type and level, sorted; a level reads the head of each file, a type none."""
        of_kind = (found for found, path in self._files.items() if kind is None or path.parent.name == str(kind))
        return tuple(sorted(found for found in of_kind if level is None or str(level) in self._levels_of(found)))

    def all(self) -> tuple[Question, ...]:
        """Every question, by id. `ContentError` names what is wrong in all files at once."""
        return tuple(_gathered(sorted(self._files), self.question))

    def check(self) -> None:
        """Read everything once; `ContentError` names what is wrong in all files at once."""
        jobs: list[Callable[[], object]] = [
            *(lambda held=held: self.question(held) for held in sorted(self._files)),
            *(lambda held=held: self.rubric(held) for held in sorted(self._rubric_files)),
            *(lambda held=held: self.persona(held) for held in sorted(self._persona_files)),
            lambda: self.thesaurus,
        ]
        _gathered(jobs, lambda job: job())

    def choose(
        self,
        kind: Kind | str | None = None,
        level: Level | str | None = None,
        seen: Collection[str] = frozenset(),
        seed: int = 0,
    ) -> Question:
        """A question of this type and level, one not seen before if there is one; the same for the same seed.

        `choose.NothingToChoose` when none fits; `ContentError` when the file of the one chosen is bad.
        """
        for found in choose.order(self.ids(kind), seen, seed):
            if level is None or str(level) in self._levels_of(found):
                return self.question(found)
        raise choose.nothing(None if kind is None else str(kind), None if level is None else str(level))

    def _levels_of(self, question_id: str) -> frozenset[str]:
        if question_id not in self._levels:
            path = self._files[question_id]
            try:
                listed = parse(read_text(path, self.root), until="levels").data.get("levels")
            except Refused as refused:
                raise ContentError(problems.of_refusal(path, refused)) from None
            self._levels[question_id] = frozenset(map(str, listed)) if isinstance(listed, list) else frozenset()
        return self._levels[question_id]

    def _read(self, model: type[M], path: Path, name: str, expected: str) -> M:
        document = read(path, self.root)
        held = problems.validated(model, path, document)
        if str(getattr(held, name)) != expected:
            line = document.line((name,))
            message = f"is `{getattr(held, name)}`, but the file is named `{path.name}`"
            raise ContentError([Problem(problems.shown(path), line, name, message)])
        return held

    def _held(self, held: dict[str, M], files: dict[str, Path], model: type[M], name: str, wanted: str) -> M:
        if wanted not in held:
            if wanted not in files:
                raise Unknown(_unknown(model.__name__.lower(), wanted, files))
            held[wanted] = self._read(model, files[wanted], name, wanted)
        return held[wanted]


def yaml_files(folder: Path) -> list[Path]:
    """The `.yaml` files of a folder, sorted; hidden ones are left out, a folder that is not there is empty."""
    if not folder.is_dir():
        return []
    return sorted(file for file in folder.iterdir() if file.suffix == ".yaml" and not file.name.startswith("."))


def question_files(root: Path) -> list[Path]:
    """Every question file of a bank, sorted by folder and name."""
    folders = sorted(held for held in (root / "items").iterdir() if held.is_dir() and not held.name.startswith("."))
    return [file for folder in folders for file in yaml_files(folder)]


T = TypeVar("T")
R = TypeVar("R")


def _gathered(wanted: Iterable[T], get: Callable[[T], R]) -> list[R]:
    """What `get` gives for each, or one `ContentError` with the problems of all."""
    got: list[R] = []
    found: list[Problem] = []
    for one in wanted:
        try:
            got.append(get(one))
        except ContentError as error:
            found.extend(error.problems)
    if found:
        raise ContentError(found)
    return got


def _misplaced(path: Path, field: str, value: str, but: str) -> ContentError:
    return ContentError([Problem(problems.shown(path), 1, field, f"is `{value}`, but {but}")])


def _unknown(what: str, wanted: str, known: Iterable[str]) -> str:
    asked = (
        wanted if len(wanted) <= 60 and wanted.isprintable() else wanted.encode("ascii", "replace").decode()[:60] + "…"
    )
    close = difflib.get_close_matches(wanted[:60], list(known), n=3, cutoff=0.5)
    hint = f" Did you mean {' or '.join(close)}?" if close else ""
    return f"There is no {what} called {asked!r}.{hint}"


def thesaurus(path: Path, root: Path) -> dict[str, tuple[str, ...]]:
    """What a thesaurus file holds: concept → words and phrases. `ContentError` names every entry that is no such list."""
    document = read(path, root)
    groups: dict[str, tuple[str, ...]] = {}
    wrong: list[Problem] = []
    for concept, words in document.data.items():
        if isinstance(words, list) and words and all(isinstance(word, str) and word.strip() for word in words):
            groups[concept] = tuple(str(word).strip() for word in words)
        else:
            line = document.line((concept,))
            wrong.append(Problem(problems.shown(path), line, concept, "must be a list of words or phrases"))
    if wrong:
        raise ContentError(wrong)
    return groups
