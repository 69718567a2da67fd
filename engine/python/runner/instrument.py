"""Rewrites a snippet so that it tells what its names are bound to, without changing what it does.

After each binding of a name stands a call of a hidden helper with a number and the value. The helpers have
names that no program can write, so that neither `globals()` nor a local variable can clash with them.
Every inserted node takes the position of the name it reports, so that tracebacks and `co_positions` of the
user's own expressions stay as they are.
"""

import ast

from . import scopes
from .inline import InlineValues
from .tree import (
    BEGIN,
    CHAIN,
    DONE,
    EACH,
    ENTER,
    ITER,
    KEEP,
    LEAVE,
    RESUME,
    ROUND,
    SUSPEND,
    UNCALLED,
    arguments,
    bind_call,
    call_of,
    chain_of,
    is_docstring,
    load,
    located,
    name_of,
    told_first,
)


class Instrumented:
    """The tree to compile and what its numbers mean."""

    __slots__ = ("tree", "places", "uses", "stores", "free", "inline_texts", "inline_places", "loops")

    def __init__(self, tree, places, uses=(), stores=(), free=None, inline_texts=None, inline_places=None, loops=()):
        self.tree = tree
        self.places = places  # [name, range or None] by place - first
        # (scopes.Use, name, place or 0, whether a binding that the use sees is better than that, from namespace)
        self.uses = uses
        self.stores = stores  # [range, name, [place], from namespace]
        self.free = free or {}  # name -> place: names that are read before anything here binds them
        self.inline_texts = inline_texts or {}  # inline index -> expression, None: no value on that line
        self.inline_places = inline_places or {}  # inline index -> place: the number that `show` is called with
        self.loops = loops  # [number, label, range of its head]

    def names(self, bound):
        """Rows [range, name, [places], from namespace]; of a use's places the one that it saw.

        `bound`: by place, 0 where nothing was bound. A binding that did not run is looked past.
        """
        ran = scopes.Resolver(lambda binding: binding.place == 0 or bound[binding.place])
        rows = []
        for use, name, place, own, from_namespace in self.uses:
            if own:
                seen, _ = ran.first(use)
                if seen is not None:
                    place = seen.place
            rows.append([use.range, name, [place] if place else [], from_namespace])
        rows.extend(self.stores)
        return rows


