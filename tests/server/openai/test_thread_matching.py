"""Matching of a client's history with the conversation it belongs to."""

from collections.abc import Sequence

import pytest

from tau.companion.turn_input import EarlierMessage
from tau.journal.entries import CareMark, MessageAdded
from tau.memory import Memory, Message
from tau.server.openai.thread_matching import ThreadMatch, match_thread

from ...memory.naive import records


def thread(*texts: str, care: CareMark | None = None) -> list[Message]:
    """Return a thread of lines: `> ` before what the person says, `< ` before what Tau does."""
    memory = Memory()
    entries = [
        MessageAdded(
            id=f"m{number}",
            conversation="c",
            at=float(number),
            by=line.by,
            text=line.text,
            parent=f"m{number - 1}" if number else None,
            care=care if line.by == "person" else None,
        )
        for number, line in enumerate(lines(*texts))
    ]
    for record in records(*entries):
        memory.apply(record)
    return memory.conversations.thread("c") if texts else []


def lines(*texts: str) -> list[EarlierMessage]:
    return [EarlierMessage("person" if text[0] == ">" else "tau", text[2:]) for text in texts]


def match(
    history: Sequence[str], words: str, *threads: list[Message], current: str = ""
) -> ThreadMatch | None:
    known = {str(number): each for number, each in enumerate(threads)}
    return match_thread(known, lines(*history), words, lambda each: each.id == current)


CHAT = ["> Hello", "< Hi there", "> And now?", "< Now this"]


def test_first_words_belong_nowhere_yet() -> None:
    assert match([], "Hello", thread("> Hello", "< Hi")) is None


@pytest.mark.parametrize("words", ["I adopted a dog", "What is the capital of Peru?"])
def test_a_greeting_of_every_chat_tells_no_conversation(words: str) -> None:
    known = thread("< Good to see you!", "> I adopted a dog", "< Lovely.")
    assert match(["< Good to see you!"], words, known) is None


def test_the_whole_history_tells_the_conversation() -> None:
    one, other = thread("> Hello", "< Good morning"), thread("> Hello", "< Good night")
    assert match(["> Hello", "< Good  morning\n"], "Next", other, one) == ThreadMatch("1")
    assert match(["> Hi", "< Good morning"], "Next", other, one) is None


def test_two_chats_that_end_alike_stay_two() -> None:
    one = thread("> What is a dog?", "< Woof", "> Thanks", "< You're welcome")
    other = thread("> What is a cat?", "< Meow", "> Thanks", "< You're welcome")
    history = ["> What is a dog?", "< Woof", "> Thanks", "< You're welcome"]
    assert match(history, "Next", other, one) == ThreadMatch("1")
    assert match(["> A bird?", "< Tweet", *history[2:]], "Next", other, one) is None


def test_a_chat_whose_first_reply_was_lost_is_not_an_edit_of_another() -> None:
    known = thread("> Hello", "< Hi there", "> I adopted a dog", "< Lovely.")
    assert match(["> Hello"], "What is the capital of Peru?", known) is None


def test_a_regenerated_reply_is_a_retry_and_changed_words_are_an_edit() -> None:
    assert match(CHAT[:2], "And now?", thread(*CHAT)) == ThreadMatch("0", retries="m2")
    assert match(CHAT[:2], "And then?", thread(*CHAT)) == ThreadMatch("0", edits="m2")


def test_a_message_that_is_being_answered_is_neither() -> None:
    known = thread(*CHAT[:3])
    assert match(CHAT[:2], "And then?", known, current="m2") == ThreadMatch("0")
    assert match(CHAT[:2], "And now?", known, current="m2") == ThreadMatch("0", repeats="m2")


def test_words_of_several_clients_at_once_are_never_edited() -> None:
    known = thread(*CHAT, "> one", "> two", "< first", "< second", "> more", "< of it")
    for history, words in (
        ([*CHAT, "> one", "< first"], "more of one"),
        ([*CHAT, "> two", "< second"], "more of two"),
        (CHAT, "one, edited"),
        (CHAT, "one"),
        ([*CHAT, "> two", "< second", "> more", "< of it"], "and on"),
    ):
        assert match(history, words, known) == ThreadMatch("0")


def test_a_client_that_drops_the_beginning_is_followed() -> None:
    known = thread("> One", "< 1", "> Two", "< 2", "> Three", "< 3", "> Four", "< 4")
    history = ["> Two", "< 2", "> Three", "< 3"]
    assert match([*history[2:], "> Four", "< 4"], "Five", known) == ThreadMatch("0")
    assert match(history, "Four", known) == ThreadMatch("0", retries="m6")
    assert match(history, "4?", known) == ThreadMatch("0", edits="m6")
    assert match(["> Four", "< 4"], "Five", known) is None, "one exchange may be in any chat"


def test_a_client_that_drops_replies_is_followed_by_its_words() -> None:
    known = thread("> First question", "< An answer")
    assert match(["> First question"], "Second question", known) == ThreadMatch("0")


def test_a_reply_that_the_client_stopped_is_known_by_its_beginning() -> None:
    whole = thread("> Tell a tale", "< Once upon a time there was")
    assert match(["> Tell a tale", "< Once upon a ti"], "Go on", whole) == ThreadMatch("0")
    assert match(["> Tell a tale", "<  "], "Go on", whole) == ThreadMatch("0")
    not_written_yet = thread("> Tell a tale")
    history = ["> Tell a tale", "< Once upon"]
    assert match(history, "Go on", not_written_yet) == ThreadMatch("0")
    later = thread("> Tell a tale", "> Go on", "< Once upon a time", "< Then")
    assert match([*history, "> Go on", "< Then"], "More", later) == ThreadMatch("0")


def test_a_reply_that_another_begins_with_is_not_taken_for_it() -> None:
    short, long = thread("> Hello", "< Hi"), thread("> Hello", "< Hi there")
    assert match(["> Hello", "< Hi"], "Next", long, short) == ThreadMatch("1")


@pytest.mark.parametrize(
    "before", ["<think>hm</think>\n", '<details type="reasoning">hm</details>\n']
)
def test_thoughts_before_a_reply_are_no_part_of_it(before: str) -> None:
    history = ["> Hello", f"< {before}Hi there"]
    assert match(history, "Next", thread(*CHAT[:2])) == ThreadMatch("0")
    assert match(["> Hello", "< hm Hi there"], "Next", thread(*CHAT[:2])) is None


def test_a_card_of_help_may_stand_before_a_reply() -> None:
    known = thread("> I want to die", "< Hi there", care=CareMark(3, "suicide"))
    assert match(["> I want to die", "< Call 112.\n\nHi there"], "Next", known) == ThreadMatch("0")
