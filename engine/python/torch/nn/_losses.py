"""Losses of torch.nn.functional: the ways to reduce, PyTorch's checks and warnings, the engine's operators."""

import torch

from .._ops import call
from .._warn import warn

_DEPRECATED = "size_average and reduce args will be deprecated, please use reduction='{}' instead."
_SIZES = (
    "Using a target size ({}) that is different to the input size ({}). This will likely lead to incorrect results due "
    "to broadcasting. Please ensure they have the same size."
)
_NUMBERS = {"none": 0, "mean": 1, "sum": 2}


def legacy_reduction(size_average, reduce):
    """What the two older arguments mean, with a warning; None where neither is given."""
    if size_average is None and reduce is None:
        return None
    # Asked for their truth, as a loss that is given tensors where these stand has to find out.
    average = size_average is None or bool(size_average)
    reduced = reduce is None or bool(reduce)
    reduction = "mean" if average and reduced else "sum" if reduced else "none"
    warn(_DEPRECATED.format(reduction))
    return reduction


def _reduction(reduction, size_average=None, reduce=None):
    """The number of a way to reduce; the old flags override it."""
    reduction = legacy_reduction(size_average, reduce) or reduction
    if reduction == "elementwise_mean":
        warn("reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.")
        reduction = "mean"
    if reduction not in _NUMBERS:
        raise ValueError(f"{reduction} is not a valid value for reduction")
    return _NUMBERS[reduction]


def _same_size(input, target):
    if target.size() != input.size():
        warn(_SIZES.format(target.size(), input.size()))


def _reduced(loss, number):
    return loss if number == 0 else loss.mean() if number == 1 else loss.sum()


def _weighted(losses, weight, number, reduction):
    if weight.size() != losses.size():
        raise ValueError("Weights and input must have the same size.")
    losses = losses * weight
    if number == 1:
        return losses.sum() / weight.sum()
    return _reduced(losses, number)


def mse_loss(input, target, size_average=None, reduce=None, reduction="mean", weight=None):
    """(input - target)²."""
    _same_size(input, target)
    number = _reduction(reduction, size_average, reduce)
    expanded, goal = torch.broadcast_tensors(input, target)
    if weight is not None:
        return _weighted(call("mse_loss", expanded, goal, 0), weight, number, reduction)
    return call("mse_loss", expanded, goal, number)


def l1_loss(input, target, size_average=None, reduce=None, reduction="mean", weight=None):
    """|input - target|."""
    _same_size(input, target)
    number = _reduction(reduction, size_average, reduce)
    expanded, goal = torch.broadcast_tensors(input, target)
    if weight is not None:
        return _weighted(call("l1_loss", expanded, goal, 0), weight, number, reduction)
    return call("l1_loss", expanded, goal, number)


def smooth_l1_loss(input, target, size_average=None, reduce=None, reduction="mean", beta=1.0):
    """A square below ``beta``, a line above."""
    _same_size(input, target)
    number = _reduction(reduction, size_average, reduce)
    expanded, goal = torch.broadcast_tensors(input, target)
    if beta == 0.0:
        return call("l1_loss", expanded, goal, number)
    return call("smooth_l1_loss", expanded, goal, number, beta)


def huber_loss(input, target, reduction="mean", delta=1.0, weight=None):
    """A square below ``delta``, a line above; delta times smooth_l1_loss."""
    _same_size(input, target)
    number = _reduction(reduction)
    expanded, goal = torch.broadcast_tensors(input, target)
    if weight is not None:
        return _weighted(call("huber_loss", expanded, goal, 0, delta), weight, number, reduction)
    return call("huber_loss", expanded, goal, number, delta)


def nll_loss(
    input, target, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction="mean"
):
    """-input[target]: the negative log likelihood of classes."""
    return call("nll_loss_nd", input, target, weight, _reduction(reduction, size_average, reduce), ignore_index)


