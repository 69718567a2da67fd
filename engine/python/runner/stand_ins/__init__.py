"""What stands in for packages that are not here: a little of some, silence for plots, a hint for each."""

from . import numpy, plots, progress

#: Packages whose use does nothing, and needs to do nothing, to what is computed.
QUIET = frozenset("matplotlib seaborn plotly tqdm wandb tensorboard tensorboardX".split())

_TENSORS = "torch.tensor, torch.linspace, torch.arange and the methods of tensors do most of the same."
_DATA = "Write a few rows of the data into the code, or make some with torch.randn."
HINTS = {
    "numpy": _TENSORS,
    "scipy": _TENSORS,
    "cupy": _TENSORS,
    "jax": _TENSORS,
    "tensorflow": _TENSORS,
    "pandas": _DATA,
    "sklearn": _DATA,
    "datasets": _DATA,
    "torchvision": "Images and models have to be made in the code: torch.rand(8, 3, 32, 32), nn.Sequential(...).",
    "torchaudio": _DATA,
    "torchtext": _DATA,
    "PIL": "torch.rand(3, 32, 32) can take an image's place.",
    "cv2": "torch.rand(3, 32, 32) can take an image's place.",
    "transformers": "A small model of torch.nn layers can take its place: nn.TransformerEncoderLayer.",
    "einops": "Tensor.reshape, permute and torch.einsum do the same.",
    "matplotlib": "Plots are not drawn; calls that draw do nothing.",
    "seaborn": "Plots are not drawn; calls that draw do nothing.",
    "plotly": "Plots are not drawn; calls that draw do nothing.",
    "tqdm": "Loops run without a bar.",
    "wandb": "Nothing is logged; calls that log do nothing.",
    "tensorboard": "Nothing is logged; calls that log do nothing.",
    "tensorboardX": "Nothing is logged; calls that log do nothing.",
    "pytorch_lightning": "The training loop has to be written out: backward(), optimizer.step().",
    "lightning": "The training loop has to be written out: backward(), optimizer.step().",
    "torchviz": "The inspector draws the graph of every snippet.",
    "torchsummary": "print(model) shows its layers.",
    "torchinfo": "print(model) shows its layers.",
}


def find_module(name):
    """The module that takes the place of `name`, or None where a plain stand-in does."""
    package, _, rest = name.partition(".")
    if package in ("tqdm",):
        return progress.module(name)
    if package in QUIET:
        return plots.module(name)
    if package == "numpy":
        return numpy.module(name, rest)
    return None
