// What the inspector asks beyond a report. The engine answers by running the snippets once more, with other numbers
// in a tensor or with a probe at a place of the graph: nothing is guessed from the report. Ids are those of the
// report: the same text gives the same ids. Plain data.
import type { NodeId, NumberValue, SnippetReport, TensorId } from "./report";

/** Other numbers for a tensor: all of them in row-major order, or what is done to its own, one after the other. */
export type Replacement =
  | { tensor: TensorId; values: number[]; changes?: never }
  | { tensor: TensorId; changes: Change[]; values?: never };

/** Something that is done to each element of a tensor by itself; see changes.ts. */
export type Change =
  | { kind: "set"; element: number; value: number }
  | { kind: "fill"; value: number }
  | { kind: "scale"; factor: number }
  | { kind: "add"; amount: number }
  /** Normally distributed, the same for the same seed. */
  | { kind: "noise"; deviation: number; seed: number }
  | { kind: "random"; deviation: number; seed: number };

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
  /**
   * The derivatives of everything that a backward call started from by every element of a tensor. Of a large matrix
   * the part that is asked for, or its beginning; `fold`: each row as so many numbers at most, the largest of each
   * block of columns, and the rows' part of vᵀJ.
   */
  | { kind: "jacobian"; call: number; tensor: TensorId; part?: Part; fold?: number }
  /** The derivatives of one operator's result by each of its inputs. */
  | { kind: "local"; node: NodeId; part?: Part }
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

/** An operator's arguments that are no tensors, as far as they are given: numbers, truth values, words, lists. */
export type PlainArguments = Record<string, number | boolean | string | (number | boolean | string)[]>;

/** Rows [row, row + rows) and columns [column, column + columns) of a matrix. */
export interface Part {
  row: number;
  rows: number;
  column: number;
  columns: number;
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
      /** There are more than are told one by one. */
      truncated: boolean;
      /** Each of `paths` is then all paths that end with its one step, and their sum is the whole gradient. */
      together?: boolean;
      shape: number[];
      /** Of the operators on the paths, by node. */
      plain: Record<NodeId, PlainArguments>;
    }
  | {
      kind: "jacobian";
      /** Of the part; folded: as wide as there are blocks. */
      matrix: Matrix;
      part: Part;
      /** Of the whole matrix. */
      rows: number;
      columns: number;
      v: NumberValue[];
      /** What backward makes of v, all rows at once. */
      gradient: NumberValue[];
      /** Folded: what the part's rows add to vᵀJ. */
      product?: NumberValue[];
      resultShape: number[];
      shape: number[];
    }
  | {
      kind: "local";
      /** One for each input that a gradient goes back to: `input` is its place in GraphNode.inputs. */
      parts: {
        input: number;
        argument: string;
        matrix: Matrix;
        part: Part;
        columns: number;
        shape: number[];
      }[];
      rows: number;
      resultShape: number[];
      plain: PlainArguments;
    }
  | { kind: "differences"; runs: number; differences: Difference[] }
  | { kind: "refused"; why: string };

/** What a run made for a question reports of the snippet asked about. */
export interface AnsweringReport extends SnippetReport {
  answer: Answer;
}
