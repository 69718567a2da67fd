"""From any way in which Python may call an operator to the numbers that cross: names, defaults, numbers for tensors.

Signatures are tried in PyTorch's order and with its texts; the values that were bound then choose the operator.
"""

from . import _device, _dtype, _engine, _parameters, _signatures
from ._errors import not_available
from ._handles import settle
from ._overrides import ask, taking_part
from ._parameters import Parameter, Signature, no_match, parse_text
from ._return_types import several

_TYPES = {
    "Tensor": "Tensor",
    "Scalar": "Number",
    "int": "int",
    "float": "float",
    "bool": "bool",
    "str": "str",
    "ScalarType": "torch.dtype",
    "int[]": "tuple of ints",
    "Tensor[]": "tuple of Tensors",
    "Tensor?[]": "tuple of Tensors",
}

#: Functions that make tensors: they take these keywords beside those of their operator.
_RANDOM = frozenset(
    "rand randn randint randperm rand_like randn_like randint_like bernoulli bernoulli_ multinomial normal normal_ "
    "uniform_ random_ exponential_ cauchy_ geometric_ log_normal_ poisson binomial".split()
)
_FACTORY = "torch.layout layout = None, torch.device device = None, bool pin_memory = False, bool requires_grad = False"
_FACTORIES = frozenset(
    "zeros ones empty full arange linspace logspace eye rand randn randint randperm tril_indices triu_indices "
    "scalar_tensor empty_strided zeros_like ones_like empty_like full_like rand_like randn_like randint_like "
    "new_zeros new_ones new_empty new_full new_empty_strided".split()
)
#: Must be named, and are taken by the fast path in their places (_dispatch.NAMED_FACTORS).
_FACTORS = frozenset(("alpha", "beta", "value"))
#: Functions that take a number for a tensor also where they write into a given one.
_NUMBER_FUNCTIONS = frozenset("divide floor_divide multiply subtract true_divide".split())
#: Functions of torch that write into no given tensor.
_WITHOUT_OUT = frozenset(
    "adaptive_avg_pool1d adaptive_max_pool1d adjoint allclose argwhere avg_pool1d bilinear "
    "binary_cross_entropy_with_logits bincount binomial celu channel_shuffle chunk clone combinations conj "
    "conv_tbc conv_transpose1d conv_transpose2d conv_transpose3d corrcoef cosine_embedding_loss "
    "cosine_similarity cov det detach diag_embed diagflat diagonal diagonal_scatter dist embedding "
    "embedding_bag empty_like equal flatten fliplr flipud full_like get_device group_norm "
    "hinge_embedding_loss is_complex is_conj is_floating_point is_inference is_neg is_nonzero is_same_size "
    "is_signed isclose isfinite isinf isnan isreal kl_div logdet margin_ranking_loss masked_scatter "
    "matrix_exp max_pool1d max_pool1d_with_indices max_pool2d max_pool3d native_channel_shuffle "
    "norm_except_dim numel ones_like pairwise_distance pdist pinverse pixel_shuffle pixel_unshuffle poisson "
    "positive prelu put ravel real relu resolve_conj resolve_neg roll rot90 rrelu selu t trace "
    "triplet_margin_loss unbind unsafe_chunk unsafe_split unsqueeze vander zeros_like".split()
)
#: Functions that make numbers of the dtype of the tensor they are given to fill.
_FILLED = frozenset("zeros ones full empty eye arange linspace logspace randn".split())
#: What is looked after here and not by the operator.
_OWN = frozenset(("out", "layout", "device", "pin_memory", "requires_grad", "memory_format", "generator"))

_PYTHON_DTYPES = {float: _dtype.float64, int: _dtype.int64, bool: _dtype.bool}


def text_of_default(param):
    """ATen's text of a default as PyTorch's signatures print it."""
    return param.default


#: What the fast path answers where it does not fit.
MISSED = object()


