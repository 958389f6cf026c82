"""Training a network of the paper's kind, top to bottom: segments in, epochs out, as little state as can be.

An epoch draws as many segments of every class; validation hears whole tracks of other artists; the weights of the best
epoch are kept. After every epoch the whole state (network, optimiser, luck) fits into one safetensors file, so that a
training that was stopped goes on to the same weights.
"""

import json
import math
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from musicdesk import checkpoints
from musicdesk.checkpoints import Tensors, part_of
from musicdesk.encoders.convnet.augment import augment
from musicdesk.encoders.convnet.config import CnnConfig
from musicdesk.encoders.convnet.lesson import Lesson, balanced
from musicdesk.encoders.convnet.net import CnnNet
from musicdesk.encoders.convnet.pictures import Pictures
from musicdesk.encoders.convnet.start import shipped_weights, take_over
from musicdesk.errors import BadRequest
from musicdesk.jobs import Job
from musicdesk.records import Epoch, FloatArray, IntArray

VALIDATION_SEGMENTS = 8
"""So many segments of a track are heard to know when to stop."""
EVAL_BATCH = 64
PLATEAU = 3
"""Epochs without a better validation loss after which the learning rate is halved."""
CHECKPOINT = "checkpoint.safetensors"


def train(
    config: CnnConfig,
    lesson: Lesson,
    *,
    device: str = "cpu",
    job: Job,
    each: Callable[[Epoch], object] = lambda _: None,
    folder: Path | None = None,
) -> tuple[CnnNet, tuple[Epoch, ...]]:
    """Train a network; ``folder`` keeps a checkpoint, from which the same call goes on.

    Raises Cancelled, BadRequest when the numbers run away, and ModelUnavailable where it is to begin with the shipped
    network and cannot.
    """
    course = Course(config, lesson, device=device)
    if folder is not None:
        course.resume(folder / CHECKPOINT)
        for epoch in course.epochs:
            each(epoch)
    job.begin("Training", total=config.epochs)
    if course.epochs:
        job.advance(len(course.epochs))
    while not course.finished:
        each(course.next_epoch(job.check))
        if folder is not None:
            course.save(folder / CHECKPOINT)
        job.advance()
    return course.best(), course.epochs


