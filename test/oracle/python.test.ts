// What real PyTorch recorded, run through the torch package in Python: values, dtypes and shapes; errors and
// warnings by type, text and line. A case that needs an operator which the engine lacks must be refused with
// a NotImplementedError that names it; refused.json lists those cases, and WRITE_REFUSED=1 writes it anew.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import type { RunRequest } from "../../engine/protocol/engineApi";
import { loadPlainPython, type PlainPython } from "../support/plainPython";

type Plain = string | number | boolean | null | Plain[] | { [key: string]: Plain };
interface Recorded {
  dtype?: string;
  shape?: number[];
  values?: (number | string | boolean)[];
  json?: Plain;
}
interface ValueCase {
  id: string;
  group: string;
  code: string;
  outputs: Record<string, Recorded | null>;
}
interface Warning {
  category: string;
  message: string;
}
interface ErrorCase {
  id: string;
  group: string;
  code: string;
  exception: string | null;
  message?: string | null;
  line?: number | null;
  warnings: Warning[];
  /** The text has addresses or paths in it. */
  volatile?: boolean;
  /** The text is CPython's, of another version. */
  python_dependent?: boolean;
}
interface Outcome {
  exception: string | null;
  message: string | null;
  line: number | null;
  warnings: Warning[];
  traceback?: string;
  outputs?: Record<string, Recorded | null>;
}
interface Refused {
  values: string[];
  errors: string[];
}

const read = <T>(file: string): T => JSON.parse(readFileSync(`test/oracle/${file}`, "utf8")) as T;
const texts = read<{
  expressions: Record<string, [expression: string, answer: string][]>;
  programs: Record<string, string>;
}>("expressions.json");
const operators = read<{
  cases: ValueCase[];
  tolerance: Record<string, { rtol: number; atol: number }>;
}>("ops.json");
const errors = read<{ cases: ErrorCase[] }>("errors.json");
const expected = read<Refused>("refused.json");

const writing = process.env.WRITE_REFUSED === "1";
const found: Refused = { values: [], errors: [] };
const counts = new Map<string, { passed: number; refused: number }>();

let python: PlainPython;
let run: {
  values(code: string, names: string): string;
  outcome(code: string): string;
  answers(statements: string, lines: string): string;
  printed(code: string): string;
};

function isRefusal(outcome: Outcome): boolean {
  return (
    outcome.exception === "NotImplementedError" &&
    /\S+ is not available in Gradient Inspector's engine$/.test(outcome.message ?? "")
  );
}

/** Counts the case; answers whether it was refused, which must be what refused.json says. */
function refusedAsListed(
  kind: keyof Refused,
  { id, group }: { id: string; group: string },
  outcome: Outcome,
): boolean {
  const refused = isRefusal(outcome);
  const count = counts.get(`${kind} ${group}`) ?? { passed: 0, refused: 0 };
  counts.set(`${kind} ${group}`, count);
  count[refused ? "refused" : "passed"]++;
  if (refused) found[kind].push(id);
  if (!writing) {
    const listed = expected[kind].includes(id);
    assert.equal(
      refused,
      listed,
      refused ? `refused: ${outcome.message}` : "refused.json lists it, but it runs",
    );
  }
  return refused;
}

/**
 * Where PyTorch's own float32 is farther from the truth than the tolerance: eigenvectors of values that lie close
 * together, whose gradient divides by the gap (computed in float64 it is -0.1255102, PyTorch's is -0.1254993).
 */
const LOOSE: Record<string, number> = { "eigh@float32": 1e-4 };
let loose = 0;

function sameNumber(actual: unknown, wanted: unknown, dtype: string): boolean {
  if (typeof actual !== "number" || typeof wanted !== "number") return actual === wanted;
  const { rtol, atol: usual } = operators.tolerance[dtype] ?? { rtol: 0, atol: 0 };
  const atol = Math.max(usual, loose);
  return Math.abs(actual - wanted) <= atol + rtol * Math.abs(wanted);
}

