"""Lint for content: everything an author should mend, in every file at once.

Reads a whole bank, checks each file's shape, then each question by `rules`, then what only shows across questions:
ids, sources, sentences and prompts that occur twice. It judges text by simple means and knows no model; how well a mind
tells the exemplars apart is asked through `coverage`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from bot.library import problems, rules, texts, words
from bot.library.items import Persona, Question, Rubric
from bot.library.load import question_files, read, shipped, thesaurus, yaml_files
from bot.library.problems import ContentError, Problem, Severity
from bot.library.spread import spread, without_collecting
from bot.library.strict_yaml import Document, Where

M = TypeVar("M", bound=BaseModel)
Coverage = Callable[[Question, str], float]
"""How much of a question's checks an answer covers, 0 to 1, in some mind's eyes."""

NEAR = 0.7
"""Prompts that share this part of their words are the same question."""


@dataclass(frozen=True, slots=True)
class _Held:
    """A file with the right shape."""

    path: Path
    document: Document
    question: Question
    texts: tuple[texts.Text, ...]

    def problem(self, where: Where, message: str, severity: Severity = Severity.ERROR) -> Problem:
        field = problems.named(where, self.document.data)
        return Problem(problems.shown(self.path), self.document.line(where), field, message, severity)


def lint(
    path: Path | None = None, *, today: date | None = None, coverage: Coverage | None = None
) -> tuple[Problem, ...]:
    """Every problem of a bank, sorted by file and line.

    `path` is a bank's folder (the shipped one by default), or a file or folder in one, whose own problems are then given. A
    single file outside any bank is judged as if it were added to the shipped one. `today` decides what has expired.
    """
    target = (path or shipped("questions")).resolve()
    root = next((folder for folder in (target, *target.parents) if (folder / "items").is_dir()), None)
    loose = None
    if root is None and target.is_file():
        root, loose = shipped("questions").resolve(), target
    if root is None:
        message = "is not a question bank: it has no folder `items`" if target.exists() else "is not there"
        return (Problem(problems.shown(target), 1, "", message),)
    bank = _Bank(root, loose, today or date.today())
    with without_collecting():
        found = bank.lint()
        if coverage is not None:
            found += tuple(bank.order(coverage, target))
    name = problems.shown(target)
    concerned = (held for held in found if target == root or held.file == name or held.file.startswith(f"{name}/"))
    return tuple(sorted(concerned))


class _Bank:
    """One run over one bank."""

    def __init__(self, root: Path, loose: Path | None, today: date) -> None:
        self.root = root
        self.today = today
        self.loose = loose
        self.found: list[Problem] = []
        self.held: list[_Held] = []

    def lint(self) -> tuple[Problem, ...]:
        """Everything that can be said without a mind."""
        rubrics = {held.type: held for held in self._shared("rubrics", Rubric, "type")}
        personas = {held.id for held in self._shared("personas", Persona, "id")}
        self._thesaurus()
        self.held.extend(self._questions())
        for one in self.held:
            item = rules.Item.of(one.question, one.texts, rubrics.get(one.question.type), personas, self.today)
            for finding in rules.findings(item):
                self.found.append(one.problem(finding.where, finding.message, finding.severity))
        for across in (same_ids, same_sources, same_sentences, same_prompts):
            self.found.extend(across(self.held))
        self.found.extend(self._longest())
        return tuple(set(self.found))

    def _shared(self, folder: str, model: type[M], name: str) -> list[M]:
        good: list[M] = []
        for path in yaml_files(self.root / folder):
            loaded = self._load(model, path, self.root)
            if loaded is None:
                continue
            document, held = loaded
            here = problems.shown(path)
            if str(getattr(held, name)) != path.stem:
                message = f"is `{getattr(held, name)}`, but the file is named `{path.name}`"
                self.found.append(Problem(here, document.line((name,)), name, message))
            for where, message in _shared_rules(held):
                self.found.append(Problem(here, document.line(where), problems.named(where, document.data), message))
            for where, text in _strings(document.data):
                if what := words.not_plain(text):
                    field = problems.named(where, document.data)
                    self.found.append(Problem(here, document.line(where), field, f"holds {what}; write plain text"))
            good.append(held)
        return good

    def _questions(self) -> Iterator[_Held]:
        files = question_files(self.root)
        if self.loose:
            files = [file for file in files if file.stem != self.loose.stem] + [self.loose]
        for path in files:
            loaded = self._load(Question, path, path.parent if path == self.loose else self.root)
            if loaded is None:
                continue
            document, question = loaded
            held = _Held(path, document, question, texts.of(question))
            if question.id != path.stem:
                self.found.append(held.problem(("id",), f"is `{question.id}`, but the file is named `{path.name}`"))
            if path != self.loose and question.type.value != path.parent.name:
                self.found.append(
                    held.problem(("type",), f"is `{question.type}`, but the file stands in `{path.parent.name}`")
                )
            yield held

    def _load(self, model: type[M], path: Path, root: Path) -> tuple[Document, M] | None:
        try:
            document = read(path, root)
            return document, problems.validated(model, path, document)
        except ContentError as error:
            self.found.extend(error.problems)
            return None

    def _thesaurus(self) -> None:
        path = self.root / "thesaurus.yaml"
        if path.exists():
            try:
                thesaurus(path, self.root)
            except ContentError as error:
                self.found.extend(error.problems)

    def _bank_warning(self, message: str) -> Problem:
        return Problem(problems.shown(self.root / "items"), 1, "exemplars", message, Severity.WARNING)

    def _longest(self) -> Iterator[Problem]:
        longest = [_longest(one.question) for one in self.held]
        weak, outstanding = longest.count("weak"), longest.count("outstanding")
        if outstanding > weak:
            yield self._bank_warning(
                f"the outstanding answer is the longest in {outstanding} of {len(self.held)} questions, the weak one in {weak};"
                " whoever rewards length must not be right more often than not"
            )

    def order(self, coverage: Coverage, target: Path) -> Iterator[Problem]:
        """Questions of a file or folder whose exemplars do not come out weak, adequate, outstanding."""
        wrong = 0
        concerned = [one for one in self.held if one.path.is_relative_to(target)]
        for one, (weak, adequate, outstanding) in zip(concerned, _covered(concerned, coverage), strict=True):
            if not weak < adequate < outstanding:
                wrong += 1
                message = f"come out as weak {weak:.2f}, adequate {adequate:.2f}, outstanding {outstanding:.2f}; they should rise"
                yield one.problem(("exemplars",), message, Severity.WARNING)
        if wrong * 20 > len(concerned):
            yield self._bank_warning(
                f"do not rise in coverage in {wrong} of {len(concerned)} questions; one in twenty is the limit"
            )


def _covered(held: Sequence[_Held], coverage: Coverage) -> list[tuple[float, ...]]:
    """The coverage of each question's weak, adequate and outstanding answer."""

    def of(place: int) -> tuple[float, ...]:
        drawn = held[place].question.drawn(0)
        answers = drawn.exemplars
        return tuple(coverage(drawn, text) for text in (answers.weak, answers.adequate, answers.outstanding))

    return spread(of, len(held))


