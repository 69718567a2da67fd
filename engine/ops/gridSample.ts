// Reading an image at places that a grid names (grid_sample), and the grid of an affine map. The image is read
// by public operators, so the gradients for image and grid, of every order, are those of what is computed here.
import { tensorApi } from "../autograd/tensorApi";
import { elementsOf } from "../kernels/strided";
import { int64 } from "../tensor/dtype";
import { runtimeError } from "../tensor/errors";
import { type Sizes, sizesText } from "../tensor/shape";
import { fromData, type Tensor } from "../tensor/tensor";
import { add, mul, sub } from "./arithmetic";
import { notImplementedFor } from "./checks";
import { clamp } from "./clamp";
import { ge, logical_and, lt } from "./comparison";
import { to } from "./convert";
import { composite, op, using } from "./define";
import { gather } from "./gather";
import { bmm } from "./matmul";
import { addNumber, divNumber, mulNumber } from "./sums";
import { once, vjpThrough, withoutHistory } from "./through";
import { floor, neg, round } from "./unary";
import { expand, select, transpose, unsqueeze, view } from "./view";
import { reshape } from "./viewComposites";

const internal = { functions: [], methods: [] };

const BILINEAR = 0;
const NEAREST = 1;
const BICUBIC = 2;
const BORDER = 1;
const REFLECTION = 2;

interface Setting {
  interpolation: number;
  padding: number;
  corners: boolean;
}

/** a·x + b where a and b are numbers without a gradient, so that the slope is exactly a. */
function mapped(x: Tensor, slope: (v: number) => number, value: (v: number) => number): Tensor {
  const [a, b] = withoutHistory(() => {
    const data = elementsOf(x) as Float64Array;
    const slopes = x.dtype.allocate(data.length) as Float64Array;
    const rests = x.dtype.allocate(data.length) as Float64Array;
    for (let i = 0; i < data.length; i++) {
      slopes[i] = slope(data[i]);
      rests[i] = value(data[i]) - slopes[i] * data[i];
    }
    return [fromData(slopes, x.sizes, x.dtype), fromData(rests, x.sizes, x.dtype)];
  });
  return add(mul(a, x), b, 1n);
}

/** Places outside are taken to the edge; the gradient ends at the edge itself. */
function atEdge(x: Tensor, size: number): Tensor {
  return mapped(
    x,
    (v) => (v > 0 && v < size - 1 ? 1 : 0),
    (v) => Math.min(Math.max(v, 0), size - 1),
  );
}

/** Mirrored at both ends, as often as needed. `low` and `high` are doubled, since they may lie between pixels. */
function mirrored(x: Tensor, low: number, high: number): Tensor {
  if (low === high)
    return mapped(
      x,
      () => 0,
      () => 0,
    );
  const start = low / 2;
  const span = (high - low) / 2;
  const flips = (v: number) => Math.floor(Math.abs(v - start) / span);
  return mapped(
    x,
    (v) => (v - start < 0 ? -1 : 1) * (flips(v) % 2 === 0 ? 1 : -1),
    (v) => {
      const extra = Math.abs(v - start) % span;
      return flips(v) % 2 === 0 ? extra + start : span - extra + start;
    },
  );
}

function padded(x: Tensor, size: number, { padding, corners }: Setting): Tensor {
  if (padding === BORDER) return atEdge(x, size);
  if (padding !== REFLECTION) return x;
  const inside = corners ? mirrored(x, 0, 2 * (size - 1)) : mirrored(x, -1, 2 * size - 1);
  return atEdge(inside, size);
}

/** From [−1, 1] to pixels. */
function unnormalised(x: Tensor, size: number, corners: boolean): Tensor {
  return corners
    ? mulNumber(divNumber(addNumber(x, 1), 2), size - 1)
    : divNumber(addNumber(mulNumber(addNumber(x, 1), size), -1), 2);
}

/**
 * The image [N, C, …] at whole places, one tensor [N, …] per dimension (the first dimension first); zero where a
 * place lies outside.
 */