/** Plain Python values: numbers as float32 is compared, texts exactly. */
function samePlain(actual: Plain | undefined, wanted: Plain | undefined): boolean {
  if (Array.isArray(wanted)) {
    return (
      Array.isArray(actual) &&
      actual.length === wanted.length &&
      wanted.every((item, i) => samePlain(actual[i], item))
    );
  }
  if (typeof wanted === "number") return sameNumber(actual, wanted, "float32");
  if (typeof wanted === "object" && wanted !== null) {
    return (
      typeof actual === "object" &&
      actual !== null &&
      Object.keys(wanted).every((key) => samePlain((actual as Record<string, Plain>)[key], wanted[key]))
    );
  }
  return actual === wanted;
}

function compare(name: string, actual: Recorded | null | undefined, wanted: Recorded | null): void {
  if (wanted === null) {
    assert.equal(actual, null, `${name} is None in PyTorch`);
    return;
  }
  assert.ok(actual, `${name} is None here`);
  if (wanted.json !== undefined) {
    if (!samePlain(actual.json, wanted.json)) assert.deepEqual(actual.json, wanted.json, name);
    return;
  }
  assert.equal(actual.dtype, wanted.dtype, `dtype of ${name}`);
  assert.deepEqual(actual.shape, wanted.shape, `shape of ${name}`);
  wanted.values?.forEach((value, i) => {
    const own = actual.values?.[i];
    assert.ok(sameNumber(own, value, wanted.dtype ?? ""), `${name}[${i}] is ${own}, in PyTorch ${value}`);
  });
}

describe("the torch package answers as PyTorch", () => {
  before(async function () {
    this.timeout(120_000);
    python = await loadPlainPython();
    run = python.import("oracle.cases") as unknown as typeof run;
  });

  describe("in values", () => {
    for (const recorded of operators.cases) {
      it(`${recorded.id} (${recorded.group})`, () => {
        const names = JSON.stringify(Object.keys(recorded.outputs));
        const outcome = JSON.parse(run.values(recorded.code, names)) as Outcome;
        if (refusedAsListed("values", recorded, outcome)) return;
        assert.equal(outcome.exception ?? null, null, outcome.traceback);
        loose = LOOSE[recorded.id] ?? 0;
        for (const [name, wanted] of Object.entries(recorded.outputs)) {
          compare(name, outcome.outputs?.[name], wanted);
        }
        loose = 0;
      });
    }
  });

  describe("in errors and warnings", () => {
    for (const recorded of errors.cases) {
      it(`${recorded.id} (${recorded.group})`, () => {
        const outcome = JSON.parse(run.outcome(recorded.code)) as Outcome;
        if (refusedAsListed("errors", recorded, outcome)) return;
        assert.equal(outcome.exception, recorded.exception, outcome.traceback);
        if (!recorded.python_dependent) assert.equal(outcome.message, recorded.message ?? null);
        assert.equal(outcome.line, recorded.line ?? null, "line");
        const shown = (warning: Warning) => ({
          category: warning.category,
          message: recorded.volatile ? "" : warning.message,
        });
        assert.deepEqual(outcome.warnings.map(shown), recorded.warnings.map(shown), "warnings");
      });
    }
  });

  describe("in texts", () => {
    // Numbers that count up from a run's start are part of the texts.
    beforeEach(() => python.bridge.beginRun({} as RunRequest));

    for (const [name, rows] of Object.entries(texts.expressions)) {
      it(`of ${rows.length} expressions about ${name}`, () => {
        const file = readFileSync(`test/oracle/expressions/${name}.txt`, "utf8");
        const statements = file.slice(0, file.indexOf("\n---\n"));
        const lines = rows.map(([expression]) => expression);
        const answers = JSON.parse(run.answers(statements, JSON.stringify(lines))) as string[];
        assert.deepEqual(
          lines.map((line, i) => [line, answers[i]]),
          rows,
        );
      }).timeout(30_000);
    }
    for (const [name, printed] of Object.entries(texts.programs)) {
      it(`that protocol/${name}.py prints`, () => {
        assert.equal(run.printed(readFileSync(`test/oracle/protocol/${name}.py`, "utf8")), printed);
      }).timeout(30_000);
    }
  });

  after(() => {
    for (const [group, { passed, refused }] of counts) {
      console.log(`      ${group}: ${passed} passed, ${refused} refused`);
    }
    if (writing) writeFileSync("test/oracle/refused.json", `${JSON.stringify(found, null, 2)}\n`);
  });
});
