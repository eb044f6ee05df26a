"""Results of methods, written as one mark per example."""

from tau.studio.results import GradedAnswer, MethodKind, MethodResult
from tau.studio.statistics import wilson_interval


def result(kind: MethodKind, marks: str, name: str = "", model: str = "") -> MethodResult:
    """A method that got the examples with a 1 right."""
    answers = tuple(
        GradedAnswer(str(number), mark, float(mark == "1"), passed=mark == "1")
        for number, mark in enumerate(marks)
    )
    passed = marks.count("1")
    return MethodResult(
        name=name or kind,
        kind=kind,
        model=model,
        answers=answers,
        passed=wilson_interval(passed, len(marks)),
        score=passed / max(1, len(marks)),
    )
