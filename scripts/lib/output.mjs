// What scripts print: steps with the time they took, and refusals that a person can act on.
import { realpathSync } from "node:fs";
import { pathToFileURL } from "node:url";

/** Ends a script with a plain message and no stack: something is missing, and `remedy` says how to get it. */
export class Refusal extends Error {
  /**
   * @param {string} message
   * @param {string} [remedy]
   */
  constructor(message, remedy) {
    super(message);
    this.remedy = remedy;
  }
}

export function seconds(/** @type {number} */ milliseconds) {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

/**
 * Says what is being done, and how long it took. On a terminal the elapsed time counts along; elsewhere one
 * line is printed at the end (and one at the start of what may take long).
 */
export class Progress {
  /** @param {{ stream?: NodeJS.WriteStream, quiet?: boolean }} [options] */
  constructor(options = {}) {
    this.stream = options.stream ?? process.stdout;
    this.quiet = options.quiet ?? false;
    this.started = performance.now();
  }

  /**
   * @template T
   * @param {string} title
   * @param {(note: (text: string) => void) => T | Promise<T>} work `note` replaces what is shown beside the title
   * @param {{ long?: boolean }} [options] long: say at once that it began, even where no terminal counts along
   * @returns {Promise<T>}
   */
  async step(title, work, options = {}) {
    if (this.quiet) return work(() => {});
    const began = performance.now();
    const live = this.stream.isTTY;
    let note = "";
    const draw = () => {
      const elapsed = `${Math.floor((performance.now() - began) / 1000)} s`;
      const line = `  … ${title}${note && `: ${note}`}  ${elapsed}`;
      this.stream.write(`\r\u001b[2K${line.slice(0, (this.stream.columns ?? 80) - 1)}`);
    };
    const timer = live ? setInterval(draw, 500) : undefined;
    if (live) draw();
    else if (options.long) this.stream.write(`  … ${title}\n`);
    try {
      const result = await work((text) => {
        note = text;
        if (live) draw();
      });
      this.#end(live, `  ✓ ${title}${note && `: ${note}`}  ${seconds(performance.now() - began)}`);
      return result;
    } catch (error) {
      this.#end(live, `  ✗ ${title}  ${seconds(performance.now() - began)}`);
      throw error;
    } finally {
      clearInterval(timer);
    }
  }

  say(/** @type {string} */ text) {
    if (!this.quiet) this.stream.write(`${text}\n`);
  }

  #end(/** @type {boolean} */ live, /** @type {string} */ line) {
    this.stream.write(`${live ? "\r\u001b[2K" : ""}${line}\n`);
  }
}

/** Whether the module is the script that was started, rather than imported by another. */
export function isMain(/** @type {string} */ moduleUrl) {
  const script = process.argv[1];
  return script !== undefined && moduleUrl === pathToFileURL(realpathSync(script)).href;
}

/** Runs a script's main function; a Refusal is told in its own words, anything else with its stack. */
export async function main(/** @type {() => Promise<number | void>} */ work) {
  try {
    process.exitCode = (await work()) || 0;
  } catch (error) {
    if (error instanceof Refusal) {
      process.stderr.write(`\n${error.message}\n${error.remedy ? `\n${error.remedy}\n` : ""}`);
    } else {
      process.stderr.write(`\n${error instanceof Error ? error.stack : error}\n`);
    }
    process.exitCode = 1;
  }
}
