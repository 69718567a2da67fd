"""Runs test/oracle/programs/*.py in real PyTorch and records what they print and leave behind.

    python test/oracle/generate_programs.py        (needs torch 2.13.0+cpu)

Writes test/oracle/programs.json.
"""

import contextlib
import io
import json
import pathlib
import sys

import torch

from generate_examples import describe

HERE = pathlib.Path(__file__).resolve().parent


def run(path):
    torch.manual_seed(0)
    space = {"__name__": "__main__", "__file__": str(path)}
    out = io.StringIO()
    error = None
    with contextlib.redirect_stdout(out):
        try:
            exec(compile(path.read_text(encoding="utf-8"), path.name, "exec"), space)
        except Exception as raised:
            error = {"type": type(raised).__name__, "message": str(raised)}
    tensors = {name: describe(t) for name, t in space.items() if isinstance(t, torch.Tensor)}
    return {"printed": out.getvalue(), "error": error, "tensors": tensors}


def main():
    torch.set_num_threads(1)
    programs = {path.stem: run(path) for path in sorted((HERE / "programs").glob("*.py"))}
    target = HERE / "programs.json"
    target.write_text(json.dumps({"torch": torch.__version__, "programs": programs}, indent=1) + "\n")
    for name, recorded in programs.items():
        if recorded["error"]:
            print(name, recorded["error"], file=sys.stderr)


if __name__ == "__main__":
    main()
