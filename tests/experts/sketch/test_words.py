"""Words become briefs: what's said is kept, what's filled in is listed, nonsense is refused."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.bench.sketch_words import measure_words, spoken_briefs, word_briefs
from tau.experts.sketch import words as words_module
from tau.experts.sketch import words_english
from tau.experts.sketch.brief import MOST_ROOMS, Brief, BriefError, Room
from tau.experts.sketch.phrases_chinese import plain_chinese
from tau.experts.sketch.phrases_english import plain_english
from tau.experts.sketch.reading import room_words
from tau.experts.sketch.words import read_words


def _kinds(brief: Brief) -> list[str]:
    return [room.kind for room in brief.rooms]


def test_a_family_gets_a_bedroom_each_and_a_kitchen_to_the_garden() -> None:
    brief = read_words("A house for us and two girls, 120 m2, kitchen to the garden")
    assert _kinds(brief) == ["living", "kitchen", "master", "child", "child", "bath"]
    assert brief.total == 120
    assert brief.site.garden == "south"
    assert next(room.side for room in brief.rooms if room.kind == "kitchen") == "south"
    assert "I added a bathroom." in brief.assumed


def test_a_chinese_flat_is_read_with_its_sides() -> None:
    brief = read_words("三室两厅两卫，120平，厨房朝南")
    expected = ["living", "dining", "kitchen", "bedroom", "bedroom", "master", "bath", "bath"]
    assert _kinds(brief) == expected
    assert brief.language == "zh"
    assert brief.total == 120
    assert "入口设在北侧。" in brief.assumed


@pytest.mark.parametrize(
    ("words", "total"),
    [("2BR flat of 850 sq ft", 79), ("1,200 square feet, 3 bedrooms", 111.5), ("90sqm, 2 BR", 90)],
)
def test_areas_are_understood_in_any_unit(words: str, total: float) -> None:
    assert read_words(words).total == pytest.approx(total, abs=0.5)


def test_an_area_belongs_to_the_room_beside_it() -> None:
    brief = read_words(
        "a 15 m2 kitchen and a living room of 30 m2, bedroom (12 m2), 80 m2 in total"
    )
    areas = {room.kind: room.area for room in brief.rooms}
    assert areas == {"living": 30, "kitchen": 15, "bedroom": 12, "bath": None}
    assert brief.total == 80


@pytest.mark.parametrize(
    "words",
    [
        "a house of 120 m2 with a bath",
        "a flat of 120 m2 with a kitchen of 14 m2",
        "a 120 m2 house with a bath",
        "120 m2 for a kitchen, a bath and two bedrooms",
    ],
)
def test_the_area_of_the_whole_isnt_that_of_what_is_in_it(words: str) -> None:
    brief = read_words(words)
    assert brief.total == 120
    assert {room.area for room in brief.rooms} <= {None, 14}


def test_what_is_refused_isnt_added() -> None:
    assert "dining" not in _kinds(read_words("two bedrooms, no dining room"))
    assert "dining" not in _kinds(read_words("两间卧室，不要餐厅"))


def test_an_ensuite_belongs_to_its_bedroom() -> None:
    for words in ("A master bedroom with en-suite and two bedrooms", "主卧带独卫，两间次卧"):
        ensuite = next(room for room in read_words(words).rooms if room.kind == "ensuite")
        assert ensuite.access == ("master",)


@pytest.mark.parametrize("words", ["", "Hello, how are you?", "你好，今天天气不错", "m2 m2 m2"])
def test_words_without_rooms_are_refused(words: str) -> None:
    with pytest.raises(BriefError):
        read_words(words)


@given(st.text(max_size=300))
def test_any_words_give_a_brief_or_a_sentence(words: str) -> None:
    try:
        brief = read_words(words)
    except BriefError:
        return
    assert 1 <= len(brief.rooms) <= 40


def test_the_development_set_is_read() -> None:
    figures = measure_words(word_briefs())
    assert figures["briefs"] >= 120
    assert figures["f1"] >= 0.95
    assert min(figures["english"], figures["chinese"]) >= 0.95


@pytest.mark.parametrize("word", ["garden", "backyard", "street", "road", "entrance", "front door"])
@pytest.mark.parametrize("more", ["", "on the left", "in the north", "to the road"])
def test_words_about_the_site_are_never_too_much(word: str, more: str) -> None:
    brief = read_words(f"Two bedrooms and a bath, 80 m2, {word} {more}")
    assert "kitchen" in _kinds(brief)
    if more == "in the north" and word in ("entrance", "front door"):
        assert brief.entrance == "north"


def test_words_are_read_as_people_write_them() -> None:
    figures = measure_words(spoken_briefs())
    assert figures["english"] > 0.97
    assert figures["chinese"] > 0.97


@pytest.mark.parametrize(
    ("words", "total"),
    [("30坪，三房兩廳", 99), ("一百二十平，三室两厅", 120), ("三房，大概1000尺", 93)],
)
def test_chinese_areas_are_understood_in_any_unit(words: str, total: float) -> None:
    assert read_words(words).total == pytest.approx(total, abs=0.5)


def test_what_is_said_of_the_bedrooms_is_said_of_all_that_are_counted() -> None:
    for words in ("Bedrooms facing east. 3 beds, 1 bath", "卧室都朝东，三个卧室一个卫生间"):
        sides = [room.side for room in read_words(words).rooms if room.kind != "bath"]
        assert sides.count("east") == 3


def test_a_main_bedroom_is_one_of_those_that_were_counted_before() -> None:
    for words in ("3 bedroom flat, master with ensuite", "三室两厅，主卧带独卫"):
        kinds = _kinds(read_words(words))
        assert kinds.count("bedroom") + kinds.count("master") == 3
        assert "bath" in kinds
    more = _kinds(read_words("A master bedroom with ensuite and 3 more bedrooms"))
    assert more.count("bedroom") + more.count("master") == 4


@pytest.mark.parametrize("digits", ["1", "1,111,", "one1", "１"])
def test_endless_numbers_are_cut_short(digits: str) -> None:
    for plain in (plain_english, plain_chinese):
        runs = re.findall(r"\d+", plain(f"{digits * 500} m2"))
        assert max(map(len, runs)) < 10
    assert len(plain_chinese("零" * 500)) < 10


def test_sizes_are_read_in_one_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    searched = 0

    class Counting:
        def search(self, text: str, *span: int) -> re.Match[str] | None:
            nonlocal searched
            start, end = span or (0, len(text))
            searched += end - start
            return room_words("english").search(text, start, end)

    monkeypatch.setattr(words_english, "room_words", lambda _language: Counting())
    words = "1x1 m " * 300
    words_english.read_english(words)
    assert 0 < searched <= len(words)


def test_a_size_belongs_to_the_room_before_it_and_not_to_the_whole() -> None:
    assert read_words("A bath 2x3 m and a bed 4x3 m").outline is None
    outline = read_words("A kitchen 4.5x3 m. Two bedrooms. The house is 12x9 m").outline
    assert outline is not None
    assert (outline.width, outline.depth) == (12, 9)


@pytest.mark.parametrize("words", ["20 beds, " * 50, "20个卧室，" * 50])
def test_too_many_rooms_are_refused_before_they_are_made(
    words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def counted(**fields: object) -> Room:
        made.append(str(fields["id"]))
        return Room(**fields)  # type: ignore[arg-type]

    monkeypatch.setattr(words_module, "Room", counted)
    with pytest.raises(BriefError, match=str(MOST_ROOMS)):
        read_words(words)
    assert len(made) <= MOST_ROOMS
