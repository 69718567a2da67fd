"""Distribution: the base of all. It keeps shapes, and checks parameters and samples."""

from numbers import Number

import torch
from torch._warn import warn

from . import constraints
from .utils import broadcast_all, lazy_property


class Distribution:
    """``batch_shape`` distributions side by side, each over events of ``event_shape``."""

    has_rsample = False
    has_enumerate_support = False
    _validate_args = True
    #: Names of parameters that all have the batch's shape.
    _elementwise = ()

    @staticmethod
    def set_default_validate_args(value):
        """Whether parameters and samples are checked, unless said otherwise."""
        if value not in (True, False):
            raise ValueError
        Distribution._validate_args = value

    def __init__(self, batch_shape=torch.Size(), event_shape=torch.Size(), validate_args=None):
        self._batch_shape = torch.Size(batch_shape)
        self._event_shape = torch.Size(event_shape)
        if validate_args is not None:
            self._validate_args = validate_args
        if self._validate_args:
            self._check_parameters()

    def _set_elementwise(self, *values, validate_args=None):
        """Keeps parameters under their names, in their common shape."""
        for name, value in zip(self._elementwise, broadcast_all(*values)):
            setattr(self, name, value)
        numbers = all(isinstance(value, Number) for value in values)
        shape = torch.Size() if numbers else getattr(self, self._elementwise[0]).size()
        Distribution.__init__(self, shape, validate_args=validate_args)

    def _check_parameters(self):
        try:
            wanted = self.arg_constraints
        except NotImplementedError:
            warn(
                f"{type(self)} does not define `arg_constraints`. Please set `arg_constraints = {{}}` or initialize the "
                "distribution with `validate_args=False` to turn off validation."
            )
            return
        for name, constraint in wanted.items():
            if constraints.is_dependent(constraint):
                continue
            if name not in self.__dict__ and isinstance(getattr(type(self), name, None), lazy_property):
                continue
            value = getattr(self, name)
            if not constraint.check(value).all():
                raise ValueError(
                    f"Expected parameter {name} ({type(value).__name__} of shape {tuple(value.shape)}) of distribution "
                    f"{self!r} to satisfy the constraint {constraint!r}, but found invalid values:\n{value}"
                )

    def _check_sample(self, value):
        """Raises ValueError for a value outside the support, or of a shape that does not fit."""
        if not self._validate_args:
            return
        if not isinstance(value, torch.Tensor):
            raise ValueError("The value argument to log_prob must be a Tensor")
        actual = value.size()
        events = len(actual) - len(self._event_shape)
        if actual[events:] != self._event_shape:
            raise ValueError(
                f"The right-most size of value must match event_shape: {actual} vs {self._event_shape}."
            )
        expected = self._batch_shape + self._event_shape
        for i, j in zip(reversed(actual), reversed(expected)):
            if i != 1 and j != 1 and i != j:
                raise ValueError(
                    f"Value is not broadcastable with batch_shape+event_shape: {actual} vs {expected}."
                )
        try:
            support = self.support
        except NotImplementedError:
            warn(
                f"{type(self)} does not define `support` to enable sample validation. Please initialize the "
                "distribution with `validate_args=False` to turn off validation."
            )
            return
        if not support.check(value).all():
            raise ValueError(
                f"Expected value argument ({type(value).__name__} of shape {tuple(value.shape)}) to be within the "
                f"support ({support!r}) of the distribution {self!r}, but found invalid values:\n{value}"
            )

    _validate_sample = _check_sample

    def expand(self, batch_shape, _instance=None):
        """The same distribution with another batch shape, to which the present one broadcasts."""
        if not self._elementwise:
            raise NotImplementedError
        new = self._fresh(_instance)
        shape = torch.Size(batch_shape)
        for name in self._elementwise:
            if name in self.__dict__:
                setattr(new, name, getattr(self, name).expand(shape))
        return self._finished(new, shape)

    def _fresh(self, instance):
        return type(self).__new__(type(self)) if instance is None else instance

    def _finished(self, new, batch_shape, event_shape=torch.Size()):
        Distribution.__init__(new, batch_shape, event_shape, validate_args=False)
        new._validate_args = self._validate_args
        return new

    # ---- what a distribution answers ----

    @property
    def batch_shape(self):
        """How many distributions lie side by side."""
        return self._batch_shape

    @property
    def event_shape(self):
        """The shape of one event."""
        return self._event_shape

    @property
    def arg_constraints(self):
        """What each parameter must satisfy."""
        raise NotImplementedError

    @property
    def support(self):
        """Where samples may lie."""
        raise NotImplementedError

    @property
    def mean(self):
        raise NotImplementedError

    @property
    def mode(self):
        raise NotImplementedError(f"{type(self)} does not implement mode")

    @property
    def variance(self):
        raise NotImplementedError

    @property
    def stddev(self):
        return self.variance.sqrt()

    def sample(self, sample_shape=torch.Size()):
        """Samples without history."""
        with torch.no_grad():
            return self.rsample(sample_shape)

    def sample_n(self, n):
        """An older form of ``sample((n,))``."""
        warn("`sample_n(n)` will be deprecated. Use `sample((n,))` instead.", FutureWarning)
        return self.sample(torch.Size((n,)))

    def rsample(self, sample_shape=torch.Size()):
        """Samples as functions of the parameters: gradients flow through them."""
        raise NotImplementedError

    def log_prob(self, value):
        """The logarithm of the density, or of the probability."""
        raise NotImplementedError

    def cdf(self, value):
        """The probability of being below."""
        raise NotImplementedError

    def icdf(self, value):
        """The reverse of ``cdf``."""
        raise NotImplementedError

    def enumerate_support(self, expand=True):
        """All values there are."""
        raise NotImplementedError

    def entropy(self):
        raise NotImplementedError

    def perplexity(self):
        return torch.exp(self.entropy())

    def _extended_shape(self, sample_shape=torch.Size()):
        return torch.Size(torch.Size(sample_shape) + self._batch_shape + self._event_shape)

    def __repr__(self):
        kept = {name: self.__dict__[name] for name in self.arg_constraints if name in self.__dict__}
        shown = (f"{name}: {value if value.numel() == 1 else value.size()}" for name, value in kept.items())
        return f"{type(self).__name__}({', '.join(shown)})"
