"""EncodecMAE: 768 numbers for four seconds of any sound, from a network that learnt to fill in masked frames.

Pepino, Riera & Ferrer, "EnCodecMAE: Leveraging neural codecs for universal audio representation learning" (2023), in
the authors' two versions:

* ``PLUGIN`` is their first (checkpoint ``base``, tag v.1.0.0): it hears through the encoder of the codec EnCodec, 75
  frames a second. It is the default because it is what Tamm & Aljanaki measured: one download serves both settings, and
  their figures hold for it. Windows of 4 s, as the authors' own reader cuts a file, at a common level.
* ``STUDY`` is the setting of that study (arXiv 2604.23077), with the same weights: one window of 30 s as decoded, cut
  by the authors' reader into seven chunks of 4 s and one of 2 s, the mean over all 2,250 frames.
* ``MEL`` is their second (``mel256-ec-base_st``), which they recommend since May 2024: it hears 256 bands of log-mel,
  has been trained once more on its own clusters, and takes two thirds of the time.

Upstream needs libraries that no longer fit together, so network and front end are ours.
"""

from dataclasses import replace
from functools import partial
from pathlib import Path

from musicdesk.encoders.base import Download, Encoder, EncoderPlugin, EncoderSpec, Loudness, WeightsSpec, rows_of
from musicdesk.encoders.nets import encodecmae_mel
from musicdesk.encoders.nets.encodecmae_config import CHUNK_S, RATE_HZ, EncodecMaeConfig
from musicdesk.records import EncoderKey

BASE = EncodecMaeConfig()
MEL_BASE = EncodecMaeConfig(bands=256)
_HUB = "https://huggingface.co/lpepino"


def plugin_of(spec: EncoderSpec, config: EncodecMaeConfig) -> EncoderPlugin:
    """The encoder with a network of other sizes than the published."""
    if config.bands:
        hear = partial(encodecmae_mel.front_end, spec=spec, bands=config.bands)
    else:
        hear = partial(rows_of, spec=spec)
    return EncoderPlugin(
        spec, partial(_load, spec=spec, config=config), hear, partial(_convert, spec=spec, config=config)
    )


def _load(folder: Path, device: str, *, spec: EncoderSpec, config: EncodecMaeConfig) -> Encoder:
    from musicdesk.encoders.nets import encodecmae_net

    return encodecmae_net.load(folder, device, spec=spec, config=config)


def _convert(source: Path, folder: Path, *, spec: EncoderSpec, config: EncodecMaeConfig) -> None:
    from musicdesk.encoders.nets import encodecmae_net

    assert spec.weights is not None
    encodecmae_net.convert(source / spec.weights.downloads[0].name, folder, config=config)


SPEC = EncoderSpec(
    key=EncoderKey("encodecmae", "1", "24k-4s-rms20"),
    title="EncodecMAE",
    dim=BASE.dim,
    rate_hz=RATE_HZ,
    window_s=CHUNK_S,
    windows=6,
    licence="CC BY-NC 4.0 (EnCodec's part)",  # the authors put the rest under MIT
    source="https://arxiv.org/abs/2309.07391",
    devices=("cpu", "cuda", "mps"),
    batch=8,
    setting="version 1, base; last layer of the visible encoder, mean over 75 frames a second of 4 s, over windows",
    memory_mb=650,
    weights=WeightsSpec(
        size_bytes=149_803_516,
        files=(("weights.safetensors", ""),),
        downloads=(
            Download(
                f"{_HUB}/encodecmae-base/resolve/fb9f5ef8146aee2a0f952d9987cf6beed0d037a9/model.pt",
                "model.pt",
                sha256="1174f528715256a10e80434d4fbff2e694e9fc6b85d894681de6f6068016991c",
            ),
        ),
        accept=True,
    ),
)
STUDY_SPEC = replace(
    SPEC,
    key=EncoderKey("encodecmae-study", "1", "24k-30s-raw"),
    title="EncodecMAE, as in the study",
    window_s=30.0,
    windows=1,
    batch=2,
    memory_mb=350,
    setting="version 1, base; last layer, mean over the 2,250 frames of 30 s in chunks of 4 s, level as decoded",
    variant_of=SPEC.key.name,
    loudness=Loudness.RAW,
)
MEL_SPEC = replace(
    SPEC,
    key=EncoderKey("encodecmae-mel", "2", "24k-4s-rms20-kaldi256"),
    title="EncodecMAE (version 2)",
    licence="not stated for this version",
    memory_mb=350,
    setting="version 2, mel256-ec-base_st; last layer of the visible encoder, mean over 75 frames a second of 4 s",
    weights=WeightsSpec(
        size_bytes=120_486_124,
        files=(("weights.safetensors", ""),),
        downloads=(Download(f"{_HUB}/encodecmae-v2/resolve/main/mel256-ec-base_st.pt", "mel256-ec-base_st.pt"),),
        accept=True,
    ),
)
PLUGIN = plugin_of(SPEC, BASE)
STUDY = plugin_of(STUDY_SPEC, BASE)
MEL = plugin_of(MEL_SPEC, MEL_BASE)
