"""What words to the sketch specialist ask for: a new plan, a change, an answer to a question.

Pure rules in English and Chinese. A question about a plan asks for neither: a model answers it.
"""

import re

import msgspec

from tau.experts.sketch.brief import Brief, BriefError
from tau.experts.sketch.edit_words import read_edit, rooms_named
from tau.experts.sketch.edits import PlanEdit
from tau.experts.sketch.plan import Plan
from tau.experts.sketch.reading import BriefReading
from tau.experts.sketch.words import MOST_CHARACTERS, brief_of
from tau.experts.sketch.words_chinese import read_chinese
from tau.experts.sketch.words_english import read_english
from tau.text.languages import is_chinese

MAX_EDITS = 4
_LEAST_ROOMS = 2
_YES = re.compile(
    r"(?:yes|yeah|yep|sure|ok|okay|please do|do it|do that|go ahead|of course|absolutely|good idea)"
    r"(?:,? (?:please|do|do it|do that|go ahead|thanks|thank you))*"
    r"|(?:好|可以|行|要|嗯|是|对|加吧|加上|当然|没问题)[的啊呀吧哦呢]?(?:[,，]?(?:谢谢|加上|加吧|做吧))?",
    re.IGNORECASE,
)
_NO = re.compile(
    r"(?:no|nope|not now|no need|leave it|rather not|don't)(?:,? (?:thanks|thank you|leave it))*"
    r"|(?:不用|不要|不必|算了|先不|暂时不用|不)[了啊吧]?(?:[,，]?谢谢)?",
    re.IGNORECASE,
)
_END = re.compile(r"[\s.!。！~～]+$")
_ASKS = re.compile(
    r"^(?:so |and |but |well,? )?(?:what(?! if)|why|how(?! about)|which|who|when|where|is|are|was"
    r"|do|does|did|should|has|have)\b",
    re.IGNORECASE,
)
_ASKS_CHINESE = re.compile(r"什么|为什么|怎么|如何|哪|多大|多少|几|是不是|有没有|够不够|吗|呢")
_POLITE_CHINESE = re.compile(r"能不能|可不可以|能否|可否|可以|能|请|帮")
_DRAWS = re.compile(
    r"\b(?:draw|sketch|design|plan|lay out|layout|floor ?plan)\b|画|设计|户型|平面图|草图|布局",
    re.IGNORECASE,
)
_DWELLING = re.compile(
    r"\b(?:house|home|flat|apartment|studio|cottage|bungalow|cabin|loft|condo|dwelling|maisonette"
    r"|office)\b|房子|公寓|住宅|别墅|小屋|[一二两三四五六\d]\s*[室房居]|套房|办公室",
    re.IGNORECASE,
)
_CHANGES = re.compile(
    r"\b(?:make|swap|switch|exchange|add|remove|delete|drop|take (?:away|out)|move|mirror|flip"
    r"|enlarge|shrink|reduce|bigger|larger|smaller|wider|instead)\b"
    r"|改|加|换|删|去掉|取消|移|挪|放大|缩小|扩大|变大|变小|大一点|小一点|对调|镜像",
    re.IGNORECASE,
)
_ANOTHER = re.compile(
    r"\b(?:another|different|new|fresh) (?:\w+ )?(?:house|home|flat|apartment|plan|sketch)\b"
    r"|\bstart (?:over|again|afresh)\b|另(?:一|外)|重新|再画一|换一套|新的(?:户型|房子|平面图)",
    re.IGNORECASE,
)
_SENTENCES = re.compile(r"(?:\.(?!\d)|[;!。；！\n])+\s*|,? (?:and )?then |，?然后|，?再把")


class DrawPlan(msgspec.Struct, frozen=True):
    """A new plan is wanted; `problem` says why there's no brief for it."""

    brief: Brief | None = None
    problem: str = ""


class ChangePlan(msgspec.Struct, frozen=True):
    """Changes of the open plan are wanted; `problem` says why they can't be understood."""

    edits: tuple[PlanEdit, ...] = ()
    problem: str = ""


def says_yes(words: str) -> bool:
    """Return whether words agree, and say nothing else."""
    return _YES.fullmatch(_END.sub("", words.strip())) is not None


def says_no(words: str) -> bool:
    """Return whether words refuse, and say nothing else."""
    return _NO.fullmatch(_END.sub("", words.strip())) is not None


def read_request(words: str, plan: Plan | None) -> DrawPlan | ChangePlan | None:
    """Return what words ask for, where `plan` is open; none if they ask for talk alone."""
    if len(words) > MOST_CHARACTERS or _is_question(words):
        return None
    reading = read_chinese(words) if is_chinese(words) else read_english(words)
    if plan is None or _wants_another(words, reading):
        return _drawing(words, reading)
    return read_changes(words, plan)


def _is_question(words: str) -> bool:
    """Return whether words ask something, rather than for something."""
    asks = words.rstrip().endswith(("?", "？"))
    if is_chinese(words):
        polite = _POLITE_CHINESE.search(words) and _CHANGES.search(words)
        return not polite and (asks or _ASKS_CHINESE.search(words) is not None)
    return _ASKS.search(words.strip()) is not None


def _wants_another(words: str, reading: BriefReading) -> bool:
    """Return whether a whole dwelling is described, though a plan is open."""
    if _ANOTHER.search(words):
        return True
    return not _CHANGES.search(words) and _is_whole(words, reading)


def _is_whole(words: str, reading: BriefReading) -> bool:
    sized = reading.total is not None or reading.outline is not None
    rooms = sum(room.count for room in reading.rooms if not room.absent)
    named = _DWELLING.search(words) or _DRAWS.search(words)
    people = reading.adults + reading.children + reading.elders
    return bool(rooms >= _LEAST_ROOMS and (sized or named)) or bool(
        named and (sized or rooms or people)
    )


def _drawing(words: str, reading: BriefReading) -> DrawPlan | None:
    several = len([room for room in reading.rooms if not room.absent]) >= _LEAST_ROOMS
    if not (several or _is_whole(words, reading) or _DRAWS.search(words)):
        return None
    try:
        return DrawPlan(brief_of(reading))
    except BriefError as wrong:
        return DrawPlan(problem=str(wrong))


def read_changes(words: str, plan: Plan) -> ChangePlan | None:
    """Return the changes that sentences ask for; nothing is done by halves."""
    edits: list[PlanEdit] = []
    problem = ""
    pieces = [piece for piece in _SENTENCES.split(words) if piece and piece.strip()]
    for piece in pieces[:MAX_EDITS]:
        try:
            edits.append(read_edit(piece, plan))
        except BriefError as wrong:
            if _CHANGES.search(piece) and rooms_named(piece.lower(), plan):
                problem = problem or str(wrong)
    if problem:
        return ChangePlan(problem=problem)
    return ChangePlan(tuple(edits)) if edits else None
