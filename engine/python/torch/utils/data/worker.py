"""Workers of a loader, all in this process: each has random numbers of its own, as PyTorch's processes have."""

import copy
import random
from dataclasses import dataclass

_current = None


@dataclass
class WorkerInfo:
    """What a worker knows of itself."""

    id: int
    num_workers: int
    seed: int
    dataset: object


def get_worker_info():
    """The worker that is at work, or None outside of workers."""
    return _current


class Worker:
    """One worker: its copy of the data set, and its state of the random generators."""

    def __init__(self, number, count, base_seed, dataset, init):
        self.info = WorkerInfo(number, count, base_seed + number, copy.copy(dataset))
        self.states = None
        self.init = init

    def run(self, function, *args):
        """``function(*args)`` with this worker's random numbers."""
        from ... import get_rng_state, manual_seed, set_rng_state

        global _current
        outside = _current, get_rng_state(), random.getstate()
        _current = self.info
        try:
            if self.states is None:
                manual_seed(self.info.seed)
                random.seed(self.info.seed)
                if self.init is not None:
                    self.init(self.info.id)
            else:
                set_rng_state(self.states[0])
                random.setstate(self.states[1])
            return function(*args)
        finally:
            self.states = get_rng_state(), random.getstate()
            _current, state, python_state = outside
            set_rng_state(state)
            random.setstate(python_state)
