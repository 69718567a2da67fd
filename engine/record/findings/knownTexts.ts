// Exceptions that Python's side of torch raises, or that carry no facts: told apart by PyTorch's texts. What is
// known of the tensors in the expression stands beside them.
import type { Range } from "../../protocol/report";
import type { Oddity } from "../../python/plug";
import type { EscapeFacts, NodeFacts, TensorFacts } from "../facts";
import type { Scene } from "../scene";
import { whyNoGrad } from "../whyNoGrad";
import type { ErrorFinding } from "./errors";
import { type Involved, plainName, type Remedy } from "./finding";
import { described, type Mentioned, mentionedIn, viewed, within } from "./involvedTensors";
import { castLeaf } from "./nonLeafGrad";

export interface TextScene {
  scene: Scene;
  type: string;
  message: string;
  range: Range;
  /** The interned place of the exception; 0 where it is not known. */
  site: number;
  /** What the engine said of it: ids of tensors by what they are. */
  facts: Readonly<Record<string, unknown>> | null;
}

interface KnownText {
  text: RegExp;
  /** null: not this one after all. */
  find(scene: TextScene, match: RegExpExecArray): ErrorFinding | null;
}

const KNOWN: readonly KnownText[] = [
  {
    text: /^(?:Only|only) Tensors of floating point(?: and complex)? dtype can require gradients$/,
    find: (at) => ({
      code: "autograd/integer-requires-grad",
      involved: mentioned(at).map(described),
      remedies: [
        { kind: "float-numbers", sites: { made: at.site } },
        ...mentioned(at).map(({ tensor }) => ({
          kind: "float-numbers",
          sites: { made: tensor.made.site },
        })),
      ],
    }),
  },
  {
    text: /^'(float|int|bool|list)' object has no attribute 'backward'$/,
    find: escapedBackward,
  },
  {
    text: /'?NoneType'?/,
    find: gradientIsNone,
  },
  {
    text: /^function (\w+) returned an incorrect number of gradients \(expected (\d+), got (\d+)\)$/i,
    find: ({ scene }, [, name, expected, got]) => ({
      code: "autograd/custom-function",
      involved: [
        ...applied(
          scene,
          name,
          `${name} was put into the graph here, by apply() with ${expected} arguments.`,
        ),
        ...backwardOf(
          scene,
          name,
          `backward() has to return ${expected} values, one for each argument of forward() after ctx (None where there is no gradient); it returned ${got}.`,
        ),
      ],
      remedies: [
        {
          kind: "return-none",
          words: { class: name.replace(/Backward$/, ""), missing: Number(expected) - Number(got) },
        },
      ],
    }),
  },
  {
    text: /^Function (\w+) returned an invalid gradient at index (\d+) - got (\[.*?\]) but expected shape compatible with (\[.*?\])$/,
    find: ({ scene }, [, name, index, got, expected]) => ({
      code: "autograd/custom-function",
      involved: [
        ...applied(scene, name, `${name} was put into the graph here.`),
        ...backwardOf(
          scene,
          name,
          `What backward() returns for argument ${Number(index) + 1} has the shape ${got}; the argument has ${expected}.`,
        ),
      ],
      remedies: [
        {
          kind: "return-shaped",
          words: { class: name.replace(/Backward$/, ""), index, got, expected },
        },
      ],
    }),
  },
  {
    text: /^expected Variable or None \(got (\w+)\)$/,
    find: ({ scene }, [, got]) => {
      const node = lastCustom(scene);
      return {
        code: "autograd/custom-function",
        involved: node
          ? [
              ...applied(scene, node.name, `${node.name} was put into the graph here.`),
              ...backwardOf(scene, node.name, `backward() returned a ${got} in place of a tensor or None.`),
            ]
          : [],
      };
    },
  },
  {
    text: /^trying to differentiate twice a function that was marked with @once_differentiable$/,
    find: ({ scene }) => {
      const node = lastCustom(scene);
      return {
        code: "autograd/custom-function",
        involved: node ? applied(scene, node.name, `${node.name} was put into the graph here.`) : [],
      };
    },
  },
  {
    text: /^derivative for (?:aten::)?(\w+) is not implemented$/,
    find: ({ scene }, [, name]) => {
      const made = scene.record.ops.findLast((series) => series.name === name && series.last?.node);
      return {
        code: "autograd/no-derivative",
        involved: made ? [[made.site, `${name}, used here, has no derivative in PyTorch.`]] : [],
        remedies: made ? [{ kind: "true-division", sites: { at: made.site } }] : [],
      };
    },
  },
  {
    text: /^Boolean value of Tensor with (?:more than one value|no values) is ambiguous$/,
    find: (at) => ({
      code: "tensor/truth-value",
      involved: [
        [
          at.site,
          `A tensor of several numbers is asked for one True or False here.${compared(at) ? "" : " A loss that is a module is made first and called then: nn.MSELoss()(input, target)."}`,
        ],
        ...mentioned(at)
          .filter(({ text }) => text.startsWith("'"))
          .map(described),
      ],
      remedies: [
        { kind: "loss-of", sites: { at: at.site } },
        { kind: "any-all", sites: { at: at.site } },
      ],
    }),
  },
  {
    text: /^'type' object does not support the context manager protocol/,
    find: (at) => ({
      code: "python/TypeError",
      involved: [],
      remedies: [{ kind: "call-it", sites: { at: at.scene.sites.placeOf(at.range) } }],
    }),
  },
  {
    text: /^'(?:method|function|builtin_function_or_method)' object is not iterable$/,
    find: (at) => ({
      code: "python/TypeError",
      involved: [],
      remedies: [{ kind: "call-argument", sites: { at: at.scene.sites.placeOf(at.range) } }],
    }),
  },
  {
    text: /^optimizer got an empty parameter list$/,
    find: (at) => ({
      code: "optim/parameters",
      involved: unregistered(at.scene),
      remedies: [
        ...unregisteredRemedies(at.scene),
        ...modulesOf(at.scene).map((module) => ({
          kind: "parameters-of",
          sites: { at: at.site },
          words: { module },
        })),
      ],
    }),
  },
  {
    text: /^can't optimize a non-leaf Tensor$/,
    find: (at) => {
      const computed = mentioned(at).filter(({ tensor }) => tensor.requiresGrad && !tensor.isLeaf);
      return {
        code: "optim/parameters",
        involved: computed.map(({ tensor, text }) => [
          tensor.producer.site,
          `${text} was computed here (${tensor.node?.name ?? tensor.producer.name}), so it is no leaf: an optimizer changes leaves.`,
        ]),
        remedies: computed.map(({ tensor }) => leafRemedy(tensor)),
      };
    },
  },
  {
    text: /^some parameters appear in more than one parameter group$|^params argument given to the optimizer should be an iterable|^optimizer can only optimize Tensors/,
    find: (at) => ({
      code: "optim/parameters",
      involved: mentioned(at).map(described),
      remedies: /should be an iterable/.test(at.message)
        ? [{ kind: "in-list", sites: { at: at.site } }]
        : modulesOf(at.scene).map((module) => ({
            kind: "parameters-of",
            sites: { at: at.site },
            words: { module },
          })),
    }),
  },
  {
    text: /^LBFGS\.step\(\) missing 1 required positional argument: 'closure'$/,
    find: (at) => ({
      code: "optim/closure",
      involved: [],
      remedies: [{ kind: "closure", sites: { at: at.site } }],
    }),
  },
  {
    text: /^all elements of (?:input|target) should be between 0 and 1$/,
    find: (at) => ({
      code: "nn/not-a-probability",
      involved: mentioned(at).map(described),
      remedies: [{ kind: "with-logits", sites: { at: at.site } }],
    }),
  },
  {
    text: /^Error\(s\) in loading state_dict for /,
    find: (at) => ({
      code: "nn/state-dict",
      involved: mentioned(at).map(described),
      remedies: [
        { kind: "not-strict", sites: { at: at.site } },
        { kind: "fitting-state", sites: { at: at.site } },
      ],
    }),
  },
  {
    text: /^Expected more than 1 value per channel when training/,
    find: (at) => ({
      code: "nn/batch-of-one",
      involved: mentioned(at).map(described),
      remedies: modulesOf(at.scene).map((module) => ({
        kind: "mode",
        sites: { at: at.site },
        words: { module, call: "eval" },
      })),
    }),
  },
  {
    text: /^Only Tensors created explicitly by the user \(graph leaves\) support the deepcopy protocol/,
    find: (at) => ({
      code: "autograd/non-leaf-deepcopy",
      involved: mentioned(at)
        .filter(({ tensor }) => !tensor.isLeaf)
        .map(({ tensor, text }) => [tensor.producer.site, `${text} was computed here, so it is no leaf.`]),
      remedies: [{ kind: "copy-detached", sites: { at: at.site } }],
    }),
  },
  {
    text: /^Can't call numpy\(\) on Tensor that requires grad/,
    find: (at) => ({
      code: "autograd/numpy-of-graph",
      involved: mentioned(at).map(({ tensor, text }) => [
        tensor.producer.site,
        `${text} requires grad since this expression.`,
      ]),
      remedies: [{ kind: "numpy-detached", sites: { at: at.site } }],
    }),
  },
  {
    text: /^attempting to assign a gradient of size|^assigned grad has data of a different|^cannot assign .* as .grad/,
    find: (at) => ({
      code: "autograd/grad-assigned",
      involved: mentioned(at).map(described),
      remedies: [{ kind: "grad-like", sites: { at: at.scene.sites.placeOf(at.range) } }],
    }),
  },
  {
    text: /^Function '(\w+)' returned nan values in its \d+th output\.$/,
    find: (at, [, name]) => {
      const id = at.facts?.node;
      const node = typeof id === "number" ? at.scene.recorder.nodes.get(id) : undefined;
      return {
        code: "autograd/nan-gradient",
        involved: node ? [[node.site, `${name} belongs to this expression: its gradient became NaN.`]] : [],
        remedies: node
          ? [
              { kind: "norm", sites: { at: node.site } },
              { kind: "away-from-zero", sites: { at: node.site } },
            ]
          : [],
      };
    },
  },
  {
    text: /dtype to be Long or Byte, but got|one of the following scalar types: Long, Int/,
    find: (at) => ({
      code: "tensor/dtype",
      involved: operands(at).map(described),
      remedies: [
        { kind: "as-classes", sites: { at: at.site } },
        { kind: "as-indices", sites: { at: at.site } },
        ...classTensors(at),
      ],
    }),
  },
  {
    text: /^Expected floating point type for target with class probabilities/,
    find: (at) => ({
      code: "tensor/dtype",
      involved: operands(at).map(described),
      remedies: [
        { kind: "one-hot-target", sites: { at: at.site } },
        { kind: "as-float", sites: { at: at.site }, words: { argument: 1 } },
      ],
    }),
  },
  {
    text: /multi-target not supported/,
    find: (at) => ({
      code: "tensor/shape",
      involved: operands(at).map(described),
      remedies: [{ kind: "squeezed-target", sites: { at: at.site } }],
    }),
  },
  {
    text: /^view size is not compatible with input tensor's size and stride/,
    find: (at) => ({
      code: "tensor/shape",
      involved: mentioned(at).map(described),
      remedies: [{ kind: "reshape", sites: { at: at.site } }],
    }),
  },
  {
    text: /^Legacy autograd function with non-static forward method is deprecated/,
    find: (at) => ({
      code: "autograd/custom-function",
      involved: [[at.site, "A custom Function is not called but applied: its class has apply()."]],
      remedies: [{ kind: "apply-function", sites: { at: at.site } }],
    }),
  },
  {
    text: /must have the same dtype|Found dtype|expected (?:scalar type|m1 and m2)|expected .* dtype|result type .* can't be cast|Input type .* and (?:weight|bias) type/,
    find: (at) => ({
      code: "tensor/dtype",
      involved: operands(at).map(described),
      remedies: [
        ...operands(at)
          .filter(({ tensor }) => tensor.dtype.kind !== "float")
          .map(({ tensor }) => ({ kind: "float-numbers", sites: { made: tensor.made.site } })),
        { kind: "as-float", sites: { at: at.site }, words: { argument: 0 } },
        { kind: "as-float", sites: { at: at.site }, words: { argument: 1 } },
        ...operands(at)
          .filter(({ tensor }) => tensor.dtype.name === "float64")
          .flatMap(({ tensor }) => [
            { kind: "no-double", sites: { made: tensor.made.site } },
            {
              kind: "name-as-float",
              sites: { at: at.site },
              words: { name: plainName(at.scene.text(tensor)) },
            },
          ]),
      ],
    }),
  },
  {
    text: /^Target -?\d+ is out of bounds\.$|^index out of range in self$/,
    find: (at, [text]) => ({
      code: "tensor/index",
      involved: operands(at).map(described),
      remedies: indexRemedies(at, text),
    }),
  },
  {
    text: /shapes cannot be multiplied|must match the size|size mismatch|doesn't match the broadcast shape|is invalid for input of size|to have \d+ channels|Expected input batch_size|Sizes of tensors must match|stack expects each tensor to be equal size|inconsistent tensor size|Expected size for first two dimensions|Using a target size|The expanded size of the tensor|normalized_shape|mat1 and mat2/,
    find: (at) => ({
      code: "tensor/shape",
      involved: operands(at).map(described),
      remedies: [
        ...layerSizes(at),
        { kind: "transposed", sites: { at: at.site } },
        { kind: "same-shape", sites: { at: at.site } },
        ...sameSize(at),
      ],
    }),
  },
];

