"""Words are brought into one form before rules look at them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.care.wording import normalize


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("I'm gonna k1ll my self", "i am going to kill myself"),
        ("I wanna d*e", "i want to die"),
        ("I w a n t  t o  d i e", "i want to die"),
        ("su1cide", "suicide"),
        ("suiсide", "suicide"),
        ("UNALIVE", "kill"),
        ("I can’t, I don’t, I won’t", "i can not, i do not, i will not"),
        ("自*殺", "自杀"),
        ("我 想 死", "我想死"),
        ("𝐤𝐢𝐥𝐥 𝐦𝐞", "kill me"),
        ("kill\u200bing", "killing"),
        ("dieeee", "die"),
        ("10 kms, N.Y., f1 race, c++", "10 kms, n.y., f1 race, c++"),
    ],
)
def test_spellings_become_one(written: str, form: str) -> None:
    assert normalize(written) == form


@given(st.text(max_size=300))
def test_any_text_has_a_form(text: str) -> None:
    assert isinstance(normalize(text), str)
