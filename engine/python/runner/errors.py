"""An exception as the Report has it: type, exact text, innermost place in the document, traceback."""

import traceback

from . import sites


def describe(error, text, whole, is_engine):
    """`is_engine` tells a file of ours by its name: its frames are no part of what the user wrote."""
    cls = type(error)
    range_ = place_of(error, text)
    return {
        "type": cls.__name__,
        "message": _message(error),
        "range": range_ or whole,
        "traceback": _traceback(error, is_engine),
    }


def _message(error):
    if isinstance(error, SyntaxError) and error.msg:
        # str() adds "(file, line 3)", which is what `range` says.
        return str(error.msg)
    try:
        return str(error)
    except Exception as broken:
        return f"<exception str() failed: {type(broken).__name__}>"


def place_of(error, text):
    """The innermost place in the document that the exception passed, or None."""
    found = None
    frame = error.__traceback__
    while frame is not None:
        code = frame.tb_frame.f_code
        if sites.document_file(code):
            found = (code, frame.tb_lasti)
        frame = frame.tb_next
    if isinstance(error, SyntaxError) and error.filename is not None and (found is None or _of_document(error)):
        place = _syntax_place(error, text)
        if place is not None:
            return place
    return sites.span(*found)[1] if found else None


def _of_document(error):
    entry = sites._files.get(error.filename)
    return entry is not None and entry[0] is None


def _syntax_place(error, text):
    if not _of_document(error) or error.lineno is None:
        return None
    line = error.lineno
    content = text.line(line)
    column = max((error.offset or 1) - 1, 0)
    end_line = error.end_lineno or line
    end = (error.end_offset or 0) - 1
    if end_line < line or (end_line == line and end <= column):
        end_line, end = line, column + 1
    if column >= len(content):
        # At the end of the line, where nothing can be underlined: take the line.
        return text.whole_line(line)
    return [*text.from_characters(line, column), *text.from_characters(end_line, end)]


def _traceback(error, is_engine):
    try:
        whole = traceback.TracebackException(type(error), error, error.__traceback__, compact=True)
        _leave_out(whole, is_engine, set())
        return "".join(whole.format())
    except Exception:
        # A __str__ or __repr__ of the user's may raise anything here.
        return "".join(traceback.format_exception_only(type(error)))


def _leave_out(part, is_engine, seen):
    if part is None or id(part) in seen:
        return
    seen.add(id(part))
    part.stack[:] = [frame for frame in part.stack if not is_engine(frame.filename)]
    _leave_out(part.__cause__, is_engine, seen)
    _leave_out(part.__context__, is_engine, seen)
    for inner in part.exceptions or ():
        _leave_out(inner, is_engine, seen)
