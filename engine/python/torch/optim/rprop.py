"""Rprop: steps by the sign of the gradient alone (Riedmiller & Braun 1993)."""

import torch

from .optimizer import EachParameter, check, check_rate, count, number


class Rprop(EachParameter):
    """A step of its own for each number: larger while the sign stays, smaller when it changes."""

    def __init__(
        self,
        params,
        lr=1e-2,
        etas=(0.5, 1.2),
        step_sizes=(1e-6, 50),
        *,
        capturable=False,
        foreach=None,
        maximize=False,
        differentiable=False,
    ):
        check_rate(lr)
        check(0.0 < etas[0] < 1.0 < etas[1], f"Invalid eta values: {etas[0]}, {etas[1]}")
        defaults = {
            "lr": lr,
            "etas": etas,
            "step_sizes": step_sizes,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, defaults)

    def _new_state(self, param, group):
        size = torch.full_like(param.grad, number(group["lr"]))
        return {"step": count(), "prev": torch.zeros_like(param), "step_size": size}

    def _update(self, param, grad, state, group):
        smaller, larger = group["etas"]
        previous, size = state["prev"], state["step_size"]
        state["step"] += 1
        sign = grad.mul(previous.clone() if group["differentiable"] else previous).sign()
        factor = torch.ones_like(sign).masked_fill_(sign > 0, larger).masked_fill_(sign < 0, smaller)
        size.mul_(factor).clamp_(*group["step_sizes"])
        grad = grad.masked_fill(sign < 0, 0)
        param.addcmul_(grad.sign(), size, value=-1)
        previous.copy_(grad)
