"""MuQ: 1,024 numbers for ten seconds of music, from a conformer that learnt to guess at tokens of a mel spectrogram.

Zhu et al., "MuQ: self-supervised music representation learning with mel residual vector quantization"
(arXiv 2501.01108, 2025). The network is MusicFM's; its tokens were learnt too, and renewed from its own states. The
authors show the last state as what to take, and ask for float32: in half precision it overflows. ``STUDY`` is what the
comparison by Tamm & Aljanaki ran: the same state of one window of thirty seconds, at the level of the file.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from musicdesk.encoders.base import Download, Encoder, EncoderPlugin, EncoderSpec, Loudness, WeightsSpec
from musicdesk.encoders.nets.conformer_config import MEL, ConformerConfig, log_mel
from musicdesk.records import EncoderKey, FloatArray

CHECKPOINT, SETTINGS = "model.safetensors", "config.json"
PUBLISHED = "https://huggingface.co/OpenMuQ/MuQ-large-msd-iter/resolve/0562a57814f6f8bbd9fdea0a25921a2fce1a841a"
SETTINGS_BYTES, SETTINGS_SHA256 = 3_133, "237335ee27d8fb951ce778701a12a79e06c51ae636dd786f97e45f51ce532543"


def front_end(windows: Sequence[FloatArray]) -> FloatArray:
    """Windows of ten seconds as log-mel.  # [n, 1000, 128]"""
    return log_mel(windows, SPEC)


def study_front_end(windows: Sequence[FloatArray]) -> FloatArray:
    """Windows of thirty seconds as log-mel.  # [n, 3000, 128]"""
    return log_mel(windows, STUDY_SPEC)


def load(
    folder: Path, device: str, *, spec: EncoderSpec | None = None, config: ConformerConfig | None = None
) -> Encoder:
    """The encoder: the mean over time of the last state; raises ModelUnavailable."""
    from musicdesk.encoders.nets.conformer_encoder import open_conformer

    return open_conformer(spec or SPEC, folder, device, config=config)


def load_study(
    folder: Path, device: str, *, spec: EncoderSpec | None = None, config: ConformerConfig | None = None
) -> Encoder:
    """The encoder as in the study; raises ModelUnavailable."""
    from musicdesk.encoders.nets.conformer_encoder import open_conformer

    return open_conformer(spec or STUDY_SPEC, folder, device, config=config)


def convert(source: Path, folder: Path, *, config: ConformerConfig | None = None) -> None:
    """The published checkpoint with its statistics as one safetensors file; raises ModelUnavailable."""
    from musicdesk.encoders.nets.conformer_checkpoint import convert_conformer, read_settings

    convert_conformer(source / CHECKPOINT, read_settings(source / SETTINGS), folder, spec=SPEC, config=config)


SPEC = EncoderSpec(
    key=EncoderKey("muq", "1", "24k-10s-rms20"),
    title="MuQ",
    dim=1024,
    rate_hz=MEL.rate_hz,
    window_s=10.0,
    windows=3,  # the thirty seconds that it was trained on, from three places
    licence="CC BY-NC 4.0",
    source="https://huggingface.co/OpenMuQ/MuQ-large-msd-iter",
    weights=WeightsSpec(
        size_bytes=1_265_549_552,
        files=(("weights.safetensors", ""),),
        downloads=(
            Download(
                f"{PUBLISHED}/{CHECKPOINT}", CHECKPOINT, 1_333_825_096,
                "273febab2be02872c37d2c37e48a9d6c52c1c9392f3eeeabd498efa281ccb7a6",
            ),
            Download(f"{PUBLISHED}/{SETTINGS}", SETTINGS, SETTINGS_BYTES, SETTINGS_SHA256),
        ),
        accept=True,
    ),
    devices=("cpu", "cuda", "mps"),
    batch=8,
    setting="last state, mean over time, 25 a second, float32",
    memory_mb=1_600,
    limit_s=600.0,
)  # fmt: skip
PLUGIN = EncoderPlugin(SPEC, load, front_end, convert)

STUDY_SPEC = replace(
    SPEC,
    key=EncoderKey("muq-study", "1", "24k-30s-raw"),
    title="MuQ, as in the study",
    window_s=30.0,
    windows=1,
    batch=2,
    setting="last state, mean over time, one window of 30 s as decoded",
    variant_of="muq",
    loudness=Loudness.RAW,
    memory_mb=2_300,
)
STUDY = EncoderPlugin(STUDY_SPEC, load_study, study_front_end, convert)
