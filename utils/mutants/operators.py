"""The changes that make mutants: functions from a node of a syntax tree to what may replace it."""

from __future__ import annotations

import ast
import copy
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple


@dataclass
class Surroundings:
    """What an operator has to know besides the node itself.

    Attributes:
        lines: Numbers of the lines that may change.
        bound: How often each name is assigned.
        fixed: Ids of nodes that stay as they are: docstrings, annotations, format specifications.
        messages: Ids of texts in a `raise`, whose wording is free.
        tuples: Ids of tuples that are iterated over or searched, so that elements may be dropped.
        listed: Ids of the elements of these.
    """

    lines: range
    bound: Counter[str] = field(default_factory=Counter)
    fixed: set[int] = field(default_factory=set)
    messages: set[int] = field(default_factory=set)
    tuples: set[int] = field(default_factory=set)
    listed: set[int] = field(default_factory=set)


Operator = Callable[[Any, Surroundings], Iterable[Any]]

OPERATORS: dict[str, tuple[tuple[type, ...], Operator]] = {}
"""For each operator's name, the classes of nodes that it changes, and the function that does it."""


def operator(name: str, *kinds: type) -> Callable[[Operator], Operator]:
    """Add the decorated function under a name that says what the change is."""

    def add(function: Operator) -> Operator:
        OPERATORS[name] = kinds, function
        return function

    return add


class Mutation(NamedTuple):
    """One change: the operator's name, the node, and the node in its place."""

    operator: str
    node: ast.AST
    new: Any


def changes(tree: ast.Module, lines: range) -> Iterator[Mutation]:
    """Every change of what is in `lines` of a module, in the order of the operators."""
    around = _surroundings(tree, lines)
    nodes = [node for node in ast.walk(tree) if id(node) not in around.fixed]
    for name, (kinds, change) in OPERATORS.items():
        for node in nodes:
            if isinstance(node, kinds) and _inside(node, lines):
                yield from (Mutation(name, node, new) for new in change(node, around))


def _inside(node: ast.AST, lines: range) -> bool:
    """Whether a node is in the lines; a function is if its body ends there."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return node.body[-1].lineno in lines
    return getattr(node, "lineno", 0) in lines


def _surroundings(tree: ast.Module, lines: range) -> Surroundings:
    around = Surroundings(lines)
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                around.bound[name] += 1
            case ast.Expr(value=ast.Constant() as text):  # a docstring
                around.fixed |= {id(node), id(text)}
            case ast.JoinedStr(values=parts):
                around.fixed |= {id(part) for part in parts if isinstance(part, ast.Constant)}
            case ast.FormattedValue(format_spec=ast.JoinedStr() as spec):
                around.fixed |= {id(part) for part in ast.walk(spec)}
            case ast.Dict(keys=keys):
                around.fixed |= {id(key) for key in keys if key}
            case ast.AnnAssign(annotation=kind) if "Literal" not in ast.unparse(kind):
                around.fixed |= {id(part) for part in ast.walk(kind)}
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                kinds = [node.returns, *(a.annotation for a in node.args.args)]
                around.fixed |= {id(part) for kind in kinds if kind for part in ast.walk(kind)}
            case ast.Subscript(value=ast.Attribute(attr="choices"), slice=index):
                around.fixed.add(id(index))  # there is one choice: [-1] is the same, [1] raises
            case ast.Raise():
                around.messages |= {id(p) for p in ast.walk(node) if isinstance(p, ast.Constant)}
        match node:
            case (
                ast.Compare(comparators=[ast.Tuple() | ast.Set() | ast.List() as several])
                | ast.For(iter=ast.Tuple() as several)
                | ast.comprehension(iter=ast.Tuple() as several)
                | ast.Subscript(value=ast.Name(id="Literal"), slice=ast.Tuple() as several)
            ):
                around.tuples.add(id(several))
                around.listed |= {id(element) for element in several.elts}
    return around


# -- building nodes -------------------------------------------------------------------------------


def having(node: Any, **fields: Any) -> Any:
    """A copy of a node with other fields."""
    made = copy.copy(node)
    vars(made).update(fields)
    return made


def expression(source: str) -> Any:
    """The node of an expression."""
    return ast.parse(source, mode="eval").body


def statement(source: str) -> Any:
    """The node of a statement."""
    return ast.parse(source).body[0]


def without_each(node: Any, *names: str) -> Iterator[Any]:
    """The node without one element of the lists of these names, for each element."""
    for n in range(len(getattr(node, names[0]))):
        rest = {name: getattr(node, name)[:n] + getattr(node, name)[n + 1 :] for name in names}
        yield having(node, **rest)


def block(body: list[ast.stmt]) -> ast.stmt:
    """Statements in the place of one."""
    return ast.If(ast.Constant(True), body, [])


# -- arguments ------------------------------------------------------------------------------------

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
FOREIGN = {"str": "'something else'", "int": "41", "float": "0.0625", "bool": "False"}
"""For an annotation, a value that no case gives to the learner's function."""


