"""Conversion to safetensors in a process of its own: a broken or malicious file costs a sentence, a slow one is killed.

What is converted was made by others and is often a pickle (see ``unpickling``). A plugin's ``convert`` is sent to the
process by reference, so it must be importable by name.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from pickle import PicklingError

from musicdesk.audio.serving import packed
from musicdesk.audio.worker import Crash, Pool
from musicdesk.encoders.base import Weighted
from musicdesk.encoders.zoo import memory
from musicdesk.errors import ModelUnavailable, UserFacing
from musicdesk.jobs import Job

LIMIT_S = 900.0
BYTES_A_SECOND = 4_000_000
"""What even a slow disk reads and writes."""
NEEDED_MB = 600
"""Memory of the process: torch and one large tensor; checkpoints stay on the disk while they are read."""


@dataclass(frozen=True, slots=True)
class _Order:
    """A conversion."""

    convert: Callable[[Path, Path], None]
    source: Path
    folder: Path


def convert(plugin: Weighted, source: Path, folder: Path, job: Job) -> None:
    """Let a plugin convert what was downloaded into ``folder``, in a child process that ends with the job.

    Raises:
        ModelUnavailable: what was downloaded is damaged or something else, or there is too little memory.
        OSError: the disk is full.
    """
    assert plugin.convert is not None
    assert plugin.spec.weights is not None
    free = memory.available_mb()
    if free is not None and free < NEEDED_MB:
        raise ModelUnavailable(
            f"Converting weights needs about {NEEDED_MB} MB of memory; {free:.0f} MB are free. Close other programs "
            "and try again; what was downloaded is kept."
        )
    job.begin("Converting the weights")
    limit_s = LIMIT_S + plugin.spec.weights.size_bytes / BYTES_A_SECOND
    order = _Order(plugin.convert, source, folder)
    _check_sendable(order, plugin.spec.title)
    with Pool(converted, workers=1, limit_s=limit_s) as pool:
        ((_, outcome),) = pool.run([order], job.check)
    _check(outcome, plugin.spec.title)


def converted(order: _Order) -> UserFacing | OSError | None:
    """What went wrong with a conversion, if anything; run in the child process."""
    try:
        order.convert(order.source, order.folder)
    except UserFacing as error:
        return error
    except OSError as error:
        return OSError(error.errno, error.strerror or str(error))
    return None


def _check_sendable(order: _Order, title: str) -> None:
    try:
        packed(order)
    except (PicklingError, AttributeError, TypeError) as error:
        raise ModelUnavailable(
            f"The weights of {title} cannot be converted: the function that does it cannot be imported by name. "
            "Please report this to those who made the encoder."
        ) from error


def _check(outcome: "UserFacing | OSError | Crash | None", title: str) -> None:
    if isinstance(outcome, Crash):
        raise ModelUnavailable(
            f"The weights of {title} could not be converted: {outcome.reason.rstrip('.')}. Nothing was installed. "
            "What was fetched may be damaged; if it stays so, please report it."
        )
    if outcome is not None:
        raise outcome
