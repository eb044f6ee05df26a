"""Fixed forms of letters: how they begin, how they end, how dates are written.

The patterns find which form a text has; a check marks another form than the person's.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from tau.experts.writing.findings import TextFinding
from tau.experts.writing.sentences import has_han
from tau.experts.writing.values import find_values

FormPart = Literal["salutation", "closing", "date"]
SALUTATION = re.compile(
    r"^(?P<form>Dear|Hello|Hi|Good morning|Good afternoon)\b[^\n]{0,60}"
    r"|^(?P<chinese>尊敬的|敬爱的|亲爱的)[^\n]{0,30}",
    re.MULTILINE,
)
CLOSING = re.compile(
    r"^(?P<form>Yours (?:sincerely|faithfully|truly)|(?:With )?(?:kind|best|warm) regards|Sincerely"
    r"|Regards|Best wishes|All the best|Best)(?:[,!](?: [^\W\d_]+\.?){0,3})?\s*\\?$"
    r"|^(?P<chinese>此致|顺颂商祺|顺祝商祺|祝好|谨上)",
    re.MULTILINE | re.IGNORECASE,
)
_NAMES = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_MONTHS = "|".join(_NAMES)
DATE_FORMS = {
    "14 May 2026": re.compile(rf"\b\d{{1,2}} (?:{_MONTHS}) \d{{4}}\b"),
    "May 14, 2026": re.compile(rf"\b(?:{_MONTHS}) \d{{1,2}}, \d{{4}}\b"),
    "2026-05-14": re.compile(r"\b\d{4}-\d{2}-\d{2}\b"),
    "14.05.2026": re.compile(r"\b\d{1,2}\.\d{1,2}\.\d{4}\b"),
    "2026年5月14日": re.compile(r"\d{4}年\d{1,2}月\d{1,2}日"),
}
_SHOWN_CHARACTERS = 40


class StyleForm(msgspec.Struct, frozen=True):
    """A form that the person wants: `wanted` is it, or for dates an example of it."""

    part: FormPart
    wanted: str
    fact: str = ""
    said_on: float | None = None


def check_forms(text: str, forms: Sequence[StyleForm]) -> Iterator[TextFinding]:
    """Yield where a text has another form than the wanted one, in the same language."""
    for form in forms:
        if form.part == "date":
            yield from _dates(text, form)
        else:
            yield from _phrases(text, form)


def _phrases(text: str, form: StyleForm) -> Iterator[TextFinding]:
    """Yield a line that begins or ends a letter with other words."""
    pattern = SALUTATION if form.part == "salutation" else CLOSING
    for found in pattern.finditer(text):
        group = "form" if found["form"] else "chinese"
        is_line = form.part == "closing" or found[0].rstrip()[-1:] in ",:，：!"
        if not is_line or has_han(found[group]) != has_han(form.wanted):
            continue
        if found[group].lower() != form.wanted.lower():
            yield _finding(form, found.start(group), found.end(group), form.wanted)


def _dates(text: str, form: StyleForm) -> Iterator[TextFinding]:
    wanted = next((name for name, one in DATE_FORMS.items() if one.fullmatch(form.wanted)), "")
    for value in find_values(text):
        if not wanted or value.date is None or value.date[0] is None:
            continue
        right = _written(wanted, value.date[0], *value.date[1:])
        is_known = any(one.fullmatch(value.text) for one in DATE_FORMS.values())
        if is_known and value.text != right and has_han(value.text) == has_han(right):
            yield _finding(form, value.start, value.end, right)


def _written(form: str, year: int, month: int, day: int) -> str:
    name = _NAMES[month - 1]
    forms = {
        "14 May 2026": f"{day} {name} {year}",
        "May 14, 2026": f"{name} {day}, {year}",
        "2026-05-14": f"{year}-{month:02}-{day:02}",
        "14.05.2026": f"{day:02}.{month:02}.{year}",
        "2026年5月14日": f"{year}年{month}月{day}日",
    }
    return forms[form]


def _finding(form: StyleForm, start: int, end: int, right: str) -> TextFinding:
    shown = right[:_SHOWN_CHARACTERS]
    message = f"您习惯写“{shown}”。" if has_han(right) else f"You write “{shown}”."
    return TextFinding(
        f"style: {form.part}",
        "style",
        message,
        start=start,
        end=end,
        replacements=(right,),
        by="style",
        fact=form.fact,
        said_on=form.said_on,
    )
