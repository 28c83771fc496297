"""Working out the sums an item relies on: + - * / and brackets over numbers and a variant's names, exactly.

No powers, calls or anything else Python knows; text that is not such an expression is an error in plain words.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping
from fractions import Fraction

_OPERATIONS: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_THOUSANDS = re.compile(r"(?<=\d)[,\u00a0\u202f](?=\d{3}(?!\d))")
_CURRENCY = re.compile(r"[£$€]\s*(?=[\d.])")
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*(?:%|per cent\b|percent\b)")
_NUMBER = re.compile(r"-?\d+(?:\.(\d+))?\Z")


class NotASum(ValueError):
    """Text that is not arithmetic. Says why in a few plain words."""


def value(expression: str, names: Mapping[str, object]) -> Fraction:
    """What an expression comes to. `names` are a variant's values; `{name}` must be filled in before, `name` need not.

    Thousands separators and currency signs are ignored, `12%` is 0.12.
    """
    plain = _PERCENT.sub(r"(\1/100)", _bare(expression))
    try:
        return _worked_out(ast.parse(plain, mode="eval").body, names)
    except ZeroDivisionError as error:
        raise NotASum("divides by nothing") from error
    except NotASum:
        raise
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise NotASum("is not a sum of numbers with + - * / and brackets") from error


def equal(expression: str, equals: str, names: Mapping[str, object]) -> bool:
    """Whether an expression has the stated value, however that is written (`1,200`, `£1200`, `30%`).

    A stated value with decimals may be rounded to them; a whole number must be exact.
    """
    result = value(expression, names)
    stated = _bare(str(names.get(equals.strip(), equals)))
    percent = bool(_PERCENT.fullmatch(stated.lstrip("-")))
    number = _PERCENT.sub(r"\1", stated)
    found = _NUMBER.match(number)
    if found is None:
        raise NotASum(f"`{equals[:40]}` is not a number")
    slack = Fraction(1, 2 * 10 ** len(found[1])) if found[1] else Fraction(0)
    candidates = (result, result * 100) if percent else (result,)
    return any(abs(candidate - Fraction(number)) <= slack for candidate in candidates)


def _bare(text: str) -> str:
    return _CURRENCY.sub("", _THOUSANDS.sub("", text)).strip()


def _worked_out(node: ast.expr, names: Mapping[str, object]) -> Fraction:
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATIONS:
        return _OPERATIONS[type(node.op)](_worked_out(node.left, names), _worked_out(node.right, names))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_worked_out(node.operand, names)
    if isinstance(node, ast.Constant) and type(node.value) in {int, float}:
        return Fraction(str(node.value))
    if isinstance(node, ast.Name):
        if node.id not in names:
            raise NotASum(f"uses `{node.id}`, which no variant has")
        return Fraction(_PERCENT.sub(r"\1", _bare(str(names[node.id]))))
    raise NotASum("is not a sum of numbers with + - * / and brackets")
