# grad_fn as an object: names, edges, metadata, what it saved, and hooks around what is saved.
# --- names and edges
x, y = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
z = (x + y).exp().sum()
node = z.grad_fn
while node is not None:
    print(node.name(), type(node).__name__, [(n and n.name(), i) for n, i in node.next_functions])
    node = node.next_functions[0][0] if node.next_functions else None
# --- a node is one object
x = torch.ones(2, requires_grad=True)
y = x * 2
print(y.grad_fn is y.grad_fn, (y + 1).grad_fn.next_functions[0][0] is y.grad_fn)
# --- every node is a Node
Node = torch.autograd.graph.Node
y = torch.ones(2, requires_grad=True).exp()
print(isinstance(y.grad_fn, Node), Node in type(y.grad_fn).mro(), isinstance(y, Node))
print(isinstance(y.grad_fn.next_functions[0][0], torch._C._functions.AccumulateGrad), issubclass(torch._C._functions.AccumulateGrad, Node))
# --- the variable of AccumulateGrad
x = torch.ones(2, requires_grad=True)
print((x * 1).grad_fn.next_functions[0][0].variable is x)
# --- metadata
y = torch.ones(2, requires_grad=True) * 2
print(y.grad_fn.metadata)
y.grad_fn.metadata["note"] = 5
print(y.grad_fn.metadata)
# --- input metadata
y = torch.ones(2, 3, requires_grad=True) * 2
m = y.grad_fn._input_metadata[0]
print(m.shape, m.dtype, m.device, m.is_nested_tensor, m.is_cpp_nested_tensor)
# --- sequence numbers
x = torch.ones(2, requires_grad=True)
a = x * 2
b = a * 2
print(b.grad_fn._sequence_nr() - a.grad_fn._sequence_nr(), (x * 1).grad_fn.next_functions[0][0]._sequence_nr())
# --- nodes have no attributes of their own
y = torch.ones(2, requires_grad=True) * 2
y.grad_fn.own = 3
# --- calling a node
x = torch.ones(2, requires_grad=True)
y = x * torch.tensor([3.0, 4.0])
print(y.grad_fn(torch.ones(2)))
# --- calling a node with too much
y = torch.ones(2, requires_grad=True) ** 2
y.grad_fn(torch.ones(2), torch.ones(2))
# --- calling a node with too little
y = torch.ones(2, requires_grad=True) ** 2
y.grad_fn()
# --- calling a node with a number
y = torch.ones(2, requires_grad=True) ** 2
y.grad_fn(3)
# --- saved tensors by name
x, w = torch.ones(2, requires_grad=True), torch.full((2,), 2.0, requires_grad=True)
y = x * w
print(y.grad_fn._saved_self is x, y.grad_fn._saved_other is w)
# --- a saved result is another object
y = torch.ones(2, requires_grad=True).exp()
print(y.grad_fn._saved_result is y, torch.equal(y.grad_fn._saved_result, y), y.grad_fn._saved_result.grad_fn is y.grad_fn)
# --- saved numbers and sizes
x = torch.ones(2, 3, requires_grad=True)
print(x.sum(1).grad_fn._saved_dim, x.sum(1, True).grad_fn._saved_keepdim, x.sum(0).grad_fn._saved_self_sym_sizes)
# --- not saved, as its gradient is not wanted
x = torch.ones(2, requires_grad=True)
print((x * 2).grad_fn._saved_self, (x * 2).grad_fn._saved_other)
# --- an unknown saved name
(torch.ones(2, requires_grad=True) * 2).grad_fn._saved_nothing
# --- names that can be asked for
y = torch.ones(2, requires_grad=True) * torch.ones(2, requires_grad=True)
print([n for n in dir(y.grad_fn) if "saved" in n])
# --- saved tensors after backward
x = torch.ones(2, requires_grad=True)
y = x * x
y.sum().backward()
y.grad_fn._saved_self
# --- a raw saved tensor
x = torch.ones(2, requires_grad=True)
y = x * x
raw = y.grad_fn._raw_saved_self
print(type(raw), raw.data is x, raw.unpack() is x, raw.unpack_hook)
# --- hooks on a saved tensor
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x * x
y.grad_fn._raw_saved_self.register_hooks(lambda t: 2 * t, lambda t: t / 2)
print(y.grad_fn._saved_self, y.grad_fn._raw_saved_self.data)
y.sum().backward()
print(x.grad)
# --- hooks on a saved result
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x.exp()
y.grad_fn._raw_saved_result.register_hooks(lambda t: t * 2, lambda t: t / 2)
y.sum().backward()
print(x.grad)
# --- hooks on a saved tensor, twice
x = torch.ones(2, requires_grad=True)
raw = (x * x).grad_fn._raw_saved_self
raw.register_hooks(lambda t: t, lambda t: t)
raw.register_hooks(lambda t: t, lambda t: t)
# --- hooks on nothing
(torch.ones(2, requires_grad=True) * 2).grad_fn._raw_saved_self.register_hooks(lambda t: t, lambda t: t)
# --- hooks on what was freed
x = torch.ones(2, requires_grad=True)
y = x * x
raw = y.grad_fn._raw_saved_self
y.sum().backward()
raw.register_hooks(lambda t: t, lambda t: t)
# --- an unpack hook that answers no tensor
x = torch.ones(2, requires_grad=True)
y = x * x
y.grad_fn._raw_saved_self.register_hooks(lambda t: t, lambda t: 1)
y.grad_fn._saved_self
# --- a pack hook with the wrong arguments
x = torch.ones(2, requires_grad=True)
y = x * x
y.grad_fn._raw_saved_self.register_hooks(lambda t, u: t, lambda t: t)
# --- a pack hook that changes its input
def twice(t):
    t *= 2
    return t


