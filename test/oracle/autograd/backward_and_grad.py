# Arguments of backward() and grad(), what they refuse, and edges of the graph as arguments.
# --- backward of a scalar
x = torch.tensor([1.0, 2.0], requires_grad=True)
(x * x).sum().backward()
print(x.grad)
# --- backward with a gradient
x = torch.ones(2, requires_grad=True)
(x * 3).backward(torch.tensor([1.0, 10.0]))
print(x.grad)
# --- gradients add up
x = torch.ones(2, requires_grad=True)
for _ in range(3):
    (x * 2).sum().backward()
print(x.grad)
# --- accumulation happens in place without create_graph
x = torch.ones(2, requires_grad=True)
y = x + 2
y.sum().backward(retain_graph=True)
g = x.grad
y.sum().backward()
print(g is x.grad, g)
# --- accumulation makes a new tensor with create_graph
x = torch.ones(2, requires_grad=True)
y = x * x
y.sum().backward(retain_graph=True)
g = x.grad
y.sum().backward(create_graph=True)
print(g is x.grad, g, x.grad)
# --- what create_graph leaves behind in grad
x = torch.ones(2, requires_grad=True)
(x * x).sum().backward(create_graph=True)
print(x.grad, x.grad.grad_fn.next_functions[0])
# --- several roots
x = torch.ones(2, requires_grad=True)
torch.autograd.backward([(x * 2).sum(), (x * 3).sum()])
print(x.grad)
# --- several roots with gradients
x = torch.ones(2, requires_grad=True)
torch.autograd.backward([x * 2, x * 3], [torch.ones(2), torch.full((2,), 10.0)])
print(x.grad)
# --- fewer gradients than roots
x = torch.ones(2, requires_grad=True)
torch.autograd.backward([x * 2, x * 3], [torch.ones(2)])
# --- a gradient of the wrong shape
x = torch.ones(2, requires_grad=True)
(x * 2).backward(torch.ones(3))
# --- a gradient that is no tensor
x = torch.ones(2, requires_grad=True)
(x * 2).backward(3.0)
# --- a root that is no scalar
x = torch.ones(2, requires_grad=True)
(x * 2).backward()
# --- a root without history
torch.ones(1).backward()
# --- a root that is no tensor
torch.autograd.backward([3])
# --- grad_variables is deprecated
x = torch.ones(2, requires_grad=True)
torch.autograd.backward(x * 2, grad_variables=torch.ones(2))
print(x.grad)
# --- grad_variables beside grad_tensors
x = torch.ones(2, requires_grad=True)
torch.autograd.backward(x * 2, torch.ones(2), grad_variables=torch.ones(2))
# --- inputs chooses leaves
x, y = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
(x * y).sum().backward(inputs=[x])
print(x.grad, y.grad)
# --- inputs may be one tensor, and no leaf
x = torch.ones(2, requires_grad=True)
h = x * 2
(h * 3).sum().backward(inputs=h)
print(h.grad, x.grad)
# --- inputs may not be empty
x = torch.ones(2, requires_grad=True)
x.sum().backward(inputs=[])
# --- inputs of the wrong kind
x = torch.ones(2, requires_grad=True)
x.sum().backward(inputs=[3])
# --- a second backward
x = torch.ones(2, requires_grad=True)
y = (x * x).sum()
y.backward()
y.backward()
# --- retain_graph allows a second backward
x = torch.ones(2, requires_grad=True)
y = (x * x).sum()
y.backward(retain_graph=True)
y.backward()
print(x.grad)
# --- an add can be gone through twice
x = torch.ones(2, requires_grad=True)
y = (x + x).sum()
y.backward()
y.backward()
print(x.grad)
# --- grad leaves grad alone
x = torch.ones(2, requires_grad=True)
print(torch.autograd.grad((x * 5).sum(), x), x.grad)
# --- grad of several inputs
x, y = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
print(torch.autograd.grad((x * y * 2).sum(), [x, y]))
# --- grad of an intermediate
x = torch.ones(2, requires_grad=True)
h = x * 2
print(torch.autograd.grad((h * h).sum(), [h, x]))
# --- an unused input
x, y = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
torch.autograd.grad(x.sum(), [x, y])
# --- allow_unused
x, y = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
print(torch.autograd.grad(x.sum(), [x, y], allow_unused=True))
# --- materialize_grads
x, y = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
print(torch.autograd.grad(x.sum(), [x, y], materialize_grads=True))
# --- materialize_grads against allow_unused
x = torch.ones(2, requires_grad=True)
torch.autograd.grad(x.sum(), [x], allow_unused=False, materialize_grads=True)
# --- materialized zeros can be differentiated with create_graph
x, a = torch.tensor(0.5, requires_grad=True), torch.tensor(1.0, requires_grad=True)
d = torch.autograd.grad(x * a, x, create_graph=True)
d2 = torch.autograd.grad(d, x, create_graph=True, materialize_grads=True)
print(d, d2, torch.autograd.grad(d2, x, materialize_grads=True))
# --- grad needs inputs
torch.autograd.grad(torch.ones(1, requires_grad=True).sum(), [])
# --- grad without outputs
x = torch.ones(2, requires_grad=True)
torch.autograd.grad([], [x])
# --- an input that does not require grad
x = torch.ones(2, requires_grad=True)
torch.autograd.grad(x.sum(), [torch.ones(2)])
# --- only_inputs is deprecated
x = torch.ones(2, requires_grad=True)
print(torch.autograd.grad(x.sum(), x, only_inputs=False))
# --- third derivative
x = torch.tensor(2.0, requires_grad=True)
y = x**4
for _ in range(4):
    (y,) = torch.autograd.grad(y, x, create_graph=True)
    print(y)
