// Counts a suite's results as they come in, and prints them: one line for a suite that passed, each failure in
// full for one that did not.
import { seconds } from "./output.mjs";

/** @typedef {import("../../test/vscode/harness/events").TestEvent} TestEvent */

/** How much of one failure is printed; the beginning tells what it is. */
const longestFailure = 4000;

export class Tally {
  passed = 0;
  /** @type {{ title: string, detail: string }[]} */
  failures = [];
  /** @type {string[]} */
  pending = [];
  finished = false;
  began = performance.now();
  milliseconds = 0;

  /** @param {string} name */
  constructor(name) {
    this.name = name;
  }

  take(/** @type {TestEvent} */ event) {
    switch (event.kind) {
      case "pass":
        this.passed++;
        return;
      case "fail":
        this.fail(
          event.title,
          event.stack.includes(event.message) ? event.stack : `${event.message}\n${event.stack}`,
        );
        return;
      case "pending":
        this.pending.push(event.title);
        return;
      case "broken":
        this.fail("could not run", event.message);
        this.finished = true;
        return;
      case "end":
        this.finished = true;
        return;
    }
  }

  fail(/** @type {string} */ title, /** @type {string} */ detail) {
    this.failures.push({ title, detail: withoutMachinery(detail).slice(0, longestFailure) });
  }

  /**
   * @param {{ allowPending?: boolean }} [options] where a test may say that it cannot run here
   */
  end(options = {}) {
    this.milliseconds = performance.now() - this.began;
    if (!options.allowPending) {
      for (const title of this.pending)
        this.fail(title, "It is marked as pending; a test runs or it is removed.");
    }
    if (this.passed + this.failures.length === 0) this.fail("no test ran", "Nothing matched.");
    return this;
  }

  print(/** @type {(text: string) => void} */ write) {
    const failed = this.failures.length;
    const counts = failed > 0 ? `${this.passed} passed, ${failed} failed` : `${this.passed} passed`;
    const mark = failed > 0 ? "✗" : "✓";
    write(`  ${mark} ${this.name.padEnd(12)} ${counts.padEnd(28)} ${seconds(this.milliseconds).padStart(8)}`);
    this.failures.forEach(({ title, detail }, index) => {
      write(`\n    ${index + 1}) ${title}\n${detail.replaceAll(/^/gm, "       ")}\n`);
    });
  }
}

/** A stack without the lines of mocha and Node, which are the same for every failure. */
function withoutMachinery(/** @type {string} */ stack) {
  return stack
    .split("\n")
    .filter(
      (line) =>
        !/^\s+at .*(node:internal|node_modules\/mocha|mochaChild|processImmediate|(gradient-inspector-tests-[\d.]+|tests\/vscode)\/extension\.cjs)/.test(
          line,
        ),
    )
    .join("\n")
    .trimEnd();
}
