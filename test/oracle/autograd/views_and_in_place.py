# Views, changes in place, version counters, and what is forbidden.
# --- a change through a view reaches the base
x = torch.ones(2, 2, requires_grad=True)
y = x.clone()
y[0].mul_(3)
print(y, y.grad_fn.name())
y.sum().backward()
print(x.grad)
# --- a change of the base reaches its views
x = torch.ones(4, requires_grad=True)
y = x.clone()
v = y[:2]
y.mul_(5)
print(v, v.grad_fn.name())
v.sum().backward()
print(x.grad)
# --- a view of a view has the same base
y = torch.ones(2, 2, requires_grad=True).clone()
v = y.t()[0].view(2)
print(v._base is y, v._is_view(), y._is_view(), y._base)
# --- versions are shared
y = torch.ones(4)
v, d = y[:2], y.detach()
v.add_(1)
print(y._version, v._version, d._version, y.data._version)
# --- an in-place change on a base that does not require grad yet
b = torch.ones(2, requires_grad=True)
x = torch.zeros(4)
v = x[:2]
print(v.requires_grad, v.grad_fn)
x.add_(b.sum())
print(v.requires_grad, v.grad_fn.name())
v.sum().backward()
print(b.grad)
# --- a view makes its base require grad
b = torch.ones(2, requires_grad=True)
x = torch.zeros(4)
x[:2].mul_(b)
print(x.requires_grad, x.grad_fn.name())
# --- a leaf in place
x = torch.ones(2, requires_grad=True)
x.add_(1)
# --- a view of a leaf in place
x = torch.ones(2, requires_grad=True)
x[0].add_(1)
# --- a leaf in place under no_grad
x = torch.ones(2, requires_grad=True)
with torch.no_grad():
    x.add_(1)
print(x, x._version)
# --- assigning into a leaf
x = torch.ones(2, requires_grad=True)
x[0] = 3
# --- assigning into a copy
x = torch.ones(3, requires_grad=True)
y = x.clone()
y[1] = 10 * x[0]
y.sum().backward()
print(y, x.grad)
# --- assigning by a mask
x = torch.tensor([1.0, -2.0, 3.0], requires_grad=True)
y = x.clone()
y[y < 0] = 0
(y * y).sum().backward()
print(x.grad)
# --- assigning by indices
x = torch.zeros(3, requires_grad=True)
v = torch.ones(2, requires_grad=True)
y = x.clone()
y[torch.tensor([2, 0])] = v * 5
(y * torch.tensor([1.0, 2.0, 3.0])).sum().backward()
print(x.grad, v.grad)
# --- reading by repeated indices
x = torch.ones(3, requires_grad=True)
x[torch.tensor([0, 0, 2])].sum().backward()
print(x.grad)
# --- multi-output views may not be changed
a, b = torch.ones(2, 2, requires_grad=True).clone().unbind()
a.add_(1)
# --- multi-output views of chunk
a, b = torch.ones(4, requires_grad=True).clone().chunk(2)
a.mul_(2)
# --- the base of multi-output views may be changed, then they are stale
y = torch.ones(4, requires_grad=True).clone()
a, b = y.split(2)
y.add_(1)
print(a.requires_grad)
a.grad_fn
# --- a view made in no_grad, changed with grad
y = torch.ones(4, requires_grad=True).clone()
with torch.no_grad():
    v = y[:2]
v.add_(1)
# --- a view made in no_grad of a leaf, printed
x = torch.ones(1, requires_grad=True)
with torch.no_grad():
    b = x[:]
    b *= 2
print(b)
# --- a view made in inference mode, changed outside
y = torch.ones(4)
with torch.inference_mode():
    v = y[:2]
print(v.is_inference(), v._is_view())
y2 = torch.ones(4, requires_grad=True).clone()
with torch.inference_mode():
    w = y2[:2]
w.add_(1)
# --- detach shares memory and version
x = torch.ones(2, requires_grad=True).clone()
d = x.detach()
d.add_(1)
print(x, x._version, d.requires_grad)
# --- detach_ of a view
torch.ones(4, requires_grad=True).clone()[:2].detach_()
# --- detach_
x = torch.ones(2, requires_grad=True)
y = x * 2
z = y * 3
print(y.detach_(), y.is_leaf, y.requires_grad, z.grad_fn.next_functions[0][0].name())
# --- .data shares memory, not the version
x = torch.ones(2, requires_grad=True)
y = x * 1
z = y * y
y.data.add_(1)
print(y._version)
z.sum().backward()
print(x.grad)
# --- assigning .data
x = torch.ones(2, requires_grad=True)
x.data = torch.zeros(3)
print(x, x.requires_grad)
# --- assigning .data of another dtype
x = torch.ones(2, requires_grad=True)
x.data = torch.zeros(2, dtype=torch.float64)
print(x)
# --- assigning integers to .data of what requires grad
x = torch.ones(2, requires_grad=True)
x.data = torch.zeros(2, dtype=torch.long)
# --- assigning .data that is no tensor
torch.ones(2).data = None
# --- attributes that cannot be deleted
x = torch.ones(2, requires_grad=True)
del x.grad
print(x.grad)
for name in ("data", "requires_grad"):
    try:
        delattr(x, name)
    except RuntimeError as e:
        print(name, e)
