"""Writes what real PyTorch answers in half precision to halves.json.

Run it with the Python of an environment that has real PyTorch:

    python test/oracle/generate_halves.py

The cases are those of ops.json in float64, with float16 and bfloat16 in its place: values, or the error.
"""

import json
import math
import pathlib
import warnings

import torch

FOLDER = pathlib.Path(__file__).parent
GROUPS = (
    "unary", "binary", "reduction", "shape", "indexing", "inplace", "nn", "matmul", "activation", "loss", "linalg",
)


def number(value):
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    return value


def described(value):
    if value is None:
        return None
    if isinstance(value, torch.Tensor):
        if value.is_complex():
            return None
        return {
            "dtype": str(value.dtype).replace("torch.", ""),
            "shape": list(value.shape),
            "values": [number(each) for each in value.detach().reshape(-1).tolist()],
        }
    return {"json": value}


def run(code, names):
    torch.manual_seed(0)
    space = {"__name__": "case", "torch": torch}
    try:
        exec(code, space)
    except Exception as error:
        return {"exception": type(error).__name__, "message": str(error)}
    try:
        return {"outputs": {name: described(space.get(name)) for name in names}}
    except RuntimeError:
        # A gradient of zeros that PyTorch has not put into memory cannot be read.
        return None


def main():
    warnings.simplefilter("ignore")
    cases = []
    for case in json.loads((FOLDER / "ops.json").read_text())["cases"]:
        if case["group"] not in GROUPS or not case["id"].endswith("@float64"):
            continue
        for dtype in ("float16", "bfloat16"):
            code = case["code"].replace("torch.float64", f"torch.{dtype}")
            recorded = run(code, list(case["outputs"]))
            if recorded is None:
                continue
            name = case["id"].replace("float64", dtype)
            cases.append({"id": name, "group": case["group"], "code": code, **recorded})
    document = {"torch": torch.__version__, "cases": cases}
    lines = ",\n".join(json.dumps(case) for case in cases)
    head = json.dumps({**document, "cases": []})[:-3]
    (FOLDER / "halves.json").write_text(f"{head}[\n{lines}\n]}}\n")


main()
