"""Rewrites a snippet so that it tells what its names are bound to, without changing what it does.

After each binding of a name stands a call of a hidden helper with a number and the value. The helpers have
names that no program can write, so that neither `globals()` nor a local variable can clash with them.
Every inserted node takes the position of the name it reports, so that tracebacks and `co_positions` of the
user's own expressions stay as they are.
"""

import ast

from . import scopes

BIND = "<bind>"  # bind(place, value) -> None
KEEP = "<keep>"  # keep(place, value) -> value
CHAIN = "<chain>"  # chain(place, value, path) -> None: value.path without running a property
SHOW = "<show>"  # show(place, value) -> value
SHOW_ERROR = "<show error>"  # show_error(place, text or None): the exception being handled
EXCEPTION = "<Exception>"

_SIMPLE = (ast.Expr, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Return, ast.Assert)


class Instrumented:
    """The tree to compile and what its numbers mean."""

    __slots__ = ("tree", "places", "uses", "free", "inline_texts", "inline_places")

    def __init__(self, tree, places, uses, free, inline_texts, inline_places):
        self.tree = tree
        self.places = places  # [name, range or None] by place - first
        self.uses = uses  # [range, name, [places], from namespace]
        self.free = free  # name -> place: names that are read before anything here binds them
        self.inline_texts = inline_texts  # inline index -> expression, None: no value on that line
        self.inline_places = inline_places  # inline index -> place: the number that `show` is called with


_PLACED = (ast.expr, ast.stmt, ast.excepthandler)


def _located(node, where):
    """Gives `node` and its children without a position that of `where`."""
    if "lineno" in node.__dict__:
        # It is the user's own, and so is all below it.
        return node
    if isinstance(node, _PLACED):
        node.lineno = where.lineno
        node.col_offset = where.col_offset
        node.end_lineno = where.end_lineno
        node.end_col_offset = where.end_col_offset
    for value in node.__dict__.values():
        if isinstance(value, ast.AST):
            _located(value, where)
        elif type(value) is list:
            for item in value:
                if isinstance(item, ast.AST):
                    _located(item, where)
    return node


def _bind_call(place, name, where):
    """`bind(place, name)`; made by hand, because it is made so often."""
    line, column, end_line, end_column = where.lineno, where.col_offset, where.end_lineno, where.end_col_offset
    at = {"lineno": line, "col_offset": column, "end_lineno": end_line, "end_col_offset": end_column}
    arguments = [ast.Constant(place, **at), ast.Name(name, ast.Load(), **at)]
    return ast.Call(ast.Name(BIND, ast.Load(), **at), arguments, [], **at)


def _load(name):
    return ast.Name(name, ast.Load())


def _call(helper, number, *values):
    return ast.Call(_load(helper), [ast.Constant(number), *values], [])


