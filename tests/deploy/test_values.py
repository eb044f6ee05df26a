"""One description of all values: the chart, the forms, the docs and Tau's settings agree."""

import json
import re
import subprocess
import sys
from types import ModuleType
from typing import Any

import pytest
import yaml

from tau.settings import default_of, load, table
from tests.deploy.conftest import DEPLOY, ROOT

Parts = dict[str, ModuleType]


def _schema(parts: Parts) -> dict[str, Any]:
    schema: dict[str, Any] = parts["spec"].read_schema()
    return schema


def _paths(parts: Parts) -> set[str]:
    return {value.path for value in parts["spec"].values(_schema(parts))}


def _json(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((DEPLOY / name).read_text("utf-8"))
    return content


def _yaml(name: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((DEPLOY / name).read_text("utf-8"))
    return content


def _flat(tree: dict[str, Any], above: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in tree.items():
        below = isinstance(value, dict) and value
        found |= _flat(value, f"{above}{name}.") if below else {f"{above}{name}": value}
    return found


def test_every_rendered_file_is_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "deploy", "check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_values_file_has_the_defaults_of_the_schema(parts: Parts) -> None:
    schema = _schema(parts)
    defaults = {value.path: value.default for value in parts["spec"].values(schema)}
    extra = {name: one["default"] for name, one in parts["spec"].chart_only(schema).items()}
    assert _flat(_yaml("chart/values.yaml")) == defaults | extra


def test_every_setting_of_tau_is_a_value_or_decided_by_the_chart(parts: Parts) -> None:
    schema = _schema(parts)
    offered = {value.setting: value for value in parts["spec"].values(schema) if value.setting}
    elsewhere = set(schema["x-settings-elsewhere"])
    assert set(offered) | elsewhere == {setting.name for setting in table()}
    assert set(offered) & elsewhere == set()
    for setting in table():
        if setting.name in offered:
            value = offered[setting.name]
            assert value.path == f"settings.{setting.name}"
            assert value.schema["description"] == setting.metadata["help"]
            other = schema["x-settings-defaults"].get(setting.name, default_of(setting))
            assert value.default == other


def test_no_secret_of_tau_is_a_value(parts: Parts) -> None:
    secret = {f"settings.{one.name}" for one in table() if one.metadata.get("secret")}
    assert secret
    assert secret & _paths(parts) == set()


def test_azures_form_its_template_and_the_chart_have_the_same_fields(parts: Parts) -> None:
    name_of = parts["azure_form"].parameter_of
    paths = _paths(parts)
    own = {"location", "clusterResourceName", "extensionResourceName"}
    form = _json("azure/createUiDefinition.json")["parameters"]
    template = _json("azure/mainTemplate.json")
    asked = {
        element["name"]
        for step in form["steps"]
        for element in step["elements"]
        if step["name"] != "cluster"
    }
    assert len({name_of(path) for path in paths}) == len(paths)
    assert asked == {name_of(path) for path in paths}
    assert set(form["outputs"]) == set(template["parameters"]) == asked | own
    assert set(template["variables"]["settings"]) == paths


def test_azures_form_reads_each_field_from_the_step_that_asks_for_it() -> None:
    form = _json("azure/createUiDefinition.json")["parameters"]
    asked = {
        f"steps('{step['name']}').{element['name']}"
        for step in form["steps"]
        for element in step["elements"]
    }
    read = {
        found[0]
        for text in form["outputs"].values()
        if (found := re.search(r"steps\('\w+'\)\.\w+", text))
    }
    assert read <= asked
    assert len(read) == len(form["outputs"]) - 1  # the location is asked by Azure itself


def test_googles_form_has_the_same_fields(parts: Parts) -> None:
    rendered = _yaml("google/schema.yaml")
    assert parts["google_form"].paths(rendered) == _paths(parts)
    assert {one["type"] for one in rendered["properties"].values()} <= {
        "string",
        "integer",
        "boolean",
    }
    assert set(rendered["required"]) <= set(rendered["properties"])


def test_awss_template_makes_the_defaults_of_the_chart(parts: Parts) -> None:
    rendered = _yaml("aws/template.yaml")
    values = parts["spec"].values(_schema(parts))
    assert _flat(parts["aws_form"].configured(rendered)) == {
        value.path: value.default for value in values
    }
    names = {parts["aws_form"].parameter_of(value.path) for value in values}
    own = {"ClusterName", "AddonName", "AddonVersion", "Namespace"}
    assert set(rendered["Parameters"]) == names | own
    assert len(rendered["Parameters"]) <= 200  # more are refused
    assert all(name.isalnum() for name in rendered["Parameters"])


def test_no_value_of_aws_can_end_its_text_early(parts: Parts) -> None:
    rendered = _yaml("aws/template.yaml")
    texts = [
        one
        for name, one in rendered["Parameters"].items()
        if one["Type"] == "String" and "AllowedValues" not in one and name.startswith("Settings")
    ]
    assert texts
    assert [one for one in texts if re.fullmatch(one["AllowedPattern"], 'a", "b": "c')] == []


def test_the_documentation_lists_every_value_once(parts: Parts) -> None:
    page = (ROOT / "docs" / "deploy.md").read_text("utf-8")
    begin = page.index("<!-- values: begin -->")
    listed = re.findall(r"^\| `([\w.]+)` \|", page[begin:], flags=re.MULTILINE)
    assert sorted(listed) == sorted(_paths(parts) | set(parts["spec"].chart_only(_schema(parts))))


def test_the_environment_file_is_the_table_of_settings() -> None:
    text = (DEPLOY / "tau.env").read_text("utf-8")
    said = dict(re.findall(r"^#(TAU_\w+)=(.*)$", text, flags=re.MULTILINE))
    assert list(said) == [f"TAU_{setting.name.upper()}" for setting in table()]
    settings = load({}, environ=said)
    different = [
        setting.name
        for setting in table()
        if setting.name != "home" and getattr(settings, setting.name) != default_of(setting)
    ]
    assert different == []


def test_the_chart_is_of_this_version() -> None:
    chart = _yaml("chart/Chart.yaml")
    found = re.search(r'__version__ = "(.*)"', (ROOT / "src/tau/__init__.py").read_text("utf-8"))
    assert found is not None
    assert chart["appVersion"] == found[1]
    assert chart["version"] == _yaml("azure/manifest.yaml")["version"]


@pytest.mark.parametrize("schema_part", ["title", "description", "default", "type"])
def test_every_value_says_what_forms_need(parts: Parts, schema_part: str) -> None:
    values = parts["spec"].values(_schema(parts))
    assert [value.path for value in values if schema_part not in value.schema] == []
