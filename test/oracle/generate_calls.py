"""Records what real PyTorch answers when operators are called by their ATen names: values, strides, nodes,
what is saved, gradients and second-order gradients, errors.

    python test/oracle/generate_calls.py        (needs torch 2.13.0+cpu)

Writes test/oracle/calls.json. One thread, so that sums have one order.
"""

import math

from recording import B, F32, F64, I8, I32, I64, U8, T, both, has_inplace, record, torch, write

ALL = [U8, I8, I32, I64, F32, F64, B]
nan, inf = math.nan, math.inf

# ---- functions of one number ----

ANY, POS, UNIT, WIDE = dict(), dict(lo=0.2, hi=3.0), dict(lo=-0.95, hi=0.95), dict(lo=-4.0, hi=4.0)
UNARY = {
    "": (
        ANY,
        "neg abs sgn sign exp exp2 expm1 sin cos atan sinh cosh tanh asinh floor ceil trunc round frac sigmoid relu erf "
        "erfc special_erfcx special_log_ndtr special_ndtr i0 special_i0e special_i1 special_i1e sinc deg2rad rad2deg silu "
        "mish log_sigmoid_forward square isnan isinf isfinite isposinf isneginf signbit logical_not bitwise_not positive",
    ),
    "positive": (POS, "reciprocal sqrt rsqrt log log1p log2 log10 lgamma digamma special_entr"),
    "unit": (UNIT, "tan asin acos atanh erfinv"),
    "wide": (WIDE, "hardsigmoid hardswish"),
    "above one": (dict(lo=1.1, hi=3.0), "acosh"),
}
EXACT = set(
    "neg abs sgn sign reciprocal floor ceil trunc round frac relu square isnan isinf isfinite isposinf "
    "isneginf signbit logical_not bitwise_not positive".split()
)
for span, names in UNARY.values():
    for name in names.split():
        exact = name in EXACT
        both(name, T(2, 3, **span), exact=exact)
        record(name, [T(2, 2, perm=(1, 0), **span)], F64, exact=exact)
        record(name, [T(**span)], F32, exact=exact)
        record(name, [T(3, values=[0.0, nan, inf])], F32, exact=exact, second=False)
        record(name, [T(2, values=[-0.0, -inf])], F64, exact=exact, second=False)
        for dtype in (U8, I8, I64, B):
            record(name, [T(3, dtype=dtype)])
        record(name, [T(0, 2)], F32)
        if has_inplace(name) and name != "sgn":
            record(name + "_", [T(2, 2, **span)], F64, exact=exact)
            record(name + "_", [T(2, dtype=I64)])
record("round.decimals", [T(4), 1], F64)
record("round.decimals", [T(4, lo=-300, hi=300), -1], F32)
record("round", [T(6, values=[0.5, 1.5, 2.5, -0.5, -1.5, 3.2])], F32, exact=1)
both("nan_to_num", T(4, values=[nan, inf, -inf, 1.5]), None, None, None)
both("nan_to_num", T(4, values=[nan, inf, -inf, 1.5]), 9.0, 1.0, -1.0)
both("polygamma", 1, T(2, 3, **POS))
both("polygamma", 3, T(2, 3, **POS))
both("logit", T(2, 3, lo=0.1, hi=0.9), None)
both("logit", T(2, 3, lo=-0.2, hi=1.2), 0.2)
for approximate in ("none", "tanh"):
    both("gelu", T(2, 3), approximate)
record("gelu", [T(3, dtype=I64), "none"])
record("gelu", [T(3), "fast"])

# ---- activations with numbers ----

for name, numbers in {
    "leaky_relu": [(0.01,), (0.3,)],
    "elu": [(1, 1, 1), (1.3, 1, 1)],
    "celu": [(1.0,), (1.7,)],
    "softplus": [(1, 20), (2.5, 1)],
    "hardtanh": [(-1, 1), (-0.5, 0.7)],
    "threshold": [(0.1, 20)],
    "hardshrink": [(0.5,)],
    "softshrink": [(0.5,)],
}.items():
    for given in numbers:
        both(name, T(2, 4), *given)
    record(name, [T(5, values=[0.0, -0.0, nan, 0.5, -1.0]), *numbers[0]], F64)
    record(name, [T(3, dtype=I64), *numbers[0]])
    if has_inplace(name):
        record(name + "_", [T(2, 4), *numbers[0]], F64)
both("selu", T(2, 4))
record("selu_", [T(2, 4)], F64)
record("hardtanh", [T(3, dtype=U8), -1, 1])
record("softshrink", [T(3), -0.5])
record("celu", [T(3), 0.0])
for name, given in {
    "sigmoid_backward": (T(2, 3), T(2, 3, lo=0.1, hi=0.9)),
    "tanh_backward": (T(2, 3), T(2, 3, lo=-0.9, hi=0.9)),
    "threshold_backward": (T(2, 3), T(2, 3), 0),
    "leaky_relu_backward": (T(2, 3), T(2, 3), 0.1, False),
    "elu_backward": (T(2, 3), 1.3, 1, 1, False, T(2, 3)),
    "softplus_backward": (T(2, 3), T(2, 3), 1.5, 20),
    "hardtanh_backward": (T(2, 3), T(2, 3), -0.5, 0.5),
    "hardswish_backward": (T(2, 3), T(2, 3, **WIDE)),
    "hardsigmoid_backward": (T(2, 3), T(2, 3, **WIDE)),
    "hardshrink_backward": (T(2, 3), T(2, 3), 0.5),
    "softshrink_backward": (T(2, 3), T(2, 3), 0.5),
    "gelu_backward": (T(2, 3), T(2, 3), "none"),
}.items():
    both(name, *given)
