"""The one door: everything a front end can ask for, as use cases that share one data folder.

``Desk`` is built once, in ``ui.app`` or the command line, and passed on as an argument. Its methods may be called from
any thread; long ones take a ``Job``; what goes wrong is told as a ``UserFacing`` sentence; what changed is told by
``events``.
"""

import threading
import time
from collections.abc import Callable, Sequence
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from musicdesk.desk.advising import Advising
from musicdesk.desk.believing import Believing
from musicdesk.desk.curating import Curating
from musicdesk.desk.editing import Editing
from musicdesk.desk.evidence import Evidence
from musicdesk.desk.exact_hits import ExactHits
from musicdesk.desk.indexing import Indexing
from musicdesk.desk.listeners import Listeners
from musicdesk.desk.listening import Listening, Player
from musicdesk.desk.mapping import Mapping
from musicdesk.desk.material import Gathering
from musicdesk.desk.meaning import Meaning
from musicdesk.desk.modelling import Modelling
from musicdesk.desk.moods import Feeling
from musicdesk.desk.offering import Offering
from musicdesk.desk.reader import Reader
from musicdesk.desk.recommending import Recommending
from musicdesk.desk.search_answers import Answers
from musicdesk.desk.search_picture import Pictures
from musicdesk.desk.searching import Searching
from musicdesk.desk.shaping import Shaping
from musicdesk.desk.snapshot import Snapshot, Snapshots
from musicdesk.desk.steering import Steering
from musicdesk.desk.stores import Stores
from musicdesk.desk.tagging import Tagging
from musicdesk.desk.tastes import Tastes
from musicdesk.desk.translating import Translating
from musicdesk.desk.word_spaces import WordSpaces
from musicdesk.errors import ReadOnlyData
from musicdesk.events import Events
from musicdesk.records import FloatArray
from musicdesk.settings import Folders, Settings
from musicdesk.store.database import Database
from musicdesk.store.lock import Writer

if TYPE_CHECKING:
    from musicdesk.desk.measuring import Measuring
    from musicdesk.desk.training import Training


