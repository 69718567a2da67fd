# TorchDispatchMode, torch.ops and selective checkpoints.
# --- a mode sees operators below autograd
import torch.nn as nn
from torch.utils._python_dispatch import TorchDispatchMode


class Log(TorchDispatchMode):
    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        shown = [tuple(a.shape) if isinstance(a, torch.Tensor) else a for a in args]
        if func is not torch.ops.aten.detach.default:
            print(func, shown, types)
        return func(*args, **(kwargs or {}))


x = torch.ones(2, 3, requires_grad=True)
w = torch.ones(3, 4)
with Log():
    y = ((x * 2 + 1) / 3).exp() - 0.5
    z = (y @ w).sum(1, keepdim=True)
    v = x.view(3, 2).t().transpose(0, 1)[0]
    a = torch.cat([x, x]).pow(2).mean()
    b = x > 0
    c = torch.nn.functional.linear(x, w.t())
print(y.grad_fn.name(), z.grad_fn.name(), v.grad_fn.name(), v._is_view())
z.sum().backward()
print(x.grad)
# --- backward inside of a mode
from torch.utils._python_dispatch import TorchDispatchMode


class Nodes(TorchDispatchMode):
    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        node = torch._C._current_autograd_node()
        if func is not torch.ops.aten.detach.default:
            print(func, type(node).__name__)
        return func(*args, **(kwargs or {}))


x = torch.ones(3, requires_grad=True)
y = x.mul(2).div(4).sin().sum()
seed = torch.tensor(1.0)
with Nodes():
    torch.autograd.grad(y, x, seed)
# --- a mode's answer is the result
from torch.utils._python_dispatch import TorchDispatchMode


class Doubled(TorchDispatchMode):
    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        out = func(*args, **(kwargs or {}))
        print(func, out.requires_grad, out.grad_fn, args[0].requires_grad)
        return out * 2 if func is torch.ops.aten.exp.default else out


x = torch.zeros(2, requires_grad=True)
with Doubled():
    y = x.exp()
print(y)
y.sum().backward()
print(x.grad)
# --- in place below a mode
from torch.utils._python_dispatch import TorchDispatchMode


class Log(TorchDispatchMode):
    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        if func is not torch.ops.aten.detach.default:
            print(func, args[1:], kwargs)
        return func(*args, **(kwargs or {}))


x = torch.ones(3, requires_grad=True)
w = torch.ones(1)
with Log():
    y = x.clone()
    y.add_(1).mul_(2.0)
    y.view(3, 1).add_(w, alpha=3)
print(y, y._version)
y.sum().backward()
print(x.grad)
# --- modes nest, and are left where an exception goes through
from torch.utils._python_dispatch import TorchDispatchMode, _get_current_dispatch_mode, _get_current_dispatch_mode_stack


class Named(TorchDispatchMode):
    def __init__(self, name):
        super().__init__()
        self.name = name

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        print(self.name, func, [mode.name for mode in _get_current_dispatch_mode_stack()])
        return func(*args, **(kwargs or {}))


x = torch.ones(2)
with Named("outer"):
    with Named("inner"):
        x + 1
    print(_get_current_dispatch_mode().name)
print(_get_current_dispatch_mode())


class Fails(TorchDispatchMode):
    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        raise ValueError(str(func))


try:
    with Fails():
        x.sin()
except ValueError as error:
    print("caught", error)
print(x.sin(), _get_current_dispatch_mode())
# --- a mode enters itself again
from torch.utils._python_dispatch import TorchDispatchMode


class Again(TorchDispatchMode):
    depth = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        print("  " * self.depth, func)
        self.depth += 1
        try:
            if func is torch.ops.aten.exp.default:
                with self:
                    return args[0].sin()
            return func(*args, **(kwargs or {}))
        finally:
            self.depth -= 1


with Again():
    print(torch.zeros(2).exp().tolist())
# --- modes switched off
from torch.utils._mode_utils import no_dispatch
from torch.utils._python_dispatch import TorchDispatchMode, _disable_current_modes


class Log(TorchDispatchMode):
    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        print(func)
        return func(*args, **(kwargs or {}))


x = torch.ones(2)
with Log():
    x.cos()
    with no_dispatch():
        x.sin()
    with _disable_current_modes():
        x.sin()
    x.cos()
# --- a mode that is not written
from torch.utils._python_dispatch import TorchDispatchMode

with TorchDispatchMode():
    torch.ones(2).sin()
# --- operators as objects
op = torch.ops.aten.sin.default
print(op, repr(op), type(op), op.name(), op.namespace, op.__name__, op._schema)
packet = torch.ops.aten.sin
print(packet, repr(packet), type(packet), packet.overloads()[0], op.overloadpacket is packet)
print(torch.ops.aten.add.Tensor, torch.ops.aten.add.Tensor.name())
print(op is torch.ops.aten.sin.default, {op: 1}[torch.ops.aten.sin.default])
print(op(torch.zeros(2)), packet(torch.zeros(2)))
print(torch.ops.aten.add.Tensor(torch.ones(2), torch.ones(2), alpha=3), torch.ops.aten.add(torch.ones(2), 1))
print(torch.ops.aten.sum.dim_IntList(torch.ones(2, 3), [1], True))
x = torch.ones(2, requires_grad=True)
print(torch.ops.aten.mul.Tensor(x, x).grad_fn.name())
# --- an operator called wrongly
torch.ops.aten.sin.default()
# --- an overload that is not there
torch.ops.aten.sin.Tensor
# --- selective checkpoint by a policy
import functools
from torch.utils.checkpoint import CheckpointPolicy, checkpoint, create_selective_checkpoint_contexts

