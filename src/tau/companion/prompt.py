"""Prompt builder: a pure function without clock, model or database.

The stable part comes first, so that a model's prefix cache holds from turn to turn: the persona,
the profile (which changes when facts do), the day, the recent messages (append-only, shortened
seldom and by a lot), then the recalled passages, then the person's words.
"""

import tomllib
from collections.abc import Sequence
from datetime import datetime, tzinfo
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import msgspec

from tau.clock import date_time
from tau.memory import Message, Passage
from tau.memory.questions import asks_about_self
from tau.models.types import Size
from tau.text.excerpts import estimate_tokens
from tau.text.labels import as_label

PromptMessage = dict[str, Any]
_SIZES: tuple[Size, ...] = ("small", "medium", "capable")
TAU_ORIGIN = "tau"
"""The origin of messages imported from another Tau: its replies are Tau's own."""
_ASSISTANTS = {"chatgpt": "ChatGPT", "claude": "Claude"}


class ProfileReminder(msgspec.Struct, frozen=True, kw_only=True):
    """Texts around the profile where it stands beside a question about the person.

    A model that is asked to say what it doesn't know says so of everything if it's asked for
    everything; so the two kinds of question have their own.
    """

    heading: str
    everything: str
    one_thing: str


class PromptStyle(msgspec.Struct, frozen=True, kw_only=True):
    """Texts and budgets of prompts for models of one size; lengths in estimated tokens."""

    persona: str
    profile_heading: str
    recalled_heading: str
    words_heading: str
    recalled_line: str
    files_heading: str
    """What stands above passages of attached files."""
    person_name: str
    tau_name: str
    others_name: str
    """The name of an assistant whose messages were imported, if its own name is unknown."""
    profile_tokens: int
    recall_tokens: int
    recall_passages: int
    files_tokens: int
    recall_replies: bool
    """Whether Tau's own earlier replies are recalled too, besides what people said."""
    recent_tokens: int
    reply_tokens: int
    sampling: dict[str, float]
    """Sampling parameters of the request, by their OpenAI names."""
    reminder: ProfileReminder | None = None
    """How the profile is repeated beside a question about the person.

    Not for models that find it in the instructions.
    """
    several_tokens: int = 0
    several_passages: int = 0
    """Budgets of recall for a question that lists, counts, compares or orders; 0: as usual."""

    def with_recall(self, tokens: int) -> "PromptStyle":
        """Return this style with a budget of `tokens` for recalled passages."""
        return msgspec.structs.replace(self, recall_tokens=tokens)

    def with_several_passages(self) -> "PromptStyle":
        """Return this style with more passages, for a question that lists, counts or compares."""
        return msgspec.structs.replace(
            self,
            recall_tokens=max(self.recall_tokens, self.several_tokens),
            recall_passages=max(self.recall_passages, self.several_passages),
        )

    def fit_to_context(self, context_tokens: int, *, with_files: bool = False) -> "PromptStyle":
        """Return this style with smaller budgets if the context window requires it."""
        available = max(context_tokens - estimate_tokens(self.persona), 256)
        wanted = self.profile_tokens + self.recall_tokens + self.recent_tokens + self.reply_tokens
        wanted += self.files_tokens if with_files else 0
        if wanted <= available * 0.9:
            return self
        share = available * 0.8 / wanted
        return msgspec.structs.replace(
            self,
            profile_tokens=int(self.profile_tokens * share),
            recall_tokens=int(self.recall_tokens * share),
            files_tokens=int(self.files_tokens * share),
            recent_tokens=int(self.recent_tokens * share),
            reply_tokens=int(self.reply_tokens * share),
        )


@cache
def load_style(size: str) -> PromptStyle:
    """Return the style for models of `size` (`small`, `medium` or `capable`)."""
    folder = files("tau.companion") / "prompts"
    table = tomllib.loads((folder / "styles.toml").read_text("utf-8"))[size]
    table["persona"] = (folder / table["persona"]).read_text("utf-8").strip()
    return msgspec.convert(table, PromptStyle)


def style_for(size: Size, context_tokens: int, *, with_files: bool = False) -> PromptStyle:
    """Return the style for a model, or a smaller one if its texts fill too much of the window.

    With `with_files`, passages of files have their share of it.
    """
    fitting = [load_style(each) for each in _SIZES[: _SIZES.index(size) + 1]]
    small = fitting[0]
    style = next((s for s in reversed(fitting) if _leaves_room(s, context_tokens)), small)
    return style.fit_to_context(context_tokens, with_files=with_files)


