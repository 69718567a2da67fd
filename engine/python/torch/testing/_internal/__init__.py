"""torch.testing._internal: the part of PyTorch's own helpers for tests that tests of one's own use, too."""
