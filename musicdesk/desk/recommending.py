"""The taste and the lists that follow from it: show, edit, rank, explain."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from musicdesk.desk.advising import Advising
from musicdesk.desk.editing import Editing
from musicdesk.desk.likeness import likenesses
from musicdesk.desk.live import Live, Setting, checked_gain, gains_of, parts
from musicdesk.desk.names import free_name
from musicdesk.desk.offering import Offering
from musicdesk.desk.radar import radar
from musicdesk.desk.snapshot import Snapshot, Snapshots
from musicdesk.errors import BadRequest, NotFound, NothingYet
from musicdesk.prototypes import naming
from musicdesk.prototypes.profile import taste_from
from musicdesk.ranking import explain as explaining
from musicdesk.ranking.filters import allowed
from musicdesk.ranking.listing import passed_over, rank
from musicdesk.ranking.scores import Board
from musicdesk.records import (
    Advisor,
    Explanation,
    Feedback,
    FloatArray,
    History,
    IntArray,
    Likeness,
    Pick,
    Prototype,
    Query,
    Radar,
    Ranking,
    Taste,
    Track,
)
from musicdesk.store.feedback import FeedbackStore

SEED = 7919
"""Of the clustering: the same feedback gives the same taste."""
SEED_SLOT = 100
"""The slot of a seed track among the prototypes' 0 to 39."""
OTHERS = 2
"""Prototypes of the rest of the library, at gain 0, beside those of what is liked: something to turn towards."""
GROWTH = 1.25
"""The taste is made anew when the library has grown by so much since."""
SIMILAR = Query(max_per_artist=0, max_per_album=0, include_known=True, min_length_s=0, max_length_s=float("inf"))