/** null where the text is none of those. */
export function byText(scene: TextScene): ErrorFinding | null {
  for (const { text, find } of KNOWN) {
    const match = text.exec(scene.message);
    const found = match && find(scene, match);
    if (found) return found;
  }
  return null;
}

const mentioned = ({ scene, range }: TextScene): Mentioned[] => mentionedIn(scene, range);

/** What the engine named, then what the expression names. */
function operands(at: TextScene): Mentioned[] {
  const { scene, facts } = at;
  const named = mentioned(at);
  const known = new Set(named.map(({ tensor }) => tensor));
  const ids = Object.values(facts ?? {}).filter((value): value is number => typeof value === "number");
  const others = ids
    .flatMap((id) => scene.recorder.tensors.get(id) ?? [])
    .filter((tensor) => !known.has(tensor))
    .map((tensor) => ({ tensor: viewed(scene, tensor), text: scene.text(viewed(scene, tensor)) }));
  return [...named, ...others].filter(
    (one, i, all) => all.findIndex(({ tensor }) => tensor === one.tensor) === i,
  );
}

/** Whether the expression itself compares: if x > 0. */
function compared({ scene, range }: TextScene): boolean {
  return scene.record.ops.some((series) => {
    const at = scene.sites.range(series.site);
    return at !== null && /^(eq|ne|lt|le|gt|ge)$/.test(series.name) && within(at, range) && within(range, at);
  });
}

