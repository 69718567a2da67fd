// Tensors made under inference_mode, used where autograd needs to know them.
import type { ErrorRule } from "./errors";
import { plainName } from "./finding";

export const inferenceSaved: ErrorRule = ({ scene, site, tensor }) => {
  const made = tensor("tensor");
  return {
    code: "autograd/inference-saved",
    involved: [made && [made.made.site, `${scene.text(made)} was made here, under torch.inference_mode().`]],
    remedies: [
      {
        kind: "normal-copy",
        sites: { at: site },
        words: { name: made ? plainName(scene.text(made)) : undefined },
      },
      { kind: "no-inference" },
    ],
  };
};

export const inferenceWrite: ErrorRule = ({ scene, site, tensor }) => {
  const made = tensor("tensor");
  return {
    code: "autograd/inference-in-place",
    involved: [made && [made.made.site, `${scene.text(made)} was made here, under torch.inference_mode().`]],
    remedies: [
      {
        kind: "normal-copy",
        sites: { at: site },
        words: { name: made ? plainName(scene.text(made)) : undefined },
      },
      { kind: "no-inference" },
    ],
  };
};
