"""`#?`: which statement a comment belongs to, and the code that shows its value."""

import ast

from .tree import EXCEPTION, SHOW, SHOW_ERROR, call_of, load, located, statements_of

_NOT_SHOWN = (ast.Yield, ast.YieldFrom, ast.Await, ast.NamedExpr)
_SIMPLE = (ast.Expr, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Return, ast.Assert)


class InlineValues:
    """The part of the Instrumenter that knows `#?`."""

    def assign_inlines(self, tree, inlines):
        """Each `#?` belongs to the last and innermost statement on its line."""
        if not inlines:
            return
        statements = statements_of(tree)
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
            if any(isinstance(part, _NOT_SHOWN) for part in ast.walk(value)):
                raise SyntaxError("a value to show can neither bind names nor wait")
            for part in ast.walk(value):
                if hasattr(part, "lineno"):
                    part.lineno = part.end_lineno = inline.line
                    part.col_offset += where.shift
                    part.end_col_offset += where.shift
        except (SyntaxError, ValueError) as error:
            text = ast.Constant(f"{type(error).__name__}: {getattr(error, 'msg', error)}")
            return located(ast.Expr(call_of(SHOW_ERROR, self.inline_places[index], text)), where)
        shown = ast.Expr(call_of(SHOW, self.inline_places[index], value))
        error = ast.Expr(call_of(SHOW_ERROR, self.inline_places[index], ast.Constant(None)))
        failed = ast.ExceptHandler(load(EXCEPTION), None, [error])
        return located(ast.Try([shown], [failed], [], []), where)

    def inline_statement(self, index, node, after):
        """`#?`: the value of the line's own statement."""
        if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            names = _plain_names(target)
            if names and node.value is not None:
                value = load(names[0]) if isinstance(target, ast.Name) else ast.Tuple([load(n) for n in names], ast.Load())
                after.append(located(ast.Expr(call_of(SHOW, self.inline_places[index], value)), target))
                self.inline_texts[index] = ", ".join(names)
            elif node.value is not None and not isinstance(node, ast.AugAssign):
                self.inline_texts[index] = ast.unparse(target)
                node.value = located(call_of(SHOW, self.inline_places[index], node.value), node.value)
            return
        field = "test" if isinstance(node, (ast.If, ast.While, ast.Assert)) else "value"
        if isinstance(node, (ast.For, ast.AsyncFor)):
            names = _plain_names(node.target)
            if names:
                value = load(names[0]) if len(names) == 1 else ast.Tuple([load(n) for n in names], ast.Load())
                node.body.insert(0, located(ast.Expr(call_of(SHOW, self.inline_places[index], value)), node.target))
                self.inline_texts[index] = ", ".join(names)
            return
        value = getattr(node, field, None)
        if isinstance(value, ast.expr) and isinstance(node, (*_SIMPLE, ast.If, ast.While)):
            self.inline_texts[index] = self.text.source(value)
            setattr(node, field, located(call_of(SHOW, self.inline_places[index], value), value))


class _Where:
    """The position of a `#?` comment, for nodes made from it."""

    def __init__(self, inline):
        self.lineno = self.end_lineno = inline.line
        self.shift = inline.column
        self.col_offset = inline.column
        self.end_col_offset = inline.column + len(inline.expression or "")


def _plain_names(target):
    """The names of a target that is nothing but names."""
    if isinstance(target, ast.Name):
        return [target.id]
    if isinstance(target, (ast.Tuple, ast.List)) and all(isinstance(item, ast.Name) for item in target.elts):
        return [item.id for item in target.elts]
    return []