both("gelu_backward", T(2, 3), T(2, 3), "tanh")

# ---- two numbers ----

FAR = dict(lo=-9.0, hi=9.0)
PAIRS = {
    "mul.Tensor": (ANY, ANY), "div.Tensor": (ANY, POS), "floor_divide": (FAR, POS), "fmod.Tensor": (FAR, POS),
    "remainder.Tensor": (FAR, dict(lo=-3.0, hi=-0.4)), "pow.Tensor_Tensor": (POS, ANY), "xlogy.Tensor": (ANY, POS),
    "special_xlog1py": (ANY, POS), "bitwise_left_shift.Tensor": (ANY, POS), "bitwise_right_shift.Tensor": (ANY, POS),
    **{
        name: (ANY, ANY)
        for name in "atan2 hypot maximum minimum fmax fmin copysign.Tensor nextafter logaddexp logaddexp2 heaviside gcd lcm "
        "bitwise_and.Tensor bitwise_or.Tensor bitwise_xor.Tensor logical_and logical_or logical_xor eq.Tensor ne.Tensor "
        "lt.Tensor le.Tensor gt.Tensor ge.Tensor ldexp.Tensor".split()
    },
}
INEXACT = "pow.Tensor_Tensor xlogy.Tensor special_xlog1py atan2 hypot logaddexp logaddexp2 ldexp.Tensor".split()
for name, (a, b) in PAIRS.items():
    exact = name not in INEXACT
    both(name, T(2, 3, **a), T(2, 3, **b), exact=exact)
    both(name, T(2, 3, **a), T(3, **b), exact=exact)
    record(name, [T(2, 1, **a), T(**b)], F64, exact=exact)
    record(name, [T(**a), T(**b)], F32, exact=exact)
    record(name, [T(3, **a), T(3, grad=False, **b)], F64, exact=exact)
    record(name, [T(2, 3, perm=(1, 0), grad=False, **a), T(2, 3, perm=(1, 0), grad=False, **b)], F64, exact=exact)
    record(name, [T(2, 3, 2, perm=(2, 0, 1), grad=False, **a), T(3, 1, grad=False, **b)], F64, exact=exact)
    record(name, [T(2, 3, step=2, grad=False, **a), T(3, step=2, grad=False, **b)], F32, exact=exact)
    record(name, [T(2, dtype=F32, **a), T(dtype=F64, **b)], exact=exact)
    record(name, [T(2, dtype=F32, **a), T(2, dtype=F64, **b)], exact=exact)
    record(name, [T(3, dtype=I64), T(3, dtype=F32, **b)], exact=exact)
    for dtype in (U8, I32, I64, B):
        record(name, [T(4, dtype=dtype), T(4, dtype=dtype, lo=1)], exact=exact)
    record(name, [T(3, dtype=B), T(3, dtype=I64, lo=1)], exact=exact)
    record(name, [T(3, dtype=I32), T(dtype=I64, lo=1)], exact=exact)
    record(name, [T(2), T(3)])
    record(name, [T(0, 2), T(2)], F32)
    record(name, [T(4, values=[nan, inf, -inf, 0.0]), T(4, values=[1.0, -2.0, nan, 0.0])], F32, second=False)
    record(name, [T(3, values=[1.0, -1.0, 0.5]), T(3, values=[1.0, 1.0, 0.5])], F64)
    base, _, overload = name.partition(".")
    if has_inplace(base, overload or "default") and base.split("_")[0] in ("bitwise", "gcd", "lcm"):
        key = base + "_" + ("." + overload if overload else "")
        record(key, [T(2, 3, dtype=I64), T(3, dtype=I32, lo=1)], exact=1)
    elif has_inplace(base, overload or "default"):
        key = base + "_" + ("." + overload if overload else "")
        record(key, [T(2, 3, **a), T(3, **b)], F64, exact=exact)
        record(key, [T(3, **a), T(2, 3, **b)], F64)
        record(key, [T(3, dtype=I64), T(3, dtype=F32, grad=False, **b)])
        record(key, [T(3, dtype=F32, grad=False, **a), T(3, dtype=F64, grad=False, **b)], exact=exact)
for a, b in (([7, -7, 7, -7], [2, 2, -2, -2]), ([5, -5, 0, 3], [3, 3, 5, -1])):
    for name in ("floor_divide", "remainder.Tensor", "fmod.Tensor", "gcd", "lcm"):
        for dtype in (I64, I32) if name in ("gcd", "lcm") else (I64, I32, F32):
            record(name, [T(4, values=a, dtype=dtype), T(4, values=b, dtype=dtype)], exact=1)
for name in ("floor_divide", "remainder.Tensor", "fmod.Tensor"):
    record(name, [T(2, dtype=I64), T(2, values=[0, 1], dtype=I64)])
    record(name, [T(3, values=[1.0, -1.0, 0.0], grad=False), T(3, values=[0.0, 0.0, 0.0], grad=False)], F32)
