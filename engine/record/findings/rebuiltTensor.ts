// torch.tensor([a, b]) from tensors with a graph: the numbers are copied, the graph is not.
import { listed } from "../cuts";
import { type Found, makeFinding } from "./finding";
import type { Rule } from "./index";

export const rebuiltTensor: Rule = (scene) => {
  const found: Found[] = [];
  for (const series of scene.record.ops) {
    const op = series.last;
    if (!op) continue;
    const lost = op.sources.filter(({ requiredGrad }) => requiredGrad);
    const range = scene.sites.range(op.site);
    if (lost.length === 0 || !range) continue;
    const names = [...new Set(lost.map(({ tensor }) => scene.text(tensor)))];
    const source = lost[0].tensor.producer;
    const call = lost[0].how === "as_tensor" ? "torch.as_tensor" : "torch.tensor";
    found.push(
      makeFinding(
        scene,
        "autograd/rebuilt-tensor",
        "information",
        `${call} copies the numbers of ${listed(names)} and leaves the graph behind: no gradient goes back through it. torch.stack keeps the graph; .detach() says that this is meant.`,
        range,
        [[source.site, `${names[0]} is ${source.name === "" ? "made" : "computed"} here.`]],
        [{ kind: "stack", sites: { at: op.site } }],
      ),
    );
  }
  return found;
};
