// Attacks from Python against the built engine. Each asserts on the host: no file was made, nobody called.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { EngineClient } from "../../engine/client";
import { builtEngine, engineIn, printed, run } from "../support/engine";
import { type Attack, attacks } from "./attacks";

const SECRET = "gradient-inspector-test-secret";

describe("an attack from Python", function () {
  this.timeout(60_000);
  let client: EngineClient;
  let server: Server;
  let folder: string;
  let calls = 0;
  let count = 0;

  before(async () => {
    process.env.GRADIENT_INSPECTOR_SECRET = SECRET;
    folder = mkdtempSync(join(tmpdir(), "gradient-inspector-"));
    server = createServer((socket) => {
      calls++;
      socket.end("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    client = engineIn(builtEngine);
    await client.info();
  });

  after(async () => {
    delete process.env.GRADIENT_INSPECTOR_SECRET;
    client.dispose();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true, force: true });
  });

  const fill = ({ python }: Attack, marker: string): string =>
    python.replaceAll("MARKER", marker).replaceAll("PORT", String((server.address() as AddressInfo).port));

  for (const attack of attacks) {
    it(`by ${attack.name} leaves no file and reaches nobody`, async () => {
      const marker = join(folder, `marker-${count++}`);
      const callsBefore = calls;
      const outcome = await client.run({
        runId: count,
        file: "attack.py",
        version: 1,
        siblings: [],
        limits: { seconds: 20, tensorBytes: 1 << 28, outputCharacters: 100_000, records: 1000 },
        snippets: [
          {
            title: "attack",
            range: { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } },
            header: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
            code: fill(attack, marker),
            indent: [],
            options: {},
          },
        ],
      });
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert.equal(outcome.kind, "report");
      const text = outcome.kind === "report" ? printed(outcome.report.snippets[0]!) : "";
      assert.ok(!existsSync(marker), `it made a file on the host; it printed: ${text}`);
      assert.equal(calls, callsBefore, `it reached a listener on the host; it printed: ${text}`);
      assert.doesNotMatch(text, /^(read|wrote|loaded)/m);
    });
  }

  it("that reads the host's files and environment finds neither", async () => {
    const snippet = await run(
      client,
      `import os
print(os.environ.get("GRADIENT_INSPECTOR_SECRET"), "${SECRET}" in str(dict(os.environ)))
for path in ("/etc/hostname", "/etc/passwd", "/proc/self/environ", "/proc/self/cmdline", ${JSON.stringify(process.execPath)}):
    print(path, os.path.exists(path))
print(sorted(os.listdir("/")))`,
    );
    const text = printed(snippet);
    assert.match(text, /^None False$/m);
    assert.doesNotMatch(text, /\/\w+ True/);
    assert.match(text, /^\['dev', 'home', 'lib', 'proc', 'tmp'\]$/m);
  });

  it("that changes prototypes changes nothing: they cannot be reached", async () => {
    const snippet = await run(
      client,
      `from pyodide.ffi import to_js
for value in (to_js([1, 2]), to_js({"a": 1}), to_js(lambda: 0)):
    for name in ("constructor", "__proto__", "prototype", "push", "get", "toString", "length"):
        try:
            print("reached", name, getattr(value, name))
        except AttributeError:
            pass
        try:
            setattr(value, name, 1)
            print("changed", name)
        except Exception:
            pass
print("done")`,
    );
    assert.doesNotMatch(printed(snippet), /reached|changed/);
  });

  it("is refused because of the sandbox: without it the same code succeeds", async () => {
    const able = attacks.filter((attack) => attack.worksUnguarded);
    assert.ok(able.length >= 6);
    const markers = able.map((_, index) => join(folder, `unguarded-${index}`));
    const codes = able.map((attack, index) => fill(attack, markers[index]!));
    await promisify(execFile)(process.execPath, [
      join(process.cwd(), "test/security/workers/unguarded.mjs"),
      JSON.stringify(codes),
    ]);
    const failed = able.filter((_, index) => !existsSync(markers[index]!)).map(({ name }) => name);
    assert.deepEqual(failed, []);
  });
});
