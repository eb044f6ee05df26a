"""Examples from a conversation: each reply of Tau's with what was said before it. Pure."""

from collections.abc import Iterator, Sequence

import msgspec

from tau.errors import BadInput
from tau.ids import derived_id
from tau.life.private import is_private
from tau.memory import Message
from tau.studio.examples.example import Example, ExampleMessage, ExampleSource
from tau.studio.examples.identity import example_id
from tau.studio.examples.personal_data import mask_messages

MOST_MESSAGES_BEFORE = 8
"""Messages before a reply that its example has."""
MESSAGES_FIELD = "lent_messages"
"""The field of an example with the messages that it repeats: of each its id and its `seq`."""


class LendingOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How conversations are lent."""

    masked: bool = True
    """Mask personal data: addresses, phone numbers and the like."""
    instructions: str = ""
    """The system message of the examples."""


def refuse_private(conversation: str) -> None:
    """Raise `BadInput` for a private conversation."""
    if is_private(conversation):
        raise BadInput("A private conversation can't be lent: nothing of it is kept.")


def lent_source(conversation: str, name: str) -> ExampleSource:
    """Return the source that stands for a conversation in a project."""
    return ExampleSource(id=_source_id(conversation), name=name, trust="lent")


def is_of_conversation(example: Example, conversation: str) -> bool:
    """Return whether an example was made from a conversation."""
    return example.trust == "lent" and example.source == _source_id(conversation)


def messages_of(example: Example) -> dict[str, int]:
    """Return the messages that a lent example repeats by id, with their `seq`; none for others.

    They stay known when a person changed the example, as it still repeats them.
    """
    pairs = (each.rpartition("@") for each in example.fields.get(MESSAGES_FIELD, "").split())
    return {message: int(seq) for message, _, seq in pairs}


def lent_examples(
    conversation: str, thread: Sequence[Message], how: LendingOptions
) -> list[Example]:
    """Return the examples of a conversation's visible thread.

    Raises `BadInput` for an imported conversation, and for one without a reply.
    """
    if any(message.origin for message in thread):
        raise BadInput(
            "An imported conversation can't be lent: another product wrote the replies in it."
        )
    found = list(_examples(conversation, thread, how))
    if not found:
        raise BadInput("There's no complete reply in this conversation that could be learned from.")
    return found


def _examples(
    conversation: str, thread: Sequence[Message], how: LendingOptions
) -> Iterator[Example]:
    for place, reply in enumerate(thread):
        if not reply.is_reply or reply.status != "complete" or not reply.text.strip():
            continue
        before = [each for each in thread[:place] if each.speaker is None]
        before = before[-MOST_MESSAGES_BEFORE:]
        while before and not before[0].is_from_person:
            before = before[1:]
        if before and before[-1].is_from_person:
            yield _example(conversation, place, [*before, reply], how)


def _example(
    conversation: str, place: int, messages: Sequence[Message], how: LendingOptions
) -> Example:
    chat = tuple(
        # earlier replies have examples of their own
        ExampleMessage("assistant", each.text, int(each is messages[-1]))
        if each.by == "tau"
        else ExampleMessage("user", each.text)
        for each in messages
    )
    if how.instructions:
        chat = (ExampleMessage("system", how.instructions), *chat)
    if how.masked:
        chat = mask_messages(chat)
    source = _source_id(conversation)
    return Example(
        id=example_id(source, place, chat),
        messages=chat,
        source=source,
        line=place + 1,
        trust="lent",
        fields={MESSAGES_FIELD: " ".join(f"{each.id}@{each.seq}" for each in messages)},
    )


def _source_id(conversation: str) -> str:
    return derived_id("lent", conversation)
