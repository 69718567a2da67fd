"""Exponential families: distributions whose entropy and divergence follow from one function."""

import torch

from .distribution import Distribution


class ExponentialFamily(Distribution):
    """Density h(x)·exp(⟨θ, t(x)⟩ - A(θ)), with natural parameters θ and log-normaliser A."""

    @property
    def _natural_params(self):
        raise NotImplementedError

    def _log_normalizer(self, *natural_params):
        raise NotImplementedError

    @property
    def _mean_carrier_measure(self):
        raise NotImplementedError

    def entropy(self):
        """A(θ) - ⟨θ, ∇A(θ)⟩ less the mean of ln h; the gradient is taken by autograd."""
        result = -self._mean_carrier_measure
        parameters = [each.detach().requires_grad_() for each in self._natural_params]
        normalizer = self._log_normalizer(*parameters)
        gradients = torch.autograd.grad(normalizer.sum(), parameters, create_graph=True)
        result += normalizer
        for parameter, gradient in zip(parameters, gradients):
            result -= (parameter * gradient).reshape(self._batch_shape + (-1,)).sum(-1)
        return result
