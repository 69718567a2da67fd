// The engine when things go wrong: a worker that cannot start, and one that is ended in the middle of a run.
import assert from "node:assert/strict";
import { renameSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import {
  api,
  closeAll,
  diagnostic,
  diagnostics,
  EXTENSION_ID,
  hoverText,
  lensTitles,
  openFile,
  replace,
  settled,
} from "./support";
import { eventually, ui } from "./ui";

const ONE = "# %% [grad] One\nx = torch.tensor(3.0, requires_grad=True)\n(x * x).backward()\n";

describe("the engine", function () {
  this.timeout(90_000);
  const folder = join(vscode.extensions.getExtension(EXTENSION_ID)?.extensionPath ?? "", "dist", "engine");
  const script = join(folder, "engine.js");
  const aside = join(folder, "engine.js.aside");

  afterEach(closeAll);

  it("says that it cannot start, goes on when it can, and nothing is lost meanwhile", async () => {
    const editor = await openFile(ONE);
    const { uri } = editor.document;
    await settled(uri);
    renameSync(script, aside);
    try {
      await vscode.commands.executeCommand("gradientInspector.restartEngine");
      await replace(editor, "3.0", "4.0");
      const found = await diagnostic(uri, "The engine ");
      assert.equal(found.range.start.line, 0);
      assert.equal((await lensTitles(uri))[0]?.[2], "engine broke down");
      assert.match(
        await hoverText(uri, 1, 0),
        /Stale.*x\.grad `6\.`/s,
        "the last result stays, as one of an older text",
      );
      if (ui.available) {
        await eventually("the item", async () =>
          (await ui.texts(".statusbar-item")).some((text) =>
            /grad: (?:engine failed|starting|stale)/.test(text),
          ),
        );
      }
    } finally {
      renameSync(aside, script);
    }
    await vscode.commands.executeCommand("gradientInspector.restartEngine");
    await replace(editor, "4.0", "5.0");
    await settled(uri);
    assert.match(await hoverText(uri, 1, 0), /x\.grad `10\.`/);
    assert.deepEqual(diagnostics(uri), []);
    await vscode.commands.executeCommand("notifications.clearAll");
  });

  it("restarted in the middle of a run ends that run, and the next one works", async () => {
    const editor = await openFile("# %% [grad] timeout=60\nwhile True: pass\n");
    const { uri } = editor.document;
    await eventually("the run", async () => (await lensTitles(uri))[0]?.[2] === "running");
    await vscode.commands.executeCommand("gradientInspector.restartEngine");
    await eventually("its end", async () => (await lensTitles(uri))[0]?.[2] === "stopped: by you");
    await replace(editor, "while True: pass", "z = torch.tensor(2.0)");
    await settled(uri);
    assert.match(await hoverText(uri, 1, 0), /`z` · /);
    assert.ok((await api()).view(uri)?.snippets.every((one) => one.crashed === null));
  });
});
