"""The fields of SkyPilot's tasks and of Kubeflow's manifests that rendered files may use.

They're those that the real parsers know (skypilot 0.14.1, kubeflow-trainer-api 2.3.0), which
`scripts/check_places.py` asks. A trailing `*` stands for any name.
"""

SKYPILOT = {
    "name",
    "num_nodes",
    "resources.infra",
    "resources.accelerators",
    "resources.cpus",
    "resources.memory",
    "resources.image_id",
    "resources.use_spot",
    "resources.job_recovery.max_restarts_on_errors",
    "resources.job_recovery.recover_on_exit_codes",
    "envs.*",
    "secrets.*",
    "file_mounts.*.source",
    "file_mounts.*.mode",
    "volumes.*",
    "run",
}
_METADATA = {"apiVersion", "kind", "metadata.name", "metadata.namespace", "metadata.labels.*"}
TRAIN_JOB = _METADATA | {
    "spec.suspend",
    "spec.runtimeRef.apiGroup",
    "spec.runtimeRef.kind",
    "spec.runtimeRef.name",
    "spec.trainer.image",
    "spec.trainer.command",
    "spec.trainer.numNodes",
    "spec.trainer.numProcPerNode",
    "spec.trainer.resourcesPerNode.requests.*",
    "spec.trainer.resourcesPerNode.limits.*",
    "spec.trainer.env.name",
    "spec.trainer.env.valueFrom.secretKeyRef.name",
    "spec.trainer.env.valueFrom.secretKeyRef.key",
}
_JOBS = "spec.template.spec.replicatedJobs"
_POD = f"{_JOBS}.template.spec.template.spec"
TRAINING_RUNTIME = _METADATA | {
    "spec.mlPolicy.numNodes",
    "spec.mlPolicy.torch",
    "spec.template.spec.failurePolicy.maxRestarts",
    "spec.template.spec.failurePolicy.rules.name",
    "spec.template.spec.failurePolicy.rules.action",
    "spec.template.spec.failurePolicy.rules.onJobFailureReasons",
    f"{_JOBS}.name",
    f"{_JOBS}.template.metadata.labels.*",
    f"{_JOBS}.template.spec.backoffLimit",
    f"{_JOBS}.template.spec.podFailurePolicy.rules.action",
    f"{_JOBS}.template.spec.podFailurePolicy.rules.onExitCodes.containerName",
    f"{_JOBS}.template.spec.podFailurePolicy.rules.onExitCodes.operator",
    f"{_JOBS}.template.spec.podFailurePolicy.rules.onExitCodes.values",
    f"{_POD}.restartPolicy",
    f"{_POD}.terminationGracePeriodSeconds",
    f"{_POD}.automountServiceAccountToken",
    f"{_POD}.containers.name",
    f"{_POD}.containers.image",
    f"{_POD}.containers.securityContext.allowPrivilegeEscalation",
    f"{_POD}.containers.securityContext.capabilities.drop",
    f"{_POD}.containers.volumeMounts.name",
    f"{_POD}.containers.volumeMounts.mountPath",
    f"{_POD}.volumes.name",
    f"{_POD}.volumes.persistentVolumeClaim.claimName",
    f"{_POD}.volumes.emptyDir.medium",
}


def paths(value: object, way: tuple[str, ...] = ()) -> set[tuple[str, ...]]:
    """Return the path of every leaf; items of a list have the path of the list."""
    if isinstance(value, dict) and value:
        return set().union(*(paths(item, (*way, key)) for key, item in value.items()))
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        return set().union(*(paths(item, way) for item in value))
    return {way}


def unknown(value: object, known: set[str]) -> set[tuple[str, ...]]:
    """Return the paths of a document that aren't among the known ones."""
    patterns = [pattern.split(".") for pattern in known]
    return {way for way in paths(value) if not any(_fits(way, each) for each in patterns)}


def _fits(way: tuple[str, ...], pattern: list[str]) -> bool:
    return len(way) == len(pattern) and all(
        expected in {"*", name} for name, expected in zip(way, pattern, strict=True)
    )
