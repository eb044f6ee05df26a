"""Check-ins and questionnaires: kept, scored, forgotten; help comes before anything else."""

import logging

import pytest

from tests.server.conftest import Person

pytestmark = pytest.mark.anyio
CARE = "/api/experts/care"
DANGER = "I want to kill myself"
SECRET = "Zanzibarine"


async def test_a_check_in_is_kept_and_forgotten(owner: Person, guest: Person) -> None:
    added = await owner.post(f"{CARE}/checkins", {"mood": 2, "words": f" {SECRET} night "})
    assert added["help"] is None
    assert added["checkin"]["words"] == f"{SECRET} night"
    listed = (await owner.get(f"{CARE}/checkins"))["checkins"]
    assert listed == [added["checkin"]]
    assert (await guest.get(f"{CARE}/checkins"))["checkins"] == []
    gone = await owner.client.delete(f"{CARE}/checkins/{added['checkin']['id']}")
    assert gone.status_code == 200
    assert (await owner.get(f"{CARE}/checkins"))["checkins"] == []
    again = await owner.client.delete(f"{CARE}/checkins/{added['checkin']['id']}")
    assert again.status_code == 404


@pytest.mark.parametrize("body", [{"mood": 0}, {"mood": 6}, {"words": SECRET}, {"mood": SECRET}])
async def test_a_mood_that_is_none_is_refused_without_repeating_it(
    owner: Person, body: dict[str, object]
) -> None:
    response = await owner.client.post(f"{CARE}/checkins", json=body)
    assert response.status_code == 422
    assert SECRET not in response.text


@pytest.mark.parametrize(("words", "language"), [(DANGER, "en"), ("我不想活了，想自杀", "zh")])
async def test_danger_in_a_check_in_names_help(owner: Person, words: str, language: str) -> None:
    added = await owner.post(f"{CARE}/checkins", {"mood": 1, "words": words})
    assert added["help"]["level"] >= 2
    assert added["help"]["language"] == language
    assert added["help"]["lines"]


async def test_words_are_assessed_before_they_are_kept(owner: Person) -> None:
    fine = await owner.post(f"{CARE}/assess", {"texts": ["I slept badly", "", "and I'm tired"]})
    assert fine["help"] is None
    offered = await owner.post(f"{CARE}/assess", {"texts": ["a walk", DANGER, "a cup of tea"]})
    assert offered["help"]["kind"] == "suicide"
    assert (await owner.get(f"{CARE}/checkins"))["checkins"] == []
    whole = await owner.client.get("/api/export", params={"with_care": "true"})
    assert whole.status_code == 200
    assert DANGER not in whole.text


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_item_nine_names_help_at_once(owner: Person, language: str) -> None:
    path = f"{CARE}/questionnaires"
    low = await owner.post(path, {"name": "phq-9", "answers": [3] * 8 + [0], "language": language})
    assert low["help"] is None
    assert low["result"]["score"] == 24
    named = await owner.post(
        path, {"name": "phq-9", "answers": [0] * 8 + [1], "language": language}
    )
    assert named["help"]["language"] == language
    assert named["help"]["lines"]
    assert named["result"]["band"] == "minimal"
    assert ("诊断" if language == "zh" else "not a diagnosis") in named["note"]


async def test_results_are_listed_in_their_order_and_forgotten(owner: Person) -> None:
    first = await owner.post(f"{CARE}/questionnaires", {"name": "gad-7", "answers": [1] * 7})
    await owner.post(f"{CARE}/questionnaires", {"name": "phq-9", "answers": [2] * 9})
    listed = await owner.get(f"{CARE}/questionnaires", language="zh")
    assert [(each["name"], each["score"]) for each in listed["results"]] == [
        ("gad-7", 7),
        ("phq-9", 18),
    ]
    assert listed["results"][1]["label"] == "中重度"
    assert [len(each["items"]) for each in listed["questionnaires"]] == [9, 7]
    await owner.client.delete(f"{CARE}/checkins/{first['result']['id']}")
    left = (await owner.get(f"{CARE}/questionnaires"))["results"]
    assert [each["name"] for each in left] == ["phq-9"]


async def test_what_cannot_be_scored_is_refused(owner: Person) -> None:
    path = f"{CARE}/questionnaires"
    short = await owner.client.post(path, json={"name": "phq-9", "answers": [0]})
    assert short.status_code == 400
    unknown = await owner.client.post(path, json={"name": "iq", "answers": [0]})
    assert unknown.status_code == 404


async def test_nothing_of_it_is_logged_or_counted(
    owner: Person, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await owner.post(f"{CARE}/checkins", {"mood": 1, "words": f"{SECRET}. {DANGER}"})
    await owner.post(f"{CARE}/assess", {"texts": [f"{SECRET}. {DANGER}"]})
    await owner.client.post(f"{CARE}/checkins", json={"mood": 9, "words": SECRET})
    await owner.post(f"{CARE}/questionnaires", {"name": "phq-9", "answers": [3] * 9})
    metrics = (await owner.client.get("/metrics")).text
    for text in (caplog.text, metrics):
        assert SECRET not in text
        assert "suicide" not in text
        assert "phq-9" not in text
