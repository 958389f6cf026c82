"""Recommenders beside the prototypes: which advise, what they know, their columns of the board, and a list for several.

What advises follows from the setting ``recommender`` and from what is known; the taste only remembers how loudly each
part shall speak. What is cheap is made whenever it is asked for; what takes long is made as a Job, kept in the data
folder, and stays in use until it is made anew.
"""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol, runtime_checkable

from musicdesk.desk import blend, grouping
from musicdesk.desk.blend import BLEND, NONE, Counsel
from musicdesk.desk.fitted import Fitted, Footing
from musicdesk.desk.genres import genres
from musicdesk.desk.heard import ME, Heard, ListenerLog
from musicdesk.desk.snapshot import Snapshot, Snapshots
from musicdesk.errors import ModelUnavailable, NotFound, NothingYet, ReadOnlyData, UserFacing
from musicdesk.events import Events
from musicdesk.jobs import Job
from musicdesk.ranking.advice import advised
from musicdesk.ranking.scores import Column
from musicdesk.recommend import registry
from musicdesk.recommend.base import HABITS, HISTORY, SOUND, RecommenderSpec
from musicdesk.recommend.log import Log
from musicdesk.records import Advisor, Feedback, FloatArray, GroupList, Query, RecommenderStatus

SLOTS = {HABITS: 101, HISTORY: 102, SOUND: 103}
"""Behind those of the prototypes and the seed's."""
CLASSES = ("comprehensive", "multicategory")
"""Recommenders that go by kinds of music instead of by the vectors."""
AT_ONCE, AT_ONCE_EASE = 20_000, 1_000
"""What is simple is made at once up to so many rows of listening: item-kNN takes half a second then. EASE, up to so
many listeners or sounds, whichever are fewer, since that is how large the matrix is that it turns round."""
SMALL = 20_000
"""Sounds of a library whose vectors are looked at anew whenever any of them changed; in a larger one, when many did."""
_BLEND = (BLEND, "Blend", "Whatever suits what is known: nothing at first, then your history, then people's habits.")
_NONE = (NONE, "None", "The prototypes alone.")


@runtime_checkable
class Sharing(Protocol):
    """A recommender that takes the rows in which the library is compared as they are, instead of copying them."""

    def fit_standardised(self, log: Log, rows: FloatArray, *, job: Job) -> None:
        """Learn; ``rows`` [n_items, dim] have unit length."""


@dataclass(eq=False)
class _Now:
    """The library and the listening as they are, and what follows from them until they change."""

    snapshot: Snapshot
    heard: Heard
    choice: str
    counsels: tuple[Counsel, ...]
    columns: dict[str, tuple[Fitted, FloatArray, FloatArray]] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    """Recommender → why it could not be made."""


