"""Style: rules with their sources, and what documents suggest."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StyleQuotationOut:
    """A place in a document that shows a style."""

    document: str
    words: str


@dataclass(frozen=True, slots=True)
class StyleSampleOut:
    """A rule that documents suggest: `documents` agree on it, of `shown` that show it at all."""

    feature: str
    statement: str
    quotations: list[StyleQuotationOut]
    documents: list[str]
    shown: int


@dataclass(frozen=True, slots=True)
class StyleRuleOut:
    """A style fact. `applies` is false if a newer rule says otherwise.

    `audience` is who it's for; empty for everybody. `documents` are those it was sampled from, and
    `messages` those that it was said in; without either, the person added it.
    """

    fact: str
    text: str
    audience: str
    applies: bool
    said_on: float
    messages: list[str]
    documents: list[str]
    quotations: list[StyleQuotationOut]


@dataclass(frozen=True, slots=True)
class PersonalStyleOut:
    """The person's style, and what waits for their approval."""

    rules: list[StyleRuleOut]
    waiting: list[StyleSampleOut]
