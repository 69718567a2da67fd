"""Records what real PyTorch answers to operators on images, on sets of places and on classes: interpolation,
pooling, padding, patches, convolution in three dimensions, reductions into places, distances, losses.

    python test/oracle/generate_calls_images.py        (needs torch 2.13.0+cpu)

Writes test/oracle/calls_images.json.
"""

from recording import B, F32, F64, I32, I64, T, U8, record, torch, write

inf, nan = float("inf"), float("nan")


def plain(key, *args, second=True, single=True):
    record(key, list(args), F64, chains=False, second=second)
    if single:
        record(key, list(args), F32, chains=False, second=second)


def longs(*values, sizes=None):
    return T(*(sizes or [len(values)]), values=list(values), dtype=I64)


# ---- interpolation ----

IMAGES = {1: (1, 2, 4), 2: (2, 2, 3, 4), 3: (1, 2, 2, 3, 2)}
SIZES = {1: [[6], [3], [8]], 2: [[5, 6], [2, 3], [6, 8], [1, 1]], 3: [[3, 4, 3], [1, 2, 4]]}
SCALES = {1: [1.7], 2: [1.7, 0.6], 3: [1.6, 1.3, 2.4]}
for rank, sizes in IMAGES.items():
    nothing = [None] * rank
    for size in SIZES[rank]:
        plain(f"upsample_nearest{rank}d", T(*sizes), size, *nothing)
        plain(f"_upsample_nearest_exact{rank}d", T(*sizes), size, *nothing)
        for corners in (False, True):
            plain(f"upsample_{('', 'bi', 'tri')[rank - 1]}linear{rank}d", T(*sizes), size, corners, *nothing)
            if rank == 2:
                plain("upsample_bicubic2d", T(*sizes), size, corners, *nothing, single=False)
                plain("_upsample_bilinear2d_aa", T(*sizes), size, corners, *nothing)
                plain("_upsample_bicubic2d_aa", T(*sizes), size, corners, *nothing, single=False)
                plain("_upsample_lanczos2d_aa", T(*sizes), size, corners, *nothing)
    scaled = [int(length * scale) for length, scale in zip(sizes[2:], SCALES[rank])]
    plain(f"upsample_nearest{rank}d", T(*sizes), scaled, *SCALES[rank])
    plain(f"_upsample_nearest_exact{rank}d", T(*sizes), scaled, *SCALES[rank])
    plain(f"upsample_{('', 'bi', 'tri')[rank - 1]}linear{rank}d", T(*sizes), scaled, False, *SCALES[rank])
plain("upsample_bicubic2d", T(1, 1, 3, 4), [5, 2], False, 1.7, 0.6, single=False)
record("upsample_nearest2d", [T(1, 2, 3, 4, dtype=U8), [5, 6], None, None])
record("upsample_nearest1d", [T(2, 3), [4], None])
record("upsample_bilinear2d", [T(1, 2, 3, 4), [0, 4], False, None, None])
record("upsample_bilinear2d", [T(1, 2, 3, 4, dtype=I64), [3, 4], False, None, None])
record("upsample_bilinear2d", [T(1, 2, 3, 4), [3], False, None, None])
record("upsample_linear1d", [T(1, 2, 4, dtype=I64), [3], False, None])
record("upsample_nearest1d", [T(1, 2, 4, dtype=I64), [3], None])
record("upsample_bicubic2d", [T(1, 2, 3, 4, dtype=I64), [3, 4], False, None, None])
record("upsample_bilinear2d", [T(1, 0, 3, 4), [3, 4], False, None, None])

# ---- padding ----

for kind in ("reflection", "replication"):
    plain(f"{kind}_pad1d", T(2, 4), [1, 2])
    plain(f"{kind}_pad1d", T(1, 2, 4), [3, 0])
    plain(f"{kind}_pad2d", T(1, 2, 3, 4), [1, 2, 0, 2])
    plain(f"{kind}_pad2d", T(2, 3, 4), [-1, 2, 1, -1])
    plain(f"{kind}_pad3d", T(1, 1, 3, 2, 3), [1, 1, 1, 0, 0, 2])
    record(f"{kind}_pad2d", [T(1, 2, 3, 4, dtype=I64), [1, 1, 1, 1]], exact=1)
    record(f"{kind}_pad1d", [T(4), [1, 1]])
    record(f"{kind}_pad2d", [T(2, 2), [1, 1, 1, 1]])
    record(f"{kind}_pad2d", [T(1, 2, 3, 4), [1, 1]])
    record(f"{kind}_pad2d", [T(1, 2, 3, 4, dtype=B), [1, 1, 1, 1]])
