"""Runs the snippets of examples/ in real PyTorch and records what they print, raise and leave behind.

    python test/oracle/generate_examples.py        (needs torch 2.13.0+cpu)

Writes test/oracle/examples.json. The tests compare the command line's Report with it.
"""

import contextlib
import io
import json
import pathlib
import re
import sys
import traceback
import warnings

import torch

ROOT = pathlib.Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^```python grad([^\n]*)\n(.*?)^```$", re.M | re.S)
CELL = re.compile(r"^# %%(.*)$", re.M)


def snippets(path):
    """(title, zero-based first line, code) of each annotated snippet."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        for match in FENCE.finditer(text):
            yield match[1].strip(), text.count("\n", 0, match.start(2)), match[2]
    elif path.suffix == ".py":
        marks = list(CELL.finditer(text))
        for mark, following in zip(marks, marks[1:] + [None]):
            if not mark[1].strip().startswith("[grad]"):
                continue
            end = following.start() if following else len(text)
            title = mark[1].strip().removeprefix("[grad]").strip()
            yield title, text.count("\n", 0, mark.end()) + 1, text[mark.end() + 1 : end]
    else:
        for cell in json.loads(text)["cells"]:
            source = "".join(cell["source"])
            if cell["cell_type"] == "code" and source.startswith("# %% [grad]"):
                first, _, rest = source.partition("\n")
                yield first.removeprefix("# %% [grad]").strip(), 1, rest


def plain(value):
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[str(value)]
    return value


def describe(tensor):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        grad = tensor.grad
    return {
        "dtype": str(tensor.dtype).removeprefix("torch."),
        "shape": list(tensor.shape),
        "requiresGrad": tensor.requires_grad,
        "isLeaf": tensor.is_leaf,
        "gradFn": type(tensor.grad_fn).__name__ if tensor.grad_fn is not None else None,
        "version": 0 if tensor.is_inference() else tensor._version,
        "value": plain(tensor.detach().tolist()),
        "grad": None if grad is None else plain(grad.detach().tolist()),
    }


def run(path):
    space = {"__name__": "__main__", "torch": torch, "nn": torch.nn, "F": torch.nn.functional}
    for title, line, code in snippets(path):
        out = io.StringIO()
        error = None
        seen = []
        with contextlib.redirect_stdout(out), warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            try:
                exec(compile(code, path.name, "exec"), space)
            except Exception as raised:
                frames = [f for f in traceback.extract_tb(raised.__traceback__) if f.filename == path.name]
                error = {
                    "type": type(raised).__name__,
                    "message": str(raised),
                    "line": line + frames[-1].lineno - 1,
                }
        yield {
            "title": title,
            "line": line,
            "printed": out.getvalue(),
            "warnings": [f"{w.category.__name__}: {w.message}" for w in seen],
            "error": error,
            "tensors": {name: describe(t) for name, t in space.items() if isinstance(t, torch.Tensor)},
        }


def main():
    files = {
        path.name: list(run(path))
        for path in sorted((ROOT / "examples").iterdir())
        if path.suffix in (".md", ".py", ".ipynb")
    }
    target = ROOT / "test" / "oracle" / "examples.json"
    target.write_text(json.dumps({"torch": torch.__version__, "files": files}, indent=1, ensure_ascii=False) + "\n")
    print(f"{target}: {sum(len(s) for s in files.values())} snippets", file=sys.stderr)


if __name__ == "__main__":
    main()
