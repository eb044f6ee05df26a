"""Formulas: read as written, calculated as Python would, and never more than arithmetic."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.studio.graders.formula import FormulaError, calculate, find_names, parse_formula
from tau.studio.graders.grade import GradingFailed

VALUES = {"a": 0.25, "b": 2.0, "naïve_名": 3.0}
numbers = st.floats(0, 100, allow_nan=False).map(lambda value: f"{value:.3f}")


def _combined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    signs = st.sampled_from(["+", "-", "*", "/"])
    return st.one_of(
        st.tuples(inner, signs, inner).map(" ".join),
        inner.map(lambda text: f"({text})"),
        inner.map(lambda text: f"-{text}"),
        inner.map(lambda text: f"abs({text})"),
        st.tuples(inner, inner).map(lambda pair: f"min({pair[0]}, {pair[1]})"),
        st.tuples(inner, inner, inner).map(lambda three: f"max({','.join(three)})"),
    )


formulas = st.recursive(numbers | st.sampled_from(["a", "b"]), _combined, max_leaves=12)


@given(formulas)
def test_a_formula_has_the_value_that_python_gives_it(text: str) -> None:
    names: dict[str, Any] = {**VALUES, "abs": abs, "min": min, "max": max, "__builtins__": {}}
    try:
        expected = eval(text, names)
    except ZeroDivisionError:
        with pytest.raises(GradingFailed):
            calculate(parse_formula(text), VALUES)
        return
    assert calculate(parse_formula(text), VALUES) == pytest.approx(expected)


@given(st.text(max_size=200) | st.text("()+-*/^.,abmin0123 ", max_size=200))
def test_any_text_is_a_number_or_an_error(text: str) -> None:
    try:
        tree = parse_formula(text)
    except FormulaError:
        return
    try:
        value = calculate(tree, dict.fromkeys(find_names(tree), 1.5))
    except GradingFailed:
        return
    assert math.isfinite(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2 ^ 3 ^ 2", 512.0),
        ("-2 ^ 2", -4.0),
        ("2 - 3 - 4", -5.0),
        ("8 / 4 / 2", 1.0),
        ("floor(1.7) + ceil(1.2)", 3.0),
        ("sqrt(16) + log(exp(2))", 6.0),
        ("1.5e2 + .5", 150.5),
        ("naïve_名 * b", 6.0),
    ],
)
def test_signs_and_functions(text: str, value: float) -> None:
    assert calculate(parse_formula(text), VALUES) == pytest.approx(value)


@pytest.mark.parametrize(
    "text",
    [
        *("", "1 +", "(1", "1)", "1 2", "a b", "min(1)", "abs(1, 2)", "a.b", "a[0]", "a = 1"),
        *("__import__('os')", "open(1)", "a if b else 1", "lambda: 1", "'a'", "a;b", "a==b"),
        *("(" * 60 + "1" + ")" * 60, "-" * 60 + "1", "1" + "+1" * 300, "1" * 3_000),
    ],
)
def test_what_is_not_a_formula_is_refused(text: str) -> None:
    with pytest.raises(FormulaError):
        parse_formula(text)


@pytest.mark.parametrize("text", ["1 / (a - a)", "sqrt(-1)", "log(0)", "exp(1e9)", "1e300 * 1e300"])
def test_what_has_no_value_is_an_error(text: str) -> None:
    with pytest.raises(GradingFailed) as caught:
        calculate(parse_formula(text), VALUES)
    assert caught.value.kind == "formula"


def test_the_longest_chain_can_be_calculated() -> None:
    assert calculate(parse_formula("1" + "+1" * 149), {}) == 150
