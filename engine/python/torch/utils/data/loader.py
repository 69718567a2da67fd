"""DataLoader: batches of a data set. All is done in this process, in the order in which workers would do it."""

from .collate import default_collate, default_convert
from .dataset import IterableDataset
from .sampler import BatchSampler, RandomSampler, SequentialSampler
from .worker import Worker

#: Settings that cannot be changed once the loader has made its samplers from them.
_FIXED = ("batch_size", "batch_sampler", "sampler", "drop_last", "dataset", "persistent_workers")


class _Forever:
    """The sampler of data that is only walked through: as many None as are asked for."""

    def __iter__(self):
        while True:
            yield None


class DataLoader:
    """Walks through a data set in batches, shuffled where asked for."""

    _initialised = False

    def __init__(
        self,
        dataset,
        batch_size=1,
        shuffle=None,
        sampler=None,
        batch_sampler=None,
        num_workers=0,
        collate_fn=None,
        pin_memory=False,
        drop_last=False,
        timeout=0,
        worker_init_fn=None,
        multiprocessing_context=None,
        generator=None,
        *,
        prefetch_factor=None,
        persistent_workers=False,
        pin_memory_device="",
        in_order=True,
    ):
        _check_workers(num_workers, timeout, prefetch_factor, persistent_workers)
        self.dataset = dataset
        self.num_workers = num_workers
        self.prefetch_factor = 2 if num_workers > 0 and prefetch_factor is None else prefetch_factor
        self.pin_memory = pin_memory
        self.pin_memory_device = pin_memory_device
        self.timeout = timeout
        self.worker_init_fn = worker_init_fn
        self.in_order = in_order
        self._iterable = isinstance(dataset, IterableDataset)
        if self._iterable:
            _check_iterable(shuffle, sampler, batch_sampler)
        if sampler is not None and shuffle:
            raise ValueError("sampler option is mutually exclusive with shuffle")
        if batch_sampler is not None:
            if batch_size != 1 or shuffle or sampler is not None or drop_last:
                raise ValueError(
                    "batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last"
                )
            batch_size, drop_last = None, False
        elif batch_size is None and drop_last:
            raise ValueError(
                "batch_size=None option disables auto-batching and is mutually exclusive with drop_last"
            )
        if sampler is None:
            if self._iterable:
                sampler = _Forever()
            else:
                sampler = RandomSampler(dataset, generator=generator) if shuffle else SequentialSampler(dataset)
        if batch_size is not None and batch_sampler is None:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        self.batch_size = batch_size
        self.drop_last = drop_last
        self.sampler = sampler
        self.batch_sampler = batch_sampler
        self.generator = generator
        self.collate_fn = collate_fn or (default_convert if batch_sampler is None else default_collate)
        self.persistent_workers = persistent_workers
        self._initialised = True

    def __setattr__(self, name, value):
        if self._initialised and name in _FIXED:
            raise ValueError(
                f"{name} attribute should not be set after {type(self).__name__} is initialized"
            )
        super().__setattr__(name, value)

    def __iter__(self):
        return _Walk(self)

    def __len__(self):
        if not self._iterable:
            return len(self.sampler if self.batch_sampler is None else self.batch_sampler)
        count = len(self.dataset)
        if self.batch_size is None:
            return count
        return count // self.batch_size if self.drop_last else -(-count // self.batch_size)


def _check_workers(num_workers, timeout, prefetch_factor, persistent_workers):
    if num_workers < 0:
        raise ValueError(
            "num_workers option should be non-negative; use num_workers=0 to disable multiprocessing."
        )
    if timeout < 0:
        raise ValueError("timeout option should be non-negative")
    if num_workers == 0 and prefetch_factor is not None:
        raise ValueError(
            "prefetch_factor option could only be specified in multiprocessing.let num_workers > 0 to enable "
            "multiprocessing, otherwise set prefetch_factor to None."
        )
    if prefetch_factor is not None and prefetch_factor < 0:
        raise ValueError("prefetch_factor option should be non-negative")
    if persistent_workers and num_workers == 0:
        raise ValueError("persistent_workers option needs num_workers > 0")


def _check_iterable(shuffle, sampler, batch_sampler):
    for name, value, unset in (
        ("shuffle", shuffle, shuffle in (False, None)),
        ("sampler", sampler, sampler is None),
        ("batch_sampler", batch_sampler, batch_sampler is None),
    ):
        if not unset:
            raise ValueError(
                f"DataLoader with IterableDataset: expected unspecified {name} option, but got {name}={value}"
            )


class _Fetcher:
    """Takes samples from a data set and collates them."""

    def __init__(self, loader, dataset):
        self.loader = loader
        self.dataset = dataset
        self.samples = iter(dataset) if loader._iterable else None
        self.ended = False

    def fetch(self, indices):
        """The batch of these indices. Raises StopIteration where there are no more samples."""
        collate = self.loader.collate_fn
        batched = self.loader.batch_sampler is not None
        if self.samples is not None:
            return collate(self._next(indices) if batched else next(self.samples))
        if not batched:
            return collate(self.dataset[indices])
        if hasattr(self.dataset, "__getitems__") and self.dataset.__getitems__:
            return collate(self.dataset.__getitems__(indices))
        return collate([self.dataset[index] for index in indices])

    def _next(self, indices):
        batch = []
        for _ in indices:
            try:
                batch.append(next(self.samples))
            except StopIteration:
                self.ended = True
                break
        if not batch or (self.loader.drop_last and len(batch) < len(indices)):
            raise StopIteration
        return batch


class _Walk:
    """One walk through the data."""

    def __init__(self, loader):
        from ... import empty, int64

        self.indices = iter(loader.sampler if loader.batch_sampler is None else loader.batch_sampler)
        # A seed for workers is drawn at the start of every walk, also where there are none.
        seed = empty((), dtype=int64).random_(generator=loader.generator).item()
        count = loader.num_workers
        workers = [Worker(i, count, seed, loader.dataset, loader.worker_init_fn) for i in range(count)]
        if workers:
            self.turns = [
                (worker, worker.run(_Fetcher, loader, worker.info.dataset)) for worker in workers
            ]
        else:
            self.turns = [(None, _Fetcher(loader, loader.dataset))]
        self.next = 0

    def __iter__(self):
        return self

    def __next__(self):
        while self.turns:
            worker, fetcher = self.turns[self.next]
            indices = next(self.indices)
            try:
                if fetcher.ended:
                    raise StopIteration
                batch = fetcher.fetch(indices) if worker is None else worker.run(fetcher.fetch, indices)
            except StopIteration:
                # This worker has no more; the others go on.
                del self.turns[self.next]
                self.next %= max(len(self.turns), 1)
                continue
            self.next = (self.next + 1) % len(self.turns)
            return batch
        raise StopIteration
