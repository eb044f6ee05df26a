"""Names: what is one, and which two are the same."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.errors import BadInput
from tau.people.names import (
    LONGEST_LABEL,
    LONGEST_NAME,
    clean_label,
    clean_name,
    look_alike,
    name_key,
)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("  Ada  ", "Ada"),
        ("Ada   Lovelace", "Ada Lovelace"),
        ("Zoe\u0308", "Zoë"),
        ("李小龙", "李小龙"),
        ("👩‍🚀", "👩‍🚀"),
        ("❤️ Ada", "❤️ Ada"),
        ("田中Ken", "田中Ken"),
        ("Анна", "Анна"),
        ("Νίκος Smith", "Νίκος Smith"),
        ("श्री", "श्री"),
        ("क्‍ष", "क्‍ष"),
        ("علی‌رضا", "علی‌رضا"),
        ("x" * LONGEST_NAME, "x" * LONGEST_NAME),
        ("e\u0301" * LONGEST_NAME, "é" * LONGEST_NAME),
    ],
)
def test_names_are_trimmed_and_composed(typed: str, name: str) -> None:
    assert clean_name(typed) == name


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "\u200b",
        "\u200d \u0301",
        "Ada\nLovelace",
        "Ada\x00",
        "Ada\x1b[31m",
        "\ud800",
        "abc\u202edef",
        "Ada\u200b",
        "A\u00adda",
        "Ada\u2060",
        "Ada\u3164",
        "Ada\ufe0f",
        "A\u200dda",
        "Ada\u200d",
        "Ada \u2800",
        "Ada\U000e0041",
        "\u200fAda",
        "\u0410da",
        "Ad\u03b1 Lovelace",
        "x" * (LONGEST_NAME + 1),
        "x" * 5_000_000,
    ],
)
def test_what_is_no_name_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(BadInput, match=r"^A name .*\.$"):
        clean_name(typed)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ADA", "ada"),
        ("Straße", "STRASSE"),
        ("Zoë", "zoe\u0308"),
        ("Ａｄａ", "ada"),
        (" Ada  Lovelace ", "ada lovelace"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
    ],
)
def test_names_are_the_same_whatever_their_case_and_width(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Pepe", "Рере"),
        ("Eva", "ЕVA"),
        ("Ian", "lan"),
        ("Ilan", "1lan"),
        ("Bob", "B0b"),
        ("Marnie", "Mamie"),
        ("O'Neil", "O’Neil"),
        ("Anne-Marie", "Anne‑Marie"),
        ("Ada", "Ad\u200ba"),
        ("علی‌رضا", "علیرضا"),
        ("OXO", "ОХО"),
        ("Toni", "Τοni"),
        ("Kai", "kaі"),
        ("Ada", "𝐀𝐝𝐚"),
    ],
)
def test_names_that_look_alike_are_taken_for_the_same(one: str, other: str) -> None:
    assert look_alike(one, other)
    assert look_alike(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Ada", "Ida"), ("Anna", "Hannah"), ("Zoe", "Zoë"), ("李", "季"), ("Олег", "Ольга")],
)
def test_different_names_look_different(one: str, other: str) -> None:
    assert not look_alike(one, other)


def test_different_names_have_different_keys() -> None:
    assert name_key("Ada") != name_key("Eda")


@given(st.text(max_size=200))
def test_a_clean_name_is_clean_and_keeps_its_key(text: str) -> None:
    try:
        name = clean_name(text)
    except BadInput:
        return
    assert clean_name(name) == name
    assert name_key(name) == name_key(text)
    assert name.encode()
    assert len(name) <= LONGEST_NAME


@given(st.text(max_size=2000))
def test_every_label_can_be_kept_and_shown(text: str) -> None:
    label = clean_label(text)
    assert len(label) <= LONGEST_LABEL
    assert label == label.strip()
    assert not any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in label)
    assert clean_label(label) == label


def test_a_label_of_a_megabyte_is_cut() -> None:
    assert clean_label("Firefox\n" + "x" * 1_000_000).startswith("Firefox xxx")
