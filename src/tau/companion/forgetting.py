"""Forgetting on request in a conversation: what would go, and the reply that asks to confirm it.

Nothing is erased here. The reply is a fixed text, so that it's right with any model. What was said
in care is found and counted only where it's asked for in care. Who asks to forget everything means
that too: then it goes uncounted, and the reply says so whether or not there is any.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from tau.companion.events import Forgetting
from tau.companion.forget_requests import ForgetIntent, find_forget_intent, kind_of
from tau.facts import Fact
from tau.facts.resolution import CARE
from tau.life.forgetting import forget
from tau.life.life import Life
from tau.life.private import is_private
from tau.memory import Memory, Message
from tau.memory.erasure_plan import ErasurePlan
from tau.memory.erasure_request import ErasureRequest
from tau.text.languages import is_chinese
from tau.text.tokenization import query_terms, terms

FIXED_REPLY_MODEL = "tau"
"""The model named with replies that no model wrote."""
MAX_ITEMS = 1_000
"""Messages, and facts, of one proposal; the newest are kept."""

_NAME = re.compile(r"\b(?!I\b|I'|My\b|Our\b|We\b)[A-Z][\w'-]*")
_EVERYTHING = re.compile(r"(?:me|myself|our conversations?|us|我|我自己|我的一切)", re.IGNORECASE)


class ForgettingProposal(msgspec.Struct, frozen=True, kw_only=True):
    """What a person asked to forget, what would go, and the reply."""

    about: str
    messages: tuple[str, ...]
    facts: tuple[str, ...]
    reply: str

    def event(self, number: int) -> Forgetting:
        """Return the event that shows it."""
        return Forgetting(
            id=number, about=self.about, messages=list(self.messages), facts=list(self.facts)
        )


async def propose_forgetting(life: Life, message: Message) -> ForgettingProposal | None:
    """Return what would go if `message` asks to forget something; None if it doesn't."""
    intent = find_forget_intent(message.text)
    if intent is None:
        return None
    facts, messages = _find(life.memory, intent, message)
    if not (facts or messages):
        return _nothing_found(intent, message) if intent.sure else None
    if not is_private(message.conversation):
        messages.append(message.id)  # it names what is to be forgotten
    request = ErasureRequest(
        messages=tuple(dict.fromkeys(messages[-MAX_ITEMS:])), facts=tuple(facts[-MAX_ITEMS:])
    )
    plan = await forget(life, request, dry_run=True)
    return ForgettingProposal(
        about=intent.topic,
        messages=request.messages,
        facts=request.facts,
        reply=_reply(intent, message, _counts(life.memory, plan, message)),
    )


def _find(memory: Memory, intent: ForgetIntent, message: Message) -> tuple[list[str], list[str]]:
    """Return the facts and messages that a request is about, oldest first."""
    if not intent.topic:
        before = _message_before(memory, message)
        return [], [before.id] if before else []
    if _is_everything(intent):
        own = [one.id for one in memory.messages if one.is_from_person and one.id != message.id]
        return [fact.id for fact in memory.facts.all()], own
    known = [fact for fact in memory.facts.all() if _may_find_fact(fact, message)]
    facts = list(_facts_of_kind(known, intent.topic))
    messages: list[Message] = []
    if not facts:
        facts = list(_facts_about(known, intent.topic))
        messages = list(_messages_about(memory, intent.topic))
    found = {one.id: one for one in messages if one.id != message.id}
    for fact in facts:
        sources = (memory.messages.find(source) for source in fact.sources)
        found.update((one.id, one) for one in sources if one is not None)
    readable = (one for one in found.values() if _may_find(one, message))
    ordered = sorted(readable, key=lambda one: one.seq)
    return [fact.id for fact in facts], [one.id for one in ordered]


def _is_everything(intent: ForgetIntent) -> bool:
    return _EVERYTHING.fullmatch(intent.topic) is not None


def _may_find(found: Message, asked_in: Message) -> bool:
    """Return whether a message may be found by a request: care is apart."""
    return found.expert != CARE or asked_in.expert == CARE


def _may_find_fact(fact: Fact, asked_in: Message) -> bool:
    """Return whether a fact may be found: one from care only there, until it's approved."""
    return asked_in.expert == CARE or not fact.is_of_care


