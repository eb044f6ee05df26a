"""A run as a TrainJob of Kubeflow Trainer v2, with the queue of Kueue: `kubectl apply -f`.

The volume, the restarts and the container are in a TrainingRuntime of the run's own. So nothing of
the TrainJob has to be patched: the fields for that have changed from release to release, while
those used here are in all of v2.
"""

from typing import Any

from tau.studio.places.launcher import KEY_VARIABLE, LAUNCHER
from tau.studio.places.place import Place
from tau.studio.places.yaml_text import to_yaml
from tau.studio.tuning.run_events import EXIT_REFUSED

TRAINJOB_MANIFEST = "trainjob.yaml"
_API, _GROUP = "trainer.kubeflow.org/v1alpha1", "trainer.kubeflow.org"
_QUEUE_LABEL = "kueue.x-k8s.io/queue-name"
_GPU = "nvidia.com/gpu"
_NODE = "node"
"""The name that Trainer expects of the job and its container."""


def render_trainjob(name: str, place: Place, *, sealed: bool) -> str:
    """Return the manifest of a run: its runtime, then the job. `name` is a DNS label."""
    return to_yaml(_runtime(name, place), _job(name, place, sealed=sealed))


def as_argument(text: str) -> str:
    """Return text as an argument of a container; Kubernetes replaces `$(NAME)` in it otherwise."""
    return text.replace("$", "$$")


def _metadata(name: str, place: Place, labels: dict[str, str]) -> dict[str, Any]:
    namespace = place.kubernetes.namespace
    return {
        "name": name,
        **({"namespace": namespace} if namespace else {}),
        **({"labels": labels} if labels else {}),
    }


def _job(name: str, place: Place, *, sealed: bool) -> dict[str, Any]:
    queue = place.kubernetes.queue
    trainer: dict[str, Any] = {
        "image": place.image,
        "command": ["bash", as_argument(f"{place.run_folder}/{LAUNCHER}")],
        "numNodes": place.nodes.count,
        "numProcPerNode": place.nodes.processes,
    }
    if resources := _resources(place):
        trainer["resourcesPerNode"] = {"requests": resources, "limits": resources}
    if sealed:
        reference = {"name": place.kubernetes.key_secret, "key": KEY_VARIABLE}
        trainer["env"] = [{"name": KEY_VARIABLE, "valueFrom": {"secretKeyRef": reference}}]
    return {
        "apiVersion": _API,
        "kind": "TrainJob",
        "metadata": _metadata(name, place, {_QUEUE_LABEL: queue} if queue else {}),
        "spec": {
            **({"suspend": True} if queue else {}),  # Kueue starts it when there's room
            "runtimeRef": {"apiGroup": _GROUP, "kind": "TrainingRuntime", "name": name},
            "trainer": trainer,
        },
    }


def _resources(place: Place) -> dict[str, str]:
    nodes = place.nodes
    return {
        **({"cpu": str(nodes.cpus)} if nodes.cpus else {}),
        **({"memory": f"{nodes.memory_gb}Gi"} if nodes.memory_gb else {}),
        **({_GPU: str(nodes.gpus)} if nodes.gpus else {}),
    }


def _runtime(name: str, place: Place) -> dict[str, Any]:
    job = {
        "name": _NODE,
        "template": {
            "metadata": {"labels": {"trainer.kubeflow.org/trainjob-ancestor-step": "trainer"}},
            "spec": {
                "backoffLimit": 0,
                "podFailurePolicy": {"rules": [_refused_rule()]},
                "template": {"spec": _pod(place)},
            },
        },
    }
    return {
        "apiVersion": _API,
        "kind": "TrainingRuntime",
        "metadata": _metadata(name, place, {"trainer.kubeflow.org/framework": "torch"}),
        "spec": {
            "mlPolicy": {"numNodes": place.nodes.count, "torch": {}},
            "template": {
                "spec": {"failurePolicy": _restarts(place), "replicatedJobs": [job]},
            },
        },
    }


def _refused_rule() -> dict[str, Any]:
    codes = {"containerName": _NODE, "operator": "In", "values": [EXIT_REFUSED]}
    return {"action": "FailJob", "onExitCodes": codes}


def _restarts(place: Place) -> dict[str, Any]:
    """Return how often all nodes are started again; never if the program said it can't go on."""
    refused = {
        "name": "refused",
        "action": "FailJobSet",
        "onJobFailureReasons": ["PodFailurePolicy"],
    }
    return {"maxRestarts": place.limits.restarts, "rules": [refused]}


def _pod(place: Place) -> dict[str, Any]:
    claim = {"claimName": place.kubernetes.volume_claim}
    container = {
        "name": _NODE,
        "image": place.image,
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [
            {"name": "run", "mountPath": place.kubernetes.mount},
            {"name": "shared-memory", "mountPath": "/dev/shm"},  # noqa: S108 - for NCCL
        ],
    }
    return {
        "restartPolicy": "Never",
        "terminationGracePeriodSeconds": place.limits.grace_seconds,
        "automountServiceAccountToken": False,
        "containers": [container],
        "volumes": [
            {"name": "run", "persistentVolumeClaim": claim},
            {"name": "shared-memory", "emptyDir": {"medium": "Memory"}},
        ],
    }
