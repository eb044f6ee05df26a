"""What an eval is made of: the schema of its items and its criteria, checked and read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tau.errors import InvalidField
from tau.studio.evals.item_schema import known_names, require_item_schema
from tau.studio.evals.running import Criterion
from tau.studio.graders.validation import InvalidGrader, validate_grader

MAX_CRITERIA = 50
_STORED = ("logs", "stored_completions")


@dataclass(frozen=True)
class EvalSpec:
    """An eval as a client describes it."""

    data_source_config: dict[str, Any]
    testing_criteria: Sequence[dict[str, Any]]
    name: str = ""
    metadata: dict[str, str] = field(default_factory=dict)


def validate_eval(spec: EvalSpec) -> tuple[dict[str, Any], ...]:
    """Return the criteria, each with a name of its own. Raises `InvalidField`."""
    names = _item_names(spec.data_source_config)
    if not 1 <= len(spec.testing_criteria) <= MAX_CRITERIA:
        sentence = f"An eval has 1 to {MAX_CRITERIA} criteria."
        raise InvalidField(sentence, "testing_criteria")
    named: list[dict[str, Any]] = []
    for number, criterion in enumerate(spec.testing_criteria):
        try:
            grader = validate_grader(criterion, names)
        except InvalidGrader as error:
            param = ".".join(filter(None, [f"testing_criteria[{number}]", error.param]))
            raise InvalidField(str(error), param) from None
        name = _free_name(grader.name, {each["name"] for each in named})
        named.append({**criterion, "name": name})
    return tuple(named)


def criteria_of(testing_criteria: Sequence[dict[str, Any]]) -> list[Criterion]:
    """Return the criteria of an eval that was validated."""
    return [Criterion(each["name"], validate_grader(each)) for each in testing_criteria]


def item_schema_of(data_source_config: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the schema of the items of an eval that was validated."""
    schema: Mapping[str, Any] = data_source_config["item_schema"]
    return schema


def _item_names(config: dict[str, Any]) -> list[str] | None:
    kind = config.get("type")
    if kind in _STORED:
        raise InvalidField(
            "Tau keeps no logs and completions that an eval could read; use the type `custom`.",
            "data_source_config.type",
        )
    if kind != "custom":
        raise InvalidField("The type must be `custom`.", "data_source_config.type")
    param = "data_source_config.item_schema"
    if "item_schema" not in config:
        raise InvalidField(f"The field `{param}` is missing.", param)
    return known_names(require_item_schema(config["item_schema"], param))


def _free_name(name: str, taken: set[str]) -> str:
    """Return a name that no other criterion has: results are listed by it."""
    number, free = 2, name
    while free in taken:
        number, free = number + 1, f"{name} {number}"
    return free
