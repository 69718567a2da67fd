"""Places in the document: from Python's lines and UTF-8 columns to the Report's lines and UTF-16 columns."""


def utf16_length(text):
    """How many UTF-16 code units `text` has."""
    return len(text) if text.isascii() else len(text) + sum(character > "\uffff" for character in text)


class Text:
    """One file's lines, some of which may be unknown (between snippets), and what was cut off their left side."""

    def __init__(self, first, lines, indent=()):
        self.first = first
        self.lines = lines
        self.indent = indent
        self.shifts = {}  # line number -> what to add to its columns, None where they have to be counted

    def line(self, number):
        """The text of the 1-based line `number`, or ''."""
        index = number - 1 - self.first
        return self.lines[index] if 0 <= index < len(self.lines) else ""

    def _at(self, number, column):
        index = number - 1 - self.first
        removed = self.indent[index] if 0 <= index < len(self.indent) else 0
        return (number - 1, column + removed)

    def from_bytes(self, number, column):
        """Zero-based line and UTF-16 column of a 1-based line and a UTF-8 column."""
        line = self.line(number)
        if not line.isascii():
            column = utf16_length(line.encode("utf-8")[:column].decode("utf-8", "ignore"))
        return self._at(number, column)

    def from_characters(self, number, column):
        """The same for a column that counts characters."""
        return self._at(number, utf16_length(self.line(number)[: max(column, 0)]))

    def end_of(self, number):
        return self._at(number, utf16_length(self.line(number)))

    def _shift(self, number):
        index = number - 1 - self.first
        plain = self.line(number).isascii()
        removed = self.indent[index] if 0 <= index < len(self.indent) else 0
        shift = self.shifts[number] = removed if plain else None
        return shift

    def node(self, node):
        """[start line, start column, end line, end column] of a node of the syntax tree."""
        number = node.lineno
        if number == node.end_lineno:
            # Most names by far: one line, and that of ASCII.
            shift = self.shifts[number] if number in self.shifts else self._shift(number)
            if shift is not None:
                return [number - 1, node.col_offset + shift, number - 1, node.end_col_offset + shift]
        return self.span((node.lineno, node.end_lineno, node.col_offset, node.end_col_offset))

    def span(self, positions):
        """The same for what ``co_positions`` yields; missing columns mean whole lines."""
        line, end_line, column, end_column = positions
        if line is None:
            line = end_line = self.first + 1
        if end_line is None:
            end_line = line
        if column is None or end_column is None:
            text = self.line(line)
            start = self.from_characters(line, len(text) - len(text.lstrip()))
            return [*start, *self.end_of(end_line)]
        return [*self.from_bytes(line, column), *self.from_bytes(end_line, end_column)]

    def source(self, node):
        """The text of a node of the syntax tree, on one line."""
        lines = [self.line(number).encode("utf-8") for number in range(node.lineno, node.end_lineno + 1)]
        lines[-1] = lines[-1][: node.end_col_offset]
        lines[0] = lines[0][node.col_offset :]
        return " ".join(b" ".join(lines).decode("utf-8", "replace").split())

    def whole_line(self, number):
        return self.span((number, number, None, None))
