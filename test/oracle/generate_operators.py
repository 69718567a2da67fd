"""Writes operators.json: what real PyTorch answers when operators are called by their key in ATen.

    python test/oracle/generate_operators.py > test/oracle/operators.json

A case holds the key, the arguments and either what was raised or the results: dtype, sizes, strides, values, the
names of the nodes, what the node saved, first derivatives and second ones. Tensors among the arguments are
`{"dtype", "sizes", "values", "requires"}`; `"strides"` where they are not row-major.
"""

import json
import sys
import warnings

import torch

DTYPES = {"f": torch.float64, "s": torch.float32, "i": torch.int64, "n": torch.int32, "b": torch.bool, "u": torch.uint8}
count = 0


def wave(length, shift=0):
    """Numbers without a pattern that a wrong order would keep."""
    return [round(((i * 37 + shift * 11 + 5) % 23 - 11) / 7 + 0.05 * i, 4) for i in range(length)]


class T:
    """A tensor argument: floats made from its position, or given values."""

    def __init__(self, *sizes, values=None, kind="f", requires=None, turned=False, positive=False):
        global count
        count += 1
        self.sizes, self.kind, self.turned = list(sizes), kind, turned
        length = 1
        for size in sizes:
            length *= size
        self.values = values if values is not None else wave(length, count)
        if positive:
            self.values = [round(0.2 + 0.6 * abs(v) / (1 + abs(v)), 4) for v in self.values]
        self.requires = kind in "fs" if requires is None else requires

    def make(self):
        tensor = torch.tensor(self.values, dtype=DTYPES[self.kind]).reshape(self.sizes).clone()
        if self.turned:
            tensor = tensor.transpose(0, -1).contiguous().transpose(0, -1).detach()
        return tensor.requires_grad_(self.requires)

    def told(self, tensor):
        told = {"dtype": str(tensor.dtype)[6:], "sizes": self.sizes, "values": [number(v) for v in self.values], "requires": self.requires}
        if self.turned:
            told["strides"] = list(tensor.stride())
        return told


def I(*values, sizes=None):
    return T(*(sizes if sizes is not None else [len(values)]), values=list(values), kind="i")


def B(*values, sizes=None):
    return T(*(sizes if sizes is not None else [len(values)]), values=list(values), kind="b")


def number(value):
    if isinstance(value, bool):
        return int(value)
    return value if value == value and abs(value) != float("inf") else str(value)


def told(tensor):
    if tensor._is_zerotensor():
        tensor = torch.zeros(tensor.shape, dtype=tensor.dtype)
    return {
        "dtype": str(tensor.dtype)[6:],
        "sizes": list(tensor.shape),
        "strides": list(tensor.stride()),
        "values": [number(v) for v in tensor.detach().reshape(-1).tolist()],
    }


def nodes(tensor):
    """The nodes from the first edge to the first edge, each with the names of all that it leads to."""
    out = []
    node = tensor.grad_fn
    while node is not None and len(out) < 9:
        following = [edge[0] for edge in node.next_functions]
        out.append([type(node).__name__, *(type(f).__name__ if f else None for f in following)])
        node = next((f for f in following if f is not None), None)
    return out


def saved(tensor):
    node = tensor.grad_fn
    names = []
    for name in dir(node):
        if name.startswith("_saved_"):
            value = getattr(node, name)
            if isinstance(value, torch.Tensor) or (
                isinstance(value, (tuple, list)) and any(isinstance(v, torch.Tensor) for v in value)
            ):
                names.append(name[7:])
    return sorted(names)


def weights(tensor, shift):
    return torch.tensor(wave(tensor.numel(), shift), dtype=tensor.dtype).reshape(tensor.shape)


def walk(value, tensors):
    if isinstance(value, T):
        tensor = value.make()
        tensors.append(tensor)
        return tensor, value.told(tensor)
    if isinstance(value, (list, tuple)):
        made, tolds = zip(*(walk(item, tensors) for item in value)) if value else ((), ())
        return list(made), list(tolds)
    return value, value


def case(key, *args, derivatives=2, **kwargs):
    tensors = []
    made, recorded = walk(list(args), tensors)
    entry = {"key": key, "args": recorded, "kwargs": kwargs}
    name, _, overload = key.partition(".")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = getattr(getattr(torch.ops.aten, name), overload or "default")(*made, **kwargs)
        except Exception as error:  # noqa: BLE001 - whatever real PyTorch raises is the answer
            entry["raised"] = [type(error).__name__, str(error).split("\nException raised from")[0]]
            return entry
        del caught
    outputs = list(result) if isinstance(result, (tuple, list)) else [result]
    entry["outputs"] = [told(output) for output in outputs]
    leaves = [t for t in tensors if t.requires_grad]
    live = [o for o in outputs if o.requires_grad]
    if not live:
        return entry
    entry["nodes"] = nodes(live[0])
    entry["saved"] = saved(live[0])
    entry["derivatives"] = derivatives
    if derivatives < 1:
        return entry
    total = sum((o * weights(o, 3 + i)).sum() for i, o in enumerate(live))
    try:
        first = torch.autograd.grad(total, leaves, create_graph=derivatives > 1, allow_unused=True)
    except RuntimeError as error:
        entry["firstRaised"] = str(error)
        return entry
    entry["first"] = [None if g is None else told(g)["values"] for g in first]
    if derivatives < 2:
        return entry
    again = [g for g in first if g is not None and g.requires_grad]
    if again:
        total = sum((g * weights(g, 5 + i)).sum() for i, g in enumerate(again))
        try:
            second = torch.autograd.grad(total, leaves, allow_unused=True)
        except RuntimeError:
            # Some of PyTorch's own second derivatives fail; nothing to compare with then.
            return entry
        entry["second"] = [None if g is None else told(g)["values"] for g in second]
    return entry