record("pow.Tensor_Tensor", [T(4, values=[2, -3, 1, -1], dtype=I64), T(4, values=[3, 2, -2, -3], dtype=I64)], exact=1)
record("pow.Tensor_Tensor", [T(3, values=[0.0, 0.0, 0.0]), T(3, values=[0.0, 2.0, -1.0])], F64)
record("mul.Tensor", [T(2, values=[2**62, 3], dtype=I64), T(2, values=[4, 2**62], dtype=I64)], exact=1)
record("xlogy.Tensor", [T(3, values=[0.0, 0.0, 2.0]), T(3, values=[0.0, -1.0, 0.0])], F64)

for alpha in (1, 2, -0.5, 0.3):
    for name in ("add", "sub", "rsub"):
        both(name + ".Tensor", T(2, 3), T(3), alpha, exact=alpha == 1)
        both(name + ".Tensor", T(2, 1), T(2, 3, perm=(1, 0)), alpha, exact=alpha == 1)
        record(name + ".Tensor", [T(3, dtype=I64), T(3, dtype=I64), alpha], exact=1)
        record(name + ".Tensor", [T(3, dtype=B), T(3, dtype=B), alpha], exact=1)
        record(name + ".Tensor", [T(3, dtype=B), T(3, dtype=I64), alpha], exact=1)
for name in ("add", "sub"):
    record(name + ".Tensor", [T(3, dtype=B), T(3, dtype=B), True])
    record(name + ".Tensor", [T(3, dtype=I64), T(3, dtype=I64), True])
    record(name + ".Tensor", [T(3, dtype=U8), T(3, dtype=I8), 1], exact=1)
    record(name + "_.Tensor", [T(2, 3), T(3), 2], F64)
    record(name + "_.Tensor", [T(3), T(2, 3), 1], F64)
    record(name + "_.Tensor", [T(3, dtype=I64), T(3, dtype=F32, grad=False), 1])
    record(name + "_.Tensor", [T(3, dtype=B), T(3, dtype=I64), 1])
    record(name + "_.Tensor", [T(3, dtype=U8), T(dtype=I64), 1], exact=1)
    record(name + ".Tensor", [T(2, 3, 4), T(2, 1, 4), 1], F32, exact=1)
    record(name + ".Tensor", [T(2, 3), T(2), 1])
for key in ("add", "sub", "mul", "div"):
    record(key + ".Scalar", [T(2, 3), 1.5], F64, as_key=key + ".scalar")
both("rsub.Scalar", T(2, 3), 1.5, 1)
both("rsub.Scalar", T(2, 3), 2, 3)
for mode in (None, "floor", "trunc"):
    both("div.Tensor_mode", T(2, 3, **FAR), T(3, **POS), mode, exact=1)
    record("div.Tensor_mode", [T(4, dtype=I64), T(4, dtype=I64, lo=1), mode], exact=1)
    record("div.Tensor_mode", [T(4, dtype=B), T(4, values=[1, 1, 1, 1], dtype=B), mode], exact=1)
    record("div_.Tensor_mode", [T(4), T(4, **POS), mode], F64, exact=1)
    record("div_.Tensor_mode", [T(4, dtype=I64), T(4, dtype=I64, lo=1), mode], exact=1)
record("div.Tensor_mode", [T(2), T(2), "round"])
for exponent in (2, 3, 0, 1, -1, -2, 0.5, -0.5, 1.7, 2.0, -1.3, 4):
    both("pow.Tensor_Scalar", T(2, 3, **POS), exponent, exact=exponent in (2, 3, 0, 1, -1, -2, 2.0))
    record("pow.Tensor_Scalar", [T(3, dtype=I64), exponent])
    record("pow.Tensor_Scalar", [T(3, dtype=B), exponent])
record("pow.Tensor_Scalar", [T(3, values=[0.0, -0.0, -2.0]), 2], F64)
record("pow.Tensor_Scalar", [T(3, values=[0.0, 1.0, 4.0]), 0.5], F64)
record("pow.Tensor_Scalar", [T(2, 3, perm=(1, 0), grad=False), 2], F64)
for base in (2, 0.5, 1, 0, 2.0):
    both("pow.Scalar", base, T(2, 3))
    record("pow.Scalar", [base, T(3, dtype=I64, lo=0)])
for name in ("remainder", "fmod"):
    both(name + ".Scalar", T(2, 3, **FAR), 2.5, exact=1)
    record(name + ".Scalar", [T(4, dtype=I64), 3], exact=1)
    record(name + ".Scalar", [T(4, dtype=I64), 0])
