// The pictures of hovers, and what they are drawn from.
import assert from "node:assert/strict";
import type {
  BackwardStep,
  ForwardStep,
  GraphNode,
  NestedValue,
  Summary,
} from "../../../engine/protocol/report";
import { hoverAt, hoverMarkdown } from "../../../extension/view/hover";
import { localDerivative } from "../../../extension/view/hover/operator";
import {
  type Picture,
  pictureSvg,
  pictureUri,
  pictureWords,
  type ThemeKind,
} from "../../../extension/view/pictures";
import { at, range, snippetReport, snippetView, tensor } from "./fixtures";

const summary: Summary = {
  count: 5000,
  min: -2,
  max: 2,
  mean: 0,
  std: 1,
  zeros: 0,
  nan: 0,
  inf: 0,
  histogram: [1, 0, 10, 5],
  corner: [0],
};
const histogram = { kind: "histogram", title: "value", summary } as const;

describe("a histogram", () => {
  it("has a bar for every bin that holds something, as high as it holds much, and a mark at zero", () => {
    const svg = pictureSvg(histogram, "dark");
    const heights = [...svg.matchAll(/<rect[^>]* height="([\d.]+)"/g)].map((match) => Number(match[1]));
    assert.deepEqual(heights, [3.2, 32, 16]);
    assert.match(svg, /<line x1="104" x2="104"/);
    assert.match(svg, />-2<.*>2</);
  });

  it("is in words for who cannot see it", () => {
    assert.equal(pictureWords(histogram), "histogram from -2 to 2, most between 0 and 1");
  });

  it("is drawn in colours of each theme that differ from those of the others", () => {
    const kinds: ThemeKind[] = ["light", "dark", "highContrast", "highContrastLight"];
    const drawn = kinds.map((kind) => pictureSvg(histogram, kind));
    assert.equal(new Set(drawn).size, 4);
  });

  it("is an address that decodes to the picture", () => {
    const uri = pictureUri(histogram, "light");
    const [head, body = ""] = uri.split(",");
    assert.equal(head, "data:image/svg+xml;base64");
    assert.equal(atob(body), pictureSvg(histogram, "light"));
  });

  it("survives a tensor without a finite element", () => {
    const nothing: Summary = { ...summary, min: "NaN", max: "NaN", histogram: [] };
    const broken: Picture = { ...histogram, summary: nothing };
    assert.match(pictureSvg(broken, "dark"), /^<svg .*<\/svg>$/);
    assert.equal(pictureWords(broken), "histogram from nan to nan");
  });
});

describe("a sparkline", () => {
  const line = (values: (number | "NaN")[]) =>
    ({ kind: "sparkline", title: "value", values, every: 1 }) as const;

  it("falls where the values fall", () => {
    const svg = pictureSvg(line([4, 2, 1]), "dark");
    const points = /points="([^"]+)"/
      .exec(svg)?.[1]
      ?.split(" ")
      .map((point) => Number(point.split(",")[1]));
    assert.deepEqual(points, [2, 20.67, 30]);
  });

  it("breaks off where the values are not finite", () => {
    assert.equal(pictureSvg(line([1, 2, "NaN", 3, 4]), "dark").match(/<polyline/g)?.length, 2);
  });

  it("is bounded in size however many values there are", () => {
    const many = line(Array.from({ length: 50_000 }, (_, index) => Math.sin(index)));
    assert.ok(pictureUri(many, "dark").length < 4000, String(pictureUri(many, "dark").length));
  });
});

const occurrence = [{ range: range(2, 4, 9), tensor: 2 }];
const node: GraphNode = {
  id: 5,
  kind: "grad_fn",
  name: "MulBackward0",
  op: "mul",
  site: { range: range(2, 4, 9) },
  state: "live",
  saved: [],
  inputs: [
    { name: "self", tensor: 1 },
    { name: "other", tensor: 3 },
  ],
  outputs: [2],
  sequence: 1,
  count: 1,
};
const step = (parts: Partial<BackwardStep> = {}): BackwardStep => ({
  kind: "backward",
  site: { range: range(2, 4, 9) },
  iteration: 1,
  iterations: 1,
  call: 0,
  node: 5,
  incoming: [{ value: 2 }],
  outgoing: [{ value: 6 }, null],
  ...parts,
});
const product = tensor({ id: 2, names: ["y"], isLeaf: false, node: 5, value: 9 });
const markdown = (parts: Parameters<typeof snippetReport>[0]) => {
  const view = snippetView(snippetReport({ occurrences: occurrence, ...parts }));
  const model = hoverAt(view, at(2, 6));
  assert.ok(model);
  return hoverMarkdown(model, { link: () => undefined, theme: "dark" });
};