def views():
    x = lambda *s, **k: T(*s, **k)  # noqa: E731
    yield case("view", x(2, 3), [3, -1])
    yield case("view", x(2, 3), [-1, -1])
    yield case("view", x(2, 3), [4])
    yield case("view", x(2, 3), [-1, 4])
    yield case("view", x(2, 3), [-2, 3])
    yield case("view", T(0), [-1, 0])
    yield case("view", T(0, 3), [3, -1])
    yield case("view", x(2, 3, turned=True), [6])
    yield case("view", x(4, 6, turned=True), [2, 2, 6])
    yield case("view", T(), [1, 1])
    yield case("_unsafe_view", x(2, 3), [6])
    yield case("reshape", x(2, 3, turned=True), [6])
    yield case("reshape", x(2, 3), [6])
    yield case("reshape", x(6), [4])
    yield case("transpose.int", x(2, 3, 4), 0, -1)
    yield case("transpose.int", x(2, 3), 0, 2)
    yield case("t", x(2, 3))
    yield case("t", x(3))
    yield case("t", x(2, 3, 4))
    yield case("permute", x(2, 3, 4), [2, 0, 1])
    yield case("permute", x(2, 3), [0, 0])
    yield case("permute", x(2, 3), [0])
    yield case("permute", x(2, 3), [0, 2])
    yield case("expand", x(3, 1), [2, 3, 4])
    yield case("expand", x(3), [2, -1])
    yield case("expand", x(3), [-1, 3])
    yield case("expand", x(3, 2), [2])
    yield case("expand", x(3), [2])
    yield case("expand", x(2, 3), [4, 3])
    yield case("squeeze", x(1, 3, 1))
    yield case("squeeze.dim", x(1, 3), 0)
    yield case("squeeze.dim", x(1, 3), 1)
    yield case("squeeze.dim", x(1, 3), 5)
    yield case("squeeze.dims", x(1, 3, 1), [0, -1])
    yield case("squeeze.dims", x(1, 3, 1), [0, 0])
    yield case("unsqueeze", x(2, 3), -1)
    yield case("unsqueeze", x(2, 3), 3)
    yield case("unsqueeze", T(), 0)
    yield case("select.int", x(2, 3), 1, -1)
    yield case("select.int", x(2, 3), 0, 2)
    yield case("select.int", T(), 0, 0)
    yield case("slice.Tensor", x(5, 2), 0, 1, 4, 2)
    yield case("slice.Tensor", x(5, 2), -1, -1, None, 1)
    yield case("slice.Tensor", x(5), 0, 3, 1, 1)
    yield case("slice.Tensor", x(5), 0, 0, 2, 0)
    yield case("slice.Tensor", T(), 0, 0, 1, 1)
    for start, length in ((1, 2), (2, 3), (-1, 1), (-5, 1), (4, 0), (5, 0), (0, -1)):
        yield case("narrow", x(4, 2), 0, start, length)
    yield case("narrow", T(), 0, 0, 1)
    yield case("diagonal", x(3, 4), 1, 0, 1)
    yield case("diagonal", x(2, 3, 4), -1, 2, 0)
    yield case("diagonal", x(2, 3), 5, 0, 1)
    yield case("diagonal", x(2, 3), 0, 0, 0)
    yield case("as_strided", x(3, 3), [2, 2], [1, 2], 1)
    yield case("as_strided", x(5), [3, 3], [1, 1], None)
    yield case("as_strided", x(3, 3, turned=True), [2, 2], [3, 1], 1)
    yield case("as_strided", x(3), [4], [1], None)
    yield case("as_strided", x(3), [2, 2], [1], None)
    yield case("as_strided", x(3), [2], [-1], None)
    yield case("as_strided", x(3), [2], [1], -1)
    yield case("unfold", x(5), 0, 3, 1)
    yield case("unfold", x(4, 3), 0, 2, 2)
    yield case("unfold", x(3), 0, 5, 1)
    yield case("unfold", x(3), 0, -1, 1)
    yield case("unfold", x(3), 0, 2, 0)
    yield case("unfold", T(), 0, 1, 1)
    yield case("unbind.int", x(2, 3), 1)
    yield case("unbind.int", T(), 0)
    yield case("split.Tensor", x(5, 2), 2, 0)
    yield case("split.Tensor", x(5, 2), 0, 0)
    yield case("split.Tensor", x(5, 2), -1, 0)
    yield case("split.Tensor", T(), 1, 0)
    yield case("split_with_sizes", x(5, 2), [1, 4], 0)
    yield case("split_with_sizes", x(5, 2), [2, 2], 0)
    yield case("split_with_sizes", x(5, 2), [2, -1, 4], 0)
    yield case("chunk", x(5, 2), 3, 0)
    yield case("chunk", x(5, 2), 0, 0)
    yield case("chunk", T(0), 3, 0)
    yield case("chunk", T(), 3, 0)
    yield case("tensor_split.sections", x(5), 3, 0)
    yield case("tensor_split.indices", x(5), [1, 3], 0)
    yield case("flatten.using_ints", x(2, 3, 4), 1, -1)
    yield case("flatten.using_ints", T(), 0, -1)
    yield case("flatten.using_ints", x(2, 3, 4), 2, 1)
    yield case("flatten.using_ints", x(2, 3, turned=True), 0, -1)
    yield case("ravel", x(2, 3, turned=True))
    yield case("unflatten.int", x(6, 2), 0, [2, -1])
    yield case("unflatten.int", x(6, 2), 0, [4, 2])
    yield case("unflatten.int", x(6, 2), 0, [])
    yield case("movedim.intlist", x(2, 3, 4), [0, 1], [2, 0])
    yield case("movedim.intlist", x(2, 3), [0, 1], [1])
    yield case("movedim.intlist", x(2, 3), [0, 0], [1, 0])
    yield case("movedim.int", x(2, 3, 4), 0, -1)
    yield case("swapaxes", x(2, 3), 0, 1)
    yield case("mT", x(2, 3))
    yield case("mT", x(3))
    yield case("matrix_H", x(2, 3))
    yield case("matrix_H", x(3))
    yield case("numpy_T", x(2, 3))
    yield case("adjoint", x(2, 3))
    yield case("broadcast_to", x(3, 1), [2, 3, 4])
    yield case("expand_as", x(1, 3), x(2, 3))
    yield case("view_as", x(2, 3), x(3, 2))
    yield case("broadcast_tensors", [x(2, 1), x(3)])


