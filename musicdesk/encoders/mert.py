"""MERT: a transformer that learnt music from its sound alone, in two sizes.

Li et al., "MERT: Acoustic Music Understanding Model with Large-Scale Self-supervised Training" (ICLR 2024). It listens
to the waveform at 24 kHz, in stretches of 5 s as in its training, and gives 75 frames a second. Its published code runs
HuBERT with a second, constant-Q input that no published checkpoint has (and which is refused here), so HuBERT itself
runs it, with the same names and the same numbers.

By default every window gets a mean of 0 and a variance of 1, as the checkpoint's ``preprocessor_config.json`` wants it,
so no other loudness is set; and the vector is the mean over time and over all transformer layers. The model card says
that each layer does differently at different tasks and offers a weighted mean of all; the equal weights are ours. The
study's setting (Tamm & Aljanaki, arXiv 2604.23077) differs: the last layer alone, the samples as they are, 30 s at a
time.
"""

from dataclasses import replace

from musicdesk.encoders.base import Download, EncoderSpec, Loudness, WeightsSpec
from musicdesk.encoders.nets.hubert_family import CHECKPOINT, CONFIG, WEIGHTS, Architecture, plugin_of
from musicdesk.records import EncoderKey

RATE_HZ = 24_000
PAPER = "https://arxiv.org/abs/2306.00107"
BASE = Architecture(hidden_size=768, num_hidden_layers=12, num_attention_heads=12, intermediate_size=3072)
"""https://huggingface.co/m-a-p/MERT-v1-95M/blob/main/config.json"""
BIG = Architecture(
    hidden_size=1024, num_hidden_layers=24, num_attention_heads=16, intermediate_size=4096, do_stable_layer_norm=True
)
"""https://huggingface.co/m-a-p/MERT-v1-330M/blob/main/config.json; its ``attention_relax`` only keeps float16 from
overflowing and changes no number."""
_PAGE = "https://huggingface.co/m-a-p/MERT-v1-{size}/resolve/{revision}/{name}"
_SMALL_AT, _LARGE_AT = "12af15fef9d0ac838c3f475bfbbf26d2060dd4f5", "6d2dcaa611e802fd0dc71adbd415e76a76223054"

_SMALL_WEIGHTS = WeightsSpec(
    size_bytes=377_507_424,
    files=((WEIGHTS, ""),),
    downloads=(
        Download(
            _PAGE.format(size="95M", revision=_SMALL_AT, name=CHECKPOINT),
            CHECKPOINT,
            377_552_987,
            "a2b8b747f72c06e0595aeae41ae5473f4364938c6b39b2c58be38c48e6bd3fcd",
        ),
        Download(
            _PAGE.format(size="95M", revision=_SMALL_AT, name=CONFIG),
            CONFIG,
            sha256="ea2627c4c7825cd66f3c944b6b966331604c35928174e0100cd4a82829424e32",
        ),
    ),
    accept=True,
)
_LARGE_WEIGHTS = WeightsSpec(
    size_bytes=1_261_758_144,
    files=((WEIGHTS, ""),),
    downloads=(
        Download(
            _PAGE.format(size="330M", revision=_LARGE_AT, name=CHECKPOINT),
            CHECKPOINT,
            sha256="0c03774d821a6ad972cb48220b128a10ebea2c790116bd0fd35e5a013f8017f6",
        ),
        Download(_PAGE.format(size="330M", revision=_LARGE_AT, name=CONFIG), CONFIG),
    ),
    accept=True,
)

SMALL_SPEC = EncoderSpec(
    key=EncoderKey("mert-95m", "1", "24k-5s-unit"),
    title="MERT 95M",
    dim=BASE.hidden_size,
    rate_hz=RATE_HZ,
    window_s=5.0,
    windows=6,
    licence="CC BY-NC 4.0",
    source=PAPER,
    weights=_SMALL_WEIGHTS,
    devices=("cpu", "cuda", "mps"),
    batch=8,
    setting="mean of all 12 transformer layers and over time (75 frames a second)",
    loudness=Loudness.RAW,
    memory_mb=1_100,
    limit_s=200.0,
    extra="transformers",
    libraries=("transformers",),
)
LARGE_SPEC = replace(
    SMALL_SPEC,
    key=EncoderKey("mert-330m", "1", "24k-5s-unit"),
    title="MERT 330M",
    dim=BIG.hidden_size,
    weights=_LARGE_WEIGHTS,
    setting="mean of all 24 transformer layers and over time (75 frames a second)",
    memory_mb=2_800,
    limit_s=300.0,
)
STUDY_SPEC = replace(
    LARGE_SPEC,
    key=EncoderKey("mert-330m-study", "1", "24k-30s-raw"),
    title="MERT 330M, as in the study",
    window_s=30.0,
    windows=1,
    source="https://arxiv.org/abs/2604.23077",
    batch=2,
    setting="last layer, mean over time (75 frames a second), samples not normalised",
    variant_of=LARGE_SPEC.key.name,
    limit_s=600.0,
)
SMALL = plugin_of(SMALL_SPEC, BASE, every_layer=True, normalised=True)
LARGE = plugin_of(LARGE_SPEC, BIG, every_layer=True, normalised=True)
STUDY = plugin_of(STUDY_SPEC, BIG, every_layer=False, normalised=False)
