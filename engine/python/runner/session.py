"""One run of a document: its snippets from top to bottom, in one namespace unless one asks for its own.

The host puts Python's memory back after every run, so nothing here cleans up.
"""

import ast
import builtins
import json
import linecache
import os
import signal
import sys
import time
import traceback
import types

from . import absent, directives, errors, instrument, loop, names, remedies, siblings, sites, surroundings
from .output import NoInput, Output, Stream
from .text import Text
from .tree import (
    BEGIN,
    BIND,
    CHAIN,
    DONE,
    EACH,
    ENTER,
    EXCEPTION,
    ITER,
    KEEP,
    LEAVE,
    RESUME,
    ROUND,
    SHOW,
    SHOW_ERROR,
    SUSPEND,
    UNCALLED,
    chain_of,
    statements_of,
)

_FOLDER = "/home/user"
_ENGINE_FILES = (os.path.dirname(__file__) + "/", "engine.js")
_FUTURE_FLAGS = 0x1FE0000  # the compiler flags that `from __future__` sets


# Taken hold of now: the code may put anything in the place of `json.dumps`.
_to_json = json.JSONEncoder(ensure_ascii=False).encode


def _replace(target, source):
    """Makes a dictionary equal to another without emptying it at any moment."""
    target.update(source)
    for name in [name for name in target if name not in source]:
        del target[name]


_METHODS = (types.MethodType, types.BuiltinMethodType)


def _no_bind(_place, _handle):
    pass


def _no_reason(_index):
    return 0


