// What the inspector asks beyond a report. The engine answers by running the snippets once more, with other numbers
// in a tensor or with a probe at a place of the graph: nothing is guessed from the report. Ids are those of the
// report: the same text gives the same ids. Plain data.
import type { NodeId, NumberValue, SnippetReport, TensorId } from "./report";

/** Other numbers for a tensor, all of them in row-major order. */
export interface Replacement {
  tensor: TensorId;
  values: number[];
}

/** Other numbers for the `gradient=` of a backward call: `call` is BackwardCall.ordinal. */
export interface SeedReplacement {
  call: number;
  values: number[];
}

export type Question =
  /** The snippet with the numbers that are tried: its whole report. */
  | { kind: "whatIf" }
  /** How a backward call's gradient of a tensor is put together: one part for each path of the graph. */
  | { kind: "paths"; call: number; tensor: TensorId }
  /** The derivatives of everything that a backward call started from by every element of a tensor. */
  | { kind: "jacobian"; call: number; tensor: TensorId }
  /** The derivatives of one operator's result by each of its inputs. */
  | { kind: "local"; node: NodeId }
  /** Slopes measured by running with slightly more and slightly less, for some elements of a tensor. */
  | { kind: "differences"; call: number; tensor: TensorId; elements: number[] };

/** Numbers that are tried in place of the code's own, whatever is asked. */
export interface Tries {
  replace: Replacement[];
  seeds: SeedReplacement[];
}

export interface ExperimentRequest {
  /** Which of the run's snippets is asked about; later ones do not run. */
  snippet: number;
  question: Question;
  tries: Tries;
}

export interface Path {
  /** From where backward started towards the tensor; `gradient` is what leaves the node along the path. */
  steps: { node: NodeId; name: string; argument: string; line: number | null; gradient: NumberValue[] }[];
  /** What this path adds to the gradient, row-major. */
  contribution: NumberValue[];
}

/** d result[r] / d input[c], row-major in `values`. */
export interface Matrix {
  rows: number;
  columns: number;
  values: NumberValue[];
}

export interface Difference {
  /** The element's place in row-major order, and its value. */
  element: number;
  at: number;
  step: number;
  /** Slopes to the left and to the right, and between the two. */
  left: number;
  right: number;
  slope: number;
  /** The slopes on both sides stay apart however small the step. */
  kink: boolean;
}

export type Answer =
  | { kind: "whatIf"; report: SnippetReport; missed: TensorId[] }
  | {
      kind: "paths";
      paths: Path[];
      /** More than are told one by one; the sum is that of those told. */
      truncated: boolean;
      shape: number[];
    }
  | { kind: "jacobian"; matrix: Matrix; v: NumberValue[]; resultShape: number[]; shape: number[] }
  | {
      kind: "local";
      /** One for each input that a gradient goes back to: `input` is its place in GraphNode.inputs. */
      parts: { input: number; argument: string; matrix: Matrix; shape: number[] }[];
      resultShape: number[];
    }
  | { kind: "differences"; runs: number; differences: Difference[] }
  | { kind: "refused"; why: string };

/** What a run made for a question reports of the snippet asked about. */
export interface AnsweringReport extends SnippetReport {
  answer: Answer;
}