class Desk:
    """The use cases of one data folder; close it when done."""

    def __init__(self, folders: Folders, *, now: Callable[[], float] = time.time, player: Player | None = None) -> None:
        self.folders, self.events = folders, Events()
        self.settings = Settings.load(folders.data)
        self._database = Database.open(folders.data)
        self._writer, self._claiming = Writer(folders.data), threading.Lock()
        self._claimed = False
        self.read_only = ""
        """A sentence that names the other process, if there is one that writes here; "" if this one may."""
        self._database.before_writing = self._must_write
        self._now = now
        stores = self._stores = Stores.of(self._database, now)
        editing = Editing(
            feedback=stores.feedback, tastes=stores.tastes, tags=stores.own_tags, moods=stores.moods,
            events=self.events, now=now,
        )  # fmt: skip
        self.modelling = Modelling(
            tracks=stores.tracks,
            vectors=stores.vectors,
            costs=stores.costs,
            folders=folders,
            events=self.events,
            settings=self._settings,
            now=now,
        )
        snapshots = Snapshots(
            tracks=stores.tracks, vectors=stores.vectors, spec=self.modelling.spec, events=self.events
        )
        self.listeners = Listeners(
            listeners=stores.listeners, feedback=stores.feedback, tracks=stores.tracks, events=self.events
        )
        self.advising, self.believing = self._make_advising(snapshots), self._make_believing(snapshots)
        offering = Offering(
            tracks=stores.tracks, windows=stores.windows, models=folders.models, own=stores.own_tags.all,
            meant=self._meant,
        )  # fmt: skip
        self.recommending = Recommending(
            snapshots=snapshots,
            feedback=stores.feedback,
            editing=editing,
            advising=self.advising,
            offering=offering,
            believed=self.believing.believed,
            now=now,
        )
        self.evidence = self._make_evidence(snapshots, offering)
        self.indexing = self._make_indexing(snapshots)
        self.listening = self._make_listening(editing, player)
        self.tagging = Tagging(own=stores.own_tags, tracks=stores.tracks, editing=editing)
        self.curating = Curating(playlists=stores.playlists, tracks=stores.tracks, events=self.events)
        self.mapping = self._make_mapping(snapshots)
        self.shaping = self._make_shaping(snapshots, offering)
        self.tastes = self._make_tastes(snapshots, offering)
        self.moods = self._make_moods(snapshots, editing)
        self.steering = self._make_steering(snapshots, offering)
        self.meaning: Meaning = self._make_meaning()
        self.searching: Searching = self._make_searching(snapshots)

    def _make_advising(self, snapshots: Snapshots) -> Advising:
        return Advising(
            snapshots=snapshots,
            listened=self.listeners.log,
            feedback=self._stores.feedback.all,
            choice=lambda: self.settings.recommender,
            choose=lambda name: self.set(recommender=name),
            folder=self.folders.data / "recommenders",
            events=self.events,
            must_write=self._must_write,
            now=self._now,
        )

    def _make_believing(self, snapshots: Snapshots) -> Believing:
        return Believing(
            snapshots=snapshots,
            listened=self.listeners.log,
            feedback=self._stores.feedback.all,
            playlists=lambda: [kept.track_ids for kept in self._stores.playlists.all()],
            folder=self.folders.data / "network",
            events=self.events,
            must_write=self._must_write,
            now=self._now,
        )

    def _make_evidence(self, snapshots: Snapshots, offering: Offering) -> Evidence:
        return Evidence(
            offering=offering,
            recommending=self.recommending,
            snapshots=snapshots,
            windows=self._stores.windows,
            modelling=self.modelling,
            folders=self.folders,
            events=self.events,
            settings=self._settings,
            must_write=self._must_write,
        )

    def _make_indexing(self, snapshots: Snapshots) -> Indexing:
        return Indexing(
            tracks=self._stores.tracks,
            vectors=self._stores.vectors,
            costs=self._stores.costs,
            modelling=self.modelling,
            snapshots=snapshots,
            folders=self.folders,
            events=self.events,
            settings=self._settings,
            must_write=self._must_write,
            finished=self.recommending.refresh,
            scanned=self.listeners.match_if_needed,
            now=self._now,
        )

    def _make_listening(self, editing: Editing, player: Player | None) -> Listening:
        return Listening(
            feedback=self._stores.feedback,
            editing=editing,
            recommending=self.recommending,
            events=self.events,
            settings=self._settings,
            now=self._now,
            player=player,
            liked=self._note_likes,
        )

    def _note_likes(self, sounds: Sequence[str]) -> None:
        self.meaning.liked(sounds)

    def _make_mapping(self, snapshots: Snapshots) -> Mapping:
        return Mapping(
            snapshots=snapshots,
            taste=self.recommending.taste,
            folder=self.folders.data / "map",
            must_write=self._must_write,
            now=self._now,
        )

    def _make_shaping(self, snapshots: Snapshots, offering: Offering) -> Shaping:
        return Shaping(
            snapshots=snapshots,
            recommending=self.recommending,
            offering=offering,
            feedback=self._stores.feedback,
            tracks=self._stores.tracks,
            playlists=self._stores.playlists,
        )

    def _make_tastes(self, snapshots: Snapshots, offering: Offering) -> Tastes:
        return Tastes(
            snapshots=snapshots,
            recommending=self.recommending,
            advising=self.advising,
            offering=offering,
            feedback=self._stores.feedback,
            named=self._stores.named,
            tastes=self._stores.tastes,
            events=self.events,
            now=self._now,
        )

    def _make_moods(self, snapshots: Snapshots, editing: Editing) -> Feeling:
        return Feeling(
            snapshots=snapshots,
            vectors=self._stores.vectors,
            tracks=self._stores.tracks,
            corrections=self._stores.moods,
            own=self._stores.own_tags.all,
            spec=self.modelling.spec,
            analyze=lambda encoder, job: self.indexing.analyze(encoder=encoder, job=job),
            analysing=lambda: self.indexing.listening,
            installed=lambda encoder: self.modelling.info(encoder).installed,
            base_of=self.modelling.derived_from,
            editing=editing,
            events=self.events,
            now=self._now,
        )

    def _make_steering(self, snapshots: Snapshots, offering: Offering) -> Steering:
        translating = Translating(
            snapshots=snapshots,
            feeling=self.moods,
            folder=self.folders.data / "mood",
            events=self.events,
            must_write=self._must_write,
            now=self._now,
        )
        return Steering(
            snapshots=snapshots,
            feeling=self.moods,
            translating=translating,
            recommending=self.recommending,
            offering=offering,
            curating=self.curating,
            tracks=self._stores.tracks,
            feedback=self._stores.feedback,
            find=self.indexing.find,
            key=lambda: self.modelling.spec().key,
            now=self._now,
        )

    def _make_meaning(self) -> Meaning:
        return Meaning(
            stores=self._stores,
            gathering=Gathering(self._stores, moods=self.moods.current, events=self.events),
            modelling=self.modelling,
            choose=lambda name: self.set(encoder=name),
            folders=self.folders,
            events=self.events,
            must_write=self._must_write,
            workers=self.indexing.workers,
            now=self._now,
        )

    def _make_searching(self, snapshots: Snapshots) -> Searching:
        stores = self._stores
        reader = Reader(store=stores.sentences, models=self.folders.models, name=self.modelling.reader)
        exact = ExactHits(stores.full_text)
        pictures = Pictures(
            snapshots=snapshots,
            tracks=stores.tracks,
            moods=self.moods.of_picture,
            own=stores.own_tags.all,
            reader=reader,
            analysing=lambda: self.indexing.listening,
        )
        return Searching(
            pictures=pictures,
            spaces=WordSpaces(vectors=stores.vectors, models=self.folders.models, events=self.events),
            exact=exact,
            reader=reader,
            answers=Answers(exact=exact, reader=reader, tracks=stores.tracks),
            searches=stores.searches,
            add=lambda text, name: self.shaping.add(text=text, name=name),
            events=self.events,
            now=self._now,
        )

    def _meant(self, snapshot: Snapshot, text: str, *, guessing: bool = False) -> FloatArray | None:
        """What a search makes of a phrase; it is made after what asks it."""
        return self.searching.nearness(snapshot, text, guessing=guessing)

    @cached_property
    def measuring(self) -> "Measuring":
        """Benchmarks and evaluations; imported when they are asked for, since no start needs them."""
        from musicdesk.desk.measuring import Measuring

        return Measuring(folders=self.folders)

    @cached_property
    def training(self) -> "Training":
        """Networks trained on the listener's own music; imported when they are asked for."""
        from musicdesk.desk.training import Training

        return Training(tracks=self._stores.tracks, folders=self.folders, events=self.events, now=self._now)

    def set(self, **values: Any) -> None:
        """Change settings and keep them; raises BadRequest for an unknown one."""
        self.settings = self.settings.changed(**values)
        if not self.read_only:
            self.settings.save(self.folders.data)
        if "encoder" in values:
            self.events.analysis_changed.emit(None)

    def claim(self) -> bool:
        """Become the one process that writes here; False, and ``read_only`` says why, if there is one already."""
        with self._claiming:
            if not self._claimed:
                self.read_only = self._writer.claim()
                self._claimed = not self.read_only
            return self._claimed

    def _must_write(self) -> None:
        """Raise ReadOnlyData where another process is the writer."""
        if not self._claimed and not self.claim():
            raise ReadOnlyData(self.read_only)

    def close(self) -> None:
        """Let the sound device, the database and the right to write go."""
        self.listening.close()
        self._database.close()
        self._writer.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _settings(self) -> Settings:
        return self.settings
