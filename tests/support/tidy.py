"""Rules on syntax that linters do not have: each takes a tree and yields what breaks it."""

import ast
from collections.abc import Iterable, Iterator

FUNCTION_LINES_MAX, PARAMETERS_MAX, NESTING_MAX = 50, 5, 3
CORE_IMPORTS = {
    *("bisect", "collections", "enum", "fractions", "functools", "hashlib", "heapq", "itertools"),
    *("math", "operator", "typing", "engine", "msgspec", "sortedcontainers"),
}
EXACT_MATH = {"gcd", "isqrt", "lcm", "prod"}
"""What `math` has that takes and gives whole numbers."""
ORDERLESS = {"all", "any", "frozenset", "len", "set", "sorted", "sum"}
"""Callables to whom the order of what they are given is the same."""
SET_METHODS = {"difference", "intersection", "symmetric_difference", "union"}
BLOCKS = (ast.For, ast.AsyncFor, ast.While, ast.If, ast.With, ast.AsyncWith, ast.Try, ast.Match)

Finding = tuple[int, str]
"""A line and what is wrong there."""
Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(tree: ast.AST) -> Iterator[Function]:
    """Every function and method."""
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def long_functions(tree: ast.AST) -> Iterator[Finding]:
    """Functions that do not fit on a screen, docstrings left out."""
    for function in functions(tree):
        lines = (function.end_lineno or function.lineno) - function.lineno + 1
        if ast.get_docstring(function) is not None:
            docstring = function.body[0]
            lines -= (docstring.end_lineno or docstring.lineno) - docstring.lineno + 1
        if lines > FUNCTION_LINES_MAX:
            yield function.lineno, f"{function.name} has {lines} lines"


def many_parameters(tree: ast.AST) -> Iterator[Finding]:
    """Functions with so many positional parameters that a call no longer reads."""
    for function in functions(tree):
        names = [a.arg for a in (*function.args.posonlyargs, *function.args.args)]
        count = len([name for name in names if name not in {"self", "cls"}])
        if count > PARAMETERS_MAX:
            yield function.lineno, f"{function.name} has {count} parameters before the `*`"


def deep_nesting(tree: ast.AST) -> Iterator[Finding]:
    """Blocks in blocks in blocks; `elif` is not deeper than its `if`."""
    for function in functions(tree):
        for statement in function.body:
            yield from _too_deep(statement, 0)


def _too_deep(node: ast.stmt, depth: int) -> Iterator[Finding]:
    if isinstance(node, BLOCKS):
        depth += 1
        if depth > NESTING_MAX:
            yield node.lineno, f"nested {depth} deep"
    for field in ("body", "orelse", "finalbody", "handlers", "cases"):
        for child in getattr(node, field, ()):
            is_elif = field == "orelse" and isinstance(node, ast.If) and isinstance(child, ast.If)
            yield from _too_deep(child, depth - 1 if is_elif else depth)


def joint_assertions(tree: ast.AST) -> Iterator[Finding]:
    """`assert a and b` does not say which of the two failed."""
    for node in ast.walk(tree):
        match node:
            case ast.Assert(test=ast.BoolOp(op=ast.And())):
                yield node.lineno, "an assertion joined by `and`: write two"


def sleeps(tree: ast.AST) -> Iterator[Finding]:
    """A test that sleeps is slow on a good day and wrong on a bad one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner, name = node.func.value, node.func.attr
            sleeper = isinstance(owner, ast.Name) and owner.id in {"time", "asyncio"}
            yields = bool(node.args) and isinstance(node.args[0], ast.Constant)
            if sleeper and name == "sleep" and not (yields and ast.unparse(node.args[0]) == "0"):
                yield node.lineno, "a test that sleeps"


def imported_names(tree: ast.AST) -> Iterator[Finding]:
    """Every module that is imported, with its line; `from a import b` may mean a or a.b."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield node.lineno, module
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)


def foreign_imports(tree: ast.AST) -> Iterator[Finding]:
    """Imports that bring a clock, dice, files or anything else from outside into the core."""
    for line, name in imported_names(tree):
        if name.split(".")[0] not in CORE_IMPORTS:
            yield line, f"imports {name}"


