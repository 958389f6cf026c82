"""Jukebox at a size that runs in milliseconds: made-up checkpoints under the published names, and plugins for them.

Its processes import it by name. The numbers come from formulas, so that the upstream networks can be given the same.
"""

import math
import zlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from musicdesk.encoders import jukebox
from musicdesk.encoders.nets.jukebox_config import JukeboxConfig
from musicdesk.encoders.nets.jukebox_net import EARS, MIND, Jukebox
from musicdesk.records import EncoderKey

TINY = JukeboxConfig(
    codes=256, code_dim=8, channels=8, depth=2, width=48, heads=2, context=64, rows=8, layers=4, published_layers=6,
    genres=5, artists=7, times=16, song_s=0.25, shortest_s=0.2, longest_s=0.6,
)  # fmt: skip
POINTS = {"jukebox-tiny": "encoders.tiny_jukebox:PLUGIN"}

SPEC = replace(
    jukebox.SPEC, key=EncoderKey("jukebox-tiny", "1", "tiny"), dim=TINY.width, window_s=TINY.window_s, weights=None
)
PLUGIN = jukebox.plugin(SPEC, TINY)
STUDY_SPEC = replace(
    jukebox.STUDY_SPEC, key=EncoderKey("jukebox-tiny-study", "1", "tiny"), dim=TINY.width, variant_of="jukebox-tiny",
    window_s=TINY.window_s * 30 / 23.9, weights=None,
)  # fmt: skip
STUDY = jukebox.study_plugin(STUDY_SPEC, TINY)


def checkpoints(config: JukeboxConfig = TINY) -> dict[str, dict[str, torch.Tensor]]:
    """File → published name → numbers; with a few of the tensors that listening does not need."""
    network = Jukebox(config)
    ears, mind = network.ears.state_dict(), network.mind.state_dict()
    shapes = {EARS: {key: tensor.shape for key, tensor in ears.items()}}
    shapes[MIND] = {key: tensor.shape for key, tensor in mind.items()}
    shapes[EARS] |= {
        "decoders.2.out.weight": torch.Size([1, 8, 3]),
        "encoders.0.level_blocks.0.model.0.0.bias": torch.Size([16]),
        "bottleneck.level_blocks.1.k": ears["bottleneck.level_blocks.2.k"].shape,
    }
    above = {key.replace("_mods.0.", "_mods.5."): shape for key, shape in shapes[MIND].items() if "_mods.0." in key}
    shapes[MIND] |= above | {"prior.x_out.weight": mind["prior.x_emb.weight"].shape}
    return {file: {key: numbers(key, shape) for key, shape in table.items()} for file, table in shapes.items()}


def numbers(name: str, shape: torch.Size) -> torch.Tensor:
    """Random numbers that depend on the name and the shape alone; matrices in 16 bits, as published."""
    drawn = np.random.default_rng(zlib.crc32(name.encode())).standard_normal(tuple(shape)).astype(np.float32)
    if name.endswith(".w"):
        return torch.from_numpy(drawn / math.sqrt(shape[0])).half()
    if name.endswith((".k", "emb.weight", "pos_emb")):
        return torch.from_numpy(drawn * 0.5)
    if name.endswith("weight") and len(shape) > 1:
        return torch.from_numpy(drawn / math.sqrt(math.prod(shape[1:])))
    return torch.from_numpy(drawn * 0.1 + ("ln_" in name and name.endswith("weight")))


def write_checkpoints(folder: Path, tables: Mapping[str, Mapping[str, torch.Tensor]]) -> Path:
    """The checkpoints as published: pickles of the form before torch 1.6, with the state of a training around them."""
    folder.mkdir(parents=True, exist_ok=True)
    for file, table in tables.items():
        measured = {"l2": np.float64(0.1), "spec": np.ones(2)}
        training = {"hps": {"name": "tiny", "downs_t": (3, 2, 2), "bandwidth": measured}, "opt": None, "step": 7}
        whole = training | {"model": dict(table)}
        torch.save(whole, folder / f"{file}.pth.tar", _use_new_zipfile_serialization=False)
    return folder
