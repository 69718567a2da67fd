"""Records how real PyTorch prints tensors of many shapes, sizes of numbers and options.

    python test/oracle/generate_printing.py        (needs torch 2.13.0+cpu)

Writes test/oracle/printing.json.
"""

import json
import math
import pathlib
import random

import torch

random.seed(0)
cases = []


def add(values, shape, dtype="float32", requires_grad=False, options=None):
    tensor = torch.tensor(values, dtype=getattr(torch, dtype)).reshape(shape).requires_grad_(requires_grad)
    if options:
        torch.set_printoptions(**options)
    # Written as text: JSON has no NaN, and a large integer would lose digits.
    cases.append(
        {
            "values": [str(int(v)) if isinstance(v, bool) else repr(v) for v in tensor.flatten().tolist()],
            "shape": list(shape),
            "dtype": dtype,
            "requiresGrad": requires_grad,
            "options": options,
            "text": repr(tensor),
        }
    )
    torch.set_printoptions(profile="default")


def gauss(count, scale):
    return [random.gauss(0, 1) * scale for _ in range(count)]


for scale in (1, 1e-3, 1e-6, 1e3, 1e5, 1e9, 1e-30, 1e30):
    for shape in ((), (1,), (3,), (7,), (30,), (2, 3), (2, 2, 2), (1, 3, 4), (11, 11)):
        dtype = random.choice(["float32", "float64"])
        add(gauss(math.prod(shape), scale), shape, dtype, random.random() < 0.3)
for shape in ((0,), (0, 3), (2, 0), (1, 0, 2)):
    for dtype in ("float32", "float64", "int64", "bool"):
        add([], shape, dtype)
add(list(range(2000)), (2000,), "int64")
add([float(i) for i in range(2000)], (40, 50))
add(gauss(1200, 1), (2, 2, 300))
add(gauss(1320, 1), (10, 12, 11))
add(gauss(1001, 1e5), (1001,))
nan, inf = float("nan"), float("inf")
for values in (
    [0.03125, 0.09375],
    [0.5, 1.5, 2.5],
    [1.00005, 2.00015],
    [0.00005, 1.0],
    [1e-5, 1.0],
    [nan, 1.0, 2.5],
    [inf, 1.0],
    [-0.0, 0.0, 1.0],
    [0.0, 0.0],
    [nan, nan],
    [1e8, 1.0],
    [1.0001e8, 1e8],
    [123456.0, 1.0],
    [999.0, 1.0],
    [1000.0, 1.0],
    [1001.0, 1.0],
    [16777216.0, 16777217.0],
    [1e20, 1e19],
    [0.1 + 0.2],
    [-1.5, 2.0, -300.25],
    [-inf, 1e-9],
):
    for dtype in ("float32", "float64"):
        add(values, (len(values),), dtype)
add([True, False, True], (3,), "bool")
add([1, -200, 3], (3,), "int32")
add([1, 255], (2,), "uint8")
add([5], (), "int64")
add([True], (), "bool")
add(list(range(60)), (60,), "int64")
add([2**62, 1], (2,), "int64")
for options in (
    {"precision": 2},
    {"precision": 8},
    {"sci_mode": True},
    {"sci_mode": False},
    {"threshold": 5},
    {"threshold": 5, "edgeitems": 1},
    {"linewidth": 40},
    {"threshold": 0, "edgeitems": 0},
):
    for scale in (1, 1e6, 1e-6):
        add(gauss(12, scale), (12,), options=options)
        add(gauss(12, scale), (3, 4), "float64", True, options)
add([0.0, math.nan, -0.0], (3,), options={"sci_mode": True})
for count, scale in ((5, 1), (4, 1e5), (6, 1)):
    add(gauss(count, scale), (count,), "float64", True)

target = pathlib.Path(__file__).with_name("printing.json")
target.write_text(json.dumps({"torch": torch.__version__, "cases": cases}) + "\n")
print(len(cases), "cases")
