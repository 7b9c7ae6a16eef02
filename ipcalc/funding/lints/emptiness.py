"""L114: what a rule says of a list is settled for an empty one too, as with ``all`` and ``any``."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator

from ipcalc.funding.lints.parts import expressions
from ipcalc.funding.model import Scheme
from ipcalc.inputs.diagnostics import Diagnostic

# what says the same of each item, where the least or greatest is to be at least (or else at most) something
INSTEAD = {("min", True): "all", ("min", False): "any", ("max", True): "any", ("max", False): "all"}
Listed = tuple[str, ...]  # a list and the conditions on its items, as they are written


def lint(scheme: Scheme) -> Iterator[Diagnostic]:
    """Comparisons with the least or greatest of a list, unless the rule sees to it that there is one."""
    for _, texts in itertools.groupby(expressions(scheme), key=lambda one: one.path[:2]):
        together = list(texts)
        there = {listed for one in together for node in one.nodes for listed in _there(node)}
        for one in together:
            for node in one.nodes:
                for name, listed, instead in _compared(node):
                    if listed not in there:
                        word = one.nodes[name]
                        yield scheme.document.problem(
                            "L114", one.path, within=word, value=name.id, other=instead
                        )


def _compared(node: ast.expr) -> Iterator[tuple[ast.Name, Listed, str]]:
    """Each ``min`` or ``max`` of a list that a node compares, its list, and what could stand instead."""
    if not isinstance(node, ast.Compare):
        return
    operands = [node.left, *node.comparators]
    for operator, *sides in zip(node.ops, operands, operands[1:], strict=False):
        if not isinstance(operator, ast.Lt | ast.LtE | ast.Gt | ast.GtE):
            continue
        for side, call in zip(("left", "right"), sides, strict=True):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and (listed := _listed(call)):
                at_least = isinstance(operator, ast.Gt | ast.GtE) is (side == "left")
                if instead := INSTEAD.get((call.func.id, at_least)):
                    yield call.func, listed, instead


def _listed(call: ast.Call) -> Listed:
    """The list that a call goes through; empty where it goes through none."""
    first = call.args[0]
    return _clause(first.generators[0]) if isinstance(first, ast.GeneratorExp) else ()


def _clause(clause: ast.comprehension) -> Listed:
    return ast.unparse(clause.iter), *map(ast.unparse, clause.ifs)


def _there(node: ast.expr) -> Iterator[Listed]:
    """The lists that a node counts, or that the rule is asked of one by one: with and without conditions."""
    listed: Listed = ()
    if isinstance(node, ast.ListComp):  # the clause of the rule
        listed = _clause(node.generators[0])
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "count":
        listed = _listed(node) or (ast.unparse(node.args[0]),)
    if listed:
        yield from (listed, listed[:1])
