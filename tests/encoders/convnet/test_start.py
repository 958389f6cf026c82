"""Beginning with the shipped network: what is taken over gives the very numbers that the shipped one gives."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from musicdesk.encoders.convnet.config import shipped_shape
from musicdesk.encoders.convnet.layers import StudentNet
from musicdesk.encoders.convnet.net import CnnNet
from musicdesk.encoders.convnet.start import take_over
from musicdesk.errors import ModelUnavailable


def folded(*, filters: tuple[int, ...], dense: int, bands: int) -> dict[str, torch.Tensor]:
    """Made-up weights in the shipped form, some of the factors negative."""
    torch.manual_seed(0)
    made = {"input.mean": torch.rand(bands), "input.scale": 0.5 + torch.rand(bands)}
    channels, rows = (1, *filters), bands
    for number, (a, b) in enumerate(zip(channels, filters, strict=False)):
        made |= {
            f"conv.{number}.weight": torch.randn(b, a, 3, 3) / (3 * a**0.5),
            f"conv.{number}.gain": 0.5 + torch.randn(b),
            f"conv.{number}.shift": torch.randn(b) / 4,
        }
        rows //= 4 if number == 3 else 2
    made |= {"dense.weight": torch.randn(dense, 2 * rows * filters[-1]) / 20, "dense.bias": torch.randn(dense) / 4}
    made |= {f"{head}.weight": torch.randn(5, dense) for head in ("embedding", "tags")}
    return made | {f"{head}.bias": torch.randn(5) for head in ("embedding", "tags")}


@pytest.fixture(scope="module")
def weights() -> dict[str, torch.Tensor]:
    shape = shipped_shape()
    return folded(filters=shape.filters, dense=shape.dense, bands=shape.image.bands)


def seen(count: int = 6) -> torch.Tensor:
    image = shipped_shape().image
    rng = np.random.default_rng(0)
    return torch.from_numpy(rng.gamma(1.0, 0.7, (count, 1, image.rows, image.frames)).astype(np.float32))


def test_it_says_what_the_shipped_network_says(weights):
    network = CnnNet(shipped_shape(), 4)
    take_over(network, weights, seen())
    images = seen(3) * 0.7
    expected = StudentNet({name: tensor.numpy() for name, tensor in weights.items()}).hidden(
        np.ascontiguousarray(images[:, 0].numpy().transpose(0, 2, 1))
    )
    with torch.inference_mode():
        found = network.eval().embed(images).numpy()
    assert expected.std() > 0.1
    np.testing.assert_allclose(found, expected, atol=1e-3 * np.abs(expected).max())


def test_it_can_be_trained_on(weights):
    network, images = CnnNet(shipped_shape(), 4), seen()
    take_over(network, weights, images)
    before = network.eval().embed(images).detach()
    after = network.train().embed(images)  # by the statistics of the batch, which are those that were taken over
    assert torch.corrcoef(torch.stack([before.flatten(), after.detach().flatten()]))[0, 1] > 0.95
    after.sum().backward()
    assert all(p.grad is not None for name, p in network.named_parameters() if not name.startswith("classes"))


@pytest.mark.parametrize("change", [{"filters": (8, 8, 8, 8)}, {"dense": 64}, {"batch_norm": False}])
def test_another_shape_is_refused(weights, change):
    with pytest.raises(ModelUnavailable, match="another shape"):
        take_over(CnnNet(replace(shipped_shape(), **change), 4), weights, seen(2))


def test_a_missing_tensor_is_refused(weights):
    lacking = {name: tensor for name, tensor in weights.items() if name != "conv.2.gain"}
    with pytest.raises(ModelUnavailable, match="from scratch"):
        take_over(CnnNet(shipped_shape(), 4), lacking, seen(2))
