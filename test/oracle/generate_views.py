"""Writes views.json: what real PyTorch answers for small programs of views and changes in place.

    python test/oracle/generate_views.py > test/oracle/views.json

Each program is a list of steps. `call` runs an ATen operator by its key on named tensors; `mode` runs a step in
no_grad or inference mode; `probe` tells of a tensor what autograd knows of it. A step that raises leaves its message
behind and the program goes on. Programs are random but seeded, and chosen so that every outcome is there several times.
"""

import json
import random
import sys
from collections import Counter

import torch

SEED = 20260
WANTED = 420


def number(value):
    return value if value == value and abs(value) != float("inf") else str(value)


def flat(tensor):
    return [number(v) for v in tensor.detach().reshape(-1).tolist()]


def chain(tensor):
    names = []
    node = tensor.grad_fn
    while node is not None and len(names) < 8:
        names.append(type(node).__name__)
        following = [edge[0] for edge in node.next_functions]
        node = following[0] if following else None
    return names


class Run:
    """Executes one program."""

    def __init__(self):
        self.tensors = {}

    def argument(self, value):
        if isinstance(value, dict):
            return self.tensors[value["t"]]
        if isinstance(value, list):
            return [self.argument(item) for item in value]
        return value

    def step(self, step):
        kind = step["do"]
        names = [v["t"] for v in _references(step)]
        if any(name not in self.tensors for name in names):
            return {"skipped": True}
        try:
            mode = {"no_grad": torch.no_grad, "inference": torch.inference_mode}.get(step.get("mode"))
            if mode is None:
                return self.perform(kind, step)
            with mode():
                return self.perform(kind, step)
        except Exception as error:  # noqa: BLE001 - whatever real PyTorch raises is the answer
            return {"raised": type(error).__name__, "message": str(error)}

    def perform(self, kind, step):
        if kind == "leaf":
            tensor = torch.tensor(step["values"], dtype=torch.float64).reshape(step["sizes"]).clone()
            self.tensors[step["out"]] = tensor.requires_grad_(step["requires"])
            return {}
        if kind == "call":
            name, _, overload = step["key"].partition(".")
            args = self.argument(step["args"])
            if overload == "Scalar":
                # What a user's call with a number becomes, which is not the operator of that name.
                result = getattr(args[0], name)(*args[1:])
            else:
                result = getattr(getattr(torch.ops.aten, name), overload or "default")(*args)
            if "outs" in step:
                for out, tensor in zip(step["outs"], result):
                    self.tensors[out] = tensor
            elif "out" in step:
                self.tensors[step["out"]] = result
            return {}
        tensor = self.tensors[step["on"]["t"]]
        if kind == "probe":
            return {
                "requires": tensor.requires_grad,
                "leaf": tensor.is_leaf,
                "version": None if tensor.is_inference() else tensor._version,
                "chain": chain(tensor),
                "sizes": list(tensor.shape),
                "strides": list(tensor.stride()),
                "values": flat(tensor),
            }
        if kind == "grad":
            inputs = [self.tensors[name] for name in step["inputs"]]
            grads = torch.autograd.grad(tensor.sum(), inputs, retain_graph=True, allow_unused=True)
            return {"grads": [None if g is None else flat(g) for g in grads]}
        if kind == "backward":
            tensor.sum().backward(retain_graph=step["retain"])
            held = {n: t.grad for n, t in self.tensors.items() if t.is_leaf or t.retains_grad}
            return {"grads": {n: flat(g) for n, g in held.items() if g is not None}}
        if kind == "retain_grad":
            tensor.retain_grad()
            return {}
        if kind == "requires_grad_":
            tensor.requires_grad_(step["value"])
            return {}
        if kind == "detach_":
            tensor.detach_()
            return {}
        raise AssertionError(kind)


def _references(step):
    found = []

    def walk(value):
        if isinstance(value, dict):
            if "t" in value:
                found.append(value)
            else:
                for item in value.values():
                    walk(item)
        elif isinstance(value, list):
            for item in value:
                walk(item)

    walk(step)
    found += [{"t": name} for name in step.get("inputs", [])]
    return found


