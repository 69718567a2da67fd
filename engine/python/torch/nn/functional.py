"""torch.nn.functional: the functions behind the layers, with PyTorch's parameters, over the engine's operators."""

import torch

from .. import _assemble, _missing
from .._ops import call
from .._parameters import native
from .._warn import warn
from ._attention import multi_head_attention_forward
from ._losses import *  # noqa: F403
from ._losses import __all__ as _losses
from ._pooling import *  # noqa: F403
from ._vision import *  # noqa: F403

_OPERATORS = _assemble.OPERATORS


# ---- activations


def _activation(operator, input, inplace, *values):
    """Runs an activation, or its in-place form."""
    return call(f"{operator}_" if inplace else operator, _tensor(operator, input), *values)


def _tensor(function, value, name="input"):
    if not isinstance(value, torch.Tensor):
        raise TypeError(
            f"{function}(): argument '{name}' (position 1) must be Tensor, not {type(value).__name__}"
        )
    return value


def relu(input, inplace=False):
    """max(0, x)."""
    return _activation("relu", input, inplace)


def relu_(input):
    """relu in place."""
    return _activation("relu", input, True)


def relu6(input, inplace=False):
    """min(max(0, x), 6)."""
    return _activation("relu6", input, inplace)


def leaky_relu(input, negative_slope=0.01, inplace=False):
    """x where positive, negative_slope·x elsewhere."""
    return _activation("leaky_relu", input, inplace, negative_slope)


def elu(input, alpha=1.0, inplace=False):
    """x where positive, alpha·(exp(x) - 1) elsewhere."""
    return _activation("elu", input, inplace, alpha)


def selu(input, inplace=False):
    """The self-normalising form of elu."""
    return _activation("selu", input, inplace)


def celu(input, alpha=1.0, inplace=False):
    """max(0, x) + min(0, alpha·(exp(x/alpha) - 1))."""
    return _activation("celu", input, inplace, alpha)


def silu(input, inplace=False):
    """x·sigmoid(x)."""
    return _activation("silu", input, inplace)


def mish(input, inplace=False):
    """x·tanh(softplus(x))."""
    return _activation("mish", input, inplace)


def hardtanh(input, min_val=-1.0, max_val=1.0, inplace=False):
    """x limited to [min_val, max_val]."""
    if min_val > max_val:
        raise ValueError("min_val cannot be greater than max_val")
    return _activation("hardtanh", input, inplace, min_val, max_val)


def hardsigmoid(input, inplace=False):
    """relu6(x + 3) / 6."""
    return _activation("hardsigmoid", input, inplace)


def hardswish(input, inplace=False):
    """x·relu6(x + 3) / 6."""
    return _activation("hardswish", input, inplace)


def threshold(input, threshold, value, inplace=False):
    """x where above the threshold, ``value`` elsewhere."""
    return _activation("threshold", input, inplace, threshold, value)


def glu(input, dim=-1):
    """The first half times the sigmoid of the second."""
    if input.dim() == 0:
        raise RuntimeError("glu does not support scalars because halving size must be even")
    return call("glu", input, dim)


def rrelu(input, lower=1.0 / 8, upper=1.0 / 3, training=False, inplace=False):
    """leaky_relu with a random slope in training, the mean slope otherwise."""
    found = call("rrelu", _tensor("rrelu", input), lower, upper, training)
    return input.copy_(found) if inplace else found


def rrelu_(input, lower=1.0 / 8, upper=1.0 / 3, training=False):
    """rrelu in place."""
    return rrelu(input, lower, upper, training, True)


def hardtanh_(input, min_val=-1.0, max_val=1.0):
    """hardtanh in place."""
    return hardtanh(input, min_val, max_val, True)


def threshold_(input, threshold, value):
    """threshold in place."""
    return _activation("threshold", input, True, threshold, value)


def sigmoid(input):
    """1 / (1 + exp(-x))."""
    return input.sigmoid()


def tanh(input):
    """The hyperbolic tangent."""
    return input.tanh()


def tanhshrink(input):
    """x - tanh(x)."""
    return input - input.tanh()


def softsign(input):
    """x / (1 + |x|)."""
    return input / (input.abs() + 1)


_IMPLICIT_DIM = (
    "Implicit dimension choice for {} has been deprecated. Change the call to include dim=X as an argument."
)


def _softmax_dim(name, input, dim):
    if dim is not None:
        return dim
    rank = input.dim()
    warn(_IMPLICIT_DIM.format(name))
    return 0 if rank in (0, 1, 3) else 1


