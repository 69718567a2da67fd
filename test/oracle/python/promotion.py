"""Every pair of dtypes under every operator of two operands: the same statements here and in real PyTorch."""

import json
import operator
import warnings

import torch

DTYPES = {
    "u8": torch.uint8, "i8": torch.int8, "i16": torch.int16, "i32": torch.int32, "i64": torch.int64,
    "f16": torch.float16, "bf16": torch.bfloat16, "f32": torch.float32, "f64": torch.float64, "b": torch.bool,
}
NAMES = {dtype: name for name, dtype in DTYPES.items()}
NUMBERS = {"True": True, "3": 3, "2.5": 2.5}


def _in_place(name):
    return lambda a, b: getattr(a.clone(), name)(b)


OPERATORS = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "//": operator.floordiv,
    "%": operator.mod, "**": operator.pow, "&": operator.and_, "|": operator.or_, "^": operator.xor,
    "<<": operator.lshift, ">>": operator.rshift, "<": operator.lt, "==": operator.eq,
    "add alpha": lambda a, b: torch.add(a, b, alpha=2),
    "div floor": lambda a, b: torch.div(a, b, rounding_mode="floor"),
    "div trunc": lambda a, b: torch.div(a, b, rounding_mode="trunc"),
    "fmod": torch.fmod, "maximum": torch.maximum, "minimum": torch.minimum, "atan2": torch.atan2,
    "where": lambda a, b: torch.where(torch.tensor([True, False]), a, b),
    "cat": lambda a, b: torch.cat([a, b]), "stack": lambda a, b: torch.stack([a, b]),
    "copysign": torch.copysign, "hypot": torch.hypot, "logical_and": torch.logical_and, "xlogy": torch.xlogy,
    "gcd": torch.gcd, "isclose": torch.isclose, "lerp": lambda a, b: torch.lerp(a, b, 0.5),
    "add_": _in_place("add_"), "mul_": _in_place("mul_"), "div_": _in_place("div_"), "sub_": _in_place("sub_"),
    "floor_divide_": _in_place("floor_divide_"), "pow_": _in_place("pow_"), "copy_": _in_place("copy_"),
    "fill_": _in_place("fill_"), "lt_": _in_place("lt_"),
    "clamp_min": lambda a, b: torch.clamp(a, min=b), "matmul": torch.matmul, "dot": torch.dot,
    "result_type": torch.result_type,
}


def _operand(dtype, rank):
    values = [True, False] if dtype is torch.bool else [5, 2]
    return torch.tensor(values if rank else values[0], dtype=dtype)


def _text(value):
    if isinstance(value, torch.dtype):
        return NAMES[value]
    numbers = value.reshape(-1).tolist()
    shown = ",".join(f"{number:.4g}" if isinstance(number, float) else str(int(number)) for number in numbers)
    return f"{NAMES[value.dtype]}:{shown}"


def _answer(compute, a, b):
    try:
        return _text(compute(a, b))
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def operators():
    return json.dumps(list(OPERATORS))


def answers(name):
    """Operand, operand, answer; rows of one operator, equal neighbours of the second operand joined."""
    compute = OPERATORS[name]
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for left, dtype in DTYPES.items():
            for rank in (1, 0):
                a = _operand(dtype, rank)
                row = {}
                for right, other in DTYPES.items():
                    for other_rank in (1, 0):
                        if right == "b" and other_rank > rank and name in ("floor_divide_", "pow_"):
                            # Two errors at once, of shape and of dtype: which comes first is not compared.
                            continue
                        answer = _answer(compute, a, _operand(other, other_rank))
                        row.setdefault(answer, []).append(f"{right}{'[]' if other_rank else ''}")
                for text, number in NUMBERS.items():
                    row.setdefault(_answer(compute, a, number), []).append(text)
                    if name in ("+", "-", "*", "/", "//", "%", "**", "&", "<", "=="):
                        row.setdefault(_answer(compute, number, a), []).append(f"({text} first)")
                found.append([f"{left}{'[]' if rank else ''}", {key: " ".join(row[key]) for key in sorted(row)}])
    return json.dumps(found)


def tables():
    """promote_types, can_cast, result_type of numbers, the default dtype's part in all that."""
    found = {}
    pairs = [(a, b) for a in DTYPES for b in DTYPES]
    found["promote_types"] = {f"{a} {b}": NAMES[torch.promote_types(DTYPES[a], DTYPES[b])] for a, b in pairs}
    found["can_cast"] = " ".join(f"{a}>{b}" for a, b in pairs if torch.can_cast(DTYPES[a], DTYPES[b]))
    found["numbers"] = {
        f"{a} {b}": NAMES[torch.result_type(NUMBERS[a], NUMBERS[b])] for a in NUMBERS for b in NUMBERS
    }
    for name in ("f64", "f16", "bf16"):
        torch.set_default_dtype(DTYPES[name])
        try:
            made = [
                torch.tensor(1.5), torch.tensor([1, 2.5]), torch.zeros(2), torch.ones(2, dtype=torch.int32) / 2,
                torch.arange(3) * 0.5, torch.tensor([1.0, 2.0], dtype=torch.float32) * 2.5, torch.linspace(0, 1, 3),
                torch.tensor(3).sqrt(), torch.tensor([1, 2]).float(), torch.tensor([True]).mean(dtype=None)
                if False else torch.full((1,), 2.0), torch.empty(0), torch.eye(1), torch.Tensor([1]), torch.arange(0, 1, 0.5),
            ]
            found[f"default {name}"] = [repr(each) for each in made] + [str(torch.get_default_dtype())]
        finally:
            torch.set_default_dtype(torch.float32)
    return json.dumps(found)
