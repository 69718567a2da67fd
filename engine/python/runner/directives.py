"""What the comments of a snippet ask for: `#?`, `#? expression` and `# grad: ignore[rule]`."""

import io
import re
import tokenize

_INLINE = re.compile(r"#\?[ \t]*(.*)$")
_IGNORE = re.compile(r"#[ \t]*grad:[ \t]*ignore(?:\[([^\]]*)\])?")


class Inline:
    """A `#?`: `expression` is None when the line's own value is wanted."""

    __slots__ = ("line", "expression", "column")

    def __init__(self, line, expression, column):
        self.line = line
        self.expression = expression
        self.column = column


def read(source):
    """(inline values, ignores as {"line", "rules"}) of `source`; lines of Inline are 1-based, others 0-based.

    Only the tokenizer tells a comment from a string. Code that has no tokens has a SyntaxError, which is
    reported when it is compiled.
    """
    inlines = []
    ignores = []
    if "#?" not in source and "grad:" not in source:
        return inlines, ignores
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type != tokenize.COMMENT:
                continue
            line, column = token.start
            found = _INLINE.search(token.string)
            if found:
                expression = found.group(1).strip()
                inlines.append(Inline(line, expression or None, column + found.start(1)))
            found = _IGNORE.search(token.string)
            if found:
                rules = [rule.strip() for rule in (found.group(1) or "").split(",")]
                ignores.append({"line": line - 1, "rules": [rule for rule in rules if rule]})
    except (tokenize.TokenError, SyntaxError):
        pass
    return inlines, ignores
