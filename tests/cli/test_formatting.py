"""How memories and what goes are told on a line each: counted, cut to the window, in any script."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tau.cli.formatting import (
    describe_source,
    forget_preview_lines,
    forget_summary,
    format_date,
    import_summary,
    product_name,
)
from tau.cli.terminal import shorten
from tau.server.schemas.forgetting import ForgetOut, ForgetPreviewItem

from .known import DAY, brought, fact

_ANY = st.text(alphabet="ab 住在上海é🦆\n\t", max_size=60)


def goes(*preview: ForgetPreviewItem, **counts: int) -> ForgetOut:
    none = dict.fromkeys(
        ("messages", "replies", "facts", "titles", "conversations", "elsewhere"), 0
    )
    return ForgetOut(dry_run=True, **(none | counts), preview=list(preview))


@given(st.lists(_ANY, max_size=5), st.integers(60, 120))
def test_no_line_of_what_goes_is_wider_than_the_window(texts: list[str], width: int) -> None:
    preview = [ForgetPreviewItem("message", "m", text, 20 * DAY) for text in texts]
    lines = list(forget_preview_lines(goes(*preview, messages=len(texts)), width))
    assert len(lines) == len(texts) + 2
    assert all(cell_len(line) <= width for line in lines)
    assert not any("\n" in line or "\t" in line for line in lines)


@given(_ANY, st.integers(1, 40))
def test_cutting_keeps_the_beginning_and_says_that_it_cut(text: str, cells: int) -> None:
    text = " ".join(text.split())
    short = shorten(text, cells)
    assert cell_len(short) <= cells
    if short != text:
        assert short.endswith("…")
        assert text.startswith(short[:-1].rstrip())


def test_what_stays_is_told_apart_with_its_id() -> None:
    lines = list(
        forget_preview_lines(
            goes(
                ForgetPreviewItem("elsewhere", "m9", "上海很大", 20 * DAY),
                ForgetPreviewItem("title", "c1", "关于上海", None),
                ForgetPreviewItem("answer", "m8", "好的", 20 * DAY),
                replies=1,
                titles=1,
                elsewhere=1,
            ),
            80,
        )
    )
    assert lines[0] == "This will be permanently deleted:"
    assert lines[1].split() == ["title", "关于上海"]
    assert lines[3] == "These messages of yours stay and may say the same:"
    assert lines[4].endswith("上海很大  m9")
    assert lines[5] == "These replies by Tau stay, because they don't repeat it:"
    assert lines[6].endswith("好的  m8")
    assert lines[7] == "Total: 1 reply by Tau, 1 title. Your own messages stay."


def test_what_somebody_else_said_bears_their_name() -> None:
    item = ForgetPreviewItem("message", "m", "Hi", 0.0, speaker="Ana\x1b[2J")
    line = list(forget_preview_lines(goes(item, messages=1), 80))[1]
    assert line.split()[0] == "other"
    assert line.endswith("Ana 2J: Hi")


def test_what_is_not_shown_is_counted() -> None:
    preview = [
        ForgetPreviewItem("message", "m", "x", 0.0),
        ForgetPreviewItem("fact", "f", "y", 0.0),
    ]
    lines = list(forget_preview_lines(goes(*preview, messages=120, facts=3, replies=80), 80))
    assert "  … and 201 more" in lines
    everything = list(forget_preview_lines(goes(*preview, messages=1, facts=1), 80))
    assert not any("more" in line for line in everything)


@pytest.mark.parametrize("what", ["message", "reply", "fact", "title", "elsewhere", "answer"])
def test_every_kind_has_a_word(what: str) -> None:
    lines = list(forget_preview_lines(goes(ForgetPreviewItem(what, "m", "text", 0.0)), 80))  # type: ignore[arg-type]
    line = next(line for line in lines if "text" in line)
    assert line.split()[0] in {"you", "Tau", "known", "title"}


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({"messages": 1}, "1 message of yours"),
        ({"messages": 2, "replies": 1}, "2 messages of yours, 1 reply by Tau"),
        ({"replies": 3, "facts": 2}, "3 replies by Tau, 2 memories"),
        ({"titles": 1, "conversations": 2}, "1 title, 2 whole conversations"),
        ({"elsewhere": 5}, "nothing"),
    ],
)
def test_counts_are_words(counts: dict[str, int], words: str) -> None:
    assert forget_summary(goes(**counts)) == words


def test_a_day_is_a_local_one_or_nothing() -> None:
    assert format_date(None) == ""
    at = datetime(2026, 5, 31, 12, 0).astimezone().timestamp()
    assert format_date(at) == "2026-05-31"
    assert format_date(0.0).startswith("19")


@pytest.mark.parametrize(
    ("learned_by", "told"),
    [
        ("rules", "from what you said"),
        ("person", "entered by you"),
        ("import", "from an import"),
        ("qwen3-4b-instruct", "found by qwen3-4b-instruct"),
    ],
)
def test_a_source_is_told_in_words(learned_by: str, told: str) -> None:
    said = describe_source(fact("a", learned_by=learned_by, last_said_on=20 * DAY + DAY / 2))
    assert said == f"{told}, 1970-01-21"
    assert describe_source(fact("a", learned_by=learned_by, confirmed=True)).endswith(", confirmed")


def test_products_have_their_names_and_others_their_own() -> None:
    known = {
        origin: product_name(origin) for origin in ("chatgpt", "claude", "pam", "openai", "tau")
    }
    assert known["pam"] == "Portable AI Memory"
    assert len(set(known.values())) == 5
    assert product_name("some\x1b[31mthing") == "some[31mthing"


@pytest.mark.parametrize(
    ("more", "line"),
    [
        ({}, "6 messages · chatgpt.zip"),
        ({"messages": 1, "facts": 1}, "1 message, 1 memory · chatgpt.zip"),
        ({"messages": 0, "name": ""}, "nothing"),
        ({"state": "stopped"}, "6 messages · chatgpt.zip · stopped"),
    ],
)
def test_an_import_is_told_on_a_line(more: dict[str, object], line: str) -> None:
    assert import_summary(brought("i", **more)) == line
