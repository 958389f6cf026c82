"""The weights of MusiCNN as they are used: normalisations folded away, and without the filters that hear nothing.

Most filters of the published networks are dead. Weight decay has taken their kernels to nothing (of 561 filters at the
front 64 are left of the network of the Million Song Dataset, some 250 of its sister), so what they give is the same for
every sound. They are found by bounds, not by examples: how far the output of a filter can move for any sound, times how
far that can move the embedding. The channels that stay out would together move no number of an embedding by more than
``ALLOWED``, whatever the sound; on music it is a thousand times less. What they always give is added to the biases.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from musicdesk.records import FloatArray, IntArray

Exact = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Weights = Mapping[str, FloatArray]
"""Tensors of the checkpoint under TensorFlow's names."""

FRAMES, BANDS, DIM, WIDTH = 187, 96, 200, 64
TAPS = 7
LONG_TAPS = (128, 64, 32)
PADDING = ((3, 3), (3, 3), (63, 64), (31, 32), (15, 16))
"""Frames of silence before and behind the patch for each convolution at the front: TensorFlow's SAME."""
EPSILON = 1e-3
LOUDEST = 8.0
"""Log-mel stays below 7.4 for samples within ±1."""
ALLOWED = 0.01
"""The numbers of an embedding vary by 0.2 to 0.8 over music; float16, in which they are kept, rounds them by 0.002."""


@dataclass(frozen=True, slots=True, eq=False)
class Convolution:
    """What one layer does: sign · (kernel ∗ sound) + bias, ReLU, then · gain + shift.

    ``sign`` is that of the gain, and is in the kernel as well: so ReLU and gain may follow a maximum over bands.
    """

    kernel: Exact  # [taps, bands or channels, filters]
    sign: Exact  # [filters]
    bias: Exact  # [frames, filters]; not the same at the ends, where the kernel looks beyond the patch
    gain: Exact  # [filters]
    shift: Exact  # [filters]


@dataclass(frozen=True, slots=True, eq=False)
class Dense:
    """A product, ReLU if it is the hidden layer, and the normalisation after it."""

    weight: Exact  # [n_in, n_out]
    bias: Exact  # [n_out]
    gain: Exact  # [n_out]
    shift: Exact  # [n_out]


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """One network: five layers that look at the patch, three upon them, each but the first added to the one before."""

    front: tuple[Convolution, ...]
    middle: tuple[Convolution, ...]
    first: IntArray  # [n]; which of the 64 channels the live ones of the first middle layer are
    hidden: Dense  # from the maxima of all channels over time, then their means
    output: Dense

    @property
    def filters(self) -> tuple[int, ...]:
        """How many filters are left of each layer at the front."""
        return tuple(len(layer.gain) for layer in self.front)


def fold(weights: Weights, *, allowed: float = ALLOWED) -> Network:
    """The network in these tensors; ``allowed`` bounds what leaving filters out may do to a number of the embedding."""
    front_lives, first_lives = live(weights, allowed=allowed)
    flat_front, flat_first = _flat_front(weights)[~front_lives], _flat_first(weights)[~first_lives]
    cuts = np.cumsum([_kernel(weights, number).shape[2] for number in range(5)])[:-1]
    front = [_front_layer(weights, n, lives) for n, lives in enumerate(np.split(front_lives, cuts))]
    first = _middle_layer(weights, 5, inputs=front_lives, outputs=first_lives, flat=flat_front)
    everything = np.ones(WIDTH, dtype=bool)
    second = _middle_layer(weights, 6, inputs=first_lives, outputs=everything, flat=flat_first)
    second.shift[~first_lives] += flat_first  # what the dead channels of the first layer add to it
    third = _middle_layer(weights, 7, inputs=everything, outputs=everything, flat=np.zeros(0))
    lives = np.concatenate([front_lives, first_lives, everything, everything])
    return Network(
        front=tuple(front),
        middle=(first, second, third),
        first=np.flatnonzero(first_lives),
        hidden=_hidden(weights, lives, np.concatenate([flat_front, flat_first])),
        output=_dense(weights, "dense_1", *_unchanged(weights, "dense_1")),
    )


def live(weights: Weights, *, allowed: float) -> tuple[Mask, Mask]:
    """Which channels of the front [561] and of the first middle layer [64] can matter."""
    front, first = _influence(weights)
    low, high = _front_range(weights)
    reach = _first_reach(weights, np.maximum(np.abs(low), np.abs(high)))
    away = np.maximum(high - _flat_front(weights), _flat_front(weights) - low)
    return _kept(front * away, allowed / 2), _kept(first * reach, allowed / 2)


def _kept(effect: Exact, allowed: float) -> Mask:
    """All but the weakest, as many as together stay within what is allowed."""
    order = np.argsort(effect)
    kept: Mask = np.empty(len(effect), dtype=bool)
    kept[order] = np.cumsum(effect[order]) > allowed
    return kept


def _front_range(weights: Weights) -> tuple[Exact, Exact]:
    """The least and the most that each channel of the front can be, for any patch within [0, LOUDEST].  # 2 × [561]"""
    gain, shift = _normalisation(weights, 0)
    ends = (0.0, float(shift[0]), float(shift[0] + LOUDEST * gain[0]))  # 0: beyond the patch
    lows, highs = [], []
    for number in range(5):
        kernel, bias = _kernel(weights, number), _bias(weights, number)
        up, down = np.maximum(kernel, 0).sum(axis=(0, 1)), np.minimum(kernel, 0).sum(axis=(0, 1))
        gain, shift = _normalisation(weights, number + 1)
        least = gain * np.maximum(up * min(ends) + down * max(ends) + bias, 0) + shift
        most = gain * np.maximum(up * max(ends) + down * min(ends) + bias, 0) + shift
        lows.append(np.minimum(least, most))
        highs.append(np.maximum(least, most))
    return np.concatenate(lows), np.concatenate(highs)


