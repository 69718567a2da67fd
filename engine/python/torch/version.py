"""Which PyTorch this package imitates."""

__version__ = "2.13.0"
debug = False
cuda = None
hip = None
git_version = "unknown"
