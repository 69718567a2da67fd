"""NAdam: Adam with Nesterov's momentum (Dozat 2016)."""

import torch

from .optimizer import EachParameter, check, check_betas, check_rate, count, decayed, number


class NAdam(EachParameter):
    """Adam that looks a step ahead."""

    def __init__(
        self,
        params,
        lr=2e-3,
        betas=(0.9, 0.999),
        eps=1e-8,
        weight_decay=0,
        momentum_decay=4e-3,
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
        check(momentum_decay >= 0.0, f"Invalid momentum_decay value: {momentum_decay}")
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "momentum_decay": momentum_decay,
            "decoupled_weight_decay": decoupled_weight_decay,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def _new_state(self, param, group):
        return {
            "step": count(),
            "mu_product": count(1.0),
            "exp_avg": torch.zeros_like(param),
            "exp_avg_sq": torch.zeros_like(param),
        }

    def _update(self, param, grad, state, group):
        beta1, beta2 = group["betas"]
        lr, decay = number(group["lr"]), group["momentum_decay"]
        mean, square = state["exp_avg"], state["exp_avg_sq"]
        state["step"] += 1
        step = state["step"].item()
        grad = decayed(param, grad, group, group["decoupled_weight_decay"])
        now = beta1 * (1.0 - 0.5 * (0.96 ** (step * decay)))
        following = beta1 * (1.0 - 0.5 * (0.96 ** ((step + 1) * decay)))
        state["mu_product"] *= now
        mean.lerp_(grad, 1 - beta1)
        square.mul_(beta2).addcmul_(grad, grad, value=1 - beta2)
        denominator = square.div(1 - beta2**step).sqrt()
        if group["differentiable"]:
            denominator = denominator.add(group["eps"])
            product = state["mu_product"]
            param.addcdiv_(grad * (-lr * (1.0 - now) / (1.0 - product)), denominator)
            param.addcdiv_(mean * (-lr * following / (1.0 - product * following)), denominator)
            return
        denominator.add_(group["eps"])
        product = state["mu_product"].item()
        param.addcdiv_(grad, denominator, value=-lr * (1.0 - now) / (1.0 - product))
        param.addcdiv_(mean, denominator, value=(-lr * following) / (1.0 - product * following))
