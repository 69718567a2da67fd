"""Activations as modules, each calling its function in torch.nn.functional, and attention of several heads."""

import torch
from torch.nn import functional as F
from torch.nn import init

from .._attention import canonical_mask
from ..parameter import Parameter
from ._settings import settings
from .linear import NonDynamicallyQuantizableLinear, empty_parameter
from .module import Module


@settings("inplace=False")
class ReLU(Module):
    """max(0, x)."""

    def forward(self, input):
        return F.relu(input, inplace=self.inplace)


@settings("inplace=False")
class SiLU(Module):
    """x·sigmoid(x)."""

    def forward(self, input):
        return F.silu(input, inplace=self.inplace)


@settings("inplace=False")
class Mish(Module):
    """x·tanh(softplus(x))."""

    def forward(self, input):
        return F.mish(input, inplace=self.inplace)


@settings("inplace=False")
class SELU(Module):
    """The self-normalising form of ELU."""

    def forward(self, input):
        return F.selu(input, inplace=self.inplace)


@settings("inplace=False", shown=False)
class Hardsigmoid(Module):
    """relu6(x + 3) / 6."""

    def forward(self, input):
        return F.hardsigmoid(input, inplace=self.inplace)


@settings("inplace=False", shown=False)
class Hardswish(Module):
    """x·relu6(x + 3) / 6."""

    def forward(self, input):
        return F.hardswish(input, inplace=self.inplace)


class Sigmoid(Module):
    """1 / (1 + exp(-x))."""

    def forward(self, input):
        return torch.sigmoid(input)


class Tanh(Module):
    """The hyperbolic tangent."""

    def forward(self, input):
        return torch.tanh(input)


class LogSigmoid(Module):
    """log(sigmoid(x))."""

    def forward(self, input):
        return F.logsigmoid(input)


class Softsign(Module):
    """x / (1 + |x|)."""

    def forward(self, input):
        return F.softsign(input)


class Tanhshrink(Module):
    """x - tanh(x)."""

    def forward(self, input):
        return F.tanhshrink(input)


class Hardtanh(Module):
    """Cut to [min_val, max_val]."""

    def __init__(self, min_val=-1.0, max_val=1.0, inplace=False, min_value=None, max_value=None):
        super().__init__()
        for old, new in ((min_value, "min"), (max_value, "max")):
            if old is not None:
                torch._warn.warn(
                    f"keyword argument `{new}_value` is deprecated and rename to `{new}_val`", FutureWarning
                )
        self.min_val = min_val if min_value is None else min_value
        self.max_val = max_val if max_value is None else max_value
        self.inplace = inplace
        if not self.max_val > self.min_val:
            raise AssertionError(f"max_val ({self.max_val}) must be greater than min_val ({self.min_val})")

    def forward(self, input):
        return F.hardtanh(input, self.min_val, self.max_val, self.inplace)

    def extra_repr(self):
        return f"min_val={self.min_val}, max_val={self.max_val}" + (", inplace=True" if self.inplace else "")


class ReLU6(Hardtanh):
    """min(max(0, x), 6)."""

    def __init__(self, inplace=False):
        super().__init__(0.0, 6.0, inplace)

    def extra_repr(self):
        return "inplace=True" if self.inplace else ""


@settings("negative_slope=0.01, inplace=False", shown="negative_slope={negative_slope}")
class LeakyReLU(Module):
    """x where positive, negative_slope·x elsewhere."""

    def forward(self, input):
        return F.leaky_relu(input, self.negative_slope, self.inplace)


@settings("lower=1.0 / 8, upper=1.0 / 3, inplace=False", shown="lower={lower}, upper={upper}")
class RReLU(Module):
    """A leaky ReLU with a random slope in training."""

    def forward(self, input):
        return F.rrelu(input, self.lower, self.upper, self.training, self.inplace)