def _first_reach(weights: Weights, most: Exact) -> Exact:
    """How far the channels of the first middle layer can move, given the size of its inputs [561].  # [64]"""
    gain, _ = _normalisation(weights, 6)
    reach: Exact = np.abs(gain) * np.einsum("tcf,c->f", np.abs(_kernel(weights, 5)), most)
    return reach


def _influence(weights: Weights) -> tuple[Exact, Exact]:
    """The most that a number of the embedding can move where a channel moves by 1: front [561] and first [64].

    All layers are products, ReLU, maxima and means, of which none moves further than what goes into it.
    """
    steps = [
        np.abs(_normalisation(weights, n + 1)[0])[:, None] * np.abs(_kernel(weights, n)).sum(axis=0).T
        for n in (5, 6, 7)
    ]
    second = steps[1] + np.eye(WIDTH)
    through = np.concatenate([np.eye(WIDTH), second, (steps[2] + np.eye(WIDTH)) @ second])  # [192, 64]
    factor = np.abs(_normalisation(weights, 9)[0])[:, None] * np.abs(_kernel_of(weights, "dense"))
    pooled = (factor[0::2] + factor[1::2]) * np.abs(_normalisation(weights, 10)[0])  # [753, 200]; maximum and mean
    count = len(pooled) - 3 * WIDTH
    first = through.T @ pooled[count:]  # [64, 200]
    front = pooled[:count] + steps[0].T @ first
    return front.max(axis=1), first.max(axis=1)


def _flat_front(weights: Weights) -> Exact:
    """What each channel of the front gives if its kernel is nothing.  # [561]"""
    return np.concatenate([_flat(weights, number) for number in range(5)])


def _flat_first(weights: Weights) -> Exact:
    return _flat(weights, 5)


def _flat(weights: Weights, number: int) -> Exact:
    gain, shift = _normalisation(weights, number + 1)
    return np.asarray(gain * np.maximum(_bias(weights, number), 0) + shift)


def _front_layer(weights: Weights, number: int, lives: Mask) -> Convolution:
    """A layer that looks at the patch as it is: factor and summand of the input's normalisation are folded in."""
    factor, summand = _normalisation(weights, 0)
    gain, shift = _normalisation(weights, number + 1)
    kernel, sign = _kernel(weights, number)[:, :, lives], np.where(gain[lives] < 0, -1.0, 1.0)
    patch = np.pad(np.ones(FRAMES), PADDING[number])
    seen = sliding_window_view(patch, kernel.shape[0]) @ kernel.sum(axis=1)  # [frames, filters]
    bias = _bias(weights, number)[lives] + summand * seen
    return Convolution(kernel * (factor * sign), sign, bias, gain[lives], shift[lives])


def _middle_layer(weights: Weights, number: int, *, inputs: Mask, outputs: Mask, flat: Exact) -> Convolution:
    """A layer without its dead inputs, whose constant values [n] ``flat`` are in the bias, and its dead outputs."""
    kernel = _kernel(weights, number)[:, :, outputs]
    gain, shift = (values[outputs] for values in _normalisation(weights, number + 1))
    seen = sliding_window_view(np.pad(np.ones(FRAMES), TAPS // 2), TAPS)
    bias = _bias(weights, number)[outputs] + seen @ np.einsum("tcf,c->tf", kernel[:, ~inputs], flat)
    return Convolution(kernel[:, inputs], np.ones(len(gain)), bias, gain, shift.copy())


def _hidden(weights: Weights, lives: Mask, flat: Exact) -> Dense:
    """The layer upon what is pooled over time; the checkpoint has maximum and mean of each channel side by side."""
    dense = _dense(weights, "dense", *_normalisation(weights, 10))
    factor, summand = _normalisation(weights, 9)
    weight = (dense.weight * factor[:, None]).reshape(len(lives), 2, DIM)
    bias = dense.bias + summand @ dense.weight + flat @ weight[~lives].sum(axis=1)
    return Dense(np.concatenate([weight[lives, 0], weight[lives, 1]]), bias, dense.gain, dense.shift)


def _dense(weights: Weights, name: str, gain: Exact, shift: Exact) -> Dense:
    return Dense(_kernel_of(weights, name), weights[f"{name}/bias"].astype(np.float64), gain, shift)


def _unchanged(weights: Weights, name: str) -> tuple[Exact, Exact]:
    """Factor and summand of a layer without normalisation."""
    count = len(weights[f"{name}/bias"])
    return np.ones(count), np.zeros(count)


def _normalisation(weights: Weights, number: int) -> tuple[Exact, Exact]:
    """Batch normalisation at rest: factor and summand."""
    name = _numbered("batch_normalization", number)
    gamma, beta, mean, variance = (
        weights[f"{name}/{part}"].astype(np.float64) for part in ("gamma", "beta", "moving_mean", "moving_variance")
    )
    gain = gamma / np.sqrt(variance + EPSILON)
    return gain, beta - gain * mean


def _kernel(weights: Weights, number: int) -> Exact:
    """The kernel of a convolution.  # [taps, bands or channels, filters]"""
    kernel = _kernel_of(weights, _numbered("conv2d", number))
    return kernel[:, :, 0]


def _kernel_of(weights: Weights, name: str) -> Exact:
    return weights[f"{name}/kernel"].astype(np.float64)


def _bias(weights: Weights, number: int) -> Exact:
    return weights[f"{_numbered('conv2d', number)}/bias"].astype(np.float64)


def _numbered(name: str, number: int) -> str:
    return f"{name}_{number}" if number else name