record("reflection_pad1d", [T(2, 4), [4, 0]])
record("reflection_pad2d", [T(1, 2, 3, 4), [0, 0, 0, 3]])
record("reflection_pad3d", [T(1, 1, 3, 2, 3), [0, 0, 2, 0, 0, 0]])
record("replication_pad1d", [T(2, 4), [-5, 0]])
plain("_pad_circular", T(1, 2, 4), [1, 2])
plain("_pad_circular", T(1, 2, 3, 4), [1, 2, 2, 0])
plain("_pad_circular", T(1, 1, 3, 4), [-1, 2, 1, -1])
record("_pad_circular", [T(1, 2, 4), [5, 0]])
record("_pad_circular", [T(1, 2, 4), [-2, -3]])

# ---- pooling ----

for rank, sizes in {2: (2, 5, 4), 3: (2, 4, 5, 3)}.items():
    settings = [
        ([2] * rank, [], [0] * rank, False),
        ([3, 2, 2][:rank], [2, 1, 1][:rank], [1, 1, 0][:rank], False),
        ([2] * rank, [2] * rank, [0] * rank, True),
        ([3] * rank, [2] * rank, [1] * rank, True),
    ]
    for kernel, stride, padding, ceil in settings:
        for batch in ((), (2,)):
            plain(f"max_pool{rank}d_with_indices", T(*batch, *sizes), kernel, stride, padding, [1] * rank, ceil)
        for include in (True, False):
            plain(f"avg_pool{rank}d", T(1, *sizes), kernel, stride, padding, ceil, include, None)
    plain(f"avg_pool{rank}d", T(*sizes), [2] * rank, [], [0] * rank, False, True, 3)
    record(f"avg_pool{rank}d", [T(*sizes, dtype=I64), [2] * rank, [], [0] * rank, False, True, None])
    plain(f"max_pool{rank}d_with_indices", T(*sizes), [2] * rank, [1] * rank, [0] * rank, [2] + [1] * (rank - 1), False)
    record(f"max_pool{rank}d_with_indices", [T(*sizes, dtype=I64), [2] * rank, [], [0] * rank, [1] * rank, False])
    for output in ([2, 3, 2][:rank], [1] * rank, [4, 2, 3][:rank]):
        plain(f"adaptive_max_pool{rank}d", T(1, *sizes), output)
        plain(f"_adaptive_avg_pool{rank}d", T(1, *sizes), output)
        plain(f"adaptive_avg_pool{rank}d", T(*sizes), output)
    for name, bad in (
        ("kernel", ([0] * rank, [1] * rank, [0] * rank)),
        ("stride", ([2] * rank, [0] * rank, [0] * rank)),
        ("padding", ([2] * rank, [2] * rank, [2] * rank)),
        ("negative", ([2] * rank, [2] * rank, [-1] * rank)),
        ("large", ([9] * rank, [2] * rank, [0] * rank)),
        ("list", ([2, 2, 2, 2], [2] * rank, [0] * rank)),
        ("stride list", ([2] * rank, [2, 2, 2, 2], [0] * rank)),
    ):
        kernel, stride, padding = bad
        record(f"max_pool{rank}d_with_indices", [T(*sizes), kernel, stride, padding, [1] * rank, False])
        record(f"avg_pool{rank}d", [T(*sizes), kernel, stride, padding, False, True, None])
    record(f"max_pool{rank}d_with_indices", [T(4), [2] * rank, [], [0] * rank, [1] * rank, False])
    record(f"max_pool{rank}d_with_indices", [T(*sizes, dtype=B), [2] * rank, [], [0] * rank, [1] * rank, False])
    record(f"adaptive_max_pool{rank}d", [T(4), [2] * rank])
    record(f"adaptive_avg_pool{rank}d", [T(4), [2] * rank])
    record(f"adaptive_avg_pool{rank}d", [T(*sizes, dtype=I64), [2] * rank])
    record(f"adaptive_max_pool{rank}d", [T(*sizes, dtype=I64), [2] * rank])
    record(f"adaptive_avg_pool{rank}d", [T(*sizes), [-1] * rank])
