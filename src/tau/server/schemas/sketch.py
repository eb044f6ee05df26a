"""Plans of dwellings: rooms, rules, and what a page needs to let a person drag walls."""

from dataclasses import dataclass

from tau.experts.sketch.brief import Language
from tau.experts.sketch.geometry import Side
from tau.server.schemas.artifacts import VersionOut


@dataclass(frozen=True, slots=True)
class PlanRoomOut:
    """A room: the area that was wanted and that it got, and where it's drawn.

    `missed` is whether the areas differ by more than a tenth; `broken` are the rules that it
    breaks, each a sentence. `x`, `y`, `width` and `height` are units of its storey's drawing.
    """

    id: str
    kind: str
    name: str
    storey: int
    wanted: float
    area: float
    missed: bool
    moved: bool
    broken: list[str]
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class PlanWallOut:
    """A wall between two rooms that can be dragged, in units of its storey's drawing.

    It lies on a `side` of `room`; `beyond` is the room across.
    """

    room: str
    beyond: str
    side: Side
    storey: int
    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True, slots=True)
class PlanDrawingOut:
    """The drawing of one storey: its name, its area, and the `viewBox` of its SVG."""

    storey: int
    name: str
    area: float
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class PlanFiguresOut:
    """Sizes in metres, and how well the plan meets its brief: parts of one."""

    width: float
    depth: float
    area: float
    area_error: float
    circulation: float


@dataclass(frozen=True, slots=True)
class PlanVariantOut:
    """A version that the plan began with; `chosen` is whether the plan is equal to it now."""

    version: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class SketchPlanOut:
    """A plan in one version.

    `assumed` is what was filled in for its brief and `broken` every rule that it breaks, each a
    sentence in its language. Drawings have `units_per_metre`; y grows downwards.
    """

    id: str
    version: str
    newest: str
    title: str
    language: Language
    rooms: list[PlanRoomOut]
    walls: list[PlanWallOut]
    drawings: list[PlanDrawingOut]
    units_per_metre: int
    figures: PlanFiguresOut
    assumed: list[str]
    broken: list[str]
    variants: list[PlanVariantOut]
    versions: list[VersionOut]
