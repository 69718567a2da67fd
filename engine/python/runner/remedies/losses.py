"""Remedies for losses: softmax and sigmoid where they do not belong, class numbers, logarithms."""

import ast

from ..code import Cannot
from .numeric import tensor_argument
from .table import candidate, remedy


@remedy("as-classes")
def as_classes(code, wish):
    """Class numbers as integers."""
    call = wish.call()
    if len(call.args) < 2:
        raise Cannot
    text = code.operand(call.args[1])
    yield candidate(f"Class numbers are integers: {text}.long()", code.replace(call.args[1], f"{text}.long()"))


def without_layer(code, kinds, title, called):
    """A model without a layer of these kinds, such as nn.Softmax(), where one is made."""
    for tree in code.trees:
        for each in ast.walk(tree):
            if not (isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute) and each.func.attr in kinds):
                continue
            outer = code.parent(each)
            if isinstance(outer, ast.Call) and each in outer.args[1:]:
                start = code.row(outer.args[outer.args.index(each) - 1])[2:]
                yield candidate(f"{title}: remove the {called} layer", [[*start, *code.row(each)[2:]], ""])
            else:
                yield candidate(f"{title}: nn.Identity() for the {called}", code.replace(each, "nn.Identity()"))


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
    yield from without_layer(code, ("Softmax", "LogSoftmax"), "Give cross_entropy the scores", "softmax")


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
    yield from without_layer(code, ("Sigmoid",), "Give it the scores", "sigmoid")


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


@remedy("classes-second")
def classes_second(code, wish):
    """cross_entropy of scores [N, L, C]: the classes are the second dimension, [N, C, L]."""
    call = wish.call()
    if not call.args:
        raise Cannot
    text = f"{code.operand(call.args[0])}.movedim(-1, 1)"
    yield candidate(f"Put the classes second: {text}", code.replace(call.args[0], text))
