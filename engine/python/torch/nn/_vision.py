"""Images in torch.nn.functional: interpolation, sampling by a grid, padding, patches."""

import math

import torch

from .._ops import call
from .._parameters import Signature, no_match, parse_text
from .._warn import warn

__all__ = [
    "affine_grid",
    "fold",
    "grid_sample",
    "interpolate",
    "pad",
    "unfold",
    "upsample",
    "upsample_bilinear",
    "upsample_nearest",
]


# ---- interpolation

_LINEAR = {"linear": 3, "bilinear": 4, "trilinear": 5}
_OPERATORS = {"linear": "upsample_linear1d", "bilinear": "upsample_bilinear2d", "trilinear": "upsample_trilinear3d"}
_MODES = "nearest | linear | bilinear | bicubic | trilinear | lanczos | area | nearest-exact"


def _output(input, size, scale_factor):
    """(sizes or None, factors or None), one per dimension of the image."""
    rank = input.dim() - 2
    if size is not None and scale_factor is not None:
        raise ValueError("only one of size or scale_factor should be defined")
    if size is not None:
        if not isinstance(size, (list, tuple)):
            return [size] * rank, None
        if len(size) != rank:
            raise ValueError(
                "Input and output must have the same number of spatial dimensions, but got input with spatial "
                f"dimensions of {list(input.shape[2:])} and output size of {size}. Please provide input tensor in "
                "(N, C, d1, d2, ...,dK) format and output size in (o1, o2, ...,oK) format."
            )
        if not all(isinstance(item, int) for item in size):
            raise TypeError(
                "expected size to be one of int or Tuple[int] or Tuple[int, int] or Tuple[int, int, int], but got size "
                f"with types {[type(item) for item in size]}"
            )
        return list(size), None
    if scale_factor is None:
        raise ValueError("either size or scale_factor should be defined")
    if not isinstance(scale_factor, (list, tuple)):
        return None, [scale_factor] * rank
    if len(scale_factor) != rank:
        raise ValueError(
            "Input and scale_factor must have the same number of spatial dimensions, but got input with spatial "
            f"dimensions of {list(input.shape[2:])} and scale_factor of shape {scale_factor}. Please provide input "
            "tensor in (N, C, d1, d2, ...,dK) format and scale_factor in (s1, s2, ...,sK) format."
        )
    return None, list(scale_factor)


_SCALES = {1: ("scales",), 2: ("scales_h", "scales_w"), 3: ("scales_d", "scales_h", "scales_w")}


def _require_sizes(name, input, sizes, corners):
    """Raises TypeError for sizes that are no whole numbers, as C++ tells it."""
    if all(isinstance(size, int) for size in sizes):
        return
    corner = "bool align_corners, " if corners else ""
    scales = ", ".join(f"float {each} = None" for each in _SCALES[len(sizes)])
    texts = (
        f"(Tensor input, tuple of ints output_size, {corner}tuple of floats scale_factors)",
        f"(Tensor input, tuple of ints output_size, {corner}{scales}, *, Tensor out = None)",
    )
    signatures = [Signature(name, parse_text(text), text) for text in texts]
    no_match(name, signatures, (input, list(sizes), *corners, None), {})


def _resample(name, input, sizes, factors, *corners):
    if sizes is not None:
        _require_sizes(name, input, sizes, corners)
    if sizes is None:
        sizes = [math.trunc(length * factor) for length, factor in zip(input.shape[2:], factors)]
        scales = [float(factor) for factor in factors]
    else:
        scales = [None] * len(sizes)
    return call(name, input, sizes, *corners, *scales)


