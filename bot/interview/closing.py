"""How an interview ends: the candidate's own rating, the judgement, the feedback and what may follow it.

What a card says is made in `feedback`; judging is a mind's, behind the port. Feedback is only ever shown after the interview.
"""

from __future__ import annotations

from dataclasses import replace

from bot.chat.meanings import Choices, Comparison, Field, Form, Option, Paragraph, Passage, Verdict
from bot.chat.replies import Role
from bot.interview import evidence, feedback, words
from bot.interview.desk import Desk
from bot.interview.grader import Finding, GradeRequest, Judgement, Report
from bot.interview.remember import remember
from bot.interview.session import Counts, Phase, Redo, Session, Turn
from bot.interview.wording import content_words
from bot.library.items import Criterion, Question

RATING_FORM = "self-rating"
DISAGREE = "disagree"
REDO, STRONG, HELPED, UNHELPED, AGAIN, SKIP_RATING = "redo", "strong", "helped", "unhelped", "again", "skip-rating"
SHARE = "share"
"""Offered by an adapter where the scorecard went to the candidate alone although others read along."""

READ_BACK = 0.5
"""A sentence with this share of its words from the card says nothing of its own."""

DISCUSSIONS = 12
"""How often lines of one scorecard are looked at again: each look may cost a model call."""


def rating_form(question: Question) -> Form:
    """The form for a candidate's own rating, a criterion a field."""
    return Form(
        RATING_FORM,
        "Before you see mine: how did you do?",
        "1 is not at all, 5 is as well as it can be done. Leave out what you can't say.",
        tuple(Field(criterion.id, criterion.name, "scale") for criterion in question.criteria),
        "Show me the feedback",
    )


def to_rating(desk: Desk) -> None:
    """The interview is over; the candidate rates themselves before anything is shown."""
    session = desk.session
    desk.update(phase=Phase.RATING, paused=False, clock=session.clock.stopped(desk.now_ms), open_move="")
    if session.quiet:
        return
    desk.post(Role.SYSTEM, "rate", rating_form(desk.question))


def rate(desk: Desk, ratings: dict[str, str]) -> bool:
    """Keep self-ratings, 1 to 5 by criterion id; False (and a plain word) if one is no such number or criterion."""
    known = {criterion.id for criterion in desk.question.criteria}
    kept = dict(desk.session.self_ratings)
    for criterion, value in ratings.items():
        if criterion not in known:
            desk.tell("rate", f"There is no criterion {criterion!r} here. They are: {', '.join(sorted(known))}.")
            return False
        if not value.strip():
            continue
        if value.strip() not in {"1", "2", "3", "4", "5"}:
            desk.tell("rate", "A rating is a whole number from 1 to 5.")
            return False
        kept[criterion] = int(value)
    desk.update(self_ratings=kept)
    return True


async def judge(desk: Desk) -> Judgement:
    """The judgement on the interview, made once."""
    if desk.session.judgement is None:
        judgement = await desk.minds.grade(_request(desk), desk.session.mind, _report(desk))
        judgement = _with_what_was_asked(desk, judgement)
        desk.update(judgement=replace(judgement, flags=tuple(dict.fromkeys((*judgement.flags, *_turn_flags(desk))))))
    assert desk.session.judgement is not None
    return desk.session.judgement


def _with_what_was_asked(desk: Desk, judgement: Judgement) -> Judgement:
    """Offline: whoever asked for a fact has shown the checks that are shown by asking for it, however they put it.

    A model needs no such help; it has read the questions.
    """
    if judgement.numbers:
        return judgement
    sentences = {sentence.number: sentence for sentence in desk.session.sentences()}
    found = []
    for finding in judgement.findings:
        asked = set(desk.question.check(finding.check).asks) & set(desk.session.revealed)
        cited = [sentences[number] for number in desk.session.shown.get(finding.check, ()) if number in sentences]
        if asked and cited and finding.verdict is not Verdict.COVERED:
            quote = evidence.excerpt(cited[0].text)
            found.append(Finding(finding.check, Verdict.COVERED, (cited[0].number,), quote, strength=1.0))
        else:
            found.append(finding)
    return replace(judgement, findings=tuple(found))


def _turn_flags(desk: Desk) -> tuple[str, ...]:
    return tuple(flag for flag in desk.session.flags if flag == "injection")


def _report(desk: Desk) -> Report:
    async def report(done: int, total: int) -> None:
        await desk.progress.step("Reading your answer against what the question looks for", done, total)

    return report


def _request(desk: Desk, sentences: tuple[evidence.Sentence, ...] = (), criteria: tuple[str, ...] = ()) -> GradeRequest:
    session = desk.session
    return GradeRequest(
        session=session.id,
        question=desk.question,
        level=session.level,
        sentences=(*session.sentences(), *sentences),
        criteria=criteria,
        seed=session.seed,
        asked=_asked(session),
        person=session.candidate,
    )


