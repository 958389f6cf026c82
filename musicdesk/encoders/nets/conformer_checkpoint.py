"""Published checkpoints of MusicFM, MuQ and MuQ-MuLan made ready to load: what stays, what goes and why.

Every tensor is accounted for: the network needs it, or it is known to be for training alone, or it says again what is
computed here, and then it must say the same. A checkpoint with a tensor too few or too many is refused.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from musicdesk.encoders.base import EncoderSpec
from musicdesk.encoders.nets.conformer import frequencies
from musicdesk.encoders.nets.conformer_config import MEL, ConformerConfig
from musicdesk.encoders.nets.conformer_encoder import WEIGHTS, ConformerNet, empty
from musicdesk.encoders.zoo.checkpoint import matching
from musicdesk.encoders.zoo.unpickling import read_safetensors, tensors_of, write_safetensors
from musicdesk.errors import ModelUnavailable
from musicdesk.features.mel import hann, mel_filters

NOT_NEEDED = {
    "linear.": "guesses at hidden tokens, which is how it was trained",
    "quantizer_melspec_2048": "makes the tokens that MusicFM guesses at",
    "rvq.": "makes the tokens that MuQ guesses at",
    "recon_proj.": "guesses the spectrogram back",
    "cls_token": "a place for a class; the published code never reads it",
    "conformer.pos_conv_embed.": "positions by convolution; with rotary ones the published code never calls it",
}
"""How names begin that stay behind, and why."""
COUNTER = ".num_batches_tracked"
"""How names end that count training steps."""
STATISTICS = ("melspec_2048_mean", "melspec_2048_std")
MOST_OFF = 1e-4
"""By how much what is computed here may differ from the same in a checkpoint: roundings."""


def convert_conformer(
    checkpoint: Path, settings: Mapping[str, Any], folder: Path, *, spec: EncoderSpec, config: ConformerConfig | None,
) -> None:  # fmt: skip
    """Write ``weights.safetensors``: the checkpoint's own names, and the statistics beside them.

    Raises:
        ModelUnavailable: it is no checkpoint of this network; the sentence names the first tensor that is wrong.
    """
    config = config or ConformerConfig()
    kept = conformer_part(read(checkpoint), settings, "model.", config=config, spec=spec)
    write_safetensors(fitting(kept, shapes_of(lambda: ConformerNet(config)), spec=spec), folder / WEIGHTS)


def conformer_part(
    tensors: Mapping[str, Tensor], settings: Mapping[str, Any], prefix: str, *, config: ConformerConfig,
    spec: EncoderSpec,
) -> dict[str, Tensor]:  # fmt: skip
    """The tensors without those that only a conformer's training needs or that are computed here; these are compared.

    ``prefix`` is where the conformer stands in the checkpoint; the statistics of ``settings`` come to stand there too.
    """
    require(settings, _stated(config), spec=spec)
    same = {f"{prefix}{name}": value for name, value in _computed(config).items()}
    for name in same.keys() & tensors.keys():
        _compare(name, tensors[name], same[name], spec)
    gone = tuple(f"{prefix}{name}" for name in NOT_NEEDED)
    kept = {
        name: tensor
        for name, tensor in tensors.items()
        if not (name.startswith(gone) or name.endswith(COUNTER) or name in same)
    }
    return kept | {f"{prefix}{name}": value for name, value in _statistics(settings, spec).items()}


def read(checkpoint: Path) -> dict[str, Tensor]:
    """The tensors of a checkpoint of either form."""
    return read_safetensors(checkpoint) if checkpoint.suffix == ".safetensors" else tensors_of(checkpoint)


def fitting(
    tensors: Mapping[str, Tensor], shapes: Mapping[str, tuple[int, ...]], *, spec: EncoderSpec
) -> dict[str, Tensor]:
    """The tensors in float32, once each has its place; raises ModelUnavailable for one too few, too many or ill-made.

    ``shapes``: the names and shapes that the network knows.
    """
    return {name: tensor.float() for name, tensor in matching(tensors, shapes, name=spec.title).items()}


def shapes_of(make: Callable[[], nn.Module]) -> dict[str, tuple[int, ...]]:
    """Names and shapes of a network's tensors, without making them."""
    return {name: tuple(tensor.shape) for name, tensor in empty(make).state_dict().items()}


def read_settings(path: Path) -> dict[str, Any]:
    """A table from a JSON file, taken out of what it is wrapped in; raises ModelUnavailable."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelUnavailable(f"{path.name} is missing or damaged. Fetch it again beside the checkpoint.") from error
    if isinstance(found, dict) and isinstance(found.get("config"), dict):
        found = found["config"]
    if not isinstance(found, dict):
        raise ModelUnavailable(f"{path.name} holds no table. Fetch it again beside the checkpoint.")
    return found


def require(settings: Mapping[str, Any], expected: Mapping[str, object], *, spec: EncoderSpec) -> None:
    """Refuse settings that say something else than what is built here; what they do not say is no trouble.

    Names of settings within settings are joined by dots.
    """
    for name, value in expected.items():
        found: Any = settings
        for part in name.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
        if found is not None and found != value:
            raise refusal(spec, f"its setting {name} is {found!r}, not {value!r}")


def refusal(spec: EncoderSpec, why: str) -> ModelUnavailable:
    """The sentence for a checkpoint that is not the one."""
    return ModelUnavailable(
        f"This is not the checkpoint of {spec.title} that musicdesk knows: {why}. "
        "Take the files from where its authors publish them."
    )


def _statistics(settings: Mapping[str, Any], spec: EncoderSpec) -> dict[str, Tensor]:
    """Mean and spread of the spectrograms of the training set, in decibels."""
    found = settings.get("stat", settings)
    for name in STATISTICS:
        if not isinstance(found.get(name), (int, float)):
            raise refusal(spec, f"the statistic {name} is missing")
    if found[STATISTICS[1]] <= 0:
        raise refusal(spec, f"the statistic {STATISTICS[1]} is not above zero")
    return {name: torch.tensor(found[name], dtype=torch.float32) for name in STATISTICS}


def _stated(config: ConformerConfig) -> dict[str, object]:
    """Settings of a published network that its tensors' shapes do not tell."""
    return {
        "label_rate": MEL.rate_hz // MEL.hop // 4,
        "hop_length": MEL.hop,
        "n_mels": config.bands,
        "w2v2_config.position_embeddings_type": "rotary",
        "w2v2_config.rotary_embedding_base": config.rotary_base,
        "w2v2_config.num_attention_heads": config.heads,
        "w2v2_config.hidden_act": "swish",
    }


def _computed(config: ConformerConfig) -> dict[str, Tensor]:
    """What checkpoints hold although it follows from the settings."""
    mel = "preprocessor_melspec_2048.mel_stft."
    turns = frequencies(config.width // config.heads, base=config.rotary_base)
    return {
        "conformer.embed_positions.inv_freq": turns,
        f"{mel}spectrogram.window": torch.tensor(hann(MEL.n_fft)),
        f"{mel}mel_scale.fb": torch.tensor(mel_filters(MEL).T),
    }


def _compare(name: str, found: Tensor, ours: Tensor, spec: EncoderSpec) -> None:
    if found.shape != ours.shape or not torch.allclose(found.float(), ours, rtol=0, atol=MOST_OFF):
        raise refusal(spec, f"{name} is not what musicdesk computes")
