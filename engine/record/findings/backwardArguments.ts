// What backward() and grad() refuse because of what they were given.
import { causesOf, causeText, listed, siteOf } from "../cuts";
import type { TensorFacts } from "../facts";
import type { Scene } from "../scene";
import { cutBetween, cutSentence } from "../whyNoGrad";
import type { ErrorRule, ErrorScene } from "./errors";
import { type Involved, shapeText } from "./finding";

function madeHere(scene: Scene, tensor: TensorFacts | null, text: (name: string) => string): Involved | null {
  return tensor && [tensor.producer.site, text(scene.text(tensor, tensor.producer.site))];
}

export const nonScalar: ErrorRule = ({ scene, tensor }) => ({
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
});

export const gradientShape: ErrorRule = ({ scene, tensor }) => ({
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
});

const shapeOf = (tensor: TensorFacts | null): string => shapeText(tensor?.sizes ?? []);

export const unusedInput: ErrorRule = ({ scene, tensor }) => {
  const input = tensor("tensor");
  const call = [...scene.recorder.calls].pop();
  const involved: (Involved | null)[] = [];
  if (input && call) {
    const roots = listed(call.roots.map((root) => scene.text(root)));
    const cut = cutBetween(scene, input, call.roots);
    const { site } = input.producer;
    const rest = roots === "" ? "there is no output." : `no gradient comes to it from ${roots}.`;
    involved.push([site, `This is ${scene.text(input, site)}: ${rest}`]);
    if (cut) involved.push([cut.site, cutSentence(scene, cut)]);
    for (const root of call.roots)
      involved.push(madeHere(scene, root, (name) => `${name} is computed here.`));
  }
  return { code: "autograd/unused-input", involved };
};

export const inputWithoutGrad: ErrorRule = ({ scene, tensor }: ErrorScene) => {
  const input = tensor("tensor");
  const [cause] = input ? causesOf(scene, input) : [];
  return {
    code: "autograd/no-grad-input",
    involved: [cause ? [siteOf(cause), causeText(scene, cause)] : null],
  };
};
