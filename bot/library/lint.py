"""Lint for content: everything an author should mend, in every file at once.

Judges each file by `judge`, then what only shows across questions: ids, sources, sentences and prompts that occur twice. A
group's pack leans on the built-in rubrics, personas and tags, and its prompts are compared with the built-in ones. It judges
text by simple means and knows no model; how well a mind tells the exemplars apart is asked through `coverage`.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from bot.library import judge, packs, problems
from bot.library.finding import UNWRITTEN
from bot.library.items import Kind, Persona, Question, Rubric
from bot.library.judge import Around, Digest, Judged
from bot.library.load import Library, shipped, thesaurus
from bot.library.packs import Pack
from bot.library.problems import ContentError, Problem, Severity
from bot.library.spread import spread, without_collecting
from bot.library.strict_yaml import Refused, read_text
from bot.library.tags import read_tags

Words = Mapping[str, tuple[str, ...]]
Coverage = Callable[[Question, str, Words | None], float]
"""How much of a question's checks an answer covers, 0 to 1, in some mind's eyes; with the pack's own thesaurus, if it has one."""

Known = MutableMapping[str, tuple[float, ...]]
"""What `coverage` gave for the three exemplars of a file, by a digest of the file and the pack's words."""

NEAR = 0.7
"""Prompts that share this part of their words are the same question."""


def lint(
    path: Path | None = None,
    *,
    today: date | None = None,
    coverage: Coverage | None = None,
    known: Known | None = None,
) -> tuple[Problem, ...]:
    """Every problem of a bank, sorted by file and line.

    `path` is a bank's folder (the shipped one by default), or a file or folder in one, whose own problems are then given. A
    single file outside any bank is judged as if it were added to the shipped one. `today` decides what has expired. What
    `coverage` would give for a file is taken from `known` where it is there, and put there where it is not.
    """
    target = (path or shipped("questions")).resolve()
    root = next((folder for folder in (target, *target.parents) if packs.is_pack(folder)), None)
    loose = None
    if root is None:
        if not target.is_file():
            return (packs.no_pack(target),)
        root, loose = shipped("questions").resolve(), target
    with without_collecting():
        run = _Run(root, base(root), today or date.today())
        run.shared()
        run.questions(target, coverage, loose, known=known)
        found = [*run.found, *run.across(), *run.beside_the_built_in()]
    name = problems.shown(target)
    concerned = {held for held in found if target == root or held.file == name or held.file.startswith(f"{name}/")}
    return tuple(sorted(concerned))


@dataclass(frozen=True, slots=True)
class Base:
    """What a pack leans on: the rubrics, personas, tags and words of what lies below it."""

    rubrics: Mapping[Kind, Rubric] = field(default_factory=dict)
    personas: Mapping[str, Persona] = field(default_factory=dict)
    tags: frozenset[str] = frozenset()
    thesaurus: Words = field(default_factory=dict)


def base(root: Path) -> Base:
    """What the pack in a folder leans on: the built-in bank, and nothing when it is that bank."""
    if root == shipped("questions").resolve():
        return Base()
    return base_of(Library.open())


def base_of(library: Library) -> Base:
    """Rubrics, personas and words of a library, read now."""
    return Base(
        {kind: library.rubric(kind) for kind in Kind if kind.value in library.rubrics},
        {name: library.persona(name) for name in library.personas},
        frozenset(library.tags),
        library.thesaurus,
    )


@dataclass(frozen=True, slots=True)
class Good:
    """What of a pack may be used, and every problem with the rest of it."""

    pack: Pack
    questions: Mapping[str, tuple[Path, Question]]
    rubrics: Mapping[str, Rubric]
    personas: Mapping[str, Persona]
    thesaurus: Words
    tags: Words
    problems: tuple[Problem, ...]


def sound(root: Path, below: Base, today: date | None = None) -> Good:
    """Read a pack and keep what has no error; the same judgement as `lint`, without warnings. `root` is resolved."""
    with without_collecting():
        run = _Run(root, below, today or date.today())
        run.shared()
        run.questions(root, None, None, keep=True)
        errors = [held for held in (*run.found, *run.across()) if held.severity is Severity.ERROR]
    bad = {held.file for held in errors}
    return Good(
        run.pack,
        {
            held.question.id: (held.path, held.question)
            for held in run.held
            if held.question is not None and problems.shown(held.path) not in bad
        },
        {kind.value: held for kind, held in run.own_rubrics.items()},
        run.own_personas,
        run.own_words,
        run.own_tags,
        tuple(sorted(set(errors))),
    )