function readAt(input: Tensor, places: readonly Tensor[]): Tensor {
  const spatial = input.sizes.slice(2);
  const [batch, channels] = input.sizes;
  const { index, inside } = withoutHistory(() => {
    let at: Tensor | null = null;
    let within: Tensor | null = null;
    places.forEach((place, d) => {
      const ok = logical_and(ge(place, 0n), lt(place, BigInt(spatial[d])));
      within = within ? logical_and(within, ok) : ok;
      const safe = clamp(place, 0n, BigInt(spatial[d] - 1));
      at = at ? add(mul(at, BigInt(spatial[d])), safe, 1n) : safe;
    });
    return {
      index: to(at as unknown as Tensor, int64),
      inside: to(within as unknown as Tensor, input.dtype),
    };
  });
  const shape = index.sizes.slice(1);
  const flat = reshape(input, [batch, channels, -1]);
  const lines = expand(view(index, [batch, 1, -1]), [batch, channels, -1], false);
  const read = view(gather(flat, 2, lines, false), [batch, channels, ...shape]);
  return mul(read, unsqueeze(inside, 1));
}

function nearestOf(input: Tensor, places: readonly Tensor[]): Tensor {
  return readAt(
    input,
    places.map((place) => round(place)),
  );
}

/** The corners around each place, each weighted by how near it is. */
function linearOf(input: Tensor, places: readonly Tensor[]): Tensor {
  const lows = places.map((place) => withoutHistory(() => floor(place)));
  let total: Tensor | null = null;
  for (let corner = 0; corner < 2 ** places.length; corner++) {
    let weight: Tensor | null = null;
    const at = places.map((place, d) => {
      const up = (corner >> d) & 1;
      const part = sub(place, lows[d], 1n);
      const own = up ? part : addNumber(neg(part), 1);
      weight = weight ? mul(weight, own) : own;
      return up ? withoutHistory(() => addNumber(lows[d], 1)) : lows[d];
    });
    const share = mul(readAt(input, at), unsqueeze(weight as unknown as Tensor, 1));
    total = total ? add(total, share, 1n) : share;
  }
  return total as unknown as Tensor;
}

/** Keys' weights with a = −0.75 for the four neighbours of a place that is `t` beyond the second. */
function cubicWeights(t: Tensor): Tensor[] {
  const a = -0.75;
  const near = (x: Tensor) => addNumber(mul(mul(addNumber(mulNumber(x, a + 2), -(a + 3)), x), x), 1);
  const far = (x: Tensor) =>
    addNumber(mul(addNumber(mul(addNumber(mulNumber(x, a), -5 * a), x), 8 * a), x), -4 * a);
  const rest = addNumber(neg(t), 1);
  return [far(addNumber(t, 1)), near(t), near(rest), far(addNumber(rest, 1))];
}

function cubicOf(input: Tensor, places: readonly Tensor[], setting: Setting): Tensor {
  const [height, width] = input.sizes.slice(2);
  const [y, x] = places;
  const [lowY, lowX] = [y, x].map((place) => withoutHistory(() => floor(place)));
  const weightsY = cubicWeights(sub(y, lowY, 1n));
  const weightsX = cubicWeights(sub(x, lowX, 1n));
  let total: Tensor | null = null;
  for (let i = 0; i < 4; i++) {
    const atY = withoutHistory(() => padded(addNumber(lowY, i - 1), height, setting));
    for (let j = 0; j < 4; j++) {
      const atX = withoutHistory(() => padded(addNumber(lowX, j - 1), width, setting));
      const weight = mul(weightsY[i], weightsX[j]);
      const share = mul(readAt(input, [atY, atX]), unsqueeze(weight, 1));
      total = total ? add(total, share, 1n) : share;
    }
  }
  return total as unknown as Tensor;
}

function sampled(input: Tensor, grid: Tensor, setting: Setting): Tensor {
  const spatial = input.sizes.slice(2);
  // The grid names the last dimension first.
  const places = spatial.map((size, d) =>
    unnormalised(select(grid, -1, spatial.length - 1 - d), size, setting.corners),
  );
  if (setting.interpolation === BICUBIC) return cubicOf(input, places, setting);
  const inside = places.map((place, d) => padded(place, spatial[d], setting));
  return setting.interpolation === NEAREST ? nearestOf(input, inside) : linearOf(input, inside);
}

// ---- the operators ----

