"""L-BFGS: steps along an estimate of the inverse Hessian, with or without a line search by Wolfe's conditions."""

import torch

from .optimizer import Optimizer, check, check_rate, number


def _between(x1, f1, g1, x2, f2, g2, bounds=None):
    """Where the cubic through two points with their slopes is least, within bounds."""
    low, high = bounds if bounds is not None else (min(x1, x2), max(x1, x2))
    d1 = g1 + g2 - 3 * (f1 - f2) / (x1 - x2)
    square = d1**2 - g1 * g2
    if square < 0:
        return (low + high) / 2.0
    d2 = square.sqrt()
    if x1 <= x2:
        place = x2 - (x2 - x1) * ((g2 + d2 - d1) / (g2 - g1 + 2 * d2))
    else:
        place = x1 - (x1 - x2) * ((g1 + d2 - d1) / (g1 - g2 + 2 * d2))
    return min(max(place, low), high)


class _Point:
    """One place along the line: how far, the loss, the gradient and the slope."""

    __slots__ = ("t", "f", "g", "slope")

    def __init__(self, t, f, g, slope):
        self.t, self.f, self.g, self.slope = t, f, g, slope

    def kept(self):
        """The same with a gradient of its own."""
        return _Point(self.t, self.f, self.g.clone(), self.slope)


class _LineSearch:
    """Looks for a step that satisfies the strong Wolfe conditions. Nocedal & Wright, algorithms 3.5 and 3.6."""

    def __init__(self, evaluate, start, direction, limit, c1=1e-4, c2=0.9, tolerance=1e-9):
        self.evaluate = evaluate
        self.start = start.kept()
        self.direction = direction
        self.limit = limit
        self.c1, self.c2, self.tolerance = c1, c2, tolerance
        self.evaluations = 0
        self.rounds = 0

    def at(self, t):
        loss, grad = self.evaluate(t)
        self.evaluations += 1
        return _Point(t, loss, grad, grad.dot(self.direction))

    def high(self, point):
        return point.f > (self.start.f + self.c1 * point.t * self.start.slope)

    def flat(self, point):
        return abs(point.slope) <= -self.c2 * self.start.slope

    def run(self, t):
        """The point that was found."""
        points, found = self.bracket(t)
        if not found:
            return self.zoom(points)
        return points[0]

    def bracket(self, t):
        """Two points between which the step lies, or the step itself and True."""
        before, point = self.start, self.at(t)
        while self.rounds < self.limit:
            if self.high(point) or (self.rounds > 1 and point.f >= before.f):
                return [before, point.kept()], False
            if self.flat(point):
                return [point], True
            if point.slope >= 0:
                return [before, point.kept()], False
            bounds = (point.t + 0.01 * (point.t - before.t), point.t * 10)
            t = _between(before.t, before.f, before.slope, point.t, point.f, point.slope, bounds)
            before = point.kept()
            point = self.at(t)
            self.rounds += 1
        return [self.start, point], False

    def zoom(self, points):
        """Makes the interval smaller until a point satisfies the conditions."""
        stuck = False
        width = self.direction.abs().max()
        low = 0 if points[0].f <= points[-1].f else 1
        while self.rounds < self.limit:
            first, second = points
            if abs(second.t - first.t) * width < self.tolerance:
                break
            t = _between(first.t, first.f, first.slope, second.t, second.f, second.slope)
            least, most = min(first.t, second.t), max(first.t, second.t)
            margin = 0.1 * (most - least)
            if min(most - t, t - least) < margin:
                # Too close to an end: twice in a row, or outside, it is moved inwards.
                if stuck or t >= most or t <= least:
                    t = most - margin if abs(t - most) < abs(t - least) else least + margin
                    stuck = False
                else:
                    stuck = True
            else:
                stuck = False
            point = self.at(t)
            self.rounds += 1
            if self.high(point) or point.f >= points[low].f:
                points[1 - low] = point.kept()
                low = 0 if points[0].f <= points[1].f else 1
                continue
            done = self.flat(point)
            if not done and point.slope * (points[1 - low].t - points[low].t) >= 0:
                points[1 - low] = points[low]
            points[low] = point.kept()
            if done:
                break
        return points[low]


