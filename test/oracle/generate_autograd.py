"""Records what real PyTorch prints for the scenarios in autograd/*.py.

    python test/oracle/generate_autograd.py [NAME...]        (needs torch 2.13.0+cpu)

Writes test/oracle/autograd.json.
"""

import json
import multiprocessing
import pathlib
import sys
import types
import unittest

import torch

from python.scenarios import run, split

# torch.testing._internal wants this package for comparisons that no scenario makes.
sys.modules.setdefault("expecttest", types.SimpleNamespace(TestCase=unittest.TestCase, __spec__=None))
import torch.testing._internal.common_utils  # noqa: E402, F401  (it warns of another one, once)

HERE = pathlib.Path(__file__).resolve().parent


def main():
    # A process for each: PyTorch gives some warnings once in a process, and counts nodes over its life.
    torch.set_num_threads(1)
    target = HERE / "autograd.json"
    found = {"torch": torch.__version__, "files": {}}
    if target.exists():
        found["files"] = json.loads(target.read_text(encoding="utf-8"))["files"]
    chosen = set(sys.argv[1:])
    present = {path.stem: path for path in sorted((HERE / "autograd").glob("*.py"))}
    found["files"] = {name: rows for name, rows in found["files"].items() if name in present}
    with multiprocessing.get_context("fork").Pool(1, maxtasksperchild=1) as pool:
        for name, path in present.items():
            if chosen and name not in chosen:
                continue
            rows = split(path.read_text(encoding="utf-8"))
            found["files"][name] = [[title, pool.apply(run, (code,))] for title, code in rows]
    found["files"] = dict(sorted(found["files"].items()))
    target.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
