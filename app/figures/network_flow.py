"""Exact bounds of a hidden cell of a table: how far it may move while all that is known holds.

A table with one margin in each direction is a circulation: each cell is an edge, and what is
published are edges that cannot move. A cell can grow by one exactly when a way back leads from
its head to its tail along edges that can move; so its bounds are those of a maximal flow.
"""

from collections import deque
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

Node = Hashable


@dataclass(frozen=True, slots=True)
class Edge:
    """One cell: its true value, and between which bounds a reader knows it to lie."""

    tail: Node
    head: Node
    value: int
    low: int
    high: int


def grows(edges: Sequence[Edge], which: int, most: int) -> int:
    """Return by how much the cell could be greater than it is, up to ``most``."""
    one = edges[which]
    return _flow(edges, which, one.head, one.tail, min(most, one.high - one.value))


def shrinks(edges: Sequence[Edge], which: int, most: int) -> int:
    """Return by how much the cell could be smaller than it is, up to ``most``."""
    one = edges[which]
    return _flow(edges, which, one.tail, one.head, min(most, one.value - one.low))


def _flow(edges: Sequence[Edge], without: int, source: Node, sink: Node, wanted: int) -> int:
    """Return how much can be sent from source to sink along what the edges can still move."""
    room: dict[Node, dict[Node, int]] = {}
    for number, edge in enumerate(edges):
        if number != without:
            ahead, back = edge.high - edge.value, edge.value - edge.low
            for tail, head, more in ((edge.tail, edge.head, ahead), (edge.head, edge.tail, back)):
                ways = room.setdefault(tail, {})
                ways[head] = ways.get(head, 0) + more
                room.setdefault(head, {}).setdefault(tail, 0)
    sent = 0
    while sent < wanted:
        path = _path(room, source, sink)
        if not path:
            break
        step = min([room[tail][head] for tail, head in path] + [wanted - sent])
        for tail, head in path:
            room[tail][head] -= step
            room[head][tail] += step
        sent += step
    return sent


def _path(room: dict[Node, dict[Node, int]], source: Node, sink: Node) -> list[tuple[Node, Node]]:
    came: dict[Node, Node] = {source: source}
    waiting = deque([source])
    while waiting:
        at = waiting.popleft()
        for head, left in room.get(at, {}).items():
            if left > 0 and head not in came:
                came[head] = at
                waiting.append(head)
    if sink not in came or sink == source:
        return []
    path, at = [], sink
    while at != source:
        path.append((came[at], at))
        at = came[at]
    return path
