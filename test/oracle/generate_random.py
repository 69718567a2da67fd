"""Records real PyTorch's random numbers: for each call the seed, the results and the generator's next number,
which shows how many numbers the call took.

    python test/oracle/generate_random.py        (needs torch 2.13.0+cpu)

Writes test/oracle/random.json.
"""

import json
import pathlib

import torch

torch.set_num_threads(1)
F64, F32, I64, I32 = torch.float64, torch.float32, torch.int64, torch.int32
U8, I8, I16, B = torch.uint8, torch.int8, torch.int16, torch.bool
cases = []


def resolve(key):
    name, _, overload = key.partition(".")
    return getattr(getattr(torch.ops.aten, name), overload or "default")


def encode(arg):
    if isinstance(arg, torch.Tensor):
        out = {"t": values(arg), "d": str(arg.dtype)[6:], "s": list(arg.shape)}
        if not arg.is_contiguous():
            out["t"] = values(torch.as_strided(arg, (arg.numel(),), (1,)))
            out["st"] = list(arg.stride())
        return out
    if isinstance(arg, bool):
        return {"bool": arg}
    if isinstance(arg, float):
        return {"float": arg}
    if isinstance(arg, int):
        return {"int": arg if abs(arg) < 2**53 else str(arg)}
    if isinstance(arg, torch.dtype):
        return {"dtype": str(arg)[6:]}
    if isinstance(arg, (list, tuple)):
        return [encode(a) for a in arg]
    return arg


def values(tensor):
    flat = tensor.flatten().tolist()
    return [int(v) if isinstance(v, bool) else v if abs(v) < 2**53 else str(v) for v in flat]


def record(key, *args, seed=None, times=1):
    """Calls it `times` times in a row: a kept normal number shows in the second call."""
    seed = len(cases) if seed is None else seed
    case = {"op": key, "args": [encode(a) for a in args], "seed": str(seed)}
    cases.append(case)
    op = resolve(key)
    torch.manual_seed(seed)
    case["out"] = []
    for _ in range(times):
        positional, keywords = [], {}
        for argument, value in zip(op._schema.arguments, args):
            value = value.clone() if isinstance(value, torch.Tensor) else value
            if argument.kwarg_only:
                keywords[argument.name] = value
            else:
                positional.append(value)
        try:
            out = op(*positional, **keywords)
        except Exception as error:
            case["error"] = [type(error).__name__, str(error)]
            return
        case["out"].append({"v": values(out), "d": str(out.dtype)[6:], "s": list(out.shape), "st": list(out.stride())})
    # Two 32-bit draws are one 64-bit number.
    case["next"] = str(torch.empty((), dtype=I64).random_(0, 2**40).item())


for seed in (0, 1, 42, 123456789, 2**32 + 5, 2**63 - 1):
    record("rand", [3], None, seed=seed)
    record("randn", [3], None, seed=seed)
    record("randint", 10, [5], I64, seed=seed)
    record("randperm", 10, None, seed=seed)
for n in (0, 1, 2, 3, 5, 8, 15, 16, 17, 24, 31, 32, 33, 47, 64, 100, 257, 700):
    for dtype in (F32, F64):
        record("rand", [n], dtype, times=2 if n < 20 else 1)
        record("randn", [n], dtype, times=2 if n < 20 else 1)
record("randn", [3, 4], None)
record("randn", [4, 5], None)
record("randn", [2, 3, 5], F64)
for n in (1, 2, 5, 10, 100, 1000):
    record("randperm", n, None)
record("randperm", 7, F32)
record("randperm", -1, None)
for low, high in ((0, 2), (-5, 5), (0, 2**20), (0, 2**27), (0, 2**28), (0, 2**31), (0, 2**32), (0, 2**40), (-(2**40), 2**41)):
    record("randint.low", low, high, [6], I64)
