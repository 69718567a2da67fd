"""Runs the snippets of a document: the Python half of engine/python/host.ts.

Installed as the package ``gradient_runner``, so that a user's own ``runner.py`` stays importable.
The host calls ``session.begin`` and ``session.run``; the torch package uses ``sites.here``.
"""
