"""What the sketch specialist says of what it drew: fixed texts in English and Chinese. Pure."""

from collections.abc import Iterable, Sequence

from tau.experts.sketch.brief import Language
from tau.experts.sketch.edits import (
    AddRoom,
    MakeAccessible,
    MirrorPlan,
    MoveEntrance,
    MoveRoom,
    MoveWall,
    PlanEdit,
    RemoveRoom,
    ResizeRoom,
    SwapRooms,
)
from tau.experts.sketch.kinds import CIRCULATION
from tau.experts.sketch.plan import PlacedRoom, Plan
from tau.experts.sketch.titles import plan_title
from tau.text.labels import as_label

DRAWING = {"en": "Drawing the plan…", "zh": "正在画平面图……"}
CHANGING = {"en": "Changing the plan…", "zh": "正在修改平面图……"}
PRIVATE = {
    "en": "Nothing of a private conversation is kept, so I draw nothing here. Ask me for the plan"
    " in another conversation; here I only answer questions.",
    "zh": "私密对话不保存任何内容，所以我在这里不画图。请在普通对话里让我画；这里我只回答问题。",
}
MISSING = {
    "en": "Drawing needs packages that aren't installed yet: run `tau experts setup` where Tau"
    " runs, then say it again.",
    "zh": "画图需要的组件还没有安装：请在运行 Tau 的机器上执行 `tau experts setup`，然后再说一次。",
}
FAILED = {
    "en": "The plan couldn't be worked out this time. Try again, or ask for fewer rooms.",
    "zh": "这次没能算出平面图。请再试一次，或减少房间。",
}
UNCHANGED = {"en": "I left the plan as it is.", "zh": "平面图保持不变。"}
NO_OTHER = {
    "en": "I found no other plan that meets every rule, so this is the same one. Change the areas"
    " or the entrance to get another.",
    "zh": "没有找到其他满足所有规则的方案，所以还是这一个。改动面积或入口可以得到不同的方案。",
}
_IMPOSSIBLE_CHINESE = "不违反规则就做不到这个改动。可以换一个面积、位置，或先去掉别的房间。"
_WHAT_NEXT = {
    "en": "Say what to change, such as “make the kitchen bigger”, “swap the baths”, “add a study”"
    " or “entrance to the east”.",
    "zh": "可以接着说要改什么，例如“厨房大一点”“交换两个卫生间”“加一间书房”“入口改到东边”。",
}
_SIDES = {"north": "北", "south": "南", "east": "东", "west": "西"}
_AXES = {"east-west": ("east to west", "东西"), "north-south": ("north to south", "南北")}
_SIZED = (
    "{name} has {area:.1f} m² now, {was:.1f} before.",
    "{name}从{was:.1f}㎡改为{area:.1f}㎡。",
)
_DONE: dict[type, tuple[str, str]] = {
    ResizeRoom: _SIZED,
    MoveWall: _SIZED,
    SwapRooms: ("{name} and {other} have changed places.", "{name}和{other}已对调。"),
    MoveEntrance: ("The entrance is in the {side} now.", "入口改到{side}侧。"),
    MoveRoom: ("{name} is in the {side} now.", "{name}移到{side}侧。"),
    AddRoom: ("I added {name}, {area:.1f} m².", "加了{name}，{area:.1f}㎡。"),
    RemoveRoom: ("I took {name} away.", "去掉了{name}。"),
    MakeAccessible: (
        "{name} has room for a wheelchair to turn, and a wide door.",
        "{name}可供轮椅使用。",
    ),
    MirrorPlan: ("I mirrored the plan, {side}.", "平面图已{side}镜像。"),
}
_MOST_NAMES = 6


def drawn(plan: Plan, language: Language, question: str = "") -> str:
    """Return what is said of a new plan: what was drawn, wanted and got, assumed, what to say."""
    size = f"{plan.outline.width:g} × {plan.outline.depth:g} m"
    two = plan.brief.storeys > 1
    if language == "zh":
        floors = "两层" if two else "一层"
        head = f"画好了：室内{size}，{floors}，共{plan.area:.0f}㎡。"
        assumed = f"我的假设：{''.join(plan.brief.assumed)}"
    else:
        floors = "on two floors" if two else "on one floor"
        head = f"Here's a plan: {size} inside, {plan.area:.0f} m², {floors}."
        assumed = f"I assumed: {' '.join(plan.brief.assumed)}"
    parts = [head, rooms_of(plan, language)]
    parts += [assumed] if plan.brief.assumed else []
    return "\n\n".join(filter(None, [*parts, _WHAT_NEXT[language], question]))