def softmax(input, dim=None, _stacklevel=3, dtype=None):
    """exp(x) / Σ exp(x) along ``dim``."""
    dim = _softmax_dim("softmax", input, dim)
    return input.softmax(dim) if dtype is None else input.softmax(dim, dtype=dtype)


def softmin(input, dim=None, _stacklevel=3, dtype=None):
    """softmax of -x."""
    dim = _softmax_dim("softmin", input, dim)
    return (-input).softmax(dim) if dtype is None else (-input).softmax(dim, dtype=dtype)


def log_softmax(input, dim=None, _stacklevel=3, dtype=None):
    """The logarithm of softmax."""
    dim = _softmax_dim("log_softmax", input, dim)
    return input.log_softmax(dim) if dtype is None else input.log_softmax(dim, dtype=dtype)


def gumbel_softmax(logits, tau=1, hard=False, eps=1e-10, dim=-1):
    """Samples of the Gumbel-softmax distribution; one-hot in forward where ``hard``."""
    if eps != 1e-10:
        warn("`eps` parameter is deprecated and has no effect.")
    gumbels = -torch.empty_like(logits).exponential_().log()
    soft = ((logits + gumbels) / tau).softmax(dim)
    if not hard:
        return soft
    index = soft.max(dim, keepdim=True)[1]
    chosen = torch.zeros_like(logits).scatter_(dim, index, 1.0)
    return chosen - soft.detach() + soft


# ---- dropout


def _probability(p):
    if p < 0.0 or p > 1.0:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")


def dropout(input, p=0.5, training=True, inplace=False):
    """In training, sets each element to zero with probability ``p`` and divides the others by 1 - p."""
    _probability(p)
    return _dropped("dropout", input, p, training, inplace)


def _dropped(name, input, p, training, inplace):
    found = _OPERATORS[name](input, p, training)
    return input.copy_(found) if inplace and found is not input else found


def alpha_dropout(input, p=0.5, training=False, inplace=False):
    """Dropout that keeps mean and variance of selu networks."""
    _probability(p)
    return _dropped("alpha_dropout", input, p, training, inplace)


def feature_alpha_dropout(input, p=0.5, training=False, inplace=False):
    """alpha_dropout of whole channels."""
    _probability(p)
    return _dropped("feature_alpha_dropout", input, p, training, inplace)


def _feature_dropout(input, p, training, inplace):
    _probability(p)
    return _dropped("feature_dropout", input, p, training, inplace)


def dropout1d(input, p=0.5, training=True, inplace=False):
    """Dropout of whole channels of [N, C, L] or [C, L]."""
    if input.dim() not in (2, 3):
        raise RuntimeError(
            f"dropout1d: Expected 2D or 3D input, but received a {input.dim()}D input. Note that dropout1d exists to "
            "provide channel-wise dropout on inputs with 1 spatial dimension, a channel dimension, and an optional "
            "batch dimension (i.e. 2D or 3D inputs)."
        )
    batched = input.dim() == 3
    result = _feature_dropout(input if batched else input.unsqueeze(0), p, training, inplace)
    return result if batched else result.squeeze(0)


_OTHER_RANK = (
    "dropout2d: Received a {}-D input to dropout2d, which is deprecated and will result in an error in a future release. "
    "To retain the behavior and silence this warning, please use dropout instead. Note that dropout2d exists to provide "
    "channel-wise dropout on inputs with 2 spatial dimensions, a channel dimension, and an optional batch dimension "
    "(i.e. 3D or 4D inputs)."
)


def dropout2d(input, p=0.5, training=True, inplace=False):
    """Dropout of whole channels of [N, C, H, W]."""
    if input.dim() not in (3, 4):
        warn(_OTHER_RANK.format(input.dim()))
    return _feature_dropout(input, p, training, inplace)


def dropout3d(input, p=0.5, training=True, inplace=False):
    """Dropout of whole channels of [N, C, D, H, W]."""
    batched = input.dim() != 4
    result = _feature_dropout(input if batched else input.unsqueeze(0), p, training, inplace)
    return result if batched else result.squeeze(0)


# ---- embedding and normalisation