@settings("alpha=1.0, inplace=False", shown="alpha={alpha}")
class ELU(Module):
    """x where positive, alpha·(exp(x) - 1) elsewhere."""

    def forward(self, input):
        return F.elu(input, self.alpha, self.inplace)


@settings("alpha=1.0, inplace=False", shown="alpha={alpha}")
class CELU(Module):
    """max(0, x) + min(0, alpha·(exp(x/alpha) - 1))."""

    def forward(self, input):
        return F.celu(input, self.alpha, self.inplace)


@settings("approximate='none'", shown="approximate={approximate!r}")
class GELU(Module):
    """x times the normal distribution's cumulative function."""

    def forward(self, input):
        return F.gelu(input, approximate=self.approximate)


@settings("beta=1.0, threshold=20.0", shown="beta={beta}, threshold={threshold}")
class Softplus(Module):
    """log(1 + exp(beta·x)) / beta."""

    def forward(self, input):
        return F.softplus(input, self.beta, self.threshold)


@settings("threshold, value, inplace=False", shown="threshold={threshold}, value={value}")
class Threshold(Module):
    """x where above the threshold, ``value`` elsewhere."""

    def forward(self, input):
        return F.threshold(input, self.threshold, self.value, self.inplace)


class PReLU(Module):
    """A leaky ReLU whose slope is trained, one for all or one per channel."""

    def __init__(self, num_parameters=1, init=0.25, device=None, dtype=None):
        super().__init__()
        self.num_parameters = num_parameters
        self.init = init
        self.weight = Parameter(torch.empty(num_parameters, device=device, dtype=dtype))
        self.reset_parameters()

    def reset_parameters(self):
        init.constant_(self.weight, self.init)

    def forward(self, input):
        return F.prelu(input, self.weight)

    def extra_repr(self):
        return f"num_parameters={self.num_parameters}"


@settings("dim=-1", shown="dim={dim}")
class GLU(Module):
    """The first half times the sigmoid of the second, along ``dim``."""

    def forward(self, input):
        return F.glu(input, self.dim)


@settings("lambd=0.5", shown="{lambd}")
class Hardshrink(Module):
    """x where it is further from zero than ``lambd``, zero elsewhere."""

    def forward(self, input):
        return F.hardshrink(input, self.lambd)


@settings("lambd=0.5", shown="{lambd}")
class Softshrink(Module):
    """x moved towards zero by ``lambd``."""

    def forward(self, input):
        return F.softshrink(input, self.lambd)


@settings("dim=None", shown="dim={dim}")
class Softmax(Module):
    """exp(x) / Σ exp(x) along ``dim``."""

    def forward(self, input):
        return F.softmax(input, self.dim, _stacklevel=5)


@settings("dim=None", shown="dim={dim}")
class LogSoftmax(Module):
    """The logarithm of softmax."""

    def forward(self, input):
        return F.log_softmax(input, self.dim, _stacklevel=5)


@settings("dim=None", shown="dim={dim}")
class Softmin(Module):
    """softmax of -x."""

    def forward(self, input):
        return F.softmin(input, self.dim, _stacklevel=5)


class Softmax2d(Module):
    """softmax over the channels of (N, C, H, W) or (C, H, W)."""

    def forward(self, input):
        if input.dim() not in (3, 4):
            raise ValueError(f"Softmax2d: expected input to be 3D or 4D, got {input.dim()}D instead")
        return F.softmax(input, -3, _stacklevel=5)


