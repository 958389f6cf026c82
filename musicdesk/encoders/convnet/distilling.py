"""Teaching the student, top to bottom: the teacher's numbers are put on 128 axes, and the network learns to guess them.

The teacher's 400 numbers are centred and scaled as a library's space does it, and turned onto their 128 main axes, so
that distances on these axes are the teacher's distances. The loss is the share of the teacher's variance that the
student misses, and besides the share of what the tags tell (cross-entropy with the teacher's probabilities) that it
misses: 1 and 1 for a student that always says the same. After every epoch the whole state lies in one safetensors file,
from which a training that was stopped goes on to the same weights.
"""

import hashlib
import json
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import safetensors
import safetensors.torch
import torch
from torch import Tensor
from torch.nn import functional

from musicdesk.encoders.cnn import WEIGHTS
from musicdesk.encoders.convnet.config import CnnConfig
from musicdesk.encoders.convnet.net import CnnNet
from musicdesk.encoders.convnet.student import CONFIG, DIM, as_images, folded, parts, turn_embedding
from musicdesk.encoders.convnet.teacher import Lesson
from musicdesk.errors import NothingYet
from musicdesk.jobs import Job
from musicdesk.records import FloatArray, IntArray
from musicdesk.whole_files import whole

CHECKPOINT = "checkpoint.safetensors"
WARM_UP = 0.05
"""Share of all steps over which the learning rate rises."""
SOME = 2_000
"""Examples that are looked at to scale the rows of the image, or to see how far the student is."""

FEWEST = 4
"""Examples: with less there is nothing to centre and scale."""
A_TRACK = 6
"""Windows of which a track's vector is the mean, where the embedding is turned."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a student is taught."""

    config: CnnConfig = CONFIG
    tags: float = 0.5
    """Weight of the tags beside the embedding."""


@dataclass(frozen=True, slots=True)
class Report:
    """What one epoch brought; shares of what the teacher says that the student misses, 0 to 1."""

    number: int
    loss: float
    vectors_missed: float
    """Of examples held out, or of some that it learns from where none are."""
    tags_missed: float
    learning_rate: float
    seconds: float


class Targets(NamedTuple):
    """What the student is to say."""

    vectors: FloatArray  # [n, 128]
    tags: FloatArray  # [n, n_tags]


class Axes(NamedTuple):
    """The teacher's space, and the 128 axes in it that matter most."""

    mean: FloatArray  # [400]
    turn: FloatArray  # [400, 128]
    kept: float
    """The share of the variance that lies on them."""

    def __call__(self, vectors: FloatArray) -> FloatArray:
        """The teacher's numbers [n, 400] on the axes.  # [n, 128]"""
        return np.asarray((vectors - self.mean) @ self.turn, dtype=np.float32)


def axes_of(vectors: FloatArray) -> Axes:
    """The axes that fit these numbers of the teacher's [n, 400]."""
    mean, scale = vectors.mean(axis=0), 1 / np.maximum(vectors.std(axis=0), 1e-6)
    values, columns = np.linalg.eigh(np.cov(((vectors - mean) * scale).T.astype(np.float64)))
    order = np.argsort(-values)[:DIM]
    return Axes(
        mean, (scale[:, None] * columns[:, order]).astype(np.float32), float(values[order].sum() / values.sum())
    )


def teach(
    recipe: Recipe, lesson: Lesson, *, held_out: Lesson | None = None, folder: Path | None = None, job: Job,
    each: Callable[[Report], object] = lambda _: None,
) -> tuple[CnnNet, tuple[Report, ...]]:  # fmt: skip
    """Teach a student; ``folder`` keeps a checkpoint, from which the same call goes on.

    Raises Cancelled, and NothingYet for too few examples.
    """
    if len(lesson.images) < FEWEST:
        raise NothingYet(f"{len(lesson.images)} examples teach nobody. Name folders with more music.")
    course = _Course(recipe, lesson, held_out)
    job.begin("Teaching the student", total=recipe.config.epochs)
    if folder is not None:
        course.resume(folder / CHECKPOINT)
        job.advance(len(course.reports))
    while len(course.reports) < recipe.config.epochs:
        each(course.next_epoch(job.check))
        if folder is not None:
            course.save(folder / CHECKPOINT)
        job.advance()
    return course.student.eval(), course.reports


