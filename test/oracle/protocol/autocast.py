# torch.autocast on the CPU: what is cast, what the graph looks like, what is kept, and scaled gradients.
import warnings

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)


def named(node, depth=2):
    """A node and what leads to it, by name."""
    if node is None:
        return None
    if depth == 0:
        return node.name()
    return node.name(), [named(next, depth - 1) for next, _ in node.next_functions]


linear, x = nn.Linear(3, 2), torch.randn(4, 3)
with torch.autocast("cpu", dtype=torch.bfloat16):
    y = linear(x)
    print(y, named(y.grad_fn))
    again = linear(x)
    print(y.grad_fn.next_functions[0][0] is again.grad_fn.next_functions[0][0])
    loss = F.mse_loss(y, torch.zeros(4, 2))
    print(loss, named(loss.grad_fn))
    print(F.softmax(y, -1).dtype, F.cross_entropy(y, torch.tensor([0, 1, 0, 1])), F.layer_norm(y, (2,)).dtype)
    print(torch.is_autocast_enabled(), torch.is_autocast_enabled("cpu"), torch.get_autocast_dtype("cpu"))
    with torch.autocast("cpu", enabled=False):
        print(linear(x).dtype, torch.is_autocast_enabled("cpu"))
    print(linear(x).dtype)
    with torch.autocast("cpu", dtype=torch.float16):
        print((x @ x.t()).dtype, torch.get_autocast_dtype("cpu"))
loss.backward()
print(linear.weight.grad, linear.bias.grad)
print(linear(x).dtype, torch.is_autocast_enabled("cpu"))

print("--- operators")
a, h = torch.randn(2, 2), torch.randn(2, 2).bfloat16()
with torch.autocast("cpu"):
    for expression in (
        "a @ a",
        "torch.mm(a, h)",
        "torch.bmm(a[None], a[None])",
        "torch.addmm(a, a, a)",
        "torch.baddbmm(a[None], a[None], a[None])",
        "torch.einsum('ij,jk->ik', a, a)",
        "torch.tensordot(a, a, 1)",
        "torch.inner(a, a)",
        "torch.mv(a, a[0])",
        "torch.dot(a[0], a[0])",
        "torch.outer(a[0], a[0])",
        "torch.linalg.multi_dot([a, a, a])",
        "torch.linalg.matrix_power(a, 3)",
        "torch.linalg.vecdot(a, a)",
        "torch.linalg.inv(h + torch.eye(2))",
        "torch.cat([a, h])",
        "torch.cat([h, h])",
        "torch.stack([a, h])",
        "torch.cat([a.double(), a.double()])",
        "torch.cat([a.half(), a])",
        "torch.cat([a.int(), a.int()])",
        "a + h",
        "h.prod()",
        "h.sum()",
        "h.exp()",
        "h.std()",
        "torch.quantile(h, 0.5)",
        "torch.cdist(h, h)",
        "F.nll_loss(h, torch.tensor([0, 1]))",
        "F.binary_cross_entropy_with_logits(h, torch.ones(2, 2))",
        "F.binary_cross_entropy(torch.sigmoid(h), torch.ones(2, 2))",
        "F.smooth_l1_loss(h, a)",
        "F.huber_loss(h, a)",
        "F.l1_loss(h, a)",
        "F.kl_div(h, h)",
        "F.cosine_embedding_loss(h, h, torch.ones(2))",
        "F.gaussian_nll_loss(h, h, h.abs())",
        "F.cosine_similarity(h, h)",
        "F.bilinear(a, a, torch.ones(3, 2, 2))",
        "F.prelu(a, torch.tensor([0.1]))",
        "F.gelu(h)",
        "F.pad(h[None], (1, 1), mode='reflect')",
        "F.pad(h[None], (1, 1))",
        "F.scaled_dot_product_attention(a[None], a[None], a[None])",
        "F.conv1d(a[None], torch.ones(1, 2, 2))",
        "F.conv2d(a[None, None], torch.ones(1, 1, 1, 1), torch.ones(1))",
        "F.conv_transpose2d(a[None, None], torch.ones(1, 1, 2, 2))",
        "F.embedding(torch.tensor([0, 1]), a)",
        "F.interpolate(h[None, None], scale_factor=2)",
        "F.avg_pool2d(h[None], 2)",
        "F.linear(a.double(), a.double())",
        "F.linear(a.double(), a)",
        "a @ a.int()",
        "torch.mm(a, a, out=torch.empty(2, 2))",
        "a.addmm_(a, a).dtype",
    ):
        try:
            print(expression, eval(expression).dtype if not expression.endswith("dtype") else eval(expression))
        except Exception as error:
            print(expression, type(error).__name__, error)

