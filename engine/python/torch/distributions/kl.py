"""The Kullback-Leibler divergence of two distributions: which formula serves a pair of kinds."""

from .distribution import Distribution

_FORMULAS = {}


def register_kl(type_p, type_q):
    """A decorator: the function computes the divergence of two distributions of these kinds."""
    for name, kind in (("type_p", type_p), ("type_q", type_q)):
        if not (isinstance(kind, type) and issubclass(kind, Distribution)):
            raise TypeError(f"Expected {name} to be a Distribution subclass but got {kind}")

    def decorator(function):
        _FORMULAS[type_p, type_q] = function
        return function

    return decorator


def kl_divergence(p, q):
    """KL(p ‖ q). Raises NotImplementedError for kinds without a formula."""
    for cls_p in type(p).__mro__:
        for cls_q in type(q).__mro__:
            if (cls_p, cls_q) in _FORMULAS:
                return _FORMULAS[cls_p, cls_q](p, q)
    raise NotImplementedError(
        f"No KL(p || q) is implemented for p type {type(p).__name__} and q type {type(q).__name__}"
    )


from . import _kl_across, _kl_alike  # noqa: E402, F401