def keep(
    student: CnnNet, lessons: Sequence[Lesson], folder: Path, *, recipe: Recipe, reports: Sequence[Report]
) -> None:
    """Write a student that was taught ``lessons``, one a track: what listens in half precision, and how it came to be.

    The embedding is turned first, so that its dimensions vary alike. ``student.safetensors`` holds the network as it
    is trained, for those who want to go on from it.
    """
    heard = [lesson.images[:A_TRACK] for lesson in lessons if len(lesson.images)]
    turn_embedding(student, np.stack([answers(student, images)[0].mean(axis=0) for images in heard]))
    folder.mkdir(parents=True, exist_ok=True)
    half = {name: tensor.half() for name, tensor in folded(student).items()}
    (folder / WEIGHTS).write_bytes(safetensors.torch.save(half))
    whole = {name: tensor.contiguous().clone() for name, tensor in student.state_dict().items()}
    safetensors.torch.save_file(whole, folder / "student.safetensors")
    told = {"recipe": asdict(recipe), "epochs": [asdict(r) for r in reports]}
    (folder / "config.json").write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


def answers(student: CnnNet, images: FloatArray, *, batch: int = 64) -> tuple[FloatArray, FloatArray]:
    """What the student says of images [n, frames, bands]: embeddings [n, 128] and logits [n, n_tags]."""
    student.eval()
    with torch.inference_mode():
        said = [student(as_images(images[at : at + batch])) for at in range(0, len(images), batch)]
    vectors, logits = parts(torch.cat(said))
    return vectors.numpy(), logits.numpy()