record("avg_pool2d", [T(2, 4, 4), [2, 2], [], [0, 0], False, True, 0])
plain("max_pool1d", T(2, 6), [2], [], [0], [1], False)
plain("max_pool1d", T(1, 2, 6), [3], [2], [1], [1], True)
plain("max_pool1d_with_indices", T(1, 2, 6), [3], [2], [1], [1], False)
plain("avg_pool1d", T(1, 2, 6), [3], [2], [1], False, True)
plain("adaptive_avg_pool1d", T(1, 2, 6), [4])
plain("adaptive_max_pool1d", T(1, 2, 6), [4])
for kernel, stride, padding in (([0], [1], [0]), ([2], [0], [0]), ([2], [2], [2]), ([2], [2], [-1]), ([9], [1], [0])):
    record("max_pool1d", [T(2, 6), kernel, stride, padding, [1], False])
record("max_pool1d", [T(6), [2], [], [0], [1], False])
record("avg_pool1d", [T(6), [2], [], [0], False, True])
plain("max_unpool2d", T(1, 1, 2, 2), longs(0, 3, 8, 10, sizes=[1, 1, 2, 2]), [4, 4])
plain("max_unpool3d", T(1, 1, 2, 2), longs(0, 3, 8, 10, sizes=[1, 1, 2, 2]), [2, 4, 4], [2, 2, 2], [0, 0, 0])
record("max_unpool2d", [T(1, 1, 2, 2), longs(0, 3, 8, 99, sizes=[1, 1, 2, 2]), [4, 4]])
record("max_unpool2d", [T(1, 1, 2, 2), T(1, 1, 2, 2, dtype=I32), [4, 4]])
record("max_unpool2d", [T(1, 1, 2, 2), longs(0, 3, sizes=[1, 1, 2, 1]), [4, 4]])
record("max_unpool2d", [T(2, 2), longs(0, 3, 8, 10, sizes=[2, 2]), [4, 4]])

# ---- patches, pixels, convolution in three dimensions ----

for kernel, dilation, padding, stride in (([2, 2], [1, 1], [0, 0], [1, 1]), ([2, 3], [2, 1], [1, 0], [1, 2])):
    plain("im2col", T(2, 2, 4, 5), kernel, dilation, padding, stride)
    plain("im2col", T(2, 4, 5), kernel, dilation, padding, stride)
plain("col2im", T(1, 8, 6), [3, 4], [2, 2], [1, 1], [0, 0], [1, 1])
plain("col2im", T(4, 4), [4, 4], [2, 2], [1, 1], [0, 0], [2, 2])
record("im2col", [T(2, 2, 4, 5), [0, 2], [1, 1], [0, 0], [1, 1]])
record("im2col", [T(2, 2, 4, 5), [9, 2], [1, 1], [0, 0], [1, 1]])
record("im2col", [T(2, 2, 4, 5), [2, 2], [1, 1], [-1, 0], [1, 1]])
record("im2col", [T(2, 2, 4, 5, dtype=I64), [2, 2], [1, 1], [0, 0], [1, 1]])
record("im2col", [T(4), [2, 2], [1, 1], [0, 0], [1, 1]])
record("col2im", [T(1, 8, 6), [5, 5], [2, 2], [1, 1], [0, 0], [1, 1]])
record("col2im", [T(1, 7, 6), [3, 4], [2, 2], [1, 1], [0, 0], [1, 1]])
record("col2im", [T(6), [3, 4], [2, 2], [1, 1], [0, 0], [1, 1]])
plain("pixel_shuffle", T(2, 8, 2, 3), 2)
plain("pixel_unshuffle", T(2, 4, 6), 2)
plain("channel_shuffle", T(2, 6, 2, 2), 3)
for key in ("pixel_shuffle", "pixel_unshuffle", "channel_shuffle"):
    record(key, [T(2, 3, 3, 3), 2])
    record(key, [T(3, 3), 2])
    record(key, [T(1, 4, 2, 2), 0])
