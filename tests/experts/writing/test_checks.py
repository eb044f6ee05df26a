"""Checks without a model: what each rule marks, and what it leaves alone."""

import pytest

from tau.experts.writing.blocks import TextDocument, parse_markdown
from tau.experts.writing.checks import CheckOptions, DocumentChecker
from tau.experts.writing.chinese_checks import check_chinese, check_spacing
from tau.experts.writing.document_checks import check_document
from tau.experts.writing.english_checks import check_text, undefined_abbreviations
from tau.experts.writing.findings import TextFinding
from tau.experts.writing.sentences import reading_grade, split_sentences

LONG = "We " + "really very much " * 20 + "hope so."


def _seen(text: str) -> list[tuple[str, str, str | None]]:
    """What is marked in a text: the rule, the words, and what should be there."""
    return [
        (one.rule, text[one.start : one.end], one.replacements[0] if one.replacements else None)
        for one in check_text(text)
    ]


@pytest.mark.parametrize(
    ("text", "rule", "marked"),
    [
        ("Dear [Name], thank you.", "placeholder", "[Name]"),
        ("Dear {{recipient}}, thank you.", "placeholder", "{{recipient}}"),
        ("Pay by TBD please.", "placeholder", "TBD"),
        ("Signed ________ here", "placeholder", "________"),
        ("Lorem ipsum dolor", "placeholder", "Lorem ipsum"),
        ("尊敬的XX先生：", "placeholder", "XX先生"),
        ("会议时间（待定）。", "placeholder", "（待定）"),
        ("Please pay the the rent.", "repeated-word", "the the"),
        ("It is on Monday, 14 May 2026.", "weekday", "Monday"),
    ],
)
def test_a_mistake_is_marked_at_its_place(text: str, rule: str, marked: str) -> None:
    assert [(name, words) for name, words, _ in _seen(text)] == [(rule, marked)]


@pytest.mark.parametrize(
    "text",
    [
        "See [the page](https://tau.example) and note [1].",
        "- [ ] pay the rent",
        "He said that that was fine, and they had had enough.",
        "It is on Thursday, 14 May 2026.",
        "It is on Monday, 14 May.",
        "The todo list is long...",
        "Pay 1,200.50 EUR by No. 5, approx. 3 p.m. today.",
    ],
)
def test_what_is_right_is_left_alone(text: str) -> None:
    assert _seen(text) == []


def test_a_weekday_is_corrected_and_a_long_sentence_counted() -> None:
    assert _seen("On Monday, 14 May 2026.") == [("weekday", "Monday", "Thursday")]
    (finding,) = check_text(f"Short one. {LONG}")
    assert finding.rule == "long-sentence"
    assert "63 words" in finding.message
    assert finding.start == len("Short one. ")


def test_sentences_end_where_people_end_them() -> None:
    text = "Mr. Smith paid 1.50 EUR. He left (at 3 p.m. sharp). 请付款。谢谢！\nKind regards"
    assert [one.text for one in split_sentences(text)] == [
        "Mr. Smith paid 1.50 EUR.",
        "He left (at 3 p.m. sharp).",
        "请付款。",
        "谢谢！",
        "Kind regards",
    ]
    assert all(text[one.start :].startswith(one.text) for one in split_sentences(text))


def test_the_reading_grade_tells_plain_from_hard_text() -> None:
    plain = list(split_sentences("The cat sat on the mat. It was a good day for us all. " * 4))
    hard = list(
        split_sentences(
            "Notwithstanding the aforementioned contractual obligations, the undersigned parties "
            "acknowledge the applicability of supplementary administrative documentation. " * 3
        )
    )
    assert (reading_grade(plain) or 99) < 4
    assert (reading_grade(hard) or 0) > 16
    assert reading_grade(plain[:1]) is None


@pytest.mark.parametrize(
    ("text", "wrong", "right"),
    [
        ("请于周五前付款,谢谢。", ",", "，"),
        ("请付款.", ".", "。"),
        ("合同(见附件)已签。", "(", "（"),
        ("共１２份。", "１２", "12"),
        ("请 付款。", " ", ""),
        ("参见<<合同法>>。", "<<合同法>>", "《合同法》"),
        ("还有很多...", "...", "……"),
        ('所谓"违约"是指', '"违约"', "“违约”"),
        ("我们的的房租", "的的", "的"),
        ("因为因为下雨", "因为因为", "因为"),
        ("请认真的完成了工作。", "认真的完成了", "认真地完成了"),
        ("这件事做的很好。", "做的很好", "做得很好"),
    ],
)
def test_chinese_mistakes_are_marked_and_corrected(text: str, wrong: str, right: str) -> None:
    found = [(text[one.start : one.end], one.replacements[0]) for one in check_chinese(text)]
    assert (wrong, right) in found


@pytest.mark.parametrize(
    "text",
    [
        "房租为1,200.50元，请于5月14日前支付。",
        "他的确来了，人人为我，我为人人。",
        "衷心的感谢和积极的配合都很重要。",
        "参见《合同法》第12条（附件一）……",
        "时间：14:30，网址 https://tau.example/a,b",
        "好好学习，天天向上；看看再说。",
        "这是我们做的很好吃的面包。",
        "请联系 Tau 公司的 Ana。",
    ],
)
def test_right_chinese_is_left_alone(text: str) -> None:
    assert [text[one.start : one.end] for one in check_chinese(text)] == []


