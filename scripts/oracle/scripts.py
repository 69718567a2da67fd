"""Runs the scripts that `npm run catalogue -- --scripts FOLDER` wrote, in real PyTorch, and compares.

Run it with the Python of an environment that has real PyTorch:

    python scripts/oracle/scripts.py FOLDER

A script reproduces its finding where real PyTorch raises the same error with the same text, or, where nothing is
raised, prints the same; and prints something at all where the finding is no error.
"""

import contextlib
import io
import json
import os
import pathlib
import random
import re
import sys
import warnings

import torch

FOLDER = pathlib.Path(sys.argv[1])


def run(record):
    """What a script prints, and the error that ends it, in a process of its own."""
    text = (FOLDER / record["script"]).read_text()
    printed = io.StringIO()
    error = None
    random.seed(0)
    warnings.simplefilter("default")
    warnings.showwarning = warned
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        try:
            exec(compile(text, record["script"], "exec"), {"__name__": "__main__"})
        except BaseException as raised:  # noqa: BLE001
            error = {"type": type(raised).__name__, "message": str(raised)}
    return {"printed": printed.getvalue(), "error": error}


def in_child(record):
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, json.dumps(run(record)).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as stream:
        answer = stream.read()
    os.waitpid(child, 0)
    return json.loads(answer) if answer else {"printed": "", "error": {"type": "crash", "message": ""}}


def warned(message, category, *_place, **_more):
    """A warning's place and source differ: real PyTorch often names a line of its own."""
    print(f"{category.__name__}: {str(message).splitlines()[0]}", file=sys.stderr)


HERE_WARNED = re.compile(r"^[^\n:]+:\d+: (\w*Warning): ([^\n]*)\n(?:\S[^\n]*\n)*?(?:  [^\n]*\n|\n)+", re.MULTILINE)


def comparable(text):
    """Addresses, places in PyTorch's own code and the last digits of a number are no difference."""
    text = re.sub(r"0x[0-9a-f]+", "0x", text)
    text = re.sub(r" \(Triggered internally at .*?\)", "", text)
    text = HERE_WARNED.sub(r"\1: \2\n", text)
    return re.sub(r"-?\d+\.\d+(e[+-]\d+)?", lambda m: f"{float(m[0]):.3g}", text)


def verdict(record, real):
    if record["error"] != real["error"]:
        if not (
            record["error"]
            and real["error"]
            and record["error"]["type"] == real["error"]["type"]
            and comparable(record["error"]["message"]) == comparable(real["error"]["message"])
        ):
            return f"error {real['error']} for {record['error']}"
    if comparable(record["printed"]) != comparable(real["printed"]):
        return f"prints {real['printed']!r} for {record['printed']!r}"
    if record["error"] is None and not record["printed"]:
        return "shows nothing"
    return None


torch.set_num_threads(1)
records = json.loads((FOLDER / "scripts.json").read_text())
good = 0
for each in records:
    why = verdict(each, in_child(each))
    if why is None:
        good += 1
    else:
        print(f"{each['script']}: {each['title']} ({each['code']}): {why}")
print(f"{good} of {len(records)} scripts reproduce their finding")