def _longest(question: Question) -> str:
    held = question.exemplars
    sizes = {"weak": len(held.weak), "adequate": len(held.adequate), "outstanding": len(held.outstanding)}
    return max(sizes, key=sizes.__getitem__)


def _shared_rules(held: BaseModel) -> Iterator[tuple[Where, str]]:
    if isinstance(held, Rubric):
        dimensions = [dimension.id for dimension in held.dimensions]
        for at, name in enumerate(dimensions):
            if name in dimensions[:at]:
                yield ("dimensions", at, "id"), f"`{name}` is taken already in this file"
        for at, cap in enumerate(held.caps):
            if cap.needs not in dimensions:
                yield ("caps", at, "needs"), f"there is no dimension `{cap.needs}`"
            if cap.limits not in {*dimensions, "overall"}:
                yield ("caps", at, "limits"), f"there is no dimension `{cap.limits}`"
            if cap.limits == cap.needs:
                yield ("caps", at, "limits"), "limits the dimension it needs, which changes nothing"
            if cap.id in [other.id for other in held.caps[:at]]:
                yield ("caps", at, "id"), f"`{cap.id}` is taken already in this file"
    if isinstance(held, Persona):
        for name, lines in held.lines.items():
            for at, line in enumerate(lines):
                if line.count("?") > 1:
                    yield ("lines", name, at), f"has {line.count('?')} question marks; one question at most"


def _strings(data: object, where: Where = ()) -> Iterator[tuple[Where, str]]:
    if isinstance(data, str):
        yield where, data
    elif isinstance(data, dict):
        for name, held in data.items():
            yield from _strings(held, (*where, name))
    elif isinstance(data, list):
        for at, held in enumerate(data):
            yield from _strings(held, (*where, at))


def same_ids(held: Iterable[_Held]) -> Iterator[Problem]:
    """Ids that two files have."""
    seen: dict[str, _Held] = {}
    for one in held:
        first = seen.setdefault(one.question.id, one)
        if first is not one:
            yield one.problem(("id",), f"`{one.question.id}` is taken by {problems.shown(first.path)}")


def same_sources(held: Iterable[_Held]) -> Iterator[Problem]:
    """Questions of the list of fifty-four that two items claim; other sources may serve many."""
    seen: dict[str, _Held] = {}
    for one in held:
        for at, source in enumerate(one.question.sources):
            first = seen.setdefault(source, one)
            if source.startswith("ai-pm-questions#") and first is not one:
                yield one.problem(("sources", at), f"`{source}` is the source of {problems.shown(first.path)} already")


def same_sentences(held: Iterable[_Held]) -> Iterator[Problem]:
    """Sentences of an author's own work that stand in two questions."""
    seen: dict[str, _Held] = {}
    for one in held:
        for text in one.texts:
            if text.role in texts.OWN_WORDS:
                for sentence in words.sentences(text.template):
                    first = seen.setdefault(sentence, one)
                    if first is not one:
                        there = problems.shown(first.path)
                        yield one.problem(text.where, f"“{sentence[:80]}” stands in {there} too; write it anew")


def same_prompts(held: Iterable[_Held]) -> Iterator[Problem]:
    """Prompts that ask the same thing."""
    asked: list[tuple[_Held, frozenset[str]]] = []
    for one in held:
        own = words.content(one.question.prompt)
        for other, theirs in asked:
            if len(own & theirs) >= 3 and len(own & theirs) >= NEAR * len(own | theirs):
                yield one.problem(("prompt",), f"asks nearly the same as {problems.shown(other.path)}")
        asked.append((one, own))