/** "The size of tensor a (3) must match the size of tensor b (4)": what was made with one of them. */
function sameSize(at: TextScene): Remedy[] {
  const found = /^The size of tensor a \((\d+)\) must match the size of tensor b \((\d+)\)/.exec(at.message);
  if (!found) return [];
  const [a, b] = [Number(found[1]), Number(found[2])];
  return operands(at).flatMap(({ tensor }) =>
    [
      [b, a],
      [a, b],
    ].map(([size, other]) => ({
      kind: "same-size",
      sites: { made: tensor.made.site },
      words: { size, other },
    })),
  );
}

/** The layer's size that fits what it is given: nn.Linear(10, 2) for an input of width 64. */
function layerSizes({ scene, facts, site }: TextScene): Remedy[] {
  const tensor = (fact: string): TensorFacts | undefined =>
    typeof facts?.[fact] === "number" ? scene.recorder.tensors.get(facts[fact]) : undefined;
  const input = tensor("mat1") ?? tensor("input");
  const weight = tensor("mat2") ?? tensor("weight");
  if (!input || !weight) return [];
  const size = facts?.mat1 === undefined ? input.sizes.at(-3) : input.sizes.at(-1);
  const layer = viewed(scene, weight);
  const made = layer.made.site;
  const first: Remedy[] = [];
  // [4, 2, 6, 6] for a layer of 72: what is missing is a Flatten.
  const source = viewed(scene, input).producer.outputs[0] ?? input;
  const whole = source.sizes.slice(1).reduce((a, b) => a * b, 1);
  if (facts?.mat1 !== undefined && source.sizes.length > 2 && whole === layer.sizes.at(-1)) {
    first.push({ kind: "flatten-first", sites: { made, at: site } });
  }
  // [8, 28, 28] for a layer of one channel: pictures without the dimension of channels.
  if (facts?.mat1 === undefined && source.sizes.length === layer.sizes.length - 1 && layer.sizes[1] === 1) {
    first.push({ kind: "channel-first", sites: { at: site } });
  }
  return [...first, { kind: "layer-size", sites: { made }, words: { size } }];
}

