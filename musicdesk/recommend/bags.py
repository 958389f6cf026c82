"""Histories as bags of items, many at a time, for torch: what networks have in common that read a whole history.

A network of this kind learns from a matrix of listeners and items alone. It is judged by listeners who teach it nothing
(strong generalisation, Liang et al., WWW 2018): of the history of each of them a part is hidden, and has to be found.

The softmax over all items is whole up to so many; of more, over those of the batch and a random sample of the rest, in
which each stands for as many as were not drawn, so that the sum over all is right on average.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self, cast

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from musicdesk.learning import device
from musicdesk.records import IntArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

HIDDEN = 0.2
"""The share of a history that is hidden from the network when it is judged."""
BEST = 100
"""Items of the list by which it is judged."""
CHUNK = 128
"""Listeners judged at a time."""


@dataclass(frozen=True, eq=False)
class Bag:
    """Some histories laid end to end."""

    items: Tensor  # [nnz] of the first history, then of the second …
    weights: Tensor  # [nnz]
    starts: Tensor  # [n] where each begins

    @classmethod
    def of(cls, rows: "csr_matrix") -> Self:
        """The rows of a matrix of listeners and items."""
        parts = rows.indices.astype(np.int64), rows.data, rows.indptr[:-1].astype(np.int64)
        return cls(*(torch.from_numpy(part).to(device()) for part in parts))

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def whose(self) -> Tensor:
        """Which history each item is of.  # [nnz]"""
        ends = torch.cat([self.starts[1:], self.starts.new_tensor([len(self.items)])])
        return torch.arange(len(self), device=self.starts.device).repeat_interleave(ends - self.starts)

    def unit(self) -> Self:
        """Each history brought to length 1."""
        whose = self.whose
        squares = self.weights.new_zeros(len(self)).index_add(0, whose, self.weights.square())
        return replace(self, weights=self.weights / squares.sqrt().clamp(min=1e-12)[whose])

    def thinned(self, share: float) -> Self:
        """A ``share`` of the items forgotten, the others weighing so much more that the sum stays."""
        return replace(self, weights=functional.dropout(self.weights, share))

    def summed(self, table: Tensor) -> Tensor:
        """The weighted sum of the items' rows.  # table [n_items, dim] -> [n, dim]"""
        return functional.embedding_bag(
            self.items, table, self.starts, mode="sum", per_sample_weights=self.weights
        )  # fmt: skip

    def totals(self) -> Tensor:
        """The sum of each history's weights.  # [n]"""
        return self.weights.new_zeros(len(self)).index_add(0, self.whose, self.weights)


@dataclass(frozen=True, eq=False)
class Choice:
    """The items among which those that were heard are to be found."""

    items: Tensor  # [c] ascending
    lift: Tensor  # [c] log of how many items each stands for

    @classmethod
    def of(cls, bag: Bag, n_items: int, *, whole: int, sampled: int) -> Self:
        """All items up to ``whole``; of more those of the ``bag``, and about ``sampled`` others."""
        if n_items <= whole:
            return cls(torch.arange(n_items, device=bag.items.device), bag.weights.new_zeros(n_items))
        here = torch.unique(bag.items)
        items = torch.unique(torch.cat([here, torch.randint(n_items, (sampled,), device=here.device)]))
        others = len(items) - len(here)
        lift = torch.full_like(items, (n_items - len(here)) / max(others, 1), dtype=torch.float32).log()
        return cls(items, lift.index_fill(0, torch.searchsorted(items, here), 0.0))

    def cost(self, logits: Tensor, bag: Bag) -> Tensor:
        """What the multinomial likelihood of each history costs.  # logits [n, c] -> [n]"""
        told = functional.log_softmax(logits + self.lift, dim=1)
        found = told[bag.whose, torch.searchsorted(self.items, bag.items)]
        return told.new_zeros(len(bag)).index_add(0, bag.whose, -bag.weights * found)


class Judges:
    """Listeners who teach nothing, and the part of their history that is to be found."""

    def __init__(self, rows: "csr_matrix", *, seed: int) -> None:
        rng = np.random.default_rng([seed, 4])
        hidden = np.concatenate([_hidden(count, rng) for count in np.diff(rows.indptr)])
        self._shown, self._hidden = rows.copy(), rows.copy()
        for matrix, gone in ((self._shown, hidden), (self._hidden, ~hidden)):
            matrix.data = np.where(gone, np.float32(0), matrix.data)
            matrix.eliminate_zeros()

    def missed(self, logits: Callable[[Bag], Tensor]) -> float:
        """1 - NDCG@100 of what ``logits`` (bag of n -> [n, n_items]) finds in the rest of the catalogue."""
        found = [self._ndcg(logits, at) for at in range(0, self._shown.shape[0], CHUNK)]
        return 1 - float(np.concatenate(found).mean())

    def _ndcg(self, logits: Callable[[Bag], Tensor], start: int) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
        shown, hidden = (matrix[start : start + CHUNK] for matrix in (self._shown, self._hidden))
        bag = Bag.of(shown)
        with torch.inference_mode():
            scores = logits(bag).index_put((bag.whose, bag.items), bag.weights.new_tensor(-torch.inf))
            best = scores.topk(min(BEST, scores.shape[1]), dim=1).indices.cpu().numpy()
        worth = 1 / np.log2(np.arange(best.shape[1]) + 2)
        right = hidden.toarray()[np.arange(len(best))[:, None], best] > 0
        most = np.cumsum(worth)[np.clip(np.diff(hidden.indptr), 1, len(worth)) - 1]
        return cast("np.ndarray[tuple[int], np.dtype[np.float64]]", (right * worth).sum(axis=1) / most)


def _hidden(count: int, rng: np.random.Generator) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Which of ``count`` items are hidden: at least one, and never all."""
    gone = np.zeros(count, bool)
    gone[rng.permutation(count)[: max(1, round(HIDDEN * count))]] = True
    return gone


def people_of(matrix: "csr_matrix") -> IntArray:
    """The listeners with more than one item: of one item alone no other follows.  # rows, ascending"""
    return np.asarray(np.flatnonzero(np.diff(matrix.indptr) > 1), np.int64)
