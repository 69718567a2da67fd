// Ways out of Pyodide that are known or were thought of. `MARKER` stands for a file on the host that the attack
// tries to create, `PORT` for a listener on this machine that it tries to reach.

export interface Attack {
  name: string;
  python: string;
  /** On Pyodide under Node without our sandbox it succeeds: the test shows that it can. */
  worksUnguarded?: boolean;
}

const TRY_FUNCTION = `
def use(function):
    """Compile host code with whatever constructor a function has."""
    for read in (lambda: function.constructor, lambda: function.js_func.constructor,
                 lambda: type(function).__getattr__(function, "constructor"),
                 lambda: function.__proto__.constructor, lambda: function.call.constructor):
        try:
            made = read()("p", "return process.getBuiltinModule('fs').writeFileSync(p, 'x')")
            made("MARKER")
            made = read()("p", "return globalThis.constructor.constructor('return process')()")
            made("MARKER").getBuiltinModule("fs").writeFileSync("MARKER", "x")
        except BaseException:
            pass
`;

export const attacks: Attack[] = [
  { name: "os.system", worksUnguarded: true, python: `import os\nos.system("touch MARKER")` },
  { name: "os.popen", python: `import os\nos.popen("touch MARKER").read()` },
  { name: "subprocess", python: `import subprocess\nsubprocess.run(["touch", "MARKER"])` },
  { name: "os.posix_spawn", python: `import os\nos.posix_spawn("/usr/bin/touch", ["touch", "MARKER"], {})` },
  { name: "os.execv", python: `import os\nos.execv("/usr/bin/touch", ["touch", "MARKER"])` },
  {
    name: "_posixsubprocess",
    python: `import _posixsubprocess\n_posixsubprocess.fork_exec([b"touch", b"MARKER"], [b"/usr/bin/touch"], True, (), None, None, -1, -1, -1, -1, -1, -1, -1, -1, False, False, 0, None, None, None, -1, None)`,
  },
  { name: "writing the file", python: `open("MARKER", "w").write("x")` },
  {
    name: "writing through a link",
    python: `import os\nos.symlink("/", "/tmp/r")\nopen("/tmp/r" + "MARKER", "w").write("x")`,
  },
  {
    name: "js.process",
    worksUnguarded: true,
    python: `import js\njs.process.getBuiltinModule("fs").writeFileSync("MARKER", "x")`,
  },
  {
    name: "js.eval",
    worksUnguarded: true,
    python: `import js\njs.eval("process.getBuiltinModule('fs').writeFileSync('MARKER', 'x')")`,
  },
  {
    name: "pyodide.code.run_js",
    worksUnguarded: true,
    python: `from pyodide.code import run_js\nrun_js("process.getBuiltinModule('fs').writeFileSync('MARKER', 'x')")`,
  },
  {
    name: "_pyodide_core and its run_js",
    python: `import _pyodide_core\n_pyodide_core.run_js("process.getBuiltinModule('fs').writeFileSync('MARKER', 'x')")`,
  },
  {
    name: "the constructor of a JavaScript function",
    worksUnguarded: true,
    python: `from pyodide.ffi import create_proxy, to_js
array = to_js([1])
array.push.constructor("p", "process.getBuiltinModule('fs').writeFileSync(p, 'x')")("MARKER")`,
  },
  {
    name: "the constructors of the bridge's functions",
    python: `${TRY_FUNCTION}
import sys
for name in ("_engine", "_host"):
    module = sys.modules.get(name)
    for value in list(vars(module).values()) if module else ():
        use(value)
import gradient_runner.session as session
use(session._session.stop_reason)
use(session._session.bind_handle)`,
  },
  {
    name: "a JavaScript exception",
    python: `${TRY_FUNCTION}
import _host
try:
    _host.stop_reason(object(), lambda: 0)
    import pyodide.ffi
    raise pyodide.ffi.JsException("Error", "x")
except BaseException as error:
    for value in (error, getattr(error, "js_error", None), error.__traceback__):
        try:
            use(value)
            use(value.constructor)
        except BaseException:
            pass`,
  },
  {
    name: "every JavaScript object that is found in memory",
    python: `${TRY_FUNCTION}
import gc, sys
from pyodide.ffi import JsProxy
seen, todo, found = set(), [sys.modules, gc.get_objects(), sys._getframe()], []
while todo and len(seen) < 400_000:
    value = todo.pop()
    if id(value) in seen:
        continue
    seen.add(id(value))
    if isinstance(value, JsProxy):
        found.append(value)
    todo.extend(gc.get_referents(value))
    if len(todo) > 2_000_000:
        break
print(len(found), "JavaScript objects")
for value in found:
    use(value)
    for name in ("constructor", "process", "require", "eval", "fetch", "_api", "_module", "runtimeEnv", "get", "apply"):
        try:
            use(getattr(value, name))
            print("read", name)
        except BaseException:
            pass
    try:
        value.polluted = 1
        print("wrote")
    except BaseException:
        pass
    try:
        print("listed", dir(value) and [n for n in dir(value) if n == "constructor"])
    except BaseException:
        pass
    try:
        value("MARKER")
    except BaseException:
        pass
    try:
        value.new("MARKER")
    except BaseException:
        pass`,
  },
  {
    name: "ctypes: system",
    worksUnguarded: true,
    python: `import ctypes\nctypes.CDLL(None).system(b"touch MARKER")`,
  },
  {
    name: "ctypes: emscripten_run_script",
    worksUnguarded: true,
    python: `import ctypes\nctypes.CDLL(None).emscripten_run_script(b"process.getBuiltinModule('fs').writeFileSync('MARKER', 'x')")`,
  },
  {
    name: "ctypes: emscripten_run_script_string and _int",
    python: `import ctypes
for name in ("emscripten_run_script_string", "emscripten_run_script_int", "emscripten_async_run_script"):
    try:
        getattr(ctypes.CDLL(None), name)(b"process.getBuiltinModule('fs').writeFileSync('MARKER', 'x')", 0)
    except BaseException:
        pass`,
  },
  {
    name: "ctypes: PyRun_SimpleString and the table of functions",
    python: `import ctypes
try:
    ctypes.pythonapi.PyRun_SimpleString(b"import js; js.process")
except BaseException:
    pass
for address in range(1, 200):
    try:
        ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_char_p)(address)(b"touch MARKER")
    except BaseException:
        pass`,
  },
  {
    name: "a WASM module of one's own",
    python: `import ctypes, sys, importlib.machinery, importlib.util
open("/tmp/evil.so", "wb").write(bytes.fromhex("0061736d01000000000f08646c696e6b2e30010400000000"))
try:
    ctypes.CDLL("/tmp/evil.so")
    print("loaded")
except OSError:
    pass
spec = importlib.util.spec_from_file_location("evil", "/tmp/evil.so", loader=importlib.machinery.ExtensionFileLoader("evil", "/tmp/evil.so"))
importlib.util.module_from_spec(spec)
print("loaded")`,
  },
  {
    name: "putting the JavaScript importer back",
    python: `import sys
from _pyodide import _importhook
for name in ("register_js_finder",):
    getattr(_importhook, name)()
_importhook.register_js_module("x", object())
import js
js.process.getBuiltinModule("fs").writeFileSync("MARKER", "x")`,
  },
  {
    name: "pyodide_js and its internals",
    python: `import pyodide_js
pyodide_js._api.runtimeEnv.IN_NODE = True
pyodide_js._module.FS.mkdir("/x")
pyodide_js.mountNodeFS("/x", "/")
open("/xMARKER", "w").write("x")`,
  },
  {
    name: "packages from the network",
    python: `import micropip\nmicropip.install("snowballstemmer")`,
  },
  {
    name: "pyodide.http",
    python: `import pyodide.http\npyodide.http.open_url("http://127.0.0.1:PORT/")`,
  },
  {
    name: "a socket",
    python: `import socket\ns = socket.create_connection(("127.0.0.1", PORT), 2)\ns.sendall(b"hello")`,
  },
  {
    name: "urllib",
    python: `import urllib.request\nurllib.request.urlopen("http://127.0.0.1:PORT/", timeout=2).read()`,
  },
  {
    name: "asyncio's sockets",
    python: `import asyncio
async def main():
    reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
    writer.write(b"hello")
    await writer.drain()
asyncio.run(main())`,
  },
  {
    name: "node:net through Pyodide",
    python: `import asyncio, pyodide_js
async def main():
    await pyodide_js._api.initializeNodeSockFS()
    import socket
    s = socket.create_connection(("127.0.0.1", PORT), 2)
    s.sendall(b"hello")
asyncio.run(main())`,
  },
  {
    name: "js.fetch and js.WebSocket",
    python: `import js\njs.fetch("http://127.0.0.1:PORT/")\njs.WebSocket.new("ws://127.0.0.1:PORT/")`,
  },
  {
    name: "frames of the engine and their globals",
    python: `${TRY_FUNCTION}
import sys
frame = sys._getframe()
while frame:
    for value in [*frame.f_locals.values(), *frame.f_globals.values()]:
        use(value)
    frame = frame.f_back`,
  },
  {
    name: "a import hook over everything that comes",
    python: `${TRY_FUNCTION}
import builtins, sys
real = builtins.__import__
def hooked(name, *rest):
    module = real(name, *rest)
    for value in list(vars(module).values()):
        if "Js" in type(value).__name__:
            use(value)
    return module
builtins.__import__ = hooked
for name in list(sys.modules):
    try:
        __import__(name)
    except BaseException:
        pass
import pyodide, pyodide.ffi, pyodide.code, _pyodide`,
  },
];
