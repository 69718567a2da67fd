"""RAdam: Adam that waits until its mean of squares can be trusted (Liu et al. 2019)."""

import torch

from .optimizer import EachParameter, check, check_betas, check_rate, count, decayed, number


class RAdam(EachParameter):
    """Adam with a rectified adaptive rate."""

    def __init__(
        self,
        params,
        lr=1e-3,
        betas=(0.9, 0.999),
        eps=1e-8,
        weight_decay=0,
        decoupled_weight_decay=False,
        *,
        foreach=None,
        maximize=False,
        capturable=False,
        differentiable=False,
    ):
        check_rate(lr)
        check(eps >= 0.0, f"Invalid epsilon value: {eps}")
        check_betas(betas)
        check(weight_decay >= 0.0, f"Invalid weight_decay value: {weight_decay}")
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "decoupled_weight_decay": decoupled_weight_decay,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def _new_state(self, param, group):
        return {"step": count(), "exp_avg": torch.zeros_like(param), "exp_avg_sq": torch.zeros_like(param)}

    def _update(self, param, grad, state, group):
        beta1, beta2 = group["betas"]
        mean, square = state["exp_avg"], state["exp_avg_sq"]
        state["step"] += 1
        step = state["step"].item()
        grad = decayed(param, grad, group, group["decoupled_weight_decay"])
        mean.lerp_(grad, 1 - beta1)
        square.mul_(beta2).addcmul_(grad, grad, value=1 - beta2)
        correction = 1 - beta2**step
        update = mean / (1 - beta1**step) * number(group["lr"])
        # The length of the mean of squares: in the long run, and after this many steps.
        limit = 2 / (1 - beta2) - 1
        length = limit - 2 * step * (beta2**step) / correction
        if length > 5.0:
            root = square.sqrt()
            root = root.add(group["eps"]) if group["differentiable"] else root.add_(group["eps"])
            ratio = (length - 4) * (length - 2) * limit / ((limit - 4) * (limit - 2) * length)
            update = update * (correction**0.5 / root) * ratio**0.5
        param.add_(update, alpha=-1.0)
