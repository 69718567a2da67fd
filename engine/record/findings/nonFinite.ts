// A loss or a gradient became NaN or infinite: the line where that was born, forward or backward.
import type { Scene } from "../scene";
import { type Found, makeFinding, plainName, type Remedy } from "./finding";
import type { Rule } from "./index";

export const nonFinite: Rule = (scene) =>
  birth(scene).map((found) => ({ ...found, call: scene.record.bad?.call.ordinal }));

function birth(scene: Scene): Found[] {
  const { bad } = scene.record;
  const range = bad && scene.sites.range(bad.site);
  if (!bad || !range) return [];
  const { what, born, site, name, because, turned, where, reached, call } = bad;
  const word = what === "nan" ? "NaN" : "Infinity";
  const why = because === "" ? "" : `: ${because}`;
  const turn = turned ? ", which then becomes NaN" : "";
  const first = turned ? "An infinity" : word;
  const on = scene.text(reached);
  if (where) {
    return [
      makeFinding(
        scene,
        "autograd/where-nan",
        "warning",
        `torch.where does not choose this result, but backward goes through it all the same: ${word} times zero is NaN${why}. The gradient of ${on} is NaN there.`,
        range,
        [
          [where.site, "The where that does not choose it: the gradient that it sends back is zero."],
          [call.site, "This backward pass brings NaN."],
        ],
        [
          {
            kind: "safe-where",
            sites: { where: where.site, bad: site },
            words: { names: plainName(on) },
          },
          { kind: "away-from-zero", sites: { at: site } },
        ],
      ),
    ];
  }
  if (born === "forward") {
    const end = reached.isLeaf ? `the gradient of ${on}` : on;
    return [
      makeFinding(
        scene,
        "autograd/non-finite",
        "warning",
        `${first} is born here, in ${name}${why}${turn}. It reaches ${end}.`,
        range,
        [
          turned && [turned.site, `The infinity becomes NaN here, in ${turned.name}.`],
          [call.site, "This backward pass starts from it: gradients behind it are of no use."],
        ],
        [
          ...softmaxRemedies(scene, name, site),
          ...forwardRemedies(name, site, because),
          ...smallerSteps(scene),
        ],
      ),
    ];
  }
  return [
    makeFinding(
      scene,
      "autograd/non-finite",
      "warning",
      `${first} is born here in the backward pass, in ${name}${why}${turn}. It reaches the gradient of ${on}.`,
      range,
      [
        turned && [turned.site, `The infinity becomes NaN here, in ${turned.name}.`],
        [call.site, "This is the backward pass."],
      ],
      [
        { kind: "norm", sites: { at: site } },
        /^A(cos|sin)Backward/.test(name)
          ? { kind: "inside-bounds", sites: { at: site } }
          : { kind: "away-from-zero", sites: { at: site }, words: { positive: /^Log/.test(name) } },
      ],
    ),
  ];
}

/** What ran well for some rounds and then did not may have taken too large steps. */
function smallerSteps(scene: Scene): Remedy[] {
  return scene.record.optimizers.some(({ what }) => what === "step") ? [{ kind: "smaller-rate" }] : [];
}

/** log(softmax(x)): log_softmax stays finite, and its gradient with it. */
function softmaxRemedies(scene: Scene, name: string, site: number): Remedy[] {
  if (name !== "log") return [];
  const log = scene.record.ops.find((series) => series.site === site && series.name === name)?.last;
  const softmax = log?.producers[0];
  if (!softmax || !/^_?softmax$/.test(softmax.name)) return [];
  return [{ kind: "log-softmax", sites: { at: site, softmax: softmax.site } }];
}

function forwardRemedies(name: string, site: number, because: string): Remedy[] {
  if (/zero/.test(because)) {
    return [{ kind: "away-from-zero", sites: { at: site }, words: { positive: /^log/.test(name) } }];
  }
  if (name === "exp") return [{ kind: "stable-softmax", sites: { at: site } }];
  return [];
}
