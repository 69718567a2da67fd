// The engine when things go wrong: a worker that cannot start, and one that is ended in the middle of a run.
import assert from "node:assert/strict";
import { renameSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
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

/** Workers that the extension, which runs in this very process, has spoken to. */
const workers = new Set<Worker>();
const { postMessage } = Worker.prototype;
Worker.prototype.postMessage = function (this: Worker, ...given: Parameters<typeof postMessage>) {
  workers.add(this);
  return postMessage.apply(this, given);
};

/** Ends the engine's worker as the system would. `speak` has the extension talk to it, so that it is known. */
async function killEngine(speak: () => unknown): Promise<void> {
  await speak();
  const worker = await eventually("a worker", () => [...workers].at(-1));
  workers.clear();
  await worker.terminate();
}

/** Waits for a notification, and takes it away. */
async function told(text: RegExp): Promise<void> {
  if (ui.available) {
    await eventually("the message", async () =>
      (await ui.texts(".notification-list-item-message")).some((each) => text.test(each)),
    );
  }
  await vscode.commands.executeCommand("notifications.clearAll");
}

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

  it("killed from outside while nothing runs starts anew, says so, and the next edit works", async () => {
    const editor = await openFile(ONE);
    const { uri } = editor.document;
    await settled(uri);
    await killEngine(() => replace(editor, "3.0", "4.0"));
    await told(/engine broke down and was started anew/);
    await replace(editor, "4.0", "5.0");
    await settled(uri);
    assert.match(await hoverText(uri, 1, 0), /x\.grad `10\.`/);
  });

  it("killed from outside in the middle of a run says so at the snippet, and the next edit works", async () => {
    const editor = await openFile("# %% [grad] timeout=60\nwhile True: pass\n");
    const { uri } = editor.document;
    await eventually("the run", async () => (await lensTitles(uri))[0]?.[2] === "running");
    await killEngine(() => undefined);
    await eventually("its end", async () => (await lensTitles(uri))[0]?.[2] === "engine broke down");
    await told(/engine broke down and was started anew/);
    await replace(editor, "while True: pass", "z = torch.tensor(2.0)");
    await settled(uri);
    assert.match(await hoverText(uri, 1, 0), /`z` · /);
    assert.deepEqual(diagnostics(uri), []);
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