# --- expanded memory in place
torch.ones(1).expand(3).add_(1)
# --- partly overlapping memory in place
x = torch.arange(4.0)
x[1:].add_(x[:-1])
# --- as_strided with overlapping memory
x = torch.arange(4.0, requires_grad=True)
x.as_strided((2, 3), (1, 1)).sum().backward()
print(x.grad)
# --- as_strided of a view
x = torch.arange(6.0, requires_grad=True)
x[1:].as_strided((2, 2), (2, 1), 1).mul(torch.tensor([[1.0, 2.0], [3.0, 4.0]])).sum().backward()
print(x.grad)
# --- expand
x = torch.ones(1, 2, requires_grad=True)
(x.expand(3, 2) * 2).sum().backward()
print(x.grad)
# --- unfold
x = torch.arange(5.0, requires_grad=True)
x.unfold(0, 3, 1).sum().backward()
print(x.grad)
# --- diagonal in place
x = torch.zeros(3, 3, requires_grad=True)
y = x.clone()
y.diagonal().add_(torch.ones(3, requires_grad=True))
print(y, y.grad_fn.name(), [n.name() for n, _ in y.grad_fn.next_functions if n])
# --- copy_
x, y = torch.zeros(2, requires_grad=True), torch.ones(2, requires_grad=True)
z = x.clone()
print(z.copy_(y * 2), z.grad_fn.name())
z.sum().backward()
print(x.grad, y.grad)
# --- copy_ into a view
x, y = torch.zeros(4, requires_grad=True), torch.ones(2, requires_grad=True)
z = x.clone()
z[1:3].copy_(y)
z.sum().backward()
print(x.grad, y.grad)
# --- copy_ of another shape
torch.zeros(2).copy_(torch.ones(3))
# --- fill_, zero_
x = torch.ones(2, requires_grad=True)
y = (x * 2).zero_()
print(y, y.grad_fn.name())
y.sum().backward()
print(x.grad)
# --- in-place views
x = torch.ones(2, 3, requires_grad=True)
y = x.clone()
print(y.t_().shape, y.grad_fn.name(), y.unsqueeze_(0).shape, y.grad_fn.name(), y.squeeze_(0).shape)
y.sum().backward()
print(x.grad)
# --- in place on a result that is needed
x = torch.ones(2, requires_grad=True)
y = x.sigmoid()
y.mul_(2)
y.sum().backward()
# --- in place on what is not needed
x = torch.ones(2, requires_grad=True)
y = x + 1
y.mul_(2)
y.sum().backward()
print(x.grad)
# --- relu in place
x = torch.tensor([-1.0, 2.0], requires_grad=True)
y = torch.relu_(x * 1)
y.sum().backward()
print(x.grad, y.grad_fn.name())
# --- in place of another dtype
torch.ones(2, dtype=torch.long).add_(torch.ones(2))
# --- in place of another shape
torch.ones(2).add_(torch.ones(3, 2))
# --- out= with what requires grad
torch.add(torch.ones(2, requires_grad=True), 1, out=torch.ones(2))
# --- out=
out = torch.empty(2)
r = torch.add(torch.ones(2), 1, out=out)
print(r is out, out, out._version)
# --- set_ keeps a leaf
x = torch.ones(2, requires_grad=True)
with torch.no_grad():
    x.set_(torch.zeros(3))
print(x)
# --- a graph from before set_ does not lead to the leaf
x = torch.rand(2, requires_grad=True)
y = x.clone()
with torch.no_grad():
    x.set_(torch.rand_like(x))
torch.autograd.grad(y.sum(), x)
# --- an in-place change between two backward calls
w = torch.ones(2, requires_grad=True)
y = (w * w).sum()
y.backward(retain_graph=True)
with torch.no_grad():
    w -= 0.1
y.backward()
# --- views of views of views
x = torch.ones(2, 3, 4, requires_grad=True)
y = x.clone()
v = y[0].t()[1:3][:, ::2]
v.mul_(7)
y.sum().backward()
print(x.grad)
# --- two views of one base
x = torch.ones(4, requires_grad=True)
y = x.clone()
a, b = y[:3], y[1:]
a.mul_(2)
b.mul_(3)
(a.sum() + b.sum()).backward()
print(y, x.grad)
# --- views made anew by the operators that made them
def changed(x):
    out = x.clone().view(-1)
    out.add_(1)
    return out


x = torch.ones(2, 2, requires_grad=True)
with torch.autograd._force_original_view_tracking(True):
    print(changed(x).grad_fn.name(), torch.autograd.is_view_replay_enabled())
    base = x.clone()
    view = base.t()[0]
    base.mul_(2)
    node = view.grad_fn
    while node:
        print(node.name())
        node = node.next_functions[0][0] if node.next_functions else None
    view.sum().backward()
    print(x.grad)
    pieces = x.clone().t().chunk(2)
    print(pieces[1]._view_func(torch.arange(4.0).view(2, 2)))
print(changed(x).grad_fn.name(), torch.autograd.is_view_replay_enabled())
torch.autograd._force_original_view_tracking(True)
print(changed(x).grad_fn.name())
torch.autograd._force_original_view_tracking(False)
view = torch.ones(2, 3).t()
print(view._view_func(torch.arange(6.0).view(2, 3)), view._view_func(torch.ones(5)), torch.ones(2)._view_func(x))
# --- pieces that may be changed
x = torch.ones(3, 3, requires_grad=True)
for f in (lambda t: t.unsafe_split(1), lambda t: t.unsafe_split_with_sizes((1, 2)), lambda t: t.unsafe_chunk(3)):
    y = x * 2
    pieces = f(y)
    print(pieces[0].grad_fn.name(), pieces[0]._is_view(), len(pieces))
    pieces[0].mul_(3)
    pieces[0].sum().backward()
    print(x.grad)
    x.grad = None
# --- versions after resize_
x = torch.zeros(1)
for change in (
    lambda: x.resize_(1, 2),
    lambda: x.resize_(1, 2),
    lambda: x.resize_(2),
    lambda: x.resize_as_(torch.ones(3)),
    lambda: x.resize_as_(torch.ones(3)),
):
    change()
    print(x._version, tuple(x.shape))
torch.ones(2, requires_grad=True).resize_(1)
