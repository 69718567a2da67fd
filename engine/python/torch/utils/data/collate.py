"""Samples put together to a batch, and a sample that stays by itself made into tensors."""

import copy
from collections.abc import Mapping, MutableMapping, MutableSequence, Sequence


def _rebuilt(like, values):
    """A mapping or list of the kind of ``like``, with other values; a plain one where that kind cannot be made."""
    try:
        if isinstance(like, Mapping):
            if not isinstance(like, MutableMapping):
                return type(like)(values)
            found = copy.copy(like)
            found.update(values)
            return found
        if not isinstance(like, MutableSequence):
            return type(like)(values)
        found = copy.copy(like)
        for i, value in enumerate(values):
            found[i] = value
        return found
    except TypeError:
        return values


def default_convert(data):
    """A sample's containers, with tensors as they are."""
    if isinstance(data, Mapping):
        return _rebuilt(data, {key: default_convert(data[key]) for key in data})
    if isinstance(data, tuple) and hasattr(data, "_fields"):
        return type(data)(*(default_convert(item) for item in data))
    if isinstance(data, tuple):
        return [default_convert(item) for item in data]
    if isinstance(data, Sequence) and not isinstance(data, (str, bytes)):
        return _rebuilt(data, [default_convert(item) for item in data])
    return data


def default_collate(batch):
    """Samples put together to one batch: tensors are stacked, numbers become tensors, containers keep their form."""
    from ... import Tensor, float64, stack, tensor

    first = batch[0]
    if isinstance(first, Tensor):
        return stack(list(batch), 0)
    if isinstance(first, float):
        return tensor(batch, dtype=float64)
    if isinstance(first, int):
        return tensor(batch)
    if isinstance(first, (str, bytes)):
        return batch
    if isinstance(first, Mapping):
        return _rebuilt(first, {key: default_collate([sample[key] for sample in batch]) for key in first})
    if isinstance(first, tuple) and hasattr(first, "_fields"):
        return type(first)(*(default_collate(samples) for samples in zip(*batch)))
    if isinstance(first, Sequence):
        if any(len(sample) != len(first) for sample in batch):
            raise RuntimeError("each element in list of batch should be of equal size")
        found = [default_collate(samples) for samples in zip(*batch)]
        return found if isinstance(first, tuple) else _rebuilt(first, found)
    raise TypeError(
        "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found "
        f"{type(first)}"
    )
