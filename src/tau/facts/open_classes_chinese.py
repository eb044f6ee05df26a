"""Open classes of Chinese words: jobs, illnesses, employers and activities, by how they end.

Lists cannot hold every job or illness; their endings are few. Each cleaner returns nothing for
what only ends like one (家长 is no job, 毛病 no illness).
"""

import re

from tau.facts import cleaning_chinese as cleaning
from tau.facts.patterns import Cleaner
from tau.facts.vocabulary_chinese import COMMON_SURNAMES, DISEASES, GIVEN_NAME_CHARACTERS, JOBS
from tau.text.scripts import HAN

_PRONOUN = "[你您他她它我咱俺这那哪谁的了吗呢么啥]"
_KNOWN_JOB = re.compile(f"(?:[{HAN}A-Za-z+#/-]{{0,8}})(?:{JOBS})", re.IGNORECASE)
_JOB_END = re.compile(
    f"[{HAN}A-Za-z+#]{{1,8}}(?:师|员|工|医|警|长|家|匠|夫|贩|商|司机|经理|总监|主管|顾问|代表|专员|主任|助理|教练|老师|阿姨|师傅|手|护士|会计|律师|秘书|学徒|保安|前台|客服|实习生|博主|主播|PM|HR|CEO|CTO)"
)
_NO_JOB = re.compile(
    "(?:家长|学长|校长(?<!校长)|成员|会员|党员|团员|员工|人员|大家|人家|国家|老家|全家|玩家|买家|卖家|赢家|输家|回家|搬家|专家|管家婆|分手|对手|选手|新手|老手|高手|助手|手工|打工|民工|职工|上工|罢工|加工|大师|恩师"
    "|擅长|特长|成长|增长|身长|延长|年长|队员|队长|班长|组长|班员|球员|学员|人工|旷工|开工|动工|完工|竣工|帮手|双手|单手|徒手|水手(?<!水手)|黑手|凶手|歌手(?<!歌手)|智商|情商|协商|经商|就医|求医|报警|大夫(?<!大夫)|工夫|功夫|丈夫|懦夫|舰长|社长|群主|楼长|舍长|委员|议员|官员|裁员|一家|自家|婆家|娘家|世家|行家|冤家|东家|到家|想家|店家|作家(?<!作家)|复工|停工|美工(?<!美工)|化工|军工|理工|男员工|女员工|老员工|新员工|前员工|动手|左手|右手)$"
)
_ACTS = re.compile(
    "[在做接备考报负责找见问谢帮等约陪送嫁娶骂怕喜爱当没不想也就都还又演扮跟和去来说叫]"
)
_HUMBLE = re.compile(
    "^(?:学(?!校|院|生)|好|优秀|合格|真正|伟大|大|小|老|坏|假|天生|最|很|一样|普通|有|没|不|被|给|和|想|要|像|当|做|是)"
)
_ILLNESS_END = re.compile(
    f"[{HAN}A-Za-z0-9]{{1,10}}(?:病|炎|症|癌|瘤|结节|结石|囊肿|息肉|综合征|综合症|障碍|贫血|骨折|突出|损伤|撕裂|溃疡|硬化|瘫痪|不齐|不全|衰竭|近视|疹|疱疹|过敏|反流|增生|积液|脱垂|膨出|血栓|梗塞|梗死|出血|失聪|耳鸣|偏盲|色盲|失禁|痉挛|紊乱|亢进|减退|低下|不孕|早衰|麻痹|肥厚|狭窄|脱落|缺损|劳损|侧弯|脊柱炎|气喘)"
)
_NO_ILLNESS = re.compile(
    "毛病|相思病|公主病|王子病|拖延症|懒癌|尴尬症|选择困难|恐惧症|职业病|神经病|通病|心病|看病|生病|得病|患病|发病|治病|养病|探病|疾病|大病|小病|怪病|重病|急病|什么|社恐|强迫症晚期|脸盲|直男癌|颜控|手机症|综合症患者|无障碍|有障碍|沟通障碍|技术障碍|语言障碍(?<!语言障碍)|依赖症|[病癌]晚期|周一症|假期|节后|开学|中二病|红眼病(?<!红眼病)|富贵病|穷病|网瘾|后遗症$(?<=^后遗症)|不适症|并发症$(?<=^并发症)"
    f"|[{'你您他她它我咱俺这那哪谁的了吗呢么'}]|查|诊|怀疑|自己|严重|[有得没会能要想吃喝药医防怕让在被]|过敏$(?<!性过敏)|^(?:不|是|对|好|一|看|治|又|去|来)"
)
_KNOWN_ILLNESS = re.compile(f"(?:{DISEASES})")
_ACTIVITY = re.compile(
    "跑步|慢跑|夜跑|晨跑|跑.*公里|走路|走.*步|骑|游|健身|散步|遛|冥想|看书|读|阅读|写|记|喝|吃|做饭|煮|练|打|瑜伽|起床|起来|早起|睡|学|弹|画|上课|锻炼|运动|爬山|徒步|跳|踢|加班|通勤|背单词|午睡|钓鱼|去|听|看|刷|泡|拉伸|撸铁|举铁|买菜|洗|抄|唱|抽|浇花|拜|祷告|礼拜|称体重|站桩|做"
)
_NO_ACTIVITY = re.compile(
    "不(?!动)|没|想|要是|得(?!着|著|到)|会不会|只是|就好|累|烦|挨|被|加班|嫌|骂|堵|什么|怎么|上学|死|惹|说|问|[你他她]"
)


