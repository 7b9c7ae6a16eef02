"""Reading a rule's text: Python's expression syntax, a short list of nodes, types and units checked.

Never evaluated by Python. Bounded in length and depth; no number but 0 and 1. Every problem is a ``Fault``
with the characters of the text it is about.
"""

from __future__ import annotations

import ast
import keyword
import re
import warnings
from collections.abc import Iterable, Mapping

from ipcalc.inputs.toml import Fault
from ipcalc.quantity import nearest
from ipcalc.rules import tree
from ipcalc.rules.tree import Node
from ipcalc.rules.types import ERROR, FUNCTIONS, NAMED, RESERVED, TRUTH, RecordType, Scope, TableType, Type

LENGTH = 2_000
DEPTH = 40
FAULTS = 20  # in one text; reading stops there

_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
}  # fmt: skip
_OPERATIONS: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\\#]")
_CLAUSE = "[0 for ", "]"  # what makes an expression of the clause of a rule
_SPACES = str.maketrans("\n\t", "  ")  # one line, so that a column is a place in the text
_SIGNS = re.compile(r"[=<>!&|]+")
_MEANT = {"=": "==", "===": "==", "=>": ">=", "=<": "<=", "<>": "!=", "!": "not", "&&": "and", "||": "or"}

_WORDS: dict[type[ast.expr], str] = {
    ast.Lambda: "lambda", ast.ListComp: "[… for …]", ast.SetComp: "{… for …}", ast.DictComp: "{… for …}",
    ast.GeneratorExp: "… for … in …", ast.JoinedStr: "f'…'", ast.NamedExpr: ":=", ast.Starred: "*",
    ast.Dict: "{…}", ast.Set: "{…}", ast.Tuple: ",", ast.Slice: ":", ast.Await: "await", ast.Yield: "yield",
}  # fmt: skip


class _Stop(Exception):
    """The text can't be read any further."""


def expression(
    text: str, scope: Scope, wanted: str | None = None, local: Mapping[str, Type] | None = None
) -> tuple[Node, list[Fault]]:
    """The tree of an expression, and what is wrong with it. ``wanted`` is the kind it must have."""
    reader = _Reader(text, scope, local or {})
    node: Node = tree.Constant(ERROR, False)
    try:
        parsed = reader.parse()
        node = reader.node(parsed, 0)
        if wanted and not _fits(node.type, wanted):
            reader.fault(parsed, "R210", wanted=wanted, got=node.type.kind)
    except _Stop:
        pass
    return node, reader.faults


def each(
    text: str, scope: Scope, local: Mapping[str, Type] | None = None
) -> tuple[tree.Each | None, list[Fault]]:
    """The clause ``name in source if condition`` of a rule, and what is wrong with it."""
    reader = _Reader(text, scope, local or {})
    clause = None
    try:
        parsed = reader.parse(*_CLAUSE)
        if isinstance(parsed, ast.ListComp):
            clause = reader.clause(parsed.generators, parsed, 0)
        else:
            reader.fault(parsed, "R202", what="each")
    except _Stop:
        pass
    return clause, reader.faults


def syntax(text: str, *, clause: bool = False) -> dict[ast.expr, tuple[int, int]]:
    """Every node of a text that has been read (an expression, or the clause of a rule), in Python's own tree,
    with the characters of the text that it is.
    """
    reader = _Reader(text, Scope(RecordType("", "", {})), {})
    parsed = reader.parse(*_CLAUSE) if clause else reader.parse()
    return {node: reader.span(node, node) for node in ast.walk(parsed) if isinstance(node, ast.expr)}


def check_name(name: str) -> str:
    """Why a bare name can't be used in rules: keyword, function, shape or reserved; empty where it can."""
    if not name.isidentifier() or not name.isascii() or name.startswith("_"):
        return "shape"
    if keyword.iskeyword(name) or name in ("true", "false"):
        return "keyword"
    return "function" if name in FUNCTIONS else "reserved" if name in RESERVED else ""


def _fits(found: Type, wanted: str) -> bool:
    return found.kind in (wanted, "error")


