"""A tree of messages as a file tells it, in an order in which it can be written down."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import msgspec

from tau.transfer.formats.import_items import ImportedMessage


class Node(NamedTuple):
    """A place in the tree, known by the id of its line; without a line it only ties others."""

    parent: str | None
    line: ImportedMessage | None


def flatten_tree(nodes: Mapping[str, Node], current: str | None) -> list[ImportedMessage]:
    """Return the lines, parents before children, the thread that ends in `current` last.

    Places without a line are passed over: their children follow the nearest line above. A parent
    that is missing, or a cycle, tears nothing apart: the line follows what was before it.
    """
    above: dict[str, str | None] = {}
    torn: set[str] = set()
    kept = [name for name, node in nodes.items() if node.line is not None]
    for name in kept:
        above[name], whole = _nearest_ancestor(nodes, name)
        if not whole:
            torn.add(name)
    _break_cycles(above, torn)
    shown = _ancestors(above, _visible_leaf(nodes, above, current))
    children: dict[str | None, list[str]] = {}
    for name in kept:
        children.setdefault(above[name], []).append(name)
    lines: list[ImportedMessage] = []
    for name in _walk(children, shown):
        line = nodes[name].line
        if line is None:
            continue
        parent = above[name]
        if parent is None and name in torn and lines:
            parent = lines[-1].id
        lines.append(msgspec.structs.replace(line, parent=parent))
    return lines


def _nearest_ancestor(nodes: Mapping[str, Node], name: str) -> tuple[str | None, bool]:
    """Return the nearest place above that has a line, and whether the way up was whole."""
    seen = {name}
    at = nodes[name].parent
    while at is not None:
        if at not in nodes or at in seen:
            return None, False
        if nodes[at].line is not None:
            return at, True
        seen.add(at)
        at = nodes[at].parent
    return None, True


def _break_cycles(above: dict[str, str | None], torn: set[str]) -> None:
    """Let one line of every cycle begin anew."""
    done: set[str] = set()
    for name in above:
        way: dict[str, None] = {}
        at: str | None = name
        while at is not None and at not in done:
            if at in way:
                above[at] = None
                torn.add(at)
                break
            way[at] = None
            at = above[at]
        done |= way.keys()


def _visible_leaf(
    nodes: Mapping[str, Node], above: Mapping[str, str | None], current: str | None
) -> str | None:
    """Return the line that the visible thread ends in."""
    if current is not None and current in nodes:
        if nodes[current].line is not None:
            return current
        found, _ = _nearest_ancestor(nodes, current)
        if found is not None:
            return found
    parents = set(above.values())
    leaves = [name for name in above if name not in parents]

    def when(name: str) -> float:
        line = nodes[name].line
        return line.at if line else 0.0

    # Among equals the one that stands last in the file is the newest.
    return max(reversed(leaves), key=when, default=None)


def _ancestors(above: Mapping[str, str | None], name: str | None) -> set[str]:
    found: set[str] = set()
    while name is not None:
        found.add(name)
        name = above[name]
    return found


def _walk(children: Mapping[str | None, list[str]], shown: set[str]) -> Iterator[str]:
    """Yield every place after its parent, and what is shown after its siblings."""

    def of(name: str | None) -> list[str]:
        # Taken from the end: what is shown lies at the bottom.
        found = children.get(name, [])
        return [n for n in found if n in shown] + [n for n in reversed(found) if n not in shown]

    waiting = of(None)
    while waiting:
        name = waiting.pop()
        yield name
        waiting += of(name)