def _asked(session: Session) -> dict[int, str]:
    """What the interviewer had said before each turn of the candidate; the scenario is known anyway."""
    asked: dict[int, str] = {}
    last = ""
    for index, turn in enumerate(session.turns):
        if turn.by == "interviewer":
            last = "" if turn.move == "pose" else turn.text
        elif turn.by == "candidate" and last:
            asked[index] = last
    return asked


async def show_feedback(desk: Desk) -> None:
    """Grade if that has not been done, and show the scorecard."""
    judgement = await judge(desk)
    if judgement.mind != desk.minds.order(desk.session.mind)[0]:
        desk.tell("note", words.GRADER_AWAY)
    desk.update(phase=Phase.GRADED)
    card = feedback.scorecard(desk.session, desk.question, desk.rubric, judgement)
    desk.confide("feedback", card, *(() if desk.session.quiet else (_after(desk),)))
    remember(desk)


async def share(desk: Desk) -> None:
    """Show the scorecard to everybody who is here, because the candidate said so."""
    judgement = await judge(desk)
    desk.post(Role.SYSTEM, "shared", feedback.scorecard(desk.session, desk.question, desk.rubric, judgement))


def _after(desk: Desk) -> Choices:
    return Choices(
        "What next?",
        (
            Option(REDO, "Redo the weakest part", word="redo", style="primary"),
            Option(STRONG, "See a strong answer", word="strong"),
            Option(DISAGREE, "I disagree", word="disagree"),
            Option(HELPED, "This helped", word="helped"),
            Option(UNHELPED, "It did not help", word="unhelped"),
            Option(AGAIN, "Another question", word="again"),
        ),
    )


def strong_answer(desk: Desk) -> None:
    """A strong answer to compare with, and what separates it from an adequate one."""
    exemplars = desk.question.exemplars
    desk.confide(
        "strong",
        Passage("A strong answer", exemplars.outstanding),
        Paragraph(f"What separates it from an adequate one: {exemplars.difference}"),
    )


def helped(desk: Desk, yes: bool) -> None:
    """Keep whether the feedback helped."""
    desk.update(helped=yes)
    remember(desk)
    thanks = "Thank you, noted." if yes else "Thank you, noted. If a line is wrong, say which one and why."
    desk.confide("thanks", Paragraph(thanks))


async def start_redo(desk: Desk) -> None:
    """Ask for the weakest part again."""
    judgement = await judge(desk)
    criterion = feedback.weakest(desk.question, judgement)
    lines = feedback.criterion_lines(desk.question, desk.rubric, judgement, desk.session.self_ratings)
    before = next(line for line in lines if line.id == criterion.id)
    verdicts = {finding.check: finding.verdict for finding in judgement.findings}
    missing = [c for c in criterion.checks if verdicts.get(c.id) not in {Verdict.COVERED, Verdict.MET}]
    probe = min(missing or criterion.checks, key=lambda check: (check.level, -check.weight)).probe
    question = criterion.follow_ups[0] if criterion.follow_ups else probe
    desk.update(phase=Phase.REDOING, redo=Redo(criterion.id, before), open_move="redo:")
    desk.ask("redo", f"{desk.stock('redo')} {question}", criterion.id)


async def finish_redo(desk: Desk, text: str) -> None:
    """Judge the part answered again, and show before and after."""
    session = desk.session
    assert session.redo is not None
    judgement = await judge(desk)
    desk.update(
        turns=(*session.turns, Turn("candidate", text, desk.now_ms, "redo", "", Counts.ANSWER, session.next_sentence()))
    )
    again = await desk.minds.grade(_request(desk, (), (session.redo.criterion,)), session.mind, _report(desk))
    merged = _merged(judgement, again.findings)
    lines = feedback.criterion_lines(
        desk.question, desk.rubric, replace(merged, numbers=again.numbers), session.self_ratings
    )
    after = next(line for line in lines if line.id == session.redo.criterion)
    desk.update(phase=Phase.GRADED, redo=replace(session.redo, after=after), open_move="")
    before = session.redo.before
    gained = [
        check.says
        for check, old in zip(after.checks, before.checks, strict=True)
        if check.verdict != old.verdict and check.verdict in {Verdict.COVERED, Verdict.MET}
    ]
    closer = [
        check.says
        for check, old in zip(after.checks, before.checks, strict=True)
        if check.verdict in {Verdict.UNSURE, Verdict.PARTLY} and _ORDER.index(check.verdict) > _ORDER.index(old.verdict)
    ]
    if gained:
        text = f"New this time: {'; '.join(gained)}."
    elif closer:
        text = f"Closer this time, and not clear yet: {'; '.join(closer)}."
    else:
        text = "Nothing new that I could find. The next step stays the same."
    desk.confide("comparison", Comparison(before, after, again.numbers and judgement.numbers, text), _after(desk))
    remember(desk)