asked = []


def policy(ctx, op, *args, **kwargs):
    asked.append((str(op), ctx.is_recompute, tuple(ctx.op_output.shape)))
    return CheckpointPolicy.MUST_SAVE if op == torch.ops.aten.mm.default else CheckpointPolicy.PREFER_RECOMPUTE


x = torch.arange(4.0).view(2, 2).requires_grad_()
y = torch.ones(2, 2)


def f(x, y):
    print("run")
    return torch.sigmoid(x @ y @ y) * y


out = checkpoint(f, x, y, use_reentrant=False, context_fn=functools.partial(create_selective_checkpoint_contexts, policy))
out.sum().backward()
print(x.grad)
print(asked)
print(list(CheckpointPolicy))
# --- what a selective checkpoint computes again
import functools
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.checkpoint import checkpoint, create_selective_checkpoint_contexts

counts = {}


class Count(TorchDispatchMode):
    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        counts[str(func)] = counts.get(str(func), 0) + 1
        return func(*args, **(kwargs or {}))


x = torch.ones(2, 2, requires_grad=True)
for kept in ([], [torch.ops.aten.mm.default], [torch.ops.aten.mm.default, torch.ops.aten.sin.default]):
    counts.clear()
    context = functools.partial(create_selective_checkpoint_contexts, kept)
    with Count():
        out = checkpoint(lambda x: (x.sin() @ x).cos().sum(), x, use_reentrant=False, context_fn=context)
        before = dict(counts)
        out.backward()
    names = ("aten.mm.default", "aten.sin.default", "aten.cos.default")
    print([(name, before[name], counts[name]) for name in names])
    print(x.grad)
    x.grad = None
# --- selective checkpoint with results that are changed
import functools
from torch.utils.checkpoint import CheckpointPolicy, checkpoint, create_selective_checkpoint_contexts


def policy(ctx, op, *args, **kwargs):
    return op == torch.ops.aten.sin.default


x = torch.ones(2, requires_grad=True)
for allowed in (True, False):
    context = functools.partial(create_selective_checkpoint_contexts, policy, allow_cache_entry_mutation=allowed)
    out = checkpoint(lambda x: x.sin().mul_(2).cos().exp(), x, use_reentrant=False, context_fn=context)
    out.sum().backward()
    print(x.grad)
# --- selective checkpoint twice
import functools
from torch.utils.checkpoint import checkpoint, create_selective_checkpoint_contexts

x = torch.ones(2, requires_grad=True)
context = functools.partial(create_selective_checkpoint_contexts, [torch.ops.aten.sin.default])
out = checkpoint(lambda x: x.sin().cos().exp(), x, use_reentrant=False, context_fn=context)
out.sum().backward(retain_graph=True)
out.sum().backward()
# --- selective checkpoint that does something else the second time
import functools
from torch.utils.checkpoint import checkpoint, create_selective_checkpoint_contexts

runs = []


def f(x):
    runs.append(1)
    return x.sin().cos() if len(runs) == 1 else x.tan().cos()


x = torch.ones(2, requires_grad=True)
context = functools.partial(create_selective_checkpoint_contexts, [torch.ops.aten.sin.default])
checkpoint(f, x, use_reentrant=False, context_fn=context).sum().backward()
# --- selective checkpoint of something wrong
from torch.utils.checkpoint import create_selective_checkpoint_contexts

for wrong in ([2], [torch.ops.aten.sin], 2):
    try:
        create_selective_checkpoint_contexts(wrong)
    except Exception as error:
        print(type(error).__name__, error)
# --- values inside of values
from torch.utils._pytree import tree_flatten, tree_leaves, tree_map, tree_map_only, tree_unflatten

value = {"a": [1, (2, 3.0)], "b": {"c": None}}
leaves, spec = tree_flatten(value)
print(leaves, tree_unflatten(leaves, spec) == value, tree_leaves([1, [2, [3]]]))
print(tree_map(lambda x: (x, 1), [1, {"k": 2}]), tree_map_only(int, lambda x: x * 10, value))
print(tree_map(lambda a, b: a + b, [1, (2,)], [10, (20,)]))
# --- operations are counted
from torch.utils.flop_counter import FlopCounterMode

x = torch.ones(4, 8, requires_grad=True)
with FlopCounterMode(display=False) as mode:
    (x @ torch.ones(8, 16)).sum().backward()
print(mode.get_total_flops(), {str(op): n for op, n in mode.get_flop_counts()["Global"].items()})
net = torch.nn.Sequential(torch.nn.Linear(8, 5), torch.nn.ReLU(), torch.nn.Linear(5, 2))
for layer, given in (
    (net, x),
    (torch.nn.Conv2d(3, 6, 3, padding=1), torch.ones(2, 3, 8, 8)),
    (torch.nn.Conv2d(4, 8, 3, groups=2), torch.ones(2, 4, 8, 8)),
    (torch.nn.ConvTranspose2d(3, 6, 3), torch.ones(2, 3, 8, 8)),
):
    with FlopCounterMode(display=False) as mode:
        layer(given)
    print(mode.get_total_flops())
with FlopCounterMode(display=False) as mode:
    torch.nn.Conv2d(3, 6, 3)(torch.ones(2, 3, 8, 8, requires_grad=True)).sum().backward()
    torch.bmm(torch.ones(2, 3, 4), torch.ones(2, 4, 5))
print(mode.get_total_flops())
# --- labels of what runs
from torch.profiler import record_function


@torch.autograd.profiler.record_function("twice")
def twice(x):
    return x * 2


with record_function("label") as label:
    print(type(label).__name__, type(label).__module__, twice(torch.ones(1)))
