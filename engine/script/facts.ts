// What shows a mistake of which PyTorch itself says nothing: statements that a script prints with, most telling
// first. They are suggestions; whoever makes the script runs them and leaves out what does not work there.
import type { Finding, SnippetReport, TensorRecord } from "../protocol/report";

/** Leaves and parameters whose gradients are printed one by one. */
const ONE_BY_ONE = 4;
/** Of more numbers the norm is printed. */
const MOST_NUMBERS = 64;

export interface Fact {
  /** One line. */
  code: string;
  /** At the end of the script, or in front of the finding's line, where it is shown what that line meets. */
  place: "end" | "before";
}

interface Scene {
  finding: Finding;
  /** Names on the finding's line that are bound to tensors of floats, without those that it binds. */
  named: string[];
  /** What the finding's line binds or starts backward from, and whether it is a tensor. */
  bound: { name: string; tensor: boolean }[];
  leaves: TensorRecord[];
  /** Names of modules. */
  modules: string[];
  optimizers: string[];
  schedulers: string[];
}

/** An expression that says itself what it is, or one with a label. */
type Expression = string | { label: string; expression: string };
type Telling = (scene: Scene) => Expression[];

const attribute =
  (suffix: string, which: (scene: Scene) => string[]): Telling =>
  (scene) =>
    which(scene).map((name) => `${name}${suffix}`);
const named = (scene: Scene): string[] => scene.named;
const bound = (scene: Scene): string[] => scene.bound.map(({ name }) => name);
const modules = (scene: Scene): string[] => scene.modules;
const parameterNames: Telling = (scene) =>
  scene.modules.map((module) => ({
    label: `parameters of ${module}:`,
    expression: `[name for name, _ in ${module}.named_parameters()]`,
  }));

/** For the rules that gradients alone do not show. */
const telling: Record<string, readonly Telling[]> = {
  "autograd/non-leaf-grad": [attribute(".is_leaf", named)],
  "autograd/rebuilt-tensor": [attribute(".requires_grad", bound)],
  "autograd/graph-kept": [attribute(".grad_fn", bound)],
  "autograd/non-finite": [attribute("", bound)],
  "autograd/where-nan": [attribute("", bound)],
  "autograd/escaped-value": [
    (scene) =>
      scene.bound.map(({ name, tensor }) => (tensor ? `${name}.requires_grad` : `type(${name}).__name__`)),
  ],
  "autograd/leaf-root": [attribute(".is_leaf", bound)],
  "autograd/leaf-lost": [attribute(".is_leaf", bound), attribute(".grad_fn", bound)],
  "autograd/gradient-alias": [
    (scene) =>
      bound(scene).flatMap((name) => plainNames(scene.leaves).map((leaf) => `${name} is ${leaf}.grad`)),
  ],
  "autograd/create-graph-cycle": [({ leaves }) => plainNames(leaves).map((leaf) => `${leaf}.grad.grad_fn`)],
  "nn/loss-broadcast": [attribute(".shape", named), attribute("", bound)],
  "nn/double-softmax": [
    ({ finding, named }) =>
      /sigmoid/.test(finding.message)
        ? named.flatMap((name) => [`${name}.min()`, `${name}.max()`])
        : named.map((name) => `${name}.sum(-1)`),
    attribute("", bound),
  ],
  "nn/log-of-softmax": [attribute("", bound)],
  "nn/log-probabilities": [attribute("", named), attribute("", bound)],
  "nn/training-in-evaluation-mode": [attribute(".training", modules)],
  "nn/dropout-always-on": [attribute(".training", modules), attribute("", bound)],
  "nn/state-dict-alias": [attribute("", bound)],
  "tensor/same-memory": [attribute("", bound)],
  "python/not-called": [attribute("", bound)],
  "nn/unregistered-modules": [parameterNames],
  "nn/unregistered-tensor": [parameterNames],
  "nn/frozen-attribute": [
    ({ modules }) =>
      modules.map((module) => ({
        label: `requires_grad in ${module}:`,
        expression: `[p.requires_grad for p in ${module}.parameters()]`,
      })),
  ],
  "nn/evaluating-in-training-mode": [attribute(".training", modules)],
  "optim/stale-parameters": [
    ({ modules, optimizers }) =>
      modules.flatMap((module) =>
        optimizers.map((optimizer) => ({
          label: `${optimizer} updates:`,
          expression: `[any(p is q for group in ${optimizer}.param_groups for q in group["params"]) for p in ${module}.parameters()]`,
        })),
      ),
  ],
  "optim/scheduler-first": [attribute(".get_last_lr()", (scene) => scene.schedulers)],
  "optim/diverging": [attribute("", bound), attribute("", named)],
};

/** Gradients say nothing about these. */
const withoutGradients = new Set([
  "nn/evaluating-in-training-mode",
  "nn/frozen-attribute",
  "nn/loss-broadcast",
  "nn/unregistered-modules",
  "nn/unregistered-tensor",
  "optim/scheduler-first",
  "optim/stale-parameters",
]);