def interpolate(
    input,
    size=None,
    scale_factor=None,
    mode="nearest",
    align_corners=None,
    recompute_scale_factor=None,
    antialias=False,
):
    """The image in another size: of sizes given, or of its own times factors."""
    if mode in ("nearest", "area", "nearest-exact"):
        if align_corners is not None:
            raise ValueError(
                "align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | "
                "trilinear"
            )
    elif align_corners is None:
        align_corners = False
    rank = input.dim() - 2
    sizes, factors = _output(input, size, scale_factor)
    if recompute_scale_factor and size is not None:
        raise ValueError("recompute_scale_factor is not meaningful with an explicit size.")
    if recompute_scale_factor or (mode == "area" and sizes is None):
        sizes = [int(length * factor) for length, factor in zip(input.shape[2:], factors)]
    if antialias and not (mode in ("bilinear", "bicubic", "lanczos") and input.dim() == 4):
        raise ValueError(
            "Anti-alias option is restricted to bilinear, bicubic, and lanczos modes and requires a 4-D tensor as input"
        )
    if 1 <= rank <= 3:
        if mode in ("nearest", "nearest-exact"):
            name = f"upsample_nearest{rank}d" if mode == "nearest" else f"_upsample_nearest_exact{rank}d"
            return _resample(name, input, sizes, factors)
        if mode == "area":
            from . import functional

            return getattr(functional, f"adaptive_avg_pool{rank}d")(input, sizes)
        if mode in _LINEAR:
            if _LINEAR[mode] != input.dim():
                raise NotImplementedError(f"Got {input.dim()}D input, but {mode} mode needs {_LINEAR[mode]}D input")
            name = "_upsample_bilinear2d_aa" if antialias else _OPERATORS[mode]
            return _resample(name, input, sizes, factors, align_corners)
        if mode == "bicubic" and rank == 2:
            name = "_upsample_bicubic2d_aa" if antialias else "upsample_bicubic2d"
            return _resample(name, input, sizes, factors, align_corners)
        if mode == "lanczos":
            if not antialias:
                raise ValueError("Lanczos mode requires antialias=True")
            return _resample("_upsample_lanczos2d_aa", input, sizes, factors, align_corners)
    raise NotImplementedError(
        f"Input Error: Only 3D, 4D and 5D input Tensors supported (got {input.dim()}D) for the modes: {_MODES} "
        f"(got {mode})"
    )


def upsample(input, size=None, scale_factor=None, mode="nearest", align_corners=None):
    """The older name of interpolate."""
    warn("`nn.functional.upsample` is deprecated. Use `nn.functional.interpolate` instead.")
    return interpolate(input, size, scale_factor, mode, align_corners)


def upsample_nearest(input, size=None, scale_factor=None):
    """interpolate by nearest neighbours, by its older name."""
    warn("`nn.functional.upsample_nearest` is deprecated. Use `nn.functional.interpolate` instead.")
    return interpolate(input, size, scale_factor, mode="nearest")


def upsample_bilinear(input, size=None, scale_factor=None):
    """Bilinear interpolate with aligned corners, by its older name."""
    warn("`nn.functional.upsample_bilinear` is deprecated. Use `nn.functional.interpolate` instead.")
    return interpolate(input, size, scale_factor, mode="bilinear", align_corners=True)


# ---- sampling by a grid

_SAMPLING = ("bilinear", "nearest", "bicubic")
_OUTSIDE = ("zeros", "border", "reflection")
_CORNERS = (
    "Default grid_sample and affine_grid behavior has changed to align_corners=False since 1.3.0. Please specify "
    "align_corners=True if the old behavior is desired. See the documentation of grid_sample for details."
)


def grid_sample(input, grid, mode="bilinear", padding_mode="zeros", align_corners=None):
    """The image read at the places that ``grid`` names, in [-1, 1]."""
    if mode not in _SAMPLING:
        raise ValueError(
            f"nn.functional.grid_sample(): expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: '{mode}'"
        )
    if padding_mode not in _OUTSIDE:
        raise ValueError(
            "nn.functional.grid_sample(): expected padding_mode to be 'zeros', 'border', or 'reflection', but got: "
            f"'{padding_mode}'"
        )
    if align_corners is None:
        warn(_CORNERS)
        align_corners = False
    return call("grid_sampler", input, grid, _SAMPLING.index(mode), _OUTSIDE.index(padding_mode), align_corners)


