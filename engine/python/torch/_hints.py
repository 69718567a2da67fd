"""What can be done instead of what is not here: a few words behind the name in the message."""

import re

_COMPLEX = "complex numbers are not here: real and imaginary part can be two tensors"
_SPARSE = "sparse tensors are not here: a dense tensor computes the same"
_QUANTISED = "quantised tensors are not here: float tensors compute the same without rounding to steps"
_FUNC = "torch.autograd.functional or a loop does the same"
_HINTS = [
    (re.compile(pattern), hint)
    for pattern, hint in (
        (r"complex|cfloat|cdouble|chalf|\bpolar\b|view_as_real|torch\.fft|linalg\.eig(vals)?\b|[ir]?stft\b", _COMPLEX),
        (r"uint(16|32|64)", "int32 and int64 are here"),
        (r"float8|float4|uint[1-7]\b|\bint[1-7]\b|bits\d", "float16 and bfloat16 are the smallest floats here"),
        (r"sparse|to_mkldnn|\b[hds]s(add)?mm\b", _SPARSE),
        (r"quant|qint|quint|int_repr|q_(scale|zero|per)|qscheme", _QUANTISED),
        (r"\bvmap\b|torch\.func\b|functorch", _FUNC),
        (r"forward_ad|_fw_|make_dual|unpack_dual|enter_dual", "torch.autograd.functional.jvp gives the same numbers"),
        (r"torch\.jit|TorchScript|[Ss]cript(Module|Function)", "the module or function itself can be called"),
        (r"torch\.distributed|DataParallel|multiprocessing", "one process computes: the model itself can be called"),
        (r"from_numpy|numpy|frombuffer|dlpack", "torch.tensor(list) and tolist() go between tensors and Python"),
        (r"torch\.hub|torch\.onnx|torch\.export|torch\.package", "the model can be built in the code"),
        (r"torch\.profiler|torch\.monitor", "the inspector's timeline shows what ran"),
        (r"the device 'meta'", "tensors always have memory here"),
        (r"TorchFunctionMode|TorchDispatchMode", "a subclass of Tensor with __torch_function__ sees its operators"),
    )
]


def hint(what):
    """The words in parentheses that follow a name, or nothing."""
    if "(" in what:
        return ""
    for pattern, words in _HINTS:
        if pattern.search(what):
            return f" ({words})"
    return ""
