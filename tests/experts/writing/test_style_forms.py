"""Fixed forms of letters, and sentences about spelling, in both languages."""

import pytest

from tau.experts.writing.blocks import Block
from tau.experts.writing.style import StyleFact, WritingStyle, read_style
from tau.experts.writing.style_forms import check_forms
from tau.experts.writing.style_sampling import sample_style
from tau.experts.writing.style_sentences import audience_of, is_about_style


def _style(*sentences: str) -> WritingStyle:
    return read_style(StyleFact(f"f{n}", one, float(n)) for n, one in enumerate(sentences))


def _right(style: WritingStyle, text: str) -> str:
    """Return a text with the first replacement of each finding."""
    found = [one for rule in style.rules for one in rule.check(Block("b1", text))]
    for one in sorted([*found, *check_forms(text, style.forms)], key=lambda one: -one.start):
        text = text[: one.start] + one.replacements[0] + text[one.end :]
    return text


@pytest.mark.parametrize(
    ("sentence", "text", "right"),
    [
        ("We write e-mail with a hyphen", "Emails and an email.", "E-mails and an e-mail."),
        ("Write “email” without a hyphen.", "An e-mail, an email.", "An email, an email."),
        ("We write website as one word", "web site, web-sites", "website, websites"),
        ("Write Internet with a capital letter", "the internet", "the Internet"),
        ("We always write “client” instead of “customer”", "a customer", "a client"),
        ("End letters with “Kind regards”", "Best wishes,\nMira", "Kind regards,\nMira"),
        ("End letters with “Kind regards”", "Best wishes to Mia.", "Best wishes to Mia."),
        ("End letters with “Kind regards”", "Best, Mira", "Kind regards, Mira"),
        ("Begin letters with “Hello”", "Dear Ana,", "Hello Ana,"),
        ("Begin letters with “Hello”", "Dear friends came", "Dear friends came"),
        ("Write dates as “14 May 2026”", "By June 3, 2026.", "By 3 June 2026."),
        ("Write dates as “2026-05-14”", "Am 3.6.2026", "Am 2026-06-03"),
        ("Write dates as “14 May 2026”", "在2026年6月3日前", "在2026年6月3日前"),
        ("信件以“顺颂商祺”结尾", "祝好", "顺颂商祺"),
        ("信件以“尊敬的”开头", "亲爱的李女士：", "尊敬的李女士："),
    ],
)  # fmt: skip
def test_a_text_is_brought_into_the_wanted_form(sentence: str, text: str, right: str) -> None:
    assert is_about_style(sentence)
    assert _right(_style(sentence), text) == right


def test_where_a_hyphen_goes_isnt_guessed() -> None:
    assert not is_about_style("We write email with a hyphen")


def test_a_finding_of_a_form_names_its_fact() -> None:
    (found,) = check_forms("Best wishes", _style("End letters with “Kind regards”").forms)
    assert (found.by, found.fact, found.said_on) == ("style", "f0", 0.0)


def test_contractions_that_are_wanted_again_are_no_longer_marked() -> None:
    assert _style("Don't use contractions", "Use contractions").rules == ()


def test_the_readers_of_a_rule_are_named() -> None:
    assert audience_of('Never write "cheers" in my e-mails to the board') == "the board"
    assert audience_of("Use British spelling") == ""


def test_chinese_letters_suggest_a_style_in_chinese() -> None:
    letter = "尊敬的{}女士：\n\n来函收悉。\n\n顺颂商祺\n\n2026年5月14日"
    found = sample_style({name: letter.format(name) for name in "李王张"})
    assert [one.statement for one in found] == [
        "信件以“尊敬的”开头",
        "信件以“顺颂商祺”结尾",
        "日期写成“2026年5月14日”",
    ]
    assert all(is_about_style(one.statement) and one.shown == 3 for one in found)
    assert found[0].documents == ("李", "王", "张")
