"""The tiny base that runs are tested on."""

from pathlib import Path

import pytest

from tests.studio.worker.tiny_base import write_tiny_base


@pytest.fixture(scope="session")
def real_base(model_cache: Path) -> Path:
    """The file of the small built-in model."""
    return model_cache / "smollm2-135m-instruct" / "model.gguf"


@pytest.fixture(scope="session")
def tiny_base(real_base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_base(tmp_path_factory.mktemp("base") / "tiny.gguf", real_base)
