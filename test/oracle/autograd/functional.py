# torch.autograd.functional: vjp, jvp, jacobian, hessian, vhp, hvp.
# --- jacobian
from torch.autograd.functional import jacobian

print(jacobian(lambda x: x**2, torch.tensor([1.0, 2.0])))
# --- jacobian of several
from torch.autograd.functional import jacobian

x, y = torch.tensor([1.0, 2.0]), torch.tensor([3.0])
print(jacobian(lambda x, y: (x * y, x.sum()), (x, y)))
# --- jacobian with create_graph
from torch.autograd.functional import jacobian

x = torch.tensor([1.0, 2.0], requires_grad=True)
j = jacobian(lambda x: x**3, x, create_graph=True)
print(j)
j.sum().backward()
print(x.grad)
# --- jacobian, strict
from torch.autograd.functional import jacobian

jacobian(lambda x, y: x * 2, (torch.ones(2), torch.ones(2)), strict=True)
# --- jacobian, strict, without a graph
from torch.autograd.functional import jacobian

jacobian(lambda x: torch.ones(2), torch.ones(2), strict=True)
# --- jacobian, not strict, of what is independent
from torch.autograd.functional import jacobian

print(jacobian(lambda x, y: x * 2, (torch.ones(2), torch.ones(1))))
# --- jacobian of what is no tensor
from torch.autograd.functional import jacobian

jacobian(lambda x: 3, torch.ones(2))
# --- jacobian at what is no tensor
from torch.autograd.functional import jacobian

jacobian(lambda x: x, 3)
# --- jacobian at a tuple of what is no tensor
from torch.autograd.functional import jacobian

jacobian(lambda x, y: x, (torch.ones(2), 3))
# --- jacobian, vectorized
from torch.autograd.functional import jacobian

print(jacobian(lambda x, y: (x * y.sum(), x.exp()), (torch.tensor([0.0, 1.0]), torch.tensor([3.0])), vectorize=True))
# --- jacobian, vectorized and strict
from torch.autograd.functional import jacobian

jacobian(lambda x: x, torch.ones(2), vectorize=True, strict=True)
# --- jacobian, forward without vectorize
from torch.autograd.functional import jacobian

jacobian(lambda x: x, torch.ones(2), strategy="forward-mode")
# --- jacobian, an unknown strategy
from torch.autograd.functional import jacobian

jacobian(lambda x: x, torch.ones(2), strategy="both")
# --- hessian
from torch.autograd.functional import hessian

print(hessian(lambda x: (x**3).sum(), torch.tensor([1.0, 2.0])))
# --- hessian of several
from torch.autograd.functional import hessian

print(hessian(lambda x, y: (x * y * y).sum(), (torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0]))))
# --- hessian, vectorized
from torch.autograd.functional import hessian

print(hessian(lambda x: (x**3).sum(), torch.tensor([1.0, 2.0]), vectorize=True))
# --- hessian of what has several elements
from torch.autograd.functional import hessian

hessian(lambda x: x, torch.ones(2))
# --- hessian of a tuple
from torch.autograd.functional import hessian

hessian(lambda x: (x.sum(), x.sum()), torch.ones(2))
# --- hessian, strict, of a linear function
from torch.autograd.functional import hessian

hessian(lambda x: x.sum(), torch.ones(2), strict=True)
# --- vjp
from torch.autograd.functional import vjp

print(vjp(lambda x: x * x, torch.tensor([1.0, 2.0]), torch.tensor([1.0, 10.0])))
# --- vjp without v
from torch.autograd.functional import vjp

print(vjp(lambda x: (x * x).sum(), torch.tensor([1.0, 2.0])))
# --- vjp that needs v
from torch.autograd.functional import vjp

vjp(lambda x: x * x, torch.ones(2))
# --- vjp with v of the wrong size
from torch.autograd.functional import vjp

vjp(lambda x: x * x, torch.ones(2), torch.ones(3))
# --- vjp with too many v
from torch.autograd.functional import vjp

vjp(lambda x: x * x, torch.ones(2), (torch.ones(2), torch.ones(2)))
# --- vjp with a tuple of v of the wrong size
from torch.autograd.functional import vjp

vjp(lambda x: (x, x), torch.ones(2), (torch.ones(2), torch.ones(3)))
# --- vjp, strict
from torch.autograd.functional import vjp

vjp(lambda x, y: x.sum(), (torch.ones(2), torch.ones(2)), strict=True)
# --- jvp
from torch.autograd.functional import jvp

print(jvp(lambda x: x**3, torch.tensor([1.0, 2.0]), torch.tensor([1.0, 10.0])))
# --- jvp that needs v
from torch.autograd.functional import jvp

jvp(lambda x: x**3, torch.ones(2))
# --- jvp, strict, of what is independent
from torch.autograd.functional import jvp

jvp(lambda x: torch.ones(2), torch.ones(2), torch.ones(2), strict=True)
# --- jvp with create_graph
from torch.autograd.functional import jvp

x = torch.tensor([2.0], requires_grad=True)
out, p = jvp(lambda x: x**3, x, torch.ones(1), create_graph=True)
print(out, p)
# --- vhp
from torch.autograd.functional import vhp

print(vhp(lambda x: (x**3).sum(), torch.tensor([1.0, 2.0]), torch.tensor([1.0, 10.0])))
# --- hvp
from torch.autograd.functional import hvp

print(hvp(lambda x, y: (x * x * y).sum(), (torch.tensor([1.0]), torch.tensor([2.0])), (torch.ones(1), torch.ones(1))))
# --- hvp of what has several elements
from torch.autograd.functional import hvp

hvp(lambda x: x, torch.ones(2), torch.ones(2))
# --- vhp, strict, of a linear function
from torch.autograd.functional import vhp

vhp(lambda x: x.sum(), torch.ones(2), torch.ones(2), strict=True)
# --- under no_grad
from torch.autograd.functional import hessian, jacobian

with torch.no_grad():
    print(jacobian(torch.exp, torch.zeros(2)), hessian(lambda x: x.exp().sum(), torch.zeros(1)))