def inexact_numbers(tree: ast.AST) -> Iterator[Finding]:
    """Whatever makes a float: a literal, `/`, `float`, or `math` beyond its whole numbers."""
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=float() | complex() as number):
                yield node.lineno, f"the float {number}"
            case ast.BinOp(op=ast.Div()) | ast.AugAssign(op=ast.Div()):
                yield node.lineno, "the operator `/`"
            case ast.Name(id="float"):
                yield node.lineno, "the type float"
            case ast.Attribute(value=ast.Name(id="math"), attr=name) if name not in EXACT_MATH:
                yield node.lineno, f"math.{name} is not exact"
            case ast.ImportFrom(module="math", names=names):
                inexact = [alias.name for alias in names if alias.name not in EXACT_MATH]
                yield from ((node.lineno, f"math.{name} is not exact") for name in inexact)
            case _:
                pass


def waits_and_prints(tree: ast.AST) -> Iterator[Finding]:
    """The core waits for nothing and tells nobody but by its events."""
    for node in ast.walk(tree):
        if isinstance(node, ast.AsyncFunctionDef | ast.AsyncFor | ast.AsyncWith | ast.Await):
            yield node.lineno, "async"
        elif isinstance(node, ast.Name) and node.id in {"print", "input", "open", "eval", "exec"}:
            yield node.lineno, node.id


def set_names(trees: Iterable[ast.AST]) -> set[str]:
    """Names and attributes that are annotated as sets or assigned one, anywhere in the trees."""
    names: set[str] = set()
    for node in (node for tree in trees for node in ast.walk(tree)):
        match node:
            case ast.AnnAssign(target=target, annotation=annotation):
                if _is_set_type(annotation):
                    names.add(_last_name(target))
            case ast.arg(arg=name, annotation=ast.expr() as annotation):
                if _is_set_type(annotation):
                    names.add(name)
            case ast.Assign(targets=[target], value=value):
                if is_set(value, frozenset()):
                    names.add(_last_name(target))
            case _:
                pass
    return names - {""}


def _is_set_type(annotation: ast.expr) -> bool:
    name = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    return _last_name(name) in {"set", "frozenset", "Set", "AbstractSet", "MutableSet"}


def _last_name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def is_set(node: ast.expr, names: set[str] | frozenset[str]) -> bool:
    """Whether an expression is a set as far as one can see; `names` are known ones."""
    match node:
        case ast.Set() | ast.SetComp():
            return True
        case ast.Call(func=ast.Name(id="set" | "frozenset")):
            return True
        case ast.Call(func=ast.Attribute(attr=method)) if method in SET_METHODS:
            return True
        case ast.Name() | ast.Attribute():
            return _last_name(node) in names
        case ast.BinOp(left=left, op=ast.BitOr() | ast.BitAnd() | ast.BitXor() | ast.Sub()):
            return is_set(left, names) or is_set(node.right, names) or _is_keys(left)
        case _:
            return False


def _is_keys(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and _last_name(node.func) == "keys"


def set_walks(tree: ast.AST, names: set[str]) -> Iterator[Finding]:
    """Walks over a set: its order differs from run to run, and with it the events."""
    harmless = {
        id(argument)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _last_name(node.func) in ORDERLESS
        for argument in node.args
    }
    for node in ast.walk(tree):
        for walked in _walked(node):
            if is_set(walked, names) and id(node) not in harmless and id(walked) not in harmless:
                yield walked.lineno, f"a walk over the set {ast.unparse(walked)}"


def _walked(node: ast.AST) -> list[ast.expr]:
    match node:
        case ast.For(iter=walked) | ast.YieldFrom(value=walked) | ast.Starred(value=walked):
            return [walked]
        case ast.ListComp() | ast.DictComp() | ast.GeneratorExp():
            return [part.iter for part in node.generators]
        case ast.Call(func=ast.Attribute(value=owner, attr="pop"), args=[]):
            return [owner]
        case ast.Call(func=ast.Name(id=name)) if name not in ORDERLESS:
            return (
                node.args if name in {"dict", "enumerate", "iter", "list", "tuple", "zip"} else []
            )
        case _:
            return []
