"""A person's style: facts in words, read as rules that a document is checked against.

A style fact is a plain sentence (“Write “use” instead of “utilise””, “Don't use contractions”), so
that the person reads, corrects and forgets it like any other. A sentence that isn't understood is
no rule. Of two that say the same kind of thing, the newer one counts.
"""

from collections.abc import Iterable
from typing import NamedTuple, get_args

import msgspec

from tau.experts.writing.style_forms import FormPart, StyleForm
from tau.experts.writing.style_rules import StyleRule
from tau.experts.writing.style_sentences import StyleReading, read_sentence


class StyleFact(NamedTuple):
    """A fact that may be about style."""

    id: str
    text: str
    said_on: float


class WritingStyle(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is known of how a person writes, to one audience or to all.

    `kept` are words that the person wants to keep, in lower case: nothing is suggested for them.
    `sources` names the fact behind each setting.
    """

    rules: tuple[StyleRule, ...] = ()
    forms: tuple[StyleForm, ...] = ()
    dialect: str = ""
    kept: frozenset[str] = frozenset()
    sources: dict[str, str] = {}

    def form(self, part: FormPart) -> str:
        """Return the form that the person wants, or nothing."""
        return next((one.wanted for one in self.forms if one.part == part), "")


def read_style(facts: Iterable[StyleFact], *, audience: str = "") -> WritingStyle:
    """Return the style that facts describe, for everybody and for that audience."""
    read: dict[str, tuple[StyleReading, StyleFact]] = {}
    for fact in sorted(facts, key=lambda one: one.said_on):
        reading = read_sentence(fact.text, audience=audience)
        if reading is not None:
            read[reading.setting] = (reading, fact)
    kept = {one.value.lower() for name, (one, _) in read.items() if name.startswith("keep ")}
    rules = tuple(
        msgspec.structs.replace(one.rule, fact=fact.id, said_on=fact.said_on)
        for name, (one, fact) in read.items()
        if one.rule is not None and name.split(" ", 1)[-1] not in kept
    )
    forms = tuple(
        StyleForm(part, read[part][0].value, read[part][1].id, read[part][1].said_on)
        for part in get_args(FormPart)
        if part in read
    )
    dialect = read["dialect"][0].value if "dialect" in read else ""
    sources = {name: fact.id for name, (_, fact) in read.items()}
    return WritingStyle(rules, forms, dialect, frozenset(kept), sources)
