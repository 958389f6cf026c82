"""MusiCNN for one core: both networks at once, in numpy, arranged for speed, equal to the published layers.

Numpy alone, so that a process that analyses needs no torch: a second and some hundred megabytes less to begin with.

* Dead filters stay out (``musicnn_weights``); the live ones of all networks look at a patch together.
* The tall convolutions (7 frames × 38 or 67 bands, then the maximum over all places in frequency) are products in the
  frequency domain of the bands: a circular transform of length 96 has no aliasing at the places that count.
  With the places counted from their middle, y(±m) = E(m) ± O(m), so max over m of y is max of E(m) + |O(m)|: half the
  inverse transform, and the maps are never written out.
* The long convolutions (32 to 128 frames × 1 band) are one product a frame, of the kernels with the frames as they lie
  in memory: nothing is copied.
* Normalisation and ReLU grow or fall steadily, so they follow the maximum over bands instead of going before it; where
  the factor is negative the filter is negated, since min(y) = -max(-y).
* Every patch is computed alone, in blocks that fit the processor's cache; so a row never depends on its batch.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import as_strided, sliding_window_view

from musicdesk.encoders.nets.musicnn_weights import (
    BANDS,
    DIM,
    FRAMES,
    LONG_TAPS,
    TAPS,
    Convolution,
    Dense,
    Exact,
    Network,
)
from musicdesk.records import FloatArray, IntArray

BLOCK_FRAMES = 38
"""Frames at a time in the frequency domain: 5 × 38 covers a patch."""
BINS = BANDS // 2 + 1
MARGIN = TAPS // 2


class MusicnnNet:
    """Patches of log-mel to the penultimate layer and the logits of the tags, for some networks at once."""

    def __init__(self, networks: Sequence[Network]) -> None:
        self._tall = [_Tall(_side_by_side(networks, number)) for number in (0, 1)]
        self._long = [_Long(_side_by_side(networks, number)) for number in (2, 3, 4)]
        self._upper = [_Upper(network) for network in networks]
        self._columns = _columns_of_each(networks)
        self._transform = _transform()

    def __call__(self, patches: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Patches [n, 187, 96] to embeddings [n, networks, 200] and logits [n, networks, 50]."""
        embeddings = np.empty((len(patches), len(self._upper), DIM), dtype=np.float32)
        logits = np.empty((len(patches), len(self._upper), self._upper[0].n_tags), dtype=np.float32)
        for row, patch in enumerate(patches):
            peaks = self._peaks(patch)
            for at, (upper, columns) in enumerate(zip(self._upper, self._columns, strict=True)):
                embeddings[row, at], logits[row, at] = upper(peaks[:, columns])
        return embeddings, logits

    def _peaks(self, patch: FloatArray) -> FloatArray:
        """The maxima over frequency of all filters of all networks, layer by layer.  # [187, filters]"""
        taps = self._taps(patch)
        longest = LONG_TAPS[0]
        padded = np.zeros((FRAMES + longest - 1, BANDS), dtype=np.float32)
        padded[longest // 2 - 1 :][:FRAMES] = patch
        return np.concatenate([*(tall(taps) for tall in self._tall), *(long(padded) for long in self._long)], axis=1)

    def _taps(self, patch: FloatArray) -> FloatArray:
        """The spectra over bands of the seven frames around each frame: re, im of the first, …  # [49, 187, 14]"""
        spectra = np.zeros((BINS, FRAMES + TAPS - 1, 2), dtype=np.float32)
        spectra[:, MARGIN:-MARGIN] = (patch @ self._transform).reshape(FRAMES, BINS, 2).transpose(1, 0, 2)
        looks = sliding_window_view(spectra.reshape(BINS, -1), 2 * TAPS, axis=1)[:, ::2]
        return np.ascontiguousarray(looks)


class _Tall:
    """Filters over 7 frames and many bands, in the frequency domain of the bands."""

    def __init__(self, kernel: Exact) -> None:  # [7, bands of the filter, filters]
        places = BANDS - kernel.shape[1] + 1
        spectrum = _shifted_spectrum(kernel, middle=(places - 1) / 2)  # [bins, 7, filters]
        self._real = _interleaved(spectrum.real, -spectrum.imag)  # [bins, 14, filters]
        self._imaginary = _interleaved(spectrum.imag, spectrum.real)
        angle = 2 * np.pi / BANDS * np.outer(np.arange((places - 1) % 2 / 2, places / 2), np.arange(BINS))
        share = np.full(BINS, 2 / BANDS)
        share[[0, -1]] = 1 / BANDS
        self._even = (np.cos(angle) * share).astype(np.float32)  # [places / 2, bins]
        self._odd = (-np.sin(angle) * share).astype(np.float32)

    def __call__(self, taps: FloatArray) -> FloatArray:
        """The maximum over places of every filter.  # [frames, filters]"""
        peaks = np.empty((FRAMES, self._real.shape[2]), dtype=np.float32)
        for at in range(0, FRAMES, BLOCK_FRAMES):
            block = taps[:, at : at + BLOCK_FRAMES]
            even = self._even @ (block @ self._real).reshape(BINS, -1)
            odd = self._odd @ (block @ self._imaginary).reshape(BINS, -1)
            even += np.abs(odd, out=odd)
            peaks[at : at + BLOCK_FRAMES] = even.max(axis=0).reshape(block.shape[1], -1)
        return peaks


class _Long:
    """Filters over many frames and one band."""

    def __init__(self, kernel: Exact) -> None:  # [taps, 1, filters]
        self._kernel = np.ascontiguousarray(kernel[:, 0].T, dtype=np.float32)
        self._begin = (LONG_TAPS[0] - kernel.shape[0]) // 2

    def __call__(self, padded: FloatArray) -> FloatArray:
        """The maximum over bands of every filter, in a patch padded for the longest.  # [frames, filters]"""
        row, column = padded.strides
        shape = (FRAMES, self._kernel.shape[1], BANDS)
        looks = as_strided(padded[self._begin :], shape, (row, row, column), writeable=False)
        maps = self._kernel @ looks  # [frames, filters, bands]
        peaks: FloatArray = np.maximum.reduceat(maps.reshape(-1), np.arange(0, maps.size, BANDS))
        return peaks.reshape(FRAMES, -1)


class _Upper:
    """What one network makes of its filters' maxima."""

    def __init__(self, network: Network) -> None:
        self._sign = np.concatenate([layer.sign for layer in network.front]).astype(np.float32)
        self._bias = np.concatenate([layer.bias for layer in network.front], axis=1).astype(np.float32)
        self._gain = np.concatenate([layer.gain for layer in network.front]).astype(np.float32)
        self._shift = np.concatenate([layer.shift for layer in network.front]).astype(np.float32)
        self._middle = [_Middle(layer) for layer in network.middle]
        self._first = network.first
        self._hidden, self._output = _Product(network.hidden), _Product(network.output)
        self.n_tags = len(network.output.bias)

    def __call__(self, peaks: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Maxima [187, filters] to embedding [200] and logits [50]."""
        peaks = peaks * self._sign
        front = _rectified(peaks + self._bias, self._gain, self._shift)
        first = self._middle[0](front)
        second = self._middle[1](first)
        second[:, self._first] += first
        third = self._middle[2](second) + second
        maps = [front, first, second, third]
        pooled = np.concatenate([m.max(axis=0) for m in maps] + [m.mean(axis=0) for m in maps])
        embedding = _rectified(self._hidden(pooled), self._hidden.gain, self._hidden.shift)
        return embedding, self._output(embedding)


class _Middle:
    """A convolution over 7 frames and all channels, as one product and seven sums."""

    def __init__(self, layer: Convolution) -> None:
        taps, channels, self._filters = layer.kernel.shape
        self._kernel = layer.kernel.transpose(1, 0, 2).reshape(channels, taps * self._filters).astype(np.float32)
        self._bias, self._gain = layer.bias.astype(np.float32), layer.gain.astype(np.float32)
        self._shift = layer.shift.astype(np.float32)

    def __call__(self, maps: FloatArray) -> FloatArray:
        """Channels [187, channels] to [187, filters]."""
        product = (maps @ self._kernel).reshape(FRAMES, TAPS, self._filters)
        out = self._bias + product[:, MARGIN]
        for ahead in range(1, MARGIN + 1):
            out[ahead:] += product[:-ahead, MARGIN - ahead]
            out[:-ahead] += product[ahead:, MARGIN + ahead]
        return _rectified(out, self._gain, self._shift)


class _Product:
    def __init__(self, layer: Dense) -> None:
        self._weight, self._bias = layer.weight.astype(np.float32), layer.bias.astype(np.float32)
        self.gain, self.shift = layer.gain.astype(np.float32), layer.shift.astype(np.float32)

    def __call__(self, values: FloatArray) -> FloatArray:
        return np.asarray(values @ self._weight + self._bias, dtype=np.float32)


def _rectified(values: FloatArray, gain: FloatArray, shift: FloatArray) -> FloatArray:
    """ReLU, then the normalisation; writes over ``values``."""
    np.maximum(values, 0, out=values)
    values *= gain
    values += shift
    return values


def _side_by_side(networks: Sequence[Network], number: int) -> Exact:
    return np.concatenate([network.front[number].kernel for network in networks], axis=2)


def _columns_of_each(networks: Sequence[Network]) -> list[IntArray]:
    """Where each network's filters stand, layer by layer, in a row that holds each layer of all networks in turn."""
    owners = [np.repeat(np.arange(len(networks)), [n.filters[layer] for n in networks]) for layer in range(5)]
    owner = np.concatenate(owners)
    return [np.flatnonzero(owner == at) for at in range(len(networks))]


def _transform() -> FloatArray:
    """The real transform over bands, re and im side by side.  # [96, 2 · bins]"""
    angle = 2 * np.pi / BANDS * np.outer(np.arange(BANDS), np.arange(BINS))
    return np.stack([np.cos(angle), -np.sin(angle)], axis=2).reshape(BANDS, -1).astype(np.float32)


def _interleaved(real: Exact, imaginary: Exact) -> FloatArray:
    """Re and im [bins, 7, filters] in turn.  # [bins, 14, filters]"""
    return np.stack([real, imaginary], axis=2).reshape(BINS, 2 * TAPS, -1).astype(np.float32)


def _shifted_spectrum(kernel: Exact, *, middle: float) -> npt.NDArray[np.complex128]:
    """The conjugate transform over bands of a kernel [7, bands, filters], turned so that ``middle`` becomes place 0."""
    spectrum = np.fft.rfft(kernel, n=BANDS, axis=1).conj().transpose(1, 0, 2)
    return np.asarray(spectrum * np.exp(2j * np.pi / BANDS * middle * np.arange(BINS))[:, None, None])