def joining():
    x = T
    yield case("cat", [x(2, 3), x(1, 3)], 0)
    yield case("cat", [x(2, 1), x(2, 2), x(2, 1)], -1)
    yield case("cat", [T(0), x(2, 3)], 0)
    yield case("cat", [T(2, kind="i", values=[1, 2]), x(2)], 0)
    yield case("cat", [T(2, kind="s"), x(2)], 0)
    yield case("cat", [x(2), x(2, 3)], 0)
    yield case("cat", [x(2, 3), x(3, 3)], 1)
    yield case("cat", [x(2, 3), T()], 0)
    yield case("cat", [x(2), x(2)], 1)
    yield case("stack", [x(2, 3), x(2, 3)], 1)
    yield case("stack", [T(), T()], 0)
    yield case("stack", [x(2), x(3)], 0)
    yield case("stack", [x(2), x(2)], 2)
    yield case("stack", [T(2, kind="i", values=[1, 2]), x(2)], 0)
    yield case("hstack", [x(2, 1), x(2, 2)])
    yield case("hstack", [T(), T()])
    yield case("vstack", [x(2), x(2)])
    yield case("dstack", [x(2), x(2)])
    yield case("column_stack", [x(2), x(2, 2)])
    yield case("repeat", x(2, 3), [2, 1, 2])
    yield case("repeat", x(2), [0])
    yield case("repeat", x(2, 3), [2])
    yield case("tile", x(2, 1), [2])
    yield case("repeat_interleave.self_int", x(2, 3), 2, 1)
    yield case("repeat_interleave.self_int", x(2, 3), 2, None)
    yield case("repeat_interleave.self_int", x(2), -1, None)
    yield case("repeat_interleave.self_Tensor", x(2, 3), I(1, 2), 0)
    yield case("repeat_interleave.self_Tensor", x(2, 3), I(1, 2, 3), 0)
    yield case("meshgrid.indexing", [x(2), x(3)], indexing="xy")
    yield case("meshgrid.indexing", [x(2), x(3)], indexing="ij")
    yield case("flip", x(2, 3), [0, -1])
    yield case("flip", x(2, 3), [0, 0])
    yield case("fliplr", x(2, 3))
    yield case("roll", x(2, 3), [1])
    yield case("roll", x(2, 3), [1, -1], [0, 1])
    yield case("roll", x(2, 3), [1, 1], [0])
    yield case("rot90", x(2, 3), 1, [0, 1])
    yield case("rot90", x(2, 3), 2, [0, 1])
    yield case("rot90", x(2, 3), -1, [0, 1])
    yield case("tril", x(3, 3), -1)
    yield case("triu", x(2, 3, 2), 1)
    yield case("tril", x(3), 0)
    yield case("diag", x(3), 1)
    yield case("diag", x(3, 4), -1)
    yield case("diag_embed", x(2, 3), 1, 0, 2)
    yield case("trace", x(3, 3))
    yield case("trace", x(2, 3))
    yield case("trace", x(3))
    yield case("constant_pad_nd", x(2, 3), [1, 2], 1.5)
    yield case("constant_pad_nd", x(2, 3), [-1, 1, 0, 2], 0)
    yield case("constant_pad_nd", x(2, 3), [1, 1, 1, 1, 1, 1], 0)
    yield case("one_hot", I(0, 2), -1)
    yield case("one_hot", I(0, 2), 2)


