"""Writes expressions/wrong_calls.txt: everyday functions called with wrong types, counts, keywords, dims and shapes.

    python test/oracle/generate_wrong_calls.py        (needs nothing; generate_expressions.py records the answers)
"""

import pathlib

HERE = pathlib.Path(__file__).resolve().parent

STATEMENTS = """\
import torch
import torch.nn.functional as F
x = torch.arange(6.0).reshape(2, 3)
v = torch.arange(3.0)
i = torch.tensor([0, 1])
d = x.double()
b = x > 2
img = torch.ones(1, 1, 4, 4)"""

#: Every function with one argument more, one less, an unknown keyword, and a string for the tensor.
COMMON = {
    "abs": "x", "exp": "x", "log": "x", "sqrt": "x", "sin": "x", "tanh": "x", "sigmoid": "x", "relu": "x",
    "neg": "x", "round": "x", "floor": "x", "sign": "x", "isnan": "x", "rsqrt": "x", "square": "x", "erf": "x",
    "add": "x, x", "sub": "x, x", "mul": "x, x", "div": "x, x", "pow": "x, 2", "remainder": "x, 2", "atan2": "x, x",
    "maximum": "x, x", "minimum": "x, x", "eq": "x, x", "lt": "x, x", "logical_and": "x, x", "where": "b, x, x",
    "clamp": "x, 0, 1", "lerp": "x, x, 0.5", "addcmul": "x, x, x", "dot": "v, v", "mm": "x, x.t()", "mv": "x, v",
    "bmm": "x[None], x.t()[None]", "matmul": "x, v", "addmm": "x[:, :2], x, x.t()", "outer": "v, v", "cross": "v, v",
    "sum": "x", "mean": "x", "prod": "x", "std": "x", "var": "x", "max": "x", "min": "x", "argmax": "x", "all": "b",
    "any": "b", "median": "x", "logsumexp": "x, 1", "cumsum": "x, 1", "cumprod": "x, 1", "amax": "x, 1",
    "norm": "x", "sort": "x", "argsort": "x", "topk": "x, 2", "unique": "x", "flip": "x, (0,)", "roll": "x, 1",
    "cat": "[x, x]", "stack": "[x, x]", "split": "x, 1", "chunk": "x, 2", "unbind": "x", "reshape": "x, (6,)",
    "transpose": "x, 0, 1", "permute": "x, (1, 0)", "squeeze": "x", "unsqueeze": "x, 0", "flatten": "x",
    "narrow": "x, 0, 0, 1", "index_select": "x, 0, i", "gather": "x, 0, i[None]", "masked_select": "x, b",
    "take": "x, i", "tril": "x", "triu": "x", "diag": "v", "trace": "x", "softmax": "x, 1", "log_softmax": "x, 1",
    "zeros_like": "x", "ones_like": "x", "full_like": "x, 2", "rand_like": "x", "clone": "x", "bincount": "i",
    "one_hot": None, "allclose": "x, x", "equal": "x, x", "repeat_interleave": "x, 2", "tile": "x, (2,)",
    "masked_fill": "x, b, 1", "index_add": "x, 0, i, x", "scatter": "x, 0, i[None], 1.0", "movedim": "x, 0, 1",
    "einsum": "'ij->i', x", "tensordot": "x, x, 2", "nan_to_num": "x", "logit": "x", "diff": "x", "count_nonzero": "x",
    "broadcast_to": "x, (2, 3)", "isin": "x, v", "searchsorted": "v, x", "nonzero": "x", "det": "x @ x.t()",
}  # fmt: skip

DIMS = (
    "sum mean prod std var max min argmax all any median logsumexp cumsum cumprod amax sort argsort softmax "
    "log_softmax squeeze unsqueeze unbind flip argmin amin nansum mode count_nonzero diff"
).split()