def embedding(
    input, weight, padding_idx=None, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, sparse=False
):
    """Rows of ``weight`` [count, size] at the indices ``input``."""
    if padding_idx is not None:
        if padding_idx > 0:
            assert padding_idx < weight.size(0), "Padding_idx must be within num_embeddings"
        elif padding_idx < 0:
            assert padding_idx >= -weight.size(0), "Padding_idx must be within num_embeddings"
            padding_idx += weight.size(0)
    else:
        padding_idx = -1
    if max_norm is not None:
        input = input.contiguous()
        with torch.no_grad():
            torch.embedding_renorm_(weight, input, max_norm, norm_type)
    return call("embedding", weight, input, padding_idx, scale_grad_by_freq, sparse)


_BAGS = {"sum": 0, "mean": 1, "max": 2}


def embedding_bag(
    input,
    weight,
    offsets=None,
    max_norm=None,
    norm_type=2,
    scale_grad_by_freq=False,
    mode="mean",
    sparse=False,
    per_sample_weights=None,
    include_last_offset=False,
    padding_idx=None,
):
    """Rows of ``weight`` added up, averaged or compared within the bags that ``offsets`` begin."""
    if weight.dtype == torch.long and input.is_floating_point():
        warn("Argument order of nn.functional.embedding_bag was changed. Usage `embedding_bag(weight, input, ...)` is "
             "deprecated, and should now be `embedding_bag(input, weight, ...)`.")
        weight, input = input, weight
    if per_sample_weights is not None and input.size() != per_sample_weights.size():
        raise ValueError(
            f"embedding_bag: If per_sample_weights ({per_sample_weights.shape}) is not None, then it must have the same "
            f"shape as the input ({input.shape})"
        )
    if not weight.dim() == 2:
        raise ValueError(f"weight has to be a 2D Tensor, but got Tensor of dimension {weight.dim()}")
    if input.dim() == 2:
        if offsets is not None:
            raise ValueError(
                "if input is 2D, then offsets has to be None, as input is treated is a mini-batch of fixed length "
                f"sequences. However, found offsets of type {type(offsets)}"
            )
        offsets = torch.arange(0, input.numel(), input.size(1), dtype=input.dtype)
        input = input.reshape(-1)
        if per_sample_weights is not None:
            per_sample_weights = per_sample_weights.reshape(-1)
    elif input.dim() == 1:
        if not isinstance(offsets, torch.Tensor):
            raise ValueError("offsets has to be a 1D Tensor but got None" if offsets is None else "offsets has to be a 1D Tensor")
        if offsets.dim() != 1:
            raise ValueError("offsets has to be a 1D Tensor")
    else:
        raise ValueError(f"input has to be 1D or 2D Tensor, but got Tensor of dimension {input.dim()}")
    if mode not in _BAGS:
        raise ValueError("mode has to be one of sum, mean or max")
    if mode == "max" and scale_grad_by_freq:
        raise ValueError("max mode does not support scaling the gradient by the frequency")
    if mode == "max" and sparse:
        raise ValueError("max mode does not support sparse weights")
    if max_norm is not None:
        with torch.no_grad():
            torch.embedding_renorm_(weight, input, max_norm, norm_type)
    if per_sample_weights is not None and mode != "sum":
        raise NotImplementedError(
            "embedding_bag: per_sample_weights was not None. per_sample_weights is only supported for mode='sum' (got "
            f"mode='{mode}'). Please open a feature request on GitHub."
        )
    padding = -1 if padding_idx is None else padding_idx
    if padding_idx is not None and -weight.size(0) <= padding_idx < 0:
        padding = weight.size(0) + padding_idx
    return call(
        "_embedding_bag",
        weight,
        input,
        offsets,
        scale_grad_by_freq,
        _BAGS[mode],
        sparse,
        per_sample_weights,
        include_last_offset,
        padding,
    )[0]


def _shape(function, value):
    if not isinstance(value, (tuple, list)):
        raise TypeError(
            f"{function}(): argument 'normalized_shape' (position 2) must be tuple of ints, not {type(value).__name__}"
        )
    return list(value)


def layer_norm(input, normalized_shape, weight=None, bias=None, eps=1e-05):
    """Normalises over the last dimensions, which have ``normalized_shape``."""
    return call("layer_norm", input, _shape("layer_norm", normalized_shape), weight, bias, eps)


def rms_norm(input, normalized_shape, weight=None, eps=None):
    """Divides by the root of the mean square over the last dimensions."""
    return call("rms_norm", input, _shape("rms_norm", normalized_shape), weight, eps)


