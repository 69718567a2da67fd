// Texts of modules, losses and optimizers.
import type { Oddity } from "../../python/plug";
import type { TensorFacts } from "../facts";
import type { Scene } from "../scene";
import type { Involved, Remedy } from "./finding";
import { described } from "./involvedTensors";
import { type KnownText, mentioned } from "./textScene";

export const MODULE_TEXTS: readonly KnownText[] = [
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
];

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