both("remainder.Scalar_Tensor", 5.5, T(2, 3, lo=0.5, hi=2.0), exact=1)
both("xlogy.Scalar_Self", 1.5, T(3, **POS))
both("xlogy.Scalar_Other", T(3), 1.5)
both("xlogy.Scalar_Other", T(3, values=[0.0, 1.0, -1.0]), 0.0)
both("copysign.Scalar", T(3), -1.0, exact=1)
record("float_power.Tensor_Scalar", [T(3, **POS), 2], F32)
record("float_power.Tensor_Tensor", [T(3, **POS), T(3)], F32)
record("float_power.Scalar", [2, T(3)], F32)
CLOSE = T(4, values=[1.0, nan, inf, 2.0]), T(4, values=[1.0 + 1e-9, nan, inf, 2.1])
record("isclose", [*CLOSE, 1e-5, 1e-8, False])
record("isclose", [*CLOSE, 1e-5, 1e-8, True])
record("isclose", [T(2, dtype=I64), T(2, dtype=I64), 0.5, 1.0, False])
record("isclose", [T(2, dtype=I64), T(2), 0.5, 1.0, False])

# ---- choosing ----

both("where.self", T(2, 3, dtype=B), T(2, 3), T(3), exact=1)
both("where.self", T(3, dtype=B), T(2, 3), T(), exact=1)
record("where.self", [T(3, dtype=B), T(3, dtype=F32), T(3, dtype=F64)], exact=1)
record("where.self", [T(3, dtype=B), T(3, dtype=I64), T(3, dtype=F32)], exact=1)
record("where.self", [T(3, dtype=I64), T(3), T(3)])
record("where.self", [T(3), T(3), T(3)])
record("where.self", [T(3, dtype=U8), T(3), T(3)])
record("where.self", [T(2, 3, dtype=B, perm=(1, 0)), T(2, 3, perm=(1, 0), grad=False), T(2, 3, perm=(1, 0), grad=False)])
record("where.ScalarOther", [T(3, dtype=B), T(3), 2], F32)
record("where.ScalarSelf", [T(3, dtype=B), 2.5, T(3, dtype=I64)])
record("where.Scalar", [T(3, dtype=B), 1, 2.5])
EDGES = [-2.0, -0.5, 0.0, 0.5, 2.0, nan]
for low, high in ((-0.5, 0.5), (None, 0.5), (-0.5, None), (1.0, -1.0), (nan, 1.0)):
    both("clamp", T(6, values=EDGES), low, high, exact=1)
    record("clamp_", [T(6, values=EDGES), low, high], F64, exact=1)
    record("clamp", [T(4, dtype=I64), low, high])
record("clamp", [T(4, dtype=I64), -2, 3], exact=1)
record("clamp_", [T(4, dtype=I64), -2, 3], exact=1)
record("clamp_", [T(4, dtype=I64), -2.5, None])
record("clamp_", [T(4, dtype=U8), -2.5, None])
record("clamp", [T(4, dtype=B), 0, 1])
record("clamp", [T(4, dtype=B), False, None])
record("clamp", [T(4), None, None])
record("clamp.Tensor", [T(4), None, None])
for low, high in ((T(3, lo=-1.0, hi=0.0), T(3, lo=0.0, hi=1.0)), (None, T(2, 3)), (T(2, 3), None), (T(), T())):
    both("clamp.Tensor", T(2, 3), low, high, exact=1)
BOUNDS = T(4, values=[0.5, -0.5, 2.0, 0.0]), T(4, values=[0.5, 1.0, -1.0, 1.0])
both("clamp.Tensor", T(4, values=[0.5, -0.5, 1.0, nan]), *BOUNDS, exact=1)
record("clamp.Tensor", [T(3, dtype=I64), T(3, dtype=F32, grad=False), None])
for name in ("clamp_min", "clamp_max"):
    both(name, T(6, values=EDGES), 0.5, exact=1)
    both(name + ".Tensor", T(2, 3), T(3), exact=1)
    record(name + "_", [T(4), 0.5], F64, exact=1)
    record(name, [T(3, dtype=I64), 1.5])
    record(name, [T(3, dtype=B), True])
for mask in (T(2, 3, dtype=B), T(3, dtype=B)):
    both("masked_fill.Scalar", T(2, 3), mask, 1.5, exact=1)
    both("masked_fill.Tensor", T(2, 3), mask, T(), exact=1)
    record("masked_fill_.Scalar", [T(2, 3), mask, 1.5], F64, exact=1)
    record("masked_fill_.Tensor", [T(2, 3), mask, T()], F64, exact=1)
record("masked_fill.Scalar", [T(3), T(2, 3, dtype=B), 1.0], F64, exact=1)
record("masked_fill_.Scalar", [T(3), T(2, 3, dtype=B), 1.0], F64)
record("masked_fill.Scalar", [T(3, dtype=I64), T(3, dtype=B), 2.7], exact=1)
record("masked_fill.Scalar", [T(3), T(3, dtype=I64), 2.7])
record("masked_fill.Scalar", [T(3), T(3, dtype=U8), 2.7])
record("masked_fill.Tensor", [T(3), T(3, dtype=B), T(3)])
record("masked_fill.Scalar", [T(2, 3, perm=(1, 0), grad=False), T(2, 3, dtype=B), 2.0])
record("fill.Scalar", [T(2, 3), 2.5], F32, exact=1)
record("fill.Tensor", [T(2, 3), T()], F32, exact=1)
record("fill_.Scalar", [T(2, 3), 2.5], F64, exact=1)
record("fill_.Tensor", [T(2, 3), T()], F64, exact=1)
record("fill_.Scalar", [T(2, dtype=I64), 2.7], exact=1)
record("fill_.Tensor", [T(2), T(2)])
record("zero_", [T(2, 3)], F64, exact=1)
both("lerp.Scalar", T(2, 3), T(3), 0.3)
both("lerp.Scalar", T(2, 3), T(2, 3), 0.8)
both("lerp.Tensor", T(2, 3), T(2, 3), T(3))
record("lerp_.Scalar", [T(2, 3), T(3), 0.3], F64)
record("lerp.Scalar", [T(2, dtype=I64), T(2, dtype=I64), 0.5])
record("lerp.Scalar", [T(2, dtype=F32), T(2, dtype=F64), 0.5])
record("lerp.Tensor", [T(2, dtype=F32), T(2, dtype=F32), T(2, dtype=F64)])
for value in (1, 0.5, -2):
    both("addcmul", T(2, 3), T(2, 1), T(3), value)
    both("addcdiv", T(2, 3), T(2, 1), T(3, **POS), value)
    record("addcmul", [T(3, dtype=I64), T(3, dtype=I64), T(3, dtype=I64), value], exact=1)