class Overloads:
    """All operators behind one Python name."""

    #: The fast path alone, for arguments that were put in order; _dispatch.py sets it.
    fast = None
    #: The function as everybody knows it; _dispatch.py sets it.
    function = None

    def __init__(self, name, qualified, entries, method):
        self.name = name
        self.entries = entries
        self.method = method
        self.qualified = qualified
        self._signatures = None
        self._positions = _positions(entries, method)
        #: So many may stand without a name in front of a factor.
        self._unnamed = min(sum(not param.keyword_only for param in entry.params) for entry in entries)
        self._renames_input = not any("input" in entry.by_name for entry in entries)
        self.no_arguments = method and name in _signatures.NO_ARGUMENTS

    def shown(self, entry):
        """The parameters of an operator as a signature text."""
        parts = []
        keyword_only = False
        for param in entry.params[1:] if self.method else entry.params:
            if param.keyword_only and not keyword_only:
                keyword_only = True
                parts.append("*")
            name = "input" if param.name == "self" else param.name
            type_ = _TYPES[param.kind if param.kind in _TYPES else param.kind.rstrip("?")]
            parts.append(f"{type_} {name}" + (f" = {text_of_default(param)}" if param.default is not None else ""))
        return ", ".join(parts)

    @property
    def signatures(self):
        """(signatures, whether the errors list them), made when they are first needed."""
        if self._signatures is None:
            self._signatures = self._make_signatures()
        return self._signatures

    def _make_signatures(self):
        table = _signatures.METHODS if self.method else _signatures.FUNCTIONS
        texts = table.get(self.qualified) or (table.get(self.name) if self.qualified.startswith("nn.") else None)
        if texts is not None:
            made = []
            for text in texts:
                parameters = parse_text(text)
                for parameter in parameters:
                    self._complete(parameter)
                made.append(Signature(self.name, parameters, text))
            return made, True
        main = [entry for entry in self.entries if not self._is_scalar_form(entry)] or self.entries
        made = []
        for entry in main:
            made.append(Signature(self.name, self._parameters(entry), f"({self.shown(entry)})"))
        return made, len(made) > 1

    def _is_scalar_form(self, entry):
        return entry.key.endswith(".Scalar") and any(
            other is not entry and other.name == entry.name and not other.key.endswith(".Scalar")
            for other in self.entries
        )

    def _complete(self, parameter):
        """What the text of a signature does not tell: list sizes, whether a number stands for a tensor."""
        for entry in self.entries:
            param = entry.by_name.get("self" if parameter.name == "input" else parameter.name)
            if param is None:
                continue
            if parameter.type == "tuple of ints" and param.kind.startswith("int[]"):
                parameter.list_size = parameter.list_size or param.list_size
            if parameter.type == "Tensor" and self._takes_numbers() and (param.kind == "Scalar" or not self.method):
                parameter.numbers = True
            if param.kind.endswith("?"):
                parameter.nullable = True

    def _takes_numbers(self):
        return self.name in _signatures.NUMBERS or (not self.method and self.name in _NUMBER_FUNCTIONS)

    def _parameters(self, entry):
        scalar_names = {
            param.name for other in self.entries for param in other.params if param.kind.startswith("Scalar")
        }
        parameters = []
        for param in entry.params[1:] if self.method else entry.params:
            kind = param.kind if param.kind in _TYPES else param.kind.rstrip("?")
            parameters.append(
                Parameter(
                    "input" if param.name == "self" else param.name,
                    "torch.memory_format" if param.name == "memory_format" else _TYPES[kind],
                    param.default,
                    param.keyword_only,
                    param.list_size,
                    numbers=kind == "Tensor"
                    and (param.name in scalar_names or not self.method and self._takes_numbers()),
                    nullable=param.kind.endswith("?"),
                )
            )
        known = {parameter.name for parameter in parameters}
        extra = []
        if self.name in _FACTORIES:
            extra = parse_text(f"(*, torch.dtype dtype = None, {_FACTORY})")
            if self.name.endswith("_like"):
                extra += parse_text("(*, torch.memory_format memory_format = None)")
        if self.name in _RANDOM:
            extra += parse_text("(*, torch.Generator generator = None)")
        if not self.method and not entry.inplace and self.qualified not in _WITHOUT_OUT:
            type_ = "tuple of Tensors" if entry.many else "Tensor"
            extra += parse_text(f"(*, {type_} out = None)")
        for parameter in extra:
            if parameter.name not in known:
                parameters.append(parameter)
        return parameters

    # ---- calling

    def slow(self, args, kwargs):
        """Parses and runs. Of a method, ``args[0]`` is self."""
        found = taking_part(args, kwargs)
        if found:
            return ask(self.function, found, args, kwargs)
        if kwargs:
            ordered = self._in_order(args, kwargs)
            if ordered is not None:
                result = self.fast(*ordered)
                if result is not MISSED:
                    return result
        given = args[1:] if self.method else args
        if self.no_arguments:
            if kwargs:
                raise TypeError(f"TensorBase.{self.name}() takes no keyword arguments")
            if given:
                raise TypeError(f"TensorBase.{self.name}() takes no arguments ({len(given)} given)")
        values = self.bind(given, kwargs)
        if self.method:
            values["self"] = args[0]
        return self.run(values)

    def _in_order(self, args, kwargs):
        """Keywords put to their places behind the positional arguments; None where that leaves a gap."""
        count = len(args)
        total = count + len(kwargs)
        ordered = [*args, *kwargs]
        for name, value in kwargs.items():
            position = self._positions.get(name)
            if position is None or not count <= position < total:
                return None
            if count > self._unnamed and name in _FACTORS:
                return None
            ordered[position] = value
        return ordered

    def bind(self, args, kwargs):
        """The given values by name, with ``self`` for ``input``."""
        signatures, listed = self.signatures
        if not listed:
            values = signatures[0].bind(args, kwargs, raising=True)
        else:
            for signature in signatures:
                values = signature.bind(args, kwargs)
                if values is not None:
                    break
            else:
                no_match(self.name, signatures, args, kwargs)
        if "input" in values and self._renames_input:
            values["self"] = values.pop("input")
        return values

    def run(self, values):
        """Runs the operator that takes these values."""
        own = {name: values.pop(name) for name in _OWN if name in values} if _OWN & values.keys() else None
        if own:
            self._check_own(own)
            memory_format = own.get("memory_format")
            if memory_format is not None:
                values["memory_format"] = memory_format._code
        dtype = values.get("dtype")
        if dtype is not None and type(dtype) is type:
            values["dtype"] = dtype = _PYTHON_DTYPES[dtype]
        if own and self.name in _FILLED and own.get("out") is not None:
            wanted = own["out"].dtype
            if dtype is not None and dtype is not wanted:
                raise RuntimeError(
                    f"dtype {dtype._scalar_name} does not match dtype of out parameter ({wanted._scalar_name})"
                )
            values["dtype"] = wanted
        entry = self.choose(values)
        generator = own.get("generator") if own else None
        if own and own.get("out") is not None and _engine.autocast():
            # What is written into a given tensor is computed as it comes.
            _engine.pause_autocast(True)
            try:
                result = run(entry, values)
            finally:
                _engine.pause_autocast(False)
        elif generator is None:
            result = run(entry, values)
        else:
            _engine.use_generator(generator._g)
            try:
                result = run(entry, values)
            finally:
                _engine.use_generator(0)
        if own:
            result = self._finish(result, own, entry, values)
        return result

    def choose(self, values):
        best = None
        best_cost = 1000
        for entry in self.entries:
            cost = _cost(entry, values)
            if cost < best_cost:
                best, best_cost = entry, cost
        if best is None:
            if any(isinstance(value, complex) for value in values.values()):
                raise not_available(f"a complex number in {self.name}")
            given = ", ".join(f"{name}: {type(value).__name__}" for name, value in values.items())
            prefix = "Tensor" if self.method else "torch"
            raise not_available(f"{prefix}.{self.qualified}({given})")
        return best

    def _check_own(self, own):
        place = own.get("device")
        if place is not None:
            _device.require_cpu(place)
        layout = own.get("layout")
        if layout is not None and layout is not _dtype.strided:
            raise not_available(f"the layout {layout!r}")

    def _finish(self, result, own, entry, values):
        out = own.get("out")
        if out is not None:
            from ._out import write_out

            return write_out(self.name, out, result, values)
        if own.get("requires_grad"):
            from ._out import make_leaf

            make_leaf(result)
        return result