def _leaves_room(style: PromptStyle, context_tokens: int) -> bool:
    return estimate_tokens(style.persona) <= context_tokens / 3


def build_prompt(
    style: PromptStyle,
    *,
    recent: Sequence[Message],
    recalled: Sequence[Passage],
    words: str,
    now: datetime,
    profile: str = "",
    name: str = "",
    instructions: str | None = None,
) -> list[PromptMessage]:
    """Return the OpenAI-shaped messages of one turn.

    `recent` is the end of the conversation (`window`) without `words`, oldest first; `now` carries
    the time zone in which dates are written; `profile` is what is known of the person, `name` what
    they are called, if that is known; `instructions` are the caller's own, added to the persona.
    """
    today = f"Today is {now:%A}, {now.day} {now:%B %Y}."
    system = "\n\n".join(part for part in (style.persona, profile, today, instructions) if part)
    messages: list[PromptMessage] = [{"role": "system", "content": system}]
    for message in recent:
        role = "user" if message.by == "person" else "assistant"
        messages.append({"role": role, "content": message.text})
    known = style if not name else msgspec.structs.replace(style, person_name=name)
    lines = profile.partition("\n")[2]
    messages.append({"role": "user", "content": _final_message(known, recalled, words, now, lines)})
    return messages


def select_recalled(style: PromptStyle, found: Sequence[Passage]) -> list[Passage]:
    """Return the passages, best first, that a prompt of this style has room for."""
    chosen: list[Passage] = []
    left = style.recall_tokens
    for passage in found:
        cost = estimate_tokens(passage.message.text)
        if cost <= left and len(chosen) < style.recall_passages:
            chosen.append(passage)
            left -= cost
    return chosen


def window(thread: Sequence[Message], budget: int) -> Sequence[Message]:
    """Return the end of `thread` that fits `budget` tokens.

    When the thread outgrows the budget it is cut to half of it, so that the start of the prompt
    moves seldom and a prefix cache holds in between.
    """
    start = total = 0
    costs = [estimate_tokens(message.text) + 4 for message in thread]
    for end, cost in enumerate(costs):
        total += cost
        if total > budget:
            while start < end and total > budget // 2:
                total -= costs[start]
                start += 1
    return thread[start:]


@lru_cache(maxsize=4096)  # the same passages are recalled again and again
def format_date(at: float, zone: tzinfo | None) -> str:
    """Return a time as a readable date: `Mon 8 May 2023`."""
    moment = date_time(at, zone)
    return f"{moment:%a} {moment.day} {moment:%b %Y}"


def _final_message(
    style: PromptStyle, recalled: Sequence[Passage], words: str, now: datetime, profile: str
) -> str:
    """Return the last message: what was recalled, the profile if it's asked about, the words."""
    parts, heading = [], ""
    if recalled:
        lines = [_format_passage(style, passage.message, now.tzinfo) for passage in recalled]
        parts.append("\n".join((style.recalled_heading.format(name=style.person_name), *lines)))
        heading = style.words_heading
    asked = asks_about_self(words) if profile and style.reminder else None
    if asked and style.reminder:
        parts.append(f"{style.reminder.heading.format(name=style.person_name)}\n{profile}")
        is_one = asked == "one thing"
        heading = style.reminder.one_thing if is_one else style.reminder.everything
    if not parts:
        return words
    named = heading.format(name=style.person_name)
    parts.append(f"{named[:1].upper()}{named[1:]} {words}")
    return "\n\n".join(parts)


def _format_passage(style: PromptStyle, message: Message, zone: tzinfo | None) -> str:
    return style.recalled_line.format(
        date=format_date(message.at, zone),
        who=as_label(message.speaker or "") or _speaker_name(style, message),
        text=" ".join(message.text.split()).replace('"', "'"),
    )


def _speaker_name(style: PromptStyle, message: Message) -> str:
    """Return the name of a speaker whose message has none."""
    if message.by == "person":
        return style.person_name
    if message.origin is None or message.origin == TAU_ORIGIN:
        return style.tau_name
    return _ASSISTANTS.get(message.origin, style.others_name)
