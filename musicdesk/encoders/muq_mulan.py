"""MuQ-MuLan: 512 numbers for ten seconds of music, in a space that sounds share with words.

Zhu et al., "MuQ: self-supervised music representation learning with mel residual vector quantization"
(arXiv 2501.01108, 2025). MuQ, trained further so that music comes to lie where texts about it lie. Its clips are ten
seconds long, and a track is the mean of its clips, as the authors have it. Both halves come in one checkpoint: sounds
need ``weights.safetensors``, words (``open_text``) need ``text.safetensors`` and the extra ``transformers``. ``STUDY``
is what the comparison by Tamm & Aljanaki meant to run: the three clips of thirty seconds, at the level of the file.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from musicdesk.encoders import muq
from musicdesk.encoders.base import Download, Encoder, EncoderPlugin, EncoderSpec, Loudness, WeightsSpec, as_window
from musicdesk.encoders.nets.conformer_config import MEL, MulanConfig, log_mel
from musicdesk.errors import ModelUnavailable
from musicdesk.records import EncoderKey, FloatArray

if TYPE_CHECKING:
    from musicdesk.encoders.nets.muq_mulan_text import TextEncoder

CHECKPOINT, SETTINGS, MUQ_SETTINGS, TOKENS = "pytorch_model.bin", "config.json", "muq-config.json", "tokenizer.json"
STUDY_CLIPS = 3
TOKENS_SHA256 = "a898ea75433890f6610f4e470b8ebeb0c21dce5c8dd61f892eb09eb5919d2e2c"
_PUBLISHED = "https://huggingface.co/OpenMuQ/MuQ-MuLan-large/resolve/2e01c796b71dca71b45251384c04cd7b237c9020"
_ROBERTA = "https://huggingface.co/FacebookAI/xlm-roberta-base/resolve/e73636d4f797dec63c3081bb6ed5c7b0bb3f2089"


def front_end(windows: Sequence[FloatArray]) -> FloatArray:
    """Windows of ten seconds as log-mel.  # [n, 1000, 128]"""
    return log_mel(windows, SPEC)


def study_front_end(windows: Sequence[FloatArray]) -> FloatArray:
    """Windows of thirty seconds as the log-mel of three clips, each with ends of its own.  # [n, 3, 1000, 128]"""
    clips = [clip for window in windows for clip in np.split(as_window(window, STUDY_SPEC), STUDY_CLIPS)]
    frames = log_mel(clips, SPEC)
    return frames.reshape(len(windows), STUDY_CLIPS, *frames.shape[1:])


def load(folder: Path, device: str, *, spec: EncoderSpec | None = None, config: MulanConfig | None = None) -> Encoder:
    """The encoder; raises ModelUnavailable."""
    return _open(spec or SPEC, folder, device, config)


def load_study(
    folder: Path, device: str, *, spec: EncoderSpec | None = None, config: MulanConfig | None = None
) -> Encoder:
    """The encoder as in the study; raises ModelUnavailable."""
    return _open(spec or STUDY_SPEC, folder, device, config)


def open_text(folder: Path, device: str = "cpu", *, config: MulanConfig | None = None) -> "TextEncoder":
    """What encodes words into the same space, from the folder of the same weights; raises ModelUnavailable."""
    try:
        from musicdesk.encoders.nets.muq_mulan_text import TextEncoder
    except ImportError as error:
        raise ModelUnavailable(
            f'The words of MuQ-MuLan need the Python package {error.name}. Run: pip install "musicdesk[transformers]"'
        ) from error
    return TextEncoder(folder, device, config=config)


def convert(source: Path, folder: Path, *, config: MulanConfig | None = None) -> None:
    """The published pickle as two safetensors files, and the tokens beside; raises ModelUnavailable."""
    from musicdesk.encoders.nets.muq_mulan_checkpoint import convert_mulan

    convert_mulan(source, folder, spec=SPEC, config=config)


def _open(spec: EncoderSpec, folder: Path, device: str, config: MulanConfig | None) -> Encoder:
    from musicdesk.encoders.nets.conformer import one_by_one
    from musicdesk.encoders.nets.conformer_encoder import WEIGHTS, filled
    from musicdesk.encoders.nets.muq_mulan_net import MulanAudio
    from musicdesk.encoders.torch_encoder import TorchEncoder

    network = filled(lambda: MulanAudio(config or MulanConfig()), folder / WEIGHTS, name=spec.weights_name)
    return TorchEncoder(spec, network, device, forward=one_by_one(network))


SPEC = EncoderSpec(
    key=EncoderKey("muq-mulan", "1", "24k-10s-rms20"),
    title="MuQ-MuLan",
    dim=512,
    rate_hz=MEL.rate_hz,
    window_s=10.0,
    windows=3,
    licence="CC BY-NC 4.0",
    source="https://huggingface.co/OpenMuQ/MuQ-MuLan-large",
    weights=WeightsSpec(
        size_bytes=2_592_179_718,
        files=(("weights.safetensors", ""), ("text.safetensors", ""), (TOKENS, TOKENS_SHA256)),
        downloads=(
            Download(
                f"{_PUBLISHED}/{CHECKPOINT}", CHECKPOINT, 2_653_954_401,
                "d42ae3f7cb9b66759ee0089ddc70e2f28b130c2d8ba621457358272d32dd0444",
            ),
            Download(
                f"{_PUBLISHED}/{SETTINGS}", SETTINGS, 847,
                "8fefc545ef87ecd9bcde7417dd03464370c48c321f36dcff20266a752079e468",
            ),
            # The checkpoint holds MuQ's weights too, but not its statistics; and no table of words.
            Download(f"{muq.PUBLISHED}/{muq.SETTINGS}", MUQ_SETTINGS, muq.SETTINGS_BYTES, muq.SETTINGS_SHA256),
            Download(f"{_ROBERTA}/{TOKENS}", TOKENS, 9_096_718, TOKENS_SHA256),
        ),
        accept=True,
    ),
    devices=("cpu", "cuda", "mps"),
    batch=8,
    setting="joint vector of 10 s of sound, of length one, float32",
    memory_mb=1_600,
    limit_s=600.0,
)  # fmt: skip
PLUGIN = EncoderPlugin(SPEC, load, front_end, convert, open_text)

STUDY_SPEC = replace(
    SPEC,
    key=EncoderKey("muq-mulan-study", "1", "24k-30s-raw"),
    title="MuQ-MuLan, as in the study",
    window_s=30.0,
    windows=1,
    batch=2,
    setting="mean of the joint vectors of three clips of 10 s, one after the other, as decoded",
    variant_of="muq-mulan",
    loudness=Loudness.RAW,
    memory_mb=1_800,
)
STUDY = EncoderPlugin(STUDY_SPEC, load_study, study_front_end, convert, open_text)
