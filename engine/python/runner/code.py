"""The user's code as syntax trees with places in the document, and edits of it: what remedies are written with."""

import ast


class Cannot(Exception):
    """This code cannot be edited in the way that was tried."""


def contains(outer, inner):
    return tuple(outer[:2]) <= tuple(inner[:2]) and tuple(inner[2:]) <= tuple(outer[2:])


class Code:
    """All snippets of a document. Rows are places as the Report has them: [line, column, end line, end column]."""

    def __init__(self, text, snippets):
        self.text = text
        self.parents = {}
        self.by_row = {}
        self.trees = []
        self.spans = []  # first and last line (zero-based) of the tree at the same index
        for snippet in snippets:
            first = snippet["range"]["start"]["line"]
            try:
                tree = ast.parse("\n" * first + snippet["code"])
            except (SyntaxError, ValueError, RecursionError):
                continue
            self.trees.append(tree)
            self.spans.append((first, first + snippet["code"].count("\n")))
            self._index(tree)

    def _index(self, tree):
        stack = [tree]
        while stack:
            node = stack.pop()
            for child in ast.iter_child_nodes(node):
                self.parents[child] = node
                stack.append(child)
            if isinstance(node, (ast.expr, ast.stmt)):
                # Outer nodes come first.
                self.by_row.setdefault(tuple(self.row(node)), []).append(node)

    # ---- looking

    def row(self, node):
        return self.text.node(node)

    def source(self, node):
        """The text of a node; Cannot where it has more than one line."""
        if node.lineno != node.end_lineno:
            raise Cannot
        return self.line(node.lineno).encode()[node.col_offset : node.end_col_offset].decode()

    def line(self, number):
        """1-based."""
        return self.text.line(number)

    def at(self, row, kind=(ast.expr, ast.stmt)):
        """The node of a kind that stands exactly there."""
        for node in self.by_row.get(tuple(row), ()):
            if isinstance(node, kind):
                return node
        raise Cannot

    def call_at(self, row):
        return self.at(row, ast.Call)

    def around(self, row, kind):
        """The innermost node of a kind around a place, with the place itself."""
        best = None
        for other, nodes in self.by_row.items():
            if contains(other, row) and (best is None or contains(best[0], other)):
                for node in nodes:
                    if isinstance(node, kind):
                        best = (other, node)
        if best is None:
            raise Cannot
        return best[1]

    def parent(self, node):
        return self.parents.get(node)

    def statement(self, node):
        while not isinstance(node, ast.stmt):
            node = self.parents[node]
        return node

    def statement_at(self, row):
        return self.statement(self.around(row, (ast.expr, ast.stmt)))

    def enclosing(self, node, kind):
        """The nearest node of a kind around `node`, or None; does not leave a function."""
        node = self.parent(node)
        while node is not None and not isinstance(node, kind):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
                return None
            node = self.parent(node)
        return node

    def block(self, statement):
        """(the list of statements that it is one of, its index there)."""
        owner = self.parents[statement]
        for field in ("body", "orelse", "finalbody"):
            statements = getattr(owner, field, None)
            if isinstance(statements, list) and statement in statements:
                return statements, statements.index(statement)
        raise Cannot

    def alone(self, statement):
        """Raises Cannot where something else stands on the statement's lines."""
        before = self.line(statement.lineno).encode()[: statement.col_offset]
        behind = self.line(statement.end_lineno).encode()[statement.end_col_offset :].decode().strip()
        if before.strip() or (behind and not behind.startswith("#")):
            raise Cannot

    def indent(self, statement):
        return self.line(statement.lineno)[: statement.col_offset]

    def lines_of(self, statement):
        """The statement's lines without its indentation. Cannot where a string goes over several lines."""
        self.alone(statement)
        for node in ast.walk(statement):
            if isinstance(node, (ast.Constant, ast.JoinedStr)) and node.lineno != node.end_lineno:
                if isinstance(node, ast.JoinedStr) or isinstance(node.value, (str, bytes)):
                    raise Cannot
        width = statement.col_offset
        lines = [self.line(number) for number in range(self.first_line(statement), statement.end_lineno + 1)]
        return [line[width:] if line[:width].strip() == "" else line.lstrip() for line in lines]

    @staticmethod
    def first_line(statement):
        decorators = getattr(statement, "decorator_list", ())
        return min([statement.lineno, *(node.lineno for node in decorators)])

    def removed(self, number):
        """How many columns were cut off the 1-based line `number`: the indentation of a fence."""
        return self.text.from_bytes(number, 0)[1]

    def span_of(self, number):
        for first, last in self.spans:
            if first <= number - 1 <= last:
                return first + 1, last + 1
        raise Cannot

    # ---- edits: [row, new text]

    def replace(self, node, text):
        return [self.row(node), text]

    def insert_before_node(self, node, text):
        line, column, _, _ = self.row(node)
        return [[line, column, line, column], text]

    def insert_behind_node(self, node, text):
        _, _, line, column = self.row(node)
        return [[line, column, line, column], text]

    def insert_before(self, statement, *lines):
        first = self.first_line(statement)
        if self.line(first)[: statement.col_offset].strip():
            raise Cannot
        margin, indent = self.removed(first), self.indent(statement)
        text = "".join(f"{indent}{line}\n{' ' * margin}" for line in lines)
        return [[first - 1, margin, first - 1, margin], text]

    def insert_after(self, statement, *lines):
        last = statement.end_lineno
        self.alone(statement)
        margin, indent = " " * self.removed(last), self.indent(statement)
        end = [last - 1, self.text.end_of(last)[1]]
        return [[*end, *end], "".join(f"\n{margin}{indent}{line}" for line in lines)]

    def delete(self, *statements):
        """Takes whole statements away; what would leave a block empty leaves `pass`."""
        edits = []
        for statement in statements:
            self.alone(statement)
            block, _ = self.block(statement)
            if isinstance(self.parents[statement], ast.Module) or any(s not in statements for s in block):
                edits.append(self._delete_lines(self.first_line(statement), statement.end_lineno))
            else:
                edits.append(self.replace(statement, "pass"))
        return edits

    def _delete_lines(self, first, last):
        start, end = self.span_of(first)
        if first > start:
            return [[first - 2, self.text.end_of(first - 1)[1], last - 1, self.text.end_of(last)[1]], ""]
        if last < end:
            return [[first - 1, self.removed(first), last, self.removed(last + 1)], ""]
        return [[first - 1, self.removed(first), last - 1, self.text.end_of(last)[1]], ""]

    def move_after(self, statement, target):
        return [*self.delete(statement), self.insert_after(target, *self.lines_of(statement))]

    def wrap(self, statement, header):
        """`header`, and the statement as its body."""
        lines = self.lines_of(statement)
        indent, margin = self.indent(statement), " " * self.removed(statement.lineno)
        body = f"\n{margin}{indent}    ".join(lines)
        first, last = self.first_line(statement), statement.end_lineno
        row = [first - 1, self.removed(first), last - 1, self.text.end_of(last)[1]]
        return [row, f"{indent}{header}\n{margin}{indent}    {body}"]

    def unwrap(self, statement):
        """The body of a compound statement in place of the whole."""
        margin, indent = " " * self.removed(statement.lineno), self.indent(statement)
        lines = []
        # Comments between the statements go along.
        first, last = statement.body[0].lineno, statement.end_lineno
        width = statement.body[0].col_offset
        if first == statement.lineno:
            raise Cannot
        for inner in statement.body:
            self.lines_of(inner)
        for number in range(first, last + 1):
            line = self.line(number)
            lines.append(line[width:] if line[:width].strip() == "" else line.lstrip())
        row = [statement.lineno - 1, self.removed(statement.lineno), last - 1, self.text.end_of(last)[1]]
        return [row, f"\n{margin}".join(indent + line for line in lines)]

    def keyword(self, call, name, value):
        """`name=value` in a call: added, or in place of what is there."""
        for keyword in call.keywords:
            if keyword.arg == name:
                return self.replace(keyword.value, value)
        end = self.row(call)
        place = [end[2], end[3] - 1, end[2], end[3] - 1]
        given = [*call.args, *(keyword.value for keyword in call.keywords)]
        if not given:
            return [place, f"{name}={value}"]
        last = max(given, key=lambda node: (node.end_lineno, node.end_col_offset))
        if isinstance(last, ast.GeneratorExp) and len(given) == 1:
            raise Cannot
        return self.insert_behind_node(last, f", {name}={value}")

    def drop_keyword(self, call, name):
        """Takes `name=...` out of a call, with its comma."""
        found = next((keyword for keyword in call.keywords if keyword.arg == name), None)
        if found is None:
            raise Cannot
        given = [*call.args, *call.keywords]
        index = given.index(found)
        start, end = self._row_of_argument(found)[:2], self._row_of_argument(found)[2:]
        if index > 0:
            start = self._row_of_argument(given[index - 1])[2:]
        elif len(given) > 1:
            end = self._row_of_argument(given[1])[:2]
        return [[*start, *end], ""]

    def _row_of_argument(self, node):
        if isinstance(node, ast.keyword):
            return self.text.span((node.lineno, node.end_lineno, node.col_offset, node.end_col_offset))
        return self.row(node)

    def operand(self, node):
        """The text of an expression, in brackets where something is to be put behind it."""
        text = self.source(node)
        simple = (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.Constant)
        return text if isinstance(node, simple) else f"({text})"

    def enclosing_class(self, node):
        while node is not None and not isinstance(node, ast.ClassDef):
            node = self.parent(node)
        if node is None:
            raise Cannot
        return node
