"""Attention of several heads as a function: projections, masks, heads side by side, and the projection back."""

import math

import torch

from .._warn import warn


def canonical_mask(mask, name, other=None, other_name="", dtype=None):
    """A mask as numbers to add: -inf where a mask of bools says True. Raises AssertionError for integers."""
    if mask is None:
        return None
    floating = mask.is_floating_point()
    if mask.dtype is not torch.bool and not floating:
        raise AssertionError(f"only bool and floating types of {name} are supported")
    if other is not None and mask.dtype is not other.dtype:
        warn(f"Support for mismatched {name} and {other_name} is deprecated. Use same type for both instead.")
    if floating:
        return mask
    return torch.zeros_like(mask, dtype=dtype).masked_fill_(mask, float("-inf"))


def _check_shapes(query, key, value, key_padding_mask, attn_mask, num_heads):
    """Whether the input is a batch. Raises AssertionError where the dimensions do not fit together."""
    if query.dim() not in (2, 3):
        raise AssertionError(
            f"query should be unbatched 2D or batched 3D tensor but received {query.dim()}-D query tensor"
        )
    batched = query.dim() == 3
    what = "For batched (3-D)" if batched else "For unbatched (2-D)"
    dims = query.dim()
    if key.dim() != dims or value.dim() != dims:
        raise AssertionError(
            f"{what} `query`, expected `key` and `value` to be {dims}-D but found {key.dim()}-D and {value.dim()}-D "
            "tensors respectively"
        )
    if key_padding_mask is not None and key_padding_mask.dim() != dims - 1:
        raise AssertionError(
            f"{what} `query`, expected `key_padding_mask` to be `None` or {dims - 1}-D but found "
            f"{key_padding_mask.dim()}-D tensor instead"
        )
    if attn_mask is not None:
        if attn_mask.dim() not in (2, 3):
            raise AssertionError(
                f"{what} `query`, expected `attn_mask` to be `None`, 2-D or 3-D but found {attn_mask.dim()}-D tensor "
                "instead"
            )
        expected = (num_heads, query.shape[0], key.shape[0])
        if not batched and attn_mask.dim() == 3 and attn_mask.shape != expected:
            raise AssertionError(f"Expected `attn_mask` shape to be {expected} but got {attn_mask.shape}")
    return batched


def _parts(projected, count, size):
    """One projection that holds several, as views of memory where each lies on its own."""
    together = projected.unflatten(-1, (count, size)).unsqueeze(0).transpose(0, -2).squeeze(-2).contiguous()
    return tuple(together[i] for i in range(count))


def _project_packed(q, k, v, weight, bias):
    """Query, key and value through one weight that holds all three; what is the same tensor goes through once."""
    from .functional import linear

    size = q.size(-1)
    if k is v and q is k:
        return _parts(linear(q, weight, bias), 3, size)
    if k is v:
        w_q, w_kv = weight.split([size, size * 2])
        b_q, b_kv = (None, None) if bias is None else bias.split([size, size * 2])
        query = linear(q, w_q, b_q)
        return (query, *_parts(linear(k, w_kv, b_kv), 2, size))
    weights = weight.chunk(3)
    biases = (None,) * 3 if bias is None else bias.chunk(3)
    return tuple(linear(x, w, b) for x, w, b in zip((q, k, v), weights, biases))


def _check_mask_size(mask, sizes):
    """The mask with its three dimensions."""
    two, three = sizes
    if mask.dim() == 2:
        if mask.shape != two:
            raise RuntimeError(f"The shape of the 2D attn_mask is {mask.shape}, but should be {two}.")
        return mask.unsqueeze(0)
    if mask.shape != three:
        raise RuntimeError(f"The shape of the 3D attn_mask is {mask.shape}, but should be {three}.")
    return mask


def _padded(mask):
    """One more key, which nothing hides."""
    from .functional import pad

    return None if mask is None else pad(mask, (0, 1))


def _merged(attn_mask, key_padding_mask, heads, source):
    batch = key_padding_mask.shape[0]
    spread = key_padding_mask.view(batch, 1, 1, source).expand(-1, heads, -1, -1)
    spread = spread.reshape(batch * heads, 1, source)
    return spread if attn_mask is None else attn_mask + spread


def _check_projection(query, key, value, embed_dim, expected, num_heads, separate):
    if embed_dim != expected:
        raise AssertionError(f"was expecting embedding dimension of {expected}, but got {embed_dim}")
    if embed_dim // num_heads * num_heads != embed_dim:
        raise AssertionError(f"embed_dim {embed_dim} not divisible by num_heads {num_heads}")
    if separate and key.shape[:2] != value.shape[:2]:
        raise AssertionError(
            f"key's sequence and batch dims {key.shape[:2]} do not match value's {value.shape[:2]}"
        )
    if not separate and key.shape != value.shape:
        raise AssertionError(f"key shape {key.shape} does not match value shape {value.shape}")


def _static(given, name, heads, head_dim):
    """A key or value that was given as it shall be used, heads already side by side."""
    if given.size(0) != heads:
        raise AssertionError(f"expecting {name}.size(0) of {heads}, but got {given.size(0)}")
    if given.size(2) != head_dim:
        raise AssertionError(f"expecting {name}.size(2) of {head_dim}, but got {given.size(2)}")
    return given


