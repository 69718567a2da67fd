// Runs the programs of test/oracle/views.json on our engine and tells where it answers otherwise than PyTorch.
import { backward, grad, retainGrad, setRequiresGrad } from "../../../engine/autograd/api";
import { modes, resetModes } from "../../../engine/autograd/modes";
import { gradFnOf, requiresGrad } from "../../../engine/autograd/views";
import { elementsOf } from "../../../engine/kernels/strided";
import { operator } from "../../../engine/ops/define";
import { float64 } from "../../../engine/tensor/dtype";
import { runtimeError, TorchError } from "../../../engine/tensor/errors";
import { fromData, type Tensor } from "../../../engine/tensor/tensor";

interface Reference {
  t: string;
}
type Argument = Reference | number | boolean | Argument[];

export interface Step {
  do: "leaf" | "call" | "probe" | "grad" | "backward" | "retain_grad" | "requires_grad_" | "detach_";
  mode?: "no_grad" | "inference";
  out?: string;
  outs?: string[];
  sizes?: number[];
  values?: number[];
  requires?: boolean;
  key?: string;
  args?: Argument[];
  on?: Reference;
  inputs?: string[];
  retain?: boolean;
  value?: boolean;
}

export interface Program {
  steps: Step[];
  results: Result[];
}

export interface Result {
  skipped?: boolean;
  raised?: string;
  message?: string;
  requires?: boolean;
  leaf?: boolean;
  version?: number | null;
  chain?: string[];
  sizes?: number[];
  strides?: number[];
  values?: (number | string)[];
  grads?: ((number | string)[] | null)[] | Record<string, (number | string)[]>;
}

function isReference(value: Argument): value is Reference {
  return typeof value === "object" && !Array.isArray(value);
}

function flat(tensor: Tensor): (number | string)[] {
  return Array.from(elementsOf(tensor), Number).map((value) =>
    Number.isNaN(value) ? "nan" : Number.isFinite(value) ? value : value > 0 ? "inf" : "-inf",
  );
}

function chain(tensor: Tensor): string[] {
  const names: string[] = [];
  let node = gradFnOf(tensor);
  while (node && names.length < 8) {
    names.push(node.name);
    node = node.edges[0]?.node ?? null;
  }
  return names;
}

export class Run {
  readonly tensors = new Map<string, Tensor>();

  private tensor(name: string): Tensor {
    return this.tensors.get(name) as Tensor;
  }

  private argument(value: Argument): unknown {
    if (Array.isArray(value)) return value.map((item) => this.argument(item));
    return isReference(value) ? this.tensor(value.t) : value;
  }

  private missing(step: Step): boolean {
    const names: string[] = [...(step.inputs ?? [])];
    const walk = (value: Argument) => {
      if (Array.isArray(value)) value.forEach(walk);
      else if (isReference(value)) names.push(value.t);
    };
    walk([...(step.args ?? []), ...(step.on ? [step.on] : [])]);
    return names.some((name) => !this.tensors.has(name));
  }

  step(step: Step): Result {
    if (this.missing(step)) return { skipped: true };
    try {
      if (step.mode) modes.grad = false;
      if (step.mode === "inference") modes.inference = true;
      return this.perform(step);
    } catch (error) {
      if (error instanceof TorchError) return { raised: error.type, message: error.message };
      throw error;
    } finally {
      resetModes();
    }
  }

