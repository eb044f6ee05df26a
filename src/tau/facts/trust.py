"""Trust: which part of a message may be learned from, and what is believed without asking.

Only a person's own plain words are believed silently. A message also holds what others wrote:
quotations, pasted mails, documents and chats, code, tables. And it holds what the person does not
mean: stories, translations, suppositions. `strip_untrusted` removes all of that. It looks at form,
not at truth, and prefers losing a fact to learning a false one. Everything here is pure and linear
in the length of the text.
"""

import re

from tau.facts.attribution_chinese import is_attributed
from tau.facts.attribution_english import PASSED_ON, ROLE, SIGNED, SPEAKER
from tau.facts.unicode_cleaning import clean_unicode, fold_punctuation, is_disguised
from tau.journal.entries import Claim, Trust
from tau.text.scripts import HAN, HAN_AND_KANA
from tau.text.tokenization import terms

MAX_MESSAGE_CHARACTERS = 2_000
"""A longer text is a document rather than talk, and nothing is learned from it."""
MAX_LINES = 24
"""More lines with text than this are a document."""
MAX_CLAIM_CHARACTERS = 300
"""Longest claim that may be believed without asking."""
MAX_QUOTED_WORDS = 3
"""A quotation of so few words may be a name, and stays unless it is about someone."""
GROUNDED_SHARE = 0.6
"""Share of an instruction's terms that must be the person's own for it to be believed."""
OMISSION = "…"
"""Replaces what was removed, so that what is left does not run together."""

_RULES = r"(?:instructions?|prompts?|rules?|directives?|guidelines?|messages?|context)"
_ATTACK = re.compile(
    r"<\||\|>|\[/?inst\]|<</?sys>>|^#{2,} *(?:instruction|system|response)"
    rf"|\b(?:ignore|disregard|override|bypass|forget)\b[^.\n]{{0,40}}\b{_RULES}\b"
    r"|\b(?:system|developer) (?:prompt|message|override|instructions?)\b"
    r"|\b(?:developer|god|dan) mode\b|\bjailbreak|\bdo anything now\b"
    r"|\bthe (?:user|human|owner)(?:'s)?\b[^.\n]{0,60}"
    r"\b(?:said|says|told|asked|wants?|prefers?|name|is|has|lives?|likes?|approved|confirmed)\b"
    r"|(?:忽略|无视|忘记|忘掉|绕过|覆盖)[^。\n]{0,20}(?:指令|提示|规则|设定|要求|指示|说明)"
    r"|系统(?:提示|消息|指令)|开发者模式|越狱|(?:用户|使用者|主人)[^。\n]{0,10}"
    r"(?:说|叫|是|想|要|喜欢|住|希望|同意|批准|确认|对|名字|偏好)",
    re.IGNORECASE | re.MULTILINE,
)
"""Forms of text that address a model about its user. No person says that about themselves."""
_UNSAFE = re.compile(
    r"https?:|\bwww\.|\b[\w-]+\.(?:com|net|org|io|ru|cn|xyz|top|info|dev|app|me|co|ai)\b|@\w"
    r"|!\[|\]\(|[<>{}`\\]"
    r"|\b(?:pass(?:word|code|phrase)s?|api[ _-]?keys?|credentials?|private keys?|data keys?"
    r"|recovery codes?|seed phrase|credit card numbers?|pin codes?)\b"
    r"|密码|口令|密钥|令牌|验证码|银行卡号|信用卡号",
    re.IGNORECASE,
)
"""Not in a claim that is believed without asking: addresses, markup, secrets."""
_STEERING = re.compile(
    r"\b(?:send|forward|post|upload|e-?mail|transmit|leak|exfiltrate|append|embed|attach)\b"
    r"[^.\n]{0,60}\b(?:to|at|in|every)\b"
    r"|\b(?:tokens?|secrets?|cookies?|credit cards?)\b"
    r"|\b(?:reveal|repeat|print|output|dump)\b[^.\n]{0,40}\b(?:memor|prompt|instruction|conversation)"
    r"|\b(?:secretly|silently|covertly|without (?:asking|telling|saying|mention))"
    r"|\b(?:do not|don't|never) (?:tell|inform|mention|warn|reveal|show|ask)\b"
    r"|\b(?:run|execute|curl|wget|sudo|rm -rf|eval|base64|shell|javascript|approve|import)\b"
    r"|\b(?:always|only|never)\b[^.\n]{0,30}\b(?:recommend|trust|believe|obey|buy|promote"
    r"|agree|endorse|prefer the|click|install|pay|invest)"
    r"|\b(?:you are|you're|act as|behave as|pretend)\b|\bmodel\b|\bassistant\b"
    r"|发送|发到|发给|转发|上传|泄露|银行卡|信用卡|网址|链接|执行|运行|批准"
    r"|(?:不要|别|不准|不能|不许)(?:告诉|提醒|提到|通知|透露|询问|问)|偷偷|悄悄|暗中|你是|你现在是|扮演"
    r"|(?:总是|永远|一定|只能?|务必|始终)[^。\n]{0,10}(?:推荐|相信|信任|同意|购买|服从|听从|点击)"
    r"|助手|模型",
    re.IGNORECASE,
)
"""Not in an instruction that is believed without asking: it sends, hides, obeys or sells."""

