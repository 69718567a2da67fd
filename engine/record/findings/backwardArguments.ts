// What backward() and grad() refuse because of what they were given.
import { causesOf, causeText, listed, siteOf } from "../cuts";
import type { TensorFacts } from "../facts";
import type { Scene } from "../scene";
import { cutBetween, cutSentence } from "../whyNoGrad";
import type { ErrorRule, ErrorScene } from "./errors";
import { type Involved, type Remedy, shapeText } from "./finding";
import { causeRemedies, cutRemedies } from "./reconnect";

function madeHere(scene: Scene, tensor: TensorFacts | null, text: (name: string) => string): Involved | null {
  return tensor && [tensor.producer.site, text(scene.text(tensor, tensor.producer.site))];
}

export const nonScalar: ErrorRule = ({ scene, site, tensor }) => ({
  code: "autograd/non-scalar-backward",
  involved: [
    madeHere(scene, tensor("tensor"), (name) => {
      const sizes = tensor("tensor")?.sizes ?? [];
      const count = sizes.reduce((product, size) => product * size, 1);
      return (
        `${name} has the shape ${shapeText(sizes)}: ${count} numbers, each with a gradient of its own. ` +
        ".sum() or .mean() makes one number of them, gradient= says how much each counts."
      );
    }),
  ],
  remedies: [{ kind: "one-number", sites: { at: site } }],
});

export const gradientShape: ErrorRule = ({ scene, site, tensor }) => ({
  code: "autograd/gradient-shape",
  involved: [
    madeHere(scene, tensor("tensor"), (name) => `${name} has the shape ${shapeOf(tensor("tensor"))}.`),
    madeHere(
      scene,
      tensor("gradient"),
      (name) =>
        `${name}, given as its gradient, has the shape ${shapeOf(tensor("gradient"))}: it must be the same.`,
    ),
  ],
  remedies: [
    {
      kind: "gradient-like",
      sites: { at: site },
      words: {
        sameCount: count(tensor("gradient")) === count(tensor("tensor")),
        expands: count(tensor("gradient")) === 1,
      },
    },
  ],
});

const count = (tensor: TensorFacts | null): number => (tensor?.sizes ?? []).reduce((a, b) => a * b, 1);

const shapeOf = (tensor: TensorFacts | null): string => shapeText(tensor?.sizes ?? []);

export const unusedInput: ErrorRule = ({ scene, site: at, tensor }) => {
  const input = tensor("tensor");
  const call = [...scene.recorder.calls].pop();
  const involved: (Involved | null)[] = [];
  const remedies: Remedy[] = [];
  if (input && call) {
    const roots = listed(call.roots.map((root) => scene.text(root)));
    const cut = cutBetween(scene, input, call.roots);
    const { site } = input.producer;
    const rest = roots === "" ? "there is no output." : `no gradient comes to it from ${roots}.`;
    involved.push([site, `This is ${scene.text(input, site)}: ${rest}`]);
    if (cut) {
      involved.push([cut.site, cutSentence(scene, cut)]);
      remedies.push(...cutRemedies(cut));
    }
    for (const root of call.roots)
      involved.push(madeHere(scene, root, (name) => `${name} is computed here.`));
  }
  remedies.push({ kind: "allow-unused", sites: { at } });
  return { code: "autograd/unused-input", involved, remedies };
};

export const inputWithoutGrad: ErrorRule = ({ scene, tensor }: ErrorScene) => {
  const input = tensor("tensor");
  const [cause] = input ? causesOf(scene, input) : [];
  return {
    code: "autograd/no-grad-input",
    involved: [cause ? [siteOf(cause), causeText(scene, cause)] : null],
    remedies: cause ? causeRemedies(scene, cause) : [],
  };
};