def indexing():
    x = T
    yield case("index.Tensor", x(3, 4), [I(0, 2, 0, -1, sizes=[2, 2])])
    yield case("index.Tensor", x(3, 4), [None, I(3, -4, 1)])
    yield case("index.Tensor", x(3, 2, 4), [I(0, 2), None, I(3, 1)])
    yield case("index.Tensor", x(2, 3, 4), [None, I(0, 2), I(3, 1)])
    yield case("index.Tensor", x(3, 4), [I(0, 2), I(1)])
    yield case("index.Tensor", x(2, 3), [B(1, 0, 1, 1, 0, 0, sizes=[2, 3])])
    yield case("index.Tensor", x(2, 3), [None, B(1, 0, 1)])
    yield case("index.Tensor", x(2, 3), [B(1, 0), I(2)])
    yield case("index.Tensor", x(2, 3), [I()])
    yield case("index.Tensor", x(2, 3), [I(0, 1), I(0, 1, 2)])
    yield case("index.Tensor", x(2, 3), [I(2)])
    yield case("index.Tensor", x(2, 3), [None, I(-4)])
    yield case("index.Tensor", x(2, 3), [T(1, values=[0.0], requires=False)])
    yield case("index.Tensor", x(2, 3), [B(1, 0, 1)])
    yield case("index.Tensor", x(2, 3), [I(0), I(0), I(0)])
    yield case("index.Tensor", T(0), [I(0)])
    yield case("index.Tensor", x(5, 3, 2, turned=True), [I(0, 1)])
    yield case("index.Tensor", x(5, 3, 2, turned=True), [None, I(0, 1)])
    yield case("index_put", x(3, 4), [I(2, 0)], x(2, 4))
    yield case("index_put", x(3, 4), [I(2, 0)], T())
    yield case("index_put", x(3, 4), [I(2, 2, 0), I(1, 1, 3)], x(3), True)
    yield case("index_put", x(3, 4), [None, I(2)], x(3, 1))
    yield case("index_put", x(2, 3), [B(1, 0, 1, 1, 0, 0, sizes=[2, 3])], x(3))
    yield case("index_put", x(2, 3), [I(0, 1)], x(3, 3))
    yield case("index_put", x(2, 3), [I(0)], x(2, 3))
    yield case("index_put", x(2, 3), [I(5)], x(3))
    yield case("index_put", x(2, 3), [I(0)], T(3, kind="s"))
    yield case("masked_select", x(2, 3), B(1, 0, 1))
    yield case("masked_select", x(2, 1), B(1, 0, 1))
    yield case("masked_select", x(2, 3), I(1, 0, 1))
    yield case("masked_select", x(2, 3), B(1, 0))
    yield case("masked_scatter", x(2, 3), B(1, 0, 1), x(5))
    yield case("masked_scatter", x(2, 3), B(1, 0, 1), x(3))
    yield case("gather", x(3, 4), 1, I(0, 3, 1, 1, 2, 0, sizes=[3, 2]))
    yield case("gather", x(3, 4), 0, I(0, 2, 1, 1, sizes=[1, 4]))
    yield case("gather", x(3, 4), 0, I(0))
    yield case("gather", x(3, 4), 0, I(0, 0, 0, 0, 0, sizes=[1, 5]))
    yield case("gather", x(3, 4), 0, I(3, sizes=[1, 1]))
    yield case("gather", x(3, 4), 0, T(1, 1, values=[0.0], requires=False))
    yield case("gather", T(), 0, I(0, 0))
    yield case("scatter.src", x(3, 4), 0, I(0, 1, 2, 0, sizes=[1, 4]), x(1, 4))
    yield case("scatter.value", x(3, 4), 1, I(0, 3, 1, sizes=[3, 1]), 2.5)
    yield case("scatter_add", x(3, 4), 1, I(0, 3, 1, 1, 0, 0, sizes=[3, 2]), x(3, 2))
    yield case("scatter.src", x(2, 3), 0, I(0, 1, 0, sizes=[1, 3]), x(1, 2))
    yield case("scatter.value", x(2, 3), 0, I(0, 0, 0, 0, sizes=[1, 4]), 1.0)
    yield case("scatter.value", x(2, 3), 0, I(5, sizes=[1, 1]), 1.0)
    yield case("scatter.src", x(2, 3), 0, I(0, sizes=[1, 1]), T(1, 1, kind="s"))
    yield case("scatter.src", x(2, 3), 0, I(0), x(1))
    yield case("index_select", x(3, 4), 1, I(3, 0, 3))
    yield case("index_select", x(3), 0, I(1, 1))
    yield case("index_select", x(3, 4), 1, I(4))
    yield case("index_select", x(3), 0, I(3))
    yield case("index_select", x(3), 0, I(0, sizes=[1, 1]))
    yield case("index_add", x(3, 4), 0, I(2, 0, 2), x(3, 4), alpha=2)
    yield case("index_add", x(2, 3), 0, I(0), x(2, 3))
    yield case("index_add", x(2, 3), 0, I(0, 1), x(2, 2))
    yield case("index_add", x(2, 3), 0, I(0, 5), x(2, 3))
    yield case("index_copy", x(3, 4), 1, I(3, 0), x(3, 2))
    yield case("index_fill.int_Scalar", x(3, 4), 0, I(2, 0), 1.5)
    yield case("index_fill.int_Tensor", x(3, 4), 0, I(2, 0), T())
    yield case("index_fill.int_Scalar", x(3, 4), 0, I(3), 1.5)
    yield case("take", x(3, 4), I(0, -1, 5, 5, sizes=[2, 2]))
    yield case("take", x(3, 4), I(12))
    yield case("take_along_dim", x(3, 4), I(0, 1, 2, sizes=[3, 1]), 1)
    yield case("take_along_dim", x(3, 4), I(0, 11))
    yield case("take_along_dim", x(3, 4), I(0), 1)
    yield case("nonzero", T(2, 3, values=[0, 1, 2, 0, 0, 3], requires=False))
    yield case("nonzero", T(values=[1], requires=False))
    yield case("argwhere", T(2, 3, values=[0, 1, 2, 0, 0, 3], requires=False))
    yield case("where", T(2, 3, values=[0, 1, 2, 0, 0, 3], requires=False))
    ties = T(6, values=[2.0, 1.0, 2.0, 3.0, 1.0, 3.0])
    yield case("sort", x(3, 4), -1, False)
    yield case("sort", x(3, 4), 0, True)
    yield case("sort", ties, 0, True)
    yield case("sort", T(3, values=[1.0, float("nan"), 0.5], requires=False), 0, True)
    yield case("sort.stable", ties, stable=True, dim=0, descending=False)
    yield case("argsort", ties, 0, False)
    yield case("topk", x(3, 4), 2, -1, True, True)
    yield case("topk", ties, 3, 0, True, True)
    yield case("topk", x(3, 4), 5, -1, True, True)


