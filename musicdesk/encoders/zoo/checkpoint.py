"""Whether a checkpoint is the one that a network of ours is made for: the same names and shapes, no more, no less."""

from collections.abc import Mapping

import torch
from torch import nn

from musicdesk.errors import ModelUnavailable


def fitting(tensors: Mapping[str, torch.Tensor], network: nn.Module, *, name: str) -> dict[str, torch.Tensor]:
    """The tensors of a checkpoint in the order of the network's own, which may lie on the device ``meta``.

    Raises:
        ModelUnavailable: one is missing, left over or of another shape; the first such is named.
    """
    shapes = {key: tuple(tensor.shape) for key, tensor in network.state_dict().items()}
    return matching(tensors, shapes, name=name)


def matching(
    tensors: Mapping[str, torch.Tensor], shapes: Mapping[str, tuple[int, ...]], *, name: str
) -> dict[str, torch.Tensor]:
    """The same for a network of which only the names and shapes are at hand."""
    faults = [f"{key} is missing" for key in shapes if key not in tensors]
    faults += [f"{key} is left over" for key in tensors if key not in shapes]
    faults += [f"{key} is {tuple(tensors[key].shape)} instead of {shape}" for key, shape in shapes.items()
               if key in tensors and tuple(tensors[key].shape) != shape]  # fmt: skip
    if faults:
        more = f" (and {len(faults) - 1} more differences)" if len(faults) > 1 else ""
        raise ModelUnavailable(
            f"This is not the checkpoint of {name} that musicdesk knows: {faults[0]}{more}. "
            "Take the files from where its authors publish them."
        )
    return {key: tensors[key] for key in shapes}
