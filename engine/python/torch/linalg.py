"""torch.linalg: linear algebra, as far as the engine has it."""

from . import _assemble, _missing
from ._errors import _LinAlgError

LinAlgError = _LinAlgError
globals().update(_assemble.functions_for("linalg"))
_missing.fill_functions("torch.linalg", globals())
__getattr__ = _missing.module_getattr("torch.linalg")
