"""MusiCNN for a GPU: plain layers over a batch of patches, in torch, from the folded weights that a core uses too.

Single precision is exact here: the short cuts of graphics cards for it (TF32) stay off, since they cost three digits.
Half precision is used only where it is seen to keep the embeddings.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from musicdesk.encoders.nets.musicnn_weights import (
    BANDS,
    FRAMES,
    LOUDEST,
    PADDING,
    TAPS,
    Convolution,
    Dense,
    Exact,
    Network,
)
from musicdesk.records import FloatArray

ALIKE = 0.9999
"""The cosine that half precision must keep with single precision."""
PROBES = 8


class MusicnnBatch:
    """Patches of log-mel to the penultimate layer and the logits of the tags, for some networks at once."""

    def __init__(self, networks: Sequence[Network], device: str, *, half: bool | None = None) -> None:
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
        self._device = torch.device(device)
        self._networks = nn.ModuleList(_Network(network) for network in networks).to(self._device).eval()
        self.half = self._keeps_parity() if half is None else half
        """Whether it computes in half precision."""

    def __call__(self, patches: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Patches [n, 187, 96] to embeddings [n, networks, 200] and logits [n, networks, 50]."""
        return self._run(patches, half=self.half)

    def _run(self, patches: FloatArray, *, half: bool) -> tuple[FloatArray, FloatArray]:
        kind = self._device.type
        with torch.inference_mode(), torch.autocast(kind, torch.float16, enabled=half):
            batch = torch.from_numpy(patches).to(self._device)
            rows = [network(batch) for network in self._networks]
            embeddings, logits = (torch.stack(part, dim=1).float().cpu() for part in zip(*rows, strict=True))
        return embeddings.numpy(), logits.numpy()

    def _keeps_parity(self) -> bool:
        """Whether half precision may be used here: on CUDA, if embeddings of made-up patches stay what they are."""
        if self._device.type != "cuda":
            return False
        probes = _probes()
        exact, rough = self._run(probes, half=False)[0], self._run(probes, half=True)[0]
        return bool(_cosines(exact, rough).min() >= ALIKE)


class _Network(nn.Module):
    """One network."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.front = nn.ModuleList(_Front(*item) for item in zip(network.front, PADDING, strict=True))
        self.middle = nn.ModuleList(_Middle(layer) for layer in network.middle)
        self.hidden, self.output = _linear(network.hidden), _linear(network.output)
        self.gain, self.shift = _fixed(network.hidden.gain), _fixed(network.hidden.shift)
        self.first = nn.Parameter(torch.from_numpy(network.first), requires_grad=False)

    def forward(self, patches: Tensor) -> tuple[Tensor, Tensor]:
        """Patches [n, 187, 96] to embeddings [n, 200] and logits [n, 50]."""
        front = torch.cat([layer(patches[:, None]) for layer in self.front], dim=1)  # [n, filters, 187]
        first = self.middle[0](front)
        second = self.middle[1](first).index_add(1, self.first, first)
        third = self.middle[2](second) + second
        maps = torch.cat([front, first, second, third], dim=1)
        pooled = torch.cat([maps.amax(dim=2), maps.mean(dim=2)], dim=1)
        embedding = functional.relu(self.hidden(pooled)).float() * self.gain + self.shift
        return embedding, self.output(embedding)


class _Front(nn.Module):
    """A convolution of the patch, with its maximum over frequency."""

    def __init__(self, layer: Convolution, padding: tuple[int, int]) -> None:
        super().__init__()
        self.padding = padding
        self.kernel = _fixed(layer.kernel.transpose(2, 0, 1)[:, None])  # [filters, 1, taps, bands]
        self.sign, self.bias = _fixed(layer.sign[:, None]), _fixed(layer.bias.T)
        self.gain, self.shift = _fixed(layer.gain[:, None]), _fixed(layer.shift[:, None])

    def forward(self, patches: Tensor) -> Tensor:
        """Patches [n, 1, 187, 96] to [n, filters, 187]."""
        maps = functional.conv2d(functional.pad(patches, (0, 0, *self.padding)), self.kernel)
        return functional.relu(maps.amax(dim=3).float() * self.sign + self.bias) * self.gain + self.shift


class _Middle(nn.Module):
    """A convolution over 7 frames and all channels."""

    def __init__(self, layer: Convolution) -> None:
        super().__init__()
        self.kernel, self.bias = _fixed(layer.kernel.transpose(2, 1, 0)), _fixed(layer.bias.T)
        self.gain, self.shift = _fixed(layer.gain[:, None]), _fixed(layer.shift[:, None])

    def forward(self, maps: Tensor) -> Tensor:
        """Channels [n, channels, 187] to [n, filters, 187]."""
        out = functional.conv1d(maps, self.kernel, padding=TAPS // 2).float() + self.bias
        return functional.relu(out) * self.gain + self.shift


def _linear(layer: Dense) -> nn.Linear:
    linear = nn.Linear(*layer.weight.shape)
    linear.weight, linear.bias = _fixed(layer.weight.T), _fixed(layer.bias)
    return linear


def _fixed(values: Exact) -> nn.Parameter:
    return nn.Parameter(torch.from_numpy(np.ascontiguousarray(values, dtype=np.float32)), requires_grad=False)


def _probes() -> FloatArray:
    """Patches made of blocks as loud as music, and at the loudest.  # [n, 187, 96]"""
    rng = np.random.default_rng(0)
    coarse = rng.uniform(0, 1, (PROBES, FRAMES // 11 + 1, BANDS // 6)).astype(np.float32)
    blocks = coarse.repeat(11, axis=1)[:, :FRAMES].repeat(6, axis=2)
    loudness = np.linspace(1.0, LOUDEST, PROBES, dtype=np.float32)
    return np.asarray(blocks * loudness[:, None, None])


def _cosines(a: FloatArray, b: FloatArray) -> FloatArray:
    """Cosine of each row with its counterpart, in single precision."""
    product = (a * b).sum(axis=-1)
    return np.asarray(product / np.maximum(np.linalg.norm(a, axis=-1) * np.linalg.norm(b, axis=-1), 1e-12))
