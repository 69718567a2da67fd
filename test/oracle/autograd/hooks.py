# Hooks on tensors, on leaves after accumulation, on nodes, on several tensors.
# --- a tensor hook sees the gradient
x = torch.ones(2, requires_grad=True)
y = x * 2
y.register_hook(print)
(y * 3).sum().backward()
# --- a tensor hook replaces the gradient
x = torch.ones(2, requires_grad=True)
y = x * 2
y.register_hook(lambda g: g * 10)
y.sum().backward()
print(x.grad)
# --- hooks run in their order, each seeing what the one before left
x = torch.ones(2, requires_grad=True)
x.register_hook(lambda g: g + 1)
x.register_hook(lambda g: g * 10)
x.sum().backward()
print(x.grad)
# --- a removed hook
x = torch.ones(2, requires_grad=True)
h = x.register_hook(lambda g: g * 10)
h.remove()
h.remove()
x.sum().backward()
print(x.grad)
# --- a handle is a context
x = torch.ones(2, requires_grad=True)
with x.register_hook(lambda g: g * 10):
    x.sum().backward()
x.sum().backward()
print(x.grad)
# --- a hook without requires_grad
torch.ones(2).register_hook(print)
# --- a hook that answers a number
x = torch.ones(2, requires_grad=True)
x.register_hook(lambda g: 3)
x.sum().backward()
# --- a hook that changes the size
x = torch.ones(2, requires_grad=True)


def wrong(g):
    return g[:1]


x.register_hook(wrong)
x.sum().backward()
# --- a hook that changes the dtype
x = torch.ones(2, requires_grad=True)


def wrong(g):
    return g.double()


x.register_hook(wrong)
x.sum().backward()
# --- a hook that raises
x = torch.ones(2, requires_grad=True)


def wrong(g):
    raise ValueError("from the hook")


x.register_hook(wrong)
x.sum().backward()
# --- a hook is told when no gradient arrives
x = torch.ones(3, requires_grad=True)
a, b, c = x.unbind()
a.register_hook(lambda g: print("a", g))
b.backward()
# --- a hook on an intermediate that is changed later belongs to what it was
x = torch.ones(2, requires_grad=True)
y = x * 2
y.register_hook(lambda g: print("before", g))
y.mul_(5)
y.register_hook(lambda g: print("after", g))
y.sum().backward()
# --- retain_grad follows a change in place
x = torch.ones(2, requires_grad=True)
y = x * 2
y.retain_grad()
y.mul_(5)
y.sum().backward()
print(y.grad, x.grad)
# --- retain_grad sees what hooks left
x = torch.ones(2, requires_grad=True)
y = x * 2
y.retain_grad()
y.register_hook(lambda g: g * 7)
y.sum().backward()
print(y.grad, y.retains_grad, x.retains_grad)
# --- retain_grad without requires_grad
torch.ones(2).retain_grad()
# --- retained gradients add up
x = torch.ones(2, requires_grad=True)
y = x * 2
y.retain_grad()
y.sum().backward(retain_graph=True)
y.sum().backward()
print(y.grad)
# --- after accumulation
x = torch.ones(2, requires_grad=True)
x.register_post_accumulate_grad_hook(lambda t: print(t is x, t.grad))
(x * 3).sum().backward()
# --- after accumulation: two hooks, in order
x = torch.ones(2, requires_grad=True)
x.register_post_accumulate_grad_hook(lambda t: t.grad.add_(1))
# --- after accumulation: a hook must answer None
x = torch.ones(2, requires_grad=True)
x.register_post_accumulate_grad_hook(lambda t: t.grad)
x.sum().backward()
# --- after accumulation: on a non-leaf
(torch.ones(2, requires_grad=True) * 2).register_post_accumulate_grad_hook(print)
# --- after accumulation: without requires_grad
torch.ones(2).register_post_accumulate_grad_hook(print)
# --- an optimizer in backward
w = torch.ones(2, requires_grad=True)
opt = torch.optim.SGD([w], lr=0.1)


def step(p):
    opt.step()
    opt.zero_grad()