def test_spacing_follows_what_most_of_a_document_does() -> None:
    spaced = [("b1", "请联系 Tau 公司和 Ana 女士，12 点前。"), ("b2", "请用Word打开。")]
    found = list(check_spacing(spaced))
    assert [(one.block, one.replacements) for one in found] == [("b2", (" ",)), ("b2", (" ",))]
    assert list(check_spacing([("b1", "2026年5月14日的Tau会议"), ("b2", "请用Word打开")])) == []


def test_an_abbreviation_is_marked_once_unless_it_is_explained() -> None:
    texts = [("b1", "The GRDP and the SLA (service level agreement) apply."), ("b2", "GRDP again.")]
    found = list(undefined_abbreviations(texts))
    assert [(one.block, one.start, one.end) for one in found] == [("b1", 4, 8)]


def _missing(text: str) -> list[str]:
    return [one.rule for one in check_document(parse_markdown(text))]


def test_what_is_missing_or_long_in_chinese_is_said_in_chinese() -> None:
    said = [one.message for one in check_text(f"收件人：[姓名]。{'我们已经收到来函' * 12}。")]
    assert said == ["这里好像还没有填写。", "这句话太长，能分成两句吗？"]


@pytest.mark.parametrize("text", ["Call TBD before noon.", "We pay [IBAN of the ACME] today."])
def test_a_word_in_a_placeholder_is_marked_once(text: str) -> None:
    found = DocumentChecker().check(parse_markdown(text), CheckOptions())
    assert [one.rule for one in found] == ["placeholder"]


def test_what_a_letter_lacks_is_named() -> None:
    body = "please find attached the contract.\n\nKind regards,\n"
    assert _missing(f"Dear,\n\n{body}") == [
        "missing-recipient",
        "missing-date",
        "missing-attachment",
    ]
    whole = f"Berlin, 14 May 2026\n\nDear Ana,\n\n{body}\nEnclosure: contract\n"
    assert _missing(whole) == []
    assert _missing("Notes of today, without a date.\n") == []
    assert _missing("尊敬的王先生：\n\n随函附上合同。\n\n此致\n敬礼\n") == [
        "missing-date",
        "missing-attachment",
    ]


def _count_reads(checker: DocumentChecker, document: TextDocument) -> list[str]:
    return checker.english_texts(document, CheckOptions())


def test_only_a_changed_block_is_read_again() -> None:
    read: list[str] = []

    def claims(text: str) -> list[TextFinding]:
        read.append(text)
        return []

    checker = DocumentChecker(claims)
    document = parse_markdown("One is here.\n\nTwo is here.\n\n请付款。\n")
    options = CheckOptions()
    assert _count_reads(checker, document) == ["One is here.", "Two is here."]
    checker.add_english(["One is here.", "Two is here."], [[], []], options)
    checker.check(document, options)
    read.clear()
    changed = document.replace("b2", "Two is there there.")
    assert _count_reads(checker, changed) == ["Two is there there."]
    assert [(one.block, one.rule) for one in checker.check(changed, options)] == [
        ("b2", "repeated-word")
    ]
    assert read == ["Two is there there."]


@pytest.mark.parametrize(
    ("text", "word", "right", "marked"),
    [
        ("Dear Ms Novak, all is well.", "Novak", "Nova", False),
        ("It is in Graz.", "Graz", "Grab", False),
        ("It is in Febuary.", "Febuary", "February", True),
        ("Recieved it.", "Recieved", "Received", True),
        ("All well. Recieved it.", "Recieved", "Received", True),
        ("We have recieved it.", "recieved", "received", True),
    ],
)
def test_a_name_that_no_dictionary_has_isnt_misspelled(
    text: str, word: str, right: str, marked: bool
) -> None:
    checker, options = DocumentChecker(), CheckOptions()
    start = text.index(word)
    lint = {"kind": "Spelling", "message": "Spelled?", "replacements": [right]}
    checker.add_english([text], [[lint | {"start": start, "end": start + len(word)}]], options)
    found = checker.check(parse_markdown(text), options)
    assert [one.by for one in found if one.by == "harper"] == ["harper"] * marked


def test_harpers_findings_come_in_place_and_yield_to_surer_ones() -> None:
    checker, options = DocumentChecker(), CheckOptions()
    document = parse_markdown("Pay the the rent, it isnt late.\n")
    text = document.blocks[0].text
    isnt = text.index("isnt")
    lint = {"kind": "Spelling", "message": "Spelled?", "replacements": ["isn't"]}
    lints = [{**lint, "start": isnt, "end": isnt + 4}, {**lint, "start": 4, "end": 7}]
    checker.add_english([text], [lints], options)
    found = checker.check(document, options)
    assert [(one.rule, one.by) for one in found] == [
        ("repeated-word", "rule"),
        ("harper-spelling", "harper"),
    ]
    ignored = CheckOptions(ignored=frozenset({"repeated-word", "harper-spelling"}))
    checker.add_english([text], [lints], ignored)
    assert checker.check(document, ignored) == []
