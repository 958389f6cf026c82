"""A training in a process of its own: the program that shows the curves loads no torch and can stop it at any moment.

The process does an epoch at a time and keeps a checkpoint after each. If it dies, another one goes on from there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from musicdesk.audio.worker import Crash, Pool
from musicdesk.encoders.convnet import trained as cnn_trained
from musicdesk.encoders.convnet.config import CnnConfig
from musicdesk.encoders.convnet.lesson import Lesson
from musicdesk.errors import ModelUnavailable
from musicdesk.jobs import Job
from musicdesk.records import Epoch, FloatArray, IntArray

if TYPE_CHECKING:
    from musicdesk.encoders.convnet.training import Course

LIMIT_S = 6 * 3600.0
"""How long one epoch may take."""
ATTEMPTS = 3
"""How often in a row an epoch may break off."""
EPOCH, END = "epoch", "end"


@dataclass(frozen=True, slots=True, eq=False)
class Assignment:
    """Everything that a training needs."""

    config: CnnConfig
    lesson: Lesson
    classes: tuple[str, ...]
    test: IntArray
    """Rows of the tracks to be tested with at the end."""
    folder: Path
    """Where checkpoint and network are kept."""
    device: str = "cpu"
    threads: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """What became of one step."""

    epochs: tuple[Epoch, ...]
    finished: bool
    likely: FloatArray | None = None  # [n_test, n_classes]
    """At the end: the mean softmax of every test track."""


def train_apart(
    assignment: Assignment, *, job: Job, each: Callable[[Epoch], object]
) -> tuple[tuple[Epoch, ...], FloatArray]:
    """Train, save the network, and say what it makes of the test tracks: all epochs, and softmax [n_test, n_classes].

    Raises Cancelled (what was learnt is kept), and ModelUnavailable where the process breaks off again and again.
    """
    total = assignment.config.epochs
    job.begin("Training", total=total, detail=assignment.device)
    told = 0
    with Pool(work, workers=1, start=begin, start_args=(assignment,), limit_s=LIMIT_S) as pool:
        step = Step((), finished=False)
        while not step.finished:
            step = _tried(pool, EPOCH, job)
            for epoch in step.epochs[told:]:
                each(epoch)
                job.advance()
            told = len(step.epochs)
        job.say(detail="testing")
        likely = _tried(pool, END, job).likely
    assert likely is not None
    return step.epochs, likely


def _tried(pool: Pool[str, Step], what: str, job: Job) -> Step:
    """One step, tried again where the process died."""
    reason = ""
    for _ in range(ATTEMPTS):
        for _, outcome in pool.run([what], job.check):
            if not isinstance(outcome, Crash):
                return outcome
            reason = outcome.reason
    raise ModelUnavailable(
        f"The training broke off: {reason} Start it again under this name, and it goes on from there."
    )


# -------------------------------------------------------------------------------------------- inside the process

_course: "Course | None" = None
_assignment: Assignment | None = None


def begin(assignment: Assignment) -> None:
    """Make ready, from the checkpoint if there is one."""
    global _course, _assignment  # noqa: PLW0603  the process has this one task
    import torch

    from musicdesk.encoders.convnet.training import CHECKPOINT, Course

    torch.set_num_threads(assignment.threads)
    _assignment = assignment
    _course = Course(assignment.config, assignment.lesson, device=assignment.device)
    _course.resume(assignment.folder / CHECKPOINT)


def work(what: str) -> Step:
    """One step."""
    assert _course is not None
    assert _assignment is not None
    from musicdesk.encoders.convnet.training import CHECKPOINT, softmax

    folder = _assignment.folder
    if what == EPOCH:
        if not _course.finished:
            _course.next_epoch()
            _course.save(folder / CHECKPOINT)
        return Step(_course.epochs, _course.finished)
    network, lesson = _course.best(), _assignment.lesson
    likely = softmax(network.to(_assignment.device), lesson.pictures, _assignment.test, segments=cnn_trained.WINDOWS)
    cnn_trained.save(network, _assignment.config, _assignment.classes, folder)
    (folder / CHECKPOINT).unlink(missing_ok=True)
    return Step(_course.epochs, finished=True, likely=likely)
