"""Adam (Kingma & Ba 2014)."""

import torch

from torch._dispatch import are_exact

from .optimizer import (
    EachParameter,
    are_plain,
    at_once,
    check,
    check_betas,
    check_implementation,
    check_rate,
    count,
    decayed,
    number,
)

_KEPT = ("step", "exp_avg", "exp_avg_sq")


class Adam(EachParameter):
    """Means of the gradient and of its square, corrected for their start at zero."""

    def __init__(
        self,
        params,
        lr=1e-3,
        betas=(0.9, 0.999),
        eps=1e-8,
        weight_decay=0,
        amsgrad=False,
        *,
        foreach=None,
        maximize=False,
        capturable=False,
        differentiable=False,
        fused=None,
        decoupled_weight_decay=False,
    ):
        if isinstance(lr, torch.Tensor) and foreach and not capturable:
            raise ValueError("lr as a Tensor is not supported for capturable=False and foreach=True")
        check_rate(lr)
        check(eps >= 0.0, f"Invalid epsilon value: {eps}")
        check_betas(betas)
        check(weight_decay >= 0.0, f"Invalid weight_decay value: {weight_decay}")
        kinds = {type(beta) for beta in betas}
        check(
            kinds in ({float}, {torch.Tensor}),
            "betas must be either both floats or both Tensors",
        )
        defaults = {
            "lr": lr,
            "betas": tuple(betas),
            "eps": eps,
            "weight_decay": weight_decay,
            "amsgrad": amsgrad,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "differentiable": differentiable,
            "fused": fused,
            "decoupled_weight_decay": decoupled_weight_decay,
        }
        super().__init__(params, defaults)
        check_implementation(defaults)

    def _new_state(self, param, group):
        state = {"step": count(), "exp_avg": torch.zeros_like(param), "exp_avg_sq": torch.zeros_like(param)}
        if group["amsgrad"]:
            state["max_exp_avg_sq"] = torch.zeros_like(param)
        return state

    def _together(self, group):
        params = group["params"]
        plain = are_plain(group["lr"], *group["betas"], group["eps"], group["weight_decay"])
        if not plain or group["amsgrad"] or group["differentiable"] or group["capturable"] or not are_exact(params):
            return params
        flat, left = [], []
        for param in params:
            state = self.state.get(param)
            kept = [param, *map(state.get, _KEPT)] if state else [None]
            if are_exact(kept):
                flat.extend(kept)
            else:
                left.append(param)
        if flat:
            settings = [float(group["lr"]), *map(float, group["betas"]), float(group["eps"]), float(group["weight_decay"])]
            flags = bool(group["decoupled_weight_decay"]), bool(group["maximize"])
            at_once("adam_step", flat, *settings, *flags)
        return left

    def _update(self, param, grad, state, group):
        beta1, beta2 = (number(beta) for beta in group["betas"])
        lr, eps = number(group["lr"]), group["eps"]
        mean, square = state["exp_avg"], state["exp_avg_sq"]
        state["step"] += 1
        grad = decayed(param, grad, group, group["decoupled_weight_decay"])
        mean.lerp_(grad, 1 - beta1)
        square.mul_(beta2).addcmul_(grad, grad, value=1 - beta2)
        if group["amsgrad"]:
            largest = state["max_exp_avg_sq"]
            before = largest.clone() if group["differentiable"] else largest
            square = largest.copy_(torch.maximum(before, square))
        if group["differentiable"]:
            step = state["step"]
            rate = (lr / (1 - beta1**step)).neg()
            root = (1 - beta2**step).sqrt()
            denominator = (square.sqrt() / (root * rate)).add_(eps / rate)
            param.addcdiv_(mean.clone(), denominator)
            return
        step = state["step"].item()
        denominator = (square.sqrt() / (1 - beta2**step) ** 0.5).add_(eps)
        param.addcdiv_(mean, denominator, value=-(lr / (1 - beta1**step)))
