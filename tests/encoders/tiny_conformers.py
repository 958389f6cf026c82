"""MusicFM, MuQ and MuQ-MuLan at a size that runs in milliseconds, and checkpoints of them in the published form.

The checkpoints hold every tensor that the authors' own code has at that size, under its name (recorded by
``regenerate_conformers.py``), with made-up numbers. Worker processes import the plugins by name.
"""

import json
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from encoders.made_weights import made

from musicdesk.encoders import muq, muq_mulan, musicfm
from musicdesk.encoders.base import EncoderPlugin, EncoderSpec
from musicdesk.encoders.nets.conformer_config import ConformerConfig, MulanConfig, TextConfig
from musicdesk.records import EncoderKey

if TYPE_CHECKING:
    import torch
    from tokenizers import Tokenizer

CONFORMER = ConformerConfig(channels=8, width=32, layers=3, heads=4, inner=48, kernel=5)
LAYER = 2
WORDS = ("<s>", "<pad>", "</s>", "<unk>", "calm", "piano", "loud", "guitars", "and", "a", "drum", "at", "dawn")
MULAN = MulanConfig(
    conformer=CONFORMER, text=TextConfig(words=len(WORDS), layers=2, heads=3, inner=40, positions=20), width=24,
    joint=16, audio_layers=1, text_layers=2, heads=2, head_width=8,
)  # fmt: skip
STATISTICS = {"melspec_2048_mean": 6.768444971712967, "melspec_2048_std": 18.417922652295623}
GOLDEN = Path(__file__).with_name("conformers_golden.npz")
COMPUTED = ("inv_freq", "spectrogram.window", "mel_scale.fb")
HERE = "encoders.tiny_conformers"


def _tiny(spec: EncoderSpec, dim: int) -> EncoderSpec:
    """The spec of the tiny network; its weights are known by no hash, and no worker has to be spared."""
    name, whole = f"tiny-{spec.key.name}", spec.variant_of and f"tiny-{spec.variant_of}"
    return replace(spec, key=EncoderKey(name, "1", "tiny"), dim=dim, variant_of=whole, weights=None, memory_mb=0)


def _plugin(own: EncoderPlugin, spec: EncoderSpec, config: object, **more: object) -> EncoderPlugin:
    assert own.convert is not None
    load = partial(own.load, spec=spec, config=config, **more)
    return EncoderPlugin(spec, load, own.front_end, partial(own.convert, config=config))


MUSICFM = _plugin(musicfm.PLUGIN, _tiny(musicfm.SPEC, 32), CONFORMER, layer=LAYER)
MUSICFM_STUDY = _plugin(musicfm.STUDY, _tiny(musicfm.STUDY_SPEC, 750), CONFORMER)
MUQ = _plugin(muq.PLUGIN, _tiny(muq.SPEC, 32), CONFORMER)
MUQ_STUDY = _plugin(muq.STUDY, _tiny(muq.STUDY_SPEC, 32), CONFORMER)
MUQ_MULAN = _plugin(muq_mulan.PLUGIN, _tiny(muq_mulan.SPEC, 16), MULAN)
MUQ_MULAN_STUDY = _plugin(muq_mulan.STUDY, _tiny(muq_mulan.STUDY_SPEC, 16), MULAN)
POINTS = {
    "tiny-musicfm": f"{HERE}:MUSICFM",
    "tiny-musicfm-study": f"{HERE}:MUSICFM_STUDY",
    "tiny-muq": f"{HERE}:MUQ",
    "tiny-muq-study": f"{HERE}:MUQ_STUDY",
    "tiny-muq-mulan": f"{HERE}:MUQ_MULAN",
    "tiny-muq-mulan-study": f"{HERE}:MUQ_MULAN_STUDY",
}


def shapes(name: str) -> dict[str, tuple[int, ...]]:
    """Names and shapes of all tensors of the authors' network; ``musicfm``, ``muq``, ``muq-mulan`` or ``tiny-…``."""
    with np.load(GOLDEN) as golden:
        lines = str(golden[f"shapes of {name}"]).splitlines()
    return {one: tuple(map(int, sizes)) for one, *sizes in map(str.split, lines)}


