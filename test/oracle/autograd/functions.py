# torch.autograd.Function in full.
# --- save and use
class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return 3 * x * x * g


x = torch.tensor([1.0, 2.0], requires_grad=True)
y = Cube.apply(x)
print(y, y.grad_fn.name(), type(y.grad_fn).__name__)
y.sum().backward()
print(x.grad)
# --- double backward through it
class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return 3 * x * x * g


x = torch.tensor(2.0, requires_grad=True)
(g,) = torch.autograd.grad(Cube.apply(x), x, create_graph=True)
print(g, torch.autograd.grad(g, x))
# --- setup_context
class Mul(torch.autograd.Function):
    @staticmethod
    def forward(x, k=2):
        return x * k

    @staticmethod
    def setup_context(ctx, inputs, output):
        print(inputs, output, torch.is_grad_enabled())
        ctx.k = inputs[1]

    @staticmethod
    def backward(ctx, g):
        return g * ctx.k, None


x = torch.ones(2, requires_grad=True)
Mul.apply(x).sum().backward()
Mul.apply(x, k=5).sum().backward()
print(x.grad)
# --- arguments by name
class Mul(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, k=2):
        ctx.k = k
        return x * k

    @staticmethod
    def backward(ctx, g):
        print(ctx.needs_input_grad)
        return g * ctx.k, None


x = torch.ones(2, requires_grad=True)
Mul.apply(k=3, x=x).sum().backward()
print(x.grad)
try:
    Mul.apply(x, z=3)
except TypeError as e:
    print(e)
try:
    Mul.apply(k=3)
except TypeError as e:
    print(e)
try:
    Mul.apply(x, x=3)
except TypeError as e:
    print(e)
# --- needs_input_grad
class F(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, k, y):
        print(ctx.needs_input_grad)
        return x * k + y

    @staticmethod
    def backward(ctx, g):
        print(ctx.needs_input_grad)
        return g, None, g


