"""tqdm without its bar: loops over it run as they are."""

import types


class tqdm:
    """Iterates over ``iterable``; everything that would show progress does nothing."""

    def __init__(self, iterable=None, desc=None, total=None, *args, **kwargs):
        self.iterable = iterable
        self.desc = desc or ""
        self.total = total if total is not None or not hasattr(iterable, "__len__") else len(iterable)
        self.n = 0
        self.disable = bool(kwargs.get("disable"))

    def __iter__(self):
        for item in self.iterable:
            yield item
            self.n += 1

    def __len__(self):
        return self.total if self.iterable is None else len(self.iterable)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return False

    def update(self, n=1):
        self.n += n

    def set_description(self, desc=None, refresh=True):
        self.desc = desc or ""

    def _ignore(self, *args, **kwargs):
        pass

    set_description_str = set_postfix = set_postfix_str = refresh = close = clear = reset = display = unpause = _ignore

    @staticmethod
    def write(s, file=None, end="\n", nolock=False):
        print(s, end=end, file=file)


def trange(*args, **kwargs):
    """``tqdm(range(...))``."""
    return tqdm(range(*args), **kwargs)


def module(name):
    made = types.ModuleType(name)
    made.__stand_in__ = True
    made.tqdm = made.tqdm_notebook = tqdm
    made.trange = made.tnrange = trange
    return made