def _positions(entries, method):
    """Where each parameter stands, self being 0 in a method; without those that stand at different places.

    Of those that have to be named only the factors count, which the fast path takes in their places.
    """
    found = {}
    for entry in entries:
        for position, param in enumerate(entry.params):
            if param.keyword_only and param.name not in _FACTORS:
                continue
            name = param.name if method or param.name != "self" else "input"
            found[name] = position if found.get(name, position) == position else None
    if method:
        found.pop("self", None)
    return found


def _cost(entry, values):
    """How well the values fit: 0 exactly, 1000 not at all."""
    by_name = entry.by_name
    cost = 0
    for name, value in values.items():
        param = by_name.get(name)
        if param is None:
            return 1000
        cost += _fit(param, value)
        if cost >= 1000:
            return 1000
    for param in entry.params:
        if param.default is None and param.name not in values and not param.kind.endswith("?"):
            return 1000
    # Of operators that fit alike, the one that has the fewest other parameters.
    return cost + (len(entry.params) - len(values)) * 0.01


def _fit(param, value):
    kind = param.kind
    tensor = isinstance(value, _parameters.Tensor)
    match kind:
        case "Tensor" | "Tensor?":
            return 0 if tensor else 5 if isinstance(value, (int, float)) else 1000
        case "Scalar" | "Scalar?":
            return 0 if isinstance(value, (int, float)) else 3 if tensor else 1000
        case "int" | "int?":
            return 0 if type(value) is int else 1 if _parameters.is_int(value) else 1000
        case "float" | "float?":
            return 0 if isinstance(value, (int, float)) else 3 if tensor else 1000
        case "bool" | "bool?":
            return 0 if isinstance(value, bool) else 1000
        case "str" | "str?":
            return 0 if isinstance(value, str) or value is None and kind == "str?" else 1000
        case "int[]" | "int[]?":
            if isinstance(value, (tuple, list)):
                return 0
            return 1 if param.list_size and _parameters.is_int(value) else 1000
        case "Tensor[]" | "Tensor?[]":
            return 0 if isinstance(value, (tuple, list)) else 1000
        case "ScalarType" | "ScalarType?":
            return 0 if isinstance(value, _dtype.dtype) else 1000
    return 1000


