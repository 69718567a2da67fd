"""Runs a small document through everything once, so that the first real run finds the way trodden.

Python specialises its bytecode as it runs, and the WASM engine compiles functions at their first call. Both
are kept: this happens before the host remembers Python's memory.
"""

import json
import os
import sys

from . import session

_PLAIN = '''
import dataclasses
import math  # ordinary code, no tensor

@dataclasses.dataclass
class Point:
    x: float
    y: float = 2.0

    def length(self):
        return math.sqrt(self.x**2 + self.y**2)

class Model:
    def __init__(self, size):
        self.size = size
        self.weights = [w * 0.5 for w in range(size) if w]

    def __call__(self, x):
        total = 0
        for weight in self.weights:
            total += weight * x
        return total

model = Model(4)
p = Point(1.0)
for step in range(3): #?
    y = model(p.x) + p.length()
    print(f"step {step}: {y:.3f}", p)
square = lambda v: v * v
values = {name: square(index) for index, name in enumerate("abc")}
first, *rest = values.items() #? len(rest)
with open("notes.txt", "w") as file:
    file.write("x")
try:
    values["missing"]
except KeyError as error:
    print(error)
'''

_TORCH = '''
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
w = torch.randn(3, 3)
h = (w @ x).relu() #?
loss = (h * h).sum() + x.mean()
loss.backward()
print(x.grad, loss)
'''

_RAISING = '''
def inner(n):
    return 1 / n
inner(0)
'''


def _snippet(code, line):
    lines = code.count("\n") + 1
    place = {"line": line, "character": 0}
    return {
        "title": "",
        "range": {"start": place, "end": {"line": line + lines, "character": 0}},
        "header": {"start": place, "end": place},
        "code": code,
        "indent": [],
        "options": {},
    }


def document():
    """The warm-up as a RunRequest."""
    snippets = []
    line = 1
    for code in (_PLAIN, _TORCH, _RAISING):
        snippets.append(_snippet(code, line))
        line += code.count("\n") + 2
    return {
        "runId": 0,
        "file": "warm.py",
        "version": 0,
        "snippets": snippets,
        "siblings": [],
        "limits": {"seconds": 10, "tensorBytes": 1 << 28, "outputCharacters": 10000, "records": 10000},
    }


def document_json():
    return json.dumps(document())


def run():
    """What can be trodden without the host: used when the snapshot is made."""
    main = sys.modules["__main__"]
    folder = os.getcwd()
    streams = sys.stdin, sys.stdout, sys.stderr
    session.install()
    for _ in range(4):
        session.begin(document_json())
        for index in (0, 2):
            session.run(index)
    session.forget()
    if os.path.exists("notes.txt"):
        os.remove("notes.txt")
    os.chdir(folder)
    sys.modules["__main__"] = main
    sys.stdin, sys.stdout, sys.stderr = streams
