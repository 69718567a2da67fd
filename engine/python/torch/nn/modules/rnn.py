"""Recurrent layers and their cells: RNN, LSTM, GRU, over padded and over packed sequences."""

import math
import numbers

import torch
from torch._ops import call
from torch._own_methods import own_methods
from torch._warn import warn
from torch.nn import init

from ..parameter import Parameter
from ..utils.rnn import PackedSequence
from .linear import empty_parameter
from .module import Module

#: How many gates lie below each other in the weights.
_GATES = {"LSTM": 4, "GRU": 3, "RNN_TANH": 1, "RNN_RELU": 1}


@own_methods("forward")
class RNNBase(Module):
    """Weights, settings and checks of the three; ``mode`` names the cell."""

    def __init__(
        self,
        mode,
        input_size,
        hidden_size,
        num_layers=1,
        bias=True,
        batch_first=False,
        dropout=0.0,
        bidirectional=False,
        proj_size=0,
        device=None,
        dtype=None,
    ):
        super().__init__()
        self.mode = mode
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.bias = bias
        self.batch_first = batch_first
        self.dropout = float(dropout)
        self.bidirectional = bidirectional
        self.proj_size = proj_size
        self._check_settings(dropout)
        if mode not in _GATES:
            raise ValueError("Unrecognized RNN mode: " + mode)
        self._all_weights = [
            self._make_weights(layer, direction, {"device": device, "dtype": dtype})
            for layer in range(num_layers)
            for direction in range(self._directions)
        ]
        self.reset_parameters()

    def _check_settings(self, dropout):
        if not isinstance(dropout, numbers.Number) or not 0 <= dropout <= 1 or isinstance(dropout, bool):
            raise ValueError(
                "dropout should be a number in range [0, 1] representing the probability of an element being zeroed"
            )
        if dropout > 0 and self.num_layers == 1:
            warn(
                "dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects "
                f"num_layers greater than 1, but got dropout={dropout} and num_layers={self.num_layers}"
            )
        if not isinstance(self.hidden_size, int):
            raise TypeError(f"hidden_size should be of type int, got: {type(self.hidden_size).__name__}")
        if self.hidden_size <= 0:
            raise ValueError("hidden_size must be greater than zero")
        if self.num_layers <= 0:
            raise ValueError("num_layers must be greater than zero")
        if self.proj_size < 0:
            raise ValueError("proj_size should be a positive integer or zero to disable projections")
        if self.proj_size >= self.hidden_size:
            raise ValueError("proj_size has to be smaller than hidden_size")

    @property
    def _directions(self):
        return 2 if self.bidirectional else 1

    @property
    def _output_size(self):
        return self.proj_size if self.proj_size > 0 else self.hidden_size

    def _make_weights(self, layer, direction, options):
        """Registers the weights of one layer in one direction; answers their names."""
        gates = _GATES[self.mode] * self.hidden_size
        from_below = self.input_size if layer == 0 else self._output_size * self._directions
        sizes = {"weight_ih": (gates, from_below), "weight_hh": (gates, self._output_size)}
        if self.bias:
            sizes.update(bias_ih=(gates,), bias_hh=(gates,))
        if self.proj_size > 0:
            sizes["weight_hr"] = (self.proj_size, self.hidden_size)
        suffix = f"_l{layer}" + ("_reverse" if direction else "")
        for name, size in sizes.items():
            setattr(self, name + suffix, Parameter(torch.empty(size, **options)))
        return [name + suffix for name in sizes]

    def reset_parameters(self):
        bound = 1.0 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        for weight in self.parameters():
            init.uniform_(weight, -bound, bound)

    def flatten_parameters(self):
        """The weights lie as they are."""

    @property
    def all_weights(self):
        """The weights, a list for each layer and direction."""
        return [[getattr(self, name) for name in names] for names in self._all_weights]

    @property
    def _flat_weights_names(self):
        return [name for names in self._all_weights for name in names]

    @property
    def _flat_weights(self):
        return [getattr(self, name) for name in self._flat_weights_names]

    # ---- checks ----

    def check_input(self, input, batch_sizes):
        """Raises where the input does not fit the weights."""
        dtype = self._flat_weights[0].dtype
        if input.dtype is not dtype and not torch.is_autocast_enabled("cpu"):
            raise ValueError(
                f"RNN input dtype ({input.dtype}) does not match weight dtype ({dtype}). "
                f"Convert input: input.to({dtype}), or convert model: model.to({input.dtype})"
            )
        expected = 3 if batch_sizes is None else 2
        if input.dim() != expected:
            raise RuntimeError(f"input must have {expected} dimensions, got {input.dim()}")
        if self.input_size != input.size(-1):
            raise RuntimeError(
                "input.size(-1) must be equal to input_size. "
                f"Expected {self.input_size}, got {input.size(-1)}"
            )

    def _batch_of(self, input, batch_sizes):
        if batch_sizes is not None:
            return int(batch_sizes[0])
        return input.size(0) if self.batch_first else input.size(1)

    def get_expected_hidden_size(self, input, batch_sizes):
        """What the hidden state's size must be."""
        return self.num_layers * self._directions, self._batch_of(input, batch_sizes), self._output_size

    def check_hidden_size(self, hx, expected_hidden_size, msg="Expected hidden size {}, got {}"):
        """Raises RuntimeError where a state has another size."""
        if hx.size() != expected_hidden_size:
            raise RuntimeError(msg.format(expected_hidden_size, list(hx.size())))

    def check_forward_args(self, input, hidden, batch_sizes):
        """Raises where input or state do not fit."""
        self.check_input(input, batch_sizes)
        self.check_hidden_size(hidden, self.get_expected_hidden_size(input, batch_sizes))

    def permute_hidden(self, hx, permutation):
        """The state in another order of the batch."""
        return hx if permutation is None else hx.index_select(1, permutation)

    # ---- the state, which is one tensor here and two for an LSTM ----

    def _first_state(self, input, batch):
        return torch.zeros(
            self.num_layers * self._directions, batch, self._output_size, dtype=input.dtype
        )

    def _check_state_dims(self, hx, batched):
        dims, what = (3, "batched 3-D") if batched else (2, "unbatched 2-D")
        if hx.dim() != dims:
            raise RuntimeError(
                f"For {what} input, hx should also be {dims}-D but got {hx.dim()}-D tensor"
            )

    def _each(self, hx, change):
        return change(hx)

    def forward(self, input, hx=None):
        """The output of the last layer for each step, and the last state of each layer."""
        if isinstance(input, PackedSequence):
            return self._forward_packed(input, hx)
        if input.dim() not in (2, 3):
            name = self.mode.partition("_")[0]
            tensor = " tensor" if name == "RNN" else ""
            raise ValueError(f"{name}: Expected input to be 2D or 3D, got {input.dim()}D{tensor} instead")
        batched = input.dim() == 3
        place = 0 if self.batch_first else 1
        if not batched:
            input = input.unsqueeze(place)
        if hx is None:
            hx = self._first_state(input, self._batch_of(input, None))
        else:
            self._check_state_dims(hx, batched)
            if not batched:
                hx = self._each(hx, lambda state: state.unsqueeze(1))
        self.check_forward_args(input, hx, None)
        output, hidden = self._run(".input", input, hx, self.batch_first)
        if not batched:
            return output.squeeze(place), self._each(hidden, lambda state: state.squeeze(1))
        return output, hidden

    def _forward_packed(self, packed, hx):
        data, batch_sizes, order, back = packed
        if hx is None:
            hx = self._first_state(data, int(batch_sizes[0]))
        else:
            hx = self.permute_hidden(hx, order)
        self.check_forward_args(data, hx, batch_sizes)
        output, hidden = self._run(".data", data, batch_sizes, hx)
        return PackedSequence(output, batch_sizes, order, back), self.permute_hidden(hidden, back)

    def _run(self, kind, *args):
        batch_first = args[2:] if kind == ".input" else ()
        given = args[:2] if kind == ".input" else args
        found = call(
            self.mode.lower() + kind,
            *given,
            self._flat_weights,
            self.bias,
            self.num_layers,
            self.dropout,
            self.training,
            self.bidirectional,
            *batch_first,
        )
        return found[0], found[1] if len(found) == 2 else tuple(found[1:])

    def extra_repr(self):
        parts = [f"{self.input_size}, {self.hidden_size}"]
        defaults = {
            "proj_size": 0,
            "num_layers": 1,
            "bias": True,
            "batch_first": False,
            "dropout": 0,
            "bidirectional": False,
        }
        for name, default in defaults.items():
            value = getattr(self, name)
            if value != default:
                parts.append(f"{name}={value}")
        return ", ".join(parts)


