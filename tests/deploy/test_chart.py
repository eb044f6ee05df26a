"""The chart through Helm's own engine, and what Kubernetes says to its documents. No cluster."""

from types import ModuleType
from typing import Any

import helm_python
import kubernetes_validate
import pytest

from tau.settings import table
from tests.deploy.conftest import DEPLOY

Parts = dict[str, ModuleType]
Document = dict[str, Any]

CHART = DEPLOY / "chart"
DIGEST = "sha256:" + "a" * 64
SMALL = {
    "replicas": 1,
    "storage": {"accessMode": "ReadWriteOnce", "storageClass": "fast"},
    "networkPolicy": {"enabled": False},
    "settings": {"country": "DE", "drain_seconds": 10},
}
LARGE = {
    "image": {"repository": "registry.example/tau", "digest": DIGEST, "pullSecret": "registry"},
    "ingress": {
        "enabled": True,
        "className": "haproxy",
        "host": "tau.example.org",
        "tlsSecret": "tls",
    },
    "autoscaling": {"enabled": True, "maxReplicas": 20},
    "networkPolicy": {"ingressNamespace": "ingress"},
    "monitoring": {"serviceMonitor": True, "alerts": True, "dashboard": True},
    "nodeSelector": {"pool": "tau"},
    "tolerations": [{"key": "tau", "operator": "Exists"}],
    "podAnnotations": {"example.org/team": "tau"},
}
SETS = {"default": {}, "small": SMALL, "large": LARGE}
# Kinds of Prometheus' operator, which aren't Kubernetes' own.
OF_OTHERS = {"ServiceMonitor", "PrometheusRule"}


def _documents(parts: Parts, values: dict[str, Any]) -> list[Document]:
    found: list[Document] = parts["manifests"].documents(values)
    return found


def _one(documents: list[Document], kind: str) -> Document:
    (found,) = [one for one in documents if one["kind"] == kind]
    return found


def _container(documents: list[Document]) -> Document:
    (container,) = _one(documents, "Deployment")["spec"]["template"]["spec"]["containers"]
    found: Document = container
    return found


@pytest.mark.parametrize("name", SETS)
def test_helm_finds_nothing_to_complain_about(name: str) -> None:
    report = helm_python.lint(CHART, SETS[name], strict=True, kube_version="v1.31.0")
    problems = [one for one in report["messages"] if one["severity"] > 1]
    assert (problems, report["errors"]) == ([], [])


@pytest.mark.parametrize("version", ["1.29", "1.33", "1.37"])
@pytest.mark.parametrize("name", SETS)
def test_kubernetes_accepts_every_document(parts: Parts, name: str, version: str) -> None:
    documents = _documents(parts, SETS[name])
    checked = [one for one in documents if one["kind"] not in OF_OTHERS]
    assert len(checked) >= 6
    for one in checked:
        kubernetes_validate.validate(one, version, strict=True)


