"""The older forms of weight and spectral normalisation, which compute the weight in a hook before forward."""

import torch
from torch._warn import warn
from torch.nn import functional as F

from ..parameter import Parameter, is_lazy
from .parametrizations import default_dim, norm_except_dim, normalised


class _Norm:
    """A hook that puts the weight in place; one for each weight."""

    kind = ""
    title = ""

    def __init__(self, name):
        self.name = name

    def attach(self, module):
        for hook in module._forward_pre_hooks.values():
            if type(hook) is type(self) and hook.name == self.name:
                raise RuntimeError(
                    f"Cannot register two {self.kind} hooks on the same parameter {self.name}"
                )
        weight = module._parameters[self.name]
        if is_lazy(weight):
            raise ValueError(
                f"The module passed to `{self.title}` can't have uninitialized parameters. Make sure to run the dummy "
                f"forward before applying {self.kind.replace('_norm', '')} normalization"
            )
        self.split(module, weight)
        module.register_forward_pre_hook(self)

    def __call__(self, module, inputs):
        setattr(module, self.name, self.compute(module, module.training))

    def remove(self, module):
        with torch.no_grad():
            weight = self.compute(module, False)
        for name in [self.name, *(self.name + suffix for suffix in self.suffixes)]:
            delattr(module, name)
        module.register_parameter(self.name, Parameter(weight.detach()))


class WeightNorm(_Norm):
    """v · g / ‖v‖."""

    kind, title, suffixes = "weight_norm", "WeightNorm", ("_g", "_v")

    def __init__(self, name, dim):
        super().__init__(name)
        self.dim = -1 if dim is None else dim

    def split(self, module, weight):
        del module._parameters[self.name]
        module.register_parameter(self.name + "_g", Parameter(norm_except_dim(weight, self.dim).data))
        module.register_parameter(self.name + "_v", Parameter(weight.data))
        setattr(module, self.name, self.compute(module, False))

    def compute(self, module, training):
        return normalised(getattr(module, self.name + "_v"), getattr(module, self.name + "_g"), self.dim)


class SpectralNorm(_Norm):
    """The weight divided by its largest singular value."""

    kind, title, suffixes = "spectral_norm", "SpectralNorm", ("_u", "_v", "_orig")

    def __init__(self, name="weight", n_power_iterations=1, dim=0, eps=1e-12):
        super().__init__(name)
        if n_power_iterations <= 0:
            raise ValueError(
                f"Expected n_power_iterations to be positive, but got n_power_iterations={n_power_iterations}"
            )
        self.n_power_iterations = n_power_iterations
        self.dim = dim
        self.eps = eps

    def _as_matrix(self, weight):
        if self.dim != 0:
            weight = weight.permute(self.dim, *(d for d in range(weight.dim()) if d != self.dim))
        return weight.reshape(weight.size(0), -1)

    def split(self, module, weight):
        if weight is None:
            raise ValueError(f"`SpectralNorm` cannot be applied as parameter `{self.name}` is None")
        with torch.no_grad():
            rows, columns = self._as_matrix(weight).size()
            u = F.normalize(weight.new_empty(rows).normal_(0, 1), dim=0, eps=self.eps)
            v = F.normalize(weight.new_empty(columns).normal_(0, 1), dim=0, eps=self.eps)
        delattr(module, self.name)
        module.register_parameter(self.name + "_orig", weight)
        setattr(module, self.name, weight.data)
        module.register_buffer(self.name + "_u", u)
        module.register_buffer(self.name + "_v", v)

    def compute(self, module, training):
        weight, u, v = (getattr(module, self.name + suffix) for suffix in ("_orig", "_u", "_v"))
        matrix = self._as_matrix(weight)
        if training:
            with torch.no_grad():
                for _ in range(self.n_power_iterations):
                    v.copy_(F.normalize(torch.mv(matrix.t(), u), dim=0, eps=self.eps))
                    u.copy_(F.normalize(torch.mv(matrix, v), dim=0, eps=self.eps))
                u, v = u.clone(), v.clone()
        return weight / torch.dot(u, torch.mv(matrix, v))


def weight_norm(module, name="weight", dim=0):
    """The older form of ``parametrizations.weight_norm``."""
    warn(
        "`torch.nn.utils.weight_norm` is deprecated in favor of `torch.nn.utils.parametrizations.weight_norm`.",
        FutureWarning,
    )
    WeightNorm(name, dim).attach(module)
    return module


def spectral_norm(module, name="weight", n_power_iterations=1, eps=1e-12, dim=None):
    """The older form of ``parametrizations.spectral_norm``."""
    dim = default_dim(module) if dim is None else dim
    SpectralNorm(name, n_power_iterations, dim, eps).attach(module)
    return module


def _removed(kind, module, name):
    for number, hook in module._forward_pre_hooks.items():
        if isinstance(hook, kind) and hook.name == name:
            hook.remove(module)
            del module._forward_pre_hooks[number]
            return module
    raise ValueError(f"{kind.kind} of '{name}' not found in {module}")


def remove_weight_norm(module, name="weight"):
    """Takes ``weight_norm`` away; the parameter keeps its value."""
    return _removed(WeightNorm, module, name)


def remove_spectral_norm(module, name="weight"):
    """Takes ``spectral_norm`` away; the parameter keeps its value."""
    return _removed(SpectralNorm, module, name)
