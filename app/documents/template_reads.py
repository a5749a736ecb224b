"""What a template reads, found in its syntax tree before it is ever rendered.

Templates are data, so their language is a small part of Jinja: any construct that is not listed
here is refused, and every name must lead to a field that the document type lists.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Final

from jinja2 import Environment, TemplateSyntaxError, nodes

from app.documents.errors import TemplateError

FILTERS: Final = frozenset(
    {
        "long_date", "weekday_date", "spelled", "counted", "lines", "rows", "bars", "upper",
        "join", "length",
    }
)  # fmt: skip
TESTS: Final = frozenset({"none"})
LOOP: Final = frozenset({"loop.index", "loop.first", "loop.last"})
SHARED: Final = "_letterhead/"

_ALLOWED: Final = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Const,
    nodes.If, nodes.For, nodes.Block, nodes.Extends, nodes.Include, nodes.Filter, nodes.Test,
    nodes.Not, nodes.And, nodes.Or, nodes.Compare, nodes.Operand, nodes.CondExpr, nodes.Concat,
    nodes.Tuple, nodes.List,
)  # fmt: skip


# Letters are written by another environment; what a text reads is the same in any.
_SYNTAX: Final = Environment(autoescape=True)


@cache  # the shared parts are read by every document type, and are the same for all of them
def find_reads(
    file: str, source: str, allowed: frozenset[str]
) -> tuple[frozenset[str], frozenset[str]]:
    """Return the dotted names a template reads, and the shared templates it refers to.

    :param file: name for errors.
    :param allowed: every dotted name it may read.
    :raises TemplateError: a name that is not allowed, or a construct outside of the language.
    """
    try:
        tree = _SYNTAX.parse(source, name=file)
    except TemplateSyntaxError as problem:
        raise TemplateError(file, f"line {problem.lineno}: {problem.message}") from None
    local = {name.name for name in tree.find_all(nodes.Name) if name.ctx != "load"}
    reader = _Reader(file, {*allowed, *LOOP}, local)
    reader.walk(tree)
    return frozenset(reader.reads - LOOP), frozenset(reader.shared)


class _Reader:
    def __init__(self, file: str, allowed: set[str], local: set[str]) -> None:
        self._file = file
        self._allowed = allowed
        self._local = local
        self.reads: set[str] = set()
        self.shared: set[str] = set()
        for name in sorted(local & {dotted.split(".")[0] for dotted in allowed}):
            raise TemplateError(file, "a loop variable hides a record", name)

    def walk(self, node: nodes.Node) -> None:
        if not isinstance(node, _ALLOWED):
            raise self._refused(node)
        if isinstance(node, nodes.Getattr):
            self._read(node, ".".join(self._chain(node)))
            return
        if isinstance(node, nodes.Name):
            if node.ctx == "load" and node.name not in self._local:
                self._read(node, node.name)
            return
        if isinstance(node, nodes.For) and isinstance(node.iter, nodes.List):
            self._listing(node)
            return
        self._check(node)
        for child in node.iter_child_nodes():
            self.walk(child)

    def _listing(self, loop: nodes.For) -> None:
        """Read a loop over what the template lists itself: rows of texts and listed fields."""
        rows = loop.iter.items if isinstance(loop.iter, nodes.List) else []
        for row in rows:
            for one in row.items if isinstance(row, nodes.Tuple) else [row]:
                self.walk(one)
        for child in (loop.target, *loop.body, *loop.else_):
            self.walk(child)

    def _check(self, node: nodes.Node) -> None:
        # Only what a loop unpacks into, and what it goes through (:meth:`_listing`).
        if isinstance(node, nodes.List) or (isinstance(node, nodes.Tuple) and node.ctx != "store"):
            raise self._refused(node)
        if isinstance(node, nodes.Filter) and node.name not in FILTERS:
            raise self._refused(node, node.name)
        if isinstance(node, nodes.Test) and node.name not in TESTS:
            raise self._refused(node, node.name)
        if isinstance(node, nodes.Extends | nodes.Include):
            name = node.template.value if isinstance(node.template, nodes.Const) else None
            if not isinstance(name, str) or not name.startswith(SHARED):
                raise self._refused(node)
            self.shared.add(name)

    def _read(self, node: nodes.Node, dotted: str) -> None:
        if dotted not in self._allowed:
            raise TemplateError(
                self._file, f"line {node.lineno}: reads a field that is not listed", dotted
            )
        self.reads.add(dotted)

    def _chain(self, node: nodes.Node) -> Iterator[str]:
        if isinstance(node, nodes.Getattr):
            yield from self._chain(node.node)
            yield node.attr
        elif isinstance(node, nodes.Name) and node.name not in self._local:
            yield node.name
        else:
            raise self._refused(node)

    def _refused(self, node: nodes.Node, name: str | None = None) -> TemplateError:
        what = name or type(node).__name__
        return TemplateError(self._file, f"line {node.lineno}: {what} is not allowed in a letter")
