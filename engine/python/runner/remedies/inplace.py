"""Remedies for changes in place: another form, a copy, another moment, or without recording."""

import ast

from ..code import Cannot
from .graph import assigned, loaded
from .table import candidate, remedy

OPERATORS = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "**",
    ast.MatMult: "@",
    ast.FloorDiv: "//",
    ast.Mod: "%",
}


def base_name(node):
    while isinstance(node, (ast.Subscript, ast.Attribute)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def changed_target(code, statement, node):
    """What a statement changes in place: the node of `x` in `x += 1`, `x[0] = 1`, `x.add_(1)`."""
    if isinstance(statement, ast.AugAssign):
        return statement.target
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Subscript):
        return statement.targets[0]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr.endswith("_"):
        return node.func.value
    raise Cannot


def is_loop_variable(code, statement, name):
    """Whether the name is that of a loop around: a new tensor of that name would be lost with the round."""
    loop = code.enclosing(statement, ast.For)
    while loop is not None:
        if any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(loop.target)):
            return True
        loop = code.enclosing(loop, ast.For)
    return False


@remedy("out-of-place")
def out_of_place(code, wish):
    """x += 1 → x = x + 1; x.exp_() → x = x.exp(); inplace=True → False."""
    row = wish.row("at")
    statement = wish.statement("at")
    if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
        name, operator = statement.target.id, OPERATORS.get(type(statement.op))
        if operator is None or is_loop_variable(code, statement, name):
            raise Cannot
        value = code.source(statement.value)
        simple = isinstance(statement.value, (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.Constant))
        new = f"{name} = {name} {operator} {value if simple else f'({value})'}"
        yield candidate(f"Make a new tensor: {new}", code.replace(statement, new))
        return
    yield from _call(code, code.at(row, ast.Call), statement)


def _call(code, node, statement):
    inplace = next((k for k in node.keywords if k.arg == "inplace"), None)
    if inplace is not None:
        yield candidate("Make a new tensor: inplace=False", code.replace(inplace.value, "False"))
    if not isinstance(node.func, ast.Attribute):
        return
    name = node.func.attr
    if not name.endswith("_") or name.startswith("_"):
        return
    attribute = [[*code.row(node.func)[2:], *code.row(node.func)[2:]], ""]
    attribute[0][1] -= 1  # the underscore
    if isinstance(statement, ast.Expr) and statement.value is node and isinstance(node.func.value, ast.Name):
        x = node.func.value.id
        if x in ("torch", "F"):
            if not (node.args and isinstance(node.args[0], ast.Name)):
                return
            x = node.args[0].id
        if is_loop_variable(code, statement, x):
            return
        before = code.insert_before_node(node, f"{x} = ")
        yield candidate(f"Make a new tensor: {x} = {code.source(node.func)[:-1]}(...)", before, attribute)
    elif not isinstance(statement, ast.Expr):
        yield candidate(f"Make a new tensor: {name[:-1]} instead of {name}", attribute)


@remedy("no-inplace-modules")
def no_inplace_modules(code, wish):
    """inplace=True of activations, wherever they are made."""
    edits = [
        code.replace(keyword.value, "False")
        for tree in code.trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "inplace" and isinstance(keyword.value, ast.Constant) and keyword.value.value is True
    ]
    edits += [
        code.replace(node.args[-1], "False")
        for tree in code.trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("ReLU", "ReLU6", "SiLU", "SELU", "Hardtanh")
        and len(node.args) == 1
        and isinstance(node.args[0], ast.Constant)
        and node.args[0].value is True
    ]
    if edits:
        yield candidate("Make new tensors: inplace=False", *edits)


