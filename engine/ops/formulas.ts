// Formulas that several operators share, in TeX: an in-place twin has those of its functional form, and families
// (views, draws, what backward itself calls) are told here once rather than at each of their entries. An entry's own
// formula always counts first.
//
// The letters: r is the result, a bar marks a gradient; s is self, o other, g what came in to a backward operator.
import type { OperatorEntry } from "./define";

type Formulas = Readonly<Record<string, string>>;

const same = "\\bar{s} = \\bar{r}";
const none = "\\bar{s} = 0";
const whereNotWritten = "\\bar{s} = \\bar{r},\\ 0\\ \\text{where written}";
const taken = "\\bar{v}_k = \\bar{r}_{i_k}";
const read = "\\bar{s}_i = \\sum_{k\\ \\text{reads}\\ i} \\bar{r}_k";
const given = (where: string): string =>
  `\\bar{s} = \\bar{r}\\ \\text{where}\\ ${where},\\ 0\\ \\text{elsewhere}`;
/** Where PyTorch itself declares an argument differentiable and has no derivative. */
const absent = "\\text{PyTorch has no derivative here}";
/** The second derivative of a fused operator: J stands for its derivative by that argument. */
const fused = (letter: string): string => `\\bar{${letter}} = J_{${letter}}^{\\top}\\,\\bar{r}`;
const interpolated = { grad_output: "\\bar{g} = \\operatorname{resample}(\\bar{r})" };
const drawn = { self: none };

