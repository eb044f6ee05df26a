"""The form and the template of Azure Marketplace, for a Kubernetes application."""

from typing import Any

from spec import Value, values

_CLUSTER, _EXTENSION = "clusterResourceName", "extensionResourceName"
_FORM = "https://schema.management.azure.com/schemas/0.1.2-preview/CreateUIDefinition.MultiVm.json#"
_TEMPLATE = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
_CLUSTERS = (
    "[concat(subscription().id, '/resourcegroups/', resourceGroup().name, "
    "'/providers/Microsoft.ContainerService/managedClusters?api-version=2024-05-01')]"
)
# What the tool that packs the offer fills in.
_FILLED_IN = "DONOTMODIFY"


def parameter_of(path: str) -> str:
    """Return the name of a value's parameter: without dots, which expressions can't contain."""
    return path.replace(".", "_")


def create_ui_definition(schema: dict[str, Any]) -> dict[str, Any]:
    """Return `createUiDefinition.json`: one step for each group of values."""
    fields = values(schema)
    steps = [_cluster_step()]
    for group in dict.fromkeys(value.group for value in fields):
        elements = [_element(value) for value in fields if value.group == group]
        steps.append({"name": _step(group), "label": group, "elements": elements})
    outputs = {
        "location": "[location()]",
        _CLUSTER: f"[steps('cluster').{_CLUSTER}]",
        _EXTENSION: f"[steps('cluster').{_EXTENSION}]",
    }
    outputs |= {parameter_of(value.path): _output(value) for value in fields}
    return {
        "$schema": _FORM,
        "handler": "Microsoft.Azure.CreateUIDef",
        "version": "0.1.2-preview",
        "parameters": {
            "config": {"isWizard": False, "basics": {"resourceGroup": {"allowExisting": True}}},
            "basics": [],
            "steps": steps,
            "outputs": outputs,
        },
    }


def main_template(schema: dict[str, Any]) -> dict[str, Any]:
    """Return `mainTemplate.json`, which installs the chart in a cluster that exists."""
    fields = values(schema)
    parameters: dict[str, Any] = {
        "location": _text("Region of the cluster."),
        _CLUSTER: _text("Name of the cluster."),
        _EXTENSION: _text("Name of this Tau in the cluster."),
    }
    parameters |= {parameter_of(value.path): _parameter(value) for value in fields}
    names = ("plan-name", "plan-publisher", "plan-offerID", "releaseTrain", "extensionType")
    return {
        "$schema": _TEMPLATE,
        "contentVersion": "1.0.0.0",
        "parameters": parameters,
        "variables": dict.fromkeys(names, _FILLED_IN)
        | {"settings": {value.path: _argument(value) for value in fields}},
        "resources": [_extension()],
        "outputs": {},
    }


def manifest(version: str) -> dict[str, Any]:
    """Return `manifest.yaml`, from which Azure's tool packs the offer."""
    return {
        "applicationName": "com.example.tau",
        "publisher": "The Tau authors",
        "description": "A personal AI that remembers you, works on all your devices, "
        "and belongs to you.",
        "version": version,
        "helmChart": "../chart",
        "clusterArmTemplate": "./mainTemplate.json",
        "uiDefinition": "./createUiDefinition.json",
        "registryServer": "example.azurecr.io",
        "extensionRegistrationParameters": {"defaultScope": "namespace", "namespace": "tau"},
    }


def _cluster_step() -> dict[str, Any]:
    names = "[map(steps('cluster').clusters.value, (item) => parse(concat("
    names += '\'{"label":"\', item.name, \'","value":"\', item.name, \'"}\')))]'
    return {
        "name": "cluster",
        "label": "Cluster",
        "elements": [
            {
                "name": "clusters",
                "type": "Microsoft.Solutions.ArmApiControl",
                "request": {"method": "GET", "path": _CLUSTERS},
            },
            {
                "name": _CLUSTER,
                "type": "Microsoft.Common.DropDown",
                "label": "Cluster",
                "constraints": {"allowedValues": names, "required": True},
            },
            {
                "name": _EXTENSION,
                "type": "Microsoft.Common.TextBox",
                "label": "Name of this Tau",
                "defaultValue": "tau",
                "constraints": {"required": True, "regex": "^[a-z0-9]{3,30}$"},
            },
        ],
    }


def _step(group: str) -> str:
    return "".join(word.capitalize() for word in group.split())


def _element(value: Value) -> dict[str, Any]:
    element: dict[str, Any] = {
        "name": parameter_of(value.path),
        "type": "Microsoft.Common.TextBox",
        "label": value.schema["title"],
        "toolTip": value.schema["description"],
        "defaultValue": _as_text(value),
        "constraints": {"required": False},
    }
    if value.kind == "boolean":
        element |= {"type": "Microsoft.Common.CheckBox", "defaultValue": value.default}
        del element["constraints"]
    elif "enum" in value.schema:
        choices = [{"label": one, "value": one} for one in value.schema["enum"]]
        element |= {"type": "Microsoft.Common.DropDown"}
        element["constraints"] = {"allowedValues": choices, "required": True}
    elif value.kind != "string":
        element["constraints"] = {"required": True, "regex": _number(value)}
    elif "pattern" in value.schema:
        element["constraints"] |= {"regex": value.schema["pattern"]}
    return element


def _output(value: Value) -> str:
    said = f"steps('{_step(value.group)}').{parameter_of(value.path)}"
    return f"[int({said})]" if value.kind == "integer" else f"[{said}]"


def _parameter(value: Value) -> dict[str, Any]:
    kinds = {"boolean": "bool", "integer": "int"}
    parameter: dict[str, Any] = {
        "type": kinds.get(value.kind, "string"),  # it has no numbers with a fraction
        "defaultValue": value.default if value.kind in kinds else _as_text(value),
        "metadata": {"description": value.schema["description"]},
    }
    for ours, theirs in (("enum", "allowedValues"), ("minimum", "minValue")):
        if ours in value.schema:
            parameter[theirs] = value.schema[ours]
    if "maximum" in value.schema:
        parameter["maxValue"] = value.schema["maximum"]
    return parameter


def _argument(value: Value) -> str:
    """Return how the template gives a value to the chart, which reads it as `helm --set` does."""
    said = f"parameters('{parameter_of(value.path)}')"
    if value.kind == "boolean":
        return f"[toLower(string({said}))]"
    if value.kind == "string":
        return f"[replace({said}, ',', '\\,')]"
    return f"[string({said})]"


def _as_text(value: Value) -> str:
    return str(value.default)


def _number(value: Value) -> str:
    return "^-?[0-9]+$" if value.kind == "integer" else r"^-?[0-9]+(\.[0-9]+)?$"


def _text(description: str) -> dict[str, Any]:
    return {"type": "string", "metadata": {"description": description}}


def _extension() -> dict[str, Any]:
    return {
        "type": "Microsoft.KubernetesConfiguration/extensions",
        "apiVersion": "2023-05-01",
        "name": f"[parameters('{_EXTENSION}')]",
        "scope": "[concat('Microsoft.ContainerService/managedClusters/', "
        f"parameters('{_CLUSTER}'))]",
        "properties": {
            "extensionType": "[variables('extensionType')]",
            "autoUpgradeMinorVersion": True,
            "releaseTrain": "[variables('releaseTrain')]",
            "configurationSettings": "[variables('settings')]",
            "configurationProtectedSettings": {},
        },
        "plan": {
            "name": "[variables('plan-name')]",
            "publisher": "[variables('plan-publisher')]",
            "product": "[variables('plan-offerID')]",
        },
    }
