"""Remedies for numbers: infinite slopes, shapes that broadcast, dtypes, softmax where it does not belong."""

import ast

from ..code import Cannot
from .table import candidate, remedy

SMALL = "1e-12"


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


@remedy("as-classes")
def as_classes(code, wish):
    """Class numbers as integers."""
    call = wish.call()
    if len(call.args) < 2:
        raise Cannot
    text = code.operand(call.args[1])
    yield candidate(f"Class numbers are integers: {text}.long()", code.replace(call.args[1], f"{text}.long()"))


@remedy("no-softmax")
def no_softmax(code, wish):
    """cross_entropy takes the scores themselves."""
    row = wish.row("softmax")
    node = code.at(row, ast.expr)
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in ("softmax", "log_softmax"):
            inner = tensor_argument(node)
            yield candidate("Give cross_entropy the scores: remove softmax", code.replace(node, code.source(inner)))
            return
    # A module: nn.Softmax() as one of the layers.
    for tree in code.trees:
        for each in ast.walk(tree):
            if not (isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute)):
                continue
            if each.func.attr not in ("Softmax", "LogSoftmax"):
                continue
            outer = code.parent(each)
            if isinstance(outer, ast.Call) and each in outer.args:
                index = outer.args.index(each)
                start = code.row(outer.args[index - 1])[2:] if index > 0 else code.row(each)[:2]
                yield candidate(
                    "Give cross_entropy the scores: remove the softmax layer",
                    [[*start, *code.row(each)[2:]], ""],
                )
            else:
                yield candidate(
                    "Give cross_entropy the scores: nn.Identity() for the softmax",
                    code.replace(each, "nn.Identity()"),
                )


@remedy("log-softmax")
def log_softmax(code, wish):
    """log(softmax(x)): log_softmax, which stays finite."""
    node = wish.expression()
    if not isinstance(node, ast.Call):
        raise Cannot
    inner = tensor_argument(node)
    if isinstance(inner, ast.Name):
        # Computed on a line of its own: take its expression along.
        made = code.statement(code.at(wish.row("softmax"), ast.expr))
        if not (isinstance(made, ast.Assign) and getattr(made.targets[0], "id", "") == inner.id):
            raise Cannot
        inner = made.value
    if not (isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute) and inner.func.attr == "softmax"):
        raise Cannot
    tensor = tensor_argument(inner)
    rest = [code.source(a) for a in inner.args if a is not tensor] + [f"{k.arg}={code.source(k.value)}" for k in inner.keywords]
    yield candidate(
        "Use F.log_softmax, which stays finite",
        code.replace(node, f"F.log_softmax({', '.join([code.source(tensor), *rest])})"),
    )


@remedy("no-sigmoid")
def no_sigmoid(code, wish):
    """binary_cross_entropy_with_logits takes the scores themselves."""
    node = code.at(wish.row("sigmoid"), ast.expr)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "sigmoid":
        yield candidate("Give it the scores: remove sigmoid", code.replace(node, code.operand(tensor_argument(node))))
        return
    for tree in code.trees:
        for each in ast.walk(tree):
            if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute) and each.func.attr == "Sigmoid":
                outer = code.parent(each)
                if isinstance(outer, ast.Call) and each in outer.args and outer.args.index(each) > 0:
                    start = code.row(outer.args[outer.args.index(each) - 1])[2:]
                    yield candidate("Give it the scores: remove the sigmoid layer", [[*start, *code.row(each)[2:]], ""])
                else:
                    yield candidate(
                        "Give it the scores: nn.Identity() for the sigmoid",
                        code.replace(each, "nn.Identity()"),
                    )


@remedy("softmax-to-log")
def softmax_to_log(code, wish):
    """nll_loss takes log_softmax."""
    node = code.at(wish.row("softmax"), ast.Call)
    if isinstance(node.func, ast.Attribute) and node.func.attr == "softmax":
        end = code.row(node.func)[2:]
        place = [end[0], end[1] - len("softmax"), *end]
        yield candidate("Give it logarithms: log_softmax", [place, "log_softmax"])
        return
    for tree in code.trees:
        for each in ast.walk(tree):
            if isinstance(each, ast.Attribute) and each.attr == "Softmax":
                end = code.row(each)[2:]
                yield candidate(
                    "Give it logarithms: nn.LogSoftmax",
                    [[end[0], end[1] - len("Softmax"), *end], "LogSoftmax"],
                )


