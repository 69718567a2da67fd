"""torch.testing.assert_close: containers are walked in step, and the first leaf that differs is reported."""

import collections.abc
import math

import torch

#: What a dtype may differ by when nothing is said: (rtol, atol).
_TOLERANCES = {
    "torch.float16": (1e-3, 1e-5),
    "torch.bfloat16": (1.6e-2, 1e-5),
    "torch.float32": (1.3e-6, 1e-5),
    "torch.float64": (1e-7, 1e-7),
}


class _Mismatch(Exception):
    """What differs, and at which place of nested containers."""

    def __init__(self, text, place=(), kind=AssertionError):
        super().__init__(text)
        self.text, self.place, self.kind = text, place, kind


def assert_close(
    actual,
    expected,
    *,
    allow_subclasses=True,
    rtol=None,
    atol=None,
    equal_nan=False,
    check_device=True,
    check_dtype=True,
    check_layout=True,
    check_stride=False,
    msg=None,
):
    """Raises AssertionError unless ``|actual - expected| <= atol + rtol * |expected|`` holds everywhere.

    Tensors, Python numbers, None, and sequences and mappings of them are compared; shape, dtype and device as
    well. ``msg`` replaces the message, or makes one out of it.
    """
    if (rtol is None) != (atol is None):
        missing = "atol" if atol is None else "rtol"
        raise ValueError(f"Both 'rtol' and 'atol' must be either specified or omitted, but got no {missing}.")
    options = {
        "allow_subclasses": allow_subclasses,
        "tolerance": None if rtol is None else (rtol, atol),
        "equal_nan": equal_nan,
        "check_device": check_device,
        "check_dtype": check_dtype,
        "check_layout": check_layout,
        "check_stride": check_stride,
    }
    try:
        _compare(actual, expected, options, ())
    except _Mismatch as found:
        text = found.text
        if found.place:
            items = "".join(f"[{key!r}]" for key in found.place)
            text = f"{text}\n\nThe failure occurred for item {items}"
        if msg is not None:
            text = msg(text) if callable(msg) else msg
        kind = found.kind
    else:
        return
    raise kind(text)


def _is_sequence(value):
    return isinstance(value, collections.abc.Sequence) and not isinstance(value, str)


def _compare(actual, expected, options, place):
    if _is_sequence(actual) and _is_sequence(expected):
        if len(actual) != len(expected):
            raise _Mismatch(f"The length of the sequences mismatch: {len(actual)} != {len(expected)}", place)
        for index, (left, right) in enumerate(zip(actual, expected)):
            _compare(left, right, options, (*place, index))
    elif isinstance(actual, collections.abc.Mapping) and isinstance(expected, collections.abc.Mapping):
        missing, added = set(expected) - set(actual), set(actual) - set(expected)
        if missing or added:
            raise _Mismatch(
                "The keys of the mappings do not match:\n"
                f"Missing keys in the actual mapping: {_sorted(missing)}\n"
                f"Additional keys in the actual mapping: {_sorted(added)}",
                place,
            )
        for key in _sorted(actual):
            _compare(actual[key], expected[key], options, (*place, key))
    else:
        _compare_leaves(actual, expected, options, place)


def _sorted(keys):
    try:
        return sorted(keys)
    except TypeError:
        return list(keys)


def _compare_leaves(actual, expected, options, place):
    if actual is None or expected is None:
        if actual is not expected:
            raise _Mismatch(f"None mismatch: {actual} is not {expected}", place)
    elif isinstance(actual, bool) and isinstance(expected, bool):
        if actual is not expected:
            raise _Mismatch(f"Booleans mismatch: {actual} is not {expected}", place)
    elif isinstance(actual, (int, float, complex)) and isinstance(expected, (int, float, complex)):
        _compare_numbers(actual, expected, options, place)
    elif _tensor_like(actual, expected, options["allow_subclasses"]):
        _compare_tensors(actual, expected, options, place)
    else:
        raise _Mismatch(
            "No comparison pair was able to handle inputs of type "
            f"{type(actual)} and {type(expected)}.",
            place,
            TypeError,
        )


