// Which family an operator and a recorded case belong to: by the file that declares the operator, by the group
// that the recording names.
import { readdirSync, readFileSync } from "node:fs";
import { registry } from "../../../engine/python/registry";

/** Family → files of engine/ops/ that declare its operators. */
const FILES: Record<string, readonly string[]> = {
  "Pointwise functions": [
    "arithmetic",
    "unary",
    "special",
    "clamp",
    "choice",
    "mix",
    "numeric",
    "pairs",
    "comparison",
    "trilinear",
    "specialMore",
  ],
  "Reductions, sorting, cumulative": [
    "reductions",
    "sums",
    "extremes",
    "scans",
    "sort",
    "membership",
    "spread",
  ],
  "Shapes and views": [
    "view",
    "viewBackward",
    "viewComposites",
    "viewInPlace",
    "rearrange",
    "join",
    "scatterViews",
    "splits",
  ],
  "Indexing, gather, scatter": ["index", "indexing", "gather", "reduceInto"],
  "Creation, copies, dtypes": ["creation", "convert", "fill", "viewDtype", "memoryFormat"],
  "Random numbers": ["random"],
  "Matrix products": ["matmul", "matmulComposites", "einsum", "distance"],
  "Linear algebra": ["linalg", "decompositions", "matrices", "matrixFunctions", "linalgNorms", "luFactors"],
  Activations: ["activation", "smoothActivation", "gated", "softmax"],
  "Network layers": [
    "convolution",
    "pooling",
    "normalise",
    "embedding",
    "attention",
    "padding",
    "resample",
    "rnn",
    "rnnCells",
    "rnnFused",
    "packed",
    "upsample",
    "gridSample",
    "folding",
  ],
  Losses: ["lossClasses", "lossPointwise", "lossRanking", "lossMargins"],
};

/** Group of a recorded case → family. */
const GROUPS: Record<string, string> = {
  unary: "Pointwise functions",
  binary: "Pointwise functions",
  reduction: "Reductions, sorting, cumulative",
  shape: "Shapes and views",
  view: "Shapes and views",
  indexing: "Indexing, gather, scatter",
  index: "Indexing, gather, scatter",
  dtype: "Creation, copies, dtypes",
  matmul: "Matrix products",
  linalg: "Linear algebra",
  activation: "Activations",
  loss: "Losses",
  nn: "Network layers",
};

/** Families without operators of their own: what the suites record beside them. */
export const OTHER = {
  autograd: "Autograd, hooks, modes",
  inPlace: "In-place",
  modules: "Modules and optimizers",
  promotion: "Type promotion",
  printing: "Printing",
  protocol: "Python's side of tensors",
  programs: "Programs and lessons",
  rest: "Other",
} as const;

const OTHER_GROUPS: Record<string, string> = {
  autograd: OTHER.autograd,
  backward: OTHER.autograd,
  grad: OTHER.autograd,
  hook: OTHER.autograd,
  anomaly: OTHER.autograd,
  inference: OTHER.autograd,
  savedhooks: OTHER.autograd,
  function: OTHER.autograd,
  inplace: OTHER.inPlace,
  module: OTHER.modules,
  optim: OTHER.modules,
  repr: OTHER.printing,
  attr: OTHER.protocol,
  misc: OTHER.protocol,
};

const FOLDER = "engine/ops";

/** Operator key → family. Each module declares its operators one after another, so a key that no file spells
 * out (a derived form, a loop) belongs where the one before it does. */
export function familiesOfOperators(): Map<string, string> {
  const sources = new Map<string, string>();
  for (const file of readdirSync(FOLDER)) {
    if (file.endsWith(".ts")) sources.set(file.slice(0, -3), readFileSync(`${FOLDER}/${file}`, "utf8"));
  }
  const familyOfFile = new Map<string, string>();
  for (const [family, files] of Object.entries(FILES))
    for (const file of files) familyOfFile.set(file, family);
  const found = new Map<string, string>();
  let family: string = OTHER.rest;
  for (const { key } of registry) {
    const declared = [...sources].find(([, text]) => text.includes(`"${key}(`));
    if (declared) family = familyOfFile.get(declared[0]) ?? OTHER.rest;
    found.set(key, family);
  }
  return found;
}

export function familyOfGroup(group: string): string {
  return GROUPS[group] ?? OTHER_GROUPS[group] ?? OTHER.rest;
}

/** In the order in which they are shown. */
export const FAMILIES: readonly string[] = [...Object.keys(FILES), ...Object.values(OTHER)];
