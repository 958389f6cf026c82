"""The encoder of EnCodec for 24 kHz: sound to 75 frames a second of 128 numbers, before they are quantised.

Défossez, Copet, Synnaeve & Adi, "High Fidelity Neural Audio Compression" (2022), sections 3.1 and 4.4: a convolution of
7 samples, four times a residual unit and a strided convolution that doubles the channels, an LSTM with a skip, a last
convolution; ELU before each; causal, the past before the first sample mirrored. Written from that description, with the
parameters' names as published: every convolution keeps direction and length of its kernels apart (``weight_v``,
``weight_g``).
"""

from typing import Any

import torch
from torch import nn
from torch.nn import functional

KERNEL = 7
RESIDUAL_KERNEL = 3
LSTM_LAYERS = 2


class _Kernels(nn.Module):
    """The parameters of one convolution."""

    def __init__(self, inputs: int, outputs: int, taps: int) -> None:
        super().__init__()
        self.weight_g = nn.Parameter(torch.ones(outputs, 1, 1))
        self.weight_v = nn.Parameter(torch.randn(outputs, inputs, taps))
        self.bias = nn.Parameter(torch.zeros(outputs))

    def weight(self) -> torch.Tensor:
        """Kernels of their own length.  # [outputs, inputs, taps]"""
        length = torch.linalg.vector_norm(self.weight_v, dim=(1, 2), keepdim=True)
        weight: torch.Tensor = self.weight_v * (self.weight_g / length)
        return weight


class _Convolution(nn.Module):
    """A convolution that sees the past alone; the last step is filled up with mirrored sound."""

    def __init__(self, inputs: int, outputs: int, taps: int, *, stride: int = 1) -> None:
        super().__init__()
        self._past, self._stride = taps - stride, stride
        self.conv = nn.ModuleDict({"conv": _Kernels(inputs, outputs, taps)})

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        kernels: Any = self.conv["conv"]
        padded = functional.pad(x, (self._past, -x.shape[-1] % self._stride), mode="reflect")
        return functional.conv1d(padded, kernels.weight(), kernels.bias, stride=self._stride)


class _Unit(nn.Module):
    """Through half as many channels and back, beside a convolution of one sample."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        within = _Convolution(channels, channels // 2, RESIDUAL_KERNEL), _Convolution(channels // 2, channels, 1)
        self.block = nn.Sequential(nn.ELU(), within[0], nn.ELU(), within[1])
        self.shortcut = _Convolution(channels, channels, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        total: torch.Tensor = self.shortcut(x) + self.block(x)
        return total


class _Memory(nn.Module):
    """An LSTM over time, with what went in added to what comes out."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.lstm = nn.LSTM(channels, channels, LSTM_LAYERS)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        steps = x.permute(2, 0, 1)
        remembered: torch.Tensor = self.lstm(steps)[0]
        return (remembered + steps).permute(1, 2, 0)


class EncodecEncoder(nn.Module):
    """Sound [n, samples] at 24 kHz to frames [n, samples / product of strides, dim]."""

    def __init__(self, *, filters: int, strides: tuple[int, ...], dim: int) -> None:
        super().__init__()
        layers: list[nn.Module] = [_Convolution(1, filters, KERNEL)]
        for stride in strides:
            down = _Convolution(filters, 2 * filters, 2 * stride, stride=stride)
            layers += [_Unit(filters), nn.ELU(), down]
            filters *= 2
        layers += [_Memory(filters), nn.ELU(), _Convolution(filters, dim, KERNEL)]
        self.model = nn.Sequential(*layers)

    def forward(self, samples: torch.Tensor) -> torch.Tensor:
        """The frames that lie behind the last convolution."""
        frames: torch.Tensor = self.model(samples[:, None])
        return frames.transpose(1, 2)
