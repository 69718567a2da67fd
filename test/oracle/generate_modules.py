"""Records what real PyTorch's layers do: parameters, outputs, graph, gradients. One line of modules.txt each.

    python test/oracle/generate_modules.py        (needs torch 2.13.0+cpu)

Writes test/oracle/modules.json.
"""

import json
import pathlib
import sys

import torch

from python.layers import seen

HERE = pathlib.Path(__file__).resolve().parent


def main():
    torch.set_num_threads(1)
    lines = (HERE / "modules.txt").read_text(encoding="utf-8").split("\n")
    rows = []
    for line in lines:
        if not line or line.startswith("#"):
            continue
        recorded = json.loads(seen(line))
        if "error" in recorded:
            sys.exit(f"{line}\n{recorded['traceback']}")
        rows.append(json.dumps({"line": line, **recorded}))
    target = HERE / "modules.json"
    target.write_text("[\n" + ",\n".join(rows) + "\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
