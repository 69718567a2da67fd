"""Makes a layer, calls it, runs backward, and says all that can be seen of it, as JSON."""

import json
import traceback
import warnings

import torch
from torch import nn

from .cases import _fresh


def _chain(node):
    """The graph behind a node: each node once, with the numbers of those it leads to."""
    numbers, lines = {}, []

    def visit(node):
        if node is None:
            return "-"
        if node not in numbers:
            number = numbers[node] = len(numbers)
            lines.append("")
            following = [f"{visit(to)}.{output}" if output else visit(to) for to, output in node.next_functions]
            lines[number] = f"{node.name().rpartition('::')[2]}({', '.join(following)})"
        return str(numbers[node])

    visit(node)
    return " ".join(lines)


def _values(tensor):
    """Nine digits are what a float32 needs to be told from any other."""
    if tensor is None:
        return None
    numbers = [float(f"{value:.9g}") for value in tensor.detach().reshape(-1).tolist()]
    return {"shape": list(tensor.shape), "values": numbers}


def _tensors(value):
    if isinstance(value, torch.Tensor):
        return [value]
    return [tensor for item in value or () for tensor in _tensors(item)]


def _inputs(text):
    leaves = []

    def leaf(tensor):
        leaves.append(tensor.requires_grad_())
        return tensor

    names = {
        "torch": torch,
        "randn": lambda *sizes: leaf(torch.randn(*sizes)),
        "uniform": lambda *sizes: leaf(torch.rand(*sizes)),
        "randint": lambda high, *sizes: torch.randint(0, high, sizes),
        "same": lambda count, *sizes: [leaf(torch.randn(*sizes))] * count,
    }
    given = eval(f"({text},)", names)
    # same(...) stands for several arguments.
    return [item for value in given for item in (value if isinstance(value, list) else [value])], leaves


def _seen(line):
    mode, constructor = ("eval", line[5:]) if line.startswith("eval ") else ("train", line)
    constructor, _, arguments = constructor.partition(" <- ")
    layer = eval(constructor, {"nn": nn, "torch": torch})
    layer.train(mode == "train")
    text = repr(layer)
    lazy = "Lazy" in constructor
    before = {} if lazy else {name: _values(value) for name, value in layer.state_dict().items()}
    given, leaves = _inputs(arguments)
    outputs = _tensors(layer(*given))
    floating = [output for output in outputs if output.requires_grad]
    total = sum((output * (torch.arange(output.numel()) % 7 - 3).view_as(output)).sum() for output in floating)
    chains = [_chain(output.grad_fn) for output in outputs]
    total.backward()
    return {
        "repr": text,
        "before": before,
        "after": {name: _values(value) for name, value in layer.state_dict().items()},
        "outputs": [_values(output) for output in outputs],
        "chains": chains,
        "gradients": [
            *(_values(leaf.grad) for leaf in leaves),
            *(_values(param.grad) for param in layer.parameters()),
        ],
        "names": [name for name, _ in layer.named_parameters()],
        "random": torch.rand(()).item(),
    }


def seen(line):
    """What one line of modules.txt gives, or what it raises."""
    _fresh()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return json.dumps(_seen(line))
        except Exception as error:
            return json.dumps({"error": f"{type(error).__name__}: {error}", "traceback": traceback.format_exc()})
