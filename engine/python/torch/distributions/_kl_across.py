"""The Kullback-Leibler divergence of distributions of different kinds, in closed form or infinite."""

import math

import torch

from .bernoulli import Bernoulli
from .beta import Beta
from .binomial import Binomial
from .exponential import Exponential
from .gamma import Gamma
from .gumbel import Gumbel
from .kl import register_kl
from .laplace import Laplace
from .normal import Normal
from .pareto import Pareto
from .poisson import Poisson
from .uniform import Uniform
from .utils import EULER


def _infinite(parameter, kind_p, *kinds_q):
    """Registers pairs where p lies in part outside of q's support."""

    def formula(p, q):
        return torch.full_like(getattr(p, parameter), torch.inf)

    for kind_q in kinds_q:
        register_kl(kind_p, kind_q)(formula)


_infinite("concentration1", Beta, Pareto)
_infinite("rate", Exponential, Beta, Pareto, Uniform)
_infinite("concentration", Gamma, Beta, Pareto, Uniform)
_infinite("loc", Gumbel, Beta, Exponential, Gamma, Pareto, Uniform)
_infinite("loc", Laplace, Beta, Exponential, Gamma, Pareto, Uniform)
_infinite("loc", Normal, Beta, Exponential, Gamma, Pareto, Uniform)
_infinite("scale", Pareto, Beta, Uniform)
_infinite("rate", Poisson, Bernoulli, Binomial)


def _x_log_x(x):
    return torch.special.xlogy(x, x)


def _normalizer(q):
    """What a gamma distribution's density is divided by, as a logarithm."""
    return q.concentration.lgamma() - q.concentration * q.rate.log()


@register_kl(Bernoulli, Poisson)
def _bernoulli_poisson(p, q):
    return -p.entropy() - (p.probs * q.rate.log() - q.rate)


@register_kl(Beta, Exponential)
def _beta_exponential(p, q):
    mean = p.concentration1 / (p.concentration1 + p.concentration0)
    return -p.entropy() - q.rate.log() + q.rate * mean


@register_kl(Beta, Gamma)
def _beta_gamma(p, q):
    total = p.concentration1 + p.concentration0
    powers = (q.concentration - 1) * (p.concentration1.digamma() - total.digamma())
    return -p.entropy() + _normalizer(q) - powers + q.rate * p.concentration1 / total


@register_kl(Beta, Normal)
def _beta_normal(p, q):
    total = p.concentration1 + p.concentration0
    mean = p.concentration1 / total
    variance = q.scale.pow(2)
    second = (mean * (1 - mean) / (total + 1) + mean.pow(2)) * 0.5
    start = -p.entropy() + 0.5 * (variance * 2 * math.pi).log()
    return start + (second - q.loc * mean + q.loc.pow(2) * 0.5) / variance


@register_kl(Beta, Uniform)
def _beta_uniform(p, q):
    found = -p.entropy() + (q.high - q.low).log()
    found[(q.low > p.support.lower_bound) | (q.high < p.support.upper_bound)] = torch.inf
    return found


@register_kl(Exponential, Gamma)
def _exponential_gamma(p, q):
    ratio = q.rate / p.rate
    start = -q.concentration * torch.log(ratio) + ratio + q.concentration.lgamma()
    return start + q.concentration * EULER - (1 + EULER)


@register_kl(Exponential, Gumbel)
def _exponential_gumbel(p, q):
    product, ratio = p.rate * q.scale, q.loc / q.scale
    grown = torch.exp(ratio) * product / (product + 1)
    return product.log() - 1 - ratio + grown + product.reciprocal()


@register_kl(Exponential, Normal)
def _exponential_normal(p, q):
    variance, square = q.scale.pow(2), p.rate.pow(2)
    start = 0.5 * torch.log(square * variance * 2 * math.pi)
    return start - 1 + (square.reciprocal() - q.loc / p.rate + q.loc.pow(2) * 0.5) / variance


@register_kl(Gamma, Exponential)
def _gamma_exponential(p, q):
    return -p.entropy() - q.rate.log() + q.rate * p.concentration / p.rate


@register_kl(Gamma, Gumbel)
def _gamma_gumbel(p, q):
    product, ratio = p.rate * q.scale, q.loc / q.scale
    own = (p.concentration - 1) * p.concentration.digamma() - p.concentration.lgamma() - p.concentration
    rates = product.log() + p.concentration / product
    return own + rates + (torch.exp(ratio) * (1 + product.reciprocal()).pow(-p.concentration) - ratio)


@register_kl(Gamma, Normal)
def _gamma_normal(p, q):
    variance, square = q.scale.pow(2), p.rate.pow(2)
    own = 0.5 * torch.log(square * variance * 2 * math.pi) - p.concentration - p.concentration.lgamma()
    second = 0.5 * (p.concentration.pow(2) + p.concentration) / square
    away = (second - q.loc * p.concentration / p.rate + 0.5 * q.loc.pow(2)) / variance
    return own + (p.concentration - 1) * p.concentration.digamma() + away


