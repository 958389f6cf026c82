"""The published checkpoint of HTCL made ready to load: the sounds' half and the words' half, each in its file.

Its authors' training writes one file for everything (``audio_model.``, ``text_model.``, ``audio_mlp.``, ``text_mlp.``),
and reads towers from files of their own; both forms are known here. Where stages are told apart by name, the second,
which knows what listeners choose, is taken.
"""

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from torch import Tensor

from musicdesk.encoders.htcl import BERT_SETTINGS, SETTINGS, TOKENS
from musicdesk.encoders.nets.bert_sentences import network_of, read_settings
from musicdesk.encoders.nets.conformer_encoder import empty
from musicdesk.encoders.nets.htcl_config import HtclConfig
from musicdesk.encoders.nets.htcl_net import Sounds, head
from musicdesk.encoders.zoo.checkpoint import fitting, matching
from musicdesk.encoders.zoo.listing import checkpoints_in
from musicdesk.encoders.zoo.unpickling import read_safetensors, tensors_of, write_safetensors
from musicdesk.errors import ModelUnavailable

NAME = "htcl"
WEIGHTS, TEXT_WEIGHTS = "weights.safetensors", "text.safetensors"
TOWER, HEAD, BERT, TEXT_HEAD = "audio_model.", "audio_mlp.", "text_model.", "text_mlp."
NOT_NEEDED = {
    "fusion_mlp.": "what fuses sound and text while it is trained; a stage on other pairs begins it anew",
    "tau": "how sharply the training told pairs apart",
    "text_model.embeddings.position_ids": "the numbers from 0 on",
}
"""How names begin that stay behind, and why."""
_PARTS = (TOWER, HEAD, BERT, TEXT_HEAD, "fusion_mlp.", "tau")
_TOWER_ALONE, _BERT_ALONE = "transformer_encoder.", "embeddings."
"""How names begin in files that hold one tower alone."""
_OURS = (
    (r"feature_extractor\.layers\.(\d+)\.1\.", r"tower.convolutions.\1.convolution."),
    (r"feature_extractor\.layers\.(\d+)\.3\.", r"tower.convolutions.\1.norm."),
    (r"feature_projection\.layer_norm\.", "tower.norm."),
    (r"feature_projection\.projection\.", "tower.project."),
    (r"pos_conv_embed\.conv\.weight_g$", "tower.places.convolution.parametrizations.weight.original0"),
    (r"pos_conv_embed\.conv\.weight_v$", "tower.places.convolution.parametrizations.weight.original1"),
    (r"pos_conv_embed\.conv\.", "tower.places.convolution."),
    (r"pos_conv_embed\.layer_norm\.", "tower.places.norm."),
    (r"layer_norm\.", "tower.placed_norm."),
    (r"cls_token$", "tower.first"),
    (r"transformer_encoder\.", "tower.blocks."),
)
"""How the authors call the parts of the tower, and how we do."""


def convert_htcl(source: Path, folder: Path, *, config: HtclConfig) -> None:
    """Write ``weights.safetensors``, ``text.safetensors``, ``tokenizer.json`` and ``bert.json``.

    Raises:
        ModelUnavailable: it is no checkpoint of this network; the sentence names the first tensor that is wrong.
    """
    sounds, words = halves(gathered(source), config=config)
    settings = read_settings(source)
    if words:
        bert = {name.removeprefix("bert."): t for name, t in words.items() if name.startswith("bert.")}
        network_of(settings, bert, pooler=True, name=NAME)
    write_safetensors(sounds, folder / WEIGHTS)
    write_safetensors(words, folder / TEXT_WEIGHTS)
    for there, here in ((TOKENS, TOKENS), (BERT_SETTINGS, SETTINGS)):
        _copy(source / there, folder / here)


