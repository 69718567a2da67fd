"""Remedies for training loops: gradients that are not cleared, steps in the wrong order, sums that keep graphs, modules."""

import ast

from ..code import Cannot
from .graph import assigned, loaded
from .table import candidate, remedy


@remedy("clear-optimizer")
def clear_optimizer(code, wish):
    """optimizer.zero_grad() before backward."""
    statement = wish.statement("backward")
    step = code.around(wish.row("step"), ast.Call)
    if not (isinstance(step.func, ast.Attribute) and step.func.attr == "step"):
        raise Cannot
    optimizer = code.source(step.func.value)
    yield candidate(
        f"Clear the gradients before: {optimizer}.zero_grad()",
        code.insert_before(statement, f"{optimizer}.zero_grad()"),
    )


@remedy("clear-grads")
def clear_grads(code, wish):
    """w.grad = None before backward."""
    statement = wish.statement("backward")
    names = wish.word("names").split()
    if not names or len(names) > 6:
        raise Cannot
    lines = [f"{name}.grad = None" for name in names]
    yield candidate(
        f"Clear the gradient{'s' if len(names) > 1 else ''} before: {', '.join(lines)}",
        code.insert_before(statement, *lines),
    )


@remedy("clear-module")
def clear_module(code, wish):
    """model.zero_grad() before backward, where all the tensors belong to one module."""
    statement = wish.statement("backward")
    module = wish.word("module")
    yield candidate(
        f"Clear the gradients before: {module}.zero_grad()",
        code.insert_before(statement, f"{module}.zero_grad()"),
    )


@remedy("add-number")
def add_number(code, wish):
    """total += loss: .item() or .detach()."""
    statement = wish.statement()
    if isinstance(statement, ast.AugAssign):
        node = statement.value
    elif isinstance(statement, ast.Assign) and isinstance(statement.value, ast.BinOp):
        name = next(iter(assigned(statement)), "")
        value = statement.value
        node = value.right if name in loaded(value.left) else value.left
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call) and statement.value.args:
        node = statement.value.args[0]
    else:
        raise Cannot
    text = code.operand(node)
    yield candidate(f"Keep the number: {text}.item()", code.replace(node, f"{text}.item()"))
    yield candidate(f"Keep the value without its graph: {text}.detach()", code.replace(node, f"{text}.detach()"))


@remedy("backward-first")
def backward_first(code, wish):
    """step() before backward(): the other way round."""
    step, backward = wish.statement("step"), wish.statement("backward")
    block, index = code.block(step)
    if backward not in block or block.index(backward) < index:
        raise Cannot
    yield candidate("Call step() after backward()", *code.move_after(step, backward))


@remedy("schedule-later")
def schedule_later(code, wish):
    """scheduler.step() before optimizer.step(): behind it."""
    schedule = wish.statement("schedule")
    block, index = code.block(schedule)
    step = next((each for each in block[index + 1 :] if _method(each, "step")), None)
    if step is None:
        raise Cannot
    yield candidate(f"Call {code.source(schedule)} after {code.source(step)}", *code.move_after(schedule, step))


@remedy("clear-first")
def clear_first(code, wish):
    """zero_grad() between backward() and step(): before backward()."""
    clear, backward = wish.statement("clear"), wish.statement("backward")
    block, index = code.block(clear)
    if backward not in block or block.index(backward) > index:
        raise Cannot
    lines = code.lines_of(clear)
    yield candidate("Clear the gradients before backward()", *code.delete(clear), code.insert_before(backward, *lines))


@remedy("before-loop")
def before_loop(code, wish):
    """opt = Adam(...) inside the loop of training: before it."""
    statement = wish.statement()
    loop = code.enclosing(statement, (ast.For, ast.While))
    if loop is None or not isinstance(statement, ast.Assign):
        raise Cannot
    made = set().union(*(assigned(each) for each in ast.walk(loop) if isinstance(each, (ast.Assign, ast.AugAssign))))
    outer = code.enclosing(loop, (ast.For, ast.While))
    while outer is not None and not loaded(statement.value) & made:
        loop, outer = outer, code.enclosing(outer, (ast.For, ast.While))
    yield candidate(
        "Make it once, before the loop", *code.delete(statement), code.insert_before(loop, *code.lines_of(statement))
    )


