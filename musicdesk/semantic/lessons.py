"""What both stages share: the network over the rows of a material, on the device where it learns."""

import numpy as np
import torch
from torch import Tensor

from musicdesk.encoders.nets.htcl_net import HtclNet, VectorsTower
from musicdesk.learning import device
from musicdesk.records import FloatArray, IntArray, unit_rows
from musicdesk.semantic.gradient_cache import in_chunks
from musicdesk.semantic.learning_config import LearningConfig
from musicdesk.semantic.losses import equal
from musicdesk.semantic.material import Material
from musicdesk.semantic.readings import Readings

AT_ONCE = 1024


class Lessons:
    """Sounds and texts of a material as the network places them."""

    def __init__(self, network: HtclNet, material: Material, readings: Readings, config: LearningConfig) -> None:
        self.network, self.material, self.readings, self.config = network, material, readings, config
        self._texts = torch.from_numpy(readings.vectors).to(device())

    def sounds(self, rows: IntArray) -> Tensor:
        """Where the sounds of some rows lie, with noise while it learns.  # [b] -> [b, joint]"""
        inputs = inputs_of(self.material, rows)
        if self.network.training and self.config.sound_noise and isinstance(self.network.tower, VectorsTower):
            inputs = inputs + self.config.sound_noise * torch.randn_like(inputs) / self.network.tower.scale
        return in_chunks(self.network.sounds, inputs, chunk=self.config.chunk)

    def words(self, texts: IntArray) -> Tensor:
        """Where some texts lie, with noise while it learns: rows of the readings.  # [b] -> [b, joint]"""
        vectors = self._texts[torch.from_numpy(texts).to(self._texts.device)]
        if self.network.training and self.config.text_noise:
            vectors = vectors + self.config.text_noise * torch.randn_like(vectors) / vectors.shape[1] ** 0.5
        return self.network.words(vectors)

    def alike(self, rows: IntArray, texts: IntArray) -> Tensor:
        """Where row and column are no wrong pair: the same recording, album or text.  # [b], [b] -> [b, b]"""
        place = device()
        numbers = (self.material.recordings[rows], self.material.albums[rows], texts)
        masks = [equal(torch.from_numpy(np.ascontiguousarray(own)).to(place)) for own in numbers]
        return masks[0] | masks[1] | masks[2]


def inputs_of(material: Material, rows: IntArray) -> Tensor:
    """The sounds of some rows as the tower takes them, on the device."""
    return torch.from_numpy(np.ascontiguousarray(material.sounds[rows], np.float32)).to(device())


@torch.inference_mode()
def placed(network: HtclNet, material: Material) -> FloatArray:
    """Where all sounds of a material lie, of length one.  # [n, joint]"""
    network.eval()
    if not len(material):
        return np.zeros((0, network.config.joint), np.float32)
    found = [
        network.sounds(inputs_of(material, np.arange(start, min(start + AT_ONCE, len(material)))))
        for start in range(0, len(material), AT_ONCE)
    ]
    return unit_rows(torch.cat(found).cpu().numpy())


@torch.inference_mode()
def worded(network: HtclNet, vectors: FloatArray) -> FloatArray:
    """Where sentences lie, of length one.  # [t, text_inputs] -> [t, joint]"""
    network.eval()
    return unit_rows(
        network.words(torch.from_numpy(np.ascontiguousarray(vectors, np.float32)).to(device())).cpu().numpy()
    )
