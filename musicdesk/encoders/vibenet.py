"""VibeNet: seven attributes of music, such as its energy and its valence, and the 256 numbers they are read from.

Shim, "VibeNet: Music Emotion Prediction" (2025): an EfficientNet-B0 that learnt from a larger network (PANNs with heads
of its own) what that network says of the Free Music Archive, whose attributes are those of Echo Nest. The weights are
fetched inside the package ``vibenet`` 0.1.0, of which no code is run; its ONNX file is read for its tensors alone, and
the network is our own (``nets.vibenet_net``), so nothing but torch is needed. The front end is ours after the published
one: frames of 640 samples every 320, a transform of 1,024, 128 bands of librosa's scale up to 8 kHz, in decibels, the
quietest 80 dB below the loudest of the window. The package takes a whole file as decoded; windows at a common level
tell as much of what listeners of Emotify felt (r of energy and arousal .53 beside .49, of valence .30 beside .30), and
the same music at another level gets the same numbers.
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from musicdesk.encoders.base import Encoder, EncoderPlugin, EncoderSpec, WeightsSpec, as_window
from musicdesk.encoders.nets.vibenet_shape import B0, Shape
from musicdesk.features.mel import MelSpec, apply_filters, decibels, hann
from musicdesk.records import EncoderKey, FloatArray

MEL = MelSpec(rate_hz=16_000, n_fft=1_024, hop=320, n_mels=128)
WIN = 640
RANGE_DB = 80.0
ATTRIBUTES = (
    "acousticness", "danceability", "energy", "instrumentalness", "liveness", "speechiness", "valence",
)  # fmt: skip
"""In the order of the network."""
LIKELIHOODS = ("acousticness", "instrumentalness", "liveness")
"""Those that tell how likely something is; the others tell how much there is of it."""
_MODEL, _LICENCE = "vibenet/artifacts/efficientnet_model.onnx", "vibenet-0.1.0.dist-info/LICENSE"


def front_end(windows: Sequence[FloatArray], *, spec: EncoderSpec) -> FloatArray:
    """Windows as mel spectrograms in decibels.  # [n, 128, frames]"""
    rows = [log_mel(as_window(window, spec)) for window in windows]
    frames = 1 + (round(spec.window_s * spec.rate_hz) - WIN) // MEL.hop
    return np.stack(rows) if rows else np.zeros((0, MEL.n_mels, frames), dtype=np.float32)


def log_mel(samples: FloatArray) -> FloatArray:
    """Mono sound at 16 kHz, 40 ms or more; frames lie within it.  # [128, 1 + (n - 640) // 320]

    A window of 640 samples at the beginning of a transform of 1,024 has the magnitudes of 640 samples and zeros.
    """
    from scipy.fft import rfft  # a fifth of a second of importing, for those who only compare fingerprints

    spectrum = rfft(sliding_window_view(samples, WIN)[:: MEL.hop] * hann(WIN), n=MEL.n_fft, axis=1)
    level_db = decibels(apply_filters(spectrum.real**2 + spectrum.imag**2, MEL))
    clear: FloatArray = np.maximum(level_db, level_db.max() - np.float32(RANGE_DB)).T
    return clear


def plugin_of(spec: EncoderSpec, shape: Shape = B0) -> EncoderPlugin:
    """The encoder with a network of other sizes than the published."""
    return EncoderPlugin(spec, partial(_load, spec=spec, shape=shape), partial(front_end, spec=spec),
                         partial(_convert, shape=shape))  # fmt: skip


def _load(folder: Path, device: str, *, spec: EncoderSpec, shape: Shape) -> Encoder:
    from musicdesk.encoders.nets import vibenet_net  # torch takes a second to import

    likely = [ATTRIBUTES.index(name) for name in LIKELIHOODS]
    return vibenet_net.load(folder, device, spec=spec, shape=shape, likely=likely)


def _convert(wheel: Path, folder: Path, *, shape: Shape) -> None:
    from musicdesk.encoders.nets import vibenet_net

    vibenet_net.convert(wheel, folder, model=_MODEL, licence=_LICENCE, shape=shape, attributes=ATTRIBUTES)


SPEC = EncoderSpec(
    key=EncoderKey("vibenet", "1", "16k-10s-rms20"),
    title="VibeNet",
    dim=256,
    rate_hz=MEL.rate_hz,
    window_s=10.0,
    windows=4,
    licence="GPL-3.0-or-later",
    source="https://github.com/jaeheonshim/vibenet",
    vocabulary=ATTRIBUTES,
    devices=("cpu", "cuda", "mps"),
    batch=32,
    setting="the 256 numbers that the attributes are read from; mean over 4 windows of 10 s",
    memory_mb=260,
    weights=WeightsSpec(
        package="vibenet==0.1.0",
        wheel_sha256="3474fd65a9723f0f58f511e77d1641ea937f11b8d75e906bcda2da9cad3094f5",
        size_bytes=17_294_092,
        files=(("weights.safetensors", "40c48aa97a9442dcd871d86d73cdda1da06af119753407ceeb2ac4da65986cfb"),),
    ),
)
PLUGIN = plugin_of(SPEC)
