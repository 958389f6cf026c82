import numpy as np
import pytest
import torch
from torch import nn

from musicdesk.errors import BadRequest
from musicdesk.jobs import Cancelled, Job
from musicdesk.learning import Schedule, held_out, luck, train

EXAMPLES = np.arange(64)


def line():
    with luck(0):
        return nn.Linear(1, 1)


def wanted(network):
    def loss(rows):
        x = torch.from_numpy(rows).float()[:, None] / 64
        return (network(x) - (2 * x + 1)).square().mean()

    return loss


def learn(network, *, epochs=30, held=None, job=None, **schedule):
    schedule = Schedule(epochs, 0.05, 16, **schedule)
    return train(
        network, wanted(network), examples=EXAMPLES, schedule=schedule, job=job or Job(), text="Learning", held=held
    )


def test_a_line_is_learned():
    network = line()
    measures = learn(network, epochs=200, patience=200)
    assert min(measures) < 1e-3 < measures[0]
    assert network.weight.item() == pytest.approx(2, abs=0.1)


def test_the_same_seed_learns_the_same():
    assert learn(line(), seed=3) == learn(line(), seed=3) != learn(line(), seed=4)


def test_the_best_epoch_is_kept_and_patience_ends_it():
    network, seen = line(), []

    def held():
        seen.append(network.weight.detach().clone())
        return abs(len(seen) - 3.0)

    assert len(learn(network, held=held, patience=4)) == 7
    torch.testing.assert_close(network.weight.detach(), seen[2])


def test_no_more_examples_an_epoch_than_wished():
    counts = []
    network = line()

    def loss(rows):
        counts.append(len(rows))
        return wanted(network)(rows)

    schedule = Schedule(1, 0.01, 16, most=20)
    train(network, loss, examples=EXAMPLES, schedule=schedule, job=Job(), text="Learning")
    assert sum(counts) == 20


def test_no_example_is_left_alone_in_a_batch():
    counts = []
    network = line()

    def loss(rows):
        counts.append(len(rows))
        return wanted(network)(rows)

    schedule = Schedule(1, 0.01, 16)
    train(network, loss, examples=EXAMPLES[:33], schedule=schedule, job=Job(), text="Learning")
    assert sorted(counts) == [11, 11, 11]


def test_a_loss_that_is_no_number_is_told():
    network = line()
    with pytest.raises(BadRequest, match="learning rate"):
        train(
            network, lambda _: network.weight.sum() * torch.nan, examples=EXAMPLES, schedule=Schedule(1, 0.1, 8),
            job=Job(), text="Learning",
        )  # fmt: skip


def test_it_stops_between_batches():
    job = Job()
    network = line()

    def loss(rows):
        job.cancel()
        return wanted(network)(rows)

    with pytest.raises(Cancelled):
        train(network, loss, examples=EXAMPLES, schedule=Schedule(5, 0.1, 8), job=job, text="Learning")


def test_what_is_held_out_is_not_learned_from():
    learned, held = held_out(EXAMPLES, share=0.25, seed=0)
    assert len(held) == 16
    assert sorted([*learned, *held]) == EXAMPLES.tolist()
    assert not len(held_out(EXAMPLES[:10], share=0.25, seed=0)[1])


def test_others_luck_is_left_alone():
    torch.manual_seed(5)
    alone = torch.rand(2)
    torch.manual_seed(5)
    with luck(9):
        torch.rand(7)
    torch.testing.assert_close(torch.rand(2), alone)


@pytest.mark.parametrize("wrong", [(0, 0.1, 8), (1, 0.0, 8), (1, 0.1, 0), (1, 2.0, 8)])
def test_a_schedule_that_cannot_be_is_refused(wrong):
    with pytest.raises(BadRequest):
        Schedule(*wrong)


def test_an_annealed_training_makes_ever_smaller_steps():
    network, places = line(), []

    def held():
        places.append(float(network.weight.detach()))
        return -float(len(places))

    learn(network, epochs=20, held=held, annealed=True)
    steps = np.abs(np.diff(places))
    assert len(places) == 20
    assert steps[-3:].max() < steps[:3].max() / 5
