// The product as it was packaged and installed: it activates, its commands exist, and nothing is missing in it.
import assert from "node:assert/strict";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";

const id = "gradient-inspector.gradient-inspector";

/** Relative to the extension's folder; each with the least size that can be right, in bytes. */
const parts: Record<string, number> = {
  "dist/extension.cjs": 10_000,
  "dist/engine/boot.cjs": 1_000,
  "dist/engine/engine.js": 50_000,
  "dist/engine/python.json": 10_000,
  "dist/engine/pyodide.asm.wasm": 1_000_000,
  "dist/engine/python_stdlib.zip": 1_000_000,
  "dist/engine/snapshot.bin": 5_000_000,
  "dist/webview/main.js": 10_000,
  "dist/webview/main.css": 100,
  "dist/webview/layoutWorker.js": 100_000,
  "dist/THIRD_PARTY_NOTICES.txt": 1_000,
};

interface Media {
  markdown?: string;
  image?: Record<string, string>;
}

describe("the installed package", () => {
  const extension = vscode.extensions.getExtension(id);

  it("is the one from the VSIX, not a source folder", () => {
    assert.ok(extension, `${id} is not installed`);
    assert.ok(!existsSync(join(extension.extensionPath, "node_modules")));
    assert.ok(!existsSync(join(extension.extensionPath, "scripts")));
  });

  for (const [path, least] of Object.entries(parts)) {
    it(`holds ${path}`, () => {
      const { size } = statSync(join(extension?.extensionPath ?? "", path));
      assert.ok(size >= least, `${path} has ${size} bytes, expected at least ${least}`);
    });
  }

  it("holds no source maps, no TypeScript, and of Python files the first example alone", () => {
    const files = readdirSync(extension?.extensionPath ?? "", { recursive: true, encoding: "utf8" });
    assert.deepEqual(
      files.filter((path) => /\.(map|ts|py)$/.test(path)),
      [join("media", "walkthrough", "first-steps.py")],
    );
  });

  it("holds every file that it contributes", () => {
    const { contributes } = extension?.packageJSON ?? {};
    const media = contributes.walkthroughs[0].steps.flatMap((step: { media: Media }) =>
      step.media.markdown ? [step.media.markdown] : Object.values(step.media.image ?? {}),
    );
    const snippets = contributes.snippets.map((one: { path: string }) => one.path);
    for (const path of [...media, ...snippets])
      assert.ok(existsSync(join(extension?.extensionPath ?? "", path)), `${path} is missing`);
  });

  it("activates", async () => {
    assert.ok(extension);
    await extension.activate();
    assert.ok(extension.isActive);
  });

  it("registers every command that it contributes, under one category", async () => {
    assert.ok(extension);
    await extension.activate();
    const contributed: { command: string; category?: string }[] = extension.packageJSON.contributes.commands;
    assert.ok(contributed.length > 0, "no commands are contributed");
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      contributed.map(({ command }) => command).filter((command) => !registered.has(command)),
      [],
    );
    assert.deepEqual([...new Set(contributed.map(({ category }) => category))], ["Gradient Inspector"]);
  });
});
