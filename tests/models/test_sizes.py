"""The prompts for a model are chosen by its name, unless somebody says otherwise."""

import pytest

from tau.models.http import AddressGuard
from tau.models.registry import make_endpoint
from tau.models.sizes import likely_size


@pytest.mark.parametrize(
    ("model", "size"),
    [
        ("smollm2:135m", "small"),
        ("gemma-3-270m-it", "small"),
        ("qwen2.5:0.5b-instruct", "medium"),
        ("Llama-3.2-3B-Instruct-Q4_K_M", "medium"),
        ("qwen2.5-coder:1.5b", "medium"),
        ("qwen3:8b", "capable"),
        ("qwen3-30b-a3b", "capable"),
        ("llama3.2:latest", "capable"),
        ("gpt-4o-mini", "capable"),
        ("claude-3-opus", "capable"),
        ("phi4-mini-3.8b", "capable"),
        ("q4_0-4bit", "capable"),
        ("", "capable"),
    ],
)
def test_a_size_is_read_from_the_name(model: str, size: str) -> None:
    assert likely_size(model) == size


def test_an_endpoint_gets_the_size_of_its_model_unless_one_is_given() -> None:
    guard = AddressGuard("127.0.0.1")
    url = "http://127.0.0.1:1/v1"
    assert make_endpoint(guard, "far", url, "qwen:1.5b", None, {}).details.size == "medium"
    given = make_endpoint(guard, "far", url, "qwen:1.5b", None, {"size": "capable"})
    assert given.details.size == "capable"
    embeds = make_endpoint(guard, "far", url, "", None, {"context_tokens": 512})
    assert embeds.details.size == "capable"
