// The text whose edits are timed.

/** 30 lines that a person might edit, the last of them given. */
export function lesson(lastLine: string): string {
  return `# %% [grad] Bench
x = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True)
w = torch.tensor([[0.1], [0.2], [0.3]], requires_grad=True)
b = torch.tensor(0.5, requires_grad=True)
target = torch.tensor([[1.0], [2.0]])

def layer(inputs, weight, bias):
    hidden = inputs @ weight + bias
    return torch.tanh(hidden)

def penalty(weight):
    return 0.01 * (weight ** 2).sum()

prediction = layer(x, w, b)
error = prediction - target
loss = (error ** 2).mean() + penalty(w)
print(loss)
loss.backward()
print(w.grad, b.grad)

state = torch.zeros(3)
for step in range(5):
    state = torch.sigmoid(state + x.detach()[0])
total = state.sum()

a = torch.tensor(2.0, requires_grad=True)
c = a ** 3
(g,) = torch.autograd.grad(c, a, create_graph=True)
(h,) = torch.autograd.grad(g, a)
${lastLine}
`;
}
