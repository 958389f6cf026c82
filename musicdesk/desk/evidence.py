"""Audible evidence: the tracks that stand for prototypes are listened to closely, and the best seconds found."""

import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from musicdesk.desk.modelling import Modelling
from musicdesk.desk.offering import Offering
from musicdesk.desk.recommending import Recommending
from musicdesk.desk.snapshot import Snapshot, Snapshots
from musicdesk.errors import NothingYet
from musicdesk.events import Events
from musicdesk.jobs import Job
from musicdesk.records import Excerpt, Passages, Prototype
from musicdesk.settings import Folders, Settings
from musicdesk.store.windows import WindowStore

if TYPE_CHECKING:
    from musicdesk.encoders.close_listening import Plan

ROUNDS = 4
"""How often other tracks are tried for words that are not heard in the first."""


class Evidence:
    """Finds what is heard of prototypes."""

    def __init__(
        self,
        *,
        offering: Offering,
        recommending: Recommending,
        snapshots: Snapshots,
        windows: WindowStore,
        modelling: Modelling,
        folders: Folders,
        events: Events,
        settings: Callable[[], Settings],
        must_write: Callable[[], None],
    ) -> None:
        self._offering, self._recommending, self._snapshots = offering, recommending, snapshots
        self._windows, self._modelling, self._folders, self._events = windows, modelling, folders, events
        self._settings, self._must_write = settings, must_write
        self._failed: set[str] = set()
        """Sounds that could not be listened to closely while this desk was open; the next one tries them again."""

    def excerpts(self, reference: str) -> tuple[Excerpt, ...]:
        """Where the tracks that stand for a prototype show it best, () while nobody listened. Raises NotFound."""
        prototype = self._recommending.prototype(reference)
        return self._offering.excerpts(self._snapshots.current(), prototype)

    @property
    def wanting(self) -> bool:
        """Whether there are tracks that stand for a prototype and were not listened to closely yet."""
        try:
            snapshot, taste = self._snapshots.current(), self._recommending.taste()
        except NothingYet:
            return False
        return bool(self._missing(snapshot, taste.prototypes))

    def find(self, job: Job, references: Sequence[str] = ()) -> None:
        """Listen closely to the tracks that stand for these prototypes, or for all; then words are weighed anew.

        What was listened to stays when it stops. A word that is not heard gets other tracks, or makes way for another
        word. Raises NotFound, NothingYet, ModelUnavailable.
        """
        self._must_write()
        if references:
            self._failed.clear()
        wanted = {self._recommending.prototype(reference).id for reference in references}
        self._recommending.reconsider()  # a taste from before there were words gets them first
        for _ in range(ROUNDS):
            snapshot, taste = self._snapshots.current(), self._recommending.taste()
            missing = self._missing(snapshot, [p for p in taste.prototypes if not references or p.id in wanted])
            if missing:
                self._listen(snapshot, missing, job)
            self._recommending.reconsider()
            if not missing:
                break
            self._events.taste_changed.emit(None)  # excerpts were found, even if the taste is the same

    def _missing(self, snapshot: Snapshot, prototypes: Sequence[Prototype]) -> tuple[str, ...]:
        missing = self._offering.missing(snapshot, prototypes)
        there = (key for key in missing if key not in self._failed and key in snapshot.tracks)
        return tuple(key for key in there if not snapshot.tracks[key].missing)

    def _listen(self, snapshot: Snapshot, hashes: Sequence[str], job: Job) -> None:
        """Listen to these sounds; each is kept as soon as it is done."""
        from musicdesk.audio.worker import Crash
        from musicdesk.encoders.close_listening import CloseListener, Request

        plan = self._plan(snapshot)
        title = self._modelling.spec(plan.encoder).title
        job.begin(f"Listening closely with {title}", total=len(hashes))
        requests = [Request(snapshot.tracks[key].path, key) for key in hashes]
        with CloseListener(plan, say=job.say) as listener:
            job.say(detail=listener.device.title)
            for request, result in listener.run(requests, job.check):
                if isinstance(result, Passages) and (len(result) or os.path.exists(request.path)):
                    self._windows.add(snapshot.vectors.key, [result], wanted=hashes)
                else:
                    self._failed.add(request.audio_hash)
                    why = result.reason if isinstance(result, Crash) else "The file is not there now."
                    job.say(f"{snapshot.tracks[request.audio_hash].label}: {why}")
                job.advance()

    def _plan(self, snapshot: Snapshot) -> "Plan":
        from musicdesk.encoders.close_listening import Plan

        settings, name = self._settings(), snapshot.vectors.key.name
        self._modelling.verify(name)
        return Plan(
            encoder=name,
            models=self._folders.models,
            workers=settings.workers or max(1, _cores() // 2),
            device=settings.device,
            pace=min(1.0, max(0.05, settings.pace)),
            nice=min(19, max(0, settings.nice)),
        )


def _cores() -> int:
    """The cores this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