F.apply(torch.ones(2, requires_grad=True), 3, torch.ones(2)).sum().backward()
# --- outputs that are no tensors
class F(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return 3, x * 2, None, "text", x

    @staticmethod
    def backward(ctx, *gs):
        print(gs)
        return gs[1] * 2 + gs[4]


x = torch.ones(2, requires_grad=True)
out = F.apply(x)
print(out)
out[1].sum().backward()
print(x.grad)
# --- a gradient of None
class F(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, g):
        return None


x = torch.ones(2, requires_grad=True)
F.apply(x).sum().backward()
print(x.grad)
# --- gradients that do not arrive are zeros
class F(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2, x * 3

    @staticmethod
    def backward(ctx, a, b):
        print(a, b)
        return a * 2 + b * 3


x = torch.ones(2, requires_grad=True)
F.apply(x)[0].sum().backward()
# --- gradients that do not arrive are None
class F(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.set_materialize_grads(False)
        return x * 2, x * 3

    @staticmethod
    def backward(ctx, a, b):
        print(a, b)
        return a * 2


x = torch.ones(2, requires_grad=True)
F.apply(x)[0].sum().backward()
# --- an undefined gradient
class F(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.clone()

    @staticmethod
    def backward(ctx, g):
        print(g)
        return g


torch._C._functions.UndefinedGrad()(F.apply(torch.ones(1, requires_grad=True))).backward()
# --- non-differentiable outputs
class Sort(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        s, i = x.sort()
        ctx.mark_non_differentiable(i)
        ctx.save_for_backward(i)
        return s, i

    @staticmethod
    def backward(ctx, g, gi):
        print(gi)
        (i,) = ctx.saved_tensors
        return torch.zeros_like(g).scatter(0, i, g)


x = torch.tensor([3.0, 1.0, 2.0], requires_grad=True)
s, i = Sort.apply(x)
print(s.requires_grad, i.requires_grad)
(s * torch.tensor([1.0, 10.0, 100.0])).sum().backward()
print(x.grad)
# --- in place with mark_dirty
class Add(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        x.add_(1)
        ctx.mark_dirty(x)
        return x

    @staticmethod
    def backward(ctx, g):
        return g * 5


x = torch.ones(2, requires_grad=True)
y = x.clone()
z = Add.apply(y)
print(z is y, y._version, z)
z.sum().backward()
print(x.grad)
# --- mark_dirty of a leaf
class Add(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        x.add_(1)
        ctx.mark_dirty(x)
        return x

    @staticmethod
    def backward(ctx, g):
        return g


Add.apply(torch.ones(2, requires_grad=True))
# --- mark_dirty of what is not returned
class Add(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.mark_dirty(x)
        return x * 2

    @staticmethod
    def backward(ctx, g):
        return g


Add.apply(torch.ones(2, requires_grad=True).clone())
# --- mark_dirty of what is no input
class F(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = x * 2
        ctx.mark_dirty(y)
        return y

    @staticmethod
    def backward(ctx, g):
        return g


print(F.apply(torch.ones(2, requires_grad=True)))
# --- mark_dirty of a number
class F(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.mark_dirty(3)
        return x * 2


F.apply(torch.ones(2, requires_grad=True))
# --- two outputs and a changed view
class F(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        x.add_(1)
        ctx.mark_dirty(x)
        return x, x + 1

    @staticmethod
    def backward(ctx, a, b):
        return a + b


F.apply(torch.ones(2, requires_grad=True).clone().view(2))
# --- returning an input
class F(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x

    @staticmethod
    def backward(ctx, g):
        return g * 2


x = torch.ones(2, requires_grad=True)
y = F.apply(x)
print(y is x, y._is_view(), y)
y.sum().backward()
print(x.grad)
y += 1
# --- returning a view of an input
class F(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.view(-1)

    @staticmethod
    def backward(ctx, g):
        return g.view(2, 2)


y = F.apply(torch.ones(2, 2, requires_grad=True).clone())
print(y)
y.add_(1)
# --- a view of an input that does not require grad
class F(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.view_as(x)

    @staticmethod
    def backward(ctx, g):
        return g


y = F.apply(torch.ones(1, 2))
y += torch.ones(1, requires_grad=True)
# --- too few gradients
class F(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, y):
        return x * y

    @staticmethod
    def backward(ctx, g):
        return g


F.apply(torch.ones(2, requires_grad=True), torch.ones(2)).sum().backward()
# --- too many gradients
class F(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, g):
        return g, g


F.apply(torch.ones(2, requires_grad=True)).sum().backward()
# --- too many gradients, but None
class F(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, g):
        return g, None, None


x = torch.ones(2, requires_grad=True)
F.apply(x).sum().backward()
print(x.grad)
# --- a gradient of the wrong shape
class F(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, g):
        return torch.ones(10)


F.apply(torch.ones(2, requires_grad=True)).sum().backward()
# --- a gradient for what is no tensor
class F(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, k):
        return x * k

    @staticmethod
    def backward(ctx, g):
        return g, g


F.apply(torch.ones(2, requires_grad=True), 3).sum().backward()
# --- a gradient that is a number
class F(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, g):
        return 3


F.apply(torch.ones(2, requires_grad=True)).sum().backward()
# --- no forward
class F(torch.autograd.Function):
    pass


F.apply(torch.ones(2, requires_grad=True))
# --- no backward
class F(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2


F.apply(torch.ones(2, requires_grad=True)).sum().backward()
# --- backward and vjp
class F(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, g):
        return g

    @staticmethod
    def vjp(ctx, g):
        return g


F.apply(torch.ones(2, requires_grad=True)).sum().backward()
# --- vjp alone
class F(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def vjp(ctx, g):
        return g * 2


x = torch.ones(2, requires_grad=True)
F.apply(x).sum().backward()
print(x.grad)
# --- once_differentiable
class F(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, g):
        print(torch.is_grad_enabled())
        return 2 * g * ctx.saved_tensors[0]


x = torch.tensor(2.0, requires_grad=True)
(g,) = torch.autograd.grad(F.apply(x), x, torch.tensor(1.0, requires_grad=True), create_graph=True)
print(g, g.grad_fn.name(), [n for n, _ in g.grad_fn.next_functions] != [])
g.backward()
# --- a Function as an object
class F(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x


f = F()
print(isinstance(f, F))
f(torch.ones(1))
# --- saving a number
class F(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(3)
        return x


F.apply(torch.ones(1, requires_grad=True))
# --- saving None, an output, an intermediate
class F(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = x.exp()
        ctx.save_for_backward(None, y, x + 1)
        return y

    @staticmethod
    def backward(ctx, g):
        print(ctx.saved_tensors)
        return g * ctx.saved_tensors[1]


x = torch.zeros(2, requires_grad=True)
F.apply(x).sum().backward()
print(x.grad)
# --- saved tensors that were changed
class F(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * 2

    @staticmethod
    def backward(ctx, g):
        return g * ctx.saved_tensors[0]


x = torch.ones(2, requires_grad=True).clone()
y = F.apply(x)
x.add_(1)
y.sum().backward()
# --- saved tensors after backward
class F(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * 2

    @staticmethod
    def backward(ctx, g):
        return g * ctx.saved_tensors[0]


y = F.apply(torch.ones(2, requires_grad=True))
y.sum().backward()
y.grad_fn.saved_tensors
# --- hooks on raw saved tensors
class F(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x, None)
        return x * 2

    @staticmethod
    def backward(ctx, g):
        return g * ctx.saved_tensors[0]


x = torch.ones(2, requires_grad=True)
y = F.apply(x)
y.grad_fn._raw_saved_tensors[0].register_hooks(lambda t: t * 5, lambda t: t)
y.sum().backward()
print(x.grad)
# --- saved tensors that can be looked at once
class F(torch.autograd.Function):
    clear_saved_tensors_on_access = True

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * 2

    @staticmethod
    def backward(ctx, g):
        print(ctx.saved_tensors)
        return ctx.saved_tensors[0]


F.apply(torch.ones(2, requires_grad=True)).sum().backward()
# --- gradients as a list
class F(torch.autograd.Function):
    boxed_grads_call = True

    @staticmethod
    def forward(ctx, x):
        return x * 2, x * 3

    @staticmethod
    def backward(ctx, gs):
        print(type(gs).__name__, gs)
        return gs[0] * 2 + gs[1] * 3


x = torch.ones(2, requires_grad=True)
a, b = F.apply(x)
(a + b).sum().backward()
print(x.grad)
# --- zeros for non-differentiable outputs can be left away
class F(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        a, b = x.clone(), x.clone()
        ctx.mark_non_differentiable(b)
        ctx._materialize_non_diff_grads = False
        return a, b

    @staticmethod
    def backward(ctx, a, b):
        print(b)
        return a


F.apply(torch.ones(2, requires_grad=True))[0].sum().backward()
# --- an exception in backward
class F(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.clone()

    @staticmethod
    def backward(ctx, g):
        raise KeyError("from backward")


F.apply(torch.ones(2, requires_grad=True)).sum().backward()
# --- attributes of ctx
class F(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.note = [1, 2]
        print(isinstance(ctx, torch.autograd.graph.Node), ctx.to_save, ctx.dirty_tensors)
        return x.clone()

    @staticmethod
    def backward(ctx, g):
        print(ctx.note, type(ctx).__name__)
        return g


y = F.apply(torch.ones(2, requires_grad=True))
print(y.grad_fn.note, y.grad_fn.next_functions[0][0].name(), y.grad_fn.metadata)
y.sum().backward()
# --- apply under no_grad
class F(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * 2


with torch.no_grad():
    print(F.apply(torch.ones(2, requires_grad=True)))
# --- the static methods that are not computed here
F = torch.autograd.Function
for call in (lambda: F.jvp(None, 1), lambda: F.vmap(None, None), lambda: F.setup_context(None, None, None), lambda: F.forward()):
    try:
        call()
    except NotImplementedError as e:
        print(e)
# --- backward inside of backward
class F(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        with torch.enable_grad():
            ctx.x = x.detach().requires_grad_()
            ctx.y = ctx.x * ctx.x
        return ctx.y.detach()

    @staticmethod
    def backward(ctx, g):
        with torch.enable_grad():
            ctx.y.backward(g)
        return ctx.x.grad


x = torch.tensor([2.0, 3.0], requires_grad=True)
F.apply(x).sum().backward()
print(x.grad)
# --- a DelayedError
y = torch._C._functions.DelayedError("Boom", 1)(torch.ones(1, requires_grad=True))
print(y, y.grad_fn.name())
y.backward()
# --- three thousand Functions in a row, each of whose results is kept
class Twice(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x + x

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * 0.5 + x * 0


x = torch.zeros(1, requires_grad=True)
kept = [x]
for _ in range(3000):
    kept.append(Twice.apply(kept[-1]))
(kept[-1] + x).backward()
print(len(kept), x.grad)
# --- an object of a Function
import warnings


class Id(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x

    @staticmethod
    def backward(ctx, gradient):
        return gradient


warnings.simplefilter("ignore")
f = Id()
print(f.next_functions, f.saved_tensors, f.needs_input_grad, f.to_save, f.dirty_tensors, f.non_differentiable)
print(f.requires_grad, f._raw_saved_tensors, f._materialize_non_diff_grads, f._input_metadata)
f.register_hook(lambda *_: None)
f(torch.ones(1))
# --- saved tensors come back as they were
class Keep(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, y):
        ctx.save_for_backward(x, y)
        return x * 2

    @staticmethod
    def backward(ctx, gradient):
        x, y = ctx.saved_tensors
        print(x is a, y is b)
        return gradient * 2, None


from torch.utils.checkpoint import checkpoint

a, b = torch.ones(2, requires_grad=True), torch.ones(2)
Keep.apply(a, b).sum().backward()
checkpoint(Keep.apply, a, b, use_reentrant=False).sum().backward()
with torch.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: t):
    out = Keep.apply(a, b)
out.sum().backward()
# --- an input that is handed on keeps its class
class Fn(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x

    @staticmethod
    def backward(ctx, gradient):
        return gradient * 2


class Sub(torch.Tensor):
    pass


for requires_grad in (True, False):
    x = torch.ones(2, requires_grad=requires_grad).as_subclass(Sub)
    y = Fn.apply(x)
    print(type(y).__name__, y is x, y.grad_fn and y.grad_fn.name())
# --- a view of a leaf is changed by forward
class Increment(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.mark_dirty(x)
        return x.add_(1)

    @staticmethod
    def backward(ctx, gradient):
        return gradient


for view in (lambda x: x, lambda x: x.view(2), lambda x: x[:1], lambda x: x[:1].view(1), lambda x: x.split(1)[0]):
    for copied in (False, True):
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        given = view(x.clone() if copied else x)
        try:
            out = Increment.apply(given)
            out.sum().backward()
            print(out, out is given, x.grad)
        except RuntimeError as error:
            print(error)
# --- marked as changed, but no input
class Stray(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, as_view):
        out = x.clone()
        if as_view:
            out = out.view_as(out)
        ctx.mark_dirty(out)
        return out

    @staticmethod
    def backward(ctx, gradient):
        return gradient, None


x = torch.tensor([1.0], requires_grad=True)
print(Stray.apply(x.detach(), False), Stray.apply(x.detach(), True))
print(Stray.apply(x.clone(), False))
Stray.apply(x.clone(), True)