def products():
    x = T
    yield case("mm", x(2, 3), x(3, 4))
    yield case("mm", x(2, 3, turned=True), x(3, 4, turned=True))
    yield case("mm", x(2, 3), x(2, 3))
    yield case("mm", x(2, 3), x(3))
    yield case("mm", x(3), x(3, 4))
    yield case("mm", x(2, 3), T(3, 2, kind="s"))
    yield case("mm", T(2, 2, kind="i", values=[1, 2, 3, 4]), T(2, 2, kind="i", values=[5, 6, 7, 8]))
    yield case("mm", T(1, 2, kind="b", values=[1, 1]), T(2, 1, kind="b", values=[1, 1]))
    yield case("mm", T(2, 0), T(0, 3))
    yield case("mv", x(2, 3), x(3))
    yield case("mv", x(2, 3), x(2))
    yield case("mv", x(2), x(2))
    yield case("mv", x(2, 3), T(3, kind="s"))
    yield case("dot", x(3), x(3))
    yield case("dot", x(3), x(2))
    yield case("dot", x(2, 2), x(2, 2))
    yield case("dot", x(2), T(2, kind="i", values=[1, 2]))
    yield case("vdot", x(3), x(3))
    yield case("bmm", x(2, 2, 3), x(2, 3, 2))
    yield case("bmm", x(2, 2, 3), x(3, 3, 2))
    yield case("bmm", x(2, 3), x(2, 3, 2))
    yield case("bmm", x(2, 2, 3), T(2, 3, 2, kind="s"))
    for a, b in (
        ((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 3), (3, 2)), ((2, 2, 3), (3, 2)), ((2, 2, 3), (3,)),
        ((3,), (2, 3, 2)), ((2, 3), (2, 3, 2)), ((2, 2, 3), (2, 3, 2)), ((2, 2, 3), (1, 3, 2)), ((1, 2, 3), (2, 3, 2)),
        ((2, 1, 2, 3), (3, 3, 2)), ((3,), (2, 4)), ((2, 3), (4,)), ((2, 2, 3), (4, 2)), ((2, 3), (2, 4, 2)), ((), (3,)),
        ((2, 3, 4), (3, 4, 5)),
    ):  # fmt: skip
        yield case("matmul", x(*a), x(*b))
    yield case("matmul", x(2, 2, 3, requires=False), x(3, 2))
    yield case("matmul", x(2, 2, 3), x(3, 2, requires=False))
    yield case("matmul", x(2, 3), x(2, 3, 2, requires=False))
    yield case("matmul", x(2, 3, requires=False), x(2, 3, 2))
    yield case("matmul", x(2, 2, 3, turned=True), x(3, 2))
    yield case("matmul", x(2, 2, 3, turned=True), x(3, 2, requires=False))
    yield case("addmm", x(4), x(2, 3), x(3, 4), beta=0.5, alpha=2)
    yield case("addmm", x(2, 4), x(2, 3), x(3, 4))
    yield case("addmm", x(3, 3), x(2, 3), x(3, 2))
    yield case("addmm", x(2), x(2, 3), x(2, 2))
    yield case("addmm", x(2), x(3), x(3, 2))
    yield case("addmm", T(2, kind="s"), x(2, 3), x(3, 2))
    yield case("addmm", T(1, values=[float("nan")], requires=False), x(2, 3), x(3, 2), beta=0)
    yield case("addmv", x(2), x(2, 3), x(3), beta=0.5, alpha=2)
    yield case("addmv", x(3), x(2, 3), x(3))
    yield case("baddbmm", x(2, 2, 2), x(2, 2, 3), x(2, 3, 2), beta=0.5, alpha=2)
    yield case("addbmm", x(2, 2), x(2, 2, 3), x(2, 3, 2), beta=0.5, alpha=2)
    yield case("addr", x(2, 3), x(2), x(3), beta=0.5, alpha=2)
    yield case("outer", x(2), x(3))
    yield case("outer", x(2, 2), x(2))
    yield case("inner", x(2, 3), x(4, 3))
    yield case("inner", x(3), x(3))
    yield case("inner", x(3), T())
    yield case("inner", x(3), x(2))
    yield case("linear", x(2, 3), x(4, 3), x(4))
    yield case("linear", x(2, 3), x(4, 3))
    yield case("linear", x(2, 2, 3), x(4, 3), x(4))
    yield case("linear", x(2, 2, 3), x(4, 3))
    yield case("linear", x(3), x(4, 3), x(4))
    yield case("linear", x(3), x(4, 3))
    yield case("linear", x(2, 2, 3, turned=True), x(4, 3), x(4))
    yield case("linear", x(2, 3), x(4, 2), x(4))
    yield case("linear", x(2, 3), x(4, 3), x(5))
    yield case("linear", x(2, 3), x(3))
    yield case("kron", x(2), x(2, 3))
    yield case("tensordot", x(2, 3, 4), x(4, 3, 2), [1, 2], [1, 0])
    yield case("tensordot", x(2, 3), x(2, 3), [0, 1], [0, 1])
    yield case("tensordot", x(3), x(2), [], [])
    yield case("tensordot", x(2, 1), x(1, 2), [1], [0])
    yield case("tensordot", x(2, 3), x(2, 2), [-1], [0])
    yield case("bilinear", x(2, 3), x(2, 4), x(5, 3, 4), x(5))
    for equation, shapes in (
        ("ij,jk->ik", [(2, 3), (3, 2)]), ("i,i->", [(3,), (3,)]), ("i,j->ij", [(2,), (3,)]), ("ii->i", [(3, 3)]),
        ("ii", [(3, 3)]), ("ij->ji", [(2, 3)]), ("ij->", [(2, 3)]), ("ij->j", [(2, 3)]), ("bij,bjk->bik", [(2, 2, 3), (2, 3, 2)]),
        ("ij,ij->ij", [(2, 3), (2, 3)]), ("...ij,jk->...ik", [(2, 2, 3), (3, 2)]), ("ij,jk,kl->il", [(2, 2), (2, 3), (3, 2)]),
        ("ij,j", [(2, 3), (3,)]), ("bn,anm,bm->ba", [(2, 3), (4, 3, 2), (2, 2)]), ("ij,jk", [(2, 1), (3, 2)]),
        ("ij,jk->ik", [(2, 3), (2, 3)]), ("ijk->i", [(2, 3)]), ("ij,jk->ik", [(2, 3)]), ("ij->k", [(2, 3)]), ("ij->ii", [(2, 3)]),
        ("i?->i", [(2, 3)]), ("i.j->i", [(2, 3)]), ("ij->i.", [(2, 3)]), ("ii->i", [(2, 3)]), ("ij->i", [(2, 3), (2,)]),
        ("b i d , b j d -> b i j", [(2, 2, 3), (2, 2, 3)]), ("ij,kj->ik", [(2, 3), (2, 3)]), ("...,...->...", [(2, 3), (3,)]),
    ):  # fmt: skip
        yield case("einsum", equation, [x(*shape) for shape in shapes])


