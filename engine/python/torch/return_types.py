"""torch.return_types: the classes of named results, made when an operator first returns one."""

from . import _registry, _return_types

for _entry in _registry.ENTRIES:
    if _entry.names:
        globals()[_entry.name] = _return_types.named(_entry.name, _entry.names)
del _entry