class _Run:
    """One run over one bank."""

    def __init__(self, root: Path, below: Base, today: date) -> None:
        self.root = root
        self.base = below
        self.today = today
        self.pack, wrong = packs.described(root)
        self.files = packs.found(root)
        self.found: list[Problem] = [*wrong, *self.files.problems]
        self.held: list[Judged] = []
        self.own_rubrics: dict[Kind, Rubric] = {}
        self.own_personas: dict[str, Persona] = {}
        self.own_words: Words = {}
        self.own_tags: Words = {}

    def shared(self) -> None:
        """Judge what questions lean on. Only what is sound is leant on."""
        for path in self.files.rubrics:
            rubric, wrong = judge.shared(Rubric, "type", path, self.root)
            self.found += wrong
            if rubric is not None and not wrong:
                self.own_rubrics[rubric.type] = rubric
        for path in self.files.personas:
            persona, wrong = judge.shared(Persona, "id", path, self.root)
            self.found += wrong
            if persona is not None and not wrong:
                self.own_personas[persona.id] = persona
        self.own_words = self._read("thesaurus.yaml", thesaurus)
        self.own_tags = self._read("tags.yaml", read_tags)

    def _read(self, name: str, reader: Callable[[Path, Path], Words]) -> Words:
        try:
            return reader(self.root / name, self.root) if (self.root / name).exists() else {}
        except ContentError as error:
            self.found.extend(error.problems)
            return {}

    def questions(
        self,
        target: Path,
        coverage: Coverage | None,
        loose: Path | None,
        *,
        keep: bool = False,
        known: Known | None = None,
    ) -> None:
        """Judge every question; the exemplars of those in `target` in a mind's eyes, too. On every core, unless the questions
        themselves are to be kept."""
        around = Around(
            {**self.base.rubrics, **self.own_rubrics},
            frozenset((*self.base.personas, *self.own_personas)),
            frozenset((*self.base.tags, *self.own_tags)),
            self.today,
        )
        paths = [path for path in self.files.items if loose is None or path.stem != loose.stem]
        paths += [loose] if loose else []

        def root(path: Path) -> Path:
            return path.parent if path == loose else self.root

        own_words = {**self.base.thesaurus, **self.own_words} if self.own_words and self.base.thesaurus else None
        names = [_name(path, root(path), own_words) for path in paths] if known is not None else []

        def work(place: int) -> tuple[Judged, tuple[float, ...] | None]:
            path = paths[place]
            held = judge.question(path, root(path), around, loose=path == loose)
            if coverage is None or held.question is None or not path.is_relative_to(target):
                return held, None
            if known is not None and (shares := known.get(names[place])):
                return held, shares
            drawn = held.question.drawn(0)
            told = (drawn.exemplars.weak, drawn.exemplars.adequate, drawn.exemplars.outstanding)
            if any(text.startswith(UNWRITTEN) for text in told):
                return held, None
            return held, tuple(coverage(drawn, text, own_words) for text in told)

        def bare(place: int) -> tuple[Judged, tuple[float, ...] | None]:
            held, shares = work(place)
            return replace(held, question=None), shares  # what does not have to travel between processes

        covered: list[tuple[Digest, tuple[float, ...]]] = []
        judged = map(work, range(len(paths))) if keep else spread(bare, len(paths))
        for place, (held, shares) in enumerate(judged):
            self.held.append(held)
            self.found += held.problems
            if shares is not None and held.digest is not None:
                covered.append((held.digest, shares))
                if known is not None:
                    known[names[place]] = shares
        self.found += self._order(covered)

    def digests(self) -> list[Digest]:
        """What the questions with the right shape are compared by. Of two that clash the later one is to blame, so those with
        an error of their own come last: they must not cost a good one its place."""
        held = [(_has_error(one), one.digest) for one in self.held if one.digest is not None]
        return [digest for _, digest in sorted(held, key=lambda one: one[0])]

    def across(self) -> Iterator[Problem]:
        """What shows only across the questions of the bank."""
        held = self.digests()
        for rule in (same_ids, same_sources, same_sentences, same_prompts):
            yield from rule(held)
        longest = [one.longest for one in held]
        weak, outstanding = longest.count("weak"), longest.count("outstanding")
        if outstanding > weak:
            yield self._bank_warning(
                f"the outstanding answer is the longest in {outstanding} of {len(held)} questions, the weak one in {weak};"
                " whoever rewards length must not be right more often than not"
            )

    def beside_the_built_in(self) -> Iterator[Problem]:
        """Questions of a pack that ask what a built-in one asks."""
        root = shipped("questions").resolve()
        own = self.digests()
        if self.root == root or not own or self.pack.replaces_bank:
            return
        mine = {one.id for one in own}
        files = [path for path in packs.found(root).items if path.stem not in mine]
        for other in spread(lambda place: judge.digest(files[place], root), len(files)):
            for one in own if other is not None else ():
                if other is not None and _ask_the_same(one.asks, other.asks):
                    message = (
                        f"asks nearly the same as the built-in `{other.id}`; a file named `{other.id}.yaml` replaces it"
                    )
                    yield one.prompt_at.problem(message, Severity.WARNING)

    def _bank_warning(self, message: str) -> Problem:
        return Problem(problems.shown(self.root / "items"), 1, "exemplars", message, Severity.WARNING)

    def _order(self, covered: Sequence[tuple[Digest, tuple[float, ...]]]) -> Iterator[Problem]:
        """Questions whose exemplars do not come out weak, adequate, outstanding."""
        wrong = 0
        for one, (weak, adequate, outstanding) in covered:
            if not weak < adequate < outstanding:
                wrong += 1
                message = f"come out as weak {weak:.2f}, adequate {adequate:.2f}, outstanding {outstanding:.2f}; they should rise"
                yield one.exemplars_at.problem(message, Severity.WARNING)
        if wrong * 20 > len(covered):
            yield self._bank_warning(
                f"do not rise in coverage in {wrong} of {len(covered)} questions; one in twenty is the limit"
            )


