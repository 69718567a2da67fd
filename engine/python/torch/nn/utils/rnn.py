"""Sequences of different length in one batch: padded, and packed without the padding."""

from collections import namedtuple
from collections.abc import Iterable

import torch
from torch._ops import call

_Fields = namedtuple("PackedSequence", ["data", "batch_sizes", "sorted_indices", "unsorted_indices"])
_Fields.__name__ = _Fields.__qualname__ = "PackedSequence_"
_Fields.__module__ = __name__


class PackedSequence(_Fields):
    """All first steps of the sequences, then all second ones, ...; ``batch_sizes`` says how many of each."""

    def __new__(cls, data, batch_sizes=None, sorted_indices=None, unsorted_indices=None):
        if unsorted_indices is None:
            unsorted_indices = invert_permutation(sorted_indices)
        if batch_sizes is None:
            if not isinstance(data, (list, tuple)) or len(data) != 2:
                raise AssertionError("Expected data to be a list or tuple of length 2")
            data, batch_sizes = data
        return super().__new__(cls, data, batch_sizes, sorted_indices, unsorted_indices)

    def __repr__(self):
        fields = ", ".join(f"{name}={value!r}" for name, value in zip(self._fields, self))
        return f"{type(self).__name__}({fields})"

    def to(self, *args, **kwargs):
        """The same with its data in another dtype."""
        data = self.data.to(*args, **kwargs)
        if data is self.data:
            return self
        return type(self)(data, self.batch_sizes, self.sorted_indices, self.unsorted_indices)

    def cpu(self):
        """Everything is on the CPU."""
        return self

    def cuda(self, *args, **kwargs):
        """Raises what PyTorch raises where there is no GPU."""
        return self.to(torch.tensor((), dtype=self.data.dtype).cuda(*args, **kwargs).device)

    def pin_memory(self):
        """There is no device to pin for."""
        return self

    @property
    def is_cuda(self):
        """Never."""
        return False

    def is_pinned(self):
        """Never."""
        return False


def _conversion(name, dtype):
    def convert(self):
        return self.to(dtype=dtype)

    convert.__name__ = name
    convert.__qualname__ = f"PackedSequence.{name}"
    convert.__doc__ = f"The same with data of {dtype}."
    return convert


for _name in ("double", "float", "half", "long", "int", "short"):
    setattr(PackedSequence, _name, _conversion(_name, getattr(torch, _name)))
PackedSequence.char = _conversion("char", torch.int8)
PackedSequence.byte = _conversion("byte", torch.uint8)
del _name


def invert_permutation(permutation):
    """The order that undoes an order; None of None."""
    if permutation is None:
        return None
    return torch.empty_like(permutation).scatter_(0, permutation, torch.arange(permutation.numel()))


def pack_padded_sequence(input, lengths, batch_first=False, enforce_sorted=True):
    """A padded batch without its padding. ``lengths`` fall, unless ``enforce_sorted`` is False."""
    if not isinstance(lengths, torch.Tensor):
        lengths = torch.as_tensor(lengths, dtype=torch.int64)
    else:
        lengths = lengths.to(dtype=torch.int64)
    order = None
    if not enforce_sorted:
        lengths, order = torch.sort(lengths, descending=True)
        input = input.index_select(0 if batch_first else 1, order)
    if lengths.dim() != 1:
        raise RuntimeError(
            f"'lengths' argument should be a 1D CPU int64 tensor, but got {lengths.dim()}D cpu Long tensor"
        )
    data, batch_sizes = call("_pack_padded_sequence", input, lengths, batch_first)
    return PackedSequence(data, batch_sizes, order, None)


def pad_packed_sequence(sequence, batch_first=False, padding_value=0.0, total_length=None):
    """A packed batch padded again, and the lengths of its sequences."""
    longest = sequence.batch_sizes.size(0)
    if total_length is not None:
        if total_length < longest:
            raise ValueError(
                "Expected total_length to be at least the length of the longest sequence in input, but got "
                f"total_length={total_length} and max sequence length being {longest}"
            )
        longest = total_length
    padded, lengths = _padded(sequence.data, sequence.batch_sizes.tolist(), padding_value, longest)
    if batch_first:
        padded = padded.transpose(0, 1)
    back = sequence.unsorted_indices
    if back is not None:
        return padded.index_select(0 if batch_first else 1, back), lengths[back]
    return padded, lengths


def _padded(data, batch_sizes, padding_value, longest):
    """Steps during which no sequence ends are copied at once."""
    rest = tuple(data.shape[1:])
    padded = torch.empty(longest, batch_sizes[0], *rest, dtype=data.dtype).fill_(padding_value)
    lengths = []
    offset = begin = 0
    for step in range(1, len(batch_sizes) + 1):
        size = batch_sizes[step - 1]
        following = batch_sizes[step] if step < len(batch_sizes) else 0
        if following == size:
            continue
        count = (step - begin) * size
        piece = data.narrow(0, offset, count).view(step - begin, size, *rest)
        padded.narrow(0, begin, step - begin).narrow(1, 0, size).copy_(piece)
        offset += count
        begin = step
        lengths = [step] * (size - following) + lengths
    return padded, torch.tensor(lengths, dtype=torch.int64)


def pad_sequence(sequences, batch_first=False, padding_value=0.0, padding_side="right"):
    """Tensors of different length as one batch, padded to the longest."""
    if not isinstance(sequences, Iterable):
        raise RuntimeError(
            f"pad_sequence: Expected iterable for input sequences, but got arg of type: {type(sequences)}"
        )
    if padding_side not in ("left", "right"):
        raise RuntimeError(f"Expected padding_side to be one of left or right, but got {padding_side}.")
    sequences = sequences.unbind(0) if isinstance(sequences, torch.Tensor) else tuple(sequences)
    if not sequences:
        raise RuntimeError("received an empty list of sequences")
    longest = max(sequence.size(0) for sequence in sequences)
    rest = tuple(sequences[0].shape[1:])
    sizes = (len(sequences), longest) if batch_first else (longest, len(sequences))
    padded = torch.empty((*sizes, *rest), dtype=sequences[0].dtype).fill_(padding_value)
    for i, sequence in enumerate(sequences):
        length = sequence.size(0)
        start = longest - length if padding_side == "left" else 0
        place = padded.select(0 if batch_first else 1, i).narrow(0, start, length)
        place.copy_(sequence)
    return padded


def unpad_sequence(padded_sequences, lengths, batch_first=False):
    """The sequences of a padded batch, without their padding."""
    if not batch_first:
        padded_sequences = padded_sequences.transpose(0, 1)
    longest = padded_sequences.shape[1]
    places = torch.arange(longest)
    return [sequence[places < length] for sequence, length in zip(padded_sequences, lengths)]


def pack_sequence(sequences, enforce_sorted=True):
    """Tensors of different length as a packed batch."""
    lengths = torch.as_tensor([sequence.size(0) for sequence in sequences])
    return pack_padded_sequence(pad_sequence(sequences), lengths, enforce_sorted=enforce_sorted)


def unpack_sequence(packed_sequences):
    """The sequences of a packed batch."""
    padded, lengths = pad_packed_sequence(packed_sequences, batch_first=True)
    return unpad_sequence(padded, lengths, batch_first=True)
