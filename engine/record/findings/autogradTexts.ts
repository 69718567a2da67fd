// Texts of autograd and of custom Functions that carry no facts.
import type { EscapeFacts, NodeFacts } from "../facts";
import type { Scene } from "../scene";
import { whyNoGrad } from "../whyNoGrad";
import type { ErrorFinding } from "./errors";
import type { Involved } from "./finding";
import { described, mentionedIn, within } from "./involvedTensors";
import { castLeaf } from "./nonLeafGrad";
import { type KnownText, mentioned, type TextScene } from "./textScene";

export const AUTOGRAD_TEXTS: readonly KnownText[] = [
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
    text: /^Legacy autograd function with non-static forward method is deprecated/,
    find: (at) => ({
      code: "autograd/custom-function",
      involved: [[at.site, "A custom Function is not called but applied: its class has apply()."]],
      remedies: [{ kind: "apply-function", sites: { at: at.site } }],
    }),
  },
];

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
      ...(why.cause === "cleared" ? [{ kind: "keep-zeros", sites: { at: why.site } }] : []),
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
    if (node && classOf(scene, node.name) && (last?.order ?? -1) < node.order) last = node;
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
