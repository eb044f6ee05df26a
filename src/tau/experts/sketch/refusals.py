"""Why a brief or an edit is refused, in sentences for people: English and Chinese."""

from tau.experts.sketch.geometry import Side

_SENTENCES: dict[str, tuple[str, str]] = {
    "twice": ("Two rooms have the id '{id}'.", "有两个房间的编号都是“{id}”。"),
    "kind": (
        "There's no kind of room '{kind}'; there are {kinds}.",
        "没有“{kind}”这种房间；可用的有{kinds}。",
    ),
    "refers": (
        "'{id}' refers to '{other}', which isn't in the brief.",
        "“{id}”提到的“{other}”不在要求里。",
    ),
    "finite": ("Every number of a brief must be finite.", "所有数字都必须是有限值。"),
    "notch missing": (
        "An L needs the width and the depth of the corner that it lacks.",
        "L形平面需要说明缺角的宽和深。",
    ),
    "notch large": (
        "The corner that is cut out is larger than the outline.",
        "缺角比外轮廓还大。",
    ),
    "outline": (
        "An outline has {low:g} to {high:g} m².",
        "外轮廓面积应在{low:g}到{high:g}平方米之间。",
    ),
    "total": (
        "A dwelling can have {low:g} to {high:g} m² in all, not {area:g} m².",
        "总面积应在{low:g}到{high:g}平方米之间，不能是{area:g}平方米。",
    ),
    "area": (
        "A room can have {low:g} to {high:g} m², not {area:g} m².",
        "房间面积应在{low:g}到{high:g}平方米之间，不能是{area:g}平方米。",
    ),
    "many": (
        "There can be 1 to {most} rooms, not {count}.",
        "房间数应在1到{most}之间，不能是{count}。",
    ),
    "wall far": (
        "A wall can be moved by up to {far:g} m.",
        "墙体一次最多移动{far:g}米。",
    ),
    "too small": (
        "The rooms need at least {needed:.0f} m² with walls, and there are {total:.0f} m².",
        "这些房间连同墙体至少需要{needed:.0f}平方米，而总面积只有{total:.0f}平方米。",
    ),
    "too large": (
        "The rooms fill {filled:.0f} m² at most of {total:.0f} m²: add some, or ask for less area.",
        "这些房间最多用到{filled:.0f}平方米，而总面积有{total:.0f}平方米：请增加房间或减小面积。",
    ),
    "plot": ("The plot is too small for these rooms.", "地块太小，放不下这些房间。"),
    "long": (
        "Describe the dwelling in fewer words: {most:,} characters at most.",
        "请用更少的话描述：最多{most}字。",
    ),
    "words": (
        "Say what should change in fewer words: {most:,} characters at most.",
        "请用更少的话说明要改什么：最多{most}字。",
    ),
    "no room": ("There's no such room in the plan.", "方案里没有这个房间。"),
    "floors": (
        "{one} and {other} are on different floors.",
        "{one}和{other}不在同一层。",
    ),
    "itself": ("{name} can't change places with itself.", "{name}不能和自己交换。"),
    "swap": (
        "{name} and {other} can't change places without breaking a rule.",
        "{name}和{other}交换位置会违反其他要求。",
    ),
    "stays": ("{name} can't be taken away.", "{name}不能去掉。"),
    "resize": (
        "{name} can't have {area:.0f} m² here without breaking a rule.",
        "{name}改为{area:.0f}平方米会违反其他要求。",
    ),
    "add": (
        "There's no place for that room here. Take another away, or allow more area.",
        "这里放不下这个房间。请去掉一个房间，或增加总面积。",
    ),
    "entrance": (
        "No arrangement was found with the entrance in the {side}.",
        "没有找到入口在{side}侧的布置。",
    ),
    "wall": (
        "This wall of {name} can't go there without breaking a rule. Outer walls stay.",
        "{name}的这面墙移到那里会违反其他要求。外墙不能移动。",
    ),
    "edit": (
        "This can't be done with {name} without breaking a rule.",
        "对{name}这样修改会违反其他要求。",
    ),
    "no plan": (
        "No plan was found that meets every rule. {advice}",
        "没有找到满足全部要求的方案。{advice}",
    ),
    "missing": (
        "Plans need packages that don't come with Tau. Install them with: tau experts setup",
        "绘制方案需要另外安装的软件包。请在服务器上运行：tau experts setup",
    ),
    "slow": (
        "This took too long and was stopped. Ask for fewer rooms or a smaller change.",
        "耗时过长，已停止。请减少房间，或把修改分成几步。",
    ),
    "view": (
        "The axonometric view is drawn as SVG or PDF.",
        "轴测图只能存为SVG或PDF。",
    ),
    "storey": ("This plan has no such floor.", "方案没有这一层。"),
    "plan": ("the plan", "整个方案"),
}
_SIDES: dict[Side, str] = {"north": "北", "east": "东", "south": "南", "west": "西"}


def refusal(key: str, language: str, **values: object) -> str:
    """Return a sentence in a language."""
    return _SENTENCES[key][language == "zh"].format(**values)


def side_name(side: Side, language: str) -> str:
    """Return what a side is called."""
    return _SIDES[side] if language == "zh" else side
