"""Music found by words: exact hits first, then what is meant; and searches that are kept under names.

A search answers what it was asked: what the listener never wants suggested is found by it all the same, and what was
kept out of the lists is found by its name.
"""

import time
from collections.abc import Callable, Collection

import numpy as np

from musicdesk.desk.exact_hits import ExactHits
from musicdesk.desk.reader import Reader
from musicdesk.desk.search_answers import Answers, parts
from musicdesk.desk.search_picture import Pictures
from musicdesk.desk.search_words import NOTHING_ASKED, asks, told
from musicdesk.desk.snapshot import Snapshot
from musicdesk.desk.word_spaces import Spaces
from musicdesk.errors import BadRequest, NothingYet
from musicdesk.events import Events
from musicdesk.jobs import Job
from musicdesk.records import FloatArray, Taste, Track
from musicdesk.records.searching import Found, SavedSearch, SearchStatus
from musicdesk.semantic.query import parse
from musicdesk.semantic.search import SOUND, TAGS, TEXT
from musicdesk.store.saved_searches import SavedSearchStore

TO_LEARN = "To search by how music sounds, let it learn what words sound like. Run: musicdesk meaning learn"
BY_NAME = "Tracks are found by what their files say alone."


class Searching:
    """The search box, and what is kept of it; safe to ask from any thread."""

    def __init__(
        self, *, pictures: Pictures, spaces: Spaces, exact: ExactHits, reader: Reader, answers: Answers,
        searches: SavedSearchStore, add: Callable[[str, str], Taste], events: Events, now: Callable[[], float],
    ) -> None:  # fmt: skip
        """``add`` makes a prototype of a phrase, under a name ("": after the phrase)."""
        self._pictures, self._spaces, self._exact, self._reader = pictures, spaces, exact, reader
        self._answers, self._searches, self._add = answers, searches, add
        self._events, self._now = events, now

    # ------------------------------------------------------------------------------------------------------ finding

    def find(self, query: str, *, limit: int = 100, ids: Collection[int] | None = None) -> Found:
        """At most ``limit`` tracks (of those of ``ids``): those that hold every word, then those that fit by meaning.

        Anything can be asked; what was not understood, or lacks, is told in the sentence of the answer.
        """
        began = time.perf_counter()
        understood = parse(query)
        if not asks(understood):
            return Found(query, (), 0, understood, (TEXT,), sentence=NOTHING_ASKED)
        narrow = ids is not None or any(name == "mood" for name, _ in understood.fields)
        exact = self._exact.find(query, understood, limit=limit, every=narrow)
        only = None if ids is None else np.unique(np.array(list(ids), dtype=np.int64))
        asked: tuple[str, ...] = (TEXT,)
        lacks = self._exact.problem
        try:
            picture = self._pictures.current()
        except NothingYet as error:
            answer, lacks = self._answers.by_name(exact, limit=limit, only=only), f"{BY_NAME} {error}"
        else:
            space = self._spaces.of(picture.snapshot)
            answer = self._answers.by_meaning(picture, space, exact, limit=limit, only=only)
            asked, lacks = parts(picture, space), _joined(lacks, self._reader.problem)
        sentence = told(
            query, exact.understood, found=bool(answer.hits), guessed=answer.guessed, reader=self._reader.name,
            lacks=lacks,
        )  # fmt: skip
        seconds = time.perf_counter() - began
        return Found(query, answer.hits, answer.exact, exact.understood, asked, sentence, seconds)

    def quick(self, query: str, *, limit: int = 20) -> Found:
        """The exact hits alone, for every keystroke; the last word may go on."""
        began = time.perf_counter()
        understood = parse(query)
        if not asks(understood):
            return Found(query, (), 0, understood, (TEXT,), sentence=NOTHING_ASKED)
        exact = self._exact.find(query, understood, limit=limit)
        answer = self._answers.by_name(exact, limit=limit)
        sentence = told(query, exact.understood, found=True, lacks=self._exact.problem)
        seconds = time.perf_counter() - began
        return Found(query, answer.hits, answer.exact, exact.understood, (TEXT,), sentence, seconds)

    def warm(self, job: Job | None = None) -> None:
        """Load what the first answer needs, seconds in a large library. Raises Cancelled."""
        self._exact.load()
        try:
            picture = self._pictures.current(job)
        except NothingYet:
            return
        space = self._spaces.of(picture.snapshot)
        self._answers.meant(picture, space, parse("music"))

    def status(self) -> SearchStatus:
        """What can be asked here now, and what lacks; loads neither what reads nor what hears."""
        lacks, reads = self._exact.problem, "" if self._reader.problem else self._reader.name
        try:
            snapshot = self._pictures.snapshot()
        except NothingYet as error:
            return SearchStatus((TEXT,), _joined(lacks, f"{BY_NAME} {error}"), reader=reads)
        tags, space = (TAGS,) if snapshot.vectors.vocabulary else (), self._spaces.name(snapshot)
        sound = self._spaces.problem(snapshot) if space else "" if self._reader.problem else TO_LEARN
        sentence = _joined(lacks, self._reader.problem, sound if sound != self._reader.problem else "")
        told_parts = (TEXT, *tags, *((SOUND,) if space and not sound else ()))
        return SearchStatus(told_parts, sentence, reads, space, self._pictures.is_ready())

    # ------------------------------------------------------------------------------------------------------ keeping

    def save(self, name: str, query: str) -> SavedSearch:
        """Keep a search under a name, in place of one of that name. Raises BadRequest where either says nothing."""
        if not asks(parse(query)):
            raise BadRequest(NOTHING_ASKED)
        saved = self._searches.save(name, query, now=self._now())
        self._events.searches_changed.emit(None)
        return saved

    def all(self) -> tuple[SavedSearch, ...]:
        """The saved searches by name."""
        return self._searches.all()

    def named(self, name: str) -> SavedSearch:
        """The saved search of this name. Raises NotFound."""
        return self._searches.named(name)

    def rename(self, name: str, new: str) -> None:
        """Give a saved search another name. Raises NotFound, BadRequest."""
        self._searches.rename(name, new)
        self._events.searches_changed.emit(None)

    def delete(self, name: str) -> SavedSearch:
        """Delete a saved search; tells what it was, so that it can be saved again. Raises NotFound."""
        gone = self._searches.named(name)
        self._searches.delete(name)
        self._events.searches_changed.emit(None)
        return gone

    def tracks_of(self, name: str, *, limit: int = 100) -> tuple[Track, ...]:
        """What a saved search finds now. Raises NotFound."""
        return tuple(hit.track for hit in self.find(self.named(name).query, limit=limit).hits)

    # ------------------------------------------------------------------------------------------------------ the taste

    def prototype(self, query: str, *, name: str = "") -> Taste:
        """Add a prototype of what a query means to the taste. Raises BadRequest, NotFound, NothingYet."""
        if not asks(parse(query)):
            raise BadRequest(NOTHING_ASKED)
        return self._add(query, name)

    def nearness(self, snapshot: Snapshot, text: str, *, guessing: bool = False) -> FloatArray | None:
        """How well each sound fits a phrase by its meaning, nan for what cannot be meant  [n]; None: take its words.

        It is told where something that was learned here hears phrases, or where words alone would mislead: something
        is not wanted, or asked for by a field. When ``guessing`` it is told of any phrase that means something.
        """
        picture, understood = self._pictures.current(), parse(text)
        if picture.snapshot.vectors is not snapshot.vectors or not asks(understood):
            return None
        space = self._spaces.of(picture.snapshot)
        learned = space is not None and space.learned
        if not (guessing or learned or understood.without or understood.fields):
            return None
        understood = self._exact.find(text, understood, limit=1).understood
        meant = self._answers.meant(picture, space, understood)
        fits = self._answers.allowed(picture, understood) & (meant.scores > 0)
        return np.where(fits, meant.scores, np.float32(np.nan)) if fits.any() else None


def _joined(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)