class Program:
    """Builds a program while it runs, so that shapes fit more often than not."""

    def __init__(self, rng):
        self.rng = rng
        self.run = Run()
        self.steps = []
        self.results = []
        self.count = 0

    def name(self):
        self.count += 1
        return f"t{self.count}"

    def add(self, **step):
        self.steps.append(step)
        self.results.append(self.run.step(step))

    def any(self):
        return self.rng.choice(list(self.run.tensors))

    def like(self, name):
        sizes = self.run.tensors[name].shape
        fitting = [n for n, t in self.run.tensors.items() if t.shape == sizes]
        return self.rng.choice(fitting)

    def mode(self):
        roll = self.rng.random()
        return {"mode": "no_grad"} if roll < 0.08 else {"mode": "inference"} if roll < 0.11 else {}

    def leaf(self, requires):
        values = [round(self.rng.uniform(0.3, 2), 2) for _ in range(6)]
        self.add(do="leaf", out=self.name(), sizes=[2, 3], values=values, requires=requires)

    def view(self):
        source = self.any()
        rank = self.run.tensors[source].dim()
        self_ = {"t": source}
        dim = self.rng.randrange(-rank, rank) if rank else 0
        choices = [
            ("select.int", [self_, dim, self.rng.choice([0, 0, 1, -1])]),
            ("select.int", [self_, dim, 0]),
            ("slice.Tensor", [self_, dim, self.rng.choice([0, 1]), self.rng.choice([2, 9]), self.rng.choice([1, 1, 2])]),
            ("t.default", [self_]),
            ("transpose.int", [self_, 0, -1]),
            ("unsqueeze.default", [self_, 0]),
            ("squeeze.default", [self_]),
            ("view.default", [self_, [-1]]),
            ("diagonal.default", [self_, 0, 0, 1]),
            ("expand.default", [self_, [2, *([-1] * rank)]]),
            ("permute.default", [self_, list(reversed(range(rank)))]),
            ("alias", None),
        ]
        key, args = self.rng.choice(choices)
        if key == "alias":
            self.add(do="call", key="detach.default", args=[self_], out=self.name())
            return
        self.add(do="call", key=key, args=args, out=self.name(), **self.mode())

    def several(self):
        self_ = {"t": self.any()}
        key, args = self.rng.choice([("unbind.int", [self_, 0]), ("split.Tensor", [self_, 1, 0])])
        self.add(do="call", key=key, args=args, outs=[self.name(), self.name()], **self.mode())

    def change(self):
        target = self.any()
        self_ = {"t": target}
        other = {"t": self.like(target)}
        choices = [
            ("mul_.Scalar", [self_, 2.0]),
            ("mul_.Tensor", [self_, other]),
            ("add_.Tensor", [self_, other]),
            ("sin_.default", [self_]),
            ("copy_.default", [self_, other]),
            ("zero_.default", [self_]),
            ("fill_.Scalar", [self_, 1.5]),
        ]
        key, args = self.rng.choice(choices)
        self.add(do="call", key=key, args=args, **self.mode())

    def turn(self):
        self_ = {"t": self.any()}
        choices = [
            ("t_.default", [self_]),
            ("unsqueeze_.default", [self_, 0]),
            ("squeeze_.default", [self_]),
            ("transpose_.default", [self_, 0, -1]),
        ]
        key, args = self.rng.choice(choices)
        self.add(do="call", key=key, args=args, **self.mode())

    def use(self):
        source = self.any()
        self_ = {"t": source}
        other = {"t": self.like(source)}
        key, args = self.rng.choice(
            [("mul.Tensor", [self_, other]), ("sin.default", [self_]), ("exp.default", [self_]), ("clone.default", [self_])]
        )
        self.add(do="call", key=key, args=args, out=self.name(), **self.mode())

    def state(self):
        on = {"t": self.any()}
        kind = self.rng.choice(["retain_grad", "retain_grad", "requires_grad_", "detach_"])
        extra = {"value": self.rng.random() < 0.7} if kind == "requires_grad_" else {}
        self.add(do=kind, on=on, **extra)

    def probe(self):
        self.add(do="probe", on={"t": self.any()})

    def build(self):
        self.leaf(True)
        if self.rng.random() < 0.6:
            self.leaf(self.rng.random() < 0.3)
        if self.rng.random() < 0.8:
            self.add(do="call", key="mul.Tensor", args=[{"t": "t1"}, {"t": "t1"}], out=self.name())
        weights = [(self.view, 34), (self.several, 7), (self.change, 32), (self.turn, 8), (self.use, 12), (self.state, 7)]
        kinds, chances = zip(*weights)
        for _ in range(self.rng.randint(3, 8)):
            self.rng.choices(kinds, chances)[0]()
            if self.rng.random() < 0.25:
                self.probe()
        for name in list(self.run.tensors):
            self.add(do="probe", on={"t": name})
        leaves = [n for n, s in ((s["out"], s) for s in self.steps if s["do"] == "leaf") if s["requires"]]
        live = [n for n in leaves if self.run.tensors[n].requires_grad]
        for name in list(self.run.tensors):
            if live:
                self.add(do="grad", on={"t": name}, inputs=live)
        self.add(do="backward", on={"t": list(self.run.tensors)[-1]}, retain=False)
        self.add(do="backward", on={"t": self.any()}, retain=False)
        return {"steps": self.steps, "results": self.results}


def kind_of(result):
    """What a program is kept for."""
    if "message" in result:
        return result["message"][:60]
    if "chain" in result:
        return "/".join(result["chain"][:3])
    return "grads" if "grads" in result else "ok"


def main():
    rng = random.Random(SEED)
    seen = Counter()
    kept = []
    tries = 0
    while len(kept) < WANTED and tries < 20000:
        tries += 1
        program = Program(rng).build()
        if any("INTERNAL ASSERT" in result.get("message", "") for result in program["results"]):
            continue
        kinds = {(step["do"], kind_of(result)) for step, result in zip(program["steps"], program["results"])}
        if len(kept) < 150 or any(seen[kind] < 3 for kind in kinds):
            seen.update(kinds)
            kept.append(program)
    json.dump({"torch": torch.__version__, "programs": kept}, sys.stdout, separators=(",", ":"))
    print(f"{len(kept)} of {tries} programs, {len(seen)} outcomes", file=sys.stderr)


main()