/** What counts is what the line finds, not what is there at the end. */
const metByTheLine = new Set(["optim/step-without-gradient", "optim/cleared-before-step"]);

/** `text`: the script, which `report` is of; `line`: the finding's in it, from 0. */
export function factsOf(finding: Finding, report: SnippetReport, text: string, line: number): Fact[] {
  const scene = sceneOf(finding, report, text, line);
  const codes = (telling[finding.code] ?? []).flatMap((each) => each(scene)).map(printed);
  if (!withoutGradients.has(finding.code)) codes.push(...gradients(scene));
  const place = metByTheLine.has(finding.code) ? "before" : "end";
  return [...new Set(codes)].map((code) => ({ code, place }));
}

function printed(what: Expression): string {
  const { label, expression } = typeof what === "string" ? { label: `${what} =`, expression: what } : what;
  return `print(${JSON.stringify(label)}, ${expression})`;
}

function sceneOf(finding: Finding, report: SnippetReport, text: string, line: number): Scene {
  const lines = text.split(/\r?\n/);
  const code = (lines[line] ?? "").replace(/#.*$/, "").replace(/"[^"]*"|'[^']*'/g, "");
  const tensors = new Map(report.tensors.flatMap((tensor) => tensor.names.map((name) => [name, tensor])));
  const words = [...new Set(code.match(/(?<![\w.])[A-Za-z_]\w*/g) ?? [])];
  const leaves = report.tensors.filter(
    ({ isLeaf, requiresGrad, names }) => isLeaf && requiresGrad && names.length > 0,
  );
  const bindings = (value: RegExp): string[] =>
    lines.flatMap((each) => {
      const match = /^([A-Za-z_]\w*)\s*=\s*(.*)$/.exec(each);
      return match && value.test(match[2]) ? [match[1]] : [];
    });
  const roots = leaves
    .filter(({ isParameter }) => isParameter)
    .flatMap(({ names }) => names.flatMap((name) => /^([A-Za-z_]\w*)\./.exec(name)?.[1] ?? []));
  const made = bindings(/^(\w+\.)*[A-Z]\w*\(/);
  const optimizers = bindings(/\boptim\.[A-Z]\w*\(|^(SGD|Adam|AdamW|RMSprop|LBFGS)\(/);
  const schedulers = bindings(/\blr_scheduler\.|^\w*LR\(/).filter((name) => !optimizers.includes(name));
  const target = /^\s*([A-Za-z_]\w*)\s*(?:[-+*/@]?=)(?!=)/.exec(code)?.[1];
  const roots0 = words.filter(
    (word) => tensors.has(word) && new RegExp(`\\b${word}\\.backward\\(`).test(code),
  );
  const bound = [...new Set([...(target === undefined ? [] : [target]), ...roots0])];
  return {
    finding,
    named: words.filter(
      (word) => !bound.includes(word) && /float|complex/.test(tensors.get(word)?.dtype ?? ""),
    ),
    bound: bound.map((name) => ({ name, tensor: tensors.has(name) })),
    leaves,
    modules: [...new Set([...roots, ...made])].filter(
      (name) => !optimizers.includes(name) && !schedulers.includes(name) && !tensors.has(name),
    ),
    optimizers,
    schedulers,
  };
}

const plain = /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/;

const plainNames = (leaves: readonly TensorRecord[]): string[] =>
  leaves.flatMap(({ names: [name] }) => (name !== undefined && plain.test(name) ? [name] : []));

/** Those of tensors by name, and those of a module's parameters together where they are many or have no plain name. */
function gradients({ leaves, modules }: Scene): string[] {
  const codes: string[] = [];
  const inside = (tensor: TensorRecord, module: string): string | undefined =>
    tensor.names.find((name) => name.startsWith(`${module}.`));
  const own = leaves.filter((tensor) => !modules.some((module) => inside(tensor, module) !== undefined));
  for (const name of plainNames(own).slice(0, ONE_BY_ONE)) codes.push(printed(`${name}.grad`));
  for (const module of modules) {
    const parameters = leaves.filter((tensor) => inside(tensor, module) !== undefined);
    if (parameters.length === 0) continue;
    const names = parameters.map((tensor) => inside(tensor, module) ?? "");
    const numbers = parameters.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
    if (names.every((name) => plain.test(name)) && names.length <= ONE_BY_ONE && numbers <= MOST_NUMBERS) {
      for (const name of names) codes.push(printed(`${name}.grad`));
      continue;
    }
    // A comprehension: the names of a loop would become names of the parameters.
    const many = numbers > MOST_NUMBERS;
    const what = many ? "None if p.grad is None else p.grad.norm()" : "p.grad";
    codes.push(
      printed({
        label: `${many ? "norms of gradients" : "gradients"} of ${module}:`,
        expression: `{name: ${what} for name, p in ${module}.named_parameters()}`,
      }),
    );
  }
  return codes;
}
