"""A softmax for very many classes: frequent ones in a head, rare ones in clusters with smaller projections."""

from collections import namedtuple
from itertools import pairwise

from torch.nn import functional as F

from .container import ModuleList, Sequential
from .linear import Linear
from .module import Module

_Answer = namedtuple("_ASMoutput", ["output", "loss"])
_Answer.__module__ = "torch.nn.modules.adaptive"


def _are_cutoffs(cutoffs, n_classes):
    rising = all(low < high for low, high in pairwise(cutoffs))
    return rising and all(int(each) == each for each in cutoffs) and cutoffs[0] > 0 and cutoffs[-1] <= n_classes - 1


class AdaptiveLogSoftmaxWithLoss(Module):
    """Log-probabilities of targets (N) for inputs (N, in_features), and their mean loss (Grave et al. 2016).

    Classes below ``cutoffs[0]`` are told by the head; each later range has a cluster, whose width falls by ``div_value``.
    Raises ValueError for cutoffs that do not rise within the classes, RuntimeError for targets outside of them.
    """

    def __init__(
        self, in_features, n_classes, cutoffs, div_value=4.0, head_bias=False, device=None, dtype=None
    ):
        super().__init__()
        cutoffs = list(cutoffs)
        if not cutoffs:
            raise ValueError("cutoffs should be a sequence of length larger than 0")
        if not _are_cutoffs(cutoffs, n_classes):
            raise ValueError(
                "cutoffs should be a sequence of unique, positive integers sorted in an increasing order, where each "
                "value is between 1 and n_classes-1"
            )
        options = {"device": device, "dtype": dtype}
        self.in_features = in_features
        self.n_classes = n_classes
        self.cutoffs = [*cutoffs, n_classes]
        self.div_value = div_value
        self.head_bias = head_bias
        self.shortlist_size = self.cutoffs[0]
        self.n_clusters = len(self.cutoffs) - 1
        self.head_size = self.shortlist_size + self.n_clusters
        self.head = Linear(in_features, self.head_size, bias=head_bias, **options)
        self.tail = ModuleList()
        for i, (low, high) in enumerate(pairwise(self.cutoffs)):
            width = int(in_features // div_value ** (i + 1))
            self.tail.append(
                Sequential(
                    Linear(in_features, width, bias=False, **options), Linear(width, high - low, bias=False, **options)
                )
            )

    def reset_parameters(self):
        """New random weights."""
        self.head.reset_parameters()
        for inner, outer in self.tail:
            inner.reset_parameters()
            outer.reset_parameters()

    def forward(self, input_, target_):
        dims = target_.dim()
        if dims > 1:
            raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
        if dims == 1 and input_.size(0) != target_.size(0):
            raise RuntimeError("Input and target should have the same size in the batch dimension.")
        if input_.dim() != dims + 1:
            raise RuntimeError(
                f"{dims}D target tensor expects {dims + 1}D input tensors, but found inputs with size {input_.size()}"
            )
        input, target = (input_, target_) if dims else (input_.unsqueeze(0), target_.unsqueeze(0))
        output = input.new_zeros(target.size(0))
        in_head = target.new_empty(target.size(0))
        seen = 0
        for i, (low, high) in enumerate(pairwise([0, *self.cutoffs])):
            mask = (target >= low) & (target < high)
            rows = mask.nonzero().squeeze()
            if rows.numel() == 0:
                continue
            seen += rows.numel()
            if i == 0:
                in_head.index_copy_(0, rows, target[mask])
                continue
            of_cluster = F.log_softmax(self.tail[i - 1](input.index_select(0, rows)), dim=1)
            in_head.index_fill_(0, rows, self.shortlist_size + i - 1)
            own = of_cluster.gather(1, (target[mask] - low).unsqueeze(1))
            output.index_copy_(0, rows, own.squeeze(1))
        if seen != target.size(0):
            raise RuntimeError(
                f"Target values should be in [0, {self.n_classes - 1}], but values in range [{target.min().item()}, "
                f"{target.max().item()}] were found. "
            )
        of_head = F.log_softmax(self.head(input), dim=1)
        output += of_head.gather(1, in_head.unsqueeze(1)).squeeze()
        loss = (-output).mean()
        return _Answer(output if dims else output.squeeze(0), loss)

    def _of_all(self, input, head_output):
        found = input.new_empty((head_output.size(0), self.n_classes))
        of_head = F.log_softmax(head_output, dim=1)
        found[:, : self.shortlist_size] = of_head[:, : self.shortlist_size]
        for i, (low, high) in enumerate(pairwise(self.cutoffs)):
            of_cluster = F.log_softmax(self.tail[i](input), dim=1)
            found[:, low:high] = of_cluster + of_head[:, self.shortlist_size + i].unsqueeze(1)
        return found

    def log_prob(self, input):
        """Log-probabilities (N, n_classes) of all classes."""
        return self._of_all(input, self.head(input))

    def predict(self, input):
        """The most probable class of each row."""
        head_output = self.head(input)
        best = head_output.argmax(dim=1)
        rare = best >= self.shortlist_size
        if not rare.any():
            return best
        if rare.all():
            return self._of_all(input, head_output).argmax(dim=1)
        best[rare] = self._of_all(input[rare], head_output[rare]).argmax(dim=1)
        return best
