"""Grading of what methods answer to the examples of a project."""

from tau.studio.examples.example import Example
from tau.studio.graders.grade import Grade, Sample
from tau.studio.graders.grader import ExactGrader, Grader, JsonMatchGrader
from tau.studio.graders.grading import GradingContext, grade
from tau.studio.graders.items import item_of
from tau.studio.graders.validation import validate_grader
from tau.studio.methods.answer_shape import json_answers
from tau.studio.methods.comparison import AnswerGrader
from tau.studio.project import Project


def grader_of(project: Project) -> Grader:
    """Return the grader that was chosen, or the one that suits the answers.

    JSON objects are compared as JSON, other answers as texts.
    """
    if project.grader is not None:
        return validate_grader(project.grader.grader)
    answers = [each.answer for each in project.examples.values()]
    return JsonMatchGrader() if json_answers(answers) else ExactGrader()


def answer_grader(grader: Grader, context: GradingContext) -> AnswerGrader:
    """Return a function that grades an answer to an example."""

    async def grade_answer(example: Example, answer: str) -> Grade:
        return await grade(grader, item_of(example), Sample(answer), context)

    return grade_answer
