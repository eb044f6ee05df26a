"""The tree of messages of an import file, in an order in which it can be written."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import msgspec

from tau.transfer.formats.import_items import ImportedMessage


class TreeNode(NamedTuple):
    """A node of the tree under the id of its message; without one it only connects others."""

    parent: str | None
    message: ImportedMessage | None


def flatten_tree(nodes: Mapping[str, TreeNode], current: str | None) -> list[ImportedMessage]:
    """Return the messages, parents before children, the thread that ends in `current` last.

    Nodes without a message are passed over: their children follow the nearest message above. Where
    a parent is missing or part of a cycle, the message follows the one before it.
    """
    above: dict[str, str | None] = {}
    torn: set[str] = set()
    kept = [name for name, node in nodes.items() if node.message is not None]
    for name in kept:
        above[name], whole = _nearest_ancestor(nodes, name)
        if not whole:
            torn.add(name)
    _break_cycles(above, torn)
    shown = _ancestors(above, _visible_leaf(nodes, above, current))
    children: dict[str | None, list[str]] = {}
    for name in kept:
        children.setdefault(above[name], []).append(name)
    messages: list[ImportedMessage] = []
    for name in _walk(children, shown):
        message = nodes[name].message
        if message is None:
            continue
        parent = above[name]
        if parent is None and name in torn and messages:
            parent = messages[-1].id
        messages.append(msgspec.structs.replace(message, parent=parent))
    return messages


def _nearest_ancestor(nodes: Mapping[str, TreeNode], name: str) -> tuple[str | None, bool]:
    """Return the nearest node above that has a message, and whether no parent was missing."""
    seen = {name}
    at = nodes[name].parent
    while at is not None:
        if at not in nodes or at in seen:
            return None, False
        if nodes[at].message is not None:
            return at, True
        seen.add(at)
        at = nodes[at].parent
    return None, True


def _break_cycles(above: dict[str, str | None], torn: set[str]) -> None:
    """Make one message of every cycle the first of its thread."""
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
    nodes: Mapping[str, TreeNode], above: Mapping[str, str | None], current: str | None
) -> str | None:
    """Return the message that the visible thread ends in."""
    if current is not None and current in nodes:
        if nodes[current].message is not None:
            return current
        found, _ = _nearest_ancestor(nodes, current)
        if found is not None:
            return found
    parents = set(above.values())
    leaves = [name for name in above if name not in parents]

    def when(name: str) -> float:
        message = nodes[name].message
        return message.at if message else 0.0

    # Among equals the last in the file is the newest.
    return max(reversed(leaves), key=when, default=None)


def _ancestors(above: Mapping[str, str | None], name: str | None) -> set[str]:
    found: set[str] = set()
    while name is not None:
        found.add(name)
        name = above[name]
    return found


def _walk(children: Mapping[str | None, list[str]], shown: set[str]) -> Iterator[str]:
    """Yield every node after its parent, and what is shown after its siblings."""

    def children_of(name: str | None) -> list[str]:
        # Popped from the end, so what is shown comes first in the list.
        found = children.get(name, [])
        return [n for n in found if n in shown] + [n for n in reversed(found) if n not in shown]

    stack = children_of(None)
    while stack:
        name = stack.pop()
        yield name
        stack += children_of(name)