class LBFGS(Optimizer):
    """Needs a closure that computes the loss anew, as one step evaluates it several times."""

    def __init__(
        self,
        params,
        lr=1,
        max_iter=20,
        max_eval=None,
        tolerance_grad=1e-7,
        tolerance_change=1e-9,
        history_size=100,
        line_search_fn=None,
    ):
        check_rate(lr)
        defaults = {
            "lr": lr,
            "max_iter": max_iter,
            "max_eval": max_iter * 5 // 4 if max_eval is None else max_eval,
            "tolerance_grad": tolerance_grad,
            "tolerance_change": tolerance_change,
            "history_size": history_size,
            "line_search_fn": line_search_fn,
        }
        super().__init__(params, defaults)
        check(
            len(self.param_groups) == 1, "LBFGS doesn't support per-parameter options (parameter groups)"
        )
        self._params = self.param_groups[0]["params"]

    def _gradient(self):
        """All gradients as one vector."""
        return torch.cat(
            [
                torch.zeros(param.numel(), dtype=param.dtype) if param.grad is None else param.grad.view(-1)
                for param in self._params
            ],
            0,
        )

    def _move(self, t, direction):
        offset = 0
        for param in self._params:
            size = param.numel()
            param.add_(direction[offset : offset + size].view_as(param), alpha=t)
            offset += size

    def _evaluator(self, closure, direction):
        """What the loss and the gradient are at a distance along the direction; the parameters stay."""
        start = [param.clone() for param in self._params]

        def evaluate(t):
            self._move(t, direction)
            loss = float(closure())
            gradient = self._gradient()
            for param, value in zip(self._params, start):
                param.copy_(value)
            return loss, gradient

        return evaluate

    @torch.no_grad()
    def step(self, closure):
        """Up to ``max_iter`` iterations; answers the loss at the start."""
        closure = torch.enable_grad()(closure)
        group = self.param_groups[0]
        lr = number(group["lr"])
        most_rounds, most_evaluations = group["max_iter"], group["max_eval"]
        tolerance = group["tolerance_change"]
        state = self.state[self._params[0]]
        state.setdefault("func_evals", 0)
        state.setdefault("n_iter", 0)
        original = closure()
        loss = float(original)
        evaluations = 1
        state["func_evals"] += 1
        gradient = self._gradient()
        if gradient.abs().max() <= group["tolerance_grad"]:
            return original
        memory = _Memory(state, group["history_size"])
        rounds = 0
        while rounds < most_rounds:
            rounds += 1
            state["n_iter"] += 1
            first = state["n_iter"] == 1
            direction = memory.direction(gradient, first)
            memory.previous_loss = loss
            t = memory.t = min(1.0, 1.0 / gradient.abs().sum()) * lr if first else lr
            slope = gradient.dot(direction)
            if slope > -tolerance:
                break
            used = 0
            small = False
            if group["line_search_fn"] is not None:
                if group["line_search_fn"] != "strong_wolfe":
                    raise RuntimeError("only 'strong_wolfe' is supported")
                evaluate = self._evaluator(closure, direction)
                start = _Point(0, loss, gradient, slope)
                search = _LineSearch(evaluate, start, direction, most_evaluations - evaluations)
                found = search.run(t)
                loss, gradient, t, used = found.f, found.g, found.t, search.evaluations
                memory.t = t
                self._move(t, direction)
                small = gradient.abs().max() <= group["tolerance_grad"]
            else:
                self._move(t, direction)
                if rounds != most_rounds:
                    loss = float(closure())
                    gradient = self._gradient()
                    small = gradient.abs().max() <= group["tolerance_grad"]
                    used = 1
            evaluations += used
            state["func_evals"] += used
            if rounds == most_rounds or evaluations >= most_evaluations or small:
                break
            if direction.mul(t).abs().max() <= tolerance or abs(loss - memory.previous_loss) < tolerance:
                break
        memory.save(state)
        return original


class _Memory:
    """The differences of the last steps and gradients, which stand for the Hessian."""

    def __init__(self, state, size):
        self.size = size
        self.d = state.get("d")
        self.t = state.get("t")
        self.gradients = state.get("old_dirs")
        self.steps = state.get("old_stps")
        self.ro = state.get("ro")
        self.scale = state.get("H_diag")
        self.previous = state.get("prev_flat_grad")
        self.previous_loss = state.get("prev_loss")
        self.factors = state.get("al")

    def save(self, state):
        if self.factors is not None:
            state["al"] = self.factors
        state.update(
            d=self.d,
            t=self.t,
            old_dirs=self.gradients,
            old_stps=self.steps,
            ro=self.ro,
            H_diag=self.scale,
            prev_flat_grad=self.previous,
            prev_loss=self.previous_loss,
        )

    def direction(self, gradient, first):
        """Where to go from here: two loops over the differences, from the newest and back."""
        if first:
            self.d = gradient.neg()
            self.gradients, self.steps, self.ro, self.scale = [], [], [], 1
        else:
            self._remember(gradient)
            if self.factors is None:
                self.factors = [None] * self.size
            factors = self.factors
            q = gradient.neg()
            for i in reversed(range(len(self.steps))):
                factors[i] = self.steps[i].dot(q) * self.ro[i]
                q.add_(self.gradients[i], alpha=-factors[i])
            self.d = torch.mul(q, self.scale)
            for i, step in enumerate(self.steps):
                back = self.gradients[i].dot(self.d) * self.ro[i]
                self.d.add_(step, alpha=factors[i] - back)
        self.previous = gradient.clone()
        return self.d

    def _remember(self, gradient):
        y = gradient.sub(self.previous)
        s = self.d.mul(self.t)
        ys = y.dot(s)
        if ys > 1e-10:
            if len(self.steps) == self.size:
                for kept in (self.gradients, self.steps, self.ro):
                    kept.pop(0)
            self.gradients.append(y)
            self.steps.append(s)
            self.ro.append(1.0 / ys)
            self.scale = ys / y.dot(y)
