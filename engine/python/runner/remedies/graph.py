"""Remedies for calls of backward(): once more, from many numbers, with a wrong gradient, without a way to an input."""

import ast

from ..code import Cannot
from .table import candidate, remedy


def receiver(call):
    """What `backward` is called on: the node of `y` in `y.backward()`."""
    if isinstance(call.func, ast.Attribute) and call.func.attr in ("backward", "grad"):
        if isinstance(call.func.value, ast.Name) and call.func.value.id in ("torch", "autograd"):
            raise Cannot
        return call.func.value
    raise Cannot


def is_plain_backward(call):
    return isinstance(call.func, ast.Attribute) and call.func.attr == "backward" and not call.args and not call.keywords


@remedy("backward-once")
def backward_once(code, wish):
    """Two calls of backward on two results: one call on their sum."""
    first, second = wish.call("first"), wish.call("second")
    if first is second or not (is_plain_backward(first) and is_plain_backward(second)):
        raise Cannot
    a, b = code.statement(first), code.statement(second)
    if code.block(a)[0] is not code.block(b)[0] or not isinstance(a, ast.Expr):
        raise Cannot
    one, other = code.operand(receiver(first)), code.operand(receiver(second))
    if one == other:
        yield candidate("Remove the second call of backward()", *code.delete(b))
        return
    yield candidate(
        f"Call backward() once, on the sum: ({one} + {other}).backward()",
        *code.delete(a),
        code.replace(receiver(second), f"({one} + {other})"),
    )


@remedy("keep-graph")
def keep_graph(code, wish):
    """retain_graph=True: the last resort."""
    call = wish.call("freed")
    yield candidate(
        "Keep the graph: retain_graph=True",
        code.keyword(call, "retain_graph", "True"),
        cost="all that the graph has saved stays in memory until the graph itself is let go of",
    )


def assigned(statement):
    """The names that an assignment binds."""
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    return {
        node.id
        for target in targets
        if target is not None
        for node in ast.walk(target)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


def loaded(node):
    return {
        child.id for child in ast.walk(node) if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Load)
    }


def chain_to(code, names, block, end, start):
    """The assignments block[start:end] that the names depend on."""
    wanted = set(names)
    chosen = []
    for statement in reversed(block[start:end]):
        if not isinstance(statement, (ast.Assign, ast.AnnAssign)):
            continue
        if assigned(statement) & wanted:
            wanted |= loaded(statement)
            chosen.insert(0, statement)
    return chosen


@remedy("compute-anew")
def compute_anew(code, wish):
    """The forward pass once more before the second call; or, for a call in a loop, inside that loop."""
    second, forward = wish.call("second"), wish.statement("forward")
    statement = code.statement(second)
    target = receiver(second)
    names = loaded(target)
    block, first = code.block(forward)
    loop = code.enclosing(statement, (ast.For, ast.While))
    outer = statement
    while code.parent(outer) is not None and outer not in block:
        outer = code.parent(outer)
    if outer not in block:
        raise Cannot
    chosen = chain_to(code, names, block, block.index(outer), first)
    if not chosen:
        raise Cannot
    shown = ", ".join(sorted({name for each in chosen for name in assigned(each)}))
    lines = [line for each in chosen for line in code.lines_of(each)]
    if loop is not None and outer is not statement and loop.body[0] not in block:
        yield candidate(
            f"Move the forward pass into the loop: {shown}",
            *code.delete(*chosen),
            code.insert_before(loop.body[0], *lines),
        )
    elif outer is statement:
        yield candidate(
            f"Compute {shown} anew before the second backward()", code.insert_before(statement, *lines)
        )


