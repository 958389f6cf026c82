"""The networks of HuBERT's family in torch, as the library ``transformers`` builds them; nothing is downloaded."""

from pathlib import Path

import torch
from torch import nn
from transformers import Data2VecAudioConfig, Data2VecAudioModel, HubertConfig, HubertModel

from musicdesk.encoders.nets.hubert_family import Architecture
from musicdesk.encoders.torch_encoder import load_weights


class WaveformNet(nn.Module):
    """Samples [n, n_samples] to one vector each [n, hidden_size]: the mean over time, and over layers if so wished."""

    def __init__(self, model: nn.Module, *, every_layer: bool) -> None:
        super().__init__()
        self.model, self._every_layer = model, every_layer

    def forward(self, samples: torch.Tensor) -> torch.Tensor:
        """Hear each window by itself on the CPU: it takes no longer, and a batch would take a gigabyte."""
        parts = torch.split(samples, 1) if samples.device.type == "cpu" else (samples,)
        return torch.cat([self._mean(part) for part in parts])

    def _mean(self, samples: torch.Tensor) -> torch.Tensor:
        heard = self.model(samples, output_hidden_states=self._every_layer)
        # The first state is the input of the stack. The last is normalised or not, depending on the library's version.
        states = [*heard.hidden_states[1:-1], heard.last_hidden_state] if self._every_layer else [heard[0]]
        return torch.stack([state.mean(dim=1) for state in states]).mean(dim=0)


def built(architecture: Architecture) -> nn.Module:
    """The network on torch's current device, with whatever numbers the library begins with."""
    # No frame is masked and no layer dropped when listening, so what learning needs for that is not made.
    options = architecture.options() | {"mask_time_prob": 0.0, "mask_feature_prob": 0.0, "apply_spec_augment": False}
    if architecture.data2vec:
        return Data2VecAudioModel(Data2VecAudioConfig(**options))
    return HubertModel(HubertConfig(**options))


def opened(architecture: Architecture, path: Path, *, name: str, every_layer: bool) -> WaveformNet:
    """The network with the weights in ``path``; raises ModelUnavailable if they do not fit."""
    with torch.device("meta"):  # no time goes into random numbers that are replaced at once
        model = built(architecture)
    load_weights(model.to_empty(device="cpu"), path, name=name)
    return WaveformNet(model, every_layer=every_layer)
