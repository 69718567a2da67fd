"""From what a rule found to edits that may help: candidates, which are tried by running them before anybody sees one.

A rule says in general terms what may help and where; here that meets the code as it is written. A remedy that does
not fit the code gives nothing.
"""

import ast

from ..code import Cannot, Code
from . import cutting, graph, inplace, losses, modules, numeric, shapes, training  # noqa: F401  each registers its remedies
from .table import REMEDIES


def propose(rows, text, snippets):
    """Rows [finding, kind, {name: row}, {name: text}] to rows [finding, title, [[row, new text]], cost]."""
    code = Code(text, snippets)
    found = []
    known = set()
    for finding, kind, places, words in rows:
        try:
            candidates = list(REMEDIES[kind](code, Wish(code, places, words)))
        except (Cannot, KeyError, ValueError, IndexError):
            continue
        for title, edits, cost in candidates:
            edits = sorted(([list(row), new] for row, new in edits), key=lambda edit: edit[0])
            if any(a[0][2:] > b[0][:2] for a, b in zip(edits, edits[1:], strict=False)):
                continue
            key = (finding, repr(edits))
            if key not in known:
                known.add(key)
                found.append([finding, title, edits, cost])
    return found


class Wish:
    """The places and words that a rule gave along."""

    def __init__(self, code, places, words):
        self.code = code
        self.places = places
        self.words = words

    def row(self, name):
        if name not in self.places:
            raise Cannot
        return self.places[name]

    def has(self, name):
        return name in self.places

    def call(self, name="at"):
        return self.code.call_at(self.row(name))

    def node(self, name="at"):
        return self.code.at(self.row(name))

    def expression(self, name="at"):
        return self.code.at(self.row(name), ast.expr)

    def statement(self, name="at"):
        return self.code.statement_at(self.row(name))

    def word(self, name):
        value = self.words.get(name)
        if not value:
            raise Cannot
        return value
