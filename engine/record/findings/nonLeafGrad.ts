// `.grad` of a tensor that is no leaf was read: it is None, and PyTorch warns.
import { type Found, makeFinding, plainName } from "./finding";
import type { Rule } from "./index";

// Text: torch's warning at the access, up to where it was triggered.
const WARNING =
  "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad attribute won't be " +
  "populated during autograd.backward(). If you indeed want the .grad field to be populated for a non-leaf Tensor, " +
  "use .retain_grad() on the non-leaf Tensor. If you access the non-leaf Tensor by mistake, make sure you access the " +
  "leaf Tensor instead. See github.com/pytorch/pytorch/pull/30531 for more information.";

export const nonLeafGrad: Rule = (scene) => {
  const found: Found[] = [];
  for (const { tensor, site } of scene.record.gradReads) {
    const range = scene.sites.range(site);
    if (!range) continue;
    const leaf = castLeaf(tensor.producer.inputs);
    found.push(
      makeFinding(
        scene,
        "autograd/non-leaf-grad",
        "warning",
        WARNING,
        range,
        [
          [tensor.producer.site, `${scene.text(tensor)} is computed here, so it is no leaf.`],
          leaf && [leaf.made.site, `${scene.text(leaf)} is the leaf that it is computed from.`],
        ],
        [
          { kind: "update-in-place", sites: { at: tensor.producer.site } },
          { kind: "leaf-first", sites: { leaf: leaf?.made.site, made: tensor.producer.site } },
          {
            kind: "retain-grad",
            sites: { made: tensor.producer.site },
            words: { name: plainName(scene.text(tensor)) },
          },
          {
            kind: "read-leaf",
            sites: { at: site },
            words: { leaf: leaf ? plainName(scene.text(leaf)) : undefined },
          },
        ],
      ),
    );
  }
  return found;
};

/** The only tensor with a gradient that it was made from, where that is a leaf: `torch.randn(...).double()`. */
export function castLeaf<T extends { isLeaf: boolean; requiresGrad: boolean }>(
  inputs: readonly (T | null)[],
): T | null {
  const wanted = inputs.filter((input) => input?.requiresGrad);
  return wanted.length === 1 && wanted[0]?.isLeaf ? wanted[0] : null;
}
