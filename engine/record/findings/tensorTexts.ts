// Texts about shapes, dtypes, indices and the truth of tensors.
import type { TensorFacts } from "../facts";
import { plainName, type Remedy } from "./finding";
import { described, viewed, within } from "./involvedTensors";
import { type KnownText, mentioned, operands, type TextScene } from "./textScene";

export const TENSOR_TEXTS: readonly KnownText[] = [
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
    text: /^Expected target size \[[\d, ]+\], got \[[\d, ]+\]$/,
    find: (at) => ({
      code: "tensor/shape",
      involved: operands(at).map(described),
      remedies: [{ kind: "classes-second", sites: { at: at.site } }],
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
