"""Thoughts are told from the reply, however the answer is cut into pieces."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.companion.thoughts import ThoughtSplitter

PARTS = st.sampled_from(
    [
        *("<think>", "</think>", "<thinking>", "</thinking>", "[THINK]", "[/THINK]", "◁/think▷"),
        *(
            "```",
            "`",
            "~~~",
            "\n",
            "\n\n",
            " ",
            "<",
            "</",
            "[",
            "<b>",
            "thi",
            "think>",
            "我想",
            "hi",
        ),
    ]
)


def split(*chunks: str) -> tuple[str, str]:
    """Return the thoughts and the reply of an answer that comes in these chunks."""
    splitter = ThoughtSplitter()
    thoughts = reply = ""
    for kind, text in [p for chunk in chunks for p in splitter.feed(chunk)] + splitter.end():
        if kind == "thought":
            thoughts += text
        elif kind == "reply":
            reply += text
        else:
            thoughts, reply = thoughts + reply, ""
    return thoughts, reply


@pytest.mark.parametrize(
    ("answer", "thoughts", "reply"),
    [
        ("Hello.", "", "Hello."),
        ("<think>Who?</think>Hello.", "Who?", "Hello."),
        ("\n<think>\nWho?\n</think>\n\nHello.", "Who?\n", "Hello."),
        ("Who is it?\n</think>\n\nHello.", "Who is it?\n", "Hello."),
        ("<think>It never ends", "It never ends", ""),
        ("<think></think>\n\nHello.", "", "Hello."),
        ("</think>\nHello.", "", "Hello."),
        ("<thinking>a</thinking>b", "a", "b"),
        ("[THINK]a[/THINK]b", "a", "b"),
        ("◁think▷a◁/think▷b", "a", "b"),
        ("One.\n<think>hm</think>\nTwo.", "hm", "One.\nTwo."),
        ("<think>a <think> b</think> c</think>d", "a <think> bc", "d"),
        ("<think>I close with `</think>` then</think>d", "I close with `</think>` then", "d"),
        ("Write `<think>` and `</think>`.", "", "Write `<think>` and `</think>`."),
        ('The tag "</think>" ends it.', "", 'The tag "</think>" ends it.'),
        ("```\n<think>\n</think>\n```\nSo.", "", "```\n<think>\n</think>\n```\nSo."),
        ("a < b and <b>bold</b> [x]", "", "a < b and <b>bold</b> [x]"),
        ("I think <think> is a tag", "", "I think <think> is a tag"),
        ("  \n", "", "  \n"),
    ],
)
def test_an_answer_is_split(answer: str, thoughts: str, reply: str) -> None:
    assert split(answer) == (thoughts, reply)


@given(st.lists(PARTS, max_size=14).map("".join), st.data())
def test_the_chunking_changes_nothing(answer: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(answer)), max_size=8)))
    edges = [0, *cuts, len(answer)]
    chunks = [answer[a:b] for a, b in itertools.pairwise(edges)]
    assert split(*chunks) == split(answer) == split(*answer)


@given(st.text())
def test_without_tags_the_answer_is_the_reply(answer: str) -> None:
    assert split(*answer) == ("", answer)


@given(st.text("abc 我。\n<`"), st.text("abc 我。\n"))
def test_no_word_of_a_thought_gets_into_the_reply(thought: str, reply: str) -> None:
    assert split(f"<think>{thought} </think>{reply}")[1] == reply.lstrip()
