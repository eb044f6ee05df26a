"""What words to the writing specialist ask for, in English and Chinese."""

import pytest

from tau.experts.acting.document_requests import (
    BeginDocument,
    ChangeDocument,
    read_document_request,
)
from tau.experts.writing.templates import all_templates

BEGINS = {
    "Write to my landlord about the heating": (
        "letter",
        {"recipient": "landlord", "subject": "Heating"},
    ),
    "A letter to my landlord, please.": ("letter", {"recipient": "landlord"}),
    "I want to write to the tax office regarding my refund": (
        "letter",
        {"recipient": "tax office", "subject": "Refund"},
    ),
    "Write a letter of complaint to Acme about the broken kettle": (
        "complaint",
        {"recipient": "Acme", "subject": "Broken kettle"},
    ),
    "Write a letter complaining about the noise to the city council": (
        "complaint",
        {"recipient": "city council", "subject": "Noise"},
    ),
    "I need a cover letter for the position of nurse at Acme Clinic": (
        "cover-letter",
        {"position": "Nurse", "company": "Acme Clinic"},
    ),
    "Draft the minutes of today's board meeting": ("minutes", {"subject": "Board meeting"}),
    "Write an e-mail to Ana asking for the report": ("e-mail", {"recipient": "Ana"}),
    "Write a reference for Ana Costa": ("reference", {"person": "Ana Costa"}),
    "Can you write a proposal for the garden project?": ("proposal", {}),
    "帮我写一份关于设备采购的公函给教育局": (
        "gonghan",
        {"recipient": "教育局", "subject": "设备采购"},
    ),
    "写一份通知，关于下周停电": ("tongzhi", {"subject": "下周停电"}),
    "整理一下今天的会议纪要": ("huiyi-jiyao", {}),
    "给房东写封信": ("shuxin", {"recipient": "房东"}),
    "帮我给王强写一封关于租金的邮件": ("youjian", {"recipient": "王强", "subject": "租金"}),
}


@pytest.mark.parametrize("words", BEGINS)
@pytest.mark.parametrize("is_open", [False, True])
def test_a_kind_of_document_is_begun_with_what_the_words_say(words: str, is_open: bool) -> None:
    template, values = BEGINS[words]
    asked = read_document_request(words, is_open=is_open)
    assert asked == BeginDocument(template, values)
    if template != "letter":
        assert template in all_templates()


def test_every_template_can_be_asked_for() -> None:
    asked = {template for template, _ in BEGINS.values()}
    letters = {"letter-din", "letter-us"}
    assert asked - {"letter"} == {name for name in all_templates() if name not in letters}


@pytest.mark.parametrize(
    ("words", "checks"),
    [
        ("make the letter shorter", False),
        ("shorten the second paragraph", False),
        ("more formal please", False),
        ("Can you make it shorter?", False),
        ("Add that I called on Monday", False),
        ("The letter should mention the mould", False),
        ("精简一下", False),
        ("改得正式一点", False),
        ("check it", True),
        ("proofread this", True),
        ("检查错别字", True),
    ],
)
def test_a_change_is_one_of_the_open_document(words: str, checks: bool) -> None:
    assert read_document_request(words, is_open=True) == ChangeDocument(checks=checks)
    assert read_document_request(words, is_open=False) is None


@pytest.mark.parametrize(
    "words",
    [
        "What is a cover letter?",
        "How do I write a letter?",
        "Do you like my letter?",
        "My landlord sent me a letter.",
        "I need five minutes",
        "Thanks!",
        "公函怎么写？",
        "我收到了通知",
        "我收到一封信",
        "准备好信号灯",
    ],
)
@pytest.mark.parametrize("is_open", [False, True])
def test_talk_asks_for_nothing(words: str, is_open: bool) -> None:
    assert read_document_request(words, is_open=is_open) is None


def test_a_request_is_read_at_the_ends_of_a_long_text() -> None:
    text = "The rain fell all night and the river rose. " * 200
    begun = read_document_request(f"Write a letter to my landlord.\n{text}", is_open=False)
    assert begun == BeginDocument("letter", {"recipient": "landlord"})
    changed = read_document_request(f"{text}\nPlease make it shorter.", is_open=True)
    assert changed == ChangeDocument()
    quoted = f"{text}Write a letter to my landlord. Make it shorter. {text}"
    assert read_document_request(quoted, is_open=True) is None
