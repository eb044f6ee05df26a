"""The form of Google Cloud Marketplace: `schema.yaml` of its deployer."""

from typing import Any

from spec import Value, values

_IMAGE = {"image.repository": "REPO_WITH_REGISTRY", "image.tag": "TAG"}
_KEPT = ("enum", "minimum", "maximum", "pattern")


def schema_yaml(schema: dict[str, Any], version: str) -> dict[str, Any]:
    """Return the content of `schema.yaml`; the marketplace itself says which image it is."""
    properties: dict[str, Any] = {
        "name": {"type": "string", "x-google-marketplace": {"type": "NAME"}},
        "namespace": {"type": "string", "x-google-marketplace": {"type": "NAMESPACE"}},
    }
    properties |= {
        value.path: _property(value) for value in values(schema) if value.path not in _IMAGE
    }
    return {
        "x-google-marketplace": {
            "schemaVersion": "v2",
            "applicationApiVersion": "v1beta1",
            "publishedVersion": version,
            "publishedVersionMetadata": {"releaseNote": f"Tau {version}."},
            "images": {"": {"properties": {path: {"type": kind} for path, kind in _IMAGE.items()}}},
        },
        "properties": properties,
        "required": ["name", "namespace", "existingSecret"],
    }


def paths(rendered: dict[str, Any]) -> set[str]:
    """Return the values of the chart that a `schema.yaml` sets."""
    images = rendered["x-google-marketplace"]["images"][""]["properties"]
    return (set(rendered["properties"]) - {"name", "namespace"}) | set(images)


def _property(value: Value) -> dict[str, Any]:
    whole = value.kind != "number"  # it has no numbers with a fraction
    return {
        "type": value.kind if whole else "string",
        "title": value.schema["title"],
        "description": value.schema["description"],
        "default": value.default if whole else str(value.default),
        **{key: value.schema[key] for key in _KEPT if key in value.schema},
    }
