"""Adagrad (Duchi et al. 2011)."""

import torch

from .optimizer import EachParameter, check, check_implementation, check_rate, count, decayed, number


class Adagrad(EachParameter):
    """Divides by the root of the sum of all squared gradients."""

    def __init__(
        self,
        params,
        lr=1e-2,
        lr_decay=0,
        weight_decay=0,
        initial_accumulator_value=0,
        eps=1e-10,
        foreach=None,
        *,
        maximize=False,
        differentiable=False,
        fused=None,
    ):
        check_rate(lr)
        check(lr_decay >= 0.0, f"Invalid lr_decay value: {lr_decay}")
        check(weight_decay >= 0.0, f"Invalid weight_decay value: {weight_decay}")
        check(
            initial_accumulator_value >= 0.0,
            f"Invalid initial_accumulator_value value: {initial_accumulator_value}",
        )
        check(eps >= 0.0, f"Invalid epsilon value: {eps}")
        defaults = {
            "lr": lr,
            "lr_decay": lr_decay,
            "eps": eps,
            "weight_decay": weight_decay,
            "initial_accumulator_value": initial_accumulator_value,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "fused": fused,
        }
        super().__init__(params, defaults)
        check_implementation(defaults)
        for group in self.param_groups:
            for param in group["params"]:
                start = torch.full_like(param, group["initial_accumulator_value"])
                self.state[param] = {"step": count(), "sum": start}

    def share_memory(self):
        """There is one process: nothing changes."""

    def _update(self, param, grad, state, group):
        state["step"] += 1
        grad = decayed(param, grad, group)
        rate = number(group["lr"]) / (1 + (state["step"].item() - 1) * group["lr_decay"])
        state["sum"].addcmul_(grad, grad, value=1)
        total = state["sum"].clone() if group["differentiable"] else state["sum"]
        root = total.sqrt()
        root = root + group["eps"] if group["differentiable"] else root.add_(group["eps"])
        param.addcdiv_(grad, root, value=-rate)