@remedy("detach-state")
def detach_state(code, wish):
    """State that a loop carries from one round to the next starts each round without its history."""
    statement = wish.statement("second")
    loop = code.enclosing(statement, (ast.For, ast.While))
    if loop is None:
        raise Cannot
    known = set()
    carried = []
    for inner in loop.body:
        for name in sorted(loaded(inner)):
            if name not in known and name not in carried:
                carried.append(name)
        known |= assigned(inner)
    stored = set().union(*(assigned(s) for s in ast.walk(loop) if isinstance(s, (ast.Assign, ast.AugAssign))))
    tensors = set(wish.words.get("names", "").split())
    for name in carried:
        if name in stored and f"{name}[]" in tensors:
            new = f"{name} = tuple(each.detach() for each in {name})"
            yield candidate(
                f"Start each round without the history of {name}: {new}", code.insert_before(loop.body[0], new)
            )
        if name in stored and name in tensors:
            yield candidate(
                f"Start each round without the history of {name}: {name} = {name}.detach()",
                code.insert_before(loop.body[0], f"{name} = {name}.detach()"),
            )


@remedy("detach-attribute")
def detach_attribute(code, wish):
    """self.h = self.cell(x, self.h): what a module carries along goes in without its history."""
    statement = wish.statement()
    if not isinstance(statement, ast.Assign):
        raise Cannot
    stored = {
        code.source(node)
        for target in statement.targets
        for node in ast.walk(target)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
    }
    for node in ast.walk(statement.value):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load) and code.source(node) in stored:
            text = code.source(node)
            yield candidate(
                f"Start each call without the history of {text}: {text}.detach()",
                code.insert_behind_node(node, ".detach()"),
            )


@remedy("one-number")
def one_number(code, wish):
    """Backward from a tensor of several numbers."""
    call = wish.call()
    if isinstance(call.func, ast.Attribute) and call.func.attr == "backward":
        node = receiver(call)
    elif call.args:
        node = call.args[0]
        if isinstance(node, (ast.List, ast.Tuple)):
            raise Cannot
    else:
        raise Cannot
    text = code.operand(node)
    behind = code.insert_behind_node
    for method, meaning in ((".sum()", "the sum of all elements"), (".mean()", "their mean")):
        if isinstance(node, (ast.Name, ast.Attribute, ast.Call, ast.Subscript)):
            edit = behind(node, method)
        else:
            edit = code.replace(node, f"{text}{method}")
        yield candidate(f"Start from {meaning}: {text}{method}", edit)
    if call.func.attr == "backward":
        edit = code.keyword(call, "gradient", f"torch.ones_like({text})")
        yield candidate(f"Say how much each element counts: gradient=torch.ones_like({text})", edit)
    else:
        edit = code.keyword(call, "grad_outputs", f"torch.ones_like({text})")
        yield candidate(f"Say how much each element counts: grad_outputs=torch.ones_like({text})", edit)


@remedy("sum-of-list")
def sum_of_list(code, wish):
    """[a, b].backward(): the sum of the list."""
    node = code.around(wish.row("at"), ast.Attribute)
    if node.attr != "backward":
        raise Cannot
    node = node.value
    text = code.source(node)
    yield candidate(f"Start from their sum: sum({text})", code.replace(node, f"sum({text})"))


@remedy("gradient-like")
def gradient_like(code, wish):
    """A gradient= of the shape of what it belongs to."""
    call = wish.call()
    if not (isinstance(call.func, ast.Attribute) and call.func.attr == "backward"):
        raise Cannot
    target = code.operand(receiver(call))
    given = next((k.value for k in call.keywords if k.arg == "gradient"), call.args[0] if call.args else None)
    if given is None:
        raise Cannot
    if wish.words.get("sameCount"):
        text = code.operand(given)
        yield candidate(f"Give it the shape of {target}", code.replace(given, f"{text}.view_as({target})"))
    if wish.words.get("expands"):
        text = code.operand(given)
        yield candidate(f"Expand it to the shape of {target}", code.replace(given, f"{text}.expand_as({target})"))
    yield candidate(
        f"Let each element count once: torch.ones_like({target})", code.replace(given, f"torch.ones_like({target})")
    )