record("randint", 256, [6], U8)
record("randint.low", -100, 100, [6], I8)
record("randint", 1000, [6], F32)
record("randint", 1000, [6], I32)
record("randint", 2, [6], B)
record("randint", 0, [6], I64)
record("randint.low", 5, 5, [6], I64)
for dtype in (F32, F64):
    for n in (3, 15, 16, 20, 40):
        x = torch.zeros(n, dtype=dtype)
        record("normal_", x, 1.5, 0.5)
        record("uniform_", x, -2.0, 3.0)
        record("exponential_", x, 1.0)
        record("exponential_", x, 2.5)
        record("bernoulli_.float", x, 0.3)
        record("bernoulli.p", x, 0.7)
        record("bernoulli", x + 0.4)
        record("bernoulli_.Tensor", x, x + 0.6)
        record("bernoulli_.Tensor", x, torch.tensor(0.6, dtype=dtype))
        record("cauchy_", x, 0.5, 2.0)
        record("log_normal_", x, 0.0, 0.5)
        record("geometric_", x, 0.3)
        record("random_", x)
        record("random_.to", x, 50)
        record("random_.from", x, -3, 9)
    t = torch.zeros(4, 5, dtype=dtype).t()
    record("normal_", t, 0.0, 1.0)
    record("uniform_", t, 0.0, 1.0)
    record("bernoulli_.float", t, 0.5)
    record("rand_like", t, None)
    record("randn_like", t, None)
    record("randn_like", torch.zeros(4, 5, dtype=dtype)[:, ::2], None)
    record("randint_like", t, 10, None)
    m, s = torch.arange(20, dtype=dtype), torch.full((20,), 0.5, dtype=dtype)
    record("normal.Tensor_Tensor", m, s)
    record("normal.Tensor_float", m, 2.0)
    record("normal.float_Tensor", 1.0, s)
    record("normal.Tensor_Tensor", m[:5], s[:5])
    record("normal.Tensor_Tensor", m[:4].reshape(4, 1), s[:3])
    p = torch.tensor([0.1, 0.2, 0.3, 0.4], dtype=dtype)
    record("multinomial", p, 1, False, times=2)
    record("multinomial", p, 3, False)
    record("multinomial", p, 4, False)
    record("multinomial", p, 10, True)
    record("multinomial", torch.stack([p, p.flip(0), torch.ones(4, dtype=dtype)]), 2, False)
    record("multinomial", torch.stack([p, p.flip(0), torch.ones(4, dtype=dtype)]), 6, True)
    record("multinomial", torch.tensor([0.0, 0.0, 1.0, 0.0], dtype=dtype), 5, True)
    for n in (5, 20):
        record("dropout", torch.ones(n, dtype=dtype), 0.5, True)
        record("dropout", torch.arange(n, dtype=dtype), 0.1, True)
        record("dropout", torch.arange(n, dtype=dtype), 1.0, True)
        record("dropout", torch.arange(n, dtype=dtype), 0.3, False)
    record("feature_dropout", torch.ones(3, 4, 2, dtype=dtype), 0.4, True)
record("normal.float_float", 1.0, 2.0, [20])
for dtype in (I64, I32, I16, I8, U8, B):
    x = torch.zeros(5, dtype=dtype)
    record("random_", x)
    record("bernoulli_.float", x, 0.5)
    if dtype is not B:
        record("random_.to", x, 100)
record("normal_", torch.zeros(3, dtype=I64), 0.0, 1.0)
record("uniform_", torch.zeros(3, dtype=I64), 0.0, 1.0)
record("uniform_", torch.zeros(3), 2.0, 1.0)
record("normal_", torch.zeros(3), 0.0, -1.0)
record("bernoulli_.float", torch.zeros(3), 1.5)
record("exponential_", torch.zeros(3), 0.0)
record("geometric_", torch.zeros(3), 0.0)
record("bernoulli", torch.full((2,), 2.0))
record("bernoulli", torch.ones(2, dtype=I64))
record("multinomial", torch.ones(3), 4, False)
record("multinomial", torch.ones(3), 0, False)
record("multinomial", torch.zeros(3), 1, False)
record("multinomial", -torch.ones(3), 1, False)
record("multinomial", torch.ones(3, dtype=I64), 1, False)
record("multinomial", torch.ones(2, 2, 2), 1, False)
record("dropout", torch.ones(3), 1.5, True)
record("rand", [-1], None)
record("randn", [2], I64)
record("rand", [2], I64)

path = pathlib.Path(__file__).with_name("random.json")
lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
path.write_text('{"torch":"%s","cases":[\n%s\n]}\n' % (torch.__version__, lines))
print(len(cases), "cases", path.stat().st_size // 1024, "KiB")