def run(entry, values):
    """Crosses with an operator's arguments by name, and makes the result."""
    params = entry.params
    last = max((i for i, param in enumerate(params) if param.name in values), default=-1)
    flat = []
    keep = []
    for index in range(last + 1):
        param = params[index]
        value = values[param.name] if param.name in values else default_of(param)
        encode(entry, index, param, value, flat, keep)
    from ._dispatch import site

    answer = _engine.call(entry.number, site(), *flat)
    if entry.many is not None:
        return several(answer, entry)
    if answer == 0:
        return values[params[0].name]
    return settle(answer, *values.values())


def default_of(param):
    """The value of ATen's text of a default; None where there is none."""
    text = param.default
    if text is None or text == "None":
        return None
    if text in ("True", "False"):
        return text == "True"
    if text[0] in "'\"":
        return text[1:-1]
    if text[0] == "[":
        return [int(item) for item in text[1:-1].split(",") if item.strip()]
    if text in ("Mean", "Sum"):
        return 1 if text == "Mean" else 2
    number = float(text)
    if param.kind.startswith(("int", "Scalar")) and "." not in text and "e" not in text:
        number = int(text)
    return [number] * (param.list_size or 1) if param.kind.startswith("int[]") else number


_KINDS = {bool: 0, int: 1, float: 2}


