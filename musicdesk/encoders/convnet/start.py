"""Beginning with the network that comes with musicdesk: its eyes are taken over, its words are not.

The shipped network has its normalisations folded into a factor and a summand. Here they are unfolded again, by what the
new songs make of every layer, so that it says the same as before and can be trained on.
"""

from collections.abc import Mapping

import safetensors
import safetensors.torch
import torch
from torch import Tensor, nn

from musicdesk.encoders.convnet.net import CnnNet
from musicdesk.encoders.zoo.shipped import shipped_folder
from musicdesk.errors import ModelUnavailable

NAME = "cnn"


def shipped_weights() -> dict[str, Tensor]:
    """The weights that came with musicdesk; raises ModelUnavailable."""
    path = shipped_folder(NAME) / "weights.safetensors"
    try:
        return {name: tensor.float() for name, tensor in safetensors.torch.load_file(path).items()}
    except (OSError, safetensors.SafetensorError) as error:
        raise ModelUnavailable(
            f"The network that comes with musicdesk cannot be read ({error}). Start from scratch."
        ) from error


def take_over(network: CnnNet, weights: Mapping[str, Tensor], images: Tensor) -> None:
    """Put the shipped weights into a network of their shape; ``images`` [n, 1, rows, frames] show what layers give.

    Raises ModelUnavailable where the shapes differ.
    """
    try:
        with torch.no_grad():
            network.get_buffer("centre").copy_(weights["input.mean"].view(-1, 1))
            network.get_buffer("scale").copy_(weights["input.scale"].view(-1, 1))
            maps = (images - network.get_buffer("centre")) * network.get_buffer("scale")
            for number, block in enumerate(network.spectrum.blocks):
                maps = _take_block(block, weights, number, maps)
            rows = torch.cat([maps.mean(dim=3).flatten(1), maps.amax(dim=3).flatten(1)], dim=1)
            _take_dense(network.dense, weights, rows)
    except (KeyError, ValueError, RuntimeError, AttributeError) as error:
        raise ModelUnavailable(
            "The network that comes with musicdesk has another shape than the one to be trained. Start from scratch."
        ) from error


def _take_block(block: nn.Module, weights: Mapping[str, Tensor], number: int, maps: Tensor) -> Tensor:
    """One block; gives what it makes of the maps."""
    assert isinstance(block, nn.Sequential)
    convolution, pool, norm, activation = block
    kernel = weights[f"conv.{number}.weight"].transpose(2, 3)  # theirs has time first
    assert isinstance(convolution, nn.Conv2d)
    assert convolution.bias is not None
    convolution.weight.copy_(kernel)
    convolution.bias.zero_()
    pooled: Tensor = pool(convolution(maps))
    _unfold(norm, weights[f"conv.{number}.gain"], weights[f"conv.{number}.shift"], pooled, over=(0, 2, 3))
    normal: Tensor = norm.eval()(pooled)
    norm.train()
    result: Tensor = activation(normal)
    return result


def _take_dense(dense: nn.Sequential, weights: Mapping[str, Tensor], rows: Tensor) -> None:
    linear, norm, _ = dense
    assert isinstance(linear, nn.Linear)
    linear.weight.copy_(weights["dense.weight"])
    linear.bias.zero_()
    shift = weights["dense.bias"]
    _unfold(norm, torch.ones_like(shift), shift, linear(rows), over=(0,))


def _unfold(norm: nn.Module, gain: Tensor, shift: Tensor, given: Tensor, *, over: tuple[int, ...]) -> None:
    """A normalisation that makes ``gain · x + shift`` of what is given, and knows its mean and variance."""
    assert isinstance(norm, nn.BatchNorm1d | nn.BatchNorm2d)
    assert norm.running_mean is not None
    assert norm.running_var is not None
    mean, variance = given.mean(dim=over), given.var(dim=over)
    norm.running_mean.copy_(mean)
    norm.running_var.copy_(variance)
    norm.weight.copy_(gain * torch.sqrt(variance + norm.eps))
    norm.bias.copy_(shift + gain * mean)
