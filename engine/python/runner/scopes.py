"""Which binding of a name a use of it sees: scopes, and the order in which the code stands.

Static on purpose: a name's uses are resolved from the text and from which bindings were executed.
"""


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


def candidates(use):
    """(places, best first; whether the name may have been bound before this text ran).

    In its own scope: the closest earlier binding, and in a loop the later ones of that loop from the last.
    In an enclosing scope: from the last binding, since the use runs when it is called.
    """
    scope = use.scope.module if use.name in use.scope.globals else use.scope
    while scope is not None:
        bindings = scope.bindings.get(use.name)
        if bindings:
            chosen = bindings[::-1]
            if scope is use.scope:
                loops = set(use.loops)
                earlier = [binding for binding in chosen if binding.order < use.order]
                later = [binding for binding in chosen if binding.order > use.order and loops & set(binding.loops)]
                chosen = earlier + later
            places = []
            for binding in chosen:
                if binding.place == 0:
                    return places, False
                places.append(binding.place)
            return places, scope.parent is None
        scope = scope.function_parent()
    return [], True
