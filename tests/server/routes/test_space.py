"""Exercises in the API: both languages, and no model."""

import pytest

from tests.server.conftest import Person

pytestmark = pytest.mark.anyio
CARE = "/api/experts/care"


async def test_exercises_are_listed_in_a_language(owner: Person) -> None:
    english = (await owner.get(f"{CARE}/exercises"))["exercises"]
    chinese = (await owner.get(f"{CARE}/exercises", language="zh"))["exercises"]
    assert [each["name"] for each in english] == [each["name"] for each in chinese]
    assert english[1]["title"] == "Box breathing"
    assert chinese[1]["title"] == "方块呼吸"
    assert [phase["seconds"] for phase in english[1]["phases"]] == [4, 4, 4, 4]
    assert english[0]["fields"][0]["label"] == "5 things you can see"
