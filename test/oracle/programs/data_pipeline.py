# Data sets, samplers, collation, splits, and what is refused.
import torch, random, itertools
from torch.utils.data import *
from torch.utils.data import default_collate
from torch.nn.utils.rnn import pad_sequence
torch.manual_seed(0)

class Sq(Dataset):

    def __init__(s, n):
        s.n = n

    def __len__(s):
        return s.n

    def __getitem__(s, i):
        if i >= s.n:
            raise IndexError
        return {'x': torch.tensor(float(i)), 'y': i, 'name': f's{i}', 't': (i, [i, float(i)])}
for b in DataLoader(Sq(5), batch_size=2):
    print(b)
print(len(DataLoader(Sq(5), 2)), len(DataLoader(Sq(5), 2, drop_last=True)))
print([b.tolist() for b in DataLoader(range(6), 4, shuffle=True)])
print([b.tolist() for b in DataLoader(range(6), 4, shuffle=True, generator=torch.Generator().manual_seed(3))])
print(list(DataLoader([[1, 2], [3, 4]], batch_size=None)))
print(list(DataLoader(['a', 'b'], 2)), list(DataLoader([(1, 'a'), (2, 'b')], 2)))

class It(IterableDataset):

    def __iter__(s):
        return iter(range(5))
print(list(DataLoader(It(), 2)))
try:
    DataLoader(It(), 2, shuffle=True)
except ValueError as e:
    print(e)
try:
    len(DataLoader(It(), 2))
except TypeError as e:
    print(e)
ws = WeightedRandomSampler([0.1, 0.9, 0.5], 6, replacement=True)
print(list(ws), len(ws))
print(list(RandomSampler(range(5))), list(SequentialSampler(range(3))))
print(list(BatchSampler(SequentialSampler(range(5)), 2, True)))
print(list(SubsetRandomSampler([3, 1, 7])))

class Buckets(Sampler):

    def __init__(s, lens, bs):
        s.l, s.b = (lens, bs)

    def __iter__(s):
        o = sorted(range(len(s.l)), key=lambda i: s.l[i])
        bs = [o[i:i + s.b] for i in range(0, len(o), s.b)]
        for i in torch.randperm(len(bs)):
            yield bs[i]

    def __len__(s):
        return -(-len(s.l) // s.b)
seqs = [torch.arange(n) for n in (3, 1, 4, 2)]

def collate(batch):
    return (pad_sequence(batch, batch_first=True, padding_value=-1), torch.tensor([len(b) for b in batch]))
for x, l in DataLoader(seqs, batch_sampler=Buckets([3, 1, 4, 2], 2), collate_fn=collate):
    print(x, l)
a, b, c = random_split(range(10), [0.5, 0.3, 0.2], generator=torch.Generator().manual_seed(42))
print(list(a), b.indices, len(c))
s = Subset(Sq(5), [4, 1])
print(s[0]['y'], len(s))
cd = ConcatDataset([range(3), range(2)])
print(list(cd), cd[-1], len(cd), cd.cumulative_sizes)
td = TensorDataset(torch.arange(6).view(3, 2), torch.tensor([0, 1, 2]))
print(td[1], len(td), td[:2])
try:
    default_collate([torch.ones(2), torch.ones(3)])
except RuntimeError as e:
    print(e)
try:
    default_collate([object()])
except TypeError as e:
    print(str(e)[:150])
print(default_collate([{'a': 1, 'b': [1.0, 2.0]}, {'a': 2, 'b': [3.0, 4.0]}]))
print(default_collate([True, False]), default_collate(['x']))
try:
    DataLoader(range(3), batch_size=2, sampler=SequentialSampler(range(3)), shuffle=True)
except ValueError as e:
    print(e)
try:
    DataLoader(range(3), num_workers=-1)
except ValueError as e:
    print(e)
try:
    random_split(range(3), [0.5, 0.6])
except ValueError as e:
    print(e)
try:
    WeightedRandomSampler([1.0], 0)
except ValueError as e:
    print(e)
try:
    for x in DataLoader(Sq(2), 2, collate_fn=lambda b: b[5]):
        pass
except IndexError as e:
    print(e)
it = iter(DataLoader(range(4), 2))
print(next(it), next(it), next(it, 'end'))
dl = DataLoader(range(4), 2, pin_memory=False)
print(dl.batch_size, dl.dataset, type(dl.sampler).__name__, dl.num_workers)
x, y = map(list, zip(*[(1, 2), (3, 4)]))
cyc = itertools.cycle(DataLoader(range(2)))
print([next(cyc).item() for _ in range(5)])
print(ChainDataset([It(), It()]).__class__.__name__, list(ChainDataset([It(), It()])))

def seed_worker(i):
    random.seed(torch.initial_seed() % 2 ** 32)
g = torch.Generator()
g.manual_seed(0)
print([b.tolist() for b in DataLoader(range(5), 2, worker_init_fn=seed_worker, generator=g, shuffle=True)])