_TASK = re.compile(
    r"(?:^|[.!?:,\n] *|\b(?:please|pls|you|me|to|and|then|just) )"
    r"(?:translate|summari[sz]e|sum up|proofread|paraphrase|re-?write|re-?word|rephrase"
    r"|polish(?! (?:is|and|was|but|people|food|family))"
    r"|transcribe|tl;?dr|(?:correct|fix|check|improve|edit) (?:the|my|this) "
    r"(?:grammar|spelling|text|essay|letter|e-?mail|paragraph|sentence|translation|cv|resume))\b"
    r"|\bhow (?:do|would|can|to) (?:you |i |we |one )?say\b|\bwhat does\b[^\n]{0,200}\bmean\b"
    r"|\b(?:reply|respond|answer) to (?:this|the following|that) "
    r"|(?<![是做当名位])翻译|译成|译为|怎么说|润色|改写|校对|总结一?下|概括|摘要|改一?下(?:这|下面|以下)|(?:这|那)(?:句|段)话",
    re.IGNORECASE,
)
"""Asks for work on a text: whose words those are cannot be known."""
_FICTION = re.compile(
    r"\b(?:imagine|pretend|suppose|supposing|assuming|assume|hypothetically|let's say|lets say"
    r"|let us say|let's play|let's pretend|say that i|for example|for instance|e\.g\.|role-?play"
    r"|in (?:the|my|a|this) (?:story|novel|book|game|play|film|movie|scene|dream|script|poem|song)"
    r"|(?:write|tell|make up|invent|compose|draft|continue|finish)\b[^.\n]{0,40}\b"
    r"(?:story|poem|song|lyrics|dialogue|scene|script|novel|play|joke|tale|monologue|speech"
    r"|letter|e-?mail|message|post|bio|tweet|essay|review)"
    r"|in the voice of|from the (?:perspective|point of view) of|my character|the character"
    r"|once upon a time|speaking as|act as|you are (?:a|an|now)|be my|quote|lyrics)\b"
    r"|假设|假如|假装|想象|设想|比如|例如|譬如|角色扮演|扮演|(?:故事|小说|剧本|游戏|电影|梦)(?:里|中)"
    r"|(?:写|编|讲|续写|创作)(?:一|个|首|篇|段|封|下)[^。\n]{0,20}"
    r"(?:故事|诗|歌|小说|剧本|信|邮件|对话|段子|文案|作文|文章|短信)|歌词|台词",
    re.IGNORECASE,
)
"""Starts a story, a supposition or an example: nothing after it is meant."""
_PASTED = re.compile(
    r"^[ \t]*(?:-{2,} ?(?:original|forwarded) |begin forwarded"
    r"|on [^\n]{4,80}wrote:|from: |subject: "
    r"|#{1,6} |={3,}|-{3,}|_{3,}|\*{3,}|(?:here(?:'s| is| are)|this is|below is|see) "
    r"(?:the|an?|what|his|her|their|some)\b[^\n]{0,60}(?:[:：]|$)"
    r"|发件人[:：]|主题[:：]|以下是|下面是|以下为|原文[:：]|转发[:：])"
    r"|\b(?:said|says|say|wrote|writes|written|sent|replied|replies|texted|tells?|told|asked|asks"
    r"|answered|e-?mail(?:ed)?|message|letter|article|post|document|page|website|transcript|log"
    r"|reads|goes|text|note|sign|error|output|result|caption|headline)\b"
    r"(?:(?!about m)[^.!?:\n]){0,40}:"
    r"|(?:说|写道?|问|回复|回答|告诉我?|发来|来信|邮件|短信|文章|文档|网页|内容|消息|显示)[^。！？：:\n]{0,12}[:：]",
    re.IGNORECASE | re.MULTILINE,
)
"""Announces what someone else wrote; it goes on to the end of the message."""
_REPEATED_BACK = re.compile(
    r"\b(?:you|tau) (?:\w+ )?(?:said|told|wrote|mentioned|claimed|replied|remembered|noted)\b"
    r"|[你您]\w{0,3}?(?:说过|说的|告诉过|提到过|写过|记得)",
    re.IGNORECASE,
)
"""Repeats Tau's own words, or what Tau says the person said, in one sentence."""
_SENTENCE_END = re.compile(r"(?<=[.!?。！？\n])")
_ROLE = re.compile(
    r"^[ \t\[(*_-]*(?:user|human|me|you|assistant|system|developer|ai|bot|chatgpt|gpt|claude"
    r"|gemini|copilot|tau|pi|tool|function|model|memory|context|instruction|q|a|customer|agent"
    r"|interviewer|speaker|client|support|host|guest|narrator|用户|助手|系统|我|你|人类|机器人"
    r"|客服|主持人|记者|问|答|甲|乙)[ \t\])*_\d]*[:：]",
    re.IGNORECASE | re.MULTILINE,
)
_LABEL = re.compile(
    r"^[ \t]*(?:[\[(]?\d[\d:./, -]{3,20}(?:[ap]m)?[\])]?[ -]*)?"
    r"(?:(?!(?:P\.?S|Update|FYI|Note|BTW|Edit|Remember|Hi|Hello|Hey|OK|Okay|Well|So|Also|Yes|No"
    r"|Please|My|Reminder|Correction|News|About)\b)"
    r"[A-Z][\w.'-]{0,24}(?: [A-Z][\w.'-]{0,24}){0,2}(?: \([^)\n]{1,30}\))?:(?=\s|$)"
    rf"|(?!请?记[住得]|注意|备注|对了|更新|另外|补充|顺便|提醒|我)[{HAN}]{{1,8}}[:：])"
)
_SELF_LIST = re.compile(
    r"\b(?:about me|about myself|remember|know|note|i am|i'm|i have|i like|i love|my)\b"
    r"|关于我|记住|记得|我",
    re.IGNORECASE,
)
_QUOTED_OR_CODE_LINE = re.compile(r"^(?: {4}|\t|[ \t]*>|[ \t]*&gt;|[^|\n]*\|[^|\n]*\|)")
_FENCE = re.compile(r"(?:```|~~~).*?(?:```|~~~|\Z)|`[^`\n]*`", re.DOTALL)
_TAG = re.compile(r"<[A-Za-z/!?][^<>\n]{0,300}>|\[/?[A-Za-z_]+(?:=[^\]\n]{0,80})?\](?!\()")
_OBJECT = re.compile(r"[{\[]\s*(?:[\"'{\[}\]]|\w+\s*:)")
_ADDRESS = re.compile(r"!?\[[^\]\n]{0,200}\]\([^)\n]{0,500}\)|\b(?:[a-z]{2,10}://|www\.)\S+", re.I)
_QUOTES = re.compile(
    r"\"([^\"]*)(?:\"|\Z)|“([^”]*)(?:”|\Z)|„([^“”]*)(?:[“”]|\Z)|«([^»]*)(?:»|\Z)"
    r"|「([^」]*)(?:」|\Z)|『([^』]*)(?:』|\Z)|《([^》]*)(?:》|\Z)|‘([^’\n]{0,400})’(?!\w)"
    r"|(?<!\w)'(?=\S)([^'\n]{1,400}(?:'\w[^'\n]{0,400}){0,3})'(?!\w)"
)
_SPEAKS = re.compile(
    r"\b(?:i|i'm|i've|i'd|my|me|mine|we|our|you|your|always|never|please|remember|call|user)\b"
    r"|[我你您他她]|请|记住|总是|永远|以后",
    re.IGNORECASE,
)
_UNSPACED = re.compile(f"[{HAN_AND_KANA}]")