def rooms_of(plan: Plan, language: Language) -> str:
    """Return the rooms of a plan as a list, each with the area it has and the one it should."""
    return "\n".join(
        f"- {_room_line(room, language)}" for room in plan.rooms if room.kind not in CIRCULATION
    )


def schedule_of(plan: Plan) -> str:
    """Return what the prompt says of a plan that is open."""
    head = f"{plan_title(plan)}: {plan.outline.width:g} × {plan.outline.depth:g} m"
    lines = [
        f"- {_name(room)}: {room.area:.1f} m² (wanted {room.wanted:.1f})"
        + (f", floor {room.storey}" if plan.brief.storeys > 1 else "")
        for room in plan.rooms
    ]
    return "\n".join([head, *lines])


def impossible(reason: str, language: Language) -> str:
    """Return why a change can't be made; the reason is in English."""
    return _IMPOSSIBLE_CHINESE if language == "zh" and reason.isascii() else reason


def changed(
    before: Plan, after: Plan, edits: Sequence[PlanEdit], moved: Iterable[str], language: Language
) -> str:
    """Return what edits changed, and which other rooms moved."""
    done = [_edit_sentence(edit, before, after, language) for edit in edits]
    concerned = {getattr(edit, name, "") for edit in edits for name in ("room", "other")}
    old = {room.id for room in before.rooms}
    others = [
        _name(room)
        for room in after.rooms
        if room.id in set(moved) and room.id in old and room.id not in concerned
    ]
    named = ("、" if language == "zh" else ", ").join(others[:_MOST_NAMES])
    more = len(others) - _MOST_NAMES
    if language == "zh":
        named += f"等{len(others)}间" if more > 0 else ""
        rest = f"随之移动的有：{named}。" if others else "其他房间没有移动。"
        return "".join([*done, rest])
    named += f" and {more} more" if more > 0 else ""
    rest = f"What moved with it: {named}." if others else "Nothing else moved."
    return " ".join([*done, rest])


def _edit_sentence(edit: PlanEdit, before: Plan, after: Plan, language: Language) -> str:
    at = language == "zh"
    values: dict[str, object] = {"name": "", "other": "", "area": 0.0, "was": 0.0, "side": ""}
    one = getattr(edit, "room", "")
    was, now = _find(before, one), _find(after, one)
    match edit:
        case SwapRooms(other=other):
            values["other"] = _called(_find(after, other))
        case MoveEntrance(side=side) | MoveRoom(side=side):
            values["side"] = _SIDES[side] if at else side
        case AddRoom(kind=kind):
            old = {room.id for room in before.rooms}
            now = next((r for r in after.rooms if r.id not in old and r.kind == kind), None)
        case MirrorPlan(axis=axis):
            values["side"] = _AXES[axis][at]
        case _:
            pass
    shown = now or was
    values["name"] = _called(shown)
    values["was"], values["area"] = was.area if was else 0.0, now.area if now else 0.0
    return _DONE[type(edit)][at].format(**values)


def _room_line(room: PlacedRoom, language: Language) -> str:
    area, wanted = f"{room.area:.1f}", f"{room.wanted:.1f}"
    if language == "zh":
        return f"{_name(room)}：{area}㎡" + (f"（目标{wanted}）" if wanted != area else "")
    return f"{_name(room)}: {area} m²" + (f" (wanted {wanted})" if wanted != area else "")


def _find(plan: Plan, one: str) -> PlacedRoom | None:
    return next((room for room in plan.rooms if room.id == one), None)


def _called(room: PlacedRoom | None) -> str:
    return _name(room) if room else "?"


def _name(room: PlacedRoom) -> str:
    """Return the name of a room on one line, without markup."""
    return as_label(room.name) or room.kind