const byKey: Readonly<Record<string, Formulas>> = {
  // ---- views and their backward ----
  _unsafe_view: { self: "\\bar{s} = \\operatorname{view}(\\bar{r})" },
  _reshape_alias: { self: "\\bar{s} = \\operatorname{view}(\\bar{r})" },
  as_strided: { self: read },
  as_strided_copy: { self: read },
  unfold: { self: read },
  unfold_copy: { self: read },
  unsafe_split_with_sizes: { self: "\\bar{s} = \\operatorname{cat}(\\bar{r}_1, \\bar{r}_2, \\dots)" },
  "unsafe_split.Tensor": { self: "\\bar{s} = \\operatorname{cat}(\\bar{r}_1, \\bar{r}_2, \\dots)" },
  transpose: { self: "\\bar{s} = \\bar{r}^{\\top}" },
  diagonal_copy: { self: "\\bar{s}_{\\text{diagonal}} = \\bar{r}" },
  diag_embed: { self: "\\bar{s} = \\operatorname{diagonal}(\\bar{r})" },
  select_backward: { grad_output: "\\bar{g} = \\bar{r}_{\\text{selected}}" },
  slice_backward: { grad_output: "\\bar{g} = \\bar{r}_{\\text{slice}}" },
  diagonal_backward: { grad_output: "\\bar{g} = \\operatorname{diagonal}(\\bar{r})" },
  unfold_backward: { grad_in: "\\bar{g} = \\operatorname{unfold}(\\bar{r})" },
  as_strided_backward: { grad: "\\bar{g}_k = \\bar{r}_{\\text{what}\\ k\\ \\text{reads}}" },
  select_scatter: { self: whereNotWritten, src: "\\bar{v} = \\bar{r}_{\\text{selected}}" },
  slice_scatter: { self: whereNotWritten, src: "\\bar{v} = \\bar{r}_{\\text{slice}}" },
  diagonal_scatter: { self: whereNotWritten, src: "\\bar{v} = \\operatorname{diagonal}(\\bar{r})" },
  as_strided_scatter: { self: whereNotWritten, src: "\\bar{v} = \\bar{r}_{\\text{written}}" },
  roll: { self: "\\bar{s} = \\operatorname{roll}_{-k}(\\bar{r})" },
  rot90: { self: "\\bar{s} = \\operatorname{rot90}_{-k}(\\bar{r})" },
  constant_pad_nd: { self: "\\bar{s} = \\bar{r}\\ \\text{without the padding}" },
  _pack_padded_sequence: { input: "\\bar{x} = \\operatorname{pad}(\\bar{r})" },
  _pack_padded_sequence_backward: { grad: "\\bar{g} = \\operatorname{pack}(\\bar{r})" },

  // ---- writing by index or mask ----
  "scatter.src": { self: whereNotWritten },
  "scatter.value": { self: whereNotWritten },
  index_copy: { self: whereNotWritten, source: taken },
  "index_fill.int_Scalar": { self: whereNotWritten },
  "index_fill.int_Tensor": { self: whereNotWritten, value: "\\bar{v} = \\sum_k \\bar{r}_{i_k}" },
  put: { self: whereNotWritten, source: taken },
  index_put: { self: whereNotWritten, values: taken },
  masked_scatter: {
    self: "\\bar{s} = 0\\ \\text{where}\\ m,\\ \\bar{r}\\ \\text{elsewhere}",
    source: "\\bar{v} = \\bar{r}_m",
  },
  "masked_fill.Scalar": { self: "\\bar{s} = 0\\ \\text{where}\\ m,\\ \\bar{r}\\ \\text{elsewhere}" },
  "masked_fill.Tensor": {
    self: "\\bar{s} = 0\\ \\text{where}\\ m,\\ \\bar{r}\\ \\text{elsewhere}",
    value: "\\bar{v} = \\sum_m \\bar{r}",
  },
  "fill.Scalar": { self: none },
  "fill.Tensor": { self: none, value: "\\bar{v} = \\sum \\bar{r}" },
  zero: { self: none },
  embedding_renorm: { self: same },

  // ---- arithmetic ----
  "add.Number": { self: same },
  "add.scalar": { self: same },
  "sub.scalar": { self: same },
  "mul.Number": { self: "\\bar{s} = \\bar{r}\\,o" },
  "mul.scalar": { self: "\\bar{s} = \\bar{r}\\,o" },
  "div.Number": { self: "\\bar{s} = \\bar{r} / o" },
  "div.scalar": { self: "\\bar{s} = \\bar{r} / o" },
  "div.Tensor_mode": {
    self: "\\bar{s} = 0\\ \\text{where rounded},\\ \\bar{r}/o\\ \\text{else}",
    other: "\\bar{o} = 0\\ \\text{where rounded},\\ -\\bar{r}\\,s/o^2\\ \\text{else}",
  },
  "div.Scalar_mode": {
    self: "\\bar{s} = 0\\ \\text{where rounded},\\ \\bar{r}/o\\ \\text{else}",
    other: "\\bar{o} = 0",
  },
  "fmod.Tensor": { self: same, other: "\\bar{o} = -\\bar{r}\\,\\operatorname{trunc}(s/o)" },
  "fmod.Scalar": { self: same },
  deg2rad: { self: "\\bar{s} = \\tfrac{\\pi}{180}\\,\\bar{r}" },
  rad2deg: { self: "\\bar{s} = \\tfrac{180}{\\pi}\\,\\bar{r}" },
  nan_to_num: { self: given("s\\ \\text{is finite}") },
  "lerp.Tensor": {
    self: "\\bar{s} = (1 - w)\\,\\bar{r}",
    end: "\\bar{e} = w\\,\\bar{r}",
    weight: "\\bar{w} = (e - s)\\,\\bar{r}",
  },
  "copysign.Tensor": {
    self: "\\bar{s} = \\bar{r}\\,\\operatorname{sgn}(s)\\operatorname{sgn}(o)",
    other: "\\bar{o} = 0",
  },
  "copysign.Scalar": { self: "\\bar{s} = \\bar{r}\\,\\operatorname{sgn}(s)\\operatorname{sgn}(o)" },
  nextafter: { self: absent, other: absent },
  "xlogy.Scalar_Self": { other: "\\bar{o} = \\bar{r}\\,s/o" },
  "xlogy.Scalar_Other": { self: "\\bar{s} = \\bar{r} \\ln o" },
  special_xlog1py: { self: "\\bar{s} = \\bar{r} \\ln(1 + o)", other: "\\bar{o} = \\bar{r}\\,s/(1 + o)" },
  logaddexp2: {
    self: "\\bar{s} = \\bar{r} / (1 + 2^{o - s})",
    other: "\\bar{o} = \\bar{r} / (1 + 2^{s - o})",
  },
  "ldexp.Tensor": { self: "\\bar{s} = \\bar{r}\\,2^o", other: "\\bar{o} = \\bar{r}\\,s\\,2^o \\ln 2" },
  angle: { self: none },
  logit: { self: "\\bar{s} = \\bar{r} / (s\\,(1 - s))" },

  // ---- extremes and order ----
  maximum: {
    other: "\\bar{o} = \\bar{r}\\ \\text{where}\\ o > s,\\ \\tfrac{1}{2}\\bar{r}\\ \\text{where}\\ o = s",
  },
  minimum: {
    other: "\\bar{o} = \\bar{r}\\ \\text{where}\\ o < s,\\ \\tfrac{1}{2}\\bar{r}\\ \\text{where}\\ o = s",
  },
  fmax: {
    self: given("s \\ge o\\ \\text{or}\\ o\\ \\text{is NaN}"),
    other: "\\bar{o} = \\bar{r}\\ \\text{where}\\ \\bar{s}\\ \\text{gets nothing}",
  },
  fmin: {
    self: given("s \\le o\\ \\text{or}\\ o\\ \\text{is NaN}"),
    other: "\\bar{o} = \\bar{r}\\ \\text{where}\\ \\bar{s}\\ \\text{gets nothing}",
  },
  aminmax: {
    self: "\\bar{s}_i = \\bar{r}_{\\min} / \\#\\{j : s_j = r_{\\min}\\}\\ \\text{where}\\ s_i = r_{\\min},\\ \\text{and so for}\\ \\max",
  },
  median: { self: "\\bar{s}_i = \\bar{r} / \\#\\{j : s_j = r\\}\\ \\text{where}\\ s_i = r" },
  nanmedian: { self: "\\bar{s}_i = \\bar{r} / \\#\\{j : s_j = r\\}\\ \\text{where}\\ s_i = r" },
  "median.dim": { self: "\\bar{s}_{ij} = \\bar{r}_i\\ \\text{where}\\ j = \\text{indices}_i" },
  "nanmedian.dim": { self: "\\bar{s}_{ij} = \\bar{r}_i\\ \\text{where}\\ j = \\text{indices}_i" },
  kthvalue: { self: "\\bar{s}_{ij} = \\bar{r}_i\\ \\text{where}\\ j = \\text{indices}_i" },
  mode: { self: "\\bar{s}_{ij} = \\bar{r}_i\\ \\text{where}\\ j = \\text{indices}_i" },
  cummax: { self: "\\bar{s}_{\\text{indices}_k} \\mathrel{+}= \\bar{r}_k" },
  cummin: { self: "\\bar{s}_{\\text{indices}_k} \\mathrel{+}= \\bar{r}_k" },
  logcumsumexp: { self: "\\bar{s}_i = \\sum_{j \\ge i} \\bar{r}_j\\,e^{s_i - r_j}" },
  nansum: { self: given("s\\ \\text{is not NaN}") },
  _unique2: { self: absent },
  unique_dim: { self: absent },
  unique_consecutive: { self: absent },

  // ---- bounds ----
  clamp: { self: given("a \\le s \\le b") },
  "clamp.Tensor": {
    self: given("a \\le s \\le b"),
    min: "\\bar{a} = \\bar{r}\\ \\text{where}\\ s < a",
    max: "\\bar{b} = \\bar{r}\\ \\text{where}\\ s > b",
  },
  clamp_min: { self: given("s \\ge a") },
  clamp_max: { self: given("s \\le b") },
  "clamp_min.Tensor": { self: given("s \\ge a"), min: "\\bar{a} = \\bar{r}\\ \\text{where}\\ s < a" },
  "clamp_max.Tensor": { self: given("s \\le b"), max: "\\bar{b} = \\bar{r}\\ \\text{where}\\ s > b" },

  // ---- activations ----
  threshold: { self: given("s > t") },
  hardtanh: { self: given("a < s < b") },
  hardsigmoid: {
    self: "\\bar{s} = \\tfrac{1}{6}\\bar{r}\\ \\text{where}\\ -3 < s < 3,\\ 0\\ \\text{elsewhere}",
  },
  hardswish: {
    self: "\\bar{s} = \\bar{r}\\,(\\tfrac{1}{3}s + \\tfrac{1}{2})\\ \\text{where}\\ -3 < s < 3,\\ \\bar{r}\\ \\text{above},\\ 0\\ \\text{below}",
  },
  hardshrink: { self: given("|s| > \\lambda") },
  softshrink: { self: given("|s| > \\lambda") },
  celu: {
    self: "\\bar{s} = \\bar{r}\\ \\text{where}\\ s > 0,\\ \\bar{r}\\,e^{s/\\alpha}\\ \\text{elsewhere}",
  },
  mish: {
    self: "\\bar{s} = \\bar{r}\\,(t + s\\,\\sigma(s)\\,(1 - t^2)),\\quad t = \\tanh(\\ln(1 + e^s))",
  },
  _safe_softmax: { self: "\\bar{s} = r \\left(\\bar{r} - \\sum_j \\bar{r}_j r_j\\right)" },
  tanh_backward: {
    grad_output: "\\bar{g} = \\bar{r}\\,(1 - o^2)",
    output: "\\bar{o} = -2\\,\\bar{r}\\,g\\,o",
  },
  sigmoid_backward: {
    grad_output: "\\bar{g} = \\bar{r}\\,o\\,(1 - o)",
    output: "\\bar{o} = \\bar{r}\\,g\\,(1 - 2o)",
  },
  threshold_backward: { grad_output: "\\bar{g} = \\bar{r}\\ \\text{where}\\ s > t", self: none },
  leaky_relu_backward: {
    grad_output: "\\bar{g} = \\bar{r}\\ \\text{where}\\ s > 0,\\ a\\,\\bar{r}\\ \\text{elsewhere}",
    self: none,
  },
  hardtanh_backward: { grad_output: "\\bar{g} = \\bar{r}\\ \\text{where}\\ a < s < b", self: none },
  hardswish_backward: {
    grad_output:
      "\\bar{g} = \\bar{r}\\,(\\tfrac{1}{3}s + \\tfrac{1}{2})\\ \\text{where}\\ -3 < s < 3,\\ \\bar{r}\\ \\text{above}",
    self: "\\bar{s} = \\tfrac{1}{3}\\,\\bar{r}\\,g\\ \\text{where}\\ -3 < s < 3",
  },
  hardshrink_backward: { grad_output: "\\bar{g} = \\bar{r}\\ \\text{where}\\ |s| > \\lambda", self: none },
  softshrink_backward: { grad_output: "\\bar{g} = \\bar{r}\\ \\text{where}\\ |s| > \\lambda", self: none },
  elu_backward: {
    grad_output: "\\bar{g} = \\bar{r}\\,r'(s)",
    self_or_result: "\\bar{s} = \\bar{r}\\,g\\,r''(s)",
  },
  gelu_backward: {
    grad_output: "\\bar{g} = \\bar{r}\\,(\\Phi(s) + s\\,\\varphi(s))",
    self: "\\bar{s} = \\bar{r}\\,g\\,\\varphi(s)\\,(2 - s^2)",
  },
  softplus_backward: {
    grad_output: "\\bar{g} = \\bar{r}\\,\\sigma(\\beta s)",
    self: "\\bar{s} = \\bar{r}\\,g\\,\\beta\\,\\sigma(\\beta s)\\,\\sigma(-\\beta s)",
  },
  log_sigmoid_backward: {
    grad_output: "\\bar{g} = \\bar{r}\\,\\sigma(-s)",
    self: "\\bar{s} = -\\bar{r}\\,g\\,\\sigma(s)\\,\\sigma(-s)",
  },
  rrelu_with_noise_backward: { grad_output: "\\bar{g} = \\bar{r}\\,n", self: none },
  glu_backward: {
    grad_output: "\\bar{g} = \\bar{r}_a\\,\\sigma(b) + \\bar{r}_b\\,a\\,\\sigma'(b)",
    self: fused("s"),
  },
  _prelu_kernel_backward: {
    grad_output:
      "\\bar{g} = \\bar{r}_s\\,w + \\bar{r}_w\\,s\\ \\text{where}\\ s \\le 0,\\ \\bar{r}_s\\ \\text{elsewhere}",
    self: "\\bar{s} = \\bar{r}_w\\,g\\ \\text{where}\\ s \\le 0",
    weight: "\\bar{w} = \\bar{r}_s\\,g\\ \\text{where}\\ s \\le 0",
  },
  _softmax_backward_data: {
    grad_output: "\\bar{g} = o \\left(\\bar{r} - \\sum_j \\bar{r}_j o_j\\right)",
    output: "\\bar{o} = \\bar{r} \\left(g - \\sum_j g_j o_j\\right) - g \\sum_j \\bar{r}_j o_j",
  },
  _log_softmax_backward_data: {
    grad_output: "\\bar{g} = \\bar{r} - \\sum_j \\bar{r}_j\\,e^{o_j}",
    output: "\\bar{o} = -\\bar{r}\\,e^{o} \\sum_j g_j",
  },

  // ---- special functions ----
  digamma: { self: "\\bar{s} = \\bar{r}\\,\\psi'(s)" },
  polygamma: { self: "\\bar{s} = \\bar{r}\\,\\psi^{(n + 1)}(s)" },
  mvlgamma: { self: "\\bar{s} = \\bar{r} \\sum_{i < p} \\psi(s - \\tfrac{i}{2})" },
  i0: { self: "\\bar{s} = \\bar{r}\\,I_1(s)" },
  special_i0e: { self: "\\bar{s} = \\bar{r}\\,(e^{-|s|} I_1(s) - \\operatorname{sgn}(s)\\,r)" },
  special_i1: { self: "\\bar{s} = \\bar{r}\\,(I_0(s) - r/s)" },
  special_i1e: { self: "\\bar{s} = \\bar{r}\\,(e^{-|s|} I_0(s) - r\\,(\\operatorname{sgn}(s) + 1/s))" },
  sinc: { self: "\\bar{s} = \\bar{r}\\,(\\cos(\\pi s) - r) / s" },
  special_erfcx: { self: "\\bar{s} = \\bar{r}\\,(2\\,s\\,r - 2/\\sqrt{\\pi})" },
  special_log_ndtr: { self: "\\bar{s} = \\bar{r}\\,\\varphi(s) / \\Phi(s)" },
  special_zeta: { self: absent },
  "special_zeta.other_scalar": { self: absent },
  igamma: { self: absent },
  igammac: { self: absent },

  // ---- products of matrices ----
  addmv: {
    self: "\\bar{s} = \\beta\\,\\bar{r}",
    mat: "\\bar{m} = \\alpha\\,\\bar{r}\\,v^{\\top}",
    vec: "\\bar{v} = \\alpha\\,m^{\\top}\\bar{r}",
  },
  baddbmm: {
    self: "\\bar{s} = \\beta\\,\\bar{r}",
    batch1: "\\bar{b}_1 = \\alpha\\,\\bar{r}\\,b_2^{\\top}",
    batch2: "\\bar{b}_2 = \\alpha\\,b_1^{\\top}\\bar{r}",
  },
  addbmm: {
    self: "\\bar{s} = \\beta\\,\\bar{r}",
    batch1: "\\bar{b}_1 = \\alpha\\,\\bar{r}\\,b_2^{\\top}",
    batch2: "\\bar{b}_2 = \\alpha\\,b_1^{\\top}\\bar{r}",
  },
  addr: {
    self: "\\bar{s} = \\beta\\,\\bar{r}",
    vec1: "\\bar{v}_1 = \\alpha\\,\\bar{r}\\,v_2",
    vec2: "\\bar{v}_2 = \\alpha\\,\\bar{r}^{\\top} v_1",
  },
  _trilinear: {
    i1: "\\bar{a} = \\sum \\bar{r}\\,b\\,c",
    i2: "\\bar{b} = \\sum \\bar{r}\\,a\\,c",
    i3: "\\bar{c} = \\sum \\bar{r}\\,a\\,b",
  },
  linalg_solve_triangular: {
    self: "\\bar{A} = -\\operatorname{tri}(\\bar{B}\\,r^{\\top})",
    B: "\\bar{B} = A^{-\\top}\\bar{r}",
  },
  triangular_solve: { A: "\\bar{A} = -\\operatorname{tri}(\\bar{b}\\,r^{\\top})" },
  linalg_lstsq: {
    self: "\\bar{A} = (b - Ax)\\,\\bar{x}^{\\top}(A^{\\top}A)^{-1} - A^{+\\top}\\bar{x}\\,x^{\\top}",
  },
  lu_unpack: {
    LU_data: "\\overline{LU} = \\operatorname{tril}_{-1}(\\bar{L}) + \\operatorname{triu}(\\bar{U})",
  },
  linalg_lu_solve: { LU: "\\overline{LU}\\ \\text{of}\\ \\bar{A} = -A^{-\\top}\\bar{X}X^{\\top}" },
  linalg_householder_product: { input: fused("v") },
  cholesky_solve: { input2: "\\bar{L} = -(\\bar{b}\\,r^{\\top} + r\\,\\bar{b}^{\\top})\\,L" },

  // ---- statistics, norms, distances ----
  "var_mean.correction": {
    self: "\\bar{s}_i = \\tfrac{2}{n - c}\\,\\bar{v}\\,(s_i - m) + \\tfrac{1}{n}\\bar{m}",
  },
  "std_mean.correction": {
    self: "\\bar{s}_i = \\tfrac{1}{n - c}\\,\\bar{d}\\,(s_i - m) / d + \\tfrac{1}{n}\\bar{m}",
  },
  dist: {
    self: "\\bar{s} = \\bar{r}\\,\\operatorname{sgn}(s - o)\\,(|s - o| / r)^{p - 1}",
    other: "\\bar{o} = -\\bar{s}",
  },
  "norm.ScalarOpt_dim": { self: "\\bar{s} = \\bar{r}\\,\\operatorname{sgn}(s)\\,(|s| / r)^{p - 1}" },
  renorm: {
    self: "\\bar{s} = \\bar{r}\\ \\text{where}\\ \\|s\\| \\le m,\\ \\tfrac{m}{\\|s\\|}(\\bar{r} - \\text{its part along the norm})\\ \\text{elsewhere}",
  },
  _cdist_forward: {
    x2: "\\bar{b}_j = -\\sum_i \\bar{r}_{ij}\\,\\operatorname{sgn}(d)\\,|d|^{p-1} / r_{ij}^{p-1},\\quad d = a_i - b_j",
  },
  _euclidean_dist: { x2: "\\bar{b}_j = -\\sum_i \\bar{r}_{ij}\\,(a_i - b_j) / r_{ij}" },
  _cdist_backward: { grad: fused("g"), x1: fused("a"), x2: fused("b"), cdist: fused("c") },
  _pdist_backward: { grad: fused("g"), self: fused("s"), pdist: fused("p") },
  native_group_norm: {
    input:
      "\\bar{x} = \\tfrac{1}{\\sigma}\\left(\\bar{r}w - \\overline{\\bar{r}w} - \\hat{x}\\,\\overline{\\bar{r}w\\hat{x}}\\right)",
    weight: "\\bar{w} = \\sum \\bar{r}\\,\\hat{x}",
    bias: "\\bar{b} = \\sum \\bar{r}",
  },
  _normalise_backward: { grad_output: fused("g"), input: fused("x"), weight: fused("w") },
  _scale_backward: { grad_output: fused("g"), input: fused("x"), weight: fused("w") },
  _weight_norm_interface: {
    v: "\\bar{v} = \\tfrac{g}{\\|v\\|}\\left(\\bar{r} - v\\,\\tfrac{v \\cdot \\bar{r}}{\\|v\\|^2}\\right)",
  },

  // ---- losses ----
  nll_loss2d_forward: { self: "\\bar{s}_{t} = -\\tfrac{w_t}{\\sum w}\\,\\bar{r}" },
  smooth_l1_loss: { target: "\\bar{t} = -\\bar{s}" },
  huber_loss: { target: "\\bar{t} = -\\bar{s}" },
  binary_cross_entropy: { target: "\\bar{t} = \\tfrac{1}{n} \\ln\\tfrac{1 - s}{s}\\,\\bar{r}" },
  nll_loss_backward: { grad_output: "\\bar{g} = -\\tfrac{w_t}{\\sum w}\\,\\bar{r}_{t}", self: none },
  nll_loss2d_backward: { grad_output: "\\bar{g} = -\\tfrac{w_t}{\\sum w}\\,\\bar{r}_{t}", self: none },
  mse_loss_backward: {
    grad_output: "\\bar{g} = \\tfrac{2}{n} \\sum \\bar{r}\\,(s - t)",
    self: "\\bar{s} = \\tfrac{2}{n}\\,\\bar{r}\\,g",
    target: "\\bar{t} = -\\bar{s}",
  },
  smooth_l1_loss_backward: {
    grad_output: "\\bar{g} = \\tfrac{1}{n} \\sum \\bar{r}\\,\\operatorname{clip}((s - t)/\\beta, -1, 1)",
    self: "\\bar{s} = \\tfrac{1}{n\\beta}\\,\\bar{r}\\,g\\ \\text{where}\\ |s - t| < \\beta",
    target: "\\bar{t} = -\\bar{s}",
  },
  huber_loss_backward: {
    grad_output: "\\bar{g} = \\tfrac{1}{n} \\sum \\bar{r}\\,\\operatorname{clip}(s - t, -\\delta, \\delta)",
    self: "\\bar{s} = \\tfrac{1}{n}\\,\\bar{r}\\,g\\ \\text{where}\\ |s - t| < \\delta",
    target: "\\bar{t} = -\\bar{s}",
  },
  binary_cross_entropy_backward: {
    grad_output: "\\bar{g} = \\tfrac{1}{n} \\sum \\bar{r}\\,\\tfrac{s - t}{s(1 - s)}",
    self: "\\bar{s} = \\tfrac{1}{n}\\,\\bar{r}\\,g\\,\\tfrac{s^2 - 2st + t}{s^2(1 - s)^2}",
    target: "\\bar{t} = -\\tfrac{1}{n}\\,\\bar{r}\\,g / (s(1 - s))",
  },
  soft_margin_loss_backward: {
    grad_output: "\\bar{g} = -\\tfrac{1}{n} \\sum \\bar{r}\\,\\tfrac{t}{1 + e^{ts}}",
    self: "\\bar{s} = \\tfrac{1}{n}\\,\\bar{r}\\,g\\,t^2\\,\\sigma(ts)\\,\\sigma(-ts)",
  },

  // ---- pooling, convolution, padding, resampling ----
  avg_pool2d_backward: { grad_output: "\\bar{g} = \\operatorname{pool}(\\bar{r})", self: none },
  avg_pool3d_backward: { grad_output: "\\bar{g} = \\operatorname{pool}(\\bar{r})", self: none },
  _adaptive_avg_pool2d_backward: { grad_output: "\\bar{g} = \\operatorname{pool}(\\bar{r})", self: none },
  _adaptive_avg_pool3d_backward: { grad_output: "\\bar{g} = \\operatorname{pool}(\\bar{r})", self: none },
  max_pool2d_with_indices_backward: {
    grad_output: "\\bar{g} = \\bar{r}_{\\operatorname{argmax}}",
    self: none,
  },
  max_pool3d_with_indices_backward: {
    grad_output: "\\bar{g} = \\bar{r}_{\\operatorname{argmax}}",
    self: none,
  },
  adaptive_max_pool2d_backward: { grad_output: "\\bar{g} = \\bar{r}_{\\operatorname{argmax}}", self: none },
  adaptive_max_pool3d_backward: { grad_output: "\\bar{g} = \\bar{r}_{\\operatorname{argmax}}", self: none },
  convolution_backward: {
    grad_output: "\\bar{g} = \\bar{r}_x * w + x * \\bar{r}_w + \\bar{r}_b",
    input: "\\bar{x} = \\text{the input's gradient for}\\ g\\ \\text{and the weight}\\ \\bar{r}_w",
    weight: "\\bar{w} = \\text{the weight's gradient for}\\ g\\ \\text{and the input}\\ \\bar{r}_x",
  },
  mkldnn_rnn_layer: Object.fromEntries(
    ["input", "weight0", "weight1", "weight2", "weight3", "hx_", "cx_"].map((name) => [
      name,
      `\\overline{\\text{${name.replace("_", "")}}} = \\sum_t J_t^{\\top}\\,\\bar{r}_t\\quad\\text{back through time}`,
    ]),
  ),
  embedding_dense_backward: { grad_output: "\\bar{g}_k = \\bar{r}_{i_k}" },
  _embedding_bag: { per_sample_weights: "\\bar{a}_k = \\bar{r}_{\\text{bag}(k)} \\cdot w_{i_k}" },
  grid_sampler_2d_backward: { grad_output: fused("g"), input: fused("x"), grid: fused("p") },
  grid_sampler_3d_backward: { grad_output: fused("g"), input: fused("x"), grid: fused("p") },

  // ---- what is drawn does not depend on what stood there ----
  uniform: drawn,
  normal: drawn,
  random: drawn,
  "random.to": drawn,
  "random.from": drawn,
  exponential: drawn,
  cauchy: drawn,
  log_normal: drawn,
  geometric: drawn,
  "bernoulli.float": drawn,
  "bernoulli.Tensor": { self: none, p: "\\bar{p} = 0" },
  bernoulli: drawn,
  poisson: drawn,
  _standard_gamma_grad: { self: absent, output: absent },
  "normal.Tensor_float": { mean: "\\bar{m} = 0" },
  "normal.float_Tensor": { std: "\\bar{d} = 0" },
  "normal.Tensor_Tensor": { mean: "\\bar{m} = 0", std: "\\bar{d} = 0" },
};