def _tensor_like(actual, expected, allow_subclasses):
    if not (isinstance(actual, torch.Tensor) and isinstance(expected, torch.Tensor)):
        return False
    related = isinstance(actual, type(expected)) or isinstance(expected, type(actual))
    return related if allow_subclasses else type(actual) is type(expected)


def _compare_numbers(actual, expected, options, place):
    if options["check_dtype"] and type(actual) is not type(expected):
        raise _Mismatch(f"The (d)types do not match: {type(actual)} != {type(expected)}.", place)
    exact = (0.0, 0.0)
    natural = exact if isinstance(actual, int) and isinstance(expected, int) else (1e-7, 1e-7)
    rtol, atol = options["tolerance"] or natural
    if actual == expected:
        return
    if options["equal_nan"] and actual != actual and expected != expected:
        return
    difference = abs(actual - expected)
    if math.isfinite(difference) and difference <= atol + rtol * abs(expected):
        return
    raise _Mismatch(_scalars_differ(actual, expected, rtol, atol), place)


def _scalars_differ(actual, expected, rtol, atol):
    difference = abs(actual - expected)
    relative = math.inf if expected == 0 else difference / abs(expected)
    equality = rtol == 0 and atol == 0
    return (
        f"Scalars are not {'equal' if equality else 'close'}!\n\n"
        f"Expected {expected} but got {actual}.\n"
        f"Absolute difference: {difference}{'' if equality else f' (up to {atol} allowed)'}\n"
        f"Relative difference: {relative}{'' if equality else f' (up to {rtol} allowed)'}"
    )


def _compare_tensors(actual, expected, options, place):
    def must_match(name, left, right):
        if left != right:
            raise _Mismatch(f"The values for attribute '{name}' do not match: {left} != {right}.", place)

    must_match("shape", actual.shape, expected.shape)
    if options["check_layout"]:
        must_match("layout", actual.layout, expected.layout)
    if options["check_device"]:
        must_match("device", actual.device, expected.device)
    if options["check_dtype"]:
        must_match("dtype", actual.dtype, expected.dtype)
    if options["check_stride"]:
        must_match("stride()", actual.stride(), expected.stride())
    rtol, atol = options["tolerance"] or _natural(actual.dtype, expected.dtype)
    with torch.no_grad():
        actual, expected = actual.detach(), expected.detach()
        if actual.dtype != expected.dtype:
            common = torch.promote_types(actual.dtype, expected.dtype)
            actual, expected = actual.to(common), expected.to(common)
        close = torch.isclose(actual, expected, rtol=rtol, atol=atol, equal_nan=options["equal_nan"])
        if bool(close.all()):
            return
        if actual.dim() == 0:
            raise _Mismatch(_scalars_differ(actual.item(), expected.item(), rtol, atol), place)
        raise _Mismatch(_tensors_differ(actual, expected, close, rtol, atol), place)


def _natural(*dtypes):
    pairs = [_TOLERANCES.get(str(dtype), (0.0, 0.0)) for dtype in dtypes]
    return max(pair[0] for pair in pairs), max(pair[1] for pair in pairs)


def _tensors_differ(actual, expected, close, rtol, atol):
    if not actual.dtype.is_floating_point:
        actual, expected = actual.to(torch.int64), expected.to(torch.int64)
    wrong, total = int((~close).sum()), close.numel()
    distance = (actual - expected).abs()
    # What is close counts for nothing, even where it is NaN.
    distance[close] = 0
    relative = distance / expected.abs()
    relative[close] = 0
    equality = rtol == 0 and atol == 0

    def greatest(kind, differences, tolerance):
        worst, flat = differences.reshape(-1).max(0)
        place, at = [], int(flat)
        for size in reversed(differences.shape):
            at, index = divmod(at, size)
            place.insert(0, index)
        allowed = "" if equality else f" (up to {tolerance} allowed)"
        return f"Greatest {kind} difference: {worst.item()} at index {tuple(place)}{allowed}"

    return (
        f"Tensor-likes are not {'equal' if equality else 'close'}!\n\n"
        f"Mismatched elements: {wrong} / {total} ({wrong / total:.1%})\n"
        f"{greatest('absolute', distance, atol)}\n"
        f"{greatest('relative', relative, rtol)}"
    )
