"""What may not count as evidence, and what must."""

from __future__ import annotations

import pytest

from bot.interview import evidence
from bot.models.offline import guards
from tests.models.offline.cases import INVOICES

GOOD = (
    "I'd stop the automatic payments for Germany today. Then I'd compare totals from before the release with totals after "
    "it, stage by stage, to see whether text recognition or extraction changed the amount."
)


def flags(answer: str) -> tuple[str, ...]:
    return guards.screen(INVOICES, evidence.number([(0, answer)])).flags


@pytest.mark.parametrize("answer", ["", "   ", "🙂🙂🙂", "...", "?", "\u200b\u200b"])
def test_nothing_is_empty(answer: str) -> None:
    assert guards.is_empty(answer)
    assert flags(answer) == ("empty",)


@pytest.mark.parametrize("answer", ["ok", "42", "rollback"])
def test_a_word_is_not_empty(answer: str) -> None:
    assert not guards.is_empty(answer)


@pytest.mark.parametrize(
    "answer",
    [
        "I don't know",
        "i dont know",
        "No idea.",
        "Sorry, no clue.",
        "Honestly, I have no idea how to answer this.",
        "idk",
        "Hmm. I'm not sure. Pass.",
        "I can't answer that, sorry.",
        "I really don't know what to say",
        "dunno",
        "My mind is blank.",
        "I give up",
        "um I'm stuck",
    ],
)
def test_not_knowing_is_heard(answer: str) -> None:
    assert guards.is_no_idea(answer)
    assert flags(answer) == ("no_idea",)


@pytest.mark.parametrize(
    "answer",
    [
        "I don't know which stage fails, so I'd compare the output of each one.",
        "I don't know the error rate; first I'd ask how many invoices are hit.",
        "Not sure it is the model.",
        "I have no idea who approved the release, so I would ask the platform team.",
    ],
)
def test_not_knowing_something_is_an_answer(answer: str) -> None:
    assert not guards.is_no_idea(answer)


@pytest.mark.parametrize(
    "answer",
    [
        INVOICES.prompt,
        "So customers in Germany report wrong totals since Monday.",
        "Since Monday customers in Germany report wrong totals, and amounts above a limit go to a person for approval.",
        "A model extracts the total, the tax and the due date. How would I find out what is wrong, and what would I do first?",
    ],
)
def test_restating_the_question_is_an_echo(answer: str) -> None:
    assert "echo" in flags(answer)
    assert not guards.screen(INVOICES, evidence.number([(0, answer)])).evidence


def test_an_echo_leaves_the_rest() -> None:
    left = guards.screen(INVOICES, evidence.number([(0, f"Customers in Germany report wrong totals. {GOOD}")]))
    assert left.flags == ()
    assert [sentence.number for sentence in left.evidence] == [2, 3]


@pytest.mark.parametrize(
    "answer",
    [
        "rollback, monitoring, stakeholders, latency, data drift, root cause, SLA, canary",
        "invoice totals extraction recognition pipeline release payments approval customers monitoring dashboard",
        "Rollback\nMonitoring\nRoot cause\nData drift\nCanary\nStakeholders\nDashboards",
        "rollback / payments / approval / before after / recognition / extraction / customers",
        "training set test set validation leakage holdout baseline absolute error shadow pilot waste drift noise split",
    ],
)
def test_a_list_of_terms_is_stuffing(answer: str) -> None:
    assert flags(answer) == ("stuffing",)
    assert not guards.screen(INVOICES, evidence.number([(0, answer)])).evidence


@pytest.mark.parametrize(
    "answer",
    [
        GOOD,
        "stop payments, compare before and after, tell customers, roll back the release",
        "- stop automatic payments\n- compare totals before and after\n- tell customers\n- roll back\n- check each stage",
        "First payments: off. Then a look at each stage.",
        "Compare outputs. Check recognition. Hold payments. Write customers. Revert release.",
    ],
)
def test_terse_is_not_stuffing(answer: str) -> None:
    assert flags(answer) == ()


def test_stuffing_leaves_the_honest_rest() -> None:
    stuffed = "rollback, monitoring, stakeholders, latency, data drift, root cause, SLA, canary."
    left = guards.screen(INVOICES, evidence.number([(0, f"{GOOD} {stuffed}")]))
    assert left.flags == ("stuffing",)
    assert [sentence.number for sentence in left.evidence] == [1, 2]


@pytest.mark.parametrize(
    "answer",
    [
        "Ich würde zuerst die automatischen Zahlungen stoppen und dann die Summen vor und nach dem Release vergleichen.",
        "Je commencerais par arrêter les paiements automatiques et je comparerais les totaux avant et après la mise à jour.",
        "Primero detendría los pagos automáticos y luego compararía los totales antes y después del lanzamiento.",
        "Сначала я остановлю автоматические платежи и сравню суммы до и после выпуска.",
        "まず自動支払いを止めて、リリース前後の合計を比べます。",
        "我会先停止自动付款，然后比较发布前后的总额。",
    ],
)
def test_other_languages_are_said_to_be_unread(answer: str) -> None:
    assert guards.is_other_language(answer)
    assert flags(answer) == ("other_language",)


def test_mixed_text_keeps_its_english() -> None:
    left = guards.screen(
        INVOICES, evidence.number([(0, f"{GOOD} Danach würde ich die Kunden informieren und mit dem Team reden.")])
    )
    assert left.flags == ("other_language",)
    assert [sentence.number for sentence in left.evidence] == [1, 2]


@pytest.mark.parametrize(
    "sentence", [GOOD, "Die Zahlungen", "I'd call José about the naïve résumé parser in São Paulo.", "p95 < 200 ms"]
)
def test_english_with_foreign_names_is_english(sentence: str) -> None:
    assert not guards.is_other_language(sentence)


@pytest.mark.parametrize(
    "answer",
    [
        "My grandmother kept bees behind the house, eleven hives in different colours, and in spring we lifted the frames "
        "wearing veils much too large for us; the honey from the lime trees was almost green.",
        "Photosynthesis turns sunlight into sugar inside the leaves of a plant. Chlorophyll absorbs mostly red and blue light, "
        "which is why forests look green from the air.",
    ],
)
def test_fluent_prose_about_something_else(answer: str) -> None:
    assert flags(answer) == ("off_topic",)


def test_a_pasted_novel_is_read_at_both_ends() -> None:
    novel = "\n".join(f"In chapter {n} nothing of note happened to anybody at all." for n in range(1, 600))
    left = guards.screen(
        INVOICES, evidence.number([(0, f"{GOOD}\n{novel}\nFinally I'd tell every affected customer.")])
    )
    numbers = [sentence.number for sentence in left.evidence]
    assert numbers[:2] == [1, 2]
    assert numbers[-1] == 602
    assert sum(len(sentence.text) for sentence in left.evidence) <= guards.MOST_CHARACTERS


def test_a_transcript_without_full_stops_is_read_as_far_as_fits() -> None:
    spoken = "so i would stop the automatic payments and then i would compare the totals before and after " * 400
    left = guards.screen(INVOICES, evidence.number([(0, spoken)]))
    assert left.flags == ()
    assert [len(sentence.text) <= guards.MOST_CHARACTERS for sentence in left.evidence] == [True]
    assert left.evidence[0].text in spoken
