"""YAML that is read back as it was."""

from typing import Any

import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from tau.studio.places.yaml_text import to_yaml

HOSTILE = (
    "yes",
    "1e3",
    "~",
    "- a",
    "a: b",
    "# c",
    "$(reboot)",
    "'\"",
    "a\n  b\n",
    "key:\n  x\n",
    "tail \nx\n",
    " a\nb\n",
    "\u2028",
    "\x85",
    "&a *a !b",
    "--- |",
    "0x10",
    "12:30",
    "",
)
TEXT = st.text() | st.sampled_from(HOSTILE) | st.text("ab \n:-#'\"\\\t|", max_size=20)
VALUES: st.SearchStrategy[Any] = st.recursive(
    TEXT | st.integers() | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


@example([{"k" * 2000: {"a": ["b", {"é" * 300: "two\nlines\n"}]}}])
@given(st.lists(st.dictionaries(TEXT, VALUES, min_size=1, max_size=5), min_size=1, max_size=3))
def test_everything_comes_back_as_it_was(documents: list[dict[str, Any]]) -> None:
    assert list(yaml.safe_load_all(to_yaml(*documents))) == documents


def test_scripts_and_names_stay_readable() -> None:
    written = to_yaml({"name": "torch-distributed", "steps": [{"run": "set -e\n\nexec sh x.sh\n"}]})
    assert written == (
        "name: torch-distributed\nsteps:\n  - run: |\n      set -e\n\n      exec sh x.sh\n"
    )
