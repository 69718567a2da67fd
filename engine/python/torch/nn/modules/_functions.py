"""Functions with gradients by hand that modules use."""

from torch.autograd import Function
from torch.nn.functional import pad


class CrossMapLRN2d(Function):
    """x·(k + α/size·Σ)^-β, with the sum of squares over neighbouring channels as PyTorch's loops leave it.

    They add a channel as the window moves and take one away, and start to take away one channel late; so do these.
    """

    @staticmethod
    def forward(ctx, input, size, alpha=1e-4, beta=0.75, k=1):
        if input.dim() != 4:
            raise ValueError(f"CrossMapLRN2d: Expected input to be 4D, got {input.dim()}D instead.")
        squares = input.pow(2).unbind(1)
        channels = len(squares)
        ahead = int((size - 1) / 2 + 1)
        running = sum(squares[: min(ahead, channels)])
        sums = [running]
        for channel in range(1, channels):
            if channel < channels - ahead + 1:
                running = running + squares[channel + ahead - 1]
            if channel > ahead:
                running = running - squares[channel - ahead]
            sums.append(running)
        scale = input.new_empty(input.shape)
        for channel, each in enumerate(sums):
            scale[:, channel] = each
        scale.mul_(alpha / size).add_(k)
        output = scale.pow(-beta).mul_(input)
        ctx.size, ctx.alpha, ctx.beta, ctx.scale = size, alpha, beta, scale
        ctx.save_for_backward(input, output)
        return output

    @staticmethod
    def backward(ctx, grad_output):
        input, output = ctx.saved_tensors
        size, channels = ctx.size, input.size(1)
        behind = int(size - (size - 1) / 2)
        ratio = pad(grad_output * output / ctx.scale, (0, 0, 0, 0, behind, size - 1 - behind))
        shared = sum(ratio.narrow(1, i, channels) for i in range(size))
        own = ctx.scale.pow(-ctx.beta).mul(grad_output)
        return own - 2 * ctx.alpha * ctx.beta / size * input * shared, None, None, None, None
