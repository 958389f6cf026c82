"""The rows of an encoder that stands on another's, out of what the other heard: nothing is decoded again."""

from pathlib import Path

from musicdesk.encoders.base import EncoderPlugin
from musicdesk.jobs import Job
from musicdesk.store.vectors import VectorStore


def derive(plugin: EncoderPlugin, folder: Path, *, vectors: VectorStore, now: float, job: Job) -> int:
    """Make the rows that are not there yet, with the weights in ``folder``; how many. What is done stays.

    Raises Cancelled, ModelUnavailable, and DataFolderError where they cannot be written.
    """
    assert plugin.base is not None
    assert plugin.head is not None
    told = 0

    def each(done: int, total: int) -> None:
        nonlocal told
        if done == 0:
            job.begin(f"{plugin.spec.title}, from what {plugin.derived_from} heard", total=total)
        job.advance(done - told)
        told = done

    return vectors.derive(
        plugin.base.spec.key,
        plugin.spec.key,
        plugin.head(folder),
        vocabulary=plugin.spec.vocabulary,
        now=now,
        each=each,
    )
