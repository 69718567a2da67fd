"""Writes paths.json: gradients that real PyTorch computes for varied programs, each from a leaf `x` to `out`.

    python test/oracle/generate_paths.py > test/oracle/paths.json

experiments.test.ts asks along which paths each gradient came, and adds the contributions up.
"""

import json

import torch
import torch.nn.functional as F
from torch import nn

PROGRAMS = {
    "mlp": "x = torch.randn(4, 3, requires_grad=True)\nw = torch.randn(3, 5)\nout = (torch.tanh(x @ w) ** 2).sum()",
    "residual": "x = torch.randn(6, requires_grad=True)\nh = x.sin()\nh = h + x\nh = h * x.exp()\nout = h.mean()",
    "softmax": "x = torch.randn(3, 4, requires_grad=True)\nout = F.cross_entropy(x * 2 + x, torch.tensor([0, 3, 1]))",
    "conv": "x = torch.randn(1, 2, 5, 5, requires_grad=True)\nk = torch.randn(3, 2, 3, 3)\nout = F.relu(F.conv2d(x, k, padding=1)).pow(2).mean()",
    "norm": "x = torch.randn(5, 4, requires_grad=True)\nout = (F.layer_norm(x, (4,)) * x).norm()",
    "attention": "x = torch.randn(1, 3, 4, requires_grad=True)\nout = (F.scaled_dot_product_attention(x, x, x) * torch.arange(4.)).sum()",
    "cumsum": "x = torch.randn(7, requires_grad=True)\nout = (x.cumsum(0) * x.flip(0)).sum()",
    "index": "x = torch.randn(6, requires_grad=True)\nout = (x[[0, 0, 3]] * x[2:5]).sum() + x.max()",
    "where": "x = torch.randn(8, requires_grad=True)\nout = torch.where(x > 0, x ** 3, x.exp() * 2).sum()",
    "einsum": "x = torch.randn(3, 3, requires_grad=True)\nout = torch.einsum('ij,jk,ki->', x, x, x)",
    "inplace": "x = torch.randn(5, requires_grad=True)\ny = x * 2\ny[1:3] = x[0] * x[4]\ny.mul_(x.sigmoid())\nout = y.sum()",
    "logsumexp": "x = torch.randn(4, 4, requires_grad=True)\nout = (x.logsumexp(1) - x.diagonal()).mean()",
    "stack": "x = torch.randn(4, requires_grad=True)\nout = torch.stack([x, x.cos(), x * 3]).prod(0).sum()",
    "solve": "x = torch.randn(3, 3, requires_grad=True)\nout = torch.linalg.solve(x + 4 * torch.eye(3), torch.ones(3)).sum()",
    "maxpool": "x = torch.randn(1, 1, 6, 6, requires_grad=True)\nout = (F.max_pool2d(x, 2) * F.avg_pool2d(x, 2)).sum()",
    "huber": "x = torch.randn(9, requires_grad=True)\nout = F.huber_loss(x * 2, torch.zeros(9)) + F.l1_loss(x, torch.ones(9))",
    "gru": "x = torch.randn(2, 3, requires_grad=True)\ncell = nn.GRUCell(3, 3)\nh = x\nfor i in range(2):\n    h = cell(x, h)\nout = (h ** 2).sum()",
    "views": "x = torch.randn(2, 6, requires_grad=True)\nout = (x.view(3, 4).t() @ x.reshape(3, 4)).unfold(0, 2, 1).sum() * x.std()",
    "sort": "x = torch.randn(6, requires_grad=True)\nv, i = x.sort()\nout = (v * torch.arange(6.)).sum() + x.median()",
    "batchnorm": "x = torch.randn(6, 3, requires_grad=True)\nbn = nn.BatchNorm1d(3)\nout = (bn(x) ** 3).mean() + F.gelu(x).sum()",
}

SEED = "torch.manual_seed(1)"
rows = []
for name, code in PROGRAMS.items():
    scope = {"torch": torch, "nn": nn, "F": F}
    text = f"{SEED}\n{code}\nout.backward()"
    exec(text, scope)
    rows.append({"name": name, "code": text, "gradient": scope["x"].grad.flatten().tolist()})
print(json.dumps(rows, indent=1))