record("addcmul_", [T(2, 3), T(2, 1), T(3), 0.5], F64)
record("addcdiv_", [T(2, 3), T(2, 1), T(3, **POS), 0.5], F64)
record("addcdiv", [T(2, dtype=I64), T(2, dtype=I64), T(2, dtype=I64), 1])
record("addcmul", [T(2, dtype=B), T(2, dtype=B), T(2, dtype=B), 1])

for key, args in {
    "fill_.Scalar": (300,),
    "masked_fill.Scalar": (T(2, dtype=B), 300),
    "clamp": (None, 300),
    "pow.Tensor_Scalar": (300,),
    "full_like": (300, None),
}.items():
    for dtype in (U8, I8, I32, I64):
        record(key, [T(2, dtype=dtype), *args])
    record(key, [T(2, dtype=F32, grad=False), *[1e40 if type(a) is int else a for a in args]])
record("fill_.Scalar", [T(2, dtype=U8), -1], exact=1)
record("fill_.Scalar", [T(2, dtype=U8), -256])
record("fill_.Scalar", [T(2, dtype=I64), nan])
record("fill_.Scalar", [T(2, dtype=I64), 1e30])
record("fill_.Scalar", [T(2, dtype=F32, grad=False), inf], exact=1)
record("where.ScalarOther", [T(2, dtype=B), T(2, dtype=U8), 300])

# ---- reductions ----

SHAPE = (2, 3, 2)
for keepdim in (False, True):
    for dims in ([0], [-1], [0, 1], [0, 2], [], None):
        both("sum.dim_IntList", T(*SHAPE), dims, keepdim, None, exact=1)
        both("mean.dim", T(*SHAPE), dims, keepdim, None, exact=1)
        both("amax", T(*SHAPE), dims or [], keepdim, exact=1)
        both("amin", T(*SHAPE), dims or [], keepdim, exact=1)
        both("var.correction", T(*SHAPE), dims, 1, keepdim)
        both("std.correction", T(*SHAPE), dims, 0, keepdim)
        both("linalg_vector_norm", T(*SHAPE), 2, dims, keepdim, None)
        both("nansum", T(*SHAPE), dims, keepdim, None, exact=1)
        if dims:
            both("logsumexp", T(*SHAPE), dims, keepdim)
for n in (1, 5, 8, 16, 17, 33, 64, 100, 257):
    for dtype in (F64, F32):
        record("sum", [T(n, lo=-30, hi=30, grad=False), None], dtype, exact=1)
        record("mean", [T(n, lo=-30, hi=30, grad=False), None], dtype, exact=1)
        record("prod", [T(n, lo=0.8, hi=1.3, grad=False), None], dtype, exact=1)
        record("var.correction", [T(n, grad=False), None, 1, False], dtype)
        record("linalg_vector_norm", [T(n, grad=False), 2, None, False, None], dtype, exact=1)
        record("linalg_vector_norm", [T(n, grad=False), 1, None, False, None], dtype, exact=1)
        record("cumsum", [T(n, grad=False), 0, None], dtype, exact=1)
for shape in ((40, 5), (5, 40), (17, 33)):
    for dim in (0, 1):
        record("sum.dim_IntList", [T(*shape, grad=False), [dim], False, None], F32, exact=1)
        record("sum.dim_IntList", [T(*shape, perm=(1, 0), grad=False), [dim], False, None], F32, exact=1)
        record("prod.dim_int", [T(*shape, lo=0.8, hi=1.2, grad=False), dim, False, None], F32, exact=1)
        record("linalg_vector_norm", [T(*shape, grad=False), 2, [dim], False, None], F32, exact=1)
