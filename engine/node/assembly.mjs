// For esbuild: an import of "assembly:FEATURES" is the kernels of engine/kernels/wasm/assembly, compiled from
// AssemblyScript with these WASM features, as bytes.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const folder = join(here, "..", "kernels", "wasm", "assembly");
const cache = join(here, "..", "..", ".cache", "assembly");
const version = JSON.parse(
  readFileSync(join(here, "..", "..", "node_modules", "assemblyscript", "package.json"), "utf8"),
).version;

/** @returns {string[]} */
function sourceFiles() {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".ts"))
    .sort();
}

/** Compiled once for each state of the sources. */
async function compiled(/** @type {string} */ features) {
  const hash = createHash("sha256").update(`${version} ${features}`);
  for (const name of sourceFiles()) hash.update(`\0${name}\0`).update(readFileSync(join(folder, name)));
  const file = join(cache, `${hash.digest("hex").slice(0, 16)}.wasm`);
  try {
    return readFileSync(file);
  } catch {
    const bytes = await compile(features);
    mkdirSync(cache, { recursive: true });
    const whole = `${file}.${process.pid}`;
    writeFileSync(whole, bytes);
    renameSync(whole, file);
    return bytes;
  }
}

async function compile(/** @type {string} */ features) {
  const { default: asc } = await import("assemblyscript/asc");
  let bytes = new Uint8Array();
  const { error, stderr } = await asc.main(
    ["index.ts", "--runtime", "stub", "-O3", "--noAssert", "--enable", features, "--outFile", "out.wasm"],
    {
      readFile(name) {
        try {
          return readFileSync(join(folder, name), "utf8");
        } catch {
          return null;
        }
      },
      writeFile(name, contents) {
        if (name === "out.wasm") bytes = new Uint8Array(/** @type {Uint8Array} */ (contents));
      },
      listFiles: () => [],
    },
  );
  if (error) throw new Error(`the kernels do not compile:\n${stderr}`);
  return bytes;
}

/** @type {import("esbuild").Plugin} */
export const assembly = {
  name: "assembly",
  setup(build) {
    build.onResolve({ filter: /^assembly:/ }, ({ path }) => ({
      path: path.slice("assembly:".length),
      namespace: "assembly",
    }));
    build.onLoad({ filter: /.*/, namespace: "assembly" }, async ({ path }) => ({
      contents: await compiled(path),
      loader: "binary",
      watchFiles: sourceFiles().map((name) => join(folder, name)),
    }));
  },
};
