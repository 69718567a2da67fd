// How a sample moves with its distribution's parameter, -(∂cdf/∂α) / pdf, for gamma and beta: the reparameterised
// gradients (Figurnov, Mohamed and Mnih 2018; the fits are PyTorch's figures). Computed in double precision; what
// PyTorch holds in the tensor's dtype (`round`) is rounded.

/** Rounds to the tensor's dtype: Math.fround, or nothing. */
export type Round = (value: number) => number;

const PSI_OF_10 = 2.251752589066721;
const PSI = [1 / 12, -0.021092796092796094, 1 / 132, -1 / 240, 1 / 252, -1 / 120, 1 / 12];

/** ψ(x) of a positive x: shifted to 10 or more, then its asymptotic series. `round` as far as x itself is held so. */
function digamma(given: number, round: Round): number {
  let x = round(given);
  let sum = 0;
  while (x < 10) {
    sum -= round(1 / x);
    x = round(x + 1);
  }
  if (x === 10) return round(sum + PSI_OF_10);
  let tail = 0;
  if (x < 1e17) {
    const z = 1 / round(x * x);
    let series = 0;
    for (const coefficient of PSI) series = series * z + coefficient;
    tail = z * series;
  }
  return round(sum + round(Math.log(x)) - round(0.5 / x) - tail);
}

const asIs: Round = (value) => value;
const [NEAR_LOW, NEAR_HIGH, SMALL] = [Math.fround(0.9), Math.fround(1.1), Math.fround(0.8)];

/** Of a sample x of the gamma distribution with shape α and rate 1. */
export function gammaGradient(alpha: number, x: number): number {
  if (x < SMALL) return gammaBySeries(alpha, x);
  if (alpha > 8) return gammaBySaddlePoint(alpha, x);
  return gammaByFit(alpha, x);
}

/** Taylor's series of the cdf at 0. */
function gammaBySeries(alpha: number, x: number): number {
  let term = 1;
  let denominator = alpha;
  let first = term / denominator;
  let second = term / (denominator * denominator);
  for (let i = 1; i <= 5; i++) {
    term *= -x / i;
    denominator += 1;
    first += term / denominator;
    second += term / (denominator * denominator);
  }
  const power = x ** alpha;
  const density = x ** (alpha - 1) * Math.exp(-x);
  const slope = (Math.log(x) - digamma(alpha, asIs)) * (power * first) - power * second;
  const found = -slope / density;
  return Number.isNaN(found) ? 0 : found;
}

/** Rice's expansion for large α. */
function gammaBySaddlePoint(alpha: number, x: number): number {
  if (NEAR_LOW * alpha <= x && x <= NEAR_HIGH * alpha) {
    const first = 1 + 24 * alpha * (1 + 12 * alpha);
    const second =
      1440 * (alpha * alpha) + 6 * x * (53 - 120 * x) - (65 * x * x) / alpha + alpha * (107 + 3600 * x);
    return (first * second) / (1244160 * (alpha * alpha) * (alpha * alpha));
  }
  const root = Math.sqrt(8 * alpha);
  const ratio = Math.log(x / alpha);
  const pole = root / (alpha - x);
  const tail = (x - alpha - alpha * ratio) ** -1.5;
  const middle =
    ratio * (x < alpha ? pole - tail : pole + tail) -
    (Math.sqrt(2 / alpha) * (alpha + x)) / ((alpha - x) * (alpha - x));
  const stirling = 1 + (1 / (12 * alpha)) * (1 + 1 / (24 * alpha));
  return (-stirling * (x * middle)) / root;
}

// Of a rational function of u = ln(x/α) and v = ln α: rows are powers of u, columns the powers of v above, then below.
const GAMMA_FIT = [
  [0.16009398, -0.094634809, 0.025146376, -0.0030648343, 1, 0.32668115, 0.10406089, 0.0014179084],
  [0.53487893, 0.1298071, 0.065735949, -0.0015649758, 0.16639465, 0.020070113, -0.0035938915, -0.00058392623],
  [
    0.040121004, -0.0065914022, -0.0026286047, -0.0013441777, 0.017050642, -0.0021309326, 0.00085092367,
    -1.5247877e-7,
  ],
];

function gammaByFit(alpha: number, x: number): number {
  const u = Math.log(x / alpha);
  const v = Math.log(alpha);
  const c = GAMMA_FIT[0].map((value, i) => value + u * (GAMMA_FIT[1][i] + u * GAMMA_FIT[2][i]));
  const above = c[0] + v * (c[1] + v * (c[2] + v * c[3]));
  const below = c[4] + v * (c[5] + v * (c[6] + v * c[7]));
  return Math.exp(above / below);
}

/**
 * Of a component x of a Dirichlet sample, for its own α; `total` is the sum of all. It is scaled: divided by 1 - x, so
 * that the sample's other components follow from it.
 */
export function dirichletGradient(x: number, alpha: number, total: number, round: Round): number {
  const beta = round(total - alpha);
  const boundary = round(round(total * x) * round(1 - x));
  if (x <= 0.5 && boundary < 2.5) return forAlphaNearZero(x, alpha, beta, round);
  if (x >= 0.5 && boundary < 0.75) return -forBetaNearZero(round(1 - x), beta, alpha, round);
  if (alpha > 6 && beta > 6) return bothLarge(x, alpha, total - alpha);
  return betaByFit(x, alpha, total, round);
}

function forAlphaNearZero(x: number, alpha: number, beta: number, round: Round): number {
  const factor = round(
    round(digamma(alpha, round) - digamma(round(alpha + beta), round)) - round(Math.log(x)),
  );
  let term = 1;
  let series = round(round(1 / alpha) * round(factor + round(1 / alpha)));
  for (let i = 1; i <= 10; i++) {
    term = round(term * round(round(round(i - beta) * x) / i));
    const denominator = round(alpha + i);
    series = round(series + round(round(term / denominator) * round(factor + round(1 / denominator))));
  }
  const found = round(round(x * round(round(1 - x) ** -beta)) * series);
  return Number.isNaN(found) ? 0 : found;
}

