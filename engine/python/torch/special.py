"""torch.special: special functions, as far as the engine has them."""

from . import _assemble, _missing

globals().update(_assemble.functions_for("special"))
_missing.fill_functions("torch.special", globals())
__getattr__ = _missing.module_getattr("torch.special")