w.register_post_accumulate_grad_hook(step)
(w * w).sum().backward()
print(w, w.grad)
# --- a hook after a node
x = torch.ones(2, requires_grad=True)
y = x * 2
y.grad_fn.register_hook(lambda gi, go: print(gi, go))
y.sum().backward()
# --- a hook after a node replaces
x = torch.ones(2, requires_grad=True)
y = x.exp()
y.grad_fn.register_hook(lambda gi, go: (gi[0] * 0 + 5,))
y.sum().backward()
print(x.grad)
# --- a hook before a node replaces
x = torch.ones(2, requires_grad=True)
y = x * 3
y.grad_fn.register_prehook(lambda go: (go[0] * 100,))
y.sum().backward()
print(x.grad)
# --- a hook before a node with the wrong number
y = torch.ones(2, requires_grad=True) * 3
y.grad_fn.register_prehook(lambda go: (go[0], go[0]))
y.sum().backward()
# --- a hook after a node with the wrong number
y = torch.ones(2, requires_grad=True).exp()
y.grad_fn.register_hook(lambda gi, go: (gi[0], gi[0]))
y.sum().backward()
# --- hooks of a node in order
x = torch.ones(2, requires_grad=True)
y = x * 2
order = []
y.grad_fn.register_hook(lambda gi, go: order.append("post 1"))
y.grad_fn.register_prehook(lambda go: order.append("pre 1"))
y.register_hook(lambda g: order.append("tensor"))
y.grad_fn.register_prehook(lambda go: order.append("pre 2"))
y.grad_fn.register_hook(lambda gi, go: order.append("post 2"))
y.sum().backward()
print(order)
# --- the order at a leaf
x = torch.ones(2, requires_grad=True)
order = []
node = x.view_as(x).grad_fn.next_functions[0][0]
node.register_hook(lambda gi, go: order.append("post"))
x.register_post_accumulate_grad_hook(lambda t: order.append("accumulated"))
node.register_prehook(lambda go: order.append("pre"))
x.register_hook(lambda g: order.append("tensor"))
x.sum().backward()
print(order)
# --- a hook that takes another away does so for the next pass
x = torch.ones(2, requires_grad=True)
y = x * 2
y.grad_fn.register_prehook(lambda go: other.remove())
other = y.grad_fn.register_prehook(lambda go: print("still here"))
y.sum().backward(retain_graph=True)
y.sum().backward()
# --- hooks on a node that custom Functions made
class Id(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.clone()

    @staticmethod
    def backward(ctx, g):
        return g


x = torch.ones(2, requires_grad=True)
y = Id.apply(x)
y.grad_fn.register_hook(lambda gi, go: print("post", gi, go))
y.grad_fn.register_prehook(lambda go: print("pre", go))
y.sum().backward()
# --- all of several
a, b = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
c, d = a * b, a * b
torch.autograd.graph.register_multi_grad_hook((a, b, c, d), lambda gs: print([g is not None for g in gs]))
c.sum().backward(retain_graph=True)
c.sum().backward(inputs=(a,), retain_graph=True)
# --- any of several
a, b = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
c = a * b
torch.autograd.graph.register_multi_grad_hook((a, b, c), lambda g: print("first", g), mode="any")
c.sum().backward(retain_graph=True)
c.sum().backward()
# --- several, removed
a, b = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
h = torch.autograd.graph.register_multi_grad_hook((a, b), lambda gs: print(gs))
h.remove()
(a * b).sum().backward()
# --- several, an unknown mode
torch.autograd.graph.register_multi_grad_hook((torch.ones(1, requires_grad=True),), print, mode="some")
# --- a hook on a leaf that grad() asks for
x = torch.ones(2, requires_grad=True)
x.register_hook(lambda g: g * 10)
print(torch.autograd.grad((x * 2).sum(), x))
# --- a hook on what lies behind grad() is not told
x = torch.ones(4, requires_grad=True)
a, b = x.chunk(2)
x.register_hook(lambda g: print("never"))
print(torch.autograd.grad((a + 2 * b).sum(), [a, b]))
# --- hooks with create_graph
x = torch.ones(2, requires_grad=True)
y = x * x
y.register_hook(lambda g: print(g.requires_grad, torch.is_grad_enabled()))
y.sum().backward(create_graph=True)
# --- no hook is told twice for two uses
x = torch.ones(2, requires_grad=True)
y = x * 2
y.register_hook(lambda g: print(g))
(y.sum() + (y * y).sum()).backward()
# --- hooks as a dictionary
from collections import OrderedDict

plain, leaf = torch.ones(2), torch.ones(2, requires_grad=True)
for t in (plain, leaf):
    print(t._backward_hooks)
    t._backward_hooks = OrderedDict()
    t._backward_hooks["triple"] = lambda gradient: gradient * 3
    print(list(t._backward_hooks))
(leaf * 2).sum().backward()
print(leaf.grad)
leaf._backward_hooks = None
leaf.grad = None
(leaf * 2).sum().backward()
print(leaf._backward_hooks, leaf.grad)
leaf.register_hook(lambda gradient: None)
print(type(leaf._backward_hooks).__name__, len(leaf._backward_hooks))
# --- hooks cannot be deleted
del torch.ones(2)._backward_hooks
# --- a hook that a node is given while it runs is not told what came in
def unpack(tensor):
    node = torch._C._current_autograd_node()

    def late(outgoing, incoming):
        print(node.name(), incoming)
        return tuple(None if gradient is None else gradient / 2 for gradient in outgoing)

    node.register_hook(late)
    return tensor


x = torch.tensor([1.0, 4.0], requires_grad=True)
with torch.autograd.graph.saved_tensors_hooks(lambda tensor: tensor, unpack):
    variance, mean = torch.var_mean(x, dim=0)
(variance + mean).backward()
print(x.grad)
