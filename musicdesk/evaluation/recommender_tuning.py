"""Which settings of each recommender are tried on held-out training data, the defaults first.

Small grids around what decides most. Of what torch trains only ELSA is tried with more than its defaults: those were
chosen on held-out training data as well, and a grid would take hours.
"""

from collections.abc import Mapping
from itertools import product
from typing import Any

GRIDS: Mapping[str, Mapping[str, tuple[Any, ...]]] = {
    "content-last": {"last": (5, 20)},
    "item-knn": {"neighbours": (200, 500), "shrink": (5.0, 10.0, 20.0), "power": (0.5, 1.0)},
    "user-cf": {"neighbours": (50, 200), "rare": (0.25, 0.5)},
    "ease": {"weight": (100.0, 400.0), "power": (0.5, 1.0)},
    "elsa": {"power": (0.5, 1.0)},
    "comprehensive": {"categories": (32,), "ratio": ("norms", "none")},
    "multicategory": {"categories": (8, 32), "reading": ("share", "song")},
}
"""Method → field → values; all combinations are tried, the defaults besides."""


def grid(method: str) -> tuple[Mapping[str, Any], ...]:
    """The settings to try, beginning with the defaults; those alone where there is nothing to choose."""
    fields = GRIDS.get(method, {})
    return ({}, *(dict(zip(fields, values, strict=True)) for values in product(*fields.values()) if fields))
