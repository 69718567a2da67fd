"""torch.optim: optimizers, computed in place on the parameters as PyTorch's single-tensor forms are."""

from . import lr_scheduler
from .adagrad import Adagrad
from .adam import Adam, AdamW
from .optimizer import Optimizer
from .rmsprop import RMSprop
from .sgd import SGD
from .. import _missing

__all__ = ["Optimizer", "SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "lr_scheduler"]

_missing.fill_functions("torch.optim", globals())
__getattr__ = _missing.module_getattr("torch.optim")