CONVOLUTIONS = [
    ((1, 2, 3, 4, 3), (3, 2, 2, 2, 2), [1, 1, 1], [0, 0, 0], [1, 1, 1], 1),
    ((2, 2, 4, 3, 3), (2, 1, 2, 1, 3), [2, 1, 1], [1, 0, 1], [1, 1, 1], 2),
    ((1, 1, 4, 4, 4), (1, 1, 2, 2, 2), [1, 2, 1], [0, 1, 0], [2, 1, 2], 1),
]
for x, w, stride, padding, dilation, groups in CONVOLUTIONS:
    plain("conv3d", T(*x), T(*w), T(w[0]), stride, padding, dilation, groups)
plain("conv3d", T(2, 3, 4, 3), T(3, 2, 2, 2, 2), None, [1, 1, 1], [0, 0, 0], [1, 1, 1], 1)
plain("conv_transpose3d.input", T(1, 2, 2, 3, 2), T(2, 3, 2, 2, 2), T(3), [1, 2, 1], [0, 1, 0], [0, 1, 0], 1, [1, 1, 1])
plain("conv_transpose3d.input", T(1, 2, 2, 2, 2), T(2, 1, 2, 2, 2), None, [2, 2, 2], [0, 0, 0], [0, 0, 0], 2, [1, 1, 1])
record("conv3d", [T(1, 3, 3, 3, 3), T(3, 2, 2, 2, 2), None, [1, 1, 1], [0, 0, 0], [1, 1, 1], 1])
record("conv3d", [T(3, 3), T(3, 2, 2, 2, 2), None, [1, 1, 1], [0, 0, 0], [1, 1, 1], 1])

# ---- reading by a grid ----

for mode in (0, 1, 2):
    for outside in (0, 1, 2):
        for corners in (False, True):
            grid = T(1, 2, 3, 2, lo=-1.3, hi=1.3)
            record("grid_sampler_2d", [T(1, 2, 3, 4), grid, mode, outside, corners], F64, chains=False)
            if mode < 2:
                grid = T(1, 2, 2, 2, 3, lo=-1.3, hi=1.3)
                record("grid_sampler_3d", [T(1, 1, 2, 3, 3), grid, mode, outside, corners], F64, chains=False)
plain("affine_grid_generator", T(2, 2, 3), [2, 1, 2, 3], False)
plain("affine_grid_generator", T(1, 2, 3), [1, 1, 3, 3], True)
plain("affine_grid_generator", T(1, 3, 4), [1, 1, 2, 3, 2], False)
record("grid_sampler", [T(2, 1, 3, 3), T(1, 2, 2, 2), 0, 0, False])
record("grid_sampler", [T(1, 1, 3, 3), T(1, 2, 2, 1), 0, 0, False])
record("grid_sampler", [T(1, 1, 3, 3), T(1, 2, 2, 2, dtype=F32), 0, 0, False])

# ---- into places ----

INDEX = longs(0, 1, 0, 0, 2, 1, sizes=[3, 2])
for reduce in ("sum", "prod", "mean", "amax", "amin"):
    for include in (True, False):
        plain("scatter_reduce.two", T(3, 2), 0, INDEX, T(3, 2), reduce, include)
        record("scatter_reduce.two", [T(3, 2, dtype=I64), 0, INDEX, T(3, 2, dtype=I64), reduce, include])
        if reduce != "sum":
            plain("index_reduce", T(3, 2), 0, longs(0, 2, 0), T(3, 2), reduce, include)
            record("index_reduce", [T(3, 2, dtype=I64), 0, longs(0, 2, 0), T(3, 2, dtype=I64), reduce, include])
