"""The student's layers for one core, in numpy, from weights whose normalisations are folded to a factor and a summand.

A convolution of 3 × 3 is three products: each row of the image is laid out with its two neighbours in frequency
(one copy, three times the image), and the products with the kernels of the three frames are added, shifted. The maximum
over places comes before factor, summand and ReLU, as in training, so that these run over a quarter of the values.
Every image is computed alone, so that it stays in the processor's cache and a row never depends on its batch.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from musicdesk.errors import ModelUnavailable
from musicdesk.records import FloatArray

POOLS = ((2, 2), (2, 2), (2, 2), (2, 4))
"""Frames and bands of which the largest value is kept, block by block."""
TAPS = 3


class StudentNet:
    """Images of log-mel to embedding and logits of the tags."""

    def __init__(self, weights: Mapping[str, FloatArray]) -> None:
        try:
            self._mean, self._scale = weights["input.mean"], weights["input.scale"]
            self._blocks = [_Block(weights, number, pool) for number, pool in enumerate(POOLS)]
            self._hidden = _Dense(weights["dense.weight"].T, weights["dense.bias"])
            self._embedding = _Dense(weights["embedding.weight"].T, weights["embedding.bias"])
            self._tags = _Dense(weights["tags.weight"].T, weights["tags.bias"])
        except KeyError as error:
            raise ModelUnavailable(f"The weights of cnn lack {error}. Install musicdesk again.") from error

    def __call__(self, images: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Images [n, frames, bands] to embeddings [n, dim] and logits [n, n_tags]."""
        hidden = self.hidden(images)
        return self._embedding(hidden), self._tags(hidden)

    def hidden(self, images: FloatArray) -> FloatArray:
        """What the layer of 1,024 makes of every image.  # [n, 1024]"""
        rows = [self._hidden_of(image) for image in images]
        return np.stack(rows) if rows else np.zeros((0, len(self._hidden.bias)), dtype=np.float32)

    def _hidden_of(self, image: FloatArray) -> FloatArray:
        maps = ((image - self._mean) * self._scale)[:, :, None]
        for block in self._blocks:
            maps = block(maps)
        pooled = np.concatenate([maps.mean(axis=0).T, maps.max(axis=0).T]).reshape(-1)  # over time
        return np.maximum(self._hidden(pooled), 0)


class _Dense(NamedTuple):
    weight: FloatArray  # [n_in, n_out]
    bias: FloatArray  # [n_out]

    def __call__(self, values: FloatArray) -> FloatArray:
        return values @ self.weight + self.bias


class _Block:
    """Convolution, maximum over places, factor and summand, ReLU."""

    def __init__(self, weights: Mapping[str, FloatArray], number: int, pool: tuple[int, int]) -> None:
        kernel = weights[f"conv.{number}.weight"]  # [filters, channels, taps of time, taps of frequency]
        self._filters = len(kernel)
        self._kernels = [
            np.ascontiguousarray(kernel[:, :, tap].transpose(2, 1, 0).reshape(-1, self._filters)) for tap in range(TAPS)
        ]
        self._gain, self._shift = weights[f"conv.{number}.gain"], weights[f"conv.{number}.shift"]
        self._pool = pool

    def __call__(self, maps: FloatArray) -> FloatArray:
        """Maps [frames, bands, channels] to [frames / pool, bands / pool, filters]."""
        frames, bands, _ = maps.shape
        rows = _with_neighbours(maps)
        out = rows[bands:-bands] @ self._kernels[1]
        out += rows[: -2 * bands] @ self._kernels[0]
        out += rows[2 * bands :] @ self._kernels[2]
        peaks = _peaks(out.reshape(frames, bands, self._filters), self._pool)
        peaks *= self._gain
        peaks += self._shift
        return np.maximum(peaks, 0, out=peaks)


def _with_neighbours(maps: FloatArray) -> FloatArray:
    """Each place with its neighbours in frequency, zeros beyond the image.  # [(frames + 2) · bands, 3 · channels]"""
    frames, bands, channels = maps.shape
    rows = np.zeros((frames + 2, bands, TAPS * channels), dtype=np.float32)
    rows[1:-1, 1:, :channels] = maps[:, :-1]
    rows[1:-1, :, channels : 2 * channels] = maps
    rows[1:-1, :-1, 2 * channels :] = maps[:, 1:]
    return rows.reshape((frames + 2) * bands, TAPS * channels)


def _peaks(maps: FloatArray, pool: tuple[int, int]) -> FloatArray:
    """The largest of every so many frames and bands; a rest is left out.  # [frames / pool, bands / pool, filters]"""
    frames, bands, filters = maps.shape
    long, tall = frames // pool[0], bands // pool[1]
    maps = maps[: long * pool[0]].reshape(long, pool[0], bands, filters).max(axis=1)
    peaks: FloatArray = maps[:, : tall * pool[1]].reshape(long, tall, pool[1], filters).max(axis=2)
    return peaks