class _Course:
    """A student being taught."""

    def __init__(self, recipe: Recipe, lesson: Lesson, held_out: Lesson | None) -> None:
        self._recipe, self._images = recipe, lesson.images
        axes = axes_of(lesson.vectors)
        self._targets = Targets(axes(lesson.vectors), lesson.tags)
        self._baseline = _baseline(self._targets)
        held = held_out or lesson
        self._test_images = held.images[:: max(1, len(held.images) // SOME)]
        self._test = _Goal(Targets(axes(held.vectors), held.tags), slice(None, None, max(1, len(held.images) // SOME)))
        config = recipe.config
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(config.seed)
            self.student = CnnNet(config, DIM + lesson.tags.shape[1])
        self.student.fit_rows(as_images(lesson.images[:: max(1, len(lesson.images) // SOME)]))
        self.student.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._optimiser = torch.optim.AdamW(
            self.student.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay, fused=True
        )
        self.reports: tuple[Report, ...] = ()
        self._name = _digest(recipe, lesson)

    def next_epoch(self, check: Callable[[], None]) -> Report:
        """Go through all examples once; ``check`` is called between batches."""
        began, number, config = time.monotonic(), len(self.reports), self._recipe.config
        order = np.random.default_rng([config.seed, number]).permutation(len(self._images))
        batches = np.array_split(order, max(1, len(order) // config.batch))
        losses, rate = [], 0.0
        self.student.train()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(config.seed + 1_000_003 * (number + 1))
            for at, rows in enumerate(batches):
                check()
                rate = self._rate((number + at / len(batches)) / config.epochs)
                losses.append(self._step(np.sort(rows), rate))
        vectors_missed, tags_missed = self._missed()
        report = Report(number + 1, float(np.mean(losses)), vectors_missed, tags_missed, rate, time.monotonic() - began)
        self.reports += (report,)
        return report

    def _step(self, rows: IntArray, rate: float) -> float:
        for group in self._optimiser.param_groups:
            group["lr"] = rate
        goal = _Goal(self._targets, rows)
        vectors, tags = goal.missed(self.student(as_images(self._images[rows])), self._baseline)
        loss = vectors + self._recipe.tags * tags
        self._optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        self._optimiser.step()
        return float(loss.detach())

    def _missed(self) -> tuple[float, float]:
        vectors, logits = answers(self.student, self._test_images)
        said = torch.cat([torch.from_numpy(vectors), torch.from_numpy(logits)], dim=1)
        missed = self._test.missed(said, self._baseline)
        return float(missed[0]), float(missed[1])

    def _rate(self, done: float) -> float:
        """The learning rate after this share of all steps: up in a line, down along half a cosine."""
        if done < WARM_UP:
            return self._recipe.config.learning_rate * max(done / WARM_UP, 0.01)
        return self._recipe.config.learning_rate * 0.5 * (1 + math.cos(math.pi * (done - WARM_UP) / (1 - WARM_UP)))

    def save(self, path: Path) -> None:
        """Write the whole state, as one file that is there whole or not at all."""
        tensors = {f"student.{name}": tensor for name, tensor in self.student.state_dict().items()}
        for number, values in self._optimiser.state_dict()["state"].items():
            tensors |= {f"optimiser.{number}.{name}": torch.as_tensor(value) for name, value in values.items()}
        state = json.dumps({"name": self._name, "reports": [asdict(report) for report in self.reports]})
        path.parent.mkdir(parents=True, exist_ok=True)
        plain = {name: tensor.detach().contiguous().clone() for name, tensor in tensors.items()}
        with whole(path) as new:
            safetensors.torch.save_file(plain, new, metadata={"state": state})

    def resume(self, path: Path) -> None:
        """Go on from a checkpoint, if there is one of this recipe and these examples."""
        try:
            with safetensors.safe_open(path, "pt") as file:
                told = json.loads(file.metadata()["state"])
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  no mapping
        except (OSError, safetensors.SafetensorError, KeyError, TypeError, ValueError):
            return
        if told["name"] != self._name:
            return
        self.student.load_state_dict({n.removeprefix("student."): t for n, t in tensors.items() if n[0] == "s"})
        values: dict[int, dict[str, Tensor]] = {}
        for name, tensor in tensors.items():
            part, number, *what = name.split(".")
            if part == "optimiser":
                values.setdefault(int(number), {})[what[0]] = tensor
        groups = self._optimiser.state_dict()["param_groups"]
        self._optimiser.load_state_dict({"state": values, "param_groups": groups})
        for parameter, state in self._optimiser.state.items():
            for name in ("exp_avg", "exp_avg_sq"):  # the fused optimiser takes their memory as the parameter's
                state[name] = torch.empty_like(parameter).copy_(state[name])
        self.reports = tuple(Report(**report) for report in told["reports"])


class _Baseline(NamedTuple):
    """What a student misses that always says the same."""

    vectors: float
    tags: float


class _Goal:
    """What the student is to say of some examples."""

    def __init__(self, targets: Targets, rows: IntArray | slice) -> None:
        self._vectors = torch.from_numpy(targets.vectors[rows])
        self._tags = torch.from_numpy(targets.tags[rows].astype(np.float32))

    def missed(self, said: Tensor, baseline: _Baseline) -> tuple[Tensor, Tensor]:
        """The shares of the embedding and of the tags that these answers miss."""
        vectors, logits = parts(said)
        error = (vectors - self._vectors).square().sum(dim=1).mean() / baseline.vectors
        told = functional.binary_cross_entropy_with_logits(logits, self._tags)
        return error, (told - _entropy(self._tags)) / baseline.tags


def _baseline(targets: Targets) -> _Baseline:
    tags = torch.from_numpy(targets.tags.astype(np.float32))
    always = tags.mean(dim=0).expand_as(tags)
    told = functional.binary_cross_entropy(always, tags) - _entropy(tags)
    return _Baseline(float(targets.vectors.var(axis=0).sum()), max(float(told), 1e-9))


def _entropy(tags: Tensor) -> Tensor:
    """What no student can say better.  # []"""
    return functional.binary_cross_entropy(tags, tags)


def _digest(recipe: Recipe, lesson: Lesson) -> str:
    """A name for recipe and examples."""
    config = json.dumps([recipe.config.plain(), recipe.tags])
    return hashlib.sha256(config.encode() + lesson.vectors.tobytes() + lesson.tags.tobytes()).hexdigest()
