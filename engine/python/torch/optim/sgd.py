"""Stochastic gradient descent, with momentum (also Nesterov's) and weight decay."""

from torch._dispatch import are_exact

from .optimizer import EachParameter, are_plain, at_once, check, check_implementation, check_rate, decayed, number


class SGD(EachParameter):
    """param -= lr · grad, or the velocity that gradients have built up."""

    def __init__(
        self,
        params,
        lr=1e-3,
        momentum=0,
        dampening=0,
        weight_decay=0,
        nesterov=False,
        *,
        maximize=False,
        foreach=None,
        differentiable=False,
        fused=None,
    ):
        check_rate(lr)
        check(momentum >= 0.0, f"Invalid momentum value: {momentum}")
        check(weight_decay >= 0.0, f"Invalid weight_decay value: {weight_decay}")
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "dampening": dampening,
            "weight_decay": weight_decay,
            "nesterov": nesterov,
            "maximize": maximize,
            "foreach": foreach,
            "differentiable": differentiable,
            "fused": fused,
        }
        check(
            not nesterov or (momentum > 0 and dampening == 0),
            "Nesterov momentum requires a momentum and zero dampening",
        )
        super().__init__(params, defaults)
        check_implementation(defaults)

    def _together(self, group):
        params = group["params"]
        rate, decay, momentum, dampening = group["lr"], group["weight_decay"], group["momentum"], group["dampening"]
        if group["differentiable"] or not are_plain(rate, decay, momentum, dampening) or not are_exact(params):
            return params
        if momentum == 0:
            at_once("sgd_step", params, float(rate), float(decay), bool(group["maximize"]))
            return ()
        flat, left = [], []
        for param in params:
            state = self.state.get(param)
            buffer = state.get("momentum_buffer") if state else None
            if are_exact((buffer,)):
                flat += (param, buffer)
            else:
                left.append(param)
        if flat:
            flags = bool(group["nesterov"]), bool(group["maximize"])
            at_once("sgd_momentum_step", flat, float(rate), float(decay), float(momentum), float(dampening), *flags)
        return left

    def _update(self, param, grad, state, group):
        grad = decayed(param, grad, group)
        momentum = group["momentum"]
        if momentum != 0:
            buffer = state.get("momentum_buffer")
            if buffer is None:
                buffer = state["momentum_buffer"] = grad.detach().clone()
            else:
                buffer.mul_(momentum).add_(grad, alpha=1 - group["dampening"])
            grad = grad.add(buffer, alpha=momentum) if group["nesterov"] else buffer
        param.add_(grad, alpha=-number(group["lr"]))
