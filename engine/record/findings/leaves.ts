// Leaves and views: what may not be switched, and what may not be changed in place.
import type { TensorFacts } from "../facts";
import type { Scene } from "../scene";
import type { ErrorRule } from "./errors";
import type { Involved } from "./finding";

/** Where a leaf came to require grad. */
function leafMade(scene: Scene, leaf: TensorFacts | null): Involved | null {
  if (!leaf) return null;
  const switched = leaf.changes.find(
    ({ what, value, silent }) => what === "requires_grad" && value && !silent,
  );
  return switched
    ? [switched.site, `${scene.text(leaf)} is a leaf that requires grad since this call.`]
    : [leaf.made.site, `${scene.text(leaf)}, made here, is a leaf that requires grad.`];
}

export const leafInPlace: ErrorRule = ({ scene, site, tensor }) => ({
  code: "autograd/leaf-in-place",
  involved: [leafMade(scene, tensor("tensor"))],
  remedies: [
    { kind: "without-recording", sites: { at: site } },
    { kind: "out-of-place", sites: { at: site } },
    { kind: "change-copy", sites: { at: site } },
  ],
});

export const leafViewInPlace: ErrorRule = ({ scene, site, tensor, number }) => {
  const base = tensor("base");
  return {
    code: "autograd/leaf-view-in-place",
    involved: [
      leafMade(scene, base),
      [
        number("viewMadeAt"),
        `This is a view of ${base ? scene.text(base) : "the leaf"}: both share their memory.`,
      ],
    ],
    remedies: [
      { kind: "without-recording", sites: { at: site } },
      { kind: "out-of-place", sites: { at: site } },
      { kind: "change-copy", sites: { at: site } },
    ],
  };
};

const CREATION: Readonly<Record<string, string>> = {
  no_grad: "The view was made here, under torch.no_grad().",
  inference: "The view was made here, under torch.inference_mode().",
  multi_output: "The view was made here, as one of several results.",
  custom_function: "The view was made here, by a custom Function.",
};

export const viewInPlace: ErrorRule = ({ site, number, facts }) => ({
  code: "autograd/view-in-place",
  involved: [[number("viewMadeAt"), CREATION[String(facts.creation)] ?? "The view was made here."]],
  remedies: [
    { kind: "out-of-place", sites: { at: site } },
    { kind: "change-copy", sites: { at: site } },
    ...(facts.creation === "no_grad"
      ? [{ kind: "with-recording", sites: { at: number("viewMadeAt") } }]
      : []),
  ],
});

export const nonLeafRequiresGrad: ErrorRule = ({ scene, site, tensor }) => {
  const computed = tensor("tensor");
  if (!computed) return { code: "autograd/non-leaf-requires-grad", involved: [] };
  const { producer, node } = computed;
  return {
    code: "autograd/non-leaf-requires-grad",
    involved: [
      [
        producer.site,
        `${scene.text(computed)} is no leaf: it was computed here${node ? ` (${node.name})` : ""} from a tensor that requires grad. ` +
          ".detach() gives a tensor that does not.",
      ],
    ],
    remedies: [{ kind: "detached-copy", sites: { at: site } }],
  };
};

export const integerRequiresGrad: ErrorRule = ({ scene, site, tensor }) => {
  const integers = tensor("tensor");
  return {
    code: "autograd/integer-requires-grad",
    involved: [
      integers && [
        integers.made.site,
        `${scene.text(integers)}, made here, has the dtype ${integers.dtype.name}: write 1. instead of 1, or dtype=torch.float32.`,
      ],
    ],
    remedies: [{ kind: "float-numbers", sites: { made: integers?.made.site ?? site } }],
  };
};