def _arguments(node: Any) -> list[ast.arg]:
    args = [*node.args.args, *node.args.kwonlyargs]
    return [arg for arg in args if arg.arg not in ("self", "cls", "client")]


def _beginning_with(node: Any, first: ast.stmt) -> Any:
    """A function with a statement before its own, below its docstring."""
    text = node.body[: ast.get_docstring(node) is not None]
    return having(node, body=[*text, first, *node.body[len(text) :]])


@operator("argument ignored", *FUNCTIONS)
def ignore(node: Any, around: Surroundings) -> Iterator[Any]:
    for arg in _arguments(node):
        name, kind = arg.arg, ast.unparse(arg.annotation) if arg.annotation else ""
        empty = f"(lambda *_, **__: None) if callable({name}) else type({name})()"
        yield _beginning_with(node, statement(f"{name} = {FOREIGN.get(kind, empty)}"))


@operator("argument always that of the first call", *FUNCTIONS)
def fix(node: Any, around: Surroundings) -> Iterator[Any]:
    """`first` is a function that `trial` gives to the module."""
    for arg in _arguments(node):
        yield _beginning_with(node, statement(f"{arg.arg} = first({arg.arg!r}, {arg.arg})"))


@operator("arguments swapped", *FUNCTIONS)
def swap(node: Any, around: Surroundings) -> Iterator[Any]:
    args = [arg for arg in _arguments(node) if arg.annotation and arg in node.args.args]
    for n, one in enumerate(args):
        for other in args[n + 1 :]:
            if ast.unparse(one.annotation or one) == ast.unparse(other.annotation or other):
                names = {one.arg: other, other.arg: one}
                turned = [names.get(arg.arg, arg) for arg in node.args.args]
                yield having(node, args=having(node.args, args=turned))


# -- values ---------------------------------------------------------------------------------------


@operator("constant returned", ast.Return)
def return_constant(node: ast.Return, around: Surroundings) -> Iterator[Any]:
    if node.value is not None and not isinstance(node.value, ast.Constant):
        yield having(node, value=ast.Constant(None))


@operator("number changed", ast.Constant)
def change_number(node: ast.Constant, around: Surroundings) -> Iterator[Any]:
    value = node.value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return
    if id(node) not in around.listed:
        yield from (ast.Constant(value + by) for by in (1, -1))


@operator("true and false exchanged", ast.Constant)
def turn_bool(node: ast.Constant, around: Surroundings) -> Iterator[Any]:
    if isinstance(node.value, bool):
        yield ast.Constant(not node.value)


@operator("text replaced", ast.Constant)
def replace_text(node: ast.Constant, around: Surroundings) -> Iterator[Any]:
    if isinstance(node.value, str) and id(node) not in around.messages:
        yield ast.Constant("" if node.value and " " not in node.value else "x")


@operator("part of a text dropped", ast.JoinedStr)
def drop_part(node: ast.JoinedStr, around: Surroundings) -> Iterator[Any]:
    for n, part in enumerate(node.values):
        if isinstance(part, ast.FormattedValue):
            yield having(node, values=node.values[:n] + node.values[n + 1 :])


@operator("key dropped", ast.Dict)
def drop_key(node: ast.Dict, around: Surroundings) -> Iterator[Any]:
    yield from without_each(node, "keys", "values")


@operator("element dropped", ast.List, ast.Set, ast.Tuple)
def drop_element(node: Any, around: Surroundings) -> Iterator[Any]:
    if not isinstance(node, ast.Tuple) or id(node) in around.tuples:
        yield from without_each(node, "elts")


@operator("field dropped", ast.ClassDef)
def drop_field(node: ast.ClassDef, around: Surroundings) -> Iterator[Any]:
    if len(node.body) > 1:
        yield from without_each(node, "body")


@operator("slice opened", ast.Slice)
def open_slice(node: ast.Slice, around: Surroundings) -> Iterator[Any]:
    yield from (having(node, **{end: None}) for end in ("lower", "upper") if getattr(node, end))