/** Class numbers that begin at one; or a layer that is too small for them. */
function indexRemedies(at: TextScene, text: string): Remedy[] {
  const named = operands(at).map(({ tensor }) => tensor);
  const indices = named.find(({ dtype }) => dtype.kind === "int");
  const table = named.find(({ sizes, dtype }) => dtype.kind === "float" && sizes.length >= 2);
  const target = /^Target (\d+)/.exec(text);
  const weight = target
    ? table?.producer.inputs
        .map((input) => input && viewed(at.scene, input))
        .find((input) => input?.isLeaf && input.requiresGrad && input.sizes.length === 2)
    : table;
  const size = target ? Number(target[1]) + 1 : largest(indices) + 1;
  return [
    ...(target ? [{ kind: "classes-from-zero", sites: { at: at.site } }] : []),
    ...(size > 0
      ? [{ kind: "layer-classes", sites: { made: (weight ?? table)?.made.site }, words: { size } }]
      : []),
  ];
}

/** The largest of the indices; -1 where they are not known. */
function largest(indices: TensorFacts | undefined): number {
  return [...(indices?.value.numbers ?? [])].reduce<number>((most, each) => Math.max(most, Number(each)), -1);
}

function classTensors(at: TextScene): Remedy[] {
  return operands(at)
    .filter(({ tensor }) => tensor.dtype.kind === "float" && tensor.sizes.length <= 1)
    .map(({ tensor }) => ({ kind: "integer-numbers", sites: { made: tensor.made.site } }));
}

