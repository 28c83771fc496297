"""What typed text means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.terminal.parse import (
    COMMANDS,
    Command,
    Fill,
    Leave,
    Notice,
    Press,
    Say,
    read,
    read_field,
    words,
)
from bot.chat.meanings import Choices, Field, Option
from tests.adapters.cards import AFTERWARDS

RESUME = Choices("Go on?", (Option("go-on", "Go on", word="resume"), Option("new", "Start over", word="new")))


@pytest.mark.parametrize("word", COMMANDS)
def test_a_command_is_its_word_alone_with_or_without_a_slash(word: str) -> None:
    for typed in (word, f"/{word}", f" {word.upper()} ", f"{word}?"):
        assert read(typed) == Command(word)


@pytest.mark.parametrize(
    "said",
    ["", "   ", "stop the rollout first", "a hint of latency", "/etc/passwd is readable", "2", "日本語で", "🙂", "/"],
)
def test_anything_else_is_said_word_for_word(said: str) -> None:
    assert read(said) == Say(said)


def test_a_long_paste_is_said_whole() -> None:
    paste = "I would look at the logs.\n" * 480
    assert read(paste) == Say(paste)


def test_a_command_takes_what_follows_its_slash() -> None:
    assert read("/hint about the metrics") == Command("hint", {"text": "about the metrics"})


def test_an_unknown_command_is_answered_with_the_list() -> None:
    answer = read("/quiz")
    assert isinstance(answer, Notice)
    assert all(word in answer.text for word in ("/quiz", "quit", *COMMANDS))


def test_quit_leaves() -> None:
    assert read("quit") == read("/exit") == Leave()


def test_an_option_is_chosen_by_its_word_its_label_or_its_number_where_it_has_no_word() -> None:
    redo, strong, _, helped = AFTERWARDS.options
    assert [word for word, _ in words(AFTERWARDS)] == ["redo", "strong", "disagree", "4"]
    assert read("Redo", AFTERWARDS) == Press(redo)
    assert read("/strong", AFTERWARDS) == Press(strong)
    assert read("see a strong answer", AFTERWARDS) == Press(strong)
    assert read("4", AFTERWARDS) == Press(helped)
    assert read("I'd redo the index", AFTERWARDS) == Say("I'd redo the index")


def test_two_options_with_one_word_stay_apart() -> None:
    twins = Choices("", (Option("a", "First", word="again"), Option("b", "Second", word="again")))
    assert [word for word, _ in words(twins)] == ["again", "2"]


def test_an_option_named_like_a_command_gives_the_word_back_once_chosen() -> None:
    assert read("resume", RESUME) == Press(RESUME.options[0])
    assert read("resume", RESUME, spent=True) == Command("resume")
    assert read("new", RESUME, spent=True) == Press(RESUME.options[1])


def test_bytes_the_terminal_could_not_decode_can_be_stored() -> None:
    said = read("caf\udce9")
    assert said == Say("caf�")


@given(st.text(max_size=60))
def test_whatever_is_typed_is_sent_or_answered(typed: str) -> None:
    meant = read(typed, AFTERWARDS)
    if isinstance(meant, Say):
        assert meant.text == typed
    else:
        assert isinstance(meant, (Command, Press, Notice, Leave))


SCALE = Field("layer", "Finds the layer", "scale")
CHOICE = Field("level", "Level", "choice", choices=(("mid", "Mid-level"), ("senior", "Senior")))


def test_a_scale_takes_one_to_five_and_enter_leaves_it_out() -> None:
    assert read_field(" 4 ", SCALE) == Fill("4")
    assert read_field("", SCALE) == read_field("skip", SCALE) == Fill("")
    for wrong in ("0", "6", "four", "4.5", "not sure"):
        assert isinstance(read_field(wrong, SCALE), Notice)


def test_a_choice_takes_its_number_value_or_label() -> None:
    assert read_field("2", CHOICE) == read_field("senior", CHOICE) == read_field("SENIOR", CHOICE) == Fill("senior")
    assert read_field("3", CHOICE) == Notice("One of these, please: 1 Mid-level, 2 Senior. Or Enter to leave it out.")


def test_a_field_that_is_needed_is_not_left_out() -> None:
    needed = Field("layer", "Finds the layer", "scale", required=True)
    assert isinstance(read_field("", needed), Notice)


def test_enter_keeps_what_a_field_held() -> None:
    assert read_field("", Field("layer", "Finds the layer", "scale", value="3")) == Fill("3")


def test_commands_and_sentences_get_past_a_field() -> None:
    assert read_field("/help", SCALE) == Command("help")
    assert read_field("quit", Field("note", "Note")) == Leave()
    assert read_field("I forgot to mention the agents", SCALE) == Say("I forgot to mention the agents")
    assert read_field("free words here", Field("note", "Note")) == Fill("free words here")