def _without_projection(kwargs):
    if "proj_size" in kwargs:
        raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")


class RNN(RNNBase):
    """h' = tanh(W_ih x + b_ih + W_hh h + b_hh), or with relu."""

    def __init__(self, *args, **kwargs):
        _without_projection(kwargs)
        if len(args) > 3:
            nonlinearity = args[3]
            args = args[:3] + args[4:]
        else:
            nonlinearity = kwargs.pop("nonlinearity", "tanh")
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"Unknown nonlinearity '{nonlinearity}'. Select from 'tanh' or 'relu'.")
        super().__init__("RNN_" + nonlinearity.upper(), *args, **kwargs)
        self.nonlinearity = nonlinearity


class GRU(RNNBase):
    """Gated recurrent units. Cho et al. 2014."""

    def __init__(self, *args, **kwargs):
        _without_projection(kwargs)
        super().__init__("GRU", *args, **kwargs)


class LSTM(RNNBase):
    """Long short-term memory, Hochreiter & Schmidhuber 1997. Its state is a pair: hidden state and cell state."""

    def __init__(self, *args, **kwargs):
        super().__init__("LSTM", *args, **kwargs)

    def get_expected_cell_size(self, input, batch_sizes):
        """What the cell state's size must be."""
        return self.num_layers * self._directions, self._batch_of(input, batch_sizes), self.hidden_size

    def check_forward_args(self, input, hidden, batch_sizes):
        self.check_input(input, batch_sizes)
        for i, size in enumerate((self.get_expected_hidden_size, self.get_expected_cell_size)):
            text = f"Expected hidden[{i}] " + "size {}, got {}"
            self.check_hidden_size(hidden[i], size(input, batch_sizes), text)

    def permute_hidden(self, hx, permutation):
        return hx if permutation is None else tuple(super(LSTM, self).permute_hidden(h, permutation) for h in hx)

    def _first_state(self, input, batch):
        layers = self.num_layers * self._directions
        sizes = (self._output_size, self.hidden_size)
        return tuple(torch.zeros(layers, batch, size, dtype=input.dtype) for size in sizes)

    def _check_state_dims(self, hx, batched):
        dims, what = (3, "batched 3-D") if batched else (2, "unbatched 2-D")
        if hx[0].dim() != dims or hx[1].dim() != dims:
            raise RuntimeError(
                f"For {what} input, hx and cx should also be {dims}-D but got "
                f"({hx[0].dim()}-D, {hx[1].dim()}-D) tensors"
            )

    def _each(self, hx, change):
        return tuple(change(state) for state in hx)

    def _run(self, kind, *args):
        if self.proj_size > 0 and args[0].dtype is torch.float32:
            warn("LSTM with projections is not supported with oneDNN. Using default implementation.")
        return super()._run(kind, *args)