def losses():
    x = T
    yield case("softmax.int", x(2, 3), 1)
    yield case("softmax.int", x(2, 3, 2), 1)
    yield case("softmax.int", T(), 0)
    yield case("softmax.int", x(3), 1)
    yield case("softmax.int", T(2, 2, kind="i", values=[1, 2, 3, 4]), 0)
    yield case("softmax.int", T(2, 2, kind="i", values=[1, 2, 3, 4]), 1)
    yield case("softmax.int", T(2, values=[float("-inf"), float("-inf")], requires=False), 0)
    yield case("log_softmax.int", x(2, 3), 1)
    yield case("log_softmax.int", x(2, 3, turned=True), 0)
    yield case("log_softmax.int", T(2, 2, kind="i", values=[1, 2, 3, 4]), 0)
    for reduction in (0, 1, 2):
        yield case("mse_loss", x(2, 3), x(2, 3), reduction)
        yield case("l1_loss", x(2, 3), x(2, 3), reduction)
        yield case("smooth_l1_loss", x(2, 3), x(2, 3), reduction, 0.7)
        yield case("huber_loss", x(2, 3), x(2, 3), reduction, 0.7)
        yield case("nll_loss_nd", x(3, 4), I(1, 0, 3), None, reduction, -100)
        yield case("nll_loss_nd", x(3, 4), I(1, 0, 3), x(4, positive=True, requires=False), reduction, 0)
        yield case("cross_entropy_loss", x(3, 4), I(1, 0, 3), None, reduction, -100, 0.0)
        yield case("cross_entropy_loss", x(3, 4), I(1, 0, 3), x(4, positive=True, requires=False), reduction, 3, 0.2)
        yield case("cross_entropy_loss", x(3, 4), x(3, 4, positive=True), x(4, positive=True, requires=False), reduction, -100, 0.2)
        yield case("cross_entropy_loss", x(2, 3, 2), I(1, 0, 2, 2, sizes=[2, 2]), None, reduction, -100, 0.0)
        yield case("binary_cross_entropy", x(2, 3, positive=True), x(2, 3, positive=True), x(2, 3, positive=True, requires=False), reduction)
        yield case("binary_cross_entropy", x(2, 3, positive=True), x(2, 3, positive=True), None, reduction)
        yield case("binary_cross_entropy_with_logits", x(2, 3), x(2, 3, positive=True), None, None, reduction)
        yield case("binary_cross_entropy_with_logits", x(2, 3), x(2, 3, positive=True), x(3, positive=True, requires=False), x(3, positive=True, requires=False), reduction)
        yield case("kl_div", x(2, 3), x(2, 3, positive=True), reduction)
    yield case("kl_div", x(2, 3), x(2, 3), 1, log_target=True)
    # Sizes that broadcast are made equal before this operator is called; by itself it is wrong then.
    yield case("mse_loss", x(2, 3), x(3), 1, derivatives=0)
    yield case("mse_loss", x(3), x(4), 1)
    yield case("mse_loss", x(2), T(2, kind="s"), 1, derivatives=1)
    yield case("mse_loss", T(2, kind="i", values=[1, 2]), T(2, kind="i", values=[1, 2]), 1)
    yield case("smooth_l1_loss", x(2), x(2), 1, 0.0)
    yield case("smooth_l1_loss", x(2), x(2), 1, -1.0)
    yield case("huber_loss", x(2), x(2), 1, 0.0)
    yield case("nll_loss_nd", x(3), I(1, sizes=[]), None, 1, -100)
    yield case("nll_loss_nd", x(3), I(1), None, 1, -100)
    yield case("nll_loss_nd", x(2, 3), I(0, 5), None, 1, -100)
    yield case("nll_loss_nd", x(2, 3), I(0, -1), None, 1, -100)
    yield case("nll_loss_nd", x(2, 3), I(0), None, 1, -100)
    yield case("nll_loss_nd", x(2, 3), I(-100, -100), None, 1, -100, derivatives=0)
    yield case("nll_loss_nd", x(2, 3), I(0, 1), x(2, requires=False), 1, -100)
    yield case("nll_loss_nd", x(2, 3), T(2, values=[0.0, 1.0], requires=False), None, 1, -100)
    yield case("nll_loss_nd", x(2, 3), x(2, 3, requires=False), None, 1, -100)
    yield case("nll_loss_nd", x(2, 3, 1, 2), I(0, 1, 2, 0, sizes=[2, 1, 2]), None, 0, -100)
    yield case("nll_loss_nd", x(2, 3, 1, 2), I(0, 1, 2, 0, 1, 1, sizes=[2, 1, 3]), None, 0, -100)
    yield case("nll_loss_nd", T(), I(0, sizes=[]), None, 1, -100)
    yield case("cross_entropy_loss", x(3), I(1, sizes=[]), None, 1, -100, 0.0)
    yield case("cross_entropy_loss", x(2, 3), I(0, 1), None, 1, -100, 1.1)
    yield case("cross_entropy_loss", x(2, 3), x(2, 3, requires=False), None, 1, 1, 0.0)
    yield case("cross_entropy_loss", x(2, 3), I(0, 1, 2, 0, 1, 2, sizes=[2, 3]), None, 1, -100, 0.0)
    yield case("cross_entropy_loss", x(2, 3), T(2, kind="n", values=[0, 1]), None, 1, -100, 0.0)
    yield case("binary_cross_entropy", T(1, values=[1.5]), T(1, values=[1.0], requires=False), None, 1)
    yield case("binary_cross_entropy", T(1, values=[0.5]), T(1, values=[2.0], requires=False), None, 1)
    yield case("binary_cross_entropy", T(1, values=[0.5]), I(1), None, 1)
    yield case("binary_cross_entropy", T(2, values=[0.5, 0.25]), T(2, values=[1.0, 0.0], requires=False), None, 1)
    yield case("binary_cross_entropy_with_logits", x(1), I(1), None, None, 1)


