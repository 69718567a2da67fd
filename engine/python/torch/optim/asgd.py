"""Averaged stochastic gradient descent (Polyak & Juditsky 1992)."""

import torch

from .optimizer import EachParameter, check, check_rate, count, decayed, number


class ASGD(EachParameter):
    """Gradient descent that keeps the mean of the parameters since step ``t0``."""

    def __init__(
        self,
        params,
        lr=1e-2,
        lambd=1e-4,
        alpha=0.75,
        t0=1e6,
        weight_decay=0,
        foreach=None,
        maximize=False,
        differentiable=False,
        capturable=False,
    ):
        check_rate(lr)
        check(weight_decay >= 0.0, f"Invalid weight_decay value: {weight_decay}")
        defaults = {
            "lr": lr,
            "lambd": lambd,
            "alpha": alpha,
            "t0": t0,
            "weight_decay": weight_decay,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, defaults)

    def _new_state(self, param, group):
        eta = count(float(number(group["lr"])))
        return {"step": count(), "eta": eta, "mu": count(1.0), "ax": torch.zeros_like(param)}

    def _update(self, param, grad, state, group):
        lambd, lr = group["lambd"], number(group["lr"])
        mean, eta, mu = state["ax"], state["eta"], state["mu"]
        state["step"] += 1
        grad = decayed(param, grad, group)
        rate = eta.item()
        param.mul_(1 - lambd * rate)
        param.add_(grad, alpha=-rate)
        if mu.item() != 1:
            mean.add_(param.sub(mean).mul_(mu))
        else:
            mean.copy_(param)
        step = state["step"].item()
        eta.copy_(torch.as_tensor(lr / ((1 + lambd * lr * step) ** group["alpha"])))
        mu.copy_(torch.as_tensor(1 / max(1, step - group["t0"])))
