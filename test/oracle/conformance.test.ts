// docs/conformance.md says what is so. `npm run conformance` writes it anew.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { loadPlainPython } from "../support/plainPython";
import { conformanceDocument, type Presence } from "./conformance/document";

describe("the document about conformance", () => {
  it("is up to date", async function () {
    this.timeout(120_000);
    const python = await loadPlainPython();
    const presence = JSON.parse(python.import("oracle.names").presence() as string) as Presence;
    assert.equal(readFileSync("docs/conformance.md", "utf8"), conformanceDocument(presence, new Map()));
  });
});
