"""Check-ins and answered questionnaires of one person: written, listed, and forgotten."""

import time
from collections.abc import Sequence

from tau.errors import BadInput
from tau.experts.space.questionnaires import questionnaire
from tau.facts.resolution import CARE
from tau.ids import new_id
from tau.journal.entries import CheckedIn, QuestionnaireAnswered
from tau.life.life import Life

MAX_WORDS = 2_000
"""Characters of the words of a check-in."""


class CareDiary:
    """What a person noted in reflective support, besides forms."""

    def __init__(self, life: Life) -> None:
        self._life = life

    def moods(self) -> list[CheckedIn]:
        """Return the check-ins, oldest first."""
        return self._life.memory.checkins.moods()

    def results(self) -> list[QuestionnaireAnswered]:
        """Return the answered questionnaires, oldest first."""
        return self._life.memory.checkins.questionnaires()

    async def check_in(self, mood: int, words: str = "") -> CheckedIn:
        """Keep how the person is now. Raises `BadInput`."""
        if not 1 <= mood <= 5:
            raise BadInput("A mood is a number from 1 to 5.")
        if len(words) > MAX_WORDS:
            raise BadInput(f"A check-in can have at most {MAX_WORDS} characters.")
        entry = CheckedIn(at=time.time(), id=new_id(), mood=mood, words=words.strip(), expert=CARE)
        await self._life.append(entry)
        return entry

    async def answer(self, name: str, answers: Sequence[int]) -> QuestionnaireAnswered:
        """Keep the answers to a questionnaire. Raises `NotFound` and `BadInput`."""
        score = questionnaire(name).score(answers)
        entry = QuestionnaireAnswered(
            at=time.time(),
            id=new_id(),
            name=name,
            answers=tuple(answers),
            score=score,
            expert=CARE,
        )
        await self._life.append(entry)
        return entry
