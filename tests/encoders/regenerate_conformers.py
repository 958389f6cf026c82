"""Compute the golden numbers of MusicFM, MuQ and MuQ-MuLan anew, with their authors' own code.

``python tests/encoders/regenerate_conformers.py FOLDER`` where FOLDER holds ``musicfm`` (github.com/minzwon/musicfm at
b83ebed) and ``muq`` (the package of the PyPI source release muq 0.1.0), in an environment with torchaudio 2.8.0,
transformers 4.57.6, einops and easydict; nothing is downloaded. It writes what the networks of
``tiny_conformers`` give, and the names and shapes of all tensors of the networks of both sizes.
"""

import json
import sys
import tempfile
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import torch
import torchaudio
import transformers

sys.path.insert(0, str(Path(__file__).parents[1]))

from encoders import tiny_conformers as tiny
from encoders.golden_sounds import SOUNDS

TEXTS = ("calm piano", "loud guitars and a drum", "a piano at dawn")
FULL_ROBERTA = transformers.XLMRobertaConfig(
    vocab_size=250_002, max_position_embeddings=514, type_vocab_size=1, layer_norm_eps=1e-5
)
FULL_INNER = {
    "hidden_size": 1024, "num_attention_heads": 16, "intermediate_size": 4096, "hidden_act": "swish",
    "position_embeddings_type": "rotary", "layerdrop": 0.0,
}  # fmt: skip
Golden = dict[str, np.ndarray]


def main(folder: Path) -> None:
    sys.path.insert(0, str(folder))
    clip = types.ModuleType("x_clip.tokenizer")
    clip.tokenizer = types.SimpleNamespace(vocab_size=1)
    sys.modules |= {"x_clip": types.ModuleType("x_clip"), "x_clip.tokenizer": clip}
    golden: Golden = {}
    for make, name in ((musicfm, "musicfm"), (muq, "muq"), (mulan, "muq-mulan")):
        prefix = "model." if name == "musicfm" else ""  # where Lightning puts the network
        with torch.device("meta"), patch.object(torchaudio.transforms.MelSpectrogram, "__init__", _not_meta()):
            golden[f"shapes of {name}"] = _listed(make(full=True), prefix)
        network = make(full=False).eval()
        golden[f"shapes of tiny-{name}"] = _listed(network, prefix)
        golden |= computed(network)
        _fill(network, prefix)
        golden |= heard(name, network)
    np.savez_compressed(tiny.GOLDEN, **golden)


def computed(network: torch.nn.Module) -> Golden:
    """What the network computes once and keeps beside its weights."""
    found = network.state_dict()
    return {end: found[name].numpy() for end in tiny.COMPUTED for name in found if name.endswith(end)}


def heard(name: str, network: torch.nn.Module) -> Golden:
    """What the network gives for one second (MuQ-MuLan: 10 and 30) of every sound."""
    length = 720_000 if name == "muq-mulan" else 24_000
    waves = torch.from_numpy(np.stack([np.resize(make(), length) for make in SOUNDS.values()]))
    with torch.no_grad():
        if name == "musicfm":
            return {f"musicfm {layer}": network.get_latent(waves, layer).numpy() for layer in (0, 2, 3)}
        if name == "muq":
            return {"muq": network(waves).last_hidden_state.numpy()}
        return {
            "muq-mulan": network(wavs=waves[:, :240_000]).numpy(),
            "muq-mulan-study": network(wavs=waves).numpy(),
            "muq-mulan text": torch.cat([network(texts=[text]) for text in TEXTS]).numpy(),
        }


def musicfm(*, full: bool) -> torch.nn.Module:
    from musicfm.model.musicfm_25hz import MusicFM25Hz

    sizes = {} if full else {"conv_dim": 8, "encoder_dim": 32, "encoder_depth": 3, "codebook_size": 64}
    inner = _conformer(full)
    with (
        tempfile.NamedTemporaryFile("w", suffix=".json") as statistics,
        patch.object(transformers.Wav2Vec2ConformerConfig, "from_pretrained", lambda *_: inner),
    ):
        json.dump(tiny.STATISTICS, statistics)
        statistics.flush()
        return MusicFM25Hz(stat_path=statistics.name, model_path=None, **sizes)


def muq(*, full: bool) -> torch.nn.Module:
    from muq.muq.muq import MuQ, MuQConfig

    table = {key: value for key, value in _conformer(full).to_dict().items() if not isinstance(value, dict)}
    settings: dict[str, Any] = {"use_rvq_target": True, "codebook_size": 8192} if full else tiny.muq_settings()
    return MuQ(MuQConfig(**settings | {"w2v2_config": table | {"_attn_implementation": "eager"}}))


def mulan(*, full: bool) -> torch.nn.Module:
    from muq.muq.muq import MuQ
    from muq.muq_mulan.muq_mulan import MuQMuLan

    settings = tiny.mulan_settings()
    if full:
        settings["audio_model"]["model_dim"], settings["mulan"]["dim_latent"] = 1024, 512
        for tower, depth in (("audio_transformer", 0), ("text_transformer", 8)):
            settings[tower] |= {"dim": 768, "heads": 8, "dim_head": 64, "tf_depth": depth}
    inside = muq(full=full)
    roberta = FULL_ROBERTA if full else _roberta()
    words = transformers.PreTrainedTokenizerFast(tokenizer_object=tiny.tokenizer(), pad_token="<pad>")
    with (
        patch.object(MuQ, "from_pretrained", lambda *_, **__: inside),
        patch.object(transformers.XLMRobertaModel, "from_pretrained",
                     lambda *_, **__: transformers.XLMRobertaModel(roberta)),
    ):  # fmt: skip
        network = MuQMuLan(settings)
    network.mulan.text._tokenizer = words
    return network


def _fill(network: torch.nn.Module, prefix: str) -> None:
    """Give every tensor the number that the tests give it."""
    with torch.no_grad():
        for name, tensor in network.state_dict().items():
            if not name.endswith(tiny.COMPUTED):
                tensor.copy_(torch.from_numpy(tiny.value(f"{prefix}{name}", tuple(tensor.shape))))


def _listed(network: torch.nn.Module, prefix: str) -> np.ndarray:
    """One line a tensor: its name and its shape."""
    found = network.state_dict().items()
    return np.array("\n".join(" ".join(map(str, (f"{prefix}{name}", *tensor.shape))) for name, tensor in found))


def _not_meta() -> Callable[..., None]:
    """Torchaudio looks at its filters, which therefore must be there."""
    own = torchaudio.transforms.MelSpectrogram.__init__

    def make(*args: Any, **named: Any) -> None:
        with torch.device("cpu"):
            own(*args, **named)

    return make


def _conformer(full: bool) -> transformers.Wav2Vec2ConformerConfig:
    return transformers.Wav2Vec2ConformerConfig(**FULL_INNER if full else tiny.muq_settings()["w2v2_config"])


def _roberta() -> transformers.XLMRobertaConfig:
    sizes = tiny.MULAN.text
    return transformers.XLMRobertaConfig(
        vocab_size=sizes.words, hidden_size=tiny.MULAN.width, num_hidden_layers=sizes.layers,
        num_attention_heads=sizes.heads, intermediate_size=sizes.inner, max_position_embeddings=sizes.positions,
        type_vocab_size=1, layer_norm_eps=1e-5, pad_token_id=1,
    )  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]))