# --- a Hessian-vector product
x = torch.tensor([1.0, 2.0], requires_grad=True)
(g,) = torch.autograd.grad((x**3).sum(), x, create_graph=True)
print(torch.autograd.grad(g, x, torch.tensor([1.0, 0.5])))
# --- the edge of a leaf
x = torch.ones(2, requires_grad=True)
e = torch.autograd.graph.get_gradient_edge(x)
print(type(e).__name__, e.node.name(), e.output_nr, e.ownership_token)
# --- the edge of an intermediate as an input
x = torch.ones(2, requires_grad=True)
h = x * 2
e = torch.autograd.graph.get_gradient_edge(h)
print(torch.autograd.grad((h * h).sum(), [e, x]))
# --- an edge keeps meaning the tensor as it was
x = torch.ones(2, requires_grad=True).clone()
e = torch.autograd.graph.get_gradient_edge(x)
x *= 2
print(torch.autograd.grad(x.sum(), (e, x)))
# --- an edge as a root
x = torch.tensor([1.0, 2.0], requires_grad=True)
s = x.sin().sum()
e = torch.autograd.graph.get_gradient_edge(s)
print(torch.autograd.grad(e, x))
# --- an edge as a root needs a gradient unless it is a scalar
x = torch.ones(2, requires_grad=True)
torch.autograd.grad(torch.autograd.graph.get_gradient_edge(x * 2), x)
# --- an edge as a root with a gradient of the wrong shape
x = torch.ones(2, requires_grad=True)
torch.autograd.grad(torch.autograd.graph.get_gradient_edge(x * 2), x, torch.ones(5))
# --- backward with edges as inputs
x = torch.ones(2, requires_grad=True)
h = x * 2
torch.autograd.backward(h.sum(), inputs=[torch.autograd.graph.get_gradient_edge(x)])
print(x.grad)
# --- edges and materialize_grads
x, y = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
e = torch.autograd.graph.get_gradient_edge(y)
torch.autograd.grad(x.sum(), [x, e], allow_unused=True, materialize_grads=True)
# --- no edge without requires_grad
torch.autograd.graph.get_gradient_edge(torch.ones(2))
# --- the edge of a custom Function's output owns its graph
class Double(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, g):
        return g * 2


