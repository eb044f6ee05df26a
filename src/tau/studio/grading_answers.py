"""Grading of what methods answer to the examples of a project."""

from tau.studio.examples.example import Example
from tau.studio.graders.default_grader import default_grader
from tau.studio.graders.grade import Grade
from tau.studio.graders.grader import Grader
from tau.studio.graders.grading import GradingContext, grade_example
from tau.studio.graders.validation import validate_grader
from tau.studio.methods.comparison import AnswerGrader
from tau.studio.project import Project


def grader_of(project: Project) -> Grader:
    """Return the grader that was chosen, or the one that suits the answers."""
    if project.grader is not None:
        return validate_grader(project.grader.grader)
    return default_grader(each.answer for each in project.examples.values())


def answer_grader(grader: Grader, context: GradingContext) -> AnswerGrader:
    """Return a function that grades an answer to an example."""

    async def grade_answer(example: Example, answer: str) -> Grade:
        return await grade_example(grader, example, answer, context)

    return grade_answer