@remedy("clip-between")
def clip_between(code, wish):
    """clip_grad_norm_ before backward() or after step(): between the two."""
    clip, backward = wish.statement("clip"), wish.statement("backward")
    block, _ = code.block(clip)
    if backward not in block or not isinstance(clip, ast.Expr):
        raise Cannot
    yield candidate("Clip between backward() and step()", *code.move_after(clip, backward))


@remedy("requires-grad-call")
def requires_grad_call(code, wish):
    """module.requires_grad = False sets an attribute and freezes nothing."""
    statement = wish.statement()
    if not (isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Attribute)):
        raise Cannot
    target = statement.targets[0]
    text = f"{code.source(target.value)}.requires_grad_({code.source(statement.value)})"
    yield candidate(f"Freeze all parameters: {text}", code.replace(statement, text))


@remedy("optimizer-later")
def optimizer_later(code, wish):
    """The optimizer is made after what replaces the parameters."""
    made, change = wish.statement("made"), wish.statement("change")
    block, index = code.block(made)
    if change not in block or block.index(change) < index:
        raise Cannot
    yield candidate("Make the optimizer after it", *code.move_after(made, change))


@remedy("parameters-of")
def parameters_of(code, wish):
    """An optimizer without parameters, or with tensors that are none."""
    call = wish.call()
    module = wish.word("module")
    if not call.args:
        raise Cannot
    yield candidate(f"Give it the parameters of {module}", code.replace(call.args[0], f"{module}.parameters()"))


@remedy("in-list")
def in_list(code, wish):
    """SGD(w): an optimizer wants a list of tensors."""
    call = wish.call()
    if not call.args or not isinstance(call.args[0], (ast.Name, ast.Attribute)):
        raise Cannot
    text = code.source(call.args[0])
    yield candidate(f"Give it a list: [{text}]", code.replace(call.args[0], f"[{text}]"))


@remedy("closure")
def closure(code, wish):
    """LBFGS evaluates the loss several times: what computes it becomes a function."""
    call = wish.call()
    step = code.statement(call)
    block, index = code.block(step)
    if not (isinstance(step, ast.Expr) and isinstance(call.func, ast.Attribute) and not call.args):
        raise Cannot
    optimizer = code.source(call.func.value)
    backward = next((each for each in reversed(block[:index]) if _method(each, "backward")), None)
    if backward is None or not isinstance(backward.value.func.value, ast.Name):
        raise Cannot
    loss = backward.value.func.value.id
    first = index
    wanted = {loss}
    # Back to the first statement of an unbroken row that computes the loss, clears gradients or calls backward.
    while first > 0:
        before = block[first - 1]
        computes = isinstance(before, ast.Assign) and assigned(before) & wanted
        if not (computes or before is backward or _method(before, "zero_grad")):
            break
        if computes:
            wanted |= loaded(before)
            # Nothing that makes leaves anew: only the loss itself and what leads to it by one name.
            if optimizer in assigned(before):
                break
        first -= 1
    body = block[first:index]
    # The optimizer and what it was made of stay outside.
    made = [at for at, each in enumerate(body) if isinstance(each, ast.Assign) and loss not in assigned(each)]
    body = body[made[-1] + 1 :] if made else body
    if backward not in body or not any(isinstance(each, ast.Assign) and loss in assigned(each) for each in body):
        raise Cannot
    lines = ["def closure():"]
    if not any(_method(each, "zero_grad") for each in body):
        lines.append(f"    {optimizer}.zero_grad()")
    lines += [f"    {line}" for each in body for line in code.lines_of(each)]
    lines.append(f"    return {loss}")
    yield candidate(
        f"Let it compute the loss itself: {optimizer}.step(closure)",
        *code.delete(*body),
        code.insert_before(step, *lines),
        code.replace(call, f"{code.source(call.func)}(closure)"),
    )


def _method(statement, name):
    call = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == name


