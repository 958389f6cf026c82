"""A training under way as one file, so that one that was stopped goes on: tensors and plain numbers, no pickles.

The file is safetensors, its state is JSON in the header, and it is there whole or not at all. What is read is taken for
nothing if it is broken, or of another training than the one that asks.
"""

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import safetensors
import safetensors.torch
import torch
from torch import Tensor

from musicdesk.whole_files import whole

Tensors = dict[str, Tensor]
STATE, DIGEST = "training", "sha256"


def write(path: Path, tensors: Mapping[str, Tensor], *, state: Mapping[str, Any]) -> None:
    """Write ``tensors`` and what JSON can say of the ``state``, in place of what was there; raises OSError."""
    plain = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in tensors.items()}
    told = json.dumps(state)
    with whole(path) as new:
        safetensors.torch.save_file(plain, new, metadata={STATE: told, DIGEST: _digest(plain, told)})


def read(path: Path) -> tuple[Tensors, dict[str, Any]] | None:
    """What ``write`` left; None where there is nothing, or it is broken."""
    try:
        with safetensors.safe_open(path, "pt") as file:
            head = file.metadata()
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  no mapping
        state, told = json.loads(head[STATE]), head[DIGEST]
    except (OSError, safetensors.SafetensorError, KeyError, TypeError, ValueError):
        return None
    return (tensors, state) if isinstance(state, dict) and told == _digest(tensors, head[STATE]) else None


def named(part: str, tensors: Mapping[str, Tensor]) -> Tensors:
    """``tensors`` with the name of their part before their own."""
    return {f"{part}.{name}": tensor for name, tensor in tensors.items()}


def part_of(tensors: Mapping[str, Tensor], part: str) -> Tensors:
    """The tensors of a part, by their own names."""
    return {name.removeprefix(f"{part}."): t for name, t in tensors.items() if name.startswith(f"{part}.")}


def moments(optimiser: torch.optim.Optimizer) -> Tensors:
    """What an optimiser remembers of each parameter, by the number of the parameter; the learning rate is not in it."""
    state = optimiser.state_dict()["state"]
    return {f"{number}.{name}": torch.as_tensor(v) for number, of in state.items() for name, v in of.items()}


def take_up(optimiser: torch.optim.Optimizer, found: Mapping[str, Tensor]) -> None:
    """Let an optimiser remember what ``moments`` told; raises ValueError for names that are none of these."""
    state: dict[int, Tensors] = {}
    for name, tensor in found.items():
        number, _, what = name.partition(".")
        state.setdefault(int(number), {})[what] = tensor
    optimiser.load_state_dict({"state": state, "param_groups": optimiser.state_dict()["param_groups"]})


def _digest(tensors: Mapping[str, Tensor], state: str) -> str:
    """A number for all that is in a file, by which one that was damaged is known."""
    found = sha256(state.encode())
    for name in sorted(tensors):
        found.update(f" {name} {tuple(tensors[name].shape)} ".encode())
        found.update(tensors[name].reshape(-1).view(torch.uint8).numpy().tobytes())
    return found.hexdigest()