class Session:
    """State of the run; one at a time."""

    def __init__(self):
        self.bind_handle = _no_bind
        self.recorded = True
        # By place, for the whole run: functions of an earlier snippet may be called in a later one.
        self.bound = bytearray(1)
        self.stop_reason = _no_reason
        self.torch = None
        self.armed = False
        self.stopping = False
        self.index = -1
        self.output = Output(self.statement_range)
        self.installed = False

    # ---- once, before the first run

    def install(self):
        """Takes hold of torch and of what JavaScript provides; both may be missing."""
        try:
            import _host

            self.stop_reason = _host.stop_reason
            self.output.tell = _host.printed
        except ImportError:
            pass
        try:
            import _engine

            self.bind_handle = _engine.bind
            self.recorded = not hasattr(_engine, "records") or _engine.records()
            if hasattr(_engine, "place_surroundings"):
                _engine.place_surroundings(surroundings.STACK.buffer_info()[0])
        except ImportError:
            pass
        try:
            import torch
        except ImportError:
            torch = None
        if getattr(torch, "__file__", None) is None:
            torch = None
        self.torch = torch
        self.finder = names.Finder(torch)
        self.engine_files = _ENGINE_FILES
        if torch is not None:
            self.engine_files = (*_ENGINE_FILES, os.path.dirname(torch.__file__) + "/")
        sys.stdout = sys.__stdout__ = Stream(self.output, "<stdout>")
        sys.stderr = sys.__stderr__ = Stream(self.output, "<stderr>")
        sys.stdin = sys.__stdin__ = NoInput()
        builtins.input = _input
        time.sleep = _sleep
        loop.install()
        if not self.installed:
            _cap_recursion()
        signal.signal(signal.SIGINT, self.on_interrupt)
        self.install_helpers()
        self.builtins = dict(vars(builtins))
        self.installed = True

    def install_helpers(self):
        session = self
        tensor = self.finder.tensor or ()
        bind_handle = self.bind_handle

        bound = self.bound
        short = getattr(self.torch, "_engine", None)
        if short is None:

            def bind(place, value):
                if isinstance(value, tensor):
                    bind_handle(place, value._h)
                    bound[place] = 2
                else:
                    bound[place] = 1

        else:
            # Made for every assignment that runs.
            cross, command = short.cross, short.BIND

            def bind(place, value):
                if isinstance(value, tensor):
                    cross(value._h, command, place)
                    bound[place] = 2
                else:
                    bound[place] = 1

        def keep(place, value):
            bind(place, value)
            return value

        def chain(place, value, path):
            try:
                bind(place, session.finder.follow(value, path))
            except Exception:
                # Whatever a strange object does, the user's code goes on.
                pass

        def show(place, value):
            session.show(place, value)
            return value

        def show_error(place, text=None):
            if text is None:
                error = sys.exception()
                text = f"{type(error).__name__}: {error}"
            session.shown[place] = [text, 0, session.shown[place][2] + 1 if place in session.shown else 1]

        def uncalled(place, value):
            if type(value) in _METHODS:
                session.uncalled.add(place)
            return value

        self.bind = bind
        builtins.__dict__.update(
            {
                BIND: bind,
                KEEP: keep,
                CHAIN: chain,
                SHOW: show,
                SHOW_ERROR: show_error,
                UNCALLED: uncalled,
                EXCEPTION: Exception,
                ENTER: surroundings.enter_loop,
                ROUND: surroundings.next_round,
                LEAVE: surroundings.leave_loop,
                ITER: iter,
                EACH: surroundings.each_round,
                DONE: surroundings.element_done,
                BEGIN: surroundings.begin_generator,
                SUSPEND: surroundings.suspend_generator,
                RESUME: surroundings.resume_generator,
            }
        )

    # ---- per run

    def begin(self, request):
        self.file = request["file"]
        self.snippets = request["snippets"]
        self.limit = request["limits"]["outputCharacters"]
        self.next_place = 1
        self.next_loop = 1
        self.loops = []
        del self.bound[1:]
        self.flags = 0
        self.keep_alive = []
        self.stopping = False
        self.patched = None
        sites.clear()
        surroundings.clear()
        siblings.install(request["siblings"], _FOLDER)
        absent.install()
        sys.argv = [self.file]
        self.text = self.document()
        sites.add_file(self.file, None, self.text)
        linecache.cache[self.file] = (1, None, [line + "\n" for line in self.text.lines], self.file)
        self.shared = self.namespace()

    def forget(self):
        """Keeps nothing of a run; only the warm-up needs it."""
        linecache.cache.pop(self.file, None)
        sites.clear()
        self.shared = self.compiled = self.text = None
        self.snippets = []
        self.statements = []
        self.statement_spans = []
        self.keep_alive = []
        self.shown = {}
        self.output.clear(0)

    def document(self):
        """The document's lines as far as the snippets have them, at their own line numbers."""
        last = max((s["range"]["start"]["line"] + s["code"].count("\n") + 1 for s in self.snippets), default=0)
        lines, indent = [""] * last, [0] * last
        for snippet in self.snippets:
            first = snippet["range"]["start"]["line"]
            snippet["code"] = snippet["code"].replace("\r\n", "\n")
            own = snippet["code"].split("\n")
            lines[first : first + len(own)] = own
            indent[first : first + len(snippet["indent"])] = snippet["indent"]
        return Text(0, lines, indent)

    def namespace(self):
        module = types.ModuleType("__main__")
        space = module.__dict__
        space.update(__file__=self.file, __builtins__=builtins, __annotations__={})
        del space["__annotations__"]
        if self.torch is not None:
            space["torch"] = self.torch
            for short, path in (("nn", ("nn",)), ("F", ("nn", "functional"))):
                value = self.torch
                for part in path:
                    value = getattr(value, part, None)
                if value is not None:
                    space[short] = value
        return module

    # ---- per snippet

    def run(self, index):
        """Runs a snippet and returns what is known of it, as JSON."""
        snippet = self.snippets[index]
        self.index = index
        self.output.clear(self.limit)
        self.shown = {}
        self.uncalled = set()
        self.first = self.next_place
        self.stopping = False
        isolated = snippet["options"].get("isolated", False)
        module = self.namespace() if isolated else self.shared
        sys.modules["__main__"] = module
        if self.patched is not None:
            _replace(vars(builtins), self.patched)
        whole = _range(snippet["range"])
        facts = {"status": "ok", "error": None, "stop": 0}
        inlines, ignores = directives.read(snippet["code"])
        self.compiled = None
        elapsed = 0.0
        try:
            code = self.compile(snippet, inlines)
            self.bind_free(module.__dict__)
            start = time.perf_counter()
            try:
                self.execute(code, module.__dict__)
            finally:
                elapsed = time.perf_counter() - start
        except BaseException as error:
            self.armed = False
            self.own_builtins()
            self.failed(error, facts, whole)
        self.own_builtins()
        self.report(facts, snippet, module.__dict__, inlines, ignores, whole)
        facts["milliseconds"] = round(elapsed * 1000, 3)
        return _to_json(facts)

    def own_builtins(self):
        """What the code did to the built-in functions is for its own later snippets, not for us."""
        now = vars(builtins)
        if now != self.builtins:
            self.patched = dict(now)
            _replace(now, self.builtins)

    def compile(self, snippet, inlines):
        first = snippet["range"]["start"]["line"]
        source = "\n" * first + snippet["code"]
        flags = self.flags
        tree = compile(source, self.file, "exec", ast.PyCF_ONLY_AST | flags, dont_inherit=True)
        self.statements = statements_of(tree)
        absent.note(self.statements, self.file)
        self.statement_spans = [
            (node.lineno, node.col_offset, node.end_lineno, node.end_col_offset, _header(node))
            for node in self.statements
        ]
        for inline in inlines:
            inline.line += first
        try:
            self.compiled = None
            if self.recorded:
                self.compiled = instrument.instrument(tree, self.text, inlines, self.first, self.next_loop)
        except RecursionError:
            # An expression of a thousand terms: it runs, but its names are not followed.
            pass
        if self.compiled is None:
            tree = compile(source, self.file, "exec", ast.PyCF_ONLY_AST | flags, dont_inherit=True)
            self.compiled = instrument.Instrumented(tree, [])
        self.loops.extend(self.compiled.loops)
        self.next_loop += len(self.compiled.loops)
        self.bound.extend(bytes(len(self.compiled.places)))
        self.next_place = self.first + len(self.compiled.places)
        code = compile(self.compiled.tree, self.file, "exec", flags, dont_inherit=True)
        if not snippet["options"].get("isolated", False):
            self.flags |= code.co_flags & _FUTURE_FLAGS
        return code

    def bind_free(self, space):
        """Names from earlier snippets are bound when this one starts."""
        for name, place in self.compiled.free.items():
            if name in space and self.finder.is_tensor(space[name]):
                self.bind(place, space[name])

    def execute(self, code, space):
        self.armed = True
        if self.stopping:
            raise KeyboardInterrupt
        try:
            exec(code, space)
        finally:
            self.armed = False

    def on_interrupt(self, _signal, _frame):
        """Ends the user's code, and nothing else: our own code answers in time by itself."""
        if self.stop_reason(self.index) == 0:
            return
        self.stopping = True
        if self.armed:
            raise KeyboardInterrupt

    def failed(self, error, facts, whole):
        if isinstance(error, SystemExit) and error.code in (None, 0):
            return
        # Raised by our handler, or by an operator that looked at the same buffer before Python did.
        reason = self.stop_reason(self.index) if isinstance(error, KeyboardInterrupt) else 0
        if reason != 0:
            facts["status"] = "stopped"
            facts["stop"] = reason
            return
        facts["status"] = "raised"
        facts["error"] = errors.describe(error, self.text, whole, self.is_engine_file)

    def is_engine_file(self, filename):
        return filename.startswith(self.engine_files)

    def statement_range(self, positions):
        """The innermost statement around a place; of a compound statement its first lines."""
        line, _, column, _ = positions
        if line is None:
            return [0, 0, 0, 0]
        best = None
        for start, start_column, end, end_column, header in self.statement_spans:
            if start > line or end < line:
                continue
            before = start == line and column is not None and column < start_column
            behind = end == line and column is not None and column >= end_column
            if before or behind:
                continue
            if best is None or (start, start_column) >= best[:2]:
                best = (start, start_column, end, end_column, header)
        if best is None:
            return self.text.whole_line(line)
        start, start_column, end, end_column, header = best
        if header is not None and header < end:
            return [*self.text.from_bytes(start, start_column), *self.text.end_of(header)]
        return self.text.span((start, end, start_column, end_column))

    def methods(self):
        """[name, place] of the methods of this snippet's classes; [class, name, place] of assigned attributes."""
        rows, attributes = [], []
        inside = {}  # id(statement) -> class
        for node in self.statements:
            if isinstance(node, ast.ClassDef):
                for inner in node.body:
                    if isinstance(inner, ast.FunctionDef):
                        header = [*self.text.from_bytes(inner.lineno, inner.col_offset), *self.text.end_of(inner.lineno)]
                        rows.append([f"{node.name}.{inner.name}", header])
                        for each in ast.walk(inner):
                            inside[id(each)] = node.name
        for node in self.statements:
            for target in node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]:
                chain = chain_of(target) if isinstance(target, ast.Attribute) else None
                if chain:
                    name = ".".join([chain[0].id, *chain[1]])
                    attributes.append([inside.get(id(node), ""), name, self.text.node(target)])
        return rows, attributes

    # ---- inline values

    def show(self, place, value):
        """Written out at once: the object may change until the end."""
        count = self.shown[place][2] + 1 if place in self.shown else 1
        is_tensor = self.finder.is_tensor(value)
        if is_tensor:
            self.bind(place, value)
        self.shown[place] = [_one_line(value), place if is_tensor else 0, count]

    def inline_rows(self, inlines):
        rows = []
        if self.compiled is None:
            return rows
        for number, inline in enumerate(inlines):
            expression = self.compiled.inline_texts.get(number)
            line = inline.line - 1
            if expression is None:
                rows.append([line, "", "no value on this line", 0])
            elif self.compiled.inline_places[number] in self.shown:
                text, place, count = self.shown[self.compiled.inline_places[number]]
                rows.append([line, expression, text if count == 1 else f"{text} (×{count})", place])
            else:
                rows.append([line, expression, "not run", 0])
        return rows

    # ---- what is known at the end

    def report(self, facts, snippet, space, inlines, ignores, whole):
        first = snippet["range"]["start"]["line"]
        facts["output"] = self.output.entries(whole) if self.output.chunks else []
        facts["inline"] = self.inline_rows(inlines)
        facts["ignores"] = [{"line": row["line"] + first, "rules": row["rules"]} for row in ignores]
        compiled = self.compiled
        facts["first"] = self.first
        facts["places"] = compiled.places if compiled else []
        facts["uses"] = compiled.names(self.bound) if compiled else []
        facts["bound"] = list(self.bound[self.first : self.next_place])
        found = []
        for name, tensor, member in self.finder.named(space):
            found.append([name, tensor._h, member])
            self.keep_alive.append(tensor)
        known = {row[0] for row in found}
        for _, name, _, from_namespace in facts["uses"]:
            if from_namespace and "." in name and name not in known:
                base, *path = name.split(".")
                value = self.finder.follow(space[base], path) if base in space else None
                if self.finder.is_tensor(value):
                    known.add(name)
                    found.append([name, value._h, None])
                    self.keep_alive.append(value)
        facts["names"] = found
        facts["uncalled"] = [
            [row, name] for name, row in (compiled.places[place - self.first] for place in sorted(self.uncalled))
        ]
        facts["oddities"] = list(self.finder.oddities(space))
        facts["misspelt"] = list(self.finder.misspelt(self.keep_alive))
        facts["optimizers"] = list(self.finder.optimizers(space))
        facts["functions"], facts["assignments"] = self.methods()
        facts["absent"] = absent.take()
        facts["sites"] = sites.take_new()
        facts["modules"] = surroundings.modules(space, self.finder.is_module)
        facts["loops"] = [[*loop, surroundings.rounds(loop[0])] for loop in self.loops]


