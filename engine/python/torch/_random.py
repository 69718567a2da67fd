"""Random numbers: generators, and the global one that ``manual_seed`` seeds."""

from . import _engine
from ._device import CPU, require_cpu
from ._errors import check

#: The seed that a run starts with, so that the same text gives the same report.
START = 0


class Generator:
    """A source of random numbers of its own: ``Generator().manual_seed(0)``."""

    def __init__(self, device="cpu"):
        require_cpu(device)
        self._g = _engine.generator_new()

    def __del__(self):
        try:
            _engine.generator_release(self._g)
        except (AttributeError, TypeError):
            pass

    def manual_seed(self, seed, /):
        """Starts the sequence that belongs to ``seed`` anew; returns the generator."""
        check(_engine.generator_seed(self._g, _seed(seed)))
        return self

    def seed(self):
        """Seeds from the generator itself; returns the seed. (Runs are repeatable: no clock is asked.)"""
        fresh = _engine.generator_draw(self._g)
        self.manual_seed(fresh)
        return fresh

    def initial_seed(self):
        """The seed that was set last."""
        return _engine.generator_initial_seed(self._g)

    def get_state(self):
        """The state as a tensor of bytes."""
        return _state_of(self._g)

    def set_state(self, new_state, /):
        """Puts back what ``get_state`` gave. Raises TypeError for anything else."""
        _put_state(self._g, new_state)
        return self

    def clone_state(self):
        """A generator with the same state."""
        made = Generator()
        made.set_state(self.get_state())
        return made

    @property
    def device(self):
        """The CPU."""
        return CPU


Generator.__module__ = "torch._C"


class _Global(Generator):
    def __init__(self):
        self._g = 0

    def __del__(self):
        pass


_Global.__name__ = _Global.__qualname__ = "Generator"
_Global.__module__ = "torch._C"

default_generator = _Global()

_LENGTH = 5056


def _seed(seed):
    """A seed as PyTorch takes it: an int of 64 bits, signed or not."""
    seed = int(seed)
    if not -0x8000_0000_0000_0000 <= seed <= 0xFFFF_FFFF_FFFF_FFFF:
        raise RuntimeError("Overflow when unpacking long long")
    return seed & 0xFFFF_FFFF_FFFF_FFFF


def _state_of(number):
    from array import array

    from ._dispatch import site
    from ._dtype import code_of, uint8
    from ._handles import wrap

    memory = array("B", bytes(_LENGTH))
    address, count = memory.buffer_info()
    _engine.generator_state(number, address)
    _engine.INTS[0] = count
    return wrap(_engine.from_memory(site(), address, count, code_of(uint8), 1, code_of(uint8)))


def _put_state(number, state):
    from array import array

    from ._dtype import uint8
    from ._tensor import Tensor

    if not isinstance(state, Tensor) or state.dtype is not uint8:
        raise TypeError("RNG state must be a torch.ByteTensor")
    if state.numel() != _LENGTH:
        raise RuntimeError("RNG state is wrong size")
    memory = array("B", bytes(_LENGTH))
    address = memory.buffer_info()[0]
    check(_engine.copy_out(state._h, address))
    _engine.generator_set_state(number, address)


def manual_seed(seed):
    """Seeds the global generator and returns it."""
    return default_generator.manual_seed(seed)


def seed():
    """Seeds the global generator from itself; returns the seed."""
    return default_generator.seed()


def initial_seed():
    """The seed of the global generator."""
    return default_generator.initial_seed()


def get_rng_state():
    """The state of the global generator, as a tensor of bytes."""
    return default_generator.get_state()


def set_rng_state(new_state):
    """Puts back a state of the global generator."""
    default_generator.set_state(new_state)


class fork_rng:
    """Inside, the global generator may be used freely; afterwards it is as before."""

    def __init__(self, devices=None, enabled=True, **_):
        self.enabled = enabled

    def __enter__(self):
        self.state = get_rng_state() if self.enabled else None

    def __exit__(self, *_):
        if self.state is not None:
            set_rng_state(self.state)


