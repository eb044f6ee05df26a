"""Questions that memory raises about a plan, such as "shall I add a study?" to who works at home.

Pure rules in English and Chinese. A fact never changes a plan by itself: it becomes a question with
its source, and what is proposed is done once the person agrees. What was learned in reflective
support raises none.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tau.clock import date_time
from tau.experts.sketch.brief import Language
from tau.experts.sketch.edits import AddRoom, MakeAccessible, PlanEdit, ResizeRoom
from tau.experts.sketch.plan import PlacedRoom, Plan
from tau.facts import Fact
from tau.facts.resolution import CARE

MAX_ADDED = 3
PIANO_METRES = 4.0
"""What a living room gets for a piano, in square metres."""
_NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5}
_HOME_OFFICE = re.compile(
    r"\bworks? (?:mostly |mainly |often |remotely )?(?:from|at) home\b|\bhome office\b"
    r"|\bworks? remotely\b|在家里?(?:办公|工作|上班)|居家办公|远程(?:办公|工作)",
    re.IGNORECASE,
)
_WHEELCHAIR = re.compile(r"\bwheel ?chair\b|轮椅", re.IGNORECASE)
_FAMILY = re.compile(
    r"^(?:grand)?(?:mother|father|mum|mom|dad|ma|pa)\b"
    r"|^(?:wife|husband|partner|son|daughter|brother|sister)\b|^(?:妈妈?|爸爸?|母亲|父亲|奶奶|爷爷|外婆|外公|姥姥|姥爷"
    r"|妻子|丈夫|老婆|老公|儿子|女儿)",
    re.IGNORECASE,
)
_CHILDREN = re.compile(
    r"^has (?P<number>two|three|four|five|[2-5]) (?:little |small |young |teenage )?"
    r"(?P<noun>daughters|sons|girls|boys|kids|children)\b"
    r"|^(?P<label>daughters|sons|children|kids): (?P<names>.+)"
    r"|^有(?P<zahl>[两二三四五2-5])个(?P<kind>女儿|儿子|孩子|小孩)",
    re.IGNORECASE,
)
_PIANO = re.compile(r"^(?:has|owns) an? (?:\w+ )?piano\b|^有一?架?(?:\w+)?钢琴", re.IGNORECASE)
_LIVES_WITH = re.compile(
    r"\blives with (?:his |her |their |the )?"
    r"(?P<who>(?:grand)?(?:mother|father|parents|mum|mom|dad)|in-laws)\b|[和跟与](?P<wen>父母|爸妈|妈妈|爸爸|奶奶|爷爷|外婆|外公)(?:一起|同)住",
    re.IGNORECASE,
)
_BEDROOMS = ("master", "bedroom", "child", "guest")
_SAID = ("You said on {day} that {said}: {ask}", "你在{day}说过{said}：{ask}")


class PlanQuestion(NamedTuple):
    """A question to the person: what they said, what Tau would do, and the edits that do it."""

    name: str
    fact: str
    """The id of the fact that it rests on."""
    said: str
    ask: str
    day: str
    language: Language
    edits: tuple[PlanEdit, ...]

    @property
    def text(self) -> str:
        """The whole question."""
        form = _SAID[self.language == "zh"]
        return form.format(day=self.day, said=self.said, ask=self.ask)


def plan_questions(facts: Iterable[Fact], plan: Plan, language: Language) -> list[PlanQuestion]:
    """Return the questions that facts raise about a plan, the most important first."""
    known = [fact for fact in facts if fact.expert != CARE]
    found: list[PlanQuestion] = []
    for read in (_wheelchair, _children, _study, _elders, _piano):
        questions = (read(fact, plan, language) for fact in known)
        found += [question for question in questions if question is not None][:1]
    return found


def next_question(questions: Iterable[PlanQuestion], replies: Sequence[str]) -> PlanQuestion | None:
    """Return the first question that none of these replies asked."""
    asked = (one for one in questions if not any(one.ask in reply for reply in replies))
    return next(asked, None)


def asked_question(questions: Iterable[PlanQuestion], reply: str) -> PlanQuestion | None:
    """Return the question that a reply asked, if the facts still raise it."""
    return next((one for one in questions if one.ask in reply), None)


def _wheelchair(fact: Fact, plan: Plan, language: Language) -> PlanQuestion | None:
    if not _WHEELCHAIR.search(fact.text):
        return None
    own = not fact.about and not _FAMILY.match(fact.text)
    if not own and not (_FAMILY.match(fact.about) or _FAMILY.match(fact.text)):
        return None
    kept = {room.kind for room in plan.schedule.rooms if room.accessible}
    rooms = [
        _first(plan, kinds)
        for kinds in (("bath", "ensuite"), ("bedroom", "master", "guest"))
        if not kept.intersection(kinds)
    ]
    edits = tuple(MakeAccessible(room=room.id) for room in rooms if room)
    said = ("you use a wheelchair", "你坐轮椅") if own else (f"“{fact.text}”", f"“{fact.text}”")
    ask = (
        "shall I make the bathroom and a bedroom wide enough for a wheelchair?",
        "要把卫生间和一间卧室留出轮椅空间吗？",
    )
    return _question("wheelchair", fact, said, ask, language, edits)


def _children(fact: Fact, plan: Plan, language: Language) -> PlanQuestion | None:
    found = _CHILDREN.search(fact.text)
    if found is None or fact.about:
        return None
    if found["names"]:
        count = len(re.split(r", | and |、|和", found["names"]))
        noun = found["label"].lower()
    else:
        number = (found["number"] or found["zahl"]).lower()
        count = _NUMBERS.get(number) or int(number)
        noun = (found["noun"] or "").lower()
    rooms = [room for room in plan.rooms if room.kind in ("child", "bedroom")]
    lacking = min(count - len(rooms), MAX_ADDED)
    said = (f"you have {_number_word(count)} {noun or 'children'}", f"你{fact.text.rstrip('。')}")
    rooms_for = "a child's room" if lacking == 1 else f"{_number_word(lacking)} rooms for them"
    few = "一" if lacking == 1 else _chinese_number(lacking)
    ask = (f"shall I add {rooms_for}?", f"要加{few}间儿童房吗？")
    return _question("children", fact, said, ask, language, (AddRoom(kind="child"),) * lacking)


def _study(fact: Fact, plan: Plan, language: Language) -> PlanQuestion | None:
    if fact.about or not _HOME_OFFICE.search(fact.text) or _first(plan, ("study", "office")):
        return None
    said, ask = ("you work from home", "你在家办公"), ("shall I add a study?", "要加一间书房吗？")
    return _question("study", fact, said, ask, language, (AddRoom(kind="study"),))


def _elders(fact: Fact, plan: Plan, language: Language) -> PlanQuestion | None:
    found = _LIVES_WITH.search(fact.text)
    rooms = [room for room in plan.rooms if room.kind in _BEDROOMS]
    if found is None or fact.about or len(rooms) > 1:
        return None
    said = (f"you live with your {found['who']}", f"你和{found['wen']}同住")
    if not found["who" if language == "en" else "wen"]:
        said = (f"“{fact.text}”", f"“{fact.text}”")
    ask = ("shall I add a bedroom for them?", "要加一间卧室吗？")
    return _question("elders", fact, said, ask, language, (AddRoom(kind="bedroom"),))


def _piano(fact: Fact, plan: Plan, language: Language) -> PlanQuestion | None:
    room = _first(plan, ("living",))
    if fact.about or room is None or not _PIANO.search(fact.text):
        return None
    said = ("you have a piano", "你有钢琴")
    ask = (
        f"shall I make the living room {PIANO_METRES:.0f} m² larger for it?",
        f"要把客厅加大{PIANO_METRES:.0f}㎡放钢琴吗？",
    )
    edits = (ResizeRoom(room=room.id, area=round(room.area + PIANO_METRES, 1)),)
    return _question("piano", fact, said, ask, language, edits)


def _question(
    name: str,
    fact: Fact,
    said: tuple[str, str],
    ask: tuple[str, str],
    language: Language,
    edits: tuple[PlanEdit, ...],
) -> PlanQuestion | None:
    if not edits:
        return None
    at = language == "zh"
    day = day_of(fact.last_said_on, language)
    return PlanQuestion(name, fact.id, said[at], ask[at], day, language, edits)


def day_of(at: float, language: Language) -> str:
    """Return a day as a sentence names it: “12 May 2026”, “2026年5月12日”."""
    day = date_time(at)
    if language == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {day:%B} {day.year}"


def _first(plan: Plan, kinds: Sequence[str]) -> PlacedRoom | None:
    return next((room for kind in kinds for room in plan.rooms if room.kind == kind), None)


def _number_word(count: int) -> str:
    words = ("no", "one", "two", "three", "four", "five")
    return words[count] if 0 <= count < len(words) else str(count)


def _chinese_number(count: int) -> str:
    return "零一两三四五"[count] if 0 <= count <= 5 else str(count)