function declare(rank: 2 | 3) {
  const name = `grid_sampler_${rank}d`;
  const rest = "int interpolation_mode, int padding_mode, bool align_corners";
  const forward = op(
    `${name}(Tensor input, Tensor grid, ${rest}) -> Tensor` as "g(Tensor input, Tensor grid, int interpolation_mode, int padding_mode, bool align_corners) -> Tensor",
  );
  const backward = op(
    `${name}_backward(Tensor grad_output, Tensor input, Tensor grid, ${rest}) -> (Tensor result0, Tensor result1)` as "g(Tensor grad_output, Tensor input, Tensor grid, int interpolation_mode, int padding_mode, bool align_corners) -> (Tensor result0, Tensor result1)",
  );
  const settingOf = (c: { interpolation_mode: number; padding_mode: number; align_corners: boolean }) => ({
    interpolation: c.interpolation_mode,
    padding: c.padding_mode,
    corners: c.align_corners,
  });
  // By nearest neighbours the grid has no say in the values: its gradient is zero.
  const pulled = (grad: Tensor, input: Tensor, grid: Tensor, setting: Setting) => {
    const given = [input, grid];
    const found = vjpThrough(
      (image, places) => [sampled(image as Tensor, places as Tensor, setting)],
      given,
      [grad],
    );
    return found.map((each, i) => each ?? tensorApi.zeros([...given[i].sizes], given[i].dtype));
  };
  const node = `GridSampler${rank}DBackward`;
  const spatial = [3, 4, 2].slice(0, rank);
  const places = [2, 3, 2].slice(0, rank);
  forward.define({
    forward: (input, grid, interpolation, padding, corners) => {
      if (input.dtype.kind !== "float") {
        throw notImplementedFor(
          rank === 2 ? "grid_sampler_2d_cpu_kernel_impl" : "grid_sampler3d_cpu",
          input.dtype,
        );
      }
      return withoutHistory(() => sampled(input, grid, { interpolation, padding, corners }));
    },
    vjp: {
      input: using("input", "grid", (c) => once(c, () => both(c))[0]),
      grid: using("input", "grid", (c) => once(c, () => both(c))[1]),
    },
    node: `${node}0`,
    python: internal,
    math: {
      input: "\\bar{x}_p = \\sum_k w_{kp}\\,\\bar{r}_k",
      grid: "\\bar{g}_k = \\sum_p \\frac{\\partial w_{kp}}{\\partial g_k}\\,x_p\\,\\bar{r}_k",
    },
    samples: (g) =>
      [BILINEAR, ...(rank === 2 ? [BICUBIC] : []), NEAREST].flatMap((mode) =>
        [0, BORDER, REFLECTION].map((padding) => [
          g.randn(1, 2, ...spatial),
          g.uniform(-1.1, 1.1, 1, ...places, rank),
          mode,
          padding,
          padding === BORDER,
        ]),
      ),
  });
  const both = (c: {
    grad: Tensor;
    input: Tensor;
    grid: Tensor;
    interpolation_mode: number;
    padding_mode: number;
    align_corners: boolean;
  }) => backward(c.grad, c.input, c.grid, c.interpolation_mode, c.padding_mode, c.align_corners);
  backward.define({
    forward: (grad, input, grid, interpolation, padding, corners) =>
      withoutHistory(() => pulled(grad, input, grid, { interpolation, padding, corners })),
    vjp: {
      grad_output: using("grad_output", "input", "grid", (c) => once(c, () => again(c))[0]),
      input: using("grad_output", "input", "grid", (c) => once(c, () => again(c))[1]),
      grid: using("grad_output", "input", "grid", (c) => once(c, () => again(c))[2]),
    },
    node: `${node}Backward0`,
    python: internal,
    samples: (g) => [
      [
        g.randn(1, 1, ...places),
        g.randn(1, 1, ...spatial),
        g.uniform(-0.9, 0.9, 1, ...places, rank),
        BILINEAR,
        0,
        false,
      ],
    ],
  });
  const again = (c: {
    grads: (Tensor | null)[];
    grad_output: Tensor;
    input: Tensor;
    grid: Tensor;
    interpolation_mode: number;
    padding_mode: number;
    align_corners: boolean;
  }) => {
    const given = [c.grad_output, c.input, c.grid];
    const found = vjpThrough(
      (grad, input, grid) => pulled(grad as Tensor, input as Tensor, grid as Tensor, settingOf(c)),
      given,
      c.grads,
    );
    const [forGrad, forInput, forGrid] = found;
    return [forGrad, forInput, forGrid ?? tensorApi.zeros([...c.grid.sizes], c.grid.dtype)];
  };
  return forward;
}
const grid_sampler_2d = declare(2);
const grid_sampler_3d = declare(3);

