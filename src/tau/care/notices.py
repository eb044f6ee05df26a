"""Notices that a person is talking with an AI: when one is due, and its text.

The rules of places are what their laws ask of systems that people talk with over time: docs/care.md
names the laws. Times are seconds since 1970.
"""

from typing import NamedTuple

PAUSE_SECONDS = 30 * 60
"""After a pause of this length a talk is a new one."""


class NoticeRule(NamedTuple):
    """What a place asks for: a notice every so many hours of talk, and whether at each start."""

    hours: float
    at_each_start: bool


_DEFAULT = NoticeRule(hours=3, at_each_start=False)
_BY_COUNTRY = {"CN": NoticeRule(2, at_each_start=True), "US": NoticeRule(3, at_each_start=True)}
_UNKNOWN = NoticeRule(hours=3, at_each_start=True)

_TEXTS = {
    "en": "You're talking with an AI, not a person. It can be wrong.",
    "zh": "你正在和 AI 对话，不是真人。它说的话可能有错。",
}


def notice_due(
    country: str | None,
    last_notice_at: float | None,
    talk_started_at: float,
    now: float,
    hours_setting: float = 0,
) -> bool:
    """Return whether a notice is due: the first ever, at the start of a talk, or after hours of it.

    `hours_setting` replaces the hours of the place; 0 keeps them. A notice counts for the hours of
    talk after it, so a pause doesn't bring the next one nearer.
    """
    rule = _UNKNOWN if country is None else _BY_COUNTRY.get(country.upper(), _DEFAULT)
    if last_notice_at is None:
        return True
    if last_notice_at < talk_started_at and rule.at_each_start:
        return True
    hours = hours_setting if hours_setting > 0 else rule.hours
    return now - max(last_notice_at, talk_started_at) >= hours * 3600


def notice_text(language: str) -> str:
    """Return the notice in a language; English where there is no text in it."""
    return _TEXTS.get(language.partition("-")[0].lower(), _TEXTS["en"])
