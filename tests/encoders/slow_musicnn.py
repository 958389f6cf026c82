"""MusiCNN once more, slowly: numpy in double precision, from the checkpoint's bytes, sharing no code with ours.

Written from the published graph (Pons & Serra) and TensorFlow's rules of padding, layer by layer.
"""

import zipfile
from pathlib import Path

import librosa
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

EPSILON = 1e-3
RATE_HZ = 16_000

_BN = {0: 1, 1: 204, 2: 204, 3: 51, 4: 51, 5: 51, 6: 64, 7: 64, 8: 64, 9: 1506, 10: 200}
_CONV = {
    0: (7, 38, 1, 204), 1: (7, 67, 1, 204), 2: (128, 1, 1, 51), 3: (64, 1, 1, 51), 4: (32, 1, 1, 51),
    5: (7, 561, 1, 64), 6: (7, 64, 1, 64), 7: (7, 64, 1, 64),
}  # fmt: skip
_DENSE = {0: (1506, 200), 1: (200, 50)}


def checkpoint(wheel: Path, network: str) -> dict[str, np.ndarray]:
    """All tensors of a network ("MSD" or "MTT") by what a bundle is: the tensors back to back, sorted by name."""
    with zipfile.ZipFile(wheel) as package:
        data = package.read(f"musicnn/{network}_musicnn/.data-00000-of-00001")
    shapes = _shapes()
    assert len(data) == 4 * sum(int(np.prod(shape, dtype=int)) for shape in shapes.values())
    numbers, at, tensors = np.frombuffer(data, "<f4"), 0, {}
    for name in sorted(shapes):
        size = int(np.prod(shapes[name], dtype=int))
        tensors[name] = numbers[at : at + size].reshape(shapes[name]).astype(np.float64)
        at += size
    return tensors


def tags_and_embedding(tensors: dict[str, np.ndarray], patch: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities [50] and penultimate layer [200] of one log-mel patch [187, 96]."""
    maps = _front(tensors, patch.astype(np.float64))
    first = _middle(tensors, 5, maps)
    second = _middle(tensors, 6, first) + first
    third = _middle(tensors, 7, second) + second
    maps = np.concatenate([maps, first, second, third], axis=1)  # [time, 753]
    pooled = np.stack([maps.max(axis=0), maps.mean(axis=0)], axis=1).reshape(-1)
    hidden = np.maximum(_normalised(tensors, 9, pooled) @ tensors["dense/kernel"] + tensors["dense/bias"], 0)
    embedding = _normalised(tensors, 10, hidden)
    logits = embedding @ tensors["dense_1/kernel"] + tensors["dense_1/bias"]
    return 1 / (1 + np.exp(-logits)), embedding


def patches(samples: np.ndarray) -> np.ndarray:
    """Log-mel patches [n, 187, 96] of mono sound at 16 kHz, by librosa."""
    mel = librosa.feature.melspectrogram(y=samples, sr=RATE_HZ, n_fft=512, hop_length=256, n_mels=96).T
    logarithmic = np.log10(10_000 * mel.astype(np.float64) + 1)
    return np.stack([logarithmic[at : at + 187] for at in range(0, len(logarithmic) - 186, 187)])


def _front(tensors: dict[str, np.ndarray], patch: np.ndarray) -> np.ndarray:
    patch = _normalised(tensors, 0, patch[:, :, None])[:, :, 0]
    tall = np.pad(patch, ((3, 3), (0, 0)))
    columns = [_highest(tensors, 0, tall), _highest(tensors, 1, tall)]
    for number, length in ((2, 128), (3, 64), (4, 32)):
        before = (length - 1) // 2  # TensorFlow's SAME puts the odd row behind
        columns.append(_highest(tensors, number, np.pad(patch, ((before, length - 1 - before), (0, 0)))))
    return np.concatenate(columns, axis=1)  # [187, 561]


def _highest(tensors: dict[str, np.ndarray], number: int, image: np.ndarray) -> np.ndarray:
    """Valid convolution, ReLU, normalisation, then the maximum over frequency.  # [time, filters]"""
    out = _convolved(tensors, number, image)
    return _normalised(tensors, number + 1, np.maximum(out, 0)).max(axis=1)


def _middle(tensors: dict[str, np.ndarray], number: int, maps: np.ndarray) -> np.ndarray:
    out = _convolved(tensors, number, np.pad(maps, ((3, 3), (0, 0))))[:, 0]
    return _normalised(tensors, number + 1, np.maximum(out, 0))


def _convolved(tensors: dict[str, np.ndarray], number: int, image: np.ndarray) -> np.ndarray:
    name = f"conv2d_{number}" if number else "conv2d"
    kernel = tensors[f"{name}/kernel"][:, :, 0]
    looks = sliding_window_view(image, kernel.shape[:2])  # [time, places, rows, columns]
    return np.tensordot(looks, kernel, axes=((2, 3), (0, 1))) + tensors[f"{name}/bias"]


def _normalised(tensors: dict[str, np.ndarray], number: int, values: np.ndarray) -> np.ndarray:
    name = f"batch_normalization_{number}" if number else "batch_normalization"
    gamma, beta = tensors[f"{name}/gamma"], tensors[f"{name}/beta"]
    mean, variance = tensors[f"{name}/moving_mean"], tensors[f"{name}/moving_variance"]
    return gamma * (values - mean) / np.sqrt(variance + EPSILON) + beta


def _shapes() -> dict[str, tuple[int, ...]]:
    trained: dict[str, tuple[int, ...]] = {}
    resting: dict[str, tuple[int, ...]] = {"beta1_power": (), "beta2_power": ()}
    for number, width in _BN.items():
        name = f"batch_normalization_{number}" if number else "batch_normalization"
        trained |= {f"{name}/{part}": (width,) for part in ("gamma", "beta")}
        resting |= {f"{name}/{part}": (width,) for part in ("moving_mean", "moving_variance")}
    for kind, table in (("conv2d", _CONV), ("dense", _DENSE)):
        for number, shape in table.items():
            name = f"{kind}_{number}" if number else kind
            trained |= {f"{name}/kernel": shape, f"{name}/bias": (shape[-1],)}
    moments = {f"{name}/{part}": shape for name, shape in trained.items() for part in ("Adam", "Adam_1")}
    return trained | resting | moments
