import numpy as np
import pytest
import torch
from torch import nn

from musicdesk.semantic.gradient_cache import in_chunks
from musicdesk.semantic.losses import clip

torch.set_num_threads(1)
TEXTS = torch.from_numpy(np.random.default_rng(1).standard_normal((24, 6)).astype(np.float32))
SOUNDS = torch.from_numpy(np.random.default_rng(2).standard_normal((24, 5)).astype(np.float32))


class Tower(nn.Module):
    """Counts how many rows it was given at once, at most."""

    def __init__(self, dropout=0.0):
        super().__init__()
        torch.manual_seed(0)
        self.layers = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Dropout(dropout), nn.Linear(16, 6))
        self.largest, self.passes = 0, 0

    def forward(self, rows):
        self.largest, self.passes = max(self.largest, len(rows)), self.passes + 1
        return self.layers(rows)


def gradients(tower, chunk):
    torch.manual_seed(7)
    tower.zero_grad()
    loss = clip(in_chunks(tower, SOUNDS, chunk=chunk), TEXTS, torch.tensor(2.6))
    loss.backward()
    return loss.item(), [p.grad.clone() for p in tower.parameters()]


@pytest.mark.parametrize("chunk", [1, 5, 8, 24, 100])
def test_loss_and_gradients_are_those_of_the_whole_batch(chunk):
    tower = Tower()
    whole, wanted = gradients(tower, 0)
    cost, found = gradients(tower, chunk)
    assert cost == pytest.approx(whole, rel=1e-6)
    for one, other in zip(found, wanted, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-7)


def test_no_more_than_a_chunk_is_ever_in_the_tower():
    tower = Tower()
    gradients(tower, 5)
    assert tower.largest == 5
    assert tower.passes == 2 * 5  # each chunk once on the way there and once on the way back


def test_what_is_dropped_by_lot_is_dropped_the_same_on_the_way_back():
    tower = Tower(dropout=0.5)
    torch.manual_seed(3)
    found = in_chunks(tower, SOUNDS, chunk=6)
    found.sum().backward()
    dropped = tower.layers[3].weight.grad.clone()
    # The weight's gradient is the sum of what came in: by the outputs themselves it can be checked.
    torch.manual_seed(3)
    tower.zero_grad()
    torch.cat([tower(part) for part in SOUNDS.split(6)]).sum().backward()
    torch.testing.assert_close(dropped, tower.layers[3].weight.grad)


def test_without_learning_chunks_are_only_chunks():
    tower = Tower()
    with torch.inference_mode():
        torch.testing.assert_close(in_chunks(tower, SOUNDS, chunk=7), tower(SOUNDS))
