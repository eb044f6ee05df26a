"""Import of a script that is a folder of parts, which find each other because they lie in it."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType


@contextmanager
def imported_parts(folder: Path, names: Sequence[str]) -> Iterator[dict[str, ModuleType]]:
    """Yield the parts of the script by name; afterwards they can't be imported any more."""
    sys.path.insert(0, str(folder))
    try:
        yield {name: __import__(name) for name in names}
    finally:
        sys.path.remove(str(folder))
        for name in names:
            sys.modules.pop(name, None)
