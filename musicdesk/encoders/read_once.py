"""A query goes through a network once, however many parts of a search ask for it, and when it is asked again.

The one memory of queries: it lies at the networks, so that whatever stands on one (a search by meaning, a space that
was learned, a phrase for a prototype) shares it; what is left to do after the network costs next to nothing.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache

from musicdesk.records import FloatArray

REMEMBERED = 256
"""Texts that were read alone and are remembered, in memory only: what a person asked for is not written down."""


class ReadOnce:
    """A network's pass over texts that remembers what it made of those that came alone. Safe to ask from any thread."""

    def __init__(self, network: Callable[[Sequence[str]], FloatArray]) -> None:
        """``network``: texts to one row each."""
        self._network = network
        self._one = lru_cache(maxsize=REMEMBERED)(lambda text: network([text]))

    def __call__(self, texts: Sequence[str]) -> FloatArray:
        """As the network; the rows are the caller's own.  # [n, dim]"""
        return self._one(texts[0]).copy() if len(texts) == 1 else self._network(texts)