function forBetaNearZero(x: number, alpha: number, beta: number, round: Round): number {
  const factor = round(digamma(round(alpha + beta), round) - digamma(beta, round));
  let term = 1;
  let betas = 1;
  let slopes = 0;
  let series = round(factor / alpha);
  for (let i = 1; i <= 8; i++) {
    term = round(term * round(-x / i));
    slopes = round(round(slopes * round(beta - i)) + betas);
    betas = round(betas * round(beta - i));
    series = round(series + round(round(term / round(alpha + i)) * round(slopes + round(factor * betas))));
  }
  const found = round(-round(round(1 - x) ** round(1 - beta)) * series);
  return Number.isNaN(found) ? 0 : found;
}

/** Rice's expansion; close to the mean a polynomial, since the expansion is singular there. */
function bothLarge(x: number, alpha: number, beta: number): number {
  const total = alpha + beta;
  const mean = alpha / total;
  const deviation = Math.sqrt((alpha * beta) / (total + 1)) / total;
  if (mean - 0.1 * deviation <= x && x <= mean + 0.1 * deviation) {
    const square = beta * beta;
    const polynomial =
      47 * x * square * square +
      alpha *
        ((43 + 20 * (16 + 27 * beta) * x) * square * beta +
          alpha *
            (3 * (59 + 180 * beta - 90 * x) * square +
              alpha *
                ((453 + 1620 * beta * (1 - x) - 455 * x) * beta +
                  alpha * (8 * (1 - x) * (135 * beta - 11)))));
    const above = ((1 + 12 * alpha) * (1 + 12 * beta)) / (total * total);
    const below = 12960 * alpha * alpha * alpha * beta * beta * (1 + 12 * total);
    return ((above / (1 - x)) * polynomial) / below;
  }
  const stirling = (n: number) => 1 + 1 / (12 * n) + 1 / (288 * n * n);
  const scale = (stirling(alpha) * stirling(beta)) / stirling(total);
  const away = alpha * (x - 1) + beta * x;
  const first =
    (2 * (alpha * alpha) * (x - 1) + alpha * beta * (x - 1) - x * (beta * beta)) /
    (Math.sqrt((2 * alpha) / beta) * total ** 1.5 * away * away);
  const second = 0.5 * Math.log(alpha / (total * x));
  const third = Math.sqrt((8 * alpha * beta) / total) / (beta * x + alpha * (x - 1));
  const base = beta * Math.log(beta / (total * (1 - x))) + alpha * Math.log(alpha / (total * x));
  const fourth = base ** -1.5;
  const sum = first + second * (third + (x < mean ? fourth : -fourth));
  return scale * (-x / Math.sqrt((2 * alpha * beta) / total)) * sum;
}

// Of a rational correction in powers of u = ln x, a = ln α - u (three of each) and b = ln total - a (four).
const BETA_ABOVE = [
  [
    [1.003668233, -0.01061107488, -0.0657888334, 0.01201642863],
    [0.6336835991, -0.3557432599, 0.05486251648, -0.001465281033],
    [-0.03276231906, 0.004474107445, 0.002429354597, -0.0001557569013],
  ],
  [
    [0.221950385, -0.3187676331, 0.01799915743, 0.01074823814],
    [-0.2951249643, 0.06219954479, 0.01535556598, 0.001550077057],
    [0.02155310298, 0.004170831599, 0.001292462449, 6.976601077e-5],
  ],
  [
    [-0.05980841433, 0.008441916499, 0.01085618172, 0.002319392565],
    [0.02911413504, 0.01400243777, -0.002721828457, 0.000751041181],
    [0.005900514878, -0.001936558688, -9.495446725e-6, 5.385558597e-5],
  ],
];
const BETA_BELOW = [
  [
    [1, -0.02924021934, -0.04438342661, 0.007285809825],
    [0.6357567472, -0.3473456711, 0.05454656494, -0.002407477521],
    [-0.03301322327, 0.004845219414, 0.00231480583, -0.0002307248149],
  ],
  [
    [0.5925320577, -0.1757678135, 0.01505928619, 0.000564515273],
    [0.1014815858, -0.06589186703, 0.01272886114, -0.0007316646956],
    [-0.007258481865, 0.001096195486, 0.0003934994223, -4.12701925e-5],
  ],
  [
    [0.06469649321, -0.0236701437, 0.002902096474, -5.896963079e-5],
    [0.001925008108, -0.002869809258, 0.0008000589141, -6.063713228e-5],
    [-0.0003477407336, 6.959756487e-5, 1.097287507e-5, -1.650964693e-6],
  ],
];

function betaByFit(x: number, alpha: number, total: number, round: Round): number {
  const u = Math.log(x);
  const a = Math.log(alpha) - u;
  const b = Math.log(total) - a;
  const valueOf = (table: readonly (readonly (readonly number[])[])[]) => {
    let sum = 0;
    table.forEach((rows, i) => {
      rows.forEach((c, j) => {
        const power = (i === 0 ? 1 : i === 1 ? u : u * u) * (j === 0 ? 1 : j === 1 ? a : a * a);
        sum += power * (c[0] + b * (c[1] + b * (c[2] + b * c[3])));
      });
    });
    return sum;
  };
  const analytic = (x * (digamma(total, round) - digamma(alpha, round))) / (total - alpha);
  return (valueOf(BETA_ABOVE) / valueOf(BETA_BELOW)) * analytic;
}
