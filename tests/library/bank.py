"""A small, sound bank in a temporary folder, for tests to spoil in one place at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.library.lint import Coverage, Known, lint
from bot.library.problems import Problem

TODAY = date(2026, 11, 21)

QUESTION = """\
id: late-parcels
type: debugging
title: Parcels that arrive late
levels: [mid, senior]
minutes: 12
tags: [logistics]
sources: ["ai-pm-questions#7"]
review_by: 2027-06-30
personas: [maya]
variants:
  - {depot: Leeds, late: 30, sent: 120, rate: 25}
  - {depot: Bristol, late: 10, sent: 100, rate: 10}
prompt: Customers near {depot} say their parcels come a day after the app promised. What do you do first?
by_level:
  mid: {expects: A sensible order of looking.}
  senior: {adds: The courier shares its data with you alone., expects: Harm limited early.}
facts:
  - id: share
    text: Of {sent} parcels we counted, {late} missed their slot, which is {rate} in a hundred.
    asked_by: [how many are delayed, what proportion misses the slot]
  - id: release
    text: Routing got a new version on Monday.
    asked_by: [did anything ship recently, was there a deployment]
criteria:
  - id: looking
    name: Looks before fixing
    dimension: evidence
    weight: 2
    anchors: {1: Blames the courier at once., 3: Counts before explaining., 5: Names what would prove it wrong.}
    checks:
      - id: counts
        says: Asks how widespread it is
        level: 2
        phrasings: [is every postcode affected, compare regions against each other, size the impact in numbers]
        probe: What would you like to find out?
        next: Begin with a count of who is hit.
      - id: splits
        says: Separates forecast from delivery
        level: 4
        phrasings: [maybe the estimate is wrong and not the van, promise versus actual transit, forecast error or slow van]
        probe: Where might this go wrong?
        next: Draw the path of one box from shelf to door.
    follow_ups: [How sure are you of that?]
  - id: mending
    name: Mends it for people
    dimension: recovery
    anchors: {1: Stops at the cause., 3: Offers a repair., 5: Repairs and apologises in order.}
    checks:
      - id: warns
        says: Tells buyers before they ask
        level: 3
        phrasings: [email everyone waiting, show a banner in checkout, add a buffer to estimates]
        probe: Who hears from you today?
        next: Write the message you would send by noon.
curveball:
  text: The courier has just gone on strike until Friday. What changes?
  checks: [warns]
challenge:
  text: I'd say it is simply the weather. Why look any further?
  hold: It did rain all week. What makes you doubt it?
  yields_to: [other depots had rain and no delays, it began on a dry day]
  concede: Fair enough, rain falls on every depot.
hints:
  - Think about who is affected.
  - Two clocks are involved here.
  - The forecast may be off although the van is on time.
exemplars:
  weak: >-
    I would talk to everybody, align the stakeholders, build a shared vision of quality and then move to a modern platform with
    artificial intelligence at its heart, because that scales.
  adequate: I'd check which postcodes are hit and whether a new version was released, then roll it back.
  outstanding: Which postcodes, since when, and is the promise or the van wrong? I'd pad the promise today and write to buyers.
  difference: The stronger one asks which of two clocks is wrong.
sums:
  - {expression: "100 * {late} / sent", equals: "{rate}"}
"""

CONCEPT = """\
id: what-is-recall
type: concept
title: Recall in plain words
levels: [mid]
minutes: 5
tags: [metrics]
sources: ["ai-pm-questions#8"]
personas: [maya]
prompt: Explain recall to a nurse who has never heard of it.
criteria:
  - id: meaning
    name: Says what it is
    dimension: meaning
    anchors: {1: Recites a formula., 3: Gives a plain picture., 5: Picture plus a limit.}
    checks:
      - id: found
        says: Speaks of cases found among those that exist
        level: 3
        phrasings: [of all sick people how many did we catch, the share of true cases spotted, few missed patients]
        probe: What does the nurse take away?
        next: Count the missed ones aloud.
  - id: use
    name: Says when it matters
    dimension: use
    anchors: {1: Never., 3: Names a case., 5: Names a price.}
    checks:
      - id: price
        says: Names the price of a miss
        level: 3
        phrasings: [a missed tumour costs a life, false alarms are cheaper, it depends which error hurts]
        probe: When would you care less about it?
        next: Put two errors side by side.
hints: [Picture a ward., Who went home and should not have?, Some ill people were sent home.]
exemplars:
  weak: Recall is a very important metric that everyone in the field should really know well.
  adequate: It is the share of real cases that were found.
  outstanding: Ten on your ward are ill. We found seven.
  difference: A person instead of a formula.
"""

RUBRICS = {
    "debugging": """\
type: debugging
label: Debugging
judges: How you find a cause.
dimensions:
  - {id: evidence, name: Evidence, judges: What you look at., anchors: {1: Guesses., 3: Looks., 5: Rules out.}}
  - {id: recovery, name: Recovery, judges: What you mend., anchors: {1: Nothing., 3: Something., 5: In order.}}
caps:
  - {id: no-repair, needs: recovery, at_least: 3, limits: overall, to: 3, because: A cause alone helps nobody.}
""",
    "concept": """\
type: concept
label: Concept
judges: How you explain.
dimensions:
  - {id: meaning, name: Meaning, judges: What it is., anchors: {1: Formula., 3: Picture., 5: Limit.}}
  - {id: use, name: Use, judges: When it matters., anchors: {1: Never., 3: A case., 5: A price.}}
""",
}

PERSONA = """\
id: maya
name: Maya
role: hiring manager
voice: Calm and brief.
concerns: [evidence]
greeting: Good to meet you.
lines: {redirect: [Let's stay with the parcels.]}
"""


@dataclass(frozen=True)
class Bank:
    """A bank's folder, and ways to spoil it."""

    root: Path

    def write(self, path: str, text: str | bytes) -> Path:
        """Write a file below the bank."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        return file

    def question(self, *changes: tuple[str, str], base: str = QUESTION, path: str = "debugging/late-parcels") -> Path:
        """Write a question with some passages replaced; each must be there."""
        for old, new in changes:
            assert old in base, old
            base = base.replace(old, new)
        return self.write(f"items/{path}.yaml", base)

    def lint(
        self, path: Path | None = None, coverage: Coverage | None = None, known: Known | None = None
    ) -> tuple[Problem, ...]:
        """Lint the bank as of a fixed day."""
        return lint(path or self.root, today=TODAY, coverage=coverage, known=known)


def make(root: Path) -> Bank:
    """A bank of two sound questions."""
    bank = Bank(root)
    bank.question()
    bank.question(base=CONCEPT, path="concept/what-is-recall")
    for kind, text in RUBRICS.items():
        bank.write(f"rubrics/{kind}.yaml", text)
    bank.write("personas/maya.yaml", PERSONA)
    bank.write("thesaurus.yaml", "delay: [late, overdue]\n")
    bank.write("tags.yaml", "logistics: [parcels, couriers]\nmetrics: []\n")
    bank.write("pack.yaml", "name: Parcels\nreplaces_bank: true\n")
    return bank