print("--- kept casts")
w = torch.randn(2, 2, requires_grad=True)
with torch.autocast("cpu"):
    with torch.no_grad():
        quiet = w @ w
    y = w @ w
    print(named(y.grad_fn), quiet.requires_grad, y.grad_fn.next_functions[0][0] is y.grad_fn.next_functions[1][0])
    part = w[0:1] @ w
    print(named(part.grad_fn, 3))
    before = (w @ w).clone()
    with torch.no_grad():
        w.add_(1)
    print(torch.equal(w @ w, before), torch.equal(w.clone() @ w, before))
    torch.clear_autocast_cache()
    print(torch.equal(w @ w, before))
with torch.autocast("cpu", cache_enabled=False):
    y = w @ w
    print(y.grad_fn.next_functions[0][0] is y.grad_fn.next_functions[1][0], torch.is_autocast_cache_enabled())
print(torch.is_autocast_cache_enabled())
with torch.autocast("cpu"):
    y = (w @ w).sum()
    y.backward()
print(w.grad)

print("--- modules")
torch.manual_seed(1)
with torch.autocast("cpu", dtype=torch.bfloat16):
    for module, value in (
        (nn.Conv2d(3, 4, 3), torch.randn(1, 3, 5, 5)),
        (nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 2)), torch.randn(5, 3)),
        (nn.LayerNorm(3), torch.randn(2, 3)),
        (nn.GRU(3, 5), torch.randn(6, 2, 3)),
        (nn.RNN(3, 5), torch.randn(6, 2, 3)),
        (nn.LSTM(3, 5), torch.randn(6, 2, 3)),
        (nn.LSTMCell(3, 5), torch.randn(2, 3)),
        (nn.GRUCell(3, 5), torch.randn(2, 3)),
        (nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0, batch_first=True), torch.randn(2, 5, 8)),
        (nn.Bilinear(3, 3, 2), None),
    ):
        found = module(value) if value is not None else module(torch.randn(2, 3), torch.randn(2, 3))
        found = found[0] if isinstance(found, tuple) else found
        print(type(module).__name__, found.dtype, found.grad_fn.name())

print("--- decorators and functions")


@torch.autocast("cpu", dtype=torch.bfloat16)
def forward(value):
    """Runs in a region."""
    return linear(value)


print(forward(x).dtype, forward.__name__, forward.__doc__)
print(torch.amp.autocast("cpu")(linear.forward)(x).dtype)
try:
    torch.autocast("cpu")(3)
except TypeError as error:
    print(error)


class Scale(torch.autograd.Function):
    @staticmethod
    @torch.amp.custom_fwd(device_type="cpu", cast_inputs=torch.float32)
    def forward(ctx, value):
        print("forward", value.dtype, torch.is_autocast_enabled("cpu"))
        ctx.save_for_backward(value)
        return value @ value

    @staticmethod
    @torch.amp.custom_bwd(device_type="cpu")
    def backward(ctx, grad):
        (value,) = ctx.saved_tensors
        print("backward", grad.dtype, torch.is_autocast_enabled("cpu"))
        return grad @ value.t() + value.t() @ grad


half = torch.eye(2).bfloat16().requires_grad_()
with torch.autocast("cpu"):
    Scale.apply(half).sum().backward()
print(half.grad.dtype)


class Plain(Scale):
    @staticmethod
    @torch.amp.custom_fwd(device_type="cpu")
    def forward(ctx, value):
        print("forward", value.dtype, torch.is_autocast_enabled("cpu"))
        ctx.save_for_backward(value)
        return value @ value


whole = torch.eye(2).requires_grad_()
with torch.autocast("cpu"):
    found = Plain.apply(whole)
print(found.dtype, found.grad_fn.name())
found.sum().backward()
print(whole.grad)