def group_norm(input, num_groups, weight=None, bias=None, eps=1e-05):
    """Normalises over groups of channels."""
    if input.dim() < 2:
        raise RuntimeError(f"Expected at least 2 dimensions for input tensor but received {input.dim()}")
    _more_than_one(
        [input.size(0) * input.size(1) // num_groups, num_groups, *input.size()[2:]]
    )
    return call("group_norm", input, num_groups, weight, bias, eps)


def _more_than_one(size):
    """What normalising needs: more than one number per channel."""
    count = size[0]
    for length in size[2:]:
        count *= length
    if count == 1:
        raise ValueError(f"Expected more than 1 value per channel when training, got input size {torch.Size(size)}")


def batch_norm(
    input, running_mean, running_var, weight=None, bias=None, training=False, momentum=0.1, eps=1e-05
):
    """Normalises each channel over the batch, or by the running statistics when not training."""
    if training:
        _more_than_one(list(input.size()))
    if eps <= 0.0:
        raise ValueError(f"batch_norm eps must be positive, but got {eps}")
    return call("batch_norm", input, weight, bias, running_mean, running_var, training, momentum, eps, True)


def instance_norm(
    input,
    running_mean=None,
    running_var=None,
    weight=None,
    bias=None,
    use_input_stats=True,
    momentum=0.1,
    eps=1e-05,
):
    """Normalises each channel of each sample."""
    if use_input_stats:
        size_prods = 1
        for length in input.size()[2:]:
            size_prods *= length
        if size_prods == 1:
            raise ValueError(
                f"Expected more than 1 spatial element when training, got input size {input.size()}"
            )
    return call(
        "instance_norm", input, weight, bias, running_mean, running_var, use_input_stats, momentum, eps, True
    )


def local_response_norm(input, size, alpha=0.0001, beta=0.75, k=1.0):
    """Divides by the squares of neighbouring channels."""
    dim = input.dim()
    if dim < 3:
        raise ValueError(f"Expected 3D or higher dimensionality input (got {dim} dimensions)")
    if input.numel() == 0:
        return input
    squares = input.mul(input)
    if dim == 3:
        squares = pad(squares.unsqueeze(1), (0, 0, size // 2, (size - 1) // 2))
        squares = avg_pool2d(squares, (size, 1), stride=1).squeeze(1)
    else:
        sizes = input.size()
        squares = squares.view(sizes[0], 1, sizes[1], sizes[2], -1)
        squares = pad(squares, (0, 0, 0, 0, size // 2, (size - 1) // 2))
        squares = avg_pool3d(squares, (size, 1, 1), stride=1).squeeze(1)
        squares = squares.view(sizes)
    return input / squares.mul(alpha).add(k).pow(beta)


def normalize(input, p=2.0, dim=1, eps=1e-12, out=None):
    """Divides by the norm along ``dim``, but by no less than ``eps``."""
    norm = input.norm(p, dim, keepdim=True).clamp_min(eps).expand_as(input)
    return input / norm if out is None else torch.div(input, norm, out=out)


# ---- attention, distances


@native(
    "(Tensor query, Tensor key, Tensor value, Tensor attn_mask = None, float dropout_p = 0.0, bool is_causal = False, *, "
    "float scale = None, bool enable_gqa = False)"
)
def scaled_dot_product_attention(
    query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, scale=None, enable_gqa=False
):
    """softmax(query·keyᵀ·scale + mask)·value."""
    operator = _OPERATORS["nn.functional.scaled_dot_product_attention"]
    return operator(query, key, value, attn_mask, dropout_p, is_causal, scale=scale, enable_gqa=enable_gqa)


@native("(Tensor x1, Tensor x2, int dim = 1, float eps = 1e-08)")
def cosine_similarity(x1, x2, dim=1, eps=1e-8):
    """The cosine of the angle between vectors along ``dim``."""
    return call("cosine_similarity", x1, x2, dim, eps)


def pairwise_distance(x1, x2, p=2.0, eps=1e-6, keepdim=False):
    """The p-norm of x1 - x2 + eps along the last dimension."""
    return call("pairwise_distance", x1, x2, p, eps, keepdim)


@native("(Tensor input, int num_classes = -1)")
def one_hot(input, num_classes=-1):
    """A 1 at the place of each class, zeros elsewhere."""
    return call("one_hot", input, num_classes)


globals().update(
    (name, function)
    for name, function in _assemble.functions_for("nn.functional").items()
    if name not in globals()
)
_missing.fill_functions("torch.nn.functional", globals())
__getattr__ = _missing.module_getattr("torch.nn.functional")
__all__ = [name for name in _missing.known("torch.nn.functional") if name in globals()] + list(_losses)
