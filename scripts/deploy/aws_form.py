"""The parameters of AWS: a CloudFormation template that installs the chart as an EKS add-on."""

import json
import re
from typing import Any

from spec import Value, values

_PLAIN = r'[^"\\]*'  # what stays one text inside of JSON


def parameter_of(path: str) -> str:
    """Return the name of a value's parameter: letters and digits, each word with a capital."""
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[._]", path))


def template(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the template: a parameter for each value, and the add-on that they configure."""
    fields = values(schema)
    parameters: dict[str, Any] = {
        "ClusterName": {"Type": "String", "Description": "Name of the cluster."},
        "AddonName": {"Type": "String", "Description": "Name of the add-on, as AWS lists it."},
        "AddonVersion": {"Type": "String", "Description": "Version of the add-on."},
        "Namespace": {"Type": "String", "Default": "tau", "Description": "Namespace for Tau."},
    }
    parameters |= {parameter_of(value.path): _parameter(value) for value in fields}
    groups = dict.fromkeys(value.group for value in fields)
    grouped = [
        {
            "Label": {"default": group},
            "Parameters": [parameter_of(value.path) for value in fields if value.group == group],
        }
        for group in groups
    ]
    labels = {parameter_of(value.path): {"default": value.schema["title"]} for value in fields}
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "Tau on an EKS cluster, as an add-on.",
        "Metadata": {
            "AWS::CloudFormation::Interface": {
                "ParameterGroups": grouped,
                "ParameterLabels": labels,
            }
        },
        "Parameters": parameters,
        "Resources": {"Tau": _addon(fields)},
    }


def configured(rendered: dict[str, Any]) -> dict[str, Any]:
    """Return the chart's values that a template makes of its parameters' defaults."""
    properties = rendered["Resources"]["Tau"]["Properties"]
    text = properties["ConfigurationValues"]["Fn::Sub"]
    for name, parameter in rendered["Parameters"].items():
        text = text.replace(f"${{{name}}}", str(parameter.get("Default", "")))
    chosen: dict[str, Any] = json.loads(text)
    return chosen


def _addon(fields: list[Value]) -> dict[str, Any]:
    return {
        "Type": "AWS::EKS::Addon",
        "Properties": {
            "ClusterName": {"Ref": "ClusterName"},
            "AddonName": {"Ref": "AddonName"},
            "AddonVersion": {"Ref": "AddonVersion"},
            "NamespaceConfig": {"Namespace": {"Ref": "Namespace"}},
            "ResolveConflicts": "OVERWRITE",
            "ConfigurationValues": {"Fn::Sub": _nested(fields)},
        },
    }


def _nested(fields: list[Value]) -> str:
    tree: dict[str, Any] = {}
    for value in fields:
        *above, name = value.path.split(".")
        place = tree
        for part in above:
            place = place.setdefault(part, {})
        place[name] = f"${{{parameter_of(value.path)}}}"
    text = json.dumps(tree, indent=1)
    for value in fields:
        if value.kind != "string":  # numbers, true and false stand without quotes
            name = parameter_of(value.path)
            text = text.replace(f'"${{{name}}}"', f"${{{name}}}")
    return text


def _parameter(value: Value) -> dict[str, Any]:
    parameter: dict[str, Any] = {
        "Type": "Number" if value.kind in {"integer", "number"} else "String",
        "Description": value.schema["description"],
        "Default": value.default,
    }
    if value.kind == "boolean":
        parameter |= {
            "Default": str(value.default).lower(),
            "AllowedValues": ["true", "false"],
        }
    elif "enum" in value.schema:
        parameter["AllowedValues"] = value.schema["enum"]
    elif value.kind == "string":
        parameter["AllowedPattern"] = value.schema.get("pattern", _PLAIN)
    for ours, theirs in (("minimum", "MinValue"), ("maximum", "MaxValue")):
        if ours in value.schema:
            parameter[theirs] = value.schema[ours]
    return parameter