@remedy("change-copy")
def change_copy(code, wish):
    """x = x.clone() before the change: the change goes into a copy."""
    statement = wish.statement("at")
    node = code.around(wish.row("at"), (ast.expr, ast.stmt))
    target = changed_target(code, statement, node)
    name = base_name(target)
    if name is None or isinstance(target, ast.Attribute) or is_loop_variable(code, statement, name):
        raise Cannot
    loop = code.enclosing(statement, (ast.For, ast.While))
    place = statement
    if loop is not None and name not in {n for s in loop.body for n in assigned(s)}:
        # Elements that are filled one by one: one copy, before the loop, is enough.
        yield candidate(
            f"Change a copy: {name} = {name}.clone() before the loop",
            code.insert_before(loop, f"{name} = {name}.clone()"),
        )
    yield candidate(f"Change a copy: {name} = {name}.clone()", code.insert_before(place, f"{name} = {name}.clone()"))


@remedy("save-copy")
def save_copy(code, wish):
    """What is saved for backward is a copy of what is changed later."""
    name, node = wish.word("name"), code.around(wish.row("saved"), ast.expr)
    uses = [child for child in ast.walk(node) if isinstance(child, ast.Name) and child.id == name]
    uses = [use for use in uses if not isinstance(code.parent(use), ast.Attribute) or _is_receiver(code, use)]
    if not uses:
        raise Cannot
    parts = [_element(code, use) for use in uses]
    yield candidate(
        f"Compute with a copy: {code.source(parts[0])}.clone()",
        *(code.insert_behind_node(part, ".clone()") for part in parts),
    )


def _element(code, use):
    """out[i] of `out`, where only that is computed with."""
    outer = code.parent(use)
    return outer if isinstance(outer, ast.Subscript) and outer.value is use else use


def _is_receiver(code, use):
    outer = code.parent(use)
    return isinstance(code.parent(outer), ast.Call) and code.parent(outer).func is outer


@remedy("without-recording")
def without_recording(code, wish):
    """with torch.no_grad(): around the statement, and around those before and behind it that do the same."""
    statement = wish.statement("at")
    block, index = code.block(statement)
    last = index
    while last + 1 < len(block) and _alike(statement, block[last + 1]):
        last += 1
    first = index
    while first > 0 and _alike(statement, block[first - 1]):
        first -= 1
    if first == last:
        yield candidate(
            "Change it without recording: with torch.no_grad()",
            code.wrap(statement, "with torch.no_grad():"),
        )
        return
    together = block[first : last + 1]
    edits = [code.insert_before(together[0], "with torch.no_grad():")]
    for each in together:
        code.lines_of(each)
        for number in range(each.lineno, each.end_lineno + 1):
            edits.append([[number - 1, code.removed(number), number - 1, code.removed(number)], "    "])
    # The first line gets both: the header and its own step to the right.
    edits[0:2] = [[edits[0][0], edits[0][1] + "    "]]
    yield candidate("Change them without recording: with torch.no_grad()", *edits)


def _alike(one, other):
    if isinstance(one, ast.AugAssign):
        return isinstance(other, ast.AugAssign) and type(one.op) is type(other.op)
    if isinstance(one, ast.Expr) and isinstance(other, ast.Expr):
        calls = [e.value.func.attr for e in (one, other) if isinstance(e.value, ast.Call) and isinstance(e.value.func, ast.Attribute)]
        return len(calls) == 2 and calls[0] == calls[1] and calls[0].endswith("_")
    return False


@remedy("update-in-place")
def update_in_place(code, wish):
    """w = w - lr * w.grad makes w a non-leaf: the update in place, without recording."""
    statement = wish.statement("at")
    if not (isinstance(statement, ast.Assign) and isinstance(statement.value, ast.BinOp)):
        raise Cannot
    target, value = statement.targets[0], statement.value
    operator = OPERATORS.get(type(value.op))
    if not (isinstance(target, ast.Name) and isinstance(value.left, ast.Name) and value.left.id == target.id):
        raise Cannot
    new = f"{target.id} {operator}= {code.source(value.right)}"
    inside = code.enclosing(statement, ast.With) is not None
    indent, margin = code.indent(statement), " " * code.removed(statement.lineno)
    text = new if inside else f"with torch.no_grad():\n{margin}{indent}    {new}"
    yield candidate(f"Change it in place, without recording: {new}", code.replace(statement, text))
    step = "" if inside else "    "
    clear = f"\n{margin}{indent}{step}{target.id}.grad = None"
    yield candidate(
        f"Change it in place, without recording, and clear the gradient: {new}", code.replace(statement, text + clear)
    )


