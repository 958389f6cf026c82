"""Music2Vec: data2vec taught with music; the smallest of the large models, and the only one with 30 s in view.

Li et al., "MAP-Music2Vec: A Simple and Effective Baseline for Self-Supervised Music Audio Representation Learning"
(ISMIR 2022, late-breaking). It listens to the waveform at 16 kHz and gives 50 frames a second.

By default every window gets a mean of 0 and a variance of 1, as the processor does that the model card names, so no
other loudness is set; and the vector is the mean over time and over all transformer layers: the card says that each
layer does differently at different tasks and offers a weighted mean of all; the equal weights are ours. The study's
setting (Tamm & Aljanaki, arXiv 2604.23077) differs, and holds a mistake: it feeds samples at 24 kHz as if they were
16 kHz, so that the network hears everything a fifth too low and stretched by half; it takes the last layer alone, the
samples as they are, and 30 s at a time.
"""

from dataclasses import replace

from musicdesk.encoders.base import Download, EncoderSpec, Loudness, WeightsSpec
from musicdesk.encoders.nets.hubert_family import CHECKPOINT, CONFIG, WEIGHTS, Architecture, plugin_of
from musicdesk.records import EncoderKey

RATE_HZ, STUDY_RATE_HZ = 16_000, 24_000
NETWORK = Architecture(
    hidden_size=768, num_hidden_layers=12, num_attention_heads=12, intermediate_size=3072,
    positions="several", num_conv_pos_embeddings=5, conv_pos_kernel_size=19,
)  # fmt: skip
"""https://huggingface.co/m-a-p/music2vec-v1/blob/main/config.json"""
_PAGE = "https://huggingface.co/m-a-p/music2vec-v1/resolve/53f05da0bb7bf914a60adb19b6b62cd2bfa2670c/"

_WEIGHTS = WeightsSpec(
    size_bytes=372_679_968,
    files=((WEIGHTS, ""),),
    downloads=(
        Download(
            _PAGE + CHECKPOINT,
            CHECKPOINT,
            sha256="801d1c93ff5487cc37b47441dd33b4b555553881afaa78be5148c89f8746b98f",
        ),
        Download(_PAGE + CONFIG, CONFIG),
    ),
    accept=True,
)

SPEC = EncoderSpec(
    key=EncoderKey("music2vec", "1", "16k-15s-unit"),
    title="Music2Vec",
    dim=NETWORK.hidden_size,
    rate_hz=RATE_HZ,
    window_s=15.0,
    windows=2,
    licence="CC BY-NC 4.0",
    source="https://arxiv.org/abs/2212.02508",
    weights=_WEIGHTS,
    devices=("cpu", "cuda", "mps"),
    batch=4,
    setting="mean of all 12 transformer layers and over time (50 frames a second)",
    loudness=Loudness.RAW,
    memory_mb=1_200,
    extra="transformers",
    libraries=("transformers",),
)
STUDY_SPEC = replace(
    SPEC,
    key=EncoderKey("music2vec-study", "1", "24k-30s-raw"),
    title="Music2Vec, as in the study",
    rate_hz=STUDY_RATE_HZ,
    window_s=30.0,
    windows=1,
    source="https://arxiv.org/abs/2604.23077",
    batch=2,
    setting="last layer, mean over time, samples at 24 kHz taken for 16 kHz and not normalised",
    variant_of=SPEC.key.name,
    memory_mb=1_800,
    limit_s=300.0,
)
PLUGIN = plugin_of(SPEC, NETWORK, every_layer=True, normalised=True)
STUDY = plugin_of(STUDY_SPEC, NETWORK, every_layer=False, normalised=False)
