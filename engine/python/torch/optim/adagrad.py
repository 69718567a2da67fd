"""Adagrad (Duchi et al. 2011)."""

import torch

from .optimizer import Optimizer, check, gradients


class Adagrad(Optimizer):
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
        check(lr >= 0.0, f"Invalid learning rate: {lr}")
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
        for group in self.param_groups:
            for param in group["params"]:
                self.state[param]["step"] = torch.tensor(0.0)
                self.state[param]["sum"] = torch.full_like(param, initial_accumulator_value)

    def _update(self, group):
        for param, grad in gradients(group):
            state = self.state[param]
            state["step"] += 1
            if group["weight_decay"] != 0:
                grad = grad.add(param, alpha=group["weight_decay"])
            rate = group["lr"] / (1 + (state["step"].item() - 1) * group["lr_decay"])
            state["sum"].addcmul_(grad, grad, value=1)
            param.addcdiv_(grad, state["sum"].sqrt().add_(group["eps"]), value=-rate)
