"""Preview of an erasure: what goes and what stays, as it's shown outside of care or in it.

Outside of care, what was said there is listed without its words if it goes, and not at all if it
stays. A request that names nothing but what was said in care shows it.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Literal

import msgspec

from tau.errors import NotFound
from tau.facts.resolution import CARE
from tau.life.private import is_private
from tau.memory import Memory, Message
from tau.memory.erasure_plan import ErasurePlan
from tau.memory.erasure_request import ErasureRequest
from tau.server.schemas.forgetting import ForgetPreviewItem

MAX_ITEMS = 100


class ErasurePreview:
    """What is shown of a plan before it's carried out."""

    def __init__(
        self, memory: Memory, request: ErasureRequest, find_message: Callable[[str], Message]
    ) -> None:
        """`find_message` raises `NotFound` for a message that may not be seen."""
        self._memory = memory
        self._find_message = find_message
        self._shows_care = _names_only_care(memory, request)

    def without_care(self, plan: ErasurePlan) -> ErasurePlan:
        """Return a plan without what stays and may not be shown."""
        if self._shows_care:
            return plan
        return msgspec.structs.replace(
            plan,
            elsewhere=tuple(each for each in plan.elsewhere if not self._is_of_care(each)),
            answers=tuple(each for each in plan.answers if not self._is_of_care(each)),
            artifacts=tuple(
                each for each in plan.artifacts if self._memory.artifacts.get(each).expert != CARE
            ),
        )

    def items(self, plan: ErasurePlan) -> Iterator[ForgetPreviewItem]:
        """Yield what goes and what stays, at most `MAX_ITEMS` of each."""
        memory = self._memory
        yield from self._messages("message", plan.messages)
        yield from self._messages("reply", plan.replies)
        for name in plan.facts[:MAX_ITEMS]:
            fact = memory.facts.get(name)
            item = ForgetPreviewItem(what="fact", id=fact.id, text=fact.text, at=fact.said_on)
            yield self._shown(item, of_care=fact.is_of_care)
        for name in plan.titles[:MAX_ITEMS]:
            title = memory.conversation(name).title
            yield ForgetPreviewItem(what="title", id=name, text=title or "", at=None)
        for name in plan.files[:MAX_ITEMS]:
            file = memory.attachments.get(name)
            item = ForgetPreviewItem(what="file", id=name, text=file.name, at=file.at)
            yield self._shown(item, of_care=is_file_of_care(memory, name))
        yield from self._messages("elsewhere", plan.elsewhere)
        yield from self._messages("answer", plan.answers)
        for name in plan.artifacts[:MAX_ITEMS]:
            made = memory.artifacts.get(name)
            yield ForgetPreviewItem(what="artifact", id=name, text=made.title, at=made.updated_at)

    def _messages(
        self, what: Literal["message", "reply", "elsewhere", "answer"], ids: Sequence[str]
    ) -> Iterator[ForgetPreviewItem]:
        for name in ids[:MAX_ITEMS]:
            try:
                message = self._find_message(name)
            except NotFound:  # forgotten on another device since
                continue
            item = ForgetPreviewItem(
                what=what, id=message.id, text=message.text, at=message.at, speaker=message.speaker
            )
            yield self._shown(item, of_care=message.expert == CARE)

    def _shown(self, item: ForgetPreviewItem, *, of_care: bool) -> ForgetPreviewItem:
        if not of_care or self._shows_care:
            return item
        return ForgetPreviewItem(what=item.what, id=item.id, text="", at=item.at, care=True)

    def _is_of_care(self, message: str) -> bool:
        found = self._memory.messages.find(message)
        return found is not None and found.expert == CARE


def is_file_of_care(memory: Memory, file: str) -> bool:
    """Return whether a message to care names a file."""
    messages = map(memory.messages.find, memory.attachments.messages_of(file))
    return any(message is not None and message.expert == CARE for message in messages)


def _names_only_care(memory: Memory, request: ErasureRequest) -> bool:
    """Return whether everything that a request names was said in care."""
    if request.since is not None or request.import_id is not None:
        return False
    found = [memory.messages.find(each) for each in request.messages]
    of_care = [each is not None and each.expert == CARE for each in found]
    of_care += [memory.facts.get(each).is_of_care for each in request.facts]
    of_care += [is_file_of_care(memory, each) for each in request.attachments]
    of_care += [memory.artifacts.get(each).expert == CARE for each in request.artifacts]
    if request.conversation is not None and not is_private(request.conversation):
        messages = memory.conversations.all_messages(request.conversation)
        of_care.append(any(each.expert == CARE for each in messages))
    return bool(of_care) and all(of_care)