FUNCTIONAL = {
    "linear": "x, x", "relu": "x", "gelu": "x", "silu": "x", "elu": "x", "leaky_relu": "x", "softplus": "x",
    "dropout": "x", "softmax": "x, 1", "log_softmax": "x, 1", "mse_loss": "x, x", "l1_loss": "x, x",
    "cross_entropy": "x, i", "nll_loss": "x, i", "binary_cross_entropy": "x / 6, x / 6", "kl_div": "x, x",
    "binary_cross_entropy_with_logits": "x, x", "smooth_l1_loss": "x, x", "embedding": "i, x",
    "conv2d": "img, img[:, :, :2, :2]", "conv1d": "img[0], img[0, :, :2][None, 0, :1]", "max_pool2d": "img, 2",
    "avg_pool2d": "img, 2", "layer_norm": "x, (3,)", "batch_norm": "x, None, None, training=True",
    "normalize": "x", "cosine_similarity": "x, x", "pad": "x, (1, 1)", "interpolate": "img, scale_factor=2",
    "one_hot": "i", "scaled_dot_product_attention": "x, x, x", "group_norm": "img, 1",
}  # fmt: skip

#: Shapes, dtypes and values that do not go together.
MISMATCHES = """\
torch.where(x, (1,), x)
torch.where(x, [1, 'a'], x)
torch.where(x, (1, 'a', x), x)
torch.max(x, [1, 2])
torch.max(x, [])
torch.add([1], [2], 3, 4, 5)
x.to(3.5)
x.to(True)
F.interpolate(img, 'a', mode='bilinear')
F.interpolate(img[0], 2.5)
F.pad(x, (-4, 1))
F.fold(x, 4, 1)
F.fold(x[None], 4, 1)
F.fold(torch.ones(4, 3), 4, 2)
x + torch.ones(4)
x * torch.ones(3, 2)
x += torch.ones(4)
x @ x
x @ torch.ones(4)
torch.mm(x, x)
torch.mm(v, v)
torch.mv(x, i)
torch.mv(x, torch.ones(2))
torch.dot(x, v)
torch.dot(v, torch.ones(2))
torch.dot(v, v.double())
torch.mm(x, d.t())
x @ i
torch.bmm(x, x)
torch.bmm(x[None], x[None])
torch.bmm(x[None], torch.ones(2, 3, 1))
torch.addmm(v, x, x)
torch.addmm(torch.ones(7), x, x.t())
torch.outer(x, v)
torch.cross(v, torch.ones(2))
torch.cat([x, v])
torch.cat([x, torch.ones(2, 2)])
torch.cat([x, x], 2)
torch.cat([])
torch.cat([x, None])
torch.stack([x, v])
torch.stack([])
torch.stack([x, x], 4)
x.view(4)
x.view(-1, -1)
x.view(-1, 4)
x.t().view(6)
x.reshape(4)
x.reshape(-1, 4)
x.reshape(-2, 3)
x.expand(3, 3)
x.expand(3)
x.expand(2, 3, 4)
x.expand(-1, 2, 3)
x.repeat(2)
x.permute(0)
x.permute(0, 0)
x.permute(0, 2)
x.transpose(0, 2)
x.squeeze(2)
x.unsqueeze(3)
x.flatten(1, 0)
x.split([1, 2])
x.split(-1)
x.split(1, 3)
x.chunk(0)
x.narrow(0, 0, 3)
x.narrow(0, 3, 1)
x.select(0, 2)
x.select(2, 0)
x.index_select(0, torch.tensor([2]))
x.index_select(0, x)
x.index_select(2, i)
x.index_select(0, i[None])
x.gather(0, x)
x.gather(0, i)
x.gather(0, torch.tensor([[2]]))
x.scatter(0, i, x)
x.scatter(0, torch.tensor([[2]]), x)
x.scatter(0, i[None], d)
x.scatter_add(0, i[None], d)
x.index_add(0, i, x[:1])
x.index_add(0, torch.tensor([5]), x[:1])
x.masked_fill(i, 1)
x.masked_fill(b[:, :2], 1)
x.masked_select(x)
x.masked_select(b[:, :2])
x.take(torch.tensor([6]))
x[2]
x[0, 3]
x[0, 0, 0]
x[torch.tensor([2])]
x[torch.tensor([True])]
x[1.5]
x['a']
x[x]
x[:, ::-1]
x[::0]
x.sum(2)
x.sum(-3)
x.sum((0, 0))
x.mean(2)
i.mean()
b.mean()
i.std()
i.float().var(3)
torch.empty(0).max()
torch.empty(0).argmax()
torch.empty(0, 2).max(0)
x.softmax(2)
i.softmax(0)
x.cumsum(2)
x.topk(4)
x.topk(1, 2)
x.kthvalue(4)
x.sort(2)
x.diagonal(0, 0, 0)
x.diag(2)
v.tril()
v.trace()
x.det()
v.inverse()
x.inverse()
torch.linalg.inv(torch.zeros(2, 2))
torch.linalg.cholesky(-torch.eye(2))
torch.linalg.solve(x, v)
torch.linalg.norm(x, ord='foo')
torch.linalg.eigh(x)
torch.linalg.svd(v)
x.item()
float(x)
int(x)
bool(x)
bool(torch.empty(0))
len(torch.tensor(1))
list(torch.tensor(1))
torch.tensor(1)[0]
x.numpy
x.backward()
x.sum().backward()
torch.ones(2, requires_grad=True).backward()
torch.ones(2, dtype=torch.int64, requires_grad=True)
i.requires_grad_()
torch.tensor([1, 'a'])
torch.tensor('a')
torch.tensor([[1], [1, 2]])
torch.tensor(None)
torch.tensor([None])
torch.tensor({})
torch.zeros(-1)
torch.zeros(2, 'a')
torch.zeros((2, 2.5))
torch.zeros(2, dtype=float)
torch.zeros(2, dtype='float32')
torch.zeros(2, device='foo')
torch.zeros(2, device='cuda')
torch.arange(0, 1, 0)
torch.arange(1, 0)
torch.arange(0, 5, -1)
torch.linspace(0, 1, -1)
torch.eye(-1)
torch.full((2,), 'a')
torch.randint(0, (2,))
torch.randint(2, 2, (2,))
torch.randperm(-1)
torch.rand('a')
torch.randn(2, 'a')
torch.normal(0.0, -1.0, (2,))
torch.bernoulli(x)
torch.multinomial(-x, 1)
torch.multinomial(x, 4)
torch.multinomial(x[None], 1)
torch.ones(2).normal_(0, -1)
torch.ones(2).uniform_(1, 0)
i.uniform_()
i.normal_()
torch.ones(2).bernoulli_(2)
i.div_(2)
i.add_(1.5)
i.mul_(v[:2])
i += 0.5
b += 1
x.add_(torch.ones(2, 2, 3))
x.copy_(torch.ones(4))
x.sqrt_(1)
~x
x & x
x << 'a'
x % 'a'
x ** 'a'
x / 'a'
'a' + x
x - b
b - b
-b
b.neg()
i ** -1
torch.pow(2, i.float(), 3)
torch.bitwise_and(x, x)
x.clamp()
x.clamp(min='a')
x.to('foo')
x.to(torch.foo)
x.to(3.5)
x.type('foo')
x.foo
x.foo()
torch.foo
torch.nn.functional.foo
x.T.foo
torch.einsum('ij,jk', x)
torch.einsum('ij,jk', x, x)
torch.einsum('i', x)
torch.einsum('ij->k', x)
torch.einsum('i1', x)
torch.where(x, x, x)
torch.where(b, x, 'a')
torch.where(b, x, torch.ones(4))
torch.lerp(x, d, 0.5)
torch.logical_and(x, 1)
torch.broadcast_tensors(x, torch.ones(4))
torch.broadcast_shapes((2, 3), (4,))
torch.bincount(x)
torch.bincount(-i)
torch.histc(i)
torch.searchsorted(x, v, right='a')
torch.tensordot(x, x, 1)
torch.tensordot(x, x, ([0], [1]))
F.linear(x, torch.ones(2, 2))
F.linear(x, d)
F.linear(x, x, torch.ones(3))
F.cross_entropy(x, torch.tensor([0, 3]))
F.cross_entropy(x, torch.tensor([0]))
F.cross_entropy(x, v)
F.cross_entropy(x, d)
F.cross_entropy(x, i.int())
F.cross_entropy(x, i, weight=torch.ones(2))
F.cross_entropy(x, i, reduction='foo')
F.nll_loss(x, x)
F.nll_loss(x, torch.tensor([0, -1]))
F.nll_loss(v, i)
F.mse_loss(x, v[:2])
F.mse_loss(x, v)
F.mse_loss(x, x, reduction='foo')
F.l1_loss(x, torch.ones(4))
F.binary_cross_entropy(x, x)
F.binary_cross_entropy(x / 6, x[:1] / 6)
F.binary_cross_entropy(x / 6, i)
F.binary_cross_entropy_with_logits(x, v)
F.kl_div(x, torch.ones(4))
F.embedding(x, x)
F.embedding(torch.tensor([2]), x)
F.embedding(torch.tensor([-1]), x)
F.conv2d(x, img)
F.conv2d(img, torch.ones(1, 2, 2, 2))
F.conv2d(img, torch.ones(1, 1, 5, 5))
F.conv2d(img, torch.ones(1, 1, 2, 2), stride=0)
F.conv2d(img, torch.ones(1, 1, 2, 2), padding=-1)
F.conv2d(img, torch.ones(1, 1, 2, 2), padding='foo')
F.conv2d(img, torch.ones(1, 1, 2, 2).double())
F.conv2d(img, torch.ones(1, 1, 2, 2), torch.ones(2))
F.conv2d(img, torch.ones(1, 1, 2, 2), groups=2)
F.conv1d(img, img)
F.max_pool2d(img, 5)
F.max_pool2d(img, 2, padding=2)
F.max_pool2d(x[0], 2)
F.max_pool2d(img, 0)
F.avg_pool2d(img, 5)
F.adaptive_avg_pool2d(x[0], 2)
F.layer_norm(x, (2,))
F.layer_norm(x, 3)
F.layer_norm(x, (3,), torch.ones(2))
F.batch_norm(x, None, None)
F.batch_norm(x[:1], None, None, training=True)
F.batch_norm(x, torch.ones(2), torch.ones(2))
F.group_norm(x, 2)
F.dropout(x, 1.5)
F.dropout(x, -1)
F.softmax(x, 2)
F.softmax(x)
F.one_hot(x)
F.one_hot(i, 1)
F.one_hot(-i)
F.pad(x, (1,))
F.pad(x, (1, 1, 1, 1, 1, 1))
F.pad(x, (1, 1), mode='foo')
F.pad(x, (-2, -2))
F.interpolate(img)
F.interpolate(img, size=2, scale_factor=2)
F.interpolate(img, size=(2, 2, 2))
F.interpolate(img, scale_factor=2, mode='foo')
F.scaled_dot_product_attention(x, x, torch.ones(3, 3))
F.scaled_dot_product_attention(x, torch.ones(2, 4), x)
F.cosine_similarity(x, torch.ones(4))
F.normalize(x, dim=3)
F.gumbel_softmax(i)
F.multi_margin_loss(x, v)
F.triplet_margin_loss(x, x, v)
F.hinge_embedding_loss(x, x, reduction='foo')
F.glu(x)
F.glu(x, 2)
F.prelu(x, torch.ones(2))
F.unfold(x, 2)
F.fold(x, 2, 2)
F.pixel_shuffle(img, 3)"""

