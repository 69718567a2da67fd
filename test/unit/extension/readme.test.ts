// The README's tables against what package.json contributes: a command or setting that is not told there is hidden.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { RULES } from "../../../engine/protocol/rules";

interface Manifest {
  contributes: {
    commands: { command: string; title: string }[];
    menus: { commandPalette?: { command: string; when: string }[] };
    configuration: {
      properties: Record<string, { default: unknown; properties?: Record<string, { description: string }> }>;
    };
    walkthroughs: { steps: { description: string; completionEvents: string[] }[] }[];
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

  it("counts the rules", () => {
    assert.ok(readme.includes(`[${RULES.length} rules](docs/rules/)`), `there are ${RULES.length}`);
  });

  it("has no picture that is not there", () => {
    for (const [, path = ""] of readme.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)) assert.ok(existsSync(path), path);
  });

  it("begins with the two commands", () => {
    const lines = readme.split("\n");
    assert.match(lines[3], /^npm start/);
    assert.match(lines[4], /^npm test/);
  });
});

describe("the settings", () => {
  it("offer a severity for every rule that has one to choose, and for no other", () => {
    const offered = contributes.configuration.properties["gradientInspector.severities"]?.properties ?? {};
    assert.deepEqual(
      Object.entries(offered).map(([code, { description }]) => `${code}: ${description}`),
      RULES.filter((rule) => rule.configurable).map(
        ({ code, title, severity }) => `${code}: ${title} (otherwise: ${severity})`,
      ),
    );
  });
});

describe("the walkthrough", () => {
  it("leads to commands that exist, and is done when they were used", () => {
    const declared = new Set(contributes.commands.map(({ command }) => command));
    const steps = contributes.walkthroughs.flatMap((walkthrough) => walkthrough.steps);
    assert.ok(steps.length >= 5);
    for (const { description, completionEvents } of steps) {
      const links = [...description.matchAll(/\(command:([^)]+)\)/g)].map((match) => match[1] ?? "");
      const events = completionEvents.filter((event) => event.startsWith("onCommand:"));
      for (const command of [...links, ...events.map((event) => event.slice("onCommand:".length))])
        assert.ok(declared.has(command), command);
      // VS Code shows these as they are.
      assert.doesNotMatch(description, /`/);
    }
  });
});