def _merged(judgement: Judgement, findings: tuple[Finding, ...]) -> Judgement:
    newer = {finding.check: finding for finding in findings}
    return replace(judgement, findings=tuple(newer.get(old.check, old) for old in judgement.findings))


_ORDER = (Verdict.NOT, Verdict.NOT_SPOTTED, Verdict.UNSURE, Verdict.PARTLY, Verdict.COVERED, Verdict.MET)


def disagree(desk: Desk) -> None:
    """Open the talk about one line."""
    desk.ask(
        "discuss",
        "Fair enough: a line can be wrong. Which one, and which sentence of yours, or what else, should I weigh?",
    )


async def discuss(desk: Desk, text: str) -> None:
    """Talk about the feedback: new evidence changes a line, insistence does not."""
    session = desk.session
    judgement = await judge(desk)
    if session.discussed >= DISCUSSIONS:
        desk.ask("discuss", "We've been over this card a few times. Shall we take the weakest part again instead?")
        return
    turn = Turn("candidate", text, desk.now_ms, "discuss", "", Counts.ASIDE, session.next_sentence())
    said = evidence.number([(len(session.turns), text)], first=session.next_sentence())
    desk.update(turns=(*session.turns, turn), discussed=session.discussed + 1)
    again = await desk.minds.grade(_request(desk, said), session.mind)
    better = _better(desk, judgement, again, said) if again.mind == judgement.mind else ()
    if not better:
        desk.ask("discuss", _stays(desk, judgement, text))
        return
    desk.update(judgement=_merged(judgement, better))
    check = desk.question.check(better[0].check)
    criterion = desk.question.criterion_of(check.id)
    quote = f"“{better[0].quote}” " if better[0].quote else "That "
    desk.ask(
        "discuss",
        f"{quote}is new to me, and it bears on “{criterion.name}”. I've changed that line. Is there another you'd question?",
        criterion.id,
    )
    if not session.quiet:
        card = feedback.scorecard(desk.session, desk.question, desk.rubric, _merged(judgement, better))
        desk.confide("feedback", card, _after(desk))
    remember(desk)


def _better(
    desk: Desk, before: Judgement, again: Judgement, said: tuple[evidence.Sentence, ...]
) -> tuple[Finding, ...]:
    """Findings that stand higher than before because of what was just said: they must cite it, or only a mood has changed;
    and what they cite must speak of the check, or a model has only been talked into it."""
    old = {finding.check: _ORDER.index(finding.verdict) for finding in before.findings}
    return tuple(
        finding
        for finding in again.findings
        if finding.verdict in {Verdict.COVERED, Verdict.MET, Verdict.PARTLY}
        and _ORDER.index(finding.verdict) > old.get(finding.check, 0)
        and any(s.number in finding.sentences and _speaks_of(desk, finding.check, s.text) for s in said)
    )


def _speaks_of(desk: Desk, check_id: str, text: str) -> bool:
    check = desk.question.check(check_id)
    said = set(content_words(text))
    on_card = set(content_words(f"{check.says} {check.next}"))
    if said and len(said & on_card) / len(said) >= READ_BACK:
        return False  # the card's own words, read back
    return len(said & {*on_card, *content_words(" ".join(check.phrasings))}) >= 2


def _stays(desk: Desk, judgement: Judgement, text: str) -> str:
    """Why a line stands, with its evidence, and a question that invites more of it."""
    criterion = _meant(desk, judgement, text)
    quotes = [
        finding.quote
        for finding in judgement.findings
        if finding.quote and finding.check in {check.id for check in criterion.checks}
    ]
    if desk.session.quiet or not quotes:
        held = f"I read your sentences again for “{criterion.name}”, and nothing new came up."
    else:
        held = f"For “{criterion.name}” what I have is: “{quotes[0]}”. Saying it again does not move the line."
    return f"{held} Which sentence of yours would you point me to?"


def _meant(desk: Desk, judgement: Judgement, text: str) -> Criterion:
    """The criterion a person is talking about, by its words; the weakest when they name none."""
    said = set(content_words(text))

    def overlap(criterion: Criterion) -> int:
        named = content_words(" ".join((criterion.name, *(check.says for check in criterion.checks))))
        return len(said & set(named))

    best = max(desk.question.criteria, key=overlap)
    return best if overlap(best) else feedback.weakest(desk.question, judgement)


def stop(desk: Desk) -> None:
    """The candidate ended the interview."""
    desk.update(stopped_by="candidate")
    desk.ask("close", words.line("closing_stop", desk.persona, desk.session.seed), "candidate")
    to_rating(desk)