function check(input: Tensor, grid: Tensor, interpolation: number): void {
  const name = "grid_sampler():";
  if (input.sizes[0] !== grid.sizes[0]) {
    throw runtimeError(
      `${name} expected grid and input to have same batch size, but got input with sizes ${sizesText(input.sizes)} and ` +
        `grid with sizes ${sizesText(grid.sizes)}`,
    );
  }
  if (grid.sizes[grid.rank - 1] !== input.rank - 2) {
    throw runtimeError(
      `${name} expected grid to have size ${input.rank - 2} in last dimension, but got grid with sizes ` +
        sizesText(grid.sizes),
    );
  }
  for (let d = 2; d < input.rank; d++) {
    if (input.sizes[d] > 0) continue;
    throw runtimeError(
      `${name} expected input to have non-empty spatial dimensions, but input has sizes ${sizesText(input.sizes)} with ` +
        `dimension ${d} being empty`,
    );
  }
  if ((input.rank !== 4 && input.rank !== 5) || input.rank !== grid.rank) {
    throw runtimeError(
      `${name} expected 4D or 5D input and grid with same number of dimensions, but got input with sizes ` +
        `${sizesText(input.sizes)} and grid with sizes ${sizesText(grid.sizes)}`,
    );
  }
  if (input.rank === 5 && interpolation === BICUBIC) {
    throw runtimeError(`${name} bicubic interpolation only supports 4D input`);
  }
  if (input.dtype !== grid.dtype) {
    throw runtimeError(`expected scalar type ${input.dtype.scalarName} but found ${grid.dtype.scalarName}`);
  }
}

export const grid_sampler = composite(
  "grid_sampler(Tensor input, Tensor grid, int interpolation_mode, int padding_mode, bool align_corners) -> Tensor",
  (input, grid, interpolation, padding, corners) => {
    check(input, grid, interpolation);
    const run = input.rank === 4 ? grid_sampler_2d : grid_sampler_3d;
    return run(input, grid, interpolation, padding, corners);
  },
  { python: { functions: ["grid_sampler"], methods: [] } },
);

// ---- the grid of an affine map ----

/** Pixels' places in [−1, 1]: their centres, or with corners the first at −1 and the last at 1. */
function line(size: number, corners: boolean): number[] {
  return Array.from({ length: size }, (_, i) => {
    if (size <= 1) return 0;
    const place = -1 + (2 * i) / (size - 1);
    return corners ? place : (place * (size - 1)) / size;
  });
}

/** [batch, places, rank + 1]: x first, and a 1 at the end that brings the shift in. */
function baseGrid(like: Tensor, batch: number, spatial: Sizes, corners: boolean): Tensor {
  const lines = spatial.map((size) => line(size, corners));
  const rows: number[] = [];
  const walk = (d: number, so_far: number[]) => {
    if (d === spatial.length) rows.push(...so_far, 1);
    else for (const value of lines[d]) walk(d + 1, [value, ...so_far]);
  };
  walk(0, []);
  const width = spatial.length + 1;
  const one = like.dtype.allocate(rows.length) as Float64Array;
  one.set(rows);
  const grid = fromData(one, [1, rows.length / width, width], like.dtype);
  return expand(grid, [batch, rows.length / width, width], false);
}

export const affine_grid_generator = op(
  "affine_grid_generator(Tensor theta, int[] size, bool align_corners) -> Tensor",
);
affine_grid_generator.define({
  forward: (theta, size, corners) =>
    withoutHistory(() => {
      const spatial = size.slice(2);
      const base = baseGrid(theta, size[0], spatial, corners);
      return view(bmm(base, transpose(theta, 1, 2)), [size[0], ...spatial, spatial.length]);
    }),
  vjp: {
    theta: using(({ grad, size, align_corners }) => {
      const spatial = size.slice(2);
      const base = withoutHistory(() => baseGrid(grad, size[0], spatial, align_corners));
      const flat = reshape(grad, [size[0], -1, spatial.length]);
      return transpose(bmm(transpose(base, 1, 2), flat), 1, 2);
    }),
  },
  python: { functions: ["affine_grid_generator"], methods: [] },
  math: { theta: "\\bar{\\theta} = \\bar{r}^{\\top} G" },
  samples: (g) => [
    [g.randn(2, 2, 3), [2, 1, 2, 3], false],
    [g.randn(1, 3, 4), [1, 1, 2, 1, 3], true],
  ],
});
