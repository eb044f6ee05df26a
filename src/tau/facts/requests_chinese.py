"""Requests in Chinese that hold from now on: how Tau is to answer, and what to call the person."""

import re
from collections.abc import Iterator, Sequence

from tau.facts.cleaning_chinese import title
from tau.facts.trust import is_suspicious
from tau.journal.entries import Claim
from tau.text.scripts import HAN
from tau.text.tokenization import fold_text

MAX_REQUEST_CHARACTERS = 60

_CALL_ME = re.compile(
    "(?:(?P<before>请|以后|今后|可以|你就|就|往后|麻烦|你|大家都|朋友都|都|喜欢|直接|从现在起|你以后){1,4})?(?:叫|称呼|喊)我(?:为|做|作)?"
    "(?P<name>[^，,。；;！!？?…\\s]{1,12}?)"
    "(?P<after>就行了?|就好了?|就可以了?|吧|即可|好了)?$"
)
_CALLED_BY_ALL = re.compile(
    "(?:我的?)?(?:大家|朋友们?|同事们?|家里人|家人|同学们?|身边的?人|熟人|熟悉我的人|亲近的人|网友们?|学生们?)(?:都|一般|平时|习惯|喜欢|总是?|会){0,3}(?:叫|喊|管|称呼)我(?:叫|为|做)?(?P<name>[^，,。；;！!？?…\\s]{1,6})$"
)
_ORDER = re.compile(
    "起床|一声|帮|出|上|回|吃|开|做|写|看|走|睡|干|买|学|等|跟|和|到|快|醒|去|来|名字|的"
)
_TODAY = re.compile("今天|明天|这次|这一次|刚才|现在就|马上|这条|这篇|这段|这个问题")
_ALWAYS = (
    "以后|今后|从现在起|从现在开始|从今以后|从今往后|从今天起|往后|接下来|之后|每次|每回"
    "|总是|永远|始终|一律|平时|一直|都"
)
_POLITE = (
    "(?:请你?|麻烦你?|拜托你?|你|您|希望你|我希望你|我想让你|我要你|我需要你|能不能|可以|记得|记住)"
)
_INSTRUCTION = re.compile(
    f"{_POLITE}{{0,3}}(?P<always>{_ALWAYS})"
    f"(?:{_POLITE}|都|要|，|,|每次|就|跟我聊天时?|和我说话时?|{_ALWAYS}){{0,4}}(?P<request>.{{2,}})$"
)
_NO_MORE = re.compile(
    f"{_POLITE}{{0,3}}(?:以后|今后)?{_POLITE}{{0,1}}(?P<request>(?:不要再|别再|不要|别|不用|不准|禁止|少|停止)(?:总是|老是|老|给我|跟我|对我|一直)?(?:用|使用|发|加|叫我|称呼我|喊我|说|列|写|道歉|啰嗦|重复|客套|讲|带|放|给).{{1,}})$"
)
_BRIEFLY = re.compile(
    f"(?:{_POLITE}|以后|今后){{0,4}}(?P<request>(?:把)?(?:你的)?(?:回答|回复|说话|答案|语气)(?:的时候|时|我)?(?:尽量|要|请|得|时|都|保持|控制在|不要超过|别超过|不超过|不能超过|少于|必须|务必|可以|别|不要|再|写得|说得)*(?:简短|简洁|简单|详细|直接|温柔|正式|幽默|轻松|口语|[一二三四五六七八九十\\d]+(?:个)?(?:字|句|行)).{{0,14}})$"
)
_IN_LANGUAGE = re.compile(
    f"(?:{_POLITE}|以后|今后|都){{0,4}}(?P<request>用(?:简体|繁体)?(?:中|英|日|法|德|韩|俄|西班牙|葡萄牙|意大利|粤|汉|普通)[文语话]?(?:字)?(?:来)?(?:回答|回复|跟我(?:说话|聊天|聊|交流|沟通)|和我(?:说话|聊天|聊|交流)|作答|答复)(?:我|我的问题|所有问题)?)(?:吧|就行|就好|谢谢)?$"
)
_WHENEVER = re.compile(
    "(?P<request>(?:每次|每当|只要|凡是|当|如果)?我(?:一)?(?:问|说|让你|叫你|发|提到|聊到?|要|请你)[^，]{0,16}(?:的时候|时候|时|就|，)[，,]?(?:请|你|您|都|先|就|要|记得|务必|只|别|不要|直接|帮我){1,5}.{2,})$"
)
_ABOUT_REPLIES = re.compile(
    f"回答|回复|称呼|说话|表情|文字|用[{HAN}]{{1,3}}[文语话]|简短|简洁|详细|啰嗦|语气|列表|表格|客套|废话|格式|标点|结论|重点|来源|出处|链接|步骤|总结"
    "|感叹号|解释|举例|例子|单位|公制|英制|摄氏|华氏|公里|公斤|24小时|叫我|喊我|敬语|您|口语|字以内|句话|语言|道歉|提醒我|纠正我|确认|热量|人民币|欧元|美元|当地时间|markdown|emoji|代码"
)
_STYLE = re.compile(
    "表情|emoji|列表|表格|感叹号|客套|废话|敬语|markdown|标题|网络用语|英文|英语|缩写|叫我|喊我|称呼我|您|亲|啰嗦|道歉|重复|比喻|套话|鸡汤|加粗|项目符号|成语|专业术语|术语|剧透|抱歉|对不起|大道理|颜文字|语气词|哈哈|长篇大论",
    re.IGNORECASE,
)
_LANGUAGE = re.compile(
    "用(?:简体|繁体)?(?:中|英|日|法|德|韩|俄|西班牙|葡萄牙|意大利|粤|汉|普通)[文语话]?(?:字)?(?:来)?(?:回|说|聊|跟|和|写|作|答|沟)"
)
_OUTPUT = re.compile(
    "(?:推荐|介绍|写|列|翻译|计算|总结|解释|称呼|提醒)[^。]{2,24}$"
    "|(?!再|多关照|多指教|有空|见|联系|一起|我(?!问|说|让|发|提|聊))(?:请|你|都|要|先|别|不要|不用|只|务必|统一|在|给我|帮我|遇到|涉及|凡是|我(?:问|说|让|发|提|聊))"
    "[^。]{0,20}(?:推荐|说|写|列|标|用|回|答|称|叫|翻译|提醒|注明|换算|解释|附|加|省略|先|给出|给我)"
)
_NOT_EACH_TIME = re.compile(
    "(?:请你?|麻烦你?|你)?(?P<request>(?:不用|不必|别|不要|没必要)(?:再)?(?:每次|总是|老是|每回|一直|动不动)(?:都|就)?.{2,})$"
)
_WHEN_ANSWERING = re.compile(
    "(?:请你?|麻烦你?|你|以后){0,3}(?P<request>(?:回答|回复|答复|说话|讲话|聊天|跟我(?:说话|聊天|讲话)|和我(?:说话|聊天|讲话)|给我(?:建议|推荐|答案|回复|讲解))(?:我|我的问题|问题)?(?:的时候|时候|时)?[，,]?"
    "(?:请|要|别|不要|不用|尽量|都|必须|务必|直接|多|少|用|先|最好|控制|只|随意|可以){1,3}.{1,})$"
)
_CONCLUSION_FIRST = re.compile(
    "(?:请你?|麻烦你?|你|以后){0,3}(?P<request>(?:先(?:说|给|讲)(?:结论|重点|答案|要点)|一次只(?:问|说|给|讲)|直接给(?:我)?(?:答案|结论|代码)|有话直说|说话直接点|说中文|讲中文|别跟我(?:讲|说|客气|绕)|不要跟我(?:讲|说|客气|绕)).*)$"
)
_REPLY_LIMIT = re.compile(
    "(?:请你?|麻烦你?|你|以后|今后|都){0,3}(?P<request>(?:回我|回复我?|回答我?|答我)(?:消息|信息|问题|的时候|时){0,2}(?:请|都|尽量|要){0,2}(?:控制在|不超过|别超过|不要超过|限制在|短|精简|简短).{1,14})$"
)
_IN_UNITS = re.compile(
    "(?P<request>(?:[^，我你]{1,8}(?:的时候|时))?(?:请|都|一律|统一|以后){1,3}用(?:公制|英制|摄氏|公里|公斤|人民币|24小时制|简体|繁体).{0,8}?)(?:，?谢谢)?$"
)
_SIMPLE = (
    _NOT_EACH_TIME,
    _BRIEFLY,
    _IN_LANGUAGE,
    _WHEN_ANSWERING,
    _CONCLUSION_FIRST,
    _REPLY_LIMIT,
    _IN_UNITS,
)
_FIRST = re.compile("先|只|直接|务必")
_REMEMBER = re.compile(
    "(?:请|你|帮我|要|一定){0,4}(?:记住|记得|记一下|记下来?|别忘了)[，,：: ]*"
    "(?P<what>我(?:们)?.{3,})$"
)
_REMINDED = re.compile("(?:请|你|帮我|要|一定){0,4}(?:记住|记得|记一下|注意)[，,：: ]*")
_STATES_A_FACT = re.compile("是|在|停|放|有|叫|需要|用的")


