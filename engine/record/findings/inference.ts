// Tensors made under inference_mode, used where autograd needs to know them.
import type { ErrorRule } from "./errors";

export const inferenceSaved: ErrorRule = ({ scene, tensor }) => {
  const made = tensor("tensor");
  return {
    code: "autograd/inference-saved",
    involved: [made && [made.made.site, `${scene.text(made)} was made here, under torch.inference_mode().`]],
  };
};

export const inferenceWrite: ErrorRule = ({ scene, tensor }) => {
  const made = tensor("tensor");
  return {
    code: "autograd/inference-in-place",
    involved: [made && [made.made.site, `${scene.text(made)} was made here, under torch.inference_mode().`]],
  };
};
