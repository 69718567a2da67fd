"""Pieces of syntax trees that are put into the user's: the hidden helpers' names, their calls, their places."""

import ast

BIND = "<bind>"  # bind(place, value) -> None
KEEP = "<keep>"  # keep(place, value) -> value
CHAIN = "<chain>"  # chain(place, value, path) -> None: value.path without running a property
SHOW = "<show>"  # show(place, value) -> value
SHOW_ERROR = "<show error>"  # show_error(place, text or None): the exception being handled
EXCEPTION = "<Exception>"
ENTER = "<enter>"  # enter(loop) -> None, before a loop begins
ROUND = "<round>"  # round(loop) -> None, as each of its rounds begins
LEAVE = "<leave>"  # leave(loop) -> None, however it ended
ITER = "<iter>"  # iter(iterable) -> iterator, at the moment at which a comprehension asks for it
EACH = "<each>"  # each(loop, iterator, inner) -> iterator: the elements of a comprehension's clause, a round each
DONE = "<done>"  # done(loop, value) -> value: an element of the comprehension is there
BEGIN = "<begin>"  # begin() -> None: the body of a generator begins
SUSPEND = "<suspend>"  # suspend(value) -> value: before it yields
RESUME = "<resume>"  # resume(value) -> value: after it did
UNCALLED = "<uncalled>"  # uncalled(place, value) -> value: a statement of a method that is not called

_PLACED = (ast.expr, ast.stmt, ast.excepthandler)


_BLOCKS = ("body", "handlers", "orelse", "finalbody", "cases")


def statements_of(tree):
    """All statements below it, in the order of ``ast.walk``, which looks into every expression as well."""
    found = []
    waiting = [tree]
    for node in waiting:
        if isinstance(node, ast.stmt):
            found.append(node)
        inside = node.__dict__
        for block in _BLOCKS:
            if block in inside:
                waiting.extend(inside[block])
    return found


def located(node, where):
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
            located(value, where)
        elif type(value) is list:
            for item in value:
                if isinstance(item, ast.AST):
                    located(item, where)
    return node


def bind_call(place, name, where):
    """`bind(place, name)`; made by hand, because it is made so often."""
    line, column, end_line, end_column = where.lineno, where.col_offset, where.end_lineno, where.end_col_offset
    at = {"lineno": line, "col_offset": column, "end_lineno": end_line, "end_col_offset": end_column}
    arguments = [ast.Constant(place, **at), ast.Name(name, ast.Load(), **at)]
    return ast.Call(ast.Name(BIND, ast.Load(), **at), arguments, [], **at)


def load(name):
    return ast.Name(name, ast.Load())


def call_of(helper, number, *values):
    return ast.Call(load(helper), [ast.Constant(number), *values], [])


def told_first(told, value):
    """`value`, after the calls `told`; they return None, so that `or` gives the value itself, untested."""
    if not told:
        return value
    return located(ast.BoolOp(ast.Or(), [*told, value]), value)


def chain_of(node):
    """(the Name at the base, [attributes]) of `a.b.c`, or None."""
    path = []
    while isinstance(node, ast.Attribute):
        path.append(node.attr)
        node = node.value
    if isinstance(node, ast.Name) and path:
        return node, path[::-1]
    return None


def arguments(arguments):
    return [
        *arguments.posonlyargs,
        *arguments.args,
        *([arguments.vararg] if arguments.vararg else []),
        *arguments.kwonlyargs,
        *([arguments.kwarg] if arguments.kwarg else []),
    ]


def name_of(argument):
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


def is_docstring(body):
    return bool(body) and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant) and isinstance(
        body[0].value.value, str
    )