function escapedBackward(at: TextScene): ErrorFinding {
  const { scene } = at;
  const left: EscapeFacts | undefined = scene.record.escapes.findLast(
    ({ how, requiredGrad }) => requiredGrad && ["item", "float", "int", "tolist"].includes(how),
  );
  if (at.message.startsWith("'list'")) {
    const remedies = [{ kind: "sum-of-list", sites: { at: at.site } }];
    return { code: "autograd/escaped-backward", involved: mentioned(at).map(described), remedies };
  }
  if (!left) return { code: "autograd/escaped-backward", involved: [] };
  const call = left.how === "float" || left.how === "int" ? `${left.how}()` : `.${left.how}()`;
  return {
    code: "autograd/escaped-backward",
    involved: [
      [
        left.site,
        `${call} took a plain Python number out of ${scene.text(left.tensor)} here: the graph stays behind.`,
      ],
    ],
    remedies: [{ kind: "keep-connected", sites: { at: left.site } }],
  };
}

/** w.grad.zero_() or 0.1 * w.grad where w.grad is None: why it is. */
function gradientIsNone({ scene, range, site }: TextScene): ErrorFinding | null {
  const line = { start: { ...range.start, character: 0 }, end: { line: range.end.line + 1, character: 0 } };
  const read = scene.facts.uses.find(({ name, range: at }) => /\.grad$/.test(name) && within(line, at));
  if (!read) return null;
  const base = read.name.slice(0, -".grad".length);
  const tensor =
    mentionedIn(scene, line).find(({ text }) => text === `'${base}'`)?.tensor ?? scene.tensorNamed(base);
  if (!tensor || tensor.grad !== null) return null;
  const why = whyNoGrad(scene, tensor, tensor);
  return {
    code: "autograd/none-gradient",
    involved: [[why.site, `'${read.name}' is None. ${why.text}`]],
    remedies: [
      { kind: "clear-without-looking", sites: { at: site } },
      { kind: "update-in-place", sites: { at: tensor.producer.site } },
      ...(tensor.isLeaf
        ? []
        : [
            {
              kind: "leaf-first",
              sites: { leaf: castLeaf(tensor.producer.inputs)?.made.site, made: tensor.producer.site },
            },
            { kind: "retain-grad", sites: { made: tensor.producer.site }, words: { name: base } },
          ]),
    ],
  };
}

