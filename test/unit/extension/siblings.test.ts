// Files beside a document that its snippets import.
import assert from "node:assert/strict";
import { importedNames, MAX_SIBLING_CHARACTERS, mayMatter, siblingsOf } from "../../../extension/siblings";

function source(files: Record<string, string>) {
  return {
    read: async (path: string) => files[path],
    list: async (folder: string) => Object.keys(files).filter((path) => path.startsWith(`${folder}/`)),
  };
}

describe("files beside a document", () => {
  it("are those whose names the code imports", () => {
    const code =
      "import os, model.net as m\nfrom data import load\n  from deep.er import x\nimport torch  # import no\n";
    assert.deepEqual(importedNames(code), ["os", "model", "data", "deep", "torch"]);
    assert.deepEqual(importedNames("x = 'import y'\nimportant = 1\nfromage = 2"), []);
    assert.deepEqual(importedNames("import 模型; import b"), ["模型", "b"]);
  });

  it("come with what they import themselves, once each", async () => {
    const files = { "model.py": "import layers\nimport model", "layers.py": "import math", "other.py": "" };
    const { files: found } = await siblingsOf(["from model import Net", "import model"], source(files));
    assert.deepEqual(
      found.map((file) => file.path),
      ["model.py", "layers.py"],
    );
  });

  it("may be packages", async () => {
    const files = { "pkg/__init__.py": "from .a import x", "pkg/a.py": "x = 1", "pkgs/b.py": "" };
    const { files: found } = await siblingsOf(["import pkg.a"], source(files));
    assert.deepEqual(
      found.map((file) => file.path),
      ["pkg/__init__.py", "pkg/a.py"],
    );
  });

  it("are left out beyond the limit, and named", async () => {
    const files = { "big.py": "x".repeat(MAX_SIBLING_CHARACTERS + 1), "small.py": "y = 1" };
    const { files: found, left } = await siblingsOf(["import big, small"], source(files));
    assert.deepEqual(
      found.map((file) => file.path),
      ["small.py"],
    );
    assert.deepEqual(left, ["big.py"]);
  });

  it("matter when they change only if their name is imported", () => {
    const names = new Set(["model", "pkg"]);
    assert.deepEqual(
      ["model.py", "pkg/a/b.py", "other.py", "model.txt", "models.py"].map((path) => mayMatter(path, names)),
      [true, true, false, false, false],
    );
  });
});
