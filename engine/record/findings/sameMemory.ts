// Two names for the same memory where two tensors were meant: a comparison with itself, a loss of a tensor with
// itself, a state_dict that training goes on changing.
import type { Range } from "../../protocol/report";
import type { OpFacts, TensorFacts } from "../facts";
import type { Scene } from "../scene";
import { type Found, makeFinding } from "./finding";
import type { Rule } from "./index";

const COMPARES = /^(eq|ne|sub|lt|le|gt|ge)$/;
const LOSSES = /^(mse_loss|l1_loss|smooth_l1_loss|huber_loss)$/;
/** Results that are the very memory of their input. */
const SAME = /^(detach|data|alias|view_as)$/;

export const sameMemory: Rule = (scene) => {
  const found: Found[] = [];
  for (const series of scene.record.ops) {
    const op = series.last;
    const compares = COMPARES.test(series.name);
    if (!op || op.inBackward || op.inPlace || !(compares || LOSSES.test(series.name))) continue;
    const range = scene.sites.range(op.site);
    const [one, other] = op.inputs;
    if (!range || !one || !other || memoryOf(one) !== memoryOf(other)) continue;
    const older = one.made.order <= other.made.order ? one : other;
    const newer = older === one ? other : one;
    const alias = nameOf(scene, older) === nameOf(scene, newer) ? older : aliasOf(scene, one, other);
    const change = changedSince(scene, older, newer, op);
    const names = [...new Set([...namesOf(scene, one), ...namesOf(scene, other)])];
    // x - x.detach() is a trick of its own; after a change in between it would be none.
    if (compares && (change === null || (one === other && names.length < 2))) continue;
    const texts = names.slice(0, 2).map((name) => `'${name}'`);
    const both = texts.length === 2 ? `${texts[0]} and ${texts[1]} are` : "both are";
    found.push(
      makeFinding(
        scene,
        "tensor/same-memory",
        "warning",
        compares
          ? `A tensor is compared with itself: ${both} the same memory, so what changed one changed the other too. .clone() keeps the values of before.`
          : `${series.name} compares a tensor with itself: ${both} the same memory, so the loss and its gradient are zero. .clone() makes a tensor of its own.`,
        range,
        [
          [bindingOf(scene, alias) || alias.made.site, "This is a second name for the memory, no copy."],
          change ? [change.site, `${change.name} changes both here.`] : null,
        ],
        [
          {
            kind: "copy-at-binding",
            sites: { at: bindingOf(scene, alias) || alias.made.site },
            words: { grad: !compares },
          },
          { kind: "copy-state", sites: { at: alias.made.site } },
        ],
      ),
    );
  }
  return found;
};

/** What a chain of detach() and the like shows. */
function memoryOf(tensor: TensorFacts): TensorFacts {
  let current = tensor;
  for (let i = 0; i < 8 && SAME.test(current.made.name) && current.made.inputs[0]; i++) {
    current = current.made.inputs[0];
  }
  return current;
}

function namesOf(scene: Scene, tensor: TensorFacts): string[] {
  return [...scene.names(tensor), ...scene.formerNames(tensor)];
}

const nameOf = (scene: Scene, tensor: TensorFacts): string | undefined => scene.names(tensor)[0];

/** The one of the two that is a second name: a view of the other, or the older of two views. */
function aliasOf(scene: Scene, one: TensorFacts, other: TensorFacts): TensorFacts {
  const views = [one, other].filter((tensor) => SAME.test(tensor.made.name));
  const named = views.filter((tensor) => namesOf(scene, tensor).length > 0);
  const all = named.length > 0 ? named : views.length > 0 ? views : [one, other];
  return all.reduce((a, b) => (b.made.order < a.made.order ? b : a));
}

/** The last place where the tensor got a name of its own that is not part of a module. */
function bindingOf(scene: Scene, tensor: TensorFacts): number {
  for (let i = tensor.places.length - 1; i >= 0; i--) {
    const place = tensor.places[i];
    const range = scene.facts.bindings.find(({ site }) => site === place)?.range;
    const name = scene.placeNames.get(place) ?? "";
    const loops = scene.facts.surroundings?.loops ?? [];
    const inLoop = range && loops.some((loop) => loop.range.start.line === range.start.line);
    if (range && /^\w+$/.test(name) && !inLoop) return scene.sites.placeOf(range);
  }
  // An element of a list: old = list(model.parameters()).
  for (const name of scene.names(tensor)) {
    const list = /^(\w+)\[/.exec(name)?.[1];
    const range = scene.facts.bindings.findLast((each) => each.name === list && isPlace(each.range))?.range;
    if (list && range) return scene.sites.placeOf(range);
  }
  return 0;
}

const isPlace = ({ start, end }: Range): boolean =>
  start.line !== end.line || start.character !== end.character;

/** A change in place between the making of the second name and the comparison. */
function changedSince(scene: Scene, older: TensorFacts, newer: TensorFacts, before: OpFacts): OpFacts | null {
  const memory = memoryOf(older);
  const since = SAME.test(older.made.name)
    ? older.made.order
    : SAME.test(newer.made.name)
      ? newer.made.order
      : scene.record.begins;
  let found: OpFacts | null = null;
  for (const series of scene.record.ops) {
    for (const op of series.kept) {
      if (!op.inPlace || op.temporary || op.order <= since || op.order >= before.order) continue;
      if (!op.outputs.some((output) => memoryOf(output) === memory)) continue;
      if (memory.made.site === op.site) continue;
      if (found === null || op.order < found.order) found = op;
    }
  }
  return found;
}

export const stateDictAlias: Rule = (scene) => {
  const found: Found[] = [];
  for (const series of scene.record.ops) {
    const op = series.last;
    if (series.name !== "copy_" || !op) continue;
    const [self, source] = op.inputs;
    const range = scene.sites.range(op.site);
    if (!self || !source || self === source || !range || memoryOf(source) !== memoryOf(self)) continue;
    if (!scene.parameters.has(self) && !scene.named.has(self)) continue;
    const change = changedSince(scene, source, self, op);
    if (!SAME.test(source.made.name) || change === null) continue;
    const on = scene.sites.on(source.made.site);
    found.push(
      makeFinding(
        scene,
        "nn/state-dict-alias",
        "warning",
        `This loads nothing back: what state_dict() gave${on} is the module's own memory, and training has changed it since. A copy keeps the values: copy.deepcopy(...).`,
        range,
        [
          [source.made.site, "state_dict() hands out the parameters themselves here, no copies."],
          [change.site, `${change.name} changes them here.`],
        ],
        [{ kind: "copy-state", sites: { at: source.made.site } }],
      ),
    );
  }
  return found;
};
