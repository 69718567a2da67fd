"""Remedies for numbers: infinite slopes, flat steps, what is not a number."""

import ast

from ..code import Cannot
from .table import candidate, remedy

SMALL = "1e-12"
#: Steps: their slope is zero wherever there is one.
FLAT = ("round", "floor", "ceil", "trunc", "sign", "sgn")


def tensor_argument(call):
    """The tensor that a function or method works on: x of torch.sqrt(x) and of x.sqrt()."""
    if not isinstance(call.func, ast.Attribute):
        raise Cannot
    value = call.func.value
    if isinstance(value, ast.Name) and value.id in ("torch", "F", "nn"):
        if not call.args:
            raise Cannot
        return call.args[0]
    if isinstance(value, ast.Attribute) and value.attr in ("functional", "linalg", "special"):
        if not call.args:
            raise Cannot
        return call.args[0]
    return value


@remedy("away-from-zero")
def away_from_zero(code, wish):
    """sqrt, log and division: not exactly at zero."""
    node = wish.expression()
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        inner = node.right
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        inner = node.left
    elif isinstance(node, ast.Call):
        inner = tensor_argument(node)
    else:
        raise Cannot
    text = code.source(inner)
    is_argument = isinstance(node, ast.Call) and inner in node.args
    small = wish.words.get("small", SMALL)
    added = f"{text} + {small}"
    yield candidate(
        f"Stay away from zero: {text} + {small}", code.replace(inner, added if is_argument else f"({added})")
    )
    if wish.words.get("positive"):
        clamped = f"{code.operand(inner)}.clamp(min={small})"
        yield candidate(f"Stay away from zero: .clamp(min={small})", code.replace(inner, clamped))


@remedy("norm")
def norm(code, wish):
    """(a ** 2).sum().sqrt() at zero: a.norm(), whose gradient there is zero."""
    node = wish.expression()
    if not isinstance(node, ast.Call):
        raise Cannot
    total = tensor_argument(node)
    if not (isinstance(total, ast.Call) and isinstance(total.func, ast.Attribute) and total.func.attr == "sum"):
        raise Cannot
    if total.args or total.keywords:
        raise Cannot
    square = total.func.value
    if isinstance(square, ast.BinOp) and isinstance(square.op, ast.Pow):
        if not (isinstance(square.right, ast.Constant) and square.right.value == 2):
            raise Cannot
        base = square.left
    elif isinstance(square, ast.BinOp) and isinstance(square.op, ast.Mult):
        if code.source(square.left) != code.source(square.right):
            raise Cannot
        base = square.left
    elif isinstance(square, ast.Call) and isinstance(square.func, ast.Attribute) and square.func.attr == "square":
        base = tensor_argument(square)
    else:
        raise Cannot
    text = code.operand(base)
    yield candidate(f"Use {text}.norm(): its gradient at zero is zero", code.replace(node, f"{text}.norm()"))


@remedy("safe-where")
def safe_where(code, wish):
    """where(c, f(x), y): in f, x is replaced where c does not hold, so that f is never asked there."""
    call = wish.call("where")
    args = list(call.args)
    if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name) and call.func.value.id == "torch":
        if len(args) != 3:
            raise Cannot
        condition, first, second = args
    elif len(args) == 2 and isinstance(call.func, ast.Attribute):
        first, condition, second = call.func.value, *args
    else:
        raise Cannot
    row = wish.row("bad") if wish.has("bad") else None
    chosen = code.source(condition)
    for branch, holds in ((first, True), (second, False)):
        target = branch
        if row is not None and not _inside(code.row(branch), row):
            # Computed on a line of its own.
            made = code.statement(code.at(row, ast.expr))
            name = getattr(made.targets[0], "id", "") if isinstance(made, ast.Assign) else ""
            if not any(isinstance(child, ast.Name) and child.id == name for child in ast.walk(branch)):
                continue
            target = made.value
        names = [
            child
            for child in ast.walk(target)
            if isinstance(child, ast.Name)
            and child.id not in ("torch", "F", "math")
            and not (isinstance(code.parent(child), ast.Call) and code.parent(child).func is child)
        ]
        wanted = wish.words.get("names", "").split()
        names = [child for child in names if not wanted or child.id in wanted]
        if not names:
            continue
        shown = names[0].id
        edits = []
        for child in names:
            one = f"torch.ones_like({child.id})"
            inside = f"{child.id}, {one}" if holds else f"{one}, {child.id}"
            edits.append(code.replace(child, f"torch.where({chosen}, {inside})"))
        yield candidate(f"Keep {shown} away from where it is not chosen: torch.where inside as well", *edits)


def _inside(outer, row):
    return tuple(outer[:2]) <= tuple(row[:2]) and tuple(row[2:]) <= tuple(outer[2:])


@remedy("not-flat")
def not_flat(code, wish):
    """torch.round(x), x.sign(): straight through it; without it; tanh for a sign."""
    node = wish.expression()
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        raise Cannot
    name = node.func.attr
    if name not in FLAT:
        raise Cannot
    inner = tensor_argument(node)
    whole, text = code.source(node), code.operand(inner)
    outer = code.parent(node)
    alone = isinstance(outer, (ast.Assign, ast.Return, ast.Expr)) or (isinstance(outer, ast.Call) and node in outer.args)
    through = f"{text} + ({whole} - {text}).detach()"
    if isinstance(inner, (ast.Name, ast.Attribute, ast.Subscript)):
        yield candidate(
            f"Let the gradient pass it, straight through: {through}", code.replace(node, through if alone else f"({through})")
        )
    elif isinstance(outer, ast.Assign) and isinstance(outer.targets[0], ast.Name) and outer.value is node:
        # The expression has a name of its own then: it is computed once.
        target = outer.targets[0].id
        through = f"{target} + (torch.{name}({target}) - {target}).detach()"
        yield candidate(
            f"Let the gradient pass it, straight through: {through}",
            code.replace(node, code.source(inner)),
            code.insert_after(outer, f"{target} = {through}"),
        )
    if name in ("sign", "sgn"):
        yield candidate("Take a smooth step: torch.tanh", code.replace(node, f"torch.tanh({code.source(inner)})"))
    yield candidate(f"Leave {name} out of the loss", code.replace(node, text if alone else f"{text}"))


@remedy("inside-bounds")
def inside_bounds(code, wish):
    """acos and asin have infinite slopes at -1 and 1."""
    node = wish.expression()
    if not isinstance(node, ast.Call):
        raise Cannot
    inner = tensor_argument(node)
    text = f"{code.operand(inner)}.clamp(-1 + 1e-6, 1 - 1e-6)"
    yield candidate(f"Stay inside the bounds: {text}", code.replace(inner, text))


@remedy("true-division")
def true_division(code, wish):
    """a // b has no derivative; a / b has one."""
    node = wish.expression()
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.FloorDiv):
        left, right = code.operand(node.left), code.operand(node.right)
        yield candidate(f"Divide without rounding: {left} / {right}", code.replace(node, f"{left} / {right}"))
    elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "floor_divide":
        end = code.row(node.func)[2:]
        yield candidate("Divide without rounding: div", [[end[0], end[1] - len("floor_divide"), *end], "div"])
