"""Templates: every slot is filled, with its source, or left as a placeholder that is marked."""

import re
from datetime import date

import pytest

from tau.errors import NotFound
from tau.experts.writing.blocks import carry_ids, parse_markdown, render_markdown
from tau.experts.writing.checks import CheckOptions, DocumentChecker
from tau.experts.writing.docx_new import new_docx
from tau.experts.writing.docx_package import open_package
from tau.experts.writing.templates import (
    SlotFact,
    all_templates,
    fill_template,
    find_template,
    written_date,
)

TODAY = date(2026, 5, 14)
FACTS = [
    SlotFact("f1", "name", "Name: Mira Falk", 1.0),
    SlotFact("f2", "home", "Lives in Graz", 2.0),
    SlotFact("f3", "home", "Lives in Porto", 3.0),
    SlotFact("f4", "work", "Works at Nordwind", 4.0),
]


def test_the_templates_that_are_promised_are_there() -> None:
    assert set(all_templates()) == {
        "letter-din", "letter-us", "e-mail", "minutes", "proposal", "reference", "complaint",
        "cover-letter", "gonghan", "tongzhi", "huiyi-jiyao", "shuxin", "youjian",
    }  # fmt: skip


@pytest.mark.parametrize("name", sorted(all_templates()))
def test_every_slot_is_declared_and_used(name: str) -> None:
    template = find_template(name)
    empty, filled = fill_template(template, today=TODAY)
    text = render_markdown(empty)
    assert "{" not in text
    assert [one.slot for one in filled] == [
        slot for slot, one in template.slots.items() if one.fill == "today"
    ]
    open_slots = [one.label for one in template.slots.values() if one.fill != "today"]
    assert all(f"[{label}]" in text for label in open_slots)
    given = {slot: f"value {slot}" for slot in template.slots}
    whole, _ = fill_template(template, FACTS, today=TODAY, given=given)
    assert "[" not in render_markdown(whole)


def test_what_is_known_fills_slots_and_names_its_source() -> None:
    document, filled = fill_template(find_template("letter-din"), FACTS, today=TODAY)
    assert [(one.slot, one.value, one.fact) for one in filled] == [
        ("sender", "Mira Falk", "f1"),
        ("sender_address", "Porto", "f3"),
        ("date", "14 May 2026", ""),
    ]
    assert document.blocks[0].text == "Mira Falk\\\nPorto"


def test_what_isnt_known_is_marked_by_the_checks() -> None:
    document, _ = fill_template(find_template("letter-us"), FACTS, today=TODAY)
    found = DocumentChecker().check(document, CheckOptions())
    rules = {one.rule for one in found}
    assert rules == {"placeholder"}
    assert len(found) == 4


def test_a_value_that_looks_like_markup_stays_text() -> None:
    given = {"subject": "*Rent* [x](y) {date}", "text": "one\n\n# two"}
    document, _ = fill_template(find_template("letter-din"), [], today=TODAY, given=given)
    texts = [block.text for block in document.blocks]
    assert "**\\*Rent\\* \\[x\\](y) \\{date\\}**" in texts
    assert texts[texts.index("one") + 1] == "\\# two"
    assert {block.kind for block in document.blocks} == {"paragraph"}


def test_dates_are_written_as_the_language_does() -> None:
    assert written_date(TODAY, "zh-CN") == "2026年5月14日"
    assert written_date(TODAY, "en-US") == "May 14, 2026"


def test_there_is_no_other_template() -> None:
    with pytest.raises(NotFound):
        find_template("sonnet")


def test_a_company_is_filled_in_only_where_a_fact_names_one() -> None:
    works = [
        SlotFact("a", "work", "Works at Acme", 1.0),
        SlotFact("b", "work", "Works from home", 2.0),
        SlotFact("c", "work", "Works as a nurse", 3.0),
    ]
    template = find_template("cover-letter")
    _, filled = fill_template(template, works, today=date(2026, 5, 12))
    assert [(one.value, one.fact) for one in filled if one.slot == "work"] == [("Acme", "a")]
    _, filled = fill_template(template, works[1:], today=date(2026, 5, 12))
    assert not [one for one in filled if one.slot == "work"]


def _properties(data: bytes) -> dict[str, str]:
    """Return the properties of each paragraph of a Word file by its first words."""
    text = open_package(data).parts["word/document.xml"].decode()
    found = re.findall(r"<w:p>(?:<w:pPr>(.*?)</w:pPr>)?<w:r>.*?<w:t[^>]*>(.*?)</w:t>", text)
    return {words: properties for properties, words in found}


def test_the_parts_of_a_letter_stand_where_they_belong() -> None:
    template = find_template("letter-din")
    given = {"recipient": "Ana Berg", "text": "One.\n\nTwo."}
    document, _ = fill_template(template, FACTS, today=TODAY, given=given)
    looks = template.looks_in(document)
    known = _properties(new_docx(document, looks=looks))
    assert 'w:y="2551"' in known["Ana Berg"]
    assert 'w:val="right"' in known["14 May 2026"]
    assert "w:before" in known["Mira Falk"]
    assert known["Two."] == ""
    longer = carry_ids(document, parse_markdown(f"{render_markdown(document)}\nEnclosure\n"))
    assert _properties(new_docx(longer, looks=looks))["Enclosure"] == ""


def test_chinese_paragraphs_begin_two_characters_in() -> None:
    template = find_template("tongzhi")
    document, _ = fill_template(template, FACTS, today=TODAY, given={"recipient": "各部门"})
    known = _properties(new_docx(document, looks=template.looks_in(document)))
    assert 'w:firstLineChars="200"' in known["特此通知。"]
    assert known["各部门："] == ""
    assert 'w:val="center"' in known["关于[事由]的通知"]
    assert 'w:val="right"' in known["Nordwind"]
