"""What is done to a batch of training images so that a network learns music and not recordings."""

import numpy as np
import torch
from torch import Tensor

from musicdesk.encoders.convnet.config import Augmentation, ImageSpec
from musicdesk.encoders.convnet.images import LOUD

STRIPES = 2


def augment(
    images: Tensor, *, spec: ImageSpec, how: Augmentation, rng: np.random.Generator
) -> tuple[Tensor, Tensor, float]:
    """A batch of images [n, 1, rows, frames] with gains, stripes and mixtures.

    Gives the images, which row was mixed into each [n], and the share of a row's own image (1: nothing is mixed).
    """
    if how.gain_db and spec.kind != "mfcc":
        images = gain(images, rng.normal(0.0, how.gain_db, len(images)), bands=spec.bands)
    images = _striped(images, how.mask_bands, axis=2, size=spec.bands, rng=rng)
    images = _striped(images, how.mask_frames, axis=3, size=spec.frames, rng=rng)
    if not how.mixup:
        return images, torch.arange(len(images), device=images.device), 1.0
    drawn = float(rng.beta(how.mixup, how.mixup))
    share, other = max(drawn, 1 - drawn), torch.from_numpy(rng.permutation(len(images))).to(images.device)
    return share * images + (1 - share) * images[other], other, share


def gain(images: Tensor, decibels: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]", *, bands: int) -> Tensor:
    """Images as they would be of sound that is louder by so many decibels each [n]; the notes stay as they are."""
    factor = torch.from_numpy(10 ** (decibels / 10)).to(images).view(-1, 1, 1, 1)
    energies = (torch.pow(10.0, images[:, :, :bands]) - 1) / LOUD
    return torch.cat([torch.log10(1 + LOUD * factor * energies), images[:, :, bands:]], dim=2)


def _striped(images: Tensor, widest: int, *, axis: int, size: int, rng: np.random.Generator) -> Tensor:
    """Images with two stripes, of at most ``widest`` rows or columns, at their own mean."""
    if not widest:
        return images
    place = torch.arange(images.shape[axis], device=images.device)
    blotted = torch.zeros(len(images), len(place), dtype=torch.bool, device=images.device)
    for _ in range(STRIPES):
        width = rng.integers(0, min(widest, size) + 1, len(images))
        begin = (rng.random(len(images)) * (size - width + 1)).astype(np.int64)
        first, last = (torch.from_numpy(edge).to(images.device)[:, None] for edge in (begin, begin + width))
        blotted |= (place >= first) & (place < last)
    shape = (len(images), 1, -1, 1) if axis == 2 else (len(images), 1, 1, -1)
    return torch.where(blotted.view(shape), images.mean(dim=(1, 2, 3), keepdim=True), images)
