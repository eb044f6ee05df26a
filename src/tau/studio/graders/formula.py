"""Formulas of `multi` graders, such as `0.7 * json + 0.3 * max(tone, 0.5)`.

Numbers, names of graders, `+ - * / ^`, parentheses, and the functions in `FUNCTIONS`. A formula is
parsed into a small tree and calculated with floats; nothing is ever passed to Python's `eval`.
"""

import math
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tau.errors import BadInput
from tau.studio.graders.grade import GradingFailed

MAX_CHARACTERS = 2_000
MAX_TOKENS = 300
"""Numbers, names and signs: a chain of as many operators stays far from Python's own limit."""
MAX_DEPTH = 50
FUNCTIONS: dict[str, tuple[Callable[..., float], int, int]] = {
    "min": (min, 2, 50),
    "max": (max, 2, 50),
    "abs": (abs, 1, 1),
    "floor": (math.floor, 1, 1),
    "ceil": (math.ceil, 1, 1),
    "exp": (math.exp, 1, 1),
    "sqrt": (math.sqrt, 1, 1),
    "log": (math.log, 1, 1),
}
"""What a formula can call, with the least and most arguments. `log` is the natural logarithm."""

_TOKEN = re.compile(r"\s*(?:(?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)|(?P<name>[^\W\d]\w*)|(.))")
_SIGNS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}


@dataclass(frozen=True)
class Number:
    """A number in a formula."""

    value: float


@dataclass(frozen=True)
class Variable:
    """The value of a named grader."""

    name: str


@dataclass(frozen=True)
class Operation:
    """An operator or function with its operands."""

    apply: Callable[..., float]
    operands: tuple["Expression", ...]


Expression = Number | Variable | Operation


class FormulaError(BadInput):
    """A formula can't be read; the message is a clause such as "`)` is missing"."""


def parse_formula(text: str) -> Expression:
    """Return the tree of a formula. Raises `FormulaError`."""
    tokens = list(_TOKEN.finditer(text.strip())) if len(text) <= MAX_CHARACTERS else []
    if len(text) > MAX_CHARACTERS or len(tokens) > MAX_TOKENS:
        raise FormulaError("it's too long")
    return _Parser(tokens).parse()


def find_names(expression: Expression) -> Iterator[str]:
    """Yield the names of the graders in a formula, as often as they occur."""
    if isinstance(expression, Variable):
        yield expression.name
    elif isinstance(expression, Operation):
        for operand in expression.operands:
            yield from find_names(operand)


def calculate(expression: Expression, values: Mapping[str, float]) -> float:
    """Return the value of a formula. Raises `GradingFailed` for a value that isn't a number."""
    try:
        value = _calculate(expression, values)
    except ZeroDivisionError:
        raise GradingFailed("formula", "The formula divides by zero.") from None
    except (OverflowError, ValueError):
        raise GradingFailed("formula", "The formula has no value here.") from None
    if not math.isfinite(value):
        raise GradingFailed("formula", "The formula has no value here.")
    return value


def _calculate(expression: Expression, values: Mapping[str, float]) -> float:
    if isinstance(expression, Number):
        return expression.value
    if isinstance(expression, Variable):
        return values[expression.name]
    return float(expression.apply(*(_calculate(each, values) for each in expression.operands)))


class _Parser:
    """Recursive descent over tokens, with one method for each precedence."""

    def __init__(self, tokens: list[re.Match[str]]) -> None:
        self._tokens = tokens
        self._position = 0
        self._depth = 0

    def parse(self) -> Expression:
        tree = self._sum()
        if self._next:
            raise FormulaError(f"`{self._next}` isn't expected there")
        return tree

    @property
    def _next(self) -> str:
        if self._position == len(self._tokens):
            return ""
        return self._tokens[self._position][0].strip()

    def _take(self, expected: str) -> None:
        if self._next != expected:
            raise FormulaError(f"`{expected}` is missing")
        self._position += 1

    def _sum(self) -> Expression:
        left = self._product()
        while self._next in {"+", "-"}:
            left = self._operation(left, self._product)
        return left

    def _product(self) -> Expression:
        left = self._sign()
        while self._next in {"*", "/"}:
            left = self._operation(left, self._sign)
        return left

    def _operation(self, left: Expression, operand: Callable[[], Expression]) -> Expression:
        apply = _SIGNS[self._next]
        self._position += 1
        return Operation(apply, (left, operand()))

    def _sign(self) -> Expression:
        if self._next not in {"+", "-"}:
            return self._power()
        apply = operator.neg if self._next == "-" else operator.pos
        self._position += 1
        return Operation(apply, (self._deeper(self._sign),))

    def _power(self) -> Expression:
        base = self._primary()
        if self._next != "^":
            return base
        self._position += 1
        return Operation(math.pow, (base, self._deeper(self._sign)))

    def _primary(self) -> Expression:
        if not self._next:
            raise FormulaError("it ends too early")
        token = self._tokens[self._position]
        self._position += 1
        if token["number"]:
            return Number(float(token["number"]))
        if token["name"]:
            return self._call(token["name"]) if self._next == "(" else Variable(token["name"])
        if token[0].strip() != "(":
            raise FormulaError(f"`{token[0].strip()}` isn't expected there")
        inner = self._deeper(self._sum)
        self._take(")")
        return inner

    def _call(self, name: str) -> Expression:
        if name not in FUNCTIONS:
            raise FormulaError(f"there is no function `{name[:40]}`")
        apply, least, most = FUNCTIONS[name]
        self._take("(")
        operands = [self._deeper(self._sum)]
        while self._next == ",":
            self._position += 1
            operands.append(self._deeper(self._sum))
        self._take(")")
        if not least <= len(operands) <= most:
            raise FormulaError(f"`{name}` takes {least if least == most else f'{least} or more'}")
        return Operation(apply, tuple(operands))

    def _deeper(self, parse: Callable[[], Expression]) -> Expression:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise FormulaError("it's nested too deeply")
        tree = parse()
        self._depth -= 1
        return tree
