"""The half-Cauchy distribution."""

import torch

from . import constraints
from .cauchy import Cauchy
from .half_normal import Half
from .transforms import AbsTransform


class HalfCauchy(Half):
    """|x| of a Cauchy-distributed x with median 0 and half width ``scale``."""

    arg_constraints = {"scale": constraints.positive}

    def __init__(self, scale, validate_args=None):
        super().__init__(Cauchy(0, scale, validate_args=False), AbsTransform(), validate_args=validate_args)

    @property
    def mean(self):
        return torch.full(self._extended_shape(), torch.inf, dtype=self.scale.dtype)

    @property
    def variance(self):
        return self.base_dist.variance

    def log_prob(self, value):
        return super().log_prob(torch.as_tensor(value, dtype=self.scale.dtype))
