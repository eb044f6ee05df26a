"""Profile of a person: what is believed about them now, in a few lines for every prompt.

A pure function of facts and the person's day, so that it stays the same from turn to turn. Each
line names the facts and messages it is made of. Texts of facts are quotations: each is one line,
without markup and hidden characters, and none that addresses a model is included. This module
knows nothing of prompts and models.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, tzinfo

import msgspec

from tau.clock import date_time
from tau.facts import vocabulary, vocabulary_chinese
from tau.facts.facts import Fact
from tau.facts.trust import is_injection
from tau.facts.unicode_cleaning import clean_unicode
from tau.facts.vocabulary import alternatives
from tau.journal.entries import Topic
from tau.text.dates.calendar import MONTH_NAMES
from tau.text.excerpts import estimate_tokens
from tau.text.scripts import HAN
from tau.text.tokenization import fold_text

PLAN_DAYS_AHEAD = 60
"""Plans further ahead are not in the profile yet."""
PLAN_DAYS_KEPT = 1
"""How long a plan stays in it after its day."""
MAX_ITEM_CHARACTERS = 160
"""Characters of one fact."""
FIRST_PASS_FACTS = 6
"""Facts of one line that are placed before other lines share the budget."""
MAX_MISFITS_IN_A_ROW = 30
"""After so many facts in a row that do not fit, no more are tried."""

_HEADINGS: dict[Topic, tuple[str, str]] = {
    "name": ("Name", "名字"),
    "instruction": ("Standing requests", "长期要求"),
    "plan": ("Coming", "将来"),
    "birthday": ("Birthday", "生日"),
    "home": ("Home", "住处"),
    "work": ("Work", "工作"),
    "study": ("Study", "学习"),
    "family": ("Family", "家人"),
    "people": ("People", "朋友"),
    "pet": ("Pets", "宠物"),
    "health": ("Health and diet", "健康与饮食"),
    "like": ("Likes", "喜欢"),
    "dislike": ("Dislikes", "不喜欢"),
    "habit": ("Habits", "习惯"),
    "possession": ("Has", "拥有"),
    "event": ("Has happened", "经历"),
    "other": ("Said", "说过"),
}
"""Lines in their order, with their headings in English and Chinese."""
_REPEATS_HEADING = re.compile(
    r"^(?:(?P<name>Name: |名字：)|(?P<birthday>Birthday: |生日：)|(?P<like>Likes |喜欢)"
    r"|(?P<dislike>Dislikes |不喜欢)|(?P<possession>Has |有))(?=.)"
)
"""Beginnings of texts that their heading says already."""
_LOWERCASE_START = re.compile(
    rf"(?:{alternatives(vocabulary.RELATIVES)}|{alternatives(vocabulary.PEOPLE)}"
    rf"|{alternatives(vocabulary.PETS)}|{alternatives(vocabulary.CHILDREN)}|older|younger|best"
    r"|close|old|good|little|big|lives?|works?|has|is|comes|born|grew|studies|allergic|eats|does"
    rf"|{alternatives(vocabulary.HABITS)}(?:s|es)|carries|drives|rides|owns|wants|favourite|vegetarian|vegan|pescatarian|always|never|keep"
    r"|don't|answer|use|explain|got|out|retired|married|engaged|single|used)\b",
    re.IGNORECASE,
)
"""Words that have a capital only because they begin a sentence."""
_MARKUP = re.compile(r"[<>{}\[\]`|#*\\_~]+|!?\(https?:[^)]*\)|^\s*(?:[-=>]+\s*)+")
_ROLE = re.compile(
    r"\b(system|assistant|user|human|developer|tool|tau|系统|助手|用户)\s*[:：]", re.IGNORECASE
)
_HAN = re.compile(f"[{HAN}]")


class ProfileLine(msgspec.Struct, frozen=True):
    """One line of a profile, with the ids of its facts and of the messages they come from."""

    text: str
    facts: tuple[str, ...]
    sources: tuple[str, ...]


class Profile(msgspec.Struct, frozen=True):
    """What is believed about a person now; without lines if that is nothing."""

    lines: tuple[ProfileLine, ...]

    @property
    def text(self) -> str:
        """All lines, one below the other."""
        return "\n".join(line.text for line in self.lines)


class _LineBuilder:
    """A line of a profile in progress."""

    def __init__(self, heading: str, *, chinese: bool) -> None:
        self.opening = f"{heading}：" if chinese else f"{heading}: "
        self.between = "；" if chinese else "; "
        self.items: list[str] = []
        self.facts: list[Fact] = []

    @property
    def text(self) -> str:
        return self.opening + self.between.join(self.items)

    def cost_with(self, item: str) -> int:
        longer = self.opening + self.between.join([*self.items, item])
        return estimate_tokens(longer + "\n")

    @property
    def cost(self) -> int:
        return estimate_tokens(self.text + "\n") if self.items else 0


def build_profile(facts: Sequence[Fact], now: float, zone: tzinfo | None, tokens: int) -> Profile:
    """Return the profile that `facts` make at `now`, of at most `tokens` estimated tokens.

    Only facts that are believed and not over are included, and plans of the next `PLAN_DAYS_AHEAD`
    days. `zone` is where the person's days begin. Within a day it changes only if facts do.
    """
    day = _day(now, zone)
    shown = [fact for fact in facts if fact.is_current(now) and _is_timely(fact, day, zone)]
    shown = [fact for fact in shown if not is_injection(f"{fact.text}\n{fact.about}")]
    chinese = 2 * sum(1 for fact in shown if _HAN.search(fact.text)) > len(shown)
    lines = {
        topic: _LineBuilder(headings[chinese], chinese=chinese)
        for topic, headings in _HEADINGS.items()
    }
    _fill(lines, _group_by_topic(shown, day, zone), tokens, zone, chinese=chinese)
    return Profile(
        tuple(
            ProfileLine(
                line.text,
                tuple(fact.id for fact in line.facts),
                tuple(dict.fromkeys(source for fact in line.facts for source in fact.sources)),
            )
            for line in lines.values()
            if line.items
        )
    )


def _fill(
    lines: dict[Topic, _LineBuilder],
    facts: dict[Topic, list[Fact]],
    tokens: int,
    zone: tzinfo | None,
    *,
    chinese: bool,
) -> None:
    """Put facts into lines: the first of every line, then the rest, as far as the budget goes."""
    first = [(topic, fact) for topic, kept in facts.items() for fact in kept[:FIRST_PASS_FACTS]]
    rest = [(topic, fact) for topic, kept in facts.items() for fact in kept[FIRST_PASS_FACTS:]]
    left, misfits = tokens, 0
    for topic, fact in first + rest:
        line, item = lines[topic], _item_text(fact, topic, zone, chinese=chinese)
        grown = line.cost_with(item) - line.cost
        if not item or item in line.items:
            continue
        if grown > left:
            misfits += 1
            if misfits >= MAX_MISFITS_IN_A_ROW:
                return
            continue
        left, misfits = left - grown, 0
        line.items.append(item)
        line.facts.append(fact)


def _group_by_topic(facts: list[Fact], day: date, zone: tzinfo | None) -> dict[Topic, list[Fact]]:
    """Return facts by their line, in the order they have there."""
    pets = " ".join(
        fold_text(fact.text) for fact in facts if fact.topic == "pet" and not fact.about
    )
    kin = " ".join(
        fold_text(fact.text) for fact in facts if fact.topic == "family" and not fact.about
    )
    found: dict[Topic, list[Fact]] = {topic: [] for topic in _HEADINGS}
    for fact in facts:
        found[_topic_of(fact, kin, pets)].append(fact)
    for topic, kept in found.items():
        if topic == "plan":
            kept.sort(key=lambda fact: (fact.due or 0.0, fact.id))
        else:
            kept.sort(key=lambda fact: _sort_key(fact, day, zone))
    return found


def _topic_of(fact: Fact, kin: str, pets: str) -> Topic:
    """Return the line of a fact; what is about others is placed with those others."""
    about = fold_text(fact.about).strip()
    if fact.topic in {"family", "people", "pet", "instruction", "plan"} or not about:
        return "other" if fact.topic == "plan" and fact.due is None else fact.topic
    if about in _RELATIVES or re.search(rf"\b{re.escape(about)}\b", kin):
        return "family"
    return "pet" if re.search(rf"\b{re.escape(about)}\b", pets) else "people"


def _sort_key(fact: Fact, day: date, zone: tzinfo | None) -> tuple[bool, float, float, bool, str]:
    """Return the sort key of a fact within its line; a name comes before a nickname."""
    called = fact.slot == "name:called"
    return called, -_weight(fact, day, zone), fact.said_on, bool(fact.about), fact.id


def _weight(fact: Fact, day: date, zone: tzinfo | None) -> float:
    """Return the rank of a fact among similar ones: confirmed, said often, said recently."""
    years = max((day - _day(fact.last_said_on, zone)).days, 0) / 365
    return (2.0 if fact.confirmed else 0.0) + min(len(fact.sources), 8) / 4 + 1 / (1 + years)


def _is_timely(fact: Fact, day: date, zone: tzinfo | None) -> bool:
    if fact.topic != "plan" or fact.due is None:
        return True
    ahead = (_day(fact.due, zone) - day).days
    return -PLAN_DAYS_KEPT <= ahead <= PLAN_DAYS_AHEAD


def _item_text(fact: Fact, topic: Topic, zone: tzinfo | None, *, chinese: bool) -> str:
    """Return the text of a fact as its line shows it."""
    text = sanitize_text(fact.text)
    about = sanitize_text(fact.about)
    twice = _REPEATS_HEADING.match(text)
    if twice and twice.lastgroup == topic:
        text = text[twice.end() :]
    if topic in {"family", "people", "pet"}:
        text = re.sub(r"^([^:：]{1,24})(?:: |：)", r"\1 ", text)
    if _LOWERCASE_START.match(text):
        text = text[:1].lower() + text[1:]
    if about and fold_text(about) not in fold_text(text):
        text = f"{about}{'：' if chinese else ': '}{text}"
    if topic == "plan" and fact.due is not None:
        return f"{_format_date(_day(fact.due, zone), chinese=chinese)} {text}"
    if topic == "other":
        return f"“{text}”"
    return text


def sanitize_text(text: str) -> str:
    """Return a text as one line of words that cannot be mistaken for a line of a prompt."""
    words = " ".join(_MARKUP.sub(" ", clean_unicode(text)).split())
    words = _ROLE.sub(r"\1", words).replace("“", "'").replace("”", "'").replace('"', "'")
    cut = words if len(words) <= MAX_ITEM_CHARACTERS else words[: MAX_ITEM_CHARACTERS - 1] + "…"
    return cut.strip(" ;；.。")


def _day(at: float, zone: tzinfo | None) -> date:
    """Return the person's day of a time."""
    return date_time(at, zone or UTC).date()


def _format_date(day: date, *, chinese: bool) -> str:
    if chinese:
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {MONTH_NAMES[day.month - 1]} {day.year}:"


def _relatives() -> Iterator[str]:
    yield from (fold_text(word) for word in vocabulary.RELATIVES.split())
    yield from vocabulary_chinese.RELATIVES.split("|")


_RELATIVES = frozenset(_relatives())