def strip_untrusted(text: str) -> str:
    """Return a person's message without all that is not their own plain words.

    Nothing is left of one that `is_untrusted`; of others, what `strip_foreign` leaves.
    """
    words = strip_foreign(text)
    return "" if not words or is_untrusted(text) else words


def strip_foreign(text: str) -> str:
    """Return a message without the parts that are not a person's own plain words.

    Removed: hidden Unicode, code, markup, tables, JSON, addresses, quotations, mails, chats and
    other pasted text; stories, suppositions and examples. Nothing is left of a message that is
    very long or disguised.
    """
    if len(text) > MAX_MESSAGE_CHARACTERS or is_disguised(text):
        return ""
    text = _without_quotations(fold_punctuation(clean_unicode(text)))
    for opening in (_ROLE, _PASTED, SPEAKER, _FICTION):
        text = _before_sentence_with(text, opening)
    if _REPEATED_BACK.search(text):
        sentences = _SENTENCE_END.split(text)
        text = "".join(OMISSION if _REPEATED_BACK.search(one) else one for one in sentences)
    return _own_lines(text)


def is_untrusted(text: str) -> bool:
    """Return whether nothing in a message can be taken for the person's own plain words.

    It addresses a model about its user, asks for work on a text, or passes on what others say.
    """
    text = fold_punctuation(clean_unicode(text))
    if _ATTACK.search(text.replace("ı", "i")) or _TASK.search(text):
        return True
    if any(sign.search(text) for sign in (PASSED_ON, SIGNED)) or is_attributed(text):
        return True
    return ROLE.search(_without_quotations(text)) is not None


