"""The network: the paper's shape, its options, and that every part of the image counts."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from encoders.tiny_cnn import CONFIG, with_notes

from musicdesk.encoders.convnet.config import ACTIVATIONS, NOTES, POOLINGS, CnnConfig, ImageSpec
from musicdesk.encoders.convnet.net import CnnNet
from musicdesk.errors import BadRequest


def seeing(config: CnnConfig, count: int = 3) -> torch.Tensor:
    rng = np.random.default_rng(0)
    return torch.from_numpy(rng.random((count, 1, config.image.rows, config.image.frames)).astype(np.float32))


def shapes(network: CnnNet) -> dict[str, tuple[int, ...]]:
    return {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}


def test_the_papers_network_has_four_blocks_and_a_layer_of_1024():
    with torch.device("meta"):
        network = CnnNet(CnnConfig(image=ImageSpec(bands=128, frames=128)), 4)
    found = shapes(network)
    assert found["spectrum.blocks.0.0.weight"] == (64, 1, 2, 2)
    assert found["spectrum.blocks.3.0.weight"] == (512, 256, 2, 2)
    assert found["dense.0.weight"] == (1024, 8 * 8 * 512)
    assert found["classes.weight"] == (4, 1024)
    assert sum(p.numel() for p in network.parameters()) == 320 + 32_896 + 131_328 + 524_800 + 33_555_456 + 4_100


@pytest.mark.parametrize("pooling", POOLINGS)
@pytest.mark.parametrize("kernel", [2, 3])
@pytest.mark.parametrize("notes", NOTES)
def test_every_option_gives_logits_and_an_embedding(pooling, kernel, notes):
    config = replace(with_notes(notes), pooling=pooling, kernel=kernel, batch_norm=True)
    network = CnnNet(config, 5).eval()
    assert network(seeing(config)).shape == (3, 5)
    assert network.embed(seeing(config)).shape == (3, config.dense)


@pytest.mark.parametrize("notes", NOTES)
@pytest.mark.parametrize("pooling", POOLINGS)
def test_every_row_of_both_images_counts(notes, pooling):
    config = replace(with_notes(notes), pooling=pooling, filters=(16, 16, 16, 16), note_filters=(16, 16, 16, 16))
    torch.manual_seed(0)
    network = CnnNet(config, 3).eval()
    images = seeing(config, 1).requires_grad_()
    network.embed(images).square().sum().backward()
    assert images.grad is not None
    assert (images.grad.abs().sum(dim=(0, 1, 3)) > 0).all()


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_pooling_before_the_activation_is_the_same_as_after_it(activation):
    network = CnnNet(replace(CONFIG, activation=activation), 2).eval()
    block = network.spectrum.blocks[0]
    images = seeing(CONFIG) - 0.5
    other = block[1](block[-1](block[0](images)))
    torch.testing.assert_close(block(images), other)


def test_an_image_gives_the_same_alone_and_among_others():
    network = CnnNet(replace(CONFIG, batch_norm=True), 2).eval()
    images = seeing(CONFIG, 4)
    torch.testing.assert_close(network(images)[2:3], network(images[2:3]), atol=1e-6, rtol=1e-5)


def test_rows_are_centred_and_scaled_by_the_images_it_is_shown():
    network, images = CnnNet(CONFIG, 2), seeing(CONFIG, 50) * 7 + 3
    network.fit_rows(images)
    scaled = (images - network.get_buffer("centre")) * network.get_buffer("scale")
    torch.testing.assert_close(scaled.mean(dim=(0, 1, 3)), torch.zeros(CONFIG.image.rows), atol=1e-4, rtol=0)
    torch.testing.assert_close(scaled.std(dim=(0, 1, 3)), torch.ones(CONFIG.image.rows), atol=1e-2, rtol=0)


def test_an_image_too_small_for_its_blocks_is_refused():
    with pytest.raises(BadRequest, match="too small"):
        CnnNet(replace(CONFIG, image=replace(CONFIG.image, bands=4), kernel=3), 2)
