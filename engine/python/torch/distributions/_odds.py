"""A probability given as such or as the logarithm of its odds, as several distributions have it."""

from numbers import Number

import torch

from .utils import broadcast_all, lazy_property, logits_to_probs, probs_to_logits


class Odds:
    """Keeps the one that was given and computes the other one when it is asked for."""

    def _keep_odds(self, probs, logits):
        """Keeps one of the two; answers the batch's shape. Raises ValueError for none or both."""
        if (probs is None) == (logits is None):
            raise ValueError("Either `probs` or `logits` must be specified, but not both.")
        name, given = ("probs", probs) if probs is not None else ("logits", logits)
        (value,) = broadcast_all(given)
        setattr(self, name, value)
        return torch.Size() if isinstance(given, Number) else value.size()

    def _keep_counts_and_odds(self, total_count, probs, logits):
        """The same with a number of trials, in one shape."""
        if (probs is None) == (logits is None):
            raise ValueError("Either `probs` or `logits` must be specified, but not both.")
        name, given = ("probs", probs) if probs is not None else ("logits", logits)
        count, value = broadcast_all(total_count, given)
        self.total_count = count.type_as(value)
        setattr(self, name, value)
        return value.size()

    @property
    def _param(self):
        return self.__dict__["probs"] if "probs" in self.__dict__ else self.logits

    @lazy_property
    def logits(self):
        return probs_to_logits(self.probs, is_binary=True)

    @lazy_property
    def probs(self):
        return logits_to_probs(self.logits, is_binary=True)

    @property
    def param_shape(self):
        """The shape of the parameter."""
        return self._param.size()