def _header(node):
    """The last line of a compound statement's own first part, or None for a simple statement."""
    body = getattr(node, "body", None) or getattr(node, "cases", None)
    if not body:
        return None
    first = body[0]
    line = getattr(first, "lineno", None) or first.pattern.lineno
    return max(node.lineno, line - 1)


def _range(range_):
    return [range_["start"]["line"], range_["start"]["character"], range_["end"]["line"], range_["end"]["character"]]


def _one_line(value):
    try:
        text = " ".join(repr(value).split())
    except Exception as error:
        text = f"{type(error).__name__}: {error}"
    return text if len(text) <= 200 else text[:199] + "…"


_DEEPEST = 10_000


def _cap_recursion():
    """Above this depth the stack of the WASM engine would overflow, which Python cannot turn into an exception."""
    wanted = sys.getrecursionlimit()
    set_limit = sys.setrecursionlimit

    def setrecursionlimit(limit, /):
        nonlocal wanted
        set_limit(min(limit, _DEEPEST))
        wanted = limit

    sys.setrecursionlimit = setrecursionlimit
    sys.getrecursionlimit = lambda: wanted


_real_sleep = time.sleep


def _sleep(seconds, /):
    """time.sleep in pieces, since an interrupt is seen only between them."""
    end = time.monotonic() + seconds
    _real_sleep(min(seconds, 0.01))
    while (left := end - time.monotonic()) > 0:
        _real_sleep(min(left, 0.01))


def _input(prompt="", /):
    if prompt != "":
        sys.stdout.write(str(prompt))
    raise EOFError("input() has nobody to ask here: write the value into the code instead")


_session = Session()


def install():
    _session.install()


def begin(request):
    _session.begin(json.loads(request))


def run(index):
    try:
        return _session.run(index)
    except BaseException:
        # A mistake of ours, in what surrounds the user's code. The snippet's report says so.
        return _to_json({"internal": traceback.format_exc()})


def propose(wishes):
    """Candidates for fixes of the snippet that has just run, as JSON; or the traceback of a mistake in there."""
    try:
        return _to_json(remedies.propose(json.loads(wishes), _session.text, _session.snippets))
    except BaseException:
        return traceback.format_exc()


def forget():
    _session.forget()
