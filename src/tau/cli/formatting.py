"""Facts, imports and previews of deletions as lines of text."""

from collections.abc import Iterable, Iterator

from rich.cells import cell_len

from tau.cli.terminal import format_time, shorten, single_line, strip_control
from tau.clock import date_time
from tau.facts.resolution import CARE
from tau.journal.entries import DatePrecision
from tau.server.schemas.facts import FactOut
from tau.server.schemas.forgetting import ForgetOut, ForgetPreviewItem
from tau.server.schemas.imports import ImportOut
from tau.server.schemas.messages import MessageOut
from tau.text.labels import as_label

_ITEM_LABELS = {
    "message": "you",
    "reply": "Tau",
    "fact": "known",
    "title": "title",
    "file": "file",
    "elsewhere": "you",
    "answer": "Tau",
    "artifact": "made",
}
_STAYS = {
    "elsewhere": "These messages of yours stay and may say the same:",
    "artifact": "These documents, plans and forms stay and may say the same:",
    "answer": "These replies by Tau stay, because they don't repeat it:",
}
_MIN_TEXT_CELLS = 20
_PRODUCT_NAMES = {
    "chatgpt": "ChatGPT",
    "claude": "Claude",
    "pam": "Portable AI Memory",
    "openai": "chats",
    "tau": "Tau",
}
_SOURCES = {"rules": "from what you said", "person": "entered by you", "import": "from an import"}


def format_date(at: float | None) -> str:
    """Return a time as a local date; nothing for `None`."""
    return f"{date_time(at):%Y-%m-%d}" if at is not None else ""


def format_known_date(at: float, precision: DatePrecision | None) -> str:
    """Return a local date as exactly as it is known: a day, a month or a year."""
    day = format_date(at)
    return {"year": day[:4], "month": day[:7]}.get(precision or "", day)


def question_about(fact: FactOut) -> str:
    """Return what the person is asked about a waiting fact; nothing if it only waits."""
    if fact.expert == CARE and fact.state == "waiting":
        return "May other specialists know this?"
    if not fact.asks:
        return ""
    if fact.topic == "instruction":
        return "Shall Tau always do this?"
    return f"Shall this replace “{single_line(fact.replaces)}”?" if fact.replaces else "Is it true?"


def product_name(origin: str) -> str:
    """Return the display name of the product that a file came from."""
    return _PRODUCT_NAMES.get(origin, strip_control(origin))


def describe_source(fact: FactOut) -> str:
    """Return where a fact comes from and when it was said, in a few words."""
    source = _SOURCES.get(fact.learned_by, f"found by {fact.learned_by}")
    return f"{source}, {format_date(fact.last_said_on)}{', confirmed' if fact.confirmed else ''}"


def forget_preview_lines(goes: ForgetOut, width: int) -> Iterator[str]:
    """Yield lines of at most `width` cells: what will be deleted, and what will stay."""
    yield "This will be permanently deleted:"
    deleted = [one for one in goes.preview if one.what not in _STAYS]
    for one in deleted:
        yield _preview_line(one, width)
    counted = goes.messages + goes.replies + goes.facts + goes.titles + goes.attachments
    rest = counted - len(deleted)
    if rest > 0:
        yield f"  … and {rest} more"
    for what, heading in _STAYS.items():
        if stays := [one for one in goes.preview if one.what == what]:
            yield heading
            yield from (_preview_line(one, width, ending=f"  {one.id}") for one in stays)
    own = " Your own messages stay." if goes.replies and not goes.messages else ""
    yield f"Total: {forget_summary(goes)}.{own}"


def as_markdown(title: str, thread: list[MessageOut]) -> str:
    """Return a thread as a Markdown page."""
    parts = [f"# {shorten(title, 200)}"]
    for message in thread:
        who = as_label(message.speaker or "") or ("You" if message.by == "person" else "Tau")
        parts.append(f"**{who}**, {format_time(message.at)}\n\n{message.text}")
    return "\n\n".join(parts) + "\n"


def import_summary(one: ImportOut) -> str:
    """Return what an import added and from which file, in a few words."""
    found = [(one.messages, "message", ""), (one.facts, "memory", "")]
    named = _join_counts(found) or "nothing"
    return " · ".join(filter(None, (named, one.name, "" if one.state == "done" else one.state)))


def forget_summary(goes: ForgetOut) -> str:
    """Return how much is deleted, in words."""
    parts = (
        (goes.messages, "message", " of yours"),
        (goes.replies, "reply", " by Tau"),
        (goes.facts, "memory", ""),
        (goes.titles, "title", ""),
        (goes.attachments, "file", ""),
        (goes.conversations, "whole conversation", ""),
    )
    return _join_counts(parts) or "nothing"


def _join_counts(parts: Iterable[tuple[int, str, str]]) -> str:
    return ", ".join(
        f"{count} {_plural(name, count)}{whose}" for count, name, whose in parts if count
    )


def _plural(name: str, count: int) -> str:
    if count == 1:
        return name
    return f"{name[:-1]}ies" if name.endswith("y") else f"{name}s"


def _preview_line(one: ForgetPreviewItem, width: int, ending: str = "") -> str:
    speaker = as_label(one.speaker or "")
    text = "(in care)" if one.care else one.text
    label, text = ("other", f"{speaker}: {text}") if speaker else (None, text)
    head = f"  {label or _ITEM_LABELS[one.what]:<5}  {format_time(one.at):<16}  "
    room = max(_MIN_TEXT_CELLS, width - cell_len(head) - cell_len(ending))
    return head + shorten(text, room) + ending
