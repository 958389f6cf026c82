"""MusicFM: 1,024 numbers for ten seconds of music, from a conformer that learnt to fill gaps in a million songs.

Won, Hung & Le, "A foundation model for music informatics" (ICASSP 2024). The weights are those that its authors trained
on the Million Song Dataset, which they find better than the other ones. They recommend the seventh of the twelve layers
where the network is not trained further. Its statistics of loudness are fixed, so the sound is expected at a common
level. ``STUDY`` is what the comparison by Tamm & Aljanaki ran: the last layer, and a mean over the wrong axis, which
leaves 750 numbers, one a moment.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from musicdesk.encoders.base import Download, Encoder, EncoderPlugin, EncoderSpec, Loudness, WeightsSpec
from musicdesk.encoders.nets.conformer_config import MEL, ConformerConfig, log_mel
from musicdesk.records import EncoderKey, FloatArray

LAYER, LAST_LAYER = 7, 12
CHECKPOINT, STATISTICS = "pretrained_msd.pt", "msd_stats.json"
_PUBLISHED = "https://huggingface.co/minzwon/MusicFM/resolve/4513b38bc25ad1d227b1980819b9691ba97f4d87"


def front_end(windows: Sequence[FloatArray]) -> FloatArray:
    """Windows of ten seconds as log-mel.  # [n, 1000, 128]"""
    return log_mel(windows, SPEC)


def study_front_end(windows: Sequence[FloatArray]) -> FloatArray:
    """Windows of thirty seconds as log-mel.  # [n, 3000, 128]"""
    return log_mel(windows, STUDY_SPEC)


def load(
    folder: Path, device: str, *, spec: EncoderSpec | None = None, config: ConformerConfig | None = None,
    layer: int = LAYER,
) -> Encoder:  # fmt: skip
    """The encoder: the mean over time of a layer's states; raises ModelUnavailable."""
    from musicdesk.encoders.nets.conformer_encoder import open_conformer

    return open_conformer(spec or SPEC, folder, device, layer=layer, config=config)


def load_study(
    folder: Path, device: str, *, spec: EncoderSpec | None = None, config: ConformerConfig | None = None
) -> Encoder:
    """The encoder as in the study: the mean over the channels of the last layer; raises ModelUnavailable."""
    from musicdesk.encoders.nets.conformer_encoder import CHANNELS, open_conformer

    return open_conformer(spec or STUDY_SPEC, folder, device, over=CHANNELS, config=config)


def convert(source: Path, folder: Path, *, config: ConformerConfig | None = None) -> None:
    """The published pickle and its statistics as one safetensors file; raises ModelUnavailable."""
    from musicdesk.encoders.nets.conformer_checkpoint import convert_conformer, read_settings

    convert_conformer(source / CHECKPOINT, read_settings(source / STATISTICS), folder, spec=SPEC, config=config)


SPEC = EncoderSpec(
    key=EncoderKey("musicfm", "1", "24k-10s-rms20"),
    title="MusicFM",
    dim=1024,
    rate_hz=MEL.rate_hz,
    window_s=10.0,
    windows=3,  # as long as the thirty seconds that the authors give it for tags, from three places
    licence="MIT",
    source="https://huggingface.co/minzwon/MusicFM",
    weights=WeightsSpec(
        size_bytes=1_265_549_552,
        files=(("weights.safetensors", ""),),
        downloads=(
            Download(
                f"{_PUBLISHED}/{CHECKPOINT}", CHECKPOINT, 1_316_802_088,
                "218b483a0256ddef736267425fabb166fd97008983696bb9270def464b47bded",
            ),
            Download(
                f"{_PUBLISHED}/{STATISTICS}", STATISTICS, 2_277,
                "c36c61ab10ca4d2e7fdfefc3fcc15205316bec276a06a47baa3641a62c546f22",
            ),
        ),
    ),
    devices=("cpu", "cuda", "mps"),
    batch=8,
    setting="state after layer 7 of 12, mean over time, 25 a second",
    memory_mb=1_600,
    limit_s=600.0,
)  # fmt: skip
PLUGIN = EncoderPlugin(SPEC, load, front_end, convert)

STUDY_SPEC = replace(
    SPEC,
    key=EncoderKey("musicfm-study", "1", "24k-30s-raw"),
    title="MusicFM, as in the study",
    dim=750,
    window_s=30.0,
    windows=1,
    batch=2,
    setting="last layer, mean over the channels instead of over time (the study's slip), 30 s as decoded",
    variant_of="musicfm",
    loudness=Loudness.RAW,
    memory_mb=2_300,
)
STUDY = EncoderPlugin(STUDY_SPEC, load_study, study_front_end, convert)
