"""Where in the user's code something happens, as an interned number: one look-up per operator.

The torch package calls `here` and passes the number to the engine; what it means is asked for at the end.
"""

from sys import _getframe

_files = {}  # co_filename -> (name in the Report or None for the document, Text)
_tables = {}  # id(code) -> {f_lasti: site}
_codes = []  # keeps the codes alive, so that an id means the same for the whole run
_places = [None]  # site -> (code, f_lasti)
_resolved = 1  # sites below this were handed out already
_MOST = 2**17  # sites that a call of the engine can tell apart


def clear():
    global _resolved
    _files.clear()
    _tables.clear()
    _codes.clear()
    del _places[1:]
    _resolved = 1


def add_file(filename, name, text):
    """Frames of code with this `co_filename` are the user's from now on."""
    _files[filename] = (name, text)


def is_user(code):
    return code.co_filename in _files


def document_file(code):
    """Whether the code belongs to the document itself."""
    entry = _files.get(code.co_filename)
    return entry is not None and entry[0] is None


def here(depth=1):
    """The site of the innermost frame of user code that called, or 0. `depth`: the first frame that may be it."""
    frame = _getframe(depth)
    while frame is not None:
        code = frame.f_code
        table = _tables.get(id(code))
        if table is None:
            if code.co_filename not in _files:
                frame = frame.f_back
                continue
            return of_frame(frame)
        return table.get(frame.f_lasti) or of_frame(frame)
    return 0


def of_frame(frame):
    """The site of the instruction that a frame of user code is at."""
    code = frame.f_code
    table = _tables.get(id(code))
    if table is None:
        table = _tables[id(code)] = {}
        _codes.append(code)
    lasti = frame.f_lasti
    site = table.get(lasti)
    if site is None:
        site = table[lasti] = len(_places)
        _places.append((code, lasti))
    return site


def user_place(depth=1):
    """(code, f_lasti) of the innermost frame of the document itself, or None."""
    frame = _getframe(depth)
    while frame is not None:
        code = frame.f_code
        entry = _files.get(code.co_filename)
        if entry is not None and entry[0] is None:
            return code, frame.f_lasti
        frame = frame.f_back
    return None


def positions(code, lasti):
    """What ``co_positions`` says about one instruction: (line, end line, column, end column)."""
    for index, found in enumerate(code.co_positions()):
        if index * 2 == lasti:
            return found
    return (code.co_firstlineno, code.co_firstlineno, None, None)


def span(code, lasti):
    """(name of the file or None, [start line, start column, end line, end column])."""
    name, text = _files[code.co_filename]
    return name, text.span(positions(code, lasti))


def take_new():
    """Rows [site, file or None, range] of the sites that came up since the last call."""
    global _resolved
    rows = []
    tables = {}
    for site in range(_resolved, len(_places)):
        code, lasti = _places[site]
        found = tables.get(id(code))
        if found is None:
            found = tables[id(code)] = list(code.co_positions())
        name, text = _files[code.co_filename]
        index = lasti // 2
        where = found[index] if 0 <= index < len(found) else (code.co_firstlineno, None, None, None)
        rows.append([site, name, text.span(where)])
    _resolved = len(_places)
    return rows
