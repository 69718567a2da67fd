"""The table of remedies: a name that rules use, and the function that writes the edits."""

REMEDIES = {}


def remedy(kind):
    def register(function):
        REMEDIES[kind] = function
        return function

    return register


def candidate(title, *edits, cost=None):
    """What remedies yield."""
    return title, list(edits), cost