x = torch.ones(2, requires_grad=True)
e = torch.autograd.graph.get_gradient_edge(Double.apply(x).sum() * 1)
d = torch.autograd.graph.get_gradient_edge(Double.apply(x))
print(d.ownership_token.name(), d.node.name(), torch.autograd.grad(e, x))
# --- a number of the pass
x = torch.ones(1, requires_grad=True).clone()
seen = []
x.register_hook(lambda g: seen.append(torch._C._current_graph_task_id()))
for _ in range(3):
    x.backward(retain_graph=True)
print([n - seen[0] for n in seen], torch._C._current_graph_task_id())
# --- the order of a pass
x = torch.tensor(1.0, requires_grad=True)
y = x.clone().sin().exp()
y.register_hook(lambda g: print([n.name() for n in torch._C._current_graph_task_execution_order()]))
with torch.autograd.set_multithreading_enabled(False):
    y.backward()
# --- the order of a pass outside of one
torch._C._current_graph_task_execution_order()
# --- the node that runs
x = torch.ones(1, requires_grad=True)
y = x * 2
y.register_hook(lambda g: print(torch._C._current_autograd_node().name()))
y.sum().backward()
print(torch._C._current_autograd_node())
# --- which nodes will run
x, z = torch.ones(1, requires_grad=True), torch.ones(1, requires_grad=True)
a = x * 2
b = z * 3
c = a.sin()
c.register_hook(lambda g: print([torch._C._will_engine_execute_node(n) for n in (a.grad_fn, b.grad_fn, c.grad_fn)]))
c.backward()
# --- which nodes will run, asked outside
torch._C._will_engine_execute_node((torch.ones(1, requires_grad=True) * 2).grad_fn)
# --- which nodes will run, asked with a tensor
torch._C._will_engine_execute_node(torch.ones(1))
# --- a callback at the end of a pass
class Calls(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.clone()

    @staticmethod
    def backward(ctx, g):
        engine = torch.autograd.Variable._execution_engine
        engine.queue_callback(lambda: (print("first"), engine.queue_callback(lambda: print("second"))))
        print("backward")
        return g


x = torch.ones(1, requires_grad=True)
Calls.apply(x).backward()
print(x.grad)
# --- a callback outside of a pass
torch.autograd.Variable._execution_engine.queue_callback(lambda: None)
# --- backward inside of a hook
x = torch.ones(1, requires_grad=True)
w = torch.ones(1, requires_grad=True)
y = x * 2
y.register_hook(lambda g: (w * 5).sum().backward())
y.backward()
print(x.grad, w.grad)
# --- grad of an empty tensor
x = torch.ones(0, requires_grad=True)
print(torch.autograd.grad(x.sum(), x))
# --- an integer root
x = torch.ones(2, requires_grad=True)
x.argmax().backward()
# --- unused branches cost nothing
x = torch.ones(2, requires_grad=True)
a, b = x.unbind()
a.backward()
print(x.grad)
# --- grad_dtype mismatch when set
x = torch.ones(2, requires_grad=True)
x.grad = torch.ones(2, dtype=torch.float64)
# --- a grad of the wrong shape when set
x = torch.ones(2, requires_grad=True)
x.grad = torch.ones(3)
# --- its own grad
x = torch.ones(2, requires_grad=True)
x.grad = x
# --- grad that is no tensor
x = torch.ones(2, requires_grad=True)
x.grad = 3
# --- is_leaf, requires_grad, grad_fn
x = torch.ones(2, requires_grad=True)
y = x * 2
print(x.is_leaf, y.is_leaf, y.detach().is_leaf, x.grad_fn, y.grad_fn.name(), y.requires_grad, y.detach().requires_grad)
# --- requires_grad of a result cannot be switched off
y = torch.ones(2, requires_grad=True) * 2
y.requires_grad = False
# --- integers cannot require grad
torch.ones(2, dtype=torch.long).requires_grad_()
# --- grad of a non-leaf warns
y = torch.ones(2, requires_grad=True) * 2
print(y.grad)
# --- batches of gradients
x = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
y = torch.ones(2, requires_grad=True)
z = x * x
print(torch.autograd.grad(z, (x,), torch.eye(4).view(4, 2, 2), is_grads_batched=True, retain_graph=True))
print(torch.autograd.grad(z.sum(), (x,), torch.arange(3), is_grads_batched=True, retain_graph=True)[0].tolist())
print(torch.autograd.grad(z.sum(), (x, y), torch.ones(2), is_grads_batched=True, allow_unused=True, retain_graph=True))
print(torch.autograd.grad(z.sum(), (x, y), torch.ones(2), is_grads_batched=True, materialize_grads=True)[1])
z = x**3
(first,) = torch.autograd.grad(z.sum(), (x,), torch.ones(2), is_grads_batched=True, create_graph=True)
first.sum().backward()
print(x.grad)
# --- a batch of gradients frees the graph
x = torch.ones(2, requires_grad=True)
z = x * x
torch.autograd.grad(z, (x,), torch.eye(2), is_grads_batched=True)
torch.autograd.grad(z, (x,), torch.eye(2), is_grads_batched=True)
# --- batches of gradients with other sizes
x = torch.ones(2, 2, requires_grad=True)
torch.autograd.grad(x * 2, (x,), torch.ones(3, 2), is_grads_batched=True)
# --- batches of gradients with different numbers of rows
x = torch.ones(2, requires_grad=True)
torch.autograd.grad([x.sum(), (x * x).sum()], (x,), [torch.ones(3), torch.ones(2)], is_grads_batched=True)
# --- a batch of gradients that is none
x = torch.ones(2, requires_grad=True)
torch.autograd.grad(x.sum(), (x,), is_grads_batched=True)
# --- grad_dtype: the dtype of a leaf's gradient
class Double(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, gradient):
        return gradient.double() * 2


def leaf(grad_dtype):
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    x.clone()
    x.grad_dtype = grad_dtype
    return x


for grad_dtype in (torch.float32, torch.float16, torch.bfloat16, torch.float64, None):
    x = leaf(grad_dtype)
    x.register_hook(lambda gradient: print("hook", gradient.dtype))
    x.register_post_accumulate_grad_hook(lambda x: print("added", x.grad.dtype))
    Double.apply(x).sum().backward()
    (x * 3).sum().backward()
    print(x.grad_dtype, x.grad, torch.autograd.grad((x * x).sum(), x))

x = leaf(None)
x.grad = torch.ones(2, dtype=torch.float64)
x.grad = x.grad.half()
(x * 3).sum().backward()
print(x.grad, x.detach().grad_dtype, torch.nn.Parameter(x.detach()).grad_dtype)
linear = torch.nn.Linear(2, 1, bias=False)
linear.weight.grad_dtype = torch.bfloat16
linear(torch.ones(1, 2)).sum().backward()
print(linear.weight.grad, linear.half().weight.grad_dtype)
# --- grad_dtype of what has none, and gradients of another dtype
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x * 2


def attempt(body):
    try:
        print(body())
    except Exception as error:
        print(type(error).__name__, error)


attempt(lambda: y.grad_dtype)
attempt(lambda: setattr(y, "grad_dtype", torch.float16))
attempt(lambda: setattr(x, "grad_dtype", "float16"))
attempt(lambda: setattr(x, "grad_dtype", 3))
x.grad = torch.ones(2)
attempt(lambda: setattr(x, "grad_dtype", torch.float16))
attempt(lambda: setattr(x, "grad_dtype", torch.float32))
attempt(lambda: setattr(x, "grad_dtype", None))
print(x.grad_dtype)
x.grad = None
x.grad_dtype = torch.float16
attempt(lambda: setattr(x, "grad", torch.ones(2)))
attempt(lambda: setattr(x, "grad", torch.ones(2, dtype=torch.float16)))
print(x.grad, torch.zeros(2, dtype=torch.int64).grad_dtype)