@remedy("log-softmax-first")
def log_softmax_first(code, wish):
    """nll_loss or kl_div of scores: cross_entropy, or log_softmax in between."""
    name = wish.word("name")
    for tree in code.trees:
        for each in ast.walk(tree):
            if name == "nll_loss" and isinstance(each, ast.Attribute) and each.attr == "NLLLoss":
                end = code.row(each)[2:]
                yield candidate(
                    "Use the loss that takes the log_softmax itself: nn.CrossEntropyLoss",
                    [[end[0], end[1] - len("NLLLoss"), *end], "CrossEntropyLoss"],
                )
    call = wish.call()
    if name == "nll_loss" and isinstance(call.func, ast.Attribute) and call.func.attr == name:
        end = code.row(call.func)[2:]
        yield candidate(
            "Use the loss that takes the log_softmax itself: cross_entropy",
            [[end[0], end[1] - len(name), *end], "cross_entropy"],
        )
    if call.args:
        text = code.operand(call.args[0])
        yield candidate(
            "Make logarithms of probabilities of it: .log_softmax(-1)",
            code.replace(call.args[0], f"{text}.log_softmax(-1)"),
        )


FLAT = ("round", "floor", "ceil", "trunc", "sign", "sgn")


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


@remedy("one-hot-target")
def one_hot_target(code, wish):
    """cross_entropy(scores, one_hot(classes)): the class numbers themselves."""
    call = wish.call()
    if len(call.args) < 2:
        raise Cannot
    given = call.args[1]
    if isinstance(given, ast.Name):
        for tree in code.trees:
            for node in ast.walk(tree):
                if isinstance(node, ast.Assign) and any(getattr(each, "id", "") == given.id for each in node.targets):
                    given = node.value
    if isinstance(given, ast.Call) and getattr(given.func, "attr", "") == "one_hot" and given.args:
        text = code.source(given.args[0])
        yield candidate(f"Give it the class numbers themselves: {text}", code.replace(call.args[1], text))


@remedy("squeezed-target")
def squeezed_target(code, wish):
    """cross_entropy of class numbers of shape [N, 1]: of shape [N]."""
    call = wish.call()
    if len(call.args) < 2:
        raise Cannot
    text = code.operand(call.args[1])
    yield candidate(f"One class number for each row: {text}.squeeze(1)", code.replace(call.args[1], f"{text}.squeeze(1)"))


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


@remedy("inside-bounds")
def inside_bounds(code, wish):
    """acos and asin have infinite slopes at -1 and 1."""
    node = wish.expression()
    if not isinstance(node, ast.Call):
        raise Cannot
    inner = tensor_argument(node)
    text = f"{code.operand(inner)}.clamp(-1 + 1e-6, 1 - 1e-6)"
    yield candidate(f"Stay inside the bounds: {text}", code.replace(inner, text))


@remedy("stable-softmax")
def stable_softmax(code, wish):
    """x.exp() / x.exp().sum(): softmax, which cannot overflow; log(exp().sum()): logsumexp."""
    exp = code.around(wish.row("at"), ast.Call)
    if getattr(exp.func, "attr", "") != "exp":
        raise Cannot
    text = code.source(tensor_argument(exp))
    node = code.parent(exp)
    while node is not None and not isinstance(node, ast.stmt):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and code.source(exp) == code.source(node.left):
            total = node.right
            summed = isinstance(total, ast.Call) and getattr(total.func, "attr", "") == "sum"
            if summed and code.source(tensor_argument(total)) == code.source(exp):
                dim = code.source(total.args[0]) if total.args else "-1"
                keyword = next((each.value for each in total.keywords if each.arg == "dim"), None)
                dim = code.source(keyword) if keyword is not None else dim
                yield candidate(
                    f"Use what cannot overflow: torch.softmax({text}, {dim})",
                    code.replace(node, f"torch.softmax({text}, {dim})"),
                )
        node = code.parent(node)


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
