"""The person's style: sentences that become rules, rejections, samples of documents."""

import pytest

from tau.experts.writing.blocks import Block
from tau.experts.writing.edits import Edit
from tau.experts.writing.rejections import DecidedEdit, kind_of, question_after
from tau.experts.writing.style import StyleFact, WritingStyle, read_style
from tau.experts.writing.style_sampling import StyleQuotation, sample_style
from tau.experts.writing.style_sentences import is_about_style


def _style(*sentences: str, audience: str = "") -> WritingStyle:
    facts = [StyleFact(f"f{n}", text, float(n)) for n, text in enumerate(sentences)]
    return read_style(facts, audience=audience)


def _marked(style: WritingStyle, text: str) -> list[tuple[str, tuple[str, ...]]]:
    block = Block("b1", text)
    found = [one for rule in style.rules for one in rule.check(block)]
    return [(text[one.start : one.end], one.replacements) for one in found]


@pytest.mark.parametrize(
    ("sentence", "text", "marked", "right"),
    [
        ('Never write "leverage" in my letters', "We leverage it.", "leverage", ()),
        ("Don't use leverage in my letters.", "We leverage it.", "leverage", ()),
        ("Write “use” instead of “utilise”", "Utilise it.", "Utilise", ("Use",)),
        (
            "Please always write “Nordwind AG” rather than “NW AG”",
            "NW AG",
            "NW AG",
            ("Nordwind AG",),
        ),
        ("不要用“赋能”这个词", "我们赋能团队。", "赋能", ()),
        ("用“使用”代替“利用”", "请利用表格。", "利用", ("使用",)),
        ("Don't use contractions", "We don't know.", "don't", ("do not",)),
        ("Don't use contractions", "They’ll come.", "They’ll", ("They will",)),
    ],
)
def test_a_sentence_becomes_a_rule(
    sentence: str, text: str, marked: str, right: tuple[str, ...]
) -> None:
    assert is_about_style(sentence)
    assert _marked(_style(sentence), text) == [(marked, right)]


@pytest.mark.parametrize(
    "sentence",
    [
        "Never eat sugar",
        "Lives in Porto",
        "Use the car on Fridays",
        "Don't call me Bob",
        "不要放糖",
    ],
)
def test_other_instructions_are_no_style(sentence: str) -> None:
    assert not is_about_style(sentence)
    assert _style(sentence) == WritingStyle()


def test_a_finding_names_the_fact_that_it_rests_on() -> None:
    style = _style('Never write "leverage" in my letters')
    (finding,) = style.rules[0].check(Block("b1", "We leverage it."))
    assert (finding.by, finding.fact, finding.said_on) == ("style", "f0", 0.0)


def test_the_newer_of_two_sentences_counts() -> None:
    style = _style(
        "Use American spelling",
        "Write “use” instead of “utilise”",
        "Use British spelling",
        "Write “apply” instead of “utilise”",
        "End my letters with “Best wishes”",
        "Write dates as “14 May 2026”",
    )
    assert (style.dialect, style.form("closing"), style.form("date")) == (
        "british",
        "Best wishes",
        "14 May 2026",
    )
    assert style.sources["dialect"] == "f2"
    assert _marked(style, "utilise") == [("utilise", ("apply",))]


def test_a_kept_word_is_no_longer_marked() -> None:
    style = _style("Write “use” instead of “utilise”", "Keep “utilise” in my writing")
    assert style.rules == ()
    assert style.kept == frozenset({"utilise"})


def test_a_rule_for_one_audience_is_for_that_one_only() -> None:
    sentence = 'Never write "cheers" in my e-mails to the board'
    assert _style(sentence).rules == ()
    assert len(_style(sentence, audience="The board").rules) == 1


def test_sentences_longer_than_wanted_are_marked() -> None:
    style = _style("Keep sentences under 5 words")
    text = "One two three four. One two three four five six."
    assert _marked(style, text) == [("One two three four five six.", ())]


def test_the_third_rejection_of_a_kind_asks_once() -> None:
    edit = Edit("e1", "b1", "utilise", "use", by="a model")
    other = DecidedEdit("x > y", accepted=False)
    no, yes = DecidedEdit(kind_of(edit), accepted=False), DecidedEdit(kind_of(edit), accepted=True)
    assert question_after([no, no, other], edit) is None
    asked = question_after([no, yes, no, other, no, no], edit)
    assert asked is not None
    assert "“utilise”" in asked.question
    assert _style("Write “use” instead of “utilise”", asked.statement).rules == ()
    assert question_after([no, no, no, no], edit) is None
    long = Edit("e2", "b1", "a b c d e f", "g h i j k l")
    assert kind_of(long) == ""
    assert question_after([DecidedEdit("", accepted=False)] * 3, long) is None


def _letter(name: str, colour: str = "colour", date: str = "14 May 2026") -> str:
    return (
        f"{date}\n\nDear Ms {name},\n\nWe do not like the {colour} of the roof. We are sorry and "
        f"will not pay. Send an email to {name}.\n\nKind regards,\nMira\n"
    )


def test_three_documents_that_agree_suggest_a_style_with_two_quotations() -> None:
    found = sample_style({name: _letter(name) for name in ("Novak", "Berg", "Lang")})
    said = {sample.feature: sample.statement for sample in found}
    assert said == {
        "dialect": "Use British spelling",
        "salutation": "Begin letters with “Dear”",
        "closing": "End letters with “Kind regards”",
        "date": "Write dates as “14 May 2026”",
        "contractions": "Don't use contractions",
        "term e-mail": "Write “email” instead of “e-mail”",
    }
    assert all(is_about_style(statement) for statement in said.values())
    quoted = next(sample.quotations for sample in found if sample.feature == "dialect")
    assert quoted == (
        StyleQuotation("Novak", "We do not like the colour of the roof."),
        StyleQuotation("Berg", "We do not like the colour of the roof."),
    )


def test_documents_that_differ_or_are_too_few_suggest_nothing_of_it() -> None:
    assert sample_style({name: _letter(name) for name in ("Novak", "Berg")}) == []
    mixed = {
        "a": _letter("Novak", "color", "May 14, 2026"),
        "b": _letter("Berg"),
        "c": _letter("Lang"),
    }
    assert {one.feature for one in sample_style(mixed)} & {"dialect", "date"} == set()
