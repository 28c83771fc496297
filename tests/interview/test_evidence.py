"""Sentences and quotes: verbatim, whatever a candidate writes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.interview import evidence


def test_sentences_end_where_a_reader_would_end_them() -> None:
    text = "I'd check e.g. the index first. Is it stale? Then:\n- roll back v2.1\n- tell support… Done!"
    assert evidence.split(text) == (
        "I'd check e.g. the index first.",
        "Is it stale?",
        "Then:",
        "roll back v2.1",
        "tell support…",
        "Done!",
    )


def test_a_voice_transcript_without_punctuation_is_one_sentence() -> None:
    assert evidence.split("so first i would look at the logs and then roll back") == (
        "so first i would look at the logs and then roll back",
    )


def test_numbering_goes_on_over_turns() -> None:
    first = evidence.number([(0, "One. Two.")])
    later = evidence.number([(4, "Three.")], first=3)
    assert [(s.number, s.text, s.turn) for s in (*first, *later)] == [(1, "One.", 0), (2, "Two.", 0), (3, "Three.", 4)]


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=400))
def test_every_sentence_stands_in_the_text_word_for_word(text: str) -> None:
    assert all(evidence.is_verbatim(sentence, [text]) for sentence in evidence.split(text))


@given(st.text(max_size=900), st.integers(0, 900), st.integers(1, 60))
def test_an_excerpt_is_short_and_verbatim(sentence: str, start: int, length: int) -> None:
    around = sentence[start : start + length]
    quote = evidence.excerpt(sentence, around)
    assert len(quote) <= max(evidence.QUOTE_LIMIT, 0)
    assert quote in sentence


def test_an_excerpt_keeps_what_it_is_about() -> None:
    sentence = "word " * 60 + "roll back to the version of Tuesday " + "word " * 60
    assert "roll back to the version of Tuesday" in evidence.excerpt(sentence, "roll back to the version of Tuesday")
