"""One loop for all networks here: batches of rows, epochs, a held-out measure, the best weights kept.

A recommender says what an example costs; this says how long it is trained. The learning rate is halved when the measure
has not fallen for a third of the patience (or falls along a cosine, see ``Schedule``), and the training ends when the
patience does. Nothing but the config's seed
decides what is drawn.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from musicdesk.errors import BadRequest
from musicdesk.jobs import Job
from musicdesk.records import IntArray

Loss = Callable[[IntArray], Tensor]
LOWEST_RATE = 1e-5
SMALLEST, STEPS = 32, 16
"""Of few examples smaller batches are made, down to this size, so that an epoch has so many steps."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long and how fast to learn."""

    epochs: int
    learning_rate: float
    batch: int
    patience: int = 16
    """Epochs without a better measure after which it ends."""
    weight_decay: float = 0.0
    most: int = 500_000
    """At most so many examples an epoch; of more, each epoch draws its own."""
    annealed: bool = False
    """Whether the learning rate falls along half a cosine over the epochs (Loshchilov & Hutter, 2017), all of which are
    then made unless the patience ends; the best epoch is kept all the same."""
    seed: int = 0

    def __post_init__(self) -> None:
        if min(self.epochs, self.batch, self.patience, self.most) < 1:
            raise BadRequest("Epochs, batch, patience and examples an epoch are 1 or more.")
        if not 0 < self.learning_rate <= 1 or self.weight_decay < 0:
            raise BadRequest("The learning rate lies above 0 and at most at 1, and weight decay is not below 0.")


def train(
    network: nn.Module,
    loss: Loss,
    *,
    examples: IntArray,
    schedule: Schedule,
    job: Job,
    text: str,
    held: Callable[[], float] | None = None,
) -> tuple[float, ...]:
    """Train ``network`` in place; ``loss`` tells the mean cost of some of the ``examples``, as a scalar.

    ``held`` measures what was held out (lower is better) after each epoch; without it the training loss decides. The
    weights of the best epoch are kept. Tells the measure after every epoch. Raises Cancelled, and BadRequest when the
    loss is no number any more.
    """
    trained = [p for p in network.parameters() if p.requires_grad]
    adam = torch.optim.AdamW(trained, lr=schedule.learning_rate, weight_decay=schedule.weight_decay)
    slower = _slower(adam, schedule)
    rng = np.random.default_rng(schedule.seed)
    measures: list[float] = []
    best = copied(network)
    job.begin(text, total=schedule.epochs)
    while len(measures) < schedule.epochs and _fresh(measures, schedule.patience):
        mean = _epoch(network, loss, adam, batches=_batches(examples, schedule, rng), job=job)
        network.eval()
        measures.append(held() if held else mean)
        slower(measures[-1])
        if measures[-1] == min(measures):
            best = copied(network)
        job.advance()
    network.load_state_dict(best)
    network.eval()
    return tuple(measures)


def device() -> torch.device:
    """A CUDA card if there is one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


@contextmanager
def luck(seed: int) -> Iterator[None]:
    """A stretch in which torch draws what ``seed`` says; outside, its luck goes on as if nothing had been drawn."""
    cards = [torch.cuda.current_device()] if torch.cuda.is_available() else []
    with torch.random.fork_rng(devices=cards):
        torch.manual_seed(seed)
        yield


def held_out(rows: IntArray, *, share: float, seed: int) -> tuple[IntArray, IntArray]:
    """``rows`` in two: those to learn from, and a ``share`` to measure by (none if there are fewer than twenty)."""
    aside = round(share * len(rows)) if len(rows) >= 20 else 0
    order = np.random.default_rng([seed, 1]).permutation(rows)
    return np.sort(order[aside:]), np.sort(order[:aside])


def copied(network: nn.Module) -> dict[str, Tensor]:
    """The network's weights as they are now."""
    return {name: tensor.detach().clone() for name, tensor in network.state_dict().items()}


def _epoch(network: nn.Module, loss: Loss, adam: torch.optim.Optimizer, *, batches: list[IntArray], job: Job) -> float:
    """Learn from each batch once; the mean loss."""
    network.train()
    total, count = 0.0, 0
    for rows in batches:
        job.check()
        cost = loss(rows)
        if not torch.isfinite(cost):
            raise BadRequest("The training ran away: its loss is no number any more. Lower the learning rate.")
        adam.zero_grad(set_to_none=True)
        cost.backward()  # type: ignore[no-untyped-call]
        adam.step()
        total, count = total + float(cost.detach()) * len(rows), count + len(rows)
    return total / max(count, 1)


def _slower(adam: torch.optim.Optimizer, schedule: Schedule) -> Callable[[float], None]:
    """What lowers the learning rate after an epoch, told its measure."""
    if schedule.annealed:
        falling = torch.optim.lr_scheduler.CosineAnnealingLR(adam, schedule.epochs, eta_min=LOWEST_RATE)
        return lambda _: falling.step()
    plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(
        adam, factor=0.5, patience=max(1, schedule.patience // 3), min_lr=LOWEST_RATE
    )
    return plateau.step


def _batches(examples: IntArray, schedule: Schedule, rng: np.random.Generator) -> list[IntArray]:
    """As many in each, give or take one: a lone last row would have nothing to be compared with."""
    order = rng.permutation(examples)[: schedule.most]
    size = min(schedule.batch, max(SMALLEST, len(order) // STEPS))
    return np.array_split(order, max(1, -(-len(order) // size)))


def _fresh(measures: list[float], patience: int) -> bool:
    """Whether the best epoch is not longer ago than the patience."""
    return not measures or len(measures) - 1 - int(np.argmin(measures)) < patience
