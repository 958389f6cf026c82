"""One loop for all networks here: batches of rows, epochs, a held-out measure, the best weights kept.

A recommender says what an example costs; this says how long it is trained. The learning rate is halved when the measure
has not fallen for a third of the patience (or falls along a cosine, see ``Schedule``), and the training ends when the
patience does. Nothing but the config's seed
decides what is drawn. With a ``Checkpoint`` a training that was stopped goes on, to the bit.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import CosineAnnealingLR, LRScheduler, ReduceLROnPlateau

from musicdesk import checkpoints
from musicdesk.checkpoints import Tensors, part_of
from musicdesk.errors import BadRequest
from musicdesk.jobs import Job
from musicdesk.records import IntArray

Loss = Callable[[IntArray], Tensor]
LOWEST_RATE = 1e-5
SMALLEST, STEPS = 32, 16
"""Of few examples smaller batches are made, down to this size, so that an epoch has so many steps at least."""


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
    slowed: float = 1.0
    """What the learning rate is multiplied with for the parameters that are to learn slower."""
    steps: int = STEPS
    """Of few examples smaller batches are made, so that an epoch has so many steps; 1: batches stay as large."""
    seed: int = 0

    def __post_init__(self) -> None:
        if min(self.epochs, self.batch, self.patience, self.most, self.steps) < 1:
            raise BadRequest("Epochs, batch, patience and examples and steps an epoch are 1 or more.")
        if not 0 < self.learning_rate <= 1 or self.weight_decay < 0:
            raise BadRequest("The learning rate lies above 0 and at most at 1, and weight decay is not below 0.")
        if not 0 < self.slowed <= 1:
            raise BadRequest("What is to learn slower learns at a part of the rate, above 0 and at most at 1.")


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """Where the state of a training is kept after an epoch, and by what it is known again.

    Whoever asked for it removes it when the training is of no more use.
    """

    path: Path
    about: str
    """A digest of the config and of what is learned from: a checkpoint of anything else is not gone on from."""
    lucks: tuple[np.random.Generator, ...] = ()
    """What the loss draws by; a resumed training gives them back the state that they had."""
    every_s: float = 3.0
    """Seconds between two writings, at least."""


def train(
    network: nn.Module,
    loss: Loss,
    *,
    examples: IntArray,
    schedule: Schedule,
    job: Job,
    text: str,
    held: Callable[[], float] | None = None,
    checkpoint: Checkpoint | None = None,
    slow: Iterable[nn.Parameter] = (),
    told: Callable[[tuple[float, ...]], None] | None = None,
) -> tuple[float, ...]:
    """Train ``network`` in place; ``loss`` tells the mean cost of some of the ``examples``, as a scalar.

    ``slow`` are parameters that learn at ``schedule.slowed`` of the rate; ``told`` is given all measures so far after
    every epoch, and once at the beginning where an earlier training is gone on from.
    ``held`` measures what was held out (lower is better) after each epoch; without it the training loss decides. The
    weights of the best epoch are kept. With a ``checkpoint`` it goes on from the last epoch that was written, to the
    same weights as if it had never been stopped. Tells the measure after every epoch. Raises Cancelled, and BadRequest
    when the loss is no number any more.
    """
    course = _Course(network, schedule, slow)
    if checkpoint:
        course.resume(checkpoint)
    job.begin(text, total=schedule.epochs)
    told = told or (lambda _: None)
    if course.measures:
        told(tuple(course.measures))
        job.advance(len(course.measures))
    while not course.finished:
        mean = _epoch(network, loss, course.adam, batches=_batches(examples, schedule, course.rng), job=job)
        network.eval()
        course.told(held() if held else mean)
        if checkpoint:
            course.keep(checkpoint, job)
        told(tuple(course.measures))
        job.advance()
    network.load_state_dict(course.best)
    network.eval()
    return tuple(course.measures)


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


class _Course:
    """A training under way: all that decides how it goes on."""

    def __init__(self, network: nn.Module, schedule: Schedule, slow: Iterable[nn.Parameter] = ()) -> None:
        self._network, self._schedule = network, schedule
        trained = [p for p in network.parameters() if p.requires_grad]
        groups = _groups(trained, {id(p) for p in slow}, schedule)
        self.adam = torch.optim.AdamW(groups, lr=schedule.learning_rate, weight_decay=schedule.weight_decay)
        self._slower = _slower(self.adam, schedule)
        self.rng = np.random.default_rng(schedule.seed)
        self.measures: list[float] = []
        self.best = copied(network)
        self._written = -float("inf")

    @property
    def finished(self) -> bool:
        """Whether there is nothing more to learn: enough epochs, or too many without getting better."""
        return len(self.measures) >= self._schedule.epochs or not _fresh(self.measures, self._schedule.patience)

    def told(self, measure: float) -> None:
        """An epoch was made, and this is its measure."""
        self.measures.append(measure)
        if isinstance(self._slower, ReduceLROnPlateau):
            self._slower.step(measure)
        else:
            self._slower.step()
        if measure == min(self.measures):
            self.best = copied(self._network)

    def keep(self, checkpoint: Checkpoint, job: Job) -> None:
        """Write the state, unless it was written just now; a disk that refuses stops no training."""
        if time.monotonic() - self._written < checkpoint.every_s:
            return
        lucks = [one.bit_generator.state for one in (self.rng, *checkpoint.lucks)]
        state = {
            "about": self._about(checkpoint), "measures": self.measures, "lucks": lucks,
            "slower": self._slower.state_dict(), "rates": [group["lr"] for group in self.adam.param_groups],
        }  # fmt: skip
        try:
            checkpoint.path.parent.mkdir(parents=True, exist_ok=True)
            checkpoints.write(checkpoint.path, self._tensors(), state=state)
        except OSError as error:
            job.say(f"If this is stopped it begins anew: {checkpoint.path} could not be written ({error.strerror}).")
        self._written = time.monotonic()

    def resume(self, checkpoint: Checkpoint) -> None:
        """Go on from what was kept, if it is whole and of this training."""
        found = checkpoints.read(checkpoint.path)
        if found is None or found[1].get("about") != self._about(checkpoint):
            return
        tensors, state = found
        self._network.load_state_dict(part_of(tensors, "network"))
        self.best = {name: t.to(self.best[name].device) for name, t in part_of(tensors, "best").items()}
        checkpoints.take_up(self.adam, part_of(tensors, "optimiser"))
        for group, rate in zip(self.adam.param_groups, state["rates"], strict=True):
            group["lr"] = rate
        self._slower.load_state_dict(state["slower"])
        for one, told in zip((self.rng, *checkpoint.lucks), state["lucks"], strict=True):
            one.bit_generator.state = told
        _take_up_luck(part_of(tensors, "luck"))
        self.measures = state["measures"]

    def _tensors(self) -> Tensors:
        parts = {
            "network": self._network.state_dict(), "best": self.best, "optimiser": checkpoints.moments(self.adam),
            "luck": _luck(),
        }  # fmt: skip
        return {name: t for part, own in parts.items() for name, t in checkpoints.named(part, own).items()}

    def _about(self, checkpoint: Checkpoint) -> list[str]:
        """All that must be the same for a checkpoint to be gone on from."""
        shapes = {name: tuple(t.shape) for name, t in self._network.state_dict().items()}
        return [checkpoint.about, repr(self._schedule), repr(shapes), f"torch {torch.__version__}", " ".join(_luck())]


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


def _groups(trained: list[nn.Parameter], slow: set[int], schedule: Schedule) -> list[dict[str, object]]:
    """What learns at the rate, and what learns slower, as an optimiser takes it."""
    fast = [p for p in trained if id(p) not in slow]
    slowed = [p for p in trained if id(p) in slow]
    rates = (schedule.learning_rate, schedule.learning_rate * schedule.slowed)
    return [{"params": own, "lr": rate} for own, rate in zip((fast, slowed), rates, strict=True) if own]


def _slower(adam: torch.optim.Optimizer, schedule: Schedule) -> LRScheduler:
    """What lowers the learning rate after an epoch."""
    if schedule.annealed:
        return CosineAnnealingLR(adam, schedule.epochs, eta_min=LOWEST_RATE)
    return ReduceLROnPlateau(adam, factor=0.5, patience=max(1, schedule.patience // 3), min_lr=LOWEST_RATE)


def _luck() -> Tensors:
    """The state of what torch draws by."""
    found = {"torch": torch.get_rng_state()}
    return {**found, "card": torch.cuda.get_rng_state()} if torch.cuda.is_available() else found


def _take_up_luck(found: Mapping[str, Tensor]) -> None:
    torch.set_rng_state(found["torch"])
    if "card" in found:
        torch.cuda.set_rng_state(found["card"])


def _batches(examples: IntArray, schedule: Schedule, rng: np.random.Generator) -> list[IntArray]:
    """As many in each, give or take one: a lone last row would have nothing to be compared with."""
    order = rng.permutation(examples)[: schedule.most]
    size = min(schedule.batch, max(SMALLEST, len(order) // schedule.steps))
    return np.array_split(order, max(1, -(-len(order) // size)))


def _fresh(measures: list[float], patience: int) -> bool:
    """Whether the best epoch is not longer ago than the patience."""
    return not measures or len(measures) - 1 - int(np.argmin(measures)) < patience