x = torch.ones(2, requires_grad=True)
y = x * x
y.grad_fn._raw_saved_self.register_hooks(twice, lambda t: t)
# --- a saved tensor cannot be made
torch._C._autograd.SavedTensor()
# --- hooks around a block
def pack(t):
    print("pack", t, torch.is_grad_enabled())
    return t.tolist()


def unpack(values):
    print("unpack", values)
    return torch.tensor(values)


x = torch.tensor([1.0, 2.0], requires_grad=True)
with torch.autograd.graph.saved_tensors_hooks(pack, unpack):
    y = x * x
    z = y.exp()
z.sum().backward()
print(x.grad)
# --- the innermost hooks count
x = torch.ones(2, requires_grad=True)
hooks = torch.autograd.graph.saved_tensors_hooks
with hooks(lambda t: print("outer"), lambda t: x):
    with hooks(lambda t: print("inner"), lambda t: x):
        y = x * x
    z = y * 2
# --- a pack hook that changes its input, around a block
def add_one(t):
    t += 1
    return t


x = torch.ones(2, requires_grad=True)
with torch.autograd.graph.saved_tensors_hooks(add_one, lambda t: t):
    x.exp()
# --- hooks that are disabled
with torch.autograd.graph.disable_saved_tensors_hooks("not here"):
    print(torch._C._autograd._saved_tensors_hooks_is_enabled())
    with torch.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: t):
        pass
# --- disabling inside of hooks
with torch.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: t):
    with torch.autograd.graph.disable_saved_tensors_hooks("not here"):
        pass
# --- disabled, nested
disable = torch.autograd.graph.disable_saved_tensors_hooks
with disable("one"):
    with disable("two"):
        print(torch._C._autograd._saved_tensors_hooks_get_disabled_error_message())
    print(torch._C._autograd._saved_tensors_hooks_get_disabled_error_message())
print(torch._C._autograd._saved_tensors_hooks_get_disabled_error_message())
# --- saving on the CPU
x = torch.ones(2, requires_grad=True)
with torch.autograd.graph.save_on_cpu():
    y = x * x
print(y.grad_fn._raw_saved_self.data)
y.sum().backward()
print(x.grad)
# --- hooks through a custom Function
class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return 2 * x * g


x = torch.tensor([1.0, 2.0], requires_grad=True)
with torch.autograd.graph.saved_tensors_hooks(lambda t: t * 10, lambda t: t):
    y = Square.apply(x)
y.sum().backward()
print(x.grad)
# --- the graph through hooks that keep history
x = torch.tensor(2.0, requires_grad=True)
with torch.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: t):
    y = x**3
(g,) = torch.autograd.grad(y, x, create_graph=True)
print(g, torch.autograd.grad(g, x))
# --- an overwritten saved tensor
x = torch.ones(2, requires_grad=True)
y = x * 2
z = y * y
y.add_(1)
z.sum().backward()
# --- an overwritten result
x = torch.ones(2, requires_grad=True)
y = x.exp()
y.add_(1)
y.sum().backward()
# --- a saved tensor that was detached in place
a = torch.tensor(1.0, requires_grad=True).clone()
y = a * a
a.detach_()
y.backward()
# --- increment_version
x = torch.ones(2, requires_grad=True)
y = x * 2
z = y * y
torch.autograd.graph.increment_version(y)
print(y._version)
z.sum().backward()
# --- mutation of saved tensors can be allowed
x = torch.ones(2, 3, requires_grad=True)
with torch.autograd.graph.allow_mutation_on_saved_tensors() as ctx:
    b = x.clone()
    out = (b**2).sum()
    b.sin_()
    print(len(ctx.cloned))
    out.backward()
    print(len(ctx.cloned))
print(x.grad)
# --- mutation of a view of what was saved
x = torch.ones(2, 3, requires_grad=True)
with torch.autograd.graph.allow_mutation_on_saved_tensors():
    b = x.clone()
    out = b**2
    b[:1].mul_(10)
    out.sum().backward()
print(x.grad)
# --- mutation allowed, backward outside
x = torch.ones(2, requires_grad=True)
with torch.autograd.graph.allow_mutation_on_saved_tensors():
    out = (x**2).sum()
out.backward()
# --- mutation allowed within mutation allowed
with torch.autograd.graph.allow_mutation_on_saved_tensors():
    with torch.autograd.graph.allow_mutation_on_saved_tensors():
        pass
# --- the types of nodes by name
y = torch.ones(2, requires_grad=True).clone()
print(type(y.grad_fn) is torch._C._functions.CloneBackward0, torch._C._functions.CopySlices)
# --- how a quotient was rounded
a = torch.tensor([5.0, -5.0], requires_grad=True)
for other in (2.0, 3, torch.tensor([2.0, 2.0]), torch.tensor(2.0, requires_grad=True)):
    for mode in (None, "trunc", "floor"):
        out = torch.div(a, other, rounding_mode=mode)
        print(out, out.grad_fn._saved_rounding_mode, torch.autograd.grad(out.sum(), a))
out = a.clone().divide_(2.0, rounding_mode=None)
print(out.grad_fn.name(), a.div(2.0, rounding_mode=None).grad_fn.name(), a.div(2.0).grad_fn.name())
print(torch.div(torch.tensor([5, 4]), 2, rounding_mode=None), torch.tensor([5, 4]).divide(2, rounding_mode="floor"))
