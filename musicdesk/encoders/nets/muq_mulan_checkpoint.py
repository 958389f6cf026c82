"""The published checkpoint of MuQ-MuLan made ready to load: the sound's half and the words' half, each in its file."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from musicdesk.encoders.base import EncoderSpec
from musicdesk.encoders.muq_mulan import CHECKPOINT, MUQ_SETTINGS, SETTINGS, SPEC, TOKENS
from musicdesk.encoders.nets.conformer_checkpoint import (
    conformer_part,
    fitting,
    read,
    read_settings,
    require,
    shapes_of,
)
from musicdesk.encoders.nets.conformer_config import MulanConfig
from musicdesk.encoders.nets.conformer_encoder import WEIGHTS
from musicdesk.encoders.nets.muq_mulan_net import GatedTransformer, MulanAudio
from musicdesk.encoders.zoo.unpickling import write_safetensors
from musicdesk.errors import ModelUnavailable

TEXT_WEIGHTS = "text.safetensors"
NOT_NEEDED = {
    "mulan.contrast.": "how sharply the training told pairs apart",
    "mulan.audio.aggregator.": "a mean over layers; the published code never calls it",
    "mulan.text.model.pooler.": "a summary of the first word; the published code averages all words instead",
    "mulan.text.model.embeddings.position_ids": "the numbers from 0 on",
}
"""How names begin that stay behind, and why; MuQ's own are in ``conformer_checkpoint``."""
TEXT = ("mulan.text.", "mulan.text_to_latents.")


def convert_mulan(source: Path, folder: Path, *, spec: EncoderSpec, config: MulanConfig | None) -> None:
    """Write ``weights.safetensors``, ``text.safetensors`` and ``tokenizer.json``.

    Raises:
        ModelUnavailable: it is no checkpoint of this network; the sentence names the first tensor that is wrong.
    """
    config = config or MulanConfig()
    require(read_settings(source / SETTINGS), _stated(config), spec=spec)
    tensors, settings = read(source / CHECKPOINT), read_settings(source / MUQ_SETTINGS)
    audio, text = halves(tensors, settings, config=config, spec=spec)
    write_safetensors(audio, folder / WEIGHTS)
    write_safetensors(text, folder / TEXT_WEIGHTS)
    _copy(source / TOKENS, folder / TOKENS)


def halves(
    tensors: Mapping[str, Tensor], settings: Mapping[str, Any], *, config: MulanConfig, spec: EncoderSpec
) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """What the sound's half and what the words' half needs, with MuQ's statistics from its ``settings``."""
    kept = {name: tensor for name, tensor in tensors.items() if not name.startswith(tuple(NOT_NEEDED))}
    text = {name: tensor for name, tensor in kept.items() if name.startswith(TEXT)}
    audio = {name: tensor for name, tensor in kept.items() if name not in text}
    audio = conformer_part(audio, settings, "mulan.audio.model.model.", config=config.conformer, spec=spec)
    whole = fitting(audio, shapes_of(lambda: MulanAudio(config)), spec=spec)
    return whole, fitting(text, text_shapes(config), spec=spec)


def text_shapes(config: MulanConfig) -> dict[str, tuple[int, ...]]:
    """Names and shapes of the words' half; without the library that runs it, which sounds do not need."""
    roberta = {f"mulan.text.model.{name}": shape for name, shape in roberta_shapes(config).items()}
    above = shapes_of(lambda: GatedTransformer(config, config.text_layers))
    latents = shapes_of(lambda: nn.Linear(config.width, config.joint))
    return (
        roberta
        | {f"mulan.text.transformer.{name}": shape for name, shape in above.items()}
        | {f"mulan.text_to_latents.{name}": shape for name, shape in latents.items()}
    )


def roberta_shapes(config: MulanConfig) -> dict[str, tuple[int, ...]]:
    """Names and shapes of XLM-RoBERTa without the summary of the first word."""
    width, inner, sizes = config.width, config.text.inner, config.text
    shapes: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (sizes.words, width),
        "embeddings.position_embeddings.weight": (sizes.positions, width),
        "embeddings.token_type_embeddings.weight": (1, width),
    } | _both("embeddings.LayerNorm", (width,))
    for at in (f"encoder.layer.{number}." for number in range(sizes.layers)):
        for name in ("self.query", "self.key", "self.value", "output.dense"):
            shapes |= _both(f"{at}attention.{name}", (width, width))
        shapes |= _both(f"{at}intermediate.dense", (inner, width)) | _both(f"{at}output.dense", (width, inner))
        shapes |= _both(f"{at}attention.output.LayerNorm", (width,)) | _both(f"{at}output.LayerNorm", (width,))
    return shapes


def _both(name: str, shape: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": shape, f"{name}.bias": shape[:1]}


def _stated(config: MulanConfig) -> dict[str, object]:
    """Settings of the published network that its tensors' shapes do not tell, or not in words."""
    return {
        "mulan.sr": SPEC.rate_hz,
        "mulan.clip_secs": SPEC.window_s,
        "audio_model.use_layer_idx": -1,
        "audio_transformer.tf_depth": config.audio_layers,
        "text_transformer.tf_depth": config.text_layers,
        "audio_transformer.heads": config.heads,
        "text_transformer.heads": config.heads,
    }


def _copy(source: Path, to: Path) -> None:
    try:
        shutil.copyfile(source, to)
    except FileNotFoundError as error:
        raise ModelUnavailable(f"{source.name} is missing. Fetch it again beside the checkpoint.") from error