def changed_name(code, wish):
    """The name of what the statement at `at` changes in place, or None: an optimizer's step, a module's activation."""
    statement = wish.statement("at")
    try:
        return base_name(changed_target(code, statement, code.around(wish.row("at"), (ast.expr, ast.stmt))))
    except Cannot:
        return None


@remedy("later")
def later(code, wish):
    """The change after the backward pass that needs what was there before."""
    change, needed = wish.statement("at"), wish.statement("needed")
    if changed_name(code, wish) in loaded(needed):
        # The change belongs to what backward starts from: later would be another loss.
        raise Cannot
    block, _ = code.block(needed)
    while change not in block:
        parent = code.parent(change)
        # The whole `with torch.no_grad():` goes along.
        if not isinstance(parent, (ast.With, ast.For, ast.If)):
            raise Cannot
        change = parent
    if block.index(change) > block.index(needed):
        raise Cannot
    what = "step()" if _is_step(change) else "the change"
    yield candidate(f"Move {what} behind the backward pass that needs the old values", *code.move_after(change, needed))


def _is_step(statement):
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Call)
        and isinstance(statement.value.func, ast.Attribute)
        and statement.value.func.attr == "step"
    )


@remedy("recompute-after")
def recompute_after(code, wish):
    """What the second loss was computed from has changed: compute it anew before its backward."""
    needed, saved = wish.statement("needed"), wish.statement("saved")
    block, index = code.block(needed)
    if saved not in block or block.index(saved) >= index:
        raise Cannot
    wanted = loaded(needed)
    chosen = []
    for statement in reversed(block[block.index(saved) : index]):
        if isinstance(statement, ast.Assign) and assigned(statement) & wanted:
            wanted |= loaded(statement)
            chosen.insert(0, statement)
    if not chosen or changed_name(code, wish) in {name for each in chosen for name in assigned(each)}:
        # What was changed in place would lose the change.
        raise Cannot
    shown = ", ".join(sorted({name for each in chosen for name in assigned(each)}))
    lines = [line for each in chosen for line in code.lines_of(each)]
    yield candidate(f"Compute {shown} anew with the changed values", code.insert_before(needed, *lines))


@remedy("detached-copy")
def detached_copy(code, wish):
    """y.requires_grad_(False) of a computed tensor: y = y.detach()."""
    statement = wish.statement("at")
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        function = statement.value.func
        node = function.value if isinstance(function, ast.Attribute) else None
    elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Attribute):
        node = statement.targets[0].value
    else:
        node = None
    if not isinstance(node, ast.Name):
        raise Cannot
    yield candidate(
        f"Take it off the graph: {node.id} = {node.id}.detach()",
        code.replace(statement, f"{node.id} = {node.id}.detach()"),
    )


@remedy("unbind-copy")
def unbind_copy(code, wish):
    """The results of unbind, split and chunk as tensors of their own."""
    yield from change_copy(code, wish)


@remedy("no-inference")
def no_inference(code, wish):
    """torch.no_grad() instead of torch.inference_mode(): what is made there may be used later."""
    found = []
    for tree in code.trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "inference_mode":
                found.append(node)
    if not found:
        raise Cannot
    edits = [code.replace(node, "torch.no_grad()") for node in found]
    yield candidate("Use torch.no_grad(), whose tensors autograd may use later", *edits)


@remedy("normal-copy")
def normal_copy(code, wish):
    """t.clone() outside of inference mode is a normal tensor."""
    name = wish.word("name")
    statement = wish.statement("at")
    yield candidate(
        f"Make a normal tensor of it: {name} = {name}.clone()",
        code.insert_before(statement, f"{name} = {name}.clone()"),
    )
