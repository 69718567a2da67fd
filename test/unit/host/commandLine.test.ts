// The command line as a person types it: what it says, and the exit status that a build looks at.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const cli = join(process.cwd(), "dist", "cli.mjs");
const SQUARE = "x = torch.tensor(2.0, requires_grad=True)\ny = x ** 2\ny.backward()\nprint(x.grad)\n";

describe("the command line", function () {
  // A process of its own for each command.
  this.timeout(120_000);
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "inspect-"));
    mkdirSync(join(folder, "folder.py"));
    writeFileSync(join(folder, "square.py"), SQUARE);
    writeFileSync(join(folder, "windows lines ü.py"), SQUARE.replaceAll("\n", "\r\n"));
    writeFileSync(join(folder, "mark.py"), `\ufeff${SQUARE}`);
    writeFileSync(join(folder, "latin.py"), Buffer.from("# caf\xe9\n", "latin1"));
    writeFileSync(join(folder, "broken.ipynb"), '{"cells": [');
    writeFileSync(join(folder, "text.txt"), SQUARE);
    writeFileSync(join(folder, "raises.py"), "1 / 0\n");
    writeFileSync(join(folder, "plain.md"), "No code.\n");
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function inspect(args: string[], input = ""): { status: number | null; out: string; told: string } {
    const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
      cwd: folder,
      input,
      encoding: "utf8",
    });
    return { status, out: stdout, told: stderr };
  }

  it("runs a file, with Windows line ends, a byte order mark and a name of any letters", () => {
    for (const file of ["square.py", "windows lines ü.py", "mark.py"]) {
      const { status, out } = inspect([file]);
      assert.equal(status, 0, file);
      assert.match(out, /tensor\(4\.\)[\s\S]*x\.grad = 4/, file);
    }
  });

  it("runs Python code from standard input", () => {
    const { status, out } = inspect(["-"], SQUARE);
    assert.equal(status, 0);
    assert.match(out, /^── <stdin> ok/);
    assert.equal(JSON.parse(inspect(["--json", "-"], SQUARE).out).file, "<stdin>");
  });

  it("prints the Report and nothing else with --json, also where the code raises", () => {
    const { status, out, told } = inspect(["raises.py", "--json"]);
    assert.equal(status, 1);
    assert.equal(told, "");
    const report = JSON.parse(out) as { snippets: { status: string; error: { type: string } }[] };
    assert.equal(report.snippets[0].status, "raised");
    assert.equal(report.snippets[0].error.type, "ZeroDivisionError");
  });

  it("says in words what it cannot read, with exit status 2", () => {
    const said: [string, RegExp][] = [
      ["absent.py", /^absent\.py: there is no such file\n$/],
      ["folder.py", /^folder\.py: is a folder\n$/],
      [".", /^\.: is a folder\n$/],
      ["text.txt", /^text\.txt: expected a \.py, \.md or \.ipynb file\n$/],
      ["latin.py", /^latin\.py: is not UTF-8 text\n$/],
      ["broken.ipynb", /^broken\.ipynb: Not a notebook: /],
    ];
    for (const [file, text] of said) {
      const { status, out, told } = inspect([file]);
      assert.equal(status, 2, file);
      assert.equal(out, "", file);
      assert.match(told, text);
    }
  });

  it("shows how it is used where it was not understood, with exit status 2", () => {
    for (const args of [[], ["a.py", "b.py"], ["--nope", "a.py"], ["--timeout", "soon", "a.py"]]) {
      const { status, told } = inspect(args);
      assert.equal(status, 2, args.join(" "));
      assert.match(told, /Usage: inspect FILE/);
    }
    assert.equal(inspect(["--help"]).status, 0);
  });

  it("finds nothing to run in a page without annotations", () => {
    const { status, out } = inspect(["plain.md"]);
    assert.equal(status, 0);
    assert.equal(out, "plain.md: no annotated snippet\n");
  });
});