def _facts_of_kind(known: Iterable[Fact], topic: str) -> Iterator[Fact]:
    kind = kind_of(topic)
    return (fact for fact in known if fact.topic == kind and not fact.about)


def _facts_about(known: Iterable[Fact], topic: str) -> Iterator[Fact]:
    wanted = _wanted_terms(topic)
    for fact in known:
        if wanted and wanted <= terms(f"{fact.text} {fact.about}").keys():
            yield fact


def _messages_about(memory: Memory, topic: str) -> Iterator[Message]:
    wanted = _wanted_terms(topic)
    if wanted and not _is_clause(topic):
        for message in memory.messages_with_term(max(wanted, key=len)):
            if message.by == "person" and wanted <= terms(message.text).keys():
                yield message


def _is_clause(topic: str) -> bool:
    """Return whether a topic says something: then only what is known of it is meant."""
    return re.match(r"(?:where|who|when|how|which|what|i|i'm|i've|we)\b", topic, re.I) is not None


def _wanted_terms(topic: str) -> set[str]:
    """Return the terms that something about `topic` has: its names, or else all its words."""
    names = " ".join(_NAME.findall(topic))
    if names:
        return set(terms(names))
    return set(query_terms(re.sub(r"^(?:我的?|my )", "", topic)))


def _message_before(memory: Memory, message: Message) -> Message | None:
    found = message
    while found.parent is not None:
        found = memory.message(found.parent)
        if found.by == "person":
            return found
    return None


def _nothing_found(intent: ForgetIntent, message: Message) -> ForgettingProposal:
    apart = _about_care(intent, message)
    if is_chinese(message.text):
        about = f"关于“{intent.topic}”" if intent.topic else "这之前"
        reply = f"我没有找到{about}的内容，没有什么需要删除。{apart}"
    elif intent.topic:
        about = f"I couldn't find anything about “{intent.topic}”"
        reply = f"{about}, so there's nothing to forget.{apart}"
    else:
        reply = "You haven't said anything before this here, so there's nothing to forget."
    return ForgettingProposal(about=intent.topic, messages=(), facts=(), reply=reply)


def _about_care(intent: ForgetIntent, message: Message) -> str:
    """Return what is said about care outside of it: the same, whether or not there is any."""
    if message.expert == CARE or not intent.topic:
        return ""
    goes = _is_everything(intent)
    if is_chinese(message.text):
        return "在情绪支持里说过的也会一并删除。" if goes else "在情绪支持里说过的要在那里提出。"
    return " What you said in care goes too." if goes else " For what you said in care, ask there."


def _counts(memory: Memory, plan: ErasurePlan, message: Message) -> tuple[int, int, int]:
    """Return how many messages, replies and facts go, of those that may be counted."""

    def count(ids: Iterable[str]) -> int:
        found = map(memory.messages.find, ids)  # none: in a private conversation
        return sum(each is None or _may_find(each, message) for each in found)

    facts = sum(_may_find_fact(memory.facts.get(each), message) for each in plan.facts)
    return count(plan.messages), count(plan.replies), facts


def _reply(intent: ForgetIntent, message: Message, counts: tuple[int, int, int]) -> str:
    apart = _about_care(intent, message)
    if is_chinese(message.text):
        units = ("条你的消息", "条我的回复", "条记忆")
        going = "、".join(f"{n} {unit}" for n, unit in zip(counts, units, strict=True) if n) or "无"
        about = f"关于“{intent.topic}”，" if intent.topic else ""
        return f"{about}将要删除：{going}。请先查看，确认后才会删除；现在什么都没有删。{apart}"
    nouns = (
        ("message of yours", "messages of yours"),
        ("reply", "replies"),
        ("memory", "memories"),
    )
    listed = [f"{n} {noun[n > 1]}" for n, noun in zip(counts, nouns, strict=True) if n]
    about = f"About “{intent.topic}”, this" if intent.topic else "This"
    return (
        f"{about} would go: {_listed(listed)}. Please look at it and confirm."
        f" Nothing has been deleted yet.{apart}"
    )


def _listed(parts: Sequence[str]) -> str:
    *first, last = parts or ("nothing",)
    return f"{', '.join(first)} and {last}" if first else last