@operator("copy removed", ast.List, ast.Dict)
def share(node: Any, around: Surroundings) -> Iterator[Any]:
    """`[*messages, answer]` that extends `messages`; `{**options, ...}` that updates it."""
    match node:
        case ast.List(elts=[ast.Starred(value=ast.Name(id=name)), _, *_]):
            rest = ast.unparse(having(node, elts=node.elts[1:]))
            yield expression(f"{name}.extend({rest}) or {name}")
        case ast.Dict(keys=[None, _, *_], values=[ast.Name(id=name), *_]):
            rest = ast.unparse(having(node, keys=node.keys[1:], values=node.values[1:]))
            yield expression(f"{name}.update({rest}) or {name}")


COUNTERPARTS = {
    "prompt_tokens": "completion_tokens",
    "input_tokens": "output_tokens",
    "max": "min",
    "any": "all",
}
COUNTERPARTS |= {other: one for one, other in COUNTERPARTS.items()}


@operator("name exchanged for its counterpart", ast.Attribute, ast.Name)
def exchange(node: Any, around: Surroundings) -> Iterator[Any]:
    if isinstance(node, ast.Attribute) and node.attr in COUNTERPARTS and "tokens" in node.attr:
        yield having(node, attr=COUNTERPARTS[node.attr])
    if isinstance(node, ast.Name) and node.id in COUNTERPARTS and isinstance(node.ctx, ast.Load):
        yield having(node, id=COUNTERPARTS[node.id])


# -- comparisons and conditions -------------------------------------------------------------------

_PAIRS = [
    *((ast.Gt, ast.GtE), (ast.Lt, ast.LtE), (ast.Eq, ast.NotEq), (ast.In, ast.NotIn)),
    *((ast.Is, ast.IsNot), (ast.And, ast.Or), (ast.Add, ast.Sub), (ast.Mult, ast.Div)),
]
OTHER: dict[type, Any] = {a: b for pair in _PAIRS for a, b in (pair, pair[::-1])}
ORDERS = ast.Gt | ast.GtE | ast.Lt | ast.LtE


def _compare(node: ast.Compare, *, ordered: bool) -> Iterator[Any]:
    for n, op in enumerate(node.ops):
        if isinstance(op, ORDERS) is ordered:
            yield having(node, ops=[*node.ops[:n], OTHER[type(op)](), *node.ops[n + 1 :]])


@operator("boundary moved", ast.Compare)
def move_boundary(node: ast.Compare, around: Surroundings) -> Iterator[Any]:
    yield from _compare(node, ordered=True)


@operator("comparison turned around", ast.Compare)
def turn_comparison(node: ast.Compare, around: Surroundings) -> Iterator[Any]:
    yield from _compare(node, ordered=False)


@operator("and and or exchanged", ast.BoolOp)
def exchange_and_or(node: ast.BoolOp, around: Surroundings) -> Iterator[Any]:
    yield having(node, op=OTHER[type(node.op)]())


@operator("condition dropped", ast.BoolOp)
def drop_condition(node: ast.BoolOp, around: Surroundings) -> Iterator[Any]:
    """Also the default of `text or ""`."""
    for rest in without_each(node, "values"):
        yield rest.values[0] if len(rest.values) == 1 else rest


@operator("not removed", ast.UnaryOp)
def remove_not(node: ast.UnaryOp, around: Surroundings) -> Iterator[Any]:
    if isinstance(node.op, ast.Not):
        yield node.operand


@operator("arithmetic changed", ast.BinOp, ast.AugAssign)
def change_arithmetic(node: Any, around: Surroundings) -> Iterator[Any]:
    sides = [node.value] if isinstance(node, ast.AugAssign) else [node.left, node.right]
    texts = (ast.JoinedStr, ast.List, ast.IfExp)  # only joined, never subtracted
    if type(node.op) in OTHER and not any(isinstance(side, texts) for side in sides):
        yield having(node, op=OTHER[type(node.op)]())


@operator("branch forced", ast.If, ast.IfExp, ast.While)
def force_branch(node: Any, around: Surroundings) -> Iterator[Any]:
    if isinstance(node, ast.IfExp):
        yield from (node.body, node.orelse)
        return
    evaluated = ast.Tuple([node.test], ast.Load())  # for what it assigns; a tuple is true
    yield having(node, test=ast.UnaryOp(ast.Not(), evaluated))
    if isinstance(node, ast.If):
        yield having(node, test=evaluated)


