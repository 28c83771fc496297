"""Sums are worked out exactly and never run as code."""

from __future__ import annotations

from fractions import Fraction

import pytest

from bot.library.arithmetic import NotASum, equal, value


@pytest.mark.parametrize(
    ("expression", "equals"),
    [
        ("200 / 40", "5"),
        ("0.1 + 0.2", "0.3"),
        ("1,200 * 2", "2400"),
        ("£1,200 * 2", "£2,400"),
        ("30 / 120", "25%"),
        ("30 / 120", "25 per cent"),
        ("12% * 50", "6"),
        ("100 / 3", "33.3"),
        ("2 * (3 + 4) - -1", "15"),
        ("users * price", "total"),
        ("fee * 200", "10"),
    ],
)
def test_equal_however_it_is_written(expression: str, equals: str) -> None:
    assert equal(expression, equals, {"users": 1500, "price": "$0.10", "total": "150", "fee": "0.05"})


@pytest.mark.parametrize(
    ("expression", "equals"), [("100 / 3", "33"), ("100 / 3", "33.4"), ("2 + 2", "5"), ("0.25", "2.5%")]
)
def test_not_equal(expression: str, equals: str) -> None:
    assert not equal(expression, equals, {})


@pytest.mark.parametrize(
    "expression",
    [
        "__import__('os').system('ls')",
        "2 ** 9999999999",
        "9 // 2",
        "9 % 2 == 1",
        "True + 1",
        "1j",
        "'a' * 3",
        "[1][0]",
        "a if b else c",
        "lambda: 1",
        "1e999",
        "1 +",
        "",
        "(" * 300 + "1" + ")" * 300,
        "-" * 390 + "1 1",
        "missing + 1",
        "1 / 0",
    ],
)
def test_anything_else_is_no_sum(expression: str) -> None:
    with pytest.raises(NotASum):
        value(expression, {"word": "many"})


def test_a_stated_value_must_be_a_number() -> None:
    with pytest.raises(NotASum, match="`plenty` is not a number"):
        equal("1 + 1", "plenty", {})
    with pytest.raises(NotASum):
        value("word", {"word": "many"})
    assert value("1 / 3", {}) == Fraction(1, 3)
