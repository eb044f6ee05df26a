"""Replay of stored turns: their events, rebuilt from the journal."""

from tau.companion.events import Accepted, Delta, Done, Failed, Recalled
from tau.companion.reply import to_recalled_passage
from tau.companion.turn import CUT_SHORT_MESSAGE, UNANSWERED_MESSAGE, ReplayedTurn
from tau.errors import NotFound
from tau.life.life import Life
from tau.memory import Message


def replay_turn(life: Life, turn_id: str) -> ReplayedTurn | None:
    """Return a finished turn by its id, or `None` if no message belongs to it."""
    said = life.turn(turn_id)
    words = next((message for message in said if message.by == "person"), None)
    reply = next((message for message in reversed(said) if message.by == "tau"), None)
    first = words or reply
    if first is None:
        return None
    answered = words.id if words else first.parent or first.id
    turn = ReplayedTurn(conversation=first.conversation, message=answered, turn_id=turn_id)
    turn.publish(Accepted(id=1, turn=turn_id, conversation=first.conversation, message=answered))
    if reply is None:
        turn.publish(Failed(id=2, sentence=UNANSWERED_MESSAGE, code="interrupted"))
        return turn
    passages = [to_recalled_passage(each) for each in _existing_messages(life, reply.recalled)]
    turn.publish(Recalled(id=2, passages=passages))
    turn.publish(Delta(id=3, text=reply.text))
    turn.publish(_final_event(reply))
    return turn


def _final_event(reply: Message) -> Done | Failed:
    if reply.status == "interrupted":
        return Failed(id=4, sentence=CUT_SHORT_MESSAGE, message=reply.id, code="interrupted")
    return Done(id=4, message=reply.id, status=reply.status, model=reply.model or "", cut=reply.cut)


def _existing_messages(life: Life, ids: tuple[str, ...]) -> list[Message]:
    found: list[Message] = []
    for each in ids:
        try:
            found.append(life.message(each))
        except NotFound:
            continue  # forgotten since
    return found
