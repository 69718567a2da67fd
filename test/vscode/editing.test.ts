// Results while the text changes: live, stale at once, and patient with code that is being typed.
import assert from "node:assert/strict";
import * as vscode from "vscode";
import {
  api,
  closeAll,
  codeOf,
  covered,
  diagnostic,
  diagnostics,
  hoverText,
  lensTitles,
  openFile,
  replace,
  setting,
  settled,
  writeFile,
} from "./support";
import { eventually } from "./ui";

const ONE = "# %% [grad] One\nx = torch.tensor(3.0, requires_grad=True)\ny = x * x  #?\ny.backward()\n";

describe("while the text changes", () => {
  afterEach(async () => {
    for (const name of ["live", "timeout", "inlineOutput", "hints", "severities", "debounce"]) {
      await setting(name, undefined);
    }
    await closeAll();
  });

  it("results follow the edit", async () => {
    const editor = await openFile(ONE);
    const { uri } = editor.document;
    await settled(uri);
    assert.match(await hoverText(uri, 1, 0), /x\.grad `6\.`/);
    await replace(editor, "3.0", "5.0");
    await eventually("the new gradient", async () => /x\.grad `10\.`/.test(await hoverText(uri, 1, 0)));
    const inline = (await api()).inline(uri);
    assert.match(inline[0]?.text ?? "", /25/);
    assert.equal(inline[0]?.stale, false);
  });

  it("results of an older text look stale at once, and move with the text", async () => {
    await setting("live", "manual");
    const editor = await openFile(ONE);
    const { uri } = editor.document;
    await vscode.commands.executeCommand("gradientInspector.runAll");
    await settled(uri);
    await editor.edit((edit) => edit.insert(new vscode.Position(2, 0), "# a new line\n"));
    assert.match(
      await hoverText(uri, 3, 0),
      /^\*Stale: the code has changed since this was computed\.\*\n\n`y` · /,
    );
    assert.deepEqual(
      (await api()).inline(uri).map((one) => [one.line, one.stale]),
      [[3, true]],
    );
    assert.match((await lensTitles(uri))[0]?.[2] ?? "", /^stale: ran in /);
    await replace(editor, "# a new line\n", "");
    await eventually("fresh again, without a run", async () => !/Stale/.test(await hoverText(uri, 2, 0)));
  });

  it("an edit outside the snippets runs nothing again", async () => {
    const editor = await openFile(`import os\n${ONE}`);
    const { uri } = editor.document;
    await settled(uri);
    const before = (await api()).view(uri)?.snippets[0]?.runId;
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), "import sys\n\n"));
    await settled(uri);
    const after = (await api()).view(uri)?.snippets[0];
    assert.equal(after?.runId, before);
    assert.match(await hoverText(uri, 4, 0), /`x` · .*\n\n.*3\./s);
  });

  it("a syntax error keeps the last good result, and stands at its place with Python's message", async () => {
    const editor = await openFile(ONE);
    const { uri } = editor.document;
    await settled(uri);
    await replace(editor, "y = x * x", "y = x * (x");
    const found = await diagnostic(uri, "SyntaxError: '(' was never closed");
    assert.equal(found.range.start.line, 2);
    assert.equal(codeOf(found), "python/SyntaxError");
    assert.match(await hoverText(uri, 1, 0), /Stale.*x\.grad `6\.`/s);
    assert.match(
      (await lensTitles(uri))[0]?.[2] ?? "",
      /^raised SyntaxError, results are of an earlier text$/,
    );
    await replace(editor, "y = x * (x", "y = x * (x + 1)");
    await settled(uri);
    assert.deepEqual(
      diagnostics(uri).filter((one) => one.message.includes("SyntaxError")),
      [],
    );
    assert.match(await hoverText(uri, 1, 0), /x\.grad `7\.`/);
  });

  it("an exception stands at its expression with its type, and later snippets still run", async () => {
    const editor = await openFile("# %% [grad]\nn = 1 / 0\n# %% [grad]\nm = torch.ones(1)\n");
    const { uri } = editor.document;
    await settled(uri);
    const found = await diagnostic(uri, "ZeroDivisionError: division by zero");
    assert.equal(covered(editor, found.range), "1 / 0");
    assert.equal(codeOf(found), "python/ZeroDivisionError");
    assert.match(await hoverText(uri, 3, 0), /`m` · float32/);
  });

  it("a loop without end is stopped, says so, and the next edit works", async () => {
    await setting("timeout", 0.5);
    const editor = await openFile("# %% [grad]\nwhile True: pass\n");
    const { uri } = editor.document;
    const found = await diagnostic(uri, "Stopped: the snippet was still running after ");
    assert.equal(codeOf(found), "run/timeout");
    assert.equal((await lensTitles(uri))[0]?.[2], "stopped: timeout");
    await replace(editor, "while True: pass", "ok = torch.tensor(2.0)");
    await settled(uri);
    assert.match(await hoverText(uri, 1, 0), /value `2\.`/);
    assert.deepEqual(diagnostics(uri), []);
  });

  it("a run can be stopped by command", async () => {
    await openFile("# %% [grad] timeout=60\nwhile True: pass\n");
    const uri = vscode.window.activeTextEditor?.document.uri as vscode.Uri;
    await eventually("the run", async () => (await lensTitles(uri))[0]?.[2] === "running");
    assert.equal((await lensTitles(uri))[0]?.[0], "Stop");
    await vscode.commands.executeCommand("gradientInspector.stop");
    await eventually("the end of the run", async () => (await lensTitles(uri))[0]?.[2] === "stopped: by you");
  });

  it("the latest text wins over a run that is under way", async () => {
    const editor = await openFile("# %% [grad] timeout=60\nwhile True: pass\n");
    const { uri } = editor.document;
    await eventually("the run", async () => (await lensTitles(uri))[0]?.[2] === "running");
    await replace(editor, "while True: pass", "q = torch.tensor(1.0)");
    await settled(uri);
    assert.match(await hoverText(uri, 1, 0), /`q` · /);
  });

  it("the engine can be restarted, and runs go on", async () => {
    const editor = await openFile(ONE);
    const { uri } = editor.document;
    await settled(uri);
    await vscode.commands.executeCommand("gradientInspector.restartEngine");
    await replace(editor, "3.0", "4.0");
    await settled(uri);
    assert.match(await hoverText(uri, 1, 0), /x\.grad `8\.`/);
  });

  it("code that brings Python itself down is told, and the next edit works", async () => {
    const editor = await openFile("# %% [grad]\nimport ctypes\nctypes.CFUNCTYPE(None)(12345678)()\n");
    const { uri } = editor.document;
    await diagnostic(uri, "the code brought Python itself down");
    await replace(editor, "ctypes.CFUNCTYPE(None)(12345678)()", "r = torch.tensor(1.5)");
    await settled(uri);
    assert.match(await hoverText(uri, 2, 0), /value `1\.5000`/);
    assert.deepEqual(diagnostics(uri), []);
  });

  it("a hint can be silenced on its line by a quick fix, and by the settings", async () => {
    const twice =
      "# %% [grad]\nx = torch.tensor(1.0, requires_grad=True)\n(x * 2).backward()\n(x * 3).backward()\n";
    const editor = await openFile(twice);
    const { uri } = editor.document;
    const hint = await diagnostic(uri, "this call adds to it");
    assert.equal(codeOf(hint), "autograd/accumulated-gradient");
    assert.equal(hint.range.start.line, 3);
    await setting("severities", { "autograd/accumulated-gradient": "warning" });
    await eventually("a warning", () => diagnostics(uri)[0]?.severity === vscode.DiagnosticSeverity.Warning);
    await setting("severities", { "autograd/accumulated-gradient": "off" });
    await eventually("no message", () => diagnostics(uri).length === 0);
    await setting("severities", undefined);
    const again = await diagnostic(uri, "this call adds to it");
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      "vscode.executeCodeActionProvider",
      uri,
      again.range,
    );
    const ignore = actions.find(
      (action) => action.title === "Ignore autograd/accumulated-gradient on this line",
    );
    assert.ok(ignore?.edit, `offered: ${actions.map((action) => action.title)}`);
    assert.ok(await vscode.workspace.applyEdit(ignore.edit));
    assert.equal(
      editor.document.lineAt(3).text,
      "(x * 3).backward()  # grad: ignore[autograd/accumulated-gradient]",
    );
    await settled(uri);
    assert.deepEqual(diagnostics(uri), []);
  });

  it("live=false, manual mode and saving are respected", async () => {
    const editor = await openFile("# %% [grad] Quiet live=false\nx = torch.ones(1)\n");
    const { uri } = editor.document;
    await (await api()).whenIdle(uri);
    assert.equal((await lensTitles(uri))[0]?.[2], "not run yet (live=false)");
    await vscode.commands.executeCommand("gradientInspector.runSnippet");
    assert.match((await lensTitles(uri))[0]?.[2] ?? "", /^ran in /);

    await setting("live", "onSave");
    const saved = await openFile(ONE);
    await (await api()).whenIdle(saved.document.uri);
    assert.equal((await lensTitles(saved.document.uri))[0]?.[2], "not run yet");
    await replace(saved, "3.0", "2.0");
    await saved.document.save();
    await settled(saved.document.uri);
    assert.match(await hoverText(saved.document.uri, 1, 0), /x\.grad `4\.`/);
  });

  it("a file beside the document can be imported, and its changes count", async () => {
    const model = await writeFile("my_model.py", "import torch\ndef double(t):\n    return t * 2\n");
    const editor = await openFile(
      "# %% [grad]\nfrom my_model import double\na = torch.tensor(1.0, requires_grad=True)\ndouble(a).backward()\n",
    );
    const { uri } = editor.document;
    await settled(uri);
    assert.match(await hoverText(uri, 2, 0), /a\.grad `2\.`/);
    const other = await vscode.window.showTextDocument(model, { viewColumn: vscode.ViewColumn.Beside });
    await replace(other, "t * 2", "t * 3");
    await eventually("the new gradient", async () => /a\.grad `3\.`/.test(await hoverText(uri, 2, 0)));
  });

  it("code without annotation runs by command, after the snippets above it, and can be dismissed", async () => {
    const editor = await openFile(`${ONE}# %%\nplain = y * 2\n\n`);
    const { uri } = editor.document;
    await settled(uri);
    editor.selection = new vscode.Selection(5, 0, 5, 0);
    await vscode.commands.executeCommand("gradientInspector.runSelection");
    assert.match(await hoverText(uri, 5, 0), /`plain` · .*value `18\.`/s);
    const lens = (await lensTitles(uri))[5] ?? [];
    assert.deepEqual([lens[0], lens[1], lens[3]], ["Run", "Open inspector", "Dismiss"]);
    await vscode.commands.executeCommand("gradientInspector.dismiss", uri.toString(), 1);
    assert.equal(await hoverText(uri, 5, 0), "");
  });

  it("printed text stands behind its line when the setting says so", async () => {
    await setting("inlineOutput", true);
    const editor = await openFile('# %% [grad]\nfor i in range(3):\n    print("step", i)\n');
    await settled(editor.document.uri);
    const inline = (await api()).inline(editor.document.uri);
    assert.deepEqual(
      inline.map((one) => [one.line, one.text, one.kind]),
      [[2, "step 0 ⏎ step 1 ⏎ step 2", "output"]],
    );
  });

  it("annotations that are wrong say so at their place", async () => {
    const editor = await openFile("# %% [grad] One timeout=soon\nx = 1\n# %% [grad] Nothing\n");
    const { uri } = editor.document;
    const bad = await diagnostic(
      uri,
      'Option timeout takes a number of seconds above 0 and up to 3600, got "soon"',
    );
    assert.equal(covered(editor, bad.range), "timeout=soon");
    const empty = await diagnostic(uri, "This snippet is empty");
    assert.equal(empty.range.start.line, 2);
  });

  it("a file of 20,000 lines without annotation costs nothing noticeable", async () => {
    const editor = await openFile("value = compute(value, [1, 2, 3])\n".repeat(20_000));
    const { uri } = editor.document;
    const inspector = await api();
    await inspector.whenIdle(uri);
    // The extension host's own work, which other programs on the machine do not change.
    const begin = process.cpuUsage();
    for (let i = 0; i < 10; i++) {
      await editor.edit((edit) => edit.insert(new vscode.Position(10_000, 0), "# x\n"));
      await inspector.whenIdle(uri);
    }
    const { user, system } = process.cpuUsage(begin);
    assert.ok((user + system) / 1000 < 2000, `${(user + system) / 1000} ms for ten edits`);
    assert.deepEqual(inspector.view(uri)?.snippets, []);
    assert.deepEqual(await lensTitles(uri), {});
  });
});
