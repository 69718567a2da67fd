"""What the code prints, and which statement printed it."""

import io

from . import sites


class Output:
    """Collects the text of stdout and stderr in the order written, up to a number of characters per snippet."""

    def __init__(self, statement_range, tell=None):
        """`statement_range` finds a statement by a place in it; `tell` hears of everything at once."""
        self.statement_range = statement_range
        self.tell = tell
        self.clear(0)

    def clear(self, limit):
        self.limit = limit
        self.left = limit
        self.chunks = []  # [text, code, f_lasti]
        self.ranges = {}

    def write(self, text):
        if not text or self.left < 0:
            return
        place = sites.user_place(3)
        code, lasti = place if place else (None, 0)
        if len(text) > self.left:
            text = text[: self.left] + f"\n[output cut off after {self.limit} characters]\n"
            self.left = -1
        else:
            self.left -= len(text)
        if self.tell is not None:
            self.tell(text, *(self.range_of(code, lasti) or (0, 0, 0, 0)))
        if self.chunks:
            last = self.chunks[-1]
            # One print() writes several times; each printed line of a loop is an entry of its own.
            if last[1] is code and last[2] == lasti and not last[0].endswith("\n"):
                last[0] += text
                return
        self.chunks.append([text, code, lasti])

    def range_of(self, code, lasti):
        """The statement at a place, as [line, character, end line, end character]; None for no place."""
        if code is None:
            return None
        key = (id(code), lasti)
        if key not in self.ranges:
            self.ranges[key] = self.statement_range(sites.positions(code, lasti))
        return self.ranges[key]

    def entries(self, whole):
        """[text, range] per entry; `whole` is the range of what has no place."""
        return [[text, self.range_of(code, lasti) or whole] for text, code, lasti in self.chunks]


class Stream(io.TextIOBase):
    """sys.stdout or sys.stderr."""

    encoding = "utf-8"
    errors = "strict"
    newlines = None

    def __init__(self, output, name):
        self._output = output
        self.name = name
        self.buffer = _Bytes(self)

    def writable(self):
        return True

    def write(self, text):
        if type(text) is not str:
            if not isinstance(text, str):
                raise TypeError(f"write() argument must be str, not {type(text).__name__}")
            text = str(text)
        self._output.write(text)
        return len(text)

    def isatty(self):
        return False

    def fileno(self):
        raise io.UnsupportedOperation("fileno")

    def close(self):
        pass


class _Bytes(io.RawIOBase):
    """`sys.stdout.buffer`: bytes are shown as UTF-8."""

    def __init__(self, stream):
        self._stream = stream

    def writable(self):
        return True

    def write(self, data):
        text = bytes(data).decode("utf-8", "replace")
        self._stream.write(text)
        return len(data)


class NoInput(io.TextIOBase):
    """sys.stdin: nobody is there to type."""

    name = "<stdin>"
    encoding = "utf-8"

    def readable(self):
        return True

    def _refuse(self, *_):
        raise EOFError("there is no keyboard here: write the value into the code instead of reading it")

    read = readline = readlines = __next__ = _refuse