class Recommending:
    """Shows and edits the taste, and ranks by it."""

    def __init__(
        self,
        *,
        snapshots: Snapshots,
        feedback: FeedbackStore,
        editing: Editing,
        advising: Advising,
        offering: Offering,
        believed: Callable[[Taste, Sequence[str]], Taste],
        now: Callable[[], float],
    ) -> None:
        self._snapshots, self._feedback, self._editing, self._now = snapshots, feedback, editing, now
        self._advising, self._offering, self._believed = advising, offering, believed

    # ------------------------------------------------------------------------------------------ the taste

    def taste(self) -> Taste:
        """The current taste; made from the library while nothing is liked. Raises NothingYet before any analysis."""
        snapshot = self._snapshots.current()
        taste = self._editing.taste()
        if taste is None or taste.key != snapshot.vectors.key or len(snapshot.shelf) > GROWTH * taste.sounds:
            taste = self._made(snapshot, self._feedback.all(), previous=taste)
            self._editing.renew(taste)
        return replace(taste, advisors=self._advising.advisors(taste.advisors))

    def refresh(self) -> None:
        """Make the taste anew if the library has changed since; gains, names and locks survive. Not an undo step."""
        try:
            snapshot = self._snapshots.current()
        except NothingYet:
            return
        taste = self._editing.taste()
        if taste is None or taste.sounds != len(snapshot.shelf) or taste.key != snapshot.vectors.key:
            self._editing.renew(self._made(snapshot, self._feedback.all(), previous=taste))

    def reconsider(self) -> None:
        """Weigh the words on offer anew, by what is heard of them by now. Not an undo step."""
        taste = self._editing.taste()
        if taste is None:
            return
        positives, _ = _kinds(self._feedback.all())
        after = self._offering.reconsidered(self._snapshots.current(), taste, sorted(positives))
        if after != taste:
            self._editing.renew(after)

    def believe_anew(self) -> None:
        """Let the gains that nobody moved follow what the network believes by now. Not an undo step."""
        taste = self._editing.taste()
        if taste is None or taste.key != self._snapshots.current().vectors.key:
            return
        after = self._believed(taste, sorted(_kinds(self._feedback.all())[0]))
        if after != taste:
            self._editing.renew(after)

    def prototype(self, reference: str) -> Prototype:
        """The prototype with this id, number or name; raises NotFound, with those that there are."""
        taste = self.taste()
        found = taste.prototype(reference)
        if found is None:
            names = ", ".join(f"{i} {p.name}" for i, p in enumerate(taste.prototypes, start=1))
            more = "".join(f", {advisor.name}" for advisor in taste.advisors)
            raise NotFound(f"No prototype is called “{reference}”. There are: {names}{more}")
        return found

    def following(self, changes: Mapping[str, Feedback]) -> Taste | None:
        """The taste as it follows from the feedback with ``changes`` made; None while nothing is analysed."""
        before = self._feedback.all()
        after = {**before, **changes}
        current = self._editing.taste()
        try:
            snapshot = self._snapshots.current()
        except NothingYet:
            return current
        if current is not None and _kinds(before) == _kinds(after):
            return current
        return self._made(snapshot, after, previous=current)

    def apply(self, taste: Taste, *, label: str) -> Taste:
        """Make ``taste`` the current one, as one undo step called ``label``."""
        for prototype in taste.prototypes:
            checked_gain(prototype.gain)
        for advisor in taste.advisors:
            checked_gain(advisor.gain)
        self._editing.apply(label, taste=taste)
        return taste

    def set_gain(self, reference: str, gain: float) -> Taste:
        """Set the gain of a prototype, or of an advisor, -1 to 2. Raises NotFound, BadRequest."""
        p = self._part(reference)
        return self._edit(replace(p, gain=checked_gain(gain)), f"{p.name} {p.gain:.2f} → {gain:.2f}")

    def mute(self, reference: str, on: bool = True) -> Taste:
        """Let a prototype, or an advisor, count for nothing."""
        p = self._part(reference)
        return self._edit(replace(p, muted=on), f"{'mute' if on else 'unmute'} {p.name}")

    def solo(self, reference: str, on: bool = True) -> Taste:
        """Let only this prototype and other soloed ones count."""
        p = self.prototype(reference)
        return self._edit(replace(p, solo=on), f"{'solo' if on else 'end solo of'} {p.name}")

    def lock(self, reference: str, on: bool = True) -> Taste:
        """Keep a prototype as it is when the taste is made anew."""
        p = self.prototype(reference)
        return self._edit(replace(p, locked=on), f"{'lock' if on else 'unlock'} {p.name}")

    def rename(self, reference: str, name: str) -> Taste:
        """Give a prototype another name."""
        p = self.prototype(reference)
        name = free_name(name, self.taste(), but={p.id})
        if not name:
            raise BadRequest("A prototype needs a name.")
        return self._edit(replace(p, name=name), f"rename {p.name} to {name}")

    def set_variety(self, value: float) -> Taste:
        """Set how unlike each other the picks shall be, 0 to 1."""
        if not 0 <= value <= 1:
            raise BadRequest(f"Variety goes from 0 to 1; {value:g} does not.")
        taste = self.taste()
        return self.apply(replace(taste, variety=value), label=f"variety {taste.variety:.2f} → {value:.2f}")

    def reset(self) -> Taste:
        """Make the taste anew from the feedback, gains as found; locked ones stay, what was taken out may return."""
        snapshot, taste = self._snapshots.current(), self.taste()
        kept = tuple(p for p in taste.prototypes if p.locked)
        previous = replace(taste, prototypes=kept, advisors=(), removed=())
        fresh = self._made(snapshot, self._feedback.all(), previous=previous)
        return self.apply(replace(fresh, advisors=self._advising.advisors()), label="reset taste")

    def undo(self) -> str:
        """Take back the last edit of taste or feedback; its label, "" if there is none."""
        return self._editing.undo()

    def redo(self) -> str:
        """Make the edit again that was taken back; its label, "" if there is none."""
        return self._editing.redo()

    def history(self) -> History:
        """What undo and redo would do."""
        return self._editing.history()

    def recipe(self) -> str:
        """The taste in one line, for a playlist's note."""
        taste = self.taste()
        names = [p.name for p in taste.prototypes] + [a.name for a in taste.advisors]
        counting = np.concatenate([taste.gains, taste.advisor_gains])
        gains = "; ".join(f"{name} {gain:.2f}" for name, gain in zip(names, counting, strict=True))
        return f"{gains}; variety {taste.variety:.2f}; {taste.key.name} {taste.key.version}"

    # ------------------------------------------------------------------------------------------ lists

    def rank(self, query: Query = Query(), *, taste: Taste | None = None) -> Ranking:  # noqa: B008  (frozen)
        """The picks of a query, best first."""
        s = self._setting(query, taste or self.taste())
        return s.ranked(s.board.scores(s.gains), s.gains)

    def live(self, reference: str, query: Query = Query(), *, taste: Taste | None = None) -> Live:  # noqa: B008
        """Take hold of the slider of a prototype (its id), or of an advisor ("advisor:" and its name)."""
        return Live(self._setting(query, taste or self.taste()), reference)

    def similar(self, track: Track, *, limit: int = 50) -> Ranking:
        """The tracks that sound most like ``track``, whatever the taste."""
        snapshot = self._snapshots.current()
        query = replace(SIMILAR, limit=limit, seed=track.audio_hash)
        board, gains = self._with_seed(snapshot, snapshot.board(()), np.zeros(0, np.float32), track.audio_hash)
        permitted = allowed(snapshot.shelf, query, {}, now=self._now())
        return rank(
            snapshot.shelf, board, board.scores(gains), gains=gains, query=query, variety=0.0, allowed=permitted
        )

    def explain(self, track: Track, query: Query = Query()) -> Explanation:  # noqa: B008  (frozen)
        """Why a track stands where it stands; the parts add up to the score."""
        s = self._setting(query, self.taste())
        row = s.snapshot.shelf.row(track.audio_hash)
        if row is None:
            raise NothingYet(f"{track.label} is not analysed, so there is nothing to explain yet.")
        scores = s.board.scores(s.gains)
        tags, vocabulary = s.snapshot.vectors.tags, s.snapshot.vectors.vocabulary
        return explaining.explain(
            s.board,
            s.gains,
            row,
            track=track,
            allowed=s.allowed,
            passed_over=passed_over(s.snapshot.shelf, scores, row, query=query, allowed=s.allowed),
            words=naming.standing_out(tags, vocabulary, np.array([row])),
        )

    def picks(self, ranking: Ranking, limit: int | None = None) -> tuple[Pick, ...]:
        """A ranking as records, for people and programs."""
        tracks = self.by_hash(ranking.hashes[:limit])
        return tuple(
            Pick(tracks[h], float(ranking.scores[i]), float(ranking.match[i]), parts(ranking, i))
            for i, h in enumerate(ranking.hashes[:limit])
            if h in tracks
        )

    def radar(self, ranking: Ranking) -> Radar:
        """What the picks are like beside the library, on the words in which the prototypes differ (3 to 8 axes)."""
        return radar(self._snapshots.current(), self.taste(), ranking)

    def likenesses(self) -> Mapping[str, Likeness]:
        """How like each prototype of the taste the library is, by the prototype's id. Raises NothingYet."""
        return likenesses(self._snapshots.current(), self.taste())

    def by_hash(self, hashes: Iterable[str]) -> dict[str, Track]:
        """The file that stands for each sound."""
        tracks = self._snapshots.current().tracks
        return {h: tracks[h] for h in hashes if h in tracks}

    def typical_start(self, audio_hash: str) -> float:
        """Where a track is most typical of itself, in seconds; 0 while it is not analysed."""
        try:
            snapshot = self._snapshots.current()
        except NothingYet:
            return 0.0
        row = snapshot.shelf.row(audio_hash)
        return 0.0 if row is None else float(snapshot.vectors.typical_s[row])

    # ------------------------------------------------------------------------------------------ inside

    def _setting(self, query: Query, taste: Taste) -> Setting:
        snapshot = self._snapshots.current()
        columns = self._advising.columns(snapshot, taste.advisors)
        board = snapshot.board(taste.prototypes, [column for column in columns if column is not None])
        gains = gains_of(taste, columns)
        if query.seed:
            board, gains = self._with_seed(snapshot, board, gains, query.seed)
        permitted = allowed(snapshot.shelf, query, self._feedback.all(), now=self._now())
        return Setting(snapshot, taste, board, gains, permitted, query)

    def _with_seed(self, snapshot: Snapshot, board: Board, gains: FloatArray, seed: str) -> tuple[Board, FloatArray]:
        """A seed weighs as much as all prototypes and advisors together."""
        row = snapshot.shelf.row(seed)
        if row is None:
            raise NothingYet("That track is not analysed, so nothing can be found that is like it.")
        column, percentiles = snapshot.column(snapshot.shelf.space[row])
        track = snapshot.tracks.get(seed)
        weight = max(1.0, float(np.abs(gains).sum()))
        board = board.with_part(column, percentiles, name=f"like “{track.title if track else seed}”", slot=SEED_SLOT)
        return board, np.append(gains, np.float32(weight)).astype(np.float32)

    def _part(self, reference: str) -> Prototype | Advisor:
        """The prototype that is meant, or the advisor."""
        taste = self.taste()
        return taste.prototype(reference) or taste.advisor(reference) or self.prototype(reference)

    def _edit(self, part: Prototype | Advisor, label: str) -> Taste:
        taste = self.taste()
        return self.apply(taste.advised(part) if isinstance(part, Advisor) else taste.edited(part), label=label)

    def _made(self, snapshot: Snapshot, feedback: Mapping[str, Feedback], *, previous: Taste | None) -> Taste:
        positives, negatives = _kinds(feedback)
        tags, vocabulary = snapshot.vectors.tags, snapshot.vectors.vocabulary

        def describe(rows: IntArray, taken: Collection[str]) -> str:
            return naming.name(tags, vocabulary, rows, taken=taken)

        taste = taste_from(
            snapshot.vectors,
            snapshot.shelf.space,
            sorted(positives),
            sorted(negatives),
            previous=previous,
            rng=np.random.default_rng(SEED),
            describe=describe,
            others=OTHERS,
            offers=self._offering.offers(snapshot),
            total=self._offering.total(snapshot),
        )
        taste = self._believed(self._offering.measured(snapshot, taste), sorted(positives))
        return replace(taste, sounds=len(snapshot.shelf), advisors=previous.advisors if previous else ())


def _kinds(feedback: Mapping[str, Feedback]) -> tuple[frozenset[str], frozenset[str]]:
    """The sounds that count for and against the taste."""
    return (
        frozenset(h for h, said in feedback.items() if said.positive),
        frozenset(h for h, said in feedback.items() if said.negative),
    )