@remedy("leaf-parameter")
def leaf_parameter(code, wish):
    """w = torch.randn(2, requires_grad=True) * 0.1 is no leaf: ask at the end."""
    statement = wish.statement("made")
    leaf = wish.call("leaf") if wish.has("leaf") else None
    if not isinstance(statement, ast.Assign):
        raise Cannot
    value = statement.value
    simple = isinstance(value, (ast.Name, ast.Call, ast.Attribute, ast.Subscript))
    edits = [code.insert_behind_node(value, ".requires_grad_()" if simple else ").requires_grad_()")]
    if not simple:
        edits.append(code.insert_before_node(value, "("))
    if leaf is not None and code.statement(leaf) is statement:
        edits.append(code.drop_keyword(leaf, "requires_grad"))
        yield candidate("Ask for the gradient at the end: .requires_grad_()", *edits)
    else:
        tail = ".detach().requires_grad_()" if simple else ").detach().requires_grad_()"
        edits[0] = code.insert_behind_node(value, tail)
        yield candidate("Make a leaf of it: .detach().requires_grad_()", *edits)


@remedy("remove-statement")
def remove_statement(code, wish):
    statement = wish.statement()
    yield candidate(wish.word("title"), *code.delete(statement))


@remedy("clone-grad")
def clone_grad(code, wish):
    """g = w.grad is another name for the same tensor: .clone() keeps the value."""
    statement = wish.statement()
    if not isinstance(statement, ast.Assign):
        raise Cannot
    yield candidate("Keep the value: .clone()", code.insert_behind_node(statement.value, ".clone()"))


@remedy("save-for-backward")
def save_for_backward(code, wish):
    """ctx.x = x in forward, where x is an input or output: no version check, and a cycle of memory."""
    statement = wish.statement()
    if not (isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Attribute)):
        raise Cannot
    target = statement.targets[0]
    name = target.attr
    function = code.enclosing_class(statement)
    uses = [
        node
        for node in ast.walk(function)
        if isinstance(node, ast.Attribute)
        and node.attr == name
        and isinstance(node.ctx, ast.Load)
        and isinstance(node.value, ast.Name)
    ]
    if any(isinstance(node, ast.Attribute) and node.attr == "save_for_backward" for node in ast.walk(function)):
        raise Cannot
    context = code.source(target.value)
    edits = [code.replace(statement, f"{context}.save_for_backward({code.source(statement.value)})")]
    edits += [code.replace(use, f"{code.source(use.value)}.saved_tensors[0]") for use in uses]
    yield candidate("Save it where the version check sees it: save_for_backward", *edits)


@remedy("grad-instead")
def grad_instead(code, wish):
    """loss.backward(create_graph=True): torch.autograd.grad, which leaves no cycle."""
    call, names = wish.call(), wish.word("names").split()
    statement = code.statement(call)
    if not (isinstance(statement, ast.Expr) and isinstance(call.func, ast.Attribute) and len(names) <= 4):
        raise Cannot
    if not all(name.isidentifier() for name in names):
        raise Cannot
    reads = [
        node
        for tree in code.trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr == "grad"
        and isinstance(node.ctx, ast.Load)
        and isinstance(node.value, ast.Name)
        and node.value.id in names
        and node.lineno > statement.lineno
    ]
    given = names[0] if len(names) == 1 else f"[{', '.join(names)}]"
    targets = ", ".join(f"grad_{name}" for name in names) + ("," if len(names) == 1 else "")
    root = code.source(call.func.value)
    edits = [code.replace(read, f"grad_{read.value.id}") for read in reads]
    new = f"{targets} = torch.autograd.grad({root}, {given}, create_graph=True)"
    yield candidate("Use torch.autograd.grad, which keeps no cycle", code.replace(statement, new), *edits)


@remedy("smaller-rate")
def smaller_rate(code, wish):
    """A tenth, a hundredth of the learning rate."""
    for tree in code.trees:
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            for keyword in node.keywords:
                value = keyword.value
                if keyword.arg == "lr" and isinstance(value, ast.Constant) and isinstance(value.value, (int, float)):
                    for part in (10, 100):
                        rate = f"{value.value / part:g}"
                        yield candidate(f"Take smaller steps: lr={rate}", code.replace(value, rate))


