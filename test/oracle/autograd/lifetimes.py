# What dies when: contexts, hooks, packed tensors, notes about nodes.
# --- what ctx holds dies with the graph
import weakref


class Thing:
    pass


class F(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, thing):
        ctx.thing = thing
        return x.clone()

    @staticmethod
    def backward(ctx, g):
        return g, None


thing = Thing()
ref = weakref.ref(thing)
y = F.apply(torch.ones(1, requires_grad=True), thing)
del thing
print(ref() is not None)
z = y * 2
del y
print(ref() is not None)
z.backward()
print(ref() is not None)
del z
print(ref())
# --- a hook dies with its tensor
import weakref


class Thing:
    pass


thing = Thing()
ref = weakref.ref(thing)
x = torch.ones(1, requires_grad=True)
x.register_hook(lambda g, t=thing: None)
del thing
print(ref() is not None)
del x
print(ref())
# --- a removed hook dies at once
import weakref


class Thing:
    pass


thing = Thing()
ref = weakref.ref(thing)
x = torch.ones(1, requires_grad=True)
h = x.register_hook(lambda g, t=thing: None)
del thing
h.remove()
print(ref())
# --- a hook on an intermediate lives with the graph
import weakref


class Thing:
    pass


thing = Thing()
ref = weakref.ref(thing)
x = torch.ones(1, requires_grad=True)
y = x * 2
y.register_hook(lambda g, t=thing: None)
z = y * 3
del thing, y
print(ref() is not None)
del z
print(ref())
# --- metadata dies with its node
import weakref


class Thing:
    pass


thing = Thing()
ref = weakref.ref(thing)
y = torch.ones(1, requires_grad=True) * 2
y.grad_fn.metadata["thing"] = thing
del thing
print(ref() is not None)
del y
print(ref())
# --- what a pack hook made dies with backward
import weakref


class Box:
    def __init__(self, t):
        self.t = t


boxes = []


def pack(t):
    box = Box(t.detach())
    boxes.append(weakref.ref(box))
    return box


x = torch.ones(1, requires_grad=True)
with torch.autograd.graph.saved_tensors_hooks(pack, lambda b: b.t):
    y = x.exp()
print(boxes[0]() is not None)
y.backward()
print(boxes[0]())
# --- what a pack hook made dies with the graph
import weakref


class Box:
    def __init__(self, t):
        self.t = t


boxes = []


def pack(t):
    box = Box(t.detach())
    boxes.append(weakref.ref(box))
    return box


x = torch.ones(1, requires_grad=True)
with torch.autograd.graph.saved_tensors_hooks(pack, lambda b: b.t):
    y = x.exp()
del y
print(boxes[0]())
# --- a tensor's object dies with its last name
import weakref

x = torch.ones(1)
ref = weakref.ref(x)
y = x
del x
print(ref() is not None)
del y
print(ref())
# --- a cycle through ctx is collected
import gc
import weakref


class F(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, note):
        ctx.note = note
        return x.clone()

    @staticmethod
    def backward(ctx, g):
        return g, None


class Note:
    pass


def make():
    note = Note()
    out = F.apply(torch.ones(1, requires_grad=True), note)
    note.out = out
    return weakref.ref(note)


ref = make()
print(ref() is not None)
gc.collect()
print(ref())
# --- a cycle through a hook is collected
import gc
import weakref


class Note:
    pass


def make():
    note = Note()
    y = torch.ones(1, requires_grad=True) * 2
    note.node = y.grad_fn
    y.register_hook(lambda g, n=note: None)
    return y, weakref.ref(note)


y, ref = make()
gc.collect()
print(ref() is not None)
del y
gc.collect()
print(ref())
# --- a long graph is let go
x = torch.ones(1, requires_grad=True)
y = x
for _ in range(20000):
    y = y + 1
y.backward()
del y
print(x.grad)