def request_claims(sentence: str, clauses: Sequence[str]) -> Iterator[Claim]:
    """Yield what a sentence asks Tau to do always, or to remember, unless it is suspicious."""
    if is_suspicious(sentence, instruction=True):
        return
    called = _called(clauses)
    if called:
        text = f"希望被叫作{called}"
        yield Claim(topic="name", text=text, slot="name:called", value=fold_text(called))
        return
    found = _REMEMBER.match(sentence)
    if found and _STATES_A_FACT.search(found["what"]):
        if len(found["what"]) <= MAX_REQUEST_CHARACTERS:
            yield Claim(topic="other", text=found["what"], value=fold_text(found["what"]))
        return
    request = _standing_request(sentence, clauses)
    if request:
        slot = "instruction:language" if _LANGUAGE.search(request) else ""
        yield Claim(topic="instruction", text=request, slot=slot, value=fold_text(request))


def _called(clauses: Sequence[str]) -> str:
    """Return what the person wants to be called, or nothing."""
    for clause in clauses:
        usual = _CALLED_BY_ALL.match(clause.strip())
        if usual and (name := title(usual["name"])):
            return name[0]
        found = _CALL_ME.match(clause.strip())
        if found is None:
            continue
        meant = found["before"] or found["after"] or len(clauses) == 1
        name = title(found["name"])
        if name and meant and not _ORDER.search(found["name"]):
            return name[0]
    return ""


