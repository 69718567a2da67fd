"""Remedies for shapes and dtypes: what does not fit is given another one."""

import ast

from ..code import Cannot
from .table import candidate, remedy


@remedy("same-shape")
def same_shape(code, wish):
    """A target of shape [3] against an input of shape [3, 1]."""
    node = wish.expression()
    if isinstance(node, ast.Call):
        if len(node.args) < 2:
            raise Cannot
        one, other = node.args[:2]
    elif isinstance(node, ast.BinOp):
        one, other = node.left, node.right
    else:
        raise Cannot
    a, b = code.operand(one), code.operand(other)
    yield candidate(f"Give {b} the shape of {a}: .view_as({a})", code.replace(other, f"{b}.view_as({a})"))
    if wish.words.get("squeezes"):
        yield candidate(f"Drop the last dimension of {a}: .squeeze(-1)", code.replace(one, f"{a}.squeeze(-1)"))
    yield candidate(f"Give {a} the shape of {b}: .view_as({b})", code.replace(one, f"{a}.view_as({b})"))


@remedy("as-float")
def as_float(code, wish):
    """A target of integers where floats are compared."""
    call = wish.call()
    which = int(wish.words.get("argument", 1))
    if len(call.args) <= which:
        raise Cannot
    text = code.operand(call.args[which])
    yield candidate(f"Compare floats: {text}.float()", code.replace(call.args[which], f"{text}.float()"))


@remedy("no-double")
def no_double(code, wish):
    """A tensor made with dtype=torch.float64 or .double() among float32."""
    node = wish.expression("made")
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "double":
        yield candidate("Stay with float32: remove .double()", code.replace(node, code.operand(node.func.value)))
    elif isinstance(node, ast.Call) and any(keyword.arg == "dtype" for keyword in node.keywords):
        yield candidate("Stay with float32: dtype=torch.float32", code.keyword(node, "dtype", "torch.float32"))


@remedy("name-as-float")
def name_as_float(code, wish):
    """x.float() in the expression that failed."""
    name, node = wish.word("name"), wish.expression()
    uses = [child for child in ast.walk(node) if isinstance(child, ast.Name) and child.id == name]
    if not uses:
        raise Cannot
    yield candidate(f"Compute with float32: {name}.float()", *(code.replace(use, f"{name}.float()") for use in uses))


@remedy("integer-numbers")
def integer_numbers(code, wish):
    """torch.tensor([0., 1.]) of class numbers: integers."""
    call = wish.call("made")
    edits = [
        code.replace(node, str(int(node.value)))
        for argument in call.args[:1]
        for node in ast.walk(argument)
        if isinstance(node, ast.Constant) and isinstance(node.value, float) and node.value.is_integer()
    ]
    if edits:
        yield candidate("Write integers: 1 instead of 1.0", *edits)


@remedy("transposed")
def transposed(code, wish):
    """a @ b where a @ b.T fits."""
    node = wish.expression()
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        one, other = node.left, node.right
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("matmul", "mm", "linear"):
        if len(node.args) == 2:
            one, other = node.args
        elif len(node.args) == 1:
            one, other = node.func.value, node.args[0]
        else:
            raise Cannot
    elif isinstance(node, ast.Call) and len(node.args) == 1:
        one, other = node.args[0], None
    else:
        raise Cannot
    if other is not None:
        b = code.operand(other)
        yield candidate(f"Transpose the second: {b}.T", code.replace(other, f"{b}.T"))
    a = code.operand(one)
    yield candidate(f"Transpose: {a}.T", code.replace(one, f"{a}.T"))


@remedy("copy-detached")
def copy_detached(code, wish):
    """copy.deepcopy(y) of a computed tensor: y.detach().clone()."""
    call = wish.call()
    if len(call.args) != 1:
        raise Cannot
    text = code.operand(call.args[0])
    yield candidate(f"Copy the numbers: {text}.detach().clone()", code.replace(call, f"{text}.detach().clone()"))
    yield candidate(f"Copy within the graph: {text}.clone()", code.replace(call, f"{text}.clone()"))


@remedy("numpy-detached")
def numpy_detached(code, wish):
    call = wish.call()
    if not (isinstance(call.func, ast.Attribute) and call.func.attr == "numpy"):
        raise Cannot
    yield candidate("Take it off the graph first: .detach()", code.insert_behind_node(call.func.value, ".detach()"))
    if not call.args and not call.keywords:
        yield candidate("Take the numbers alone, as a list: .tolist()", code.replace(call, f"{code.operand(call.func.value)}.tolist()"))


@remedy("as-indices")
def as_indices(code, wish):
    """emb(torch.tensor([1., 2.])): an index is an integer."""
    call = wish.call()
    if len(call.args) != 1 and getattr(call.func, "attr", "") != "embedding":
        raise Cannot
    text = code.operand(call.args[0])
    yield candidate(f"Indices are integers: {text}.long()", code.replace(call.args[0], f"{text}.long()"))


@remedy("reshape")
def reshape(code, wish):
    """x.t().view(6): reshape copies where it has to."""
    call = wish.call()
    if not (isinstance(call.func, ast.Attribute) and call.func.attr == "view"):
        raise Cannot
    end = code.row(call.func)[2:]
    yield candidate("Let it copy where it has to: reshape", [[end[0], end[1] - len("view"), *end], "reshape"])


@remedy("flatten-first")
def flatten_first(code, wish):
    """A linear layer behind a convolution: Flatten in between."""
    made = wish.call("made")
    outer = code.parent(made)
    if isinstance(outer, ast.Call) and made in outer.args:
        yield candidate("Flatten what the layer is given: nn.Flatten()", code.insert_before_node(made, "nn.Flatten(), "))
        return
    call = wish.call()
    if len(call.args) == 1:
        text = code.operand(call.args[0])
        yield candidate(
            f"Flatten what the layer is given: {text}.flatten(1)", code.replace(call.args[0], f"{text}.flatten(1)")
        )


@remedy("channel-first")
def channel_first(code, wish):
    """conv(x) of pictures [N, H, W]: [N, 1, H, W]."""
    call = wish.call()
    if len(call.args) != 1:
        raise Cannot
    text = code.operand(call.args[0])
    yield candidate(
        f"Add the dimension of channels: {text}.unsqueeze(1)", code.replace(call.args[0], f"{text}.unsqueeze(1)")
    )


@remedy("same-size")
def same_size(code, wish):
    """torch.ones(4) beside a tensor of three elements: torch.ones(3)."""
    call, size, other = wish.call("made"), int(wish.word("size")), int(wish.word("other"))
    if getattr(call.func, "attr", "") not in ("ones", "zeros", "rand", "randn", "empty", "full", "arange"):
        raise Cannot
    sizes = [
        node for argument in call.args for node in ast.walk(argument) if isinstance(node, ast.Constant) and node.value == size
    ]
    if len(sizes) != 1:
        raise Cannot
    yield candidate(f"Make it as large as the other: {other} instead of {size}", code.replace(sizes[0], str(other)))
