"""Documents as blocks: what Markdown becomes, and what it's written as again."""

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.experts.writing.blocks import (
    Block,
    TextDocument,
    carry_ids,
    parse_markdown,
    parse_plain_text,
    render_markdown,
    render_plain_text,
)
from tau.experts.writing.diff import apply_hunks, diff_words
from tau.experts.writing.inline_markdown import TextSpan, parse_inline

LETTER = """# Offer

Dear Ana,
thank you for *everything*.

- one
- two
  more
  1. deeper

> quoted
> twice

| a | b |
|---|---|
| 1 | 2 |

```py
x = 1

y = 2
```

---

The end.
"""

TEXTS = st.text(st.sampled_from("ab #*-1.>|`\n租金 "), max_size=60)


def _seen(document: TextDocument) -> list[tuple[str, str, int, str]]:
    return [(one.kind, one.text, one.level, one.marker) for one in document.blocks]


def test_every_kind_of_block_is_read() -> None:
    assert _seen(parse_markdown(LETTER)) == [
        ("heading", "Offer", 1, ""),
        ("paragraph", "Dear Ana,\nthank you for *everything*.", 0, ""),
        ("item", "one", 0, "-"),
        ("item", "two\nmore", 0, "-"),
        ("item", "deeper", 1, "1."),
        ("quote", "quoted\ntwice", 0, ""),
        ("table", "| a | b |\n|---|---|\n| 1 | 2 |", 0, ""),
        ("code", "x = 1\n\ny = 2", 0, "```py"),
        ("rule", "", 0, ""),
        ("paragraph", "The end.", 0, ""),
    ]


def test_markdown_that_tau_writes_stays_as_it_is() -> None:
    assert render_markdown(parse_markdown(LETTER)) == LETTER


@given(TEXTS)
def test_no_text_is_lost_and_a_second_reading_is_the_same(text: str) -> None:
    document = parse_markdown(text)
    again = parse_markdown(render_markdown(document))
    assert _seen(again) == _seen(parse_markdown(render_markdown(again)))
    assert document.text.count("租") == text.count("租")


def test_a_documents_own_text_is_escaped_where_it_is_no_markdown() -> None:
    document = parse_plain_text("2 * 3 * 4 [sic]\n\nsecond")
    assert render_markdown(document) == "2 \\* 3 \\* 4 \\[sic\\]\n\nsecond\n"
    spans = parse_inline("2 \\* 3 \\* 4 \\[sic\\]")
    assert "".join(span.text for span in spans) == "2 * 3 * 4 [sic]"
    assert render_plain_text(document) == "2 * 3 * 4 [sic]\n\nsecond\n"


def test_ids_stay_with_what_stayed() -> None:
    before = parse_markdown("one\n\ntwo\n\nthree\n")
    after = carry_ids(before, parse_markdown("one\n\nnew\n\ntwo changed\n\nthree\n"))
    assert [(block.id, block.text) for block in after.blocks] == [
        ("b1", "one"),
        ("b4", "new"),
        ("b5", "two changed"),
        ("b3", "three"),
    ]
    rewritten = carry_ids(before, parse_markdown("one\n\ntwo changed\n\nthree\n"))
    assert [block.id for block in rewritten.blocks] == ["b1", "b2", "b3"]


def test_the_hash_of_a_block_shows_that_its_text_changed() -> None:
    block = Block("b1", "rent")
    assert block.hash == Block("b2", "rent").hash
    assert block.hash != msgspec.structs.replace(block, text="Rent").hash


@given(TEXTS, TEXTS)
def test_the_difference_turns_one_text_into_the_other(old: str, new: str) -> None:
    hunks = diff_words(old, new)
    assert apply_hunks(old, hunks) == new
    assert all(one.end < other.start for one, other in pairwise(hunks))


def test_words_change_whole_and_chinese_by_character() -> None:
    (hunk,) = diff_words("pay the rent now", "pay the rents now")
    assert ("pay the rent now"[hunk.start : hunk.end], hunk.text) == ("rent", "rents")
    (hunk,) = diff_words("应于三月支付", "应于四月支付")
    assert (hunk.start, hunk.end, hunk.text) == (2, 3, "四")


def test_two_long_texts_are_compared_at_once() -> None:
    old, new = "a b " * 9_000, "c d " * 9_000
    assert apply_hunks(old, diff_words(old, new)) == new


def test_emphasis_links_and_line_breaks_are_read() -> None:
    assert list(parse_inline("**Due** on _Friday_ `x`\\\nsee [us](https://tau.example)")) == [
        TextSpan("Due", bold=True),
        TextSpan(" on "),
        TextSpan("Friday", italic=True),
        TextSpan(" "),
        TextSpan("x", code=True),
        TextSpan("\n"),
        TextSpan("see "),
        TextSpan("us (https://tau.example)"),
    ]
    assert [span.text for span in parse_inline("snake_case_name 2 * 3 * 4")] == [
        "snake_case_name 2 * 3 * 4"
    ]


@pytest.mark.parametrize(
    "text",
    ["# 5 rooms", "- 5 °C", "1. Scope", "12) twelve", "> 3", "---", "~~~", "Costs:\n+ tax", "*a*"],
)
def test_a_paragraph_of_a_word_file_is_a_paragraph_in_markdown(text: str) -> None:
    document = TextDocument((Block("p1", text), Block("p2", "The end.")), plain=True)
    read = parse_markdown(render_markdown(document)).blocks
    assert [block.kind for block in read] == ["paragraph", "paragraph"]
    shown = "".join(span.text for span in parse_inline(read[0].text))
    assert shown == " ".join(text.split())
