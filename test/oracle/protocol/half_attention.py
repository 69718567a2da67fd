# Scaled dot-product attention in half precision: computed in float32, with the weights rounded where PyTorch rounds.
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
for dtype in (torch.bfloat16, torch.float16):
    for shape in ((5, 8), (2, 5, 8)):
        x = torch.randn(shape).to(dtype).requires_grad_()
        out = F.scaled_dot_product_attention(x, x, x)
        print(dtype, out, out.grad_fn.name(), [node.name() for node, _ in out.grad_fn.next_functions])
        print(F.scaled_dot_product_attention(x, x, x, is_causal=True))
        allowed = torch.ones(5, 5, dtype=torch.bool).tril()
        print(F.scaled_dot_product_attention(x, x, x, attn_mask=allowed))
for settings in ({}, {"is_causal": True}, {"attn_mask": torch.randn(7, 7).bfloat16()}, {"scale": 0.3}):
    query, key, value = (torch.randn(2, 3, 7, 16).bfloat16().requires_grad_() for _ in range(3))
    out = F.scaled_dot_product_attention(query, key, value, **settings)
    out.backward(torch.randn_like(out))
    print(out.grad_fn.name(), out[0, 0], query.grad[0, 0, 1:], key.grad[0, 0], value.grad[0, 0])
attention = nn.MultiheadAttention(8, 2, batch_first=True).bfloat16()
x = torch.randn(2, 5, 8).bfloat16()
for needed in (True, False):
    print(attention(x, x, x, need_weights=needed))
with torch.autocast("cpu"):
    x = torch.randn(2, 2, 5, 8, requires_grad=True)
    out = F.scaled_dot_product_attention(x, x, x)
out.sum().backward()
print(out.dtype, x.grad)
