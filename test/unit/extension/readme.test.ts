// The README's tables against what package.json contributes: a command or setting that is not told there is hidden.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

interface Manifest {
  contributes: {
    commands: { command: string; title: string }[];
    menus: { commandPalette?: { command: string; when: string }[] };
    configuration: { properties: Record<string, { default: unknown }> };
  };
}

const { contributes } = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;
const readme = readFileSync("README.md", "utf8");

describe("the README", () => {
  it("names every command of the palette", () => {
    const hidden = new Set(
      (contributes.menus.commandPalette ?? [])
        .filter(({ when }) => when === "false")
        .map(({ command }) => command),
    );
    for (const { command, title } of contributes.commands) {
      if (!hidden.has(command))
        assert.ok(readme.includes(`| ${title} |`), `${command} ("${title}") is missing`);
    }
  });

  it("names every setting with its default", () => {
    for (const [name, { default: value }] of Object.entries(contributes.configuration.properties)) {
      assert.ok(readme.includes(`| \`${name}\` | \`${JSON.stringify(value)}\` |`), `${name} is missing`);
    }
  });

  it("begins with the two commands", () => {
    const lines = readme.split("\n");
    assert.match(lines[3], /^npm start/);
    assert.match(lines[4], /^npm test/);
  });
});