class MultiheadAttention(Module):
    """Attention in several parts of the embedding side by side: softmax(q·kᵀ/√d + mask)·v in each."""

    def __init__(
        self,
        embed_dim,
        num_heads,
        dropout=0.0,
        bias=True,
        add_bias_kv=False,
        add_zero_attn=False,
        kdim=None,
        vdim=None,
        batch_first=False,
        device=None,
        dtype=None,
    ):
        if embed_dim <= 0 or num_heads <= 0:
            raise ValueError(
                f"embed_dim and num_heads must be greater than 0, got embed_dim={embed_dim} and num_heads={num_heads} "
                "instead"
            )
        super().__init__()
        self.embed_dim = embed_dim
        self.kdim = kdim if kdim is not None else embed_dim
        self.vdim = vdim if vdim is not None else embed_dim
        self._qkv_same_embed_dim = self.kdim == embed_dim and self.vdim == embed_dim
        self.num_heads = num_heads
        self.dropout = dropout
        self.batch_first = batch_first
        self.head_dim = embed_dim // num_heads
        if self.head_dim * num_heads != embed_dim:
            raise AssertionError("embed_dim must be divisible by num_heads")
        options = {"device": device, "dtype": dtype}
        packed = self._qkv_same_embed_dim
        weights = {
            "q_proj_weight": (not packed, embed_dim, embed_dim),
            "k_proj_weight": (not packed, embed_dim, self.kdim),
            "v_proj_weight": (not packed, embed_dim, self.vdim),
            "in_proj_weight": (packed, 3 * embed_dim, embed_dim),
        }
        # PyTorch registers the weights that are used before those that are not.
        for name in sorted(weights, key=lambda name: not weights[name][0]):
            self.register_parameter(name, empty_parameter(*weights[name], **options))
        self.register_parameter("in_proj_bias", empty_parameter(bias, 3 * embed_dim, **options))
        self.out_proj = NonDynamicallyQuantizableLinear(embed_dim, embed_dim, bias=bias, **options)
        if add_bias_kv:
            self.bias_k = Parameter(torch.empty((1, 1, embed_dim), **options))
            self.bias_v = Parameter(torch.empty((1, 1, embed_dim), **options))
        else:
            self.bias_k = self.bias_v = None
        self.add_zero_attn = add_zero_attn
        self._reset_parameters()

    def _reset_parameters(self):
        for weight in (self.in_proj_weight, self.q_proj_weight, self.k_proj_weight, self.v_proj_weight):
            if weight is not None:
                init.xavier_uniform_(weight)
        if self.in_proj_bias is not None:
            init.constant_(self.in_proj_bias, 0.0)
            init.constant_(self.out_proj.bias, 0.0)
        for bias in (self.bias_k, self.bias_v):
            if bias is not None:
                init.xavier_normal_(bias)

    def forward(
        self,
        query,
        key,
        value,
        key_padding_mask=None,
        need_weights=True,
        attn_mask=None,
        average_attn_weights=True,
        is_causal=False,
    ):
        """The output, and the weights of attention unless ``need_weights`` is False."""
        batched = query.dim() == 3
        key_padding_mask = canonical_mask(key_padding_mask, "key_padding_mask", attn_mask, "attn_mask", query.dtype)
        attn_mask = canonical_mask(attn_mask, "attn_mask", dtype=query.dtype)
        if self.batch_first and batched:
            # What is the same tensor stays the same one.
            turned = {}
            for given in (query, key, value):
                if id(given) not in turned:
                    turned[id(given)] = given.transpose(1, 0)
            query, key, value = (turned[id(given)] for given in (query, key, value))
        output, weights = F.multi_head_attention_forward(
            query,
            key,
            value,
            self.embed_dim,
            self.num_heads,
            self.in_proj_weight,
            self.in_proj_bias,
            self.bias_k,
            self.bias_v,
            self.add_zero_attn,
            self.dropout,
            self.out_proj.weight,
            self.out_proj.bias,
            training=self.training,
            key_padding_mask=key_padding_mask,
            need_weights=need_weights,
            attn_mask=attn_mask,
            use_separate_proj_weight=not self._qkv_same_embed_dim,
            q_proj_weight=self.q_proj_weight,
            k_proj_weight=self.k_proj_weight,
            v_proj_weight=self.v_proj_weight,
            average_attn_weights=average_attn_weights,
            is_causal=is_causal,
        )
        if self.batch_first and batched:
            output = output.transpose(1, 0)
        return output, weights
