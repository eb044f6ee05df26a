"""What a request for a fine-tuning job asks for, checked, and what is kept of it."""

import re
import secrets
from typing import Any

from tau.errors import InvalidField, SettingsError
from tau.server.openai.job_schemas import CreateJobRequest, JobHyperparameters
from tau.studio.tuning.job_request import JobNumbers
from tau.studio.tuning.training_lines import LineKind

_NOT_IN_A_NAME = re.compile(r"[^a-z0-9_.-]+")


def method_of(given: CreateJobRequest) -> LineKind:
    """Return the method of a job. Raises `InvalidField` for what Tau doesn't do."""
    if given.integrations:
        raise InvalidField("Tau sends nothing to other services.", "integrations")
    kind = given.method.type if given.method else "supervised"
    if kind == "reinforcement":
        raise InvalidField("The method must be supervised or dpo.", "method.type")
    return kind


def hyperparameters_of(given: CreateJobRequest) -> dict[str, Any]:
    """Return the hyperparameters of a job's method, `auto` for those that weren't given."""
    method = given.method
    settings = (method.dpo if method.type == "dpo" else method.supervised) if method else None
    chosen = (settings and settings.hyperparameters) or given.hyperparameters
    names = ["n_epochs", "batch_size", "learning_rate_multiplier"]
    if method_of(given) == "dpo":
        names.append("beta")
    values = (chosen or JobHyperparameters()).model_dump()
    return {name: values.get(name, "auto") for name in names}


def numbers_of(hyperparameters: dict[str, Any]) -> JobNumbers:
    """Return hyperparameters with `None` for `auto`."""
    values = {name: None if each == "auto" else each for name, each in hyperparameters.items()}
    return JobNumbers(
        epochs=values["n_epochs"],
        batch_size=values["batch_size"],
        learning_rate_multiplier=values["learning_rate_multiplier"],
        beta=values.get("beta"),
    )


def suffix_of(given: str | None) -> str:
    """Return the part of a model's name that a person chose, in characters a name may have."""
    return _NOT_IN_A_NAME.sub("-", (given or "").strip().lower()).strip("-.")


def base_of(model: str, studio_models: str) -> str:
    """Return the model that a name means by the setting `studio_models`; else the name itself.

    Raises `SettingsError` if the setting isn't a list of pairs.
    """
    pairs = [each.partition("=") for each in studio_models.split(",") if each.strip()]
    if not all(name.strip() and base.strip() for name, _, base in pairs):
        raise SettingsError("The setting `studio_models` needs pairs such as gpt-4o-mini=MODEL.")
    return {name.strip(): base.strip() for name, _, base in pairs}.get(model, model)


def job_record(given: CreateJobRequest) -> dict[str, Any]:
    """Return what is kept of a request, for answers in OpenAI's shape."""
    kind = method_of(given)
    return {
        "model": given.model,
        "training_file": given.training_file,
        "validation_file": given.validation_file,
        "method": {"type": kind, kind: {"hyperparameters": hyperparameters_of(given)}},
        "suffix": given.suffix,
        "seed": secrets.randbelow(2**31) if given.seed is None else given.seed,
        "metadata": given.metadata,
    }
