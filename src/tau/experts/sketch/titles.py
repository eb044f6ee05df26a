"""What a plan is called until its person names it: "Home, 3 bedrooms, 118 m²", or in Chinese."""

from collections.abc import Mapping

from tau.experts.sketch.plan import Plan

_BEDROOMS = ("bedroom", "master", "child", "guest")
_WORK = ("office", "meeting")
_NUMERALS = "零一两三四五六七八九十"


def plan_title(plan: Plan) -> str:
    """Return a short title in the language of the brief."""
    if plan.brief.title:
        return plan.brief.title
    kinds = [room.kind for room in plan.brief.rooms]
    counts = {
        "bed": sum(kind in _BEDROOMS for kind in kinds),
        "day": sum(kind in ("living", "dining") for kind in kinds),
        "bath": sum(kind in ("bath", "ensuite", "wc") for kind in kinds),
        "work": sum(kind in _WORK for kind in kinds),
        "all": len(kinds),
    }
    if plan.brief.language == "zh":
        return f"{_chinese(counts)}，{plan.area:.0f}㎡"
    return f"{_english(counts)}, {plan.area:.0f} m²"


def _english(counts: Mapping[str, int]) -> str:
    if counts["bed"]:
        return f"Home, {_count(counts['bed'], 'bedroom')}"
    return f"{'Office' if counts['work'] else 'Home'}, {_count(counts['all'], 'room')}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _chinese(counts: Mapping[str, int]) -> str:
    if not counts["bed"]:
        what = "办公室" if counts["work"] else "住宅"
        return f"{what}，{counts['all']}间"
    parts = ((counts["bed"], "室"), (counts["day"], "厅"), (counts["bath"], "卫"))
    return "".join(f"{_numeral(number)}{unit}" for number, unit in parts if number)


def _numeral(number: int) -> str:
    return _NUMERALS[number] if number < len(_NUMERALS) else str(number)