class Course:
    """A training under way."""

    def __init__(self, config: CnnConfig, lesson: Lesson, *, device: str = "cpu") -> None:
        self._config, self._lesson, self._device = config, lesson, torch.device(device)
        self._rng = np.random.default_rng(config.seed)
        self.epochs: tuple[Epoch, ...] = ()
        with torch.random.fork_rng(devices=self._cards()):
            torch.manual_seed(config.seed)
            self._network = CnnNet(config, lesson.n_classes)
            dim = lesson.teacher.numbers.shape[2] if lesson.teacher else 1
            self._second = nn.Linear(config.dense, dim)
            self._luck = torch.get_rng_state()
        self._begin()
        self._network.to(self._device).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._second.to(self._device)
        self._optimiser = _optimiser(config, [*self._network.parameters(), *self._second.parameters()])
        self._best = _copied(self._network)

    @property
    def finished(self) -> bool:
        """Whether there is nothing more to learn: enough epochs, or too many without getting better."""
        stale = self._config.keep == "best" and self._stale > self._config.patience
        return len(self.epochs) >= self._config.epochs or stale

    @property
    def _stale(self) -> int:
        """Epochs since the best."""
        losses = [epoch.loss for epoch in self.epochs]
        return len(losses) - 1 - int(np.argmin(losses)) if losses else 0

    def next_epoch(self, check: Callable[[], None] = lambda: None) -> Epoch:
        """Go through the training tracks once; ``check`` is called between batches."""
        began, rate = time.monotonic(), self._rate()
        for group in self._optimiser.param_groups:
            group["lr"] = rate
        with torch.random.fork_rng(devices=self._cards()):
            torch.set_rng_state(self._luck)
            if self._cards():
                torch.cuda.manual_seed(self._config.seed + len(self.epochs))
            loss, right = self._pass(check)
            self._luck = torch.get_rng_state()
        held_loss, held_right = self._validate(check)
        epoch = Epoch(
            number=len(self.epochs) + 1, train_loss=loss, train_accuracy=right, loss=held_loss, accuracy=held_right,
            learning_rate=rate, seconds=time.monotonic() - began,
        )  # fmt: skip
        self.epochs += (epoch,)
        if not self._stale or self._config.keep == "last":
            self._best = _copied(self._network)
        return epoch

    def best(self) -> CnnNet:
        """The network as it was after the epoch that is to be kept, on the CPU."""
        with torch.random.fork_rng(devices=[]):
            network = CnnNet(self._config, self._lesson.n_classes)
        network.load_state_dict(self._best)
        return network.eval()

    # ------------------------------------------------------------------------------------------------ one epoch

    def _pass(self, check: Callable[[], None]) -> tuple[float, float]:
        """Learn from one epoch's segments; mean loss and share of segments that were right."""
        rows = balanced(self._lesson.codes[self._lesson.train], self._config.segments, rng=self._rng)
        rows = self._lesson.train[rows]
        losses, right = 0.0, 0
        self._network.train()
        for at in range(0, len(rows) - 1, self._config.batch):
            check()
            own = rows[at : at + self._config.batch]
            loss, hits = self._step(own)
            losses, right = losses + loss * len(own), right + hits
        return losses / len(rows), right / len(rows)

    def _step(self, rows: IntArray) -> tuple[float, int]:
        images, wanted = self._segments(rows)
        classes = torch.from_numpy(self._lesson.codes[rows]).to(self._device)
        images, other, share = augment(
            images.to(self._device), spec=self._config.image, how=self._config.augment, rng=self._rng
        )
        embedding = self._network.embed(images.contiguous(memory_format=torch.channels_last))
        read = embedding.detach() if self._config.taught_alone else embedding
        logits = self._network.classes(self._network.dropout(read))
        loss = share * self._loss(logits, classes) + (1 - share) * self._loss(logits, classes[other])
        if wanted is not None:
            wanted = wanted.to(self._device)
            told = self._second(embedding)
            loss = loss + self._config.teacher * functional.mse_loss(told, share * wanted + (1 - share) * wanted[other])
        if not torch.isfinite(loss):
            raise BadRequest("The training ran away: its loss is no number any more. Lower the learning rate.")
        self._optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        self._optimiser.step()
        return float(loss.detach()), int((logits.argmax(dim=1) == classes).sum())

    def _loss(self, logits: Tensor, classes: Tensor) -> Tensor:
        return functional.cross_entropy(logits, classes, label_smoothing=self._config.label_smoothing)

    def _segments(self, rows: IntArray) -> tuple[Tensor, Tensor | None]:
        """A segment of each of these tracks, and what the teacher says of it."""
        pictures, teacher = self._lesson.pictures, self._lesson.teacher
        if teacher is None or not self._config.teacher:
            return _stacked([pictures.crop(row, self._somewhere(row)) for row in rows]), None
        places = self._rng.integers(teacher.starts.shape[1], size=len(rows))
        starts = teacher.starts[rows, places]
        crops = [pictures.crop(row, int(start)) for row, start in zip(rows, starts, strict=True)]
        return _stacked(crops), torch.from_numpy(teacher.numbers[rows, places].astype(np.float32))

    def _somewhere(self, row: int) -> int:
        last = max(0, self._lesson.pictures.columns(row) - self._config.image.frames)
        start = int(self._rng.integers(last + 1))
        return start if self._config.augment.shift else start - start % self._config.image.frames

    def _validate(self, check: Callable[[], None]) -> tuple[float, float]:
        """Loss of the tracks' averaged softmax, and the share of tracks it names rightly."""
        rows = self._lesson.validation
        classes = softmax(self._network, self._lesson.pictures, rows, segments=VALIDATION_SEGMENTS, check=check)
        truth = self._lesson.codes[rows]
        likely = np.maximum(classes[np.arange(len(rows)), truth], 1e-7)
        return float(-np.log(likely).mean()), float((classes.argmax(axis=1) == truth).mean())

    def _rate(self) -> float:
        """The learning rate of the next epoch; it follows from the epochs so far."""
        config, done = self._config, len(self.epochs)
        if config.schedule == "cosine":
            return config.learning_rate * 0.5 * (1 + math.cos(math.pi * done / config.epochs))
        if config.schedule == "none":
            return config.learning_rate
        best, waited, halved = math.inf, 0, 0
        for epoch in self.epochs:
            best, waited = (epoch.loss, 0) if epoch.loss < best else (best, waited + 1)
            if waited == PLATEAU:
                waited, halved = 0, halved + 1
        return config.learning_rate * 0.5**halved

    def _begin(self) -> None:
        """What the network knows before its first lesson."""
        images = self._some_images()
        if self._config.start == "shipped":
            take_over(self._network, shipped_weights(), images)
        else:
            self._network.fit_rows(images)

    def _some_images(self) -> Tensor:
        """Segments of the training tracks, some three hundred, to centre and scale the rows by."""
        pictures = self._lesson.pictures
        rows = self._lesson.train[:: max(1, len(self._lesson.train) // 150)]
        return _stacked([pictures.crop(row, int(place)) for row in rows for place in pictures.places(row, 2)])

    def _cards(self) -> list[int]:
        return [self._device.index or 0] if self._device.type == "cuda" else []

    # ---------------------------------------------------------------------------------------------- checkpoints

    def save(self, path: Path) -> None:
        """Write the whole state, as one file that is there whole or not at all."""
        parts = {
            "network": self._network.state_dict(), "best": self._best, "second": self._second.state_dict(),
            "optimiser": checkpoints.moments(self._optimiser),
        }  # fmt: skip
        tensors = {"luck": self._luck}
        for part, own in parts.items():
            tensors |= checkpoints.named(part, own)
        state = {
            "config": self._config.plain(),
            "lesson": self._lesson.digest,
            "epochs": [asdict(epoch) for epoch in self.epochs],
            "rng": self._rng.bit_generator.state,
        }
        checkpoints.write(path, tensors, state=state)

    def resume(self, path: Path) -> bool:
        """Go on from a checkpoint; False where there is none of this config and lesson."""
        found = checkpoints.read(path)
        if found is None:
            return False
        tensors, state = found
        config = json.loads(json.dumps(self._config.plain()))
        if state.get("lesson") != self._lesson.digest or state.get("config") != config:
            return False
        self._network.load_state_dict(part_of(tensors, "network"))
        self._second.load_state_dict(part_of(tensors, "second"))
        self._best, self._luck = part_of(tensors, "best"), tensors["luck"]
        checkpoints.take_up(self._optimiser, part_of(tensors, "optimiser"))
        self._rng.bit_generator.state = state["rng"]
        self.epochs = tuple(Epoch(**epoch) for epoch in state["epochs"])
        return True


def softmax(
    network: CnnNet, pictures: Pictures, rows: IntArray, *, segments: int, check: Callable[[], None] = lambda: None
) -> FloatArray:
    """The mean softmax of each track's segments.  # [n, n_classes]"""
    device = next(network.parameters()).device
    network.eval()
    result = np.zeros((len(rows), network.classes.out_features), np.float32)
    crops: list[tuple[int, FloatArray]] = []
    counts = np.zeros(len(rows), np.int64)
    for at, row in enumerate(rows):
        places = pictures.places(row, segments)
        counts[at] = len(places)
        crops += [(at, pictures.crop(row, int(place))) for place in places]
        while len(crops) >= EVAL_BATCH or (crops and at == len(rows) - 1):
            check()
            now, crops = crops[:EVAL_BATCH], crops[EVAL_BATCH:]
            with torch.inference_mode():
                batch = _stacked([crop for _, crop in now]).to(device).contiguous(memory_format=torch.channels_last)
                likely = network(batch).softmax(dim=1).cpu().numpy()
            np.add.at(result, [own for own, _ in now], likely)
    return np.asarray(result / counts[:, None], dtype=np.float32)


def _optimiser(config: CnnConfig, parameters: list[nn.Parameter]) -> torch.optim.Optimizer:
    if config.optimiser == "adam":
        return torch.optim.AdamW(parameters, lr=config.learning_rate, weight_decay=config.weight_decay)
    return torch.optim.RMSprop(parameters, lr=config.learning_rate, alpha=0.9, weight_decay=config.weight_decay)


def _stacked(crops: list[FloatArray]) -> Tensor:
    return torch.from_numpy(np.stack(crops)[:, None])


def _copied(network: nn.Module) -> Tensors:
    return {name: tensor.detach().cpu().clone() for name, tensor in network.state_dict().items()}
