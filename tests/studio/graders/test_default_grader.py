"""The grader where nobody has chosen one."""

import pytest

from tau.studio.graders.default_grader import default_grader
from tau.studio.graders.grader import ExactGrader, JsonMatchGrader


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        (['{"a": 1}', "[]"], JsonMatchGrader),
        (['{"a": 1}', "no"], ExactGrader),
        (["1", "true"], ExactGrader),
        (["[" * 10_000], ExactGrader),
        ([], ExactGrader),
    ],
)
def test_json_is_compared_as_json_only_where_all_answers_are(
    answers: list[str], kind: type
) -> None:
    assert isinstance(default_grader(answers), kind)