def networks():
    x = T
    yield case("layer_norm", x(3, 4), [4], x(4), x(4), 1e-5)
    yield case("layer_norm", x(2, 3, 2), [3, 2], None, None, 1e-3)
    yield case("layer_norm", x(3, 4), [4], None, x(4), 1e-5)
    yield case("layer_norm", x(2, 3), [4])
    yield case("layer_norm", x(2, 3), [])
    yield case("layer_norm", x(2, 3), [3], x(2))
    yield case("layer_norm", x(2, 3), [3], None, x(2))
    yield case("layer_norm", T(2, 2, kind="i", values=[1, 2, 3, 4]), [2])
    yield case("rms_norm", x(2, 3), [3], x(3), None)
    yield case("rms_norm", x(2, 3), [3], None, 1e-3)
    yield case("rms_norm", x(2, 3), [4], None, None)
    yield case("batch_norm", x(4, 3), x(3), x(3), None, None, True, 0.1, 1e-5, False)
    yield case("batch_norm", x(2, 3, 2), None, x(3), None, None, True, 0.1, 1e-5, False)
    running = lambda: (x(3, requires=False), x(3, positive=True, requires=False))  # noqa: E731
    yield case("batch_norm", x(2, 3, 2), x(3), x(3), *running(), True, 0.1, 1e-5, False)
    yield case("batch_norm", x(2, 3, 2), x(3), x(3), *running(), False, 0.1, 1e-5, False)
    yield case("batch_norm", x(2, 3), None, None, x(2, requires=False), x(2, requires=False), False, 0.1, 1e-5, False)
    yield case("batch_norm", x(2, 3), None, None, None, None, False, 0.1, 1e-5, False)
    yield case("batch_norm", x(2, 3), x(2), None, None, None, True, 0.1, 1e-5, False)
    yield case("batch_norm", x(3), None, None, None, None, True, 0.1, 1e-5, False)
    yield case("instance_norm", x(2, 3, 4), x(3), x(3), None, None, True, 0.1, 1e-5, False)
    yield case("group_norm", x(2, 4, 3), 2, x(4), x(4), 1e-5)
    yield case("group_norm", x(2, 4), 4, None, None, 1e-5)
    yield case("group_norm", x(2, 4), 3, None, None, 1e-5)
    yield case("group_norm", x(2, 4, 2), 2, x(3), None, 1e-5)
    yield case("embedding", x(4, 3), I(1, 3, 1, 0, sizes=[2, 2]), 3)
    yield case("embedding", x(4, 3), I(1, 3, 1, 0, sizes=[2, 2]), -1, True, derivatives=1)
    yield case("embedding", x(3, 2), I(3))
    yield case("embedding", x(3), I(0))
    yield case("embedding", x(3, 2), T(1, values=[0.0], requires=False))
    yield case("conv1d", x(2, 2, 5), x(3, 2, 3), x(3), [2], [1], [1], 1)
    yield case("conv1d", x(2, 5), x(3, 2, 3))
    yield case("conv1d.padding", x(1, 1, 4), x(1, 1, 3), None, [1], "same", [1], 1)
    yield case("conv1d.padding", x(1, 1, 4), x(1, 1, 2), None, [1], "same", [1], 1)
    yield case("conv1d.padding", x(1, 1, 4), x(1, 1, 2), None, [2], "same", [1], 1)
    yield case("conv2d", x(1, 2, 4, 5), x(2, 1, 2, 3), x(2), [1, 2], [1, 0], [2, 1], 2)
    yield case("conv2d", x(2, 2, 4, 4), x(3, 2, 3, 3), None, [1, 1], [1, 1], [1, 1], 1)
    yield case("conv2d", x(2, 4, 4), x(3, 2, 3, 3))
    yield case("conv2d", x(4, 4), x(3, 2, 3, 3))
    yield case("conv2d", x(1, 3, 4, 4), x(2, 4, 3, 3))
    yield case("conv2d", x(1, 4, 4, 4), x(3, 2, 3, 3), None, [1, 1], [0, 0], [1, 1], 2)
    yield case("conv2d", x(1, 1, 2, 2), x(1, 1, 3, 3))
    yield case("conv2d", x(1, 1, 2, 2), x(2, 1, 2, 2), x(3))
    yield case("conv2d", x(1, 1, 2, 2), x(2, 1, 2, 2), None, [0, 0])
    yield case("conv2d", x(1, 1, 2, 2), x(2, 1, 2, 2), None, [1, 1], [-1, 0])
    yield case("conv2d", x(1, 1, 2, 2), T(2, 1, 2, 2, kind="s"))
    yield case("conv_transpose2d.input", x(1, 2, 3, 3), x(2, 2, 2, 2), x(2), [2, 1], [0, 1], [1, 0], 1, [1, 1])
    yield case("conv_transpose1d", x(1, 4, 3), x(4, 1, 2), None, [2], [0], [0], 2, [1])
    yield case("conv_transpose2d.input", x(1, 3, 3, 3), x(2, 2, 2, 2))
    yield case("max_pool2d", x(1, 2, 5, 4), [2, 2])
    yield case("max_pool2d", x(2, 5, 5), [3, 2], [2, 1], [1, 1], [1, 2], True)
    yield case("max_pool2d", x(1, 1, 4, 4), [5, 5])
    yield case("max_pool2d", x(4, 4), [2, 2])
    yield case("max_pool2d", x(1, 1, 4, 4), [2, 2], [2, 2], [2, 2])
    yield case("max_pool1d", x(1, 2, 5), [2])
    yield case("avg_pool2d", x(1, 2, 5, 4), [2, 2])
    yield case("avg_pool2d", x(2, 5, 5), [3, 2], [2, 1], [1, 1], True, False)
    yield case("avg_pool2d", x(2, 5, 5), [2, 2], [2, 2], [1, 1], True, True)
    yield case("avg_pool1d", x(1, 2, 5), [2])
    yield case("adaptive_avg_pool2d", x(1, 2, 5, 4), [2, 3])
    yield case("adaptive_avg_pool2d", x(2, 5, 4), [1, 1])
    yield case("adaptive_avg_pool1d", x(1, 2, 5), [2])


