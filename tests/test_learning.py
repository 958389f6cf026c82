import numpy as np
import pytest
import torch
from torch import nn

from musicdesk import checkpoints
from musicdesk.errors import BadRequest
from musicdesk.jobs import Cancelled, Job
from musicdesk.learning import Checkpoint, Schedule, held_out, luck, train

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


# ------------------------------------------------------------------------------------------------ stopped, and gone on


class Restless:
    """A training that draws by torch's luck and by luck of its own, and can be stopped in the middle of an epoch."""

    def __init__(self, path, *, about="the same", every_s=0.0, **schedule):
        self.network, self.own, self.epochs = line(), np.random.default_rng(5), 0
        self.checkpoint = path and Checkpoint(path, about, (self.own,), every_s)
        self.schedule = Schedule(6, 0.05, 16, **schedule)

    def learn(self, *, stop_in=0, by=Cancelled):
        steps, per_epoch = 0, 4

        def loss(rows):
            nonlocal steps
            steps += 1
            if stop_in and steps > per_epoch * (stop_in - 1) + 1:
                raise by
            return wanted(self.network)(rows) * (1 + 0.1 * torch.rand(1).item() + 0.1 * self.own.random())

        with luck(2):
            measures = train(self.network, loss, examples=EXAMPLES, schedule=self.schedule, job=Job(),
                             text="Learning", checkpoint=self.checkpoint)  # fmt: skip
        self.epochs = steps // per_epoch
        return measures, self.network.weight.item(), self.network.bias.item()


@pytest.mark.parametrize("schedule", [{}, {"annealed": True}, {"patience": 2, "weight_decay": 0.1}])
@pytest.mark.parametrize("by", [Cancelled, KeyboardInterrupt])
def test_a_training_that_was_stopped_goes_on_to_the_bit(tmp_path, schedule, by):
    path = tmp_path / "deep" / "training"
    expected = Restless(None, **schedule).learn()
    with pytest.raises(by):
        Restless(path, **schedule).learn(stop_in=3, by=by)
    again = Restless(path, **schedule)
    assert again.learn() == expected
    assert again.epochs == len(expected[0]) - 2, "two epochs were made before"
    finished = Restless(path, **schedule)
    assert finished.learn() == expected
    assert finished.epochs == 0


def test_it_can_be_stopped_again_and_again(tmp_path):
    expected = Restless(None).learn()
    for _ in range(5):
        with pytest.raises(Cancelled):
            Restless(tmp_path / "training").learn(stop_in=2)
    again = Restless(tmp_path / "training")
    assert again.learn() == expected
    assert again.epochs == 1


def test_a_checkpoint_of_something_else_is_not_gone_on_from(tmp_path):
    path = tmp_path / "training"
    Restless(path).learn()
    for other in (Restless(path, about="another"), Restless(path, seed=1)):
        other.checkpoint = Checkpoint(path, other.checkpoint.about, (other.own,), every_s=0)
        data = path.read_bytes()
        other.learn()
        assert other.epochs == 6
        path.write_bytes(data)


@pytest.mark.parametrize("damage", [
    lambda data: b"", lambda data: data[: len(data) // 2], lambda data: data[:-3] + bytes([data[-3] ^ 1]) + data[-2:],
    lambda data: data.replace(b"measures", b"pleasure", 1), lambda data: b"no checkpoint at all",
])  # fmt: skip
def test_a_broken_checkpoint_counts_as_none(tmp_path, damage):
    path = tmp_path / "training"
    expected = Restless(path).learn()
    path.write_bytes(damage(path.read_bytes()))
    again = Restless(path)
    assert again.learn() == expected
    assert again.epochs == 6


def test_it_is_written_now_and_then_alone_and_nothing_else_is_left(tmp_path, monkeypatch):
    written = []
    monkeypatch.setattr(checkpoints, "write", lambda path, *_, **__: written.append(path))
    Restless(tmp_path / "training", every_s=1000).learn()
    assert len(written) == 1
    monkeypatch.undo()
    Restless(tmp_path / "training").learn()
    assert [path.name for path in tmp_path.iterdir()] == ["training"]


def test_a_disk_that_refuses_stops_no_training(tmp_path):
    (tmp_path / "file").write_text("in the way")
    job, said = Job(lambda progress: said.append(progress.note)), []
    network = line()
    train(network, wanted(network), examples=EXAMPLES, schedule=Schedule(2, 0.05, 16), job=job, text="Learning",
          checkpoint=Checkpoint(tmp_path / "file" / "training", "x", every_s=0))  # fmt: skip
    assert "begins anew" in said[-1]