const families: readonly (readonly [RegExp, Formulas])[] = [
  [/^(eq|ne|lt|le|gt|ge)\./, { self: none, other: "\\bar{o} = 0" }],
  [
    /^(reflection|replication)_pad\dd_backward$/,
    { grad_output: "\\bar{g} = \\operatorname{pad}(\\bar{r})", self: none },
  ],
  [/^_?upsample_.*_backward$/, interpolated],
];

/** "clamp_.Tensor" is "clamp.Tensor". */
const functional = (key: string): string => key.replace(/_(?=\.|$)/, "");

/** Gives each differentiable operator a formula for every argument that has a derivative. */
export function completeFormulas(registry: readonly OperatorEntry[]): void {
  const own = new Map(registry.map((entry) => [entry.key, entry.math]));
  for (const entry of registry) {
    if (!(entry.formulas instanceof Map)) continue;
    const key = functional(entry.key);
    const math: Record<string, string> = {
      ...families.find(([name]) => name.test(key))?.[1],
      ...byKey[key],
      ...own.get(key),
      ...entry.math,
    };
    const found = [...entry.formulas.keys()].filter((name) => math[name] !== undefined);
    if (found.length === 0) continue;
    (entry as { math: OperatorEntry["math"] }).math = {
      ...entry.math,
      ...Object.fromEntries(found.map((name) => [name, math[name]])),
    };
  }
}