def affine_grid(theta, size, align_corners=None):
    """The grid of an affine map, for grid_sample."""
    if align_corners is None:
        warn(_CORNERS)
        align_corners = False
    if not theta.is_floating_point():
        raise ValueError(f"Expected theta to have floating point type, but got {theta.dtype}")
    if len(size) not in (4, 5):
        raise NotImplementedError(
            "affine_grid only supports 4D and 5D sizes, for 2D and 3D affine transforms, respectively. Got size "
            f"{size}."
        )
    rank = len(size) - 2
    if theta.dim() != 3 or theta.shape[-2] != rank or theta.shape[-1] != rank + 1:
        raise ValueError(
            f"Expected a batch of {rank}D affine matrices of shape Nx{rank}x{rank + 1} for size {size}. Got "
            f"{theta.shape}."
        )
    if align_corners and min(size[-rank:]) == 1:
        warn(
            "Since version 1.3.0, affine_grid behavior has changed for unit-size grids when align_corners=True. This is "
            "not an intended use case of affine_grid. See the documentation of affine_grid for details."
        )
    elif min(size) <= 0:
        raise ValueError(f"Expected non-zero, positive output size. Got {size}")
    return call("affine_grid_generator", theta, list(size), align_corners)


# ---- padding

_PAD_MODES = ("constant", "reflect", "replicate", "circular")


def pad(input, pad, mode="constant", value=None):
    """Pads the last dimensions, the last one first: (left, right, top, bottom, ...)."""
    if mode not in _PAD_MODES:
        raise NotImplementedError(f"Unrecognised padding mode {mode}")
    for position, (name, given, types, wanted) in enumerate(
        (("input", input, torch.Tensor, "Tensor"), ("pad", pad, (tuple, list), "tuple of ints")), 1
    ):
        if not isinstance(given, types):
            raise TypeError(
                f"pad(): argument '{name}' (position {position}) must be {wanted}, not {type(given).__name__}"
            )
    pad = list(pad)
    if len(pad) % 2:
        raise RuntimeError("Padding length must be divisible by 2")
    if len(pad) > 2 * input.dim():
        raise RuntimeError(
            f"Padding length should be less than or equal to two times the input dimension but got padding length "
            f"{len(pad)} and input of dimension {input.dim()}"
        )
    if mode == "constant":
        return call("constant_pad_nd", input, pad, 0 if value is None else value)
    if value is not None and value != 0:
        raise RuntimeError(f'Padding mode "{mode}" doesn\'t take in value argument')
    rank = len(pad) // 2
    if not (rank in (1, 2, 3) and input.dim() in (rank + 1, rank + 2)):
        raise NotImplementedError(
            f"Padding size {len(pad)} is not supported for {input.dim()}D input tensor.\n"
            "Supported combinations for non-constant padding:\n"
            "  - 2D or 3D input: padding size = 2 (pads last dimension)\n"
            "  - 3D or 4D input: padding size = 4 (pads last 2 dimensions)\n"
            "  - 4D or 5D input: padding size = 6 (pads last 3 dimensions)"
        )
    if mode == "circular":
        return call("_pad_circular", input, pad)
    return call(f"{'reflection' if mode == 'reflect' else 'replication'}_pad{rank}d", input, pad)


# ---- patches


def _pair(value):
    return list(value) if isinstance(value, (tuple, list)) else [value, value]


def unfold(input, kernel_size, dilation=1, padding=0, stride=1):
    """Patches of images as columns: (N, C·window, patches)."""
    return call("im2col", input, *map(_pair, (kernel_size, dilation, padding, stride)))


def fold(input, output_size, kernel_size, dilation=1, padding=0, stride=1):
    """Columns added back into images; what overlaps is added."""
    return call("col2im", input, *map(_pair, (output_size, kernel_size, dilation, padding, stride)))
