"""Runs recorded cases on the torch package of this Python and says what came out, as JSON."""

import contextlib
import io
import json
import math
import re
import traceback
import warnings

import torch


_ADDRESS = re.compile(r"0x[0-9a-f]+")
_INTERNAL = re.compile(r" \(Triggered internally at [^)]*\)")


def _fresh():
    """Everything as after the import: real PyTorch has no such function, and needs none for one recording."""
    if hasattr(torch, "_reset"):
        torch._reset()
    torch.manual_seed(0)


def _same_everywhere(text):
    return _INTERNAL.sub("", _ADDRESS.sub("0xADDRESS", text))


def answers(statements, lines):
    """What each expression gives after the statements, or raises, and what it warns of; as text."""
    _fresh()
    space = {"__name__": "case", "torch": torch}
    exec(compile(statements, "<case>", "exec"), space)
    found = []
    for line in json.loads(lines):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                text = repr(eval(compile(line, "<case>", "eval"), space))
            except BaseException as error:
                text = f"{type(error).__name__}: {error}"
        text += "".join(f"\n{item.category.__name__}: {item.message}" for item in caught)
        found.append(_same_everywhere(text))
    return json.dumps(found, ensure_ascii=False)


def printed(code):
    """What a program prints, and the exception that ends it."""
    _fresh()
    out = io.StringIO()
    with contextlib.redirect_stdout(out), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exec(compile(code, "<case>", "exec"), {"__name__": "__main__"})
        except BaseException as error:
            out.write(f"{type(error).__name__}: {error}\n")
    return _same_everywhere(out.getvalue())


def _number(value):
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    return value


def _flat(tensor):
    return [_number(value) for value in tensor.detach().reshape(-1).tolist()]


def _described(value):
    if value is None:
        return None
    if isinstance(value, torch.Tensor):
        return {"dtype": str(value.dtype).replace("torch.", ""), "shape": list(value.shape), "values": _flat(value)}
    return {"json": value}


def _failure(error):
    return {
        "exception": type(error).__name__,
        "message": str(error),
        "traceback": "".join(traceback.format_exception(error)),
    }


def values(code, names):
    """What the names are after ``code``, or what it raised."""
    torch._reset()
    space = {"__name__": "case", "torch": torch}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exec(compile(code, "<case>", "exec"), space)
            found = {name: _described(space.get(name)) for name in json.loads(names)}
        except BaseException as error:
            return json.dumps(_failure(error))
    return json.dumps({"outputs": found}, default=repr)


def outcome(code):
    """The exception (or None), the line it was raised at, and the warnings of ``code``."""
    torch._reset()
    space = {"__name__": "case", "torch": torch}
    found = {"exception": None, "message": None, "line": None}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            exec(compile(code, "<case>", "exec"), space)
        except BaseException as error:
            found.update(_failure(error))
            frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == "<case>"]
            found["line"] = frames[0].lineno if frames else None
    found["warnings"] = [
        {"category": item.category.__name__, "message": str(item.message), "file": item.filename} for item in caught
    ]
    return json.dumps(found)