# ---- cells ----


class RNNCellBase(Module):
    """Weights and settings of a single step."""

    def __init__(self, input_size, hidden_size, bias, num_chunks, device=None, dtype=None):
        super().__init__()
        options = {"device": device, "dtype": dtype}
        gates = num_chunks * hidden_size
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.bias = bias
        self.weight_ih = Parameter(torch.empty((gates, input_size), **options))
        self.weight_hh = Parameter(torch.empty((gates, hidden_size), **options))
        self.register_parameter("bias_ih", empty_parameter(bias, gates, **options))
        self.register_parameter("bias_hh", empty_parameter(bias, gates, **options))
        self.reset_parameters()

    def reset_parameters(self):
        bound = 1.0 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        for weight in self.parameters():
            init.uniform_(weight, -bound, bound)

    def _check(self, input, states):
        """Whether the input is a batch. Raises ValueError where it has other dimensions."""
        name = type(self).__name__
        if input.dim() not in (1, 2):
            raise ValueError(f"{name}: Expected input to be 1D or 2D, got {input.dim()}D instead")
        for i, state in enumerate(states):
            if state.dim() not in (1, 2):
                which = f"hx[{i}]" if len(states) > 1 else "hidden"
                raise ValueError(f"{name}: Expected {which} to be 1D or 2D, got {state.dim()}D instead")
        return input.dim() == 2

    def _step(self, operator, input, hx):
        return call(operator, input, hx, self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh)

    def _forward_single(self, operator, input, hx):
        """A step of a cell whose state is one tensor."""
        batched = self._check(input, () if hx is None else (hx,))
        if not batched:
            input = input.unsqueeze(0)
        if hx is None:
            hx = torch.zeros(input.size(0), self.hidden_size, dtype=input.dtype)
        elif not batched:
            hx = hx.unsqueeze(0)
        found = self._step(operator, input, hx)
        return found if batched else found.squeeze(0)

    def extra_repr(self):
        parts = [f"{self.input_size}, {self.hidden_size}"]
        if self.bias is not True:
            parts.append(f"bias={self.bias}")
        if getattr(self, "nonlinearity", "tanh") != "tanh":
            parts.append(f"nonlinearity={self.nonlinearity}")
        return ", ".join(parts)