class Instrumenter:
    """One walk over the tree in the order of evaluation."""

    def __init__(self, text, first_place):
        self.text = text
        self.first = first_place
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
        return [_located(ast.Expr(_bind_call(place, name, where)), where)]

    # ---- the whole

    def run(self, tree, inlines):
        self.assign_inlines(tree, inlines)
        tree.body = self.body(tree.body)
        return self.finish(tree)

    def finish(self, tree):
        free = {}
        rows = []
        for use in self.uses:
            found, unbound = scopes.candidates(use)
            if unbound:
                if use.name not in free:
                    free[use.name] = self.place(use.name, None)
                found = [*found, free[use.name]]
            rows.append([use.range, use.name, found, not found or unbound])
        for use, name, own in self.chain_uses:
            rows.append([use.range, name, own, use.scope.parent is None or not own])
        return Instrumented(tree, self.places, rows + self.stores, free, self.inline_texts, self.inline_places)

    def body(self, statements):
        out = []
        for statement in statements:
            before, after = self.statement(statement)
            inline_before, inline_after = self.inlines(statement)
            out.extend(before)
            out.extend(inline_before)
            out.append(statement)
            out.extend(after)
            out.extend(inline_after)
        return out

    # ---- statements: each answers (statements before it, statements after it)

    def statement(self, node):
        method = getattr(self, "do_" + type(node).__name__, None)
        if method is not None:
            return method(node) or ((), ())
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
            chain = _chain(target)
            if chain:
                base, path = chain
                self.use(base)
                range_ = self.text.node(target)
                place = self.place(".".join([base.id, *path]), range_)
                self.stores.append([range_, ".".join([base.id, *path]), [place], False])
                call = ast.Expr(_call(CHAIN, place, _load(base.id), ast.Constant(tuple(path))))
                after.append(_located(call, target))
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

    def do_For(self, node):
        node.iter = self.expression(node.iter)

        def body():
            after = []
            self.targets(node.target, after)
            node.body = [*after, *self.body(node.body)]

        self.looped(body)
        node.orelse = self.body(node.orelse)

    do_AsyncFor = do_For

    def do_While(self, node):
        def body():
            node.test = self.expression(node.test)
            node.body = self.body(node.body)

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
        for argument in _arguments(node.args):
            if argument.annotation is not None:
                argument.annotation = self.expression(argument.annotation)
        if node.returns is not None:
            node.returns = self.expression(node.returns)
        self.bind_unknown(node.name)
        outer = self.scope
        self.scope = scopes.Scope("function", outer)
        self.find_chains(node)
        entry = []
        for argument in _arguments(node.args):
            name = _name_of(argument)
            place = self.bind_name(name)
            entry.extend(self.bound_calls(argument.arg, place, name))
            self.chains_after(argument.arg, entry, name)
        body = self.body(node.body)
        node.body = [*body[:1], *entry, *body[1:]] if _is_docstring(body) else [*entry, *body]
        self.scope = outer

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
                chain = _chain(node)
                if chain and id(node) not in callees:
                    base, path = chain
                    name = ".".join([base.id, *path])
                    chains = self.scope.chains.setdefault(base.id, {})
                    if tuple(path) not in chains:
                        chains[tuple(path)] = self.place(name, None)

    def chains_after(self, name, out, where):
        for path, place in self.scope.chains.get(name, {}).items():
            call = ast.Expr(_call(CHAIN, place, _load(name), ast.Constant(path)))
            out.append(_located(call, where))

    # ---- expressions

    def expression(self, node):
        method = getattr(self, "do_" + type(node).__name__, None)
        if method is not None:
            return method(node)
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
        chain = _chain(node)
        if chain:
            base, path = chain
            self.use(base)
            own = self.scope.chains.get(base.id, {}).get(tuple(path))
            use = scopes.Use(base.id, self.scope, self.order, self.text.node(node))
            self.chain_uses.append((use, ".".join([base.id, *path]), [] if own is None else [own]))
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
        return _located(_call(KEEP, place, node), node)

    def do_Lambda(self, node):
        self.defaults(node.args)
        outer = self.scope
        self.scope = scopes.Scope("function", outer)
        told = []
        for argument in _arguments(node.args):
            name = _name_of(argument)
            place = self.bind_name(name)
            told.append(_bind_call(place, argument.arg, name))
        node.body = _first(told, self.expression(node.body))
        self.scope = outer
        return node

    def comprehension(self, node, *fields):
        outer = self.scope
        generators = node.generators
        # The first iterable is evaluated outside.
        generators[0].iter = self.expression(generators[0].iter)
        self.scope = scopes.Scope("comprehension", outer)
        told = []
        for index, generator in enumerate(generators):
            if index > 0:
                generator.iter = _first(told, self.expression(generator.iter))
                told = []
            for target in ast.walk(generator.target):
                if isinstance(target, ast.Name) and isinstance(target.ctx, ast.Store):
                    place = self.bind_name(target)
                    told.append(_bind_call(place, target.id, target))
            for position, test in enumerate(generator.ifs):
                test = self.expression(test)
                if position == 0:
                    test, told = _first(told, test), []
                generator.ifs[position] = test
        for position, field in enumerate(fields):
            value = self.expression(getattr(node, field))
            if position == 0:
                value = _first(told, value)
            setattr(node, field, value)
        self.scope = outer
        return node

    def do_ListComp(self, node):
        return self.comprehension(node, "elt")

    do_SetComp = do_ListComp
    do_GeneratorExp = do_ListComp

    def do_DictComp(self, node):
        return self.comprehension(node, "key", "value")

    # ---- inline values

    def assign_inlines(self, tree, inlines):
        """Each `#?` belongs to the last and innermost statement on its line."""
        if not inlines:
            return
        statements = [node for node in ast.walk(tree) if isinstance(node, ast.stmt)]
        for index, inline in enumerate(inlines):
            self.inline_texts[index] = None
            self.inline_places[index] = self.place("", None)
            best = None
            for node in statements:
                last = node.end_lineno
                if getattr(node, "body", None):
                    last = max(node.lineno, node.body[0].lineno - 1)
                if node.lineno <= inline.line <= last:
                    if best is None or (node.lineno, node.col_offset) > (best.lineno, best.col_offset):
                        best = node
            if best is not None:
                self.inline_of.setdefault(id(best), []).append((index, inline))

    def inlines(self, node):
        before, after = [], []
        for index, inline in self.inline_of.get(id(node), ()):
            if inline.expression is not None:
                self.inline_texts[index] = inline.expression
                made = self.inline_expression(index, inline)
                if isinstance(node, (ast.Return, ast.Raise, ast.Break, ast.Continue)):
                    before.append(made)
                elif getattr(node, "body", None) and not isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                    node.body.insert(0, made)
                else:
                    after.append(made)
            else:
                self.inline_statement(index, node, after)
        return before, after

    def inline_expression(self, index, inline):
        """`#? expression`, evaluated where it stands; what goes wrong in it stays in it."""
        where = _Where(inline)
        try:
            value = ast.parse(inline.expression, mode="eval").body
            if any(isinstance(part, (ast.Yield, ast.YieldFrom, ast.Await, ast.NamedExpr)) for part in ast.walk(value)):
                raise SyntaxError("a value to show can neither bind names nor wait")
            for part in ast.walk(value):
                if hasattr(part, "lineno"):
                    part.lineno = part.end_lineno = inline.line
                    part.col_offset += where.shift
                    part.end_col_offset += where.shift
        except (SyntaxError, ValueError) as error:
            text = ast.Constant(f"{type(error).__name__}: {getattr(error, 'msg', error)}")
            return _located(ast.Expr(_call(SHOW_ERROR, self.inline_places[index], text)), where)
        shown = ast.Expr(_call(SHOW, self.inline_places[index], value))
        failed = ast.ExceptHandler(_load(EXCEPTION), None, [ast.Expr(_call(SHOW_ERROR, self.inline_places[index], ast.Constant(None)))])
        return _located(ast.Try([shown], [failed], [], []), where)

    def inline_statement(self, index, node, after):
        """`#?`: the value of the line's own statement."""
        if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            names = _plain_names(target)
            if names and node.value is not None:
                value = _load(names[0]) if isinstance(target, ast.Name) else ast.Tuple([_load(n) for n in names], ast.Load())
                after.append(_located(ast.Expr(_call(SHOW, self.inline_places[index], value)), target))
                self.inline_texts[index] = ", ".join(names)
            elif node.value is not None and not isinstance(node, ast.AugAssign):
                self.inline_texts[index] = ast.unparse(target)
                node.value = _located(_call(SHOW, self.inline_places[index], node.value), node.value)
            return
        field = "test" if isinstance(node, (ast.If, ast.While, ast.Assert)) else "value"
        if isinstance(node, (ast.For, ast.AsyncFor)):
            names = _plain_names(node.target)
            if names:
                value = _load(names[0]) if len(names) == 1 else ast.Tuple([_load(n) for n in names], ast.Load())
                node.body.insert(0, _located(ast.Expr(_call(SHOW, self.inline_places[index], value)), node.target))
                self.inline_texts[index] = ", ".join(names)
            return
        value = getattr(node, field, None)
        if isinstance(value, ast.expr) and isinstance(node, (*_SIMPLE, ast.If, ast.While)):
            self.inline_texts[index] = self.text.source(value)
            setattr(node, field, _located(_call(SHOW, self.inline_places[index], value), value))


