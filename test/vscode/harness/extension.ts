// The companion extension that carries the integration tests into a VS Code's extension host. code-server
// activates it at start-up; a desktop VS Code that was told `extensionTestsPath` calls run().
import Mocha from "mocha";
import * as vscode from "vscode";
import { address, post, type TestEvent } from "./events";

export function activate(): void {
  // A desktop VS Code calls run() itself, and says so in the environment.
  if (address !== undefined && process.env.GRADIENT_INSPECTOR_TEST_RUNNER === "page") {
    run().catch(() => {
      // Each failure was told already.
    });
  }
}

/** Runs every test; resolves when all have run, rejects when one failed. */
export async function run(): Promise<void> {
  // Events are sent one after the other, so that they arrive in order.
  let sent: Promise<unknown> = Promise.resolve();
  const tell = (event: TestEvent): Promise<unknown> => {
    // Started by a debugger there is nobody to tell, but the debug console shows what is logged.
    sent =
      address === undefined ? Promise.resolve(console.log(event)) : sent.then(() => post("event", event));
    return sent;
  };
  let failures: number;
  try {
    failures = await runMocha(tell);
  } catch (error) {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    await tell({ kind: "broken", message });
    throw error;
  }
  await tell({ kind: "end" });
  if (failures > 0) throw new Error(`${failures} tests failed`);
}

function runMocha(tell: (event: TestEvent) => Promise<unknown>): Promise<number> {
  const mocha = new Mocha({
    ui: "bdd",
    timeout: 30_000,
    forbidOnly: true,
    grep: process.env.GRADIENT_INSPECTOR_TEST_GREP || undefined,
    reporter: class extends Mocha.reporters.Base {
      constructor(runner: Mocha.Runner) {
        super(runner);
        const events = Mocha.Runner.constants;
        runner.on(events.EVENT_RUN_BEGIN, () => {
          const total = runner.total;
          void tell({ kind: "begin", total, vscode: vscode.version, node: process.versions.node });
        });
        runner.on(events.EVENT_TEST_PASS, (test) => {
          void tell({ kind: "pass", title: test.fullTitle(), milliseconds: test.duration ?? 0 });
        });
        runner.on(events.EVENT_TEST_FAIL, (test, error) => {
          const { message, stack } = error as Error;
          void tell({ kind: "fail", title: test.fullTitle(), message, stack: stack ?? message });
        });
        runner.on(events.EVENT_TEST_PENDING, (test) => {
          void tell({ kind: "pending", title: test.fullTitle() });
        });
      }
    },
  });
  // The tests are one bundle that declares its suites while it is loaded.
  mocha.suite.emit("pre-require", globalThis, "tests.cjs", mocha);
  require("./tests.cjs");
  return new Promise((resolve) => {
    mocha.run(resolve);
  });
}