def multi_head_attention_forward(
    query,
    key,
    value,
    embed_dim_to_check,
    num_heads,
    in_proj_weight,
    in_proj_bias,
    bias_k,
    bias_v,
    add_zero_attn,
    dropout_p,
    out_proj_weight,
    out_proj_bias,
    training=True,
    key_padding_mask=None,
    need_weights=True,
    attn_mask=None,
    use_separate_proj_weight=False,
    q_proj_weight=None,
    k_proj_weight=None,
    v_proj_weight=None,
    static_k=None,
    static_v=None,
    average_attn_weights=True,
    is_causal=False,
):
    """softmax(q·kᵀ/√d + mask)·v in each of ``num_heads`` parts of the embedding; inputs are (L, N, E) or (L, E)."""
    from .functional import dropout, linear, scaled_dot_product_attention, softmax

    batched = _check_shapes(query, key, value, key_padding_mask, attn_mask, num_heads)
    if not batched:
        query, key, value = query.unsqueeze(1), key.unsqueeze(1), value.unsqueeze(1)
        key_padding_mask = None if key_padding_mask is None else key_padding_mask.unsqueeze(0)
    target, batch, embed_dim = query.shape
    source = key.shape[0]
    key_padding_mask = canonical_mask(key_padding_mask, "key_padding_mask", attn_mask, "attn_mask", query.dtype)
    if is_causal and attn_mask is None:
        raise RuntimeError(
            "Need attn_mask if specifying the is_causal hint. You may use the Transformer module method "
            "`generate_square_subsequent_mask` to create this mask."
        )
    if is_causal and key_padding_mask is None and not need_weights:
        attn_mask = None
    else:
        attn_mask = canonical_mask(attn_mask, "attn_mask", dtype=query.dtype)
        if key_padding_mask is not None:
            is_causal = False
    _check_projection(query, key, value, embed_dim, embed_dim_to_check, num_heads, use_separate_proj_weight)
    if use_separate_proj_weight:
        weights = (q_proj_weight, k_proj_weight, v_proj_weight)
        biases = (None,) * 3 if in_proj_bias is None else in_proj_bias.chunk(3)
        q, k, v = (linear(x, w, b) for x, w, b in zip((query, key, value), weights, biases))
    else:
        q, k, v = _project_packed(query, key, value, in_proj_weight, in_proj_bias)

    heads = batch * num_heads
    head_dim = embed_dim // num_heads
    if attn_mask is not None:
        attn_mask = _check_mask_size(attn_mask, ((target, source), (heads, target, source)))
    if bias_k is not None and bias_v is not None:
        k = torch.cat([k, bias_k.repeat(1, batch, 1)])
        v = torch.cat([v, bias_v.repeat(1, batch, 1)])
        attn_mask, key_padding_mask = _padded(attn_mask), _padded(key_padding_mask)

    def apart(x):
        return x.view(x.shape[0], heads, head_dim).transpose(0, 1)

    q = apart(q)
    k = apart(k) if static_k is None else _static(static_k, "static_k", heads, head_dim)
    v = apart(v) if static_v is None else _static(static_v, "static_v", heads, head_dim)
    if add_zero_attn:
        k = torch.cat([k, torch.zeros((heads, 1, head_dim), dtype=k.dtype)], dim=1)
        v = torch.cat([v, torch.zeros((heads, 1, head_dim), dtype=v.dtype)], dim=1)
        attn_mask, key_padding_mask = _padded(attn_mask), _padded(key_padding_mask)
    source = k.size(1)
    if key_padding_mask is not None:
        for i, expected in enumerate((batch, source)):
            if key_padding_mask.shape[i] != expected:
                raise AssertionError(
                    f"Expected key_padded_mask.shape[{i}] to be {expected}, but got {key_padding_mask.shape[i]}"
                )
        attn_mask = _merged(attn_mask, key_padding_mask, num_heads, source)
    if not training:
        dropout_p = 0.0

    if need_weights:
        scaled = q * math.sqrt(1.0 / float(head_dim))
        if attn_mask is not None:
            weights = torch.baddbmm(attn_mask, scaled, k.transpose(-2, -1))
        else:
            weights = torch.bmm(scaled, k.transpose(-2, -1))
        weights = softmax(weights, dim=-1)
        if dropout_p > 0.0:
            weights = dropout(weights, p=dropout_p)
        output = torch.bmm(weights, v).transpose(0, 1).reshape(target * batch, embed_dim)
    else:
        if attn_mask is not None:
            if attn_mask.size(0) == 1 and attn_mask.dim() == 3:
                attn_mask = attn_mask.unsqueeze(0)
            else:
                attn_mask = attn_mask.view(batch, num_heads, -1, source)
        q = q.view(batch, num_heads, target, head_dim)
        k = k.view(batch, num_heads, source, head_dim)
        v = v.view(batch, num_heads, source, head_dim)
        output = scaled_dot_product_attention(q, k, v, attn_mask, dropout_p, is_causal)
        output = output.permute(2, 0, 1, 3).reshape(batch * target, embed_dim)
    output = linear(output, out_proj_weight, out_proj_bias)
    output = output.view(target, batch, output.size(1))
    if need_weights:
        weights = weights.view(batch, num_heads, target, source)
        if average_attn_weights:
            weights = weights.mean(dim=1)
    if not batched:
        output = output.squeeze(1)
    if not need_weights:
        return output, None
    return output, weights if batched else weights.squeeze(0)
