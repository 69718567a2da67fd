"""Writes what real PyTorch offers into the torch package: public names and the signatures its errors print.

Run it with the Python of an environment that has real PyTorch:

    python scripts/oracle/names.py

It rewrites engine/python/torch/_names.py and engine/python/torch/_signatures.py. Both hold facts only:
which names exist, of what kind they are, and what the texts of argument errors list as accepted.
"""

import importlib
import inspect
import pathlib
import pprint
import re
import types
import warnings

import torch

warnings.simplefilter("ignore")
PACKAGE = pathlib.Path(__file__).resolve().parents[2] / "engine" / "python" / "torch"
NAMESPACES = [
    "torch",
    "torch.nn",
    "torch.nn.functional",
    "torch.nn.init",
    "torch.nn.utils",
    "torch.optim",
    "torch.optim.lr_scheduler",
    "torch.autograd",
    "torch.autograd.functional",
    "torch.autograd.graph",
    "torch.linalg",
    "torch.special",
    "torch.fft",
    "torch.func",
    "torch.utils",
    "torch.utils.data",
    "torch.distributions",
]


class Odd:
    """An argument that no signature accepts."""


def kind_of(value):
    if isinstance(value, types.ModuleType):
        return "module"
    if isinstance(value, type):
        return "class"
    if isinstance(value, types.FunctionType):
        return "python"
    if callable(value):
        return "builtin"
    return "value"


def members(owner, names):
    kinds = {}
    for name in sorted(names):
        if name.startswith("_"):
            continue
        try:
            value = inspect.getattr_static(owner, name) if isinstance(owner, type) else getattr(owner, name)
        except Exception:
            continue
        if isinstance(owner, type) and not callable(value) and hasattr(value, "__get__"):
            kind = "property"
        else:
            kind = kind_of(value)
        kinds.setdefault(kind, []).append(name)
    return kinds


def message(function, *args, **kwargs):
    try:
        function(*args, **kwargs)
    except TypeError as error:
        return str(error)
    except BaseException:
        return ""
    return ""


def listed(text):
    """The signatures that an error lists: " * (...)" lines, or the single one after "but expected"."""
    lines = [line[3:] for line in text.split("\n") if line.startswith(" * ")]
    if lines:
        return lines
    single = re.search(r"but expected (\(.*\))$", text, re.S)
    return [single.group(1)] if single else []


def signatures():
    functions, methods, plain = {}, {}, []
    for name in dir(torch):
        value = getattr(torch, name)
        if name.startswith("_") or not isinstance(value, types.BuiltinFunctionType):
            continue
        found = listed(message(value, *[Odd()] * 13))
        if found:
            functions[name] = found
    for name in dir(torch._C._nn):
        value = getattr(torch._C._nn, name)
        if name.startswith("_") or not callable(value):
            continue
        found = listed(message(value, *[Odd()] * 13))
        if found:
            functions["nn." + name] = found
    for module in ("linalg", "special", "fft"):
        for name in dir(getattr(torch, module)):
            value = getattr(getattr(torch, module), name)
            if name.startswith("_") or not isinstance(value, types.BuiltinFunctionType):
                continue
            found = listed(message(value, *[Odd()] * 13))
            if found:
                functions[module + "." + name] = found
    for name in dir(torch.Tensor):
        value = inspect.getattr_static(torch.Tensor, name)
        if name.startswith("_") or not isinstance(value, (types.MethodDescriptorType, types.BuiltinFunctionType)):
            continue
        text = message(value, torch.ones(2), *[Odd()] * 13)
        if "takes no arguments" in text:
            plain.append(name)
        found = listed(text)
        if found:
            methods[name] = found
    return functions, methods, plain


def python_signatures():
    found = {}
    places = {
        "": torch,
        "nn.functional.": torch.nn.functional,
        "Tensor.": torch.Tensor,
    }
    for prefix, owner in places.items():
        for name in sorted(dir(owner)):
            value = inspect.getattr_static(owner, name) if isinstance(owner, type) else getattr(owner, name)
            if name.startswith("_") or not isinstance(value, types.FunctionType):
                continue
            parameters = inspect.signature(value).parameters.values()
            text = ", ".join(str(p.replace(annotation=inspect.Parameter.empty)) for p in parameters)
            if "<" not in text:
                found[prefix + name] = text
    return found


def accepts_numbers():
    """Functions whose `Tensor` parameters take Python numbers."""
    names = []
    x = torch.ones(2)
    for name in dir(torch.Tensor):
        value = inspect.getattr_static(torch.Tensor, name)
        if name.startswith("_") or not isinstance(value, types.MethodDescriptorType):
            continue
        if "argument 'other' (position 1) must be Tensor" not in message(value, x, Odd()):
            continue
        try:
            value(x.clone(), 2)
        except TypeError:
            continue
        except Exception:
            pass
        names.append(name)
    return names


def write(path, opening, values):
    body = [f'"""{opening}\n\nWritten by scripts/oracle/names.py with PyTorch {torch.__version__.split("+")[0]}."""\n']
    for name, (comment, value) in values.items():
        body.append(f"# {comment}")
        body.append(f"{name} = {pprint.pformat(value, width=110, compact=True)}\n")
    path.write_text("\n".join(body))


def main():
    names = {}
    for module_name in NAMESPACES:
        module = importlib.import_module(module_name)
        public = [n for n in dir(module) if not n.startswith("_")]
        names[module_name] = {k: " ".join(v) for k, v in members(module, public).items()}
    names["torch.Tensor"] = {k: " ".join(v) for k, v in members(torch.Tensor, dir(torch.Tensor)).items()}
    write(
        PACKAGE / "_names.py",
        "The public names of real PyTorch, by namespace and kind.",
        {"NAMES": ("namespace -> kind -> names", names)},
    )
    functions, methods, plain = signatures()
    write(
        PACKAGE / "_signatures.py",
        "What the argument errors of real PyTorch list as accepted.",
        {
            "FUNCTIONS": ("functions with several signatures (or hidden ones), in the order that is tried", functions),
            "METHODS": ("the same for methods of Tensor", methods),
            "NO_ARGUMENTS": ("methods of Tensor that take nothing", plain),
            "PYTHON": ("functions that real PyTorch defines in Python: their parameters", python_signatures()),
            "NUMBERS": ("methods whose Tensor parameters take Python numbers", accepts_numbers()),
        },
    )


if __name__ == "__main__":
    main()