describe("a hover over an operator", () => {
  const tensors = [tensor({ id: 1, names: ["x"] }), product, tensor({ id: 3, names: ["w"] })];

  it("says what came in, what went out, and the local derivative between them", () => {
    const text = markdown({ tensors, graph: { nodes: [node], edges: [] }, timeline: [step()] });
    assert.match(
      text,
      /MulBackward0 in backward\n- gradient in `2\.`\n- to x \(gradient in × local derivative\) `6\. = 2\. × 3\.`/,
    );
  });

  it("tells of the last round of a loop", () => {
    const steps = [
      step({ iterations: 5 }),
      step({ iteration: 5, iterations: 5, outgoing: [{ value: 8 }, null] }),
    ];
    const text = markdown({ tensors, graph: { nodes: [node], edges: [] }, timeline: steps });
    assert.match(text, /MulBackward0 in backward, iteration 5 of 5\n.*`8\. = 2\. × 4\.`/s);
  });

  it("names no local derivative where it is a matrix, or cannot be told", () => {
    assert.deepEqual(localDerivative({ op: "mul" }, [1, 2], [3, 8]), [3, 4]);
    assert.equal(localDerivative({ op: "matmul" }, [1, 2], [3, 8]), null);
    assert.equal(localDerivative({ op: "mul" }, [1, 0], [3, 0]), null);
    assert.equal(localDerivative({ op: "mul" }, [1, 2], 3), null);
    assert.equal(localDerivative({ op: "mul" }, [1, "NaN"], [3, "NaN"]), null);
    assert.equal(localDerivative({ op: "matmul" }, 2, 3), 1.5);
  });
});

describe("a hover inside a loop", () => {
  const round = (iteration: number, value: number): ForwardStep => ({
    kind: "forward",
    site: { range: range(2, 4, 9) },
    iteration,
    iterations: 50,
    op: "mul",
    inputs: [1],
    outputs: [2],
    node: 5,
    values: [{ value }],
  });
  const looped = tensor({ ...product, count: 50 });

  it("shows the first and the last round", () => {
    const text = markdown({ tensors: [looped], timeline: [round(1, 10), round(50, 0.5)] });
    assert.match(text, /computed 50 times, first → last `10\. → 0\.5000`/);
  });

  it("draws the course of a number", () => {
    const course = { every: 1, values: [10, 5, 2, 1], min: 1, max: 10 };
    const text = markdown({ tensors: [{ ...looped, course }], timeline: [] });
    assert.match(
      text,
      /!\[over the iterations: curve from 10 to 1\|width=208\]\(data:image\/svg\+xml;base64,[A-Za-z0-9+/=]+\)/,
    );
  });

  it("draws what each backward call added, where every call is listed", () => {
    const events = (calls: number[]) =>
      calls.map((call) => ({ call, increment: { value: call }, accumulated: null }));
    const with_ = (calls: number[]) =>
      markdown({ tensors: [{ ...product, gradEvents: events(calls) }], backwardCalls: [] });
    assert.match(with_([0, 1, 2, 3]), /!\[what each backward call added: curve from 0 to 3/);
    assert.doesNotMatch(with_([0, 1, 2, 900, 901]), /!\[/);
  });
});

describe("a hover", () => {
  it("is bounded in size and cost, whatever happened to the tensor", () => {
    const nested = (depth: number): NestedValue =>
      depth === 0 ? 1.5 : [1, 2, 3, 4].map(() => nested(depth - 1));
    const busy = tensor({
      id: 2,
      names: Array.from({ length: 500 }, (_, index) => `name_${index}`),
      shape: [4, 4, 4, 4],
      value: nested(4),
      grad: nested(4),
      count: 5000,
      version: 5000,
      mutations: Array.from({ length: 5000 }, (_, index) => ({
        site: { range: range(2 + (index % 400), 0, 5) },
        by: "add_",
        version: index,
      })),
      gradEvents: Array.from({ length: 5000 }, (_, call) => ({
        call,
        increment: { value: nested(4) },
        accumulated: { value: nested(4) },
      })),
      course: { every: 7, values: Array.from({ length: 5000 }, (_, index) => index), min: 0, max: 4999 },
    });
    const timeline = Array.from({ length: 20_000 }, () => step());
    const began = performance.now();
    const text = markdown({ tensors: [busy], graph: { nodes: [node], edges: [] }, timeline });
    const milliseconds = performance.now() - began;
    assert.ok(text.length < 30_000, `${text.length} characters`);
    assert.ok(text.split("\n").length < 90, `${text.split("\n").length} lines`);
    // A few milliseconds; the bound is for busy machines.
    assert.ok(milliseconds < 500, `${milliseconds} ms`);
  });
});

describe("a hover over a large tensor", () => {
  it("is bounded, and shows histograms of value and gradient beside each other", () => {
    const rows = Array.from({ length: 5 }, () =>
      Array.from({ length: 5 }, () => [
        [1, 2],
        [3, 4],
      ]),
    );
    const large = tensor({
      id: 2,
      value: null,
      summary: { ...summary, corner: rows },
      gradSummary: summary,
    });
    const text = markdown({ tensors: [large] });
    assert.equal(text.match(/!\[/g)?.length, 2);
    assert.match(text, /!\[value: histogram.*\) !\[gradient: histogram/);
    assert.ok(text.split("\n").length < 40, text);
  });
});