def encode(entry, index, param, value, flat, keep):
    """Appends what crosses for one argument. ``keep`` holds tensors made on the way until the call is over."""
    kind = param.kind
    match kind:
        case "Tensor":
            flat.append(_operand(entry, index, param, value, keep)._h)
        case "Tensor?":
            flat.append(0 if value is None else _operand(entry, index, param, value, keep)._h)
        case "Tensor[]" | "Tensor?[]":
            flat.append(len(value))
            for position, item in enumerate(value):
                if item is None and kind == "Tensor?[]":
                    flat.append(0)
                elif isinstance(item, _parameters.Tensor):
                    flat.append(item._h)
                else:
                    raise TypeError(
                        f"expected Tensor as element {position} in argument {index}, but got {type(item).__name__}"
                    )
        case "Scalar" | "Scalar?":
            if value is None:
                flat += (-1, 0)
            else:
                if not _is_number(value):
                    raise _wrong_type(entry, index, param, value)
                number = plain_number(value)
                flat += (_KINDS[type(number)], number)
        case "int[]" | "int[]?":
            if value is None and kind == "int[]" or isinstance(value, str):
                raise _wrong_type(entry, index, param, value)
            _encode_ints(entry, param, value, flat)
        case "int" | "int?":
            if isinstance(value, (str, type)):
                raise _wrong_type(entry, index, param, value)
            flat.append(None if value is None else int(value))
        case "float" | "float?":
            flat.append(None if value is None else float(value))
        case "bool" | "bool?" | "str" | "str?":
            flat.append(value)
        case _:
            flat.append(-1 if value is None else _dtype.code_of(value))


def _is_number(value):
    return isinstance(value, (int, float, complex, _parameters.Tensor))


def _operand(entry, index, param, value, keep):
    if not _is_number(value):
        raise _wrong_type(entry, index, param, value)
    return _tensor(value, keep)


def _wrong_type(entry, index, param, value):
    """What PyTorch's parser says of an argument that the package's own functions handed on."""
    name = "input" if param.name == "self" else param.name
    wanted = _TYPES[param.kind.rstrip("?")]
    return TypeError(
        f"{entry.name}(): argument '{name}' (position {index + 1}) must be {wanted}, not {_parameters.type_name(value)}"
    )


def _encode_ints(entry, param, value, flat):
    if value is None:
        flat.append(-1)
        return
    if not isinstance(value, (tuple, list)):
        value = [value] * (param.list_size or 1)
    flat.append(len(value))
    for position, item in enumerate(value):
        if type(item) is not int:
            if not _parameters.is_int(item):
                raise TypeError(
                    f"{entry.name}(): argument '{param.name}' failed to unpack the object at pos {position + 1} with "
                    f'error "type must be tuple of ints,but got {type(item).__name__}"'
                )
            item = int(item)
        flat.append(item)


def plain_number(value):
    """A bool, int or float from what may stand for a number."""
    if type(value) in _KINDS:
        return value
    if isinstance(value, _parameters.Tensor):
        return value.item()
    if isinstance(value, complex):
        raise not_available("a complex number")
    for plain in (bool, int, float):
        if isinstance(value, plain):
            return plain(value)
    raise TypeError(f"expected a number, got {type(value).__name__}")


def _tensor(value, keep):
    if isinstance(value, _parameters.Tensor):
        return value
    number = plain_number(value)
    from ._handles import wrap

    made = wrap(_engine.wrapped_number(_KINDS[type(number)], number))
    keep.append(made)
    return made