record("scatter_reduce.two", [T(3, values=[1.0, 0, 2]), 0, longs(0, 0, 2), T(3, values=[0.0, 3, 0]), "prod", True], F64, chains=False)
record("scatter_reduce.two", [T(3, values=[1.0, 1, 2]), 0, longs(0, 0, 2), T(3, values=[1.0, 1, 3]), "amax", True], F64, chains=False)
record("scatter_reduce.two", [T(3, 2), 0, INDEX, T(3, 2), "foo", True])
record("scatter_reduce.two", [T(3, 2), 0, INDEX, T(3, 2, dtype=F32), "sum", True])
record("index_reduce", [T(3, 2), 0, longs(0, 2, 0), T(3, 2), "sum", True])
record("index_reduce", [T(3, 2), 0, longs(0, 9, 0), T(3, 2), "prod", True])
record("index_reduce", [T(3, 2), 0, longs(0, 2), T(3, 2), "prod", True])
record("scatter.reduce", [T(3, 2, grad=False), 0, INDEX, T(3, 2, grad=False), "add"], F64)
record("scatter.value_reduce", [T(3, 2, grad=False), 0, INDEX, 2.5, "multiply"], F64)
record("scatter.reduce", [T(3, 2), 0, INDEX, T(3, 2), "foo"])
for accumulate in (False, True):
    plain("put", T(3, 2), longs(0, -1, 3), T(3), accumulate)
record("put", [T(3, 2), longs(0, 9), T(2), False])
record("put", [T(3, 2), longs(0, 1), T(3), False])
record("put", [T(3, 2), T(2, dtype=I32), T(2), False])
SORTED = T(4, values=[-1.0, 0.0, 0.0, 2.0], grad=False)
for right in (False, True):
    record("searchsorted.Tensor", [SORTED, T(2, 3, grad=False), False, right, None, None], F64)
    record("bucketize.Tensor", [T(2, 3, grad=False), SORTED, True, right], F64)
record("searchsorted.Tensor", [SORTED, T(5, values=[0.0, nan, inf, -inf, 2.0], grad=False), False, False, None, None], F64)
record("searchsorted.Tensor", [T(2, 2, values=[0.0, 1, 2, 3], grad=False), T(2, 3, grad=False), False, False, "right", None], F64)
record("searchsorted.Tensor", [T(3, values=[2.0, 0, 1], grad=False), T(3, grad=False), False, False, None, longs(1, 2, 0)], F64)
record("searchsorted.Tensor", [SORTED, T(3), False, False, "up", None])
record("searchsorted.Tensor", [SORTED, T(3), False, True, "left", None])
record("searchsorted.Tensor", [T(2, 3), T(3), False, False, None, None])
record("searchsorted.Tensor", [SORTED, T(3), False, False, None, longs(0, 1)])
record("bucketize.Tensor", [T(3), T(2, 2), False, False])
VALUES = T(6, values=[3.0, 1.0, 3.0, 2.0, 2.0, 1.0])
for flags in ((True, True), (False, False), (True, False), (False, True)):
    record("_unique2", [VALUES, True, *flags], F64, second=False)
    record("unique_consecutive", [VALUES, *flags, None], F64, second=False)
ROWS = T(4, 2, values=[1.0, 2, 0, 1, 1, 2, 0, 0])
record("unique_dim", [ROWS, 0, True, True, True], F64, second=False)
record("unique_dim", [ROWS, 1, True, True, True], F64, second=False)
record("unique_consecutive", [ROWS, True, True, 0], F64, second=False)
record("_unique2", [T(4, values=[nan, 1.0, nan, 1.0], grad=False), True, True, True], F64)
record("unique_dim", [T(2, 0), 0, True, False, False])
record("unique_dim", [T(), 0, True, False, False])

# ---- distances ----

for p in (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, inf):
    plain("_cdist_forward", T(3, 2), T(4, 2), p, None)
    plain("_pdist_forward", T(4, 3), p)
plain("_cdist_forward", T(2, 3, 2), T(1, 4, 2), 2.0, None)
plain("_euclidean_dist", T(3, 2), T(4, 2))
record("cdist", [T(3, 2), T(4, 2), 2.0, 1], F64, chains=False)
record("cdist", [T(3, 2), T(4, 3), 2.0, None])
record("cdist", [T(3, 2), T(4, 2), -1.0, None])
record("cdist", [T(3), T(4, 2), 2.0, None])
record("cdist", [T(3, 2, dtype=I64), T(4, 2), 2.0, None])
record("pdist", [T(2, 3, 2), 2.0])
record("pdist", [T(3, 2), -1.0])
record("pdist", [T(3, 2, dtype=I64), 2.0])

# ---- losses over classes and sequences ----