def _standing_request(sentence: str, clauses: Sequence[str]) -> str:
    """Return the request in the last clauses of a sentence; it begins with one of them."""
    reminded = _REMINDED.match(sentence)
    if reminded and (request := _request(sentence[reminded.end() :])):
        return request[:MAX_REQUEST_CHARACTERS]
    for place in range(len(clauses)):
        start = sentence.find(clauses[place])
        rest = sentence[start:].strip()
        request = _request(rest)
        if request:
            request = request.strip("，, ~～")
            return request if len(request) <= MAX_REQUEST_CHARACTERS else ""
    return ""


def _request(text: str) -> str:
    """Return what a text asks for from now on, or nothing."""
    if _TODAY.search(text):
        return ""
    standing, no_more = _INSTRUCTION.match(text), _NO_MORE.match(text)
    whenever = _WHENEVER.match(text)
    forms = (
        (standing, standing and _ABOUT_REPLIES.search(standing["request"])),
        (no_more, no_more and _STYLE.search(no_more["request"])),
        (whenever, whenever and (_ABOUT_REPLIES.search(text) or _FIRST.search(text))),
        (standing, standing and _OUTPUT.match(standing["request"])),
        *((found, found) for one in _SIMPLE if (found := one.match(text))),
    )
    return next((found["request"] for found, meant in forms if found and meant), "")
