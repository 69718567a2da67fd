"""What parameters and samples of distributions must satisfy."""

import torch


class Constraint:
    """A region of tensors: ``check(value)`` says for each event whether it lies inside."""

    is_discrete = False
    event_dim = 0

    def check(self, value):
        """For each event whether it satisfies the constraint."""
        raise NotImplementedError

    def __repr__(self):
        return type(self).__name__[1:] + "()"


class _Dependent(Constraint):
    """A constraint that only an instance knows."""

    def check(self, value):
        raise ValueError("Cannot determine validity of dependent constraint")


class dependent_property(property):
    """A constraint that depends on the instance; on the class it stands for that it does."""

    def __init__(self, function=None, *, is_discrete=False, event_dim=0):
        super().__init__(function)
        self.is_discrete = is_discrete
        self.event_dim = event_dim

    def __call__(self, function):
        return dependent_property(function, is_discrete=self.is_discrete, event_dim=self.event_dim)

    def __get__(self, instance, owner=None):
        return self if instance is None else super().__get__(instance, owner)


def is_dependent(constraint):
    """Whether only an instance knows it."""
    return isinstance(constraint, (_Dependent, dependent_property))


class _Boolean(Constraint):
    is_discrete = True

    def check(self, value):
        return (value == 0) | (value == 1)


class _OneHot(Constraint):
    is_discrete = True
    event_dim = 1

    def check(self, value):
        return ((value == 0) | (value == 1)).all(-1) & value.sum(-1).eq(1)


class _Real(Constraint):
    def check(self, value):
        return value == value


class _Simplex(Constraint):
    event_dim = 1

    def check(self, value):
        return (value >= 0).all(-1) & ((value.sum(-1) - 1).abs() < 1e-6)


class _LowerTriangular(Constraint):
    event_dim = 2

    def check(self, value):
        return (value.tril() == value).view(value.shape[:-2] + (-1,)).min(-1)[0]


class _LowerCholesky(Constraint):
    event_dim = 2

    def check(self, value):
        lower = (value.tril() == value).view(value.shape[:-2] + (-1,)).min(-1)[0]
        return lower & (value.diagonal(dim1=-2, dim2=-1) > 0).min(-1)[0]


class _PositiveDefinite(Constraint):
    event_dim = 2

    def check(self, value):
        symmetric = torch.isclose(value, value.mT, atol=1e-6).all(-2).all(-1)
        if not symmetric.all():
            return symmetric
        return torch.linalg.cholesky_ex(value).info.eq(0)


class _Bounded(Constraint):
    """Named by its bounds: attributes that the printing shows."""

    def __init__(self, **bounds):
        self.__dict__.update(bounds)

    def __repr__(self):
        bounds = ", ".join(f"{name}={value}" for name, value in vars(self).items())
        return f"{type(self).__name__[1:]}({bounds})"


class _GreaterThan(_Bounded):
    def check(self, value):
        return self.lower_bound < value


class _GreaterThanEq(_Bounded):
    def check(self, value):
        return self.lower_bound <= value


class _LessThan(_Bounded):
    def check(self, value):
        return value < self.upper_bound


class _Interval(_Bounded):
    def check(self, value):
        return (self.lower_bound <= value) & (value <= self.upper_bound)


class _IntegerInterval(_Bounded):
    is_discrete = True

    def check(self, value):
        return (value % 1 == 0) & (self.lower_bound <= value) & (value <= self.upper_bound)


class _IntegerGreaterThan(_Bounded):
    is_discrete = True

    def check(self, value):
        return (value % 1 == 0) & (value >= self.lower_bound)


class _IndependentConstraint(Constraint):
    """A constraint of elements, for events of several dimensions."""

    def __init__(self, base, dims):
        self.base_constraint = base
        self.reinterpreted_batch_ndims = dims

    @property
    def is_discrete(self):
        return self.base_constraint.is_discrete

    @property
    def event_dim(self):
        return self.base_constraint.event_dim + self.reinterpreted_batch_ndims

    def check(self, value):
        result = self.base_constraint.check(value)
        if result.dim() < self.reinterpreted_batch_ndims:
            expected = self.base_constraint.event_dim + self.reinterpreted_batch_ndims
            raise ValueError(f"Expected value.dim() >= {expected} but got {value.dim()}")
        kept = result.shape[: result.dim() - self.reinterpreted_batch_ndims]
        return result.reshape(kept + (-1,)).all(-1)

    def __repr__(self):
        return f"IndependentConstraint({self.base_constraint!r}, {self.reinterpreted_batch_ndims})"


def greater_than(lower_bound):
    """Above a bound."""
    return _GreaterThan(lower_bound=lower_bound)


def greater_than_eq(lower_bound):
    """At or above a bound."""
    return _GreaterThanEq(lower_bound=lower_bound)


def less_than(upper_bound):
    """Below a bound."""
    return _LessThan(upper_bound=upper_bound)


def interval(lower_bound, upper_bound):
    """Between two bounds."""
    return _Interval(lower_bound=lower_bound, upper_bound=upper_bound)


def integer_interval(lower_bound, upper_bound):
    """Whole numbers between two bounds."""
    return _IntegerInterval(lower_bound=lower_bound, upper_bound=upper_bound)


independent = _IndependentConstraint
dependent = _Dependent()
boolean = _Boolean()
one_hot = _OneHot()
real = _Real()
real_vector = independent(real, 1)
simplex = _Simplex()
lower_triangular = _LowerTriangular()
lower_cholesky = _LowerCholesky()
positive_definite = _PositiveDefinite()
positive = greater_than(0.0)
nonnegative = greater_than_eq(0.0)
unit_interval = interval(0.0, 1.0)
nonnegative_integer = _IntegerGreaterThan(lower_bound=0)
