"""Jukebox: 4,800 numbers for 24 seconds of music, out of the middle of a network that can compose.

Dhariwal et al., "Jukebox: a generative model for music" (2020, arXiv 2005.00341). How it is listened to: Castellon,
Donahue & Liang, "Codified audio language modeling learns useful representations for music information retrieval"
(ISMIR 2021): the top prior of the model "5b" reads 8,192 codes (23.8 s at 44.1 kHz) with artist and genre unknown, at
the beginning of a song of 62 s; the hidden states of layer 36 of 72, in their middle the richest, are averaged over
time. The sound is scaled to a peak of 1.

The weights are 10.3 GB to fetch, of which 5.3 GB are kept: layers 37 to 72 are never loaded. A track is some 20
trillion multiplications: a matter of seconds for a graphics card, of eight or nine minutes for a core of a processor
(510 s, reckoned from three layers at full size).
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from musicdesk.encoders.base import Download, Encoder, EncoderPlugin, EncoderSpec, Loudness, WeightsSpec, rows_of
from musicdesk.encoders.nets.jukebox_config import FULL, RATE_HZ, JukeboxConfig
from musicdesk.records import EncoderKey, FloatArray

STUDY_S = 24.0
"""Of a clip of 30 s the study hears so much."""
_PUBLISHED = "https://openaipublic.azureedge.net/jukebox/models/5b"


def plugin(spec: EncoderSpec, config: JukeboxConfig = FULL) -> EncoderPlugin:
    """The encoder of this description; with networks of other sizes for tests."""
    return EncoderPlugin(spec, partial(_load, spec, config), partial(rows_of, spec=spec), partial(_convert, config))


def study_plugin(spec: EncoderSpec, config: JukeboxConfig = FULL) -> EncoderPlugin:
    """The encoder as the study has it: the first 24 s of the window, scaled to a peak of 1 by themselves."""
    return replace(plugin(spec, config), front_end=partial(study_front_end, spec=spec))


def study_front_end(windows: Sequence[FloatArray], *, spec: EncoderSpec) -> FloatArray:
    """The first four fifths of windows, each scaled to a peak of 1; silence is left as it is.  # [n, 24 s]"""
    heard = rows_of(windows, spec)
    heard = heard[:, : round(heard.shape[1] * STUDY_S / 30)]
    peaks = np.abs(heard).max(axis=1, keepdims=True, initial=0.0)
    return np.asarray(heard / np.where(peaks > 0, peaks, 1), dtype=np.float32)


def _load(spec: EncoderSpec, config: JukeboxConfig, folder: Path, device: str) -> Encoder:
    from musicdesk.encoders.nets import jukebox_net

    return jukebox_net.load(spec, config, folder, device)


def _convert(config: JukeboxConfig, source: Path, folder: Path) -> None:
    from musicdesk.encoders.nets import jukebox_net

    jukebox_net.convert(config, source, folder)


SPEC = EncoderSpec(
    key=EncoderKey("jukebox", "1", "44k-24s-peak"),
    title="Jukebox (5b)",
    dim=FULL.width,
    rate_hz=RATE_HZ,
    window_s=FULL.window_s,
    windows=1,
    licence="OpenAI Noncommercial Use License",
    source="https://github.com/openai/jukebox",
    setting="layer 36 of 72, mean over 8,192 codes (345 a second) of one window of 23.8 s, peak 1",
    loudness=Loudness.PEAK,
    devices=("cpu", "cuda"),
    batch=1,  # a window alone fills any device, and on a processor it takes minutes
    memory_mb=6_500,  # 5.3 GB of weights, which stay in the file until they are read, and 1.2 GB for a window's work
    limit_s=3_600.0,
    weights=WeightsSpec(
        size_bytes=FULL.kept_bytes,
        files=(("vqvae.safetensors", ""), ("prior_level_2.safetensors", "")),
        downloads=(
            Download(
                f"{_PUBLISHED}/vqvae.pth.tar",
                "vqvae.pth.tar",
                sha256="69745413a48e887f8a3fe91b972a6f7f434021a1ce911a99187b331eb48c059a",
            ),
            Download(
                f"{_PUBLISHED}/prior_level_2.pth.tar",
                "prior_level_2.pth.tar",
                size_bytes=10_288_727_721,
                sha256="89a1dd14f5b2f9b16b3e73b53fa2138cc89fd96bb13249b4267fea471de92672",
            ),
        ),
        accept=True,
    ),
)
PLUGIN = plugin(SPEC)

STUDY_SPEC = replace(
    SPEC,
    key=EncoderKey("jukebox-study", "1", "44k-30s-raw"),
    title="Jukebox (5b), as in the study",
    window_s=30.0,
    setting="layer 36 of 72, mean over the first 8,192 codes of the first 24 s of a window of 30 s, peak 1",
    variant_of=SPEC.key.name,
    loudness=Loudness.RAW,
)
STUDY = study_plugin(STUDY_SPEC)
