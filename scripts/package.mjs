// `npm run package`: the VSIX, dist/gradient-inspector.vsix, with what makes it as large as it is.
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "./build.mjs";
import { writeNotices } from "./lib/notices.mjs";
import { isMain, main, Progress, Refusal } from "./lib/output.mjs";
import { dist, root, shown, vsix } from "./lib/paths.mjs";
import { CommandFailed, run } from "./lib/processes.mjs";
import { readStamps, staleBecause, stampOf, writeStamp } from "./lib/stamps.mjs";
import { contentsOf } from "./lib/vsix.mjs";

/** Packages what dist/ holds. */
export async function packageProduct() {
  writeNotices(join(dist, "THIRD_PARTY_NOTICES.txt"));
  const began = Date.now() + 1;
  await packageFolder(root, vsix);
  writeStamp("vsix", stampOf(packagedFiles(), [vsix], began));
}

/** Packages it again where a file that it holds has changed. */
export async function packageIfStale(/** @type {Progress} */ progress) {
  if (staleBecause(readStamps().vsix, packagedFiles())) await progress.step("VSIX", packageProduct);
}

/** What .vscodeignore lets in; a map or the VSIX itself is of no account. */
function packagedFiles() {
  const top = ["package.json", ".vscodeignore", "README.md", "CHANGELOG.md", "LICENSE"];
  const inside = ["dist", "media"].flatMap((folder) => {
    if (!existsSync(join(root, folder))) return [];
    return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((path) => !/\.(map|vsix)$|cli\.mjs$/.test(path) && statSync(join(root, folder, path)).isFile())
      .map((path) => `${folder}/${path}`);
  });
  return [...top, ...inside];
}

/**
 * Packages an extension's folder. Its dependencies are bundled, so none are looked for, and nothing is fetched.
 * @param {string} folder
 * @param {string} to
 */
export async function packageFolder(folder, to) {
  mkdirSync(dirname(to), { recursive: true });
  rmSync(to, { force: true });
  const vsce = join(root, "node_modules", "@vscode", "vsce", "vsce");
  const flags = [
    ...["package", "--no-dependencies", "--no-rewrite-relative-links", "--allow-missing-repository"],
    ...["--allow-star-activation", "--skip-license", "--no-update-package-json"],
  ];
  try {
    await run(process.execPath, [vsce, ...flags, "--out", to], { cwd: folder });
  } catch (error) {
    if (error instanceof CommandFailed)
      throw new Refusal(`${shown(folder)} could not be packaged:\n${error.output}`);
    throw error;
  }
}

function report(/** @type {string} */ file) {
  const contents = contentsOf(file);
  const megabytes = (/** @type {number} */ bytes) => `${(bytes / 1e6).toFixed(2).padStart(6)} MB`;
  const lines = contents.slice(0, 8).map((entry) => `  ${megabytes(entry.packed)}  ${entry.path}`);
  const unpacked = contents.reduce((sum, entry) => sum + entry.unpacked, 0);
  const total = `${megabytes(statSync(file).size)} in ${contents.length} files, ${megabytes(unpacked).trim()} installed`;
  return [`${shown(file)}: ${total.trim()}; its largest parts, packed:`, ...lines].join("\n");
}

if (isMain(import.meta.url)) {
  await main(async () => {
    const progress = new Progress();
    await build();
    await progress.step("VSIX", packageProduct);
    progress.say(`\n${report(vsix)}`);
  });
}