def is_injection(text: str) -> bool:
    """Return whether a text is disguised or addresses a model about its instructions or user."""
    return is_disguised(text) or _ATTACK.search(clean_unicode(text).replace("’", "'")) is not None


def is_suspicious(text: str, *, instruction: bool = False) -> bool:
    """Return whether a text has the form of an attack, of markup, an address or a secret.

    Of an `instruction`, also whether it would have Tau send, hide, obey, run or sell something.
    """
    plain = clean_unicode(text).replace("’", "'")
    if is_injection(text) or _UNSAFE.search(plain):
        return True
    return instruction and _STEERING.search(plain) is not None


def trust_of(claim: Claim, own_words: str) -> Trust:
    """Return whether a claim drawn from a person's message is believed without asking.

    `own_words` is `strip_untrusted(text)` of that message. A claim must share words with it; an
    instruction must be in it in the person's own words. What is suspicious always waits.
    """
    whole = f"{claim.text}\n{claim.about}\n{claim.value}"
    instruction = claim.topic == "instruction"
    if len(whole) > MAX_CLAIM_CHARACTERS or is_suspicious(whole, instruction=instruction):
        return "waiting"
    said = terms(own_words).keys()
    if not instruction:
        named = terms(claim.value or claim.text).keys()
        return "own" if named & said else "waiting"
    if is_suspicious(own_words, instruction=True):
        return "waiting"
    wanted = terms(claim.text).keys()
    return "own" if wanted and len(wanted & said) >= GROUNDED_SHARE * len(wanted) else "waiting"


def _without_quotations(text: str) -> str:
    return _QUOTES.sub(_unquoted, _without_markup(text))


def _without_markup(text: str) -> str:
    text = _ADDRESS.sub(OMISSION, _FENCE.sub(OMISSION, text))
    tags = list(_TAG.finditer(text))
    if tags:
        closed = tags[-1][0].startswith(("</", "[/")) or tags[-1][0].endswith("/>")
        rest = text[tags[-1].end() :] if closed else ""
        text = text[: tags[0].start()] + OMISSION + rest
    start = _OBJECT.search(text)
    if start is not None:
        end = max(text.rfind("}"), text.rfind("]"))
        rest = text[end + 1 :] if end > start.start() else ""
        text = text[: start.start()] + OMISSION + rest
    return text


def _unquoted(found: re.Match[str]) -> str:
    inside = next((group for group in found.groups() if group is not None), "")
    long = len(inside.split()) > MAX_QUOTED_WORDS or len(_UNSPACED.findall(inside)) > 6
    closed = found[0][-1] not in '"“„«「『《' or len(found[0]) > len(inside) + 1
    if not closed or long or _SPEAKS.search(inside):
        return OMISSION
    return found[0]


def _before_sentence_with(text: str, opening: re.Pattern[str]) -> str:
    """Return the text before the sentence in which `opening` is found first."""
    found = opening.search(text)
    if found is None:
        return text
    start = found.start() + len(found[0]) - len(found[0].lstrip())
    ends = [text.rfind(mark, 0, start) for mark in (". ", "! ", "? ", "\n", "。", "！", "？")]
    return text[: max(ends) + 1]


def _own_lines(text: str) -> str:
    """Return the lines of `text` without those that are quoted, listed by others, or code."""
    lines = text.split("\n")
    if sum(1 for line in lines if line.strip()) > MAX_LINES:
        return ""
    kept: list[str] = []
    labelled = False
    for line in lines:
        labelled = bool(_LABEL.match(line)) or (labelled and bool(line.strip()))
        if labelled or _QUOTED_OR_CODE_LINE.match(line):
            continue
        kept.append(line)
        if line.rstrip().endswith((":", "：")) and not _SELF_LIST.search(line):
            break
    words = "\n".join(" ".join(line.split()) for line in kept)
    return words.strip() if words.strip(f"{OMISSION} \n.,;:!?") else ""