for dtype in ALL:
    x = T(2, 3, dtype=dtype)
    for name in ("sum", "mean", "prod"):
        for total in (None, F64, I32):
            record(name, [x, total], exact=1)
    for name in ("max", "min", "all", "any", "median", "nanmedian"):
        record(name, [x], exact=1)
    for name in ("argmax", "argmin"):
        record(name, [x, None, False], exact=1)
        record(name, [x, 1, True], exact=1)
    for name in ("max.dim", "min.dim", "median.dim", "all.dim", "any.dim"):
        record(name, [x, 1, False], exact=1)
    record("amax", [x, [0], False], exact=1)
    record("var.correction", [x, None, 1, False])
    record("std.correction", [x, [0], 1, False])
    record("linalg_vector_norm", [x, 2, None, False, None])
    record("count_nonzero", [x, None], exact=1)
    record("count_nonzero.dim_IntList", [x, [0]], exact=1)
    record("cumsum", [x, 0, None], exact=1)
    record("cumprod", [x, 1, None], exact=1)
    record("logsumexp", [x, [0], False])
    record("cummax", [x, 1], exact=1)
    record("aminmax", [x, 1, False], exact=1)
both("sum", T(2, 3), None, exact=1)
both("mean", T(2, 3), None, exact=1)
both("prod", T(2, 3), None)
both("prod", T(), None)
both("prod", T(4, values=[2.0, 0.0, 3.0, -1.0]), None)
both("prod", T(4, values=[2.0, 0.0, 3.0, 0.0]), None)
for keepdim in (False, True):
    both("prod.dim_int", T(2, 3), 1, keepdim, None)
    both("prod.dim_int", T(2, 3, values=[1.0, 0.0, 2.0, 3.0, 1.5, -1.0]), 1, keepdim, None)
    for name in ("max.dim", "min.dim", "median.dim", "nanmedian.dim"):
        both(name, T(2, 3), 0, keepdim, exact=1)
        both(name, T(2, 3), -1, keepdim, exact=1)
TIES = [1.0, 3.0, 3.0, 2.0, 3.0, 1.0]
for name in ("max", "min", "median", "nanmedian"):
    both(name, T(2, 3), exact=1)
    both(name, T(2, 3, values=TIES))
    both(name, T(), exact=1)
    record(name, [T(3, values=[1.0, nan, 3.0])], F32, second=False)
    record(name, [T(0)], F32)
for name in ("amax", "amin"):
    both(name, T(2, 3, values=TIES), [1], False)
    both(name, T(2, 3, values=TIES), [], False)
    record(name, [T(3, values=[1.0, nan, 3.0]), [], False], F32, second=False)
for name in ("max.dim", "min.dim"):
    both(name, T(2, 3, values=TIES), 1, False, exact=1)
    record(name, [T(3, values=[1.0, nan, 3.0]), 0, False], F32, exact=1)
for name in ("argmax", "argmin"):
    record(name, [T(2, 3, values=TIES), None, False], exact=1)
    record(name, [T(2, 3, values=TIES), 1, True], exact=1)
    record(name, [T(3, values=[1.0, nan, 3.0]), None, False], exact=1)
    for dim in (None, 0, 1):
        record(name, [T(0, 3), dim, False])
    record(name, [T(2, 3), 2, False])
record("aminmax", [T(2, 3), None, False], F64, exact=1)
record("aminmax", [T(2, 3, values=TIES), 1, True], F64)
for correction in (0, 1, 2, 1.5):
    both("var.correction", T(2, 3), None, correction, False)
    both("std.correction", T(2, 3), [1], correction, True)
both("var.correction", T(2, 1), [1], 1, False)
both("std.correction", T(3, values=[2.0, 2.0, 2.0]), None, 1, False)
both("var", T(2, 3), False)
both("std", T(2, 3), True)
both("var.dim", T(2, 3), [0], True, False)
both("std.dim", T(2, 3), [0], False, True)
for name in ("var_mean.correction", "std_mean.correction"):
    both(name, T(2, 3), None, 1, False)
    both(name, T(2, 3), [0], 0, True)
    record(name, [T(2, dtype=I64), None, 1, False])
for p in (0, 1, 2, 3, 0.5, 1.5, inf, -inf, -1, 2.5):
    both("linalg_vector_norm", T(2, 3), p, None, False, None)
    both("linalg_vector_norm", T(2, 3), p, [1], True, None)
    record("linalg_vector_norm", [T(3, values=[0.0, 0.0, 0.0]), p, None, False, None], F64, second=False)
    record("linalg_vector_norm", [T(0), p, None, False, None], F64, second=False)
record("linalg_vector_norm", [T(3, dtype=F32), 2, None, False, F64])
record("linalg_vector_norm", [T(2, 0), inf, [1], False, None])
both("dist", T(3), T(3), 2)
both("dist", T(2, 3), T(3), 1)
record("dist", [T(2, dtype=I64), T(2, dtype=I64), 2])
for dim in (0, 1):
    both("cumsum", T(2, 3), dim, None, exact=1)
    both("cumprod", T(2, 3, **POS), dim, None)
    both("cummax", T(2, 4), dim, exact=1)
    both("cummin", T(2, 4), dim, exact=1)
    both("logcumsumexp", T(2, 3), dim)