class _Reader:
    def __init__(self, text: str, scope: Scope, local: Mapping[str, Type]) -> None:
        self.text = text
        self.source = text
        self.before = 0  # characters of the source before the text
        self.scope = scope
        self.local = dict(local)
        self.faults: list[Fault] = []

    # -- text and faults ------------------------------------------------------------------------------

    def parse(self, opening: str = "", closing: str = "") -> ast.expr:
        text = self.text
        if len(text) > LENGTH:
            raise self.refused("R207", 0, len(text), limit=f"{LENGTH} characters")
        if wrong := _FORBIDDEN.search(text):
            raise self.refused("R201", *wrong.span(), reason=f"U+{ord(wrong[0]):04X}")
        body = text.translate(_SPACES).lstrip(" ")
        self.source = f"{opening}{body}{closing}"
        self.before = len(opening) + len(body) - len(text)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                return ast.parse(self.source, mode="eval").body
        except SyntaxError as error:
            raise self.unreadable(error) from None
        except (RecursionError, MemoryError):
            raise self.refused("R207", 0, len(text), limit=f"{DEPTH} levels") from None

    def unreadable(self, error: SyntaxError) -> _Stop:
        """What the parser says of a text, at the character it says it of: the last, at the text's end."""
        last = max(len(self.text.rstrip()) - 1, 0)
        at = min(max(error.offset - 1 - self.before, 0), last) if error.offset else last
        if "nested" in error.msg:
            return self.refused("R207", at, at + 1, limit=f"{DEPTH} levels")
        near, end = "", at + 1
        for sign in _SIGNS.finditer(self.text):
            if sign[0] in _MEANT and sign.start() <= at < sign.end():
                near, (at, end) = _MEANT[sign[0]], sign.span()
        reason = error.msg.partition(". ")[0].partition(" (detected")[0]
        return self.refused("R201", at, end, near, reason=reason)

    def refused(self, code: str, start: int, end: int, near: str = "", **args: str) -> _Stop:
        self.faults.append(Fault(code, start, end, args, near))
        return _Stop()

    def span(self, first: ast.AST, last: ast.AST) -> tuple[int, int]:
        """The characters of the text from the start of one node to the end of another."""
        return (
            self.place(first.col_offset),  # type: ignore[attr-defined]
            self.place(last.end_col_offset),  # type: ignore[attr-defined]
        )

    def place(self, column: int) -> int:
        """The place in the text of a column of the source, which the parser counts in bytes."""
        if not self.source.isascii():
            column = len(self.source.encode()[:column].decode())
        return min(max(column - self.before, 0), len(self.text))

    def written(self, at: ast.AST) -> str:
        """What stands in the text for a node, not more than a line of it."""
        start, end = self.span(at, at)
        return self.text[start:end][:80]

    def fault(
        self, at: ast.AST, code: str, near: str = "", *, to: ast.AST | None = None, **args: str
    ) -> tree.Constant:
        """Note a problem; what stands there has the type that no further problem is made of."""
        start, end = self.span(at, to or at)
        return self.note(start, end, code, near, **args)

    def note(self, start: int, end: int, code: str, near: str = "", **args: str) -> tree.Constant:
        stop = self.refused(code, start, end, near, **args)
        if len(self.faults) == FAULTS:
            raise stop
        return tree.Constant(ERROR, False)

    # -- nodes ----------------------------------------------------------------------------------------

    def node(self, at: ast.expr, depth: int) -> Node:
        if depth > DEPTH:
            return self.fault(at, "R207", limit=f"{DEPTH} levels")
        method = getattr(self, f"_{type(at).__name__.lower()}", None)
        if method is None:
            return self.fault(at, "R202", what=_WORDS.get(type(at), type(at).__name__))
        found: Node = method(at, depth + 1)
        return found

    def _constant(self, at: ast.Constant, _: int) -> Node:
        if isinstance(at.value, bool):
            return tree.Constant(TRUTH, at.value)
        if isinstance(at.value, str):
            return tree.Constant(Type("text"), at.value)
        if at.value in (0, 1) and isinstance(at.value, int):
            return tree.Constant(Type("one" if at.value else "zero"), at.value)
        if isinstance(at.value, int | float):
            return self.fault(at, "R206", value=self.written(at)[:40])
        return self.fault(at, "R202", what="value")

    def _list(self, at: ast.List, _: int) -> Node:
        words = []
        for item in at.elts:
            if not isinstance(item, ast.Constant) or not isinstance(item.value, str):
                return self.fault(item, "R202", what="list item")
            words.append(item.value)
        return tree.Listing(Type("list", item=Type("text")), tuple(words))

    def _name(self, at: ast.Name, _: int) -> Node:
        return self.bare(at, at.id)

    def bare(self, at: ast.expr, name: str) -> Node:
        """What a name that stands alone means."""
        scope = self.scope
        if name in ("true", "false"):
            return tree.Constant(TRUTH, name == "true")
        if name in self.local:
            return tree.Local(self.local[name], name)
        if name in scope.values:
            return tree.Value(scope.values[name], scope.full(name))
        if name in scope.derived:
            return tree.Derived(scope.derived[name].type, None, scope.derived[name])
        if name in scope.project.records:
            return tree.Records(_records(scope.project.records[name]), None, name)
        if name in scope.groups:
            return tree.Group(Type("group"), scope.full(name))
        if name == "on":
            return tree.Reserved(Type("date"), "on")
        if name in scope.tables:
            return self.fault(at, "R208", function=name, wanted=str(len(scope.tables[name].keys)))
        paths = (*scope.project.facts, *scope.project.derived, *scope.own, *_RESERVED)
        if found := next((path for path in paths if path.startswith(f"{name}.")), None):
            return self.fault(at, "R203", found, value=name)
        known = scope.bare_names() | scope.sections() | set(self.local)
        return self.fault(at, "R203", nearest(name, known), value=name)

    def _attribute(self, at: ast.Attribute, depth: int) -> Node:
        base = at.value
        if isinstance(base, ast.Name) and base.id not in self.local:
            if base.id in RESERVED:
                return self._reserved(at, base.id)
            if (used := f"{base.id}.{at.attr}") in self.scope.bare_names():
                return self.bare(at, used)  # of a file that this one uses
            if base.id in self.scope.sections():
                return self._member(at, self.scope.project, used, None)
        below = self.node(base, depth)
        if isinstance(below, tree.Local) and below.type.record:
            return self._member(at, below.type.record, at.attr, below.name)
        if below.type.kind == "date" and at.attr == "year":
            return tree.Year(Type("number"), below)
        if below.type is ERROR:
            return below
        return self.unknown_part(at, ["year"] if below.type.kind == "date" else [])

    def unknown_part(self, at: ast.Attribute, known: Iterable[str]) -> Node:
        """The fault of a name behind a dot, at that name alone."""
        start, end = self.span(at, at)
        word = self.text[start:end].rpartition(".")[2].strip()
        return self.note(end - len(word), end, "R203", nearest(at.attr, known), value=at.attr)

    def _reserved(self, at: ast.Attribute, name: str) -> Node:
        if name == "on" and at.attr == "year":
            return tree.Year(Type("number"), tree.Reserved(Type("date"), "on"))
        path = f"{name}.{at.attr}"
        if path not in _RESERVED:
            return self.unknown_part(at, _below(name, _RESERVED) or ["year"])
        return tree.Reserved(Type(_RESERVED[path]), path)

    def _member(self, at: ast.Attribute, owner: RecordType, name: str, local: str | None) -> Node:
        own = self.scope.own if local is None else {}
        fact = owner.facts.get(name) or own.get(name)
        if fact is not None:
            return tree.Fact(fact.type, local, name, fact)
        if name in owner.derived:
            return tree.Derived(owner.derived[name].type, local, owner.derived[name])
        if local is None:
            section = name.partition(".")[0]
            return self.unknown_part(at, _below(section, (*owner.facts, *owner.derived, *own)))
        if name in owner.records:
            return tree.Records(_records(owner.records[name]), local, name)
        return self.unknown_part(at, (*owner.facts, *owner.derived, *owner.records))

    def _boolop(self, at: ast.BoolOp, depth: int) -> Node:
        operator = "and" if isinstance(at.op, ast.And) else "or"
        return tree.Logic(TRUTH, operator, tuple(self.truth(part, depth) for part in at.values))

    def truth(self, at: ast.expr, depth: int) -> Node:
        node = self.node(at, depth)
        if not _fits(node.type, "truth"):
            return self.fault(at, "R210", wanted="truth", got=node.type.kind)
        return node

    def _unaryop(self, at: ast.UnaryOp, depth: int) -> Node:
        if isinstance(at.op, ast.Not):
            return tree.Not(TRUTH, self.truth(at.operand, depth))
        if isinstance(at.op, ast.USub):
            node = self.node(at.operand, depth)
            if node.type is ERROR or node.type.number:
                kind = Type("number") if node.type.kind in ("one", "zero", "count") else node.type
                return tree.Arithmetic(kind, "-", tree.Constant(Type("zero"), 0), node)
        return self.fault(at, "R202", what="sign")

    def _binop(self, at: ast.BinOp, depth: int) -> Node:
        operator = _OPERATIONS.get(type(at.op))
        if operator is None:
            return self.fault(at, "R202", what="operator")
        left, right = self.node(at.left, depth), self.node(at.right, depth)
        if ERROR in (left.type, right.type):
            return tree.Constant(ERROR, False)
        kind = _operate(operator, left.type, right.type)
        if kind is None:
            return self.fault(at, "R204", left=left.type.kind, operator=operator, right=right.type.kind)
        return tree.Arithmetic(kind, operator, left, right)

    def _compare(self, at: ast.Compare, depth: int) -> Node:
        operands = [at.left, *at.comparators]
        nodes = [self.node(operand, depth) for operand in operands]
        parts = []
        for i, operator in enumerate(at.ops):
            pair = (operands[i], nodes[i]), (operands[i + 1], nodes[i + 1])
            if isinstance(operator, ast.In | ast.NotIn):
                parts.append(self.contains(*pair, isinstance(operator, ast.NotIn)))
            elif type(operator) in _COMPARISONS:
                parts.append(self.comparison(_COMPARISONS[type(operator)], *pair))
            else:
                return self.fault(pair[0][0], "R202", to=pair[1][0], what="operator")
        return parts[0] if len(parts) == 1 else tree.Logic(TRUTH, "and", tuple(parts))

    def comparison(self, operator: str, left: tuple[ast.expr, Node], right: tuple[ast.expr, Node]) -> Node:
        first, second = left[1], right[1]
        if ERROR in (first.type, second.type):
            return tree.Constant(ERROR, False)
        for word, other in ((left, second), (right, first)):
            if not self.word(*word, other.type):
                return tree.Constant(ERROR, False)
        ordered = operator not in ("==", "!=")
        if not _comparable(first.type, second.type, ordered=ordered):
            code = "R205" if first.type.number and second.type.number else "R204"
            kinds = {"left": first.type.kind, "operator": operator, "right": second.type.kind}
            return self.fault(left[0], code, to=right[0], **kinds)
        return tree.Compare(TRUTH, operator, first, second)

    def word(self, at: ast.expr, node: Node, other: Type) -> bool:
        """Whether a word in quotes, if it is one, is one the other side can be."""
        if not isinstance(node, tree.Constant) or not isinstance(node.value, str):
            return True
        word = node.value
        known = self.scope.named[other.kind] if other.kind in NAMED else other.choices
        if other.unit in ("stages", "roles"):
            known = self.scope.listed.get(other.unit, ())
        if known is None or word in known:
            return True
        allowed = ", ".join(known) if len(known) <= 20 else "…"
        self.fault(at, "R212", nearest(word, known), value=word, allowed=allowed)
        return False

    def contains(self, item: tuple[ast.expr, Node], container: tuple[ast.expr, Node], negated: bool) -> Node:
        what, where = item[1], container[1]
        if ERROR in (what.type, where.type):
            return tree.Constant(ERROR, False)
        fits = False
        if isinstance(where, tree.Listing) and isinstance(container[0], ast.List):
            fits = what.type.kind in ("choice", "text", *NAMED)
            for at, word in zip(container[0].elts, where.words, strict=True):
                if not self.word(at, tree.Constant(Type("text"), word), what.type):
                    return tree.Constant(ERROR, False)
        elif where.type.kind == "group":
            fits = what.type.kind in ("choice", "text", *NAMED)
        elif where.type.kind == "list" and where.type.item:
            if not self.word(item[0], what, where.type.item):
                return tree.Constant(ERROR, False)
            fits = _comparable(what.type, where.type.item, ordered=False)
        if not fits:
            kinds = {"left": what.type.kind, "operator": "in", "right": where.type.kind}
            return self.fault(item[0], "R204", to=container[0], **kinds)
        return tree.Contains(TRUTH, what, where, negated)

    def _ifexp(self, at: ast.IfExp, depth: int) -> Node:
        condition = self.truth(at.test, depth)
        then, otherwise = self.node(at.body, depth), self.node(at.orelse, depth)
        if ERROR in (then.type, otherwise.type):
            return tree.Constant(ERROR, False)
        kind = _common(then.type, otherwise.type)
        if kind is None:
            return self.fault(at, "R204", left=then.type.kind, operator="else", right=otherwise.type.kind)
        return tree.Choose(kind, condition, then, otherwise)

    def _subscript(self, at: ast.Subscript, depth: int) -> Node:
        name = self.written(at.value)
        if name not in self.scope.tables:
            return self.fault(at.value, "R203", nearest(name, self.scope.tables), value=name)
        table: TableType = self.scope.tables[name]
        given = at.slice.elts if isinstance(at.slice, ast.Tuple) else [at.slice]
        if len(given) != len(table.keys):
            return self.fault(at, "R208", function=name, wanted=str(len(table.keys)))
        keys = []
        for key, wanted in zip(given, table.keys, strict=True):
            node = self.node(key, depth)
            if node.type is ERROR or not self.word(key, node, wanted):
                continue
            if not _comparable(node.type, wanted, ordered=False):
                self.fault(key, "R204", left=node.type.kind, operator="[]", right=wanted.kind)
            keys.append(node)
        return tree.Lookup(table.cell, self.scope.full(name), tuple(keys))

    def _call(self, at: ast.Call, depth: int) -> Node:
        name = at.func.id if isinstance(at.func, ast.Name) else ""
        if name not in FUNCTIONS:
            word = self.written(at.func)
            return self.fault(at.func, "R203", nearest(word, FUNCTIONS), value=word)
        if at.keywords or not at.args:
            return self.fault(at, "R208", function=name, wanted="1")
        if isinstance(at.args[0], ast.GeneratorExp):
            if len(at.args) == 1 and name != "length":
                return self.quantify(name, at.args[0], depth)
            return self.fault(at, "R208", function=name, wanted="2" if name == "length" else "1")
        return self.plain_call(name, at, depth)

    def plain_call(self, name: str, at: ast.Call, depth: int) -> Node:
        nodes = [self.node(arg, depth) for arg in at.args]
        if any(node.type is ERROR for node in nodes):
            return tree.Constant(ERROR, False)
        if name == "length":
            if len(nodes) != 2:
                return self.fault(at, "R208", function=name, wanted="2")
            if wrong := next((n for n in nodes if n.type.kind != "date"), None):
                return self.fault(at, "R210", wanted="date", got=wrong.type.kind)
            return tree.Length(Type("period"), *nodes)
        if name == "count":
            if len(nodes) == 1 and nodes[0].type.kind == "list":
                yes = tree.Constant(TRUTH, True)
                return tree.Quantify(Type("count"), "count", yes, "", nodes[0], None)
            if wrong := next((n for n in nodes if n.type.kind != "truth"), None):
                return self.fault(at, "R210", wanted="truth", got=wrong.type.kind)
            return tree.Tally(Type("count"), tuple(nodes))
        if name in ("min", "max") and len(nodes) > 1:
            kind: Type | None = nodes[0].type
            for node in nodes[1:]:
                fits = kind is not None and _comparable(kind, node.type, ordered=True)
                kind = _common(kind, node.type) if kind and fits else None
            if kind is None:
                return self.fault(
                    at, "R204", left=nodes[0].type.kind, operator=name, right=nodes[-1].type.kind
                )
            return tree.Extreme(kind, name, tuple(nodes))
        return self.fault(at, "R208", function=name, wanted="… for … in …")

    def quantify(self, name: str, at: ast.GeneratorExp, depth: int) -> Node:
        before = dict(self.local)
        clause = self.clause(at.generators, at, depth)
        if clause is None:
            return tree.Constant(ERROR, False)
        item = self.node(at.elt, depth)
        self.local = before
        kind = item.type.kind
        if item.type is ERROR:
            return item
        if name in ("any", "all"):
            fits, found = kind == "truth", TRUTH
        elif name == "count":
            fits, found = kind in ("truth", "record"), Type("count")
            if kind == "record":
                item = tree.Constant(TRUTH, True)
        elif name == "sum":
            fits, found = kind in ("money", "share", "number", "count"), item.type
        elif name == "distinct":
            fits, found = kind in ("choice", "text", *NAMED, "date", "count"), Type("list", item=item.type)
        else:
            fits, found = _comparable(item.type, item.type, ordered=True), item.type
        if not fits:
            return self.fault(at.elt, "R204", left=name, operator="of", right=kind)
        return tree.Quantify(found, name, item, clause.name, clause.source, clause.condition)

    def clause(self, generators: list[ast.comprehension], at: ast.expr, depth: int) -> tree.Each | None:
        if len(generators) != 1 or generators[0].is_async or not isinstance(generators[0].target, ast.Name):
            self.fault(at, "R202", what="for")
            return None
        generator = generators[0]
        target = generator.target
        assert isinstance(target, ast.Name)
        reason = check_name(target.id)
        if not reason and target.id in self.scope.bare_names() | self.scope.sections() | set(self.local):
            reason = "taken"
        if reason:
            self.fault(target, "R209", value=target.id, reason=reason)
            return None
        source = self.node(generator.iter, depth)
        if source.type is ERROR:
            return None
        if source.type.kind != "list" or source.type.item is None or isinstance(source, tree.Listing):
            self.fault(generator.iter, "R210", wanted="records", got=source.type.kind)
            return None
        self.local[target.id] = source.type.item
        conditions = tuple(self.truth(condition, depth) for condition in generator.ifs)
        condition: Node | None = None
        if conditions:
            condition = conditions[0] if len(conditions) == 1 else tree.Logic(TRUTH, "and", conditions)
        return tree.Each(target.id, source, condition)


