"""torch.utils.data.dataloader: the loader and what it is made of, under the name of PyTorch's module."""

from .collate import default_collate, default_convert
from .dataset import Dataset, IterableDataset
from .loader import DataLoader
from .sampler import BatchSampler, RandomSampler, Sampler, SequentialSampler
from .worker import get_worker_info

__all__ = ["DataLoader", "default_collate", "default_convert", "get_worker_info"]