both("cumprod", T(2, 3, values=[1.0, 0.0, 2.0, 0.0, 0.0, 3.0]), 1, None)
both("cummax", T(6, values=[1.0, 3.0, 3.0, nan, 2.0, 5.0]), 0, exact=1)
record("cumsum_", [T(3), 0, None], F64)
record("cumsum", [T(3), 1, None])
record("cumsum", [T(), 0, None], exact=1)
both("logsumexp", T(4, values=[-inf, 1.0, 2.0, -inf]), [0], False)
both("logsumexp", T(2, values=[-inf, -inf]), [0], False)
both("logsumexp", T(2, values=[1000.0, 1000.5]), [0], False)
both("kthvalue", T(2, 4), 2, 1, False, exact=1)
both("kthvalue", T(2, 4), 3, 0, True)
record("kthvalue", [T(2, 4), 5, 1, False])
record("mode", [T(2, 4, values=[1, 2, 2, 3, 3, 3, 1, 1]), 1, False], exact=1)
both("nanmean", T(4, values=[1.0, nan, 3.0, 2.0]), None, False, None)
both("nansum", T(4, values=[1.0, nan, 3.0, 2.0]), None, False, None)
record("all", [T(0)], exact=1)
record("any", [T(0)], exact=1)
record("all.dims", [T(2, 3, dtype=B), [0, 1], True], exact=1)
record("any.dims", [T(2, 3, dtype=B), None, False], exact=1)
for name in ("sum", "mean", "prod"):
    record(name, [T(0), None], F32)
    record(name, [T(), None], F32)
for key, args in {
    "sum.dim_IntList": ([5], False, None),
    "mean.dim": ([0, 0], False, None),
    "amax": ([0, -2], False),
    "max.dim": (3, False),
    "prod.dim_int": (-4, False, None),
    "logsumexp": ([2], False),
    "var.correction": ([1, 1], 1, False),
}.items():
    record(key, [T(2, 3), *args])
for key, args in {
    "sum.dim_IntList": ([0], False, None),
    "max.dim": (0, False),
    "amax": ([0], False),
    "median.dim": (0, False),
}.items():
    for x in (T(0, 3), T(3, 0), T()):
        record(key, [x, *args])

# ---- gates, differences, integrals, quantiles, histograms ----

both("glu", T(2, 4), -1)
both("glu", T(4, 3), 0)
record("glu", [T(2, 3), 1])
record("glu", [T(), 0])
both("glu_backward", T(2, 2), T(2, 4), -1)
both("prelu", T(2, 3), T(3, lo=0.1, hi=0.5))
both("prelu", T(2, 3), T(1, lo=0.1, hi=0.5))
both("prelu", T(3), T(1, lo=0.1, hi=0.5))
record("prelu", [T(2, 3), T(2)])
record("prelu", [T(2, 3), T(1, 1, 1)])
both("_prelu_kernel_backward", T(2, 3), T(2, 3), T(1, 3))
both("diff", T(4), 1, -1, None, None)
both("diff", T(2, 4), 2, 0, None, None)
both("diff", T(2, 4), 2, 1, T(2, 1), T(2, 2))
record("diff", [T(4, dtype=B), 1, 0, None, None])
record("diff", [T(4, dtype=I64), 7, 0, None, None])
record("diff", [T(4), 0, 0, None, None])
record("diff", [T(), 1, 0, None, None])
both("trapezoid.dx", T(2, 4), 0.5, -1)
both("trapezoid.dx", T(4), 1, 0)
both("trapezoid.x", T(2, 4), T(4), -1)
both("cumulative_trapezoid.dx", T(2, 4), 0.5, -1)
both("cumulative_trapezoid.x", T(2, 4), T(4), -1)
for interpolation in ("linear", "lower", "higher", "midpoint", "nearest"):
    both("quantile.scalar", T(5), 0.3, None, False, interpolation)
    both("quantile.scalar", T(3, 4), 0.6, 0, True, interpolation)
    both("quantile", T(3, 4), T(2, values=[0.25, 0.9], grad=False), 1, False, interpolation)
both("quantile", T(3, 4), T(2, values=[0.25, 0.9], grad=False), None, True, "linear")
both("quantile.scalar", T(4, values=[1.0, nan, 2.0, 3.0]), 0.5, None, False, "linear", second=False)
both("nanquantile.scalar", T(4, values=[1.0, nan, 2.0, 3.0]), 0.5, None, False, "linear")
both("nanquantile", T(3, 4), T(2, values=[0.25, 0.9], grad=False), 1, False, "linear")
record("quantile.scalar", [T(4), 1.5, None, False, "linear"])
record("quantile.scalar", [T(4), 0.5, None, False, "cubic"])
record("quantile.scalar", [T(4, dtype=I64), 0.5, None, False, "linear"])
record("quantile", [T(4, dtype=F32), T(2, dtype=F64, lo=0.0, hi=1.0), None, False, "linear"])
for p in (1, 2, 3):
    both("renorm", T(3, 4), p, 0, 1.5)
    both("renorm", T(2, 3, 2), p, -1, 1.0)
record("renorm", [T(3), 2, 0, 1.0])
record("renorm", [T(3, 3), 0, 0, 1.0])
record("renorm", [T(3, 3), 2, 0, -1.0])
both("histc", T(20, grad=False), 5, 0, 0, exact=1)
both("histc", T(20, grad=False), 4, -1, 1, exact=1)
both("histc", T(6, values=[1.0, 2.0, 2.5, 3.0, 4.0, 4.0]), 3, 1, 4, exact=1)
record("histc", [T(3, values=[1.0, 1.0, 1.0]), 3, 0, 0], exact=1)
record("histc", [T(3), 0, 0, 0])
record("histc", [T(3), 3, 2, 1])
record("histc", [T(3, dtype=I64), 3, 0, 0])
record("bincount", [T(6, values=[0, 1, 1, 3, 3, 3], dtype=I64), None, 0], exact=1)
record("bincount", [T(6, values=[0, 1, 1, 3, 3, 3], dtype=I64), None, 7], exact=1)
record("bincount", [T(4, values=[0, 1, 1, 3], dtype=I64), T(4, grad=False), 0], F32)
record("bincount", [T(2, values=[0, -1], dtype=I64), None, 0])
record("bincount", [T(2), None, 0])
record("bincount", [T(2, values=[0, 1], dtype=I64), T(3), 0])

