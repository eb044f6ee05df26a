"""`python -m tau.studio.worker FOLDER --base FILE`: train what the folder's document says.

The key of the folder comes as the first line of standard input, `{"key": HEX or null}`; when
standard input ends, the program writes a checkpoint and stops. On a cluster, where nobody holds
standard input open, the key is in TAU_RUN_KEY, or the folder isn't sealed (`--unsealed`).
"""

import argparse
import gc
import json
import os
import sys
from pathlib import Path

from tau.studio.tuning.run_folder import RunFolder

_KEY = "TAU_RUN_KEY"
_NICENESS = 10
_RANKS = {"RANK": "0", "LOCAL_RANK": "0", "WORLD_SIZE": "1"}  # set by torchrun
_SURROUNDINGS = {
    "HF_HUB_OFFLINE": "1",  # nothing is fetched
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TRANSFORMERS_VERBOSITY": "error",
    "TQDM_DISABLE": "1",
    "TOKENIZERS_PARALLELISM": "false",
    # Threads that wait for others must not keep the cores busy that these need.
    "OMP_WAIT_POLICY": "passive",
    # Without it, products of matrices on a GPU may differ from run to run.
    "CUBLAS_WORKSPACE_CONFIG": ":4096:8",
}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tau.studio.worker", description=__doc__)
    parser.add_argument("folder", type=Path, help="the run's folder, with run.json")
    parser.add_argument("--base", type=Path, required=True, help="the GGUF file of the base")
    parser.add_argument("--estimate", action="store_true", help="only two steps, and an estimate")
    parser.add_argument("--unsealed", action="store_true", help="the folder's files aren't sealed")
    return parser.parse_args()


def _key(*, is_unsealed: bool) -> tuple[bytes | None, int | None]:
    """Return the folder's key, and standard input if its end should be waited for."""
    if is_unsealed:
        return None, None
    if given := os.environ.pop(_KEY, ""):
        return bytes.fromhex(given), None
    key = json.loads(sys.stdin.buffer.readline())["key"]
    return (None if key is None else bytes.fromhex(key)), sys.stdin.fileno()


def main() -> int:
    """Run the program; return its exit code."""
    arguments = _arguments()
    try:
        key, standard_input = _key(is_unsealed=arguments.unsealed)
    except (ValueError, KeyError, TypeError):
        sys.stderr.write("The first line of standard input must be the folder's key.\n")
        return 64
    os.nice(max(0, _NICENESS - os.nice(0)))
    for name, value in _SURROUNDINGS.items():
        os.environ.setdefault(name, value)
    ranks = [int(os.environ.get(name, default)) for name, default in _RANKS.items()]
    gc.disable()  # nothing of torch is garbage before the end, and searching it takes long
    # torch reads the environment while it's imported
    from tau.studio.worker.processes import ProcessRanks
    from tau.studio.worker.program import run_program

    gc.freeze()
    gc.enable()
    folder = RunFolder(arguments.folder.absolute(), key)
    return run_program(
        folder,
        arguments.base.absolute(),
        ProcessRanks(*ranks),
        standard_input,
        is_estimate=arguments.estimate,
    )


if __name__ == "__main__":
    sys.exit(main())