def occupation(raw: str) -> list[str]:
    """Return a job, one of the list or one that ends as jobs do."""
    if not 2 <= len(raw) <= 10 or re.search(f"{_PRONOUN}|过", raw) or _HUMBLE.match(raw):
        return []
    if _ACTS.search(raw[:-2]):
        return []
    if _KNOWN_JOB.fullmatch(raw):
        return cleaning.job(raw)
    return [raw] if _JOB_END.fullmatch(raw) and not _NO_JOB.search(raw) else []


def condition(raw: str) -> list[str]:
    """Return an illness, one of the list or one that ends as illnesses do."""
    if _KNOWN_ILLNESS.fullmatch(raw):
        return [raw]
    return [raw] if _ILLNESS_END.fullmatch(raw) and not _NO_ILLNESS.search(raw) else []


def employer(raw: str) -> list[str]:
    """Return where one works; the place of a workplace alone ("上海") is one too."""
    cut = re.sub("^(?:了|一[家个所间]|隔壁|附近的?)", "", raw)
    cut = re.sub("^(?:做|搞|卖)(.{2,8})的(公司|厂|企业|店)$", r"\1\2", cut)
    odd = re.search(f"{_PRONOUN}|东西|系$|专业$|大理旅|旅游|出差", cut)
    return [] if odd else cleaning.org(cut)


def activity(raw: str) -> list[str]:
    """Return what one does again and again."""
    if _NO_ACTIVITY.search(raw) or not _ACTIVITY.search(raw):
        return []
    return [raw]


def given(raw: str) -> list[str]:
    """Return a name that stands right after a relation: made of characters of names only."""
    rest = (
        raw[1:]
        if len(raw) == 3 and raw[0] in COMMON_SURNAMES
        else raw.removeprefix("小").removeprefix("阿")
    )
    usual = all(character in GIVEN_NAME_CHARACTERS for character in rest)
    return cleaning.name(raw) if usual else []


def _plain_words(raw: str) -> list[str]:
    return [] if re.search(f"{_PRONOUN}|什么|怎么|玩笑|梦", raw) else [raw]


_NO_DUTY = re.compile(
    "做(?:饭|菜|梦|作业|客|手术|检查|核酸|爱|人|事$|题|完|好|错|饭)|带(?:娃|孩子|着|来|去)|开(?:会|车|心|玩笑|着|始|学|房)|写作业|画画|教训|修养|管(?:他|她|闲)|卖萌|跑步|跑来|送(?:他|她|人|我)"
)
_SCHOOL_SHORT = re.compile(
    "北大|清华|复旦|交大|上交|浙大|南大|武大|华科|中大|人大|北师大|华师|哈工大|港大|同济|厦大|川大|山大|吉大|南开|天大|北航|北邮|台大|政大|成大|清大|交大|师大|东南|中山|西交|中科大"
)
_NEW: dict[str, Cleaner] = {
    "occupation": occupation,
    "condition": condition,
    "employer": employer,
    "habit": activity,
    "duty": lambda raw: [] if _NO_DUTY.search(raw) else _plain_words(raw),
    "trade": _plain_words,
    "farm": _plain_words,
    "pets": _plain_words,
    "many": lambda raw: _plain_words(re.sub("^(?:一?个|一位)", "", raw)),
    "part": _plain_words,
    "food": _plain_words,
    "medicine": lambda raw: [] if re.search("[你他她它]|什么", raw) else [raw],
    "operation": lambda raw: [] if re.search(f"{_PRONOUN}|小手术$", raw) else [raw],
    "petname": cleaning.nickname,
    "called": lambda raw: cleaning.nickname(raw) if raw else [""],
    "ex": lambda raw: (
        []
        if re.search(
            "[你他她它我谁]|^(?:大家|朋友|同事|家人|.{0,8}(?:女|男)朋友|对象|.{0,6}[男女]友|老公|老婆|前任|媳妇|另一半|室友|舍友|老板|邻居)|闹$",
            raw,
        )
        else [raw]
    ),
    "major": lambda raw: cleaning.subject(raw) if raw else [""],
    "vice": _plain_words,
    "friend": lambda raw: [] if re.search("[你他她它我谁]|大家", raw) else [raw],
    "post": _plain_words,
    "goods": _plain_words,
    "sold": _plain_words,
    "speech": _plain_words,
    "target": lambda raw: [raw] if _SCHOOL_SHORT.match(raw) or cleaning.school(raw) else [],
    "given": given,
    "choice": lambda raw: [] if re.search("[你他她它]|死", raw) else [raw],
}
CLEANERS: dict[str, Cleaner] = {**cleaning.CLEANERS, **_NEW}
"""The cleaner of each group of the predicates."""
