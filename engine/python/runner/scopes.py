"""Which binding of a name a use of it sees: scopes, and the order in which the code stands.

Static on purpose: a name's uses are resolved from the text and from which bindings were executed.
"""

from bisect import bisect_left


class Binding:
    """One place that binds a name. `place` is 0 where the value cannot be told (import, def, del)."""

    __slots__ = ("order", "loops", "place")

    def __init__(self, order, loops, place):
        self.order = order
        self.loops = loops
        self.place = place


class Scope:
    """A module, function (also lambda and comprehension) or class body."""

    __slots__ = ("kind", "parent", "bindings", "globals", "nonlocals", "loops", "chains")

    def __init__(self, kind, parent):
        self.kind = kind
        self.parent = parent
        self.bindings = {}
        self.globals = set()
        self.nonlocals = set()
        self.loops = ()
        # base name -> {path: place}: attribute chains whose value is wanted when the base is bound
        self.chains = {}

    @property
    def module(self):
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    def function_parent(self):
        """The next scope outwards that a name is looked up in: class bodies are skipped."""
        scope = self.parent
        while scope is not None and scope.kind == "class":
            scope = scope.parent
        return scope

    def owner(self, name):
        """The scope that binding `name` here writes to."""
        if name in self.globals:
            return self.module
        if name in self.nonlocals:
            scope = self.function_parent()
            while scope is not None and scope.parent is not None:
                if name in scope.bindings:
                    return scope
                scope = scope.function_parent()
        return self

    def bind(self, name, order, place):
        owner = self.owner(name)
        owner.bindings.setdefault(name, []).append(Binding(order, self.loops, place))


class Use:
    """A name that is read at `order`."""

    __slots__ = ("name", "scope", "order", "loops", "range", "own")

    def __init__(self, name, scope, order, range_, own=0):
        self.name = name
        self.scope = scope
        self.order = order
        self.loops = scope.loops
        self.range = range_
        self.own = own


def _order(binding):
    return binding.order


def _visible(use, scope, bindings):
    """Those of `bindings`, which stand in the order of the code, that the use may see; best first.

    In its own scope: the closest earlier binding, and in a loop the later ones of that loop from the last.
    In an enclosing scope: from the last binding, since the use runs when it is called.
    """
    if scope is not use.scope:
        yield from reversed(bindings)
        return
    for index in range(bisect_left(bindings, use.order, key=_order) - 1, -1, -1):
        yield bindings[index]
    if not use.loops:
        return
    loops = set(use.loops)
    for binding in reversed(bindings):
        if binding.order <= use.order:
            return
        if not loops.isdisjoint(binding.loops):
            yield binding


def _scope_of(use):
    """The scope whose bindings the use sees, or None where nothing in this text binds the name."""
    scope = use.scope.module if use.name in use.scope.globals else use.scope
    while scope is not None and not scope.bindings.get(use.name):
        scope = scope.function_parent()
    return scope


class Resolver:
    """Finds for each use what it sees, in a time that does not grow with how often its name is bound.

    Of the bindings it keeps by scope and name those that `counts`, once.
    """

    def __init__(self, counts):
        self._counts = counts
        self._kept = {}

    def first(self, use):
        """The best of the bindings that count, or None; and the scope that the name was found in, or None."""
        scope = _scope_of(use)
        if scope is None:
            return None, None
        key = (id(scope), use.name)
        kept = self._kept.get(key)
        if kept is None:
            kept = self._kept[key] = [binding for binding in scope.bindings[use.name] if self._counts(binding)]
        return next(_visible(use, scope, kept), None), scope


def any_binding(_binding):
    return True


def is_untold(binding):
    """Its value cannot be told, and nothing behind it is seen."""
    return binding.place == 0
