"""Chinese: whose words a message holds, whom a clause is about, and what is no fact at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.facts.attribution_chinese import is_attributed
from tau.facts.rules import MAX_CLAIMS, extract_claims
from tau.facts.trust import strip_untrusted

SAID_AT = 1_779_278_400.0
OTHERS = [
    "朋友圈看到的 我住在橙火州",
    "转自小红书 我住在绿庚州，我每天喝酒",
    "张三 10:21\n我住在青卯州",
    "（房东）我住在紫蓝州",
    "小明>我住在金乾州",
    "尊敬的王先生，\n我住在水壬州，在工厂上班。\n此致\n敬礼",
    "我住在火巳州。——张三",
    "我住在坤震州，他这么讲的",
    "﹁我住在坎未州﹂是他的签名",
    "〝我住在艮水州〞是他的签名",
    "英语课第四课，跟我读。我住在兑坎州。",
    "要是我住在丙寅州就好了",
    "他问我是不是我住在丁酉州",
    "客服您好，这位顾客留了言。我住在庚土州，快递没到。",
    "老板原话 以后请一直用辛艮州话回答",
    "这是客户留的言 我住在甲寅州",
    "我复制一段给你看 搬到乙卯州了",
    "有个网友，搬到丙辰州了",
    "我表弟，我在丁巳州上班",
    "我是戊午州人 以上是她的自我介绍",
    "你住在己未州，养了只庚申州狗",
]
"""Other people's words in a message of the person's."""


def about_speaker(text: str) -> list[str]:
    return [claim.text for claim in extract_claims(text, SAID_AT) if not claim.about]


@pytest.mark.parametrize("text", OTHERS)
def test_nothing_is_learned_from_other_peoples_words(text: str) -> None:
    assert extract_claims(text, SAID_AT) == []


@pytest.mark.parametrize("text", OTHERS)
@pytest.mark.parametrize("own", ["我叫李明。", "我对花生过敏。\n"])
def test_own_words_before_them_do_not_help_them(own: str, text: str) -> None:
    assert not any("州" in claim.text for claim in extract_claims(own + text, SAID_AT))


@pytest.mark.parametrize("relative", ["我妈", "我爸爸", "我老公", "我姐", "我同事", "我儿子"])
@pytest.mark.parametrize(
    "said", ["有高血压，住在成都", "是医生，在协和医院上班", "对花生过敏，不吃辣", "搬到上海了"]
)
@pytest.mark.parametrize("between", ["", "今年", "现在"])
def test_what_a_relative_is_or_does_says_nothing_of_the_speaker(
    relative: str, said: str, between: str
) -> None:
    assert about_speaker(f"{relative}{between}{said}。") == []


@pytest.mark.parametrize("before", ["我哥换工作了。", "她终于想通了！", "我朋友来看我。"])
@pytest.mark.parametrize("after", ["搬到上海了。", "怀孕了。", "对海鲜过敏。", "离婚了。"])
def test_a_sentence_without_a_subject_goes_on_about_the_one_before(before: str, after: str) -> None:
    assert about_speaker(before + after) == []
    assert about_speaker(after) != []


@pytest.mark.parametrize(
    ("statement", "denied"),
    [
        ("我是老师", "我不是老师"),
        ("我对花生过敏", "我对花生不过敏"),
        ("我住在北京", "我不住在北京"),
        ("我怀孕了", "我没怀孕"),
        ("我有糖尿病", "我没有糖尿病"),
        ("我喜欢爬山", "我又不喜欢爬山吗"),
        ("我结婚了", "我还没结婚"),
    ],
)
def test_what_is_denied_is_not_claimed(statement: str, denied: str) -> None:
    [claim] = extract_claims(statement, SAID_AT)
    assert claim.text not in about_speaker(denied)


@pytest.mark.parametrize("statement", ["我住在北京", "我对花生过敏", "我怀孕了", "我是一名护士"])
@pytest.mark.parametrize(
    "frame",
    [
        "如果{}", "要是{}就好了", "假如{}，你会怎么做", "他说{}", "她以为{}", "我梦见{}", "听说{}",
        "{}吗", "{}？", "帮我翻译：{}", "帮我写一段自我介绍，{}", "小说开头：{}", "歌词里唱{}",
        "问卷填的是{}", "扮演一个角色，{}", "{}，开玩笑的", "{}，骗你的", "“{}”怎么说",
        "台词：{}", "小李：{}", "【租客】{}", "{}，才怪",
    ],
)  # fmt: skip
def test_a_statement_in_a_frame_is_not_meant(frame: str, statement: str) -> None:
    assert extract_claims(frame.format(statement), SAID_AT) == []


@pytest.mark.parametrize(
    "thing", ["Linux", "飞书", "新系统", "隔壁房间", "云上", "Slack", "新公司", "安卓", "三楼"]
)
def test_what_one_moves_to_is_a_place_or_nothing(thing: str) -> None:
    assert about_speaker(f"我们上周搬到{thing}了") == []


@pytest.mark.parametrize("phrase", ["外卖", "车", "他来", "了快递", "顺风车", "醒了孩子", "救护车"])
def test_what_one_calls_is_no_name(phrase: str) -> None:
    assert about_speaker(f"我叫{phrase}") == []


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("我對海鮮過敏", "我对海鲜过敏"),
        ("我養了一隻貓，叫咪咪", "我养了一只猫，叫咪咪"),
        ("我搬到臺北了", "我搬到台北了"),
        ("我是護士", "我是护士"),
        ("從現在起請用繁體中文回答我", "从现在起请用繁体中文回答我"),
    ],
)
def test_traditional_characters_say_the_same(traditional: str, simplified: str) -> None:
    one, other = extract_claims(traditional, SAID_AT), extract_claims(simplified, SAID_AT)
    assert [(each.topic, each.slot) for each in one] == [(each.topic, each.slot) for each in other]
    assert one
    assert all(set(each.text) & set(traditional) for each in one)


@pytest.mark.parametrize(
    "text",
    [
        "推荐一家北京的火锅店",
        "在上海工作的注意事项",
        "搬到上海需要办哪些手续",
        "离婚了怎么分财产",
        "怀孕了能喝咖啡吗",
        "对花生过敏的孩子吃什么",
        "买了一辆车要上保险",
        "学了三年英语还是说不出口怎么办",
        "是医生还是护士",
        "养猫需要准备什么",
    ],
)
def test_a_request_without_a_subject_says_nothing_of_the_speaker(text: str) -> None:
    assert extract_claims(text, SAID_AT) == []


def test_what_a_doctor_says_of_the_speaker_is_their_own_news() -> None:
    assert about_speaker("医生说我有高血压，以后得控盐了") == ["有高血压"]


@pytest.mark.parametrize(
    "text",
    [
        "我叫小明，我最喜欢《三体》。",
        "我是翻译，平时喜欢看小说。",
        "我在小红书上班。",
        "我女儿在读小学三年级。",
        "我搬到苏州了，附近有什么好玩的？",
    ],
)
def test_plain_words_are_not_taken_for_somebody_elses(text: str) -> None:
    assert not is_attributed(text)
    assert strip_untrusted(text) == text


@given(
    st.sampled_from(
        ["我", "请你", "你就", "叫我", "一年了", "比起", "和", "要是", "「", "“", "他说", "每天",
         "住在",
         "我的", "喜欢", "对", "过敏", "，", "\n", "小明：", "以后", "用中文", "查出",
         "了", "一", "的"]
    ),
    st.sampled_from(["", "我", "了", "x", "。", "」"]),
)  # fmt: skip
def test_any_repetition_comes_to_an_end(part: str, last: str) -> None:
    for text in (part * (390 // len(part)) + last, (part * 1900)[:1900] + last):
        assert len(extract_claims(text, SAID_AT)) <= MAX_CLAIMS