class RNNCell(RNNCellBase):
    """One step of an RNN."""

    def __init__(self, input_size, hidden_size, bias=True, nonlinearity="tanh", device=None, dtype=None):
        super().__init__(input_size, hidden_size, bias, 1, device, dtype)
        self.nonlinearity = nonlinearity

    def forward(self, input, hx=None):
        if self.nonlinearity not in ("tanh", "relu"):
            raise RuntimeError(f"Unknown nonlinearity: {self.nonlinearity}")
        return self._forward_single(f"rnn_{self.nonlinearity}_cell", input, hx)


class GRUCell(RNNCellBase):
    """One step of a GRU."""

    def __init__(self, input_size, hidden_size, bias=True, device=None, dtype=None):
        super().__init__(input_size, hidden_size, bias, 3, device, dtype)

    def forward(self, input, hx=None):
        return self._forward_single("gru_cell", input, hx)


class LSTMCell(RNNCellBase):
    """One step of an LSTM; its state is a pair."""

    def __init__(self, input_size, hidden_size, bias=True, device=None, dtype=None):
        super().__init__(input_size, hidden_size, bias, 4, device, dtype)

    def forward(self, input, hx=None):
        if isinstance(hx, torch.Tensor):
            raise TypeError("lstm_cell(): argument 'hx' (position 2) must be tuple of Tensors, not Tensor")
        batched = self._check(input, hx or ())
        if not batched:
            input = input.unsqueeze(0)
        if hx is None:
            zeros = torch.zeros(input.size(0), self.hidden_size, dtype=input.dtype)
            hx = (zeros, zeros)
        elif not batched:
            hx = tuple(state.unsqueeze(0) for state in hx)
        found = self._step("lstm_cell", input, list(hx))
        return tuple(found) if batched else tuple(state.squeeze(0) for state in found)