def matrix(*batch, shift=3.0):
    """A matrix that is far from singular."""
    tensor = T(*batch, 3, 3)
    tensor.values = [round(v + (shift if i % 9 % 4 == 0 else 0), 4) for i, v in enumerate(tensor.values)]
    return tensor


def algebra():
    x = T
    singular = [1.0, 2.0, 2.0, 4.0]
    yield case("linalg_det", matrix())
    yield case("linalg_det", matrix(2))
    yield case("linalg_det", T(2, 2, values=singular), derivatives=1)
    yield case("linalg_det", x(2, 3))
    yield case("linalg_slogdet", matrix())
    yield case("logdet", matrix())
    yield case("linalg_inv", matrix())
    yield case("linalg_inv", matrix(2))
    yield case("linalg_inv", T(2, 2, values=singular))
    yield case("linalg_inv", T(1, 2, 2, values=singular))
    yield case("linalg_inv", T(2, 2, kind="i", values=[1, 2, 3, 4]))
    yield case("linalg_solve", matrix(), x(3))
    yield case("linalg_solve", matrix(), x(3, 2))
    yield case("linalg_solve", matrix(2), x(2, 3, 2))
    yield case("linalg_solve", matrix(), x(2, 3), left=False)
    yield case("linalg_solve", T(2, 2, values=singular), x(2))
    yield case("linalg_solve", matrix(), x(2))
    yield case("linalg_solve", x(2, 3), x(2))
    yield case("linalg_solve_triangular", matrix(), x(3, 2), upper=True)
    yield case("linalg_solve_triangular", matrix(), x(2, 3), upper=False, left=False, unitriangular=True)
    definite = [4.0, 1.0, 0.5, 1.0, 3.0, -0.25, 0.5, -0.25, 2.0]
    yield case("linalg_cholesky", T(3, 3, values=definite))
    yield case("linalg_cholesky", T(3, 3, values=definite), upper=True)
    yield case("linalg_cholesky", T(2, 2, values=[1.0, 2.0, 2.0, 1.0]))
    yield case("linalg_cholesky", x(2, 3))
    for n in (-2, -1, 0, 1, 2, 3, 5):
        yield case("linalg_matrix_power", matrix(shift=1.0), n)
    yield case("cosine_similarity", x(2, 3), x(2, 3), 1, 1e-8)
    yield case("cosine_similarity", x(2, 3), x(3), 1, 1e-8)


def others():
    x = T
    signs = lambda *s: T(*s, values=[1.0, -1.0] * (s[0] // 2), requires=False)  # noqa: E731
    yield case("select_scatter", x(2, 3), x(2), 1, -1)
    yield case("select_scatter", x(2, 3), x(2), 0, 0)
    yield case("slice_scatter", x(4, 3), x(2, 3), 0, 0, 4, 2)
    yield case("slice_scatter", x(2, 3), x(2, 3), 0, 0, 1)
    yield case("diagonal_scatter", x(3, 3), x(2), 1)
    yield case("diagonal_scatter", x(2, 3), x(3))
    for reduction in (0, 1, 2):
        yield case("poisson_nll_loss", x(4), x(4, positive=True), True, True, 1e-8, reduction)
        yield case("poisson_nll_loss", x(4, positive=True), x(4, positive=True), False, False, 1e-8, reduction)
        yield case("hinge_embedding_loss", x(4), signs(4), 1.0, reduction)
        yield case("margin_ranking_loss", x(4), x(4), signs(4), 0.5, reduction)
        yield case("cosine_embedding_loss", x(2, 3), x(2, 3), signs(2), 0.2, reduction)
        yield case("soft_margin_loss", x(4), signs(4), reduction)
    yield case("scaled_dot_product_attention", x(1, 2, 3), x(1, 4, 3), x(1, 4, 2))
    # Of four dimensions PyTorch has a fused kernel, with a node of its own.
    yield case("scaled_dot_product_attention", x(2, 3, 2), x(2, 3, 2), x(2, 3, 2), None, 0.0, True)
    yield case("scaled_dot_product_attention", x(1, 2, 3), x(1, 2, 3), x(1, 2, 2), B(1, 0, 0, 0, sizes=[2, 2]), scale=0.5)
    yield case("tril_indices", 3, 3, -1)
    yield case("triu_indices", 2, 3, 1)
    yield case("isin.Tensor_Tensor", I(1, 2, 3), I(2, 4))
    yield case("isin.Tensor_Scalar", I(1, 2, 3), 2, invert=True)
    yield case("_unique2", I(3, 1, 1, 2), True, True, True)
    yield case("unique_consecutive", I(3, 1, 1, 3), True, True)


def main():
    families = {"views": views, "joining": joining, "indexing": indexing, "products": products, "losses": losses, "networks": networks, "algebra": algebra, "others": others}
    cases = {name: list(make()) for name, make in families.items()}
    json.dump({"torch": torch.__version__, "families": cases}, sys.stdout, separators=(",", ":"))
    print({name: len(list_) for name, list_ in cases.items()}, file=sys.stderr)


main()
