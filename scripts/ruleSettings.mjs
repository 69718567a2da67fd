// `npm run rules`: writes the rules of engine/protocol/rules.ts into package.json, as what can be chosen in the setting
// gradientInspector.severities. A unit test tells when that has to be done.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { root } from "./lib/paths.mjs";

const result = await build({
  entryPoints: [join(root, "engine", "protocol", "rules.ts")],
  bundle: true,
  format: "esm",
  write: false,
});
const code = Buffer.from(result.outputFiles[0]?.contents ?? []).toString("base64");
/** @type {{ RULES: { code: string, title: string, severity: string, configurable: boolean }[] }} */
const { RULES } = await import(`data:text/javascript;base64,${code}`);

const file = join(root, "package.json");
const manifest = JSON.parse(readFileSync(file, "utf8"));
const setting = manifest.contributes.configuration.properties["gradientInspector.severities"];
setting.properties = Object.fromEntries(
  RULES.filter((rule) => rule.configurable).map((rule) => [
    rule.code,
    {
      type: "string",
      enum: ["error", "warning", "information", "hint", "off"],
      description: `${rule.title} (otherwise: ${rule.severity})`,
    },
  ]),
);
writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
