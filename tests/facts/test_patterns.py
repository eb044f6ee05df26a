"""The tables of rules: that they load, and that every template is filled."""

import re
from string import Formatter

import pytest

from tau.facts import chinese, cleaning_chinese, cleaning_english, english
from tau.facts.patterns import LanguageCleaning, Rule, RuleTable, claims_from_match
from tau.facts.spelling_english import normalize_spelling
from tau.facts.vocabulary import alternatives, word_set

TABLES = [(english._table(), cleaning_english), (chinese._table(), cleaning_chinese)]


@pytest.mark.parametrize(("table", "cleaning"), TABLES, ids=["english", "chinese"])
def test_every_name_in_a_template_is_known(table: RuleTable, cleaning: object) -> None:
    for rules in table.rules.values():
        for rule in rules:
            groups = dict.fromkeys(rule.pattern.groupindex, "")
            known = cleaning.derive_values(groups).keys() | {"who"}  # type: ignore[attr-defined]
            for template in (rule.text, rule.value, rule.slot):
                named = {name for _, name, _, _ in Formatter().parse(template) if name}
                assert named <= known, (rule.pattern.pattern, template)


@pytest.mark.parametrize(("table", "cleaning"), TABLES, ids=["english", "chinese"])
def test_no_pattern_matches_nothing_at_all(table: RuleTable, cleaning: object) -> None:
    for pattern in [rule.pattern for rules in table.rules.values() for rule in rules]:
        assert pattern.match("") is None


def test_several_of_a_group_are_several_claims() -> None:
    rule = Rule("like", re.compile("(?P<things>.+)"), "likes {things}", "{things}")
    language = LanguageCleaning({"things": lambda raw: raw.split()}, lambda texts: texts)
    found = list(claims_from_match(rule, re.match(rule.pattern, "Tea Rum"), language, about="Mia"))  # type: ignore[arg-type]
    assert [(claim.text, claim.value, claim.about) for claim in found] == [
        ("Likes Tea", "tea", "Mia"),
        ("Likes Rum", "rum", "Mia"),
    ]


def test_a_group_that_holds_nothing_of_its_kind_makes_no_claim() -> None:
    rule = Rule("like", re.compile("(?P<thing>.+)"), "{thing}", "{thing}")
    language = LanguageCleaning({"thing": lambda _: []}, lambda texts: texts)
    assert list(claims_from_match(rule, re.match(rule.pattern, "it"), language)) == []  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("spelt", "spelling"),
    [
        ("im vegan", "I'm vegan"),
        ("I am  vegan", "I'm vegan"),
        ("ive got a cat", "I have a cat"),
        ("i dont like tea any more", "i don't like tea anymore"),
        ("my favorite", "my favourite"),
        ("I live in Rome and work at Fiat", "I live in Rome and I work at Fiat"),
        ("I know people who live in Rome and work at Fiat",
         "I know people who live in Rome and work at Fiat"),
        ("My cat and love", "My cat and love"),
    ],
)  # fmt: skip
def test_one_spelling(spelt: str, spelling: str) -> None:
    assert normalize_spelling(spelt) == spelling


def test_words_become_alternatives_the_longest_first() -> None:
    assert alternatives("a guinea_pig bc") == "(?:guinea pig|bc|a)"
    assert word_set("a b_c") == {"a", "b c"}