@remedy("append-number")
def append_number(code, wish):
    """losses.append(loss): the number alone."""
    name = wish.word("list")
    for tree in code.trees:
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "append"):
                continue
            if not (isinstance(node.func.value, ast.Name) and node.func.value.id == name and len(node.args) == 1):
                continue
            text = code.operand(node.args[0])
            yield candidate(f"Keep the number: {text}.item()", code.replace(node.args[0], f"{text}.item()"))
            yield candidate(
                f"Keep the value without its graph: {text}.detach()",
                code.replace(node.args[0], f"{text}.detach()"),
            )


@remedy("keep-zeros")
def keep_zeros(code, wish):
    """zero_grad() sets .grad to None: zeros in its place, for what reads it afterwards."""
    call = wish.call()
    if not (isinstance(call.func, ast.Attribute) and call.func.attr == "zero_grad"):
        raise Cannot
    yield candidate(
        "Set gradients to zero, not to None: set_to_none=False", code.keyword(call, "set_to_none", "False")
    )


@remedy("clear-without-looking")
def clear_without_looking(code, wish):
    """w.grad.zero_() where w.grad may be None: w.grad = None."""
    statement = wish.statement()
    call = statement.value if isinstance(statement, ast.Expr) else None
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "zero_"):
        raise Cannot
    text = code.source(call.func.value)
    yield candidate(f"Clear it without looking: {text} = None", code.replace(statement, f"{text} = None"))


@remedy("classes-from-zero")
def classes_from_zero(code, wish):
    """Class numbers 1 to n for n classes: one less."""
    call = wish.call()
    given = next((each.value for each in call.keywords if each.arg == "target"), None)
    if given is None:
        if len(call.args) < 2:
            raise Cannot
        given = call.args[1]
    text = code.operand(given)
    yield candidate(f"Count classes from zero: {text} - 1", code.replace(given, f"{text} - 1"))


@remedy("layer-classes")
def layer_classes(code, wish):
    """nn.Linear(3, 3) or nn.Embedding(5, 2), and a class or index that is larger."""
    call, size = wish.call("made"), int(wish.word("size"))
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name in ("randn", "rand", "zeros", "ones") and len(call.args) >= 2:
        yield candidate(f"Make room for {size} classes: {size} columns", code.replace(call.args[-1], str(size)))
        return
    place = {"Linear": ("out_features", 1), "Embedding": ("num_embeddings", 0)}.get(name)
    if place is None:
        raise Cannot
    keyword, position = place
    given = next((each.value for each in call.keywords if each.arg == keyword), None)
    if given is None:
        if len(call.args) <= position:
            raise Cannot
        given = call.args[position]
    yield candidate(f"Make room for {size}: nn.{name} with {keyword} {size}", code.replace(given, str(size)))


@remedy("with-logits")
def with_logits(code, wish):
    """Binary cross entropy of what is no probability: the loss that takes a sigmoid itself."""
    call = wish.call()
    if not (isinstance(call.func, ast.Attribute) and call.func.attr == "binary_cross_entropy"):
        raise Cannot
    yield candidate(
        "Use the loss that takes the sigmoid itself: binary_cross_entropy_with_logits",
        code.replace(call.func, f"{code.source(call.func.value)}.binary_cross_entropy_with_logits"),
    )
    if call.args:
        text = f"torch.sigmoid({code.source(call.args[0])})"
        yield candidate(f"Make probabilities of it: {text}", code.replace(call.args[0], text))


@remedy("layer-size")
def layer_size(code, wish):
    """nn.Linear(10, 2) that is given an input of another width."""
    call, size = wish.call("made"), int(wish.word("size"))
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if not (name == "Linear" or name.startswith("Conv")):
        raise Cannot
    given = next((k.value for k in call.keywords if k.arg in ("in_features", "in_channels")), None)
    if given is None:
        given = call.args[0]
    yield candidate(f"Let the layer take what it is given: nn.{name}({size}, ...)", code.replace(given, str(size)))