print("--- checkpoint")
for reentrant in (False, True):
    value = x.clone().requires_grad_()
    with torch.autocast("cpu"):
        y = torch.utils.checkpoint.checkpoint(linear, value, use_reentrant=reentrant)
    y.sum().backward()
    print(y.dtype, value.grad)

print("--- warnings and errors")


def told(expression):
    """An expression's result or error, and what it warns of."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            found = eval(expression)
        except Exception as error:
            found = f"{type(error).__name__}: {error}"
    texts = [f"{each.category.__name__}: {str(each.message).split(' (Triggered')[0]}" for each in caught]
    print(expression, "->", found, texts)


for expression in """torch.is_autocast_enabled()
torch.is_autocast_enabled("foo")
torch.is_autocast_enabled(1)
torch.is_autocast_enabled("meta")
torch.get_autocast_dtype("cuda")
torch.get_autocast_dtype("xla")
torch.get_autocast_dtype("meta")
torch.get_autocast_dtype()
torch.get_autocast_gpu_dtype()
torch.get_autocast_cpu_dtype()
torch.get_autocast_ipu_dtype()
torch.is_autocast_cpu_enabled()
torch.is_autocast_xla_enabled()
torch.set_autocast_cpu_enabled(False)
torch.set_autocast_gpu_dtype(torch.float16)
torch.set_autocast_dtype("cpu", torch.float16)
torch.get_autocast_dtype("cpu")
torch.set_autocast_dtype("cpu", torch.bfloat16)
torch.set_autocast_dtype("cpu", 1)
torch.set_autocast_dtype("cpu")
torch.set_autocast_enabled("cpu", True)
torch.is_autocast_enabled("cpu")
torch.set_autocast_enabled("cpu", False)
torch.set_autocast_enabled("cpu", 1)
torch.set_autocast_enabled(1)
torch.set_autocast_cache_enabled(1)
torch.autocast_increment_nesting()
torch.autocast_decrement_nesting()
torch.amp.is_autocast_available("cpu"), torch.amp.is_autocast_available("vulkan")
torch.amp.is_autocast_available(1)
torch.autocast(torch.device("cpu"))
torch.autocast("vulkan")
torch.autocast("cpu", torch.float16).fast_dtype
torch.autocast("cpu", torch.float64)._enabled
torch.autocast("xpu", torch.float64)._enabled
torch.autocast("cuda")._enabled
torch.cuda.amp.autocast()._enabled
torch.cpu.amp.autocast()._enabled
torch.amp.autocast is torch.autocast
torch.amp.custom_fwd(device_type=1)
torch.amp.GradScaler("cpu").get_scale()
torch.amp.GradScaler("cpu").state_dict()
torch.amp.GradScaler("cpu").scale(torch.tensor(2.0))
torch.amp.GradScaler("cpu").scale(3)
torch.amp.GradScaler("cpu").scale([torch.ones(1), (torch.ones(2),)])
torch.amp.GradScaler("cpu").update()
torch.amp.GradScaler("cpu").step(torch.optim.SGD([w]))
torch.amp.GradScaler("cpu").unscale_(torch.optim.SGD([w]))
torch.amp.GradScaler("cpu", growth_factor=1.0)
torch.amp.GradScaler("cpu", backoff_factor=1.0)
torch.amp.GradScaler().is_enabled()
torch.cpu.amp.GradScaler().is_enabled()""".split("\n"):
    told(expression)

print("--- a training loop")
torch.manual_seed(2)
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scaler = torch.amp.GradScaler("cpu", init_scale=2.0**10, growth_interval=3)
inputs = torch.randn(16, 4)
targets = inputs.sum(1, keepdim=True)
for step in range(6):
    optimizer.zero_grad()
    with torch.autocast(device_type="cpu", dtype=torch.bfloat16):
        loss = F.mse_loss(model(inputs), targets)
    if step == 4:
        loss = loss * float("inf")
    scaler.scale(loss).backward()
    scaler.unscale_(optimizer)
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    scaler.step(optimizer)
    scaler.update()
    print(step, f"{loss.item():.2f}", scaler.get_scale(), scaler.state_dict()["_growth_tracker"])
try:
    scaler.scale(loss)
    scaler.step(optimizer)
    scaler.step(optimizer)
except RuntimeError as error:
    print(error)
