// torch.randn(3, requires_grad=True) * 0.1: the leaf has no name, and what has the name is no leaf.
import { type Found, makeFinding } from "./finding";
import type { Rule } from "./index";
import { leafRemedy } from "./moduleTexts";

export const leafLost: Rule = (scene) => {
  const found: Found[] = [];
  const reported = new Set(scene.record.gradReads.map(({ tensor }) => tensor));
  for (const tensor of scene.recorder.tensors.values()) {
    if (tensor.snippet !== scene.record.index || tensor.isLeaf || !tensor.requiresGrad || tensor.retainsGrad)
      continue;
    const { producer } = tensor;
    if (producer.inPlace || reported.has(tensor) || tensor.gradients.length === 0) continue;
    const wanted = producer.inputs.filter((input) => input?.requiresGrad);
    const leaf = wanted.length === 1 ? wanted[0] : null;
    if (!leaf?.isLeaf || leaf.places.length > 0 || scene.named.has(leaf) || leaf.made.inputs.length > 0)
      continue;
    const [name] = [...scene.names(tensor), ...scene.formerNames(tensor)];
    const made = scene.sites.range(leaf.made.site);
    const range = scene.sites.range(producer.site);
    if (name === undefined || !made || !range || made.start.line !== range.start.line) continue;
    found.push(
      makeFinding(
        scene,
        "autograd/leaf-lost",
        "information",
        `'${name}' is no leaf: requires_grad=True was asked of the tensor before ${producer.name}, which has no name, so its gradient is lost and '${name}.grad' stays None.`,
        range,
        [[leaf.made.site, "The leaf, which nobody can ask for its gradient."]],
        [leafRemedy(tensor)],
      ),
    );
  }
  return found;
};
