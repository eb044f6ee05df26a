"""Requests of reflective support: check-ins, questionnaires and the safety plan."""

from collections.abc import Sequence

from tau.client.http import HttpConnection
from tau.server.schemas.space import (
    AnsweredOut,
    CheckedInOut,
    CheckInList,
    CheckInOut,
    FormOut,
    SafetyPlanOut,
)

_CARE = "/api/experts/care"


class CareClient:
    """The part of the API that concerns reflective support."""

    def __init__(self, http: HttpConnection) -> None:
        self._http = http

    async def check_in(self, mood: int, words: str) -> CheckedInOut:
        """Keep how the person is."""
        path = f"{_CARE}/checkins"
        return await self._http.send("POST", path, CheckedInOut, mood=mood, words=words)

    async def checkins(self) -> list[CheckInOut]:
        """Return the check-ins, oldest first."""
        return (await self._http.get(f"{_CARE}/checkins", CheckInList)).checkins

    async def answer(self, name: str, answers: Sequence[int], language: str) -> AnsweredOut:
        """Keep the answers to a questionnaire, and return the score."""
        asked = {"name": name, "answers": list(answers), "language": language}
        return await self._http.send("POST", f"{_CARE}/questionnaires", AnsweredOut, **asked)

    async def safety_plan(self) -> FormOut | None:
        """Return the person's safety plan, if they wrote one."""
        return (await self._http.get(f"{_CARE}/safety-plan", SafetyPlanOut)).form
