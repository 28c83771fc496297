"""Meanings the adapters' tests share: one interview, its two scorecards (offline and with numbers), its offers."""

from __future__ import annotations

from dataclasses import replace

from bot.chat.meanings import (
    CheckLine,
    Choices,
    Comparison,
    CriterionLine,
    Field,
    Form,
    Option,
    Passage,
    QuestionCard,
    Scorecard,
    Verdict,
)

QUESTION = QuestionCard(
    speaker="Maya",
    role="hiring manager",
    kind="production failure",
    level="senior",
    minutes=15,
    title="Yesterday's refund rules",
    text="Our support search answers from the help centre, and the articles change every night.\n\n"
    "Since last week it quotes old refund rules. Where do you look first?",
    help="Ask what you would ask on the job. hint, pause, stop any time.",
)

_CRITERIA = (
    CriterionLine(
        "layer",
        "Finds the layer by evidence",
        None,
        (
            CheckLine("change", "Asks what changed before guessing", Verdict.COVERED, "did anything ship last week?"),
            CheckLine(
                "split",
                "Names the observation that splits the causes",
                Verdict.COVERED,
                "I'd check when each page was last embedded vs last edited, and whether the job errors",
            ),
            CheckLine("rule-out", "Says which result would rule the idea out", Verdict.NOT_SPOTTED),
        ),
        "You asked for the one observation that parts the causes.",
        "Say which result would prove you wrong.",
        4,
    ),
    CriterionLine(
        "recovery",
        "Recovers, not only diagnoses",
        None,
        (
            CheckLine("first", "Stops the harm first", Verdict.UNSURE, "delete the old chunks and re-index"),
            CheckLine("owner", "Names an owner and how one knows it is over", Verdict.NOT_SPOTTED),
        ),
        "There is a fix; its order and its owner are missing.",
        "First hour, first day, how you know it is over.",
        4,
    ),
    CriterionLine(
        "people",
        "Ties it to people",
        None,
        (CheckLine("who", "Says who was misinformed", Verdict.NOT_SPOTTED),),
        "The agents and their customers do not appear.",
        "Who got a wrong answer last week, and how do you tell them?",
        3,
    ),
)

OFFLINE = Scorecard(
    interview="one",
    title=QUESTION.title,
    kind=QUESTION.kind,
    level=QUESTION.level,
    numbers=False,
    overall=None,
    self_overall=None,
    criteria=_CRITERIA,
    one_change="Before any fix, say in one sentence who is being hurt right now.",
    notes=("You took one hint.",),
    caveat="Offline coach: it looks for what a strong answer shows. It cannot judge whether you are right.",
)

_BY_MODEL = {Verdict.COVERED: Verdict.MET, Verdict.UNSURE: Verdict.PARTLY, Verdict.NOT_SPOTTED: Verdict.NOT}

NUMBERED = replace(
    OFFLINE,
    numbers=True,
    overall=3.4,
    self_overall=4.0,
    caveat="",
    criteria=tuple(
        replace(
            line, level=level, checks=tuple(replace(check, verdict=_BY_MODEL[check.verdict]) for check in line.checks)
        )
        for line, level in zip(_CRITERIA, (4, 3, None), strict=True)
    ),
)

AFTERWARDS = Choices(
    "What next?",
    (
        Option("redo", "Answer the weakest part again", value="people", word="redo", style="primary"),
        Option("strong", "See a strong answer", word="strong"),
        Option("disagree", "I disagree", word="disagree"),
        Option("helped", "This helped", value="yes"),
    ),
)

RATING = Form(
    "rating",
    "Before you see mine",
    "How would you rate yourself?",
    tuple(Field(line.id, line.name, "scale") for line in _CRITERIA),
)

REDONE = Comparison(
    NUMBERED.criteria[1],
    replace(NUMBERED.criteria[1], level=4, why="The order is clear now."),
    True,
    "The second try says what happens in which hour.",
)

STRONG = Passage("A strong answer", "First I would ask what changed.\n\nThen I would compare the two timestamps.")