def cross_entropy(
    input,
    target,
    weight=None,
    size_average=None,
    ignore_index=-100,
    reduce=None,
    reduction="mean",
    label_smoothing=0.0,
):
    """nll_loss of log_softmax; the target is class numbers, or probabilities of classes."""
    number = _reduction(reduction, size_average, reduce)
    return call("cross_entropy_loss", input, target, weight, number, ignore_index, label_smoothing)


def binary_cross_entropy(input, target, weight=None, size_average=None, reduce=None, reduction="mean"):
    """-(t·log(x) + (1 - t)·log(1 - x)) of probabilities."""
    number = _reduction(reduction, size_average, reduce)
    if target.size() != input.size():
        raise ValueError(
            f"Using a target size ({target.size()}) that is different to the input size ({input.size()}) is "
            "deprecated. Please ensure they have the same size."
        )
    if weight is not None:
        size = weight.size()
        weight = weight.expand(torch.broadcast_shapes(size, target.size()))
    return call("binary_cross_entropy", input, target, weight, number)


def binary_cross_entropy_with_logits(
    input, target, weight=None, size_average=None, reduce=None, reduction="mean", pos_weight=None
):
    """binary_cross_entropy of sigmoid(input), computed without overflow."""
    number = _reduction(reduction, size_average, reduce)
    if target.size() != input.size():
        raise ValueError(f"Target size ({target.size()}) must be the same as input size ({input.size()})")
    return call("binary_cross_entropy_with_logits", input, target, weight, pos_weight, number)


def kl_div(input, target, size_average=None, reduce=None, reduction="mean", log_target=False):
    """target·(log(target) - input), where ``input`` is a log-probability."""
    if size_average is None and reduce is None and reduction == "mean":
        warn(
            "reduction: 'mean' divides the total loss by both the batch size and the support size."
            "'batchmean' divides only by the batch size, and aligns with the KL div math definition."
            "'mean' will be changed to behave the same as 'batchmean' in the next major release."
        )
    number = _NUMBERS["sum"] if reduction == "batchmean" else _reduction(reduction, size_average, reduce)
    found = call("kl_div", input, target, number, log_target=log_target)
    return found / input.size()[0] if reduction == "batchmean" and input.dim() != 0 else found


def _operator_loss(name, *values):
    return call(name, *values)


def poisson_nll_loss(
    input, target, log_input=True, full=False, size_average=None, eps=1e-08, reduce=None, reduction="mean"
):
    """exp(input) - target·input, or input - target·log(input + eps)."""
    number = _reduction(reduction, size_average, reduce)
    return _operator_loss("poisson_nll_loss", input, target, log_input, full, eps, number)


def hinge_embedding_loss(input, target, margin=1.0, size_average=None, reduce=None, reduction="mean"):
    """x for a target of 1, max(0, margin - x) for -1."""
    return _operator_loss(
        "hinge_embedding_loss", input, target, margin, _reduction(reduction, size_average, reduce)
    )


def margin_ranking_loss(input1, input2, target, margin=0, size_average=None, reduce=None, reduction="mean"):
    """max(0, -target·(input1 - input2) + margin)."""
    number = _reduction(reduction, size_average, reduce)
    if not input1.dim() == input2.dim() == target.dim():
        raise RuntimeError(
            "margin_ranking_loss : All input tensors should have same dimension but got sizes: "
            f"input1: {input1.size()}, input2: {input2.size()}, target: {target.size()} "
        )
    return _operator_loss("margin_ranking_loss", input1, input2, target, margin, number)


def soft_margin_loss(input, target, size_average=None, reduce=None, reduction="mean"):
    """log(1 + exp(-target·input))."""
    return _operator_loss("soft_margin_loss", input, target, _reduction(reduction, size_average, reduce))


def cosine_embedding_loss(
    input1, input2, target, margin=0, size_average=None, reduce=None, reduction="mean"
):
    """1 - cos for a target of 1, max(0, cos - margin) for -1."""
    number = _reduction(reduction, size_average, reduce)
    return _operator_loss("cosine_embedding_loss", input1, input2, target, margin, number)


