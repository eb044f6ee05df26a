"""Words are brought into one form before rules look at them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.care import wording
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


@pytest.mark.parametrize("piece", ["a ", "i.", "a*", "s-"])
def test_long_rows_of_single_letters_are_cheap(piece: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Counted(dict[str, str]):
        looks = 0

        def get(self, key: str, default: Any = None) -> Any:
            Counted.looks += 1
            return super().get(key, default)

        def __contains__(self, key: object) -> bool:
            Counted.looks += 1
            return super().__contains__(key)

    table = wording._TABLE
    monkeypatch.setattr(wording, "_TABLE", table._replace(joined=Counted(table.joined)))
    normalize(piece * 2_200)
    assert Counted.looks <= 2_200 * len(table.joined)


def test_a_phrase_in_a_long_row_of_single_letters_is_found() -> None:
    assert normalize("x " * 900 + "i w a n t t o d i e " + "x " * 900).strip() == "i want to die"
