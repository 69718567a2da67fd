# Pruning: methods, containers, amounts that are refused.
import torch, torch.nn as nn
import torch.nn.utils.prune as prune

def t(f):
    try:
        print('ok', f())
    except Exception as e:
        print(type(e).__name__, e)

def L():
    torch.manual_seed(0)
    return nn.Linear(4, 3)
t(lambda: prune.random_unstructured(L(), 'weight', 'a'))
t(lambda: prune.random_unstructured(L(), 'weight', -1))
t(lambda: prune.random_unstructured(L(), 'weight', 1.5))
t(lambda: prune.random_unstructured(L(), 'weight', 13))
t(lambda: prune.random_unstructured(L(), 'weight', 0))
t(lambda: prune.random_unstructured(L(), 'weight', 0.5).weight)
t(lambda: prune.random_structured(L(), 'weight', 1, dim=1).weight)
t(lambda: prune.random_structured(L(), 'weight', 0.5, dim=5).weight)
t(lambda: prune.random_structured(L(), 'bias', 0.5, dim=0).weight)
t(lambda: prune.random_structured(L(), 'weight', 7, dim=0).weight)
t(lambda: prune.ln_structured(L(), 'weight', 1, n=1, dim=-1).weight)
t(lambda: prune.ln_structured(L(), 'weight', 1, n=float('inf'), dim=0).weight)
t(lambda: prune.ln_structured(L(), 'weight', 1, n='fro', dim=0).weight)
scores = torch.arange(12.0).view(3, 4)
t(lambda: prune.l1_unstructured(L(), 'weight', 5, importance_scores=scores).weight_mask)
t(lambda: prune.l1_unstructured(L(), 'weight', 5, importance_scores=torch.arange(2.0)).weight_mask)
t(lambda: prune.l1_unstructured(L(), 'foo', 5))
t(lambda: prune.global_unstructured([], prune.L1Unstructured, amount=2))
t(lambda: prune.global_unstructured(3, prune.L1Unstructured, amount=2))
t(lambda: prune.global_unstructured([(L(), 'weight')], prune.LnStructured, amount=2))
t(lambda: prune.global_unstructured([(L(), 'weight')], prune.L1Unstructured, importance_scores=3, amount=2))
t(lambda: prune.remove(L(), 'weight'))
t(lambda: prune.custom_from_mask(L(), 'bias', torch.tensor([1, 0, 1])).bias)
t(lambda: prune.custom_from_mask(L(), 'bias', torch.tensor([1, 0])).bias)
m = prune.l1_unstructured(L(), 'weight', 4)
print(m.weight)
prune.random_unstructured(m, 'weight', 4)
print(m.weight_mask, len(list(m._forward_pre_hooks.values())))
print(type(list(m._forward_pre_hooks.values())[0]).__name__)
c = list(m._forward_pre_hooks.values())[0]
print(len(c), c[0].amount, c._tensor_name, [type(x).__name__ for x in c])
prune.l1_unstructured(m, 'weight', 0.5)
print(m.weight_mask)
prune.ln_structured(m, 'weight', 1, n=2, dim=0)
print(m.weight_mask)
m(torch.ones(1, 4)).sum().backward()
print(m.weight_orig.grad)
prune.remove(m, 'weight')
print(m.weight, [n for n, _ in m.named_parameters()], [n for n, _ in m.named_buffers()])
print(prune.is_pruned(m))
p = prune.L1Unstructured(amount=0.5)
print(p.prune(torch.tensor([1.0, -3.0, 2.0, 0.5])))
print(p.PRUNING_TYPE, prune.LnStructured.PRUNING_TYPE, prune.CustomFromMask.PRUNING_TYPE)
print(prune.Identity.PRUNING_TYPE, prune.RandomStructured.PRUNING_TYPE)
print(p.compute_mask(torch.tensor([1.0, -3.0, 2.0, 0.5]), torch.tensor([1.0, 1.0, 1.0, 0.0])))

class Odd(prune.BasePruningMethod):
    PRUNING_TYPE = 'weird'

    def compute_mask(self, t, default_mask):
        return default_mask
a = L()
Odd.apply(a, 'weight')
t(lambda: Odd.apply(a, 'weight'))
t(lambda: prune.PruningContainer(3))
pc = prune.PruningContainer()
t(lambda: pc.add_pruning_method(3))
q = prune.L1Unstructured(0.5)
q._tensor_name = 'w'
pc._tensor_name = 'v'
lin = L()
prune.global_unstructured([(lin, 'weight'), (lin, 'bias')], prune.L1Unstructured, amount=0.4)
print(lin.weight_mask, lin.bias_mask)
lin = L()
prune.global_unstructured(
    [(lin, 'weight'), (lin, 'bias')], prune.RandomUnstructured,
    importance_scores={(lin, 'weight'): torch.ones(3, 4)}, amount=3,
)
print(lin.weight_mask, lin.bias_mask)
lstm = nn.LSTM(2, 2)
prune.l1_unstructured(lstm, 'weight_ih_l0', 2)
print(lstm.weight_ih_l0, lstm(torch.ones(1, 1, 2))[0])
l = prune.identity(L(), 'weight')
print(l.weight_mask, l.state_dict().keys(), l)