function lastCustom(scene: Scene): NodeFacts | null {
  let last: NodeFacts | null = null;
  for (const series of scene.record.ops) {
    const node = series.last?.node;
    if (
      node &&
      scene.facts.bindings.length >= 0 &&
      classOf(scene, node.name) &&
      (last?.order ?? -1) < node.order
    ) {
      last = node;
    }
  }
  return last;
}

function applied(scene: Scene, name: string, words: string): Involved[] {
  const nodes = scene.record.ops.flatMap(({ last }) => (last?.node?.name === name ? [last.node] : []));
  const node = nodes[nodes.length - 1];
  return node ? [[node.site, words]] : [];
}

/** The class of a custom Function by the name of its node, where the code of this snippet defines it. */
function classOf(scene: Scene, nodeName: string): boolean {
  const name = nodeName.replace(/Backward$/, "");
  return scene.facts.functions?.some((each) => each.name === `${name}.backward`) ?? false;
}

function backwardOf(scene: Scene, nodeName: string, words: string): Involved[] {
  const name = `${nodeName.replace(/Backward$/, "")}.backward`;
  const found = scene.facts.functions?.find((each) => each.name === name);
  return found ? [[scene.sites.placeOf(found.range), words]] : [];
}

/** Names of modules that have parameters. */
function modulesOf(scene: Scene): string[] {
  const names = new Set<string>();
  for (const { name, member } of scene.facts.names) {
    if (member === "parameter") names.add(name.slice(0, name.indexOf(".")));
  }
  return [...names].slice(0, 2);
}

function unregistered(scene: Scene): Involved[] {
  return unregisteredPlaces(scene).map(([{ kind, attribute }, site]) => {
    const what = {
      modules: "holds modules in a plain list or dict: the module does not know of their parameters.",
      parameters: "holds parameters in a plain list or dict: the module does not know of them.",
      tensor: "is a tensor but no nn.Parameter: the module does not know of it.",
      frozen: "",
    }[kind];
    return [site, `'${attribute}' ${what}`];
  });
}

function unregisteredRemedies(scene: Scene): Remedy[] {
  return unregisteredPlaces(scene).map(([{ kind }, at]) => ({
    kind: kind === "tensor" ? "parameter" : "module-list",
    sites: { at },
    ...(kind === "parameters" ? { words: { of: "Parameter" } } : {}),
  }));
}

function unregisteredPlaces(scene: Scene): [Oddity, number][] {
  return (scene.facts.oddities ?? []).flatMap((oddity): [Oddity, number][] => {
    const range = oddity.kind === "frozen" ? undefined : scene.assignmentOf(oddity);
    return range ? [[oddity, scene.sites.placeOf(range)]] : [];
  });
}

export function leafRemedy(tensor: TensorFacts): Remedy {
  const leaf = tensor.producer.inputs.find((input) => input?.isLeaf && input.requiresGrad);
  return { kind: "leaf-parameter", sites: { made: tensor.producer.site, leaf: leaf?.made.site } };
}
