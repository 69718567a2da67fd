"""torch.utils.flop_counter: counts the multiplications and additions of products and convolutions."""

from collections import defaultdict
from math import prod

from ._python_dispatch import TorchDispatchMode


def _mm(args, out):
    return 2 * prod(args[0].shape) * args[1].shape[-1]


def _addmm(args, out):
    return _mm(args[1:], out)


def _convolution(args, out):
    _, weight = args[:2]
    # Each element of the result (of the input, where transposed) meets each weight of one channel.
    places = args[0] if args[6] else out
    return 2 * prod(places.shape[2:]) * places.shape[0] * prod(weight.shape)


def _convolution_backward(args, out):
    gradient, given, weight = args[:3]
    places = given if args[7] else gradient
    one = 2 * prod(places.shape[2:]) * places.shape[0] * prod(weight.shape)
    return one * (bool(args[10]) + bool(args[11]))


#: Name of an operator -> the count of one call.
_COUNTS = {
    "mm": _mm,
    "bmm": _mm,
    "addmm": _addmm,
    "baddbmm": _addmm,
    "convolution": _convolution,
    "convolution_backward": _convolution_backward,
}


class FlopCounterMode(TorchDispatchMode):
    """Inside, floating-point operations are counted, two for a multiplication and its addition."""

    supports_higher_order_operators = True

    def __init__(self, mods=None, depth=2, display=True, custom_mapping=None):
        super().__init__()
        self.display = display
        self.custom_mapping = {
            getattr(op, "overloadpacket", op): count for op, count in (custom_mapping or {}).items()
        }
        self.flop_counts = defaultdict(lambda: defaultdict(int))

    def __enter__(self):
        self.flop_counts.clear()
        return super().__enter__()

    def __exit__(self, *args):
        super().__exit__(*args)
        if self.display:
            print(self.get_table())

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        out = func(*args, **(kwargs or {}))
        packet = func.overloadpacket
        if packet in self.custom_mapping:
            count = self.custom_mapping[packet](*args, **(kwargs or {}), out_val=out)
        elif packet.__name__ in _COUNTS and func.namespace == "aten":
            count = _COUNTS[packet.__name__](args, out[0] if isinstance(out, (tuple, list)) else out)
        else:
            return out
        self.flop_counts["Global"][packet] += count
        return out

    def get_total_flops(self):
        """All that was counted."""
        return sum(self.flop_counts["Global"].values())

    def get_flop_counts(self):
        """The counts by module (all of them under ``"Global"``) and operator."""
        return {name: dict(counts) for name, counts in self.flop_counts.items()}

    def get_table(self, depth=None):
        """The counts as text, one operator a line."""
        counts = self.flop_counts["Global"]
        total = self.get_total_flops()
        lines = [f"Global: {total} FLOPs"]
        lines += [f" - {packet}: {count}" for packet, count in counts.items()]
        return "\n".join(lines)


__all__ = ["FlopCounterMode"]
