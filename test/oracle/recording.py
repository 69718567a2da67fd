"""What the generators of recorded calls share: arguments, what real PyTorch answers to them, and the file."""

import json
import math
import pathlib
import random
import warnings

import torch

torch.set_num_threads(1)
warnings.simplefilter("ignore")
F64, F32, I64, I32 = torch.float64, torch.float32, torch.int64, torch.int32
U8, I8, B = torch.uint8, torch.int8, torch.bool
rng = random.Random(20)
cases = []


class T:
    """A tensor argument: shape, range of its numbers, dtype, whether it requires grad, order of dimensions in memory."""

    def __init__(self, *shape, lo=-2.0, hi=2.0, dtype=None, grad=None, perm=None, values=None, step=1):
        self.shape, self.lo, self.hi, self.dtype, self.grad = shape, lo, hi, dtype, grad
        self.perm, self.values, self.step = perm, values, step

    def make(self, default):
        dtype = self.dtype or default
        count = math.prod(self.shape) * self.step
        if self.values is not None:
            numbers = [v for v in self.values for _ in range(self.step)]
        elif dtype.is_floating_point:
            numbers = [round(rng.uniform(self.lo, self.hi), 3) for _ in range(count)]
        elif dtype is B:
            numbers = [rng.random() < 0.5 for _ in range(count)]
        else:
            lo = 0 if dtype is U8 else max(-7, math.ceil(self.lo))
            hi = 7 if self.hi == 2.0 else math.floor(self.hi)
            numbers = [rng.randint(lo, max(lo, hi)) for _ in range(count)]
        flat = torch.tensor(numbers, dtype=dtype)
        if self.step > 1:
            tensor = flat.reshape(*self.shape, self.step)[..., 0]
        elif self.perm:
            inner = [self.shape[d] for d in self.perm]
            tensor = flat.reshape(inner).permute([self.perm.index(d) for d in range(len(self.perm))])
        else:
            tensor = flat.reshape(self.shape)
        wants = dtype.is_floating_point if self.grad is None else self.grad
        return tensor.detach().requires_grad_(wants and dtype.is_floating_point)


def number(value):
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, float):
        if math.isnan(value):
            return "nan"
        if math.isinf(value):
            return "inf" if value > 0 else "-inf"
        return value
    return value if abs(value) < 2**53 else str(value)


def flat_values(tensor):
    if tensor._is_zerotensor():
        tensor = torch.zeros(tensor.shape, dtype=tensor.dtype)
    return [number(v) for v in tensor.detach().flatten().tolist()]


def storage_values(tensor):
    size = tensor.untyped_storage().nbytes() // tensor.element_size()
    return flat_values(torch.as_strided(tensor.detach(), (size,), (1,), 0))


def encode(arg):
    if isinstance(arg, torch.Tensor):
        out = {"t": storage_values(arg), "d": str(arg.dtype)[6:], "s": list(arg.shape)}
        if not arg.is_contiguous():
            out["st"] = list(arg.stride())
        if arg.requires_grad:
            out["g"] = 1
        return out
    if isinstance(arg, bool):
        return {"bool": arg}
    if isinstance(arg, float):
        return {"float": number(arg)}
    if isinstance(arg, int):
        return {"int": arg}
    if isinstance(arg, torch.dtype):
        return {"dtype": str(arg)[6:]}
    if isinstance(arg, (list, tuple)):
        return [encode(a) for a in arg]
    return arg


def result(tensor):
    out = {"v": flat_values(tensor), "d": str(tensor.dtype)[6:], "s": list(tensor.shape)}
    if not tensor.is_contiguous():
        out["st"] = list(tensor.stride())
    return out


def node_name(fn):
    return None if fn is None else fn.name().replace("torch::autograd::", "")


def chain(fn, depth=0):
    """A node and what it leads to, four deep."""
    if fn is None:
        return ""
    if depth == 4:
        return "…"
    inner = ",".join(chain(next_fn, depth + 1) for next_fn, _ in fn.next_functions)
    return node_name(fn) + ("(" + inner + ")" if inner else "")


