"""What Chinese patterns caught, and what of it is a name, a place, a job or a thing."""

import pytest

from tau.facts.cleaning_chinese import CLEANERS, derive_values


@pytest.mark.parametrize(
    ("kind", "raw", "kept"),
    [
        ("name", "小明", ["小明"]),
        ("name", "欧阳小雨", ["欧阳小雨"]),
        ("name", "小明今年20岁", []),
        ("name", "“阿杰”", ["阿杰"]),
        ("name", "Anna", ["Anna"]),
        ("name", "了外卖", []),
        ("name", "他别来", []),
        ("name", "什么", []),
        ("place", "北京", ["北京"]),
        ("place", "北京好几年", ["北京"]),
        ("place", "老家湖南", ["湖南"]),
        ("place", "上海工作", ["上海"]),
        ("place", "学校宿舍", []),
        ("place", "一个小区", []),
        ("place", "哪里", []),
        ("place", "院", []),
        ("org", "腾讯", ["腾讯"]),
        ("org", "华为", ["华为"]),
        ("org", "一家银行", ["银行"]),
        ("org", "家", []),
        ("org", "努力", []),
        ("origin", "四川", ["四川"]),
        ("origin", "好", []),
        ("origin", "认真的", []),
        ("things", "爬山", ["爬山"]),
        ("things", "音乐、电影和旅行", ["音乐", "电影", "旅行"]),
        ("things", "和朋友一起打篮球聊天", []),
        ("things", "火锅（很香）", ["火锅"]),
        ("things", "你", []),
        ("things", "这个回答", []),
        ("things", "猫", ["猫"]),
        ("things", "的", []),
        ("thing", "音乐、电影", ["音乐"]),
        ("favourite", "蓝色", ["蓝色"]),
        ("favourite", "这个", []),
        ("subject", "计算机", ["计算机"]),
        ("subject", "会了游泳", []),
        ("relation", "妈", ["妈妈"]),
    ],
)
def test_what_is_kept(kind: str, raw: str, kept: list[str]) -> None:
    assert CLEANERS[kind](raw) == kept


def test_only_relations_of_which_there_is_one_have_a_slot() -> None:
    assert derive_values({"relation": "老婆"})["familyslot"] == "family:老婆"
    assert derive_values({"relation": "妹妹"})["familyslot"] == ""
    assert derive_values({"relation": "老板"})["peopleslot"] == "people:老板"
