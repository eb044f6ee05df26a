"""What a kept prompt adds to a request."""

from typing import Any

import pytest

from tau.studio.methods.kept_prompt import KeptPrompt

PROMPT = KeptPrompt(base="small", instructions="Name the desk.", options="One of: a, b.")
QUESTION = {"role": "user", "content": "Where is my parcel?"}


@pytest.mark.parametrize(
    ("said", "system"),
    [
        ([], "Name the desk.\n\nOne of: a, b."),
        ([{"role": "system", "content": "Be kind."}], "Be kind.\n\nOne of: a, b."),
        (
            [{"role": "developer", "content": [{"type": "text", "text": "Be kind."}]}],
            "Be kind.\n\nOne of: a, b.",
        ),
    ],
)
def test_a_request_gets_the_instructions_that_it_lacks(
    said: list[dict[str, Any]], system: str
) -> None:
    asked = PROMPT.request({"messages": [*said, QUESTION], "temperature": 0.5})
    assert asked["messages"] == [{"role": "system", "content": system}, QUESTION]
    assert asked["temperature"] == 0.5
