"""Runs scenarios: many small programs in one file, each under a line "# --- title", each in a namespace of its own."""

import contextlib
import gc
import io
import json
import re
import warnings

import torch

_ADDRESS = re.compile(r"0x[0-9a-f]+")
_INTERNAL = re.compile(r" \(Triggered internally at [^)]*\)")
#: Frames of a traceback that are not the scenario's own.
_FRAMES = re.compile(r'^  File "(?!<scenario>)[^"]*", line \d+, in .*\n(?:    .*\n)*', re.MULTILINE)
_TITLE = "# --- "


def split(text):
    """The scenarios of a file: pairs of title and code, the code at its own lines."""
    found = []
    for number, line in enumerate(text.splitlines()):
        if line.startswith(_TITLE):
            found.append((line[len(_TITLE) :].strip(), [""] * (number + 1)))
        elif found:
            found[-1][1].append(line)
    return [(title, "\n".join(lines)) for title, lines in found]


def run(code):
    """What a scenario prints, warns of, and the exception that ends it."""
    if hasattr(torch, "_reset"):
        torch._reset()
    torch.manual_seed(0)
    out = io.StringIO()

    def show(message, category, *_, **__):
        out.write(f"{category.__name__}: {message}\n")

    with contextlib.redirect_stdout(out), warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = show
        try:
            exec(compile(code, "<scenario>", "exec"), {"__name__": "__main__", "torch": torch})
        except BaseException as error:
            out.write(f"{type(error).__name__}: {error}\n")
    gc.collect()
    return _FRAMES.sub("", _INTERNAL.sub("", _ADDRESS.sub("0xADDRESS", out.getvalue())))


def run_all(text):
    """Title and output of every scenario of a file, as JSON."""
    return json.dumps([[title, run(code)] for title, code in split(text)], ensure_ascii=False)
