// A snippet without Python: statements of a test call the engine's operators at lines of an imagined document, and
// the reporter is driven as the bridge and the runner drive it.
import { backward, grad } from "../../../engine/autograd/api";
import { modes, resetModes } from "../../../engine/autograd/modes";
import { resetSequence } from "../../../engine/autograd/node";
import "../../../engine/ops";
import { operator } from "../../../engine/ops/define";
import type {
  Finding,
  GraphNode,
  Range,
  Site,
  SnippetReport,
  TensorRecord,
} from "../../../engine/protocol/report";
import type { BindingSite, NamedTensor, SnippetFacts } from "../../../engine/python/plug";
import { recording } from "../../../engine/record/hook";
import { createReporter } from "../../../engine/record/reporter";
import { type DType, float32, int64 } from "../../../engine/tensor/dtype";
import { TorchError } from "../../../engine/tensor/errors";
import { fromData, type Tensor } from "../../../engine/tensor/tensor";

/** Whole lines of an imagined document; humans count from 1. */
export function lineRange(line: number): Range {
  return { start: { line: line - 1, character: 0 }, end: { line: line - 1, character: 40 } };
}

/** The statements of one snippet. Lines count from 1. */
export class Statements {
  readonly names = new Map<string, Tensor>();
  readonly members = new Map<string, "parameter" | "buffer">();
  readonly bindings: BindingSite[] = [];
  readonly ignores: SnippetFacts["ignores"] = [];
  stoppedBy: SnippetFacts["stoppedBy"];

  constructor(private readonly nextPlace: () => number) {}

  /** Runs `body` at a line; what it gives is bound to `name`. */
  at<T>(line: number, body: () => T): T {
    const outer = modes.site;
    modes.site = line;
    const result = body();
    // After an error the place stays that of the call that raised.
    modes.site = outer;
    return result;
  }

  /** The same, and binds the tensor to a name. */
  let(line: number, name: string, body: () => Tensor): Tensor {
    const tensor = this.at(line, body);
    this.bind(line, name, tensor);
    return tensor;
  }

  bind(line: number, name: string, tensor: Tensor): void {
    let place = this.bindings.find((b) => b.name === name && b.range.start.line === line - 1);
    if (!place) {
      place = { site: this.nextPlace(), name, range: lineRange(line), bound: "tensor" };
      this.bindings.push(place);
    }
    recording.recorder?.bind(place.site, tensor);
    this.names.set(name, tensor);
  }

  /** `name = torch.tensor(values)` */
  data(line: number, name: string, values: number | number[], dtype: DType = float32): Tensor {
    return this.let(line, name, () => data(values, dtype));
  }

  /** `name = torch.tensor(values, requires_grad=True)` */
  leaf(line: number, name: string, values: number | number[]): Tensor {
    return this.let(line, name, () => {
      const tensor = data(values, float32);
      tensor.leafRequiresGrad = true;
      return tensor;
    });
  }

  backward(
    line: number,
    root: Tensor,
    options: { retain?: boolean; create?: boolean; gradient?: Tensor } = {},
  ): void {
    this.at(line, () =>
      backward(
        [root],
        [options.gradient ?? null],
        { retainGraph: options.retain ?? options.create ?? false, createGraph: options.create ?? false },
        null,
      ),
    );
  }

  grad(line: number, root: Tensor, input: Tensor, create = false): Tensor {
    const [gradient] = this.at(line, () =>
      grad([root], [input], [null], { retainGraph: create, createGraph: create }, false),
    );
    return gradient as Tensor;
  }

  /** `with torch.no_grad():` at `line` */
  noGrad<T>(line: number, body: () => T): T {
    recording.recorder?.gradMode("no_grad", false, line);
    modes.grad = false;
    try {
      return body();
    } finally {
      modes.grad = true;
      recording.recorder?.gradMode("no_grad", true, line);
    }
  }

  /** `tensor.grad = None` */
  clearGrad(line: number, tensor: Tensor): void {
    tensor.grad = null;
    recording.recorder?.state("grad_cleared", tensor, line);
  }

  /** `tensor.item()` and the like */
  item(line: number, tensor: Tensor, how = "item"): number {
    recording.recorder?.escape(how, tensor, line);
    return Number(tensor.storage.data[tensor.offset]);
  }
}

export function data(values: number | number[], dtype: DType = float32): Tensor {
  const flat = typeof values === "number" ? [values] : values;
  const memory = dtype.allocate(flat.length);
  flat.forEach((value, i) => {
    memory[i] = dtype === int64 ? BigInt(value) : value;
  });
  const tensor = fromData(memory, typeof values === "number" ? [] : [flat.length], dtype);
  tensor.site = modes.site;
  return tensor;
}

/** Calls an operator by its key, all arguments given. */
export function call(key: string, ...args: unknown[]): Tensor {
  return operator(key).call(args) as Tensor;
}