def multi_margin_loss(
    input, target, p=1, margin=1.0, weight=None, size_average=None, reduce=None, reduction="mean"
):
    """Σ max(0, margin - x[target] + x[i])^p over the other classes."""
    number = _reduction(reduction, size_average, reduce)
    if p not in (1, 2):
        raise ValueError("only p == 1 and p == 2 supported")
    if weight is not None and weight.dim() != 1:
        raise ValueError("weight must be one-dimensional")
    return _operator_loss("multi_margin_loss", input, target, p, margin, weight, number)


def multilabel_margin_loss(input, target, size_average=None, reduce=None, reduction="mean"):
    """The margin loss for several classes at once."""
    return _operator_loss("multilabel_margin_loss", input, target, _reduction(reduction, size_average, reduce))


def multilabel_soft_margin_loss(
    input, target, weight=None, size_average=None, reduce=None, reduction="mean"
):
    """The mean over classes of binary cross entropies with logits."""
    number = _reduction(reduction, size_average, reduce)
    from .functional import logsigmoid

    loss = -(target * logsigmoid(input) + (1 - target) * logsigmoid(-input))
    if weight is not None:
        loss = loss * weight
    return _reduced(loss.sum(dim=-1) / input.size(-1), number)


def triplet_margin_loss(
    anchor,
    positive,
    negative,
    margin=1.0,
    p=2,
    eps=1e-06,
    swap=False,
    size_average=None,
    reduce=None,
    reduction="mean",
):
    """max(0, d(anchor, positive) - d(anchor, negative) + margin)."""
    number = _reduction(reduction, size_average, reduce)
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    return _operator_loss("triplet_margin_loss", anchor, positive, negative, margin, p, eps, swap, number)


def gaussian_nll_loss(input, target, var, full=False, eps=1e-06, reduction="mean"):
    """½(log(var) + (input - target)² / var), with ``var`` at least ``eps``."""
    if isinstance(var, float):
        if var < 0:
            raise ValueError("var has negative entry/entries")
        var = var * torch.ones_like(input)
    elif bool((var < 0).any()):
        raise ValueError("var has negative entry/entries")
    if var.size() != input.size():
        if input.size()[:-1] == var.size():
            var = var.unsqueeze(-1)
        elif input.size()[:-1] != var.size()[:-1] or var.size(-1) != 1:
            raise ValueError("var is of incorrect size")
    if reduction not in _NUMBERS:
        raise ValueError(reduction + " is not valid")
    var = var.clone()
    with torch.no_grad():
        var.clamp_(min=eps)
    loss = 0.5 * (var.log() + (input - target) ** 2 / var)
    if full:
        loss = loss + 0.9189385332046727
    return _reduced(loss, _NUMBERS[reduction])


def ctc_loss(
    log_probs, targets, input_lengths, target_lengths, blank=0, reduction="mean", zero_infinity=False
):
    """Connectionist temporal classification: -log of how likely ``targets`` are over all alignments."""
    number = _reduction(reduction)
    return torch.ctc_loss(log_probs, targets, input_lengths, target_lengths, blank, number, zero_infinity)


def triplet_margin_with_distance_loss(
    anchor, positive, negative, *, distance_function=None, margin=1.0, swap=False, reduction="mean"
):
    """max(0, d(anchor, positive) - d(anchor, negative) + margin) with any distance d."""
    if reduction not in _NUMBERS:
        raise ValueError(f"{reduction} is not a valid value for reduction")
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    distance = torch.pairwise_distance if distance_function is None else distance_function
    if not anchor.dim() == positive.dim() == negative.dim():
        raise RuntimeError(
            "The anchor, positive, and negative tensors are expected to have the same number of dimensions, but got: "
            f"anchor {anchor.dim()}D, positive {positive.dim()}D, and negative {negative.dim()}D inputs"
        )
    near = distance(anchor, positive)
    far = distance(anchor, negative)
    if swap:
        far = torch.minimum(far, distance(positive, negative))
    return _reduced(torch.clamp_min(margin + near - far, 0), _NUMBERS[reduction])


__all__ = [name for name in dir() if name.endswith(("_loss", "kl_div", "_entropy", "_logits")) and name[0] != "_"]
