# Fifty small changes in place, allowed, wrong and refused.
import torch

def t(title, f):
    try:
        r = f()
        print(title, '->', r)
    except Exception as e:
        print(title, '!', type(e).__name__, e)

def mk(*s):
    return torch.ones(*s, requires_grad=True)

def f1():
    a = mk(3)
    a += 1

def f2():
    a = mk(3)
    a[0] = 2

def f3():
    a = mk(3)
    b = a * 2
    b[0] = 5
    b.sum().backward()
    return a.grad

def f4():
    a = mk(3)
    b = a.exp()
    b.add_(1)
    b.sum().backward()

def f5():
    a = mk(3)
    b = a * 2
    c = b[1:]
    c.mul_(3)
    b.sum().backward()
    return (a.grad, b.grad_fn.name(), c.grad_fn.name())

def f6():
    a = mk(3)
    b = a * 2
    c, d = b.chunk(2)
    c.mul_(2)

def f7():
    a = mk(4)
    b = a * 2
    xs = b.unbind()
    xs[0].zero_()

def f8():
    a = mk(3)
    v = a.view(-1)
    v.zero_()

def f9():
    a = mk(3)
    with torch.no_grad():
        a.zero_()
        a += 5
    return (a, a._version)

def f10():
    a = mk(3)
    a.data.fill_(3)
    return (a, a._version)

def f11():
    a = mk(3)
    s = a.sigmoid()
    s.detach().zero_()
    s.sum().backward()

def f12():
    a = mk(3)
    s = a.sigmoid()
    s.data.zero_()
    s.sum().backward()
    return a.grad

def f13():
    a = mk(2, 2)
    b = a.t()
    c = b * 1
    c.t_()
    return (c, c.grad_fn.name())

def f14():
    a = mk(3)
    b = a.clone()
    b.requires_grad_(False)

def f15():
    a = torch.zeros(3)
    a[1] = mk(1)[0] * 3
    return (a, a.requires_grad, a.grad_fn.name(), a.is_leaf)

def f16():
    a = mk(3)
    with torch.no_grad():
        v = a[1:]
    v.mul_(2)
    return v

def f17():
    a = mk(3) * 1
    with torch.no_grad():
        v = a[1:]
    v.mul_(2)
    return v

def f18():
    a = mk(3)
    a.requires_grad = False
    a.add_(1)
    return a

def f19():
    a = mk(3) * 2
    a.requires_grad = False

def f20():
    a = mk(3)
    b = a.detach()
    b += 1
    return (a, b._version, a._version)

def f21():
    a = mk(3)
    b = a * a
    a.data += 1
    b.sum().backward()
    return a.grad

def f22():
    a = mk(3)
    b = a * a
    with torch.no_grad():
        a += 1
    b.sum().backward()

def f23():
    x = torch.zeros(2, 3)
    x[:, 0] = mk(2)
    x[:, 1] = x[:, 0] * 2
    x.sum().backward()
    return [node.name() for node, _ in x.grad_fn.next_functions]

def f25():
    a = torch.zeros(3)
    a.resize_(5)
    return a.shape

def f26():
    a = mk(3)
    a.resize_(5)

def f27():
    a = mk(2, 3)
    return (
        [v._base is a for v in (a.view(6), a[0], a.t(), a.detach(), a.expand(2, 2, 3), a.reshape(3, 2))],
        [v._base is a for v in (a.contiguous(), a.flatten(), a.narrow(0, 0, 1), a.split(1)[0])],
        [v.is_contiguous() for v in (a.t(), a[:, 0], a.view(6))], a.t().stride(),
        a.storage_offset(), a[1].storage_offset(), a.data_ptr() == a.view(-1).data_ptr(),
    )

def f28():
    a = mk(3)
    return (
        torch.relu_(a * 1), (a * -1).clamp_(min=0), torch.nn.functional.relu(a * -1, inplace=True),
        (a * 1).uniform_(0, 0),
    )

def f29():
    m = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Sigmoid(), torch.nn.ReLU(inplace=True))
    m(torch.ones(1, 2)).sum().backward()
    return m[0].weight.grad.shape

def f30():
    m = torch.nn.Sequential(
        torch.nn.Linear(2, 2), torch.nn.ReLU(inplace=True), torch.nn.Dropout(0.0, inplace=True),
    )
    m(torch.ones(1, 2)).sum().backward()
    return m[0].weight.grad.shape

def f31():
    a = mk(3)
    b = a.expand(2, 3).clone()
    b[0] += 1
    b.sum().backward()
    return a.grad

def f32():
    a = torch.ones(3)
    b = a.expand(2, 3)
    b += 1

def f33():
    h = mk(1)
    hs = [h]
    [hs.append(hs[-1] * 2) for _ in range(3)]
    hs[2].add_(1)
    hs[-1].backward()
    return h.grad

def f34():
    w = mk(2, 2)
    x = torch.ones(2)
    y = w @ x
    x += 1
    y.sum().backward()
    return w.grad

def f35():
    a = mk(3)
    x = a.cumsum(0)
    x /= x.sum()
    x[0].backward()
    return a.grad

def f36():
    a = mk(3)
    b = a.sqrt()
    b *= 2
    b.sum().backward()

def f37():
    a = mk(3)
    b = a.tanh()
    b = b * 2
    b += 1
    b.sum().backward()
    return a.grad

def f38():
    a = mk(3)
    b = a.softmax(0)
    b[0] = 0
    b.sum().backward()

def f39():
    x = torch.ones(3)
    y = x
    y += 1
    z = x
    z = z + 1
    return (x, z)

def f40():
    a = mk(2)
    b = a * 1
    b.copy_(a * 3)
    b.sum().backward()
    return a.grad

def f41():
    a = mk(3)
    a.grad = torch.ones(3)
    a.grad.add_(1)
    return a.grad

def f42():
    a = mk(3)
    a.grad = torch.ones(2)

def f43():
    a = mk(3)
    a.grad = 'x'

def f44():
    a = mk(3)
    a.grad = torch.ones(3).double()

def f45():
    a = mk(3)
    b = a.view(3, 1).squeeze_(1)
    return b

def f46():
    a = mk(2, 3) * 1
    a.transpose_(0, 1)
    a.unsqueeze_(0)
    return (a.shape, a.grad_fn.name())

def f47():
    a = mk(2)
    b = torch.stack([a, a])
    b.diagonal().zero_()
    b.sum().backward()
    return a.grad

def f48():
    a = mk(3)
    b = (a * 2).detach_()
    return (b.requires_grad, b.is_leaf, b.grad_fn)

def f49():
    a = mk(3)
    v = (a * 2)[0:2]
    v.detach_()

def f50():
    a = mk(3)
    s = torch.zeros(())
    s += a.sum()
    s.backward()
    return (s, a.grad)
for i in [n for n in range(1, 51) if n != 24]:
    t(f'f{i}', globals()[f'f{i}'])
