"""What we say, as meanings: each adapter renders them in its platform's own form.

A meaning holds no markup. Text inside it may come from a candidate, so an adapter escapes every string it is given.
How long a text may be is the adapter's concern (`splitting`); nothing here is ever cut.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What was found about one check. Offline: covered, unsure, not_spotted. By a model: met, partly, not."""

    COVERED = "covered"
    UNSURE = "unsure"
    NOT_SPOTTED = "not_spotted"
    MET = "met"
    PARTLY = "partly"
    NOT = "not"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A few sentences. `speaker` is the persona who says it; empty when Hotseat speaks as itself."""

    text: str
    speaker: str = ""


@dataclass(frozen=True, slots=True)
class QuestionCard:
    """An interview begins: who asks, what kind of question, how long, and the scenario itself."""

    speaker: str
    role: str
    kind: str
    level: str
    minutes: int
    title: str
    text: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class DailyCard:
    """A question for a whole channel. `heading` says what it is ("Question of the day · Trade-off · senior"), `status` how it
    stands ("3 sealed answers so far. Opened together"), followed by `at_ms` as the platform shows a moment to each reader in
    their own zone (0: none); `at_text` is the same moment in words. `mention` is the platform's id of a role or user group to
    notify, nobody else is; `credit` says whose question it is."""

    heading: str
    title: str
    text: str
    status: str
    at_ms: int = 0
    at_text: str = ""
    mention: str = ""
    credit: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """One button. `action` and `value` come back in `Pressed`; `word` is what may be typed instead where there are no buttons."""

    action: str
    label: str
    value: str = ""
    word: str = ""
    style: str = "plain"  # plain, primary, danger


@dataclass(frozen=True, slots=True)
class Choices:
    """A short text with buttons."""

    text: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One entry of a form. `kind` is scale (1 to 5), choice (one of `choices`, value and label), choices (any number of
    them, comma-separated in the value), search (one of what `Reception.choices` finds under the field's id), text (a line),
    long (several lines), channel or role (chosen from the platform's own; a platform that cannot leaves the field out)."""

    id: str
    label: str
    kind: str = "text"
    choices: tuple[tuple[str, str], ...] = ()
    hint: str = ""
    value: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """A form; what is entered comes back in `Submitted` under `id`."""

    id: str
    title: str
    text: str
    fields: tuple[Field, ...]
    submit: str = "Send"


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One observable check on a scorecard; `quote` is verbatim from the candidate, empty when there is none."""

    id: str
    says: str
    verdict: Verdict
    quote: str = ""


@dataclass(frozen=True, slots=True)
class CriterionLine:
    """One criterion on a scorecard. `level` is 1 to 5; None means not shown, or offline, where no level is given."""

    id: str
    name: str
    level: int | None
    checks: tuple[CheckLine, ...]
    why: str
    next: str
    self_level: int | None = None


@dataclass(frozen=True, slots=True)
class Scorecard:
    """Feedback on one interview. `numbers` is False offline: then no level and no overall is shown anywhere."""

    interview: str
    title: str
    kind: str
    level: str
    numbers: bool
    overall: float | None
    self_overall: float | None
    criteria: tuple[CriterionLine, ...]
    one_change: str
    notes: tuple[str, ...] = ()
    caveat: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The same criterion before and after a redo."""

    before: CriterionLine
    after: CriterionLine
    numbers: bool
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A titled longer text, such as a strong answer; adapters may fold it away."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Progress:
    """Work is going on: `done` of `total` steps. A later edit replaces it."""

    text: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture to attach, drawn from a scorecard by the adapter that can show one; `alt` says the same in words."""

    kind: str
    scorecard: Scorecard
    alt: str


Meaning = Paragraph | QuestionCard | DailyCard | Choices | Form | Scorecard | Comparison | Passage | Progress | Picture
