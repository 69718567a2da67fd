// The process that one suite runs in: mocha over bundled test files, each result sent to the parent.
//   node mochaChild.mjs '{"files": [...], "grep": "...", "timeout": 5000}'
// A process of its own keeps suites apart: memory, globals, a test that hangs.
import Mocha from "mocha";

/** @type {{ files: string[], grep?: string, timeout: number }} */
const { files, grep, timeout } = JSON.parse(process.argv[2] ?? "");

/** @param {import("../../test/vscode/harness/events").TestEvent} event */
function tell(event) {
  process.send?.(event);
}

class Reporter extends Mocha.reporters.Base {
  /** @param {Mocha.Runner} runner */
  constructor(runner) {
    super(runner);
    const events = Mocha.Runner.constants;
    runner.on(events.EVENT_TEST_PASS, (test) =>
      tell({ kind: "pass", title: test.fullTitle(), milliseconds: test.duration ?? 0 }),
    );
    runner.on(events.EVENT_TEST_FAIL, (test, /** @type {Error} */ error) =>
      tell({
        kind: "fail",
        title: test.fullTitle(),
        message: error.message ?? String(error),
        stack: error.stack ?? "",
      }),
    );
    runner.on(events.EVENT_TEST_PENDING, (test) => tell({ kind: "pending", title: test.fullTitle() }));
  }
}

try {
  const mocha = new Mocha({ ui: "bdd", timeout, grep, forbidOnly: true, reporter: Reporter });
  for (const file of files) mocha.addFile(file);
  await mocha.loadFilesAsync();
  await new Promise((resolve) => mocha.run(resolve));
  tell({ kind: "end" });
} catch (error) {
  tell({ kind: "broken", message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}
// A worker or a timer that a test left behind does not keep the suite from ending.
// What was sent is delivered before the channel closes.
process.once("disconnect", () => process.exit());
process.disconnect?.();
