"""Tokens of requests: what endpoints say, and what is estimated where they say nothing."""

from typing import Any

import pytest

from tau.models.metering import StreamMeter, completion_usage
from tau.models.types import AnsweredRequest, Chunk

REQUEST = {
    "messages": [
        {"role": "user", "content": "a" * 40},
        {"role": "user", "content": [{"type": "text", "text": "你好"}, {"type": "image_url"}]},
    ]
}


def chunk(text: str, usage: dict[str, Any] | None = None) -> Chunk:
    counted = usage or {}
    raw = {"model": "opus", "choices": [], **({"usage": usage} if usage else {})}
    return Chunk(text, raw, None, counted.get("prompt_tokens"), counted.get("completion_tokens"))


def test_a_stream_without_an_answer_used_nothing() -> None:
    assert StreamMeter().usage() is None


def test_what_the_endpoint_says_counts() -> None:
    meter = StreamMeter()
    meter.see(chunk("Hello"))
    details = {"cached_tokens": 8}
    usage = {"prompt_tokens": 12, "completion_tokens": 3, "prompt_tokens_details": details}
    meter.see(chunk("", usage))
    assert meter.usage() == AnsweredRequest("opus", 12, 3, 8)


def test_a_stream_that_was_left_is_estimated() -> None:
    meter = StreamMeter()
    meter.request = REQUEST
    meter.see(chunk("four"))
    meter.see(chunk("more"))
    assert meter.usage() == AnsweredRequest("opus", 12, 2, 0)


@pytest.mark.parametrize(
    "usage",
    [
        None,
        [],
        {"prompt_tokens": True},
        {"prompt_tokens": -1, "completion_tokens": "2"},
        {"prompt_tokens": 2**63, "completion_tokens": 2**63},
    ],
    ids=str,
)
def test_counts_that_make_no_sense_are_estimated(usage: Any) -> None:
    answer = {
        "model": "opus",
        "choices": [{"message": {"content": "four"}}],
        "usage": usage,
    }
    assert completion_usage(REQUEST, answer) == AnsweredRequest("opus", 12, 1, 0)


def test_no_more_is_cached_than_was_asked() -> None:
    usage = {"prompt_tokens": 2, "completion_tokens": 1}
    usage |= {"prompt_tokens_details": {"cached_tokens": 99}}  # type: ignore[dict-item]
    answer = {"model": "opus", "choices": [], "usage": usage}
    assert completion_usage({}, answer).cached_tokens == 2