def test_a_misspelt_field_would_be_found(parts: Parts) -> None:
    document = _one(_documents(parts, {}), "Deployment")
    document["spec"]["template"]["spec"]["containers"][0]["prots"] = []
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(document, "1.33", strict=True)


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"replicas": 0}, "replicas"),
        ({"replica": 3}, "replica"),
        ({"settings": {"log_levels": "info"}}, "log_levels"),
        ({"settings": {"builtin": "huge"}}, "builtin"),
        ({"settings": {"session_days": "ninety"}}, "session_days"),
        ({"image": {"digest": "sha256:short"}}, "digest"),
        ({"resources": {"memoryLimit": "lots"}}, "memoryLimit"),
        ({"existingSecret": ""}, "existingSecret"),
        ({"ingress": {"controller": "traefik"}}, "controller"),
    ],
)
def test_the_schema_refuses_what_cannot_work(values: dict[str, Any], named: str) -> None:
    with helm_python.Chart.load(CHART) as chart, pytest.raises(helm_python.HelmError) as refused:
        chart.validate_schema(values)
    assert named in str(refused.value)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"storage": {"accessMode": "ReadWriteOnce"}}, "all of them can write to"),
        ({"terminationGracePeriodSeconds": 30}, "longer than settings.drain_seconds"),
        ({"autoscaling": {"enabled": True, "minReplicas": 9}}, "must not be less than"),
    ],
)
def test_values_that_contradict_each_other_are_refused_with_a_sentence(
    parts: Parts, values: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(helm_python.HelmError, match=sentence):
        _documents(parts, values)


def test_two_nodes_are_the_default_and_one_may_go_at_a_time(parts: Parts) -> None:
    documents = _documents(parts, {})
    deployment = _one(documents, "Deployment")["spec"]
    assert deployment["replicas"] == 2
    assert deployment["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
    assert _one(documents, "PodDisruptionBudget")["spec"]["maxUnavailable"] == 1


def test_the_container_may_write_to_its_volumes_alone_and_is_nobody_special(parts: Parts) -> None:
    documents = _documents(parts, {})
    container = _container(documents)
    allowed = container["securityContext"]
    assert allowed["readOnlyRootFilesystem"]
    assert allowed["runAsNonRoot"]
    assert not allowed["allowPrivilegeEscalation"]
    assert allowed["capabilities"] == {"drop": ["ALL"]}
    assert allowed["seccompProfile"] == {"type": "RuntimeDefault"}
    pod = _one(documents, "Deployment")["spec"]["template"]["spec"]
    assert pod["automountServiceAccountToken"] is False
    assert {one["mountPath"] for one in container["volumeMounts"]} == {
        "/data",
        "/tmp",
        "/data/attachments",
        "/data/files",
        "/data/models",
        "/data/studio",
    }


def test_a_node_that_drains_gets_no_new_requests_and_isnt_restarted(parts: Parts) -> None:
    container = _container(_documents(parts, {}))
    for probe in ("startupProbe", "readinessProbe"):
        assert container[probe]["httpGet"] == {"path": "/status", "port": "http"}
    assert "httpGet" not in container["livenessProbe"]


def test_nodes_reach_each_other_at_their_own_address_and_nobody_else_does(parts: Parts) -> None:
    documents = _documents(parts, {})
    environment = {one["name"]: one for one in _container(documents)["env"]}
    assert environment["TAU_NODE_HOST"]["valueFrom"]["fieldRef"]["fieldPath"] == "status.podIP"
    ports = {one["name"]: one["containerPort"] for one in _container(documents)["ports"]}
    assert environment["TAU_NODE_PORT"]["value"] == str(ports["nodes"])
    service = _one(documents, "Service")["spec"]
    assert [one["targetPort"] for one in service["ports"]] == ["http"]
    nodes = {"podSelector": {"matchLabels": service["selector"]}}
    rules = _one(documents, "NetworkPolicy")["spec"]["ingress"]
    allowed = [rule["from"] for rule in rules if rule["ports"][0]["port"] == "nodes"]
    assert allowed == [[nodes]]


def test_keys_come_from_the_secret_and_are_nowhere_else(parts: Parts) -> None:
    documents = _documents(parts, {"existingSecret": "ours"})
    environment = {one["name"]: one for one in _container(documents)["env"]}
    for name, key in (("TAU_DATABASE_URL", "database-url"), ("TAU_SERVER_KEY", "server-key")):
        reference = environment[name]["valueFrom"]["secretKeyRef"]
        assert reference == {"name": "ours", "key": key}
    secret = {f"TAU_{one.name.upper()}" for one in table() if one.metadata.get("secret")}
    for name in secret:
        assert environment[name]["valueFrom"]["secretKeyRef"]["name"] == "ours"
    settings = _one(documents, "ConfigMap")["data"]
    assert (secret | {"TAU_SERVER_KEY"}) & set(settings) == set()
    assert [one for one in documents if one["kind"] == "Secret"] == []


def test_settings_arrive_as_tau_reads_them(parts: Parts) -> None:
    chosen = {"max_import_bytes": 4_000_000_000, "care_notice_hours": 2.5, "offline": True}
    data = _one(_documents(parts, {"settings": chosen}), "ConfigMap")["data"]
    assert data["TAU_MAX_IMPORT_BYTES"] == "4000000000"
    assert data["TAU_CARE_NOTICE_HOURS"] == "2.5"
    assert data["TAU_OFFLINE"] == "true"
    assert data["TAU_PRIVATE_HOSTS"] == "localhost,127.0.0.1,::1"


def test_tau_answers_under_the_name_of_the_ingress(parts: Parts) -> None:
    def public_url(values: dict[str, Any]) -> str:
        return str(_one(_documents(parts, values), "ConfigMap")["data"]["TAU_PUBLIC_URL"])

    ingress = {"enabled": True, "host": "tau.example.org"}
    assert public_url({}) == ""
    assert public_url({"ingress": ingress}) == "https://tau.example.org"
    own = {"public_url": "https://other.example.org"}
    assert public_url({"ingress": ingress, "settings": own}) == "https://other.example.org"


def test_a_changed_setting_restarts_the_nodes(parts: Parts) -> None:
    def annotations(values: dict[str, Any]) -> str:
        template = _one(_documents(parts, values), "Deployment")["spec"]["template"]
        return str(template["metadata"]["annotations"])

    assert annotations({}) == annotations({"replicas": 3})
    assert annotations({}) != annotations({"settings": {"country": "DE"}})


def test_the_image_is_the_one_that_a_marketplace_copied(parts: Parts) -> None:
    def image(values: dict[str, Any]) -> str:
        return str(_container(_documents(parts, values))["image"])

    assert image({}).startswith("tau:")
    assert image(LARGE) == f"registry.example/tau@{DIGEST}"
    copied = {"registry": "example.azurecr.io", "image": "tau", "digest": DIGEST}
    assert image({"global": {"azure": {"images": {"tau": copied}}}}) == (
        f"example.azurecr.io/tau@{DIGEST}"
    )


def test_with_autoscaling_nothing_else_decides_the_number_of_nodes(parts: Parts) -> None:
    documents = _documents(parts, LARGE)
    assert "replicas" not in _one(documents, "Deployment")["spec"]
    scaler = _one(documents, "HorizontalPodAutoscaler")["spec"]
    assert (scaler["minReplicas"], scaler["maxReplicas"]) == (2, 20)


@pytest.mark.parametrize(
    ("controller", "prefix"), [("haproxy", "haproxy.org/"), ("nginx", "nginx.ingress.")]
)
def test_the_ingress_keeps_a_person_on_a_node(parts: Parts, controller: str, prefix: str) -> None:
    values = {"ingress": {"enabled": True, "controller": controller}}
    annotations = _one(_documents(parts, values), "Ingress")["metadata"]["annotations"]
    assert all(name.startswith(prefix) for name in annotations)
    assert "tau_session" in str(annotations)
    assert "Authorization" in str(annotations) or "http_authorization" in str(annotations)


def test_monitoring_reads_its_key_from_the_secret(parts: Parts) -> None:
    (endpoint,) = _one(_documents(parts, LARGE), "ServiceMonitor")["spec"]["endpoints"]
    assert endpoint["authorization"]["credentials"] == {"name": "tau", "key": "metrics-key"}
    assert _one(_documents(parts, LARGE), "PrometheusRule")["spec"]["groups"]
