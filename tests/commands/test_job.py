"""`hotseat practice --job`: a job description from a file or the input chooses what is asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.test_author import Author
from tests.library.test_posting import ADVERT


@pytest.fixture
def author(tmp_path: Path) -> Author:
    (tmp_path / "job.txt").write_text(ADVERT)
    (tmp_path / "answer.txt").write_text("I'd ask who is affected.")
    return Author(tmp_path)


def test_the_description_chooses_and_what_was_taken_from_it_is_said_first(author: Author) -> None:
    told = author.hotseat("practice", "--job", "job.txt", "--script", "answer.txt")
    assert "Hotseat: From the job description I took the level senior; topics: RAG (3 times), " in told
    assert told.index("From the job description") < told.index("Interviewer: ")
    for theirs in ("vets", "scheduling", "Support, "):
        assert theirs not in told


def test_it_may_come_through_a_pipe_and_the_level_is_the_candidates_own(author: Author) -> None:
    out = author.hotseat(
        *("practice", "--job", "-", "--level", "mid", "--script", "answer.txt", "--json"), says="Lead PM for latency"
    )
    lines = [json.loads(line) for line in out.splitlines()]
    (said,) = [line["text"] for line in lines if line.get("move") == "job"]
    assert said.startswith("From the job description I took topics: latency (once).")
    assert lines[-1]["scorecard"]["level"] == "mid"


def test_a_description_that_says_nothing_known_still_gets_an_interview(author: Author) -> None:
    (author.home / "job.txt").write_text("Barkeeper wanted.")
    told = author.hotseat("practice", "--job", "job.txt", "--script", "answer.txt")
    assert "names nothing I have questions on, so I choose as I always do." in told
    assert "Interviewer: " in told


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "The job description is empty"),
        (b" \n\t", "The job description is empty"),
        (b"%PDF-1.7 \xff\xfe\x00", "is not plain text in UTF-8. Copy the words out of it"),
        (b"a\0b", "is not plain text in UTF-8"),
        (b"x" * (2**20 + 1), "is larger than 1 MiB"),
    ],
)
def test_what_cannot_be_a_description_is_refused_before_anything_begins(author: Author, raw: bytes, words: str) -> None:
    (author.home / "job.txt").write_bytes(raw)
    assert words in author.hotseat("practice", "--job", "job.txt", "--script", "answer.txt", code=2)


def test_a_file_that_is_not_there(author: Author) -> None:
    assert "gone.txt can't be read: no such file" in author.hotseat("practice", "--job", "gone.txt", code=2)
    assert ". can't be read: is a directory" in author.hotseat("practice", "--job", ".", code=2)