_RESERVED = {"call.id": "text", "call.opens": "date", "call.closes": "date", "scheme.id": "text"}


def _below(section: str, paths: Iterable[str]) -> list[str]:
    """The names behind the dot in a section's paths."""
    return [path.partition(".")[2] for path in paths if path.startswith(f"{section}.")]


def _records(record: RecordType) -> Type:
    return Type("list", item=Type("record", record=record))


_DATES = {"date", "moved"}


def _comparable(left: Type, right: Type, *, ordered: bool) -> bool:
    kinds = {left.kind, right.kind}
    if "zero" in kinds:
        return left.number and right.number
    if "one" in kinds:
        return kinds <= {"one", "share", "ratio", "number", "count"}
    if kinds == {"period", "duration"}:
        return True
    if kinds == {"duration"}:
        return not left.unit or not right.unit or left.unit == right.unit
    if kinds <= {"number", "count"} or (len(kinds) == 1 and kinds <= {"money", "share", "ratio", "date"}):
        return True
    if kinds == _DATES or kinds == {"moved"}:
        return True
    if ordered:
        return False
    words = {"choice", *NAMED}
    return kinds == {"truth"} or (kinds <= {*words, "text"} and len(kinds & words) <= 1)


def _common(left: Type, right: Type) -> Type | None:
    """The type that is either of two: zero and one are any number."""
    for first, second in ((left, right), (right, left)):
        if first.kind in ("zero", "one") and second.number and _comparable(first, second, ordered=False):
            return Type("number") if second.kind in ("zero", "one") else second
    if left.kind != right.kind:
        both = {left.kind, right.kind}
        return Type("number") if both == {"number", "count"} else Type("moved") if both == _DATES else None
    if left.choices != right.choices:
        left = left._replace(choices=None)
    return left._replace(unit="") if left.unit != right.unit else left


def _operate(operator: str, left: Type, right: Type) -> Type | None:
    """The type of an arithmetic result, or None where the two don't go together."""
    pair = (left.kind, right.kind)
    if left.kind == "date" and right.kind == "duration" and operator in "+-":
        return Type("moved")  # moved once: a second move would depend on the order
    if pair == ("duration", "duration") and operator in "+-" and left.unit == right.unit:
        return left
    if not (left.number and right.number):
        return None
    factors = {"share", "ratio", "number", "count", "zero", "one"}
    if operator in "+-":
        common = _common(left, right)
        if common and common.kind == "count" and operator == "-":
            return Type("number")
        return common
    if operator == "*":
        if pair == ("money", "money"):
            return None
        for first, second in (pair, pair[::-1]):
            if first == "money":
                return Type("money") if second in factors else None
        for kind in ("ratio", "share"):
            if kind in pair:
                return Type(kind) if pair[0] == pair[1] or {"one", "zero"} & set(pair) else Type("number")
        return Type("count") if pair == ("count", "count") else Type("number")
    if pair == ("money", "money"):
        return Type("ratio")
    if left.kind == "money":
        return Type("money") if right.kind in factors else None
    return Type("number") if right.kind != "money" else None