@register_kl(Gumbel, Normal)
def _gumbel_normal(p, q):
    ratio = p.scale / q.scale
    spread = (math.pi * ratio * 0.5).pow(2) / 3
    away = ((p.loc + p.scale * EULER - q.loc) / q.scale).pow(2) * 0.5
    return -(ratio / math.sqrt(2 * math.pi)).log() + spread + away - (EULER + 1)


@register_kl(Laplace, Normal)
def _laplace_normal(p, q):
    variance = q.scale.pow(2)
    ratio = p.scale.pow(2) / variance
    away = (0.5 * p.loc.pow(2) - p.loc * q.loc + 0.5 * q.loc.pow(2)) / variance
    return -(0.5 * torch.log(2 * ratio / math.pi)) + ratio + away - 1


@register_kl(Normal, Gumbel)
def _normal_gumbel(p, q):
    mean, ratio, other = p.loc / q.scale, (p.scale / q.scale).pow(2), q.loc / q.scale
    grown = torch.exp(-mean + 0.5 * ratio + other)
    return -(ratio.log() * 0.5) + (mean - other) + grown - (0.5 * (1 + math.log(2 * math.pi)))


@register_kl(Normal, Laplace)
def _normal_laplace(p, q):
    apart = p.loc - q.loc
    relative = apart / p.scale
    near = math.sqrt(2 / math.pi) * p.scale * torch.exp(-0.5 * relative.pow(2))
    far = apart * torch.erf(math.sqrt(0.5) * relative)
    return -torch.log(p.scale / q.scale) + (near + far) / q.scale - (0.5 * (1 + math.log(0.5 * math.pi)))


@register_kl(Pareto, Exponential)
def _pareto_exponential(p, q):
    product = p.scale * q.rate
    start = (p.alpha / product).log() - p.alpha.reciprocal()
    found = start + p.alpha * product / (p.alpha - 1) - 1
    found[p.alpha <= 1] = torch.inf
    return found


@register_kl(Pareto, Gamma)
def _pareto_gamma(p, q):
    common = p.scale.log() + p.alpha.reciprocal()
    start = p.alpha.log() - common + _normalizer(q) + (1 - q.concentration) * common
    found = start + q.rate * p.alpha * p.scale / (p.alpha - 1) - 1
    found[p.alpha <= 1] = torch.inf
    return found


@register_kl(Pareto, Normal)
def _pareto_normal(p, q):
    common = p.scale / (p.alpha - 1)
    start = (math.sqrt(2 * math.pi) * q.scale * p.alpha / p.scale).log() - p.alpha.reciprocal()
    spread = p.alpha * common.pow(2) / (p.alpha - 2)
    found = start + (spread + (p.alpha * common - q.loc).pow(2)) / (2 * q.scale.pow(2)) - 1
    found[p.alpha <= 2] = torch.inf
    return found


@register_kl(Uniform, Beta)
def _uniform_beta(p, q):
    width = p.high - p.low
    of_ones = (q.concentration1 - 1) * (_x_log_x(p.high) - _x_log_x(p.low) - width) / width
    of_zeros = (q.concentration0 - 1) * (_x_log_x(1 - p.high) - _x_log_x(1 - p.low) + width) / width
    total = (q.concentration1 + q.concentration0).lgamma()
    found = of_zeros + (q.concentration1.lgamma() + q.concentration0.lgamma() - total) - torch.log(width) - of_ones
    found[(p.high > q.support.upper_bound) | (p.low < q.support.lower_bound)] = torch.inf
    return found


@register_kl(Uniform, Exponential)
def _uniform_exponential(p, q):
    found = q.rate * (p.high + p.low) / 2 - ((p.high - p.low) * q.rate).log()
    found[p.low < q.support.lower_bound] = torch.inf
    return found


@register_kl(Uniform, Gamma)
def _uniform_gamma(p, q):
    width = p.high - p.low
    powers = (1 - q.concentration) * (_x_log_x(p.high) - _x_log_x(p.low) - width) / width
    found = -width.log() + _normalizer(q) + powers + q.rate * (p.high + p.low) / 2
    found[p.low < q.support.lower_bound] = torch.inf
    return found


@register_kl(Uniform, Gumbel)
def _uniform_gumbel(p, q):
    ratio = q.scale / (p.high - p.low)
    high, low = (p.high - q.loc) / q.scale, (p.low - q.loc) / q.scale
    return ratio.log() + 0.5 * (high + low) - ratio * (torch.exp(-high) - torch.exp(-low))


@register_kl(Uniform, Normal)
def _uniform_normal(p, q):
    width = p.high - p.low
    start = (math.sqrt(math.pi * 2) * q.scale / width).log()
    away = ((p.high + p.low - 2 * q.loc) / 2).pow(2)
    return start + 0.5 * (width.pow(2) / 12 + away) / q.scale.pow(2)


@register_kl(Uniform, Pareto)
def _uniform_pareto(p, q):
    width = p.high - p.low
    start = (q.alpha * q.scale.pow(q.alpha) * width).log()
    found = (_x_log_x(p.high) - _x_log_x(p.low) - width) / width * (q.alpha + 1) - start
    found[p.low < q.support.lower_bound] = torch.inf
    return found
