"""Remedies for graphs that were cut: detach, .data, item(), torch.tensor([...]), no_grad, integers, nobody asked."""

import ast

from ..code import Cannot
from .table import candidate, remedy


def method_receiver(node, *names):
    """x of `x.name()`."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names:
        return node.func.value
    raise Cannot


@remedy("keep-connected")
def keep_connected(code, wish):
    """Takes away what cuts: .detach(), .data, .item(), .tolist(), float(x), x.numpy()."""
    node = wish.expression()
    if isinstance(node, ast.Attribute) and node.attr == "data":
        inner, what = node.value, ".data"
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in (
        "detach",
        "item",
        "tolist",
        "numpy",
    ):
        if isinstance(node.func.value, ast.Name) and node.func.value.id == "torch" and node.args:
            inner = node.args[0]
        else:
            inner = node.func.value
        what = f".{node.func.attr}()"
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("float", "int") and node.args:
        inner, what = node.args[0], f"{node.func.id}()"
    else:
        raise Cannot
    text = code.source(inner)
    whole = isinstance(inner, (ast.Name, ast.Attribute, ast.Call, ast.Subscript))
    outer = code.parent(node)
    lonely = isinstance(outer, (ast.Assign, ast.Return, ast.keyword, ast.Expr)) or (
        isinstance(outer, ast.Call) and node in outer.args
    )
    edit = code.replace(node, text if whole or lonely else f"({text})")
    more = []
    if wish.has("made") and wish.row("made") != wish.row("at"):
        # torch.tensor(value) around it would copy the number once more.
        made = wish.call("made")
        if len(made.args) == 1 and not isinstance(made.args[0], (ast.List, ast.Tuple)):
            if code.around(wish.row("at"), ast.expr) not in list(ast.walk(made)):
                more = [code.replace(made, code.source(made.args[0]))]
                # A list of numbers: a list of tensors then.
                stacked = [code.drop_keyword(made, each.arg) for each in made.keywords if each.arg]
                if isinstance(made.func, ast.Attribute):
                    stacked.append(code.replace(made.func, "torch.stack"))
                    yield candidate(f"Stay in the graph: remove {what}, and torch.stack", edit, *stacked)
    yield candidate(f"Stay in the graph: remove {what}", edit, *more)
    if isinstance(outer, ast.Call) and isinstance(outer.func, ast.Attribute) and outer.func.attr in ("tensor", "as_tensor"):
        # torch.tensor(h.tolist()) would copy the numbers once more.
        if outer.args and outer.args[0] is node:
            yield candidate(f"Stay in the graph: use {text} itself", code.replace(outer, text))


@remedy("stack")
def stack(code, wish):
    """torch.tensor([a, b]) of tensors: torch.stack; torch.tensor(a): a itself."""
    call = wish.call()
    if not call.args:
        raise Cannot
    given = call.args[0]
    if isinstance(given, (ast.List, ast.Tuple)):
        nested = given.elts and all(isinstance(item, (ast.List, ast.Tuple)) for item in given.elts)
        if nested:
            rows = ", ".join(f"torch.stack([{', '.join(code.source(cell) for cell in row.elts)}])" for row in given.elts)
            yield candidate("Keep the graph: torch.stack", code.replace(call, f"torch.stack([{rows}])"))
            return
        deep = [edit for item in given.elts for edit in _without_items(code, item)]
        if deep and not call.keywords:
            yield candidate("Keep the graph: torch.stack", code.replace(call.func, "torch.stack"), *deep)
        items = ", ".join(_without_item(code, item) for item in given.elts)
        yield candidate("Keep the graph: torch.stack", code.replace(call, f"torch.stack([{items}])"))
        yield candidate("Keep the graph: torch.cat", code.replace(call, f"torch.cat([{items}])"))
    elif isinstance(given, (ast.ListComp, ast.GeneratorExp)):
        edits = [code.replace(call.func, "torch.stack")]
        edits += _without_items(code, given.elt)
        for keyword in call.keywords:
            edits.append(code.drop_keyword(call, keyword.arg))
        yield candidate("Keep the graph: torch.stack", *edits)
    else:
        text = _without_item(code, given)
        yield candidate(f"Use {text} itself", code.replace(call, text))
        yield candidate("Keep the graph: torch.stack", code.replace(call, f"torch.stack({text})"))


def _without_items(code, node):
    """Edits that take .item() and float() off whatever stands in an expression."""
    edits = []
    for child in ast.walk(node):
        if isinstance(child, ast.Call) and isinstance(child.func, ast.Attribute) and child.func.attr in ("item", "detach"):
            edits.append(code.replace(child, code.source(child.func.value)))
        elif isinstance(child, ast.Call) and isinstance(child.func, ast.Name) and child.func.id == "float" and child.args:
            edits.append(code.replace(child, code.operand(child.args[0])))
    return edits


def _without_item(code, node):
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("item", "detach"):
        return code.source(node.func.value)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float" and node.args:
        return code.source(node.args[0])
    return code.source(node)


@remedy("with-recording")
def with_recording(code, wish):
    """Takes the forward pass out of `with torch.no_grad():`, or the decorator off the function."""
    node = code.around(wish.row("at"), (ast.expr, ast.stmt))
    while node is not None:
        if isinstance(node, ast.With):
            item = node.items[0]
            if _switches_off(item.context_expr):
                if len(node.items) > 1:
                    raise Cannot
                yield candidate("Record it: move it out of the with block", code.unwrap(node))
                break
        if isinstance(node, ast.FunctionDef):
            for decorator in node.decorator_list:
                if _switches_off(decorator):
                    first = code.line(decorator.lineno)
                    if first.strip() != "@" + code.source(decorator):
                        raise Cannot
                    yield candidate(
                        f"Record it: remove @{code.source(decorator)}",
                        code._delete_lines(decorator.lineno, decorator.lineno),
                    )
                    return
        node = code.parent(node)
    if wish.has("mode"):
        mode = code.at(wish.row("mode"), ast.expr)
        statement = code.statement(mode)
        if isinstance(statement, ast.Expr) and statement.value is mode:
            yield candidate("Record it: remove the call that switches recording off", *code.delete(statement))


def _switches_off(node):
    if isinstance(node, ast.Call):
        node = node.func
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return name in ("no_grad", "inference_mode", "set_grad_enabled")


@remedy("not-frozen")
def not_frozen(code, wish):
    """Takes away the statement that switched requires_grad off."""
    statement = wish.statement()
    # A loop that does nothing else goes as well.
    parent = code.parent(statement)
    while isinstance(parent, (ast.For, ast.With)) and parent.body == [statement] and not getattr(parent, "orelse", []):
        statement, parent = parent, code.parent(parent)
    what = "loop" if isinstance(statement, ast.For) else "statement"
    yield candidate(f"Let it require grad: remove the {what} that freezes it", *code.delete(statement))


FLOAT_TYPES = ("float", "double", "float32", "float64", "half", "bfloat16", "float16")


def floats(code, call):
    """Edits that make integers in a call floats: 1 → 1."""
    edits = []
    for argument in call.args[:1]:
        for node in ast.walk(argument):
            if isinstance(node, ast.Constant) and type(node.value) is int:
                edits.append(code.insert_behind_node(node, "."))
    return edits


def can_require_grad(call):
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return name in (
        "tensor",
        "zeros",
        "ones",
        "full",
        "rand",
        "randn",
        "empty",
        "arange",
        "linspace",
        "logspace",
        "eye",
        "zeros_like",
        "ones_like",
        "rand_like",
        "randn_like",
        "full_like",
        "empty_like",
    )


@remedy("ask-for-grad")
def ask_for_grad(code, wish):
    """requires_grad=True where the tensor is made."""
    call = wish.call("made")
    name = wish.words.get("name", "")
    subject = f"{name}: " if name else ""
    if can_require_grad(call):
        yield candidate(
            f"Ask for a gradient of {subject}requires_grad=True",
            code.keyword(call, "requires_grad", "True"),
        )
    else:
        yield candidate(
            f"Ask for a gradient of {subject}.requires_grad_()",
            code.insert_behind_node(call, ".requires_grad_()"),
        )


@remedy("float-numbers")
def float_numbers(code, wish):
    """A tensor of integers with a floating-point type."""
    call = wish.call("made")
    more = []
    if wish.words.get("ask") and not any(keyword.arg == "requires_grad" for keyword in call.keywords):
        if can_require_grad(call):
            more = [code.keyword(call, "requires_grad", "True")]
    dtype = next((keyword for keyword in call.keywords if keyword.arg == "dtype"), None)
    if dtype is not None:
        yield candidate(
            "Make it floating-point: dtype=torch.float32",
            code.replace(dtype.value, "torch.float32"), *more,
        )
        return
    literal = floats(code, call)
    if literal:
        one = len(literal) == 1
        yield candidate(f"Make {'it a float: 1.' if one else 'them floats: 1.'} instead of 1", *_joined(literal, more))
    if more:
        place, text = more[0]
        yield candidate("Make it floating-point: dtype=torch.float32", [place, f", dtype=torch.float32{text}"])
    else:
        yield candidate("Make it floating-point: dtype=torch.float32", code.keyword(call, "dtype", "torch.float32"))


def _joined(edits, more):
    """Edits at the same place become one."""
    joined = list(edits)
    for place, text in more:
        for index, (other, before) in enumerate(joined):
            if other == place:
                joined[index] = [place, before + text]
                break
        else:
            joined.append([place, text])
    return joined


@remedy("no-cast")
def no_cast(code, wish):
    """x.long(), x.int(), x.to(torch.int64): without it."""
    node = wish.expression()
    inner = method_receiver(node, "long", "int", "to", "short", "bool", "type", "byte", "round", "floor", "ceil", "sign", "trunc")
    yield candidate(f"Stay floating-point: remove .{node.func.attr}(...)", code.replace(node, code.operand(inner)))


@remedy("no-comparison")
def no_comparison(code, wish):
    """(p > 0.5).float() has no derivative: what is compared has one."""
    node = wish.expression()
    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "argmax":
        node = _comparison_of(code, node)
    if not (isinstance(node, ast.Compare) and len(node.ops) == 1):
        raise Cannot
    if not isinstance(node.ops[0], (ast.Gt, ast.GtE, ast.Lt, ast.LtE)):
        if isinstance(node.ops[0], ast.Eq):
            yield from _cross_entropy(code, node)
        return
    inner, bound = node.left, node.comparators[0]
    if not isinstance(bound, (ast.Constant, ast.UnaryOp)):
        raise Cannot
    whole = node
    outer = code.parent(node)
    while (isinstance(outer, ast.Attribute) and outer.attr in ("float", "to", "double", "int", "long")) or (
        isinstance(outer, ast.Call) and outer.func is whole
    ):
        whole, outer = outer, code.parent(outer)
    text = code.source(inner)
    zero = isinstance(bound, ast.Constant) and bound.value == 0
    if zero:
        yield candidate(
            f"Take a smooth step: torch.sigmoid({text})", code.replace(whole, f"torch.sigmoid({text})")
        )
    yield candidate(f"Compute the loss from the numbers themselves: {text}", code.replace(whole, code.operand(inner)))


def _comparison_of(code, argmax):
    """logits.argmax(1) == target, or with a name for the first in between."""
    outer = code.parent(argmax)
    if isinstance(outer, ast.Compare):
        return outer
    if not (isinstance(outer, ast.Assign) and isinstance(outer.targets[0], ast.Name)):
        raise Cannot
    name = outer.targets[0].id
    for tree in code.trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Compare) and node.lineno > outer.lineno:
                if any(isinstance(each, ast.Name) and each.id == name for each in (node.left, *node.comparators)):
                    return node
    raise Cannot


def _cross_entropy(code, node):
    """accuracy = (logits.argmax(1) == target).float().mean(): a loss that has a gradient in its place."""
    for one, other in ((node.left, node.comparators[0]), (node.comparators[0], node.left)):
        if isinstance(one, ast.Name):
            one = _assigned_value(code, node, one.id)
        if not (isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute) and one.func.attr == "argmax"):
            continue
        scores = one.func.value
        if isinstance(scores, ast.Name) and scores.id == "torch" and one.args:
            scores = one.args[0]
        text = f"F.cross_entropy({code.source(scores)}, {code.source(other)})"
        for tree in code.trees:
            for call in ast.walk(tree):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "backward":
                    if call.lineno >= node.lineno:
                        yield candidate(
                            f"Go back from a loss that has a gradient: {text}", code.replace(call.func.value, text)
                        )
                        return


def _assigned_value(code, before, name):
    found = None
    for tree in code.trees:
        for statement in ast.walk(tree):
            if isinstance(statement, ast.Assign) and statement.lineno <= before.lineno:
                if any(isinstance(target, ast.Name) and target.id == name for target in statement.targets):
                    found = statement.value
    return found


@remedy("soft-argmax")
def soft_argmax(code, wish):
    """argmax has no derivative; the mean position under a softmax has one."""
    call, size = wish.call(), int(wish.word("size"))
    if not (isinstance(call.func, ast.Attribute) and call.func.attr == "argmax"):
        raise Cannot
    scores = call.func.value
    given = call.args
    if isinstance(scores, ast.Name) and scores.id == "torch" and given:
        scores, given = given[0], given[1:]
    if int(wish.word("rank")) != 1 and not (
        given and isinstance(given[0], (ast.Constant, ast.UnaryOp)) and code.source(given[0]) in ("1", "-1")
    ):
        raise Cannot
    soft = f"(torch.softmax({code.source(scores)}, -1) * torch.arange({size})).sum(-1)"
    yield candidate(f"Take a smooth position, the mean under a softmax: {soft}", code.replace(call, soft))


@remedy("soft-choice")
def soft_choice(code, wish):
    """table[logits.argmax(1)], one_hot(logits.argmax(1), 4): the mean under a softmax."""
    call = wish.call()
    if not (isinstance(call.func, ast.Attribute) and call.func.attr == "argmax"):
        raise Cannot
    scores = call.func.value
    if isinstance(scores, ast.Name) and scores.id == "torch" and call.args:
        scores = call.args[0]
    outer = code.parent(call)
    gumbel = isinstance(scores, ast.Call) and getattr(scores.func, "attr", "") == "gumbel_softmax"
    if isinstance(outer, ast.Subscript) and outer.slice is call:
        soft = f"torch.softmax({code.source(scores)}, -1) @ {code.operand(outer.value)}"
        lonely = isinstance(code.parent(outer), (ast.Assign, ast.Return))
        yield candidate(
            f"Choose softly, the mean under a softmax: {soft}", code.replace(outer, soft if lonely else f"({soft})")
        )
    elif isinstance(outer, ast.Call) and getattr(outer.func, "attr", "") == "one_hot" and call in outer.args:
        if gumbel:
            if not scores.args or any(keyword.arg == "hard" for keyword in scores.keywords):
                raise Cannot
            yield candidate(
                "Draw one-hot rows that gradients pass through: hard=True",
                code.replace(outer, f"{code.source(scores)[:-1]}, hard=True)"),
            )
        else:
            soft = f"torch.softmax({code.source(scores)}, -1)"
            yield candidate(f"Choose softly: {soft}", code.replace(outer, soft))


@remedy("rsample")
def rsample(code, wish):
    """Normal(mu, sigma).sample() records nothing; rsample() draws so that gradients pass."""
    call = wish.call()
    if not (isinstance(call.func, ast.Attribute) and call.func.attr == "sample"):
        raise Cannot
    end = code.row(call.func)[2:]
    yield candidate(
        "Draw so that gradients pass: rsample()", [[end[0], end[1] - len("sample"), *end], "rsample"]
    )


@remedy("not-a-new-leaf")
def not_a_new_leaf(code, wish):
    """Variable(loss.data, requires_grad=True): the loss itself."""
    call = wish.call()
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name not in ("Variable", "tensor", "Parameter", "as_tensor") or not call.args:
        raise Cannot
    inner = call.args[0]
    if isinstance(inner, ast.Attribute) and inner.attr == "data":
        inner = inner.value
    while isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute):
        if inner.func.attr not in ("detach", "item", "clone"):
            break
        inner = inner.func.value
    text = code.source(inner)
    yield candidate(f"Stay in the graph: {text} itself", code.replace(call, text))