def _name(path: Path, root: Path, words: Words | None) -> str:
    """The name of what is known about a file: a digest of what it holds. A file that cannot be read has none worth keeping."""
    with contextlib.suppress(Refused):
        return hashlib.blake2b(f"{read_text(path, root)}\0{words}".encode(), digest_size=16).hexdigest()
    return ""


def _has_error(held: Judged) -> bool:
    return any(problem.severity is Severity.ERROR for problem in held.problems)


def same_ids(held: Iterable[Digest]) -> Iterator[Problem]:
    """Ids that two files have."""
    seen: dict[str, Digest] = {}
    for one in held:
        first = seen.setdefault(one.id, one)
        if first is not one:
            yield one.id_at.problem(f"`{one.id}` is taken by {first.file}")


def same_sources(held: Iterable[Digest]) -> Iterator[Problem]:
    """Questions of the list of fifty-four that two items claim; other sources may serve many."""
    seen: dict[str, Digest] = {}
    for one in held:
        for source, spot in one.sources:
            first = seen.setdefault(source, one)
            if source.startswith("ai-pm-questions#") and first is not one:
                yield spot.problem(f"`{source}` is the source of {first.file} already")


def same_sentences(held: Iterable[Digest]) -> Iterator[Problem]:
    """Sentences of an author's own work that stand in two questions."""
    seen: dict[str, Digest] = {}
    for one in held:
        for sentence, line, field_ in one.sentences:
            first = seen.setdefault(sentence, one)
            if first is not one:
                message = f"“{sentence[:80]}” stands in {first.file} too; write it anew"
                yield Problem(one.file, line, field_, message)


def same_prompts(held: Iterable[Digest]) -> Iterator[Problem]:
    """Prompts that ask the same thing."""
    asked: list[Digest] = []
    for one in held:
        for other in asked:
            if _ask_the_same(one.asks, other.asks):
                yield one.prompt_at.problem(f"asks nearly the same as {other.file}")
        asked.append(one)


def _ask_the_same(one: frozenset[str], other: frozenset[str]) -> bool:
    shared = len(one & other)
    return shared >= 3 and shared >= NEAR * len(one | other)