@remedy("allow-unused")
def allow_unused(code, wish):
    call = wish.call()
    yield candidate(
        "Take zeros for what is not used: materialize_grads=True",
        code.keyword(call, "materialize_grads", "True"),
    )
    yield candidate("Take None for what is not used: allow_unused=True", code.keyword(call, "allow_unused", "True"))


@remedy("create-graph")
def create_graph(code, wish):
    """The call that computed a gradient keeps the gradient's own graph."""
    call = wish.call()
    yield candidate("Give the gradient a graph: create_graph=True", code.keyword(call, "create_graph", "True"))


@remedy("retain-grad")
def retain_grad(code, wish):
    """`.grad` of a non-leaf is kept after retain_grad()."""
    name, statement = wish.word("name"), wish.statement("made")
    if not name.isidentifier() or name not in assigned(statement):
        raise Cannot
    yield candidate(
        f"Keep the gradient of {name}: {name}.retain_grad()",
        code.insert_after(statement, f"{name}.retain_grad()"),
    )


@remedy("leaf-first")
def leaf_first(code, wish):
    """torch.randn(2, requires_grad=True).double(): requires_grad belongs behind the last step."""
    leaf, statement = wish.call("leaf"), wish.statement("made")
    if not isinstance(statement, ast.Assign) or code.statement(leaf) is not statement:
        raise Cannot
    value = statement.value
    text = code.operand(value)
    if value is leaf:
        raise Cannot
    behind = [[*code.row(value)[2:], *code.row(value)[2:]], ".requires_grad_()"]
    before = []
    if text.startswith("(") and not isinstance(value, (ast.Name, ast.Attribute, ast.Call, ast.Subscript)):
        before = [code.insert_before_node(value, "(")]
        behind[1] = ").requires_grad_()"
    yield candidate(
        "Ask for the gradient at the end: .requires_grad_()", *before, code.drop_keyword(leaf, "requires_grad"), behind
    )


@remedy("read-leaf")
def read_leaf(code, wish):
    """x.grad of a computed tensor: that of the leaf behind it."""
    node, leaf = wish.expression(), wish.word("leaf")
    if not isinstance(node, ast.Attribute):
        raise Cannot
    yield candidate(f"Read the gradient of the leaf: {leaf}.grad", code.replace(node.value, leaf))


@remedy("return-none")
def return_none(code, wish):
    """A backward that returns too few gradients: None for the arguments that have none."""
    name, missing = wish.word("class"), int(wish.word("missing"))
    for tree in code.trees:
        for node in ast.walk(tree):
            if not (isinstance(node, ast.ClassDef) and node.name == name):
                continue
            for method in node.body:
                if not (isinstance(method, ast.FunctionDef) and method.name == "backward"):
                    continue
                returns = [inner for inner in ast.walk(method) if isinstance(inner, ast.Return) and inner.value]
                edits = [code.insert_behind_node(each.value, ", None" * missing) for each in returns]
                if edits:
                    yield candidate("Return None for the arguments without a gradient", *edits)


@remedy("return-shaped")
def return_shaped(code, wish):
    """A backward that returns a gradient of another shape: expanded to, or summed to, that of its argument."""
    name, index = wish.word("class"), int(wish.words.get("index", 0))
    got, expected = (ast.literal_eval(wish.word(each)) for each in ("got", "expected"))
    for tree in code.trees:
        for node in ast.walk(tree):
            if not (isinstance(node, ast.ClassDef) and node.name == name):
                continue
            for method in node.body:
                if not (isinstance(method, ast.FunctionDef) and method.name == "backward"):
                    continue
                for each in ast.walk(method):
                    if not (isinstance(each, ast.Return) and each.value):
                        continue
                    values = each.value.elts if isinstance(each.value, ast.Tuple) else [each.value]
                    value = values[index]
                    if len(got) > len(expected) and len(expected) > 0 and got[-len(expected) :] == expected:
                        dims = ", ".join(str(dim) for dim in range(len(got) - len(expected)))
                        yield candidate(
                            f"Add up what the argument was broadcast to: .sum(({dims},))",
                            code.replace(value, f"{code.operand(value)}.sum(({dims},))"),
                        )
                    for literal in ast.walk(value):
                        # torch.ones(5) where the argument has three elements.
                        if isinstance(literal, ast.Constant) and got and literal.value == got[-1] and expected:
                            yield candidate(
                                f"Give it the argument's shape: {expected[-1]} instead of {got[-1]}",
                                code.replace(literal, str(expected[-1])),
                            )