#: Left out: `numpy` is a method of C there and one of Python here, and prints as such.
DIFFERENT = """\
x.numpy"""


def lines():
    found = []
    for place, table in (("torch", COMMON), ("F", FUNCTIONAL)):
        for name, given in table.items():
            if given is None:
                continue
            call = f"{place}.{name}"
            first, *rest = given.split(", ", 1)
            found += [
                f"{call}()",
                f"{call}({given}, 'a', 'b', 'c')",
                f"{call}({given}, foo=1)",
                f"{call}({', '.join([repr('a'), *rest])})",
                f"{call}({', '.join(['3', *rest])})",
                f"{call}(None)",
            ]
            if rest and "[" not in first:
                found.append(f"{call}({first})")
                found.append(f"{call}({first}, None)")
                found.append(f"{call}({first}, 'a')")
            elif "[" not in given:
                found.append(f"{call}({first}, object)")
    for name in DIMS:
        found += [f"x.{name}(5)", f"x.{name}('a')", f"x.{name}(1.5)", f"x.{name}(dim=None)", f"x.{name}(foo=1)", f"x.{name}(dim=[0, 'a'])"]
    found += MISMATCHES.split("\n")
    seen = {}
    for line in found:
        try:
            compile(line, "", "eval")
        except SyntaxError:
            continue
        seen[line] = None
    return [line for line in seen if line not in DIFFERENT.split("\n")]


if __name__ == "__main__":
    (HERE / "expressions/wrong_calls.txt").write_text(f"{STATEMENTS}\n---\n" + "\n".join(lines()) + "\n")
