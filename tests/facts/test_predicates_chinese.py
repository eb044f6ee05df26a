"""Chinese predicates: what stands around them does not matter, what only looks like one is none."""

import pytest

from tau.facts.open_classes_chinese import condition, occupation
from tau.facts.rules import extract_claims, read_claims

SAID_AT = 1_779_278_400.0
NOTHING = [
    "我想养一只猫", "我打算搬到成都", "我又不是老师", "我应该是感冒了",
    "感觉自己得了拖延症", "我是去年的冠军", "我在北京站等车", "我在医院陪床",
    "我在公司开会", "我在学校门口", "我在厨房做饭", "搬到二楼了", "我把车停楼下了",
    "我断网了", "我卖了二手书", "我是说真的", "我是新来的", "我是班长", "我是家长",
    "我是专家", "我是夜猫子", "我有心病", "我有选择困难症", "我犯懒了", "我得了第一名",
    "我抑郁了", "我爱加班", "我讨厌他", "每天都好累", "我有三天假", "有两个孩子在打架",
    "家里有只蚊子", "楼下有只狗在叫", "猫叫得好大声", "给猫取名叫什么好", "老师走了",
    "车丢了怎么办", "我读了一本书", "嫁到国外的女人", "结婚好累", "怀孕的人不能吃螃蟹",
    "老板让我当经理", "我演医生", "我当了一回司机", "我昨天住上海", "我周末在杭州",
    "我出差住在深圳", "你住在蓬莱，喜欢仙丹", "下个月要搬去苏州", "我怀疑自己有多动症",
    "我每天被骂", "我叫了外卖",
]  # fmt: skip


def said(text: str) -> list[str]:
    """Return what is claimed, with ~ behind what is over."""
    claims = extract_claims(text, SAID_AT)
    return [each.text + ("~" if each.valid_to is not None else "") for each in claims]


@pytest.mark.parametrize("before", ["", "我", "我们去年底就", "去年我", "我其实", "终于"])
@pytest.mark.parametrize("after", ["了", "了快一年了", "啦，天气好热", "了 还没习惯"])
@pytest.mark.parametrize(
    ("predicate", "text"),
    [("搬到高雄", "住在高雄"), ("跟女朋友分手", "分手"), ("入职美团", "在美团工作")],
)
def test_what_stands_around_a_predicate_does_not_matter(
    before: str, after: str, predicate: str, text: str
) -> None:
    assert text in said(f"{before}{predicate}{after}")


@pytest.mark.parametrize("text", NOTHING)
def test_what_only_looks_like_a_predicate_says_nothing(text: str) -> None:
    assert said(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("上礼拜我把银行的工作辞了", ["曾在银行工作~"]),
        ("我不吃全素了", ["吃全素~"]),
        ("车卖了", ["有车~"]),
        ("我跟阿凯分了", ["和阿凯在一起~"]),
        ("我和小峰早就不来往了", ["和小峰来往~"]),
        ("复查没事了，肺结节消了", ["有肺结节~"]),
        ("我从法律系转到社会系了", ["曾读法律系~", "专业：社会系"]),
        ("年初从北京回了长沙", ["住在长沙", "曾住在北京~"]),
        ("以前在电子厂上班", ["曾在电子厂工作~"]),
        ("陪了我十四年的旺财昨晚走了", ["宠物旺财没了~"]),
    ],
)
def test_what_is_over_is_past(text: str, expected: list[str]) -> None:
    assert sorted(said(text)) == sorted(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我家两只猫，一只叫年糕一只叫汤圆", ["猫：年糕", "猫：汤圆"]),
        ("养了两只布偶，叫雪球和年糕", ["布偶：雪球", "布偶：年糕"]),
        ("捡了只小奶狗，打算就叫它煤球", ["狗：煤球"]),
        ("儿子三岁了，小名叫豆子", ["儿子：豆子"]),
        ("刚脱单，她叫小雨", ["对象：小雨"]),
    ],
)
def test_the_next_clause_may_give_the_name(text: str, expected: list[str]) -> None:
    assert set(expected) <= set(said(text))