def saved_names(fn):
    names = [name for name in dir(fn) if name.startswith("_saved_")]
    return sorted(n[len("_saved_") :] for n in names if isinstance(getattr(fn, n), torch.Tensor))


def random_like(tensor):
    values = [round(rng.uniform(-1, 1), 2) for _ in range(tensor.numel())]
    return torch.tensor(values, dtype=tensor.dtype).reshape(tensor.shape)


def resolve(key):
    name, _, overload = key.partition(".")
    return getattr(getattr(torch.ops.aten, name), overload or "default")


def made_of(arg, dtype):
    if isinstance(arg, list):
        return [made_of(item, dtype) for item in arg]
    return arg.make(dtype) if isinstance(arg, T) else arg


def record(key, args, dtype=F64, exact=None, second=True, as_key=None, chains=True):
    """Records one call. ``chains``: also which nodes make the gradients, four deep."""
    made = [made_of(a, dtype) for a in args]
    case = {"op": as_key or key, "args": [encode(a) for a in made]}
    cases.append(case)
    op = resolve(key)
    inplace = op._schema.name.endswith("_")
    positional, keywords = [], {}
    for argument, value in zip(op._schema.arguments, made):
        if argument.kwarg_only:
            keywords[argument.name] = value
        else:
            positional.append(value)
    flat = [item for a in made for item in (a if isinstance(a, list) else [a])]
    leaves = [a for a in flat if isinstance(a, torch.Tensor) and a.requires_grad]
    try:
        if inplace and positional[0].requires_grad:
            positional[0] = positional[0].clone()
        out = op(*positional, **keywords)
    except Exception as error:
        case["error"] = [type(error).__name__, str(error)]
        return
    outputs = list(out) if isinstance(out, (tuple, list)) else [out]
    case["out"] = [result(o) for o in outputs]
    if exact:
        case["exact"] = 1
    if not leaves:
        return
    fn = next((o.grad_fn for o in outputs if o.grad_fn is not None), None)
    case["node"] = node_name(fn)
    case["requires"] = [int(o.requires_grad) for o in outputs]
    if fn is None:
        return
    case["saved"] = saved_names(fn)
    roots = [o for o in outputs if o.requires_grad]
    gos = [random_like(o) for o in roots]
    case["go"] = [flat_values(g) for g in gos]
    try:
        grads = torch.autograd.grad(roots, leaves, gos, create_graph=second, allow_unused=True)
    except Exception as error:
        case["grad_error"] = [type(error).__name__, str(error)]
        return
    case["grads"] = [None if g is None else flat_values(g) for g in grads]
    if not second:
        return
    if chains:
        case["gnodes"] = [None if g is None else chain(g.grad_fn) for g in grads]
    again = [g for g in grads if g is not None and g.requires_grad]
    if again:
        vs = [random_like(g) for g in again]
        case["go2"] = [flat_values(v) for v in vs]
        try:
            hs = torch.autograd.grad(again, leaves, vs, allow_unused=True)
            case["grads2"] = [None if h is None else flat_values(h) for h in hs]
        except Exception as error:
            case["grad2_error"] = [type(error).__name__, str(error)]


def both(key, *args, **options):
    """In float64 and float32."""
    record(key, args, F64, **options)
    record(key, args, F32, **options)


def has_inplace(name, overload="default"):
    packet = getattr(torch.ops.aten, name + "_", None)
    return packet is not None and hasattr(packet, overload)


def write(name):
    """Writes all that was recorded to ``name`` beside this file."""
    path = pathlib.Path(__file__).with_name(name)
    lines = ",\n".join(json.dumps(case, separators=(",", ":"), ensure_ascii=False) for case in cases)
    path.write_text('{"torch":"%s","cases":[\n%s\n]}\n' % (torch.__version__, lines), encoding="utf-8")
    print(len(cases), "cases", path.stat().st_size // 1024, "KiB")