def tensors(name: str) -> "dict[str, torch.Tensor]":
    """All tensors of a tiny checkpoint."""
    import torch

    return {one: torch.from_numpy(value(one, shape)) for one, shape in shapes(name).items()}


def value(name: str, shape: tuple[int, ...]) -> np.ndarray:
    """What stands under a name: what the authors' library computes, or something made up."""
    if name.endswith(COMPUTED):
        with np.load(GOLDEN) as golden:
            return golden[next(end for end in COMPUTED if name.endswith(end))]
    if name.endswith("position_ids"):
        return np.arange(shape[-1])[None]
    if name.endswith("num_batches_tracked"):
        return np.array(95_489, dtype=np.float32)  # not a whole number in MusicFM's checkpoint
    return made(name, shape)


def publish_musicfm(folder: Path) -> None:
    """A pickle as PyTorch Lightning leaves it, and the statistics."""
    import torch

    torch.save({"state_dict": tensors("tiny-musicfm"), "epoch": 9}, folder / musicfm.CHECKPOINT)
    (folder / musicfm.STATISTICS).write_text(json.dumps(STATISTICS | {"cqt_mean": 0.4}))


def publish_muq(folder: Path) -> None:
    """Safetensors and a config, as the hub's own writer leaves them."""
    from safetensors.torch import save_file

    save_file(tensors("tiny-muq"), folder / muq.CHECKPOINT)
    (folder / muq.SETTINGS).write_text(json.dumps(muq_settings()))


def publish_muq_mulan(folder: Path) -> None:
    """A pickle without wrapping, two configs and the tokens."""
    import torch

    torch.save(tensors("tiny-muq-mulan"), folder / muq_mulan.CHECKPOINT)
    (folder / muq_mulan.SETTINGS).write_text(json.dumps(mulan_settings()))
    (folder / muq_mulan.MUQ_SETTINGS).write_text(json.dumps(muq_settings()))
    tokenizer().save(str(folder / muq_mulan.TOKENS))


def muq_settings() -> dict[str, Any]:
    """MuQ's config.json."""
    inner = {
        "hidden_size": 32, "num_hidden_layers": 24, "num_attention_heads": 4, "intermediate_size": 48,
        "hidden_act": "swish", "position_embeddings_type": "rotary", "rotary_embedding_base": 10_000,
        "conv_depthwise_kernel_size": 5, "layerdrop": 0.0, "num_conv_pos_embeddings": 8,
        "num_conv_pos_embedding_groups": 4,
    }  # fmt: skip
    outer = {
        "label_rate": 25, "hop_length": 240, "n_mels": 128, "conv_dim": 8, "encoder_dim": 32, "encoder_depth": 3,
        "use_rvq_target": True, "codebook_size": 64,
    }  # fmt: skip
    return outer | {"stat": STATISTICS, "w2v2_config": inner}


def mulan_settings() -> dict[str, Any]:
    """MuQ-MuLan's config.json."""
    tower = {"dim": 24, "heads": 2, "dim_head": 8, "attn_dropout": 0, "ff_dropout": 0}
    return {
        "mulan": {"sr": 24_000, "clip_secs": 10, "dim_latent": 16, "rank_contrast": True},
        "audio_model": {"name": "OpenMuQ/MuQ-large-msd-iter", "model_dim": 32, "use_layer_idx": -1},
        "text_model": {"name": "xlm-roberta-base", "model_dim": None, "use_layer_idx": -1},
        "audio_transformer": tower | {"tf_depth": 1},
        "text_transformer": tower | {"tf_depth": 2, "max_seq_len": 1024},
    }


def tokenizer() -> "Tokenizer":
    """Whole words between a beginning and an end, numbered as XLM-RoBERTa does."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    made_up = Tokenizer(models.WordLevel({word: at for at, word in enumerate(WORDS)}, unk_token="<unk>"))
    made_up.pre_tokenizer = pre_tokenizers.Whitespace()
    ends = processors.TemplateProcessing("<s> $A </s>", "<s> $A </s> </s> $B </s>", [("<s>", 0), ("</s>", 2)])
    made_up.post_processor = ends
    return made_up
