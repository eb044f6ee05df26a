"""Checks of a whole document: what a letter lacks, and how hard it is to read."""

import re
from collections.abc import Iterator

from tau.experts.writing.blocks import TextDocument
from tau.experts.writing.findings import FindingKind, TextFinding
from tau.experts.writing.sentences import has_han, reading_grade, split_sentences
from tau.experts.writing.values import find_values

HARD_GRADE = 16.0
"""Reading grade beyond which a text is hard even for people who studied."""

_GREETING = re.compile(
    r"^(?:dear|hello|hi|good (?:morning|afternoon|day)|to whom it may concern)\b"
    r"|^(?:尊敬的|敬爱的|亲爱的|致[：:])|^[^\n，,]{1,30}(?:您好|你好|台鉴|钧鉴)[：:，,！]?$",
    re.IGNORECASE | re.MULTILINE,
)
_NOBODY = re.compile(r"^dear[ ,:]*$|^尊敬的[：:，,]?$", re.IGNORECASE | re.MULTILINE)
_CLOSING = re.compile(
    r"^(?:yours (?:sincerely|faithfully|truly)|sincerely|(?:kind|best|warm) regards|regards|best"
    r"|respectfully|with kind regards|此致|敬礼|顺颂商祺|祝好)\b",
    re.IGNORECASE | re.MULTILINE,
)
_PROMISED = re.compile(
    r"\b(?:please )?(?:find )?(?:attached|enclosed)\b"
    r"|\b(?:i|we)(?:'ve| have)? (?:attach|enclose)\w*\b"
    r"|\bsee (?:the )?(?:attachment|enclosure|annex|appendix)\b|随函附上|随信附上|见附件|附上",
    re.IGNORECASE,
)
_LISTED = re.compile(
    r"^[*_# ]*(?:enclosures?|encl\.?|attachments?|annex(?:es)?|appendix|附件|附)[*_ ]*"
    r"[ :：.\d(（-]",
    re.IGNORECASE | re.MULTILINE,
)
_LETTER_BLOCKS = 12
"""Blocks at the start and end of a letter where its date may be."""


def check_document(document: TextDocument) -> Iterator[TextFinding]:
    """Yield what concerns a document as a whole."""
    text = document.text
    chinese = has_han(text)
    if _is_letter(text):
        yield from _letter(document, text, chinese=chinese)
    promised = _PROMISED.search(text)
    if promised and not _LISTED.search(text):
        yield _missing(
            "attachment",
            "文中提到附件，但没有列出附件。"
            if chinese
            else "It speaks of an attachment, but lists none.",
        )
    sentences = [one for block in document.blocks for one in split_sentences(block.text)]
    grade = None if chinese else reading_grade(sentences)
    if grade is not None and grade > HARD_GRADE:
        message = f"This is hard to read: grade {grade:.0f}. Shorter sentences and words help."
        yield _missing("readability", message, "readability")


def _is_letter(text: str) -> bool:
    return bool(_GREETING.search(text) and _CLOSING.search(text))


def _letter(document: TextDocument, text: str, *, chinese: bool) -> Iterator[TextFinding]:
    if _NOBODY.search(text):
        yield _missing(
            "recipient", "称呼里没有收件人。" if chinese else "The salutation names nobody."
        )
    blocks = document.blocks
    edges = (*blocks[:_LETTER_BLOCKS], *blocks[-_LETTER_BLOCKS:])
    before = [block.text for block in edges if len(block.text) < 200]
    dated = any(value.kind == "date" for text in before for value in find_values(text))
    if not dated:
        yield _missing("date", "这封信没有日期。" if chinese else "The letter has no date.")


def _missing(rule: str, message: str, kind: FindingKind = "missing") -> TextFinding:
    return TextFinding(f"missing-{rule}" if kind == "missing" else rule, kind, message)