@operator("filter dropped", ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
def drop_filter(node: Any, around: Surroundings) -> Iterator[Any]:
    for n, part in enumerate(node.generators):
        for rest in without_each(part, "ifs"):
            yield having(node, generators=[*node.generators[:n], rest, *node.generators[n + 1 :]])


@operator("loop cut", ast.For, ast.AsyncFor, ast.ListComp)
def cut_loop(node: Any, around: Surroundings) -> Iterator[Any]:
    """Only the first item."""
    if isinstance(node, ast.ListComp):
        yield expression(f"{ast.unparse(node)}[:1]")
    elif not isinstance(node.body[-1], ast.Return | ast.Break | ast.Raise):
        yield having(node, body=[*node.body, ast.Break()])


# -- calls ----------------------------------------------------------------------------------------

TIDYING = {"strip", "rstrip", "lstrip", "casefold", "lower", "upper", "copy", "model_copy"}
CONVERTING = {"sorted", "list", "set", "tuple", "dict", "str", "int", "float", "bool", "reversed"}
CONVERTING |= {"round", "abs", "deepcopy"}


@operator("keyword dropped", ast.Call)
def drop_keyword(node: ast.Call, around: Surroundings) -> Iterator[Any]:
    yield from without_each(node, "keywords")


@operator("default dropped", ast.Call)
def drop_default(node: ast.Call, around: Surroundings) -> Iterator[Any]:
    match node:
        case ast.Call(func=ast.Attribute(attr="get" | "pop"), args=[key, _]):
            yield having(node, args=[key])
        case ast.Call(func=ast.Name(id="getattr"), args=[value, name, _]):
            yield having(node, args=[value, name])


@operator("call removed", ast.Call)
def remove_call(node: ast.Call, around: Surroundings) -> Iterator[Any]:
    """A call that only tidies up, converts or copies: its argument stays."""
    match node:
        case ast.Call(func=ast.Attribute(value=value, attr=name), args=[]) if name in TIDYING:
            yield value
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=[only, *_]) if (
            name in CONVERTING
        ):
            yield only
        case ast.Call(func=ast.Name(id="max" | "min"), args=[_, _, *_]):
            yield from node.args


# -- statements -----------------------------------------------------------------------------------


@operator("statement dropped", ast.Assign, ast.AugAssign, ast.Raise, ast.Delete, ast.Expr)
def drop_statement(node: Any, around: Surroundings) -> Iterator[Any]:
    if isinstance(node, ast.Assign):
        stored = [part for target in node.targets for part in ast.walk(target)]
        names = [part.id for part in stored if isinstance(part, ast.Name)]
        again = all(around.bound[name] > 1 for name in names)  # else only a NameError
        if not again and not isinstance(node.targets[0], ast.Subscript | ast.Attribute):
            return
    yield ast.Pass()


@operator("jump removed", ast.Break, ast.Continue, ast.Return)
def remove_jump(node: Any, around: Surroundings) -> Iterator[Any]:
    value = getattr(node, "value", None)
    yield ast.Expr(value) if value else ast.Pass()


@operator("cause dropped", ast.Raise)
def drop_cause(node: ast.Raise, around: Surroundings) -> Iterator[Any]:
    if node.cause is not None:
        yield having(node, cause=None)


@operator("with dropped", ast.With, ast.AsyncWith)
def drop_with(node: Any, around: Surroundings) -> Iterator[Any]:
    for rest, item in zip(without_each(node, "items"), node.items, strict=True):
        if item.optional_vars is None:
            yield rest if rest.items else block(node.body)
        elif isinstance(item.optional_vars, ast.Name):
            assigned = ast.Assign([item.optional_vars], item.context_expr, lineno=0)
            yield block([assigned, rest if rest.items else block(node.body)])


@operator("except dropped", ast.Try)
def drop_except(node: ast.Try, around: Surroundings) -> Iterator[Any]:
    for rest in without_each(node, "handlers"):
        yield rest if rest.handlers or rest.finalbody else block([*node.body, *node.orelse])


@operator("except widened", ast.Try)
def widen_except(node: ast.Try, around: Surroundings) -> Iterator[Any]:
    yield from _with_each_handler(node, lambda one: [having(one, type=ast.Name("Exception"))])


@operator("except narrowed", ast.Try)
def narrow_except(node: ast.Try, around: Surroundings) -> Iterator[Any]:
    def narrower(handler: ast.ExceptHandler) -> list[ast.ExceptHandler]:
        if not isinstance(handler.type, ast.Tuple):
            return []
        return [having(handler, type=kinds) for kinds in without_each(handler.type, "elts")]

    yield from _with_each_handler(node, narrower)


def _with_each_handler(
    node: ast.Try, change: Callable[[ast.ExceptHandler], list[ast.ExceptHandler]]
) -> Iterator[Any]:
    for n, handler in enumerate(node.handlers):
        for new in change(handler):
            yield having(node, handlers=[*node.handlers[:n], new, *node.handlers[n + 1 :]])


@operator("finally dropped", ast.Try)
def drop_finally(node: ast.Try, around: Surroundings) -> Iterator[Any]:
    if node.finalbody:
        rest = having(node, finalbody=[])
        yield rest if rest.handlers else block([*node.body, *node.orelse])
