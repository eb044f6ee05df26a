"""Checks that need no dictionary: repeated words, long sentences, placeholders, weekdays."""

import re
from collections.abc import Iterator
from datetime import date

from tau.experts.writing.findings import TextFinding
from tau.experts.writing.sentences import has_han, split_sentences
from tau.experts.writing.values import find_values

LONG_SENTENCE_WORDS = 40

_PLACEHOLDER = re.compile(
    r"\[(?!\d+\]|\s*[xX ]?\])[^\]\n]{1,60}\](?!\()|\{\{[^}\n]{0,60}\}\}"
    r"|<(?:insert|your|name|date|company|recipient|address|amount)[^>\n]{0,40}>"
    r"|\b(?:TODO|TBD|TBC|FIXME|XXX+)\b|\?\?\?+|_{4,}|(?<!\.)\.{5,}|\blorem ipsum\b"
    r"|\bDD[./-]MM[./-](?:YYYY|JJJJ)\b|[【〔]\s*[】〕]|[×x＊*]{2,}(?:公司|先生|女士|年|月|日|元)"
    r"|（待定）|\(待定\)|待补充|此处填写",
    re.IGNORECASE,
)
_UPPER_ONLY = {"todo", "tbd", "tbc", "fixme"}
_REPEATED = re.compile(r"\b([^\W\d_]{2,})(\s+)\1\b", re.IGNORECASE)
_MAY_REPEAT = frozenset(["had", "that", "very", "really", "bye", "ha", "no", "yes", "so", "many"])
_ABBREVIATION = re.compile(r"\b[A-Z][A-Z&]{1,5}s?\b")
_EXPLAINED_NOWHERE = """
A AG AM AI API ASAP AT BC BIC CC CD CEO CEST CET CFO CH CNY COO CSV CTO CV DE DIN DIY DNA EC ES ETA
EU EUR FAQ FR FYI GB GBP GDP GMT GPS HQ HR HTML HTTP IBAN ID IE II III IP IT IV JPEG JSON KG LED LLC
LTD MB MBA MD NATO NDA NGO NL NO OK OS PC PDF PHD PIN PLC PM PNG PO PR PS QR RE RMB ROI RSVP SMS
SWIFT TAX TB TV UK UN UNESCO URL US USA USB USD UTC VAT VIP VPN WC WHO WIFI XML ZIP
"""
_KNOWN_ABBREVIATIONS = frozenset(_EXPLAINED_NOWHERE.split())
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAY = re.compile(rf"\b({'|'.join(_DAYS)}),?\s+(?:the\s+)?$", re.IGNORECASE)


def check_text(text: str) -> Iterator[TextFinding]:
    """Yield what these rules find in the text of one block."""
    yield from _placeholders(text)
    yield from _repeated_words(text)
    yield from _weekdays(text)
    for sentence in split_sentences(text):
        if sentence.length > LONG_SENTENCE_WORDS:
            yield TextFinding(
                "long-sentence",
                "readability",
                "这句话太长，能分成两句吗？"
                if has_han(sentence.text)
                else f"This sentence has {sentence.length} words. Could it be two?",
                start=sentence.start,
                end=sentence.start + len(sentence.text),
            )


def _placeholders(text: str) -> Iterator[TextFinding]:
    for found in _PLACEHOLDER.finditer(text):
        if found[0].lower() in _UPPER_ONLY and not found[0].isupper():
            continue
        yield TextFinding(
            "placeholder",
            "missing",
            "这里好像还没有填写。"
            if has_han(text)
            else "This looks like a placeholder that hasn't been filled in.",
            start=found.start(),
            end=found.end(),
        )


def _repeated_words(text: str) -> Iterator[TextFinding]:
    for found in _REPEATED.finditer(text):
        word = found[1].lower()
        if word in _MAY_REPEAT or has_han(word) or "\n" in found[2]:
            continue
        yield TextFinding(
            "repeated-word",
            "grammar",
            f"“{found[1]}” is there twice.",
            start=found.start(),
            end=found.end(),
            replacements=(found[1],),
        )


def _weekdays(text: str) -> Iterator[TextFinding]:
    """Yield dates whose weekday is another one."""
    for value in find_values(text):
        before = _WEEKDAY.search(text[: value.start]) if value.kind == "date" else None
        if before is None or value.date is None or value.date[0] is None:
            continue
        year, month, day = value.date
        try:
            real = _DAYS[date(year or 1, month, day).weekday()]
        except ValueError:
            continue
        if real != before[1].lower():
            yield TextFinding(
                "weekday",
                "missing",
                f"{value.text} is a {real.title()}.",
                start=before.start(1),
                end=before.end(1),
                replacements=(real.title(),),
            )


def undefined_abbreviations(texts: list[tuple[str, str]]) -> Iterator[TextFinding]:
    """Yield abbreviations that a document never explains, each where it's first used.

    `texts` are the ids and texts of its blocks. One in brackets after its words is explained, and
    so is one that words in brackets follow.
    """
    whole = "\n".join(text for _, text in texts)
    seen: set[str] = set()
    for block, text in texts:
        if text.isupper():
            continue
        for found in _ABBREVIATION.finditer(text):
            name = found[0].removesuffix("s")
            explained = f"({name})" in whole or f"{name} (" in whole or f"（{name}）" in whole
            if name in seen or name in _KNOWN_ABBREVIATIONS or explained:
                continue
            seen.add(name)
            yield TextFinding(
                "undefined-abbreviation",
                "readability",
                f"“{name}” isn't explained anywhere in this document.",
                block=block,
                start=found.start(),
                end=found.end(),
            )
