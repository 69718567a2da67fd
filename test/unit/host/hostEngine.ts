// One engine for the tests of the host, built once per process, with the small torch of engine/.
import { join } from "node:path";
import { bundleTestEngine } from "../../support/engine";

let folder: Promise<string> | undefined;

export function hostEngine(): Promise<string> {
  folder ??= bundleTestEngine({
    name: "host",
    worker: "test/unit/host/engine/worker.ts",
    packages: { gradient_runner: "runner", torch: join(process.cwd(), "test/unit/host/engine/torch") },
    snapshot: true,
  });
  return folder;
}
