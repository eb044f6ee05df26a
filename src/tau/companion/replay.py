"""Replay of stored turns: their events, rebuilt from the journal."""

from tau.companion.care_step import CareStep
from tau.companion.events import Accepted, ArtifactMade, Delta, Done, Failed, Recalled
from tau.companion.files_read import existing_parts
from tau.companion.forgetting import FIXED_REPLY_MODEL
from tau.companion.recalled import to_recalled_part, to_recalled_passage
from tau.companion.turn import CUT_SHORT_MESSAGE, UNANSWERED_MESSAGE, ReplayedTurn
from tau.errors import NotFound
from tau.life.life import Life
from tau.memory import Message


def replay_turn(life: Life, turn_id: str, care: CareStep) -> ReplayedTurn | None:
    """Return a finished turn by its id, or `None` if no message belongs to it."""
    messages = life.turn(turn_id)
    words = next((message for message in messages if message.by == "person"), None)
    reply = next((message for message in reversed(messages) if message.by == "tau"), None)
    first = words or reply
    if first is None:
        return None
    answered = words.id if words else first.parent or first.id
    turn = ReplayedTurn(conversation=first.conversation, message=answered, turn_id=turn_id)
    turn.publish(Accepted(id=1, turn=turn_id, conversation=first.conversation, message=answered))
    fixed = reply is not None and reply.model == FIXED_REPLY_MODEL
    for said in _existing_messages(life, (answered,)):
        if offer := care.offer_of(said, fixed=fixed):
            turn.publish(offer.event(turn.next_event_id))
    if reply is None:
        failed = Failed(id=turn.next_event_id, sentence=UNANSWERED_MESSAGE, code="interrupted")
        turn.publish(failed)
        return turn
    passages = [to_recalled_passage(each) for each in _existing_messages(life, reply.recalled)]
    parts = [to_recalled_part(each) for each in existing_parts(life.memory, reply)]
    turn.publish(Recalled(id=turn.next_event_id, passages=passages, parts=parts))
    turn.publish(Delta(id=turn.next_event_id, text=reply.text))
    if made := made_event(life, reply, turn.next_event_id):
        turn.publish(made)
    turn.publish(_final_event(reply, turn.next_event_id))
    return turn


def made_event(life: Life, reply: Message, number: int) -> ArtifactMade | None:
    """Return event `number`: what a stored reply made, unless it was forgotten."""
    if reply.artifact is None:
        return None
    try:
        made = life.memory.artifacts.get(reply.artifact)
    except NotFound:
        return None
    return ArtifactMade(
        id=number,
        artifact=made.id,
        version=reply.revision or made.newest,
        artifact_type=made.type,
        title=made.title,
    )


def _final_event(reply: Message, number: int) -> Done | Failed:
    if reply.status == "interrupted":
        return Failed(id=number, sentence=CUT_SHORT_MESSAGE, message=reply.id, code="interrupted")
    return Done(
        id=number, message=reply.id, status=reply.status, model=reply.model or "", cut=reply.cut
    )


def _existing_messages(life: Life, ids: tuple[str, ...]) -> list[Message]:
    found: list[Message] = []
    for each in ids:
        try:
            found.append(life.message(each))
        except NotFound:
            continue  # forgotten since
    return found
