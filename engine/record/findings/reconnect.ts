// What may bring a gradient back that was lost on the way: one remedy or two for each kind of cause.
import { type Cause, siteOf } from "../cuts";
import type { OpFacts } from "../facts";
import type { Scene } from "../scene";
import { plainName, type Remedy } from "./finding";

export function cutRemedies(op: OpFacts): Remedy[] {
  const at = op.site;
  if (op.sources.length > 0) return [{ kind: "stack", sites: { at } }];
  switch (op.cut) {
    case "no_grad":
    case "inference_mode":
      return [
        { kind: "update-in-place", sites: { at } },
        { kind: "rsample", sites: { at } },
        { kind: "with-recording", sites: { at, mode: op.modeSite } },
      ];
    case "detach":
    case "data":
      return [{ kind: "keep-connected", sites: { at } }];
    default:
      return [
        { kind: "no-cast", sites: { at } },
        { kind: "no-comparison", sites: { at } },
        { kind: "soft-choice", sites: { at } },
        {
          kind: "soft-argmax",
          sites: { at },
          words: { size: op.inputs[0]?.sizes.at(-1), rank: op.inputs[0]?.sizes.length },
        },
      ];
  }
}

export function causeRemedies(scene: Scene, cause: Cause): Remedy[] {
  const at = siteOf(cause);
  switch (cause.kind) {
    case "cut":
      return cutRemedies(cause.op);
    case "rebuilt":
      return [{ kind: "stack", sites: { at } }];
    case "escaped":
      return [
        // Made of the number alone, or computed with it among others.
        ...(cause.tensor.made.inputs.length === 0
          ? [
              { kind: "keep-connected", sites: { at, made: cause.tensor.made.site } },
              { kind: "stack", sites: { at: cause.tensor.made.site } },
            ]
          : [{ kind: "keep-connected", sites: { at } }]),
      ];
    case "gradient":
      return [{ kind: "create-graph", sites: { at } }];
    case "frozen":
    case "detached":
      return [{ kind: "not-frozen", sites: { at } }];
    case "dtype":
      return [{ kind: "float-numbers", sites: { made: at }, words: { ask: true } }];
    case "never-asked":
      return [
        { kind: "ask-for-grad", sites: { made: at }, words: { name: plainName(scene.text(cause.tensor)) } },
      ];
    default:
      return cause satisfies never;
  }
}