for left in (None, (1, 0)):
    for right in (None, (1, 0)):
        both("mm", T(2, 3, perm=left), T(3, 4, perm=right))
        both("addmm", T(4), T(2, 3, perm=left), T(3, 4, perm=right), 0.5, 2)
both("cov", T(2, 4), 1, None, None)
both("cov", T(4), 0, None, None)
record("cov", [T(2, 2, 2), 1, None, None])
both("corrcoef", T(2, 4))
both("mvlgamma", T(2, 3, lo=1.5, hi=3.0), 2)
record("mvlgamma", [T(2), 0])
both("sum_to_size", T(2, 3), [2, 1])
record("sum_to_size", [T(2, 3), [4]])

# ---- creation and copies ----

for args in ((5,), (2.5,), (True,), (0,), (-1,)):
    record("arange", [*args, None], exact=1)
RANGES = (1, 5, 1), (1, 5, 2), (5, 1, -1), (0, 1, 0.1), (0.5, 3.7, 0.3), (1, 5, -1), (1, 5, 0), (0, 10, 2.5), (3, 0.5, -0.4)
for args in RANGES:
    record("arange.start_step", [*args, None], exact=1)
    record("arange.start_step", [*args, F64], exact=1)
    record("arange.start_step", [*args, I64])
for n in (20, 40, 100):
    record("arange.start_step", [0, n * 0.1, 0.1, None], exact=1)
    record("arange.start_step", [0, n * 0.1, 0.1, F64], exact=1)
for start, end in ((0, 1), (-2.5, 7.3), (3, 0.1), (0, 10)):
    for steps in (0, 1, 2, 5, 11, 50, -1):
        record("linspace", [start, end, steps, None], exact=1)
        record("linspace", [start, end, steps, F64], exact=1)
        record("linspace", [start, end, steps, I64])
record("logspace", [0, 2, 5, 10.0, None])
record("logspace", [-1, 3, 7, 2.0, F64])
for n, m in ((3, 3), (2, 4), (4, 2), (0, 2), (-1, 2), (2, -1)):
    record("eye.m", [n, m, None], exact=1)
record("eye", [3, I64], exact=1)
record("zeros", [[2, 3], None], exact=1)
record("ones", [[2, 3], I64], exact=1)
record("full", [[2], 3, None], exact=1)
record("full", [[2], 3.5, None], exact=1)
record("full", [[2], True, None], exact=1)
record("full", [[2], 3.7, I64], exact=1)
record("scalar_tensor", [3.5, None], exact=1)
for name in ("zeros", "ones", "full"):
    record(name, [[-1]] + ([2.0] if name == "full" else []) + [None])
for name in ("zeros_like", "ones_like"):
    record(name, [T(2, 3), None], F64, exact=1)
    record(name, [T(2, 3, perm=(1, 0)), I64], F64, exact=1)
    record(name, [T(2, 3, step=2), None], F64, exact=1)
record("full_like", [T(2, 3), 7, None], F64, exact=1)
record("new_zeros", [T(2), [3], None], F64, exact=1)
record("new_ones", [T(2), [3], I64], F64, exact=1)
record("new_full", [T(2), [3], 2.5, None], F64, exact=1)
for x in (T(2, 3), T(2, 3, perm=(1, 0)), T(2, 3, step=2), T(2, 3, 2, perm=(2, 0, 1)), T(), T(0, 3)):
    record("clone", [x], F32, exact=1)
    record("contiguous", [x], F32, exact=1)
    for dtype in (F64, I64, B):
        record("_to_copy", [x, dtype], F32, exact=1)
    record("_to_copy", [x, F32], F64)
for dtype in ALL:
    record("_to_copy", [T(5, values=[0.0, 1.9, -1.9, 100.7, -100.7], grad=False), dtype], F32, exact=1)
    record("_to_copy", [T(5, values=[0, 1, -1, 300, 2**40 + 5], dtype=I64), dtype], exact=1)
for dtype in (I64, I32, I8, U8):
    record("_to_copy", [T(6, values=[nan, inf, -inf, 3e9, -3e9, 300.0], grad=False), dtype], F32, exact=1)
record("_to_copy", [T(3, values=[nan, inf, -inf], grad=False), B], F32, exact=1)
record("copy_", [T(2, 3), T(3)], F64, exact=1)
record("copy_", [T(2, dtype=F64), T(2, dtype=F32)], exact=1)
record("copy_", [T(2, dtype=I64), T(2, dtype=F32, grad=False)], exact=1)
record("copy_", [T(3), T(2)])
record("copy_", [T(3), T(2, 3)])

write("calls.json")
