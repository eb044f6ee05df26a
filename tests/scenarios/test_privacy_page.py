"""The page on privacy says what holds: each sentence names the tests that hold it to that."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "privacy.md").read_text("utf-8")
_TABLE = tomllib.loads((Path(__file__).parent / "privacy_promises.toml").read_text("utf-8"))
PROMISES: dict[str, list[str]] = {one["says"]: one["tests"] for one in _TABLE["promise"]}
OTHERS: list[str] = [says for one in _TABLE["other"] for says in one["says"]]


def sentences() -> list[str]:
    """Return the sentences of the page, each row of its table and item of its lists by itself."""
    found: list[str] = []
    for part in re.split(r"\n\s*\n|\n(?=- )|\n(?=\|)", PAGE):
        text = " ".join(re.sub(r"^> ?", "", part, flags=re.M).split())
        if text and not text.startswith("#") and not re.fullmatch(r"[|\- ]+", text):
            found += re.split(r"(?<=[.!?])(?:\*\*|\*)?\s+(?=[A-Z*`(])", text)
    return found


def test_each_sentence_of_the_page_has_its_tests_or_a_reason_for_none() -> None:
    listed = [*PROMISES, *OTHERS]
    assert len(listed) == len(set(listed))
    assert [says for says in listed if says not in sentences()] == [], "no longer on the page"
    assert [says for says in sentences() if says not in listed] == [], "not in the table"


@pytest.mark.parametrize("says", PROMISES)
def test_the_tests_of_a_promise_are_there(says: str) -> None:
    assert PROMISES[says]
    for test in PROMISES[says]:
        path, _, name = test.partition("::")
        text = (ROOT / path).read_text("utf-8")
        told = f"def {name}(" if path.endswith(".py") else f'it("{name}"'
        assert told in text, test
