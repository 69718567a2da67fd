// backward(create_graph=True): the parameter holds its gradient, and the gradient's graph holds the parameter.
import { type Found, makeFinding } from "./finding";
import type { Rule } from "./index";

// Text: torch's warning, up to where it was triggered.
const WARNING =
  "Using backward() with create_graph=True will create a reference cycle between the parameter and its gradient " +
  "which can cause a memory leak. We recommend using autograd.grad when creating the graph to avoid this. If you have " +
  "to use this function, make sure to reset the .grad fields of your parameters to None after use to break the cycle " +
  "and avoid the leak.";

export const createGraphCycle: Rule = (scene) => {
  const found: Found[] = [];
  for (const series of scene.record.calls) {
    const call = series.last;
    const range = scene.sites.range(series.site);
    if (!call || !range || call.how !== "backward" || !call.createGraph || call.ended !== "ok") continue;
    const still = [...scene.recorder.tensors.values()].filter(
      (tensor) => tensor.isLeaf && tensor.gradId !== 0 && tensor.gradients.some((each) => each.call === call),
    );
    if (still.length === 0) continue;
    found.push(
      makeFinding(
        scene,
        "autograd/create-graph-cycle",
        "information",
        WARNING,
        range,
        still
          .slice(0, 3)
          .map(
            (tensor) =>
              [
                tensor.made.site,
                `The .grad of ${scene.text(tensor)} has a graph that leads back to it.`,
              ] as const,
          ),
        [
          {
            kind: "grad-instead",
            sites: { at: series.site },
            words: { names: still.map((tensor) => scene.text(tensor).slice(1, -1)).join(" ") },
          },
        ],
      ),
    );
  }
  return found;
};
