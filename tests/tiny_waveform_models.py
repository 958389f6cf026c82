"""MERT and Music2Vec in miniature, as encoders of another package; their processes import them by name.

The whole way is that of the real ones: a checkpoint in the published format, converted, loaded, fed by the front end.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from musicdesk.encoders import mert, music2vec, registry
from musicdesk.encoders.base import EncoderPlugin, EncoderSpec
from musicdesk.encoders.nets.hubert_family import Architecture, plugin_of
from musicdesk.records import EncoderKey

if TYPE_CHECKING:
    from torch import nn

SMALL = {"hidden_size": 32, "num_hidden_layers": 3, "num_attention_heads": 4, "intermediate_size": 48,
         "num_conv_pos_embedding_groups": 4, "conv_dim": (16,) * 7}  # fmt: skip
ARCHITECTURES = {
    "tiny-mert-95m": replace(mert.BASE, num_conv_pos_embeddings=16, **SMALL),
    "tiny-mert-330m": replace(mert.BIG, num_conv_pos_embeddings=16, **SMALL),
    "tiny-mert-330m-study": replace(mert.BIG, num_conv_pos_embeddings=16, **SMALL),
    "tiny-music2vec": replace(music2vec.NETWORK, **SMALL),
    "tiny-music2vec-study": replace(music2vec.NETWORK, **SMALL),
}
OLD_NAMES = {"parametrizations.weight.original0": "weight_g", "parametrizations.weight.original1": "weight_v"}
NAMES = tuple(ARCHITECTURES)


def spec(name: str, real: EncoderSpec) -> EncoderSpec:
    key = EncoderKey(name, "1", "tiny")
    return replace(real, key=key, dim=32, window_s=1.0, windows=3, weights=None, variant_of="", memory_mb=301)


def plugin(name: str, real: EncoderPlugin) -> EncoderPlugin:
    study = name.endswith("-study")
    return plugin_of(spec(name, real.spec), ARCHITECTURES[name], every_layer=not study, normalised=not study)


MERT_95M = plugin("tiny-mert-95m", mert.SMALL)
MERT_330M = plugin("tiny-mert-330m", mert.LARGE)
MERT_STUDY = plugin("tiny-mert-330m-study", mert.STUDY)
MUSIC2VEC = plugin("tiny-music2vec", music2vec.PLUGIN)
MUSIC2VEC_STUDY = plugin("tiny-music2vec-study", music2vec.STUDY)
PLUGINS = {p.spec.key.name: p for p in (MERT_95M, MERT_330M, MERT_STUDY, MUSIC2VEC, MUSIC2VEC_STUDY)}
POINTS = """[musicdesk.encoders]
tiny-mert-95m = tiny_waveform_models:MERT_95M
tiny-mert-330m = tiny_waveform_models:MERT_330M
tiny-mert-330m-study = tiny_waveform_models:MERT_STUDY
tiny-music2vec = tiny_waveform_models:MUSIC2VEC
tiny-music2vec-study = tiny_waveform_models:MUSIC2VEC_STUDY
"""


def model(architecture: Architecture, seed: int = 0) -> "nn.Module":
    """The network as its authors run it: the library's own class, with masking as it was trained."""
    import torch  # not above: whoever looks for the front end's needs no torch
    from transformers import Data2VecAudioConfig, Data2VecAudioModel, HubertConfig, HubertModel

    options = architecture.options() | {"mask_time_prob": 0.05}
    if architecture.data2vec:
        network = Data2VecAudioModel(Data2VecAudioConfig(**options))
    else:
        network = HubertModel(HubertConfig(**options))
    chance = torch.Generator().manual_seed(seed)
    for name, parameter in network.named_parameters():  # the library's beginning is too calm to tell two sounds apart
        scale = 1.0 if name.endswith("norm.weight") else 0.0
        parameter.data = scale + 0.3 * torch.randn(parameter.shape, generator=chance)
    return network.eval()


def publish(network: "nn.Module", architecture: Architecture, folder: Path) -> Path:
    """A folder with the two files that the model's page has, names as older versions of the library wrote them."""
    import torch

    folder.mkdir(parents=True, exist_ok=True)
    tensors = {}
    for name, value in network.state_dict().items():
        for new, published in OLD_NAMES.items():
            name = name.replace(new, published)
        tensors[name] = value
    torch.save(tensors, folder / "pytorch_model.bin")
    beside = {"feature_extractor_cqt": False, "deepnorm": False, "attention_relax": 32.0, "_name_or_path": "tiny"}
    (folder / "config.json").write_text(json.dumps(architecture.options() | beside))
    return folder


def install(name: str, models: Path, seed: int = 0) -> "nn.Module":
    """Put a tiny encoder's weights where they are looked for; the answer is the network that they came from."""
    network = model(ARCHITECTURES[name], seed)
    source = publish(network, ARCHITECTURES[name], models / f"{name}-published")
    (models / name).mkdir()
    PLUGINS[name].convert(source, models / name)
    return network


@contextmanager
def offered(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The tiny encoders as those of another package, found by this process and by those that it starts."""
    info = folder / "tiny_waveform_models-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: tiny-waveform-models\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(POINTS)
    monkeypatch.syspath_prepend(folder)
    registry.forget_foreign()
    yield
    registry.forget_foreign()