class _Where:
    """The position of a `#?` comment, for nodes made from it."""

    def __init__(self, inline):
        self.lineno = self.end_lineno = inline.line
        self.shift = inline.column
        self.col_offset = inline.column
        self.end_col_offset = inline.column + len(inline.expression or "")


def _first(told, value):
    """`value`, after the calls `told`; they return None, so that `or` gives the value itself, untested."""
    if not told:
        return value
    return _located(ast.BoolOp(ast.Or(), [*told, value]), value)


def _chain(node):
    """(the Name at the base, [attributes]) of `a.b.c`, or None."""
    path = []
    while isinstance(node, ast.Attribute):
        path.append(node.attr)
        node = node.value
    if isinstance(node, ast.Name) and path:
        return node, path[::-1]
    return None


def _plain_names(target):
    """The names of a target that is nothing but names."""
    if isinstance(target, ast.Name):
        return [target.id]
    if isinstance(target, (ast.Tuple, ast.List)) and all(isinstance(item, ast.Name) for item in target.elts):
        return [item.id for item in target.elts]
    return []


def _arguments(arguments):
    return [
        *arguments.posonlyargs,
        *arguments.args,
        *([arguments.vararg] if arguments.vararg else []),
        *arguments.kwonlyargs,
        *([arguments.kwarg] if arguments.kwarg else []),
    ]


def _name_of(argument):
    """A parameter as a name node: its range is the name without the annotation."""
    end = argument.col_offset + len(argument.arg.encode("utf-8"))
    return ast.Name(
        argument.arg,
        ast.Store(),
        lineno=argument.lineno,
        col_offset=argument.col_offset,
        end_lineno=argument.lineno,
        end_col_offset=end,
    )


def _is_docstring(body):
    return bool(body) and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant) and isinstance(
        body[0].value.value, str
    )


def instrument(tree, text, inlines, first_place):
    return Instrumenter(text, first_place).run(tree, inlines)
