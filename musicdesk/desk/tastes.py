"""Tastes under names, presets, comparison, files that carry a taste elsewhere, and the taste over time."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from musicdesk.desk import carrying, over_time, presets, taste_files
from musicdesk.desk.advising import Advising
from musicdesk.desk.comparing import PICKS, compared
from musicdesk.desk.names import plain_name
from musicdesk.desk.offering import Offering
from musicdesk.desk.recommending import Recommending
from musicdesk.desk.snapshot import Snapshots
from musicdesk.desk.workbench import workbench
from musicdesk.errors import BadRequest, NothingYet
from musicdesk.events import Events
from musicdesk.prototypes.shaping import Workbench
from musicdesk.records import (
    CarriedTaste,
    GainChange,
    NamedTaste,
    Preset,
    Query,
    Taste,
    TasteComparison,
    TasteHistory,
)
from musicdesk.store.feedback import FeedbackStore
from musicdesk.store.named_tastes import KeptTaste, NamedTasteStore
from musicdesk.store.tastes import TasteStore

NOW = "now"
"""What the taste as it stands is called where a file needs a name."""
LONGEST_DAYS = 3650


class Tastes:
    """Keeps tastes, takes them up again, and looks at them side by side."""

    def __init__(
        self,
        *,
        snapshots: Snapshots,
        recommending: Recommending,
        advising: Advising,
        offering: Offering,
        feedback: FeedbackStore,
        named: NamedTasteStore,
        tastes: TasteStore,
        events: Events,
        now: Callable[[], float],
    ) -> None:
        self._snapshots, self._recommending, self._advising = snapshots, recommending, advising
        self._offering, self._feedback, self._named, self._tastes = offering, feedback, named, tastes
        self._events, self._now = events, now

    # ------------------------------------------------------------------------------------------ under names

    def names(self) -> tuple[NamedTaste, ...]:
        """The tastes that were kept, in the order of their names."""
        kept = self._named.all()
        try:
            current = self._recommending.taste() if kept else None
        except NothingYet:  # nothing is analysed with this encoder, so none of them is in use
            current = None
        return tuple(_named(each, current) for each in kept)

    def save(self, name: str, *, taste: Taste | None = None) -> NamedTaste:
        """Keep the taste as it stands, or ``taste``, under a name, in place of one of that name. Raises BadRequest."""
        return self._keep(name, taste or self._recommending.taste())

    def use(self, name: str) -> Taste:
        """Make a kept taste the current one, as one undo step. Raises NotFound."""
        kept = self._named.get(name)
        return self._recommending.apply(self._here(kept.taste), label=f"use taste “{kept.name}”")

    def rename(self, old: str, new: str) -> None:
        """Give a kept taste another name. Raises NotFound, BadRequest."""
        self._named.rename(old, _checked(new))
        self._events.taste_changed.emit(None)

    def remove(self, name: str) -> Taste:
        """Forget a kept taste; what it was, so that it can be kept again. Raises NotFound."""
        gone = self._named.get(name).taste
        self._named.remove(name)
        self._events.taste_changed.emit(None)
        return gone

    # ------------------------------------------------------------------------------------------ presets, comparison

    def presets(self) -> tuple[Preset, ...]:
        """Gains that follow from the taste itself, and what each would change now."""
        return presets.presets(self._recommending.taste())

    def apply_preset(self, name: str) -> Taste:
        """Set the gains of a preset, those of locked prototypes excepted; one step. Raises NotFound."""
        taste = self._recommending.taste()
        called, after = presets.applied(taste, name)
        return self._recommending.apply(after, label=called) if after != taste else taste

    def compare(self, first: str, second: str = "") -> TasteComparison:
        """Two kept tastes side by side; "" is the taste as it stands. Raises NotFound."""
        names, tastes = zip(*(self._taste(name) for name in (first, second)), strict=True)
        query = Query(limit=PICKS)
        rankings = tuple(self._recommending.rank(query, taste=taste) for taste in tastes)
        return compared(
            self._snapshots.current(), (tastes[0], tastes[1]), (rankings[0], rankings[1]), names=(names[0], names[1])
        )

    # ------------------------------------------------------------------------------------------ files

    def export(self, path: Path, name: str = "", *, with_vectors: bool = False) -> Path:
        """Write a kept taste, or the one that stands, as a small file (see ``taste_files``); where it is.

        With vectors it is larger, and leads somewhere even where none of its tracks is. Raises NotFound,
        DataFolderError.
        """
        called, taste = self._taste(name)
        taste_files.write(
            path, taste, name=called or NOW, tracks=self._snapshots.current().tracks, with_vectors=with_vectors
        )
        return path

    def read(self, path: Path) -> CarriedTaste:
        """The taste of such a file as it is heard here, and what of it is not; nothing is changed.

        Raises NotFound, and BadRequest with what is wrong with the file.
        """
        file, snapshot = taste_files.read(path), self._snapshots.current()
        there = self._offering.ground(snapshot)
        return carrying.carried(file, snapshot, self._bench(), there, self._recommending.taste())

    def load(self, path: Path, *, name: str = "") -> Taste:
        """Make the taste of such a file the current one, or, with a name, keep it under that. Raises as ``read``."""
        found = self.read(path)
        if name:
            self._keep(name, found.taste)
            return found.taste
        return self._recommending.apply(found.taste, label=f"import taste “{found.name}”")

    # ------------------------------------------------------------------------------------------ over time

    def over_time(self, days: int = 30) -> TasteHistory:
        """The gains of the last so many days, as they stood at the end of each."""
        current, today = self._recommending.taste(), self._tastes.today()
        return over_time.history(self._tastes.days(), current, today=today, length=_length(days))

    def changed(self, days: int = 30) -> tuple[GainChange, ...]:
        """What is different from so many days ago, the largest change first."""
        current, today = self._recommending.taste(), self._tastes.today()
        return over_time.changed(self._tastes.days(), current, today=today, length=_length(days))

    # ------------------------------------------------------------------------------------------ inside

    def _bench(self) -> Workbench:
        return workbench(self._snapshots.current(), self._feedback.all())

    def _keep(self, name: str, taste: Taste) -> NamedTaste:
        self._named.save(_checked(name), taste, now=self._now())
        self._events.taste_changed.emit(None)
        return _named(self._named.get(_checked(name)), self._recommending.taste())

    def _taste(self, name: str) -> tuple[str, Taste]:
        """A kept taste as it would stand now, or, for "", the one that does."""
        if not name:
            return "", self._recommending.taste()
        kept = self._named.get(name)
        return kept.name, self._here(kept.taste)

    def _here(self, taste: Taste) -> Taste:
        carried = carrying.here(taste, self._bench(), self._recommending.taste())
        return replace(carried, advisors=self._advising.advisors(taste.advisors))


def _named(kept: KeptTaste, current: Taste | None) -> NamedTaste:
    same = current is not None and _heart(kept.taste) == _heart(current)
    return NamedTaste(kept.name, len(kept.taste.prototypes), kept.taste.key.name, kept.changed, same)


def _heart(taste: Taste) -> tuple[object, ...]:
    """What a person can set."""
    return taste.key, taste.prototypes, taste.variety, tuple((a.name, a.gain, a.muted) for a in taste.advisors)


def _checked(name: str) -> str:
    name = plain_name(name)
    if not name:
        raise BadRequest("A taste needs a name.")
    return name


def _length(days: int) -> int:
    if not 1 <= days <= LONGEST_DAYS:
        raise BadRequest(f"Days go from 1 to {LONGEST_DAYS}; {days} does not.")
    return days
