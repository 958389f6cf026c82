"""MULE: 1,728 numbers for three seconds of music, from a network that learnt without labels.

McCallum, Korzeniowski, Oramas, Gouyon & Ehmann, "Supervised and Unsupervised Learning of Audio Representations for
Music Understanding" (ISMIR 2022): an SF-NFNet-F0 (a slow and a fast pathway of convolutions without normalisation)
trained to tell two moments of one recording from those of all others. The network is that of the package
``mule_torch``; the front end is ours, in numpy, after the published one: 96 bands on the HTK scale up to 8 kHz,
log10(10000 x + 1), slices of 300 frames of 10 ms, each brought to mean 0 and deviation 1.

``PLUGIN`` takes windows of 3 s, one slice each, from all over the track, at a common level; the authors take slices
every 2 s of the whole track. ``STUDY`` is the setting of Tamm & Aljanaki (arXiv 2604.23077): 30 s as decoded, slices
around every second second but the first, the last moved inwards, the mean of 15. The original reader halves a channel
and then adds the channels: what comes from two channels has the level that it has here; what comes from one would be
6 dB lower, and is not made so here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from musicdesk.encoders.base import (
    Download,
    Encoder,
    EncoderPlugin,
    EncoderSpec,
    Loudness,
    WeightsSpec,
    as_window,
)
from musicdesk.features.mel import hann
from musicdesk.records import EncoderKey, FloatArray

RATE_HZ, HOP, WIN, N_FFT, N_MELS, FMAX_HZ = 16_000, 160, 400, 2_048, 96, 8_000.0
SLICE_FRAMES, SLICE_HOP = 300, 200
LEAST_DEVIATION = 0.01
"""What a slice is divided by at least: silence stays silence."""
_PAGE = "https://huggingface.co/matteospanio/mule/resolve/main/"


def front_end(windows: Sequence[FloatArray], *, spec: EncoderSpec) -> FloatArray:
    """Windows as normalised slices of log-mel.  # [n, slices of a window, 96, 300]"""
    rows = [normalised(sliced(log_mel(as_window(window, spec)))) for window in windows]
    count = len(slice_starts(1 + round(spec.window_s * spec.rate_hz) // HOP))
    return np.stack(rows) if rows else np.zeros((0, count, N_MELS, SLICE_FRAMES), dtype=np.float32)


def log_mel(samples: FloatArray) -> FloatArray:
    """Mono sound at 16 kHz as log10(10000 mel + 1), centred frames over mirrored ends.  # [96, 1 + n // 160]

    A window of 400 samples in the middle of a transform of 2,048 has the magnitudes of 400 samples and zeros.
    """
    from scipy.fft import rfft  # a fifth of a second of importing, for those who only compare fingerprints

    frames = sliding_window_view(np.pad(samples, WIN // 2, mode="reflect"), WIN)[::HOP]
    spectrum = rfft(frames * hann(WIN), n=N_FFT, axis=1)
    power = spectrum.real**2 + spectrum.imag**2
    mel = np.log10(10_000 * (mel_filters() @ power.T) + 1)
    return np.asarray(mel, dtype=np.float32)


def slice_starts(frames: int) -> tuple[int, ...]:
    """Where the slices of a spectrogram begin: around every 200th frame but the first, moved inwards at the ends."""
    middle, last = SLICE_FRAMES // 2, frames - SLICE_FRAMES
    return tuple(min(max(at - middle, 0), last) for at in range(SLICE_HOP, frames, SLICE_HOP))


def sliced(mel: FloatArray) -> FloatArray:
    """A spectrogram [96, frames] in slices of 3 s.  # [n, 96, 300]"""
    return np.stack([mel[:, start : start + SLICE_FRAMES] for start in slice_starts(mel.shape[1])])


def normalised(slices: FloatArray) -> FloatArray:
    """Every slice with mean 0 and deviation 1.  # [n, 96, 300]"""
    centred = slices - slices.mean(axis=(1, 2), keepdims=True, dtype=np.float64)
    deviation = np.maximum(centred.std(axis=(1, 2), keepdims=True), LEAST_DEVIATION)
    return np.asarray(centred / deviation, dtype=np.float32)


@lru_cache(maxsize=1)
def mel_filters() -> FloatArray:
    """Triangles equally spaced on the HTK scale, each of length 1 as a vector.  # [96, 1025]"""
    corners = 700 * (10 ** (np.linspace(0, 2595 * np.log10(1 + FMAX_HZ / 700), N_MELS + 2) / 2595) - 1)
    away = np.subtract.outer(corners, np.fft.rfftfreq(N_FFT, 1 / RATE_HZ))
    width = np.diff(corners)[:, None]
    triangles = np.maximum(0, np.minimum(-away[:-2] / width[:-1], away[2:] / width[1:])).astype(np.float32)
    filters: FloatArray = triangles / np.linalg.norm(triangles, axis=1, keepdims=True)
    filters.setflags(write=False)
    return filters


def plugin_of(spec: EncoderSpec, sizes: Mapping[str, Any]) -> EncoderPlugin:
    """The encoder with a network of other ``sizes`` (fields of mule_torch's MuleConfig) than the published."""
    return EncoderPlugin(spec, partial(_load, spec=spec, sizes=sizes), partial(front_end, spec=spec),
                         partial(_convert, sizes=sizes))  # fmt: skip


def _load(folder: Path, device: str, *, spec: EncoderSpec, sizes: Mapping[str, Any]) -> Encoder:
    from musicdesk.encoders.nets import mule_net

    return mule_net.load(folder, device, spec=spec, sizes=sizes)


def _convert(source: Path, folder: Path, *, sizes: Mapping[str, Any]) -> None:
    from musicdesk.encoders.nets import mule_net

    mule_net.convert(source, folder, filters=mel_filters(), sizes=sizes)


SPEC = EncoderSpec(
    key=EncoderKey("mule", "1", "16k-3s-rms20"),
    title="MULE",
    dim=1_728,
    rate_hz=RATE_HZ,
    window_s=3.0,
    windows=10,
    licence="CC BY-NC 4.0",
    source="https://arxiv.org/abs/2210.03799",
    devices=("cpu", "cuda", "mps"),
    setting="pooled output of both pathways; one slice of 3 s a window, mean over windows",
    memory_mb=400,
    extra="mule",
    libraries=("mule_torch",),
    weights=WeightsSpec(
        size_bytes=249_436_504,
        files=(("weights.safetensors", ""),),
        downloads=(
            Download(_PAGE + "model.safetensors", "model.safetensors"),
            Download(_PAGE + "config.json", "config.json"),
        ),
        accept=True,
    ),
)
STUDY_SPEC = replace(
    SPEC,
    key=EncoderKey("mule-study", "1", "16k-30s-raw"),
    title="MULE, as in the study",
    window_s=30.0,
    windows=1,
    batch=8,
    memory_mb=500,
    setting="pooled output of both pathways; mean of 15 slices of 3 s every 2 s of 30 s, level as decoded",
    variant_of=SPEC.key.name,
    loudness=Loudness.RAW,
)
PLUGIN = plugin_of(SPEC, {})
STUDY = plugin_of(STUDY_SPEC, {})
