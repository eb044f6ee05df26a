"""Style rules in Vale's form: what each form marks, and which rules are refused."""

import pytest

from tau.experts.writing.blocks import Block, BlockKind
from tau.experts.writing.style_rules import BrokenRule, StyleRule, parse_rules

SUBSTITUTION = """
# Microsoft's words
extends: substitution
message: Use '%s' instead of '%s'.
level: error
ignorecase: true
swap:
  utili[sz]e: use
  "in order to": to
  '(?:cell ?phone)': mobile phone
"""
EXISTENCE = """
extends: existence
message: "Avoid \\"%s\\"."
ignorecase: true
tokens:
  - leverage
  - synerg(?:y|ies)
  - 赋能
"""


def _seen(
    rule: StyleRule, text: str, kind: BlockKind = "paragraph"
) -> list[tuple[str, str, tuple[str, ...]]]:
    block = Block("b1", text, kind)
    found = rule.check(block)
    return [(text[one.start : one.end], one.message, one.replacements) for one in found]


def test_substitution_keeps_the_capital() -> None:
    (rule,) = parse_rules(SUBSTITUTION)
    assert _seen(rule, "Utilize the cellphone in order to call.") == [
        ("Utilize", "Use 'Use' instead of 'Utilize'.", ("Use",)),
        ("cellphone", "Use 'mobile phone' instead of 'cellphone'.", ("mobile phone",)),
        ("in order to", "Use 'to' instead of 'in order to'.", ("to",)),
    ]


def test_existence_marks_whole_words_in_any_script() -> None:
    (rule,) = parse_rules(EXISTENCE)
    marked = [
        words for words, _, _ in _seen(rule, "Leverage synergies, overleverage, 我们赋能团队。")
    ]
    assert marked == ["Leverage", "synergies", "赋能"]
    assert _seen(rule, "leverage", kind="code") == []


def test_occurrence_counts_in_each_sentence() -> None:
    (rule,) = parse_rules(
        "extends: occurrence\nmessage: 'More than 2 commas: %s.'\nscope: sentence\nmax: 2\n"
        "nonword: true\ntoken: ','\n"
    )
    text = "One, two. One, two, three, four."
    assert _seen(rule, text) == [("One, two, three, four.", "More than 2 commas: 3.", ())]


def test_capitalization_is_of_headings() -> None:
    (title,) = parse_rules("extends: capitalization\nscope: heading\nmatch: $title\n")
    assert _seen(title, "terms of the lease", "heading")[0][2] == ("Terms of the Lease",)
    assert _seen(title, "terms of the lease") == []
    (sentence,) = parse_rules(
        "extends: capitalization\nscope: heading\nmatch: $sentence\nexceptions:\n  - Nordwind\n"
    )
    assert _seen(sentence, "Terms Of The Nordwind Lease", "heading")[0][2] == (
        "Terms of the Nordwind lease",
    )
    assert _seen(sentence, "Terms of the Nordwind lease", "heading") == []


def test_several_rules_come_from_toml() -> None:
    rules = parse_rules(
        '[[rule]]\nextends = "existence"\ntokens = ["leverage"]\n'
        '[[rule]]\nextends = "substitution"\nswap = {utilise = "use"}\n',
        name="mine",
    )
    assert [rule.name for rule in rules] == ["mine-1", "mine-2"]


@pytest.mark.parametrize(
    ("token", "found"),
    [
        (r"\d{1,3}(?:,\d{3})+", "1,250,000"),
        (r"(?:very|really) \w+", "very nice"),
        (r"(?:ha){2}", "haha"),
        (r"[(+]{2}", "(+"),
        (r"\(\w+\)+", "(sic)"),
    ],
)
def test_a_pattern_that_repeats_without_doubt_is_used(token: str, found: str) -> None:
    (rule,) = parse_rules(f"extends: existence\nnonword: true\ntokens:\n  - '{token}'\n")
    text = f"It says {found} here."
    (finding,) = rule.check(Block("b1", text))
    assert text[finding.start : finding.end] == found


@pytest.mark.parametrize(
    "text",
    [
        "extends: script\nmessage: x\n",
        "extends: existence\ntokens:\n  - '(a+)+b'\n",
        "extends: existence\ntokens:\n  - '((a+))+b'\n",
        "extends: existence\ntokens:\n  - '(?:x(?:a+)y?)*b'\n",
        "extends: existence\ntokens:\n  - '(a|aa)+b'\n",
        "extends: existence\ntokens:\n  - '(a?a?){30}b'\n",
        "extends: existence\ntokens:\n  - '('\n",
        "extends: existence\ntokens:\n  - " + "x" * 300 + "\n",
        "just words\n",
        "[[rule]]\nextends = \n",
    ],
)
def test_a_rule_that_cant_be_used_is_refused(text: str) -> None:
    with pytest.raises(BrokenRule):
        parse_rules(text)
