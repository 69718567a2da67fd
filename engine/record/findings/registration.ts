// What a module does not know of: modules in a plain list, tensors that are no parameters, requires_grad of a module.
import { type Found, makeFinding } from "./finding";
import type { Rule } from "./index";

export const registration: Rule = (scene) => {
  const found: Found[] = [];
  const optimized = new Set((scene.facts.optimizers ?? []).flatMap(({ handles }) => handles));
  for (const oddity of scene.facts.oddities ?? []) {
    const { kind, attribute, module, handle } = oddity;
    const range = scene.assignmentOf(oddity);
    if (!range || found.some((other) => other.range === range)) continue;
    const at = scene.sites.placeOf(range);
    switch (kind) {
      case "modules":
        found.push(
          makeFinding(
            scene,
            "nn/unregistered-modules",
            "warning",
            `'${module}' does not know of the modules in '${attribute}', a plain container: parameters() leaves theirs out, so they are not trained. nn.ModuleList or nn.ModuleDict registers them.`,
            range,
            [],
            [{ kind: "module-list", sites: { at } }],
          ),
        );
        break;
      case "parameters":
        found.push(
          makeFinding(
            scene,
            "nn/unregistered-tensor",
            "warning",
            `'${module}' does not know of the parameters in '${attribute}', a plain container: parameters() and state_dict() leave them out, so they are not trained. nn.ParameterList or nn.ParameterDict registers them.`,
            range,
            [],
            [{ kind: "module-list", sites: { at }, words: { of: "Parameter" } }],
          ),
        );
        break;
      case "tensor": {
        const tensor = scene.tensorOf(handle);
        const known = tensor && scene.recorder.tensorOf(tensor);
        if (!known?.requiresGrad || !known.isLeaf || optimized.has(handle)) break;
        found.push(
          makeFinding(
            scene,
            "nn/unregistered-tensor",
            "warning",
            `'${attribute}' requires grad but is no nn.Parameter: '${module}' does not know of it, so parameters() and state_dict() leave it out.`,
            range,
            [],
            [{ kind: "parameter", sites: { at } }],
          ),
        );
        break;
      }
      case "frozen":
        found.push(
          makeFinding(
            scene,
            "nn/frozen-attribute",
            "warning",
            `This sets an attribute of the module '${module}' and freezes nothing: its parameters still require grad. ${module}.requires_grad_(False) freezes them.`,
            range,
            [],
            [{ kind: "requires-grad-call", sites: { at } }],
          ),
        );
        break;
      default:
        kind satisfies never;
    }
  }
  return found;
};
