// Makes the tests that run inside VS Code ready for a debugger: builds the product and bundles the companion.
import { build } from "./build.mjs";
import { main } from "./lib/output.mjs";
import { bundleForVscode, testFiles } from "./lib/testBundles.mjs";

await main(async () => {
  await build();
  await bundleForVscode(testFiles("vscode"));
});