for reduction in (0, 1, 2):
    plain("multi_margin_loss", T(3, 4), longs(0, 3, 1), 1, 1, None, reduction)
    plain("multi_margin_loss", T(3, 4), longs(0, 3, 1), 2, 0.5, T(4, lo=0.2, grad=False), reduction)
    plain("multilabel_margin_loss_forward", T(2, 3), longs(0, 1, -1, 2, -1, 1, sizes=[2, 3]), reduction)
plain("multi_margin_loss", T(4), longs(2, sizes=[]), 1, 1, None, 1)
plain("multilabel_margin_loss", T(3), longs(2, -1, 0), 1)
record("multi_margin_loss", [T(3, 4), longs(0, 4, 1), 1, 1, None, 1])
record("multi_margin_loss", [T(3, 4), longs(0, 1), 1, 1, None, 1])
record("multi_margin_loss", [T(3, 4), longs(0, 1, 2), 1, 1, T(3), 1])
record("multilabel_margin_loss", [T(2, 3), longs(0, 1, sizes=[1, 2]), 1])
record("multilabel_margin_loss", [T(2, 3), longs(0, 5, -1, 2, -1, 1, sizes=[2, 3]), 1])


def likely(*sizes, seed=0):
    torch.manual_seed(seed)
    return T(*sizes, values=torch.randn(*sizes, dtype=F64).log_softmax(-1).mul(1e4).round().div(1e4).flatten().tolist())


for zero in (False, True):
    for reduction in (0, 1, 2):
        record("ctc_loss.IntList", [likely(5, 2, 3), longs(1, 2, 1, 1, sizes=[2, 2]), [5, 4], [2, 2], 0, reduction, zero], F64, chains=False)
        record("ctc_loss.IntList", [likely(4, 2, 3, seed=1), longs(1, 2, 1), [4, 3], [2, 1], 0, reduction, zero], F64, chains=False)
record("ctc_loss.IntList", [likely(4, 2, 3), longs(1, 1, 1, 2, sizes=[2, 2]), [2, 4], [2, 2], 0, 0, True], F64, chains=False)
record("ctc_loss.IntList", [likely(4, 3), longs(0, 1), [4], [2], 2, 1, False], F64, chains=False)
record("ctc_loss.IntList", [likely(4, 2, 3), longs(1, 2, 1, 1, sizes=[2, 2]), [4, 4], [2, 2], 7, 1, False])
record("ctc_loss.IntList", [likely(4, 2, 3), longs(1, 2, 1, 1, sizes=[2, 2]), [4], [2, 2], 0, 1, False])
record("ctc_loss.IntList", [likely(4, 2, 3), longs(1, 2, 1, 1, sizes=[2, 2]), [4, 9], [2, 2], 0, 1, False])
record("ctc_loss.IntList", [likely(4, 2, 3), longs(1, 2, 1, 1, sizes=[2, 2]), [4, 4], [2, 3], 0, 1, False])

# ---- attention ----

for causal in (False, True):
    plain("scaled_dot_product_attention", T(1, 2, 3, 4), T(1, 2, 5, 4), T(1, 2, 5, 4), None, 0.0, causal, None, False, single=False)
plain("scaled_dot_product_attention", T(2, 3, 4), T(2, 5, 4), T(2, 5, 3), None, 0.0, False, 0.3, False, single=False)
record("scaled_dot_product_attention", [T(1, 4, 3, 2), T(1, 2, 3, 2), T(1, 2, 3, 2), None, 0.0, False, None, True], F64, chains=False)
record("scaled_dot_product_attention", [T(1, 2, 3, 4), T(1, 2, 3, 4), T(1, 2, 3, 4), T(3, 3), 0.0, False, None, False], F64, chains=False)
record("scaled_dot_product_attention", [T(1, 2, 3, 4), T(1, 2, 3, 4), T(1, 2, 3, 4), T(3, 3, dtype=B), 0.0, False, None, False], F64, chains=False)
record("scaled_dot_product_attention", [T(1, 2, 3, 4), T(1, 2, 3, 4, dtype=F32), T(1, 2, 3, 4), None, 0.0, False, None, False])
record("scaled_dot_product_attention", [T(4), T(3, 4), T(3, 4), None, 0.0, False, None, False])

write("calls_images.json")
