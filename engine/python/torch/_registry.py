"""The engine's operator table, as the build wrote it: what each operator is called with and where Python finds it."""

import json
import pkgutil
import re

#: Results that a schema only counts have no names in Python.
_NUMBERED = re.compile(r"result\d+")


class Param:
    """One parameter of an operator's schema."""

    __slots__ = ("name", "kind", "list_size", "default", "keyword_only")

    def __init__(self, name, kind, list_size, default, keyword_only):
        self.name = name
        self.kind = kind
        self.list_size = list_size
        self.default = default
        self.keyword_only = keyword_only


class Entry:
    """One operator."""

    __slots__ = ("number", "key", "name", "inplace", "params", "by_name", "returns", "many", "names", "functions", "methods")

    def __init__(self, row):
        self.number = row["number"]
        self.key = row["key"]
        self.name = row["name"]
        self.inplace = row["inplace"]
        self.params = [Param(*param) for param in row["params"]]
        self.by_name = {param.name: param for param in self.params}
        self.returns = row["returns"]
        #: Several results: how many, or 0 where only the call tells.
        self.many = None
        if row["tuple"]:
            self.many = len(self.returns)
        elif self.returns[0][1] == "Tensor[]":
            self.many = 0
        named = self.many and all(name and not _NUMBERED.fullmatch(name) for name, _ in self.returns)
        self.names = [name for name, _ in self.returns] if named else None
        self.functions = row["functions"]
        self.methods = row["methods"]


def load():
    """All operators, in the order of their numbers."""
    data = pkgutil.get_data(__package__, "_registry.json")
    return [Entry(row) for row in json.loads(data)]


ENTRIES = load()
BY_KEY = {entry.key: entry for entry in ENTRIES}


def _by_place(attribute):
    found = {}
    for entry in ENTRIES:
        for name in getattr(entry, attribute):
            found.setdefault(name, []).append(entry)
    return found


#: Dotted name below ``torch`` -> its operators.
FUNCTIONS = _by_place("functions")
#: Name of a method of Tensor -> its operators.
METHODS = _by_place("methods")
