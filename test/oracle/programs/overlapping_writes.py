# Writes into memory that is read at the same time: PyTorch refuses some and does others in the order of its loops.
import torch


def attempt(title, change, shape=(2, 6), dtype=torch.float32):
    x = torch.arange(1, 1 + shape[0] * shape[1], dtype=dtype).view(shape)
    try:
        change(x)
    except RuntimeError as error:
        print(title, "refused:", error)
    else:
        print(title, x.tolist(), x._version)


def shift_right(x):
    x[:, 1:] = x[:, :-1]


def shift_left(x):
    x[:, :-1] = x[:, 1:]


def shift_rows(x):
    x[1:] = x[:-1]


def shift_safely(x):
    x[:, 1:] = x[:, :-1].clone()


def differences(x):
    x[:, 1:] -= x[:, :-1]


def running_product(x):
    x[:, 1:] *= x[:, :-1]


def minus_first_column(x):
    x -= x[:, :1]


def over_second_column(x):
    x /= x[:, 1:2]


def minus_first_row(x):
    x -= x[:1]


def minus_corner(x):
    x.sub_(x[0, 0])


def fill_with_element(x):
    x.masked_fill_(x > 4, x[0, 1])


def diagonal_step(x):
    x[1:, 1:] = x[:-1, :-1]


def columns_backwards(x):
    x.copy_(x.flip(1))


for function in (
    shift_right,
    shift_left,
    shift_rows,
    shift_safely,
    differences,
    running_product,
    minus_first_column,
    over_second_column,
    minus_first_row,
    minus_corner,
    fill_with_element,
    diagonal_step,
    columns_backwards,
):
    attempt(function.__name__, function)

# Long rows go in blocks, and what is left over one by one.
for dtype in (torch.float32, torch.float64, torch.int64):
    attempt(f"shift_right {dtype}", shift_right, (2, 19), dtype)
    attempt(f"minus_first_column {dtype}", minus_first_column, (2, 19), dtype)

frames = torch.arange(24.0).view(2, 3, 4)
frames[:, 1:] += frames[:, :-1]
print(frames)

weights = torch.ones(2, 3, requires_grad=True)
scaled = weights * torch.tensor([1.0, 2.0, 3.0])
scaled[:, 1:] = scaled[:, :-1]
print(scaled)
scaled.sum().backward()
print(weights.grad)
