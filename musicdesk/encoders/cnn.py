"""The network that comes with musicdesk: 128 numbers and MusiCNN's words, at a fraction of MusiCNN's cost.

Four blocks of convolution and pooling and a layer of 1,024, as in the CNN of "CNN-based music recommendation" (2022),
taught by MusiCNN (Pons & Serra 2019) on freely licensed music alone: what the teacher says of three seconds, in words
and in 400 numbers, is all that the student ever learned. It needs no download and no torch. The front end is MusiCNN's
log-mel, of which four frames become one; the level is MusiCNN's too. How it was trained, on what, and how far it agrees
with its teacher on artists it never heard, stands in the model card beside the weights.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import safetensors
import safetensors.numpy

from musicdesk.encoders.base import Encoded, EncoderPlugin, EncoderSpec, WeightsSpec, as_window
from musicdesk.encoders.convnet.layers import StudentNet
from musicdesk.encoders.musicnn import MEL, VOCABULARY, WINDOW_S
from musicdesk.errors import ModelUnavailable
from musicdesk.features.mel import mel_spectrogram
from musicdesk.records import EncoderKey, FloatArray

FRAMES, BANDS, DIM = 47, 96, 128
AVERAGED = 4
"""Frames of 16 ms that become one."""
WEIGHTS = "weights.safetensors"


class Cnn:
    """The encoder; ``folder`` holds the weights."""

    device = "cpu"

    def __init__(self, folder: Path, device: str = "cpu") -> None:
        assert device == "cpu"
        self._net = StudentNet(read_weights(folder / WEIGHTS))

    @property
    def spec(self) -> EncoderSpec:
        """What it is."""
        return SPEC

    def encode(self, features: FloatArray) -> Encoded:
        """Encode every image by itself.  # features: [n, 47, 96]"""
        vectors, logits = self._net(features)
        return Encoded(vectors, np.asarray(1 / (1 + np.exp(-logits)), dtype=np.float32))


def front_end(windows: Sequence[FloatArray]) -> FloatArray:
    """Windows as compressed log-mel.  # [n, 47, 96]"""
    images = [image_of(as_window(window, SPEC)) for window in windows]
    return np.stack(images) if images else np.zeros((0, FRAMES, BANDS), dtype=np.float32)


def image_of(samples: FloatArray) -> FloatArray:
    """Three seconds at 16 kHz as MusiCNN's log-mel with the power of four frames in one.  # [47, 96]"""
    power = mel_spectrogram(samples, MEL)[: FRAMES * AVERAGED]
    energies = power.reshape(FRAMES, AVERAGED, BANDS).sum(axis=1)
    image: FloatArray = np.log(np.float32(10_000 / AVERAGED) * energies + 1) / np.float32(np.log(10))
    return image


def read_weights(path: Path) -> dict[str, FloatArray]:
    """The tensors of a student, in single precision; raises ModelUnavailable."""
    try:
        tensors = safetensors.numpy.load_file(path)
    except (OSError, safetensors.SafetensorError) as error:
        raise ModelUnavailable(f"The weights {path} cannot be read ({error}). Install musicdesk again.") from error
    return {name: np.asarray(values, dtype=np.float32) for name, values in tensors.items()}


SPEC = EncoderSpec(
    key=EncoderKey("cnn", "1", "16k-3s-rms20"),
    title="musicdesk's own CNN",
    dim=DIM,
    rate_hz=MEL.rate_hz,
    window_s=WINDOW_S,
    windows=6,
    licence="GPL-3.0-or-later",
    source="our own, taught by https://github.com/jordipons/musicnn",
    vocabulary=VOCABULARY,
    weights=WeightsSpec(
        size_bytes=3_048_166,
        files=((WEIGHTS, "0dc42e429c6d8c8c87dea7afd0c6b3e312f57241bcc8c965fc30c00b02ba077e"),),
        shipped=True,
    ),
    setting="mean over 6 windows of 3 s, from the layer of 1,024",
)
PLUGIN = EncoderPlugin(SPEC, Cnn, front_end)