class Instrumenter(InlineValues):
    """One walk over the tree in the order of evaluation."""

    def __init__(self, text, first_place, first_loop):
        self.text = text
        self.first = first_place
        self.first_loop = first_loop
        self.loops = []
        self.loop_of = {}  # id(statement) -> its number
        # Loops of what others run in pieces, by `await` or `yield from`, are not followed.
        self.in_pieces = False
        # In the body of a generator whose yields tell when it stops and goes on.
        self.in_generator = False
        self.places = []
        self.module = self.scope = scopes.Scope("module", None)
        self.order = 0
        self.loop_count = 0
        self.uses = []
        self.stores = []
        self.chain_uses = []
        self.inline_of = {}  # id(statement) -> [(index, Inline)]
        self.inline_texts = {}
        self.inline_places = {}

    # ---- numbers

    def place(self, name, range_):
        self.places.append([name, range_])
        return self.first + len(self.places) - 1

    def bind_name(self, node):
        """A place for the name node that is being bound here."""
        range_ = self.text.node(node)
        place = self.place(node.id, range_)
        self.order += 1
        self.scope.bind(node.id, self.order, place)
        self.stores.append([range_, node.id, [place], False])
        return place

    def bind_unknown(self, name):
        self.order += 1
        self.scope.bind(name, self.order, 0)

    def use(self, node):
        self.order += 1
        self.uses.append(scopes.Use(node.id, self.scope, self.order, self.text.node(node)))

    def bound_calls(self, name, place, where):
        """The statements after `name` got a new value."""
        return [located(ast.Expr(bind_call(place, name, where)), where)]

    # ---- the whole

    def run(self, tree, inlines):
        self.assign_inlines(tree, inlines)
        tree.body = self.body(tree.body)
        return self.finish(tree)

    def finish(self, tree):
        free = {}
        uses = []
        best = scopes.Resolver(scopes.any_binding)
        ends = scopes.Resolver(scopes.is_untold)
        for use in self.uses:
            first, scope = best.first(use)
            untold, _ = ends.first(use)
            # It may have been bound before this text ran.
            unbound = untold is None and (scope is None or scope.parent is None)
            if unbound and use.name not in free:
                free[use.name] = self.place(use.name, None)
            place = free[use.name] if unbound else 0
            uses.append((use, use.name, place, True, unbound or first is None or first.place == 0))
        for use, name, place in self.chain_uses:
            uses.append((use, name, place, False, use.scope.parent is None or place == 0))
        return Instrumented(
            tree, self.places, uses, self.stores, free, self.inline_texts, self.inline_places, self.loops
        )

    def body(self, statements):
        out = []
        for statement in statements:
            before, after = self.statement(statement)
            inline_before, inline_after = self.inlines(statement)
            out.extend(before)
            out.extend(inline_before)
            out.extend(self.followed(statement))
            out.extend(after)
            out.extend(inline_after)
        return out

    # ---- statements: each answers (statements before it, statements after it)

    def statement(self, node):
        method = _METHODS.get(type(node))
        if method is not None:
            return method(self, node) or ((), ())
        self.expressions(node)
        return (), ()

    def expressions(self, node):
        """Walks the expressions that are a statement's own fields."""
        for field, value in ast.iter_fields(node):
            if isinstance(value, ast.expr):
                setattr(node, field, self.expression(value))
            elif isinstance(value, list):
                value[:] = [self.expression(item) if isinstance(item, ast.expr) else item for item in value]

    def targets(self, target, after):
        """Binds what `target` binds, and walks what it evaluates."""
        if isinstance(target, ast.Name):
            place = self.bind_name(target)
            after.extend(self.bound_calls(target.id, place, target))
            self.chains_after(target.id, after, target)
        elif isinstance(target, (ast.Tuple, ast.List)):
            for item in target.elts:
                self.targets(item, after)
        elif isinstance(target, ast.Starred):
            self.targets(target.value, after)
        elif isinstance(target, ast.Attribute):
            chain = chain_of(target)
            if chain:
                base, path = chain
                self.use(base)
                range_ = self.text.node(target)
                place = self.place(".".join([base.id, *path]), range_)
                self.stores.append([range_, ".".join([base.id, *path]), [place], False])
                call = ast.Expr(call_of(CHAIN, place, load(base.id), ast.Constant(tuple(path))))
                after.append(located(call, target))
            else:
                target.value = self.expression(target.value)
        elif isinstance(target, ast.Subscript):
            target.value = self.expression(target.value)
            target.slice = self.expression(target.slice)

    def do_Assign(self, node):
        node.value = self.expression(node.value)
        after = []
        for target in node.targets:
            self.targets(target, after)
        return (), after

    def do_AugAssign(self, node):
        after = []
        if isinstance(node.target, ast.Name):
            self.use(node.target)
            node.value = self.expression(node.value)
            self.targets(node.target, after)
            return (), after
        node.value = self.expression(node.value)
        self.targets(node.target, after)
        return (), after

    def do_AnnAssign(self, node):
        node.annotation = self.expression(node.annotation)
        after = []
        if node.value is not None:
            node.value = self.expression(node.value)
            self.targets(node.target, after)
        return (), after

    def do_Expr(self, node):
        value = node.value
        named = isinstance(value, ast.Attribute)
        node.value = self.expression(value)
        if named and node.value is value:
            place = self.place(self.text.source(value), self.text.node(value))
            node.value = located(call_of(UNCALLED, place, value), value)

    def do_Delete(self, node):
        for target in node.targets:
            if isinstance(target, ast.Name):
                self.bind_unknown(target.id)
            else:
                self.expression(target)

    def do_Global(self, node):
        self.scope.globals.update(node.names)

    def do_Nonlocal(self, node):
        self.scope.nonlocals.update(node.names)

    def do_Import(self, node):
        for alias in node.names:
            self.bind_unknown(alias.asname or alias.name.partition(".")[0])

    def do_ImportFrom(self, node):
        for alias in node.names:
            self.bind_unknown(alias.asname or alias.name)

    def looped(self, body):
        self.loop_count += 1
        outer = self.scope.loops
        self.scope.loops = (*outer, self.loop_count)
        result = body()
        self.scope.loops = outer
        return result

    def begin_loop(self, node, label, where):
        """The statements that begin each of its rounds."""
        if self.in_pieces or isinstance(node, ast.AsyncFor):
            return []
        number = self.first_loop + len(self.loops)
        self.loops.append([number, label, self.text.span((node.lineno, where.end_lineno, node.col_offset, where.end_col_offset))])
        self.loop_of[id(node)] = number
        return [located(ast.Expr(call_of(ROUND, number)), where)]

    def followed(self, node):
        """A loop inside of what tells where it begins and ends."""
        number = self.loop_of.get(id(node))
        if number is None:
            return [node]
        enter = located(ast.Expr(call_of(ENTER, number)), node)
        leave = located(ast.Expr(call_of(LEAVE, number)), node)
        return [enter, located(ast.Try([node], [], [], [leave]), node)]

    def do_For(self, node):
        label = f"for {self.text.source(node.target)} in {self.text.source(node.iter)}"
        rounds = self.begin_loop(node, label, node.iter)
        node.iter = self.expression(node.iter)

        def body():
            after = []
            self.targets(node.target, after)
            node.body = [*rounds, *after, *self.body(node.body)]

        self.looped(body)
        node.orelse = self.body(node.orelse)

    do_AsyncFor = do_For

    def do_While(self, node):
        rounds = self.begin_loop(node, f"while {self.text.source(node.test)}", node.test)

        def body():
            node.test = self.expression(node.test)
            node.body = [*rounds, *self.body(node.body)]

        self.looped(body)
        node.orelse = self.body(node.orelse)

    def do_If(self, node):
        node.test = self.expression(node.test)
        node.body = self.body(node.body)
        node.orelse = self.body(node.orelse)

    def do_With(self, node):
        after = []
        for item in node.items:
            item.context_expr = self.expression(item.context_expr)
            if item.optional_vars is not None:
                self.targets(item.optional_vars, after)
        node.body = [*after, *self.body(node.body)]

    do_AsyncWith = do_With

    def do_Try(self, node):
        node.body = self.body(node.body)
        for handler in node.handlers:
            if handler.type is not None:
                handler.type = self.expression(handler.type)
            if handler.name:
                self.bind_unknown(handler.name)
            handler.body = self.body(handler.body)
        node.orelse = self.body(node.orelse)
        node.finalbody = self.body(node.finalbody)

    do_TryStar = do_Try

    def do_Match(self, node):
        node.subject = self.expression(node.subject)
        for case in node.cases:
            captured = []
            for pattern in ast.walk(case.pattern):
                name = getattr(pattern, "name", None) or getattr(pattern, "rest", None)
                if isinstance(name, str):
                    place = self.place(name, None)
                    self.order += 1
                    self.scope.bind(name, self.order, place)
                    captured.extend(self.bound_calls(name, place, pattern))
            if case.guard is not None:
                case.guard = self.expression(case.guard)
            case.body = [*captured, *self.body(case.body)]

    def do_FunctionDef(self, node):
        node.decorator_list = [self.expression(item) for item in node.decorator_list]
        self.defaults(node.args)
        for argument in arguments(node.args):
            if argument.annotation is not None:
                argument.annotation = self.expression(argument.annotation)
        if node.returns is not None:
            node.returns = self.expression(node.returns)
        self.bind_unknown(node.name)
        outer, before = self.scope, (self.in_pieces, self.in_generator)
        self.in_pieces = isinstance(node, ast.AsyncFunctionDef) or _has(node, ast.YieldFrom)
        self.in_generator = not self.in_pieces and _has(node, ast.Yield)
        self.scope = scopes.Scope("function", outer)
        self.find_chains(node)
        entry = []
        if self.in_generator:
            entry.append(located(ast.Expr(ast.Call(load(BEGIN), [], [])), node.body[0]))
        for argument in arguments(node.args):
            name = name_of(argument)
            place = self.bind_name(name)
            entry.extend(self.bound_calls(argument.arg, place, name))
            self.chains_after(argument.arg, entry, name)
        body = self.body(node.body)
        node.body = [*body[:1], *entry, *body[1:]] if is_docstring(body) else [*entry, *body]
        self.scope = outer
        self.in_pieces, self.in_generator = before

    do_AsyncFunctionDef = do_FunctionDef

    def do_ClassDef(self, node):
        node.decorator_list = [self.expression(item) for item in node.decorator_list]
        node.bases = [self.expression(item) for item in node.bases]
        for keyword in node.keywords:
            keyword.value = self.expression(keyword.value)
        outer = self.scope
        self.scope = scopes.Scope("class", outer)
        node.body = self.body(node.body)
        self.scope = outer
        self.bind_unknown(node.name)

    def do_TypeAlias(self, node):
        self.bind_unknown(node.name.id)

    def defaults(self, arguments):
        arguments.defaults = [self.expression(item) for item in arguments.defaults]
        arguments.kw_defaults = [item and self.expression(item) for item in arguments.kw_defaults]

    # ---- attribute chains: x.grad, self.w, model.fc.weight

    def find_chains(self, function):
        """Chains on a function's own names are followed when the base is bound: later the object is gone."""
        callees = set()
        for node in ast.walk(function):
            if isinstance(node, ast.Call):
                callees.add(id(node.func))
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                chain = chain_of(node)
                if chain and id(node) not in callees:
                    base, path = chain
                    name = ".".join([base.id, *path])
                    chains = self.scope.chains.setdefault(base.id, {})
                    if tuple(path) not in chains:
                        chains[tuple(path)] = self.place(name, None)

    def chains_after(self, name, out, where):
        for path, place in self.scope.chains.get(name, {}).items():
            call = ast.Expr(call_of(CHAIN, place, load(name), ast.Constant(path)))
            out.append(located(call, where))

    # ---- expressions

    def expression(self, node):
        method = _METHODS.get(type(node))
        if method is not None:
            return method(self, node)
        for field in node._fields:
            value = getattr(node, field, None)
            if isinstance(value, ast.expr):
                setattr(node, field, self.expression(value))
            elif isinstance(value, list):
                for index, item in enumerate(value):
                    if isinstance(item, ast.expr):
                        value[index] = self.expression(item)
                    elif isinstance(item, ast.keyword):
                        item.value = self.expression(item.value)
        return node

    def do_Name(self, node):
        if isinstance(node.ctx, ast.Load):
            self.use(node)
        return node

    def do_Constant(self, node):
        return node

    def do_Attribute(self, node):
        chain = chain_of(node)
        if chain:
            base, path = chain
            self.use(base)
            place = self.scope.chains.get(base.id, {}).get(tuple(path), 0)
            use = scopes.Use(base.id, self.scope, self.order, self.text.node(node))
            self.chain_uses.append((use, ".".join([base.id, *path]), place))
            return node
        node.value = self.expression(node.value)
        return node

    def do_Call(self, node):
        if isinstance(node.func, ast.Attribute):
            # The callee `x.sum` is a method, not a tensor; what it belongs to may be one.
            node.func.value = self.expression(node.func.value)
        else:
            node.func = self.expression(node.func)
        node.args = [self.expression(item) for item in node.args]
        for keyword in node.keywords:
            keyword.value = self.expression(keyword.value)
        return node

    def do_NamedExpr(self, node):
        node.value = self.expression(node.value)
        scope = self.scope
        while self.scope.kind == "comprehension":
            self.scope = self.scope.parent
        place = self.bind_name(node.target)
        self.scope = scope
        return located(call_of(KEEP, place, node), node)

    def do_Lambda(self, node):
        self.defaults(node.args)
        outer, generator = self.scope, self.in_generator
        self.in_generator = False
        self.scope = scopes.Scope("function", outer)
        told = []
        for argument in arguments(node.args):
            name = name_of(argument)
            place = self.bind_name(name)
            told.append(bind_call(place, argument.arg, name))
        node.body = told_first(told, self.expression(node.body))
        self.scope = outer
        self.in_generator = generator
        return node

    def do_Yield(self, node):
        value = ast.Constant(None) if node.value is None else self.expression(node.value)
        if not self.in_generator:
            node.value = node.value and value
            return node
        node.value = located(ast.Call(load(SUSPEND), [value], []), node)
        return located(ast.Call(load(RESUME), [node], []), node)

    def comprehension(self, node, *fields):
        outer = self.scope
        generators = node.generators
        loops = self.begin_clauses(generators)
        # The first iterable is evaluated outside.
        generators[0].iter = self.expression(generators[0].iter)
        self.scope = scopes.Scope("comprehension", outer)
        told = []
        for index, generator in enumerate(generators):
            if index > 0:
                generator.iter = told_first(told, self.expression(generator.iter))
                told = []
            for target in ast.walk(generator.target):
                if isinstance(target, ast.Name) and isinstance(target.ctx, ast.Store):
                    place = self.bind_name(target)
                    told.append(bind_call(place, target.id, target))
            for position, test in enumerate(generator.ifs):
                test = self.expression(test)
                if position == 0:
                    test, told = told_first(told, test), []
                generator.ifs[position] = test
        for position, field in enumerate(fields):
            value = self.expression(getattr(node, field))
            if position == 0:
                value = told_first(told, value)
            setattr(node, field, value)
        self.scope = outer
        if loops:
            for inner, (generator, number) in enumerate(zip(generators, loops, strict=True)):
                iterator = ast.Call(load(ITER), [generator.iter], [])
                arguments_ = [ast.Constant(number), iterator, ast.Constant(inner)]
                generator.iter = located(ast.Call(load(EACH), arguments_, []), generator.iter)
            last = fields[-1]
            value = getattr(node, last)
            setattr(node, last, located(call_of(DONE, loops[0], value), value))
        return node

    def begin_clauses(self, generators):
        """The numbers of a comprehension's clauses as loops."""
        if self.in_pieces or any(generator.is_async for generator in generators):
            return []
        numbers = []
        for clause in generators:
            target, iterable = clause.target, clause.iter
            label = f"for {self.text.source(target)} in {self.text.source(iterable)}"
            numbers.append(self.first_loop + len(self.loops))
            head = (target.lineno, iterable.end_lineno, target.col_offset, iterable.end_col_offset)
            self.loops.append([numbers[-1], label, self.text.span(head)])
        return numbers

    def do_ListComp(self, node):
        return self.comprehension(node, "elt")

    do_SetComp = do_ListComp
    do_GeneratorExp = do_ListComp

    def do_DictComp(self, node):
        return self.comprehension(node, "key", "value")


_METHODS = {
    getattr(ast, name.removeprefix("do_")): method for name, method in vars(Instrumenter).items() if name.startswith("do_")
}


def _has(function, kind):
    """Whether it has a node of that kind that is not another function's."""
    waiting = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, kind):
            return True
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            waiting.extend(ast.iter_child_nodes(node))
    return False


def instrument(tree, text, inlines, first_place, first_loop=1):
    return Instrumenter(text, first_place, first_loop).run(tree, inlines)
