"""Layers that learn the size of their input from the first one they see, and then become ordinary layers."""

from ..parameter import UninitializedBuffer, UninitializedParameter, is_lazy


class LazyModuleMixin:
    """What lazy layers have in common. A subclass says in ``initialize_parameters(input)`` what it learns."""

    #: The class that the layer becomes.
    cls_to_become = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._initialize_hook = self.register_forward_pre_hook(_initialise, with_kwargs=True)
        self._load_hook = self._register_load_state_dict_pre_hook(self._take_shapes)

    def initialize_parameters(self, *args, **kwargs):
        """Gives the parameters their shapes, once the input is known."""
        raise NotImplementedError(f"initialize_parameters is not implemented for {type(self).__name__}")

    def has_uninitialized_params(self):
        """Whether parameters or buffers still wait for their shapes."""
        return any(
            is_lazy(value) for table in (self._parameters, self._buffers) for value in table.values()
        )

    def _save_to_state_dict(self, destination, prefix, keep_vars):
        super()._save_to_state_dict(destination, prefix, True)
        for name, value in self._own_state():
            if not (keep_vars or is_lazy(value)):
                destination[prefix + name] = value.detach()

    def _take_shapes(self, state_dict, prefix, *_rest):
        """State that is loaded before the first input tells the shapes."""
        for table in (self._parameters, self._buffers):
            for name, value in table.items():
                given = state_dict.get(prefix + name)
                if is_lazy(value) and given is not None and not is_lazy(given):
                    value.materialize(given.shape)

    def __deepcopy__(self, memo):
        import copy

        copied = type(self).__new__(type(self))
        memo[id(self)] = copied
        state = {key: value for key, value in self.__dict__.items() if key not in ("_initialize_hook", "_load_hook")}
        state = {**state, "_forward_pre_hooks": {}, "_forward_pre_hooks_with_kwargs": {}, "_load_state_dict_pre_hooks": {}}
        copied.__dict__.update(copy.deepcopy(state, memo))
        fresh = copied.__dict__
        for name in ("_forward_pre_hooks", "_forward_pre_hooks_with_kwargs", "_load_state_dict_pre_hooks"):
            fresh[name] = type(self.__dict__[name])()
        copied._initialize_hook = copied.register_forward_pre_hook(_initialise, with_kwargs=True)
        copied._load_hook = copied._register_load_state_dict_pre_hook(copied._take_shapes)
        return copied


def _initialise(module, args, kwargs):
    """The hook before the first forward."""
    module.initialize_parameters(*args, **kwargs)
    if module.has_uninitialized_params():
        raise RuntimeError(f"module {module._get_name()} has not been fully initialized")
    module._initialize_hook.remove()
    module._load_hook.remove()
    del module._initialize_hook
    del module._load_hook
    if module.cls_to_become is not None:
        module.__class__ = module.cls_to_become


def without_shape(wanted, *, buffer=False, **options):
    """An uninitialised parameter or buffer where one is wanted."""
    if not wanted:
        return None
    return UninitializedBuffer(**options) if buffer else UninitializedParameter(**options)