export const mul = (a: Tensor, b: Tensor | number): Tensor => call("mul.Tensor", a, b);
export const add = (a: Tensor, b: Tensor | number): Tensor => call("add.Tensor", a, b, 1n);
export const sub = (a: Tensor, b: Tensor | number): Tensor => call("sub.Tensor", a, b, 1n);
export const pow = (a: Tensor, exponent: bigint): Tensor => call("pow.Tensor_Scalar", a, exponent);
export const sum = (a: Tensor): Tensor => call("sum", a, null);
export const exp = (a: Tensor): Tensor => call("exp", a);
export const tanh = (a: Tensor): Tensor => call("tanh", a);
export const detach = (a: Tensor): Tensor => call("detach", a);
export const select = (a: Tensor, index: number): Tensor => call("select.int", a, 0, index);
export const add_ = (a: Tensor, b: Tensor | number): Tensor => call("add_.Tensor", a, b, 1n);
export const sub_ = (a: Tensor, b: Tensor | number): Tensor => call("sub_.Tensor", a, b, 1n);
export const mul_ = (a: Tensor, b: Tensor | number): Tensor => call("mul_.Tensor", a, b);
export const gt = (a: Tensor, b: Tensor | number): Tensor => call("gt.Tensor", a, b);

/** A whole run: each function is a snippet. */
export function run(snippets: ((s: Statements) => void)[], records = 10_000): SnippetReport[] {
  const handles = new Map<number, Tensor>();
  const reporter = createReporter((handle) => handles.get(handle) ?? null);
  resetModes();
  resetSequence();
  reporter.beginRun({
    runId: 1,
    file: "lesson.py",
    version: 1,
    snippets: [],
    siblings: [],
    limits: { seconds: 10, tensorBytes: 1e9, outputCharacters: 1e5, records },
  });
  recording.recorder = reporter.recorder;
  let place = 1;
  const shared = new Map<string, Tensor>();
  try {
    return snippets.map((body, index) => {
      reporter.beginSnippet(index);
      const statements = new Statements(() => place++);
      const facts = emptyFacts(index);
      try {
        body(statements);
      } catch (error) {
        if (!(error instanceof TorchError)) throw error;
        recording.recorder?.raised(error, modes.site);
        facts.status = "raised";
        facts.error = {
          type: error.type,
          message: error.message,
          range: lineRange(modes.site),
          traceback: "",
        };
      }
      modes.grad = true;
      if (statements.stoppedBy) {
        facts.status = "stopped";
        facts.stoppedBy = statements.stoppedBy;
      }
      for (const [name, tensor] of statements.names) shared.set(name, tensor);
      facts.names = [...shared].map(([name, tensor]): NamedTensor => {
        handles.set(tensor.id, tensor);
        const member = statements.members.get(name);
        return { name, handle: tensor.id, ...(member ? { member } : {}) };
      });
      facts.bindings = statements.bindings;
      facts.ignores = statements.ignores;
      return reporter.finishSnippet(facts);
    });
  } finally {
    recording.recorder = null;
    resetModes();
  }
}

export function snippet(body: (s: Statements) => void): SnippetReport {
  return run([body])[0];
}

/** Every line is a site of its own number; this one lies in a file beside the document. */
const LINES = 200;
export const IN_SIBLING = 300;

export function emptyFacts(index: number): SnippetFacts {
  const sites = new Map<number, Site>();
  for (let line = 1; line <= LINES; line++) sites.set(line, { range: lineRange(line) });
  sites.set(IN_SIBLING, { range: lineRange(7), file: "model.py" });
  return {
    index,
    title: `snippet ${index}`,
    range: { start: { line: 0, character: 0 }, end: { line: LINES, character: 0 } },
    status: "ok",
    milliseconds: 1,
    output: [],
    inlineValues: [],
    names: [],
    bindings: [],
    uses: [],
    ignores: [],
    sites,
  };
}

// ---- looking at a report

export function tensor(report: SnippetReport, name: string): TensorRecord {
  const found = report.tensors.find((record) => record.names.includes(name));
  if (!found)
    throw new Error(`no tensor ${name}: ${report.tensors.map(({ names }) => names.join("/")).join(", ")}`);
  return found;
}

export function node(report: SnippetReport, name: string): GraphNode {
  const found = report.graph.nodes.filter((each) => each.name === name);
  if (found.length !== 1)
    throw new Error(`${found.length} nodes ${name}: ${report.graph.nodes.map((n) => n.name)}`);
  return found[0];
}

export function finding(report: SnippetReport, code: string): Finding {
  const found = report.diagnostics.filter((each) => each.code === code);
  if (found.length !== 1)
    throw new Error(`${found.length} of ${code}: ${JSON.stringify(report.diagnostics)}`);
  return found[0];
}

export const codes = (report: SnippetReport): string[] => report.diagnostics.map(({ code }) => code);

/** Lines (from 1) that a finding names, its own first. */
export const linesOf = ({ range, related }: Finding): number[] => [
  range.start.line + 1,
  ...related.map((each) => each.range.start.line + 1),
];

/** Edges as "from>to". */
export function edges({ graph }: SnippetReport): string[] {
  const names = new Map(graph.nodes.map(({ id, name }) => [id, name]));
  return graph.edges
    .map(({ from, to, cut }) => `${names.get(from)}${cut ? "|" : ">"}${names.get(to)}`)
    .sort();
}

export const lineOf = (site: Site | null | undefined): number | null =>
  site ? site.range.start.line + 1 : null;