class Advising:
    """Makes recommenders, keeps them, and gives their columns."""

    def __init__(
        self,
        *,
        snapshots: Snapshots,
        listened: Callable[[], ListenerLog],
        feedback: Callable[[], dict[str, Feedback]],
        choice: Callable[[], str],
        choose: Callable[[str], None],
        folder: Path,
        events: Events,
        must_write: Callable[[], None],
        now: Callable[[], float],
    ) -> None:
        self._snapshots, self._listened, self._feedback = snapshots, listened, feedback
        self._choice, self._choose, self._folder = choice, choose, folder
        self._events, self._must_write, self._clock = events, must_write, now
        self._lock = threading.RLock()
        self._epoch = self._made = 0
        self._now: _Now | None = None
        self._fitted: dict[str, Fitted] = {}
        self._footings: dict[str, Footing | None] = {}
        """What each was made from that is in memory or in the folder; None: there is none, or it is broken."""
        events.feedback_changed.listen(self._past)
        events.listeners_changed.listen(self._heard_more)

    # ------------------------------------------------------------------------------------------ the choice

    @property
    def choice(self) -> str:
        """What was chosen: "blend", "none" or a recommender's name; the blend for a name that nobody knows."""
        chosen = self._choice()
        return chosen if chosen in (BLEND, NONE, *registry.names()) else BLEND

    def choose(self, name: str) -> RecommenderStatus:
        """Let this one advise from now on; its status says what it still lacks. Raises NotFound."""
        names = (BLEND, NONE, *registry.names())
        if name not in names:
            raise NotFound(f"There is no recommender called “{name}”. There are: {', '.join(names)}")
        self._choose(name)
        self._events.taste_changed.emit(None)
        return next(status for status in self.statuses() if status.name == name)

    def statuses(self) -> tuple[RecommenderStatus, ...]:
        """Every recommender: whether it can be chosen, which is chosen, what each knows."""
        now, chosen = self._present(), self.choice
        counsels = blend.plan(BLEND, now.heard) if now else ()
        told = "; ".join(f"{counsel.part}: {counsel.knows}" for counsel in counsels)
        lacking = "" if counsels else "Nobody advises yet: like or play a few tracks, or import listening."
        first = (
            RecommenderStatus(*_BLEND, chosen=chosen == BLEND, made=True, at_once=True, knows=told, problem=lacking),
            RecommenderStatus(*_NONE, chosen=chosen == NONE, made=True, at_once=True),
        )
        return (*first, *(self._status(registry.spec(name), now, chosen) for name in registry.names()))

    # ------------------------------------------------------------------------------------------ parts of the taste

    def advisors(self, remembered: Sequence[Advisor] = ()) -> tuple[Advisor, ...]:
        """Who advises now, with the gains that a person gave; a gain that nobody moved follows what is known."""
        now = self._present()
        before = {advisor.name: advisor for advisor in remembered}
        return tuple(self._advisor(c, before.get(c.part), now) for c in now.counsels) if now else ()

    def columns(self, snapshot: Snapshot, advisors: Sequence[Advisor]) -> tuple[Column | None, ...]:
        """The column of each advisor over the shelf; None for one that has to be made first, or cannot be."""
        with self._lock:
            now = self._at(snapshot)
            return tuple(self._column(now, advisor) for advisor in advisors)

    # ------------------------------------------------------------------------------------------ making

    @property
    def wanting(self) -> tuple[str, ...]:
        """The recommenders that advise and have to be made, or made anew: ``fit`` does it, which may take a while."""
        now = self._present()
        if now is None:
            return ()
        with self._lock:
            methods = (counsel.method for counsel in now.counsels)
            return tuple(m for m in methods if not self._at_once(m, now) and self._old(m, now))

    def fit(self, job: Job, name: str = "") -> tuple[RecommenderStatus, ...]:
        """Make the recommender called ``name`` anew, or all that advise now, and keep what took long to make.

        The answer tells of those that were made.

        Raises:
            NothingYet: there is too little to make it from.
            NotFound: nobody knows the name.
        """
        now = self._at(self._snapshots.current())
        methods = (registry.spec(name).name,) if name and name != BLEND else tuple(c.method for c in now.counsels)
        if name == BLEND:
            methods = blend.blended(now.heard)
        if not methods:
            raise NothingYet("Nobody advises yet: like or play a few tracks, or import listening.")
        for method in methods:
            self._make(method, now, job=job)
        self._events.taste_changed.emit(None)
        return tuple(status for status in self.statuses() if status.name in methods)

    def group(self, names: Sequence[str], *, limit: int = 50, query: Query | None = None) -> GroupList:
        """A list for several listeners ("me" is the person here), with everyone's kinds of music, and whose is what."""
        snapshot = self._snapshots.current()
        now = self._at(snapshot)
        return grouping.group(
            names, snapshot=snapshot, heard=now.heard, feedback=self._feedback(),
            query=query or Query(limit=limit), now=self._clock(),
        )  # fmt: skip

    # ------------------------------------------------------------------------------------------ inside

    def _past(self, _: object) -> None:
        self._epoch += 1

    def _heard_more(self, _: None) -> None:
        self._epoch += 1
        self._events.taste_changed.emit(None)

    def _present(self) -> _Now | None:
        try:
            return self._at(self._snapshots.current())
        except NothingYet:
            return None

    def _at(self, snapshot: Snapshot) -> _Now:
        with self._lock:
            now, epoch, choice = self._now, self._epoch, self.choice
            if now is None or self._made != epoch or now.snapshot.shelf.hashes is not snapshot.shelf.hashes:
                heard = Heard.of(self._listened(), snapshot.shelf.rows)
                now = _Now(snapshot, heard, choice, blend.plan(choice, heard))
            elif now.choice != choice:
                now = replace(now, choice=choice, counsels=blend.plan(choice, now.heard))
            if now.snapshot is not snapshot:
                now = replace(now, snapshot=snapshot)
            self._now, self._made = now, epoch
            return now

    def _advisor(self, counsel: Counsel, before: Advisor | None, now: _Now) -> Advisor:
        gain, muted = counsel.found, False
        if before is not None:
            gain, muted = counsel.found if before.gain == before.found else before.gain, before.muted
        return Advisor(
            counsel.method, counsel.part, gain=gain, muted=muted, knows=self._knows(counsel, now), found=counsel.found
        )

    def _knows(self, counsel: Counsel, now: _Now) -> str:
        with self._lock:
            if problem := now.failures.get(counsel.method):
                return problem
            if self._at_once(counsel.method, now) or not self._old(counsel.method, now):
                return counsel.knows
            made = self._made_from(counsel.method) is not None
        ask = "much was heard since it was made" if made else "it is not made yet"
        return f"{counsel.knows}; {ask}: musicdesk recommenders fit"

    def _status(self, spec: RecommenderSpec, now: _Now | None, chosen: str) -> RecommenderStatus:
        said = RecommenderStatus(
            spec.name, spec.title, spec.what, part=spec.part, source=spec.source, chosen=chosen == spec.name
        )
        if now is None:
            return replace(said, problem="Nothing is analysed yet. Add music, then run: musicdesk analyze")
        with self._lock:
            made, at_once = self._made_from(spec.name) is not None, self._at_once(spec.name, now)
            return replace(
                said, made=made or at_once, stale=made and not at_once and self._old(spec.name, now), at_once=at_once,
                knows=blend.knows(spec, now.heard),
                problem=now.failures.get(spec.name, "") or blend.problem(spec, now.heard),
            )  # fmt: skip

    def _column(self, now: _Now, advisor: Advisor) -> Column | None:
        fitted = self._ready(advisor.id, now)
        if fitted is None:
            return None
        known = now.columns.get(advisor.id)
        if known is None or known[0] is not fitted:
            column, shares = advised(*fitted.advice(now.heard, ME, now.snapshot.shelf.hashes))
            known = now.columns[advisor.id] = fitted, column, shares
        return Column(known[1], known[2], name=advisor.name, slot=SLOTS[advisor.name])

    def _ready(self, method: str, now: _Now) -> Fitted | None:
        """What is there, or what is made at once; None where it has to be made by ``fit``."""
        if self._at_once(method, now) and self._old(method, now) and method not in now.failures:
            try:
                self._make(method, now, job=Job())
            except UserFacing as error:
                now.failures[method] = str(error)
        fitted = None if method in now.failures else self._known(method)
        if fitted is None and self._at_once(method, now) and method not in now.failures:
            return self._ready(method, now)  # what was kept is broken
        return fitted

    def _known(self, method: str) -> Fitted | None:
        """What was made, or is kept in the folder; a broken one counts as none, and is made anew."""
        if method not in self._fitted and self._made_from(method) is not None:
            try:
                self._fitted[method] = Fitted.found(self._folder / method)
            except ModelUnavailable:
                self._footings[method] = None
        return self._fitted.get(method)

    def _made_from(self, method: str) -> Footing | None:
        if method not in self._footings:
            self._footings[method] = None
            with suppress(ModelUnavailable):
                self._footings[method] = Footing.found(self._folder / method)
        return self._footings[method]

    def _old(self, method: str, now: _Now) -> bool:
        footing, spec, at_once = self._made_from(method), registry.spec(method), self._at_once(method, now)
        if at_once and spec.needs_vectors:
            known = self._fitted.get(method)
            return known is None or known.basis is not _basis(now.snapshot)
        return footing is None or footing.moved(self._footing(spec, now), exactly=at_once)

    def _at_once(self, method: str, now: _Now) -> bool:
        """Whether making it takes no longer than a person waits."""
        spec = registry.spec(method)
        if spec.trained:
            return False
        if method == "ease":
            return min(len(now.heard.listeners), len(now.heard.sounds)) <= AT_ONCE_EASE
        return not spec.needs_others or len(now.heard.log) <= AT_ONCE

    def _make(self, method: str, now: _Now, *, job: Job) -> None:
        spec, heard, snapshot = registry.spec(method), now.heard, now.snapshot
        problem = blend.problem(spec, heard)
        if problem:
            raise NothingYet(problem)
        recommender, shelf = registry.make(method), snapshot.shelf
        hashes, rows = (shelf.hashes, shelf.rows) if spec.needs_vectors else (heard.sounds, heard.rows)
        log = heard.over(rows, n_items=len(hashes))
        if isinstance(recommender, Sharing):
            recommender.fit_standardised(log, shelf.space, job=job)
        else:
            recommender.fit(log, _vectors(spec, snapshot), job=job)
        fitted = Fitted(recommender, hashes, self._footing(spec, now), _basis(snapshot))
        with self._lock:
            self._fitted[method], self._footings[method] = fitted, fitted.footing
            now.failures.pop(method, None)
            now.columns.pop(method, None)
        if not self._at_once(method, now):
            with suppress(ReadOnlyData):  # then it holds for this process alone
                self._must_write()
                fitted.keep(self._folder / method)

    def _footing(self, spec: RecommenderSpec, now: _Now) -> Footing:
        heard, key = now.heard, now.snapshot.vectors.key
        encoder = f"{key.name} {key.version} {key.front_end}" if spec.needs_vectors else ""
        return Footing(
            len(heard.listeners), len(heard.log), len(heard.sounds), len(now.snapshot.shelf), encoder, self._clock()
        )


def _basis(snapshot: Snapshot) -> object:
    """What is another object once the sounds are no longer as they were."""
    return snapshot.vectors if len(snapshot.shelf) <= SMALL else snapshot.space.scale


def _vectors(spec: RecommenderSpec, snapshot: Snapshot) -> FloatArray | None:
    if not spec.needs_vectors:
        return None
    return genres(snapshot).shares if spec.name in CLASSES else snapshot.vectors.matrix
