// "Trying to backward through the graph a second time": who freed what, and what needs it again.
import type { Scene } from "../scene";
import type { ErrorRule } from "./errors";

/**
 * Names of tensors that have a history, and of tuples of such ("state[]"): which of them a loop carries along, the
 * code says.
 */
export function carriedNames(scene: Scene): string {
  const names = [...scene.named.keys()].filter((tensor) => !tensor.isLeaf).flatMap((t) => scene.names(t));
  const plain = names.filter((name) => /^\w+$/.test(name));
  const inTuples = names.flatMap((name) => /^(\w+)\[\d+\]$/.exec(name)?.[1] ?? []);
  return [...new Set([...plain, ...inTuples.map((name) => `${name}[]`)])].join(" ");
}

export const secondBackward: ErrorRule = ({ scene, site, node, tensor, number, facts }) => {
  const { sites } = scene;
  const freedBy = number("freedBy");
  const forward = number("forward");
  const needing = node("node");
  const name = needing?.name ?? "the node";
  const kept = tensor("tensor");
  const what = `'${String(facts.saved)}'${kept ? ` (${scene.text(kept)})` : ""}`;
  const again =
    freedBy === site && freedBy !== 0 ? "This same call, in an earlier round, freed" : "This call freed";
  return {
    code: "autograd/second-backward",
    involved: [
      freedBy === 0
        ? null
        : [freedBy, `${again} what the graph had saved, since it did not say retain_graph=True.`],
      [
        forward,
        `${name}, made here, needs its saved ${what} again${sites.on(site) && `: the backward pass${sites.on(site)} goes through it`}.`,
      ],
    ],
    remedies: [
      {
        kind: "detach-shared",
        sites: { first: freedBy, second: site },
        words: { names: carriedNames(scene) },
      },
      { kind: "backward-of-part", sites: { second: site } },
      { kind: "backward-once", sites: { first: freedBy, second: site } },
      { kind: "compute-anew", sites: { second: site, forward } },
      { kind: "detach-attribute", sites: { at: forward } },
      { kind: "detach-state", sites: { second: site }, words: { names: carriedNames(scene) } },
      { kind: "keep-graph", sites: { freed: freedBy } },
    ],
  };
};
