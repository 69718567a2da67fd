"""Adafactor: the mean of squares kept as rows and columns (Shazeer & Stern 2018)."""

import torch

from .optimizer import EachParameter, check, count, number


class Adafactor(EachParameter):
    """Memory that grows with a matrix's edges in place of its area."""

    def __init__(
        self,
        params,
        lr=1e-2,
        beta2_decay=-0.8,
        eps=(None, 1e-3),
        d=1.0,
        weight_decay=0.0,
        *,
        foreach=None,
        maximize=False,
    ):
        check(not isinstance(lr, torch.Tensor) or lr.numel() == 1, "Tensor lr must be 1-element")
        check(lr >= 0.0, f"Learning rate should be >= 0 but is: {lr}")
        check(beta2_decay <= 0.0, f"beta2_decay should be <= 0 but is: {beta2_decay}")
        check(eps[0] is None or eps[0] >= 0.0, f"epsilon1 should be >= 0 but is: {eps[0]}")
        check(eps[1] >= 0.0, f"epsilon2 should be >= 0 but is: {eps[1]}")
        check(d >= 1.0, f"Clipping threshold d should be >= 1 but is: {d}")
        check(weight_decay >= 0.0, f"weight_decay should be >= 0 but is: {weight_decay}")
        defaults = {
            "lr": lr,
            "beta2_decay": beta2_decay,
            "eps": eps,
            "d": d,
            "weight_decay": weight_decay,
            "foreach": foreach,
            "maximize": maximize,
        }
        super().__init__(params, defaults)

    def _new_state(self, param, group):
        grad = param.grad
        if grad.dim() < 2:
            return {"step": count(), "variance": torch.zeros_like(grad)}
        *outer, rows, columns = grad.shape
        return {
            "step": count(),
            "row_var": grad.new_zeros([*outer, rows, 1]),
            "col_var": grad.new_zeros([*outer, 1, columns]),
        }

    def _update(self, param, grad, state, group):
        eps1, eps2 = group["eps"]
        lr = number(group["lr"])
        if eps1 is None:
            eps1 = torch.finfo(param.dtype).eps
        state["step"] += 1
        step = state["step"].item()
        weight = step ** group["beta2_decay"]
        size = param.norm(2).item() / (param.numel() ** 0.5)
        alpha = max(eps2, size) * min(lr, 1 / (step**0.5))
        if group["weight_decay"] != 0:
            param.mul_(1 - lr * group["weight_decay"])
        estimate = self._variance(grad, state, weight, eps1)
        update = estimate.clamp_(min=eps1 * eps1).rsqrt_()
        update.mul_(grad)
        clip = max(1.0, update.norm(2).item() / ((update.numel() ** 0.5) * group["d"]))
        param.add_(update, alpha=-alpha / clip)

    @staticmethod
    def _variance(grad, state, weight, eps):
        if grad.dim() < 2:
            return state["variance"].lerp_(grad * grad, weight).clone()
        rows, columns = state["row_var"], state["col_var"]
        for dim, mean in ((-1, rows), (-2, columns)):
            squares = torch.norm(grad, dim=dim, keepdim=True).square_().div_(grad.size(dim))
            mean.lerp_(squares, weight)
        return (rows @ columns).div_(rows.mean(dim=-2, keepdim=True).clamp_(min=eps))


Adafactor.__module__ = "torch.optim"
