"""The library: finds content files, reads them when they are needed, keeps what was read.

Opening it only looks at file names, so that an interview starts quickly with any number of questions: the folder gives a
question's type and the file's name its id. A file is read and checked when its question is chosen; `all` reads every one.
"""

from __future__ import annotations

import copy
import difflib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from bot.library import choose, packs, problems
from bot.library.items import Kind, Level, Persona, Question, Rubric
from bot.library.packs import Pack
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


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a file is: nothing outside `root` is read."""

    path: Path
    root: Path
    pack: str


class Library:
    """Questions, rubrics and personas of a bank, and of the packs above it. Everything it hands out is frozen and may be shared."""

    def __init__(self, root: Path, pack: Pack) -> None:
        """The library of one folder, empty: see `open` and `of`."""
        self.packs: tuple[Pack, ...] = (pack,)
        """Every pack in force, the lowest first. A question's is `pack_of`."""
        self.left_out: tuple[Problem, ...] = ()
        """What is wrong with the files of packs that are not used."""
        self._root = root
        self._files: dict[str, _Place] = {}
        self._rubric_files: dict[str, _Place] = {}
        self._persona_files: dict[str, _Place] = {}
        self._questions: dict[str, Question] = {}
        self._drawn: dict[tuple[str, int], Question] = {}
        self._rubrics: dict[str, Rubric] = {}
        self._personas: dict[str, Persona] = {}
        self._tops: dict[tuple[str, str], frozenset[str]] = {}
        self._thesaurus: dict[str, tuple[str, ...]] | None = None
        self._tags: dict[str, tuple[str, ...]] | None = None
        self._above: list[tuple[Mapping[str, tuple[str, ...]], Mapping[str, tuple[str, ...]]]] = []

    @classmethod
    def open(cls, path: Path | None = None) -> Library:
        """The library in a folder (the shipped one without a path) and nothing else; `ContentError` if the folder is not one.

        Looks at names only; a bad file is reported when it is needed.
        """
        root = (path or shipped("questions")).resolve()
        if not (root / "items").is_dir():
            raise ContentError([packs.no_pack(root)])
        pack = Pack(packs.BUILT_IN, root) if path is None else packs.described(root)[0]
        library = cls(root, pack)
        twice: list[Problem] = []
        for file in question_files(root):
            first = library._files.setdefault(file.stem, _Place(file, root, pack.name)).path
            if first is not file:
                message = f"the id `{file.stem}` is taken by {problems.shown(first)}"
                twice.append(Problem(problems.shown(file), 1, "id", message))
        if twice:
            raise ContentError(twice)
        for name, places in (("rubrics", library._rubric_files), ("personas", library._persona_files)):
            places.update({file.stem: _Place(file, root, pack.name) for file in yaml_files(root / name)})
        return library

    @classmethod
    def of(cls, *folders: Path) -> Library:
        """The built-in bank with packs on top: what has the id of something below replaces it, everything else is added.

        The files of packs are read and judged now, as lint does: what has an error is left out (`left_out`), the rest serves.
        `ContentError` if a folder is no pack, or nothing is left to ask.
        """
        library = cls.open()
        for folder in folders:
            root = folder.resolve()
            if not packs.is_pack(root):
                raise ContentError([packs.no_pack(root)])
            if root != library._root:  # the bank on top of itself changes nothing
                library._put_on_top(root)
        if not library._files:
            raise ContentError(library.left_out or [packs.no_pack(folders[-1].resolve())])
        return library

    def _put_on_top(self, root: Path) -> None:
        from bot.library.lint import base_of, sound  # only packs are judged when they are opened

        good = sound(root, base_of(self))
        name = good.pack.name
        if good.pack.replaces_bank:
            self._files.clear()
        for question_id, (path, question) in good.questions.items():
            self._files[question_id] = _Place(path, root, name)
            self._questions[question_id] = question
            self._tops.update(_tops(question))
        self._rubrics.update(good.rubrics)
        self._rubric_files.update(
            {held: _Place(root / "rubrics" / f"{held}.yaml", root, name) for held in good.rubrics}
        )
        self._personas.update(good.personas)
        self._persona_files.update(
            {held: _Place(root / "personas" / f"{held}.yaml", root, name) for held in good.personas}
        )
        self._above.append((good.thesaurus, good.tags))
        self._thesaurus = self._tags = None
        self.packs = (*self.packs, good.pack)
        self.left_out = (*self.left_out, *good.problems)

    def beside(self, question: Question, path: Path) -> Library:
        """This library with one more question, read already; it takes the place of one with its id."""
        added = copy.copy(self)
        added._files = {**self._files, question.id: _Place(path, path.parent, "")}
        added._questions = {**self._questions, question.id: question}
        added._drawn = {}
        added._tops = {**self._tops, **_tops(question)}
        return added

    def question(self, question_id: str) -> Question:
        """The question with this id; `UnknownQuestion` with close matches, `ContentError` if its file is bad."""
        if question_id not in self._questions:
            if question_id not in self._files:
                if wrong := [held for held in self.left_out if Path(held.file).name == f"{question_id}.yaml"]:
                    raise ContentError(wrong)
                raise UnknownQuestion(_unknown("question", question_id, self._files))
            place = self._files[question_id]
            question = self._read(Question, place, "id", question_id)
            if question.type.value != place.path.parent.name:
                but = f"the file stands in `{place.path.parent.name}`"
                raise _misplaced(place.path, "type", question.type.value, but)
            self._questions[question_id] = question
        return self._questions[question_id]

    def holds(self, question_id: str) -> bool:
        """Whether there is a question with this id now: packs come and go between two runs."""
        return question_id in self._questions or question_id in self._files

    def drawn(self, question_id: str, number: int) -> Question:
        """The question with variant `number` filled in: the same value every time, so that readers may cache by it."""
        question = self.question(question_id)
        key = (question_id, number % max(1, len(question.variants)))
        if key not in self._drawn:
            self._drawn[key] = question.drawn(number)
        return self._drawn[key]

    def pack_of(self, question_id: str) -> str:
        """The name of the pack a question is from; `UnknownQuestion` if there is none."""
        if question_id not in self._files:
            raise UnknownQuestion(_unknown("question", question_id, self._files))
        return self._files[question_id].pack

    def rubric(self, kind: Kind | str) -> Rubric:
        """The rubric of a type; `Unknown` or `ContentError`."""
        return self._held(self._rubrics, self._rubric_files, Rubric, "type", str(kind))

    def persona(self, persona_id: str) -> Persona:
        """The persona with this id; `Unknown` or `ContentError`."""
        return self._held(self._personas, self._persona_files, Persona, "id", persona_id)

    @property
    def rubrics(self) -> tuple[str, ...]:
        """The types that have a rubric, sorted."""
        return tuple(sorted(self._rubric_files))

    @property
    def personas(self) -> tuple[str, ...]:
        """The ids of all personas, sorted."""
        return tuple(sorted(self._persona_files))

    @property
    def thesaurus(self) -> dict[str, tuple[str, ...]]:
        """Concept → words and phrases that mean it; empty when no pack has a `thesaurus.yaml`."""
        if self._thesaurus is None:
            path = self._root / "thesaurus.yaml"
            self._thesaurus = thesaurus(path, self._root) if path.exists() else {}
            for words, _ in self._above:
                self._thesaurus.update(words)
        return self._thesaurus

    @property
    def own_words(self) -> bool:
        """Whether a pack above the bank brings a thesaurus of its own."""
        return any(words for words, _ in self._above)

    @property
    def tags(self) -> dict[str, tuple[str, ...]]:
        """Known tag → the words that mean it in a job description; empty when no pack has a `tags.yaml`."""
        if self._tags is None:
            from bot.library.tags import read_tags  # wanted by lint and by job descriptions only

            path = self._root / "tags.yaml"
            self._tags = read_tags(path, self._root) if path.exists() else {}
            for _, tags in self._above:
                self._tags.update(tags)
        return self._tags

    def ids(self, kind: Kind | str | None = None, level: Level | str | None = None) -> tuple[str, ...]:
        """The ids of a type and level, sorted; a level reads the head of each file, a type none."""
        of_kind = (found for found, place in self._files.items() if kind is None or place.path.parent.name == str(kind))
        return tuple(sorted(found for found in of_kind if level is None or str(level) in self._top(found, "levels")))

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
            lambda: self.tags,
        ]
        _gathered(jobs, lambda job: job())

    def choose(
        self,
        kind: Kind | str | None = None,
        level: Level | str | None = None,
        seen: Collection[str] = frozenset(),
        seed: int = 0,
        focus: Mapping[str, int] | None = None,
    ) -> Question:
        """A question of this type and level, one not seen before if there is one; the same for the same seed.

        `focus` gives tags and types a weight: the more of them a question has, the sooner it is chosen.
        `choose.NothingToChoose` when none fits; `ContentError` when the file of the one chosen is bad.
        """
        weights = {found: self._weight(found, focus) for found in self.ids(kind)} if focus else {}
        for found in choose.order(self.ids(kind), seen, seed, weights):
            if level is None or str(level) in self._top(found, "levels"):
                return self.question(found)
        raise choose.nothing(None if kind is None else str(kind), None if level is None else str(level))

    def _weight(self, question_id: str, focus: Mapping[str, int]) -> int:
        names = {*self._top(question_id, "tags"), self._files[question_id].path.parent.name}
        return sum(focus.get(name, 0) for name in names)

    def _top(self, question_id: str, field: str) -> frozenset[str]:
        """The `levels` or `tags` of a question, from the first lines of its file."""
        if (question_id, field) not in self._tops:
            place = self._files[question_id]
            try:
                listed = parse(read_text(place.path, place.root), until=field).data.get(field)
            except Refused as refused:
                raise ContentError(problems.of_refusal(place.path, refused)) from None
            self._tops[question_id, field] = frozenset(map(str, listed)) if isinstance(listed, list) else frozenset()
        return self._tops[question_id, field]

    def _read(self, model: type[M], place: _Place, name: str, expected: str) -> M:
        document = read(place.path, place.root)
        held = problems.validated(model, place.path, document)
        if str(getattr(held, name)) != expected:
            line = document.line((name,))
            message = f"is `{getattr(held, name)}`, but the file is named `{place.path.name}`"
            raise ContentError([Problem(problems.shown(place.path), line, name, message)])
        return held

    def _held(self, held: dict[str, M], files: dict[str, _Place], model: type[M], name: str, wanted: str) -> M:
        if wanted not in held:
            if wanted not in files:
                raise Unknown(_unknown(model.__name__.lower(), wanted, files))
            held[wanted] = self._read(model, files[wanted], name, wanted)
        return held[wanted]


def _tops(question: Question) -> dict[tuple[str, str], frozenset[str]]:
    return {(question.id, "levels"): frozenset(question.levels), (question.id, "tags"): frozenset(question.tags)}


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
