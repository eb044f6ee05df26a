"""Matching of a client's message history with a conversation.

Clients of the OpenAI and Inflection APIs send the whole history with each request. Tau keeps
conversations itself, so it looks for the one that holds this history: all of it, never one message,
since two chats may begin alike. An unknown history begins a new conversation, and its earlier
messages are recorded there. Pure: it knows nothing of requests and turns.
"""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tau.companion.turn_input import EarlierMessage
from tau.memory import Message

_MAX_LATER_MESSAGES = 20
"""How far from its end a thread is searched for a history without its beginning."""
_THOUGHT_TAGS = ("<think", "<details")
"""How clients begin a reply in the history with the thoughts before it."""


@dataclass(frozen=True, slots=True)
class ThreadMatch:
    """Where words belong: at a conversation's end, or at one of its messages.

    They replace the message `edits`, ask for another reply to `retries`, or are `repeats` itself,
    sent once more while it's being answered.
    """

    conversation: str
    edits: str | None = None
    retries: str | None = None
    repeats: str | None = None


_Thread = Sequence[Message]
_Lines = Sequence[EarlierMessage]
_Same = Callable[[Message, EarlierMessage, _Thread], bool]
"""Says whether a message of a thread is a client's line."""
_Matcher = Callable[[_Thread, _Lines, _Same], int | None]
"""Returns how many messages of a thread a history has seen, if it belongs there."""


def match_thread(
    threads: Mapping[str, _Thread],
    history: _Lines,
    words: str,
    is_current: Callable[[Message], bool] = lambda _: False,
) -> ThreadMatch | None:
    """Return where `words` belong that follow a `history`; `None` if it's in none of `threads`.

    `is_current` says whether a message is being answered at this moment: then its client doesn't
    edit it, but several clients write at once. A history without words of the person's names no
    conversation: it may be a greeting that every chat begins with.
    """
    before = [line for line in history if line.text.strip()]
    if not _words(before):
        return None
    matchers: tuple[_Matcher, ...] = (_match_whole, _match_end, _match_beginning, _match_part)
    for match, same in itertools.product(matchers, (_is_line, _is_like_line)):
        for conversation, thread in threads.items():
            seen = match(thread, before, same)
            if seen is not None:
                return _place(conversation, thread[seen:], words, is_current)
    return None


def _place(
    conversation: str,
    unseen: _Thread,
    words: str,
    is_current: Callable[[Message], bool],
) -> ThreadMatch:
    """Return where words belong before which a client didn't see the end of a thread."""
    following = unseen[0] if unseen else None
    if following is None or (len(unseen) > 1 and unseen[1].by == "person"):
        return ThreadMatch(conversation)  # several wrote at once: nothing of it is hidden
    same = _is_same_text(following.text, words)
    if is_current(following):
        return ThreadMatch(conversation, repeats=following.id if same else None)
    if same:
        return ThreadMatch(conversation, retries=following.id)
    return ThreadMatch(conversation, edits=following.id)


def _match_whole(thread: _Thread, before: _Lines, same: _Same) -> int | None:
    """Match a history that is the whole thread."""
    return len(thread) if len(thread) == len(before) and _are_lines(thread, before, same) else None


def _match_end(thread: _Thread, before: _Lines, same: _Same) -> int | None:
    """Match a history that is the end of the thread: the client dropped the beginning."""
    count = len(before)
    if len(thread) <= count or len(_words(before)) < 2:
        return None
    return len(thread) if _are_lines(thread[-count:], before, same) else None


def _match_beginning(thread: _Thread, before: _Lines, same: _Same) -> int | None:
    """Match a history after which the thread goes on with words: they're edited or sent again.

    The history may lack its own beginning, near the end of the thread.
    """
    count = len(before)
    starts = [0]
    if len(_words(before)) > 1:
        starts += range(max(1, len(thread) - count - _MAX_LATER_MESSAGES), len(thread) - count)
    for start in starts:
        end = start + count
        goes_on = len(thread) > end and before[-1].by == "tau" and thread[end].by == "person"
        if goes_on and _are_lines(thread[start:end], before, same):
            return end
    return None


def _match_part(thread: _Thread, before: _Lines, same: _Same) -> int | None:
    """Match a history that is the thread without some messages.

    The client may have stopped or lost replies: then all words are the same. Or others wrote at the
    same time: then it has words and a reply of its own in between.
    """
    own, known = _words(before), [message for message in thread if message.by == "person"]
    replies = [message for message in thread if message.by == "tau"]
    received = [line for line in before if line.by == "tau"]
    if not known or not same(known[0], own[0], thread):
        return None
    if len(own) == len(known) and before[-1].by == "tau" and thread[-1].by == "person":
        received = received[:-1]  # stopped by the client: it's still being generated
    everything = len(own) == len(known) and _are_lines(known, own, same)
    several = len(own) > 1 and before[-1].by == "tau" and _is_part(known, own, thread, same)
    if (everything or several) and _is_part(replies, received, thread, same):
        return len(thread)
    return None


def _words(lines: _Lines) -> list[EarlierMessage]:
    return [line for line in lines if line.by == "person"]


def _are_lines(messages: _Thread, lines: _Lines, same: _Same) -> bool:
    return all(map(same, messages, lines, itertools.repeat(messages)))


def _is_part(messages: _Thread, lines: _Lines, thread: _Thread, same: _Same) -> bool:
    """Return whether all `lines` are among `messages`, in this order."""
    rest = iter(messages)
    return all(any(same(message, line, thread) for message in rest) for line in lines)


def _is_line(message: Message, line: EarlierMessage, _thread: _Thread) -> bool:
    return message.by == line.by and _is_same_text(message.text, line.text)


def _is_like_line(message: Message, line: EarlierMessage, thread: _Thread) -> bool:
    """Return whether a client's line is a message, or shows another part of the same reply.

    It may be the beginning, if the client stopped it, or have thoughts or a card of help before it.
    """
    if _is_line(message, line, thread):
        return True
    if message.by != "tau" or line.by != "tau":
        return False
    if message.text.lstrip().startswith(line.text.strip()):
        return True
    said, sent = message.text.split(), line.text.split()
    if not said or sent[-len(said) :] != said:
        return False
    answered = next((each for each in thread if each.id == message.parent), None)
    has_card = answered is not None and answered.care is not None
    return has_card or line.text.lstrip().startswith(_THOUGHT_TAGS)


def _is_same_text(one: str, other: str) -> bool:
    return one == other or (one.lstrip()[:1] == other.lstrip()[:1] and one.split() == other.split())