def gathered(folder: Path) -> dict[str, Tensor]:
    """All tensors of a folder's checkpoints under the names of the whole; a later stage takes an earlier's place."""
    found: dict[str, Tensor] = {}
    for path in sorted(checkpoints_in(folder), key=lambda path: (_stage(path.name), path.name)):
        tensors = read_safetensors(path) if path.suffix == ".safetensors" else tensors_of(path)
        found |= _of_the_whole({name.removeprefix("module."): t for name, t in tensors.items()}, path.name)
    if not found:
        raise ModelUnavailable(f"{folder} holds no checkpoint of HTCL. Copy there what its authors publish.")
    return found


def halves(tensors: Mapping[str, Tensor], *, config: HtclConfig) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """What the sounds' half and what the words' half needs, under our names; no words where the checkpoint has none."""
    kept = {name: tensor for name, tensor in tensors.items() if not name.startswith(tuple(NOT_NEEDED))}
    text = {name: tensor for name, tensor in kept.items() if name.startswith((BERT, TEXT_HEAD))}
    audio = {_our_name(name): tensor for name, tensor in kept.items() if name not in text}
    sounds = fitting(audio, empty(lambda: Sounds(config)), name=NAME)
    return sounds, _words(text, config) if text else {}


def _words(tensors: Mapping[str, Tensor], config: HtclConfig) -> dict[str, Tensor]:
    """The words' half under our names; the BERT in it is checked against its own settings."""
    bert = {name.removeprefix(BERT): t for name, t in tensors.items() if name.startswith(BERT)}
    top = {_linear(name.removeprefix(TEXT_HEAD)): t for name, t in tensors.items() if name.startswith(TEXT_HEAD)}
    shapes = empty(lambda: head(config.text_inputs, *config.text_head, config.joint)).state_dict()
    wanted = {name: tuple(tensor.shape) for name, tensor in shapes.items()}
    if not bert:
        raise ModelUnavailable("This checkpoint of HTCL has a head for words and no BERT. Take all files of one stage.")
    fits = matching(top, wanted, name=NAME)
    return {f"bert.{name}": t for name, t in bert.items()} | {f"text_head.{name}": t for name, t in fits.items()}


def _our_name(name: str) -> str:
    """How we call a tensor of the sounds' half; one that is unknown keeps its name, and is told as left over."""
    if name.startswith(HEAD):
        return f"audio_head.{_linear(name.removeprefix(HEAD))}"
    below = name.removeprefix(TOWER)
    for theirs, ours in _OURS:
        if re.match(theirs, below):
            return re.sub(theirs, ours, below, count=1)
    return name


def _linear(name: str) -> str:
    """The authors' heads hold a dropout behind every ReLU, so that theirs count in threes and ours in twos."""
    number, _, rest = name.partition(".")
    return f"{int(number) // 3 * 2}.{rest}" if number.isdecimal() else name


def _of_the_whole(tensors: Mapping[str, Tensor], name: str) -> dict[str, Tensor]:
    """The tensors of one file under the names that they have in a file of everything."""
    if any(key.startswith(_PARTS) for key in tensors):
        return dict(tensors)
    if any(key.startswith(_TOWER_ALONE) for key in tensors):
        return {TOWER + key: tensor for key, tensor in tensors.items()}
    if any(key.startswith(_BERT_ALONE) for key in tensors):
        return {BERT + key: tensor for key, tensor in tensors.items()}
    if all(re.match(r"\d+\.(weight|bias)$", key) for key in tensors):
        part = "fusion_mlp." if "fusion" in name.lower() else TEXT_HEAD if "text" in name.lower() else HEAD
        return {part + key: tensor for key, tensor in tensors.items()}
    raise ModelUnavailable(
        f"{name} is no checkpoint of HTCL that musicdesk knows. Take the files from where its authors publish them."
    )


def _stage(name: str) -> int:
    """Which stage a file is of, as far as its name says."""
    told = re.search(r"stage[-_ ]?(\d)", name.lower())
    return int(told[1]) if told else 0


def _copy(source: Path, to: Path) -> None:
    try:
        shutil.copyfile(source, to)
    except FileNotFoundError as error:
        raise ModelUnavailable(f"{source.name} is missing. Fetch it again beside the checkpoint.") from error
