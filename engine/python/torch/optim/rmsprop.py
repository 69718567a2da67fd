"""RMSprop (Hinton's lecture), optionally centred (Graves 2013) and with momentum."""

import torch

from .optimizer import Optimizer, check, gradients


class RMSprop(Optimizer):
    def __init__(
        self,
        params,
        lr=1e-2,
        alpha=0.99,
        eps=1e-8,
        weight_decay=0,
        momentum=0,
        centered=False,
        capturable=False,
        foreach=None,
        maximize=False,
        differentiable=False,
    ):
        check(lr >= 0.0, f"Invalid learning rate: {lr}")
        check(eps >= 0.0, f"Invalid epsilon value: {eps}")
        check(momentum >= 0.0, f"Invalid momentum value: {momentum}")
        check(weight_decay >= 0.0, f"Invalid weight_decay value: {weight_decay}")
        check(alpha >= 0.0, f"Invalid alpha value: {alpha}")
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "alpha": alpha,
            "eps": eps,
            "centered": centered,
            "weight_decay": weight_decay,
            "capturable": capturable,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def _update(self, group):
        alpha = group["alpha"]
        for param, grad in gradients(group):
            state = self.state[param]
            if not state:
                state["step"] = torch.tensor(0.0)
                state["square_avg"] = torch.zeros_like(param)
                if group["momentum"] > 0:
                    state["momentum_buffer"] = torch.zeros_like(param)
                if group["centered"]:
                    state["grad_avg"] = torch.zeros_like(param)
            state["step"] += 1
            if group["weight_decay"] != 0:
                grad = grad.add(param, alpha=group["weight_decay"])
            square = state["square_avg"]
            square.mul_(alpha).addcmul_(grad, grad, value=1 - alpha)
            if group["centered"]:
                mean = state["grad_avg"]
                mean.lerp_(grad, 1 - alpha)
                denominator = square.addcmul(mean, mean, value=-1).sqrt_()
            else:
                denominator = square.sqrt()
            denominator = denominator.add_(group["eps"])
            if group["momentum"] > 0:
                buffer = state["momentum_buffer"]
                buffer.mul_(group["momentum"]).addcdiv_(grad, denominator)
                param.add_(buffer, alpha=-group["lr"])
            else:
                param.addcdiv_(grad, denominator, value=-group["lr"])