  private perform(step: Step): Result {
    if (step.do === "leaf") {
      const leaf = fromData(Float64Array.from(step.values as number[]), step.sizes as number[], float64);
      if (step.requires) setRequiresGrad(leaf, true);
      this.tensors.set(step.out as string, leaf);
      return {};
    }
    if (step.do === "call") return this.call(step);
    const tensor = this.tensor((step.on as Reference).t);
    switch (step.do) {
      case "probe":
        return {
          requires: requiresGrad(tensor),
          leaf: !requiresGrad(tensor) || gradFnOf(tensor) === null,
          version: tensor.inference ? null : tensor.version.value,
          chain: chain(tensor),
          sizes: [...tensor.sizes],
          strides: [...tensor.strides],
          values: flat(tensor),
        };
      case "grad": {
        const inputs = (step.inputs as string[]).map((name) => this.tensor(name));
        const call = { retainGraph: true, createGraph: false };
        const grads = grad([this.sum(tensor)], inputs, [null], call, true);
        return { grads: grads.map((value) => (value ? flat(value) : null)) };
      }
      case "backward": {
        const call = { retainGraph: step.retain === true, createGraph: false };
        backward([this.sum(tensor)], [null], call, null);
        const held: Record<string, (number | string)[]> = {};
        for (const [name, item] of this.tensors) {
          const isLeaf = !requiresGrad(item) || gradFnOf(item) === null;
          if ((isLeaf || item.retainsGrad) && item.grad) held[name] = flat(item.grad);
        }
        return { grads: held };
      }
      case "retain_grad":
        retainGrad(tensor);
        return {};
      case "requires_grad_":
        setRequiresGrad(tensor, step.value as boolean);
        return {};
      case "detach_":
        if (tensor.view) throw runtimeError("Can't detach views in-place.");
        tensor.gradFn = null;
        tensor.leafRequiresGrad = false;
        return {};
      default:
        return step.do satisfies never;
    }
  }

  private sum(tensor: Tensor): Tensor {
    return operator("sum").call([tensor, null]) as Tensor;
  }

  private call(step: Step): Result {
    const key = (step.key as string).replace(/\.default$/, "");
    const { params } = operator(key).schema;
    const given = (step.args as Argument[]).map((value) => this.argument(value));
    const args = params.map((param, i) =>
      i < given.length ? given[i] : param.default === "False" ? false : param.default === "1" ? 1n : null,
    );
    const result = operator(key).call(args);
    if (step.outs) {
      (result as Tensor[]).slice(0, step.outs.length).forEach((tensor, i) => {
        this.tensors.set((step.outs as string[])[i], tensor);
      });
    } else if (step.out) {
      this.tensors.set(step.out, result as Tensor);
    }
    return {};
  }
}

const TOLERANCE = 1e-9;

function sameNumbers(ours: unknown, theirs: unknown): boolean {
  if (typeof ours === "number" && typeof theirs === "number") {
    return Math.abs(ours - theirs) <= TOLERANCE * Math.max(1, Math.abs(theirs));
  }
  if (Array.isArray(ours) && Array.isArray(theirs)) {
    return ours.length === theirs.length && ours.every((item, i) => sameNumbers(item, theirs[i]));
  }
  if (ours && theirs && typeof ours === "object" && typeof theirs === "object") {
    const a = ours as Record<string, unknown>;
    const b = theirs as Record<string, unknown>;
    const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...keys].every((key) => sameNumbers(a[key], b[key]));
  }
  return ours === theirs;
}

/** The first step where the answers differ, in words; null where none does. */
export function firstDifference(program: Program): string | null {
  const run = new Run();
  for (const [i, step] of program.steps.entries()) {
    const ours = run.step(step);
    const theirs = program.results[i];
    // The long advice at the end of detach_'s text is the bridge's to give.
    if (step.do === "detach_" && ours.raised && theirs.message?.startsWith(ours.message as string)) continue;
    // The stride of a dimension of size 1 says nothing.
    for (const answer of [ours, theirs]) {
      const { sizes, strides } = answer;
      if (sizes && strides) answer.strides = strides.filter((_, d) => sizes[d] !== 1);
    }
    if (sameNumbers(ours, theirs)) continue;
    return `step ${i} ${JSON.stringify(step)}\n  PyTorch: ${JSON.stringify(theirs)}\n  ours:    ${JSON.stringify(ours)}`;
  }
  return null;
}