def last_assignment(code, statement, name):
    """The assignment to `name` in the same block that stands before the statement."""
    block, index = code.block(statement)
    for other in reversed(block[:index]):
        if isinstance(other, ast.Assign) and name in assigned(other):
            return other
    raise Cannot


@remedy("detach-shared")
def detach_shared(code, wish):
    """Two losses share what a network made (a GAN's fake): the first takes it without its history."""
    first, second = wish.call("first"), wish.call("second")
    one, other = receiver(first), receiver(second)
    if not (isinstance(one, ast.Name) and isinstance(other, ast.Name)) or one.id == other.id:
        raise Cannot
    a = last_assignment(code, code.statement(first), one.id)
    b = last_assignment(code, code.statement(second), other.id)
    tensors = set(wish.words.get("names", "").split())
    for name in sorted(loaded(a) & loaded(b) & tensors):
        uses = [
            use
            for use in ast.walk(a)
            if isinstance(use, ast.Name) and use.id == name and isinstance(code.parent(use), ast.Call)
        ]
        uses = [use for use in uses if use in code.parent(use).args]
        if uses:
            yield candidate(
                f"Let {one.id} not reach behind {name}: {name}.detach()",
                *(code.replace(use, f"{name}.detach()") for use in uses),
            )


@remedy("backward-of-part")
def backward_of_part(code, wish):
    """total += loss; total.backward() in a loop: backward of the new part alone."""
    second = wish.call("second")
    total = receiver(second)
    statement = code.statement(second)
    if not isinstance(total, ast.Name):
        raise Cannot
    block, index = code.block(statement)
    for other in reversed(block[:index]):
        if isinstance(other, ast.AugAssign) and getattr(other.target, "id", "") == total.id:
            part = other.value
        elif (
            isinstance(other, ast.Assign)
            and total.id in assigned(other)
            and isinstance(other.value, ast.BinOp)
            and isinstance(other.value.op, ast.Add)
            and getattr(other.value.left, "id", "") == total.id
        ):
            part = other.value.right
        else:
            continue
        if isinstance(part, ast.Name):
            yield candidate(
                f"Call backward() of the new part, and add up numbers: {part.id}.backward()",
                code.replace(total, part.id),
                code.replace(part, f"{part.id}.item()"),
            )
        return


@remedy("grad-like")
def grad_like(code, wish):
    """x.grad = torch.ones(3) for an x of two elements: of the shape of x."""
    statement = wish.statement()
    if not (isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Attribute)):
        raise Cannot
    target, value = statement.targets[0], statement.value
    text = code.source(target.value)
    name = value.func.attr if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) else ""
    if name in ("ones", "zeros", "rand", "randn"):
        yield candidate(
            f"Give it the shape and dtype of {text}: torch.{name}_like({text})",
            code.replace(value, f"torch.{name}_like({text})"),
        )
        return
    yield candidate(f"Give it the shape of {text}: .view_as({text})", code.replace(value, f"{code.operand(value)}.view_as({text})"))
    yield candidate(f"Expand it to the shape of {text}: .expand_as({text})", code.replace(value, f"{code.operand(value)}.expand_as({text}).clone()"))
    yield candidate(f"Give it the dtype of {text}: .to({text}.dtype)", code.replace(value, f"{code.operand(value)}.to({text}.dtype)"))