@pytest.mark.parametrize("text", ["我而家住喺深水埗", "我現在住在深水埗"])
def test_cantonese_says_the_same(text: str) -> None:
    assert said(text) == ["住在深水埗"]


def test_two_jobs_in_one_sentence_are_both_held() -> None:
    assert said("我主业是会计，业余做播客") == ["职业：会计", "工作：做播客"]
    assert len({each.slot for each in extract_claims("我主业是会计，业余做播客", SAID_AT)}) == 2


@pytest.mark.parametrize(
    "word", ["护理师", "保育员", "月子中心护士长", "入殓师", "产品经理", "数据标注员"]
)
def test_a_job_is_known_by_its_ending(word: str) -> None:
    assert occupation(word) == [word]


@pytest.mark.parametrize(
    "word", ["家长", "班长", "会员", "打工", "人家", "大家", "专家", "老师好", "他老师"]
)
def test_not_all_with_such_an_ending_are_jobs(word: str) -> None:
    assert occupation(word) == []


@pytest.mark.parametrize(
    "word", ["桥本甲状腺炎", "地中海贫血", "腰椎间盘突出", "肌无力症", "多发性骨髓瘤"]
)
def test_an_illness_is_known_by_its_ending(word: str) -> None:
    assert condition(word) == [word]


@pytest.mark.parametrize(
    "word", ["毛病", "公主病", "拖延症", "选择困难症", "职业病", "懒癌", "自己有多动症"]
)
def test_not_all_with_such_an_ending_are_illnesses(word: str) -> None:
    assert condition(word) == []


@pytest.mark.parametrize(
    "text", ["回我消息控制在三句话以内", "算数的时候都用公制单位，谢谢", "以后都用繁体回我"]
)
def test_a_request_for_all_replies_is_a_standing_one(text: str) -> None:
    assert [each.topic for each in extract_claims(text, SAID_AT)] == ["instruction"]


@pytest.mark.parametrize("stay", ["我在昆明住了七年", "在上海待了五年", "在深圳呆了十年"])
def test_a_stay_that_may_be_over_is_no_home(stay: str) -> None:
    over = extract_claims(f"{stay}，今年走的", SAID_AT)
    assert all(claim.valid_to for claim in over)
    assert extract_claims(f"{stay}了", SAID_AT), "了 at the end says that it goes on"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我叫星野", "名字：星野"),
        ("你好，我叫禾小鱼，喜欢爬山", "名字：禾小鱼"),
        ("我去年搬到清溪坞了", "住在清溪坞"),
        ("我在清溪坞定居了", "住在清溪坞"),
        ("我老家是鹿角沟的", "来自鹿角沟"),
        ("我的职业是占星解梦", "职业：占星解梦"),
        ("我被确诊了渐冻人", "有渐冻人"),
        ("我搬到馬蘭埡了", "住在馬蘭埡"),
    ],
)
def test_what_grammar_says_of_an_unknown_value_is_doubtful(text: str, expected: str) -> None:
    doubtful = [each.claim.text for each in read_claims(text, SAID_AT) if not each.certain]
    assert doubtful == [expected]
    assert expected not in said(text)


@pytest.mark.parametrize(
    "text",
    [
        *NOTHING,
        "我叫了外卖", "我叫我妈来", "我叫不醒他", "我叫车了", "我是一名党员", "我是一位母亲",
        "我家在装修", "我搬到三楼了", "我搬到新宿舍了", "我搬去她家了", "我住在很安静的地方",
        "我住不惯北方", "我想搬到清溪坞", "如果我搬到清溪坞就好了", "我确诊两年了",
        "我确诊以后心情不好", "我姐姐搬到清溪坞了", "我没搬到清溪坞", "我不叫星野",
        "他说我叫星野", "我叫星野吗？", "我以前叫星野",
    ],
)  # fmt: skip
def test_what_is_no_statement_is_not_even_doubtful(text: str) -> None:
    assert read_claims(text, SAID_AT) == []
