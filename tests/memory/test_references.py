"""A pronoun in the last words stands for whom the thread named last."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.memory.references import resolve_references


@pytest.mark.parametrize(
    ("before", "text", "resolved"),
    [
        (["My sister Maya has a new job."], "Where does she work?", "Where does sister Maya work?"),
        (["I had lunch with Tom."], "What is his hobby?", "What is Tom hobby?"),
        (["My dad is ill.", "I'm sorry."], "How old is he?", "How old is dad?"),
        (["My dad met my aunt."], "Where does she live?", "Where does aunt live?"),
        (["We met Ana.", "We met Leo."], "What does he like?", "What does Leo like?"),
        (["I flew to Porto in May."], "Was she there?", "Was she there?"),
        (["I talked to my boss."], "What did he say?", "What did boss say?"),
        (["我妹妹搬到了成都。"], "她做什么工作？", "妹妹做什么工作？"),
        (["老王借了我两万块。"], "他什么时候还？", "老王什么时候还？"),
        (["我等了两个小时。"], "他来了吗？", "他来了吗？"),
        (["I met Ana."], "Does Leo know her?", "Does Leo know her?"),
        (["I met Ana."], "Where did they go?", "Where did they go?"),
        ([], "Where is she?", "Where is she?"),
    ],
)
def test_a_pronoun_is_replaced_by_whom_it_stands_for(
    before: list[str], text: str, resolved: str
) -> None:
    assert resolve_references(text, before) == resolved


@given(st.text(), st.lists(st.text(), max_size=8))
def test_words_without_a_pronoun_stay_as_they_are(text: str, before: list[str]) -> None:
    if not {"she", "her", "hers", "he", "him", "his", "她", "他"} & {
        *text.lower().split(),
        *text,
    } and not any(word in text.lower() for word in ("she", "he", "hi")):
        assert resolve_references(text, before) == text
