"""Records what real PyTorch answers to expressions/*.txt, and what protocol/*.py print.

    python test/oracle/generate_expressions.py [NAME...]        (needs torch 2.13.0+cpu)

Writes test/oracle/expressions.json, or the entries of the named files in it. Each text file has statements, a line
"---", and one expression a line.
"""

import json
import multiprocessing
import pathlib
import sys

import torch

from python.cases import answers, printed

HERE = pathlib.Path(__file__).resolve().parent


def _answers(path):
    statements, _, lines = path.read_text(encoding="utf-8").partition("\n---\n")
    rows = [line for line in lines.split("\n") if line]
    return list(zip(rows, json.loads(answers(statements, json.dumps(rows)))))


def _printed(path):
    return printed(path.read_text(encoding="utf-8"))


def main():
    # A process for each: PyTorch gives some warnings once in a process.
    pool = multiprocessing.get_context("spawn").Pool(1, torch.set_num_threads, (1,), maxtasksperchild=1)
    target = HERE / "expressions.json"
    names = sys.argv[1:]
    found = {"torch": torch.__version__, "expressions": {}, "programs": {}}
    if names:
        found = json.loads(target.read_text(encoding="utf-8"))
    for kind, pattern, record in (
        ("expressions", "expressions/*.txt", _answers),
        ("programs", "protocol/*.py", _printed),
    ):
        for path in sorted(HERE.glob(pattern)):
            if not names or path.stem in names:
                found[kind][path.stem] = pool.apply(record, (path,))
        found[kind] = dict(sorted(found[kind].items()))
    target.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
